//! What Telex and VNI make of raw letters, and the raw letters that make a syllable.

use unicode_normalization::UnicodeNormalization as _;
use vi::methods::transform_buffer_with_style;
use zeroize::Zeroizing;

use super::Method;
use super::syllable::{STYLE, is_mark, settled};

/// The longest syllable, "nghiêng", takes ten; what is longer is not composed, so that a key costs little.
const LONGEST: usize = 20;

/// What the raw letters make: none where the way of typing composes nothing, or the letters are too many or
/// of another script. The tone stands where it belongs while the syllable is not yet done, too.
pub(super) fn composed(method: Method, raw: &str) -> Option<Zeroizing<String>> {
    let definition = match method {
        Method::Telex => &vi::TELEX,
        Method::Vni => &vi::VNI,
        Method::Accented | Method::Plain => return None,
    };
    if raw.len() > LONGEST || !raw.chars().all(|letter| is_key(method, letter)) {
        return None;
    }
    let mut syllable = Zeroizing::new(String::with_capacity(4 * LONGEST));
    transform_buffer_with_style(definition, STYLE, raw.chars(), &mut syllable);
    Some(settled(&syllable))
}

/// Whether a letter or digit takes part in composing.
pub(super) fn is_key(method: Method, letter: char) -> bool {
    match method {
        Method::Telex => letter.is_ascii_alphabetic(),
        Method::Vni => letter.is_ascii_alphanumeric(),
        Method::Accented | Method::Plain => false,
    }
}

/// The raw letters that make this syllable, the tone last.
pub(super) fn spelled(method: Method, syllable: &str) -> Zeroizing<String> {
    let mut raw = Zeroizing::new(String::with_capacity(4 * LONGEST));
    let mut tone = None;
    for letter in syllable.chars() {
        let base = letter.nfd().next().unwrap_or(letter);
        let is_telex = method == Method::Telex;
        match letter {
            'đ' => raw.push_str(if is_telex { "dd" } else { "d9" }),
            'Đ' => raw.push_str(if is_telex { "DD" } else { "D9" }),
            _ => raw.push(base),
        }
        for mark in letter.nfd().skip(1) {
            match mark {
                '\u{302}' => raw.push(if is_telex { base } else { '6' }),
                '\u{31b}' => raw.push(if is_telex { 'w' } else { '7' }),
                '\u{306}' => raw.push(if is_telex { 'w' } else { '8' }),
                _ if is_mark(mark) => tone = Some(mark),
                _ => {}
            }
        }
    }
    let tones = ['\u{301}', '\u{300}', '\u{309}', '\u{303}', '\u{323}'];
    let keys = if method == Method::Telex {
        "sfrxj"
    } else {
        "12345"
    };
    let key = tones
        .iter()
        .zip(keys.chars())
        .find(|(mark, _)| tone == Some(**mark));
    raw.extend(key.map(|(_, key)| key));
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_and_vni_make_syllables_in_the_old_style() {
        for (method, raw, expected) in [
            (Method::Telex, "ddwowcj", "được"),
            (Method::Telex, "hoas", "hóa"),
            (Method::Telex, "hoasn", "hoán"),
            (Method::Telex, "muoos", "muố"),
            (Method::Telex, "HUEES", "HUẾ"),
            (Method::Telex, "tax", "tã"),
            (Method::Telex, "taxx", "tax"),
            (Method::Vni, "thuy3", "thủy"),
            (Method::Vni, "D9a8ng", "Đăng"),
            (Method::Vni, "15", "15"),
        ] {
            assert_eq!(composed(method, raw).unwrap().as_str(), expected, "{raw}");
        }
        assert!(composed(Method::Plain, "tax").is_none());
        assert!(composed(Method::Telex, "a1").is_none());
        assert!(composed(Method::Telex, &"a".repeat(21)).is_none());
    }

    #[test]
    fn what_is_spelled_makes_the_syllable() {
        for syllable in ["việ", "đượ", "HUẾ", "hoặc", "Đ", "nghiêng", "quý", "a"] {
            for method in [Method::Telex, Method::Vni] {
                let raw = spelled(method, syllable);
                assert_eq!(
                    composed(method, &raw).unwrap().as_str(),
                    syllable,
                    "{}",
                    *raw
                );
            }
        }
    }
}
