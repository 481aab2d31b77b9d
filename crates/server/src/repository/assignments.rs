//! Which screen belongs to which unit, signed: a screen moves only when this role says so.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_show::units::{Assignment, FORMAT, UnitId};
use motcua_sync::api::PublishedState;
use motcua_sync::tuf::TargetFile;
use motcua_sync::tuf::metadata::Targets;
use sqlx::Row;

use super::publication::Publication;
use super::{LONGEST_NAME, Repository, SCREENS, hash, screen_target, tables};
use crate::database::Change;
use crate::error::{Error, Result};
use crate::units::{self, UnitError};

impl Repository {
    /// Assigns a screen to a unit under a name: one that was accepted, or that moves.
    ///
    /// # Errors
    /// When there is no such unit, or the keys are being taken off.
    pub async fn assign(
        &self,
        screen: &str,
        unit: &UnitId,
        name: &str,
        now: Timestamp,
    ) -> Result<PublishedState> {
        check_screen(screen)?;
        check_name(name)?;
        let mut publication = Publication::begin_change(self, now).await?;
        let units = units::load(&mut *publication.work).await?;
        if units.get(unit).is_none() {
            return Err(UnitError::Unknown(unit.to_string()).into());
        }
        sqlx::query(
            "INSERT INTO assignments (screen, unit, name) VALUES ($1, $2, $3)
             ON CONFLICT (screen) DO UPDATE SET unit = excluded.unit, name = excluded.name",
        )
        .bind(screen)
        .bind(unit.to_string())
        .bind(name)
        .execute(&mut *publication.work)
        .await?;
        tables::count_move(&mut publication.work).await?;
        let assignment = Assignment {
            format: FORMAT,
            screen: screen.to_owned(),
            unit: unit.clone(),
            name: name.to_owned(),
        };
        let document =
            serde_json::to_vec(&assignment).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let target = screen_target(screen);
        tables::keep_document(&mut publication.work, &target, &hash(&document), &document).await?;
        let mut screens = self.next_screens(&mut publication).await?;
        screens.targets.insert(target, TargetFile::of(&document));
        let state = publication.stage(SCREENS, &screens).await?;
        let screen = screen.to_owned();
        publication
            .record(&Change::Assigned {
                screen: screen.clone(),
            })
            .await?;
        publication.finish().await?;
        tracing::info!(%screen, %unit, ?state, "screen {screen} was assigned to {unit}");
        Ok(state)
    }

    /// Takes a screen's unit away. It sees nothing any more from this moment, whether or not the signed
    /// list without it must first be signed elsewhere.
    ///
    /// # Errors
    /// When there is no such screen, or the keys are being taken off.
    pub async fn unassign(&self, screen: &str, now: Timestamp) -> Result<PublishedState> {
        // Cutting off must not wait for keys on their way: only the signed list does.
        let mut publication = Publication::begin(self, now).await?;
        let removed = sqlx::query("DELETE FROM assignments WHERE screen = $1")
            .bind(screen)
            .execute(&mut *publication.work)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(Error::UnknownScreen(screen.to_owned()));
        }
        tables::count_move(&mut publication.work).await?;
        let state = if tables::take_off(&mut *publication.work).await?.is_some() {
            PublishedState::Unsigned
        } else {
            let screens = self.next_screens(&mut publication).await?;
            publication.stage(SCREENS, &screens).await?
        };
        publication
            .record(&Change::Revoked {
                screen: screen.to_owned(),
            })
            .await?;
        publication.finish().await?;
        tracing::info!(screen, ?state, "screen {screen} was cut off");
        Ok(state)
    }

    /// The unit and the name of a screen as they are wanted.
    ///
    /// # Errors
    /// When there is no such screen or the database fails.
    pub async fn assignment(&self, screen: &str) -> Result<Assignment> {
        let row = sqlx::query("SELECT unit, name FROM assignments WHERE screen = $1")
            .bind(screen)
            .fetch_optional(self.database.pool())
            .await?
            .ok_or_else(|| Error::UnknownScreen(screen.to_owned()))?;
        let unit: String = row.try_get(0)?;
        Ok(Assignment {
            format: FORMAT,
            screen: screen.to_owned(),
            unit: unit
                .parse()
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            name: row.try_get(1)?,
        })
    }

    /// The list of screens in its next version: those of the last one that are still wanted.
    async fn next_screens(&self, publication: &mut Publication<'_>) -> Result<Targets> {
        let expires = publication.expires(self.valid.targets_days)?;
        let version = publication.next(SCREENS).await?;
        let wanted: Option<Targets> = publication.wanted(SCREENS).await?;
        let mut screens = wanted.unwrap_or_else(|| Targets::new(version, expires));
        (screens.version, screens.expires) = (version, expires);
        let mut wanted = BTreeSet::new();
        let rows = sqlx::query("SELECT screen FROM assignments")
            .fetch_all(&mut *publication.work)
            .await?;
        for row in rows {
            wanted.insert(screen_target(row.try_get(0)?));
        }
        screens.targets.retain(|target, _| wanted.contains(target));
        Ok(screens)
    }
}

fn check_screen(screen: &str) -> Result<()> {
    let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if screen.len() == 32 && screen.bytes().all(is_digit) {
        Ok(())
    } else {
        Err(Error::NotAScreen(screen.chars().take(80).collect()))
    }
}

/// Refuses what would break a list or a page.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.len() <= LONGEST_NAME && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(Error::Name(name.chars().take(LONGEST_NAME).collect()))
    }
}
