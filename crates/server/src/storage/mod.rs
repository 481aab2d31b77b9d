//! The blobs: every file of every release, once, named by its SHA-256; in a folder or in an S3 bucket.
//!
//! Nothing becomes visible under a hash before its bytes were hashed: small blobs are put whole, large ones
//! are sent in parts that the store joins only at the end. So whatever is there is right, and two who
//! upload the same blob at once cannot harm each other.

mod upload;

use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use motcua_show::release::{FileRef, Sha256Hex};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::signer::{Method, Signer as _};
use object_store::{GetOptions, GetResult, ObjectStore, ObjectStoreExt as _};
use tokio::task::JoinSet;

pub use upload::Upload;

use crate::error::{Error, ErrorKind, Result};
use crate::settings::Settings;

/// Below this folder of the store lie the blobs.
const FOLDER: &str = "sha256";

/// Questions to the store under way at once. An S3 answers one in tens of milliseconds, and a show of 500
/// items asks 500.
const QUESTIONS: usize = 16;

/// How long a presigned address holds: for the slowest screen to begin its download, which then goes on.
const PRESIGNED: Duration = Duration::from_secs(15 * 60);

/// The place of the blobs; clones share it.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Bucket { s3: Arc<AmazonS3>, prefix: Path },
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The setting of the place cannot be used.
    #[error(
        "the storage {address:?} cannot be used: {source}; write a folder, or s3://bucket/prefix with the AWS_* variables"
    )]
    Address {
        /// As it is written.
        address: String,
        /// The reason.
        #[source]
        source: object_store::Error,
    },
    /// The store refused or could not be reached.
    #[error(
        "the storage of the blobs failed: {0}; look at the free space and the rights of the folder, or at the S3 server"
    )]
    Store(#[from] object_store::Error),
    /// There is no such blob.
    #[error("there is no blob {0}; upload it first")]
    Missing(Sha256Hex),
    /// The bytes that came are other ones than were announced.
    #[error(
        "the bytes sent as {wanted} hash to {got}; send the file again, it changed or was damaged on the way"
    )]
    WrongHash {
        /// The name it was sent under.
        wanted: Sha256Hex,
        /// What the bytes hash to.
        got: Sha256Hex,
    },
    /// The blob is longer than the server takes.
    #[error(
        "the blob {hash} is longer than the {limit} bytes that this server takes; make the file smaller, or raise `max_blob_bytes`"
    )]
    TooLong {
        /// The blob.
        hash: Sha256Hex,
        /// The limit in bytes.
        limit: u64,
    },
}

impl StorageError {
    /// Which answer this error deserves.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing(_) => ErrorKind::Missing,
            Self::WrongHash { .. } | Self::TooLong { .. } => ErrorKind::Refused,
            Self::Address { .. } | Self::Store(_) => ErrorKind::Failed,
        }
    }
}

/// A blob that lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub hash: Sha256Hex,
    /// Its length in bytes.
    pub length: u64,
    /// When it came.
    pub since: Timestamp,
}

