//! What the screen proves that it showed: turns what the display confirms into records, and hands them to the log.
//!
//! It decides when something begins and ends to be shown, by clocks that it is asked with; it knows no file and waits
//! for nobody. A screen without an identity, such as one that plays a folder, proves nothing and records nothing.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use motcua_proof::{Ended, What, alert_of, card_of, content_of};
use motcua_show::alert::Alert;
use motcua_show::release::Sha256Hex;
use motcua_show::stage::Generation;
use motcua_show::{Content, Item, Show};
use motcua_sync::api::ReleaseRef;
use motcua_sync::proof::{Happened, LogKeeper, Noted};

use crate::clock;
use crate::files::Files;

/// The longest time that one record says the display worked; looks come at least every minute.
const WORKING: Duration = Duration::from_secs(9 * 60);

/// A clock that moves this much against the one that cannot be set was set, and did not only drift.
const JUMP: SignedDuration = SignedDuration::from_secs(1);

/// How long the end of the program waits for the last seal.
const LAST_SEAL: Duration = Duration::from_secs(2);

/// What records are made of.
pub struct Recorder {
    log: Option<LogKeeper>,
    begun: Instant,
    /// How many things were shown so far.
    showings: u64,
    on_display: Option<OnDisplay>,
    /// Why what is on the display will have ended, where that is known ahead.
    reason: Option<Ended>,
    /// Whether a visitor's page lies over everything.
    is_covered: bool,
    /// The playlist that the schedule named for a preparation.
    playlists: HashMap<Generation, String>,
    /// Hashes of items of the present show.
    contents: HashMap<String, Sha256Hex>,
    /// The release of which was recorded that it took the stage.
    release: Option<Sha256Hex>,
    /// Civil less monotonic time, to notice that the clock was set.
    offset: Option<SignedDuration>,
    /// Since when the display has worked and the lookup of this release could be opened.
    working: Option<(Instant, Sha256Hex)>,
}

struct OnDisplay {
    showing: u64,
    since: Instant,
    /// None for the card and an alert.
    generation: Option<Generation>,
    content: Sha256Hex,
    is_alert: bool,
}

/// The show that is performed, and where its files come from.
pub type Performed<'a> = (&'a Show, &'a Files);

impl Recorder {
    /// Records nothing until it has a log.
    pub fn new() -> Self {
        Self {
            log: None,
            begun: Instant::now(),
            showings: 0,
            on_display: None,
            reason: None,
            is_covered: false,
            playlists: HashMap::new(),
            contents: HashMap::new(),
            release: None,
            offset: None,
            working: None,
        }
    }

    /// Records from here on, unless it does.
    pub fn keep(&mut self, log: Option<LogKeeper>) {
        if self.log.is_some() || log.is_none() {
            return;
        }
        self.log = log;
        self.note(What::Started {
            version: env!("CARGO_PKG_VERSION").to_owned(),
        });
    }

    /// Looks at the clocks, and at what a visitor could look up: the release, where the lookup can be opened.
    pub fn look(&mut self, lookup: Option<&Sha256Hex>) {
        if self.log.is_none() {
            return;
        }
        self.look_at_clock();
        let is_drawn = self.is_covered || self.on_display.is_some();
        let is_alert = !self.is_covered && self.alert_is_up();
        let lookup = lookup.filter(|_| is_drawn && !is_alert);
        let is_same = self.working.as_ref().map(|(_, release)| release) == lookup;
        let is_long = self
            .working
            .as_ref()
            .is_some_and(|(since, _)| since.elapsed() >= WORKING);
        if !is_same || is_long {
            self.end_working();
            self.working = lookup.map(|release| (Instant::now(), release.clone()));
        }
    }

    /// An item is about to be put up, because the schedule named this playlist.
    pub fn will_show(&mut self, generation: Generation, playlist: Option<&str>) {
        self.uncovered();
        if let Some(playlist) = playlist {
            self.playlists.insert(generation, playlist.to_owned());
        }
    }

    /// A preparation is gone.
    pub fn forget(&mut self, generation: Generation) {
        self.playlists.remove(&generation);
    }

    /// What is on the display ends for this reason as soon as something else is.
    pub fn will_end(&mut self, why: Ended) {
        self.reason = self.on_display.is_some().then_some(why);
    }

    /// The preparation of this generation cannot be shown any longer.
    pub fn failed(&mut self, generation: Generation) {
        let of_display = self.on_display.as_ref().and_then(|it| it.generation);
        if of_display == Some(generation) {
            self.will_end(Ended::Fault);
        }
    }

    /// Another show is performed: names of items mean others.
    pub fn adopted(&mut self) {
        self.contents.clear();
    }

    /// A visitor's page lies over everything.
    pub fn visitor_came(&mut self) {
        self.end(Ended::Visitor);
        self.is_covered = true;
    }

    /// The visitor is gone, or an alert lies over the visit.
    pub fn uncovered(&mut self) {
        if std::mem::take(&mut self.is_covered) {
            self.end_working();
        }
    }

    /// The display confirms an alert, or another one in its place.
    pub fn alert_shown(&mut self, alert: &Alert) {
        if self.log.is_none() {
            return;
        }
        let Ok(content) = alert_of(alert) else { return };
        let is_up = |on: &OnDisplay| on.is_alert && on.content == content;
        if self.on_display.as_ref().is_some_and(is_up) {
            return;
        }
        self.uncovered();
        self.end(Ended::Alert);
        let what = What::Alert {
            id: alert.id.as_str().to_owned(),
            content: content.clone(),
        };
        self.begin(None, content, what);
        self.end_working();
    }

