//! The verdict on a file that was decoded to its end.

use crate::error::MediaError;
use crate::info::MediaInfo;

/// A file that can be shown, and what is wrong with it all the same.
#[derive(Debug, Clone)]
pub struct Verified {
    /// What it is.
    pub info: MediaInfo,
    /// What is damaged, cut off or untrue, with the moment where there is one. Empty for a good file.
    pub problems: Vec<MediaError>,
}
