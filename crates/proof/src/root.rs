//! The root of a day: one hash for what the chains of all screens had come to.
//!
//! It is a binary Merkle tree in the manner of RFC 6962: leaves and nodes are hashed apart, and a lone node goes up as
//! it is. Whoever has the root of a day on paper can check that a screen's chain is in it, without the other chains.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_show::release::Sha256Hex;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::chain::{Head, finish};
use crate::line::Statement;

const LEAF: &[u8] = b"motcua proof leaf 1\n";
const NODE: &[u8] = b"motcua proof node 1\n";
const NOTHING: &[u8] = b"motcua proof nothing 1\n";

/// The server says what all chains had come to at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootStatement {
    /// The day, in the server's zone.
    pub day: Date,
    /// How many chains are in it.
    pub chains: u64,
    /// The root.
    pub root: Sha256Hex,
    /// The root of the day before it that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Sha256Hex>,
    /// When it was made, by the server's clock.
    pub at: Timestamp,
}

impl Statement for RootStatement {
    const NAME: &'static str = "root";
}

/// That a chain is in the root of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The day.
    pub day: Date,
    /// What the chain had come to.
    pub head: Head,
    /// From the leaf to the root.
    pub path: Vec<Step>,
}

/// A step from a leaf to the root: the hash beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// It stands before ours.
    Left(Sha256Hex),
    /// It stands after ours.
    Right(Sha256Hex),
}

impl Inclusion {
    /// Its line, without the end of line.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no inclusion causes.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        Ok(format!(
            r#"{{"inclusion":{}}}"#,
            serde_json::to_string(self)?
        ))
    }

    /// The root that the day must have for the chain to be in it.
    #[must_use]
    pub fn root(&self) -> Sha256Hex {
        let mut hash = leaf(&self.head);
        for step in &self.path {
            hash = match step {
                Step::Left(left) => node(left, &hash),
                Step::Right(right) => node(&hash, right),
            };
        }
        hash
    }
}

/// The root over what chains had come to, in the order in which they are given: by screen, then by chain.
#[must_use]
pub fn root_of(heads: &[Head]) -> Sha256Hex {
    let mut level: Vec<Sha256Hex> = heads.iter().map(leaf).collect();
    while level.len() > 1 {
        level = above(&level);
    }
    level.pop().unwrap_or_else(|| hash(NOTHING, &[]))
}

/// How the chain at `index` is in the root over `heads`; none beyond their end.
#[must_use]
pub fn inclusion(day: Date, heads: &[Head], index: usize) -> Option<Inclusion> {
    let head = heads.get(index)?.clone();
    let mut level: Vec<Sha256Hex> = heads.iter().map(leaf).collect();
    let (mut place, mut path) = (index, Vec::new());
    while level.len() > 1 {
        if place % 2 == 1 {
            path.push(Step::Left(level[place - 1].clone()));
        } else if let Some(right) = level.get(place + 1) {
            path.push(Step::Right(right.clone()));
        }
        level = above(&level);
        place /= 2;
    }
    Some(Inclusion { day, head, path })
}

fn above(level: &[Sha256Hex]) -> Vec<Sha256Hex> {
    let pairs = level.chunks(2);
    pairs
        .map(|pair| match pair {
            [left, right] => node(left, right),
            lone => lone[0].clone(),
        })
        .collect()
}

fn leaf(head: &Head) -> Sha256Hex {
    let Head {
        screen,
        chain,
        seq,
        hash: come_to,
    } = head;
    hash(LEAF, &[&format!("{screen}\n{chain}\n{seq}\n{come_to}")])
}

fn node(left: &Sha256Hex, right: &Sha256Hex) -> Sha256Hex {
    hash(NODE, &[left.as_str(), right.as_str()])
}

fn hash(kind: &[u8], parts: &[&str]) -> Sha256Hex {
    let mut context = Context::new(&SHA256);
    context.update(kind);
    for part in parts {
        context.update(part.as_bytes());
    }
    finish(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Chain;
    use crate::record::ChainId;

    #[test]
    fn every_chain_is_in_the_root_of_its_day_and_no_other() {
        for count in 1..20_u8 {
            let heads: Vec<Head> = (0..count)
                .map(|number| {
                    let chain = ChainId::of_random([number; 8]);
                    Chain::new(&format!("screen {number}"), chain)
                        .head()
                        .clone()
                })
                .collect();
            let root = root_of(&heads);
            let day = jiff::civil::date(2026, 11, 23);
            for index in 0..heads.len() {
                let mut within = inclusion(day, &heads, index).unwrap();
                assert_eq!(within.root(), root, "{index} of {count}");
                within.head.seq += 1;
                assert_ne!(within.root(), root, "{index} of {count}");
            }
            assert_eq!(inclusion(day, &heads, heads.len()), None);
        }
    }
}
