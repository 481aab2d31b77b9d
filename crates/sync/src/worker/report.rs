//! What a round did, in data and in sentences.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use motcua_show::release::ReleaseError;
use motcua_show::units::UnitId;

use super::sentence;
use crate::api::ReleaseRef;
use crate::fetch::DownloadError;
use crate::source::SourceError;
use crate::store::StoreError;
use crate::tuf::TufError;

/// What a round did.
#[derive(Debug)]
pub struct RoundReport {
    /// What came out.
    pub outcome: Outcome,
    /// What it did, in order.
    pub did: Vec<Did>,
    /// Why it did not get further, if it did not.
    pub error: Option<RoundError>,
    /// The versions that the screen trusts, by role, the delegated ones too.
    pub trusted: BTreeMap<String, u64>,
}

/// What came out of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The screen has what it should have.
    UpToDate,
    /// A release became current.
    Switched,
    /// There is no release for this screen (yet); what it has stays.
    NothingForScreen,
    /// Files are missing, and it is not the hour to fetch them.
    WaitsForHours {
        /// When that hour comes.
        until: Timestamp,
    },
    /// It failed; what the screen has stays.
    Failed,
}

/// One thing that a round did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    /// Brought the trusted metadata up to date.
    Refreshed {
        /// Where from.
        source: String,
    },
    /// Found the screen's place.
    Placed {
        /// The screen's name.
        screen: String,
        /// Its unit and those above it, the nearest first.
        units: Vec<UnitId>,
    },
    /// Found no place or no release for the screen.
    FoundNothing {
        /// Why, as a sentence.
        why: String,
    },
    /// Found the release that the screen should show.
    Found {
        /// Which.
        release: ReleaseRef,
        /// Its title.
        title: String,
    },
    /// Fetched files.
    Fetched {
        /// How many.
        files: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// Removed files that nobody needs.
    Collected {
        /// How many.
        files: u64,
    },
    /// Fetched files again that were damaged.
    Repaired {
        /// How many.
        files: u64,
    },
    /// Made a release current.
    Switched {
        /// Which.
        release: ReleaseRef,
    },
    /// Found the release current already.
    WasCurrent {
        /// Which.
        release: ReleaseRef,
    },
    /// Left files for later.
    Waits {
        /// When it is the hour to fetch them.
        until: Timestamp,
    },
}

/// Why a round did not get further. What the screen shows is not touched.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// Another process works on the store.
    #[error("another motcua works on the store of this screen; wait until it is done")]
    Busy,
    /// The metadata is not to be trusted, or cannot be brought up to date.
    #[error(transparent)]
    Trust(#[from] TufError),
    /// A folder does not continue this screen's chain of trust.
    #[error(
        "{folder} does not hold what this screen may show: {cause}; export it anew from the server that the \
         screen is paired with"
    )]
    Stranger {
        /// The folder.
        folder: String,
        /// What was wrong with it.
        #[source]
        cause: TufError,
    },
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A target is not what was signed.
    #[error("{target} is not what was signed; somebody may sit between, or publish it again")]
    NotAsSigned {
        /// The target.
        target: String,
    },
    /// A target is too long to be one.
    #[error("{target} is {length} bytes long, more than a screen reads; publish it again")]
    TargetTooLong {
        /// The target.
        target: String,
        /// Its signed length in bytes.
        length: u64,
    },
    /// A target that is signed cannot be used.
    #[error(
        "{target} is signed but not readable ({cause}); publish it again with the server of this version"
    )]
    BadTarget {
        /// The target.
        target: String,
        /// What was wrong with it.
        #[source]
        cause: serde_json::Error,
    },
    /// A target speaks of something else than its name says.
    #[error("{target} speaks of {found}, not of what its name says; publish it again")]
    WrongTarget {
        /// The target.
        target: String,
        /// What it speaks of.
        found: String,
    },
    /// A target is of a format that this version does not know.
    #[error("{target} has format {format}, which this version does not read; update the player")]
    NewerFormat {
        /// The target.
        target: String,
        /// Its format.
        format: u32,
    },
    /// The release cannot be used.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The files cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] DownloadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RoundError {
    /// Whether the metadata is past its day: updating stops until the server signs again.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        matches!(
            self,
            Self::Trust(TufError::Expired { .. })
                | Self::Stranger {
                    cause: TufError::Expired { .. },
                    ..
                }
        )
    }

    /// Whether the server says that this screen may not read (any longer).
    #[must_use]
    pub fn is_not_allowed(&self) -> bool {
        match self {
            Self::Source(error) | Self::Fetch(DownloadError::Source(error)) => {
                error.is_not_allowed()
            }
            _ => false,
        }
    }
}

impl RoundReport {
    /// What it did and why it did not get further, a sentence each.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.did.iter().map(ToString::to_string).collect();
        sentences.extend(self.problem());
        sentences
    }

    /// Why it did not get further, as a sentence.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.error.as_ref().map(|error| sentence(error))
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named =
            |release: &ReleaseRef| format!("release {} of {}", release.number, release.unit);
        match self {
            Self::Refreshed { source } => write!(f, "Verified what {source} says."),
            Self::Placed { screen, units } => {
                let units: Vec<&str> = units.iter().map(UnitId::as_str).collect();
                write!(
                    f,
                    "The screen {screen} belongs to {}.",
                    units.join(", below ")
                )
            }
            Self::FoundNothing { why } => f.write_str(why),
            Self::Found { release, title } => {
                write!(f, "Its show is {title:?}, {}.", named(release))
            }
            Self::Fetched { files, bytes } => write!(f, "Fetched {files} files of {bytes} bytes."),
            Self::Collected { files } => write!(f, "Removed {files} files that no release needs."),
            Self::Repaired { files } => write!(f, "Repaired {files} damaged files."),
            Self::Switched { release } => write!(
                f,
                "The screen shows {} from the next item on.",
                named(release)
            ),
            Self::WasCurrent { release } => write!(f, "The screen has {} already.", named(release)),
            Self::Waits { until } => {
                write!(f, "Files are missing and may be fetched from {until} on.")
            }
        }
    }
}
