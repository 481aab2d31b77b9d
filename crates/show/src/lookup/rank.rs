//! How well names answer a question.
//!
//! A name is good where it holds much of what was asked, weighed by how telling each word is (coverage), and
//! little else (precision). Among equals those of the near level come first. Special cases come last unless
//! they were asked for.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use super::fold::{Syllable, syllables};
use super::index::{Document, Index};
use super::question::{Reading, readings};
use super::spelling::{self, MOST};
use super::synonyms::Synonyms;
use super::{Answer, Hit, Level, Wish};

/// What a pair of syllables counts beside single ones.
const PAIR: f32 = 0.8;
/// How much of the score is precision.
const PRECISION: f32 = 0.35;
/// What it is worth that the whole question stands in a name, and that the name begins with it.
const WHOLE: f32 = 0.08;
const BEGINNING: f32 = 0.04;
/// What it is worth that all accents are those of the name.
const ACCENTS: f32 = 0.06;
/// What it is worth that it is carried out near, and received here.
const NEAR: f32 = 0.12;
const HERE: f32 = 0.1;
/// What each special case costs that was not asked for.
const SPECIAL: f32 = 0.05;
/// What a word counts that is not typed to its end, where no name holds it as it is, and where one does.
const BEGUN: f32 = 0.7;
const BEGUN_OR_DONE: f32 = 0.3;
/// A name that holds the whole question holds at least this much of it, even late.
const HELD: f32 = 0.6;
/// Answers that hold less of what was asked are guesses.
const GUESS: f32 = 0.3;

/// Ranks the names of an index.
pub(super) struct Ranking<'a> {
    index: &'a Index,
    synonyms: &'a Synonyms,
}

/// What is found while a reading is compared.
struct Tally {
    matched: Vec<f32>,
    main: Vec<f32>,
    touched: Vec<u32>,
    asked: f32,
}

/// The best that is known of a name.
struct Best {
    score: f32,
    coverage: f32,
    reading: usize,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(index: &'a Index, synonyms: &'a Synonyms) -> Self {
        Self { index, synonyms }
    }

    pub(super) fn answer(&self, query: &str, wish: Wish) -> Answer {
        let typed: Vec<Syllable> = syllables(query).take(MOST).collect();
        let is_open = query.chars().last().is_some_and(char::is_alphanumeric);
        let words = spelling::read(&typed, is_open, self.index);
        let answer = self.rank(&typed, readings(words, self.synonyms), is_open, wish);
        if !answer.hits.is_empty() || typed.is_empty() {
            return answer;
        }
        let nearest = typed
            .iter()
            .filter_map(|word| spelling::nearest(&word.folded, self.index));
        let mut answer = self.rank(
            &typed,
            readings(nearest.collect(), self.synonyms),
            false,
            wish,
        );
        answer.is_a_guess = true;
        answer
    }

    fn rank(
        &self,
        typed: &[Syllable],
        readings: Vec<Reading>,
        is_open: bool,
        wish: Wish,
    ) -> Answer {
        let accents = self.accents(typed);
        let asked: HashSet<&str> = readings
            .last()
            .map(|as_typed| as_typed.words.iter().map(String::as_str).collect())
            .unwrap_or_default();
        let mut best: Vec<Option<Best>> = Vec::new();
        best.resize_with(self.index.documents.len(), || None);
        for (place, reading) in readings.iter().enumerate() {
            let tally = self.tally(reading, is_open);
            let words: HashSet<&str> = reading.words.iter().map(String::as_str).collect();
            let whole = reading.matter().collect::<Vec<_>>().join(" ");
            let is_asked: Vec<bool> = self
                .synonyms
                .special
                .iter()
                .map(|case| {
                    case.iter().all(|word| words.contains(word.as_str()))
                        || case.iter().all(|word| asked.contains(word.as_str()))
                })
                .collect();
            for number in &tally.touched {
                let document = &self.index.documents[*number as usize];
                if !self.index.is_of(*number as usize, wish.only) {
                    continue;
                }
                let coverage = (tally.matched[*number as usize] / tally.asked).min(1.0);
                let precision = tally.main[*number as usize] / document.mass.max(f32::EPSILON);
                let mut score = coverage
                    * (1.0 - PRECISION + PRECISION * precision.min(1.0).sqrt())
                    + standing(document, &whole, coverage)
                    + NEAR * nearness(document, wish.near) * coverage;
                if document.is_received_here {
                    score += HERE * coverage;
                }
                if let Some(accents) = &accents {
                    score += ACCENTS * accents[*number as usize];
                }
                let cases = document.special.iter().filter(|case| !is_asked[**case]);
                score -= SPECIAL * cases.count() as f32;
                score *= reading.weight;
                let known = &mut best[*number as usize];
                if known.as_ref().is_none_or(|known| score > known.score) {
                    *known = Some(Best {
                        score,
                        coverage,
                        reading: place,
                    });
                }
            }
        }
        self.best_first(best, &readings, is_open, wish)
    }

