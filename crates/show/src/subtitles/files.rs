//! Which files hold the subtitles of a film.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Language;

/// What the files of subtitles are called after the dot, the one that wins first.
const EXTENSIONS: [&str; 2] = ["vtt", "srt"];

/// The files of subtitles that an author names: one, or one for each language.
///
/// In TOML either a string, or a table such as `{ vi = "…", km = "…", en = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SubtitleFiles {
    /// One file, in the language of the show.
    Plain(#[schemars(with = "String")] PathBuf),
    /// One file for each language named.
    ByLanguage(#[schemars(with = "BTreeMap<Language, String>")] BTreeMap<Language, PathBuf>),
}

impl SubtitleFiles {
    /// The file in `language`, else the first there is.
    #[must_use]
    pub fn best(&self, language: Language) -> Option<&Path> {
        match self {
            Self::Plain(file) => Some(file),
            Self::ByLanguage(files) => files
                .get(&language)
                .or_else(|| files.values().next())
                .map(PathBuf::as_path),
        }
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let (plain, by_language) = match self {
            Self::Plain(file) => (Some(file), None),
            Self::ByLanguage(files) => (None, Some(files.values())),
        };
        plain
            .into_iter()
            .chain(by_language.into_iter().flatten())
            .map(PathBuf::as_path)
    }
}

/// A place where the subtitles of a film may lie without being named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The language in its name; none for the language of the show.
    pub language: Option<Language>,
    /// The file, seen from where the film is seen.
    pub file: PathBuf,
}

/// Where the subtitles of the film at `source` may lie beside it: `clip.vi.vtt`, `clip.vtt` and the like for
/// `clip.mp4`. Of those that are there the first holds what is shown in `language`.
#[must_use]
pub fn beside(source: &Path, language: Language) -> Vec<Beside> {
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let languages = [Some(language), None].into_iter().chain(others.map(Some));
    languages
        .flat_map(|language| {
            EXTENSIONS.map(|extension| Beside {
                language,
                file: match language {
                    Some(language) => source.with_extension(format!("{language}.{extension}")),
                    None => source.with_extension(extension),
                },
            })
        })
        .filter(|place| place.file != source)
        .collect()
}
