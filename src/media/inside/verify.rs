//! The deep check: decoding a file to its end, as `check` does before a show goes out.

use std::time::Duration;

use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::container::Read;
use crate::inside::document::Document;
use crate::inside::opened::Opened;
use crate::inside::picture::load_picture;
use crate::inside::picture_decoder::{PictureDecoder, Purpose};
use crate::inside::playing::EARLY;
use crate::inside::probe::{probe_as, stream_info};
use crate::inside::sound_decoder::SoundDecoder;
use crate::inside::source::Source;
use crate::inside::time::duration;
use crate::verified::Verified;

/// Pages are drawn this large for the check: enough to run everything on them.
const CHECKED_PAGE: u32 = 256;

/// Decodes everything in the file which is to be of `kind`.
///
/// # Errors
/// What keeps it from being shown at all.
pub(crate) fn verify(
    source: &Source,
    kind: Kind,
    going: &mut dyn FnMut(),
) -> Result<Verified, MediaError> {
    let info = probe_as(source, kind)?;
    match kind {
        Kind::Picture => {
            load_picture(source, [255; 3])?;
            Ok(Verified {
                info,
                problems: Vec::new(),
            })
        }
        Kind::Document => {
            let document = Document::open(source)?;
            for page in 0..document.pages() {
                document.page(page, CHECKED_PAGE, CHECKED_PAGE)?;
                going();
            }
            Ok(Verified {
                info,
                problems: Vec::new(),
            })
        }
        Kind::Video | Kind::Sound => verify_stream(source, going),
    }
}

fn verify_stream(source: &Source, going: &mut dyn FnMut()) -> Result<Verified, MediaError> {
    let mut opened = Opened::open(source, Purpose::Judging)?;
    let info = stream_info(&opened);
    let mut sounds = match &opened.container.sound {
        Some(track) => Some(SoundDecoder::open(
            track,
            opened.container.clock(track),
            Duration::ZERO,
        )?),
        None => None,
    };
    let mut samples = Vec::new();
    loop {
        going();
        let read = opened.container.read();
        match (&read, &mut opened.pictures, &mut sounds) {
            (Read::Video(packet), Some(pictures), _) if !pictures.is_hopeless() => {
                pictures.feed(Some(packet));
                while pictures.next().is_some() {}
            }
            (Read::Sound(packet), _, Some(sounds)) if !sounds.is_hopeless() => {
                samples.clear();
                sounds.decode(Some(packet), &mut samples);
            }
            _ => {}
        }
        if matches!(read, Read::End) {
            break;
        }
    }
    if let Some(pictures) = &mut opened.pictures {
        pictures.feed(None);
        while pictures.next().is_some() {}
    }
    if let Some(sounds) = &mut sounds {
        sounds.decode(None, &mut samples);
    }
    let problems = problems(&opened, sounds.as_ref());
    Ok(Verified { info, problems })
}

fn problems(opened: &Opened, sounds: Option<&SoundDecoder>) -> Vec<MediaError> {
    let container = &opened.container;
    let whole = |other_is_there: bool| container.promised.filter(|_| !other_is_there);
    let mut problems = Vec::new();
    if let Some(said) = opened.info.lying_duration {
        problems.push(MediaError::LyingDuration {
            said,
            measured: opened.info.duration,
        });
    }
    if let Some(pictures) = &opened.pictures {
        let promised = container.video.as_ref().and_then(|track| track.promised);
        problems.extend(picture_problem(
            pictures,
            promised.or(whole(sounds.is_some())),
        ));
    }
    if let Some(sounds) = sounds {
        let promised = container.sound.as_ref().and_then(|track| track.promised);
        let promised = promised.or(whole(opened.pictures.is_some()));
        problems.extend(sound_problem(sounds, promised, opened.pictures.is_some()));
    }
    // Containers that promise one length for both tracks: the longer one has to keep it.
    if let (Some(pictures), Some(sounds), Some(promised)) =
        (&opened.pictures, sounds, container.promised)
    {
        let at = duration(pictures.damage().good_until().max(sounds.end()));
        if at + EARLY < promised && problems.iter().all(|problem| problem.at().is_none()) {
            problems.push(MediaError::EndsEarly {
                kind: Kind::Video,
                at,
                promised,
            });
        }
    }
    problems
}

fn picture_problem(pictures: &PictureDecoder, promised: Option<Duration>) -> Option<MediaError> {
    let damage = pictures.damage();
    let at = duration(damage.good_until());
    let kind = Kind::Video;
    let is_early = promised.filter(|promised| at + EARLY < *promised);
    match (is_early, damage.stretches()) {
        _ if pictures.is_hopeless() => Some(MediaError::BreaksAt { kind, at }),
        (Some(_), Some(_)) if damage.is_open() => Some(MediaError::BreaksAt { kind, at }),
        (Some(promised), _) => Some(MediaError::EndsEarly { kind, at, promised }),
        (None, Some((stretches, first))) => Some(MediaError::Damaged {
            kind,
            stretches,
            first_at: duration(first),
        }),
        (None, None) => None,
    }
}

fn sound_problem(
    sounds: &SoundDecoder,
    promised: Option<Duration>,
    has_pictures: bool,
) -> Option<MediaError> {
    let damage = sounds.damage();
    let at = duration(damage.good_until());
    let kind = Kind::Sound;
    let is_early = promised.filter(|promised| at + EARLY < *promised);
    match (is_early, damage.stretches()) {
        (Some(_), _) if has_pictures => Some(MediaError::SoundBreaksAt { at }),
        _ if sounds.is_hopeless() && has_pictures => Some(MediaError::SoundBreaksAt { at }),
        _ if sounds.is_hopeless() => Some(MediaError::BreaksAt { kind, at }),
        (Some(promised), _) => Some(MediaError::EndsEarly { kind, at, promised }),
        (None, Some((stretches, first))) => Some(MediaError::Damaged {
            kind,
            stretches,
            first_at: duration(first),
        }),
        (None, None) => None,
    }
}
