//! A clip on its page: heard through the sound device, seen at the time that is heard.

use std::sync::Arc;
use std::time::Duration;

use motcua_media::Clip;
use motcua_screen::{Film, Rounds, Sheet, pixel_box};
use motcua_sound::{Playing, Sound};
use motcua_typeset::Viewport;

use crate::prepare::{Again, Prepared};

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
        None => Playing::silent(from),
    }
}

/// Puts the film on its sheet, and the one beside it, both driven by the time that is heard of the first.
pub(super) fn with_film(
    sheet: Sheet,
    prepared: &Prepared,
    clip: &Arc<Clip>,
    playing: Arc<Playing>,
    viewport: Viewport,
) -> Sheet {
    let places: Vec<_> = prepared
        .pages
        .iter()
        .map(|page| page.media().map(|rect| pixel_box(rect, viewport)))
        .find_map(|places| Some(places.collect::<Vec<_>>()).filter(|places| !places.is_empty()))
        .unwrap_or_default();
    let position: Arc<dyn Fn() -> Duration + Send + Sync> = Arc::new(move || playing.position());
    let first = (Arc::clone(clip), None);
    let second = prepared.second().map(|again| {
        let rounds: Arc<dyn Rounds> = Arc::<Again>::clone(again);
        (rounds.current().0, Some(rounds))
    });
    let films = [first].into_iter().chain(second).zip(places);
    sheet.with_films(
        films
            .map(|((clip, rounds), place)| Film {
                clip,
                position: Arc::clone(&position),
                place,
                rounds,
            })
            .collect(),
    )
}
