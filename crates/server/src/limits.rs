//! How often one address may do what costs the server something or lets it be guessed at.
//!
//! The counts lie in the database, so that they hold across replicas and restarts. Windows are fixed: one
//! row an address and window, at worst twice the limit around the change from one to the next.

use std::collections::HashSet;
use std::net::IpAddr;

use sqlx::{Any, Executor, Row as _};

use crate::{Database, Result};

/// How often something may be done.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What, as it stands in the table.
    pub what: &'static str,
    /// The window in seconds.
    pub window_s: i64,
    /// How often within it.
    pub most: i64,
}

impl Limit {
    const fn start(self, now: i64) -> i64 {
        now - now.rem_euclid(self.window_s)
    }
}

/// Screens that ask to be taken. A whole office of them may stand behind one address, and each asks once
/// in ten minutes or after a wrong code.
pub const ENROLMENTS: Limit = Limit {
    what: "enrolment",
    window_s: 60,
    most: 30,
};

/// Confirmations, of which a screen sends one.
pub const CONFIRMATIONS: Limit = Limit {
    what: "confirmation",
    window_s: 60,
    most: 30,
};

/// Tokens that are not known. People mistype, a revoked screen comes back with its old one.
pub const WRONG_TOKENS: Limit = Limit {
    what: "token",
    window_s: 60,
    most: 60,
};

/// Pages behind the codes on posted procedures. An inspector scans one after the other; a whole office may stand
/// behind one address.
pub const PAGES: Limit = Limit {
    what: "page",
    window_s: 60,
    most: 120,
};

/// Versions of one role, or numbers of one unit's releases, passed over because a screen said so. After a
/// restore one is enough; a screen that lies must not cause a publication with each heartbeat.
pub(crate) const JUMPS: Limit = Limit {
    what: "jump",
    window_s: 3600,
    most: 1,
};

/// How long windows are kept, longer than any of them lasts.
const KEPT_S: i64 = 2 * 3600;

/// Counts one attempt of `address` at the instant `now` (seconds since 1970); false when it is one too many.
///
/// # Errors
/// When the database fails.
pub async fn allows(database: &Database, limit: Limit, address: IpAddr, now: i64) -> Result<bool> {
    count(database.pool(), limit, &counted_as(address), now).await
}

/// Counts once more what is limited for `whom`, an address or another name; false when it is one too many.
pub(crate) async fn count(
    database: impl Executor<'_, Database = Any>,
    limit: Limit,
    whom: &str,
    now: i64,
) -> Result<bool> {
    let number: i64 = sqlx::query(
        "INSERT INTO attempts (what, address, started, number) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (what, address, started) DO UPDATE SET number = attempts.number + 1 RETURNING number",
    )
    .bind(limit.what)
    .bind(whom)
    .bind(limit.start(now))
    .fetch_one(database)
    .await?
    .try_get(0)?;
    Ok(number <= limit.most)
}

/// Whoever has no more left of the window at `now`.
pub(crate) async fn spent(database: &Database, limit: Limit, now: i64) -> Result<HashSet<String>> {
    Ok(sqlx::query_scalar(
        "SELECT address FROM attempts WHERE what = $1 AND started = $2 AND number >= $3",
    )
    .bind(limit.what)
    .bind(limit.start(now))
    .bind(limit.most)
    .fetch_all(database.pool())
    .await?
    .into_iter()
    .collect())
}

/// Removes windows that are over.
///
/// # Errors
/// When the database fails.
pub async fn forget(database: &Database, now: i64) -> Result<()> {
    sqlx::query("DELETE FROM attempts WHERE started < $1")
        .bind(now - KEPT_S)
        .execute(database.pool())
        .await?;
    Ok(())
}

/// One subscriber of IPv6 has 2^64 addresses, so its network counts as one.
#[must_use]
pub fn counted_as(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWICE: Limit = Limit {
        what: "test",
        window_s: 60,
        most: 2,
    };

    #[tokio::test]
    async fn the_third_of_two_is_refused_until_the_window_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("x.sqlite").display());
        let database = Database::open(&address).await.unwrap();
        let [one, same_network, other]: [IpAddr; 3] =
            ["2001:db8::1", "2001:db8::2", "192.0.2.1"].map(|address| address.parse().unwrap());
        let ask = async |address, now| allows(&database, TWICE, address, now).await.unwrap();
        assert!(ask(one, 600).await && ask(one, 601).await);
        assert!(!ask(same_network, 659).await);
        assert!(ask(other, 659).await);
        assert!(ask(one, 660).await);
        forget(&database, 60_000).await.unwrap();
        assert!(ask(one, 600).await, "nothing is left of it");
    }
}
