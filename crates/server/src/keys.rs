//! The private keys that the server holds: one file a key, readable by its owner only.
//!
//! A key lies under the name of its role and its own id, so that looking one up needs no list, and a replica
//! that shares the folder finds what another one made. What is not there cannot sign; that is the point of
//! taking keys off.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use motcua_sync::file;
use motcua_sync::tuf::{Key, KeyId, SigningKey};

use crate::error::{Error, Result};

/// The folder of the private keys.
#[derive(Clone, Debug)]
pub struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Opens the folder and makes it where it is missing, closed to everybody else.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|source| failed(folder, "made", source))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a key for a role and keeps it.
    ///
    /// # Errors
    /// When the system gives no random bytes, or the key cannot be written.
    pub fn make(&self, role: &str) -> Result<Key> {
        let key = SigningKey::generate().map_err(|source| self.unusable(role, source))?;
        let text = key.to_pem().map_err(|source| self.unusable(role, source))?;
        let path = self.path(role, &key.id());
        file::write_private(&path, text.as_bytes())
            .map_err(|source| failed(&path, "written", source))?;
        Ok(key.public())
    }

    /// The private key of this id, where the server holds it for this role.
    ///
    /// # Errors
    /// When the file is there and holds no key.
    pub fn find(&self, role: &str, id: &KeyId) -> Result<Option<SigningKey>> {
        let path = self.path(role, id);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let key =
                    SigningKey::from_pem(&text).map_err(|source| Error::Key { path, source })?;
                // A renamed file must not sign for another role.
                Ok((key.id() == *id).then_some(key))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(failed(&path, "read", source)),
        }
    }

    /// The private keys among `ids` that the server holds for this role.
    ///
    /// # Errors
    /// When a file is there and holds no key.
    pub fn held<'a>(
        &self,
        role: &str,
        ids: impl IntoIterator<Item = &'a KeyId>,
    ) -> Result<Vec<SigningKey>> {
        ids.into_iter()
            .filter_map(|id| self.find(role, id).transpose())
            .collect()
    }

    /// Every role for which the server holds a key, with the key's id.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<(String, KeyId)>> {
        let failed = |source| failed(&self.folder, "read", source);
        let mut keys = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let parts = name.to_str().and_then(|name| name.strip_suffix(".pem"));
            if let Some((role, id)) = parts.and_then(|parts| parts.split_once('.')) {
                keys.push((role.to_owned(), KeyId::from(id.to_owned())));
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// Removes a key from this machine for ever; one that is not there is no fault.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(&self, role: &str, id: &KeyId) -> Result<()> {
        let path = self.path(role, id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(failed(&path, "removed", error))
            }
            _ => file::sync_folder(&self.folder).map_err(|source| failed(&path, "removed", source)),
        }
    }

    fn path(&self, role: &str, id: &KeyId) -> PathBuf {
        self.folder.join(format!("{role}.{id}.pem"))
    }

    fn unusable(&self, role: &str, source: motcua_sync::tuf::KeyError) -> Error {
        Error::Key {
            path: self.folder.join(role),
            source,
        }
    }
}

fn failed(path: &Path, what: &'static str, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        what,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_kept_for_their_role_and_for_nobody_else_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let key = keys.make("unit-phu-loi").unwrap();
        assert_eq!(
            keys.find("unit-phu-loi", &key.id())
                .unwrap()
                .unwrap()
                .public(),
            key
        );
        assert!(keys.find("root", &key.id()).unwrap().is_none());
        assert_eq!(
            keys.list().unwrap(),
            [("unit-phu-loi".to_owned(), key.id())]
        );
        let path = keys.path("unit-phu-loi", &key.id());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );

        fs::write(&path, "nothing").unwrap();
        assert!(keys.find("unit-phu-loi", &key.id()).is_err());
        keys.remove("unit-phu-loi", &key.id()).unwrap();
        keys.remove("unit-phu-loi", &key.id()).unwrap();
        assert!(keys.find("unit-phu-loi", &key.id()).unwrap().is_none());
    }
}
