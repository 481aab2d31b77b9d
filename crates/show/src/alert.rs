//! An alert: what a person on duty puts over everything on the screens of a unit, for at most a day.
//!
//! Its words follow the Common Alerting Protocol 1.2 (OASIS): severity, urgency, references. It owns what an
//! alert may say and how it looks by its severity. It must not know who signed it or how it travels; what of
//! several is on the screen is the [`board`]'s, what is let in is the [`ledger`]'s.
//!
//! By severity: *extreme* and *severe* cover the screen and may sound the siren; *moderate* and *unknown*
//! cover it without; *minor* stands on a strip and interrupts nobody.

pub mod board;
mod grade;
mod id;
pub mod ledger;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::{Language, Text, is_control};
use crate::units::UnitId;

pub use board::{AlertBoard, Incoming, Now};
pub use grade::{AlertSeverity, Appearance, Urgency};
pub use id::{AlertId, BadAlertId};
pub use ledger::{Admission, Ledger, Refusal};

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// How long an alert may last: a longer one is content, which is published.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The longest headline, in characters: two lines of a page that is read from 5 m.
pub const LONGEST_HEADLINE: usize = 120;

/// The longest other text, in characters.
pub const LONGEST_TEXT: usize = 400;

/// The longest spoken text, in characters of base64: 300 kB, a minute and more of speech in Opus.
pub const LONGEST_AUDIO: usize = 400_000;

/// Alerts that one may cancel or replace.
const MOST_REFERENCES: usize = 16;

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The version of this format.
    pub format: u32,
    /// What others refer to it by.
    pub id: AlertId,
    /// Its area: the screens of this unit and of those below it.
    pub unit: UnitId,
    /// What it is.
    pub kind: AlertKind,
    /// When it was signed.
    pub sent: Timestamp,
    /// When it is over; at most [`LONGEST`] after `sent`.
    pub expires: Timestamp,
    /// Counts up with each alert of a key, so that none is shown again later.
    pub counter: u64,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// How soon something must be done.
    pub urgency: Urgency,
    /// What happens, in each language that it is said in.
    pub headline: Text,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<Text>,
    /// Who says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Text>,
    /// Whether the siren is wanted.
    #[serde(default)]
    pub siren: bool,
    /// What is said aloud, a sound file in base64; without it a machine that has a voice reads the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken: Option<String>,
    /// The alerts that it cancels or takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<AlertId>,
}

/// What an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// The first of its matter.
    Alert,
    /// Takes the place of those that it refers to.
    Update,
    /// Ends those that it refers to.
    Cancel,
    /// None: it says that it is an exercise.
    Exercise,
}

/// What an alert says in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// The language.
    pub language: Language,
    /// What happens.
    pub headline: &'a str,
    /// More about it.
    pub text: Option<&'a str>,
    /// What to do.
    pub instruction: Option<&'a str>,
    /// Who says it.
    pub sender: Option<&'a str>,
}

/// Why an alert cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// It is of a format that this version does not know.
    #[error("the alert has format {0}, and this version reads format {FORMAT}; update the player")]
    Format(u32),
    /// It ends before it begins.
    #[error("the alert ends at {expires}, which is not after {sent}, when it was sent")]
    EndsBefore {
        /// When it was sent.
        sent: Timestamp,
        /// When it ends.
        expires: Timestamp,
    },
    /// It lasts too long.
    #[error(
        "the alert would last until {0}, more than 24 h after it was sent; send it for a shorter time and again tomorrow, or publish an announcement"
    )]
    TooLong(Timestamp),
    /// It says nothing.
    #[error("the alert has no headline; say what happens with --text")]
    Silent,
    /// A text is too long to be read from afar.
    #[error(
        "the {what} of the alert has {found} characters in {language}; at most {most} can be read from 5 m"
    )]
    Long {
        /// Which text.
        what: &'static str,
        /// In which language.
        language: Language,
        /// How long it is.
        found: usize,
        /// How long it may be.
        most: usize,
    },
    /// A text holds what cannot be shown.
    #[error("the {what} of the alert holds the control character {found:?}; write it without")]
    Control {
        /// Which text.
        what: &'static str,
        /// The character.
        found: char,
    },
    /// It cancels or updates nothing.
    #[error("the alert cancels or updates others and does not say which; name their ids")]
    RefersToNothing,
    /// It refers to too many.
    #[error("the alert refers to {0} others, and {MOST_REFERENCES} are the most; send several")]
    TooManyReferences(usize),
    /// The spoken text is too long.
    #[error(
        "the spoken text of the alert is {} kB long, and {} kB are the most; cut it, or save it in Opus or MP3 with 32 kbit/s",
        .0 * 3 / 4000, LONGEST_AUDIO * 3 / 4000
    )]
    LongAudio(usize),
    /// The spoken text is not base64.
    #[error("the spoken text of the alert is not written in base64")]
    BadAudio,
}

