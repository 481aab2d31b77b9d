use std::time::Duration;

use proptest::prelude::*;

use super::*;

const SENT: &str = "2026-11-24T03:00:00Z";

fn sent() -> Timestamp {
    SENT.parse().unwrap()
}

fn alert(id: &str, counter: u64) -> Alert {
    Alert {
        format: FORMAT,
        id: id.parse().unwrap(),
        unit: "ward".parse().unwrap(),
        kind: AlertKind::Alert,
        sent: sent(),
        expires: sent() + SignedDuration::from_mins(30),
        counter,
        severity: AlertSeverity::Severe,
        urgency: Urgency::Immediate,
        headline: "Lũ quét".into(),
        text: None,
        instruction: None,
        sender: None,
        siren: true,
        spoken: None,
        references: Vec::new(),
    }
}

fn cancel(id: &str, of: &str) -> Alert {
    Alert {
        kind: AlertKind::Cancel,
        references: vec![of.parse().unwrap()],
        ..alert(id, 9)
    }
}

fn incoming(alert: Alert) -> Incoming {
    Incoming {
        alert,
        rank: 0,
        age: Duration::ZERO,
        is_heard: false,
    }
}

fn at(minutes: i64) -> Now {
    Now {
        monotonic: Duration::from_secs(1_000 + minutes.unsigned_abs() * 60),
        civil: Some(sent() + SignedDuration::from_mins(minutes)),
    }
}

fn shown(board: &AlertBoard, now: &Now) -> Option<String> {
    board.page(now).map(|alert| alert.id.to_string())
}

