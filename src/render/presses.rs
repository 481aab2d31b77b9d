//! Presses as they are written: `render --touch` reads them, `render --targets` writes them.

use anyhow::{Context as _, bail};
use motcua_show::Language;
use motcua_show::lookup::Level;
use motcua_show::visit::keyboard::{Key, Keyboard, Layout, Method, Tone};
use motcua_show::visit::{Press, QrKind, Satisfaction, Section, Visit, events};

const LEVELS: [(&str, Level); 4] = [
    ("bo", Level::Ministry),
    ("tinh", Level::Province),
    ("xa", Level::Commune),
    ("khac", Level::Other),
];

const SECTIONS: [(&str, Section); 5] = [
    ("papers", Section::Papers),
    ("filing", Section::Filing),
    ("steps", Section::Steps),
    ("more", Section::More),
    ("related", Section::Related),
];

/// The keys that have no letter of their own. All of those that have one are longer than a letter.
const KEYS: [(&str, Key); 14] = [
    ("method", Key::Method),
    ("khmer", Key::Khmer),
    ("letters", Key::Letters),
    ("numbers", Key::Numbers),
    ("shift", Key::Shift),
    ("erase", Key::Erase),
    ("clear", Key::Clear),
    ("space", Key::Space),
    ("search", Key::Search),
    ("acute", Key::Tone(Tone::Acute)),
    ("grave", Key::Tone(Tone::Grave)),
    ("hook", Key::Tone(Tone::Hook)),
    ("tilde", Key::Tone(Tone::Tilde)),
    ("dot", Key::Tone(Tone::Dot)),
];

/// Reads one press: what is done, and with which.
///
/// # Errors
/// When nobody can press this.
pub(super) fn read(what: &str, which: &str, visit: &Visit) -> anyhow::Result<Press> {
    let number = || {
        which
            .parse::<usize>()
            .with_context(|| format!("{what} takes a number"))
    };
    Ok(match what {
        "home" => Press::Home,
        "open" => {
            let code = visit.catalogue().code(which);
            Press::Open(code.with_context(|| format!("there is no procedure {which}"))?)
        }
        "event" => {
            let found = events::shipped()
                .iter()
                .position(|event| event.key == which);
            Press::Event(found.with_context(|| format!("there is no event {which}"))?)
        }
        "field" => Press::Field(which.into()),
        "fields" => Press::Fields,
        "level" => Press::OfLevel(Level::named_in(which).first().copied()),
        "section" => {
            let section = named(&SECTIONS, which);
            Press::Section(section.with_context(|| format!("there is no section {which}"))?)
        }
        "code" => Press::Qr(match which {
            "text" => QrKind::Text,
            _ => QrKind::Online,
        }),
        "tick" => Press::Paper(number()?),
        "form" => Press::Form(number()?),
        "print" => Press::Print,
        "listen" => Press::Listen,
        "receipt" => Press::Receipt,
        "feedback" => Press::Feedback,
        "language" => Press::Language(which.parse::<Language>()?),
        "keys" => {
            let key = named(&KEYS, which).or_else(|| letter(which));
            Press::Key(key.with_context(|| format!("there is no key {which}"))?)
        }
        "larger" => Press::Larger,
        "contrast" => Press::Contrast,
        "lower" => Press::Lower,
        "rate" => {
            let steps = Satisfaction::ALL;
            let step = steps.get(number()?.wrapping_sub(1)).copied();
            Press::Rate(step.context("rate takes 1 to 5")?)
        }
        "stay" => Press::Stay,
        "back" => Press::Back,
        "close" => Press::Close,
        other => bail!("nobody can press {other}"),
    })
}

/// Writes one press as [`read`] reads it; characters and the search field are written as what is typed.
pub(super) fn write(press: &Press) -> String {
    match press {
        Press::Back => "back".to_owned(),
        Press::Home => "home".to_owned(),
        Press::Close => "close".to_owned(),
        Press::Stay => "stay".to_owned(),
        Press::Type => "type".to_owned(),
        Press::Key(Key::Text(text)) => format!("keys {text}"),
        Press::Key(key) => format!("keys {}", name_of(&KEYS, key)),
        Press::Character(character) => format!("type {character}"),
        Press::Event(event) => {
            let key = events::shipped()
                .get(*event)
                .map(|event| event.key.as_str());
            format!("event {}", key.unwrap_or_default())
        }
        Press::Fields => "fields".to_owned(),
        Press::Field(field) => format!("field {field}"),
        Press::OfLevel(None) => "level all".to_owned(),
        Press::OfLevel(Some(level)) => format!("level {}", name_of(&LEVELS, level)),
        Press::Open(code) => format!("open {code}"),
        Press::Section(section) => format!("section {}", name_of(&SECTIONS, section)),
        Press::Paper(paper) => format!("tick {paper}"),
        Press::Form(form) => format!("form {form}"),
        Press::Qr(QrKind::Text) => "code text".to_owned(),
        Press::Qr(QrKind::Online) => "code online".to_owned(),
        Press::Print => "print".to_owned(),
        Press::Listen => "listen".to_owned(),
        Press::Receipt => "receipt".to_owned(),
        Press::Feedback => "feedback".to_owned(),
        Press::Language(language) => format!("language {}", language.code()),
        Press::Larger => "larger".to_owned(),
        Press::Contrast => "contrast".to_owned(),
        Press::Lower => "lower".to_owned(),
        Press::Rate(satisfaction) => format!("rate {}", satisfaction.step()),
    }
}

/// The key with this on it, of whatever layout.
fn letter(written: &str) -> Option<Key> {
    let layouts = [Method::Accented, Method::Telex, Method::Vni, Method::Plain]
        .map(Layout::Vietnamese)
        .into_iter()
        .chain([Layout::Khmer, Layout::Numbers]);
    layouts
        .flat_map(|layout| {
            let mut keyboard = Keyboard::new(layout);
            let mut rows = keyboard.rows();
            keyboard.press(Key::Shift);
            rows.extend(keyboard.rows());
            rows
        })
        .flatten()
        .map(|cap| cap.key)
        .find(|key| matches!(key, Key::Text(text) if *text == written))
}

fn named<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    let found = table.iter().find(|(known, _)| *known == name);
    found.map(|(_, named)| *named)
}

fn name_of<'a, T: PartialEq>(table: &[(&'a str, T)], wanted: &T) -> &'a str {
    let found = table.iter().find(|(_, known)| known == wanted);
    found.map_or("", |(name, _)| name)
}
