//! How screens are taken, and how others fail to be.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;

use api_support::{Asking, Caller, ask, ask_with, confirm, enrol, offer, start};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use motcua_server::limits::ENROLMENTS;
use motcua_sync::api::Confirmation;
use motcua_sync::pairing::{Code, PairingError};
use serde_json::{Value, json};
use std::thread::JoinHandle;
use ureq::http::Method;

/// An operator types a code and waits.
fn typing(operator: &Caller, code: &str, unit: &str) -> JoinHandle<(u16, Value)> {
    let (operator, body) = (
        operator.clone(),
        json!({"code": code, "unit": unit, "name": "Sảnh"}),
    );
    std::thread::spawn(move || operator.call(Method::POST, "/api/v1/screens/accept", Some(body)))
}

/// A code that is not this screen's.
fn another(asking: &Asking) -> Code {
    let own: u32 = asking.code.as_str().parse().unwrap();
    Code::read(&format!("{:06}", (own + 1) % 1_000_000)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_is_taken_and_gets_root_token_and_place() {
    let running = start(|_| {}).await;
    let (admin, stranger) = (running.admin(), running.stranger());
    let ward = admin.unit("Phường Phú Lợi", None);
    let asking = ask(&stranger);
    let state = format!("/api/v1/enrolments/{}", asking.id);
    assert_eq!(stranger.get(&state).1["state"], "waiting");
    // People type codes in groups, and name units as they are called.
    let spaced = format!(
        "{} {}",
        &asking.code.as_str()[..3],
        &asking.code.as_str()[3..]
    );
    let accepting = typing(&admin, &spaced, "phường phú lợi");
    let offered = offer(&stranger, &asking.id);
    let (acceptance, confirmation) = asking.side.open(&offered, &asking.key).unwrap();
    let root = stranger
        .send(
            Method::GET,
            "/repository/metadata/1.root.json",
            &[],
            Vec::new(),
        )
        .body_mut()
        .read_to_vec()
        .unwrap();
    assert_eq!(BASE64_STANDARD.decode(&acceptance.root).unwrap(), root);
    assert_eq!(
        (acceptance.name.as_str(), acceptance.unit.as_str()),
        ("Sảnh", "Phường Phú Lợi")
    );
    let screen = running.with_token(&acceptance.token);
    assert_eq!(
        screen.get("/api/v1/screen/events").0,
        401,
        "the token counts once the screen has confirmed"
    );

    assert_eq!(confirm(&stranger, &asking.id, &confirmation), 204);
    let (status, accepted) = accepting.join().unwrap();
    assert_eq!(
        (status, &accepted["id"], &accepted["unit"]),
        (200, &json!(acceptance.screen), &json!(ward))
    );
    assert_eq!(stranger.get(&state).1["state"], "accepted");
    assert_eq!(
        confirm(&stranger, &asking.id, &confirmation),
        204,
        "the answer may have been lost"
    );
    let other = Confirmation {
        signature: confirmation.confirmation.clone(),
        ..confirmation
    };
    assert_eq!(confirm(&stranger, &asking.id, &other), 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_takes_nobody() {
    let running = start(|_| {}).await;
    let (admin, stranger) = (running.admin(), running.stranger());
    admin.unit("Phường A", None);
    assert_eq!(
        typing(&admin, "12345", "phuong-a").join().unwrap().0,
        400,
        "that is no code"
    );
    assert_eq!(
        typing(&admin, "123456", "phuong-z").join().unwrap().0,
        404,
        "there is no such unit"
    );
    assert_eq!(
        typing(&admin, "123456", "phuong-a").join().unwrap().0,
        404,
        "nobody waits"
    );

    let asking = ask(&stranger);
    let accepting = typing(&admin, another(&asking).as_str(), "phuong-a");
    let offered = offer(&stranger, &asking.id);
    assert_eq!(
        asking.side.open(&offered, &asking.key).unwrap_err(),
        PairingError::OtherCode
    );
    let guess = Confirmation {
        confirmation: BASE64_STANDARD.encode([0; 32]),
        signature: BASE64_STANDARD.encode(asking.key.sign(&[0; 32])),
    };
    assert_eq!(confirm(&stranger, &asking.id, &guess), 403);
    let (status, refusal) = accepting.join().unwrap();
    assert_eq!(status, 409, "{refusal}");
    assert_eq!(admin.get("/api/v1/screens").1["screens"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_cannot_open_what_is_meant_for_another() {
    let running = start(|_| {}).await;
    let (admin, stranger) = (running.admin(), running.stranger());
    admin.unit("Phường A", None);
    let meant = ask(&stranger);
    let neighbour = ask_with(&stranger, another(&meant));
    let accepting = typing(&admin, meant.code.as_str(), "phuong-a");
    let (to_meant, to_neighbour) = (offer(&stranger, &meant.id), offer(&stranger, &neighbour.id));
    let digits = neighbour.code.clone();
    neighbour
        .side
        .open(&to_neighbour, &neighbour.key)
        .unwrap_err();
    let (_, confirmation) = meant.side.open(&to_meant, &meant.key).unwrap();
    // Who saw the confirmation on its way has not the key that signs it.
    let stolen = Confirmation {
        confirmation: confirmation.confirmation.clone(),
        signature: BASE64_STANDARD.encode(
            neighbour
                .key
                .sign(&BASE64_STANDARD.decode(&confirmation.confirmation).unwrap()),
        ),
    };
    assert_eq!(confirm(&stranger, &meant.id, &stolen), 403);
    assert_eq!(confirm(&stranger, &neighbour.id, &confirmation), 403);
    assert_eq!(confirm(&stranger, &meant.id, &confirmation), 204);
    assert_eq!(accepting.join().unwrap().0, 200);

    // The neighbour asks anew, with the same digits on its display, and is taken in its turn.
    let again = ask_with(&stranger, digits);
    let accepting = typing(&admin, again.code.as_str(), "phuong-a");
    let (_, confirmation) = again
        .side
        .open(&offer(&stranger, &again.id), &again.key)
        .unwrap();
    assert_eq!(confirm(&stranger, &again.id, &confirmation), 204);
    assert_eq!(accepting.join().unwrap().0, 200);
    assert_eq!(
        admin.get("/api/v1/screens").1["screens"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_screens_with_the_same_digits_one_is_taken() {
    let running = start(|_| {}).await;
    let (admin, stranger) = (running.admin(), running.stranger());
    admin.unit("Phường A", None);
    let one = ask(&stranger);
    let other = ask_with(&stranger, one.code.clone());
    let accepting = typing(&admin, one.code.as_str(), "phuong-a");
    let confirmations = [one, other].map(|asking| {
        let (_, confirmation) = asking
            .side
            .open(&offer(&stranger, &asking.id), &asking.key)
            .unwrap();
        (asking.id, confirmation)
    });
    let statuses = confirmations.map(|(id, confirmation)| confirm(&stranger, &id, &confirmation));
    assert_eq!(statuses, [204, 403]);
    assert_eq!(accepting.join().unwrap().0, 200);
    assert_eq!(
        admin.get("/api/v1/screens").1["screens"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_from_one_address_does_not_keep_others_out() {
    let running = start(|settings| settings.trusted_proxies = vec![[127, 0, 0, 1].into()]).await;
    let stranger = running.stranger();
    let request = serde_json::to_vec(ask(&stranger).side.request()).unwrap();
    let ask_from = |address: &str| {
        let path = "/api/v1/enrolments";
        stranger
            .send(
                Method::POST,
                path,
                &[("x-forwarded-for", address)],
                request.clone(),
            )
            .status()
            .as_u16()
    };
    let most = usize::try_from(ENROLMENTS.most).unwrap();
    let statuses: Vec<u16> = (0..=2 * most).map(|_| ask_from("198.51.100.7")).collect();
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429));
    // The minute may change meanwhile.
    let allowed = statuses.iter().filter(|status| **status == 200).count();
    assert!((most..=2 * most).contains(&allowed), "{allowed}");
    assert_eq!(ask_from("198.51.100.8"), 200, "another office");
    let (status, _) = stranger.call(
        Method::POST,
        "/api/v1/enrolments",
        Some(json!({"public_key": "AAAA", "pake": "x"})),
    );
    assert_eq!(status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_screen_has_a_token_of_its_own() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let (one, other) = (enrol(&admin, &ward), enrol(&admin, &ward));
    assert_ne!(one.acceptance.token, other.acceptance.token);
    let kept = std::fs::read(running.folder.path().join("motcua.sqlite")).unwrap();
    let wal = std::fs::read(running.folder.path().join("motcua.sqlite-wal")).unwrap_or_default();
    let token = one.acceptance.token.as_bytes();
    assert!(
        !kept
            .windows(token.len())
            .chain(wal.windows(token.len()))
            .any(|bytes| bytes == token),
        "only its hash is kept"
    );
    assert_eq!(
        admin
            .call(
                Method::DELETE,
                &format!("/api/v1/screens/{}", one.acceptance.screen),
                None
            )
            .0,
        200
    );
    assert_eq!(one.heartbeat(&json!({"version": "1"})), 401);
    assert_eq!(other.heartbeat(&json!({"version": "1"})), 204);
}