#[test]
fn what_cannot_be_an_alert_is_told_why() {
    fn check(change: impl FnOnce(&mut Alert), says: &str) {
        let mut alert = alert("a", 1);
        change(&mut alert);
        let error = alert.check().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(alert("a", 1).check(), Ok(()));
    check(|alert| alert.format = 2, "update the player");
    check(|alert| alert.expires = alert.sent, "not after");
    let too_long = LONGEST + SignedDuration::from_secs(1);
    check(|alert| alert.expires = alert.sent + too_long, "24 h");
    check(|alert| alert.headline = "  ".into(), "no headline");
    check(
        |alert| alert.headline = "x".repeat(LONGEST_HEADLINE + 1).as_str().into(),
        "121 characters in vi",
    );
    check(
        |alert| alert.instruction = Some("a\u{202e}b".into()),
        "control",
    );
    check(|alert| alert.kind = AlertKind::Cancel, "which");
    check(|alert| alert.spoken = Some("<svg>".into()), "base64");
    check(
        |alert| alert.spoken = Some("A".repeat(LONGEST_AUDIO + 4)),
        "300 kB",
    );
    for bad in ["", "a b", "a/b", &"a".repeat(65)] {
        assert!(bad.parse::<AlertId>().is_err(), "{bad:?}");
    }
}

#[test]
fn it_is_said_in_the_languages_that_it_is_written_in() {
    let mut alert = alert("a", 1);
    let by = |texts: &[(Language, &str)]| {
        let texts = texts
            .iter()
            .map(|(language, text)| (*language, (*text).to_owned()));
        Text::ByLanguage(texts.collect())
    };
    alert.headline = by(&[(Language::En, "Flood"), (Language::Vi, "Lũ")]);
    alert.instruction = Some(by(&[(Language::En, "Leave")]));
    alert.sender = Some("UBND".into());
    let said: Vec<_> = alert.said().collect();
    assert_eq!(said.len(), 2);
    assert_eq!((said[0].language, said[0].headline), (Language::Vi, "Lũ"));
    assert_eq!((said[0].instruction, said[0].sender), (None, Some("UBND")));
    assert_eq!(
        (said[1].instruction, said[1].sender),
        (Some("Leave"), Some("UBND"))
    );
}

#[test]
fn it_survives_its_json() {
    let written = serde_json::to_string(&alert("a", 1)).unwrap();
    assert!(written.contains(r#""severity":"severe""#), "{written}");
    assert_eq!(
        serde_json::from_str::<Alert>(&written).unwrap(),
        alert("a", 1)
    );
}

#[test]
fn counters_never_go_back() {
    let mut ledger = Ledger::default();
    let now = Some(sent());
    assert_eq!(
        ledger.admit(&alert("a", 5), &["k"], now),
        Ok(Admission::New)
    );
    assert_eq!(
        ledger.admit(&alert("a", 5), &["k"], now),
        Ok(Admission::Known)
    );
    for counter in [4, 5] {
        let refused = ledger.admit(&alert("b", counter), &["k"], now);
        assert!(matches!(refused, Err(Refusal::Replayed { last: 5, .. })));
    }
    assert_eq!(
        ledger.admit(&alert("b", 1), &["other"], now),
        Ok(Admission::New)
    );
    ledger.forget(&"a".parse().unwrap());
    let again = ledger.admit(&alert("a", 5), &["k"], now);
    assert!(
        matches!(again, Err(Refusal::Replayed { .. })),
        "forgotten is not unseen"
    );
    assert!(matches!(
        ledger.admit(&alert("c", 9), &[], now),
        Err(Refusal::Unsigned(_))
    ));
}

#[test]
fn what_is_over_on_arrival_is_refused_unless_the_clock_is_not_believed() {
    let late = Some(sent() + SignedDuration::from_mins(30));
    let mut ledger = Ledger::default();
    let refused = ledger.admit(&alert("a", 1), &["k"], late);
    assert!(matches!(refused, Err(Refusal::Expired { .. })));
    assert_eq!(ledger.counter("k"), None, "what is refused counts nothing");
    assert_eq!(
        ledger.admit(&alert("a", 1), &["k"], None),
        Ok(Admission::New)
    );
}

#[test]
fn it_expires_by_itself() {
    let mut board = AlertBoard::default();
    assert!(board.receive(incoming(alert("a", 1)), &at(10)));
    assert_eq!(shown(&board, &at(29)).as_deref(), Some("a"));
    assert_eq!(board.next_change(&at(29)), Some(at(30).monotonic));
    assert_eq!(shown(&board, &at(30)), None);
    assert_eq!(board.next_change(&at(30)), None);
}

#[test]
fn a_clock_that_is_not_believed_counts_from_reception() {
    let blind = |minutes| Now {
        civil: None,
        ..at(minutes)
    };
    let mut board = AlertBoard::default();
    board.receive(incoming(alert("a", 1)), &blind(100));
    assert_eq!(shown(&board, &blind(129)).as_deref(), Some("a"));
    assert_eq!(shown(&board, &blind(130)), None);
}

#[test]
fn a_jump_of_the_clock_repeats_nothing() {
    let mut board = AlertBoard::default();
    let id = "a".parse().unwrap();
    board.receive(incoming(alert("a", 1)), &at(0));
    assert!(board.hear(&id) && !board.hear(&id));
    let jumped = |monotonic: i64, civil: i64| Now {
        civil: at(civil).civil,
        ..at(monotonic)
    };
    assert_eq!(shown(&board, &jumped(1, 600)), None, "forwards ends it");
    assert_eq!(
        shown(&board, &jumped(2, 2)).as_deref(),
        Some("a"),
        "and back brings it back"
    );
    assert!(!board.hear(&id), "unheard");
    let back = Now {
        monotonic: at(30).monotonic,
        civil: Some(sent() - SignedDuration::from_hours(5)),
    };
    assert_eq!(shown(&board, &back), None, "backwards does not lengthen it");
}

#[test]
fn the_worst_counts() {
    let mut board = AlertBoard::default();
    let with = |id: &str, severity, urgency, later: i64| Alert {
        severity,
        urgency,
        sent: sent() + SignedDuration::from_secs(later),
        ..alert(id, 1)
    };
    use AlertSeverity::{Extreme, Minor, Severe};
    board.receive(
        incoming(with("minor", Minor, Urgency::Immediate, 9)),
        &at(0),
    );
    board.receive(incoming(with("old", Severe, Urgency::Expected, 0)), &at(0));
    board.receive(incoming(with("new", Severe, Urgency::Expected, 5)), &at(0));
    assert_eq!(shown(&board, &at(1)).as_deref(), Some("new"));
    board.receive(
        incoming(with("urgent", Severe, Urgency::Immediate, 0)),
        &at(1),
    );
    assert_eq!(shown(&board, &at(1)).as_deref(), Some("urgent"));
    board.receive(
        incoming(with("extreme", Extreme, Urgency::Unknown, 0)),
        &at(1),
    );
    assert_eq!(shown(&board, &at(1)).as_deref(), Some("extreme"));
    let strip = board.strip(&at(1)).map(|alert| alert.id.to_string());
    assert_eq!(strip.as_deref(), Some("minor"));
}

#[test]
fn the_ward_cannot_end_what_the_province_says() {
    let mut board = AlertBoard::default();
    let province = Incoming {
        rank: 1,
        ..incoming(alert("a", 1))
    };
    board.receive(province, &at(0));
    board.receive(incoming(cancel("c", "a")), &at(1));
    assert_eq!(shown(&board, &at(1)).as_deref(), Some("a"));
    let by_province = Incoming {
        rank: 1,
        ..incoming(cancel("d", "a"))
    };
    assert!(board.receive(by_province, &at(1)));
    assert_eq!(shown(&board, &at(1)), None);
}

#[test]
fn an_update_takes_the_place_of_what_it_refers_to() {
    let mut board = AlertBoard::default();
    board.receive(incoming(alert("a", 1)), &at(0));
    let update = Alert {
        kind: AlertKind::Update,
        references: vec!["a".parse().unwrap()],
        severity: AlertSeverity::Moderate,
        ..alert("b", 2)
    };
    board.receive(incoming(update), &at(1));
    let active = board.active(&at(1));
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].id.as_str(), "b");
}

#[test]
fn what_comes_back_after_a_restart_has_the_rest_of_its_time() {
    let mut board = AlertBoard::default();
    let kept = Incoming {
        age: Duration::from_secs(20 * 60),
        is_heard: true,
        ..incoming(alert("a", 1))
    };
    let blind = |minutes| Now {
        civil: None,
        ..at(minutes)
    };
    assert!(board.receive(kept, &blind(0)));
    assert!(!board.hear(&"a".parse().unwrap()), "it was heard before");
    assert_eq!(shown(&board, &blind(9)).as_deref(), Some("a"));
    assert_eq!(shown(&board, &blind(10)), None);
}

/// Something that happens to a board.
#[derive(Debug, Clone)]
enum Step {
    Receive(u8, i64),
    Cancel(u8),
    Jump(i64),
    Pass(u64),
    Doubt(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_u8, 1..90_i64).prop_map(|(id, minutes)| Step::Receive(id, minutes)),
        (0..4_u8).prop_map(Step::Cancel),
        (-2_000..2_000_i64).prop_map(Step::Jump),
        (0..1_400_u64).prop_map(Step::Pass),
        any::<bool>().prop_map(Step::Doubt),
    ]
}

