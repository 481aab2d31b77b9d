//! The film that plays beside another: without sound, from its beginning again each time it is over.
//!
//! Opens the clip of each round on a thread of its own, ahead of time. Invariant: what the UI thread calls
//! never waits, and a round that cannot be opened leaves the last picture of the one before.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use motcua_media::{Clip, ClipRequest, Decoder, Kind, MediaInfo, Notify, VideoInfo};
use motcua_screen::{PixelBox, Rounds};
use motcua_show::item::SecondFilm;

use super::{PREROLL_LIMIT, PrepareError, Setting, media_error, path_of};

/// The file of a second film, looked at.
pub(super) struct Found {
    name: PathBuf,
    path: PathBuf,
    video: VideoInfo,
    decoder: Decoder,
}

impl Found {
    /// Looks at the file.
    pub(super) fn look_at(setting: &Setting, film: &SecondFilm) -> Result<Self, PrepareError> {
        let name = film.source.clone();
        let path = path_of(setting, &name)?;
        let mut decoder = Decoder::new();
        match decoder.probe_as(&path, Kind::Video) {
            Ok(MediaInfo::Video(video)) => Ok(Self {
                name,
                path,
                video,
                decoder,
            }),
            Ok(_) => Err(PrepareError::Nothing),
            Err(source) => Err(media_error(&name, source)),
        }
    }

    /// Width and height as shown.
    pub(super) const fn size(&self) -> (u32, u32) {
        (self.video.width, self.video.height)
    }

    /// Opens the film for its place, where it is when the first film is at `from`.
    pub(super) fn open(
        self,
        place: PixelBox,
        from: Duration,
        notify: Option<Notify>,
    ) -> Result<Arc<Again>, PrepareError> {
        let source = Source {
            name: self.name,
            path: self.path,
            fit: (place.width.max(2), place.height.max(2)),
            notify,
        };
        let length = self.video.duration.as_nanos().max(1);
        let into = u64::try_from(from.as_nanos() % length).unwrap_or(0);
        let into = Duration::from_nanos(into);
        let clip = source.open(self.decoder, into)?;
        Ok(Again::new(source, clip, from.saturating_sub(into)))
    }
}

/// What every round is opened with.
struct Source {
    name: PathBuf,
    path: PathBuf,
    fit: (u32, u32),
    notify: Option<Notify>,
}

impl Source {
    fn open(&self, decoder: Decoder, from: Duration) -> Result<Arc<Clip>, PrepareError> {
        let request = ClipRequest {
            fit: Some(self.fit),
            from,
            with_sound: false,
            notify: self.notify.clone(),
        };
        let clip = decoder
            .clip(&self.path, request)
            .map_err(|source| media_error(&self.name, source))?;
        if clip.wait_ready(PREROLL_LIMIT) {
            Ok(Arc::new(clip))
        } else {
            Err(PrepareError::Slow(self.name.display().to_string()))
        }
    }
}

/// A film that plays again and again.
pub struct Again {
    me: Weak<Self>,
    source: Source,
    round: Mutex<Round>,
}

struct Round {
    clip: Arc<Clip>,
    begun: Duration,
    next: Next,
}

/// The clip of the next round.
enum Next {
    NotAsked,
    Asked,
    Ready(Arc<Clip>),
    Failed,
}

impl std::fmt::Debug for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Again")
            .field("path", &self.source.path)
            .finish_non_exhaustive()
    }
}

impl Again {
    fn new(source: Source, clip: Arc<Clip>, begun: Duration) -> Arc<Self> {
        let next = Next::NotAsked;
        Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            source,
            round: Mutex::new(Round { clip, begun, next }),
        })
    }

    /// The lock is held for moves only, so that a thread that panicked has left the round whole.
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_next(&self) {
        let next = match self.source.open(Decoder::new(), Duration::ZERO) {
            Ok(clip) => Next::Ready(clip),
            Err(error) => {
                tracing::warn!("the second film stays at its last picture: {error}");
                Next::Failed
            }
        };
        self.round().next = next;
        if let Some(notify) = &self.source.notify {
            notify();
        }
    }
}

impl Rounds for Again {
    fn current(&self) -> (Arc<Clip>, Duration) {
        let round = self.round();
        (Arc::clone(&round.clip), round.begun)
    }

    fn prepare_next(&self) {
        let mut round = self.round();
        let Some(me) = self
            .me
            .upgrade()
            .filter(|_| matches!(round.next, Next::NotAsked))
        else {
            return;
        };
        let spawned = std::thread::Builder::new()
            .name("prepare".into())
            .spawn(move || me.open_next());
        round.next = match spawned {
            Ok(_) => Next::Asked,
            Err(error) => {
                tracing::error!(
                    "no thread could be started for the second film: {error}; free memory"
                );
                Next::Failed
            }
        };
    }

    fn begin_next(&self, length: Duration) {
        let mut round = self.round();
        match std::mem::replace(&mut round.next, Next::NotAsked) {
            Next::Ready(clip) => {
                // A round of no length would begin again and again without end.
                round.begun += length.max(SHORTEST_ROUND);
                round.clip = clip;
            }
            waiting => round.next = waiting,
        }
    }
}

/// The shortest round.
const SHORTEST_ROUND: Duration = Duration::from_millis(40);

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::time::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    fn film(path: &Path) -> Source {
        Source {
            name: "film".into(),
            path: path.to_owned(),
            fit: (64, 36),
            notify: None,
        }
    }

    #[test]
    fn rounds_follow_each_other_once_they_are_ready() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("media/online-filing.mp4");
        let source = film(&path);
        let clip = source.open(Decoder::new(), 3 * SECOND).unwrap();
        let again = Again::new(source, Arc::clone(&clip), 20 * SECOND);
        again.begin_next(SECOND);
        assert_eq!(again.current().1, 20 * SECOND, "nothing was asked for");
        again.prepare_next();
        let begun = Instant::now();
        while again.current().1 == 20 * SECOND {
            assert!(
                begun.elapsed() < PREROLL_LIMIT,
                "the next round is never ready"
            );
            std::thread::sleep(Duration::from_millis(5));
            again.prepare_next();
            again.begin_next(17 * SECOND);
        }
        let (next, begun) = again.current();
        assert_eq!(begun, 37 * SECOND);
        assert!(!Arc::ptr_eq(&next, &clip));
        assert!(next.frame_at(Duration::ZERO).frame.is_some());
    }

    #[test]
    fn a_round_that_cannot_be_opened_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("media/online-filing.mp4");
        std::fs::copy(sample, &path).unwrap();
        let source = film(&path);
        let clip = source.open(Decoder::new(), Duration::ZERO).unwrap();
        let again = Again::new(source, Arc::clone(&clip), Duration::ZERO);
        std::fs::remove_file(&path).unwrap();
        again.open_next();
        again.begin_next(20 * SECOND);
        assert!(Arc::ptr_eq(&again.current().0, &clip));
        assert!(matches!(again.round().next, Next::Failed));
    }
}
