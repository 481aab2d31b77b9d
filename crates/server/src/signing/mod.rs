//! Signing away from the server: what waits goes out as a bundle, signatures come back.
//!
//! Of a bundle that comes back nothing is taken but signatures over what this server itself prepared. What
//! then has enough of them is published together, or not at all.

mod take_off;

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_show::units::UnitId;
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::{Bundle, BundleError, Entry, FORMAT, Signers, TakeOff};
use motcua_sync::tuf::metadata::{Root, Targets, TopRole};
use motcua_sync::tuf::{self, KeyId, Signature};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::database::Change;
use crate::error::{Error, Result};
use crate::releases::mark_current;
use crate::repository::publication::{Authority, Publication, malformed, read};
use crate::repository::tables::{self, Version};
use crate::repository::{Repository, SCREENS, release_target, unit_role};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Roles that are published now.
    pub published: Vec<String>,
    /// Roles that still wait.
    pub waiting: Vec<Waiting>,
}

/// A role that waits for signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The role.
    pub role: String,
    /// The version that it will have.
    pub version: u64,
    /// How many count so far.
    pub signatures: u64,
    /// How many it needs. Enough here and still waiting: it waits for another role's.
    pub needed: u64,
}

impl Repository {
    /// Everything that waits for signatures, with what it would replace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_unsigned(&self, now: Timestamp) -> Result<Bundle> {
        let mut publication = Publication::begin(self, now).await?;
        let mut entries = Vec::new();
        for draft in in_order(tables::drafts(&mut *publication.work).await?) {
            if draft.role != "root" {
                // Whoever signs keeps in mind which versions he has signed; what is drafted after this needs
                // a version of its own. Roots count up by one and are never drafted over another.
                tables::raise_floor(&mut publication.work, &draft.role, draft.version).await?;
            }
            entries.push(self.entry(&mut publication, draft).await?);
        }
        self.database().commit(publication.work).await?;
        Ok(Bundle {
            format: FORMAT,
            made_at: now,
            entries,
        })
    }

    /// Takes the signatures of a bundle that comes back, and publishes what has enough of them.
    ///
    /// # Errors
    /// When the bundle holds something else than what waits, or the database fails.
    pub async fn import_signed(&self, bundle: &Bundle, now: Timestamp) -> Result<Imported> {
        if bundle.format != FORMAT {
            return Err(BundleError::Format(bundle.format).into());
        }
        let mut publication = Publication::begin(self, now).await?;
        for entry in &bundle.entries {
            self.take_signatures(&mut publication, entry).await?;
        }
        self.database().commit(publication.work).await?;
        let mut imported = Imported::default();
        match self.publish_drafts(now).await {
            Ok(published) => imported.published = published,
            // Keys change together or not at all; the signatures so far are kept.
            Err(Error::Torn { .. }) => {}
            Err(error) => return Err(error),
        }
        imported.waiting = self.waiting(now).await?;
        if !imported.published.is_empty() {
            self.finish_take_off(now).await?;
        }
        Ok(imported)
    }

    /// What waits for signatures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting(&self, now: Timestamp) -> Result<Vec<Waiting>> {
        let mut publication = Publication::begin(self, now).await?;
        let mut waiting = Vec::new();
        for draft in in_order(tables::drafts(&mut *publication.work).await?) {
            let needs = self.needs(&mut publication, &draft).await?;
            let (mut signatures, mut needed) = (0, 0);
            for signers in &needs {
                let (role, keys) = role_keys(signers);
                let counted = tuf::signers(&draft.bytes, &role, &keys)
                    .map_err(|source| malformed(&draft.role, source))?;
                signatures += (counted.len() as u64).min(u64::from(signers.threshold));
                needed += u64::from(signers.threshold);
            }
            waiting.push(Waiting {
                role: draft.role,
                version: draft.version,
                signatures,
                needed,
            });
        }
        Ok(waiting)
    }

    /// Gives up what waits for signatures of one role, for example a release that was not approved.
    ///
    /// # Errors
    /// When the keys are being taken off, or the database fails.
    pub async fn discard_unsigned(&self, role: &str, now: Timestamp) -> Result<()> {
        let mut publication = Publication::begin_change(self, now).await?;
        sqlx::query("DELETE FROM unsigned WHERE role = $1")
            .bind(role)
            .execute(&mut *publication.work)
            .await?;
        if let Some(unit) = role.strip_prefix("unit-") {
            sqlx::query("DELETE FROM releases WHERE unit = $1 AND state = 'unsigned'")
                .bind(unit)
                .execute(&mut *publication.work)
                .await?;
        }
        self.database().commit(publication.work).await
    }

    async fn entry(&self, publication: &mut Publication<'_>, draft: Version) -> Result<Entry> {
        let signers = self.needs(publication, &draft).await?;
        let role = draft.role.clone();
        let published = tables::latest(&mut *publication.work, &role).await?;
        let (mut documents, mut published_documents) = (BTreeMap::new(), BTreeMap::new());
        if role != "root" {
            let new: Targets = read(&role, &draft.bytes)?;
            let old: Option<Targets> = published
                .as_ref()
                .map(|old| read(&role, &old.bytes))
                .transpose()?;
            for (target, file) in &new.targets {
                // Those as well that stay the same: who signs believes nothing of what is published that he
                // has not signed himself, and signs nothing that he cannot see.
                let hash = file.sha256().unwrap_or_default();
                if let Some(document) = document(publication, target, hash).await? {
                    documents.insert(target.clone(), document);
                }
                let before = old.as_ref().and_then(|old| old.targets.get(target));
                if before.map(|before| &before.hashes) == Some(&file.hashes) {
                    continue;
                }
                let hash = before
                    .and_then(|before| before.sha256())
                    .unwrap_or_default();
                if let Some(document) = document(publication, target, hash).await? {
                    published_documents.insert(target.clone(), document);
                }
            }
        }
        Ok(Entry {
            role,
            version: draft.version,
            metadata: text(&draft.bytes),
            published: published.map(|published| text(&published.bytes)),
            documents,
            published_documents,
            signers,
        })
    }

    /// Whose signatures a draft needs.
    async fn needs(
        &self,
        publication: &mut Publication<'_>,
        draft: &Version,
    ) -> Result<Vec<Signers>> {
        let mut needs = Vec::new();
        let authority = publication.authority(&draft.role).await?;
        if draft.role == "root" {
            needs.extend(authority.as_ref().map(Authority::signers));
            let root: Root = read("root", &draft.bytes)?;
            if let Some(role) = root.role(TopRole::Root) {
                let keys = role.keyids.iter().filter_map(|id| root.keys.get(id));
                let own = Signers {
                    threshold: role.threshold,
                    keys: keys.cloned().collect(),
                };
                if !needs.contains(&own) {
                    needs.push(own);
                }
            }
            return Ok(needs);
        }
        if let Some(wish) = wish(publication).await? {
            needs.push(of_wish(&wish, &draft.role).clone());
        } else if let Some(authority) = authority {
            needs.push(authority.signers());
        } else {
            // Of a unit whose delegation itself still waits.
            needs.extend(tables::signers(&mut *publication.work, &draft.role).await?);
        }
        Ok(needs)
    }

    /// Adds the signatures of an entry that count to the draft that it was made of.
    async fn take_signatures(
        &self,
        publication: &mut Publication<'_>,
        entry: &Entry,
    ) -> Result<()> {
        let stale = || Error::Stale(entry.role.clone());
        let draft = tables::draft(&mut *publication.work, &entry.role).await?;
        let draft = draft.ok_or_else(stale)?;
        let mut own = Envelope::read(&entry.role, &draft.bytes)?;
        let theirs = Envelope::read(&entry.role, entry.metadata.as_bytes())?;
        if own.signed != theirs.signed {
            return Err(stale());
        }
        for signers in self.needs(publication, &draft).await? {
            let (role, keys) = role_keys(&signers);
            let counting = tuf::signers(entry.metadata.as_bytes(), &role, &keys)
                .map_err(|source| malformed(&entry.role, source))?;
            own.add(&theirs, &counting);
        }
        let bytes = own.to_bytes(&entry.role)?;
        tables::keep_draft(&mut publication.work, &Version { bytes, ..draft }).await
    }

    /// Publishes every draft that has enough signatures, together; returns their roles.
    async fn publish_drafts(&self, now: Timestamp) -> Result<Vec<String>> {
        let mut publication = Publication::begin(self, now).await?;
        let mut published = Vec::new();
        for draft in in_order(tables::drafts(&mut *publication.work).await?) {
            let (role, bytes) = (draft.role.clone(), draft.bytes.clone());
            if publication.stage_signed(draft).await? == PublishedState::Unsigned {
                continue;
            }
            if let Some(unit) = role
                .strip_prefix("unit-")
                .and_then(|unit| unit.parse().ok())
            {
                self.announce_release(&mut publication, &unit, &read(&role, &bytes)?)
                    .await?;
            } else {
                publication.record(&Change::Units).await?;
            }
            tracing::info!(role, "signed outside, {role} is published");
            published.push(role);
        }
        if !published.is_empty() {
            publication.finish().await?;
        }
        Ok(published)
    }

    async fn announce_release(
        &self,
        publication: &mut Publication<'_>,
        unit: &UnitId,
        targets: &Targets,
    ) -> Result<()> {
        let file = targets.targets.get(&release_target(unit));
        if let Some(sha256) = file.and_then(|file| file.sha256()) {
            mark_current(&mut publication.work, unit, sha256).await?;
        }
        publication
            .record(&Change::Release {
                unit: unit.to_string(),
            })
            .await
    }
}

