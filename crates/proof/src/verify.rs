//! Checks a proof from its first line to its last, and names the first break.

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;

use crate::chain::{Chain, Head};
use crate::key::PublicKey;
use crate::line::{Countersigned, Header, Line, LineError, Sealed, Stood, read_line};
use crate::record::{Record, What};
use crate::root::{Inclusion, RootStatement};

/// Whose signatures count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The server's; without it countersignatures count by the key that stands in them, which must always be the same.
    pub server: Option<PublicKey>,
}

/// What a proof that has no break shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the chain had come to before the first record.
    pub after: Head,
    /// Where it has come to.
    pub head: Head,
    /// How many records there are.
    pub records: u64,
    /// The time of the first and of the last record, by the screen's clock.
    pub times: Option<(Timestamp, Timestamp)>,
    /// Up to which record the screen's key has signed; none where no seal is.
    pub sealed_through: Option<u64>,
    /// The last countersignature: up to which record, and by when.
    pub countersigned: Option<(u64, Timestamp)>,
    /// Who countersigned.
    pub server: Option<PublicKey>,
    /// The days whose root holds the chain.
    pub days: Vec<RootStatement>,
    /// Records that the screen gave up for want of room, from and through.
    pub lost: Vec<(u64, u64)>,
}

/// Where a proof breaks.
#[derive(Debug, thiserror::Error)]
#[error("line {line}{}: {broken}", seq.map(|seq| format!(", record {seq}")).unwrap_or_default())]
pub struct Break {
    /// The line, from 1.
    pub line: u64,
    /// The record that is due there, where one is.
    pub seq: Option<u64>,
    /// What is broken.
    #[source]
    pub broken: Broken,
}

/// What is broken.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The line is none of a proof.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The proof does not begin with whose it is.
    #[error("the proof does not begin with whose records follow; its first line is missing")]
    NoHeader,
    /// There is a second beginning.
    #[error("another proof begins here; keep each in a file of its own")]
    SecondHeader,
    /// The key is not the screen's.
    #[error("the key has the fingerprint {found}, and the screen is {screen}; this is not its key")]
    WrongKey {
        /// The screen.
        screen: String,
        /// The fingerprint of the key.
        found: String,
    },
    /// Records are missing, stand twice, or in another order.
    #[error(
        "record {found} stands where record {wanted} is due; records are missing or were moved"
    )]
    OutOfOrder {
        /// The one that is due.
        wanted: u64,
        /// The one that is there.
        found: u64,
    },
    /// The record, or one before it, was changed.
    #[error(
        "the hash does not follow from the records before it: this record was changed, or one was put in or taken out before it"
    )]
    WrongHash,
    /// A seal or countersignature is of another chain, or of another state of this one.
    #[error("what is signed here is not what the chain has come to: {signed} at record {seq}")]
    OtherHead {
        /// The record that the signature is about.
        seq: u64,
        /// The hash that was signed.
        signed: Sha256Hex,
    },
    /// The signature is wrong.
    #[error("the signature of the {by} is wrong: the line was changed, or someone else signed it")]
    WrongSignature {
        /// Whose it should be.
        by: &'static str,
    },
    /// The root that should hold the chain does not.
    #[error("the chain is not in the root of {0}")]
    NotInRoot(jiff::civil::Date),
    /// There is no end of line.
    #[error("the last line is not complete; the file was cut off")]
    CutOff,
}

/// Checks a proof line by line.
#[derive(Debug)]
pub struct Verifier {
    keys: Keys,
    line: u64,
    state: Option<State>,
}

#[derive(Debug)]
struct State {
    header: Header,
    chain: Chain,
    /// The hashes that signatures may be about, from that before the first record on, as bytes: a proof may hold
    /// millions of records.
    hashes: Vec<[u8; 32]>,
    verified: Verified,
    inclusions: Vec<Inclusion>,
}

/// Checks the bytes of a proof.
///
/// # Errors
/// The first break.
pub fn verify(proof: &str, keys: &Keys) -> Result<Verified, Break> {
    let mut verifier = Verifier::new(keys.clone());
    let Some(whole) = proof.strip_suffix('\n') else {
        let lines = u64::try_from(proof.lines().count()).unwrap_or(u64::MAX);
        for line in proof.lines().take(proof.lines().count().saturating_sub(1)) {
            verifier.take(line)?;
        }
        return Err(Break {
            line: lines.max(1),
            seq: verifier.due(),
            broken: if proof.is_empty() {
                Broken::NoHeader
            } else {
                Broken::CutOff
            },
        });
    };
    for line in whole.split('\n') {
        verifier.take(line)?;
    }
    verifier.finish()
}

impl Verifier {
    /// Before the first line.
    #[must_use]
    pub const fn new(keys: Keys) -> Self {
        Self {
            keys,
            line: 0,
            state: None,
        }
    }

    /// Takes the next line, without its end of line; returns the record that it holds.
    ///
    /// # Errors
    /// When the proof breaks here. Nothing may be taken after that.
    pub fn take(&mut self, line: &str) -> Result<Option<Record>, Break> {
        self.line += 1;
        let seq = self.due();
        let read = read_line(line).map_err(Broken::from);
        read.and_then(|line| self.follow(line))
            .map_err(|broken| Break {
                line: self.line,
                seq,
                broken,
            })
    }

