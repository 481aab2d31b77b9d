//! How long reading takes.
//!
//! The length of an item must not depend on how a screen breaks it into pages, so that screens of
//! different sizes keep step: it is reckoned from the text alone.

use std::time::Duration;

use crate::item::{Content, Item, Video};
use crate::show::Show;
use crate::text::spans;
use crate::wording::wording;

/// Characters that an elderly reader takes in per second, at 3 m. Silent reading of Vietnamese runs at 200
/// to 250 syllables a minute, about 15 to 18 characters a second; the lower end leaves time to look up.
pub const CHARACTERS_PER_SECOND: u64 = 15;

/// Time to notice that the page has changed and find its headline.
pub const TO_FIND_THE_START: Duration = Duration::from_secs(4);

/// The shortest time for which anything is shown.
pub const SHORTEST: Duration = Duration::from_secs(8);

/// How long a picture is shown that has no `dwell`: a poster of one idea.
pub const PICTURE: Duration = Duration::from_secs(10);

/// How long each page of a document is shown that has no `dwell`: its text is not known.
pub const DOCUMENT_PAGE: Duration = Duration::from_secs(20);

/// How long a film or sound counts whose length is not known.
pub const UNKNOWN_MEDIA: Duration = Duration::from_secs(30);

/// How long `item` is shown: its `dwell`, else the length of its film or sound, else the time that
/// reading it takes in every language in which it has text.
///
/// A nested playlist is no item of its own and takes no time.
#[must_use]
pub fn item_length(show: &Show, item: &Item) -> Duration {
    if matches!(item.content, Content::Playlist(_)) {
        return Duration::ZERO;
    }
    if let Some(dwell) = item.dwell {
        return dwell.0;
    }
    match &item.content {
        Content::Video(Video { media, .. }) | Content::Audio(media) => {
            media.length.unwrap_or(UNKNOWN_MEDIA)
        }
        Content::Image(_) => PICTURE.max(time_to_read(show, item)),
        Content::Document(media) => DOCUMENT_PAGE * media.pages.unwrap_or(1).max(1),
        _ => time_to_read(show, item),
    }
}

/// The time that reading everything `item` shows takes, one language after the other.
#[must_use]
pub fn time_to_read(show: &Show, item: &Item) -> Duration {
    let whole: Duration = show
        .languages()
        .into_iter()
        .map(|language| {
            wording(show, item, language)
                .iter()
                .map(|text| characters(text))
                .sum()
        })
        .filter(|&shown| shown > 0)
        .map(reading_time)
        .sum();
    whole.max(SHORTEST)
}

/// The time that reading `characters` takes, at least [`SHORTEST`].
#[must_use]
pub fn reading_time(characters: usize) -> Duration {
    let reading = Duration::from_millis(characters as u64 * 1000 / CHARACTERS_PER_SECOND);
    (TO_FIND_THE_START + reading).max(SHORTEST)
}

/// The number of characters that a reader sees of `text`.
#[must_use]
pub fn characters(text: &str) -> usize {
    spans(text)
        .iter()
        .map(|span| span.text.chars().count())
        .sum()
}

/// Shares `whole` out over pages in proportion to `weights`, each page getting at least a little.
///
/// Returns the instants at which each page begins, from zero; empty for no pages.
#[must_use]
pub fn page_starts(whole: Duration, weights: &[usize]) -> Vec<Duration> {
    // A page of few words still needs to be noticed: every page counts as at least 60 characters more.
    let weights: Vec<u64> = weights.iter().map(|&weight| weight as u64 + 60).collect();
    let total: u64 = weights.iter().sum::<u64>().max(1);
    let mut before = 0;
    weights
        .iter()
        .map(|weight| {
            let start = whole.mul_f64(before as f64 / total as f64);
            before += weight;
            start
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_share_the_time_by_what_is_to_be_read() {
        let starts = page_starts(Duration::from_secs(30), &[140, 340, 40]);
        assert_eq!(starts.len(), 3);
        assert_eq!(starts[0], Duration::ZERO);
        assert!(starts[2] - starts[1] > starts[1] - starts[0]);
        assert!(starts[2] < Duration::from_secs(30));
        assert!(page_starts(Duration::from_secs(3), &[]).is_empty());
    }

    #[test]
    fn short_texts_get_the_shortest_time() {
        assert_eq!(reading_time(3), SHORTEST);
        assert_eq!(reading_time(1500), Duration::from_secs(104));
    }
}
