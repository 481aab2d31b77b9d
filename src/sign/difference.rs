//! What a bundle's entry would change, line by line, for the person who signs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use motcua_show::release::Release;
use motcua_show::units::{Assignment, Unit, Units};
use motcua_sync::bundle::Entry;
use motcua_sync::tuf::metadata::{RoleKeys, Root, Targets};
use motcua_sync::tuf::{self, Key, KeyId};

/// The changes of one entry.
///
/// # Errors
/// When a document in it cannot be read.
pub fn lines(entry: &Entry) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    if entry.published.is_some() && !is_published_by_signers(entry) {
        lines.push(
            "what the server says is published was not signed by these keys: take everything below for new"
                .to_owned(),
        );
    }
    if entry.role == "root" {
        lines.extend(root(entry)?);
        return Ok(lines);
    }
    for (target, document) in &entry.documents {
        let before = before(entry, target);
        match target.as_str() {
            "units.json" => lines.extend(units(before, document)?),
            target if target.starts_with("screens/") => {
                lines.push(assignment(before, document)?);
            }
            _ => lines.extend(release(before, document)?),
        }
    }
    lines.extend(delegations(entry)?);
    lines.extend(gone(entry)?);
    if lines.is_empty() {
        lines.push("nothing but a longer validity".to_owned());
    }
    Ok(lines)
}

/// The document in whose place another steps; none where nobody who counts has signed it.
pub fn before<'a>(entry: &'a Entry, target: &str) -> Option<&'a str> {
    let document = entry.published_documents.get(target)?;
    let published: Targets = tuf::read(entry.published.as_ref()?.as_bytes()).ok()?;
    let is_named = published
        .targets
        .get(target)
        .is_some_and(|file| file.matches(document.as_bytes()));
    (is_named && is_published_by_signers(entry)).then_some(document)
}

/// Whether enough of those who sign this entry have signed what it replaces.
fn is_published_by_signers(entry: &Entry) -> bool {
    let Some(published) = &entry.published else {
        return false;
    };
    entry.signers.iter().any(|signers| {
        let role = RoleKeys::new(&signers.keys, signers.threshold);
        let keys: BTreeMap<KeyId, Key> = signers
            .keys
            .iter()
            .map(|key| (key.id(), key.clone()))
            .collect();
        tuf::signers(published.as_bytes(), &role, &keys)
            .is_ok_and(|signed| signed.len() as u64 >= u64::from(signers.threshold))
    })
}

fn release(before: Option<&str>, document: &str) -> anyhow::Result<Vec<String>> {
    let new = Release::read(document.as_bytes())?;
    let old = before
        .map(|document| Release::read(document.as_bytes()))
        .transpose()?;
    let mut lines = vec![format!(
        "release {} of {}: {}, {} files, signed as of {}",
        new.number,
        new.unit,
        new.title,
        new.files.len(),
        new.signed_at
    )];
    let none = BTreeMap::new();
    let old_files = old.as_ref().map_or(&none, |old| &old.files);
    for (place, file) in &new.files {
        match old_files.get(place) {
            None => lines.push(format!("+ {place}")),
            Some(old) if old != file => lines.push(format!("~ {place}")),
            Some(_) => {}
        }
    }
    let gone = old_files
        .keys()
        .filter(|place| !new.files.contains_key(*place));
    lines.extend(gone.map(|place| format!("- {place}")));
    Ok(lines)
}

fn assignment(before: Option<&str>, document: &str) -> anyhow::Result<String> {
    let read = |document: &str| -> anyhow::Result<Assignment> {
        serde_json::from_str(document).context("a screen's place cannot be read")
    };
    let new = read(document)?;
    Ok(match before.map(read).transpose()? {
        None => format!(
            "+ screen {} ({:?}) belongs to {}",
            new.screen, new.name, new.unit
        ),
        Some(old) if old.unit != new.unit => format!(
            "~ screen {} ({:?}) moves from {} to {}",
            new.screen, new.name, old.unit, new.unit
        ),
        Some(_) => format!("~ screen {} is called {:?}", new.screen, new.name),
    })
}

