//! Alerts on their way through the server: who may send one, who gets it and in which order, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;
mod support;

use api_support::{Running, Taken, enrol, start};
use jiff::{SignedDuration, Timestamp};
use motcua_server::alerts;
use motcua_server::screens::{self, Known};
use motcua_server::tokens::Secret;
use motcua_show::alert::{Alert, AlertId, AlertKind, AlertSeverity, FORMAT, Urgency};
use motcua_sync::alert::{open, seal};
use motcua_sync::api::PublishedState;
use motcua_sync::api::alerts::{AlertAnswer, AlertOutcome};
use motcua_sync::tuf::SigningKey;
use serde_json::{Value, json};
use support::postgres::Postgres;
use support::{Office, Signer, all_to, day, morning, screen_id};
use ureq::http::Method;

fn alert(id: &str, unit: &str, counter: u64, sent: Timestamp) -> Alert {
    Alert {
        format: FORMAT,
        id: id.parse().unwrap(),
        unit: unit.parse().unwrap(),
        kind: AlertKind::Alert,
        sent,
        expires: sent + SignedDuration::from_mins(30),
        counter,
        severity: AlertSeverity::Extreme,
        urgency: Urgency::Immediate,
        headline: "Lũ quét\nRời nhà".into(),
        text: None,
        instruction: None,
        sender: None,
        siren: true,
        spoken: None,
        references: Vec::new(),
    }
}

fn cancel(id: &str, of: &str, unit: &str, counter: u64, sent: Timestamp) -> Alert {
    Alert {
        kind: AlertKind::Cancel,
        references: vec![of.parse().unwrap()],
        ..alert(id, unit, counter, sent)
    }
}

