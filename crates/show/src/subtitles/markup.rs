//! The text of a cue without its markup.

use crate::text::tidy;

/// Names of tags of WebVTT and of what SubRip took from HTML. Anything else in angle brackets is what
/// somebody says.
const TAGS: [&str; 15] = [
    "b", "br", "c", "em", "font", "i", "lang", "p", "rt", "ruby", "s", "span", "strong", "u", "v",
];

/// Entities by name, and what they stand for. Marks of direction are left out, as everywhere.
const ENTITIES: [(&str, &str); 8] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("lrm", ""),
    ("rlm", ""),
];

/// The longest tag in bytes, with the name of who speaks.
const LONGEST_TAG: usize = 200;

/// The longest name of an entity, with its number.
const LONGEST_ENTITY: usize = 8;

/// What a cue says, from its text with the markup of WebVTT, SubRip or a stream: tags go, who speaks stands
/// before what is said, entities become characters, lines are trimmed and empty ones left out.
#[must_use]
pub fn plain_text(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['<', '{', '&', '\\']) {
        let (before, mark) = rest.split_at(at);
        plain.push_str(before);
        let (said, length) = replaced(mark);
        plain.push_str(&said);
        rest = &mark[length..];
    }
    plain.push_str(rest);
    let (shown, _) = tidy(&plain);
    let lines = shown.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What stands for the markup at the beginning of `mark`, and its length in bytes; the character itself
/// where it is no markup.
fn replaced(mark: &str) -> (String, usize) {
    let markup = match mark.as_bytes().first() {
        Some(b'<') => tag(mark),
        // Placing and colours of another format (`{\an8}`), which SubRip files carry along.
        Some(b'{') if mark.starts_with("{\\") => {
            end_of(mark, b'}').map(|end| (String::new(), end + 1))
        }
        Some(b'&') => entity(mark),
        // A line break and a hard space of that format.
        Some(b'\\') if mark.starts_with("\\N") || mark.starts_with("\\n") => {
            Some(("\n".to_owned(), 2))
        }
        Some(b'\\') if mark.starts_with("\\h") => Some((" ".to_owned(), 2)),
        _ => None,
    };
    markup.unwrap_or_else(|| {
        let length = mark.chars().next().map_or(0, char::len_utf8);
        (mark[..length].to_owned(), length)
    })
}

/// What stands for a tag, and its length.
fn tag(mark: &str) -> Option<(String, usize)> {
    let end = end_of(mark, b'>')?;
    let inner = &mark[1..end];
    if inner.contains('<') {
        return None;
    }
    let is_closing = inner.starts_with('/');
    let inner = inner.trim_start_matches('/');
    let name_end = inner
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(inner.len());
    let (name, annotation) = inner.split_at(name_end);
    let name = name.to_ascii_lowercase();
    // `<00:00:02.000>` lights words up one by one.
    let is_time = inner.starts_with(|c: char| c.is_ascii_digit()) && inner.contains(':');
    if !is_time && !TAGS.contains(&name.as_str()) {
        return None;
    }
    let said = match name.as_str() {
        "br" => "\n".to_owned(),
        "v" if !is_closing => speaker(annotation),
        _ => String::new(),
    };
    Some((said, end + 1))
}

/// Who speaks, from what follows the `v` of `<v.loud Chị Lan>`.
fn speaker(annotation: &str) -> String {
    let name = annotation
        .split_once(char::is_whitespace)
        .map_or("", |(_, name)| name)
        .trim();
    if name.is_empty() {
        String::new()
    } else {
        // On a line of its own where another has spoken before.
        format!("\n{}: ", plain_text(name))
    }
}

/// Where the markup that begins here ends on its line, not looked for further than markup is long.
fn end_of(mark: &str, last: u8) -> Option<usize> {
    let mut bytes = mark.bytes().take(LONGEST_TAG);
    let end = bytes.position(|byte| byte == last || byte == b'\n')?;
    (mark.as_bytes().get(end) == Some(&last)).then_some(end)
}

fn entity(mark: &str) -> Option<(String, usize)> {
    let end = mark
        .bytes()
        .take(LONGEST_ENTITY + 2)
        .position(|b| b == b';')?;
    let name = &mark[1..end];
    if let Some((_, said)) = ENTITIES.iter().find(|(known, _)| *known == name) {
        return Some(((*said).to_owned(), end + 1));
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some((char::from_u32(code)?.to_string(), end + 1))
}
