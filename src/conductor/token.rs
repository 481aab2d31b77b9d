//! The number under which the screen speaks of a sheet: which preparation, which page.

use motcua_show::stage::Generation;

/// Pages per item that a token has room for: more than the longest procedure has.
const PAGES: u64 = 1 << 16;

/// The token of a page, from 0.
pub(super) fn token_of(generation: Generation, page: usize) -> u64 {
    // Generations count from 0; the token 0 is the card's.
    (generation.0 + 1) * PAGES + page as u64
}

/// The preparation that a token names.
pub(super) const fn generation_of(token: u64) -> Generation {
    Generation((token / PAGES).saturating_sub(1))
}

/// The page that a token names, from 0.
pub(super) const fn page_of(token: u64) -> usize {
    (token % PAGES) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_back_what_it_was_made_of() {
        let token = token_of(Generation(7), 11);
        assert_eq!(generation_of(token), Generation(7));
        assert_eq!(page_of(token), 11);
        // The card's token is nobody else's.
        assert_ne!(token_of(Generation(0), 0), 0);
    }
}