fn sealed(alert: &Alert, key: &SigningKey) -> Value {
    serde_json::from_str(&seal(alert, &[key]).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_the_contract() {
    keeps_alerts(&Office::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_keeps_the_contract() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let address = postgres.database("alerts");
    keeps_alerts(&Office::with(|settings| settings.database = Some(address)).await).await;
}

async fn keeps_alerts(office: &Office) {
    let repository = &office.repository;
    let database = repository.database();
    let city = office.unit("Thành phố", None).await;
    let ward = office.unit("Phường", Some(&city)).await;
    let (mayor, duty) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    for (unit, key) in [(&city, &mayor), (&ward, &duty)] {
        let state = repository
            .add_alert_key(unit, &key.public(), None, morning())
            .await
            .unwrap();
        assert_eq!(state, PublishedState::Current);
    }
    let published = repository.published().await.unwrap();
    let send = async |alert: &Alert, key: &SigningKey, now: Timestamp| {
        let envelope = seal(alert, &[key]).unwrap();
        let keys = &published.alert_keys;
        let today = repository.day(now);
        let opened = open(
            envelope.as_bytes(),
            keys,
            &published.units,
            &alert.unit,
            today,
        )
        .unwrap();
        alerts::send(database, &opened, &envelope, &published.units, now).await
    };
    let said = |outcome: motcua_server::Result<()>| outcome.unwrap_err().to_string();
    let active = async |now| -> Vec<String> {
        let active = alerts::active(database, now).await.unwrap();
        let read = |alert: alerts::Active| {
            let alert = motcua_sync::alert::peek(alert.envelope.as_bytes()).unwrap();
            alert.id.to_string()
        };
        active.into_iter().map(read).collect()
    };
    let now = morning();
    let ward_id = ward.as_str();

    send(&alert("a", ward_id, 5, now), &duty, now)
        .await
        .unwrap();
    assert!(said(send(&alert("a", ward_id, 6, now), &duty, now).await).contains("already"));
    assert!(said(send(&alert("b", ward_id, 5, now), &duty, now).await).contains("counter"));
    let late = now + SignedDuration::from_mins(30);
    assert!(said(send(&alert("b", ward_id, 9, now), &duty, late).await).contains("over"));
    send(&alert("m", ward_id, 1, now), &mayor, now)
        .await
        .unwrap();
    assert_eq!(
        active(now).await,
        ["a", "m"],
        "what was refused is not there"
    );
    assert!(active(late).await.is_empty());

    // The ward ends its own and not the city's.
    for (id, of, counter) in [("c1", "a", 10), ("c2", "m", 11)] {
        let cancel = cancel(id, of, ward_id, counter, now);
        send(&cancel, &duty, now).await.unwrap();
    }
    assert_eq!(active(now).await, ["m", "c1", "c2"]);

    let mut work = database.begin().await.unwrap();
    for name in ["one", "two"] {
        let known = Known {
            id: screen_id(name),
            public_key: String::new(),
        };
        let token = Secret::draw().unwrap().sha256();
        screens::take(&mut work, &known, &token, now).await.unwrap();
    }
    database.commit(work).await.unwrap();
    let id: AlertId = "m".parse().unwrap();
    let answer = async |screen: &str, outcome, after_ms| {
        let answer = AlertAnswer { outcome, why: None };
        let at = now + SignedDuration::from_millis(after_ms);
        alerts::answer(database, &screen_id(screen), &id, &answer, at)
            .await
            .unwrap();
    };
    answer("one", AlertOutcome::Received, 100).await;
    answer("one", AlertOutcome::Shown, 800).await;
    answer("one", AlertOutcome::Received, 900).await;
    answer("two", AlertOutcome::Refused, 300).await;
    let report = alerts::report(database, &id, |_| 2).await.unwrap().unwrap();
    assert_eq!(
        (
            report.screens,
            report.shown,
            report.received,
            report.refused
        ),
        (2, 1, 1, 1)
    );
    assert_eq!(report.last_shown_ms, Some(800), "what was shown stays so");
    let list = alerts::list(database, &ward, |_| 2).await.unwrap();
    let ended: Vec<_> = list
        .iter()
        .map(|report| (report.id.as_str(), report.ended_by.is_some()))
        .collect();
    assert_eq!(
        ended,
        [("c2", false), ("c1", false), ("m", false), ("a", true)]
    );

    alerts::forget(database, day(400)).await.unwrap();
    assert!(
        alerts::list(database, &ward, |_| 2)
            .await
            .unwrap()
            .is_empty()
    );
    let again = alert("a", ward_id, 10, day(400));
    assert!(
        said(send(&again, &duty, day(400)).await).contains("counter"),
        "counters stay"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_keys_and_keys_off_the_server() {
    let office = Office::new().await;
    let repository = &office.repository;
    let ward = office.unit("Phường", None).await;
    let (one, two) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let add = async |key: &SigningKey, threshold| {
        repository
            .add_alert_key(&ward, &key.public(), threshold, morning())
            .await
    };
    assert!(
        add(&one, Some(2)).await.is_err(),
        "one key cannot sign twice"
    );
    add(&one, None).await.unwrap();
    add(&two, Some(2)).await.unwrap();
    let removed = repository
        .remove_alert_key(&ward, &two.id(), morning())
        .await;
    assert!(removed.is_err(), "two must sign");
    add(&two, Some(1)).await.unwrap();
    repository
        .remove_alert_key(&ward, &two.id(), morning())
        .await
        .unwrap();
    assert!(
        repository
            .remove_alert_key(&ward, &two.id(), morning())
            .await
            .is_err()
    );

    // Where the keys are away, a new alert key counts once they have signed for it.
    let signer = Signer::new();
    repository
        .take_off(&all_to(&signer), morning())
        .await
        .unwrap();
    signer.sign(&office, morning()).await;
    assert_eq!(add(&two, None).await.unwrap(), PublishedState::Unsigned);
    let (wanted, state) = repository.alert_keys().await.unwrap();
    assert_eq!(
        (wanted.units[&ward].keys.len(), state),
        (2, PublishedState::Unsigned)
    );
    let known = async || {
        repository.published().await.unwrap().alert_keys.units[&ward]
            .keys
            .len()
    };
    assert_eq!(known().await, 1);
    signer.sign(&office, morning()).await;
    assert_eq!(known().await, 2);
}

/// A server with a ward, a key that may alert it, and a token for alerts.
struct Ward {
    running: Running,
    id: String,
    duty: SigningKey,
}

impl Ward {
    async fn open() -> Self {
        let running = start(|_| {}).await;
        let admin = running.admin();
        let id = admin.unit("Phường Phú Lợi", None);
        let duty = SigningKey::generate().unwrap();
        let path = format!("/api/v1/units/{id}/alert-keys");
        let added = admin.post(&path, json!({"key": duty.public()}));
        assert_eq!(added["state"], "current");
        Self { running, id, duty }
    }

    fn alert(&self, id: &str, counter: u64) -> Alert {
        alert(id, &self.id, counter, Timestamp::now())
    }

    fn send(&self, alert: &Alert) -> Value {
        let token = self.running.admin().token("alert", Some(&self.id));
        let path = format!("/api/v1/units/{}/alerts", self.id);
        self.running
            .with_token(&token)
            .post(&path, sealed(alert, &self.duty))
    }

    fn report(&self, id: &str) -> Value {
        self.running.admin().get(&format!("/api/v1/alerts/{id}")).1
    }
}

fn envelope_of(data: &str) -> Alert {
    motcua_sync::alert::peek(data.as_bytes()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_reaches_the_screens_of_its_unit_at_once_and_in_order() {
    let ward = Ward::open().await;
    let admin = ward.running.admin();
    let below = admin.unit("Điểm tiếp nhận", Some(&ward.id));
    let other = admin.unit("Phường khác", None);
    let inside: Vec<Taken> = [&ward.id, &below].map(|unit| enrol(&admin, unit)).into();
    let outside = enrol(&admin, &other);
    let mut listening: Vec<_> = inside.iter().map(Taken::listen).collect();
    let mut elsewhere = outside.listen();
    for events in listening.iter_mut().chain([&mut elsewhere]) {
        assert_eq!(events.next().unwrap().0, "look");
    }
    assert_eq!(ward.send(&ward.alert("one", 1))["screens"], 2);
    ward.send(&ward.alert("two", 2));
    for events in &mut listening {
        for id in ["one", "two"] {
            let (name, data) = events.next().unwrap();
            assert_eq!(
                (name.as_str(), envelope_of(&data).id.as_str()),
                ("alert", id)
            );
        }
    }
    // Whoever comes later gets both, the first one first; so does whoever asks.
    let mut later = inside[0].listen();
    for id in ["one", "two"] {
        assert_eq!(envelope_of(&later.next().unwrap().1).id.as_str(), id);
    }
    let (_, polled) = inside[1].caller.get("/api/v1/screen/alerts");
    assert_eq!(polled["alerts"].as_array().unwrap().len(), 2);
    assert_eq!(
        outside.caller.get("/api/v1/screen/alerts").1["alerts"],
        json!([])
    );
    // The other unit's screen hears of its own and of nothing before.
    admin.publish(&other, b"theirs");
    assert_eq!(elsewhere.next().unwrap().0, "look");

    let mine = &inside[0].caller;
    let answered = |caller: &api_support::Caller, outcome: &str| {
        let answer = json!({"outcome": outcome});
        caller
            .call(Method::POST, "/api/v1/screen/alerts/one", Some(answer))
            .0
    };
    assert_eq!(answered(&outside.caller, "shown"), 404, "it is not meant");
    assert_eq!(answered(mine, "shown"), 204);
    let report = ward.report("one");
    assert_eq!(
        (&report["shown"], &report["screens"]),
        (&json!(1), &json!(2))
    );
    assert!(report["last_shown_ms"].as_i64().unwrap() >= 0);
    let (_, list) = admin.get(&format!("/api/v1/units/{}/alerts", ward.id));
    assert_eq!(list["alerts"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_alerts_without_the_key_and_the_token() {
    let ward = Ward::open().await;
    let admin = ward.running.admin();
    let other = admin.unit("Phường khác", None);
    let path = format!("/api/v1/units/{}/alerts", ward.id);
    let tries = |caller: &api_support::Caller, path: &str, envelope: Value| {
        caller.call(Method::POST, path, Some(envelope))
    };
    let good = || sealed(&ward.alert("good", 9), &ward.duty);
    let of_kind = |kind: &str, unit: &str| ward.running.with_token(&admin.token(kind, Some(unit)));
    assert_eq!(tries(&of_kind("operator", &ward.id), &path, good()).0, 403);
    assert_eq!(tries(&of_kind("alert", &other), &path, good()).0, 403);

    let stranger = SigningKey::generate().unwrap();
    let (status, said) = tries(&admin, &path, sealed(&ward.alert("forged", 1), &stranger));
    assert_eq!(status, 400);
    assert!(
        said["error"].as_str().unwrap().contains("keys alert add"),
        "{said}"
    );
    let mut changed = good();
    changed["signed"]["headline"] = "Khác".into();
    assert_eq!(
        tries(&admin, &path, changed).0,
        400,
        "what is changed is not signed"
    );
    let theirs = format!("/api/v1/units/{other}/alerts");
    assert_eq!(
        tries(&admin, &theirs, good()).0,
        400,
        "it is for another unit"
    );
    let mut old = ward.alert("old", 1);
    old.sent -= SignedDuration::from_hours(2);
    old.expires = old.sent + SignedDuration::from_hours(1);
    let (_, said) = tries(&admin, &path, sealed(&old, &ward.duty));
    assert!(
        said["error"].as_str().unwrap().contains("was over"),
        "{said}"
    );
    assert_eq!(tries(&admin, &path, json!({"signed": 1})).0, 400);
    assert_eq!(tries(&admin, &path, good()).0, 200);
    assert_eq!(tries(&admin, &path, good()).0, 409);

    let remove = format!("/api/v1/units/{}/alert-keys/{}", ward.id, ward.duty.id());
    assert_eq!(admin.call(Method::DELETE, &remove, None).0, 200);
    let (status, _) = tries(&admin, &path, sealed(&ward.alert("late", 20), &ward.duty));
    assert_eq!(status, 400, "the key may alert no more");
}
