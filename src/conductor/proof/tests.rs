use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_proof::Record;
use motcua_sync::identity::{Identity, ScreenKey, screen_id};
use motcua_sync::proof::{LogSettings, USUAL_LIMIT, read};
use tempfile::TempDir;

use super::*;

const SHOW: &str = "title = \"Một cửa\"\n[[playlist]]\nname = \"loop\"\n\
                    [[playlist.item]]\nkind = \"announcement\"\nname = \"one\"\ntitle = \"Một\"\n\
                    [[playlist.item]]\nkind = \"announcement\"\nname = \"two\"\ntitle = \"Hai\"\n";

/// An alert that is none.
fn alert() -> Alert {
    let written = r#"{"format":1,"id":"drill-1","unit":"ward","kind":"exercise","sent":"2026-11-23T01:00:00Z",
        "expires":"2026-11-23T02:00:00Z","counter":1,"severity":"severe","urgency":"immediate","headline":"Diễn tập"}"#;
    serde_json::from_str(written).unwrap()
}

/// A screen without a display.
struct Rig {
    recorder: Recorder,
    show: Show,
    files: Files,
    folder: TempDir,
}

impl Rig {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ScreenKey::generate().unwrap();
        let identity = Identity {
            screen: screen_id(key.public_key()),
            name: "Sảnh".into(),
            unit: "ward".into(),
            server: "http://127.0.0.1:9".into(),
            token: "secret".into(),
            ca: None,
            key,
        };
        let settings = LogSettings {
            folder: folder.path().to_owned(),
            identity: Arc::new(identity),
            limit: USUAL_LIMIT,
        };
        let mut recorder = Recorder::new();
        recorder.keep(Some(LogKeeper::start(settings).unwrap()));
        let show = motcua_show::read_show(Path::new("show.toml"), SHOW).value;
        Self {
            recorder,
            show: show.unwrap(),
            files: Files::Folder(PathBuf::new()),
            folder,
        }
    }

    /// The stage puts an item up, and the display confirms so many pages of it.
    fn show(&mut self, generation: u64, name: &str, pages: usize) {
        let generation = Generation(generation);
        self.recorder.will_show(generation, Some("loop"));
        for _ in 0..pages {
            let item = self.show.item(name).unwrap();
            let performed = (&self.show, &self.files);
            self.recorder.item_shown(generation, item, performed);
        }
    }

    fn records(self) -> Vec<Record> {
        drop(self.recorder);
        let mut records = Vec::new();
        read::each_line(self.folder.path(), |_, line| {
            if let motcua_proof::Line::Record { record, .. } = line {
                records.push(record);
            }
            Ok(())
        })
        .unwrap();
        records
    }

    /// What was recorded, in short.
    fn told(self) -> Vec<String> {
        let records = self.records();
        let told = records.iter().map(|record| match &record.what {
            What::Started { .. } => "started".to_owned(),
            What::Stopped => "stopped".to_owned(),
            What::Shown { item, playlist, .. } => format!(
                "{} of {}",
                item.as_deref().unwrap_or("card"),
                playlist.as_deref().unwrap_or("nothing")
            ),
            What::Ended { of, why, .. } => format!("{of} ended: {why:?}"),
            What::Working { .. } => "working".to_owned(),
            What::Alert { id, .. } => format!("alert {id}"),
            What::Clock { .. } => "clock".to_owned(),
            other => format!("{other:?}"),
        });
        told.collect()
    }
}

#[test]
fn pages_of_one_item_are_one_showing() {
    let mut rig = Rig::new();
    rig.recorder.card_shown((&rig.show, &rig.files));
    rig.show(1, "one", 3);
    rig.show(2, "two", 1);
    // The same item in the next slot is another showing.
    rig.show(3, "two", 1);
    assert_eq!(
        rig.told(),
        [
            "started",
            "card of nothing",
            "2 ended: Over",
            "one of loop",
            "4 ended: Over",
            "two of loop",
            "6 ended: Over",
            "two of loop",
            "8 ended: Stopped",
            "stopped"
        ]
    );
}

