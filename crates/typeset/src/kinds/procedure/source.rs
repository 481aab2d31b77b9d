//! The raw texts of the national database, made fit to be set: what the portal's word processors left
//! behind is taken out, and lines that begin with "-", "+" or "a)" become items with a hanging indent.
//!
//! No word is ever dropped.

use unicode_normalization::UnicodeNormalization as _;

/// The text in composed form, on one kind of space, with visible signs for the symbols that word
/// processors keep in the private use area, which no font but theirs can draw.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            // A soft hyphen, a byte order mark and the ends of foreign lines are not seen.
            '\u{ad}' | '\u{feff}' | '\r' => {}
            // Wingdings, by far the most used there: a tick; and bullets of several shapes.
            '\u{f0fc}' => cleaned.push('✓'),
            '\u{e000}'..='\u{f8ff}' => cleaned.push('•'),
            '\t' | '\u{c}' => cleaned.push(' '),
            '\u{b}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            // Two asterisks are emphasis in texts of our own, never in those of the database.
            '*' if cleaned.ends_with('*') => cleaned.push_str("\u{2060}*"),
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// One line of a source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The sign or number before it, such as "–", "+" or "a)"; empty for plain text.
    pub marker: String,
    /// How far it is indented: 0, 1 or 2 steps.
    pub level: u8,
    /// The text after the marker.
    pub text: String,
}

/// The lines of a text that are not empty, with their markers.
pub(super) fn lines(text: &str) -> Vec<Line> {
    clean(text)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(line)
        .collect()
}

fn line(text: &str) -> Line {
    for (sign, marker, level) in [
        ("+++", "+++", 2),
        ("++", "++", 2),
        ("+", "+", 1),
        ("-", "–", 0),
        ("–", "–", 0),
        ("•", "•", 0),
        ("●", "•", 0),
    ] {
        if let Some(rest) = text.strip_prefix(sign)
            && !rest.starts_with(')')
            && rest.chars().any(char::is_alphanumeric)
            // "-5 °C" is a number, "- hồ sơ" and "-Hồ sơ" are items.
            && !rest.starts_with(|next: char| next.is_ascii_digit() || next == '-')
        {
            return Line {
                marker: marker.to_owned(),
                level,
                text: rest.trim_start().to_owned(),
            };
        }
    }
    if let Some((number, rest)) = text.split_once(' ')
        && is_number(number)
        && !rest.trim().is_empty()
    {
        return Line {
            marker: number.to_owned(),
            level: 0,
            text: rest.trim_start().to_owned(),
        };
    }
    Line {
        marker: String::new(),
        level: 0,
        text: text.to_owned(),
    }
}

/// Whether a word numbers an item: "a)", "đ)", "12.", "(ii)".
fn is_number(word: &str) -> bool {
    let inner = word.trim_start_matches('(').trim_end_matches([')', '.']);
    let closed = word.ends_with([')', '.']);
    closed && !inner.is_empty() && inner.chars().count() <= 3 && {
        inner.chars().all(|c| c.is_ascii_digit())
            || inner.chars().count() == 1 && inner.chars().all(char::is_lowercase)
            || inner.chars().all(|c| matches!(c, 'i' | 'v' | 'x'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, marker: &str, level: u8, text: &str) {
        assert_eq!(
            lines(source),
            [Line {
                marker: marker.into(),
                level,
                text: text.into()
            }],
            "{source:?}"
        );
    }

    #[test]
    fn signs_and_numbers_become_markers() {
        check("- Nộp hồ sơ", "–", 0, "Nộp hồ sơ");
        check("-\tNộp hồ sơ", "–", 0, "Nộp hồ sơ");
        check("-Nộp hồ sơ", "–", 0, "Nộp hồ sơ");
        check("+ Trường hợp", "+", 1, "Trường hợp");
        check("++ Trường hợp", "++", 2, "Trường hợp");
        check("a) Đơn", "a)", 0, "Đơn");
        check("(ii) Đơn", "(ii)", 0, "Đơn");
        check("12. Đơn", "12.", 0, "Đơn");
    }

    #[test]
    fn what_is_no_item_stays_as_it_is() {
        check("-5 °C", "", 0, "-5 °C");
        check("Sơ. Bộ", "", 0, "Sơ. Bộ");
        check("---", "", 0, "---");
        check("+) Đơn", "", 0, "+) Đơn");
        assert!(lines(" \n\t\n").is_empty());
    }

    #[test]
    fn remains_of_word_processors_are_made_visible_or_taken_out() {
        assert_eq!(clean("\u{f0fc} Hồ\u{ad} sơ\r"), "✓ Hồ sơ");
        assert_eq!(clean("Ho\u{302}\u{300}"), "Hồ");
        assert_eq!(motcua_show::text::spans(&clean("** Lưu ý ** nộp")).len(), 1);
    }
}
