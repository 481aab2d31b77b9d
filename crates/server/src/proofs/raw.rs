//! How records lie in the database: their lines without the hashes, gzip.
//!
//! A hash cannot be packed and is most of a packed line, yet it follows from the line before it.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use motcua_proof::{Chain, Head};
use motcua_show::release::Sha256Hex;

use super::ProofError;
use super::batch::{LONGEST, Taken};

/// What a line in the database begins with.
const RECORD: char = 'r';
const SEAL: char = 's';

/// A line that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The bytes of a record.
    Record(String),
    /// The line of a seal.
    Seal(String),
}

/// A batch as it lies in the database.
#[derive(Debug, Clone)]
pub struct Row {
    /// The number of its chain.
    pub chain: i64,
    /// Where the chain had come to before it.
    pub before: Head,
    /// Where it came to.
    pub head: Head,
    /// When it was taken, seconds since 1970.
    pub taken_at: i64,
    /// The line of the countersignature for its head.
    pub countersign: String,
    /// Its packed lines.
    pub lines: Vec<u8>,
}

/// Packs records with their seals.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn pack(records: &[Taken], seals: &[(u64, String)]) -> std::io::Result<Vec<u8>> {
    // The fastest: the lines are much alike, and a better one gains a tenth.
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let mut seals = seals.iter().peekable();
    for taken in records {
        writeln!(packer, "{RECORD}{}", taken.written)?;
        while let Some((_, line)) = seals.next_if(|(seq, _)| *seq <= taken.record.seq) {
            writeln!(packer, "{SEAL}{line}")?;
        }
    }
    packer.finish()
}

impl Row {
    /// The lines that were packed.
    ///
    /// # Errors
    /// When they were changed.
    pub fn unpack(&self) -> Result<Vec<Kept>, ProofError> {
        let mut text = String::new();
        GzDecoder::new(self.lines.as_slice())
            .take(2 * LONGEST as u64)
            .read_to_string(&mut text)
            .map_err(|error| self.damaged(error.to_string()))?;
        let kept = |line: &str| match line.chars().next() {
            Some(RECORD) => Ok(Kept::Record(line[1..].to_owned())),
            Some(SEAL) => Ok(Kept::Seal(line[1..].to_owned())),
            _ => Err(self.damaged("a line is of no known kind".to_owned())),
        };
        text.lines().map(kept).collect()
    }

    /// The lines of the proof, byte for byte as they came, and the hash at each record.
    ///
    /// # Errors
    /// When what is kept no longer leads to the head that was countersigned.
    pub fn proof(&self) -> Result<(Vec<String>, Vec<Sha256Hex>), ProofError> {
        let mut head = self.before.clone();
        let (mut lines, mut hashes) = (Vec::new(), Vec::new());
        for kept in self.unpack()? {
            match kept {
                Kept::Record(written) => {
                    let hash = Chain::from(head.clone()).next_hash(&written);
                    lines.push(format!(r#"{{"hash":"{hash}","record":{written}}}"#));
                    hashes.push(hash.clone());
                    head.hash = hash;
                    head.seq += 1;
                }
                Kept::Seal(line) => lines.push(line),
            }
        }
        if head == self.head {
            Ok((lines, hashes))
        } else {
            Err(self.damaged("they do not lead to the hash that was countersigned".to_owned()))
        }
    }

    fn damaged(&self, why: String) -> ProofError {
        ProofError::Damaged {
            screen: self.before.screen.clone(),
            from: self.before.seq + 1,
            why,
        }
    }
}
