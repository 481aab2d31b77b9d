//! What a screen reader finds on the pages of a visit, and that it can press it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use motcua_show::Language;
use motcua_show::lookup::Synonyms;
use motcua_show::visit::{Catalogue, IdleTimes, Press, Section, Visit};
use motcua_typeset::Typesetter;
use motcua_typeset::touch::{Offers, Scene, Target, TargetKind, WorkedOut, panels};

use super::*;
use crate::platform;
use crate::view::View;

pub(crate) const SIZE: (u32, u32) = (1920, 1080);

fn catalogue() -> Arc<Catalogue> {
    let mut show: motcua_show::Show = toml::from_str("title = \"x\"").unwrap();
    for (code, name) in [
        ("1.001193", "Đăng ký khai sinh"),
        ("1.004884", "Đăng ký lại khai sinh"),
        ("1.000894", "Đăng ký kết hôn"),
    ] {
        let mut toml = format!("code = {code:?}\nname = {name:?}\nfield = \"Hộ tịch\"\n[[case]]\n");
        for paper in 1..=3 {
            writeln!(toml, "[[case.paper]]\nname = \"Giấy {paper}\"").unwrap();
        }
        let procedure = toml::from_str(&toml).unwrap();
        show.procedures.insert(code.to_owned(), procedure);
    }
    let today = jiff::civil::date(2026, 11, 23);
    Arc::new(Catalogue::build(
        Arc::new(show),
        Synonyms::shipped().unwrap(),
        today,
    ))
}

/// A way to each kind of page.
fn ways() -> Vec<Vec<Press>> {
    let open = || Press::Open("1.001193".into());
    let typed = "khai sinh".chars().map(Press::Character);
    vec![
        vec![],
        typed.collect(),
        vec![Press::Fields],
        vec![Press::Event(0)],
        vec![open(), Press::Paper(1)],
        vec![open(), Press::Section(Section::Related)],
        vec![Press::Receipt],
        vec![Press::Feedback],
        vec![open(), Press::Close],
    ]
}

pub(crate) fn panels_at(view: &View, way: Vec<Press>) -> Vec<Panel> {
    let now = Duration::ZERO;
    let times = IdleTimes::default();
    let mut visit = Visit::begin(catalogue(), Language::Vi, None, times, now);
    for press in way {
        visit.press(press, now);
    }
    let words = view.words();
    let scene = Scene {
        visit: &visit,
        words: &words[&Language::Vi],
        viewport: Viewport::of_touch(SIZE.0, SIZE.1, None),
        now: jiff::civil::date(2026, 11, 23).at(8, 24, 0, 0),
        offers: Offers {
            can_print: true,
            can_listen: true,
        },
        worked_out: &WorkedOut::default(),
    };
    panels(&mut Typesetter::new(), &scene)
}

/// Whether an element is what the target says that it is.
fn is(element: &ElementHandle, target: &Target) -> bool {
    let role = element.accessible_role();
    match target.kind {
        TargetKind::Button | TargetKind::Key => role == Some(AccessibleRole::Button),
        TargetKind::Tick(on) => {
            role == Some(AccessibleRole::Checkbox)
                && element.accessible_checkable() == Some(true)
                && element.accessible_checked() == Some(on)
        }
        TargetKind::Choice(on) => {
            role == Some(AccessibleRole::Tab)
                && element.accessible_item_selectable() == Some(true)
                && element.accessible_item_selected() == Some(on)
        }
    }
}

#[test]
fn everything_that_can_be_touched_has_a_role_a_label_and_an_action() {
    let window = platform::install(platform::Time::StandsStill).unwrap();
    let mut view = View::new(window, SIZE, None, Palette::LIGHT).unwrap();
    let mut kinds = [0; 4];
    for way in ways() {
        let place = format!("{way:?}");
        let panels = panels_at(&view, way);
        let viewport = Viewport::of_touch(SIZE.0, SIZE.1, None);
        view.set_visit(Some(VisitPage::new(
            panels.clone(),
            viewport,
            Palette::LIGHT,
            &[],
        )));
        view.redraw_all();
        for _ in 0..3 {
            view.draw();
        }
        let mut count = 0;
        for target in panels.iter().flat_map(|panel| &panel.targets) {
            let (label, target_now) = (target.label.clone(), target.clone());
            assert!(!label.trim().is_empty(), "{place}: {target:?}");
            let found = ElementQuery::from_root(&view.app)
                .match_predicate(move |element| {
                    element.accessible_label().as_deref() == Some(&target_now.label)
                        && is(element, &target_now)
                })
                .find_all();
            assert!(
                !found.is_empty(),
                "{place}: {label:?} is not found as {:?}",
                target.kind
            );
            view.visiting.take_pressed();
            for element in &found {
                element.invoke_accessible_default_action();
            }
            let pressed = view.visiting.take_pressed();
            assert_eq!(pressed.len(), found.len(), "{place}: {label:?}");
            assert!(pressed.contains(&target.press), "{place}: {label:?}");
            kinds[match target.kind {
                TargetKind::Button => 0,
                TargetKind::Key => 1,
                TargetKind::Tick(_) => 2,
                TargetKind::Choice(_) => 3,
            }] += 1;
            count += 1;
        }
        assert!(count >= 3, "{place}: Back, Home and Close at least");
    }
    assert!(kinds.iter().all(|kind| *kind > 0), "{kinds:?}");
    view.set_visit(None);
    view.draw();
    let left = ElementQuery::from_root(&view.app)
        .match_accessible_role(AccessibleRole::Checkbox)
        .find_all();
    assert!(left.is_empty(), "nothing of a visit is read after it");
}
