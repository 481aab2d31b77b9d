//! How bad an alert is, how soon something must be done, and what follows from it for the screen.

use serde::{Deserialize, Serialize};

/// How bad it is (CAP 1.2, 3.2.2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum AlertSeverity {
    /// Little or no threat.
    Minor,
    /// Nobody knows.
    #[default]
    Unknown,
    /// A possible threat.
    Moderate,
    /// A significant threat.
    Severe,
    /// An extraordinary threat.
    Extreme,
}

/// How soon something must be done (CAP 1.2, 3.2.2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// Nothing any more.
    Past,
    /// Nobody knows.
    #[default]
    Unknown,
    /// In the near future.
    Future,
    /// Within an hour.
    Expected,
    /// At once.
    Immediate,
}

impl Urgency {
    /// Every urgency, the most urgent first.
    pub const ALL: [Self; 5] = [
        Self::Immediate,
        Self::Expected,
        Self::Future,
        Self::Unknown,
        Self::Past,
    ];

    /// As the command line writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Expected => "expected",
            Self::Future => "future",
            Self::Past => "past",
            Self::Unknown => "unknown",
        }
    }
}

/// How an alert lies on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// It covers everything.
    Page,
    /// It stands on a strip; what plays goes on, and so does a visit.
    Strip,
}

impl AlertSeverity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Extreme,
        Self::Severe,
        Self::Moderate,
        Self::Unknown,
        Self::Minor,
    ];

    /// As CAP and the command line write it, in small letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Extreme => "extreme",
            Self::Severe => "severe",
            Self::Moderate => "moderate",
            Self::Minor => "minor",
            Self::Unknown => "unknown",
        }
    }

    /// How an alert of this severity lies on the screen.
    #[must_use]
    pub const fn appearance(self) -> Appearance {
        match self {
            Self::Extreme | Self::Severe | Self::Moderate | Self::Unknown => Appearance::Page,
            Self::Minor => Appearance::Strip,
        }
    }

    /// Whether the siren may sound: where it sounds for little, nobody heeds it.
    #[must_use]
    pub const fn may_sound(self) -> bool {
        matches!(self, Self::Extreme | Self::Severe)
    }
}
