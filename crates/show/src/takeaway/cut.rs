//! Text made shorter, always seen to be so.

use unicode_normalization::char::is_combining_mark;

const ELLIPSIS: char = '…';

/// `text` in at most `room` bytes: whole words, and an ellipsis where something was left out.
///
/// A script that writes no spaces is cut between letters, never before a mark that belongs to one. Where
/// there is no room for an ellipsis nothing is left.
pub(super) fn cut(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(ELLIPSIS.len_utf8()) else {
        return String::new();
    };
    let end = text.floor_char_boundary(room);
    // A space right after what fits leaves a whole word too.
    let words = if text[end..].starts_with(char::is_whitespace) {
        Some(end)
    } else {
        text[..end].rfind(char::is_whitespace)
    };
    let end = words.unwrap_or_else(|| whole_letters(text, end));
    let kept = text[..end].trim_end_matches(|c: char| c.is_whitespace() || ",;:.-–(".contains(c));
    format!("{kept}{ELLIPSIS}")
}

/// The last place at or before `end` that no mark follows.
fn whole_letters(text: &str, end: usize) -> usize {
    let mut end = end;
    while text[end..].chars().next().is_some_and(is_combining_mark) {
        match text[..end].char_indices().next_back() {
            Some((before, _)) => end = before,
            None => return 0,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::cut;

    fn check(text: &str, room: usize, expected: &str) {
        assert_eq!(cut(text, room), expected);
        assert!(cut(text, room).len() <= room);
    }

    #[test]
    fn words_stay_whole() {
        check("Giấy chứng sinh", 19, "Giấy chứng sinh");
        check("Giấy chứng sinh", 18, "Giấy chứng…");
        check("Giấy chứng sinh", 17, "Giấy chứng…");
        check("Giấy chứng sinh", 16, "Giấy…");
        check("Giấy tờ, khác", 15, "Giấy tờ…");
        check("Giấy", 2, "");
    }

    #[test]
    fn khmer_keeps_its_marks() {
        let word = "សំបុត្រកំណើត";
        for room in 3..word.len() {
            let cut = cut(word, room);
            let kept = cut.strip_suffix('…').unwrap();
            let rest = &word[kept.len()..];
            assert!(!rest.starts_with(unicode_normalization::char::is_combining_mark));
        }
    }
}
