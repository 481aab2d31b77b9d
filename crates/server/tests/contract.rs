//! The contract that every database and every store must keep: one suite, run on SQLite and PostgreSQL, on a
//! folder and on S3.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::time::Duration;

use jiff::Timestamp;
use motcua_server::error::ErrorKind;
use motcua_server::storage::StorageError;
use motcua_server::units::{NewUnit, UnitChange};
use motcua_server::{Change, Error, Storage};
use motcua_show::release::FileRef;
use motcua_sync::api::PublishedState;
use support::postgres::Postgres;
use support::s3::S3;
use support::{Office, day, morning, screen_id, sha256};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_and_a_folder() {
    keeps_the_contract(&Office::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_and_s3() {
    let s3 = S3::start().await;
    let office = Office::with(|settings| {
        settings.storage = Some("s3://motcua/blobs".to_owned());
        settings.s3 = s3.options();
    })
    .await;
    keeps_the_contract(&office).await;
    assert!(
        s3.bucket().join("blobs/sha256").is_dir(),
        "blobs lie below the prefix"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_and_both() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let address = postgres.database("with_folder");
    keeps_the_contract(&Office::with(|settings| settings.database = Some(address)).await).await;

    let (address, s3) = (postgres.database("with_s3"), S3::start().await);
    let office = Office::with(|settings| {
        settings.database = Some(address);
        settings.storage = Some("s3://motcua/blobs".to_owned());
        settings.s3 = s3.options();
    })
    .await;
    keeps_the_contract(&office).await;
}

async fn keeps_the_contract(office: &Office) {
    keeps_blobs(office.repository.storage()).await;
    keeps_a_tree(office).await;
    shows_screens_their_own(office).await;
    publishes_whole_or_not_at_all(office).await;
    replicas_hear_of_each_other(office).await;
    replicas_publish_one_after_the_other(office).await;
    collects_what_nobody_names(office).await;
}

async fn keeps_blobs(storage: &Storage) {
    // Larger than one part, so that the upload has several.
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| (n % 251) as u8).collect();
    let hash = sha256(&bytes);
    let mut upload = storage.upload(hash.clone(), 1 << 30);
    for piece in bytes.chunks(1_000_003) {
        upload.write(piece).await.unwrap();
    }
    assert_eq!(
        storage.length(&hash).await.unwrap(),
        None,
        "nothing is visible before the end"
    );
    upload.finish().await.unwrap();
    assert_eq!(storage.length(&hash).await.unwrap(), Some(20_000_000));
    storage.put(&hash, &bytes).await.unwrap();

    let piece = storage
        .get(&hash, Some(9_999_990..10_000_010))
        .await
        .unwrap();
    assert_eq!(piece.bytes().await.unwrap(), bytes[9_999_990..10_000_010]);
    let whole = storage.get(&hash, None).await.unwrap();
    assert_eq!(sha256(&whole.bytes().await.unwrap()), hash);

    for wrong in [bytes.as_slice(), b"short"] {
        let name = sha256(b"something else");
        let error = storage.put(&name, wrong).await.unwrap_err();
        assert!(matches!(error, StorageError::WrongHash { .. }), "{error}");
        assert_eq!(storage.length(&name).await.unwrap(), None);
    }
    let mut long = storage.upload(sha256(b"x"), 3);
    assert!(matches!(
        long.write(b"four").await,
        Err(StorageError::TooLong { .. })
    ));
    assert!(matches!(
        storage.get(&sha256(b"x"), None).await,
        Err(StorageError::Missing(_))
    ));

    let there = FileRef {
        sha256: hash.clone(),
        length: 20_000_000,
    };
    let other_length = FileRef {
        length: 5,
        ..there.clone()
    };
    let absent = FileRef {
        sha256: sha256(b"x"),
        length: 1,
    };
    let missing = storage
        .missing(&[absent.clone(), there, absent, other_length])
        .await
        .unwrap();
    assert_eq!(missing, [sha256(b"x"), hash.clone()]);
    storage.check().await.unwrap();
    presigned_addresses_open_one_blob(storage, &hash).await;
    assert_eq!(storage.list().await.unwrap().len(), 1);
    storage.remove(&hash).await.unwrap();
    storage.remove(&hash).await.unwrap();
    assert_eq!(storage.list().await.unwrap().len(), 0);
}

async fn presigned_addresses_open_one_blob(
    storage: &Storage,
    hash: &motcua_show::release::Sha256Hex,
) {
    let Some(address) = storage.presigned(hash).await.unwrap() else {
        let path = storage.local_path(hash).unwrap();
        assert!(path.ends_with(Storage::key(hash)) && path.exists());
        return;
    };
    let get = |address: String| async {
        let call = move || {
            ureq::get(address)
                .call()
                .map(|answer| answer.status().as_u16())
        };
        tokio::task::spawn_blocking(call).await.unwrap()
    };
    assert_eq!(get(address.clone()).await.unwrap(), 200);
    let other = address.replace(hash.as_str(), sha256(b"x").as_str());
    assert!(
        get(other).await.is_err(),
        "the signature is of one blob alone"
    );
}

async fn keeps_a_tree(office: &Office) {
    let repository = &office.repository;
    let city = office.unit("Thành phố Cần Thơ", None).await;
    let ward = office.unit("Phường Phú Lợi", Some(&city)).await;
    assert_eq!(
        (city.as_str(), ward.as_str()),
        ("thanh-pho-can-tho", "phuong-phu-loi")
    );
    assert_eq!(repository.find_unit("phường phú lợi").await.unwrap(), ward);

    let below_itself = UnitChange {
        parent: Some(Some(ward.clone())),
        ..UnitChange::default()
    };
    let refused = repository
        .change_unit(&city, below_itself, morning())
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    let nowhere = NewUnit {
        name: "X".into(),
        parent: Some("nowhere".parse().unwrap()),
        ..NewUnit::default()
    };
    let refused = repository.add_unit(nowhere, morning()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Missing, "{refused}");
    let dated = UnitChange {
        last_day: Some(Some("2027-06-30".parse().unwrap())),
        name: Some("Phường Phú Lợi (cũ)".into()),
        ..UnitChange::default()
    };
    repository
        .change_unit(&ward, dated, morning())
        .await
        .unwrap();

    let units = repository.units().await.unwrap();
    assert_eq!(units.units.len(), 2, "what was refused left nothing");
    assert_eq!(units.units[1].name, "Phường Phú Lợi (cũ)");
    assert_eq!(*repository.published().await.unwrap().units, units);
}

async fn shows_screens_their_own(office: &Office) {
    let repository = &office.repository;
    let city = repository.find_unit("thanh-pho-can-tho").await.unwrap();
    let ward = repository.find_unit("phuong-phu-loi").await.unwrap();
    let other = office.unit("Xã Mỹ Xuyên", Some(&city)).await;
    let (ours, theirs) = (screen_id("ours"), screen_id("theirs"));
    repository
        .assign(&ours, &ward, "Sảnh", morning())
        .await
        .unwrap();
    repository
        .assign(&theirs, &other, "", morning())
        .await
        .unwrap();
    let mut screen = office.screen("ours").await;
    assert_eq!(screen.title(office, morning()), None);

    assert_eq!(office.push(&city, "city", morning()).await.screens, 2);
    assert_eq!(screen.title(office, morning()).unwrap(), "city");
    assert_eq!(office.push(&ward, "ward", morning()).await.screens, 1);
    assert_eq!(screen.title(office, morning()).unwrap(), "ward");

    let visible = |screen: &str| {
        let screen = screen.to_owned();
        async move { repository.visible(&screen, morning()).await.unwrap() }
    };
    let (seen, unseen) = (visible(&ours).await, visible(&theirs).await);
    assert!(seen.allows_blob(&sha256(b"ward")) && seen.allows_blob(&sha256(b"city")));
    assert!(!unseen.allows_blob(&sha256(b"ward")) && unseen.allows_blob(&sha256(b"city")));
    assert!(seen.allows_target(&format!("screens/{}.{ours}.json", sha256(b"x"))));
    assert!(!seen.allows_target(&format!("screens/{}.{theirs}.json", sha256(b"x"))));

    // Moved without anybody touching it.
    repository
        .assign(&ours, &other, "Sảnh", morning())
        .await
        .unwrap();
    assert_eq!(screen.title(office, morning()).unwrap(), "city");
    assert!(!visible(&ours).await.allows_blob(&sha256(b"ward")));

    repository.unassign(&ours, morning()).await.unwrap();
    assert!(!visible(&ours).await.allows_blob(&sha256(b"city")));
    assert_eq!(screen.title(office, morning()), None);
    assert!(
        repository
            .assign("../x", &ward, "", morning())
            .await
            .is_err()
    );
}

async fn publishes_whole_or_not_at_all(office: &Office) {
    let repository = &office.repository;
    let unit = repository.find_unit("xa-my-xuyen").await.unwrap();
    let mut files = office.show("whole").await;
    let absent = FileRef {
        sha256: sha256(b"absent"),
        length: 6,
    };
    files.insert("media/a.png".parse().unwrap(), absent);
    let before = repository.published().await.unwrap().versions.clone();
    let refused = repository
        .publish(&unit, "t", files, morning())
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Error::LacksBlobs(lacks) if lacks.len() == 1),
        "{refused}"
    );
    let refused = repository
        .publish(&unit, "t", [].into(), morning())
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");

    // The key that every publication needs is away for a while.
    let keys = repository.keys();
    let (_, id) = keys
        .list()
        .unwrap()
        .into_iter()
        .find(|(role, _)| role == "timestamp")
        .unwrap();
    let file = keys.folder().join(format!("timestamp.{id}.pem"));
    std::fs::rename(&file, keys.folder().join("away")).unwrap();
    let files = office.show("whole").await;
    let failed = repository
        .publish(&unit, "t", files, morning())
        .await
        .unwrap_err();
    assert!(matches!(failed, Error::NoKey { .. }), "{failed}");
    std::fs::rename(keys.folder().join("away"), &file).unwrap();

    assert_eq!(repository.published().await.unwrap().versions, before);
    assert_eq!(repository.release(&unit).await.unwrap(), None);
    let published = office.push(&unit, "whole", morning()).await;
    assert_eq!(
        (published.number, published.state),
        (1, PublishedState::Current)
    );
    assert_eq!(
        repository.release(&unit).await.unwrap().unwrap().title,
        "whole"
    );
}

