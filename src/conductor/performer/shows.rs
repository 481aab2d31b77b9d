//! Which show is performed, which one waits, and what its pages are laid out for.

use std::sync::Arc;

use motcua_screen::{FrameText, ToScreen, WordsByLanguage};
use motcua_show::Show;
use motcua_show::stage::{Event, Takeover};
use motcua_typeset::Viewport;

use super::Performer;
use crate::files::Files;
use crate::journal::Happened;
use crate::loudness::Evened;
use crate::prepare::Setting;

impl Performer {
    /// Keeps the show that the stage will go over to.
    pub fn expect(&mut self, show: Arc<Show>, files: Files) {
        self.coming = Some((show, files));
    }

    /// Whether a show waits to take over.
    pub const fn is_expecting(&self) -> bool {
        self.coming.is_some()
    }

    /// Has the show that waits, else the present one, take over at once.
    pub fn take_over_again(&mut self) -> Event {
        let present = || (Arc::clone(&self.show), self.files.clone());
        let (show, files) = self.coming.take().unwrap_or_else(present);
        let signed_at = files.signed_at();
        self.expect(Arc::clone(&show), files);
        Event::ShowChanged {
            show,
            signed_at,
            takeover: Takeover::AtOnce,
        }
    }

    pub(super) fn adopt(&mut self) {
        let Some((show, files)) = self.coming.take() else {
            return;
        };
        self.proof.adopted();
        self.faults.clear();
        self.partial.clear();
        self.evened = Evened::of(&show, &files);
        (self.show, self.files) = (show, files);
        if let Files::Release(held) = &self.files {
            let release = held.reference();
            tracing::info!(
                unit = %release.unit, number = release.number,
                "release {} of {} takes the stage", release.number, release.unit
            );
            self.journal.write(&Happened::Release {
                unit: release.unit.as_str(),
                number: release.number,
            });
        }
        if let Some(setting) = self.setting.take() {
            self.lay_out_for(setting.viewport, Arc::clone(&setting.words));
        }
    }

    /// Lays pages out for a screen; also gives it the frame with the show's emblem.
    pub fn lay_out_for(&mut self, viewport: Viewport, words: Arc<WordsByLanguage>) {
        let palette = self.show.theme.palette();
        let emblem = self.show.emblem.as_ref().and_then(|emblem| {
            let side = (80.0 * viewport.scale) as u32;
            self.files
                .path(emblem)
                .map_err(|error| error.to_string())
                .and_then(|path| {
                    motcua_media::load_picture(&path, palette.surface.rgb)
                        .map_err(|error| error.to_string())
                })
                .inspect_err(|error| {
                    tracing::warn!("the emblem {} is left out: {error}", emblem.display())
                })
                .ok()
                .map(|picture| motcua_media::contain(&picture, side, side))
        });
        let frame = FrameText::of(&self.show, emblem);
        self.screen.send(ToScreen::Frame(
            Box::new(frame),
            self.show.language,
            Box::new(palette),
        ));
        self.setting = Some(Arc::new(Setting {
            show: Arc::clone(&self.show),
            files: self.files.clone(),
            viewport,
            words,
            palette,
            languages: self.show.languages(),
            screen_scales_films: self.screen_scales_films,
            inspection: self.inspection.clone(),
        }));
        if self.enrolment.is_some() {
            self.show_builtin();
        }
        self.lay_out_alert();
    }

    /// Notes under which address the server says what it can prove of a posting; pages that are laid out stay as they are.
    pub fn note_inspection(&mut self, inspection: String) {
        self.inspection = Some(inspection.clone());
        self.setting = self.setting.take().map(|setting| {
            Arc::new(Setting {
                inspection: Some(inspection),
                ..Setting::clone(&setting)
            })
        });
    }

    /// Notes whether the screen stretches films by itself; clips that are open already stay as they are.
    pub fn note_scaling(&mut self, screen_scales_films: bool) {
        self.screen_scales_films = screen_scales_films;
        self.setting = self.setting.take().map(|setting| {
            Arc::new(Setting {
                screen_scales_films,
                ..Setting::clone(&setting)
            })
        });
    }
}
