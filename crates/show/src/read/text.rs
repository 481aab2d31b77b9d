//! Texts, addresses and paths.
//!
//! Every text comes out in Unicode NFC, trimmed, and without control characters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::reader::{Spot, instead, listed};
use super::value::Value;
use crate::subtitles::SubtitleFiles;
use crate::text::{LONGEST_LINK, Language, Text, is_control, tidy};

/// A text as it is shown; `None` where nothing is left of it.
fn clean(spot: &mut Spot<'_>, written: &str) -> Option<String> {
    let (shown, control) = tidy(written);
    if let Some(control) = control {
        spot.reader.warning(
            spot.line,
            format!(
                "{} holds the control character U+{:04X}, which is left out",
                spot.label,
                u32::from(control)
            ),
            "delete it",
        );
    }
    (!shown.is_empty()).then_some(shown)
}

impl Value for String {
    fn what() -> String {
        "a text in quotes".to_owned()
    }

    fn example() -> String {
        "\"…\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let DeValue::String(written) = value else {
            return spot.wrong(value);
        };
        clean(spot, written).or_else(|| spot.not_a("is empty"))
    }
}

impl Value for Text {
    fn what() -> String {
        "a text in quotes or one for each language".to_owned()
    }

    fn example() -> String {
        "\"…\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let table = match value {
            DeValue::String(_) => return String::read(spot, value).map(Self::Plain),
            DeValue::Table(table) => table,
            _ => return spot.wrong(value),
        };
        let texts = by_language(spot, table);
        match (texts.is_empty(), table.is_empty()) {
            (false, _) => Some(Self::ByLanguage(texts)),
            (true, true) => spot.not_a("is empty"),
            // What is wrong with each language has been said.
            (true, false) => None,
        }
    }
}

impl Value for SubtitleFiles {
    fn what() -> String {
        "the place of a file, or one for each language".to_owned()
    }

    fn example() -> String {
        "\"../media/film.vtt\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let table = match value {
            DeValue::String(_) => return PathBuf::read(spot, value).map(Self::Plain),
            DeValue::Table(table) => table,
            _ => return spot.wrong(value),
        };
        let files = by_language(spot, table);
        match (files.is_empty(), table.is_empty()) {
            (false, _) => Some(Self::ByLanguage(files)),
            (true, true) => spot.not_a("is empty"),
            (true, false) => None,
        }
    }
}

/// The values of a table that has one for each language; what is wrong with one is said, and it is left out.
fn by_language<T: Value>(spot: &mut Spot<'_>, table: &DeTable<'_>) -> BTreeMap<Language, T> {
    let label = spot.label.clone();
    let mut values = BTreeMap::new();
    for (code, value) in table {
        let (name, line) = (code.get_ref(), spot.reader.line(&code.span()));
        let Ok(language) = name.parse::<Language>() else {
            let codes = Language::ALL.map(Language::code);
            let remedy = instead(name, &codes, || {
                format!("its languages are {}", listed(codes, "and"))
            });
            spot.reader.error(
                line,
                format!("`{name}` is not a language of {label}"),
                remedy,
            );
            continue;
        };
        let mut inner = Spot::of_key(spot.reader, language.code(), line);
        inner.label = format!("`{name}` of {label}");
        values.extend(T::read(&mut inner, value.get_ref()).map(|value| (language, value)));
    }
    values
}

/// An address that a visitor's telephone can open.
pub(super) struct Link(pub(super) String);

impl Value for Link {
    fn what() -> String {
        "an address that starts with https:// or http://".to_owned()
    }

    fn example() -> String {
        "\"https://dichvucong.gov.vn\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let DeValue::String(address) = value else {
            return spot.wrong(value);
        };
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme));
        let opens = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
            && !address.contains(|c: char| c.is_whitespace() || is_control(c));
        if !opens {
            return spot.wrong(value);
        }
        let length = address.chars().count();
        if length > LONGEST_LINK {
            let fault = format!(
                "{} has {length} characters, too many for a QR code",
                spot.label
            );
            spot.error(fault, format!("shorten it to at most {LONGEST_LINK}"));
            return None;
        }
        Some(Self(address.to_string()))
    }
}

impl Value for PathBuf {
    fn what() -> String {
        "the place of a file, seen from this one".to_owned()
    }

    fn example() -> String {
        "\"../media/picture.png\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        // Left as written: the name on the disk decides, whichever Unicode form it has.
        let path = value
            .as_str()
            .filter(|path| !path.trim().is_empty() && !path.contains(is_control));
        path.map(Self::from).or_else(|| spot.wrong(value))
    }
}
