//! Long lists and long texts: what they cost is said, what they hold is measured.

use std::time::Instant;

use motcua_show::visit::{Press, Section};
use motcua_typeset::touch::{Panel, Part};

use crate::measure::{Faults, measure, part};
use crate::records;
use crate::studio::{Chosen, SCREENS, Studio, show_of, viewport};

/// Sets a page three times and says how long it took the first time and at best.
fn timed(studio: &mut Studio, presses: &[Press], what: &str) -> Vec<Panel> {
    let visit = studio.visit(Chosen::USUAL, presses);
    let mut panels = Vec::new();
    let times: Vec<f64> = (0..3)
        .map(|_| {
            let begun = Instant::now();
            panels = studio.panels(&visit, SCREENS[0]);
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    println!(
        "{what}: set in {:.1} ms, then in {:.1} ms",
        times[0],
        times[1].min(times[2])
    );
    panels
}

#[test]
fn the_largest_field_and_the_longest_steps() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    let longest = procedures
        .iter()
        .max_by_key(|one| one.steps.chars().count())
        .unwrap();
    let code = longest.base_code().to_owned();
    println!(
        "the longest steps have {} characters",
        longest.steps.chars().count()
    );
    let mut studio = Studio::new(show_of(procedures));
    let (field, entries) = studio.catalogue.fields()[0].clone();
    println!("the largest field has {} procedures", entries.len());
    let mut faults = Faults::default();
    let pages = [
        ("the largest field", vec![Press::Field(field)]),
        ("all fields", vec![Press::Fields]),
        (
            "the longest steps",
            vec![Press::Open(code.into()), Press::Section(Section::Steps)],
        ),
        ("home", vec![]),
        (
            "typing",
            [Press::Type]
                .into_iter()
                .chain(crate::studio::typed("đăng ký"))
                .collect(),
        ),
    ];
    for (what, presses) in pages {
        let panels = timed(&mut studio, &presses, what);
        measure(&panels, viewport(SCREENS[0]), what, &mut faults);
        assert!(part(&panels, Part::Main).is_some());
    }
    faults.none();
}

/// More procedures than any field has in the national database.
#[test]
fn a_field_of_793_procedures() {
    let Some(mut procedures) = records::procedures() else {
        return;
    };
    procedures.truncate(793);
    for procedure in &mut procedures {
        procedure.field = "Mọi lĩnh vực".to_owned();
    }
    let mut studio = Studio::new(show_of(procedures));
    let mut faults = Faults::default();
    let presses = [Press::Field("Mọi lĩnh vực".into())];
    let panels = timed(&mut studio, &presses, "793 procedures");
    measure(&panels, viewport(SCREENS[0]), "793 procedures", &mut faults);
    let main = part(&panels, Part::Main).unwrap();
    let opens = |press: &Press| matches!(press, Press::Open(_));
    let rows = main.targets.iter().filter(|target| opens(&target.press));
    assert_eq!(rows.count(), 793);
    faults.none();
}
