//! The time limits that are really published: most say when a result is due, and none gets a unit that it has not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Read as _;
use std::path::PathBuf;

use motcua_show::office_hours::TimeLimit;
use serde_json::Value;

#[test]
fn published_limits_are_understood_or_left_open() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/procedures.json.gz");
    let Ok(packed) = std::fs::read(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed in continuous integration",
            path.display()
        );
        println!("skipped: there is no {}", path.display());
        return;
    };
    let mut json = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut json)
        .unwrap();
    let records: Vec<Value> = serde_json::from_str(&json).unwrap();
    let ways = records
        .iter()
        .flat_map(|record| record["cach_thuc"].as_array().unwrap());
    let limits = ways.map(|way| way["thoi_gian"].as_str().unwrap().trim());
    let (with_unit, bare): (Vec<&str>, Vec<&str>) = limits
        .filter(|limit| !limit.is_empty())
        .partition(|limit| limit.contains(char::is_alphabetic));
    for limit in &bare {
        assert!(limit.parse::<TimeLimit>().is_err(), "{limit:?} got a unit");
    }
    let left: Vec<&&str> = with_unit
        .iter()
        .filter(|limit| limit.parse::<TimeLimit>().is_err())
        .collect();
    println!(
        "{} with a unit, {} without, not understood {left:?}",
        with_unit.len(),
        bare.len()
    );
    assert!(
        with_unit.len() >= 5_700,
        "only {} have a unit",
        with_unit.len()
    );
    assert!(left.is_empty(), "{left:?} are not understood");
}
