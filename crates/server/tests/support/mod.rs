//! What the tests of the server's domain share: a server without HTTP in a temporary folder, and screens
//! that trust it through the client that real screens use.
#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part of this"
)]

pub mod played;
pub mod postgres;
pub mod s3;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};
use motcua_server::signing::Imported;
use motcua_server::units::NewUnit;
use motcua_server::{Database, Repository, Settings, Storage};
use motcua_show::release::{FileRef, Release, ReleasePath, Sha256Hex};
use motcua_show::units::{Assignment, UnitId, Units};
use motcua_sync::api::Published;
use motcua_sync::bundle::{Bundle, Signers, TakeOff};
use motcua_sync::tuf::{FetchError, MetadataSource, SigningKey, Trust, TufError};
use tempfile::TempDir;
use tokio::runtime::Handle;

/// The morning on which every story begins.
pub fn morning() -> Timestamp {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

/// So many days after it.
pub fn day(days: i64) -> Timestamp {
    morning().checked_add((days * 24).hours()).unwrap()
}

/// A server without HTTP.
pub struct Office {
    pub settings: Settings,
    pub repository: Repository,
    folder: Option<TempDir>,
}

impl Office {
    /// With everything in a temporary folder.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        Self {
            repository: open(&settings).await.unwrap(),
            settings,
            folder: Some(folder),
        }
    }

    /// Another replica of the same server.
    pub async fn replica(&self) -> Self {
        Self {
            repository: open(&self.settings).await.unwrap(),
            settings: self.settings.clone(),
            folder: None,
        }
    }

    /// Adds a unit below another.
    pub async fn unit(&self, name: &str, parent: Option<&UnitId>) -> UnitId {
        let wanted = NewUnit {
            name: name.to_owned(),
            kind: "xã".to_owned(),
            parent: parent.cloned(),
            ..NewUnit::default()
        };
        self.repository.add_unit(wanted, morning()).await.unwrap().0
    }

    /// Uploads a show of one file with this text.
    pub async fn show(&self, text: &str) -> BTreeMap<ReleasePath, FileRef> {
        let file = FileRef {
            sha256: sha256(text.as_bytes()),
            length: text.len() as u64,
        };
        let storage = self.repository.storage();
        storage.put(&file.sha256, text.as_bytes()).await.unwrap();
        [(ReleasePath::show(), file)].into()
    }

    /// Pushes a show of one file with this text, which is its title too.
    pub async fn push(&self, unit: &UnitId, text: &str, now: Timestamp) -> Published {
        let files = self.show(text).await;
        self.repository
            .publish(unit, text, files, now)
            .await
            .unwrap()
    }

    /// A screen that was given the root of today.
    pub async fn screen(&self, id: &str) -> Screen {
        Screen::new(id, &self.repository.root().await.unwrap())
    }
}

/// Opens a repository with these settings.
pub async fn open(settings: &Settings) -> motcua_server::Result<Repository> {
    let database = Database::open(&settings.database_address()).await?;
    let storage = Storage::open(settings)?;
    Repository::open(settings, database, storage, morning()).await
}

pub fn sha256(bytes: &[u8]) -> Sha256Hex {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    Sha256Hex::of_digest(digest)
}

/// The id of a made-up screen.
pub fn screen_id(name: &str) -> String {
    sha256(name.as_bytes()).as_str()[..32].to_owned()
}

/// Where a screen reads: a served repository, or files.
pub trait Shelf: MetadataSource {
    /// A file below `targets/`.
    fn target(&self, place: &str) -> Option<Vec<u8>>;
}

impl Shelf for Served<'_> {
    fn target(&self, place: &str) -> Option<Vec<u8>> {
        block_on(self.0.target(place)).unwrap()
    }
}

/// The repository as a server serves it.
pub struct Served<'a>(pub &'a Repository);

impl MetadataSource for Served<'_> {
    fn fetch(&self, file: &str, _max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        block_on(self.0.metadata(file)).map_err(|error| FetchError::Transport(error.into()))
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| Handle::current().block_on(future))
}

/// A repository in a folder: a stick, or what an attacker made of one.
pub struct Files<'a>(pub &'a Path);

