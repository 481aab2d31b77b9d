//! From an author's text to paragraphs ready for shaping: markup read, characters composed, spaces bound.
//!
//! Knows no font and no width. Invariant: every character that a reader would see is kept.

use std::ops::Range;

use motcua_show::text::spans;
use unicode_normalization::UnicodeNormalization as _;

use crate::spacing::{NO_BREAK_SPACE, WORD_JOINER, bound_spaces, inner_joins};

/// One paragraph ready for shaping: plain characters, and which of them are bold.
pub(crate) struct Paragraph {
    /// The characters.
    pub(crate) text: String,
    /// The bytes of `text` that are bold.
    pub(crate) bold: Vec<Range<usize>>,
}

impl Paragraph {
    /// The paragraph with no-break spaces where numbers and units hold together, and joiners inside of
    /// numbers of documents.
    #[must_use]
    pub(crate) fn bound(&self) -> Self {
        let spaces = bound_spaces(&self.text);
        let joins = inner_joins(&self.text);
        let mut text = String::with_capacity(
            self.text.len() + spaces.len() + joins.len() * WORD_JOINER.len_utf8(),
        );
        // Where each byte that begins a character went, for the bold ranges.
        let mut moved = Vec::with_capacity(self.text.len() + 1);
        for (at, character) in self.text.char_indices() {
            let is_bound = spaces.binary_search(&at).is_ok();
            // A line may end after a dash even where a no-break space follows (UAX #14, LB12a).
            if joins.binary_search(&at).is_ok() || is_bound && text.ends_with(['–', '—', '-']) {
                text.push(WORD_JOINER);
            }
            moved.resize(at + 1, text.len());
            text.push(if is_bound { NO_BREAK_SPACE } else { character });
        }
        moved.resize(self.text.len() + 1, text.len());
        let bold = self
            .bold
            .iter()
            .map(|range| moved[range.start]..moved[range.end])
            .collect();
        Self { text, bold }
    }
}

/// The paragraphs of a text, cleaned of what no font draws.
pub(crate) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text = clean(text);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            is_open = false;
        } else if let Some(paragraph) = paragraphs
            .last_mut()
            .filter(|_| is_open && !begins_a_point(line))
        {
            paragraph.push(' ');
            paragraph.push_str(line);
        } else {
            paragraphs.push(line.to_owned());
            is_open = true;
        }
    }
    paragraphs
        .iter()
        .map(|paragraph| marked(paragraph))
        .filter(|one| !one.text.trim().is_empty())
        .collect()
}

/// Whether a line is a point of a list, which authors write one below the other without blank lines.
fn begins_a_point(line: &str) -> bool {
    let Some((mark, _)) = line.split_once(' ') else {
        return false;
    };
    matches!(mark, "-" | "–" | "—" | "•" | "+" | "*" | "·")
        || mark.strip_suffix(['.', ')']).is_some_and(|number| {
            !number.is_empty()
                && number.len() <= 2
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Composed characters, single spaces, and a bullet for the private signs of word processors.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            '\n' => out.push('\n'),
            '\u{f000}'..='\u{f0ff}' => out.push('•'),
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{feff}' | '\u{ad}' | '\r' => {}
            _ if character.is_control() || character == ' ' => {
                if !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            _ => out.push(character),
        }
    }
    out
}

fn marked(paragraph: &str) -> Paragraph {
    let mut text = String::with_capacity(paragraph.len());
    let mut bold = Vec::new();
    for span in spans(paragraph) {
        let start = text.len();
        text.push_str(&span.text);
        if span.bold {
            bold.push(start..text.len());
        }
    }
    Paragraph { text, bold }
}
