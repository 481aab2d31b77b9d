//! Makes items ready to be shown, on threads of their own: typesets pages, decodes media, opens clips.

mod second;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use motcua_media::{Clip, ClipRequest, Decoder, Fitting, MediaError, MediaInfo, Picture};
use motcua_screen::{Palette, Sheet, WordsByLanguage, pixel_box};
use motcua_show::{Content, Cue, Item, Language, Show};
use motcua_typeset::page::Fit;
use motcua_typeset::{Context, Element, Page, Typesetter, Viewport, Words};

use crate::files::{Files, NoFile};
use crate::subtitles;
pub use second::Again;
use second::Found;

/// How long a clip may take to have its first frames ready.
const PREROLL_LIMIT: Duration = Duration::from_secs(8);

/// Everything outside an item that its pages depend on.
#[derive(Clone)]
pub struct Setting {
    /// The show.
    pub show: Arc<Show>,
    /// Where its media come from.
    pub files: Files,
    /// The room for pages.
    pub viewport: Viewport,
    /// The words around an item's own text.
    pub words: Arc<WordsByLanguage>,
    /// The colours.
    pub palette: Palette,
    /// The languages that get pages, the main one first.
    pub languages: Vec<Language>,
    /// Whether the screen stretches films to their place, so that the decoder need not.
    pub screen_scales_films: bool,
    /// The address under which the server says what it can prove of a posting, without the procedure's code.
    pub inspection: Option<String>,
}

/// Why an item cannot be shown, as a clause for the log.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Its file is not there.
    #[error("{file}: {source}")]
    File {
        /// The file, as the show names it.
        file: String,
        /// Why.
        source: NoFile,
    },
    /// Its file cannot be used.
    #[error("{file}: {source}")]
    Media {
        /// The file, as the show names it.
        file: String,
        /// Why.
        source: MediaError,
    },
    /// Its clip did not start.
    #[error("{0} did not give its first picture within {limit} s; check the file", limit = PREROLL_LIMIT.as_secs())]
    Slow(String),
    /// There is nothing to be seen of it today.
    #[error("there is nothing of it to show today")]
    Nothing,
}

/// An item ready to be shown.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Its pages.
    pub pages: Vec<Page>,
    /// What of it cannot be shown, though the rest can.
    pub fault: Option<String>,
    media: Media,
    second: Option<Arc<Again>>,
    cues: Arc<[Cue]>,
    /// Width and height of its picture or film.
    size: Option<(u32, u32)>,
}

/// What the pages show besides text.
#[derive(Debug, Clone)]
enum Media {
    None,
    Picture(Arc<Picture>),
    Document { path: PathBuf, name: String },
    Clip(Arc<Clip>),
}

impl Prepared {
    /// The clip that plays, prerolled.
    #[must_use]
    pub const fn clip(&self) -> Option<&Arc<Clip>> {
        match &self.media {
            Media::Clip(clip) => Some(clip),
            _ => None,
        }
    }

    /// The film that plays beside the clip.
    #[must_use]
    pub const fn second(&self) -> Option<&Arc<Again>> {
        self.second.as_ref()
    }

    /// The weight of each page: the characters to be read.
    #[must_use]
    pub fn weights(&self) -> Vec<usize> {
        self.pages.iter().map(|page| page.characters).collect()
    }

    /// Makes one page ready to draw; `None` where there is no such page.
    ///
    /// # Errors
    /// When the page of a document cannot be drawn.
    pub fn sheet(&self, setting: &Setting, index: usize) -> Result<Option<Sheet>, PrepareError> {
        let Some(page) = self.pages.get(index) else {
            return Ok(None);
        };
        let drawn;
        let picture = match &self.media {
            Media::Picture(picture) => Some(picture.as_ref()),
            Media::Document { path, name } => {
                drawn = document_page(page, setting.viewport, path, name)?;
                drawn.as_ref()
            }
            Media::None | Media::Clip(_) => None,
        };
        let sheet = Sheet::new(page.clone(), setting.viewport, &setting.palette, picture);
        if self.cues.is_empty() {
            return Ok(Some(sheet));
        }
        let typesetter = &mut Typesetter::new();
        let captions =
            motcua_typeset::captions(typesetter, &self.cues, page, self.size, setting.viewport);
        Ok(Some(sheet.with_captions(captions)))
    }
}

