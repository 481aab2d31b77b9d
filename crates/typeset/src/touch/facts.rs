//! What a slip of paper says of a procedure, in the words that its pages use.

use motcua_show::Procedure;
use motcua_show::procedure::Paper;

use crate::kinds::procedure::answers::{self, Answer};
use crate::kinds::procedure::papers::{counts, paper_lines};
use crate::words::Words;

/// How long, how much, how: each with its name.
#[must_use]
pub fn three(procedure: &Procedure, words: &Words) -> Vec<(String, String)> {
    let said = |answer: Answer| {
        if answer.note.is_empty() {
            answer.value
        } else {
            format!("{} ({})", answer.value, answer.note)
        }
    };
    vec![
        (
            words.time_limit.clone(),
            said(answers::time_limit(procedure, words)),
        ),
        (words.fee.clone(), said(answers::fee(procedure, words))),
        (
            words.ways_short.clone(),
            said(answers::ways(procedure, words)),
        ),
    ]
}

/// What a paper is called.
#[must_use]
pub fn paper_name(paper: &Paper) -> String {
    let lines = paper_lines(paper);
    let texts: Vec<String> = lines.into_iter().map(|line| line.text).collect();
    texts.join("\n")
}

/// The remark on a paper, and how many of it.
#[must_use]
pub fn paper_counts(paper: &Paper, words: &Words) -> String {
    counts(paper, words).join(" · ")
}
