//! The grammar of TOML, and its faults in plain words.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::reader::Reader;

/// The table that `text` is, or none where what follows the fault would be guesswork.
///
/// Every fault is reported, one a line, since one slip often draws others after it.
pub(super) fn table<'t>(reader: &mut Reader, text: &'t str) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut is_sound = true;
    let mut last_line = 0;
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = reader.line(&span);
        // One of the two values stands, and the rest can be read.
        is_sound &= error.message() == TWICE;
        if line != last_line {
            let (fault, remedy) = in_plain_words(error.message(), text, &span);
            reader.error(line, fault, remedy);
        }
        last_line = line;
    }
    is_sound.then_some(table)
}

const TWICE: &str = "duplicate key";

/// What the parser's message means to an author: fault and remedy.
fn in_plain_words(message: &str, text: &str, span: &Range<usize>) -> (String, &'static str) {
    let here = text.get(span.clone()).unwrap_or_default();
    let says = |part| message.contains(part);
    let (fault, remedy) = if message == TWICE {
        return (format!("`{here}` is given twice"), "keep one of them");
    } else if says("must be quoted") && here.starts_with(['“', '”', '‘', '’', '«']) {
        return (
            format!("the quotes of {here} are not straight"),
            "write straight quotes, as in `\"…\"`",
        );
    } else if says("must be quoted") && here.is_empty() {
        (
            "there is no value after `=`",
            "write one, or delete the line",
        )
    } else if says("must be quoted") {
        return (
            format!("`{here}` stands without quotes"),
            "put it in straight quotes, as in `\"…\"`",
        );
    } else if says("string, expected `\"`") || says("string, expected `'`") {
        (
            "a text has no closing quote",
            "end it with the quote that starts it",
        )
    } else if says("visible characters") {
        ("a text holds a control character", "delete it")
    } else if says("key with no value") {
        (
            "a key has no value",
            "write `key = value`, or delete the line",
        )
    } else if says("array table") || says("unclosed table") || says("missing table open") {
        (
            "a heading has not all its brackets",
            "write it as in `[[playlist]]` or `[theme]`",
        )
    } else if says("unclosed array") {
        ("a list is not closed", "end it with `]`")
    } else if says("unclosed inline table") {
        ("a table is not closed", "end it with `}`")
    } else if says("escape") {
        (
            "a text holds a `\\` that starts no known sign",
            "write `\\\\` for it, or `/` in the place of a file",
        )
    } else if says("unquoted key") {
        (
            "a key is no plain word",
            "write keys with the letters a to z, digits, `-` and `_` only",
        )
    } else if says("leading zero") {
        (
            "a number starts with 0",
            "delete the 0, or put the value in straight quotes",
        )
    } else if says("expected newline") {
        (
            "more than one thing stands on the line",
            "give each key a line of its own",
        )
    } else if says("invalid date") || says("invalid time") || says("invalid datetime") {
        return (
            format!("`{here}` is no day or time"),
            "write it as in 2026-01-05 or 2026-11-23T08:00:00",
        );
    } else {
        return (format!("this is not TOML ({message})"), "correct the line");
    };
    (fault.to_owned(), remedy)
}