impl Storage {
    /// Opens the place that the settings name.
    ///
    /// # Errors
    /// When the folder cannot be made or the address cannot be read; a bucket is first asked when needed.
    pub fn open(settings: &Settings) -> Result<Self> {
        let address = settings.storage_address();
        if let Some(bucket) = address.strip_prefix("s3://") {
            return Self::bucket(&address, bucket, &settings.s3)
                .map_err(|source| StorageError::Address { address, source }.into());
        }
        let folder = PathBuf::from(&address);
        std::fs::create_dir_all(&folder).map_err(|source| Error::File {
            path: folder.clone(),
            what: "made",
            source,
        })?;
        let store = LocalFileSystem::new_with_prefix(&folder)
            .map_err(|source| StorageError::Address { address, source })?
            .with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            place: Place::Folder(folder),
        })
    }

    fn bucket(
        address: &str,
        bucket: &str,
        options: &[(String, String)],
    ) -> Result<Self, object_store::Error> {
        let prefix = bucket.split_once('/').map_or("", |(_, prefix)| prefix);
        let mut builder = AmazonS3Builder::new().with_url(address);
        for (name, value) in options {
            // The environment of a cloud machine holds AWS_* variables that are not of the client.
            if let Ok(key) = AmazonS3ConfigKey::from_str(&name.to_ascii_lowercase()) {
                builder = builder.with_config(key, value);
            }
        }
        let s3 = Arc::new(builder.build()?);
        Ok(Self {
            store: s3.clone(),
            place: Place::Bucket {
                s3,
                prefix: Path::from(prefix),
            },
        })
    }

    /// Where a blob lies within the folder or bucket, such as `sha256/ab/ab12…`.
    #[must_use]
    pub fn key(hash: &Sha256Hex) -> String {
        format!("{FOLDER}/{}/{hash}", &hash.as_str()[..2])
    }

    /// The file of a blob, where blobs lie in a folder.
    #[must_use]
    pub fn local_path(&self, hash: &Sha256Hex) -> Option<PathBuf> {
        match &self.place {
            Place::Folder(folder) => Some(folder.join(Self::key(hash))),
            Place::Bucket { .. } => None,
        }
    }

    /// An address under which anybody can fetch the blob for a quarter of an hour, where blobs lie in S3.
    ///
    /// # Errors
    /// When the bucket's credentials cannot be had.
    pub async fn presigned(&self, hash: &Sha256Hex) -> Result<Option<String>, StorageError> {
        match &self.place {
            Place::Folder(_) => Ok(None),
            Place::Bucket { s3, .. } => {
                let url = s3
                    .signed_url(Method::GET, &self.path(hash), PRESIGNED)
                    .await?;
                Ok(Some(url.into()))
            }
        }
    }

    /// The length of a blob; none where there is no such blob.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn length(&self, hash: &Sha256Hex) -> Result<Option<u64>, StorageError> {
        match self.store.head(&self.path(hash)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Those of `wanted` that are not there with just that length, in their order.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn missing(&self, wanted: &[FileRef]) -> Result<Vec<Sha256Hex>, StorageError> {
        let mut absent = vec![false; wanted.len()];
        let mut questions = JoinSet::new();
        for (place, file) in wanted.iter().enumerate() {
            if questions.len() >= QUESTIONS {
                note(&mut absent, questions.join_next().await)?;
            }
            let (storage, file) = (self.clone(), file.clone());
            questions.spawn(async move {
                let length = storage.length(&file.sha256).await?;
                Ok::<_, StorageError>((place, length != Some(file.length)))
            });
        }
        while !questions.is_empty() {
            note(&mut absent, questions.join_next().await)?;
        }
        let mut missing: Vec<Sha256Hex> = Vec::new();
        for (file, _) in wanted.iter().zip(absent).filter(|(_, absent)| *absent) {
            if !missing.contains(&file.sha256) {
                missing.push(file.sha256.clone());
            }
        }
        Ok(missing)
    }

    /// Begins to take in a blob of at most `limit` bytes.
    #[must_use]
    pub fn upload(&self, hash: Sha256Hex, limit: u64) -> Upload {
        Upload::new(self.store.clone(), self.path(&hash), hash, limit)
    }

    /// Puts a blob whose bytes are at hand.
    ///
    /// # Errors
    /// When the bytes are other ones than the name says, or the store fails.
    pub async fn put(&self, hash: &Sha256Hex, bytes: &[u8]) -> Result<(), StorageError> {
        let mut upload = self.upload(hash.clone(), bytes.len() as u64);
        upload.write(bytes).await?;
        upload.finish().await
    }

    /// The bytes of a blob, or a range of them, with what the store knows of it.
    ///
    /// # Errors
    /// When there is no such blob, the range lies outside of it, or the store fails.
    pub async fn get(
        &self,
        hash: &Sha256Hex,
        range: Option<Range<u64>>,
    ) -> Result<GetResult, StorageError> {
        let options = GetOptions {
            range: range.map(Into::into),
            ..GetOptions::default()
        };
        match self.store.get_opts(&self.path(hash), options).await {
            Ok(found) => Ok(found),
            Err(object_store::Error::NotFound { .. }) => Err(StorageError::Missing(hash.clone())),
            Err(error) => Err(error.into()),
        }
    }

    /// Every blob there is.
    ///
    /// # Errors
    /// When the store cannot be listed.
    pub async fn list(&self) -> Result<Vec<Stored>, StorageError> {
        let mut stored = Vec::new();
        let top = self.store.list_with_delimiter(Some(&self.root())).await?;
        for folder in top.common_prefixes {
            let listing = self.store.list_with_delimiter(Some(&folder)).await?;
            for object in listing.objects {
                // What somebody else put there is left alone.
                let Some(Ok(hash)) = object.location.filename().map(str::parse) else {
                    continue;
                };
                stored.push(Stored {
                    hash,
                    length: object.size,
                    since: Timestamp::from_second(object.last_modified.timestamp())
                        .unwrap_or(Timestamp::MAX),
                });
            }
        }
        Ok(stored)
    }

    /// Removes a blob; one that is not there is no fault.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, hash: &Sha256Hex) -> Result<(), StorageError> {
        match self.store.delete(&self.path(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// The reason why it does not.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.length(&Sha256Hex::of_digest([0; 32])).await.map(drop)
    }

    fn root(&self) -> Path {
        match &self.place {
            Place::Folder(_) => Path::from(FOLDER),
            Place::Bucket { prefix, .. } => prefix.clone().join(FOLDER),
        }
    }

    fn path(&self, hash: &Sha256Hex) -> Path {
        self.root().join(&hash.as_str()[..2]).join(hash.as_str())
    }
}

/// The answer to one question of [`Storage::missing`]: which blob of the list, and whether it is absent.
type Answer = Result<(usize, bool), StorageError>;

fn note(
    absent: &mut [bool],
    answer: Option<Result<Answer, tokio::task::JoinError>>,
) -> Result<(), StorageError> {
    if let Some(answer) = answer {
        let (place, is_absent) = answer.map_err(object_store::Error::from)??;
        absent[place] = is_absent;
    }
    Ok(())
}
