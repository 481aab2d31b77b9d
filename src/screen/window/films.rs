//! The films of a sheet on one clock: which frame of each is due, and how each is doing.
//!
//! Knows clips and their places; how frames become pixels is the surface's. Invariant: a film that cannot go
//! on keeps its last picture, and never holds up another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua_media::{MediaError, Progress};

use super::FromScreen;
use crate::canvas::Area;
use crate::compose::FilmLayer;
use crate::sheet::Film;

/// How often a film is looked at of which nothing is queued: it wakes this thread when there is, but an end
/// has to be noticed in time.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long before the end of a round the next one is made ready.
const AHEAD: Duration = Duration::from_secs(3);

/// The films of a sheet. The first is the one that the sheet lasts as long as.
#[derive(Default)]
pub(super) struct Films {
    films: Vec<ShownFilm>,
    told_end: bool,
}

struct ShownFilm {
    film: Film,
    layer: Option<FilmLayer>,
    is_broken: bool,
}

/// What advancing the films led to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FilmsDue {
    /// Whether there is a frame that has not been shown.
    pub has_new_frame: bool,
    /// When to look again.
    pub next: Option<Instant>,
}

impl FilmsDue {
    fn and(self, other: Self) -> Self {
        Self {
            has_new_frame: self.has_new_frame || other.has_new_frame,
            next: [self.next, other.next].into_iter().flatten().min(),
        }
    }
}

/// What a film has come to.
enum Outcome {
    Goes,
    Ended,
    Broke(MediaError),
}

impl Films {
    /// The films of a sheet. One that was on the sheet `before` at the same place, which has another page of
    /// the same item, keeps its picture until its next frame.
    pub(super) fn new(films: Vec<Film>, before: Option<Self>, over: &Cover) -> Self {
        let mut before = before.unwrap_or_default().films;
        let films = films
            .into_iter()
            .map(|film| {
                let same = before
                    .iter()
                    .position(|old| Arc::ptr_eq(&old.film.clip, &film.clip));
                let old = same.map(|index| before.swap_remove(index));
                let is_broken = old.as_ref().is_some_and(|old| old.is_broken);
                let layer = old
                    .and_then(|old| old.layer)
                    .map(|layer| FilmLayer::new(layer.frame, film.place, over.whole, &over.plates));
                ShownFilm {
                    film,
                    layer,
                    is_broken,
                }
            })
            .collect();
        Self {
            films,
            told_end: false,
        }
    }

    /// The time of the clock that all follow; none without films.
    pub(super) fn position(&self) -> Option<Duration> {
        self.films.first().map(|shown| (shown.film.position)())
    }

    /// The films that have a picture to show.
    pub(super) fn layers(&self) -> impl Iterator<Item = &FilmLayer> {
        self.films.iter().filter_map(|shown| shown.layer.as_ref())
    }

    /// Notes that every picture has been shown.
    pub(super) fn have_been_shown(&mut self) {
        for shown in &mut self.films {
            if let Some(layer) = &mut shown.layer {
                layer.is_new = false;
            }
        }
    }

    /// Takes what lies over the films anew.
    pub(super) fn cover(&mut self, over: &Cover) {
        for shown in &mut self.films {
            if let Some(layer) = shown.layer.take() {
                let is_new = layer.is_new;
                let covered =
                    FilmLayer::new(layer.frame, shown.film.place, over.whole, &over.plates);
                shown.layer = Some(FilmLayer { is_new, ..covered });
            }
        }
    }

    /// Fetches the frames that are due and tells how films end.
    pub(super) fn advance(
        &mut self,
        now: Instant,
        over: &Cover,
        token: u64,
        tell: &dyn Fn(FromScreen),
    ) -> FilmsDue {
        let mut due = FilmsDue::default();
        for index in 0..self.films.len() {
            let (film_due, outcome) = self.films[index].advance(now, over, self.told_end);
            due = due.and(film_due);
            match outcome {
                Outcome::Ended if index == 0 && !self.told_end => {
                    self.told_end = true;
                    tell(FromScreen::FilmEnded { token });
                }
                Outcome::Broke(error) => self.broke(token, error, tell),
                Outcome::Goes | Outcome::Ended => {}
            }
        }
        due
    }

    fn broke(&mut self, token: u64, error: MediaError, tell: &dyn Fn(FromScreen)) {
        if self.films.iter().any(|shown| !shown.is_broken) {
            tell(FromScreen::OneFilmFailed { token, error });
        } else if !self.told_end {
            self.told_end = true;
            tell(FromScreen::FilmFailed { token, error });
        }
    }
}

/// What lies over films.
pub(super) struct Cover {
    /// The whole screen.
    pub whole: Area,
    /// The opaque plates.
    pub plates: Vec<Area>,
}

impl ShownFilm {
    fn advance(&mut self, now: Instant, over: &Cover, is_over: bool) -> (FilmsDue, Outcome) {
        let clock = (self.film.position)();
        let (clip, begun) = self.film.round();
        let position = clock.saturating_sub(begun);
        let choice = clip.frame_at(position);
        let has_new_frame = choice.frame.is_some();
        if let Some(frame) = choice.frame {
            self.layer = Some(FilmLayer::new(
                frame,
                self.film.place,
                over.whole,
                &over.plates,
            ));
        }
        if let Some(rounds) = &self.film.rounds
            && position + AHEAD >= clip.info().duration
        {
            rounds.prepare_next();
        }
        let outcome = match choice.progress {
            Progress::Ended { at } if position >= at => {
                if let Some(rounds) = &self.film.rounds {
                    rounds.begin_next(at);
                }
                Outcome::Ended
            }
            Progress::Playing | Progress::Ended { .. } => Outcome::Goes,
            Progress::Failed { error, .. } if !std::mem::replace(&mut self.is_broken, true) => {
                Outcome::Broke(error)
            }
            Progress::Failed { .. } => Outcome::Goes,
        };
        let next = choice
            .next_due
            .map(|due| now + due.saturating_sub(position).max(Duration::from_millis(1)));
        let waits = !self.is_broken && (!is_over || self.film.rounds.is_some());
        let next = next.or_else(|| waits.then(|| now + LOOK_AGAIN));
        let due = FilmsDue {
            has_new_frame,
            next,
        };
        (due, outcome)
    }
}
