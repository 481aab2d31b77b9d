//! What visitors did: what they looked for in vain or gave up on, what they opened, how they rated it.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::ToSchema;

use super::sheet::{Cell, Sheet};
use super::{Period, Reports, Scope};
use crate::error::Result;

/// How often visitors of a unit's screens did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Visitors {
    /// The unit.
    pub unit: String,
    /// `failed`, `abandoned`, `opened` or `rated`.
    pub kind: String,
    /// What was typed, opened or given.
    pub subject: String,
    /// How often.
    pub number: i64,
}

impl Reports {
    /// What visitors did within whole days, the most frequent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitors(&self, scope: &Scope, period: Period) -> Result<Vec<Visitors>> {
        let (first, last) = period.days(self.zone());
        let rows = sqlx::query(
            "SELECT COALESCE(a.unit, ''), t.kind, t.subject, CAST(SUM(t.number) AS BIGINT) FROM proof_tallies t
             LEFT JOIN assignments a ON a.screen = t.screen WHERE t.day >= $1 AND t.day <= $2
             GROUP BY COALESCE(a.unit, ''), t.kind, t.subject",
        )
        .bind(first)
        .bind(last)
        .fetch_all(self.proofs.database().pool())
        .await?;
        let mut visitors = Vec::new();
        for row in rows {
            let unit: String = row.try_get(0)?;
            if scope.has(&unit) {
                visitors.push(Visitors {
                    unit,
                    kind: row.try_get(1)?,
                    subject: row.try_get(2)?,
                    number: row.try_get(3)?,
                });
            }
        }
        visitors.sort_by(|one, two| {
            let key = |row: &Visitors| {
                (
                    row.unit.clone(),
                    row.kind.clone(),
                    -row.number,
                    row.subject.clone(),
                )
            };
            key(one).cmp(&key(two))
        });
        Ok(visitors)
    }
}

/// The answer as a table.
#[must_use]
pub fn sheet(rows: &[Visitors]) -> Sheet {
    let row = |row: &Visitors| {
        let kind = match row.kind.as_str() {
            "failed" => "Tra cứu không có kết quả",
            "abandoned" => "Tra cứu rồi bỏ",
            "opened" => "Thủ tục được mở xem",
            "rated" => "Đánh giá (1 đến 5)",
            other => other,
        };
        vec![
            Cell::text(&row.unit),
            Cell::text(kind),
            Cell::text(&row.subject),
            Cell::Number(row.number),
        ]
    };
    Sheet {
        title: "Người dân tra cứu",
        headings: vec!["Đơn vị", "Loại", "Nội dung", "Số lần"],
        rows: rows.iter().map(row).collect(),
    }
}