/// Makes `item` ready. Of two films the first is shown alone where the second cannot be.
///
/// # Errors
/// When its file cannot be shown, or there is nothing of it to show on `today`.
pub fn prepare(
    setting: &Setting,
    item: &Item,
    today: Date,
    from: Duration,
    notify: Option<motcua_media::Notify>,
) -> Result<Prepared, PrepareError> {
    // One process for all that is asked about the item's file; a clip keeps it.
    let mut decoder = Decoder::new();
    let info = match (
        item.content.media(),
        crate::loading::media_kind(&item.content),
    ) {
        (Some(media), Some(kind)) => {
            let path = path_of(setting, &media.source)?;
            Some(
                decoder
                    .probe_as(&path, kind)
                    .map_err(|source| media_error(&media.source, source))?,
            )
        }
        _ => None,
    };
    let second = item.content.video().and_then(|video| video.second.as_ref());
    let found = match second.map(|film| Found::look_at(setting, film)).transpose() {
        Ok(found) => found,
        Err(error) => return first_alone(setting, item, today, (from, notify), &error),
    };
    let second_size = found.as_ref().map(Found::size);
    let pages = pages(setting, item, today, info.as_ref(), second_size);
    if pages.is_empty() {
        return Err(PrepareError::Nothing);
    }
    let place = pages.first().and_then(|page| page.media().nth(1));
    let second = match found
        .zip(place)
        .map(|(found, place)| found.open(pixel_box(place, setting.viewport), from, notify.clone()))
    {
        Some(Err(error)) => return first_alone(setting, item, today, (from, notify), &error),
        Some(Ok(second)) => Some(second),
        None => None,
    };
    let cues = cues(&mut decoder, setting, item);
    let media = match item.content.media() {
        Some(media) => {
            let path = path_of(setting, &media.source)?;
            open(decoder, setting, &item.content, &pages, &path, from, notify).map_err(|error| {
                match error {
                    Opening::Refused(source) => media_error(&media.source, source),
                    Opening::Slow => PrepareError::Slow(media.source.display().to_string()),
                }
            })?
        }
        None => Media::None,
    };
    Ok(Prepared {
        pages,
        fault: None,
        media,
        second,
        cues,
        size: info.as_ref().and_then(size_of),
    })
}

/// The item with its first film alone, and what is wrong with the second.
fn first_alone(
    setting: &Setting,
    item: &Item,
    today: Date,
    (from, notify): (Duration, Option<motcua_media::Notify>),
    error: &PrepareError,
) -> Result<Prepared, PrepareError> {
    let mut item = item.clone();
    if let Content::Video(video) = &mut item.content {
        video.second = None;
    }
    let prepared = prepare(setting, &item, today, from, notify)?;
    Ok(Prepared {
        fault: Some(error.to_string()),
        ..prepared
    })
}

/// The subtitles of a film in the main language of the screen.
fn cues(decoder: &mut Decoder, setting: &Setting, item: &Item) -> Arc<[Cue]> {
    let language = setting.languages.first().copied().unwrap_or_default();
    item.content
        .video()
        .and_then(|video| {
            let path = path_of(setting, &video.media.source).ok()?;
            Some(subtitles::cues(
                decoder,
                video,
                &setting.files,
                language,
                &path,
            ))
        })
        .unwrap_or_default()
        .into()
}

fn path_of(setting: &Setting, source: &Path) -> Result<PathBuf, PrepareError> {
    setting
        .files
        .path(source)
        .map_err(|error| PrepareError::File {
            file: source.display().to_string(),
            source: error,
        })
}

fn media_error(file: &Path, source: MediaError) -> PrepareError {
    PrepareError::Media {
        file: file.display().to_string(),
        source,
    }
}