proptest! {
    /// Whatever happens in whatever order: nothing is heard twice, nothing outlives its own length, nothing
    /// cancelled is shown, and the board says itself when it will change.
    #[test]
    fn no_order_of_events_repeats_or_keeps_an_alert(steps in prop::collection::vec(step(), 1..60)) {
        let mut board = AlertBoard::default();
        let (mut monotonic, mut civil, mut believed) = (Duration::from_secs(7), sent(), true);
        let mut first: BTreeMap<u8, (Duration, Duration)> = BTreeMap::new();
        let mut cancelled = std::collections::BTreeSet::new();
        let mut heard = std::collections::BTreeSet::new();
        for step in steps {
            let now = Now { monotonic, civil: believed.then_some(civil) };
            match step {
                Step::Receive(id, minutes) => {
                    // The ledger lets each in once.
                    if first.contains_key(&id) {
                        continue;
                    }
                    let mut alert = alert(&id.to_string(), 1);
                    alert.expires = alert.sent + SignedDuration::from_mins(minutes);
                    first.insert(id, (monotonic, alert.length()));
                    board.receive(incoming(alert), &now);
                }
                Step::Cancel(id) => {
                    cancelled.insert(id);
                    board.receive(incoming(cancel(&format!("c{id}"), &id.to_string())), &now);
                }
                Step::Jump(minutes) => civil += SignedDuration::from_mins(minutes),
                Step::Pass(seconds) => {
                    let before: Vec<AlertId> = board.active(&now).iter().map(|alert| alert.id.clone()).collect();
                    let change = board.next_change(&now);
                    monotonic += Duration::from_secs(seconds);
                    civil += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
                    let then = Now { monotonic, civil: believed.then_some(civil) };
                    let after: Vec<AlertId> = board.active(&then).iter().map(|alert| alert.id.clone()).collect();
                    let is_due = change.is_some_and(|at| at <= monotonic);
                    prop_assert_eq!(is_due, before != after, "it changes when it says");
                }
                Step::Doubt(is_doubted) => believed = !is_doubted,
            }
            let now = Now { monotonic, civil: believed.then_some(civil) };
            let active: Vec<AlertId> = board.active(&now).iter().map(|alert| alert.id.clone()).collect();
            for id in active {
                let number: u8 = id.as_str().parse().unwrap();
                prop_assert!(!cancelled.contains(&number), "{} was cancelled", id);
                let (since, length) = first[&number];
                prop_assert!(monotonic < since + length, "{} outlives itself", id);
                if board.hear(&id) {
                    prop_assert!(heard.insert(id), "heard twice");
                }
            }
        }
    }

    /// A ledger lets every id in at most once, and every key's counters only up.
    #[test]
    fn the_ledger_only_counts_up(sent in prop::collection::vec((0..6_u8, 0..20_u64, 0..2_u8), 1..60)) {
        let mut ledger = Ledger::default();
        let mut last = [None; 2];
        let mut ids = std::collections::BTreeSet::new();
        for (id, counter, key) in sent {
            let name = format!("k{key}");
            let admitted = ledger.admit(&alert(&id.to_string(), counter), &[&name], None);
            if admitted == Ok(Admission::New) {
                prop_assert!(ids.insert(id));
                prop_assert!(last[usize::from(key)].is_none_or(|last| counter > last));
                last[usize::from(key)] = Some(counter);
            }
        }
    }
}
