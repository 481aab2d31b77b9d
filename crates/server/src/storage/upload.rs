//! Taking in one blob: bytes are hashed as they come, and only the right ones become visible.

use std::sync::Arc;

use motcua_show::release::Sha256Hex;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload, WriteMultipart};
use ring::digest::{Context, SHA256};

use super::StorageError;

/// Up to here a blob is held in memory and put in one go; also the size of the parts of larger ones (S3
/// demands 5 MiB).
const PART: usize = 8 << 20;

/// Parts on their way at once; with [`PART`] this bounds the memory of one upload.
const PARTS_UNDER_WAY: usize = 3;

/// A blob on its way into the store. Dropped before [`Upload::finish`] it leaves nothing visible.
pub struct Upload {
    store: Arc<dyn ObjectStore>,
    path: Path,
    hash: Sha256Hex,
    limit: u64,
    length: u64,
    digest: Context,
    small: Vec<u8>,
    parts: Option<WriteMultipart>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "blob {} ({} bytes so far)", self.hash, self.length)
    }
}

impl Upload {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        path: Path,
        hash: Sha256Hex,
        limit: u64,
    ) -> Self {
        Self {
            store,
            path,
            hash,
            limit,
            length: 0,
            digest: Context::new(&SHA256),
            small: Vec::new(),
            parts: None,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the blob becomes too long, or the store fails.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.length += bytes.len() as u64;
        if self.length > self.limit {
            return Err(StorageError::TooLong {
                hash: self.hash.clone(),
                limit: self.limit,
            });
        }
        self.digest.update(bytes);
        if self.parts.is_none() && self.small.len() + bytes.len() > PART {
            let upload = self.store.put_multipart(&self.path).await?;
            let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
            parts.write(&std::mem::take(&mut self.small));
            self.parts = Some(parts);
        }
        match &mut self.parts {
            Some(parts) => {
                parts.wait_for_capacity(PARTS_UNDER_WAY).await?;
                parts.write(bytes);
            }
            None => self.small.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Makes the blob visible, if its bytes are those that its name says.
    ///
    /// # Errors
    /// When they are not, or the store fails; then nothing is visible.
    pub async fn finish(self) -> Result<(), StorageError> {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.digest.finish().as_ref());
        let got = Sha256Hex::of_digest(digest);
        if got != self.hash {
            if let Some(parts) = self.parts {
                // The store forgets unfinished parts by itself; a failure to hurry it harms nothing.
                let _ = parts.abort().await;
            }
            return Err(StorageError::WrongHash {
                wanted: self.hash,
                got,
            });
        }
        if let Some(parts) = self.parts {
            parts.finish().await?;
            return Ok(());
        }
        let payload = PutPayload::from(self.small);
        let created = self
            .store
            .put_opts(&self.path, payload.clone(), PutMode::Create.into())
            .await;
        match created {
            Ok(_) => Ok(()),
            // The same bytes lie there already, unless a disk lost some of them.
            Err(object_store::Error::AlreadyExists { .. }) => {
                if self.store.head(&self.path).await?.size != self.length {
                    self.store.put(&self.path, payload).await?;
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
