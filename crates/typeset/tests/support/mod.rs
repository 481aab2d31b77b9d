//! What the tests of this crate share: the real words, shows made from a few lines, and the measures
//! that every page must keep.

use std::collections::BTreeMap;

use motcua_show::item::Content;
use motcua_show::{Item, Language, Show, Text};
use motcua_typeset::page::{Reading, Surround};
use motcua_typeset::{Context, Element, Page, Rect, Run, Typesetter, Viewport, Words, typeset};

/// The screens on which every kind is looked at.
pub const SCREENS: [(u32, u32, Option<f64>); 7] = [
    (1920, 1080, None),
    (1080, 1920, None),
    (3840, 2160, None),
    // A small screen, on which type keeps its millimetres.
    (1280, 720, Some(20.0)),
    (720, 1280, Some(20.0)),
    (1366, 768, None),
    (1280, 1024, None),
];

/// Every key with its word in `language`.
#[allow(dead_code, reason = "not every test that shares this file asks for it")]
pub fn word_list(language: Language) -> BTreeMap<String, String> {
    let translations = translations(language);
    vietnamese_words()
        .into_iter()
        .map(|(key, word)| (key, translations.get(&word).unwrap_or(&word).clone()))
        .collect()
}

/// The words as `ui/words.slint` and the translations have them.
pub fn words(language: Language) -> Words {
    let vietnamese = vietnamese_words();
    let translations = translations(language);
    Words::from_fn(|key| {
        let word = vietnamese
            .get(key)
            .unwrap_or_else(|| panic!("ui/words.slint has no {key}"));
        translations.get(word).unwrap_or(word).clone()
    })
}

fn vietnamese_words() -> BTreeMap<String, String> {
    include_str!("../../../../ui/words.slint")
        .lines()
        .filter_map(|line| {
            let (key, rest) = line
                .trim()
                .strip_prefix("out property <string> ")?
                .split_once(": @tr(\"")?;
            Some((key.to_owned(), rest.split_once('"')?.0.to_owned()))
        })
        .collect()
}

fn translations(language: Language) -> BTreeMap<String, String> {
    let po = match language {
        Language::Vi => return BTreeMap::new(),
        Language::Km => include_str!("../../../../ui/lang/km/LC_MESSAGES/motcua-screen.po"),
        Language::En => include_str!("../../../../ui/lang/en/LC_MESSAGES/motcua-screen.po"),
    };
    let quoted =
        |line: &str, key: &str| Some(line.strip_prefix(key)?.trim().trim_matches('"').to_owned());
    let mut from = None;
    let mut found = BTreeMap::new();
    for line in po.lines() {
        if let Some(text) = quoted(line, "msgid ") {
            from = Some(text);
        } else if let (Some(text), Some(from)) = (quoted(line, "msgstr "), &from) {
            found.insert(from.clone(), text);
        }
    }
    found
}

/// A show in which Khmer and English have pages in turn.
pub fn show() -> Show {
    motcua_show::read_show(
        std::path::Path::new("show.toml"),
        "title = \"Trung tâm Phục vụ hành chính công\"\nunit = \"Phường Phú Lợi\"\nhotline = \"0299 3623 333\"\n\
         second_languages = [\"km\", \"en\"]\n",
    )
    .value
    .expect("the show of the tests is read")
}

/// The pages of `content` on a screen; nothing is known of the shape of its picture.
pub fn pages(show: &Show, screen: (u32, u32, Option<f64>), content: Content) -> Vec<Page> {
    pages_of(show, screen, content, None)
}

/// Where inspectors are led.
#[allow(dead_code, reason = "each file of tests uses its part")]
pub const INSPECTION: &str = "https://motcua.example:8443/p/0123456789abcdef0123456789abcdef";

/// The pages of `content` on a screen, with a picture of this width and height.
pub fn pages_of(
    show: &Show,
    screen: (u32, u32, Option<f64>),
    content: Content,
    media_size: Option<(u32, u32)>,
) -> Vec<Page> {
    pages_inspected(show, screen, content, media_size, None)
}

/// The same on a screen whose server leads inspectors somewhere.
pub fn pages_inspected(
    show: &Show,
    screen: (u32, u32, Option<f64>),
    content: Content,
    media_size: Option<(u32, u32)>,
    inspection: Option<&str>,
) -> Vec<Page> {
    let words: BTreeMap<Language, Words> = Language::ALL
        .into_iter()
        .map(|one| (one, words(one)))
        .collect();
    let word = |language: Language| &words[&language];
    let (width, height, diagonal) = screen;
    let context = Context {
        show,
        viewport: Viewport::of(width, height, diagonal),
        words: &word,
        languages: show.languages(),
        today: jiff::civil::date(2026, 11, 23),
        media_pages: Some(3),
        media_size,
        second_size: media_size,
        inspection: inspection.map(str::to_owned),
    };
    let item = Item {
        name: "the item".to_owned(),
        dwell: None,
        topic: None,
        show_from: None,
        show_until: None,
        volume: None,
        content,
    };
    typeset(&mut Typesetter::new(), &context, &item)
}

