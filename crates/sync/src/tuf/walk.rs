//! The search for a target through delegations: pre-order, depth first (section 5.6.7).

use std::collections::BTreeSet;

use jiff::Timestamp as Instant;

use super::envelope::verify;
use super::error::TufError;
use super::metadata::{DelegatedRole, Delegations, TargetFile, Targets, TopRole};
use super::quote;
use super::refresh::{Wanted, alive};
use super::source::MetadataSource;
use super::trust::{Held, Trust};

/// Roles visited in one search. Ours needs two; a graph that needs more is an attack.
const MOST_ROLES: usize = 64;

impl Trust {
    /// Finds a target, reading the delegated roles that the trusted snapshot names and that are
    /// not here yet. Refresh first.
    ///
    /// `None` means that those who may name this target do not. A delegated role that the
    /// snapshot does not list has published nothing.
    ///
    /// # Errors
    /// When a role on the way cannot be read or is not as it must be.
    pub fn find(
        &mut self,
        source: &dyn MetadataSource,
        target: &str,
        now: Instant,
    ) -> Result<Option<TargetFile>, TufError> {
        let top = self.current_targets()?;
        alive(TopRole::Targets.name(), top, now)?;
        walk(top, target, &mut |role, delegations| {
            let snapshot = self.snapshot.as_ref().map(|held| &held.metadata);
            if snapshot.is_none_or(|snapshot| snapshot.role(&role.name).is_none()) {
                return Ok(None);
            }
            let Some(wanted) = wanted(role, delegations) else {
                return Ok(None);
            };
            let held = match self
                .stored(&wanted)
                .filter(|held| self.is_named(&role.name, held))
            {
                Some(held) => held,
                None => self.fetch_targets(source, &wanted, now)?,
            };
            alive(&role.name, &held.metadata, now)?;
            Ok(Some(held.metadata))
        })
    }

    /// Finds a target in what was verified before, without a repository and without a clock:
    /// what a screen may go on to show while nothing newer can be had. `None` also when the root
    /// has taken the key away with which it was signed, until the next refresh succeeds.
    #[must_use]
    pub fn known(&self, target: &str) -> Option<TargetFile> {
        let top = &self.targets.as_ref()?.metadata;
        let found = walk(top, target, &mut |role, delegations| {
            let held = wanted(role, delegations).and_then(|wanted| self.stored(&wanted));
            Ok(held.map(|held| held.metadata))
        });
        found.ok().flatten()
    }

    /// The top-level targets, if timestamp, snapshot and targets belong together.
    fn current_targets(&self) -> Result<&Targets, TufError> {
        let missing = |role: TopRole| TufError::NotRefreshed {
            role: role.name().to_owned(),
        };
        let timestamp = self
            .timestamp
            .as_ref()
            .ok_or_else(|| missing(TopRole::Timestamp))?;
        let snapshot = self
            .snapshot
            .as_ref()
            .ok_or_else(|| missing(TopRole::Snapshot))?;
        let named = timestamp.metadata.snapshot().map(|named| named.version);
        if named != Some(snapshot.metadata.version) {
            return Err(missing(TopRole::Snapshot));
        }
        let targets = self
            .targets
            .as_ref()
            .ok_or_else(|| missing(TopRole::Targets))?;
        if !self.is_named(TopRole::Targets.name(), targets) {
            return Err(missing(TopRole::Targets));
        }
        Ok(&targets.metadata)
    }

    /// A delegated role's raw file, if it is whole and its delegator's keys signed it.
    fn stored(&self, wanted: &Wanted<'_>) -> Option<Held<Targets>> {
        let bytes = self.disk.read(&wanted.file)?;
        let metadata = verify(&bytes, wanted.name, wanted.keys, wanted.all).ok()?;
        Some(Held { metadata, bytes })
    }
}

fn wanted<'a>(role: &'a DelegatedRole, delegations: &'a Delegations) -> Option<Wanted<'a>> {
    let file = quote::file_name(&role.name)?;
    Some(Wanted {
        name: &role.name,
        keys: &role.keys,
        all: &delegations.keys,
        file,
    })
}

/// Gives the metadata of a role as its delegator describes it, or `None` where there is none.
type Load<'a> = dyn FnMut(&DelegatedRole, &Delegations) -> Result<Option<Targets>, TufError> + 'a;

/// Visits the roles that may name `target`, each once, until one does.
fn walk(top: &Targets, target: &str, load: &mut Load<'_>) -> Result<Option<TargetFile>, TufError> {
    let mut visited = BTreeSet::from([TopRole::Targets.name().to_owned()]);
    let mut ahead: Vec<(DelegatedRole, Delegations)> = Vec::new();
    if let Some(file) = enter(top, target, &mut ahead) {
        return Ok(Some(file));
    }
    while let Some((role, delegations)) = ahead.pop() {
        if !visited.insert(role.name.clone()) {
            continue;
        }
        if visited.len() > MOST_ROLES {
            return Err(TufError::TooManyRoles {
                target: target.to_owned(),
                limit: MOST_ROLES,
            });
        }
        if let Some(targets) = load(&role, &delegations)?
            && let Some(file) = enter(&targets, target, &mut ahead)
        {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// Looks into one role; if it does not name the target, puts its delegations on the stack,
/// first on top. A terminating one clears everything that would come after it.
fn enter(
    targets: &Targets,
    target: &str,
    ahead: &mut Vec<(DelegatedRole, Delegations)>,
) -> Option<TargetFile> {
    if let Some(file) = targets.targets.get(target) {
        return Some(file.clone());
    }
    let delegations = targets.delegations.as_ref()?;
    let mut children = Vec::new();
    for role in delegations.roles.iter().filter(|role| role.covers(target)) {
        let used = delegations
            .keys
            .iter()
            .filter(|(id, _)| role.keys.keyids.contains(id));
        let keys = used.map(|(id, key)| (id.clone(), key.clone())).collect();
        children.push((
            role.clone(),
            Delegations {
                keys,
                roles: Vec::new(),
            },
        ));
        if role.terminating {
            ahead.clear();
            break;
        }
    }
    ahead.extend(children.into_iter().rev());
    None
}