    /// The display confirms the built-in card.
    pub fn card_shown(&mut self, (show, files): Performed<'_>) {
        if self.log.is_none() || self.is_covered {
            return;
        }
        let Ok(content) = card_of(show) else { return };
        let release = self.release_of(files);
        if self.goes_on(None, &content) {
            return;
        }
        let what = What::Shown {
            item: None,
            kind: "card".to_owned(),
            content: content.clone(),
            release,
            playlist: None,
            topic: None,
            procedure: None,
        };
        self.take_over(None, content, what);
    }

    /// The display confirms a page of an item.
    pub fn item_shown(
        &mut self,
        generation: Generation,
        item: &Item,
        (show, files): Performed<'_>,
    ) {
        if self.log.is_none() || self.is_covered {
            return;
        }
        let Some(content) = self.content(item, (show, files)) else {
            return;
        };
        let release = self.release_of(files);
        if self.goes_on(Some(generation), &content) {
            return;
        }
        let procedure = match &item.content {
            Content::Procedure(named) => Some(named.code.clone()),
            _ => None,
        };
        let what = What::Shown {
            item: Some(item.name.clone()),
            kind: item.content.kind().to_owned(),
            content: content.clone(),
            release,
            playlist: self.playlists.get(&generation).cloned(),
            topic: item.topic.clone(),
            procedure,
        };
        self.take_over(Some(generation), content, what);
    }

    /// Whether this is what is on the display already, such as another page of it.
    fn goes_on(&self, generation: Option<Generation>, content: &Sha256Hex) -> bool {
        let is_same =
            |on: &OnDisplay| !on.is_alert && on.generation == generation && on.content == *content;
        self.reason.is_none() && self.on_display.as_ref().is_some_and(is_same)
    }

    fn take_over(&mut self, generation: Option<Generation>, content: Sha256Hex, what: What) {
        let why = self.reason.take().unwrap_or(Ended::Over);
        self.end(why);
        self.begin(generation, content, what);
    }

    fn begin(&mut self, generation: Option<Generation>, content: Sha256Hex, what: What) {
        self.showings += 1;
        let showing = self.showings;
        self.on_display = Some(OnDisplay {
            showing,
            since: Instant::now(),
            generation,
            content,
            is_alert: matches!(what, What::Alert { .. }),
        });
        self.tell(Happened::Began { showing, what });
    }

    fn end(&mut self, why: Ended) {
        self.reason = None;
        if let Some(on_display) = self.on_display.take() {
            self.tell(Happened::Ended {
                showing: on_display.showing,
                lasted: on_display.since.elapsed(),
                why,
            });
        }
    }

    fn alert_is_up(&self) -> bool {
        self.on_display.as_ref().is_some_and(|on| on.is_alert)
    }

    fn end_working(&mut self) {
        let Some((since, release)) = self.working.take() else {
            return;
        };
        let for_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        if for_ms > 0 {
            self.note(What::Working {
                for_ms,
                release: Some(release),
            });
        }
    }

    /// The release that is performed; says so in the chain when it is another one.
    fn release_of(&mut self, files: &Files) -> Option<Sha256Hex> {
        let Files::Release(held) = files else {
            return None;
        };
        let ReleaseRef {
            unit,
            number,
            sha256,
        } = held.reference();
        if self.release.as_ref() != Some(&sha256) {
            self.release = Some(sha256.clone());
            self.note(What::Release {
                unit,
                number,
                sha256: sha256.clone(),
            });
        }
        Some(sha256)
    }

    fn content(&mut self, item: &Item, (show, files): Performed<'_>) -> Option<Sha256Hex> {
        if let Some(known) = self.contents.get(&item.name) {
            return Some(known.clone());
        }
        let content = content_of(item, show, |place| match files {
            Files::Release(held) => Some(held.release.files.get(place)?.sha256.clone()),
            Files::Folder(_) => None,
        })
        .ok()?;
        self.contents.insert(item.name.clone(), content.clone());
        Some(content)
    }

    fn look_at_clock(&mut self) {
        let up = SignedDuration::try_from(self.begun.elapsed()).unwrap_or(SignedDuration::MAX);
        let now = clock::machine();
        let offset = now.duration_since(Timestamp::UNIX_EPOCH) - up;
        let before = self.offset.replace(offset).unwrap_or(offset);
        if (offset - before).abs() <= JUMP {
            return;
        }
        if let Ok(from) = Timestamp::UNIX_EPOCH.checked_add(before + up) {
            self.note(What::Clock { from, to: now });
        }
        self.will_end(Ended::Clock);
    }

    fn note(&self, what: What) {
        self.tell(Happened::Else(what));
    }

    fn tell(&self, happened: Happened) {
        if let Some(log) = &self.log {
            log.note(Noted {
                at: clock::machine(),
                up: self.begun.elapsed(),
                happened,
            });
        }
    }
}

impl Drop for Recorder {
    /// The performance is over.
    fn drop(&mut self) {
        // A player that panics was not told to end: its next start says so.
        if std::thread::panicking() || self.log.is_none() {
            return;
        }
        self.end(Ended::Stopped);
        self.end_working();
        self.note(What::Stopped);
        if let Some(log) = &self.log {
            log.settle(LAST_SEAL);
        }
    }
}

#[cfg(test)]
mod tests;