#[test]
fn what_a_visitor_or_an_alert_covers_is_shown_anew() {
    let mut rig = Rig::new();
    rig.show(1, "one", 1);
    rig.recorder.visitor_came();
    // A confirmation that was under way when the finger came down.
    let item = rig.show.item("one").unwrap();
    rig.recorder
        .item_shown(Generation(1), item, (&rig.show, &rig.files));
    rig.show(1, "one", 1);
    rig.recorder.alert_shown(&alert());
    rig.recorder.alert_shown(&alert());
    rig.show(1, "one", 1);
    assert_eq!(
        rig.told(),
        [
            "started",
            "one of loop",
            "2 ended: Visitor",
            "one of loop",
            "4 ended: Alert",
            "alert drill-1",
            "6 ended: Over",
            "one of loop",
            "8 ended: Stopped",
            "stopped"
        ]
    );
}

#[test]
fn faults_and_other_releases_are_reasons() {
    let mut rig = Rig::new();
    rig.show(1, "one", 1);
    // Of what is not on the display nothing follows.
    rig.recorder.failed(Generation(7));
    rig.show(2, "two", 1);
    rig.recorder.failed(Generation(2));
    rig.show(3, "one", 1);
    rig.recorder.will_end(Ended::Release);
    rig.show(4, "two", 1);
    let told = rig.told();
    let reasons: Vec<&String> = told.iter().filter(|it| it.contains("ended")).collect();
    assert_eq!(
        reasons,
        [
            "2 ended: Over",
            "4 ended: Fault",
            "6 ended: Release",
            "8 ended: Stopped"
        ]
    );
}

#[test]
fn a_clock_that_is_set_is_recorded_and_changes_no_duration() {
    let mut rig = Rig::new();
    rig.show(1, "one", 1);
    rig.recorder.look(None);
    // An hour ago the two clocks stood otherwise.
    let offset = rig.recorder.offset.unwrap();
    rig.recorder.offset = Some(offset - SignedDuration::from_hours(1));
    rig.recorder.look(None);
    rig.recorder.look(None);
    rig.show(1, "one", 1);
    let records = rig.records();
    let set: Vec<SignedDuration> = records
        .iter()
        .filter_map(|record| match record.what {
            What::Clock { from, to } => Some(to.duration_since(from)),
            _ => None,
        })
        .collect();
    assert_eq!(set.len(), 1);
    assert!(set[0].as_secs().abs_diff(3600) <= 1, "{set:?}");
    let ended = records.iter().find_map(|record| match record.what {
        What::Ended { shown_ms, why, .. } => Some((shown_ms < 60_000, why)),
        _ => None,
    });
    assert_eq!(ended, Some((true, Ended::Clock)));
}

#[test]
fn it_works_while_the_lookup_can_be_opened_on_a_drawn_display() {
    let release = Sha256Hex::of_digest([3; 32]);
    let pass = || std::thread::sleep(Duration::from_millis(3));
    let mut rig = Rig::new();
    // Nothing is drawn.
    rig.recorder.look(Some(&release));
    pass();
    rig.show(1, "one", 1);
    rig.recorder.look(Some(&release));
    pass();
    rig.recorder.visitor_came();
    rig.recorder.look(Some(&release));
    pass();
    // The visit ends.
    rig.show(1, "one", 1);
    rig.recorder.look(Some(&release));
    pass();
    rig.recorder.alert_shown(&alert());
    rig.recorder.look(Some(&release));
    pass();
    let told = rig.told();
    assert_eq!(
        told,
        [
            "started",
            "one of loop",
            "2 ended: Visitor",
            "working",
            "one of loop",
            "5 ended: Alert",
            "alert drill-1",
            "working",
            "7 ended: Stopped",
            "stopped"
        ]
    );
}