/// The pages of an item.
fn pages(
    setting: &Setting,
    item: &Item,
    today: Date,
    info: Option<&MediaInfo>,
    second_size: Option<(u32, u32)>,
) -> Vec<Page> {
    let words = |language: Language| -> &Words { words_in(&setting.words, language) };
    let context = Context {
        show: &setting.show,
        viewport: setting.viewport,
        words: &words,
        languages: setting.languages.clone(),
        today,
        media_pages: info.and_then(|info| match info {
            MediaInfo::Document(document) => u32::try_from(document.pages).ok(),
            _ => None,
        }),
        media_size: info.and_then(size_of),
        second_size,
        inspection: setting.inspection.clone(),
    };
    motcua_typeset::typeset(&mut Typesetter::new(), &context, item)
}

/// Width and height of what is seen of a file.
const fn size_of(info: &MediaInfo) -> Option<(u32, u32)> {
    match info {
        MediaInfo::Picture(picture) => Some((picture.width, picture.height)),
        MediaInfo::Video(video) => Some((video.width, video.height)),
        MediaInfo::Document(document) => Some(document.size),
        MediaInfo::Sound(_) => None,
    }
}

/// The words in `language`. A screen reads them for every language before anything is prepared.
#[must_use]
pub fn words_in(words: &WordsByLanguage, language: Language) -> &Words {
    static NONE: std::sync::LazyLock<Words> =
        std::sync::LazyLock::new(|| Words::from_fn(|_| String::new()));
    words.get(&language).unwrap_or_else(|| &NONE)
}

enum Opening {
    Refused(MediaError),
    Slow,
}

impl From<MediaError> for Opening {
    fn from(error: MediaError) -> Self {
        Self::Refused(error)
    }
}

fn open(
    mut decoder: Decoder,
    setting: &Setting,
    content: &Content,
    pages: &[Page],
    path: &Path,
    from: Duration,
    notify: Option<motcua_media::Notify>,
) -> Result<Media, Opening> {
    let place = pages
        .iter()
        .flat_map(|page| &page.elements)
        .find_map(|element| match element {
            Element::Media { rect, fit } => Some((pixel_box(*rect, setting.viewport), *fit)),
            _ => None,
        });
    let room = place.map(|(place, _)| (place.width.max(2), place.height.max(2)));
    match content {
        Content::Image(_) => {
            let surface = setting.palette.surface.rgb;
            let fitting = match (place, room) {
                (Some((_, Fit::OverBackdrop)), Some((width, height))) => {
                    Fitting::OverBackdrop(width, height)
                }
                (_, Some((width, height))) => Fitting::Contain(width, height),
                (_, None) => Fitting::Whole,
            };
            let picture = decoder.picture(path, surface, fitting)?;
            Ok(Media::Picture(Arc::new(picture)))
        }
        // That it can be read at all was found out before.
        Content::Document(media) => Ok(Media::Document {
            path: path.to_owned(),
            name: media.source.display().to_string(),
        }),
        Content::Video(_) | Content::Audio(_) => {
            let fit = (matches!(content, Content::Video(_)) && !setting.screen_scales_films)
                .then_some(room)
                .flatten();
            let request = ClipRequest {
                fit,
                from,
                with_sound: true,
                notify,
            };
            let clip = decoder.clip(path, request)?;
            if clip.wait_ready(PREROLL_LIMIT) {
                Ok(Media::Clip(Arc::new(clip)))
            } else {
                Err(Opening::Slow)
            }
        }
        _ => Ok(Media::None),
    }
}

fn document_page(
    page: &Page,
    viewport: Viewport,
    path: &Path,
    name: &str,
) -> Result<Option<Picture>, PrepareError> {
    let Some(place) = page.elements.iter().find_map(|element| match element {
        Element::Media { rect, .. } => Some(pixel_box(*rect, viewport)),
        _ => None,
    }) else {
        return Ok(None);
    };
    let index = page.media_page as usize;
    motcua_media::document_page(path, index, place.width, place.height)
        .map(Some)
        .map_err(|source| PrepareError::Media {
            file: name.to_owned(),
            source,
        })
}
