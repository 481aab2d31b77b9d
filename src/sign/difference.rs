//! What a bundle's entry would change, line by line, for the person who signs.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use motcua_show::release::Release;
use motcua_show::units::{Assignment, Unit, Units};
use motcua_sync::alert::{self, AlertKeys};
use motcua_sync::bundle::Entry;
use motcua_sync::tuf::metadata::Targets;
use motcua_sync::tuf::{self, Key};

use super::roles;

/// The changes of one entry, against what `key` itself has signed before.
///
/// # Errors
/// When a document in it cannot be read, or is about something else than its name says.
pub fn lines(entry: &Entry, key: &Key) -> anyhow::Result<Vec<String>> {
    let published = entry.published_by(key);
    let mut lines = Vec::new();
    if published.is_none() {
        lines.push(
            "nothing that is published here was signed by this key: everything below counts as new"
                .to_owned(),
        );
    }
    let quiet = lines.len();
    if entry.role == "root" {
        lines.extend(roles::root(entry, published)?);
    } else {
        for (target, document) in &entry.documents {
            let before = before(entry, key, target);
            let is_same = before == Some(document);
            match target.as_str() {
                "units.json" if !is_same => lines.extend(units(before, document)?),
                alert::TARGET if !is_same => lines.extend(alert_keys(before, document)?),
                target if target.starts_with("screens/") && !is_same => {
                    lines.push(assignment(before, target, document)?);
                }
                target if target.starts_with("units/") => {
                    lines.extend(release(before, target, document)?);
                }
                _ => {}
            }
        }
        lines.extend(roles::delegations(entry, published)?);
        lines.extend(gone(entry, published)?);
    }
    if lines.len() == quiet {
        lines.push("nothing but a longer validity".to_owned());
    }
    Ok(lines)
}

/// The document in whose place another steps; none where `key` has not signed it.
pub fn before<'a>(entry: &'a Entry, key: &Key, target: &str) -> Option<&'a String> {
    let published: Targets = tuf::read(entry.published_by(key)?.as_bytes()).ok()?;
    let file = published.targets.get(target)?;
    let shown = [&entry.published_documents, &entry.documents];
    let mut shown = shown.iter().filter_map(|documents| documents.get(target));
    shown.find(|document| file.matches(document.as_bytes()))
}

fn release(before: Option<&String>, target: &str, document: &str) -> anyhow::Result<Vec<String>> {
    let new = Release::read(document.as_bytes())?;
    if target != format!("units/{}/release.json", new.unit) {
        bail!(
            "{target} is a release of {}; do not sign it, and find out who changed it",
            new.unit
        );
    }
    let old = before
        .map(|document| Release::read(document.as_bytes()))
        .transpose()?;
    let is_same = old.as_ref() == Some(&new);
    let mut lines = vec![format!(
        "release {} of {}: {}, {} files, signed as of {}{}",
        new.number,
        new.unit,
        new.title,
        new.files.len(),
        new.signed_at,
        if is_same { ", as before" } else { "" }
    )];
    if let Some(old) = old.as_ref().filter(|old| old.number > new.number) {
        lines.push(format!(
            "! it is older than release {} ({}, signed as of {}), which is published",
            old.number, old.title, old.signed_at
        ));
    }
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

fn assignment(before: Option<&String>, target: &str, document: &str) -> anyhow::Result<String> {
    let read = |document: &str| -> anyhow::Result<Assignment> {
        serde_json::from_str(document).context("a screen's place cannot be read")
    };
    let new = read(document)?;
    if target != format!("screens/{}.json", new.screen) {
        bail!(
            "{target} is about the screen {:?}; do not sign it, and find out who changed it",
            new.screen
        );
    }
    let old = before.map(|document| read(document)).transpose()?;
    Ok(match old {
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

fn units(before: Option<&String>, document: &str) -> anyhow::Result<Vec<String>> {
    let read = |document: &str| -> anyhow::Result<Units> {
        serde_json::from_str(document).context("the tree of units cannot be read")
    };
    let new = read(document)?;
    let old = before.map(|document| read(document)).transpose()?;
    let old = old.unwrap_or_default();
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

/// Who may alert whom: a key that stands here puts what it likes over every screen of the unit.
fn alert_keys(before: Option<&String>, document: &str) -> anyhow::Result<Vec<String>> {
    let read = |document: &str| -> anyhow::Result<AlertKeys> {
        serde_json::from_str(document).context("who may alert cannot be read")
    };
    let new = read(document)?;
    let old = before.map(|document| read(document)).transpose()?;
    let old = old.unwrap_or_default();
    let mut lines = Vec::new();
    for (unit, signers) in &new.units {
        let was = old.units.get(unit);
        let knew = |key: &Key| was.is_some_and(|was| was.keys.contains(key));
        for key in signers.keys.iter().filter(|key| !knew(key)) {
            lines.push(format!("+ the key {} may alert {unit}", key.id()));
        }
        if was.map(|was| was.threshold) != Some(signers.threshold) {
            lines.push(format!(
                "~ an alert of {unit} has to be signed by {} of its {} keys",
                signers.threshold,
                signers.keys.len()
            ));
        }
    }
    for (unit, was) in &old.units {
        let is_there = |key: &Key| {
            new.units
                .get(unit)
                .is_some_and(|signers| signers.keys.contains(key))
        };
        for key in was.keys.iter().filter(|key| !is_there(key)) {
            lines.push(format!("- the key {} may alert {unit} no more", key.id()));
        }
    }
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

/// Targets that are published and would be no more.
fn gone(entry: &Entry, published: Option<&str>) -> anyhow::Result<Vec<String>> {
    let Some(published) = published else {
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
