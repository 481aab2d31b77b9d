//! What is known of every name before anybody asks: its syllables and pairs of syllables, how telling each
//! is, and which special cases it names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fold::{Syllable, syllables};
use super::synonyms::Synonyms;
use super::{Entry, Level};

/// What a syllable counts where it stands late in a name, in its parentheses, and in its field only.
const LATE: f32 = 0.75;
const ASIDE: f32 = 0.5;
const OF_FIELD: f32 = 0.25;
/// Names say what they are about in their first syllables.
const EARLY: usize = 12;

/// The names, read.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) documents: Vec<Document>,
    /// Syllables and pairs of them, numbered.
    terms: HashMap<String, u32>,
    /// How telling each term is: rare ones are more.
    weights: Vec<f32>,
    /// The names that hold each term.
    postings: Vec<Vec<Posting>>,
    /// The names that hold each syllable with its accents.
    accented: HashMap<String, Vec<u32>>,
    /// The syllables of names, in order, with the number of names that hold each.
    words: BTreeMap<String, u32>,
    /// Syllables that only the table of synonyms knows.
    spoken: HashSet<String>,
    /// Pairs of syllables in its phrases.
    spoken_pairs: HashSet<String>,
}

/// A name, read.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) levels: Vec<Level>,
    pub(super) is_received_here: bool,
    /// The folded syllables outside parentheses, with spaces between.
    pub(super) joined: String,
    /// The weights of those together, each counted once.
    pub(super) mass: f32,
    /// The special cases that it names, by their places in the table.
    pub(super) special: Vec<usize>,
}

/// That a name holds a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) document: u32,
    pub(super) weight: f32,
    /// Whether it is a syllable outside parentheses.
    pub(super) is_main: bool,
}

