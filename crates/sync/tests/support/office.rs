//! A server that keeps proofs, as strict as the contract, without a network.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_proof::tally::{Tally, TallyLine};
use motcua_proof::wire::{Known, NotFollowing, Stored, Whereabouts};
use motcua_proof::{
    ChainId, Countersigned, Head, Keys, PublicKey, Record, Statement as _, Verifier, What,
};
use motcua_sync::identity::ScreenKey;

/// What is held of one chain.
#[derive(Default)]
pub struct Held {
    /// Record by record: its line, and what the chain had come to with it.
    pub records: Vec<(String, Record, Head)>,
    /// Gaps, as from and through.
    pub gaps: Vec<(u64, u64)>,
}

/// The server's side.
pub struct Archive {
    key: ScreenKey,
    pub chains: BTreeMap<ChainId, Held>,
    /// In the order in which they came up.
    pub order: Vec<ChainId>,
    pub tally: Tally,
}

impl Default for Archive {
    fn default() -> Self {
        Self {
            key: ScreenKey::generate().unwrap(),
            chains: BTreeMap::new(),
            order: Vec::new(),
            tally: Tally::default(),
        }
    }
}

impl Archive {
    pub fn public_key(&self) -> PublicKey {
        PublicKey::of_bytes(self.key.public_key())
    }

    pub fn known(&self, chain: &ChainId) -> Option<Known> {
        let (_, _, head) = self.chains.get(chain)?.records.last()?;
        Some(Known::from(head))
    }

    pub fn whereabouts(&self, chain: &ChainId) -> Whereabouts {
        Whereabouts {
            known: self.known(chain),
        }
    }

    /// Takes a batch; what it refuses changes nothing.
    pub fn take(&mut self, body: &str) -> Result<Stored, NotFollowing> {
        let (lines, tally) = match body.trim_end().rsplit_once('\n') {
            Some((lines, last)) if last.starts_with("{\"tally\"") => {
                let line: TallyLine = serde_json::from_str(last).unwrap();
                (lines, Some(line.tally))
            }
            _ => (body.trim_end(), None),
        };
        let mut verifier = Verifier::new(Keys::default());
        let mut records = Vec::new();
        let mut after = None;
        for line in lines.lines() {
            let record = verifier.take(line).expect("a batch verifies");
            let head = verifier.head().unwrap().clone();
            match record {
                Some(record) => records.push((line.to_owned(), record, head)),
                None if after.is_none() => after = Some(head),
                None => {}
            }
        }
        let verified = verifier.finish().unwrap();
        let after = after.unwrap();
        assert!(!records.is_empty() && records.len() <= 1000 && body.len() <= 1024 * 1024);
        assert_eq!(verified.sealed_through, Some(verified.head.seq));

        let known = self.known(&after.chain);
        let refuse = |error: &str| {
            Err(NotFollowing {
                error: error.to_owned(),
                known: known.clone(),
            })
        };
        let known_seq = known.as_ref().map_or(0, |known| known.seq);
        if !self.chains.contains_key(&after.chain) {
            self.order.push(after.chain.clone());
        }
        let held = self.chains.entry(after.chain.clone()).or_default();
        let hash_at = |held: &Held, seq: u64| {
            let found = held.records.iter().find(|(_, _, head)| head.seq == seq);
            found.map(|(_, _, head)| head.hash.clone())
        };
        if after.seq > known_seq {
            let is_gap = records[0].1.what
                == What::Lost {
                    from: known_seq + 1,
                    through: after.seq,
                };
            if !is_gap {
                return refuse("records are missing");
            }
            held.gaps.push((known_seq + 1, after.seq));
        } else if after.seq > 0
            && known_seq > 0
            && hash_at(held, after.seq).as_ref() != Some(&after.hash)
        {
            return refuse("another chain");
        }
        for (line, record, head) in records {
            if record.seq <= known_seq {
                if hash_at(held, record.seq) != Some(head.hash) {
                    return refuse("another chain");
                }
            } else {
                held.records.push((line, record, head));
            }
        }
        if let Some(tally) = tally {
            self.tally.take(&tally);
        }
        let head = held.records.last().unwrap().2.clone();
        let countersigned = Countersigned {
            head: head.clone(),
            at: Timestamp::now(),
        };
        let line = countersigned.line(&self.public_key(), |bytes| self.key.sign(bytes));
        Ok(Stored {
            through: head.seq,
            countersign: line.unwrap(),
        })
    }

    /// Everything that was recorded, chain after chain, without what the log itself adds.
    pub fn said(&self) -> Vec<What> {
        let chains = self.order.iter().map(|chain| &self.chains[chain]);
        let records = chains.flat_map(|held| &held.records);
        records.map(|(_, record, _)| record.what.clone()).collect()
    }
}
