//! The domain of Motcua: what a screen shows, when, and what is on stage right now.
//!
//! This crate is pure: it reads no file, no clock and no socket, and it knows neither Slint nor
//! tokio. Time, text and the state of the machine come in as arguments; what must be done goes out
//! as data.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod alert;
pub mod calendar;
pub mod calls;
pub mod coverage;
pub mod cross_check;
pub mod desk;
pub mod foresight;
pub mod item;
pub mod lines;
pub mod lookup;
pub mod office;
pub mod office_hours;
pub mod palette;
pub mod playlist;
pub mod posting;
pub mod problem;
pub mod procedure;
pub mod procedure_check;
pub mod read;
pub mod reading;
pub mod record;
pub mod release;
pub mod schedule;
pub mod schema;
pub mod show;
pub mod stage;
pub mod subtitles;
pub mod takeaway;
pub mod text;
pub mod timeline;
pub mod units;
pub mod visit;
pub mod wording;

pub use cross_check::cross_check;
pub use item::{Content, Item};
pub use lines::Lines;
pub use playlist::Playlist;
pub use problem::{Problem, Severity};
pub use procedure::Procedure;
pub use read::{Reading, read_procedure, read_show};
pub use show::Show;
pub use subtitles::{Cue, SubtitleFiles};
pub use text::{Language, Text};
