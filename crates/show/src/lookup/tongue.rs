//! What a word becomes that was typed for Telex or VNI while the keyboard was not set to it.

use super::fold::fold;

/// Longer words are no Vietnamese syllable.
const LONGEST: usize = 10;

/// The folded readings of `word`: "ddawng" and "d9a8ng" are "dang". Empty where there is none but itself.
pub(super) fn readings(word: &str) -> Vec<String> {
    if word.len() > LONGEST || !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Vec::new();
    }
    [&vi::TELEX, &vi::VNI]
        .into_iter()
        .filter_map(|method| {
            let mut composed = String::new();
            vi::transform_buffer(method, word.chars(), &mut composed);
            let read = fold(&composed);
            (read != word).then_some(read)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_and_vni_are_read() {
        for (word, read) in [
            ("ddawng", "dang"),
            ("kys", "ky"),
            ("keets", "ket"),
            ("hoon", "hon"),
            ("d9a8ng", "dang"),
            ("ky1", "ky"),
        ] {
            assert!(
                readings(word).contains(&read.to_owned()),
                "{word}: {:?}",
                readings(word)
            );
        }
        assert!(readings("đất").is_empty());
        assert!(readings("x".repeat(10_000).as_str()).is_empty());
    }
}