/// The runs of a page.
pub fn runs(page: &Page) -> Vec<&Run> {
    page.elements
        .iter()
        .filter_map(|element| match element {
            Element::Text(run) => Some(run),
            _ => None,
        })
        .collect()
}

/// What a run's letters cover in usual text: from the marks on small letters to the descenders.
pub fn ink(run: &Run) -> Rect {
    let is_khmer = run
        .text
        .chars()
        .any(|c| ('\u{1780}'..='\u{17ff}').contains(&c));
    let (up, down) = if is_khmer { (1.05, 0.45) } else { (0.86, 0.22) };
    let baseline = run.rect.y + 1.26 * run.size;
    Rect::new(
        run.rect.x,
        baseline - up * run.size,
        run.rect.width,
        (up + down) * run.size,
    )
}

/// Asserts what holds on every page of every kind.
pub fn check_page(page: &Page, screen: (u32, u32, Option<f64>), what: &str) {
    let viewport = Viewport::of(screen.0, screen.1, screen.2);
    let body = viewport.frame().body;
    let what = format!("{what} at {}x{} ({viewport:?})", screen.0, screen.1);
    let runs = runs(page);
    for run in &runs {
        let ink = ink(run);
        let room = if page.surround != Surround::Frame {
            Rect::new(0.0, 0.0, viewport.width, viewport.height)
        } else {
            body
        };
        assert!(
            ink.x >= room.x - 1.0 && ink.right() <= room.right() + 1.0,
            "{what}: {:?} runs from {} to {}",
            run.text,
            ink.x,
            ink.right()
        );
        assert!(
            ink.y >= room.y - 8.0 && ink.bottom() <= room.bottom() + 8.0,
            "{what}: {:?} stands from {} to {}, the body is {room:?}",
            run.text,
            ink.y,
            ink.bottom()
        );
        assert!(
            !run.text.contains('\n') && !run.text.is_empty(),
            "{what}: {:?}",
            run.text
        );
        let least = match run.reading {
            Reading::Headline => 60.0,
            Reading::Body => 50.0,
            Reading::Label => 40.0,
            Reading::Figure => 68.0,
        };
        assert!(
            run.size >= least,
            "{what}: {:?} is set in {}",
            run.text,
            run.size
        );
    }
    for (index, one) in runs.iter().enumerate() {
        for other in &runs[index + 1..] {
            assert!(
                !ink(one).overlaps(&ink(other), 2.0),
                "{what}: {:?} at {:?} lies over {:?} at {:?}",
                one.text,
                ink(one),
                other.text,
                ink(other)
            );
        }
    }
    check_shapes(page, &runs, viewport, &what);
}

fn check_shapes(page: &Page, runs: &[&Run], viewport: Viewport, what: &str) {
    let stage = viewport.frame().stage;
    for element in &page.elements {
        let (rect, is_apart) = match element {
            Element::Fill { rect, .. } => (*rect, false),
            Element::Outline { rect, .. } => (*rect, false),
            Element::Qr { rect, .. } => (*rect, true),
            Element::Media { rect, .. } => (*rect, page.surround == Surround::Frame),
            Element::Text(_) | Element::Polyline { .. } => continue,
        };
        let room = if page.surround != Surround::Frame {
            Rect::new(0.0, 0.0, viewport.width, viewport.height)
        } else {
            stage
        };
        let is_inside = rect.x >= room.x - 0.5
            && rect.right() <= room.right() + 0.5
            && rect.y >= room.y - 0.5
            && rect.bottom() <= room.bottom() + 0.5;
        assert!(is_inside, "{what}: {element:?} leaves the stage {room:?}");
        assert!(
            rect.width > 0.0 && rect.height > 0.0,
            "{what}: {element:?} is nothing"
        );
        if is_apart {
            let over = runs.iter().find(|run| ink(run).overlaps(&rect, 2.0));
            assert!(
                over.is_none(),
                "{what}: {:?} lies over {element:?}",
                over.map(|run| &run.text)
            );
        }
    }
}

/// The words of the runs, in their order, as an author would count them.
pub fn read(pages: &[Page]) -> String {
    pages
        .iter()
        .flat_map(runs)
        .map(|run| run.text.replace('\u{a0}', " "))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Asserts that every word of `text` is read on the pages, in its order.
pub fn check_nothing_lost(pages: &[Page], text: &Text, language: Language, what: &str) {
    // Lines may end inside a word where it has no space for a line's length: letters are compared.
    let letters = |text: &str| {
        text.replace("**", "")
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{a0}')
            .collect::<String>()
    };
    let read = letters(&read(pages));
    for paragraph in text.best(language).split("\n\n") {
        let mut rest = read.as_str();
        // What is longer than a line may be parted by what stands on top of a page.
        for word in paragraph
            .split_whitespace()
            .map(letters)
            .filter(|word| word.chars().count() < 40)
        {
            let at = rest
                .find(&word)
                .unwrap_or_else(|| panic!("{what}: {word:?} is lost"));
            rest = &rest[at + word.len()..];
        }
    }
}
