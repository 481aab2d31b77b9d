//! Faults of procedures, which are posted right or not at all.

use std::path::Path;

use motcua_show::read_procedure;

const HEAD: &str = "code = \"1.001193\"\nname = \"x\"\nfield = \"Hộ tịch\"\n";

enum Left {
    Whole,
    Nothing,
}

#[track_caller]
fn check(toml: &str, left: Left, expected: &[&str]) {
    let reading = read_procedure(Path::new("p.toml"), toml);
    let said: Vec<String> = reading
        .problems
        .iter()
        .map(|p| p.to_string().replace("p.toml:", ""))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(reading.value.is_some(), matches!(left, Left::Whole));
}

#[test]
fn what_visitors_act_on_must_be_right() {
    check(
        "name = \"x\"\nfield = \"y\"",
        Left::Nothing,
        &[r#"1: error: a procedure needs `code`; add `code = "1.001193"`."#],
    );
    check(
        "code = \"khai sinh\"\nname = \"x\"\nfield = \"y\"",
        Left::Nothing,
        &[
            r#"1: error: `code` is "khai sinh"; write the code of the national database, such as `code = "1.001193"`."#,
        ],
    );
    check(
        &format!("{HEAD}[[way]]\nhow = \"in_person\"\nfee = 8000"),
        Left::Nothing,
        &[
            r#"5: error: `how` is "in_person"; did you mean `in-person`?"#,
            r#"6: error: `fee` is 8000; write a text in quotes, such as `fee = "…"`."#,
        ],
    );
    check(
        &format!("{HEAD}[[case]]\n[[case.paper]]\nname = \"x\"\n[[case.paper]]\noriginals = 1"),
        Left::Nothing,
        &[r#"7: error: a paper needs `name`; add `name = "…"`."#],
    );
    check(
        &format!("{HEAD}effective = 2026-01-01\nrepealed = 2025-01-01"),
        Left::Nothing,
        &[
            "5: error: it is repealed on 2025-01-01, before it takes effect on 2026-01-01; write a `repealed` after `effective`.",
        ],
    );
    check(
        &format!("{HEAD}steps = \"a\"\nsteps = \"b\""),
        Left::Nothing,
        &["5: error: `steps` is given twice; keep one of them."],
    );
}

#[test]
fn the_rest_may_be_left_out() {
    check(
        &format!("{HEAD}online = \"www\"\nfees = \"1\""),
        Left::Whole,
        &[
            r#"4: error: `online` is "www"; write an address that starts with https:// or http://, such as `online = "https://dichvucong.gov.vn"`."#,
            "5: error: `fees` is not a key of a procedure; its keys are `code`, `name`, `short_name`, `field`, `level`, `agency`, `applicants`, `steps`, `way`, `case`, `forms`, `result`, `conditions`, `legal_basis`, `decision`, `effective`, `repealed`, `online` and `receive_at`.",
        ],
    );
}
