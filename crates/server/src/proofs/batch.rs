//! What a screen sends: one proof, verified by itself. Whether it follows what is kept is decided elsewhere.

use std::io::Read as _;

use flate2::read::GzDecoder;
use motcua_proof::{Head, Header, Keys, Line, PublicKey, Record, Verifier, read_line};
use motcua_show::release::Sha256Hex;

use super::ProofError;
use super::tally::{self, Counts};
use crate::screens::Known;

/// The most records at once.
pub const MOST_RECORDS: usize = 1000;

/// The longest proof at once, in bytes, unpacked.
pub const LONGEST: usize = 1 << 20;

/// The longest tally beside it.
const LONGEST_TALLY: usize = 256 << 10;

/// Where the hash stands in the line of a record, and where its record begins.
const HASH_AT: usize = r#"{"hash":""#.len();
const RECORD_AT: usize = HASH_AT + 64 + r#"","record":"#.len();

/// A proof that a screen sent; it breaks nowhere and is the screen's.
#[derive(Debug)]
pub struct Batch {
    /// Where the chain had come to before it.
    pub after: Head,
    /// The screen's key.
    pub key: PublicKey,
    /// The records, at least one.
    pub records: Vec<Taken>,
    /// Each seal with the record that it signs.
    pub seals: Vec<(u64, String)>,
    /// What visitors did.
    pub tally: Vec<Counts>,
}

/// A record that was sent.
#[derive(Debug)]
pub struct Taken {
    /// What it says.
    pub record: Record,
    /// Its bytes.
    pub written: String,
    /// The hash that the chain has with it.
    pub hash: Sha256Hex,
}

impl Batch {
    /// Reads and verifies a body that `screen` sent.
    ///
    /// # Errors
    /// When it is too long, breaks, is not the screen's, or does not end with its seal.
    pub fn read(body: &[u8], is_packed: bool, screen: &Known) -> Result<Self, ProofError> {
        let unpacked;
        let bytes = if is_packed {
            unpacked = unpack(body)?;
            &unpacked
        } else {
            body
        };
        let invalid = |error| ProofError::Packing(std::io::Error::other(error));
        let text = std::str::from_utf8(bytes).map_err(invalid)?;
        let (proof, tally) = tally::split(text);
        if proof.len() > LONGEST {
            return Err(ProofError::TooLong("1 MiB"));
        }
        if tally.is_some_and(|tally| tally.len() > LONGEST_TALLY) {
            return Err(ProofError::TooLong("256 KiB of counts"));
        }
        let tally = tally.map_or_else(|| Ok(Vec::new()), tally::read)?;
        read_proof(proof, tally, screen)
    }

    /// Where the chain comes to by it.
    #[must_use]
    pub fn head(&self) -> Head {
        let last = self.records.last();
        Head {
            seq: last.map_or(self.after.seq, |last| last.record.seq),
            hash: last.map_or_else(|| self.after.hash.clone(), |last| last.hash.clone()),
            ..self.after.clone()
        }
    }

    /// The hash that the chain has at a record, where it is this batch that says so.
    #[must_use]
    pub fn hash_at(&self, seq: u64) -> Option<&Sha256Hex> {
        if seq == self.after.seq {
            return Some(&self.after.hash);
        }
        let place = usize::try_from(seq.checked_sub(self.after.seq + 1)?).ok()?;
        self.records.get(place).map(|taken| &taken.hash)
    }
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, ProofError> {
    let most = LONGEST + LONGEST_TALLY;
    let mut bytes = Vec::new();
    // A bomb is given up at the limit, whatever it would have unpacked to.
    GzDecoder::new(body)
        .take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(ProofError::Packing)?;
    if bytes.len() > most {
        return Err(ProofError::TooLong("1 MiB, unpacked"));
    }
    Ok(bytes)
}

fn read_proof(proof: &str, tally: Vec<Counts>, screen: &Known) -> Result<Batch, ProofError> {
    // A proof without the end of its last line was cut off on the way.
    let whole = proof.strip_suffix('\n').ok_or(ProofError::Unsealed)?;
    let mut lines = whole.split('\n');
    let mut verifier = Verifier::new(Keys::default());
    let first = lines.next().unwrap_or_default();
    verifier.take(first)?;
    let Header { after, key, .. } = header(first)?;
    if after.screen != screen.id || key.to_string() != screen.public_key {
        return Err(ProofError::OtherScreen(after.screen));
    }
    let mut batch = Batch {
        after,
        key,
        records: Vec::new(),
        seals: Vec::new(),
        tally,
    };
    for (place, line) in lines.enumerate() {
        let is_record = line.starts_with(r#"{"hash":"#);
        if !is_record && !line.starts_with(r#"{"seal":"#) {
            return Err(ProofError::Foreign(place + 2));
        }
        if is_record && batch.records.len() == MOST_RECORDS {
            return Err(ProofError::TooLong("1,000 records"));
        }
        match verifier.take(line)? {
            Some(record) => batch.records.push(taken(record, line)?),
            None => batch.seals.push((sealed(line)?, line.to_owned())),
        }
    }
    let last = batch.records.last().ok_or(ProofError::Empty)?.record.seq;
    if verifier.sealed_through() != Some(last) {
        return Err(ProofError::Unsealed);
    }
    verifier.finish()?;
    Ok(batch)
}

fn header(line: &str) -> Result<Header, ProofError> {
    match read_line(line) {
        Ok(Line::Header(header)) => Ok(header),
        _ => Err(ProofError::Foreign(1)),
    }
}

fn sealed(line: &str) -> Result<u64, ProofError> {
    match read_line(line) {
        Ok(Line::Seal(seal)) => Ok(seal.statement.head.seq),
        _ => Err(ProofError::Foreign(0)),
    }
}

/// The parts of a line that was verified, which therefore is written as the format says.
fn taken(record: Record, line: &str) -> Result<Taken, ProofError> {
    let foreign = || ProofError::Foreign(0);
    let hash = line.get(HASH_AT..HASH_AT + 64).ok_or_else(foreign)?;
    let written = line.get(RECORD_AT..line.len() - 1).ok_or_else(foreign)?;
    Ok(Taken {
        record,
        written: written.to_owned(),
        hash: hash.parse().map_err(|_| foreign())?,
    })
}
