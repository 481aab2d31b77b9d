//! What a word means that stands in no name: another keyboard's, two words without a space, or a slip.

use super::fold::Syllable;
use super::index::Index;
use super::tongue;

/// More than this nobody asks; a text that is longer was not typed by a visitor.
pub(super) const MOST: usize = 64;
/// Shorter words have too many neighbours to guess at.
const GUESSED_FROM: usize = 3;
/// Two syllables have at least so many letters.
const TWO_FROM: usize = 5;
/// Words without spaces are taken apart up to this length.
const TAKEN_APART_TO: usize = 24;

/// The words of what was typed, as far as names and the table of synonyms know them.
pub(super) fn read(typed: &[Syllable], is_open: bool, index: &Index) -> Vec<String> {
    let last = typed.len().saturating_sub(1);
    typed
        .iter()
        .enumerate()
        .flat_map(|(place, word)| one(&word.folded, is_open && place == last, index))
        .take(MOST)
        .collect()
}

fn one(word: &str, may_go_on: bool, index: &Index) -> Vec<String> {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || index.is_known(word) {
        return vec![word.to_owned()];
    }
    let mut readings = tongue::readings(word).into_iter();
    if let Some(read) = readings.find(|read| index.is_known(read)) {
        return vec![read];
    }
    if may_go_on && index.words_from(word).next().is_some() {
        return vec![word.to_owned()];
    }
    if (TWO_FROM..=TAKEN_APART_TO).contains(&word.len())
        && let Some(words) = apart(word, index)
    {
        return words;
    }
    vec![near(word, index).unwrap_or_else(|| word.to_owned())]
}

/// The syllables that a word without spaces is made of, where they are known next to each other.
fn apart(word: &str, index: &Index) -> Option<Vec<String>> {
    // The best way to take apart the first letters, for each number of them.
    let mut best: Vec<Option<(f32, Vec<&str>)>> = vec![None; word.len() + 1];
    best[0] = Some((0.0, Vec::new()));
    for end in 2..=word.len() {
        for begin in end.saturating_sub(7)..end - 1 {
            if !word.is_char_boundary(begin) || !word.is_char_boundary(end) {
                continue;
            }
            let syllable = &word[begin..end];
            let Some((score, before)) = best[begin].as_ref() else {
                continue;
            };
            let joint = match before.last() {
                Some(last) if index.are_said_together(last, syllable) => {
                    (1.0 + index.pairs(last, syllable) as f32).ln()
                }
                None if index.is_known(syllable) => 0.0,
                _ => continue,
            };
            let score = score + joint - 1.0;
            if best[end].as_ref().is_none_or(|(known, _)| score > *known) {
                let mut words = before.clone();
                words.push(syllable);
                best[end] = Some((score, words));
            }
        }
    }
    let (_, words) = best.pop()??;
    (words.len() > 1).then(|| words.into_iter().map(str::to_owned).collect())
}

/// The commonest syllable that differs by one slip.
fn near(word: &str, index: &Index) -> Option<String> {
    if word.len() < GUESSED_FROM {
        return None;
    }
    index
        .words()
        .filter(|other| differ_by_a_slip(word.as_bytes(), other.as_bytes()))
        .max_by_key(|other| index.frequency(other))
        .map(str::to_owned)
}

/// Whether one letter is wrong, missing or too many, or two next to each other are exchanged.
fn differ_by_a_slip(one: &[u8], other: &[u8]) -> bool {
    let head = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[head..], &other[head..]);
    let tail = one.iter().rev().zip(other.iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    match (&one[..one.len() - tail], &other[..other.len() - tail]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// The syllable that is the most like a word, however little that is.
pub(super) fn nearest(word: &str, index: &Index) -> Option<String> {
    if word.chars().count() > TAKEN_APART_TO {
        return None;
    }
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(word, other);
    let best = index
        .words()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) >= 0.5).then(|| best.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_other_words() {
        let slip = |one: &str, other: &str| differ_by_a_slip(one.as_bytes(), other.as_bytes());
        for (one, other) in [
            ("sinhh", "sinh"),
            ("snh", "sinh"),
            ("sonh", "sinh"),
            ("isnh", "sinh"),
            ("a", ""),
        ] {
            assert!(slip(one, other) && slip(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("sinh", "sinh"),
            ("sanh", "sing"),
            ("si", "sinh"),
            ("nhis", "sinh"),
            ("", ""),
        ] {
            assert!(!slip(one, other) && !slip(other, one), "{one} {other}");
        }
    }
}
