//! A file of subtitles, WebVTT (W3C) or SubRip, into cues.
//!
//! Own code, since the crates that read these formats stop at the first fault, and an author needs every
//! fault with its line while the screen needs every cue that is whole.

use std::path::Path;

use super::markup::plain_text;
use super::time::{ARROW, BadTimes, times};
use super::{Cue, LONGEST_CUE, cut};
use crate::problem::{Problem, Severity};

/// The most cues of a film; two hours of talk are about 2,000.
pub const MOST_CUES: usize = 5_000;

/// The largest file of subtitles in bytes; whatever is larger is something else.
pub const LARGEST_FILE: u64 = 4 << 20;

/// Faults after which the rest are only counted: such a file holds something else.
const MOST_FAULTS: usize = 50;

/// Blocks of WebVTT that hold no cue.
const ASIDES: [&str; 3] = ["NOTE", "STYLE", "REGION"];

/// What came out of a file of subtitles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadCues {
    /// The cues that can be shown, by their beginning; those of one beginning as in the file.
    pub cues: Vec<Cue>,
    /// Everything that is wrong, by line.
    pub problems: Vec<Problem>,
}

/// Reads a file of subtitles; its content says whether it is WebVTT or SubRip. `file` is only named in
/// problems.
#[must_use]
pub fn read_cues(file: &Path, bytes: &[u8]) -> ReadCues {
    let text = match decoded(bytes) {
        Ok(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
        Err(line) => return not_text(file, line),
    };
    let mut reading = CueReading {
        file,
        read: ReadCues::default(),
        more_faults: 0,
    };
    for block in blocks(&text) {
        reading.block(&block);
    }
    reading.finish()
}

/// What to say of a file of subtitles whose bytes cannot be had.
#[must_use]
pub fn not_readable(file: &Path, fault: String, remedy: &str) -> ReadCues {
    ReadCues {
        cues: Vec::new(),
        problems: vec![Problem {
            severity: Severity::Error,
            file: file.to_owned(),
            line: None,
            item: None,
            fault,
            remedy: remedy.to_owned(),
        }],
    }
}

/// The text of a file in UTF-8, else the line where it is something else.
fn decoded(bytes: &[u8]) -> Result<&str, usize> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // UTF-16 of plain letters is valid UTF-8 with a zero beside each.
    let zero = bytes.iter().position(|&byte| byte == 0);
    let valid = std::str::from_utf8(bytes);
    match (zero, &valid) {
        (None, Ok(text)) => Ok(text),
        (zero, _) => {
            let end = match &valid {
                Err(error) => zero.map_or(error.valid_up_to(), |at| at.min(error.valid_up_to())),
                Ok(_) => zero.unwrap_or(0),
            };
            Err(1 + bytes[..end].iter().filter(|&&byte| byte == b'\n').count())
        }
    }
}

fn not_text(file: &Path, line: usize) -> ReadCues {
    let mut read = not_readable(
        file,
        "the subtitles are not text in UTF-8".to_owned(),
        "choose the encoding UTF-8 when saving the file",
    );
    for problem in &mut read.problems {
        problem.line = Some(line);
    }
    read
}

/// Lines without an empty one between them, the first with its number.
struct Block<'t> {
    line: usize,
    lines: Vec<&'t str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            is_open = false;
        } else if let Some(block) = blocks.last_mut().filter(|_| is_open) {
            block.lines.push(line);
        } else {
            blocks.push(Block {
                line: index + 1,
                lines: vec![line],
            });
            is_open = true;
        }
    }
    blocks
}

struct CueReading<'f> {
    file: &'f Path,
    read: ReadCues,
    more_faults: usize,
}

impl CueReading<'_> {
    /// Reads a block: an aside, or one cue after the other where the empty line between them was forgotten.
    fn block(&mut self, block: &Block<'_>) {
        let first = block.lines.first().copied().unwrap_or_default();
        let word = first.split_whitespace().next().unwrap_or_default();
        let is_heading = block.line == 1 && word == "WEBVTT";
        if !is_heading && ASIDES.contains(&word) && !first.contains(ARROW) {
            return;
        }
        let starts: Vec<usize> = (0..block.lines.len())
            .filter(|&index| block.lines[index].contains(ARROW))
            .collect();
        let before = starts.first().copied().unwrap_or(block.lines.len());
        if starts.is_empty() && !is_heading {
            self.fault(
                block.line,
                "a text of the subtitles has no times",
                "write `00:00:01.000 --> 00:00:04.000` on the line above it",
            );
        } else if before > 1 && !is_heading {
            self.fault(
                block.line,
                "more than the name of a cue stands above its times",
                "put an empty line before the cue, and none inside its text",
            );
        }
        for (number, &start) in starts.iter().enumerate() {
            let next = starts.get(number + 1).copied();
            let end = next.map_or(block.lines.len(), |next| before_name(block, start, next));
            self.cue(
                block.line + start,
                block.lines[start],
                &block.lines[start + 1..end],
            );
        }
    }

    fn cue(&mut self, line: usize, timing: &str, lines: &[&str]) {
        let (from, until) = match times(timing) {
            Ok(times) => times,
            Err(BadTimes::NoTime(written)) => {
                self.fault(
                    line,
                    format!("{written:?} is no time of a cue"),
                    "write hours, minutes and seconds, as in `00:01:02.500 --> 00:01:05.000`",
                );
                return;
            }
            Err(BadTimes::Backwards) => {
                self.fault(
                    line,
                    "a cue does not end after it begins",
                    "correct one of its two times",
                );
                return;
            }
        };
        let text = plain_text(&lines.join("\n"));
        if text.is_empty() {
            return;
        }
        if text.chars().count() > LONGEST_CUE {
            self.fault(
                line,
                format!("a cue has more than {LONGEST_CUE} characters and is cut short"),
                "share it out over several cues",
            );
        }
        if self.read.cues.len() == MOST_CUES {
            self.fault(
                line,
                format!("there are more than {MOST_CUES} cues, and this one is left out"),
                "divide the film, or keep to what is said in it",
            );
            return;
        }
        let text = cut(text);
        self.read.cues.push(Cue { from, until, text });
    }

    fn fault(&mut self, line: usize, fault: impl Into<String>, remedy: &str) {
        if self.read.problems.len() == MOST_FAULTS {
            self.more_faults += 1;
            return;
        }
        self.read.problems.push(Problem {
            severity: Severity::Error,
            file: self.file.to_owned(),
            line: Some(line),
            item: None,
            fault: fault.into(),
            remedy: remedy.to_owned(),
        });
    }

    fn finish(mut self) -> ReadCues {
        if self.more_faults > 0 {
            let fault = format!("{} more faults are in the subtitles", self.more_faults);
            let remedy = "see that the file is WebVTT or SubRip";
            self.read
                .problems
                .extend(not_readable(self.file, fault, remedy).problems);
        } else if self.read.cues.is_empty() && self.read.problems.is_empty() {
            let fault = "there is no cue in the subtitles".to_owned();
            let remedy = "write some, or take the file away";
            self.read.problems = not_readable(self.file, fault, remedy).problems;
        }
        self.read.cues.sort_by_key(|cue| cue.from);
        self.read
    }
}

/// Where the text of the cue at `start` ends, whose block goes on with the times at `next`: before the number
/// that names the next cue, where there is one.
fn before_name(block: &Block<'_>, start: usize, next: usize) -> usize {
    let above = next - 1;
    let is_number = above > start
        && block.lines[above]
            .trim()
            .bytes()
            .all(|byte| byte.is_ascii_digit());
    if is_number { above } else { next }
}