    /// What the lines so far show.
    ///
    /// # Errors
    /// When there was no header, or a root does not hold the chain.
    pub fn finish(self) -> Result<Verified, Break> {
        let line = self.line;
        let broken = |broken| Break {
            line,
            seq: None,
            broken,
        };
        let state = self.state.ok_or_else(|| broken(Broken::NoHeader))?;
        for inclusion in &state.inclusions {
            let day = inclusion.day;
            let holds =
                |stated: &&RootStatement| stated.day == day && stated.root == inclusion.root();
            if !state.verified.days.iter().any(|stated| holds(&stated)) {
                return Err(broken(Broken::NotInRoot(day)));
            }
        }
        let mut verified = state.verified;
        verified
            .days
            .retain(|root| state.inclusions.iter().any(|within| within.day == root.day));
        Ok(verified)
    }

    /// The record that is due.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        self.state.as_ref().map(|state| state.chain.head().seq + 1)
    }

    /// What the chain has come to.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.state.as_ref().map(|state| state.chain.head())
    }

    /// Up to which record the screen's key has signed so far.
    #[must_use]
    pub fn sealed_through(&self) -> Option<u64> {
        self.state.as_ref()?.verified.sealed_through
    }

    fn follow(&mut self, line: Line) -> Result<Option<Record>, Broken> {
        if let Line::Header(header) = line {
            return self.begin(header).map(|()| None);
        }
        let state = self.state.as_mut().ok_or(Broken::NoHeader)?;
        match line {
            Line::Header(_) => Ok(None),
            Line::Record {
                record,
                written,
                hash,
            } => state.record(record, &written, &hash).map(Some),
            Line::Seal(seal) => state.seal(&seal).map(|()| None),
            Line::Countersign(stood) => state.countersign(&stood, &self.keys).map(|()| None),
            Line::Root(stood) => {
                state.of_server(&stood.key, &self.keys)?;
                let by = "server";
                stood
                    .check(&stood.key)
                    .map_err(|_| Broken::WrongSignature { by })?;
                state.verified.days.push(stood.statement);
                Ok(None)
            }
            Line::Inclusion(inclusion) => {
                state.stands(&inclusion.head)?;
                state.inclusions.push(inclusion);
                Ok(None)
            }
        }
    }

    fn begin(&mut self, header: Header) -> Result<(), Broken> {
        if self.state.is_some() {
            return Err(Broken::SecondHeader);
        }
        let found = header.key.fingerprint();
        if found != header.after.screen {
            return Err(Broken::WrongKey {
                screen: header.after.screen,
                found,
            });
        }
        let after = header.after.clone();
        if after.seq == 0 && after != *Chain::new(&after.screen, after.chain.clone()).head() {
            return Err(Broken::WrongHash);
        }
        self.state = Some(State {
            chain: Chain::from(after.clone()),
            hashes: vec![after.hash.digest()],
            verified: Verified {
                head: after.clone(),
                after,
                records: 0,
                times: None,
                sealed_through: None,
                countersigned: None,
                server: None,
                days: Vec::new(),
                lost: Vec::new(),
            },
            header,
            inclusions: Vec::new(),
        });
        Ok(())
    }
}

impl State {
    fn record(
        &mut self,
        record: Record,
        written: &str,
        hash: &Sha256Hex,
    ) -> Result<Record, Broken> {
        let wanted = self.chain.head().seq + 1;
        if record.seq != wanted {
            return Err(Broken::OutOfOrder {
                wanted,
                found: record.seq,
            });
        }
        if self.chain.next_hash(written) != *hash {
            return Err(Broken::WrongHash);
        }
        self.chain.take(record.seq, written);
        self.hashes.push(hash.digest());
        let verified = &mut self.verified;
        verified.head = self.chain.head().clone();
        verified.records += 1;
        let first = verified.times.map_or(record.at, |(first, _)| first);
        verified.times = Some((first, record.at));
        if let What::Lost { from, through } = record.what {
            verified.lost.push((from, through));
        }
        Ok(record)
    }

    fn seal(&mut self, stood: &Stood<Sealed>) -> Result<(), Broken> {
        let by = "screen";
        if stood.key != self.header.key || stood.check(&self.header.key).is_err() {
            return Err(Broken::WrongSignature { by });
        }
        let head = &stood.statement.head;
        self.stands(head)?;
        self.verified.sealed_through = self.verified.sealed_through.max(Some(head.seq));
        Ok(())
    }

    fn countersign(&mut self, stood: &Stood<Countersigned>, keys: &Keys) -> Result<(), Broken> {
        self.of_server(&stood.key, keys)?;
        let by = "server";
        stood
            .check(&stood.key)
            .map_err(|_| Broken::WrongSignature { by })?;
        let Countersigned { head, at } = &stood.statement;
        self.stands(head)?;
        self.verified.countersigned = self.verified.countersigned.max(Some((head.seq, *at)));
        Ok(())
    }

    /// Only one server speaks in a proof: the one that is known, or else the first.
    fn of_server(&mut self, key: &PublicKey, keys: &Keys) -> Result<(), Broken> {
        let known = keys.server.as_ref().or(self.verified.server.as_ref());
        if known.is_some_and(|known| known != key) {
            return Err(Broken::WrongSignature { by: "server" });
        }
        self.verified.server = Some(key.clone());
        Ok(())
    }

    /// Whether the chain had come to this.
    fn stands(&self, head: &Head) -> Result<(), Broken> {
        let of_chain = self.chain.head();
        let is_ours = head.screen == of_chain.screen && head.chain == of_chain.chain;
        let of_record = head
            .seq
            .checked_sub(self.verified.after.seq)
            .and_then(|place| self.hashes.get(usize::try_from(place).ok()?));
        if is_ours && of_record == Some(&head.hash.digest()) {
            Ok(())
        } else {
            Err(Broken::OtherHead {
                seq: head.seq,
                signed: head.hash.clone(),
            })
        }
    }
}

#[cfg(test)]
mod tests;
