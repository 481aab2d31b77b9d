//! Which papers a visitor has ticked, and which are still missing.

use std::collections::BTreeSet;

use crate::procedure::Procedure;

/// Ticked papers of one procedure, by their number over all cases from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checklist {
    ticked: BTreeSet<usize>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing was ticked, or there is nothing to tick.
    Unknown,
    /// So many papers of the case that most was ticked of.
    Papers(usize),
    /// Every paper of a case is there.
    Nothing,
}

impl Checklist {
    /// Ticks a paper, or takes the tick away.
    pub fn turn(&mut self, paper: usize) {
        if !self.ticked.remove(&paper) {
            self.ticked.insert(paper);
        }
    }

    /// Whether the paper is ticked.
    #[must_use]
    pub fn has(&self, paper: usize) -> bool {
        self.ticked.contains(&paper)
    }

    /// What is missing for `procedure`. Its cases exclude each other: a visitor needs the papers of one.
    #[must_use]
    pub fn missing(&self, procedure: &Procedure) -> Missing {
        let mut first = 0;
        let mut cases = Vec::new();
        for case in &procedure.cases {
            let papers = first..first + case.papers.len();
            first = papers.end;
            let ticked = papers.clone().filter(|paper| self.has(*paper)).count();
            cases.push((ticked, papers.len() - ticked));
        }
        let best = cases
            .into_iter()
            .filter(|(ticked, _)| *ticked > 0)
            .max_by_key(|(ticked, missing)| (*missing == 0, *ticked));
        match best {
            None => Missing::Unknown,
            Some((_, 0)) => Missing::Nothing,
            Some((_, missing)) => Missing::Papers(missing),
        }
    }
}
