//! The rows behind the repository: metadata, drafts of it, documents, and who signs what.

use std::collections::BTreeMap;

use motcua_show::release::Sha256Hex;
use motcua_sync::bundle::Signers;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Executor, Row};

use crate::database::Work;
use crate::error::Result;

/// One version of a role's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub role: String,
    pub version: u64,
    pub bytes: Vec<u8>,
}

/// Databases count in signed numbers; a version beyond them is none.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn version(row: &AnyRow) -> Result<Version> {
    Ok(Version {
        role: row.try_get("role")?,
        version: unsigned(row.try_get("version")?),
        bytes: row.try_get("bytes")?,
    })
}

/// The metadata of a role at one version.
pub(crate) async fn at(
    database: impl Executor<'_, Database = Any>,
    role: &str,
    number: u64,
) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query("SELECT bytes FROM metadata WHERE role = $1 AND version = $2")
        .bind(role)
        .bind(signed(number))
        .fetch_optional(database)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The published metadata of a role.
pub(crate) async fn latest(
    database: impl Executor<'_, Database = Any>,
    role: &str,
) -> Result<Option<Version>> {
    sqlx::query(
        "SELECT role, version, bytes FROM metadata WHERE role = $1 ORDER BY version DESC LIMIT 1",
    )
    .bind(role)
    .fetch_optional(database)
    .await?
    .as_ref()
    .map(version)
    .transpose()
}

/// The published metadata of every role.
pub(crate) async fn all_latest(
    database: impl Executor<'_, Database = Any>,
) -> Result<Vec<Version>> {
    sqlx::query(
        "SELECT m.role, m.version, m.bytes FROM metadata m
         JOIN (SELECT role, MAX(version) AS version FROM metadata GROUP BY role) newest
           ON newest.role = m.role AND newest.version = m.version
         ORDER BY m.role",
    )
    .fetch_all(database)
    .await?
    .iter()
    .map(version)
    .collect()
}

/// The version of every role as the snapshot names it: the published one, and for a unit that a restored
/// copy of the database does not know any more the one that screens reported. They refuse a snapshot in
/// which a role is missing.
pub(crate) async fn versions(work: &mut AnyConnection) -> Result<BTreeMap<String, u64>> {
    let mut versions = BTreeMap::new();
    for rows in [
        "SELECT role, version FROM floors WHERE role LIKE 'unit-%'",
        "SELECT role, MAX(version) FROM metadata GROUP BY role",
    ] {
        for row in sqlx::query(rows).fetch_all(&mut *work).await? {
            versions.insert(row.try_get(0)?, unsigned(row.try_get(1)?));
        }
    }
    Ok(versions)
}

/// Every root, the oldest first.
pub(crate) async fn roots(database: impl Executor<'_, Database = Any>) -> Result<Vec<Version>> {
    sqlx::query("SELECT role, version, bytes FROM metadata WHERE role = 'root' ORDER BY version")
        .fetch_all(database)
        .await?
        .iter()
        .map(version)
        .collect()
}