async fn replicas_hear_of_each_other(office: &Office) {
    let other = office.replica().await;
    let mut changes = other.repository.database().changes();
    let unit = other.repository.find_unit("xa-my-xuyen").await.unwrap();
    office.push(&unit, "heard", morning()).await;
    let heard = async {
        loop {
            if changes.recv().await.unwrap()
                == (Change::Release {
                    unit: unit.to_string(),
                })
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), heard)
        .await
        .unwrap();
    let seen = other.repository.release(&unit).await.unwrap().unwrap();
    assert_eq!(seen.title, "heard");
    other.repository.database().close().await;
}

async fn replicas_publish_one_after_the_other(office: &Office) {
    let other = office.replica().await;
    let unit = office.repository.find_unit("xa-my-xuyen").await.unwrap();
    let files = office.show("many").await;
    let mut pushes = tokio::task::JoinSet::new();
    for n in 0..12 {
        let repository = if n % 2 == 0 {
            &office.repository
        } else {
            &other.repository
        };
        let (repository, unit, files) = (repository.clone(), unit.clone(), files.clone());
        pushes.spawn(async move {
            let title = format!("many {n}");
            repository
                .publish(&unit, &title, files, morning())
                .await
                .unwrap()
                .number
        });
    }
    let mut numbers = pushes.join_all().await;
    numbers.sort_unstable();
    let first = numbers[0];
    assert_eq!(numbers, (first..first + 12).collect::<Vec<_>>());
    let screen_of = office
        .repository
        .assign(&screen_id("theirs"), &unit, "", morning())
        .await;
    assert_eq!(screen_of.unwrap(), PublishedState::Current);
    let mut screen = office.screen("theirs").await;
    assert!(screen.title(&other, morning()).unwrap().starts_with("many"));
    other.repository.database().close().await;
}

async fn collects_what_nobody_names(office: &Office) {
    let repository = &office.repository;
    let unit = repository.find_unit("xa-my-xuyen").await.unwrap();
    office.show("an upload that no release followed").await;
    for n in 0..8 {
        office.push(&unit, &format!("push {n}"), morning()).await;
    }
    // The storage stamps with the machine's clock.
    let soon = Timestamp::now();
    assert_eq!(
        repository.collect(soon).await.unwrap().blobs,
        0,
        "all of it is young"
    );
    let later = soon
        .checked_add(jiff::SignedDuration::from_hours(48))
        .unwrap();
    let collected = repository.collect(later).await.unwrap();
    assert!(collected.blobs >= 4, "{collected:?}");
    let storage = repository.storage();
    let length = |text: &str| {
        let hash = sha256(text.as_bytes());
        async move { storage.length(&hash).await.unwrap() }
    };
    assert_eq!(length("an upload that no release followed").await, None);
    assert_eq!(length("push 2").await, None);
    assert_eq!(length("push 3").await, Some(6), "five releases are kept");
    assert_eq!(length("push 7").await, Some(6));
    let mut screen = office.screen("theirs").await;
    assert_eq!(screen.title(office, day(1)).unwrap(), "push 7");
}
