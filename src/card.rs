//! The built-in card: the first picture, and what shows when nothing else can.

use jiff::civil::DateTime;
use motcua_screen::{FrameText, Palette, Sheet, WordsByLanguage};
use motcua_show::office::{Office, OfficeState};
use motcua_show::{Language, Show};
use motcua_typeset::context::Scene;
use motcua_typeset::{Alert, Card, Closed, Context, Enrolment, Typesetter, Viewport, Words};

use crate::prepare::words_in;

/// A show of nothing, for a machine that has none; of `unit`, where it has one.
#[must_use]
pub fn empty_show(unit: Option<&str>) -> Show {
    let mut show = motcua_show::read_show(
        std::path::Path::new("show.toml"),
        "title = \"Bộ phận Một cửa\"\n",
    )
    .value
    .unwrap_or_else(|| unreachable!("a title alone is a show"));
    show.unit = unit
        .filter(|unit| !unit.trim().is_empty())
        .map(motcua_show::Text::from);
    show
}

/// The page of a screen that no server has taken.
#[must_use]
pub fn enrolment(
    enrolment: &Enrolment,
    language: Language,
    viewport: Viewport,
    words: &WordsByLanguage,
    palette: &Palette,
) -> Sheet {
    let page = enrolment.page(&mut Typesetter::new(), viewport, words_in(words, language));
    Sheet::new(page, viewport, palette, None)
}

/// The page of an exercise, which says that it is one.
#[must_use]
pub fn drill(
    language: Language,
    viewport: Viewport,
    words: &WordsByLanguage,
    palette: &Palette,
) -> Sheet {
    let words = words_in(words, language);
    let alert = Alert {
        label: words.drill.clone(),
        title: words.drill_title.clone(),
        body: words.drill_body.clone(),
    };
    let page = alert.page(&mut Typesetter::new(), viewport);
    Sheet::new(page, viewport, palette, None)
}

/// What the card says of the office's hours at `now`: nothing while it is open or nothing is known of them.
#[must_use]
pub fn closed(show: &Show, now: DateTime) -> Option<Closed> {
    match Office::of(show).state(now)? {
        OfficeState::Open { .. } => None,
        OfficeState::Closed { opens } => Some(Closed {
            opens,
            today: now.date(),
        }),
    }
}

/// The card of a show; `closed` is what it says of the office's hours.
#[must_use]
pub fn sheet(
    show: &Show,
    viewport: Viewport,
    words: &WordsByLanguage,
    palette: &Palette,
    closed: Option<Closed>,
) -> Sheet {
    let text = |text: Option<&motcua_show::Text>| {
        text.map(|text| text.best(show.language).to_owned())
            .filter(|text| !text.trim().is_empty())
    };
    let card = Card {
        title: text(Some(&show.title)),
        unit: text(show.unit.as_ref()),
        hotline: show.hotline.clone(),
        feedback: text(show.feedback.as_ref()),
        closed,
    };
    let words = |language: Language| -> &Words { words_in(words, language) };
    let context = Context {
        show,
        viewport,
        words: &words,
        languages: vec![show.language],
        // What the card says of the day comes with it.
        today: jiff::civil::Date::ZERO,
        media_pages: None,
        media_size: None,
        second_size: None,
    };
    let page = motcua_typeset::card(&mut Typesetter::new(), &Scene::main(&context), &card);
    Sheet::new(page, viewport, palette, None)
}

/// Frame and card of a show at `now`, for the first picture.
#[must_use]
pub fn first(
    show: &Show,
    viewport: Viewport,
    words: &WordsByLanguage,
    now: DateTime,
) -> (Palette, FrameText, Sheet) {
    let palette = show.theme.palette();
    let sheet = sheet(show, viewport, words, &palette, closed(show, now));
    (palette, FrameText::of(show, None), sheet)
}
