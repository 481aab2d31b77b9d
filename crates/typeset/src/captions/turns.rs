//! Which lines stand when: long cues shared out over their time, and what comes at once one after the other.

use std::collections::BTreeSet;
use std::time::Duration;

use motcua_show::Cue;

use super::LINES;
use crate::block::Line;

/// Cues at one time that are read; more is no talk.
const MOST_AT_ONCE: usize = 3;
/// The shortest time in which two cues stand together; below it one follows the other, since their times
/// touch by carelessness.
const LEAST_TOGETHER: Duration = Duration::from_millis(600);
/// Characters that finding a line takes, beside those that are read.
const TO_FIND: usize = 10;

/// Up to two lines of a cue, and their share of its time.
pub(super) struct Part {
    from: Duration,
    until: Duration,
    pub(super) lines: Vec<Line>,
}

impl Part {
    fn weight(&self) -> usize {
        weight(&self.lines)
    }
}

fn weight(lines: &[Line]) -> usize {
    let runs = lines.iter().flat_map(|line| &line.runs);
    TO_FIND + runs.map(|run| run.text.chars().count()).sum::<usize>()
}

/// A cue in parts of at most two lines, in reading order, each with the time that it takes to read.
pub(super) fn shared_out(cue: &Cue, lines: Vec<Line>) -> Vec<Part> {
    let groups: Vec<Vec<Line>> = lines.chunks(LINES).map(<[Line]>::to_vec).collect();
    let weights: Vec<usize> = groups.iter().map(|lines| weight(lines)).collect();
    shares(cue.from, cue.until, &weights)
        .into_iter()
        .zip(groups)
        .map(|((from, until), lines)| Part { from, until, lines })
        .collect()
}

/// A stretch of time in parts of these weights.
fn shares(from: Duration, until: Duration, weights: &[usize]) -> Vec<(Duration, Duration)> {
    let whole = until.saturating_sub(from);
    let sum = weights.iter().sum::<usize>().max(1) as f64;
    let mut before = 0;
    let mut ends = weights.iter().map(|weight| {
        before += weight;
        from + whole.mul_f64(before as f64 / sum)
    });
    let mut begin = from;
    let mut shares = Vec::with_capacity(weights.len());
    for end in ends.by_ref() {
        shares.push((begin, end));
        begin = end;
    }
    // Rounding must not take a nanosecond of the last.
    if let Some(last) = shares.last_mut() {
        last.1 = until;
    }
    shares
}

/// What stands together for a while: places among the parts, in reading order.
#[derive(Debug, PartialEq)]
pub(super) struct Turn {
    pub(super) from: Duration,
    pub(super) until: Duration,
    pub(super) parts: Vec<usize>,
}

/// The turns of parts, one at a time.
pub(super) fn turns(parts: &[Part]) -> Vec<Turn> {
    let mut changes: Vec<(Duration, Change, usize)> = parts
        .iter()
        .enumerate()
        .flat_map(|(index, part)| {
            [
                (part.from, Change::Begins, index),
                (part.until, Change::Ends, index),
            ]
        })
        .collect();
    changes.sort();
    let mut turns: Vec<Turn> = Vec::new();
    let mut open: BTreeSet<(Duration, usize)> = BTreeSet::new();
    let mut since = Duration::ZERO;
    for (at, change, index) in changes {
        if at > since && !open.is_empty() {
            let newest = open.iter().rev().take(MOST_AT_ONCE).rev();
            let together: Vec<usize> = newest.map(|&(_, index)| index).collect();
            for turn in one_after_the_other(parts, together, since, at) {
                add(&mut turns, turn);
            }
        }
        since = at;
        match change {
            Change::Begins => open.insert((parts[index].from, index)),
            Change::Ends => open.remove(&(parts[index].from, index)),
        };
    }
    turns
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Ends,
    Begins,
}

/// What is open at once, on at most two lines: together where that is two lines for long enough, else each
/// in its turn.
fn one_after_the_other(
    parts: &[Part],
    open: Vec<usize>,
    from: Duration,
    until: Duration,
) -> Vec<Turn> {
    let lines: usize = open.iter().map(|&index| parts[index].lines.len()).sum();
    if open.len() == 1 || (lines <= LINES && until - from >= LEAST_TOGETHER) {
        return vec![Turn {
            from,
            until,
            parts: open,
        }];
    }
    let weights: Vec<usize> = open.iter().map(|&index| parts[index].weight()).collect();
    shares(from, until, &weights)
        .into_iter()
        .zip(open)
        .map(|((from, until), index)| Turn {
            from,
            until,
            parts: vec![index],
        })
        .collect()
}

/// Adds a turn, to the one before it where that goes on.
fn add(turns: &mut Vec<Turn>, turn: Turn) {
    match turns
        .last_mut()
        .filter(|last| last.parts == turn.parts && last.until == turn.from)
    {
        Some(last) => last.until = turn.until,
        None => turns.push(turn),
    }
}
