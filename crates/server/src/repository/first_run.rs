//! The first run: keys for every role, and the first version of all metadata.

use jiff::Timestamp;
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::Signers;
use motcua_sync::tuf::metadata::{Root, Targets, TopRole};

use super::publication::Publication;
use super::{Repository, SCREENS, alone, tables};
use crate::error::{Error, Result};

impl Repository {
    /// Makes keys and metadata where there are none, and otherwise sees that those keys are here that always
    /// must be: a second machine on the same database signs with the same keys.
    pub(super) async fn first_run(&self, now: Timestamp) -> Result<()> {
        let mut publication = Publication::begin(self, now).await?;
        if let Some(root) = publication.published::<Root>("root").await? {
            return self.holds_online_keys(&root);
        }
        let mut root = Root::new(1, publication.expires(self.valid.root_days)?);
        for role in TopRole::ALL {
            let signers = self.new_signers(&mut publication, role.name()).await?;
            root = root.with_role(role, &signers.keys, signers.threshold);
        }
        publication.stage("root", &root).await?;
        self.new_signers(&mut publication, SCREENS).await?;
        self.stage_tree(&mut publication).await?;
        let version = publication.next(SCREENS).await?;
        let screens = Targets::new(version, publication.expires(self.valid.targets_days)?);
        if publication.stage(SCREENS, &screens).await? == PublishedState::Unsigned {
            return Err(self.lacks(SCREENS));
        }
        publication.finish().await?;
        tracing::info!(keys = %self.keys.folder().display(), "keys and the first metadata were made");
        Ok(())
    }

    /// A key of the server's own for a role.
    pub(super) async fn new_signers(
        &self,
        publication: &mut Publication<'_>,
        role: &str,
    ) -> Result<Signers> {
        let signers = alone(self.keys.make(role)?);
        tables::set_signers(&mut publication.work, role, &signers).await?;
        Ok(signers)
    }

    fn holds_online_keys(&self, root: &Root) -> Result<()> {
        for role in [TopRole::Snapshot, TopRole::Timestamp] {
            let ids = root.role(role).map(|keys| keys.keyids.as_slice());
            if self
                .keys
                .held(role.name(), ids.unwrap_or_default())?
                .is_empty()
            {
                return Err(self.lacks(role.name()));
            }
        }
        Ok(())
    }

    fn lacks(&self, role: &str) -> Error {
        Error::NoKey {
            role: role.to_owned(),
            folder: self.keys.folder().to_owned(),
        }
    }
}
