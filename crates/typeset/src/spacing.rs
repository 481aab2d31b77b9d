//! Where a line must not break: spaces between a number and what it counts or names, and before
//! marks that close.
//!
//! Works on plain text without markup; knows no font. A space that must hold together becomes a
//! no-break space of the same width, nothing else changes.

/// The space at which no line breaks.
pub const NO_BREAK_SPACE: char = '\u{a0}';

/// Holds the characters on either side of it together, without width.
pub const WORD_JOINER: char = '\u{2060}';

/// The longest word that is kept whole at its slashes and hyphens; a longer one must break somewhere.
const LONGEST_WHOLE: usize = 20;

/// What numbers count, in lower case; a number stays with it.
const UNITS: &[&str] = &[
    "đồng", "đ", "vnđ", "vnd", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "ngày", "giờ", "phút", "giây",
    "tuần", "tháng", "năm", "quý", "bản", "bộ", "tờ", "trang", "lần", "điểm", "người", "tuổi",
    "cách", "bước", "quầy", "thủ", "km", "m", "m²", "m2", "cm", "mm", "ha", "kg", "gb", "mb", "%",
    "days", "day", "hours", "hour", "minutes", "minute", "working", "months", "month", "years",
    "year", "copies", "copy", "steps", "ways", "sets", "set",
];

/// What numbers name, in lower case; it stays with the number that follows.
const NAMED_BY_NUMBER: &[&str] = &[
    "số", "điều", "khoản", "điểm", "mục", "chương", "phần", "quầy", "phòng", "tầng", "lầu", "bàn",
    "cửa", "ô", "bước", "mẫu", "lần", "tháng", "năm", "ngày", "quý", "trang", "mức", "độ", "cấp",
    "khóm", "ấp", "tổ", "khu", "đợt", "thứ", "no.", "no", "article", "clause", "counter", "step",
    "page", "room", "floor", "form", "level",
];

/// What is named "… số 2": these stay with "số".
const NUMBERED: &[&str] = &[
    "quầy", "phòng", "bàn", "cửa", "ô", "mẫu", "tổ", "khu", "tầng",
];

/// Marks that close what stands before them, or that hang on it; they never begin a line.
const CLOSING: &[char] = &[
    ')', ']', '}', '»', '”', '’', '›', ',', '.', ';', ':', '!', '?', '%', '…', '–', '—',
];

/// The byte positions of the spaces in `text` that hold what stands around them together.
#[must_use]
pub fn bound_spaces(text: &str) -> Vec<usize> {
    let words: Vec<(usize, &str)> = words(text).collect();
    let mut bound = Vec::new();
    let is_range = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        matches!(words[at].1, "–" | "-" | "—")
            && before.is_some_and(|(_, word)| is_number(word))
            && words.get(at + 1).is_some_and(|(_, word)| is_number(word))
    };
    for (index, pair) in words.windows(2).enumerate() {
        let [(start, word), (next_start, next)] = pair else {
            continue;
        };
        let space = start + word.len();
        // Only one plain space can be replaced without changing what the author spaced out.
        if next_start - space != 1 {
            continue;
        }
        let after_next = words.get(index + 2).map(|(_, word)| *word);
        if holds(word, next, after_next) || is_range(index) {
            bound.push(space);
        }
    }
    bound
}

/// The byte positions in `text` before which a word must not break although it has a slash or a hyphen
/// there: "63/2010/NĐ-CP", "2.000 đồng/trang". Addresses break at their slashes.
#[must_use]
pub fn inner_joins(text: &str) -> Vec<usize> {
    let mut joins = Vec::new();
    for (start, word) in words(text) {
        if word.contains("//") || word.chars().count() > LONGEST_WHOLE {
            continue;
        }
        let inner = word.char_indices().skip(1).zip(word.char_indices().skip(2));
        for ((at, mark), (after, _)) in inner {
            if matches!(mark, '/' | '-') {
                joins.extend([start + at, start + after]);
            }
        }
    }
    joins.dedup();
    joins
}

/// `text` with its bound spaces made no-break spaces.
#[must_use]
pub fn bound(text: &str) -> String {
    let spaces = bound_spaces(text);
    let mut out = String::with_capacity(text.len() + spaces.len());
    let mut from = 0;
    for space in spaces {
        out.push_str(&text[from..space]);
        out.push(NO_BREAK_SPACE);
        from = space + 1;
    }
    out.push_str(&text[from..]);
    out
}

