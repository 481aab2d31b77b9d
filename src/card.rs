//! The built-in card: the first picture, and what shows when nothing else can.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use motcua_screen::{FrameText, Palette, Sheet, WordsByLanguage};
use motcua_show::alert::{self, AlertKind, AlertSeverity};
use motcua_show::office::{Office, OfficeState};
use motcua_show::{Language, Show};
use motcua_typeset::context::Scene;
use motcua_typeset::{
    Alert, AlertPart, AlertTone, Card, Closed, Context, Enrolment, Typesetter, Viewport, Words,
};

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

/// The pages of an alert, each with how many characters there are to be read; its end in the time of `zone`.
#[must_use]
pub fn alert(
    alert: &alert::Alert,
    zone: &TimeZone,
    viewport: Viewport,
    words: &WordsByLanguage,
    palette: &Palette,
) -> Vec<(Sheet, usize)> {
    let is_exercise = alert.kind == AlertKind::Exercise;
    let parts = alert.said().map(|said| {
        let words = words_in(words, said.language);
        let texts = [said.text, said.instruction].into_iter().flatten();
        let texts = texts.map(str::to_owned);
        // Whoever reads no further than the end must still know that it is none.
        let exercise = is_exercise.then(|| words.drill_body.clone());
        AlertPart {
            label: label_of(alert, words),
            title: said.headline.to_owned(),
            texts: texts.chain(exercise).collect(),
            sender: said.sender.map(str::to_owned),
            until: Some(until(alert, zone, words)),
        }
    });
    let tone = match alert.severity {
        _ if is_exercise => AlertTone::Exercise,
        AlertSeverity::Extreme => AlertTone::Extreme,
        AlertSeverity::Severe => AlertTone::Severe,
        AlertSeverity::Moderate | AlertSeverity::Unknown | AlertSeverity::Minor => {
            AlertTone::Moderate
        }
    };
    let parts = parts.collect();
    let pages = Alert { tone, parts }.pages(&mut Typesetter::new(), viewport);
    pages
        .into_iter()
        .map(|page| {
            let characters = page.characters;
            (Sheet::new(page, viewport, palette, None), characters)
        })
        .collect()
}

/// What the strip of an alert says: its headline in each language.
#[must_use]
pub fn strip(alert: &alert::Alert, words: &WordsByLanguage) -> String {
    let lines = alert.said().map(|said| {
        let label = label_of(alert, words_in(words, said.language));
        format!("{label}: {}", said.headline)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn label_of(alert: &alert::Alert, words: &Words) -> String {
    let label = match alert.severity {
        _ if alert.kind == AlertKind::Exercise => &words.drill,
        AlertSeverity::Extreme | AlertSeverity::Severe => &words.alert,
        AlertSeverity::Moderate | AlertSeverity::Unknown => &words.alert_moderate,
        AlertSeverity::Minor => &words.alert_minor,
    };
    label.clone()
}

/// Until when an alert lasts: the day, too, where it is not the one on which it was sent.
fn until(alert: &alert::Alert, zone: &TimeZone, words: &Words) -> String {
    let [sent, expires] = [alert.sent, alert.expires].map(|at| at.to_zoned(zone.clone()));
    let written = if sent.date() == expires.date() {
        expires.strftime("%H:%M").to_string()
    } else {
        expires.strftime("%H:%M, %d/%m").to_string()
    };
    motcua_typeset::words::filled(&words.alert_until, &[&written])
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
        inspection: None,
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
