//! What the documentation says can be used as it stands: every snippet of TOML is read without a problem,
//! every command line is understood, and every link leads to a file.
//!
//! A fence says what its TOML is: `toml show` is a whole show, `toml head` the keys at its top, `toml item`
//! items of a playlist, `toml schedule` entries of a schedule, `toml procedure` a procedure's file and
//! `toml motcua` the settings of a machine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use clap::Parser as _;
use motcua_show::{Problem, cross_check, read_procedure, read_show};

#[allow(dead_code, reason = "only reading a command line is used here")]
#[path = "../src/cli.rs"]
mod cli;

/// The playlists that entries of a schedule and nested playlists name.
const PLAYLISTS: [&str; 4] = ["opening-hours", "after-hours", "citizens-day", "guides"];

#[test]
fn every_toml_snippet_is_read_without_a_problem() {
    let mut read = 0;
    for page in pages() {
        for snippet in snippets(&page)
            .iter()
            .filter(|snippet| snippet.language == "toml")
        {
            let problems = problems_of(snippet);
            assert!(
                problems.is_empty(),
                "{} {}:\n{}",
                snippet.place,
                snippet.what,
                problems.join("\n")
            );
            read += 1;
        }
    }
    assert!(read >= 15, "only {read} snippets were found");
}

#[test]
fn every_command_line_is_understood() {
    let mut understood = 0;
    for page in pages() {
        for snippet in snippets(&page)
            .iter()
            .filter(|snippet| snippet.language == "sh")
        {
            for line in snippet
                .text
                .lines()
                .filter(|line| line.starts_with("motcua "))
            {
                let command = line.split(" > ").next().unwrap_or_default();
                let parsed = cli::Cli::try_parse_from(words(command));
                assert!(
                    parsed.is_ok(),
                    "{}: {line}\n{}",
                    snippet.place,
                    parsed.unwrap_err()
                );
                understood += 1;
            }
        }
    }
    assert!(
        understood >= 8,
        "only {understood} command lines were found"
    );
}

#[test]
fn every_setting_has_its_row() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let keys = settings();
    assert!(keys.len() > 3, "the keys were not found");
    for key in keys {
        let variable = format!("`MOTCUA_{}`", key.to_uppercase());
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{key}` |")));
        let row = row.unwrap_or_else(|| panic!("README.md has no row for the setting {key}"));
        assert!(
            row.contains(&variable),
            "the row of {key} does not name {variable}"
        );
    }
}

#[test]
fn every_link_leads_to_a_file() {
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let there = page.parent().unwrap().join(file).exists();
            assert!(
                there,
                "{} links to {file}, which is not there",
                page.display()
            );
        }
    }
}

/// The words of a command line; what stands in quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files at the top and everything under `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = ["", "docs", "docs/adr"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    assert!(
        pages.len() > 4,
        "the documentation is not where it is looked for"
    );
    pages
}

/// A fenced block.
struct Snippet {
    place: String,
    language: String,
    what: String,
    text: String,
}

fn snippets(page: &Path) -> Vec<Snippet> {
    let mut snippets = Vec::new();
    let mut open: Option<Snippet> = None;
    for (index, line) in std::fs::read_to_string(page).unwrap().lines().enumerate() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(info), None) => {
                let (language, what) = info.split_once(' ').unwrap_or((info, ""));
                let place = format!(
                    "{}:{}",
                    page.strip_prefix(root()).unwrap().display(),
                    index + 1
                );
                open = Some(Snippet {
                    place,
                    language: language.into(),
                    what: what.into(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => snippets.extend(open.take()),
            (None, Some(snippet)) => snippet.text = format!("{}{line}\n", snippet.text),
            (None, None) => {}
        }
    }
    assert!(
        open.is_none(),
        "{} has a fence that is not closed",
        page.display()
    );
    snippets
}

fn problems_of(snippet: &Snippet) -> Vec<String> {
    let text = &snippet.text;
    match snippet.what.as_str() {
        "show" => problems_of_show(text),
        "head" => problems_of_show(&format!("{text}\n{}", playlists(&PLAYLISTS))),
        "item" => problems_of_show(&format!(
            "title = \"x\"\n[[playlist]]\nname = \"x\"\ndefault = true\n{text}\n{}",
            playlists(&["guides"]).replace("default = true\n", ""),
        )),
        "schedule" => {
            problems_of_show(&format!("title = \"x\"\n{}\n{text}", playlists(&PLAYLISTS)))
        }
        "procedure" => said(&read_procedure(Path::new("procedure.toml"), text).problems),
        "motcua" => problems_of_settings(text),
        other => vec![format!("nobody knows what `toml {other}` is")],
    }
}

/// Playlists of these names, the first the default one.
fn playlists(names: &[&str]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let default = if index == 0 { "default = true\n" } else { "" };
        text += &format!(
            "[[playlist]]\nname = \"{name}\"\n{default}[[playlist.item]]\nkind = \"image\"\nsource = \"x.png\"\n"
        );
    }
    text
}

/// Reads a show together with the procedures of the sample show.
fn problems_of_show(text: &str) -> Vec<String> {
    let mut reading = read_show(Path::new("show.toml"), text);
    if let Some(show) = &mut reading.value {
        for entry in std::fs::read_dir(root().join("playlists/one-stop/procedures")).unwrap() {
            let path = entry.unwrap().path();
            let procedure = read_procedure(&path, &std::fs::read_to_string(&path).unwrap())
                .value
                .unwrap();
            show.procedures
                .insert(procedure.base_code().to_owned(), procedure);
        }
        reading.problems.extend(cross_check(show, &reading.lines));
    }
    said(&reading.problems)
}

fn problems_of_settings(text: &str) -> Vec<String> {
    let known = settings();
    match text.parse::<toml::Table>() {
        Ok(table) => table
            .keys()
            .filter(|key| !known.contains(key))
            .map(|key| format!("`{key}` is not a setting"))
            .collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// The keys of the machine's settings, out of the source that reads them.
fn settings() -> Vec<String> {
    let source = std::fs::read_to_string(root().join("src/settings/reader.rs")).unwrap();
    let (_, keys) = source.split_once("const KEYS:").unwrap();
    let (keys, _) = keys.split_once("];").unwrap();
    keys.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn said(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
