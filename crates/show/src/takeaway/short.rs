//! The text that a QR code holds for a phone without a network.

use super::answer::{self, Stated, clean};
use super::cut::cut;
use super::{TakeawayWords, filled};
use crate::procedure::Procedure;

/// The most bytes of UTF-8 that [`short_text`] gives.
///
/// In byte mode they take a QR code of version 19 at level M: 93 modules, 101 with the quiet zone. At 4
/// pixels a module that is 404 pixels on the screen, at 5 dots 63 mm on paper of 80 mm; phones read both.
pub const LONGEST_SHORT_TEXT: usize = 600;

/// The most bytes of a name, of each answer and of one paper, from roomy to tight.
const ROOMS: [Room; 3] = [
    Room {
        name: 160,
        answer: 110,
        paper: 110,
    },
    Room {
        name: 110,
        answer: 70,
        paper: 90,
    },
    Room {
        name: 80,
        answer: 45,
        paper: 70,
    },
];

/// What the rest leaves to the papers at least.
const FOR_PAPERS: usize = 220;

#[derive(Clone, Copy)]
struct Room {
    name: usize,
    answer: usize,
    paper: usize,
}

/// A procedure in at most [`LONGEST_SHORT_TEXT`] bytes: name, code, papers, time limit, fee and where it is
/// filed, a line each; composed (NFC). Papers that have no room are counted. What is shortened ends between
/// words, with an ellipsis.
#[must_use]
pub fn short_text(procedure: &Procedure, words: &TakeawayWords) -> String {
    let papers = answer::papers(procedure.cases.iter().flat_map(|case| &case.papers), words);
    let drafts = ROOMS.map(|room| (room, Draft::new(procedure, words, room)));
    let fits = |draft: &Draft| draft.len() + FOR_PAPERS <= LONGEST_SHORT_TEXT || papers.is_empty();
    let [.., tightest] = &drafts;
    let (room, draft) = drafts
        .iter()
        .find(|(_, draft)| fits(draft) && draft.len() <= LONGEST_SHORT_TEXT)
        .unwrap_or(tightest);
    let left = LONGEST_SHORT_TEXT.saturating_sub(draft.len() + 1);
    let list = list(&papers, words, left, room.paper);
    // Only words that are longer than any language's can still be too many.
    cut(&draft.around(&list), LONGEST_SHORT_TEXT)
}

struct Draft {
    before: Vec<String>,
    after: Vec<String>,
}

impl Draft {
    fn new(procedure: &Procedure, words: &TakeawayWords, room: Room) -> Self {
        let name = cut(&clean(&procedure.name), room.name);
        let code = filled(&words.code_of, &cut(&clean(&procedure.code), 40));
        let time = stated(&answer::time_limit(procedure, words), room.answer);
        let fee = stated(&answer::fee(procedure, words), room.answer);
        let place = answer::place(procedure, words).map(|place| cut(&place, room.answer));
        Self {
            before: vec![name, code],
            after: [
                format!("{}: {time}", words.time_limit),
                format!("{}: {fee}", words.fee),
            ]
            .into_iter()
            .chain(place)
            .collect(),
        }
    }

    fn len(&self) -> usize {
        self.around("").len()
    }

    fn around(&self, list: &str) -> String {
        self.before
            .iter()
            .map(String::as_str)
            .chain([list])
            .chain(self.after.iter().map(String::as_str))
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// The answers of the ways, in `room` bytes.
fn stated(answers: &[Stated], room: usize) -> String {
    let all: Vec<String> = answers
        .iter()
        .map(|stated| match stated.ways.as_slice() {
            [] => cut(&stated.value, room),
            ways => {
                let name = ways.join(", ");
                let left = room.saturating_sub(name.len() + 2).max(room / 3);
                format!("{name}: {}", cut(&stated.value, left))
            }
        })
        .collect();
    cut(&all.join("; "), room)
}

/// As many whole papers as there is room for, and how many there are besides.
fn list(papers: &[(String, String)], words: &TakeawayWords, room: usize, each: usize) -> String {
    if papers.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = papers
        .iter()
        .enumerate()
        .map(|(index, (name, counts))| {
            let name = cut(name, each);
            let counts = if counts.is_empty() {
                String::new()
            } else {
                format!(" ({counts})")
            };
            format!("{}. {name}{counts}", index + 1)
        })
        .collect();
    let head = format!("{}:", words.bring);
    let listed = |count: usize| {
        let left = papers.len() - count;
        let rest = (left > 0).then(|| filled(&words.more_papers, &left.to_string()));
        [head.clone()]
            .into_iter()
            .chain(lines[..count].iter().cloned())
            .chain(rest)
            .collect::<Vec<_>>()
            .join("\n")
    };
    (1..=papers.len())
        .rev()
        .map(listed)
        .find(|list| list.len() <= room)
        .unwrap_or_else(|| {
            let count = filled(&words.papers_elsewhere, &papers.len().to_string());
            format!("{head} {count}")
        })
}
