//! A folder of broken shows, each with one fault, and what `motcua check` says of each, word for word.
//!
//! `tests/check/FAULT/` holds the show and, in `expected.txt`, what is printed.
//! `MOTCUA_BLESS=1 cargo test --test check` writes those files anew. What is too large to be kept, or would be
//! mended by an editor, is made here.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/broken.rs"]
mod broken;
mod support;

use std::path::{Path, PathBuf};

use broken::{Needs, made};
use serde_json::Value;
use support::{Said, files_below, has, is_blessing, motcua, root};
use tempfile::TempDir;

#[test]
fn every_fault_is_named_word_for_word() {
    let mut wrong = Vec::new();
    for case in cases() {
        let Some(copy) = case.copy() else { continue };
        let mut said = check(&copy, &case.name, &[]);
        assert_eq!(said.err, "", "{}", case.name);
        if made(&case.name)
            .iter()
            .any(|file| file.needs == Needs::Ffmpeg)
        {
            said.out = without_seconds(&said.out);
        }
        let expected = case.folder.join("expected.txt");
        if is_blessing() {
            std::fs::write(&expected, &said.out).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        if said.out != expected {
            wrong.push(format!(
                "{}\nis\n{}and should be\n{expected}",
                case.name, said.out
            ));
        }
        let is_broken = said.out.contains(": error: ");
        assert_eq!(said.status, i32::from(is_broken), "{}", case.name);
    }
    assert!(
        wrong.is_empty(),
        "{}\n`MOTCUA_BLESS=1 cargo test --test check` accepts what is said.",
        wrong.join("\n"),
    );
}

#[test]
fn every_problem_is_one_sentence_with_place_and_remedy() {
    let mut read = 0;
    for case in cases() {
        let text = std::fs::read_to_string(case.folder.join("expected.txt")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (count, problems) = lines.split_last().unwrap();
        assert!(
            count.contains(" error") && count.contains(" warning"),
            "{count}"
        );
        assert!(!problems.is_empty(), "{} is without a problem", case.name);
        for problem in problems {
            assert!(
                problem.starts_with(&format!("{}/", case.name)),
                "no file: {problem}"
            );
            assert!(
                [": error: ", ": warning: ", ": note: "]
                    .iter()
                    .any(|severity| problem.contains(severity)),
                "{problem}"
            );
            assert!(problem.contains("; "), "no remedy: {problem}");
            assert!(
                problem.ends_with(['.', '?']),
                "no whole sentence: {problem}"
            );
            assert!(!problem.contains("..."), "{problem}");
            read += 1;
        }
    }
    assert!(read >= 25, "only {read} problems were found");
}

#[test]
fn json_says_the_same_in_parts() {
    for name in [
        "many-faults",
        "procedure-fee-as-number",
        "pale-text",
        "missing-show",
    ] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let copy = case.copy().unwrap();
        let said = check(&copy, name, &["--json"]);
        let problems: Vec<Value> = serde_json::from_str(&said.out).unwrap();
        let written: String = problems.iter().map(sentence).collect();
        let plain = check(&copy, name, &[]);
        assert_eq!(plain.status, said.status);
        let (plain, _count) = plain.out.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(written.trim_end(), plain);
    }
    let sound = motcua()
        .args(["check", support::SAMPLE, "--on", "2026-11-23", "--json"])
        .output()
        .unwrap();
    let notes: Vec<Value> = serde_json::from_str(&Said::of(&sound).out).unwrap();
    assert!(
        notes.iter().all(|problem| problem["severity"] == "note"),
        "{notes:?}"
    );
}

#[test]
fn a_show_is_found_by_its_folder_and_by_its_file() {
    let case = cases()
        .into_iter()
        .find(|case| case.name == "unknown-key")
        .unwrap();
    let copy = case.copy().unwrap();
    let by_folder = check(&copy, &case.name, &[]);
    let by_file = check(&copy, "unknown-key/show.toml", &[]);
    assert_eq!(
        (by_folder.status, by_folder.out),
        (by_file.status, by_file.out)
    );
}

/// What Notepad writes: a mark at the start and two characters at the end of each line.
#[test]
fn a_file_saved_on_windows_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join("tests/check/unknown-key/show.toml")).unwrap();
    let good = text.replace("hotlin =", "hotline =").replace('\n', "\r\n");
    std::fs::write(folder.path().join("show.toml"), format!("\u{FEFF}{good}")).unwrap();
    let said = check(&folder, ".", &[]);
    assert_eq!(said.out, "0 errors, 0 warnings\n");
}

/// The moments at which a film breaks differ a little with the encoder that made it.
fn without_seconds(text: &str) -> String {
    let mut parts = text.split("second ");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
        whole += &format!("second N{rest}");
    }
    whole
}

/// A problem of `--json` as the line that is printed without it.
fn sentence(problem: &Value) -> String {
    let text = |key: &str| problem[key].as_str().unwrap();
    let line = problem
        .get("line")
        .map(|line| format!(":{line}"))
        .unwrap_or_default();
    let item = problem
        .get("item")
        .map(|item| format!("item {item}: "))
        .unwrap_or_default();
    let stop = if text("remedy").ends_with('?') {
        ""
    } else {
        "."
    };
    let (file, severity) = (text("file"), text("severity"));
    format!(
        "{file}{line}: {severity}: {item}{}; {}{stop}\n",
        text("fault"),
        text("remedy")
    )
}

fn check(copy: &TempDir, show: &str, more: &[&str]) -> Said {
    let output = motcua()
        .current_dir(copy.path())
        .arg("check")
        .arg(show)
        // A schedule may be empty at other times of the year.
        .args(["--on", "2026-11-23"])
        .args(more)
        .output();
    Said::of(&output.unwrap())
}

/// A broken show.
struct Case {
    name: String,
    folder: PathBuf,
}

/// All of them, in order of name.
fn cases() -> Vec<Case> {
    let entries = std::fs::read_dir(root().join("tests/check")).unwrap();
    let mut cases: Vec<Case> = entries
        .map(|entry| {
            let folder = entry.unwrap().path();
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            Case { name, folder }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(
        cases.len() >= 25,
        "the broken shows are not where they are looked for"
    );
    cases
}

impl Case {
    /// A folder that holds the show under its name, with the files that are made; `None` where the program
    /// that makes them is missing.
    fn copy(&self) -> Option<TempDir> {
        let files = made(&self.name);
        let needs_ffmpeg = files.iter().any(|file| file.needs == Needs::Ffmpeg);
        if needs_ffmpeg && !has("ffmpeg", "-version") {
            return None;
        }
        let copy = tempfile::tempdir().unwrap();
        let show = copy.path().join(&self.name);
        std::fs::create_dir(&show).unwrap();
        for file in files_below(&self.folder) {
            let to = show.join(file.strip_prefix(&self.folder).unwrap());
            if !to.ends_with("expected.txt") {
                put(&to, &std::fs::read(&file).unwrap());
            }
        }
        for file in files {
            put(&show.join(file.name), &(file.make)());
        }
        Some(copy)
    }
}

fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
