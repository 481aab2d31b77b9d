//! Real procedures as a crawl of the national portal has them, for the tests alone.
//!
//! The data is not part of the project: where it is absent the tests that need it are skipped.

use std::io::Read as _;
use std::path::PathBuf;

use motcua_show::Procedure;
use motcua_show::record::{Fields, place};

/// All records; none where the data is absent.
///
/// Panics in continuous integration, where a test must not be skipped unseen.
pub fn procedures() -> Option<Vec<Procedure>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/procedures.json.gz");
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
        .expect("the data unpacks");
    let records: Vec<Fields> =
        serde_json::from_str(&json).expect("the data has the fields that it is described with");
    let placed = records.iter().map(|record| {
        place(record)
            .expect("every record has code and name")
            .procedure
    });
    Some(placed.collect())
}
