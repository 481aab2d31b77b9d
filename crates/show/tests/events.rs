//! The events of a life on what offices post: the obvious procedure comes first.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use motcua_show::lookup::Synonyms;
use motcua_show::record::{Fields, place};
use motcua_show::visit::{Catalogue, events};
use motcua_show::{Procedure, Show, read_procedure, read_show};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the sample show posts.
fn sample() -> Catalogue {
    let folder = root().join("playlists/one-stop");
    let file = folder.join("show.toml");
    let toml = std::fs::read_to_string(&file).unwrap();
    let mut show = read_show(&file, &toml).value.unwrap();
    for file in std::fs::read_dir(folder.join("procedures")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|end| end == "toml") {
            let toml = std::fs::read_to_string(&file).unwrap();
            let procedure = read_procedure(&file, &toml).value.unwrap();
            show.procedures
                .insert(procedure.base_code().to_owned(), procedure);
        }
    }
    catalogue(show)
}

/// The real procedures; none where the data is absent, which continuous integration does not accept.
fn real() -> Option<Catalogue> {
    let path = root().join("../shared/data/procedures.json.gz");
    let Ok(packed) = std::fs::read(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed in continuous integration",
            path.display()
        );
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let mut json = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut json)
        .unwrap();
    let records: Vec<Fields> = serde_json::from_str(&json).unwrap();
    let mut show: Show = toml::from_str("title = \"x\"").unwrap();
    let procedures = records
        .iter()
        .map(|record| place(record).unwrap().procedure);
    show.procedures = procedures
        .map(|procedure: Procedure| (procedure.base_code().to_owned(), procedure))
        .collect();
    Some(catalogue(show))
}

fn catalogue(show: Show) -> Catalogue {
    let today = jiff::civil::date(2026, 11, 23);
    Catalogue::build(Arc::new(show), Synonyms::shipped().unwrap(), today)
}

fn first<'a>(catalogue: &'a Catalogue, key: &str, most: usize) -> Vec<&'a str> {
    let number = events::shipped().iter().position(|event| event.key == key);
    let entries = catalogue.event(number.unwrap()).iter().take(most);
    entries
        .map(|entry| &**catalogue.at(*entry).unwrap().0)
        .collect()
}

#[test]
fn there_are_eight_events() {
    let keys: Vec<&str> = events::shipped()
        .iter()
        .map(|event| event.key.as_str())
        .collect();
    let expected = [
        "birth",
        "marriage",
        "land",
        "identity",
        "trade",
        "certification",
        "allowance",
        "death",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn the_sample_show_has_what_an_event_needs() {
    let catalogue = sample();
    for (key, code) in [
        ("birth", "1.001193"),
        ("marriage", "1.000894"),
        ("identity", "1.004222"),
        ("certification", "2.000815"),
        ("death", "1.000656"),
    ] {
        assert_eq!(first(&catalogue, key, 1), [code], "{key}");
    }
}

/// What comes first of each event, in any order after the very first.
#[test]
fn the_obvious_procedures_of_an_event_come_first() {
    let Some(catalogue) = real() else {
        return;
    };
    for (key, expected) in [
        (
            "birth",
            &["1.001193", "1.000689", "2.001023", "2.000986", "2.000635"][..],
        ),
        ("marriage", &["1.000894", "1.004873", "1.004746"]),
        ("land", &["1.013978", "1.013831", "2.001035"]),
        (
            "identity",
            &["1.014062", "1.014061", "1.014063", "1.014064", "1.004222"],
        ),
        ("trade", &["1.001612", "2.000720", "1.001570", "1.001266"]),
        (
            "certification",
            &["2.000815", "2.000884", "2.000908", "2.000635", "2.001035"],
        ),
        ("allowance", &["1.011607", "1.011606"]),
        ("death", &["1.000656", "2.000821", "2.001406", "2.001016"]),
    ] {
        assert_eq!(first(&catalogue, key, expected.len()), expected, "{key}");
    }
    for code in ["1.001193", "2.000815", "1.014063", "1.001193.000.00.00.H51"] {
        let related = catalogue.related(code);
        let itself = catalogue.code(code).unwrap();
        assert!(!related.is_empty() && related.len() <= 8, "{code}");
        let codes = related.iter().map(|entry| catalogue.at(*entry).unwrap().0);
        assert!(codes.into_iter().all(|other| *other != itself), "{code}");
    }
}
