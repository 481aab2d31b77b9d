//! Keys off the server: taken off, two persons who approve, and what is refused on the way.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use motcua_server::Error;
use motcua_server::error::ErrorKind;
use motcua_sync::api::PublishedState;
use motcua_sync::bundle::{Bundle, TakeOff};
use support::{Office, Served, Signer, all_to, day, morning, screen_id, signers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_go_off_the_server_and_screens_follow_untouched() {
    let office = Office::new().await;
    let repository = &office.repository;
    let unit = office.unit("Tỉnh", None).await;
    repository
        .assign(&screen_id("a"), &unit, "Sảnh", morning())
        .await
        .unwrap();
    office.push(&unit, "at first", morning()).await;
    let mut screen = office.screen("a").await;
    assert_eq!(screen.title(&office, morning()).unwrap(), "at first");

    let person = Signer::new();
    repository
        .take_off(&all_to(&person), morning())
        .await
        .unwrap();
    let files = office.show("meanwhile").await;
    let error = repository
        .publish(&unit, "x", files, morning())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(screen.title(&office, morning()).unwrap(), "at first");

    let imported = person.sign(&office, morning()).await;
    assert_eq!(
        imported.published,
        ["root", "targets", "screens", "unit-tinh"]
    );
    assert!(imported.waiting.is_empty());
    let held = repository.keys().list().unwrap();
    let roles: Vec<&str> = held.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(
        roles,
        ["snapshot", "timestamp"],
        "the others are off this machine"
    );
    assert_eq!(screen.title(&office, morning()).unwrap(), "at first");
    assert_eq!(screen.trust.versions()["root"], 2);

    // A push waits for its signature; nothing changes on the screen until then.
    assert_eq!(
        office.push(&unit, "signed", day(1)).await.state,
        PublishedState::Unsigned
    );
    assert_eq!(screen.title(&office, day(1)).unwrap(), "at first");
    assert_eq!(person.sign(&office, day(1)).await.published, ["unit-tinh"]);
    assert_eq!(screen.title(&office, day(1)).unwrap(), "signed");
    assert_eq!(
        repository.release(&unit).await.unwrap().unwrap().title,
        "signed"
    );

    // So do a new unit, its first release, and the screen that moves there: one bundle for all.
    let young = office.unit("Xã mới", Some(&unit)).await;
    assert_eq!(
        office.push(&young, "young", day(1)).await.state,
        PublishedState::Unsigned
    );
    let state = repository
        .assign(&screen_id("a"), &young, "Sảnh", day(1))
        .await
        .unwrap();
    assert_eq!(state, PublishedState::Unsigned);
    assert_eq!(screen.title(&office, day(1)).unwrap(), "signed");
    let imported = person.sign(&office, day(1)).await;
    assert_eq!(imported.published, ["targets", "screens", "unit-xa-moi"]);
    assert_eq!(screen.title(&office, day(1)).unwrap(), "young");

    // The server goes on renewing what is its own, and says what it cannot renew.
    let renewed = repository.renew(day(310)).await.unwrap();
    assert_eq!(renewed.published, ["snapshot", "timestamp"]);
    assert_eq!(
        renewed.unsigned,
        ["screens", "targets", "unit-tinh", "unit-xa-moi"]
    );
    assert_eq!(person.sign(&office, day(310)).await.published.len(), 4);
    repository.renew(day(400)).await.unwrap();
    assert_eq!(screen.title(&office, day(400)).unwrap(), "young");

    // Cutting off waits for nobody.
    repository.unassign(&screen_id("a"), day(1)).await.unwrap();
    let visible = repository.visible(&screen_id("a"), day(1)).await.unwrap();
    assert!(!visible.allows_blob(&support::sha256(b"young")));

    // Somebody leaves: the keys are exchanged, signed by the old and the new holder.
    let successor = Signer::new();
    person.sign(&office, day(400)).await;
    repository
        .take_off(&all_to(&successor), day(400))
        .await
        .unwrap();
    assert!(successor.sign(&office, day(400)).await.published.is_empty());
    assert!(!person.sign(&office, day(400)).await.published.is_empty());
    screen.look(&Served(repository), day(400)).unwrap();
    assert_eq!(screen.trust.versions()["root"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_persons_approve_a_release() {
    let office = Office::new().await;
    let unit = office.unit("Tỉnh", None).await;
    office
        .repository
        .assign(&screen_id("a"), &unit, "", morning())
        .await
        .unwrap();
    let (first, second, stranger) = (Signer::new(), Signer::new(), Signer::new());
    let wanted = TakeOff {
        units: signers(2, &[&first, &second]),
        ..all_to(&first)
    };
    office
        .repository
        .take_off(&wanted, morning())
        .await
        .unwrap();
    first.sign(&office, morning()).await;
    let mut screen = office.screen("a").await;

    office.push(&unit, "approved", morning()).await;
    let waits = |imported: motcua_server::signing::Imported| {
        assert!(imported.published.is_empty(), "{imported:?}");
        let waiting = &imported.waiting[0];
        (waiting.role.clone(), waiting.signatures, waiting.needed)
    };
    let role = "unit-tinh".to_owned();
    assert_eq!(
        waits(stranger.sign(&office, morning()).await),
        (role.clone(), 0, 2)
    );
    assert_eq!(
        waits(first.sign(&office, morning()).await),
        (role.clone(), 1, 2)
    );
    assert_eq!(
        waits(first.sign(&office, morning()).await),
        (role, 1, 2),
        "twice is one"
    );
    assert_eq!(screen.title(&office, morning()), None);
    assert_eq!(
        second.sign(&office, morning()).await.published,
        ["unit-tinh"]
    );
    assert_eq!(screen.title(&office, morning()).unwrap(), "approved");

    // What is not approved is given up, and the next one takes its place.
    office.push(&unit, "refused", morning()).await;
    office
        .repository
        .discard_unsigned("unit-tinh", morning())
        .await
        .unwrap();
    assert!(
        office
            .repository
            .waiting(morning())
            .await
            .unwrap()
            .is_empty()
    );
    office.push(&unit, "better", morning()).await;
    first.sign(&office, morning()).await;
    second.sign(&office, morning()).await;
    assert_eq!(screen.title(&office, morning()).unwrap(), "better");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_brings_nothing_but_signatures() {
    let office = Office::new().await;
    let repository = &office.repository;
    let unit = office.unit("Tỉnh", None).await;
    let person = Signer::new();
    repository
        .take_off(&all_to(&person), morning())
        .await
        .unwrap();
    person.sign(&office, morning()).await;
    office.push(&unit, "one", morning()).await;
    let mut older = repository.export_unsigned(morning()).await.unwrap();
    older.sign(&person.0).unwrap();
    office.push(&unit, "two", morning()).await;
    let error = repository
        .import_signed(&older, morning())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Stale(_)), "{error}");

    // Changed on the way, and signed by a key that counts: still not what this server prepared.
    let mut changed = repository.export_unsigned(morning()).await.unwrap();
    changed.entries[0].metadata = changed.entries[0].metadata.replace("2027", "2047");
    changed.sign(&person.0).unwrap();
    let error = repository
        .import_signed(&changed, morning())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Stale(_)), "{error}");

    // Part of a change of keys is kept, and published when the rest is there.
    let root = Signer::new();
    let wanted = TakeOff {
        root: signers(1, &[&root]),
        ..all_to(&person)
    };
    person.sign(&office, morning()).await;
    repository.take_off(&wanted, morning()).await.unwrap();
    let first = person.sign(&office, morning()).await;
    assert!(!first.published.contains(&"root".to_owned()));
    assert_eq!(
        (first.waiting[0].signatures, first.waiting[0].needed),
        (1, 2)
    );
    assert_eq!(root.sign(&office, morning()).await.published, ["root"]);

    let bundle = Bundle { format: 2, ..older };
    assert!(repository.import_signed(&bundle, morning()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_keys_off_can_be_given_up() {
    let office = Office::new().await;
    let repository = &office.repository;
    let unit = office.unit("Tỉnh", None).await;
    let before = repository.keys().list().unwrap();
    let person = Signer::new();
    repository
        .take_off(&all_to(&person), morning())
        .await
        .unwrap();
    repository.cancel_take_off(morning()).await.unwrap();
    assert_eq!(repository.keys().list().unwrap(), before);
    assert_eq!(
        office.push(&unit, "as before", morning()).await.state,
        PublishedState::Current
    );

    let never = TakeOff {
        root: signers(2, &[&person, &person]),
        ..all_to(&person)
    };
    let error = repository.take_off(&never, morning()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}
