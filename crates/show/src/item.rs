//! One thing shown: its common keys and what each kind adds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::procedure::Procedure;
use crate::schedule::Dwell;
use crate::subtitles::SubtitleFiles;
use crate::text::Text;

/// One item of a playlist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The name, unique in the show; made from the kind and the place where the author gives none.
    #[serde(default)]
    pub name: String,
    /// How long the item is shown, such as "12s" or "1m30s"; without it as long as reading takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dwell: Option<Dwell>,
    /// The topic of the communication plan that the item serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The first civil time at which the item may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub show_from: Option<DateTime>,
    /// The civil time from which the item is not shown any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub show_until: Option<DateTime>,
    /// Loudness of its sound in percent of the screen's, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub volume: Option<u8>,
    /// What it shows.
    #[serde(flatten)]
    pub content: Content,
}

/// What an item shows, by its `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// A picture (JPEG, PNG, WebP).
    Image(Media),
    /// A film (H.264/AAC in MP4, VP9/Opus in WebM, AV1).
    Video(Video),
    /// A spoken announcement with its caption on the screen.
    Audio(Media),
    /// The pages of a PDF.
    Document(Media),
    /// An announcement of an agency.
    Announcement(Announcement),
    /// One posted procedure with all its fields.
    Procedure(ProcedureRef),
    /// The board of the procedures of a field.
    Procedures(Board),
    /// "Dân hỏi – Chính quyền trả lời": a question and its answer.
    Question(Question),
    /// Numbered steps that lead through a service.
    Guide(Guide),
    /// Values of an index over the years or against others.
    Indicator(Indicator),
    /// Another playlist, played whole.
    Playlist(Nested),
}

impl Content {
    /// The word that the `kind` key uses.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Announcement(_) => "announcement",
            Self::Procedure(_) => "procedure",
            Self::Procedures(_) => "procedures",
            Self::Question(_) => "question",
            Self::Guide(_) => "guide",
            Self::Indicator(_) => "indicator",
            Self::Playlist(_) => "playlist",
        }
    }

    /// The file that the item plays, where its kind has one.
    #[must_use]
    pub const fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media) | Self::Audio(media) | Self::Document(media) => Some(media),
            Self::Video(video) => Some(&video.media),
            _ => None,
        }
    }

    /// The same, to note in it what looking at the file tells.
    #[must_use]
    pub const fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Image(media) | Self::Audio(media) | Self::Document(media) => Some(media),
            Self::Video(video) => Some(&mut video.media),
            _ => None,
        }
    }

    /// The film, where the item is one.
    #[must_use]
    pub const fn video(&self) -> Option<&Video> {
        match self {
            Self::Video(video) => Some(video),
            _ => None,
        }
    }

    /// Every file that the item names.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let media = self.media().map(|media| media.source.as_path());
        let video = self.video();
        let second = video.and_then(|video| video.second.as_ref());
        let subtitles = video.and_then(|video| video.subtitles.as_ref());
        media
            .into_iter()
            .chain(second.map(|second| second.source.as_path()))
            .chain(subtitles.into_iter().flat_map(SubtitleFiles::files))
    }
}

/// A file shown or heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The file, relative to the folder of `show.toml`.
    #[schemars(with = "String")]
    pub source: PathBuf,
    /// A line that says what is seen or heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Text>,
    /// The length of the film or sound; filled in when the file is looked at, never by the author.
    #[serde(skip)]
    pub length: Option<Duration>,
    /// The number of pages of a document; filled in when the file is looked at, never by the author.
    #[serde(skip)]
    pub pages: Option<u32>,
}

/// A film, with what is written over it and what plays beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Video {
    /// The film that is seen and heard.
    #[serde(flatten)]
    pub media: Media,
    /// Its subtitles (WebVTT or SubRip); without them a file of its name beside it, such as "clip.vtt", else
    /// those inside the film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<SubtitleFiles>,
    /// A film that plays beside it, below it on an upright screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<SecondFilm>,
}

impl From<Media> for Video {
    fn from(media: Media) -> Self {
        Self {
            media,
            subtitles: None,
            second: None,
        }
    }
}

/// A film that plays beside another, without its sound and again and again, as long as the other lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFilm {
    /// The file, relative to the folder of `show.toml`.
    #[schemars(with = "String")]
    pub source: PathBuf,
    /// A line that says what is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Text>,
}

/// An announcement (thông báo).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// The headline: one idea.
    pub title: Text,
    /// The body; `**…**` is bold, a blank line starts a paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Text>,
    /// The agency that issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Text>,
    /// The number of the document, such as "12/TB-UBND".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The day on which it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<Date>,
    /// The address that the QR code opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What the QR code is for, written under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_purpose: Option<Text>,
}

/// One procedure of the show, by its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcedureRef {
    /// The code of the national database, such as "1.001193".
    pub code: String,
}

/// The board of the procedures of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The field (lĩnh vực), such as "Hộ tịch".
    pub field: String,
    /// The level (cấp thực hiện) to list; all levels without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

impl Board {
    /// Whether the board lists `procedure`, whatever the day.
    #[must_use]
    pub fn lists(&self, procedure: &Procedure) -> bool {
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        same(&self.field, &procedure.field)
            && self
                .level
                .as_deref()
                .is_none_or(|level| procedure.level.iter().any(|other| same(level, other)))
    }
}

/// A question from the people and the answer of the authorities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question in the words of the one who asks.
    pub question: Text,
    /// The answer.
    pub answer: Text,
    /// Who answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Text>,
    /// The address that the QR code opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What the QR code is for, written under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_purpose: Option<Text>,
}

/// A guide in numbered steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// What the steps lead to.
    pub title: Text,
    /// The steps in order.
    pub steps: Vec<Text>,
    /// The address that the QR code opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What the QR code is for, written under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_purpose: Option<Text>,
}

/// An index and its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The sentence that says the finding.
    pub title: Text,
    /// The name of the index, such as "PAR Index", "SIPAS", "PAPI" or "PCI".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_short: Option<String>,
    /// What a value counts, such as "điểm trên 100".
    pub unit: Text,
    /// Where the values come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_note: Option<Text>,
    /// Bars from zero, or lines.
    #[serde(default)]
    pub chart: Chart,
    /// The end of the value axis; without it a round number above the greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The values; several series are compared with each other.
    pub series: Vec<Series>,
}

/// How an indicator is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Chart {
    /// Bars that start at zero.
    #[default]
    Bars,
    /// Lines over time.
    Lines,
}

/// The values of one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Whose values these are; needed where several series are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Whether this series is ours and takes the accent colour.
    #[serde(default)]
    pub highlight: bool,
    /// The values in order.
    pub points: Vec<Point>,
}

/// One value of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The year or the name under the value.
    pub at: String,
    /// The value, in the unit of the indicator.
    pub value: f64,
}

/// Another playlist, played whole each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nested {
    /// The name of the playlist.
    pub playlist: String,
}
