//! What the stage is told and what it tells: two closed enums, and the words in them.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::show::Show;

/// The instant of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Time since the program started; never goes back.
    pub monotonic: Duration,
    /// What the clock shows, in any zone.
    pub civil: Zoned,
}

/// One preparation of an item. Each [`Effect::Prepare`] has its own, greater than all before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// How long the stage plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For ever.
    Loop,
    /// Until each item that the schedule holds now has been shown once.
    Once,
}

/// Whether the instants of the timeline are kept to the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// A clip is let play to its own end, and what comes next starts there, up to half a second off the timeline.
    #[default]
    Alone,
    /// Everything starts and ends at the instants of the timeline, and what comes up late is joined where the others
    /// are: screens side by side show the same at every moment.
    InStep,
}

/// What the stage is told.
///
/// Answers about a generation that was released may still come; they are ignored.
#[derive(Debug, Clone)]
pub enum Event {
    /// The screen is there. The first event, and it comes once.
    Started,
    /// An item is prepared and can be put up at once.
    Ready {
        /// The preparation.
        generation: Generation,
        /// How much there is to read on each page, in characters; empty counts as one page.
        pages: Vec<usize>,
        /// The length of a clip.
        length: Option<Duration>,
    },
    /// An item cannot be prepared.
    Failed {
        /// The preparation.
        generation: Generation,
        /// What is wrong, as a clause for the log.
        fault: String,
    },
    /// A clip on stage came to its own end; its last picture stays up.
    Ended {
        /// The preparation.
        generation: Generation,
    },
    /// What is on stage broke; its last good picture stays up.
    PlaybackFailed {
        /// The preparation.
        generation: Generation,
        /// What is wrong, as a clause for the log.
        fault: String,
    },
    /// The time of the last [`Effect::WakeAt`] has come.
    Tick,
    /// Another show is to be played.
    ShowChanged {
        /// The show.
        show: Arc<Show>,
        /// When its release was signed; none for a show that no release holds.
        signed_at: Option<Timestamp>,
        /// When it takes the stage.
        takeover: Takeover,
    },
    /// The clock was set. The stage notices a jump by itself at the next event; this makes it look at once.
    ClockChanged,
    /// A visitor touched the screen.
    Touched,
    /// The visitor ended the lookup, or has been idle for long.
    VisitorLeft,
    /// An alert is to be shown, or another one in place of the one that is.
    AlertRaised,
    /// The last alert is over.
    AlertCleared,
}

/// When another show takes the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeover {
    /// As soon as its first item is ready: what is on the screen is wrong, or laid out for another one.
    AtOnce,
    /// When the item on the screen is over.
    AtBoundary,
}

/// What the conductor must do, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// From here on names of items mean those of the show of the last [`Event::ShowChanged`].
    Adopt,
    /// Make an item ready off the UI thread: decode the picture, lay out the pages, preroll the clip. Answer
    /// [`Event::Ready`] or [`Event::Failed`] with this generation.
    Prepare {
        /// The preparation.
        generation: Generation,
        /// The item, by name.
        item: Arc<str>,
        /// How far into the item it is likely to be joined; preroll a clip there.
        from: Duration,
        /// The day on which it is shown, in the show's zone: what is made ready shortly before midnight is for
        /// the day after, and must hold nothing that is repealed by then.
        day: Date,
    },
    /// Put a prepared item up in place of what is there.
    ///
    /// The same generation may be shown again, at another place: after a visitor or an alert, and when the
    /// clock was set. A clip then seeks.
    Show {
        /// The preparation.
        generation: Generation,
        /// The item, by name.
        item: Arc<str>,
        /// The page to begin with, from 0.
        page: usize,
        /// How far into the item: a clip seeks there, zero is the beginning.
        from: Duration,
        /// How long the item is on the screen reckoned from its beginning; the progress is
        /// `(from + time since) / length`.
        length: Duration,
        /// How it comes.
        transition: Transition,
    },
    /// Cross-fade to another page of the item that is up.
    ShowPage {
        /// The preparation.
        generation: Generation,
        /// The page, from 0.
        page: usize,
    },
    /// Put the built-in card up: office name, clock, hotline.
    ShowCard {
        /// Why there is nothing else.
        reason: CardReason,
    },
    /// Put the lookup over the stage; pause and mute what plays under it. Lasts until the next `Show`,
    /// `ShowCard` or `ShowAlert`, which also wipes what the visitor typed.
    ShowLookup,
    /// Put the alert over everything, with what the visitor typed wiped; mute what plays under it. Lasts until
    /// the next `Show` or `ShowCard`.
    ShowAlert,
    /// The clip `generation` will be shown where the clip `after`, which is on the screen, comes to its end:
    /// its sound is to follow that one's without a gap. Shown at another instant, it begins there.
    Follow {
        /// The clip on the screen.
        after: Generation,
        /// The one that will follow it.
        generation: Generation,
    },
    /// What was told by the last [`Effect::Follow`] will not come about: the clip must not be heard before it
    /// is shown. Where it is shown as told, nothing comes.
    Unfollow {
        /// The clip that does not follow.
        generation: Generation,
    },
    /// Forget a preparation and stop it if it still runs. It is on the screen no more; no answer is awaited.
    Release {
        /// The preparation.
        generation: Generation,
    },
    /// Send [`Event::Tick`] when the monotonic time is this. There is one such timer: a later wake time takes
    /// the place of the one before.
    WakeAt(Duration),
    /// Write a warning: an item cannot be shown. Comes once while the fault stays the same.
    Report {
        /// The item, by name.
        item: Arc<str>,
        /// What is wrong, as a clause.
        fault: String,
    },
    /// Note that an item that was reported has been shown whole again.
    Recovered {
        /// The item, by name.
        item: Arc<str>,
    },
    /// Each item was shown once, see [`Mode::Once`]: end the program. Nothing comes after it.
    Finished,
}

/// How one picture follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// At once.
    Cut,
    /// A cross-fade.
    Fade,
}

/// Why the built-in card is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardReason {
    /// The first item is not ready yet, or what was up may not be seen any more and the next is not ready.
    Preparing,
    /// The schedule has nothing at this time.
    NothingScheduled,
    /// None of the items of the playlists that are open is due.
    NothingDue,
    /// Every item that could be shown is faulty.
    NothingShowable,
}

/// What is on the stage, for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStage<'a> {
    /// The built-in card.
    Card(CardReason),
    /// An item.
    Item {
        /// The preparation.
        generation: Generation,
        /// The item, by name.
        item: &'a str,
    },
}
