use std::path::Path;

use super::*;

const CAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>VN-CTO/2026.11.24,1</identifier>
  <sender>pctt@cantho.gov.vn</sender>
  <sent>2026-11-24T10:00:00+07:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <references>pctt@cantho.gov.vn,first-1,2026-11-24T09:00:00+07:00</references>
  <info>
    <language>vi-VN</language>
    <category>Met</category>
    <event>Lũ</event>
    <urgency>Expected</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-24T12:00:00+07:00</expires>
    <senderName>Ban Chỉ huy PCTT</senderName>
    <headline>Nước sông lên nhanh</headline>
    <instruction>
      Rời khỏi bờ sông.
    </instruction>
    <resource>
      <resourceDesc>Lời đọc</resourceDesc>
      <mimeType>audio/ogg</mimeType>
      <derefUri>T2dn
UwAC</derefUri>
    </resource>
    <area>
      <areaDesc>Phường Phú Lợi</areaDesc>
      <geocode><valueName>unit</valueName><value>phuong-phu-loi</value></geocode>
    </area>
  </info>
  <info>
    <language>en-US</language>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Likely</certainty>
  </info>
  <info><language>fr</language><event>Crue</event><urgency>Unknown</urgency><severity>Unknown</severity></info>
</alert>
"#;

fn read(text: &str) -> anyhow::Result<Draft> {
    cap::read(Path::new("flood.xml"), text)
}

#[test]
fn an_alert_of_another_system_is_taken_whole() {
    let draft = read(CAP).unwrap();
    assert_eq!(draft.kind, Some(AlertKind::Update));
    assert_eq!(draft.references, ["first-1".parse().unwrap()]);
    assert_eq!(draft.unit.as_deref(), Some("phuong-phu-loi"));
    assert_eq!(
        (draft.severity, draft.urgency),
        (AlertSeverity::Extreme, Urgency::Immediate)
    );
    assert_eq!(draft.expires, Some("2026-11-24T05:00:00Z".parse().unwrap()));
    assert_eq!(draft.headline[&Language::Vi], "Nước sông lên nhanh");
    assert_eq!(draft.headline[&Language::En], "Flood");
    assert_eq!(draft.instruction[&Language::Vi], "Rời khỏi bờ sông.");
    assert_eq!(draft.sender.as_deref(), Some("Ban Chỉ huy PCTT"));
    assert_eq!(draft.spoken.as_deref(), Some("T2dnUwAC"));
    let id = draft.id.unwrap();
    assert!(id.as_str().starts_with("cap-"), "{id}");
    assert_eq!(
        read(CAP).unwrap().id,
        Some(id),
        "the same identifier is the same id"
    );
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line() {
    fn check(from: &str, to: &str, says: &[&str]) {
        assert!(CAP.contains(from), "{from}");
        let error = format!("{:#}", read(&CAP.replacen(from, to, 1)).unwrap_err());
        for part in says {
            assert!(error.contains(part), "{error}");
        }
    }
    check("</alert>", "", &["flood.xml", "no XML"]);
    check(
        "cap:1.2",
        "cap:1.1",
        &["flood.xml:2", "no alert of CAP 1.2"],
    );
    check(">Actual<", ">Draft<", &["flood.xml:6", "Draft"]);
    check(">Update<", ">Ack<", &["flood.xml:7", "Ack"]);
    check(",first-1,", ";", &["flood.xml:9", "no reference"]);
    check(">Severe<", ">Awful<", &["flood.xml:15", "no severity"]);
    check("T12:00", " noon", &["flood.xml:17", "no time"]);
    check(
        "<identifier>VN-CTO/2026.11.24,1</identifier>",
        "",
        &["flood.xml:2", "identifier"],
    );
}

#[test]
fn a_test_of_another_system_is_an_exercise_here() {
    for status in ["Exercise", "Test"] {
        let draft = read(&CAP.replace(">Actual<", &format!(">{status}<"))).unwrap();
        assert_eq!(draft.kind, Some(AlertKind::Exercise));
    }
}

#[test]
fn the_counter_of_a_key_never_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("duty.key");
    let at = |second| Timestamp::from_second(second).unwrap();
    let keys = [key.clone()];
    assert_eq!(count(&keys, at(100)).unwrap(), 100_000);
    assert_eq!(
        count(&keys, at(50)).unwrap(),
        100_001,
        "the clock was set back"
    );
    assert_eq!(count(&keys, at(200)).unwrap(), 200_000);
    std::fs::write(folder.path().join("duty.key.counter"), "many").unwrap();
    assert!(count(&keys, at(300)).is_err());
}

#[test]
fn units_are_found_by_id_or_by_a_name_that_is_theirs_alone() {
    let unit = |id: &str, name: &str| Unit {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        kind: "phường".into(),
        parent: None,
        first_day: None,
        last_day: None,
        successor: None,
    };
    let units = [
        unit("a", "Phú Lợi"),
        unit("b", "Sóc Trăng"),
        unit("c", "Sóc Trăng"),
    ];
    let found = |named| find(&units, Some(named)).map(|id| id.to_string());
    assert_eq!(found("a").unwrap(), "a");
    assert_eq!(found("Phú Lợi").unwrap(), "a");
    assert!(
        found("Sóc Trăng")
            .unwrap_err()
            .to_string()
            .contains("several")
    );
    assert!(found("d").unwrap_err().to_string().contains("no unit"));
    assert!(find(&units, None).is_err());
}
