//! What a visitor sees after some presses, as `render --touch` draws it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use motcua_screen::Shot;
use motcua_show::Language;
use motcua_show::lookup::Level;
use motcua_show::visit::keyboard::Key;
use motcua_show::visit::{IdleTimes, Press, QrKind, Satisfaction, Section, Visit, events};
use motcua_typeset::Typesetter;
use motcua_typeset::touch::Offers;

use super::{Studio, civil_now};
use crate::cli::Look;
use crate::loading::Loaded;
use crate::visitor::{self, Form, catalogue};

/// Draws the place to which the presses lead.
pub(super) fn draw(
    studio: &mut Studio,
    loaded: &Loaded,
    look: &Look,
    presses: &str,
) -> anyhow::Result<Shot> {
    let show = loaded.show.as_ref().context("the show cannot be used")?;
    let setting = studio.setting(loaded, show, look);
    let now = civil_now(show, look);
    let catalogue = catalogue::build(Arc::clone(&setting.show), &loaded.files, now.date());
    let language = look.language.unwrap_or(show.language);
    let mut elapsed = Duration::ZERO;
    let times = IdleTimes::default();
    let mut visit = Visit::begin(Arc::new(catalogue), language, None, times, elapsed);
    for press in presses
        .split(';')
        .map(str::trim)
        .filter(|press| !press.is_empty())
    {
        let (what, which) = press.split_once(' ').unwrap_or((press, ""));
        match (what, which.trim()) {
            ("home", "") => {}
            ("wait", seconds) => {
                elapsed += Duration::from_secs(seconds.parse().context("wait takes seconds")?);
                visit.tick(elapsed);
            }
            ("type", text) => {
                for character in text.chars() {
                    visit.press(Press::Character(character), elapsed);
                }
                if text.is_empty() {
                    visit.press(Press::Type, elapsed);
                }
            }
            (what, which) => {
                let press = read(what, which, &visit)?;
                visit.press(press, elapsed);
            }
        }
    }
    let viewport = studio.screen.touch_viewport(show.screen.diagonal_inches);
    let page = visitor::draw(
        &mut Typesetter::new(),
        &visit,
        &studio.words,
        viewport,
        &now,
        Offers {
            can_print: true,
            can_listen: true,
        },
        &Form::Opening,
    );
    let page = page.context("there are no words in this language")?;
    Ok(studio.screen.draw_visit(page))
}

/// One press, as it is written.
fn read(what: &str, which: &str, visit: &Visit) -> anyhow::Result<Press> {
    let number = || {
        which
            .parse::<usize>()
            .with_context(|| format!("{what} takes a number"))
    };
    Ok(match what {
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
        "section" => Press::Section(match which {
            "papers" => Section::Papers,
            "filing" => Section::Filing,
            "steps" => Section::Steps,
            "more" => Section::More,
            "related" => Section::Related,
            other => bail!("there is no section {other}"),
        }),
        "code" => Press::Qr(match which {
            "text" => QrKind::Text,
            _ => QrKind::Online,
        }),
        "tick" => Press::Paper(number()?),
        "receipt" => Press::Receipt,
        "feedback" => Press::Feedback,
        "language" => Press::Language(which.parse::<Language>()?),
        "keys" => Press::Key(match which {
            "khmer" => Key::Khmer,
            "numbers" => Key::Numbers,
            "shift" => Key::Shift,
            "search" => Key::Search,
            _ => Key::Method,
        }),
        "larger" => Press::Larger,
        "contrast" => Press::Contrast,
        "lower" => Press::Lower,
        "rate" => {
            let steps = Satisfaction::ALL;
            let step = steps.get(number()?.wrapping_sub(1)).copied();
            Press::Rate(step.context("rate takes 1 to 5")?)
        }
        "back" => Press::Back,
        "close" => Press::Close,
        other => bail!("nobody can press {other}"),
    })
}
