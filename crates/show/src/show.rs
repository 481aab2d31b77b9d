//! The show of one office: its frame, playlists, schedule and procedures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{AnnouncedHolidays, Calendar, DaySwap};
use crate::calls::CallTable;
use crate::desk::LookupTable;
use crate::office_hours::OfficeHours;
use crate::playlist::Playlist;
use crate::posting::AnnouncingDecision;
use crate::procedure::{Form, Procedure};
use crate::schedule::Entry;
use crate::text::{Language, Text};

/// Everything that an office shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Show {
    /// The name of the office, the first line of the frame.
    pub title: Text,
    /// The unit, the second line of the frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    /// The IANA time zone in which every civil time of the show is meant.
    #[serde(default = "default_timezone")]
    pub timezone: String,
    /// The language in which plain texts are written.
    #[serde(default)]
    pub language: Language,
    /// Languages that get a page of their own in turn, where an item has a text in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_languages: Vec<Language>,
    /// The telephone number of the hotline (đường dây nóng).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotline: Option<String>,
    /// Where reflections and proposals on rules (phản ánh, kiến nghị) are received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Text>,
    /// A picture of the emblem, relative to the show's folder; the built-in red disc without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub emblem: Option<PathBuf>,
    /// Lines that scroll in the lower bar, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ticker: Vec<Text>,
    /// Colours.
    #[serde(default)]
    pub theme: Theme,
    /// The screen that the show is laid out for.
    #[serde(default)]
    pub screen: ScreenSize,
    /// The communication plan that the items serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The visitor's lookup by touch.
    #[serde(default)]
    pub lookup: LookupTable,
    /// How the numbers of the queue are called.
    #[serde(default)]
    pub calls: CallTable,
    /// The hours in which applications are received; without them nobody is told when a result is due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub office_hours: Vec<OfficeHours>,
    /// Days on which the office is closed whatever the day of the week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub holidays: Vec<Date>,
    /// The public holidays that the office keeps; none without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Calendar>,
    /// What was announced for the public holidays of a year, where it differs from the calendar's default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announced_holidays: Vec<AnnouncedHolidays>,
    /// Working days that change places with days off.
    #[serde(default, rename = "day_swap", skip_serializing_if = "Vec::is_empty")]
    pub day_swaps: Vec<DaySwap>,
    /// The decisions that announce what the office must post.
    #[serde(default, rename = "decision", skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<AnnouncingDecision>,
    /// The playlists.
    #[serde(default, rename = "playlist")]
    pub playlists: Vec<Playlist>,
    /// The rules that say when which playlist plays.
    #[serde(default, rename = "schedule")]
    pub schedule: Vec<Entry>,
    /// The procedures by base code; they lie in `procedures/` beside `show.toml`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(skip)]
    pub procedures: BTreeMap<String, Procedure>,
}

/// The time zone of a show that names none.
pub const DEFAULT_TIMEZONE: &str = "Asia/Ho_Chi_Minh";

fn default_timezone() -> String {
    DEFAULT_TIMEZONE.to_owned()
}

impl Show {
    /// The playlist called `name`.
    #[must_use]
    pub fn playlist(&self, name: &str) -> Option<&Playlist> {
        self.playlists.iter().find(|playlist| playlist.name == name)
    }

    /// The item called `name`, wherever it is.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<&crate::Item> {
        self.playlists
            .iter()
            .flat_map(|playlist| &playlist.items)
            .find(|item| item.name == name)
    }

    /// The procedure with this code, matched on its base.
    #[must_use]
    pub fn procedure(&self, code: &str) -> Option<&Procedure> {
        self.procedures.get(crate::procedure::base_code(code))
    }

    /// Every file beside `show.toml` that it names, as it names it; not the procedures.
    pub fn sources(&self) -> impl Iterator<Item = PathBuf> {
        let items = self.playlists.iter().flat_map(|playlist| &playlist.items);
        let media = items.flat_map(|item| item.content.files());
        let recordings = self.lookup.recordings.iter();
        let calls = self.calls.recordings.iter();
        let forms = self.procedures.values().flat_map(|found| &found.forms);
        media
            .chain(self.emblem.as_deref())
            .chain(self.lookup.synonyms.as_deref())
            .chain(recordings.map(|recording| recording.source.as_path()))
            .chain(calls.map(|recording| recording.source.as_path()))
            .map(Path::to_owned)
            .chain(forms.filter_map(Form::path))
    }

    /// The languages of the show, its own first.
    #[must_use]
    pub fn languages(&self) -> Vec<Language> {
        let mut languages = vec![self.language];
        for &language in &self.second_languages {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        languages
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Dark text on a light surface.
    #[default]
    Light,
    /// Light text on a dark surface.
    Dark,
}

/// The colours of a show, each by its role; what is left out keeps the built-in colour of the mode.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    /// Light or dark.
    pub mode: Mode,
    /// The one accent colour, as "#A31119".
    pub accent: Option<Colour>,
    /// The ground of a page.
    pub surface: Option<Colour>,
    /// The ground of a card.
    pub card: Option<Colour>,
    /// A soft ground beside the surface.
    pub soft: Option<Colour>,
    /// Hairlines.
    pub line: Option<Colour>,
    /// Text.
    pub text: Option<Colour>,
    /// Text of lesser weight.
    pub muted: Option<Colour>,
    /// The lower bar.
    pub frame: Option<Colour>,
}

/// A colour written as "#RRGGBB".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red, green and blue, 0 to 255.
    pub rgb: [u8; 3],
}

impl Colour {
    /// A colour from `0xRRGGBB`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self {
            rgb: [red, green, blue],
        }
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.rgb.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast ratio with another colour, 1 to 21 (WCAG 2.2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// A colour that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the colour {0:?} cannot be read; write it as \"#A31119\"")]
pub struct ColourError(pub String);

impl std::str::FromStr for Colour {
    type Err = ColourError;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let error = || ColourError(written.to_owned());
        let digits = written.strip_prefix('#').ok_or_else(error)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(error());
        }
        u32::from_str_radix(digits, 16)
            .map(Self::hex)
            .map_err(|_| error())
    }
}

impl Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [red, green, blue] = self.rgb;
        serializer.collect_str(&format_args!("#{red:02X}{green:02X}{blue:02X}"))
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        written.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Colour {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Colour".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^#[0-9A-Fa-f]{6}$", "examples": ["#A31119"] })
    }
}

/// The screen that a show is laid out for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScreenSize {
    /// The diagonal in inches; text keeps its size in millimetres on a smaller screen.
    pub diagonal_inches: Option<f64>,
}

/// The communication plan that the show serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The number of the plan, such as "21/KH-UBND".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<Date>,
    /// Its title.
    pub title: Text,
    /// Its topics.
    #[serde(default, rename = "topic")]
    pub topics: Vec<Topic>,
}

/// One topic of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The name that items use in `topic`.
    pub name: String,
    /// What it is about.
    pub title: Text,
    /// The air time aimed at, in minutes per opening day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_day: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_compared() {
        let accent: Colour = "#A31119".parse().unwrap();
        let surface = Colour::hex(0x00F7_F4EC);
        assert!(accent.contrast(surface) > 7.0);
        assert!("A31119".parse::<Colour>().is_err());
        assert!("#A3111".parse::<Colour>().is_err());
    }
}
