//! The lines of a proof, and what is signed in them.
//!
//! What is signed is the bytes as they stand in the line, so that nothing depends on how JSON is written again.

use jiff::Timestamp;
use motcua_show::release::Sha256Hex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::FORMAT;
use crate::chain::Head;
use crate::key::{BadSignature, PublicKey, Signature};
use crate::record::Record;
use crate::root::{Inclusion, RootStatement};

/// The first line: whose records follow, and after which hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the format.
    pub format: u32,
    /// Where the chain had come to before the first record that follows.
    pub after: Head,
    /// The screen's public key, of which its id is the fingerprint.
    pub key: PublicKey,
}

impl Header {
    /// For records that follow `after`.
    #[must_use]
    pub const fn new(after: Head, key: PublicKey) -> Self {
        Self {
            format: FORMAT,
            after,
            key,
        }
    }

    /// Its line, without the end of line.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no header causes.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        Ok(format!(r#"{{"proof":{}}}"#, serde_json::to_string(self)?))
    }
}

/// Something that is signed.
pub trait Statement: Serialize + for<'a> Deserialize<'a> {
    /// What it is called in its line.
    const NAME: &'static str;

    /// The bytes that are signed for the statement with these bytes.
    #[must_use]
    fn signed(written: &str) -> Vec<u8> {
        format!("motcua proof {} 1\n{written}", Self::NAME).into_bytes()
    }

    /// The statement as a line, signed by `sign`, without the end of line.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no statement of this crate causes.
    fn line(
        &self,
        key: &PublicKey,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<String, serde_json::Error> {
        let written = serde_json::to_string(self)?;
        let signature = Signature::of_bytes(&sign(&Self::signed(&written)));
        let (key, signature) = (
            serde_json::to_string(key)?,
            serde_json::to_string(&signature)?,
        );
        let name = Self::NAME;
        Ok(format!(
            r#"{{"{name}":{written},"key":{key},"signature":{signature}}}"#
        ))
    }
}

/// The screen says that its chain has come here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Where it has come to.
    pub head: Head,
    /// By the screen's clock.
    pub at: Timestamp,
}

impl Statement for Sealed {
    const NAME: &'static str = "seal";
}

/// The server says that the screen's chain had come here by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countersigned {
    /// Where it had come to.
    pub head: Head,
    /// By the server's clock.
    pub at: Timestamp,
}

impl Statement for Countersigned {
    const NAME: &'static str = "countersign";
}

/// A statement as it stood in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood<T> {
    /// What it says.
    pub statement: T,
    /// Who says so.
    pub key: PublicKey,
    written: String,
    signature: Signature,
}

impl<T: Statement> Stood<T> {
    /// Checks that `key` signed it.
    ///
    /// # Errors
    /// When it did not.
    pub fn check(&self, key: &PublicKey) -> Result<(), BadSignature> {
        key.check(&T::signed(&self.written), &self.signature)
    }
}

/// A line of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Whose records follow.
    Header(Header),
    /// A record.
    Record {
        /// What it says.
        record: Record,
        /// Its bytes, over which the hash goes.
        written: String,
        /// The hash that the line says.
        hash: Sha256Hex,
    },
    /// A seal by the screen.
    Seal(Stood<Sealed>),
    /// A countersignature by the server.
    Countersign(Stood<Countersigned>),
    /// What a day's chains had come to, by the server.
    Root(Stood<RootStatement>),
    /// That the chain is in the root of a day.
    Inclusion(Inclusion),
}

/// A line that is none of a proof.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It is not JSON of any of the shapes.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It is JSON, but not written as this format writes it.
    #[error("it is not written as a line of a proof; a byte was added, lost or changed")]
    OtherwiseWritten,
    /// It is of a format that this version does not know.
    #[error("it is of format {0}, and this version reads format {FORMAT}; use a later version")]
    Format(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape<'a> {
    #[serde(borrow, default)]
    proof: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hash: Option<&'a RawValue>,
    #[serde(borrow, default)]
    record: Option<&'a RawValue>,
    #[serde(borrow, default)]
    seal: Option<&'a RawValue>,
    #[serde(borrow, default)]
    countersign: Option<&'a RawValue>,
    #[serde(borrow, default)]
    root: Option<&'a RawValue>,
    #[serde(borrow, default)]
    inclusion: Option<&'a RawValue>,
    #[serde(default)]
    key: Option<PublicKey>,
    #[serde(default)]
    signature: Option<Signature>,
}

/// Reads a line without its end of line. Signatures and hashes are not checked here.
///
/// # Errors
/// When it is no line of a proof, byte for byte.
pub fn read_line(line: &str) -> Result<Line, LineError> {
    let shape: Shape<'_> = serde_json::from_str(line)?;
    let (read, as_written) = match shape {
        Shape {
            proof: Some(raw), ..
        } => {
            let header: Header = serde_json::from_str(raw.get())?;
            if header.format != FORMAT {
                return Err(LineError::Format(header.format));
            }
            let written = header.line()?;
            (Line::Header(header), written)
        }
        Shape {
            hash: Some(hash),
            record: Some(raw),
            ..
        } => {
            let record: Record = serde_json::from_str(raw.get())?;
            let hash: Sha256Hex = serde_json::from_str(hash.get())?;
            let as_written = format!(r#"{{"hash":"{hash}","record":{}}}"#, raw.get());
            let written = raw.get().to_owned();
            let line = Line::Record {
                record,
                written,
                hash,
            };
            (line, as_written)
        }
        Shape {
            seal: Some(raw),
            key: Some(key),
            signature: Some(signature),
            ..
        } => stood(raw, key, signature, Line::Seal)?,
        Shape {
            countersign: Some(raw),
            key: Some(key),
            signature: Some(signature),
            ..
        } => stood(raw, key, signature, Line::Countersign)?,
        Shape {
            root: Some(raw),
            key: Some(key),
            signature: Some(signature),
            ..
        } => stood(raw, key, signature, Line::Root)?,
        Shape {
            inclusion: Some(raw),
            ..
        } => {
            let inclusion: Inclusion = serde_json::from_str(raw.get())?;
            let as_written = inclusion.line()?;
            (Line::Inclusion(inclusion), as_written)
        }
        _ => return Err(LineError::OtherwiseWritten),
    };
    if as_written == line {
        Ok(read)
    } else {
        Err(LineError::OtherwiseWritten)
    }
}

fn stood<T: Statement>(
    raw: &RawValue,
    key: PublicKey,
    signature: Signature,
    line: fn(Stood<T>) -> Line,
) -> Result<(Line, String), LineError> {
    let as_written = format!(
        r#"{{"{}":{},"key":{},"signature":{}}}"#,
        T::NAME,
        raw.get(),
        serde_json::to_string(&key)?,
        serde_json::to_string(&signature)?
    );
    let read = line(Stood {
        statement: serde_json::from_str(raw.get())?,
        key,
        written: raw.get().to_owned(),
        signature,
    });
    Ok((read, as_written))
}