/// Publishes a version; the draft of the role is over then.
pub(crate) async fn publish(work: &mut Work, new: &Version) -> Result<()> {
    sqlx::query("INSERT INTO metadata (role, version, bytes) VALUES ($1, $2, $3)")
        .bind(new.role.clone())
        .bind(signed(new.version))
        .bind(new.bytes.clone())
        .execute(&mut **work)
        .await?;
    sqlx::query("DELETE FROM unsigned WHERE role = $1")
        .bind(new.role.clone())
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// Forgets versions that no screen can be in the middle of fetching. Roots stay for ever: a screen
/// that was off for years walks through all of them.
pub(crate) async fn prune(work: &mut Work, role: &str, below: u64) -> Result<()> {
    sqlx::query("DELETE FROM metadata WHERE role = $1 AND version < $2 AND role <> 'root'")
        .bind(role)
        .bind(signed(below))
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// What waits for signatures.
pub(crate) async fn drafts(database: impl Executor<'_, Database = Any>) -> Result<Vec<Version>> {
    sqlx::query("SELECT role, version, bytes FROM unsigned ORDER BY role")
        .fetch_all(database)
        .await?
        .iter()
        .map(version)
        .collect()
}

/// What waits for signatures of one role.
pub(crate) async fn draft(
    database: impl Executor<'_, Database = Any>,
    role: &str,
) -> Result<Option<Version>> {
    sqlx::query("SELECT role, version, bytes FROM unsigned WHERE role = $1")
        .bind(role)
        .fetch_optional(database)
        .await?
        .as_ref()
        .map(version)
        .transpose()
}

/// Keeps a draft in place of the role's former one.
pub(crate) async fn keep_draft(work: &mut Work, draft: &Version) -> Result<()> {
    sqlx::query(
        "INSERT INTO unsigned (role, version, bytes) VALUES ($1, $2, $3)
         ON CONFLICT (role) DO UPDATE SET version = excluded.version, bytes = excluded.bytes",
    )
    .bind(draft.role.clone())
    .bind(signed(draft.version))
    .bind(draft.bytes.clone())
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// The version above which the next one of a role must lie.
pub(crate) async fn floor(work: &mut AnyConnection, role: &str) -> Result<u64> {
    let published: Option<i64> = sqlx::query("SELECT MAX(version) FROM metadata WHERE role = $1")
        .bind(role)
        .fetch_one(&mut *work)
        .await?
        .try_get(0)?;
    let reported: Option<i64> = sqlx::query("SELECT MAX(version) FROM floors WHERE role = $1")
        .bind(role)
        .fetch_one(&mut *work)
        .await?
        .try_get(0)?;
    Ok(unsigned(published.max(reported).unwrap_or(0)))
}

/// Notes that versions up to `number` are taken.
pub(crate) async fn raise_floor(work: &mut Work, role: &str, number: u64) -> Result<()> {
    sqlx::query(
        "INSERT INTO floors (role, version) VALUES ($1, $2)
         ON CONFLICT (role) DO UPDATE SET version = excluded.version
         WHERE excluded.version > floors.version",
    )
    .bind(role)
    .bind(signed(number))
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Who signs for a role, where that is written down.
pub(crate) async fn signers(
    database: impl Executor<'_, Database = Any>,
    role: &str,
) -> Result<Option<Signers>> {
    let row = sqlx::query("SELECT threshold, keys FROM signers WHERE role = $1")
        .bind(role)
        .fetch_optional(database)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let threshold: i64 = row.try_get(0)?;
    let keys: String = row.try_get(1)?;
    let keys = serde_json::from_str(&keys).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some(Signers {
        threshold: u32::try_from(threshold).unwrap_or(u32::MAX),
        keys,
    }))
}

/// Writes down who signs for a role.
pub(crate) async fn set_signers(work: &mut Work, role: &str, signers: &Signers) -> Result<()> {
    let keys =
        serde_json::to_string(&signers.keys).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "INSERT INTO signers (role, threshold, keys) VALUES ($1, $2, $3)
         ON CONFLICT (role) DO UPDATE SET threshold = excluded.threshold, keys = excluded.keys",
    )
    .bind(role)
    .bind(i64::from(signers.threshold))
    .bind(keys)
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// The document of a target.
pub(crate) async fn document(
    database: impl Executor<'_, Database = Any>,
    path: &str,
    sha256: &str,
) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query("SELECT bytes FROM targets WHERE path = $1 AND sha256 = $2")
        .bind(path)
        .bind(sha256)
        .fetch_optional(database)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Keeps a document.
pub(crate) async fn keep_document(
    work: &mut Work,
    path: &str,
    sha256: &Sha256Hex,
    bytes: &[u8],
) -> Result<()> {
    sqlx::query(
        "INSERT INTO targets (path, sha256, bytes) VALUES ($1, $2, $3)
         ON CONFLICT (path, sha256) DO NOTHING",
    )
    .bind(path)
    .bind(sha256.as_str())
    .bind(bytes)
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// The wish to take keys off, while it waits for signatures.
pub(crate) async fn take_off(
    database: impl Executor<'_, Database = Any>,
) -> Result<Option<String>> {
    Ok(sqlx::query("SELECT take_off FROM publishing WHERE id = 1")
        .fetch_one(database)
        .await?
        .try_get(0)?)
}

/// Keeps or forgets that wish.
pub(crate) async fn set_take_off(work: &mut Work, wish: Option<String>) -> Result<()> {
    sqlx::query("UPDATE publishing SET take_off = $1 WHERE id = 1")
        .bind(wish)
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// How often something happened that others have to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    /// Something was published.
    pub(crate) generation: i64,
    /// Blobs were removed.
    pub(crate) collections: i64,
    /// The assignment of a screen changed.
    pub(crate) moves: i64,
}

/// The counters as they are.
pub(crate) async fn counters(database: impl Executor<'_, Database = Any>) -> Result<Counters> {
    let row = sqlx::query("SELECT generation, collections, moves FROM publishing WHERE id = 1")
        .fetch_one(database)
        .await?;
    Ok(Counters {
        generation: row.try_get(0)?,
        collections: row.try_get(1)?,
        moves: row.try_get(2)?,
    })
}

/// Counts a removal of blobs.
pub(crate) async fn count_collection(work: &mut Work) -> Result<()> {
    sqlx::query("UPDATE publishing SET collections = collections + 1 WHERE id = 1")
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// Counts a change of an assignment.
pub(crate) async fn count_move(work: &mut Work) -> Result<()> {
    sqlx::query("UPDATE publishing SET moves = moves + 1 WHERE id = 1")
        .execute(&mut **work)
        .await?;
    Ok(())
}
