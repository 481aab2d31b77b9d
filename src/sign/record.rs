//! What a key has signed already, in a small file beside it.
//!
//! Whoever has taken a server over can show an old document under a new version. Only the person with the
//! key can know that it is old.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use motcua_show::release::Release;
use motcua_sync::bundle::Entry;
use motcua_sync::file;
use motcua_sync::tuf::KeyId;
use motcua_sync::tuf::metadata::{Root, Targets};
use serde::{Deserialize, Serialize};

/// The format that this version writes and reads.
const FORMAT: u32 = 1;

/// What one key has signed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    format: u32,
    key: KeyId,
    roles: BTreeMap<String, Signed>,
    #[serde(skip)]
    path: PathBuf,
}

/// The latest of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Signed {
    version: u64,
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<u64>,
}

impl Record {
    /// The record of the key in this file; an empty one where there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, or is another key's.
    pub fn open(key_file: &Path, key: &KeyId) -> anyhow::Result<Self> {
        let mut path = key_file.as_os_str().to_owned();
        path.push(".signed.json");
        let path = PathBuf::from(path);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self {
                    format: FORMAT,
                    key: key.clone(),
                    roles: BTreeMap::new(),
                    path,
                });
            }
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        let mut record: Self = serde_json::from_slice(&bytes).with_context(|| {
            format!(
                "{} does not say what the key has signed; take it from the second copy of the key",
                path.display()
            )
        })?;
        if record.format != FORMAT || record.key != *key {
            bail!(
                "{} belongs to the key {} or is of another version; take the one that was kept with this key",
                path.display(),
                record.key
            );
        }
        record.path = path;
        Ok(record)
    }

    /// Whether nothing is known of what the key has signed.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What speaks against signing this entry after what was signed before.
    ///
    /// # Errors
    /// When the entry cannot be read.
    pub fn objections(
        &self,
        entry: &Entry,
        published: Option<&str>,
    ) -> anyhow::Result<Vec<String>> {
        let mut objections = Vec::new();
        let Some(last) = self.roles.get(&entry.role) else {
            return Ok(objections);
        };
        if entry.digest()? == last.digest {
            return Ok(objections);
        }
        let role = &entry.role;
        if entry.version <= last.version {
            objections.push(format!(
                "this key has signed version {} of {role} already, and this is another version {}",
                last.version, entry.version
            ));
        }
        if let (Some(number), Some(last)) = (release_number(entry)?, last.release)
            && number < last
        {
            objections.push(format!(
                "this key has signed release {last} for {role} already, and this is release {number}"
            ));
        }
        // A release has a number of its own; of the others an old one would look like no change at all.
        if !role.starts_with("unit-")
            && let Some(since) = published
                .map(|published| self.signed_since(entry, published))
                .transpose()?
                .flatten()
        {
            objections.push(format!(
                "this key has signed version {since} of {role}, and the server compares with an older one; import what was signed first"
            ));
        }
        Ok(objections)
    }

    /// The version that this key has signed since what the server says is published.
    ///
    /// # Errors
    /// When what is published cannot be read.
    pub fn signed_since(&self, entry: &Entry, published: &str) -> anyhow::Result<Option<u64>> {
        let version = match entry.role.as_str() {
            "root" => motcua_sync::tuf::read::<Root>(published.as_bytes())?.version,
            _ => motcua_sync::tuf::read::<Targets>(published.as_bytes())?.version,
        };
        let last = self.roles.get(&entry.role).map(|last| last.version);
        Ok(last.filter(|last| *last > version))
    }

    /// Notes what is about to be signed, and writes it down.
    ///
    /// # Errors
    /// When an entry cannot be read or the file not be written.
    pub fn note(&mut self, entries: &[&Entry]) -> anyhow::Result<()> {
        for entry in entries {
            let new = Signed {
                version: entry.version,
                digest: entry.digest()?,
                release: release_number(entry)?,
            };
            let role = self.roles.entry(entry.role.clone()).or_insert(new.clone());
            // What was signed again with --again does not make room for what lies between.
            if new.version >= role.version {
                (role.version, role.digest) = (new.version, new.digest);
            }
            role.release = role.release.max(new.release);
        }
        let bytes = serde_json::to_vec_pretty(self)?;
        file::write(&self.path, &bytes).with_context(|| {
            format!(
                "{} cannot be written, so nothing was signed; make its folder writable",
                self.path.display()
            )
        })
    }
}

/// The number of the release that an entry of a unit names.
fn release_number(entry: &Entry) -> anyhow::Result<Option<u64>> {
    let mut documents = entry.documents.iter();
    let release = documents.find(|(target, _)| target.ends_with("/release.json"));
    Ok(release
        .map(|(_, document)| Release::read(document.as_bytes()))
        .transpose()?
        .map(|release| release.number))
}
