//! What a visitor sees after some presses, as `render --touch` draws it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Zoned;
use motcua_screen::Shot;
use motcua_show::visit::{IdleTimes, Press, Visit};
use motcua_typeset::touch::Offers;
use motcua_typeset::{Typesetter, Viewport};

use super::{Studio, civil_now, presses, targets};
use crate::cli::Look;
use crate::loading::Loaded;
use crate::visitor::{self, Form, catalogue};

/// Where the presses lead.
struct Scene {
    visit: Visit,
    offers: Offers,
    viewport: Viewport,
    now: Zoned,
}

/// Draws the place to which the presses lead.
pub(super) fn draw(
    studio: &mut Studio,
    loaded: &Loaded,
    look: &Look,
    presses: &str,
) -> anyhow::Result<Shot> {
    let scene = follow(studio, loaded, look, presses)?;
    let page = visitor::draw(
        &mut Typesetter::new(),
        &scene.visit,
        &studio.words,
        scene.viewport,
        &scene.now,
        scene.offers,
        &Form::Opening,
    );
    let page = page.context("there are no words in this language")?;
    Ok(studio.screen.draw_visit(page))
}

/// What can be touched where the presses lead.
pub(super) fn targets(
    studio: &mut Studio,
    loaded: &Loaded,
    look: &Look,
    presses: &str,
) -> anyhow::Result<Vec<targets::Target>> {
    let scene = follow(studio, loaded, look, presses)?;
    let panels = visitor::lay_out(
        &mut Typesetter::new(),
        &scene.visit,
        &studio.words,
        scene.viewport,
        &scene.now,
        scene.offers,
        &Form::Opening,
    );
    let panels = panels.context("there are no words in this language")?;
    Ok(targets::of_panels(&panels, scene.viewport))
}

fn follow(
    studio: &mut Studio,
    loaded: &Loaded,
    look: &Look,
    presses: &str,
) -> anyhow::Result<Scene> {
    let show = loaded.show.as_ref().context("the show cannot be used")?;
    let setting = studio.setting(loaded, show, look);
    let now = civil_now(show, look);
    let catalogue = catalogue::build(Arc::clone(&setting.show), &loaded.files, now.date());
    let language = look.language.unwrap_or(show.language);
    let mut elapsed = Duration::ZERO;
    let mut offers = Offers {
        can_print: true,
        can_listen: true,
    };
    let times = IdleTimes::default();
    let mut visit = Visit::begin(Arc::new(catalogue), language, None, times, elapsed);
    for press in presses
        .split(';')
        .map(str::trim)
        .filter(|press| !press.is_empty())
    {
        let (what, which) = press.split_once(' ').unwrap_or((press, ""));
        match (what, which.trim()) {
            // A machine that neither prints nor reads aloud.
            ("bare", "") => offers = Offers::default(),
            // The show in another folder takes the place of this one, as a release does.
            ("release", folder) => {
                let other = super::read_show(folder.as_ref())?;
                let show = Arc::new(other.show.context("the release cannot be used")?);
                let catalogue = catalogue::build(show, &other.files, now.date());
                visit.swap(Arc::new(catalogue));
            }
            ("wait", seconds) => {
                elapsed += Duration::from_secs(seconds.parse().context("wait takes seconds")?);
                visit.tick(elapsed);
            }
            ("type", "") => {
                visit.press(Press::Type, elapsed);
            }
            ("type", text) => {
                for character in text.chars() {
                    visit.press(Press::Character(character), elapsed);
                }
            }
            (what, which) => {
                let press = presses::read(what, which, &visit)?;
                visit.press(press, elapsed);
            }
        }
    }
    let viewport = studio.screen.touch_viewport(show.screen.diagonal_inches);
    Ok(Scene {
        visit,
        offers,
        viewport,
        now,
    })
}
