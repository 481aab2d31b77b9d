//! A clip on its page: heard through the sound device, seen at the time that is heard.

use std::sync::Arc;
use std::time::Duration;

use motcua_media::Clip;
use motcua_screen::{Film, PixelBox, Sheet, pixel_box};
use motcua_sound::{Playing, Sound, Source};
use motcua_typeset::{Element, Viewport};

use crate::prepare::Prepared;

/// Pixels to the left and above of every screen: nothing that lies there is drawn.
const BEYOND: i32 = -100_000;

/// Starts the sound of a clip; a silent one runs by the wall clock.
pub(super) fn play(sound: &Sound, clip: &Clip, from: Duration, volume: f32) -> Playing {
    match source(clip) {
        Some(source) => sound.play(source, from, volume),
        None => sound.silent(from),
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
    sheet.with_film(Film {
        clip: Arc::clone(clip),
        position: Arc::new(move || playing.position()),
        place: PixelBox {
            x: BEYOND,
            y: BEYOND,
            width: 1,
            height: 1,
        },
    })
}

/// Puts the film on its sheet, driven by the time that is heard.
pub(super) fn with_film(
    sheet: Sheet,
    prepared: &Prepared,
    clip: &Arc<Clip>,
    playing: &Arc<Playing>,
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
    let playing = Arc::clone(playing);
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
