//! An alert as it travels: signed by the person on duty, relayed by a server that cannot make one.
//!
//! The envelope is that of TUF metadata, `{"signatures": […], "signed": {…}}`, over canonical JSON; `_type`
//! keeps one from passing for the other. Which keys may alert which unit stands in the target
//! [`TARGET`], which the role `targets` signs. What comes out of [`open`] was signed by keys that may alert
//! its unit, and the unit is the screen's own or one above it; whether it is over, or an old one, is asked of
//! the [`motcua_show::alert::Ledger`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use motcua_show::alert::{Alert, AlertError};
use motcua_show::units::{FORMAT, UnitId, Units};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bundle::Signers;
use crate::tuf::metadata::RoleKeys;
use crate::tuf::{self, Key, KeyId, MalformedError, SigningKey};

/// The target that says which keys may alert which unit.
pub const TARGET: &str = "alerts.json";

/// The longest envelope in bytes: one with a spoken text fits.
pub const LONGEST: usize = 512 * 1024;

/// What tells an alert from metadata.
const TYPE: &str = "motcua-alert";

/// Which keys may alert which unit, and with it all that are below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertKeys {
    /// The version of this format.
    pub format: u32,
    /// The keys by unit, and how many of them must sign.
    pub units: BTreeMap<UnitId, Signers>,
}

impl Default for AlertKeys {
    /// Nobody may alert anybody.
    fn default() -> Self {
        Self {
            format: FORMAT,
            units: BTreeMap::new(),
        }
    }
}

/// An alert whose signatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The alert.
    pub alert: Alert,
    /// The keys that signed it and may.
    pub keys: Vec<KeyId>,
    /// The unit whose right was used.
    pub right_of: UnitId,
    /// How far up it lies: 0 is the screen's own.
    pub rank: usize,
}

/// Why an envelope is not believed.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// It is longer than any alert.
    #[error("the envelope has {0} bytes, and {LONGEST} are the most; cut the spoken text")]
    Long(usize),
    /// It is no envelope.
    #[error("the alert is not readable: {0}; sign it with `motcua alert`")]
    Syntax(#[from] serde_json::Error),
    /// It is no signed value.
    #[error("the alert is not readable: {0}; sign it with `motcua alert`")]
    Malformed(#[from] MalformedError),
    /// Something else was signed.
    #[error("what was signed is no alert; sign it with `motcua alert`")]
    Type,
    /// It cannot be an alert.
    #[error(transparent)]
    Unfit(#[from] AlertError),
    /// It is for others.
    #[error("the alert is for the unit {unit}, which {home} does not belong to")]
    OtherArea {
        /// Its area.
        unit: UnitId,
        /// Where it was looked at.
        home: UnitId,
    },
    /// Nobody signed it who may.
    #[error(
        "none of the keys that may alert the unit {unit} has signed it enough (it is signed by {}); an administrator names the key with `motcua-server keys alert add`",
        said(.signed)
    )]
    NotAllowed {
        /// Its area.
        unit: UnitId,
        /// Who signed.
        signed: Vec<KeyId>,
    },
}

fn said(keys: &[KeyId]) -> String {
    let short = |key: &KeyId| key.as_str().chars().take(12).collect::<String>();
    match keys {
        [] => "nobody".to_owned(),
        keys => keys.iter().map(short).collect::<Vec<_>>().join(", "),
    }
}

/// Signs an alert; the text is one line.
///
/// # Errors
/// When it cannot be an alert.
pub fn seal(alert: &Alert, keys: &[&SigningKey]) -> Result<String, EnvelopeError> {
    alert.check()?;
    let mut signed = serde_json::to_value(alert)?;
    signed["_type"] = TYPE.into();
    let mut bytes = serde_json::to_vec(&json!({ "signatures": [], "signed": signed }))?;
    for key in keys {
        bytes = tuf::add_signature(&bytes, key)?;
    }
    if bytes.len() > LONGEST {
        return Err(EnvelopeError::Long(bytes.len()));
    }
    // What was just written is JSON.
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// Reads an alert without asking who signed it: for what is asked before, and for lists.
///
/// # Errors
/// When it is none.
pub fn peek(envelope: &[u8]) -> Result<Alert, EnvelopeError> {
    if envelope.len() > LONGEST {
        return Err(EnvelopeError::Long(envelope.len()));
    }
    let mut envelope: Value = serde_json::from_slice(envelope)?;
    let signed = envelope
        .get_mut("signed")
        .map(Value::take)
        .unwrap_or_default();
    if signed.get("_type").and_then(Value::as_str) != Some(TYPE) {
        return Err(EnvelopeError::Type);
    }
    let alert: Alert = serde_json::from_value(signed)?;
    alert.check()?;
    Ok(alert)
}

/// Opens an envelope as a screen of the unit `home` does on `day`.
///
/// # Errors
/// When it is no alert, is for another area, or is not signed by who may alert that.
pub fn open(
    envelope: &[u8],
    keys: &AlertKeys,
    units: &Units,
    home: &UnitId,
    day: Date,
) -> Result<Opened, EnvelopeError> {
    let alert = peek(envelope)?;
    let chain = units.chain(home, day);
    // After a merger the area is that of the successor.
    let area = units.holder(&alert.unit, day).map(|unit| &unit.id);
    let Some(place) = chain.iter().position(|unit| Some(unit) == area) else {
        return Err(EnvelopeError::OtherArea {
            unit: alert.unit,
            home: home.clone(),
        });
    };
    let mut signed = Vec::new();
    // The right that reaches furthest counts.
    for (rank, unit) in chain.iter().enumerate().skip(place).rev() {
        let Some(signers) = keys.units.get(unit) else {
            continue;
        };
        let by = signers_of(envelope, signers)?;
        if signers.threshold > 0 && by.len() as u64 >= u64::from(signers.threshold) {
            return Ok(Opened {
                alert,
                keys: by,
                right_of: unit.clone(),
                rank,
            });
        }
        signed.extend(by);
    }
    if signed.is_empty() {
        signed = named(envelope)?;
    }
    Err(EnvelopeError::NotAllowed {
        unit: alert.unit,
        signed,
    })
}

fn signers_of(envelope: &[u8], signers: &Signers) -> Result<Vec<KeyId>, MalformedError> {
    let role = RoleKeys::new(&signers.keys, signers.threshold);
    let keys: BTreeMap<KeyId, Key> = signers
        .keys
        .iter()
        .map(|key| (key.id(), key.clone()))
        .collect();
    tuf::signers(envelope, &role, &keys)
}

/// The keys that an envelope names, whatever their signatures are worth.
fn named(envelope: &[u8]) -> Result<Vec<KeyId>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Head {
        signatures: Vec<tuf::Signature>,
    }
    let head: Head = serde_json::from_slice(envelope)?;
    Ok(head
        .signatures
        .into_iter()
        .map(|signature| signature.keyid)
        .collect())
}

#[cfg(test)]
mod tests;
