//! Which subtitles a film has: the files that its item names, else those beside it, else those inside it.
//!
//! Finds and reads them; what they say is the domain's. Invariant: a fault in subtitles never keeps a film
//! from being shown.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use motcua_media::Decoder;
use motcua_show::item::{Content, Video};
use motcua_show::subtitles::{
    LARGEST_FILE, ReadCues, beside, from_stream, not_readable, read_cues,
};
use motcua_show::{Cue, Item, Language, Problem, Show};

use crate::files::Files;

/// Every file of subtitles that a show has, as the show names it or would: also those beside its films.
pub fn files_of<'a>(show: &'a Show, files: &'a Files) -> impl Iterator<Item = PathBuf> + 'a {
    let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
    items
        .filter_map(|item| item.content.video())
        .flat_map(|video| of_film(video, files, show.language))
}

/// The files of subtitles of one film, the one in `language` first where none is named.
fn of_film(video: &Video, files: &Files, language: Language) -> Vec<PathBuf> {
    match &video.subtitles {
        Some(named) => named.files().map(Path::to_owned).collect(),
        None => beside(&video.media.source, language)
            .into_iter()
            .map(|place| place.file)
            .filter(|file| files.has(file))
            .collect(),
    }
}

/// The cues of a film in `language`, else in whichever there is. `path` is where the film itself
/// lies, and `decoder` reads what is inside it. What
/// is wrong with files has been said when the show was read.
#[must_use]
pub fn cues(
    video: &Video,
    files: &Files,
    language: Language,
    (decoder, path): (&mut Decoder, &Path),
) -> Vec<Cue> {
    let file = match &video.subtitles {
        Some(named) => named.best(language).map(Path::to_owned),
        None => of_film(video, files, language).into_iter().next(),
    };
    let from_file = file.map(|file| read(files, &file).cues).unwrap_or_default();
    if !from_file.is_empty() || video.subtitles.is_some() {
        return from_file;
    }
    inside(decoder, path, language)
}

/// The cues inside a film.
fn inside(decoder: &mut Decoder, path: &Path, language: Language) -> Vec<Cue> {
    match decoder.subtitles(path, code(language)) {
        Ok(cues) => from_stream(cues),
        Err(error) => {
            tracing::debug!(%error, "the subtitles inside {} cannot be read", path.display());
            Vec::new()
        }
    }
}

/// What films call a language: ISO 639-2.
const fn code(language: Language) -> [u8; 3] {
    match language {
        Language::Vi => *b"vie",
        Language::Km => *b"khm",
        Language::En => *b"eng",
    }
}

/// Everything that is wrong with the subtitles of an item.
#[must_use]
pub fn problems(item: &Item, files: &Files, language: Language) -> Vec<Problem> {
    let Content::Video(video) = &item.content else {
        return Vec::new();
    };
    let mut problems: Vec<Problem> = of_film(video, files, language)
        .iter()
        .flat_map(|file| read(files, file).problems)
        .collect();
    for problem in &mut problems {
        problem.item = Some(item.name.clone());
    }
    problems
}

fn read(files: &Files, name: &Path) -> ReadCues {
    let shown = files.shown(name);
    let refused = |fault: String, remedy: &str| not_readable(&shown, fault, remedy);
    let length = match files.path(name).map(std::fs::metadata) {
        Ok(Ok(metadata)) if metadata.is_file() => metadata.len(),
        Ok(Ok(_)) => {
            return refused(
                "the subtitles are a folder".to_owned(),
                "let `subtitles` name a file in it",
            );
        }
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
            return refused(
                "there is no such file of subtitles".to_owned(),
                "put it there, or correct `subtitles`",
            );
        }
        Ok(Err(error)) => {
            return refused(
                format!("the subtitles cannot be read: {error}"),
                "see that the disk is in order and the file can be opened",
            );
        }
        Err(error) => return refused(error.to_string(), "publish the show again"),
    };
    if length > LARGEST_FILE {
        return refused(
            format!("{length} bytes are too many for subtitles"),
            "name a file in WebVTT or SubRip",
        );
    }
    match files.read(name) {
        Ok(bytes) => read_cues(&shown, &bytes),
        Err(error) => refused(
            format!("the subtitles cannot be read: {error}"),
            "see that the disk is in order and the file can be opened",
        ),
    }
}
