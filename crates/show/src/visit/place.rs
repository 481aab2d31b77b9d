//! Where a visitor can be.

use std::sync::Arc;

use crate::procedure::{How, Procedure};

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The question, the events of a life, the fields.
    Home,
    /// The keyboard, and results as one types.
    Typing,
    /// What was found, over the whole page, without the keyboard.
    Found,
    /// Every field with the number of its procedures.
    Fields,
    /// The procedures of a field.
    Field(Arc<str>),
    /// The procedures of an event of a life, by its place in the table.
    Event(usize),
    /// One procedure.
    Procedure {
        /// Its base code.
        code: Arc<str>,
        /// The part that is open.
        section: Section,
        /// What its QR code holds.
        qr: QrKind,
    },
    /// A form of a procedure.
    Form {
        /// The procedure's base code.
        code: Arc<str>,
        /// The form, from 0.
        form: usize,
    },
    /// "Where is my file?": the code on the receipt.
    Receipt,
    /// Where to praise and complain.
    Feedback,
    /// How satisfied the visitor is.
    Rating,
    /// Thanks for a rating.
    Thanks,
}

impl Place {
    /// The base code of the procedure that is open there.
    #[must_use]
    pub const fn code(&self) -> Option<&Arc<str>> {
        match self {
            Self::Procedure { code, .. } | Self::Form { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// A part of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Papers to bring, and forms.
    Papers,
    /// Ways to file with their time limits and fees.
    Filing,
    /// The steps.
    Steps,
    /// Who may apply, who decides, result, conditions, legal basis.
    More,
    /// Procedures that are like it.
    Related,
}

impl Section {
    /// Every part, in the order of the tabs.
    pub const ALL: [Self; 5] = [
        Self::Papers,
        Self::Filing,
        Self::Steps,
        Self::More,
        Self::Related,
    ];
}

/// What the QR code of a procedure holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrKind {
    /// The address of its page.
    Online,
    /// Papers, time and fee as text, for a phone without a network.
    Text,
}

impl QrKind {
    /// What is shown first: the page where it can be filed online.
    #[must_use]
    pub fn first_of(procedure: &Procedure) -> Self {
        let can_be_filed = procedure.ways.iter().any(|way| way.how == How::Online);
        if procedure.online.is_some() || can_be_filed {
            Self::Online
        } else {
            Self::Text
        }
    }
}