    fn best_first(
        &self,
        best: Vec<Option<Best>>,
        readings: &[Reading],
        is_open: bool,
        wish: Wish,
    ) -> Answer {
        let places = best.into_iter().enumerate();
        let mut found: Vec<(usize, Best)> = places
            .filter_map(|(place, best)| Some((place, best?)))
            .collect();
        let code = |place: usize| &self.index.documents[place].code;
        let order = |(one, a): &(usize, Best), (other, b): &(usize, Best)| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| code(*one).cmp(code(*other)))
                .then(one.cmp(other))
        };
        if wish.limit > 0 && wish.limit < found.len() {
            found.select_nth_unstable_by(wish.limit - 1, order);
            found.truncate(wish.limit);
        }
        found.sort_unstable_by(order);
        let is_a_guess = found.first().is_none_or(|(_, best)| best.coverage < GUESS);
        let hits = found
            .into_iter()
            .take(wish.limit)
            .map(|(entry, best)| Hit {
                entry,
                score: best.score,
                marks: self.marks(entry, &readings[best.reading], is_open),
            })
            .collect();
        Answer { hits, is_a_guess }
    }

    /// Compares the names with a reading of the question.
    fn tally(&self, reading: &Reading, is_open: bool) -> Tally {
        let names = self.index.documents.len();
        let mut tally = Tally {
            matched: vec![0.0; names],
            main: vec![0.0; names],
            touched: Vec::new(),
            asked: f32::EPSILON,
        };
        let mut terms: BTreeMap<String, (f32, bool)> = BTreeMap::new();
        for (place, word) in reading.words.iter().enumerate() {
            let count = |place: usize| f32::from(u8::from(reading.is_matter[place]));
            let known = terms.entry(word.clone()).or_insert((0.0, true));
            known.0 = known.0.max(count(place));
            if let Some(next) = reading.words.get(place + 1) {
                let pair = terms
                    .entry(format!("{word} {next}"))
                    .or_insert((0.0, false));
                pair.0 = pair.0.max(count(place).min(count(place + 1)) * PAIR);
            }
        }
        for (term, (count, is_word)) in terms.iter().filter(|(_, (count, _))| *count > 0.0) {
            let (weight, postings) = self.index.term(term);
            tally.asked += weight * count;
            for posting in postings {
                let document = posting.document as usize;
                tally.touch(posting.document);
                tally.matched[document] += weight * count * posting.weight;
                if *is_word && posting.is_main {
                    tally.main[document] += weight;
                }
            }
        }
        if is_open {
            self.go_on(reading, &mut tally);
        }
        tally
    }

    /// The last word may only have been begun: what it may become counts too, alone and after the one before.
    fn go_on(&self, reading: &Reading, tally: &mut Tally) {
        let Some((last, before)) = reading.words.split_last() else {
            return;
        };
        let before = before.last();
        let is_done = self.index.is_word(last)
            && before.is_none_or(|before| self.index.pairs(before, last) > 0);
        if is_done && before.is_some() {
            return;
        }
        let count = if self.index.is_word(last) {
            BEGUN_OR_DONE
        } else {
            BEGUN
        };
        let mut gained = vec![0.0_f32; self.index.documents.len()];
        for word in self.index.words_from(last) {
            let pair = before.map(|before| format!("{before} {word}"));
            for term in [Some(word), pair.as_deref()].into_iter().flatten() {
                let (weight, postings) = self.index.term(term);
                for posting in postings {
                    let gain = &mut gained[posting.document as usize];
                    *gain = gain.max(weight * count * posting.weight);
                }
            }
        }
        for (document, gain) in (0..).zip(gained).filter(|(_, gain)| *gain > 0.0) {
            tally.touch(document);
            tally.matched[document as usize] += gain;
        }
    }

    /// Which part of the words each name holds with the accents that were typed; none where none were.
    fn accents(&self, typed: &[Syllable]) -> Option<Vec<f32>> {
        if !typed.iter().any(Syllable::has_accent) {
            return None;
        }
        let words: BTreeSet<&str> = typed.iter().map(|word| word.accented.as_str()).collect();
        let mut accents = vec![0.0; self.index.documents.len()];
        for word in &words {
            for document in self.index.accented(word) {
                accents[*document as usize] += 1.0 / words.len() as f32;
            }
        }
        Some(accents)
    }

    /// Where the words of a reading stand in a name.
    fn marks(&self, entry: usize, reading: &Reading, is_open: bool) -> Vec<Range<usize>> {
        let matter: HashSet<&str> = reading.matter().collect();
        let begun = reading.words.last().filter(|_| is_open);
        syllables(&self.index.documents[entry].name)
            .filter(|word| {
                matter.contains(word.folded.as_str())
                    || begun.is_some_and(|begun| {
                        !self.index.is_word(begun) && word.folded.starts_with(begun.as_str())
                    })
            })
            .map(|word| word.at)
            .collect()
    }
}

impl Tally {
    fn touch(&mut self, document: u32) {
        if self.matched[document as usize] == 0.0 {
            self.touched.push(document);
        }
    }
}

fn standing(document: &Document, whole: &str, coverage: f32) -> f32 {
    if coverage < HELD || whole.is_empty() || !document.joined.contains(whole) {
        0.0
    } else if document.joined.starts_with(whole) {
        WHOLE + BEGINNING
    } else {
        WHOLE
    }
}

/// 1 for the near level, a half for the next one to it and for those that do not say.
fn nearness(document: &Document, near: Level) -> f32 {
    let next = match near {
        Level::Commune | Level::Ministry => Level::Province,
        Level::Province => Level::Commune,
        Level::Other => Level::Other,
    };
    if document.levels.contains(&near) {
        1.0
    } else if document.levels.is_empty() || document.levels.contains(&next) {
        0.5
    } else {
        0.0
    }
}
