//! Phrases of folded syllables, found longest first.

use std::collections::HashMap;

use super::fold::syllables;

/// A value for each of many phrases.
#[derive(Debug, Clone)]
pub(super) struct Phrases<T> {
    values: HashMap<String, T>,
    longest: usize,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            longest: 0,
        }
    }
}

impl<T> Phrases<T> {
    /// The value of a phrase, put there if there was none; none where the text has no syllable.
    pub(super) fn entry(&mut self, phrase: &str) -> Option<&mut T>
    where
        T: Default,
    {
        let read: Vec<String> = syllables(phrase).map(|found| found.folded).collect();
        self.longest = self.longest.max(read.len());
        (!read.is_empty()).then(|| self.values.entry(read.join(" ")).or_default())
    }

    /// The longest phrase that begins the syllables: how many they are, and its value.
    pub(super) fn first(&self, syllables: &[String]) -> Option<(usize, &T)> {
        (1..=self.longest.min(syllables.len()))
            .rev()
            .find_map(|length| {
                let value = self.values.get(&syllables[..length].join(" "))?;
                Some((length, value))
            })
    }

    /// Every syllable of every phrase.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.values.keys().flat_map(|phrase| phrase.split(' '))
    }

    /// Every two syllables that stand next to each other.
    pub(super) fn pairs(&self) -> impl Iterator<Item = String> {
        self.values.keys().flat_map(|phrase| {
            let words: Vec<&str> = phrase.split(' ').collect();
            let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
            pairs
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_is_found() {
        let mut phrases: Phrases<u8> = Phrases::default();
        *phrases.entry("Sổ đỏ").unwrap() = 1;
        *phrases.entry("sổ đỏ sai tên").unwrap() = 2;
        assert!(phrases.entry(" ? ").is_none());
        let read = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert_eq!(phrases.first(&read("so do sai ten roi")), Some((4, &2)));
        assert_eq!(phrases.first(&read("so do sai")), Some((2, &1)));
        assert_eq!(phrases.first(&read("so")), None);
        assert_eq!(phrases.first(&[]), None);
    }
}
