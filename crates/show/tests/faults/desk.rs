//! The lookup, office hours and holidays.

use super::*;

#[test]
fn the_lookup() {
    check_top(
        "lookup = 3",
        &[
            "1: error: `lookup` is 3; write a table of the lookup, such as `lookup = { offered = true }`.",
        ],
    );
    check_picture(
        "[lookup]\noffer = true",
        &["9: error: `offer` is not a key of the lookup; did you mean `offered`?"],
    );
    check_picture(
        "[lookup]\noffered = 1\nreceived_here = [\"khai sinh\"]\nsynonyms = \"\"\ncounter = 2",
        &[
            "9: error: `offered` is 1; write true or false, such as `offered = true`.",
            r#"10: error: entry 1 of `received_here` is "khai sinh"; write the code of the national database, such as `"1.001193"`."#,
            r#"11: error: `synonyms` is ""; write the place of a file, seen from this one, such as `synonyms = "../media/picture.png"`."#,
            r#"12: error: `counter` is 2; write a text in quotes or one for each language, such as `counter = "…"`."#,
        ],
    );
}

#[test]
fn codes_of_the_lookup_that_nothing_has() {
    check_picture(
        "[lookup]\nreceived_here = [\n\"1.000001\",\n\"1.000002\"]\nmost_asked = [\"1.000003\"]\n[[lookup.recording]]\ncode = \"1.000004\"\nsource = \"a.opus\"",
        &[
            "10: warning: `received_here` names the procedure \"1.000001\", which is not there; put its file into `procedures/`, or take the code out.",
            "11: warning: `received_here` names the procedure \"1.000002\", which is not there; put its file into `procedures/`, or take the code out.",
            "12: warning: `most_asked` names the procedure \"1.000003\", which is not there; put its file into `procedures/`, or take the code out.",
            "13: warning: a recording names the procedure \"1.000004\", which is not there; put its file into `procedures/`, or take the code out.",
        ],
    );
}

#[test]
fn recordings() {
    check_picture(
        "[[lookup.recording]]\ncode = \"1.000001\"\nlanguage = \"fr\"",
        &[
            "8: error: a recording needs `source`; add `source = \"../media/picture.png\"`.",
            "10: error: `language` is \"fr\"; write one of `vi`, `km` or `en`.",
        ],
    );
    let twice = "[[lookup.recording]]\ncode = \"1.000001\"\nsource = \"a.opus\"\n";
    let absent = "a recording names the procedure \"1.000001\", which is not there; put its file into `procedures/`, or take the code out.";
    check_picture(
        &format!("{twice}{twice}"),
        &[
            &format!("8: warning: {absent}"),
            &format!("11: warning: {absent}"),
            "11: warning: a second recording of \"1.000001\" in `vi` is never heard; keep one of the two.",
        ],
    );
}

#[test]
fn office_hours() {
    check_picture(
        "[[office_hours]]\ndays = [\"mon\"]\nfrom = \"13:00\"\nuntil = \"13:00\"",
        &[
            "11: error: the office closes before it opens; write an `until` that is later than `from`, on the same day.",
        ],
    );
    check_picture(
        "[[office_hours]]\ndays = []\nfrom = \"07:00\"\nuntil = \"24:01\"",
        &[
            r#"11: error: `until` is "24:01"; write a time of day from "00:00" to "24:00", such as `until = "07:00"`."#,
        ],
    );
    check_picture(
        "[[office_hours]]\ndays = []\nfrom = \"07:00\"\nuntil = \"11:00\"",
        &[
            "9: error: `days` names no day, so the office never opens; name a day, such as `days = [\"mon\"]`.",
        ],
    );
    check_picture(
        "[[office_hours]]\nday = \"mon\"\nfrom = \"07:00\"\nuntil = \"11:00\"",
        &[
            "8: error: a stretch of office hours needs `days`; add `days = [\"mon\"]`.",
            "9: error: `day` is not a key of a stretch of office hours; did you mean `days`?",
        ],
    );
    check_top(
        "holidays = [2027-01-01, \"Tết\"]",
        &[
            r#"1: error: entry 2 of `holidays` is "Tết"; write a day as year, month and day, such as `2026-01-05`."#,
        ],
    );
}

#[test]
fn the_calendar() {
    check_top(
        "calendar = \"vn\"",
        &[r#"1: error: `calendar` is "vn"; write one of `vn-office`."#],
    );
    check_picture(
        "[[announced_holidays]]\nyear = 2027\ntet_from = 2027-02-08\nbeside_national_day = 2027-09-04",
        &[
            "10: error: the five days from 2027-02-08 do not hold the first day of Tết 2027, 2027-02-06; \
             write the first of the five days off, as it was announced; `holidays` takes further ones.",
            "11: error: 2027-09-04 is not beside 2 September 2027; \
             write 1 or 3 September of the year; `holidays` takes further days off.",
        ],
    );
    check_picture(
        "[[announced_holidays]]\nyear = 27",
        &["9: error: `year` is 27; write a year from 1900 to 2199, such as `year = 2027`."],
    );
    check_picture(
        "[[day_swap]]\noff = 2027-05-04\nworked = 2027-05-04",
        &[
            "10: error: 2027-05-04 changes places with itself; name the day on which the office is open instead.",
        ],
    );
    check_picture(
        "[[day_swap]]\noff = 2027-05-04",
        &["8: error: a swap of days needs `worked`; add `worked = 2026-01-05`."],
    );
}

#[test]
fn decisions() {
    check_picture(
        "[[decision]]\nnumber = \"1/QĐ\"\ncodes = [\"birth\"]",
        &[
            r#"10: error: entry 1 of `codes` is "birth"; write the code of the national database, such as `"1.001193"`."#,
        ],
    );
}

#[test]
fn what_is_good_stays() {
    let toml = format!(
        "holidays = [2027-01-01, 3]\n{SHOW}{IMAGE}[lookup]\nreceived_here = [\"x\", \"1.000001\"]\n\
         [[office_hours]]\ndays = [\"mon\"]\nfrom = \"07:00\"\nuntil = \"11:00\"\n\
         [[office_hours]]\ndays = [\"mon\"]\nfrom = \"17:00\"\nuntil = \"13:00\"\n"
    );
    let show = read_show(Path::new("show.toml"), &toml).value.unwrap();
    assert!(show.lookup.offered);
    assert_eq!(show.lookup.received_here, ["1.000001"]);
    assert_eq!((show.holidays.len(), show.office_hours.len()), (1, 1));
}