impl Alert {
    /// Whether it can be an alert at all.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), AlertError> {
        if self.format != FORMAT {
            return Err(AlertError::Format(self.format));
        }
        if self.expires <= self.sent {
            return Err(AlertError::EndsBefore {
                sent: self.sent,
                expires: self.expires,
            });
        }
        if self.expires.duration_since(self.sent) > LONGEST {
            return Err(AlertError::TooLong(self.expires));
        }
        if self.kind != AlertKind::Cancel && self.said().next().is_none() {
            return Err(AlertError::Silent);
        }
        check_text("headline", Some(&self.headline), LONGEST_HEADLINE)?;
        check_text("text", self.text.as_ref(), LONGEST_TEXT)?;
        check_text("instruction", self.instruction.as_ref(), LONGEST_TEXT)?;
        check_text("sender", self.sender.as_ref(), LONGEST_HEADLINE)?;
        let refers = matches!(self.kind, AlertKind::Update | AlertKind::Cancel);
        if refers && self.references.is_empty() {
            return Err(AlertError::RefersToNothing);
        }
        if self.references.len() > MOST_REFERENCES {
            return Err(AlertError::TooManyReferences(self.references.len()));
        }
        self.spoken.as_deref().map_or(Ok(()), check_audio)
    }

    /// What it says, in each language that has a headline: Vietnamese, Khmer, English.
    pub fn said(&self) -> impl Iterator<Item = Said<'_>> {
        Language::ALL.into_iter().filter_map(|language| {
            Some(Said {
                language,
                headline: written(&self.headline, language)?,
                text: written_if(self.text.as_ref(), language),
                instruction: written_if(self.instruction.as_ref(), language),
                // A name that is the same in every language is written once.
                sender: self
                    .sender
                    .as_ref()
                    .map(|sender| sender.best(language).trim())
                    .filter(|sender| !sender.is_empty()),
            })
        })
    }

    /// How long it lasts.
    #[must_use]
    pub fn length(&self) -> std::time::Duration {
        let length = self.expires.duration_since(self.sent);
        std::time::Duration::try_from(length).unwrap_or_default()
    }

    /// Whether the siren sounds.
    #[must_use]
    pub const fn has_siren(&self) -> bool {
        self.siren && self.severity.may_sound()
    }
}

/// A text in one language; a plain one is Vietnamese.
fn written(text: &Text, language: Language) -> Option<&str> {
    text.written_in(language, Language::Vi)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn written_if(text: Option<&Text>, language: Language) -> Option<&str> {
    text.and_then(|text| written(text, language))
}

fn check_text(what: &'static str, text: Option<&Text>, most: usize) -> Result<(), AlertError> {
    let texts: BTreeMap<Language, &str> = match text {
        None => return Ok(()),
        Some(Text::Plain(text)) => [(Language::Vi, text.as_str())].into(),
        Some(Text::ByLanguage(texts)) => texts
            .iter()
            .map(|(language, text)| (*language, text.as_str()))
            .collect(),
    };
    for (language, text) in texts {
        let found = text.chars().count();
        if found > most {
            return Err(AlertError::Long {
                what,
                language,
                found,
                most,
            });
        }
        if let Some(found) = text.chars().find(|&c| is_control(c)) {
            return Err(AlertError::Control { what, found });
        }
    }
    Ok(())
}

fn check_audio(audio: &str) -> Result<(), AlertError> {
    if audio.len() > LONGEST_AUDIO {
        return Err(AlertError::LongAudio(audio.len()));
    }
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if audio.is_empty() || !audio.bytes().all(is_digit) {
        return Err(AlertError::BadAudio);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
