//! What makes a bundle unfit to be signed, whatever it shows.
//!
//! A bundle may come from a server that was taken over. Nothing in it may be signed unseen: metadata holds
//! no field that cannot be shown, names no document that is not there, and does not claim to be another
//! role's.

use std::collections::{BTreeMap, BTreeSet};

use motcua_show::units::UnitId;
use serde_json::Value;

use super::{Bundle, BundleError, Entry};
use crate::tuf::metadata::{Metadata, Root, Targets};
use crate::tuf::{self, Key, KeyId};

/// The target that holds the tree of units.
const UNITS: &str = "units.json";

impl Bundle {
    pub(super) fn check(&self) -> Result<(), BundleError> {
        let mut roles = BTreeSet::new();
        for entry in &self.entries {
            if !roles.insert(&entry.role) {
                return Err(entry.foreign());
            }
            entry.check()?;
        }
        Ok(())
    }
}

impl Entry {
    fn check(&self) -> Result<(), BundleError> {
        let is_open = |signers: &super::Signers| signers.threshold == 0 || signers.keys.is_empty();
        if self.signers.is_empty() || self.signers.iter().any(is_open) {
            return Err(BundleError::NoSigners {
                role: self.role.clone(),
            });
        }
        if self.role == "root" {
            let root: Root = self.whole()?;
            return self.check_keys(&root.keys);
        }
        let targets: Targets = self.whole()?;
        self.check_role(&targets)?;
        if let Some(delegations) = &targets.delegations {
            self.check_keys(&delegations.keys)?;
        }
        self.check_documents(&targets)
    }

    /// The metadata, of which every field is known and the version is the one that the entry says.
    fn whole<T: Metadata>(&self) -> Result<T, BundleError> {
        let metadata: T =
            tuf::read(self.metadata.as_bytes()).map_err(|source| self.damaged(source))?;
        let known = serde_json::to_value(&metadata)?;
        let mut envelope: Value = serde_json::from_str(&self.metadata)?;
        // What reading drops would be signed without having been shown.
        if envelope.get_mut("signed").map(Value::take) != Some(known) {
            return Err(BundleError::Unknown {
                role: self.role.clone(),
            });
        }
        if metadata.version() != self.version {
            return Err(BundleError::Version {
                role: self.role.clone(),
                said: self.version,
                found: metadata.version(),
            });
        }
        Ok(metadata)
    }

    /// Targets metadata does not say whose it is, so what it names has to.
    pub(super) fn check_role(&self, targets: &Targets) -> Result<(), BundleError> {
        let unit = self.role.strip_prefix("unit-");
        let is_role = match unit {
            Some(unit) => unit.parse::<UnitId>().is_ok(),
            None => matches!(self.role.as_str(), "targets" | "screens"),
        };
        let is_own = |target: &String| match unit {
            Some(unit) => *target == format!("units/{unit}/release.json"),
            None if self.role == "targets" => target == UNITS || target == crate::alert::TARGET,
            None => target.starts_with("screens/"),
        };
        let may_delegate = self.role == "targets" || targets.delegations.is_none();
        if is_role && may_delegate && targets.targets.keys().all(is_own) {
            Ok(())
        } else {
            Err(self.foreign())
        }
    }

    /// A key under the id of another would pass for it in everything that is shown.
    fn check_keys(&self, keys: &BTreeMap<KeyId, Key>) -> Result<(), BundleError> {
        match keys.iter().find(|(id, key)| key.id() != **id) {
            Some((id, _)) => Err(BundleError::Key {
                role: self.role.clone(),
                key: id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Every document is there, and is the one that the metadata names.
    fn check_documents(&self, targets: &Targets) -> Result<(), BundleError> {
        let named = targets.targets.keys().chain(self.documents.keys());
        for target in named {
            let file = targets.targets.get(target);
            let document = self.documents.get(target);
            let is_shown = file
                .zip(document)
                .is_some_and(|(file, document)| file.matches(document.as_bytes()));
            if !is_shown {
                return Err(BundleError::Document {
                    role: self.role.clone(),
                    target: target.clone(),
                });
            }
        }
        Ok(())
    }

    fn foreign(&self) -> BundleError {
        BundleError::Role {
            role: self.role.clone(),
        }
    }
}
