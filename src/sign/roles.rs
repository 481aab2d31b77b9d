//! Who may sign for what, and where that changes.

use std::collections::{BTreeMap, BTreeSet};

use motcua_sync::bundle::Entry;
use motcua_sync::tuf::metadata::{DelegatedRole, RoleKeys, Root, Targets};
use motcua_sync::tuf::{self, Key, KeyId};

/// What a bundle says in one place: by name, in words.
type Said = BTreeMap<String, String>;

/// The changes of a root.
///
/// # Errors
/// When the metadata cannot be read.
pub fn root(entry: &Entry, published: Option<&str>) -> anyhow::Result<Vec<String>> {
    let read = |text: &str| tuf::read::<Root>(text.as_bytes());
    let new = read(&entry.metadata)?;
    let old = published.map(read).transpose()?;
    let roles = |root: &Root| -> Said {
        let roles = root.roles.iter();
        roles
            .map(|(name, keys)| (name.clone(), format!("is signed by {}", signers(keys))))
            .collect()
    };
    let none = Said::new();
    let mut lines = changed(
        "",
        &old.as_ref().map_or(none.clone(), roles),
        &roles(&new),
        "nobody signs for it any more",
    );
    lines.extend(changed(
        "key ",
        &old.as_ref().map_or(none, |old| keys(&old.keys)),
        &keys(&new.keys),
        "counts no more",
    ));
    let is_consistent = |root: &Root| root.consistent_snapshot;
    if old.as_ref().is_none_or(is_consistent) != new.consistent_snapshot {
        let with = if new.consistent_snapshot { "" } else { "out" };
        lines.push(format!("~ files are named with{with} versions and hashes"));
    }
    Ok(lines)
}

/// The changes of the delegations of a role.
///
/// # Errors
/// When the metadata cannot be read.
pub fn delegations(entry: &Entry, published: Option<&str>) -> anyhow::Result<Vec<String>> {
    let read = |text: &str| -> anyhow::Result<_> {
        let targets: Targets = tuf::read(text.as_bytes())?;
        Ok(targets.delegations.unwrap_or_default())
    };
    let new = read(&entry.metadata)?;
    let old = published.map(read).transpose()?.unwrap_or_default();
    let roles = |roles: &[DelegatedRole]| -> Said {
        let said = roles
            .iter()
            .map(|role| (role.name.clone(), delegated(role)));
        said.collect()
    };
    let mut lines = changed(
        "",
        &roles(&old.roles),
        &roles(&new.roles),
        "nobody signs for it any more",
    );
    lines.extend(changed(
        "key ",
        &keys(&old.keys),
        &keys(&new.keys),
        "counts no more",
    ));
    lines.extend(order(&old.roles, &new.roles));
    lines.extend(new.roles.iter().filter_map(beyond));
    Ok(lines)
}

fn delegated(role: &DelegatedRole) -> String {
    let mut said = format!("is signed by {}", signers(&role.keys));
    if let Some(paths) = &role.paths {
        said.push_str(&format!(", for {}", paths.join(", ")));
    }
    if let Some(prefixes) = &role.path_hash_prefixes {
        let prefixes = prefixes.join(", ");
        said.push_str(&format!(", for names whose hash begins with {prefixes}"));
    }
    if !role.terminating {
        said.push_str(", and after it others are asked");
    }
    said
}

/// Whom a screen asks first decides whom it believes.
fn order(old: &[DelegatedRole], new: &[DelegatedRole]) -> Option<String> {
    fn names(roles: &[DelegatedRole]) -> Vec<&str> {
        roles.iter().map(|role| role.name.as_str()).collect()
    }
    let (before, after) = (names(old), names(new));
    let unique: BTreeSet<_> = after.iter().collect();
    if unique.len() < after.len() {
        return Some("! a role is named twice; do not sign this".to_owned());
    }
    let stays = |own: &[&str], other: &[&str]| -> Vec<String> {
        let own = own.iter().filter(|name| other.contains(*name));
        own.map(|&name| name.to_owned()).collect()
    };
    let (was, is) = (stays(&before, &after), stays(&after, &before));
    (was != is).then(|| {
        format!(
            "~ the roles are asked in the order {} (was {})",
            is.join(", "),
            was.join(", ")
        )
    })
}

/// A role that would be believed for names which are not its own.
fn beyond(role: &DelegatedRole) -> Option<String> {
    let own = match role.name.strip_prefix("unit-") {
        Some(unit) => format!("units/{unit}/*"),
        None => format!("{}/*", role.name),
    };
    let is_own = role.paths.as_deref() == Some(std::slice::from_ref(&own)) && role.terminating;
    (!is_own).then(|| {
        format!(
            "! {} would be believed for more or other names than {own}; do not sign this",
            role.name
        )
    })
}

fn signers(keys: &RoleKeys) -> String {
    let ids: BTreeSet<String> = keys.keyids.iter().map(ToString::to_string).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    format!("{} of {}", keys.threshold, ids.join(", "))
}

fn keys(keys: &BTreeMap<KeyId, Key>) -> Said {
    let said = |key: &Key| format!("is the {} key {}", key.keytype, key.keyval.public);
    keys.iter()
        .map(|(id, key)| (id.to_string(), said(key)))
        .collect()
}

fn changed(what: &str, old: &Said, new: &Said, over: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, now) in new {
        match old.get(name) {
            None => lines.push(format!("+ {what}{name} {now}")),
            Some(was) if was != now => lines.push(format!("~ {what}{name} {now} (it {was})")),
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    lines.extend(gone.map(|name| format!("- {what}{name}: {over}")));
    lines
}
