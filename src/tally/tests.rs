use jiff::civil::date;

use super::*;

fn opened() -> Counted {
    Counted::Opened {
        code: "1.001193".into(),
        on: date(2026, 11, 23),
    }
}

fn times(state: &Path) -> u64 {
    let record = read(state).unwrap();
    record
        .opened
        .values()
        .flat_map(|codes| codes.values())
        .sum()
}

#[test]
fn counts_outlive_the_player() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    for round in 1..=3 {
        let tally = Tally::keep(&state);
        tally.count(opened());
        drop(tally);
        assert_eq!(times(&state), round);
    }
}

#[test]
fn what_is_counted_is_written_while_the_player_runs() {
    let folder = tempfile::tempdir().unwrap();
    let tally = Tally::keep_every(folder.path(), Duration::ZERO);
    tally.count(opened());
    let begun = Instant::now();
    while times(folder.path()) == 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it is not written"
        );
        thread::sleep(Duration::from_millis(5));
    }
    drop(tally);
}

#[test]
fn a_damaged_file_is_set_aside_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    for damage in ["", "{", "[]", "{\"opened\": 3}", "\u{0}\u{0}"] {
        std::fs::write(folder.path().join(FILE), damage).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(FILE) && error.contains("damaged"), "{error}");
        let tally = Tally::keep(folder.path());
        tally.count(opened());
        drop(tally);
        assert_eq!(times(folder.path()), 1);
        let aside = std::fs::read_to_string(folder.path().join(DAMAGED)).unwrap();
        assert_eq!(aside, damage);
    }
}

#[test]
fn a_disk_that_cannot_be_written_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no-folder");
    std::fs::write(&file, "").unwrap();
    let tally = Tally::keep_every(&file, Duration::ZERO);
    for _ in 0..100 {
        tally.count(opened());
    }
    drop(tally);
    assert_eq!(std::fs::read(&file).unwrap(), b"");
}

#[test]
fn nothing_of_a_visitor_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let tally = Tally::keep(folder.path());
    for query in [
        "Nguyễn Văn An",
        "nguyen van an",
        "0912 345 678",
        "0912 345 678",
        "0912 345 678",
    ] {
        tally.count(Counted::Failed {
            query: query.into(),
            on: date(2026, 11, 23),
        });
    }
    tally.count(opened());
    drop(tally);
    let written = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert!(written.contains("1.001193"));
    assert!(
        !written.contains("nguyen") && !written.contains("345"),
        "{written}"
    );
}
