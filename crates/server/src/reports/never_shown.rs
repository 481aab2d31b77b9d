//! Items of shows that were never on the display.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::work::Place;
use super::{Period, Reports, Scope};
use crate::error::Result;

/// An item that was never shown on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeverShown {
    /// Where the screen belongs.
    pub unit: String,
    /// The screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// The item.
    pub item: String,
    /// The playlist in which it stands.
    pub playlist: String,
    /// Its topic, where it has one.
    pub topic: String,
    /// The title of the show.
    pub show: String,
    /// The number of the release.
    pub number: i64,
}

impl Reports {
    /// The items of the last release on each screen that it did not show within whole days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn never_shown(&self, scope: &Scope, period: Period) -> Result<Vec<NeverShown>> {
        let (first, last) = period.days(self.zone());
        let places = self.places(scope).await?;
        let works = self.work(&places, first, last).await?;
        let releases = self.releases(&works).await?;
        let mut never = Vec::new();
        for (place, work) in places.iter().zip(&works) {
            let releases_of_days = work.releases(first, last);
            let Some(release) = releases_of_days
                .last()
                .and_then(|(_, hash, _)| releases.get(*hash))
            else {
                continue;
            };
            let Some(show) = &release.show else { continue };
            let shown = self.shown_items(place, first, last).await?;
            for playlist in &show.playlists {
                let unseen = playlist
                    .items
                    .iter()
                    .filter(|item| !shown.contains(&item.name));
                never.extend(unseen.map(|item| NeverShown {
                    unit: place.unit.clone(),
                    screen: place.screen.clone(),
                    name: place.name.clone(),
                    item: item.name.clone(),
                    playlist: playlist.name.clone(),
                    topic: item.topic.clone().unwrap_or_default(),
                    show: release.title.clone(),
                    number: release.number,
                }));
            }
        }
        Ok(never)
    }

    async fn shown_items(&self, place: &Place, first: i64, last: i64) -> Result<BTreeSet<String>> {
        let mut shown = BTreeSet::new();
        for chain in &place.chains {
            // Most are decided by their first and last day; only for the others are the days looked at.
            let rows = sqlx::query(
                "SELECT DISTINCT s.item FROM proof_seen e JOIN proof_subjects s ON s.id = e.subject
                 WHERE e.chain = $1 AND e.first_day <= $3 AND e.last_day >= $2 AND (
                     e.first_day >= $2 OR e.last_day <= $3 OR EXISTS (
                         SELECT 1 FROM proof_shown r WHERE r.chain = e.chain AND r.subject = e.subject
                         AND r.day >= $2 AND r.day <= $3))",
            )
            .bind(*chain)
            .bind(first)
            .bind(last)
            .fetch_all(self.proofs.database().pool())
            .await?;
            for row in rows {
                shown.insert(row.try_get(0)?);
            }
        }
        Ok(shown)
    }
}

/// The answer as a table.
#[must_use]
pub fn sheet(rows: &[NeverShown]) -> Sheet {
    let row = |never: &NeverShown| {
        vec![
            Cell::text(&never.unit),
            Cell::text(&never.screen),
            Cell::text(&never.name),
            Cell::text(&never.item),
            Cell::text(&never.playlist),
            Cell::text(&never.topic),
            Cell::text(&never.show),
            Cell::Number(never.number),
        ]
    };
    Sheet {
        title: "Mục chưa từng phát",
        headings: vec![
            "Đơn vị",
            "Màn hình",
            "Tên màn hình",
            "Mục",
            "Danh sách phát",
            "Chủ đề",
            "Bản trình chiếu",
            "Số bản",
        ],
        rows: rows.iter().map(row).collect(),
    }
}
