//! Items in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::item::Item;

/// Items in order, under a name that schedules and other playlists use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Playlist {
    /// The name, unique in the show.
    pub name: String,
    /// Whether this playlist plays when no schedule entry is open.
    #[serde(default)]
    pub default: bool,
    /// The items in the order in which they play.
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
}