impl MetadataSource for Files<'_> {
    fn fetch(&self, file: &str, _max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(std::fs::read(self.0.join("metadata").join(file)).ok())
    }
}

impl Shelf for Files<'_> {
    fn target(&self, place: &str) -> Option<Vec<u8>> {
        std::fs::read(self.0.join("targets").join(place)).ok()
    }
}

/// Why a screen takes nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Metadata(#[from] TufError),
    #[error("{0} is another one than was signed")]
    Document(String),
}

/// A screen's side: what it trusts, and what it would show.
pub struct Screen {
    pub id: String,
    pub folder: TempDir,
    pub trust: Trust,
}

impl Screen {
    pub fn new(id: &str, root: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            id: screen_id(id),
            trust: Trust::init(folder.path(), root).unwrap(),
            folder,
        }
    }

    /// Looks for a release: the title of what it shows then, by the rules of a screen.
    pub fn look(&mut self, shelf: &dyn Shelf, now: Timestamp) -> Result<Option<String>, Refused> {
        self.trust.refresh(shelf, now)?;
        let Some(units) = self.read(shelf, "units.json", now)? else {
            return Ok(None);
        };
        let units: Units = serde_json::from_slice(&units).unwrap();
        let own = format!("screens/{}.json", self.id);
        let Some(assignment) = self.read(shelf, &own, now)? else {
            return Ok(None);
        };
        let assignment: Assignment = serde_json::from_slice(&assignment).unwrap();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        for unit in units.chain(&assignment.unit, today) {
            if let Some(release) = self.read(shelf, &format!("units/{unit}/release.json"), now)? {
                return Ok(Some(Release::read(&release).unwrap().title));
            }
        }
        Ok(None)
    }

    /// The same at the server.
    pub fn title(&mut self, office: &Office, now: Timestamp) -> Option<String> {
        self.look(&Served(&office.repository), now).unwrap()
    }

    /// The hash of the release of a unit that it may show without anybody's help.
    pub fn holds(&self, unit: &UnitId) -> Option<String> {
        let file = self.trust.known(&format!("units/{unit}/release.json"))?;
        file.sha256().map(str::to_owned)
    }

    /// The versions that its heartbeat reports.
    pub fn trusted(&self) -> BTreeMap<String, u64> {
        self.trust.floors().clone()
    }

    fn read(
        &mut self,
        shelf: &dyn Shelf,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, Refused> {
        let Some(file) = self.trust.find(shelf, name, now)? else {
            return Ok(None);
        };
        let place = file.location(name, true).unwrap();
        let bytes = shelf.target(&place).unwrap_or_default();
        if file.matches(&bytes) {
            Ok(Some(bytes))
        } else {
            Err(Refused::Document(name.to_owned()))
        }
    }
}

/// Somebody who signs away from the server.
pub struct Signer(pub SigningKey);

impl Signer {
    pub fn new() -> Self {
        Self(SigningKey::generate().unwrap())
    }

    /// Takes the bundle as a file, signs what waits for this key, and brings it back.
    pub async fn sign(&self, office: &Office, now: Timestamp) -> Imported {
        let written = office
            .repository
            .export_unsigned(now)
            .await
            .unwrap()
            .to_bytes()
            .unwrap();
        let mut bundle = Bundle::read(&written).unwrap();
        bundle.sign(&self.0).unwrap();
        let written = bundle.to_bytes().unwrap();
        let bundle = Bundle::read(&written).unwrap();
        office.repository.import_signed(&bundle, now).await.unwrap()
    }
}

/// So many of these sign.
pub fn signers(threshold: u32, signers: &[&Signer]) -> Signers {
    let keys = signers.iter().map(|signer| signer.0.public()).collect();
    Signers { threshold, keys }
}

/// One person signs everything from now on.
pub fn all_to(signer: &Signer) -> TakeOff {
    let alone = signers(1, &[signer]);
    TakeOff {
        root: alone.clone(),
        targets: alone.clone(),
        screens: alone.clone(),
        units: alone,
        unit: BTreeMap::new(),
    }
}
