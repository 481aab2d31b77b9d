use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use motcua_show::alert::{AlertKind, AlertSeverity, Urgency};
use motcua_show::units::Unit;

use super::*;

const DAY: Date = date(2026, 11, 24);

fn alert(unit: &str) -> Alert {
    let sent: Timestamp = "2026-11-24T03:00:00Z".parse().unwrap();
    Alert {
        format: motcua_show::alert::FORMAT,
        id: "flood-1".parse().unwrap(),
        unit: unit.parse().unwrap(),
        kind: AlertKind::Alert,
        sent,
        expires: sent + SignedDuration::from_mins(30),
        counter: 1,
        severity: AlertSeverity::Severe,
        urgency: Urgency::Immediate,
        headline: "Lũ quét “khẩn”\nRời nhà".into(),
        text: None,
        instruction: None,
        sender: Some("UBND phường".into()),
        siren: true,
        spoken: None,
        references: Vec::new(),
    }
}

fn units() -> Units {
    let unit = |id: &str, parent: Option<&str>| Unit {
        id: id.parse().unwrap(),
        name: id.to_uppercase(),
        kind: "phường".into(),
        parent: parent.map(|parent| parent.parse().unwrap()),
        first_day: None,
        last_day: None,
        successor: None,
    };
    Units {
        format: FORMAT,
        units: vec![
            unit("city", None),
            unit("ward", Some("city")),
            unit("other", Some("city")),
            unit("desk", Some("ward")),
        ],
    }
}

fn may(rights: &[(&str, &[&SigningKey], u32)]) -> AlertKeys {
    let units = rights.iter().map(|(unit, keys, threshold)| {
        let signers = Signers {
            threshold: *threshold,
            keys: keys.iter().map(|key| key.public()).collect(),
        };
        (unit.parse().unwrap(), signers)
    });
    AlertKeys {
        units: units.collect(),
        ..AlertKeys::default()
    }
}

fn opened(envelope: &str, keys: &AlertKeys, home: &str) -> Result<Opened, EnvelopeError> {
    open(
        envelope.as_bytes(),
        keys,
        &units(),
        &home.parse().unwrap(),
        DAY,
    )
}

#[test]
fn a_key_alerts_its_unit_and_what_is_below_and_nothing_else() {
    let (ward, city) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let keys = may(&[("ward", &[&ward], 1), ("city", &[&city], 1)]);
    let by_ward = seal(&alert("ward"), &[&ward]).unwrap();
    let found = opened(&by_ward, &keys, "desk").unwrap();
    assert_eq!((found.alert, found.rank), (alert("ward"), 1));
    assert_eq!(opened(&by_ward, &keys, "ward").unwrap().rank, 0);
    let elsewhere = opened(&by_ward, &keys, "other");
    assert!(matches!(elsewhere, Err(EnvelopeError::OtherArea { .. })));
    // A screen of the city's own hall does not belong to the ward.
    let above = opened(&by_ward, &keys, "city");
    assert!(matches!(above, Err(EnvelopeError::OtherArea { .. })));

    let too_far = seal(&alert("city"), &[&ward]).unwrap();
    let refused = opened(&too_far, &keys, "ward");
    assert!(matches!(refused, Err(EnvelopeError::NotAllowed { .. })));
    let by_city = seal(&alert("ward"), &[&city]).unwrap();
    assert_eq!(
        opened(&by_city, &keys, "ward").unwrap().rank,
        1,
        "the city may alert one ward"
    );
}

#[test]
fn two_persons_where_two_must_sign() {
    let (one, two) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let keys = may(&[("ward", &[&one, &two], 2)]);
    let alone = seal(&alert("ward"), &[&one]).unwrap();
    assert!(
        opened(&alone, &keys, "ward")
            .unwrap_err()
            .to_string()
            .contains("enough")
    );
    let both = seal(&alert("ward"), &[&one, &two]).unwrap();
    assert_eq!(opened(&both, &keys, "ward").unwrap().keys.len(), 2);
    let nobody = may(&[("ward", &[], 0)]);
    assert!(
        opened(&both, &nobody, "ward").is_err(),
        "a threshold of none opens nothing"
    );
    assert!(opened(&both, &AlertKeys::default(), "ward").is_err());
}

#[test]
fn whatever_is_changed_is_noticed() {
    let key = SigningKey::generate().unwrap();
    let keys = may(&[("ward", &[&key], 1)]);
    let envelope = seal(&alert("ward"), &[&key]).unwrap();
    assert!(opened(&envelope, &keys, "ward").is_ok());
    for at in 0..envelope.len() {
        for bit in [1, 4] {
            let mut bytes = envelope.clone().into_bytes();
            bytes[at] ^= bit;
            let home = "ward".parse().unwrap();
            let found = open(&bytes, &keys, &units(), &home, DAY);
            assert!(found.is_err(), "byte {at}: {found:?}");
        }
    }

    let mut fuller: Value = serde_json::from_str(&envelope).unwrap();
    fuller["signed"]["siren"] = false.into();
    assert!(opened(&fuller.to_string(), &keys, "ward").is_err());
    fuller["signed"]["siren"] = true.into();
    assert!(opened(&fuller.to_string(), &keys, "ward").is_ok());
    fuller["signed"]["more"] = 1.into();
    assert!(
        opened(&fuller.to_string(), &keys, "ward").is_err(),
        "what is added is not signed"
    );
}

#[test]
fn metadata_is_no_alert() {
    let key = SigningKey::generate().unwrap();
    let keys = may(&[("ward", &[&key], 1)]);
    let mut signed = serde_json::to_value(alert("ward")).unwrap();
    for kind in [json!("targets"), Value::Null] {
        signed["_type"] = kind;
        let bytes = json!({ "signatures": [], "signed": signed }).to_string();
        let bytes = tuf::add_signature(bytes.as_bytes(), &key).unwrap();
        let home = "ward".parse().unwrap();
        let refused = open(&bytes, &keys, &units(), &home, DAY);
        assert!(matches!(refused, Err(EnvelopeError::Type)));
    }
    assert!(seal(&alert("ward"), &[&key]).unwrap().lines().count() == 1);
    let mut long = alert("ward");
    long.expires += SignedDuration::from_hours(24);
    assert!(seal(&long, &[&key]).is_err());
}

#[test]
fn after_a_merger_the_successor_is_meant() {
    let key = SigningKey::generate().unwrap();
    let mut tree = units();
    tree.units[2].last_day = Some(date(2026, 6, 30));
    tree.units[2].successor = Some("ward".parse().unwrap());
    let keys = may(&[("ward", &[&key], 1)]);
    let envelope = seal(&alert("other"), &[&key]).unwrap();
    let home = "desk".parse().unwrap();
    assert!(open(envelope.as_bytes(), &keys, &tree, &home, DAY).is_ok());
}