impl Index {
    pub(super) fn build<'a>(
        entries: impl IntoIterator<Item = Entry<'a>>,
        synonyms: &Synonyms,
    ) -> Self {
        let mut index = Self::default();
        for entry in entries {
            index.add(entry, synonyms);
        }
        index.weigh();
        let spoken = synonyms.meant.words().chain(synonyms.idle.words());
        index.spoken = spoken.map(str::to_owned).collect();
        index.spoken_pairs = synonyms.meant.pairs().collect();
        index
    }

    fn add(&mut self, entry: Entry<'_>, synonyms: &Synonyms) {
        let number = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        let (main, aside) = parts(entry.name);
        let mut terms: BTreeMap<String, (f32, bool)> = BTreeMap::new();
        let mut put = |term: String, weight: f32, is_main: bool| {
            let known = terms.entry(term).or_insert((0.0, false));
            *known = (known.0.max(weight), known.1 || is_main);
        };
        for (place, word) in main.iter().enumerate() {
            let weight = if place < EARLY { 1.0 } else { LATE };
            put(word.clone(), weight, true);
            if let Some(next) = main.get(place + 1) {
                put(format!("{word} {next}"), weight, false);
            }
        }
        for (place, word) in aside.iter().enumerate() {
            put(word.clone(), ASIDE, false);
            if let Some(next) = aside.get(place + 1) {
                put(format!("{word} {next}"), ASIDE, false);
            }
        }
        for word in syllables(entry.field) {
            put(word.folded, OF_FIELD, false);
        }
        for word in main.iter().chain(&aside).collect::<BTreeSet<_>>() {
            *self.words.entry(word.clone()).or_default() += 1;
        }
        for (term, (weight, is_main)) in terms {
            let next = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
            let term = *self.terms.entry(term).or_insert(next);
            if term == next {
                self.postings.push(Vec::new());
            }
            self.postings[term as usize].push(Posting {
                document: number,
                weight,
                is_main,
            });
        }
        for accented in syllables(entry.name)
            .map(|found| found.accented)
            .collect::<BTreeSet<_>>()
        {
            self.accented.entry(accented).or_default().push(number);
        }
        let all: Vec<String> = main.iter().chain(&aside).cloned().collect();
        let names = |case: &Vec<String>| all.windows(case.len()).any(|words| words == case);
        let cases = synonyms.special.iter().enumerate();
        self.documents.push(Document {
            code: entry.code.to_owned(),
            name: entry.name.to_owned(),
            levels: entry
                .levels
                .iter()
                .flat_map(|text| Level::named_in(text))
                .collect(),
            is_received_here: entry.is_received_here,
            joined: main.join(" "),
            mass: 0.0,
            special: cases
                .filter(|(_, case)| names(case))
                .map(|(place, _)| place)
                .collect(),
        });
    }

    fn weigh(&mut self) {
        let all = self.documents.len() as f32;
        self.weights = self
            .postings
            .iter()
            .map(|holders| {
                let holders = holders.len() as f32;
                (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
            })
            .collect();
        for (postings, weight) in self.postings.iter().zip(&self.weights) {
            for posting in postings.iter().filter(|posting| posting.is_main) {
                self.documents[posting.document as usize].mass += weight;
            }
        }
    }

    /// The names that hold a term, and how telling it is. A term that no name holds is the most telling.
    pub(super) fn term(&self, term: &str) -> (f32, &[Posting]) {
        match self.terms.get(term) {
            Some(term) => (self.weights[*term as usize], &self.postings[*term as usize]),
            None => ((2.0 * self.documents.len() as f32 + 2.0).ln(), &[]),
        }
    }

    /// The names that hold a syllable with just these accents.
    pub(super) fn accented(&self, syllable: &str) -> &[u32] {
        self.accented.get(syllable).map_or(&[], Vec::as_slice)
    }

    /// Whether a name holds this syllable.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether a name or the table of synonyms holds this syllable.
    pub(super) fn is_known(&self, word: &str) -> bool {
        self.is_word(word) || self.spoken.contains(word)
    }

    /// How many names hold this syllable.
    pub(super) fn frequency(&self, word: &str) -> u32 {
        self.words.get(word).copied().unwrap_or(0)
    }

    /// How many names hold these two next to each other.
    pub(super) fn pairs(&self, word: &str, next: &str) -> usize {
        self.term(&format!("{word} {next}")).1.len()
    }

    /// Whether a name or a phrase of the table of synonyms holds these two next to each other.
    pub(super) fn are_said_together(&self, word: &str, next: &str) -> bool {
        self.pairs(word, next) > 0 || self.spoken_pairs.contains(&format!("{word} {next}"))
    }

    /// The syllables of names, in order.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// The syllables of names that go on where `begun` ends, in order.
    pub(super) fn words_from<'a>(&'a self, begun: &'a str) -> impl Iterator<Item = &'a str> {
        self.words
            .range(begun.to_owned()..)
            .map(|(word, _)| word.as_str())
            .take_while(move |word| word.starts_with(begun))
            .filter(move |word| *word != begun)
    }

    /// The entries whose code is one that is meant, by their codes.
    pub(super) fn with_codes(
        &self,
        is_meant: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = usize> {
        let mut found: Vec<usize> = (0..self.documents.len())
            .filter(|place| is_meant(&self.documents[*place].code))
            .collect();
        found.sort_by(|one, other| self.documents[*one].code.cmp(&self.documents[*other].code));
        found.into_iter()
    }

    /// Whether an entry is carried out at a level, if one is asked for.
    pub(super) fn is_of(&self, entry: usize, level: Option<Level>) -> bool {
        level.is_none_or(|level| self.documents[entry].levels.contains(&level))
    }
}

/// The folded syllables of a name outside its parentheses, without "thủ tục" in front, and those inside.
fn parts(name: &str) -> (Vec<String>, Vec<String>) {
    let mut depth = 0_usize;
    let mut read_to = 0;
    let (mut main, mut aside) = (Vec::new(), Vec::new());
    for Syllable { folded, at, .. } in syllables(name) {
        for mark in name[read_to..at.start].chars() {
            match mark {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        read_to = at.end;
        if depth == 0 {
            main.push(folded);
        } else {
            aside.push(folded);
        }
    }
    main.drain(..preamble(&main));
    (main, aside)
}

/// How many syllables in front only say that it is a procedure.
fn preamble(main: &[String]) -> usize {
    // Something has to be left.
    let begins = |words: &[&str], at: usize| {
        main.len() > at + words.len() && main[at..at + words.len()] == *words
    };
    let is_customs = main.len() > 3 && main[2..4] == ["hai", "quan"];
    if !begins(&["thu", "tuc"], 0) || is_customs {
        return usize::from(begins(&["tthc"], 0));
    }
    let mut at = 2;
    if begins(&["hanh", "chinh"], at) {
        at += 2;
    }
    if begins(&["ve"], at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let (main, aside) = parts("Thủ tục đăng ký (cấp xã) khai sinh");
        assert_eq!(main.join(" "), "dang ky khai sinh");
        assert_eq!(aside.join(" "), "cap xa");
        assert_eq!(parts("Thủ tục").0.join(" "), "thu tuc");
        assert_eq!(parts("Thủ tục hải quan").0.join(" "), "thu tuc hai quan");
        assert_eq!(parts("Tách hộ)").0.join(" "), "tach ho");
        assert_eq!(parts("").0.len(), 0);
    }

    #[test]
    fn rare_syllables_tell_more() {
        let entry = |name| Entry {
            code: "1.000001",
            name,
            field: "",
            levels: &[],
            is_received_here: false,
        };
        let entries = ["đăng ký khai sinh", "đăng ký kết hôn"].map(entry);
        let index = Index::build(entries, &Synonyms::default());
        assert!(index.term("khai").0 > index.term("dang").0);
        assert!(index.term("nowhere").0 > index.term("khai").0);
        assert_eq!(
            index.words_from("k").collect::<Vec<_>>(),
            ["ket", "khai", "ky"]
        );
        assert_eq!(index.pairs("dang", "ky"), 2);
    }
}
