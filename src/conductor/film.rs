//! A clip on its page: heard through the sound device, seen at the time that is heard.

use std::sync::Arc;
use std::time::Duration;

use motcua_media::Clip;
use motcua_screen::{Film, Sheet, pixel_box};
use motcua_sound::{Playing, Sound};
use motcua_typeset::{Element, Viewport};

use crate::prepare::Prepared;

/// Starts the sound of a clip; a silent one runs by the wall clock.
pub(super) fn play(sound: &Sound, clip: &Clip, from: Duration, volume: f32) -> Playing {
    match clip.take_sound() {
        Some(mut samples) => {
            let source = move |out: &mut [f32]| {
                let pulled = samples.pull(out);
                motcua_sound::Pulled {
                    frames: pulled.frames,
                    ended: pulled.ended,
                }
            };
            sound.play(source, from, volume)
        }
        None => sound.silent(from),
    }
}

/// Puts the film on its sheet, driven by the time that is heard.
pub(super) fn with_film(
    sheet: Sheet,
    prepared: &Prepared,
    clip: &Arc<Clip>,
    playing: Arc<Playing>,
    viewport: Viewport,
) -> Sheet {
    let place = prepared
        .pages
        .iter()
        .flat_map(|page| &page.elements)
        .find_map(|element| match element {
            Element::Media { rect, .. } => Some(pixel_box(*rect, viewport)),
            _ => None,
        });
    let position = Arc::new(move || playing.position());
    match place {
        Some(place) => sheet.with_film(Film {
            clip: Arc::clone(clip),
            position,
            place,
        }),
        None => sheet,
    }
}