fn units(before: Option<&str>, document: &str) -> anyhow::Result<Vec<String>> {
    let read = |document: &str| -> anyhow::Result<Units> {
        serde_json::from_str(document).context("the tree of units cannot be read")
    };
    let new = read(document)?;
    let old = before.map(read).transpose()?.unwrap_or_default();
    let mut lines = Vec::new();
    for unit in &new.units {
        match old.get(&unit.id) {
            None => lines.push(format!("+ unit {}", said(unit))),
            Some(was) if was != unit => {
                lines.push(format!("~ unit {} (was {})", said(unit), said(was)));
            }
            Some(_) => {}
        }
    }
    let gone = old.units.iter().filter(|unit| new.get(&unit.id).is_none());
    lines.extend(gone.map(|unit| format!("- unit {}", said(unit))));
    Ok(lines)
}

fn said(unit: &Unit) -> String {
    let mut said = format!("{} ({} {}", unit.id, unit.kind, unit.name);
    if let Some(parent) = &unit.parent {
        said.push_str(&format!(", below {parent}"));
    }
    if let Some(day) = unit.first_day {
        said.push_str(&format!(", from {day}"));
    }
    if let Some(day) = unit.last_day {
        said.push_str(&format!(", until {day}"));
    }
    if let Some(successor) = &unit.successor {
        said.push_str(&format!(", then {successor}"));
    }
    said.push(')');
    said
}

/// Who may sign for what, where that changes.
fn delegations(entry: &Entry) -> anyhow::Result<Vec<String>> {
    let read = |text: &str| -> anyhow::Result<BTreeMap<String, String>> {
        let targets: Targets = tuf::read(text.as_bytes())?;
        let roles = targets
            .delegations
            .into_iter()
            .flat_map(|delegations| delegations.roles);
        Ok(roles
            .map(|role| (role.name.clone(), signers(&role.keys)))
            .collect())
    };
    let new = read(&entry.metadata)?;
    Ok(changed_signers(
        &trusted(entry).map(read).transpose()?.unwrap_or_default(),
        &new,
    ))
}

fn root(entry: &Entry) -> anyhow::Result<Vec<String>> {
    let read = |text: &str| -> anyhow::Result<BTreeMap<String, String>> {
        let root: Root = tuf::read(text.as_bytes())?;
        let roles = root.roles.iter();
        Ok(roles
            .map(|(name, keys)| (name.clone(), signers(keys)))
            .collect())
    };
    let new = read(&entry.metadata)?;
    Ok(changed_signers(
        &trusted(entry).map(read).transpose()?.unwrap_or_default(),
        &new,
    ))
}

fn trusted(entry: &Entry) -> Option<&str> {
    entry
        .published
        .as_deref()
        .filter(|_| is_published_by_signers(entry))
}

fn signers(keys: &RoleKeys) -> String {
    let ids: BTreeSet<String> = keys.keyids.iter().map(ToString::to_string).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    format!("{} of {}", keys.threshold, ids.join(", "))
}

fn changed_signers(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let mut lines = Vec::new();
    for (role, keys) in new {
        match old.get(role) {
            None => lines.push(format!("+ {role} is signed by {keys}")),
            Some(were) if were != keys => {
                lines.push(format!("~ {role} is signed by {keys} (was {were})"));
            }
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|role| !new.contains_key(*role));
    lines.extend(gone.map(|role| format!("- nobody signs {role}")));
    lines
}

/// Targets that are published and would be no more.
fn gone(entry: &Entry) -> anyhow::Result<Vec<String>> {
    let Some(published) = trusted(entry) else {
        return Ok(Vec::new());
    };
    let old: Targets = tuf::read(published.as_bytes())?;
    let new: Targets = tuf::read(entry.metadata.as_bytes())?;
    let gone = old
        .targets
        .keys()
        .filter(|target| !new.targets.contains_key(*target));
    Ok(gone
        .map(|target| format!("- {target} is withdrawn"))
        .collect())
}
