//! What operators live through with a server: renewals, a restore from an old copy, a stick, a merger.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use motcua_server::Error;
use motcua_server::error::ErrorKind;
use motcua_server::export::Export;
use motcua_server::units::UnitChange;
use motcua_sync::tuf::TufError;
use support::{Files, Office, Refused, Served, day, morning, open, screen_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_changes_nothing() {
    let office = Office::new().await;
    office.unit("Tỉnh", None).await;
    let keys = office.repository.keys().list().unwrap();
    let roles: Vec<&str> = keys.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(
        roles,
        [
            "root",
            "screens",
            "snapshot",
            "targets",
            "timestamp",
            "unit-tinh"
        ]
    );

    let again = office.replica().await;
    let versions = |office: &Office| {
        let repository = office.repository.clone();
        async move { repository.published().await.unwrap().versions.clone() }
    };
    assert_eq!(versions(&again).await, versions(&office).await);
    assert_eq!(again.repository.keys().list().unwrap(), keys);

    // A machine that has the database and not the keys says which folder it needs.
    let mut elsewhere = office.settings.clone();
    let folder = tempfile::tempdir().unwrap();
    elsewhere.keys = Some(folder.path().join("keys"));
    let error = open(&elsewhere).await.unwrap_err();
    assert!(matches!(error, Error::NoKey { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_is_renewed_well_before_it_expires() {
    let office = Office::new().await;
    let unit = office.unit("Tỉnh", None).await;
    office
        .repository
        .assign(&screen_id("a"), &unit, "", morning())
        .await
        .unwrap();
    office.push(&unit, "show", morning()).await;
    let mut screen = office.screen("a").await;

    let renewed = |days: i64| {
        let repository = office.repository.clone();
        async move { repository.renew(day(days)).await.unwrap().published }
    };
    assert!(renewed(0).await.is_empty());
    assert_eq!(renewed(2).await, ["timestamp"]);
    assert_eq!(renewed(20).await, ["snapshot", "timestamp"]);
    assert!(renewed(20).await.is_empty(), "once is enough");
    assert_eq!(screen.title(&office, day(20)).unwrap(), "show");
    assert_eq!(
        renewed(310).await,
        ["screens", "snapshot", "targets", "timestamp", "unit-tinh"]
    );
    assert_eq!(renewed(5 * 365 - 100).await.first().unwrap(), "root");
    assert_eq!(screen.title(&office, day(5 * 365 - 100)).unwrap(), "show");

    // A server that was down until everything had expired comes back, and its screens with it.
    let late = day(12 * 365);
    let error = screen.look(&Served(&office.repository), late).unwrap_err();
    assert!(
        matches!(error, Refused::Metadata(TufError::Expired { .. })),
        "{error}"
    );
    assert_eq!(renewed(12 * 365).await.len(), 6);
    assert_eq!(screen.title(&office, late).unwrap(), "show");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_restored_from_an_old_copy_goes_beyond_what_screens_trust() {
    let mut office = Office::new().await;
    let unit = office.unit("Tỉnh", None).await;
    office
        .repository
        .assign(&screen_id("a"), &unit, "", morning())
        .await
        .unwrap();
    office.push(&unit, "before", morning()).await;
    let mut screen = office.screen("a").await;
    assert_eq!(screen.title(&office, morning()).unwrap(), "before");

    // The nightly copy.
    office.repository.database().close().await;
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&office.settings.data, copy.path());
    office.repository = open(&office.settings).await.unwrap();

    // A day of work, and a unit that the copy does not know.
    for n in 0..3 {
        office.push(&unit, &format!("later {n}"), day(1)).await;
    }
    let young = office.unit("Xã mới", Some(&unit)).await;
    office.push(&young, "young", day(1)).await;
    assert_eq!(screen.title(&office, day(1)).unwrap(), "later 2");

    // The disk dies; the copy is put back.
    office.repository.database().close().await;
    std::fs::remove_dir_all(&office.settings.data).unwrap();
    copy_folder(copy.path(), &office.settings.data);
    office.repository = open(&office.settings).await.unwrap();
    office.repository.renew(day(2)).await.unwrap();
    let held = screen.holds(&unit);
    let error = screen
        .look(&Served(&office.repository), day(2))
        .unwrap_err();
    assert!(
        matches!(error, Refused::Metadata(TufError::Rollback { .. })),
        "{error}"
    );
    assert_eq!(screen.holds(&unit), held, "the screen keeps what it has");

    // Its heartbeat says so, and the server goes on above it.
    let (trusted, shown) = (screen.trusted(), Some((&unit, 4)));
    assert!(
        office
            .repository
            .note_floors(&screen_id("a"), &trusted, shown, day(2))
            .await
            .unwrap()
    );
    assert!(
        !office
            .repository
            .note_floors(&screen_id("a"), &trusted, shown, day(2))
            .await
            .unwrap()
    );
    assert_eq!(screen.title(&office, day(2)).unwrap(), "before");
    assert_eq!(
        office.push(&unit, "again", day(2)).await.number,
        5,
        "no number is used twice"
    );
    assert_eq!(screen.title(&office, day(2)).unwrap(), "again");
    let young = office.unit("Xã mới", Some(&unit)).await;
    office.push(&young, "young again", day(2)).await;
    assert_eq!(screen.title(&office, day(2)).unwrap(), "again");

    // A stolen screen cannot use the numbers up.
    let lie = [
        ("timestamp".to_owned(), u64::MAX),
        ("no-such-role".to_owned(), 5),
    ]
    .into();
    assert!(
        !office
            .repository
            .note_floors(&screen_id("a"), &lie, None, day(2))
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stick_is_taken_and_then_the_network_again() {
    let office = Office::new().await;
    let province = office.unit("Tỉnh", None).await;
    let near = office.unit("Xã gần", Some(&province)).await;
    let far = office.unit("Xã xa", Some(&province)).await;
    office
        .repository
        .assign(&screen_id("a"), &far, "", morning())
        .await
        .unwrap();
    for unit in [&province, &near, &far] {
        office.push(unit, unit.as_str(), morning()).await;
    }
    let mut screen = office.screen("a").await;

    let stick = tempfile::tempdir().unwrap();
    let repository = &office.repository;
    let export = repository
        .export_to(stick.path(), 60, Some(&far), morning())
        .await
        .unwrap();
    assert_eq!(export.valid_until, day(60));
    assert_eq!(export.blobs.len(), 2, "its own and that of the province");
    for blob in &export.blobs {
        let bytes = std::fs::read(Export::blob_path(stick.path(), &blob.sha256)).unwrap();
        assert_eq!(support::sha256(&bytes), blob.sha256);
    }
    // Carried for weeks to a screen without a network.
    assert_eq!(
        screen.look(&Files(stick.path()), day(50)).unwrap().unwrap(),
        "xa-xa"
    );
    let error = screen.look(&Files(stick.path()), day(61)).unwrap_err();
    assert!(
        matches!(error, Refused::Metadata(TufError::Expired { .. })),
        "{error}"
    );

    // Back on the network it takes what the server has gone on to publish.
    office.push(&far, "news", day(1)).await;
    repository.renew(day(51)).await.unwrap();
    assert_eq!(screen.title(&office, day(51)).unwrap(), "news");

    // The same stick again: only what is new is copied. An older stick is refused.
    let old = tempfile::tempdir().unwrap();
    copy_folder(stick.path(), old.path());
    let export = repository.export(60, Some(&far), day(51)).await.unwrap();
    assert_eq!(export.missing(stick.path()).count(), 1);
    repository
        .export_to(stick.path(), 60, None, day(51))
        .await
        .unwrap();
    assert_eq!(
        screen.look(&Files(stick.path()), day(80)).unwrap().unwrap(),
        "news"
    );
    let error = screen.look(&Files(old.path()), day(52)).unwrap_err();
    assert!(
        matches!(error, Refused::Metadata(TufError::Rollback { .. })),
        "{error}"
    );

    // A stranger's stick continues nothing that this screen trusts.
    let stranger = Office::new().await;
    let unit = stranger.unit("Tỉnh", None).await;
    stranger
        .repository
        .assign(&screen_id("a"), &unit, "", morning())
        .await
        .unwrap();
    stranger.push(&unit, "stranger", morning()).await;
    let theirs = tempfile::tempdir().unwrap();
    for _ in 0..20 {
        stranger
            .repository
            .export_to(theirs.path(), 60, None, day(51))
            .await
            .unwrap();
    }
    assert!(screen.look(&Files(theirs.path()), day(52)).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merger_moves_screens_without_anybody_touching_them() {
    let office = Office::new().await;
    let province = office.unit("Thành phố Cần Thơ", None).await;
    let old = office.unit("Xã cũ", Some(&province)).await;
    let new = office.unit("Xã mới", Some(&province)).await;
    office
        .repository
        .assign(&screen_id("a"), &old, "", morning())
        .await
        .unwrap();
    office.push(&old, "old", morning()).await;
    office.push(&new, "new", morning()).await;
    let merger = UnitChange {
        last_day: Some(Some("2026-11-30".parse().unwrap())),
        successor: Some(Some(new.clone())),
        ..UnitChange::default()
    };
    office
        .repository
        .change_unit(&old, merger, morning())
        .await
        .unwrap();
    let mut screen = office.screen("a").await;
    assert_eq!(screen.title(&office, morning()).unwrap(), "old");
    // On the eve the screen may fetch ahead; on the day it shows the successor's.
    let eve = office
        .repository
        .visible(&screen_id("a"), day(7))
        .await
        .unwrap();
    assert!(eve.allows_blob(&support::sha256(b"new")));
    office.repository.renew(day(8)).await.unwrap();
    assert_eq!(screen.title(&office, day(8)).unwrap(), "new");
    assert_eq!(
        office.repository.screens_below(&new, day(8)).await.unwrap(),
        [screen_id("a")]
    );

    let round = UnitChange {
        successor: Some(Some(old.clone())),
        ..UnitChange::default()
    };
    let error = office
        .repository
        .change_unit(&new, round, morning())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}