/// Whether the space between `word` and `next` holds them together.
fn holds(word: &str, next: &str, after_next: Option<&str>) -> bool {
    if next.chars().all(|mark| CLOSING.contains(&mark)) || matches!(word, "«" | "“" | "(" | "[")
    {
        return true;
    }
    let name = bare(word);
    if is_number(word) {
        return is_number(next) && is_group(word) && is_group(next)
            || UNITS.contains(&bare(next).as_str())
            || next.chars().next().is_some_and(is_khmer);
    }
    if word.ends_with([',', ';', ':', '!', '?', ')']) {
        return false;
    }
    if is_number(next) || is_code(next) {
        return NAMED_BY_NUMBER.contains(&name.as_str()) && !is_amount(next);
    }
    name_is_numbered(&name, next, after_next)
}

fn name_is_numbered(name: &str, next: &str, after_next: Option<&str>) -> bool {
    bare(next) == "số"
        && NUMBERED.contains(&name)
        && after_next.is_some_and(|after| is_number(after) || is_code(after))
}

/// The words of `text` with their byte positions, split at plain spaces.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

/// A word in lower case, without what follows its letters ("đồng/lần," gives "đồng").
fn bare(word: &str) -> String {
    let word = word
        .trim_start_matches(['(', '“', '«', '"', '['])
        .to_lowercase();
    if word == "no." || word == "%" {
        return word;
    }
    match word.find(|c: char| !c.is_alphanumeric() && c != '²') {
        Some(0) | None => word,
        Some(end) => word[..end].to_owned(),
    }
}

/// "3", "10.000", "23/11/2026", "50%", "(3".
fn is_number(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '“', '«', '"', '[', '+']);
    word.starts_with(|c: char| c.is_ascii_digit())
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || !c.is_alphanumeric())
}

/// "20.000": counts what follows and names nothing.
fn is_amount(word: &str) -> bool {
    word.split_once(['.', ',']).is_some_and(|(whole, rest)| {
        (1..=3).contains(&whole.len())
            && rest.len() >= 3
            && rest.bytes().take(3).all(|byte| byte.is_ascii_digit())
            && !rest.contains('/')
    })
}

/// A group of digits as telephone numbers have them.
fn is_group(word: &str) -> bool {
    word.trim_matches(|c: char| !c.is_ascii_digit()).len() >= 3
}

/// "63/2010/NĐ-CP", "8a", "1A".
fn is_code(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a character is written in Khmer.
#[must_use]
pub fn is_khmer(character: char) -> bool {
    matches!(character, '\u{1780}'..='\u{17ff}' | '\u{19e0}'..='\u{19ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(bound(text).replace(NO_BREAK_SPACE, "~"), expected);
    }

    #[test]
    fn a_number_stays_with_what_it_counts() {
        check("lệ phí 10.000 đồng, tại", "lệ phí 10.000~đồng, tại");
        check("trong 3 ngày làm việc kể từ", "trong 3~ngày làm việc kể từ");
        check("8.000 đồng/bản sao", "8.000~đồng/bản sao");
        check("(3 ngày)", "(3~ngày)");
        check("3 working days", "3~working days");
        check("បង់ 10.000 ដុង", "បង់ 10.000~ដុង");
        check("năm 2026 tại", "năm~2026 tại");
    }

    #[test]
    fn a_number_stays_with_what_it_names() {
        check("đến quầy số 2 hướng dẫn", "đến quầy~số~2 hướng dẫn");
        check(
            "theo Điều 8 Nghị định số 63/2010/NĐ-CP",
            "theo Điều~8 Nghị định số~63/2010/NĐ-CP",
        );
        check("từ ngày 23/11/2026", "từ ngày~23/11/2026");
        check("tại quầy 20.000 đồng", "tại quầy 20.000~đồng");
        check("một số, 2 việc", "một số, 2 việc");
        check("quầy số hóa", "quầy số hóa");
    }

    #[test]
    fn telephone_numbers_hold_together() {
        check("gọi 0299 3623 333 ngay", "gọi 0299~3623~333 ngay");
        check("bước 1 2 3", "bước~1 2 3");
    }

    #[test]
    fn no_line_begins_with_a_closing_mark() {
        check("có sai sót ; thì sửa", "có sai sót~; thì sửa");
        check("Dân hỏi – Chính quyền", "Dân hỏi~– Chính quyền");
        check("« tên »", "«~tên~»");
        check("sáng 07:00 – 11:00, chiều", "sáng 07:00~–~11:00, chiều");
    }

    #[test]
    fn numbers_of_documents_hold_together() {
        let joined = |text: &str| {
            let joins = inner_joins(text);
            text.char_indices()
                .flat_map(|(at, c)| joins.contains(&at).then_some('~').into_iter().chain([c]))
                .collect::<String>()
        };
        assert_eq!(joined("số 45/TB-UBND."), "số 45~/~TB~-~UBND.");
        assert_eq!(joined("https://a.vn/b"), "https://a.vn/b");
        assert_eq!(joined("- một"), "- một");
    }

    #[test]
    fn what_is_spaced_out_stays() {
        check("3  ngày", "3  ngày");
        check("", "");
        check(" ", " ");
    }
}
