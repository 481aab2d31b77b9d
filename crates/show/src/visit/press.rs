//! What a visitor can press, and what comes of it.

use std::sync::Arc;

use super::keyboard::Key;
use super::place::{QrKind, Section};
use crate::lookup::Level;
use crate::text::Language;

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// One place back.
    Back,
    /// Back to the first page.
    Home,
    /// The visit is over.
    Close,
    /// Stops the countdown.
    Stay,
    /// The search field.
    Type,
    /// A key on the screen.
    Key(Key),
    /// A character from a keyboard of the machine.
    Character(char),
    /// An event of a life, by its place in the table.
    Event(usize),
    /// All fields.
    Fields,
    /// A field, by name.
    Field(Arc<str>),
    /// Lists only procedures of this level, or of all.
    OfLevel(Option<Level>),
    /// A procedure, by base code.
    Open(Arc<str>),
    /// A part of the procedure.
    Section(Section),
    /// A paper of the checklist, from 0 over all cases.
    Paper(usize),
    /// A form, from 0.
    Form(usize),
    /// Another QR code.
    Qr(QrKind),
    /// A slip of paper.
    Print,
    /// Begins to read the procedure aloud, or stops.
    Listen,
    /// "Where is my file?"
    Receipt,
    /// Where to praise and complain.
    Feedback,
    /// Another language.
    Language(Language),
    /// The next size of text.
    Larger,
    /// Stronger contrast, or the usual.
    Contrast,
    /// Everything into the lower part of the screen, or back.
    Lower,
    /// How satisfied the visitor is.
    Rate(Satisfaction),
}

/// The size of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// As designed.
    #[default]
    Normal,
    /// A quarter larger.
    Large,
    /// Half as large again.
    Largest,
}

impl Size {
    /// The next size; after the largest the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Normal => Self::Large,
            Self::Large => Self::Largest,
            Self::Largest => Self::Normal,
        }
    }

    /// How many times the designed size.
    #[must_use]
    pub const fn factor(self) -> f32 {
        match self {
            Self::Normal => 1.0,
            Self::Large => 1.25,
            Self::Largest => 1.5,
        }
    }
}

/// How satisfied a visitor is with the office, as told on the spot (no part of SIPAS, which is a survey of its
/// own).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Satisfaction {
    /// Rất không hài lòng.
    VeryUnsatisfied,
    /// Không hài lòng.
    Unsatisfied,
    /// Bình thường.
    Neutral,
    /// Hài lòng.
    Satisfied,
    /// Rất hài lòng.
    VerySatisfied,
}

impl Satisfaction {
    /// Every step, the worst first.
    pub const ALL: [Self; 5] = [
        Self::VeryUnsatisfied,
        Self::Unsatisfied,
        Self::Neutral,
        Self::Satisfied,
        Self::VerySatisfied,
    ];

    /// 1, the worst, to 5.
    #[must_use]
    pub const fn step(self) -> u8 {
        self as u8 + 1
    }
}

/// What must be done, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Draw the place again.
    Draw,
    /// Print a slip for the procedure.
    Print(Arc<str>),
    /// Read the procedure aloud.
    Speak(Arc<str>),
    /// Stop reading aloud.
    Silence,
    /// Add to a count.
    Count(Count),
    /// The visit is over: back to the loop. Nothing comes after it.
    Leave,
}

/// What became of a slip of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// None was asked for.
    None,
    /// It is being printed.
    Printing,
    /// The printer has it.
    Printed,
    /// It could not be printed.
    Failed,
}

/// What is counted; it says nothing about who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// Nothing matched what was asked, folded.
    Failed(String),
    /// Something matched, and nothing of it was opened.
    Abandoned(String),
    /// A procedure was opened.
    Opened(Arc<str>),
    /// A rating.
    Rated(Satisfaction),
}
