//! A clip on its page: heard through the sound device, seen at the time that is heard.

use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua_media::Clip;
use motcua_screen::{Film, PixelBox, Rounds, Sheet, pixel_box};
use motcua_sound::{Playing, Sound, Source};
use motcua_typeset::Viewport;

use crate::prepare::{Again, Prepared};

/// Pixels to the left and above of every screen: nothing that lies there is drawn.
const BEYOND: i32 = -100_000;

/// Starts the sound of a clip; a silent one runs by the wall clock.
pub(super) fn play(sound: &Sound, clip: &Clip, from: Duration, volume: f32) -> Playing {
    match source(clip) {
        Some(source) => sound.play(source, from, volume),
        None => sound.silent(from),
    }
}

/// Starts the sound of a clip that keeps in step with other screens: what it was opened at is due at `origin`.
pub(super) fn play_in_step(
    sound: &Sound,
    clip: &Clip,
    from: Duration,
    volume: f32,
    origin: Instant,
) -> Playing {
    match source(clip) {
        Some(source) => sound.play_by_wall(source, from, volume, origin),
        None => sound.silent_by_wall(from, origin),
    }
}

/// Has the sound of a clip, which was opened at `from`, begin where `first` ends.
pub(super) fn follow(
    sound: &Sound,
    first: &Playing,
    clip: &Clip,
    from: Duration,
    volume: f32,
) -> Playing {
    match source(clip) {
        Some(source) => sound.follow(first, source, from, volume),
        None => sound.follow_silently(first, from),
    }
}

/// Where the sound of a clip is to end: with its pictures. What has none ends with its sound.
pub(super) fn end_of(clip: &Clip) -> Option<Duration> {
    let info = clip.info();
    info.size.map(|_| info.duration)
}

fn source(clip: &Clip) -> Option<impl Source> {
    let mut samples = clip.take_sound()?;
    Some(move |out: &mut [f32]| {
        let pulled = samples.pull(out);
        motcua_sound::Pulled {
            frames: pulled.frames,
            ended: pulled.ended,
        }
    })
}

/// Lets a film go on under a sheet that covers it: its frames are used up, and nobody sees them.
pub(super) fn unseen(sheet: Sheet, clip: &Arc<Clip>, playing: &Arc<Playing>) -> Sheet {
    let playing = Arc::clone(playing);
    sheet.with_films(vec![Film {
        clip: Arc::clone(clip),
        position: Arc::new(move || playing.position()),
        place: PixelBox {
            x: BEYOND,
            y: BEYOND,
            width: 1,
            height: 1,
        },
        rounds: None,
    }])
}

/// Puts the film on its sheet, and the one beside it, both driven by the time that is heard of the first.
pub(super) fn with_film(
    sheet: Sheet,
    prepared: &Prepared,
    clip: &Arc<Clip>,
    playing: &Arc<Playing>,
    viewport: Viewport,
) -> Sheet {
    let places: Vec<_> = prepared
        .pages
        .iter()
        .map(|page| page.media().map(|rect| pixel_box(rect, viewport)))
        .find_map(|places| Some(places.collect::<Vec<_>>()).filter(|places| !places.is_empty()))
        .unwrap_or_default();
    let playing = Arc::clone(playing);
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
