//! `motcua-server export`: a repository for a folder or a stick.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use motcua_show::release::FileRef;
use motcua_sync::file;

use super::Target;
use crate::export as exported;
use crate::storage::Storage;
use motcua_sync::access::{Access, segment};

/// Write the repository into a folder or onto a stick.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The folder.
    #[arg(long, value_name = "DIR")]
    usb: PathBuf,
    /// For how long screens take it.
    #[arg(long, default_value = "60d", value_name = "DAYS")]
    valid: String,
    /// Only what screens of this unit need; everything without it.
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    target: Target,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let access = self.target.access()?;
        let mut path = format!("/api/v1/export?valid={}", segment(&self.valid));
        if let Some(unit) = &self.unit {
            path.push_str(&format!("&unit={}", segment(unit)));
        }
        let export: exported::Export = access.get(&path)?;
        for place in export.files.keys() {
            let stays_inside = |part| matches!(part, Component::Normal(_));
            if !Path::new(place).components().all(stays_inside) {
                bail!(
                    "the server named the file {place:?}, which lies outside of the folder; do not trust it"
                );
            }
        }
        let mut bytes = 0;
        for blob in export.missing(&self.usb) {
            fetch(&access, &self.usb, blob)?;
            bytes += blob.length;
        }
        // Last, because it is what makes the blobs count.
        export.write_files(&self.usb)?;
        println!(
            "{} holds the repository with {} blobs, {bytes} bytes of which were written now. Screens take it until {}.",
            self.usb.display(),
            export.blobs.len(),
            export.valid_until
        );
        Ok(())
    }
}

/// Brings a blob. Its bytes are read back, so that a bad stick is noticed at the desk, not in the commune.
fn fetch(access: &Access, folder: &Path, blob: &FileRef) -> anyhow::Result<()> {
    let place = exported::Export::blob_path(folder, &blob.sha256);
    make_folder_of(&place)?;
    let mut from = access
        .bytes(&format!("/repository/blobs/{}", Storage::key(&blob.sha256)))?
        .take(blob.length.saturating_add(1));
    let part = place.with_extension("part");
    let written = (|| -> io::Result<()> {
        let mut to = File::create(&part)?;
        io::copy(&mut from, &mut to)?;
        to.flush()?;
        to.sync_all()?;
        std::fs::rename(&part, &place)?;
        file::sync_folder(place.parent().unwrap_or(folder))
    })();
    written.with_context(|| format!("{} cannot be written", place.display()))?;
    if sha256_of(&place)? != blob.sha256.as_str() {
        // What is wrong must not be taken for right the next time.
        let _ = std::fs::remove_file(&place);
        bail!(
            "{} came back damaged; try again, or use another stick",
            place.display()
        );
    }
    Ok(())
}

fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 128 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finish())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}