/// Signed metadata of which only the signatures change.
#[derive(Serialize, Deserialize)]
struct Envelope {
    signatures: Vec<Signature>,
    signed: Value,
}

impl Envelope {
    fn read(role: &str, bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|error| malformed(role, error.into()))
    }

    fn add(&mut self, theirs: &Self, counting: &[KeyId]) {
        for signature in theirs
            .signatures
            .iter()
            .filter(|there| counting.contains(&there.keyid))
        {
            self.signatures.retain(|own| own.keyid != signature.keyid);
            self.signatures.push(signature.clone());
        }
        self.signatures.sort_by(|a, b| a.keyid.cmp(&b.keyid));
    }

    fn to_bytes(&self, role: &str) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| malformed(role, error.into()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The wish to take keys off, while it waits.
async fn wish(publication: &mut Publication<'_>) -> Result<Option<TakeOff>> {
    let Some(text) = tables::take_off(&mut *publication.work).await? else {
        return Ok(None);
    };
    Ok(Some(
        serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))?,
    ))
}

/// Who shall sign for a role by a wish.
fn of_wish<'a>(wish: &'a TakeOff, role: &str) -> &'a Signers {
    match role {
        "root" => &wish.root,
        "targets" => &wish.targets,
        SCREENS => &wish.screens,
        role => {
            let unit = role.strip_prefix("unit-").unwrap_or(role);
            wish.unit.get(unit).unwrap_or(&wish.units)
        }
    }
}

fn role_keys(signers: &Signers) -> (tuf::metadata::RoleKeys, BTreeMap<KeyId, tuf::Key>) {
    let role = tuf::metadata::RoleKeys::new(&signers.keys, signers.threshold);
    let keys = signers.keys.iter().map(|key| (key.id(), key.clone()));
    (role, keys.collect())
}

/// Drafts in the order in which they must be published: who signs for whom comes first.
fn in_order(mut drafts: Vec<Version>) -> Vec<Version> {
    drafts.sort_by_key(|draft| match draft.role.as_str() {
        "root" => 0,
        "targets" => 1,
        SCREENS => 2,
        _ => 3,
    });
    drafts
}

async fn document(
    publication: &mut Publication<'_>,
    target: &str,
    hash: &str,
) -> Result<Option<String>> {
    let document = tables::document(&mut *publication.work, target, hash).await?;
    Ok(document.map(|document| text(&document)))
}

/// Metadata and documents are JSON that this server wrote itself, so nothing is lost here.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The roles of units in a tree.
fn unit_roles(units: &motcua_show::units::Units) -> Vec<String> {
    units.units.iter().map(|unit| unit_role(&unit.id)).collect()
}
