//! The sample show is in order: every file is read, every medium is played, and all of it stays small.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use motcua_media::{Kind, MediaInfo, probe_as};
use motcua_show::{Content, Language, Show};
use support::{files_below, root, run};

/// What all media may come to together.
const MOST_BYTES: u64 = 25_000_000;

/// The least that a film of the sample lasts.
const SHORTEST_FILM: Duration = Duration::from_secs(15);

#[test]
fn every_show_is_without_a_problem_to_the_end_of_its_media() {
    for show in folders() {
        let said = run(&format!("check {} --on 2026-11-23", show.display()));
        // Fees that the council has not decided are notes.
        let is_sound = said
            .out
            .lines()
            .last()
            .is_some_and(|sum| sum.starts_with("0 errors, 0 warnings"));
        assert!(is_sound, "{}: {}", show.display(), said.out);
        assert_eq!((said.status, said.err.as_str()), (0, ""));
    }
}

#[test]
fn every_file_beside_a_show_is_one_that_is_read() {
    for file in files_below(&root().join("playlists")) {
        let is_show = file.ends_with("show.toml");
        let is_procedure = file.parent().unwrap().ends_with("procedures")
            && file
                .extension()
                .is_some_and(|extension| extension == "toml");
        let is_named = shows().iter().any(|(folder, show)| {
            show.sources()
                .any(|source| root().join(folder).join(source) == file)
        });
        assert!(
            // `push` writes down how loud films are.
            is_show || is_procedure || is_named || file.ends_with("loudness.toml"),
            "nothing reads {}",
            file.display()
        );
    }
}

#[test]
fn every_medium_is_played_and_described() {
    let readme = std::fs::read_to_string(root().join("media/README.md")).unwrap();
    let described: BTreeSet<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let there: BTreeSet<String> = media().iter().map(|path| name_of(path)).collect();
    let described_there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    assert_eq!(
        described, described_there,
        "media/README.md lists other files than media/ holds"
    );
    let played: BTreeSet<String> = shows()
        .iter()
        .flat_map(|(_, show)| show.playlists.iter().flat_map(|playlist| &playlist.items))
        .flat_map(|item| {
            let subtitles = beside(item).filter(|name| there.contains(name));
            item.content
                .files()
                .map(name_of)
                .chain(subtitles)
                .collect::<Vec<_>>()
        })
        .chain(forms())
        .collect();
    assert_eq!(
        played, there,
        "the shows play other files than media/ holds"
    );
}

/// The names that the subtitles of a film may have beside it.
fn beside(item: &motcua_show::Item) -> impl Iterator<Item = String> {
    let video = item.content.video().into_iter();
    video.flat_map(|video| {
        motcua_show::subtitles::beside(&video.media.source, Language::Vi)
            .into_iter()
            .map(|place| name_of(&place.file))
    })
}

/// The files of forms that visitors open.
fn forms() -> Vec<String> {
    let procedures = files_below(&root().join("playlists"))
        .into_iter()
        .filter(|file| file.parent().unwrap().ends_with("procedures"));
    let forms = procedures.flat_map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        let read = motcua_show::read_procedure(&file, &text).value;
        read.map(|procedure| procedure.forms).unwrap_or_default()
    });
    forms
        .filter_map(|form| Some(name_of(&form.source?)))
        .collect()
}

#[test]
fn media_are_small_enough_to_clone() {
    let bytes: u64 = media()
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert!(bytes < MOST_BYTES, "media/ has {bytes} bytes");
}

#[test]
fn the_office_shows_every_kind_of_item() {
    let (_, show) = shows().remove(0);
    let items: Vec<_> = show
        .playlists
        .iter()
        .flat_map(|playlist| &playlist.items)
        .collect();
    let kinds: BTreeSet<&str> = items.iter().map(|item| kind(&item.content)).collect();
    assert_eq!(kinds.len(), 11, "{kinds:?}");
    let shown = items
        .iter()
        .filter(|item| !matches!(item.content, Content::Playlist(_)));
    assert!(shown.count() >= 16);
}

#[test]
fn the_films_are_real_ones() {
    let mut films = 0;
    for (folder, show) in shows() {
        for item in show.playlists.iter().flat_map(|playlist| &playlist.items) {
            let Content::Video(video) = &item.content else {
                continue;
            };
            let info =
                probe_as(&root().join(&folder).join(&video.media.source), Kind::Video).unwrap();
            let MediaInfo::Video(seen) = &info else {
                unreachable!()
            };
            assert!(
                info.duration().unwrap() >= SHORTEST_FILM,
                "{} is short",
                item.name
            );
            assert!(seen.has_sound, "{} is silent", item.name);
            films += 1;
        }
    }
    assert!(films >= 2);
}

/// A text that nobody has checked is to be marked as such in the file, for whoever copies it.
#[test]
fn every_khmer_text_is_marked_to_be_checked() {
    let mut marked = 0;
    for file in files_below(&root().join("playlists")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.starts_with("km "))
        {
            let before = lines[index - 1];
            assert_eq!(
                before,
                "# To be checked by a reader of Khmer.",
                "{}: {line}",
                file.display()
            );
            marked += 1;
        }
    }
    assert!(marked >= 4, "only {marked} Khmer texts were found");
}

/// The shows, seen from the top of the project.
fn folders() -> Vec<PathBuf> {
    let files = files_below(&root().join("playlists"));
    let shows: Vec<PathBuf> = files
        .iter()
        .filter(|file| file.ends_with("show.toml"))
        .map(|file| {
            file.parent()
                .unwrap()
                .strip_prefix(root())
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(!shows.is_empty());
    shows
}

fn shows() -> Vec<(PathBuf, Show)> {
    let read = |folder: PathBuf| {
        let file = root().join(&folder).join("show.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        (folder, motcua_show::read_show(&file, &text).value.unwrap())
    };
    folders().into_iter().map(read).collect()
}

/// The files to be played, without the scripts that make them and the page that describes them.
fn media() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("media")).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file() && !path.ends_with("README.md"))
        .collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

const fn kind(content: &Content) -> &'static str {
    match content {
        Content::Image(_) => "image",
        Content::Video(_) => "video",
        Content::Audio(_) => "audio",
        Content::Document(_) => "document",
        Content::Announcement(_) => "announcement",
        Content::Procedure(_) => "procedure",
        Content::Procedures(_) => "procedures",
        Content::Question(_) => "question",
        Content::Guide(_) => "guide",
        Content::Indicator(_) => "indicator",
        Content::Playlist(_) => "playlist",
    }
}
