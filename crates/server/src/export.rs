//! The repository as static files, for a stick or a folder that travels: everything that a screen without a
//! network needs, valid for longer than what is served.
//!
//! The timestamp and snapshot of a stick have versions of their own, and the server goes on above them, so
//! that a screen which took a stick takes the network's next.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use motcua_show::release::{FileRef, Release, Sha256Hex};
use motcua_show::units::{UnitId, Units};
use motcua_sync::file;
use motcua_sync::tuf::metadata::{Metadata as _, Targets, TopRole};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::repository::publication::{Publication, read};
use crate::repository::tables::{self, Version};
use crate::repository::{Repository, UNITS_TARGET, unit_role};
use crate::storage::{Storage, StorageError};
use crate::units::UnitError;

/// A repository as files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Metadata and documents by their place below the repository; all of them are JSON.
    pub files: BTreeMap<String, String>,
    /// The blobs that belong to it, each once, at `blobs/sha256/ab/<hash>`.
    pub blobs: Vec<FileRef>,
    /// Until when screens believe all of it.
    pub valid_until: Timestamp,
}

/// Bytes read from the storage at once.
const PIECE: u64 = 8 << 20;

impl Repository {
    /// The repository as files, believed for `days`; with a unit only the blobs that the screens of that
    /// unit, and of those below it, may show.
    ///
    /// # Errors
    /// When there is no such unit or the database fails.
    pub async fn export(&self, days: u32, unit: Option<&UnitId>, now: Timestamp) -> Result<Export> {
        let published = self.published().await?;
        if let Some(unit) = unit
            && published.units.get(unit).is_none()
        {
            return Err(UnitError::Unknown(unit.to_string()).into());
        }
        let mut publication = Publication::begin(self, now).await?;
        publication.renew(TopRole::Snapshot);
        publication.sign_online(days, days).await?;
        let latest = tables::all_latest(&mut *publication.work).await?;
        let roots = tables::roots(&mut *publication.work).await?;
        // The server's own next ones lie above the stick's.
        publication.finish().await?;

        let mut export = Export {
            files: BTreeMap::new(),
            blobs: Vec::new(),
            valid_until: publication_end(days, now)?,
        };
        for root in roots {
            export.add_metadata(&root);
        }
        let wanted = unit.map(|unit| around(&published.units, unit, self.day(now)));
        for version in latest {
            export.add_metadata(&version);
            if !matches!(version.role.as_str(), "root" | "timestamp" | "snapshot") {
                let targets: Targets = read(&version.role, &version.bytes)?;
                export.valid_until = export.valid_until.min(targets.expires());
                let with_blobs = wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&version.role));
                self.add_documents(&mut export, &targets, with_blobs)
                    .await?;
            }
        }
        export.blobs.sort_by(|a, b| a.sha256.cmp(&b.sha256));
        export.blobs.dedup();
        Ok(export)
    }

    /// Writes the repository into a folder, such as a stick. What lies there already is kept, so that the
    /// next export to the same stick is short.
    ///
    /// # Errors
    /// When the folder cannot be written, or database or storage fail.
    pub async fn export_to(
        &self,
        folder: &Path,
        days: u32,
        unit: Option<&UnitId>,
        now: Timestamp,
    ) -> Result<Export> {
        let export = self.export(days, unit, now).await?;
        for blob in export.missing(folder) {
            copy_blob(self.storage(), folder, blob).await?;
        }
        export.write_files(folder)?;
        Ok(export)
    }

    async fn add_documents(
        &self,
        export: &mut Export,
        targets: &Targets,
        with_blobs: bool,
    ) -> Result<()> {
        for (name, file) in &targets.targets {
            let hash = file.sha256().unwrap_or_default();
            let document = tables::document(self.database().pool(), name, hash).await?;
            let document = document.ok_or(sqlx::Error::RowNotFound)?;
            if let Some(place) = file.location(name, true) {
                let text = String::from_utf8_lossy(&document).into_owned();
                export.files.insert(format!("targets/{place}"), text);
            }
            if with_blobs && name.ends_with("/release.json") && name != UNITS_TARGET {
                export
                    .blobs
                    .extend(Release::read(&document)?.files.into_values());
            }
        }
        Ok(())
    }
}

impl Export {
    /// The file of a blob below the folder of a repository.
    #[must_use]
    pub fn blob_path(folder: &Path, hash: &Sha256Hex) -> PathBuf {
        folder.join("blobs").join(Storage::key(hash))
    }

    /// The blobs that the folder lacks.
    pub fn missing<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a FileRef> {
        self.blobs.iter().filter(|blob| {
            let there = fs::metadata(Self::blob_path(folder, &blob.sha256));
            there.map(|there| there.len()).ok() != Some(blob.length)
        })
    }

    /// Writes metadata and documents into a folder that holds the blobs already; the timestamp, which makes
    /// the rest visible, comes last. A stick that is pulled out early holds the former state whole.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_files(&self, folder: &Path) -> Result<()> {
        let is_last = |place: &str| place == "metadata/timestamp.json";
        let first = self.files.iter().filter(|(place, _)| !is_last(place));
        let last = self.files.iter().filter(|(place, _)| is_last(place));
        for (place, text) in first.chain(last) {
            let path = folder.join(place);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .and_then(|()| file::write(&path, text.as_bytes()))
                .map_err(|source| failed(&path, source))?;
        }
        Ok(())
    }

    fn add_metadata(&mut self, version: &Version) {
        let name = match version.role.as_str() {
            "timestamp" => "metadata/timestamp.json".to_owned(),
            role => format!("metadata/{}.{role}.json", version.version),
        };
        let text = String::from_utf8_lossy(&version.bytes).into_owned();
        self.files.insert(name, text);
    }
}

/// The roles of the unit, of those above it and of those below it.
fn around(units: &Units, unit: &UnitId, day: jiff::civil::Date) -> BTreeSet<String> {
    let mut around: BTreeSet<String> = units.chain(unit, day).iter().map(unit_role).collect();
    for below in &units.units {
        if units.chain(&below.id, day).contains(unit) {
            around.insert(unit_role(&below.id));
        }
    }
    around
}

fn publication_end(days: u32, now: Timestamp) -> Result<Timestamp> {
    use jiff::ToSpan as _;
    Ok(now.checked_add((i64::from(days) * 24).hours())?)
}

async fn copy_blob(storage: &Storage, folder: &Path, blob: &FileRef) -> Result<()> {
    let path = Export::blob_path(folder, &blob.sha256);
    let part = path.with_extension("part");
    let parent = path.parent().unwrap_or(folder);
    let written = |error| failed(&path, error);
    fs::create_dir_all(parent).map_err(written)?;
    let mut file = File::create(&part).map_err(written)?;
    let mut from = 0;
    while from < blob.length {
        let until = blob.length.min(from + PIECE);
        let found = storage.get(&blob.sha256, Some(from..until)).await?;
        let bytes = found.bytes().await.map_err(StorageError::from)?;
        file.write_all(&bytes).map_err(written)?;
        from = until;
    }
    file.sync_all()
        .and_then(|()| fs::rename(&part, &path))
        .and_then(|()| file::sync_folder(parent))
        .map_err(written)
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        what: "written",
        source,
    }
}
