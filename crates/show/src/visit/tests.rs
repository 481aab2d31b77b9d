//! What a visitor's presses, silence and releases lead to.

use std::sync::Arc;
use std::time::Duration;

use super::keyboard::{Key, Layout, Method};
use super::rig::{OFFICE, Rig, catalogue, catalogue_with, procedure, procedures};
use super::*;

/// A way to every place, and the place.
fn ways() -> Vec<(&'static str, Vec<Press>)> {
    let open = || Press::Open("1.001193".into());
    vec![
        ("home", vec![]),
        ("typing", vec![Press::Type]),
        ("fields", vec![Press::Fields]),
        ("field", vec![Press::Fields, Press::Field("Hộ tịch".into())]),
        ("event", vec![Press::Event(0)]),
        ("procedure", vec![Press::Type, open()]),
        ("form", vec![open(), Press::Form(0)]),
        ("receipt", vec![Press::Receipt]),
        ("feedback", vec![Press::Feedback]),
        ("rating", vec![open(), Press::Close]),
        (
            "thanks",
            vec![open(), Press::Close, Press::Rate(Satisfaction::Neutral)],
        ),
    ]
}

fn gone(way: Vec<Press>) -> Rig {
    let mut rig = Rig::new();
    way.into_iter().for_each(|press| drop(rig.press(press)));
    rig
}

fn counts(rig: &Rig) -> Vec<Count> {
    let counted = rig.done.iter().filter_map(|effect| match effect {
        Effect::Count(count) => Some(count.clone()),
        _ => None,
    });
    counted.collect()
}

#[test]
fn nobody_for_a_minute_is_counted_down_and_gone() {
    for (name, way) in ways() {
        if name == "thanks" {
            continue;
        }
        let mut rig = gone(way);
        assert_eq!(rig.wait(59.9), [], "{name}");
        assert_eq!(rig.visit.countdown(), None, "{name}");
        assert_eq!(rig.wait(0.1), [Effect::Draw], "{name}");
        assert_eq!(rig.visit.countdown(), Some(15), "{name}");
        for left in (1..15).rev() {
            assert_eq!(rig.wait(1.0), [Effect::Draw], "{name}");
            assert_eq!(rig.visit.countdown(), Some(left), "{name}");
        }
        assert!(!rig.is_over(), "{name}");
        rig.wait(1.0);
        assert!(rig.is_over(), "{name}");
    }
}

#[test]
fn it_wakes_when_a_second_less_is_left_and_never_in_between() {
    let mut rig = Rig::new();
    let mut wakes = 0;
    while !rig.is_over() {
        let wake_at = rig.visit.wake_at();
        assert!(wake_at > rig.now, "it wakes at once, for ever");
        rig.now = wake_at;
        rig.wait(0.0);
        wakes += 1;
    }
    assert_eq!(wakes, 16);
}

#[test]
fn a_press_stops_the_countdown_and_does_nothing_else() {
    let presses = [
        Press::Stay,
        Press::Close,
        Press::Home,
        Press::Back,
        Press::Paper(1),
        Press::Open("1.000894".into()),
        Press::Language(Language::Km),
        Press::Larger,
        Press::Character('x'),
    ];
    for press in presses {
        let mut rig = Rig::new();
        rig.open("1.001193");
        rig.wait(61.0);
        let (place, options) = (rig.visit.place().clone(), rig.visit.options());
        let done = rig.done.len();
        assert_eq!(rig.press(press.clone()), [Effect::Draw], "{press:?}");
        assert_eq!(rig.visit.countdown(), None, "{press:?}");
        assert_eq!(*rig.visit.place(), place, "{press:?}");
        assert_eq!(rig.visit.options(), options, "{press:?}");
        assert_eq!(rig.done.len(), done, "{press:?}");
        assert_eq!(rig.visit.checklist("1.001193"), Checklist::default());
        rig.wait(59.9);
        assert_eq!(rig.visit.countdown(), None, "the minute begins anew");
        rig.press(press.clone());
        let has_acted = *rig.visit.place() != place
            || rig.visit.options() != options
            || rig.visit.checklist("1.001193").has(1);
        assert_eq!(has_acted, press != Press::Stay, "{press:?}");
    }
}

#[test]
fn a_touch_beside_everything_stops_the_countdown_too() {
    let mut rig = Rig::new();
    rig.wait(70.0);
    assert_eq!(rig.visit.touched(rig.now), [Effect::Draw]);
    assert_eq!(rig.visit.countdown(), None);
    assert_eq!(rig.visit.touched(rig.now), [], "nothing to draw anew");
}

#[test]
fn typing_is_activity() {
    let mut rig = Rig::new();
    for letter in "khai sinh cho con ở xã".chars() {
        rig.wait(50.0);
        assert_eq!(rig.visit.countdown(), None);
        rig.press(Press::Character(letter));
    }
    assert_eq!(rig.visit.question(), "khai sinh cho con ở xã");
}

#[test]
fn back_home_and_close_lead_out_of_every_place() {
    for (name, way) in ways() {
        let mut rig = gone(way.clone());
        for _ in 0..way.len() {
            rig.press(Press::Back);
            assert!(!rig.visit.places.is_empty(), "{name}");
        }
        assert!(
            rig.is_home() || rig.is_over(),
            "{name}: {:?}",
            rig.visit.place()
        );
        let mut rig = gone(way.clone());
        rig.press(Press::Home);
        assert!(rig.is_home() && !rig.is_over(), "{name}");
        let mut rig = gone(way);
        rig.press(Press::Close);
        if !rig.is_over() {
            assert_eq!(*rig.visit.place(), Place::Rating, "{name}");
            rig.press(Press::Close);
        }
        assert!(rig.is_over(), "{name}");
        assert_eq!(rig.visit.places, [Place::Home], "{name}");
    }
}

#[test]
fn back_leads_through_the_places_one_came_by() {
    let mut rig = gone(vec![
        Press::Fields,
        Press::Field("Hộ tịch".into()),
        Press::Open("1.001193".into()),
        Press::Open("1.004884".into()),
        Press::Form(0),
    ]);
    let names = |rig: &Rig| format!("{:?}", rig.visit.place());
    for expected in [
        "1.004884",
        "1.001193",
        "Field(\"Hộ tịch\")",
        "Fields",
        "Home",
    ] {
        rig.press(Press::Back);
        assert!(
            names(&rig).contains(expected),
            "{} is not {expected}",
            names(&rig)
        );
    }
}

#[test]
fn nothing_of_a_visit_is_left_after_it() {
    for ends_with in ["close", "idle"] {
        let mut rig = Rig::new();
        rig.press(Press::Receipt);
        rig.type_text("H51.23");
        rig.press(Press::Back);
        rig.press(Press::OfLevel(Some(Level::Commune)));
        rig.type_text("khai sinh");
        rig.open("1.001193");
        rig.press(Press::Paper(1));
        match ends_with {
            "close" => {
                rig.press(Press::Close);
                rig.press(Press::Close);
            }
            _ => {
                rig.wait(100.0);
            }
        }
        assert!(rig.is_over());
        let visit = &rig.visit;
        assert_eq!(visit.places, [Place::Home]);
        assert_eq!((visit.question(), visit.keyboard.letters()), ("", ""));
        assert_eq!((visit.receipt.text(), visit.receipt.letters()), ("", ""));
        assert_eq!(*visit.answer(), Answer::default());
        assert_eq!(visit.level(), None);
        assert!(visit.checklists.is_empty() && visit.withdrawn.is_empty());
    }
    let other = Rig::new().visit;
    assert_eq!(other.options().language, Language::Vi);
    assert_eq!(other.options().size, Size::Normal);
    assert!(!other.options().has_high_contrast && !other.options().is_lowered);
    assert_eq!(other.checklist("1.001193"), Checklist::default());
}

#[test]
fn the_code_of_a_receipt_is_wiped_when_its_page_is_left() {
    for press in [Press::Back, Press::Home, Press::Close] {
        let mut rig = gone(vec![Press::Receipt]);
        rig.type_text("000.00.01.H51-1");
        rig.press(press.clone());
        assert!(rig.visit.receipt.is_empty(), "{press:?}");
        assert_eq!(rig.visit.receipt.letters(), "", "{press:?}");
    }
}

#[test]
fn questions_that_lead_nowhere_are_counted_folded() {
    for press in [Press::Back, Press::Home, Press::Close] {
        let mut rig = Rig::new();
        rig.type_text("Khai Sinh");
        rig.press(press.clone());
        assert_eq!(
            counts(&rig),
            [Count::Abandoned("khai sinh".into())],
            "{press:?}"
        );
        let mut rig = Rig::new();
        rig.type_text("qqqq wwww");
        rig.press(press.clone());
        assert_eq!(
            counts(&rig),
            [Count::Failed("qqqq wwww".into())],
            "{press:?}"
        );
    }
    let mut rig = Rig::new();
    rig.type_text("khai sinh");
    rig.wait(100.0);
    assert_eq!(
        counts(&rig),
        [Count::Abandoned("khai sinh".into())],
        "gone without a word"
    );
    let mut rig = gone(vec![Press::Type, Press::Back]);
    rig.type_text("  ");
    rig.press(Press::Home);
    assert_eq!(counts(&rig), [], "nothing was asked");
}

#[test]
fn a_question_that_led_to_a_procedure_is_not_abandoned() {
    let opened = Count::Opened("1.001193".into());
    for press in [
        Press::Back,
        Press::Home,
        Press::Close,
        Press::Type,
        Press::Key(Key::Shift),
    ] {
        let mut rig = Rig::new();
        rig.type_text("khai sinh");
        rig.open("1.001193");
        // Back to the results, or to the question by its field.
        rig.press(press.clone());
        rig.press(Press::Key(Key::Shift));
        rig.press(Press::Back);
        rig.press(Press::Home);
        assert_eq!(counts(&rig), std::slice::from_ref(&opened), "{press:?}");
    }
    let mut rig = Rig::new();
    rig.type_text("khai sinh");
    rig.open("1.001193");
    rig.press(Press::Back);
    rig.type_text(" lai");
    rig.press(Press::Home);
    let other = Count::Abandoned("khai sinh lai".into());
    assert_eq!(counts(&rig), [opened, other], "another question");
}

#[test]
fn what_is_not_there_is_not_opened() {
    let mut rig = Rig::new();
    rig.open("9.999999");
    assert!(rig.is_home());
    assert_eq!(counts(&rig), []);
    let rig = Rig::at(catalogue(procedures()), Some("9.999999"));
    assert!(rig.is_home());
    let rig = Rig::at(catalogue(procedures()), Some("1.001193.000.00.00.H51"));
    assert_eq!(
        rig.visit.place().code().map(|code| &**code),
        Some("1.001193")
    );
}

#[test]
fn a_rating_is_asked_once_and_only_of_who_used_something() {
    for way in [
        vec![],
        vec![Press::Type],
        vec![Press::Type, Press::Key(Key::Shift), Press::Key(Key::Method)],
        vec![Press::Fields],
        vec![Press::Feedback],
        vec![Press::Language(Language::En), Press::Larger],
    ] {
        let mut rig = gone(way.clone());
        rig.press(Press::Close);
        assert!(rig.is_over(), "{way:?}");
        assert_eq!(counts(&rig), []);
    }
    let mut rig = gone(vec![Press::Open("1.001193".into())]);
    rig.press(Press::Rate(Satisfaction::Satisfied));
    assert_eq!(counts(&rig).len(), 1, "it was not asked");
    rig.press(Press::Close);
    assert_eq!(*rig.visit.place(), Place::Rating);
    rig.press(Press::Rate(Satisfaction::VerySatisfied));
    assert_eq!(
        counts(&rig).last(),
        Some(&Count::Rated(Satisfaction::VerySatisfied))
    );
    rig.press(Press::Rate(Satisfaction::Neutral));
    assert_eq!(counts(&rig).len(), 2, "it was said already");
    rig.press(Press::Home);
    rig.open("1.000894");
    rig.press(Press::Close);
    assert!(rig.is_over(), "it was said already");
}

#[test]
fn thanks_go_by_themselves_and_throw_nobody_out() {
    let rated = || {
        gone(vec![
            Press::Open("1.001193".into()),
            Press::Close,
            Press::Rate(Satisfaction::Satisfied),
        ])
    };
    let mut rig = rated();
    assert_eq!(rig.visit.wake_at(), rig.now + THANKS);
    rig.wait(2.9);
    assert!(!rig.is_over());
    rig.wait(0.1);
    assert!(rig.is_over());
    for press in [
        Press::Back,
        Press::Home,
        Press::Type,
        Press::Open("1.000894".into()),
    ] {
        let mut rig = rated();
        rig.press(press.clone());
        rig.wait(30.0);
        assert!(!rig.is_over(), "{press:?}");
        assert_ne!(*rig.visit.place(), Place::Thanks, "{press:?}");
        rig.press(Press::Back);
        assert!(rig.is_home() || rig.is_over(), "{press:?}");
    }
}

#[test]
fn what_a_visitor_chose_is_shown_from_then_on() {
    let mut rig = Rig::new();
    rig.press(Press::Language(Language::Km));
    rig.press(Press::Larger);
    rig.press(Press::Contrast);
    rig.press(Press::Lower);
    let options = rig.visit.options();
    assert_eq!(
        (options.language, options.size),
        (Language::Km, Size::Large)
    );
    assert!(options.has_high_contrast && options.is_lowered);
    rig.press(Press::Larger);
    assert_eq!(rig.visit.options().size, Size::Largest);
    for press in [Press::Larger, Press::Contrast, Press::Lower] {
        rig.press(press);
    }
    let options = rig.visit.options();
    assert_eq!(options.size, Size::Normal);
    assert!(!options.has_high_contrast && !options.is_lowered);
}

#[test]
fn ticks_are_of_one_procedure() {
    let mut rig = Rig::new();
    rig.press(Press::Paper(0));
    assert!(
        rig.visit.checklists.is_empty(),
        "there is no procedure here"
    );
    rig.open("1.001193");
    rig.press(Press::Paper(0));
    rig.press(Press::Paper(2));
    rig.open("1.000894");
    assert_eq!(rig.visit.checklist("1.000894"), Checklist::default());
    rig.press(Press::Back);
    let ticked = rig.visit.checklist("1.001193");
    assert!(ticked.has(0) && !ticked.has(1) && ticked.has(2));
    let procedure = rig.visit.procedure("1.001193").unwrap();
    assert_eq!(ticked.missing(procedure), Missing::Papers(1));
}

#[test]
fn the_code_and_the_part_of_a_procedure_are_chosen() {
    let mut with_online = procedure("1.000001", "Cấp giấy", "x", "Cấp xã", 1);
    with_online.online = Some("https://example.vn".to_owned());
    let by_way: Procedure = toml::from_str(
        "code = \"1.000002\"\nname = \"x\"\nfield = \"x\"\n[[way]]\nhow = \"online\"",
    )
    .unwrap();
    let catalogue = catalogue(vec![
        with_online,
        by_way,
        procedure("1.000003", "Khác", "x", "Cấp xã", 1),
    ]);
    for (code, expected) in [
        ("1.000001", QrKind::Online),
        ("1.000002", QrKind::Online),
        ("1.000003", QrKind::Text),
    ] {
        let mut rig = Rig::at(Arc::clone(&catalogue), Some(code));
        let shown = |rig: &Rig| match rig.visit.place() {
            Place::Procedure { section, qr, .. } => (*section, *qr),
            other => panic!("{other:?} is no procedure"),
        };
        assert_eq!(shown(&rig), (Section::Papers, expected));
        for kind in [QrKind::Text, QrKind::Online] {
            rig.press(Press::Qr(kind));
            rig.press(Press::Section(Section::Steps));
            assert_eq!(shown(&rig), (Section::Steps, kind));
        }
        rig.press(Press::Back);
        assert!(rig.is_home(), "a part is no place of its own");
    }
}

#[test]
fn reading_aloud_ends_with_the_page() {
    for press in [
        Press::Listen,
        Press::Back,
        Press::Home,
        Press::Close,
        Press::Language(Language::En),
        Press::Open("1.000894".into()),
    ] {
        let mut rig = gone(vec![Press::Listen]);
        assert!(!rig.visit.is_speaking(), "there is nothing to read");
        rig.open("1.001193");
        rig.press(Press::Listen);
        assert!(rig.visit.is_speaking());
        assert_eq!(rig.done.last(), Some(&Effect::Speak("1.001193".into())));
        rig.press(press.clone());
        assert!(!rig.visit.is_speaking(), "{press:?}");
        assert!(rig.done.contains(&Effect::Silence), "{press:?}");
    }
    let mut rig = gone(vec![Press::Open("1.001193".into()), Press::Listen]);
    assert_eq!(rig.visit.fell_silent(), [Effect::Draw]);
    assert_eq!(rig.visit.fell_silent(), []);
    rig.press(Press::Listen);
    rig.wait(100.0);
    assert_eq!(
        rig.done[rig.done.len() - 2..],
        [Effect::Silence, Effect::Leave]
    );
}

#[test]
fn one_slip_is_printed_at_a_time() {
    let mut rig = gone(vec![Press::Print]);
    assert_eq!(rig.done, []);
    rig.open("1.001193");
    rig.press(Press::Print);
    rig.press(Press::Print);
    let printed = Effect::Print("1.001193".into());
    assert_eq!(
        rig.done.iter().filter(|effect| **effect == printed).count(),
        1
    );
    assert_eq!(rig.visit.slip(), Slip::Printing);
    rig.visit.slip_ended(Slip::Failed);
    assert_eq!(rig.visit.slip(), Slip::Failed);
    rig.press(Press::Print);
    rig.press(Press::Back);
    assert_eq!(rig.visit.slip_ended(Slip::Printed), [], "the page is left");
    assert_eq!(rig.visit.slip(), Slip::None);
}

#[test]
fn telex_is_read_as_raw_letters_too() {
    let mut rig = gone(vec![Press::Type, Press::Key(Key::Method)]);
    let layout = rig.visit.keyboard().map(keyboard::Keyboard::layout);
    assert_eq!(layout, Some(Layout::Vietnamese(Method::Telex)));
    rig.type_text("tax");
    assert_eq!(rig.visit.question(), "tã");
    assert!(rig.found().contains(&"1.009999"), "{:?}", rig.found());
    rig.type_text(" refund");
    assert_eq!(rig.found().first(), Some(&"1.009999"));
    rig.key(Key::Clear);
    rig.type_text("khai sinhh");
    assert_eq!(rig.found().first(), Some(&"1.001193"));
    rig.key(Key::Clear);
    rig.type_text("ddawng kys keets hoon");
    assert_eq!(rig.visit.question(), "đăng ký kết hôn");
    assert_eq!(rig.found().first(), Some(&"1.000894"));
    let mut each = rig.found();
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), rig.found().len(), "nothing is offered twice");
    rig.key(Key::Clear);
    assert_eq!(*rig.visit.answer(), Answer::default());
}

#[test]
fn a_machines_keyboard_writes_where_something_is_asked() {
    let mut rig = Rig::new();
    rig.type_text("k");
    assert_eq!(*rig.visit.place(), Place::Typing);
    rig.press(Press::Home);
    rig.press(Press::Receipt);
    rig.type_text("1");
    assert_eq!(*rig.visit.place(), Place::Receipt);
    assert_eq!(rig.visit.keyboard().unwrap().text(), "1");
    assert_eq!(rig.visit.question(), "");
}

#[test]
fn a_level_narrows_what_is_found() {
    let mut rig = Rig::new();
    rig.type_text("thue");
    assert!(rig.found().contains(&"1.009999"));
    rig.press(Press::OfLevel(Some(Level::Commune)));
    assert!(!rig.found().contains(&"1.009999"), "{:?}", rig.found());
    rig.press(Press::OfLevel(Some(Level::Province)));
    assert_eq!(rig.found(), ["1.009999"]);
    rig.press(Press::OfLevel(None));
    assert!(rig.found().contains(&"1.009999"));
}

#[test]
fn a_release_changes_what_is_open_and_drops_ticks_of_other_papers() {
    let mut rig = Rig::new();
    for code in ["1.000894", "1.001193"] {
        rig.open(code);
        rig.press(Press::Paper(1));
    }
    let place = rig.visit.place().clone();
    let mut changed = procedures();
    changed[0].name = "Đăng ký khai sinh cho trẻ".to_owned();
    rig.swap(changed.clone());
    assert_eq!(*rig.visit.place(), place);
    assert_eq!(
        rig.visit.procedure("1.001193").unwrap().name,
        changed[0].name
    );
    assert!(
        rig.visit.checklist("1.001193").has(1),
        "the papers are the same"
    );
    for changed in &mut changed[..2] {
        changed.cases[0].papers.remove(0);
    }
    rig.swap(changed);
    assert_eq!(*rig.visit.place(), place);
    for code in ["1.001193", "1.000894"] {
        assert_eq!(rig.visit.checklist(code), Checklist::default(), "{code}");
    }
}

#[test]
fn what_a_release_takes_away_stays_open_until_it_is_left() {
    let mut rig = gone(vec![
        Press::Open("1.001193".into()),
        Press::Paper(2),
        Press::Open("1.000894".into()),
        Press::Open("1.001193".into()),
        Press::Form(0),
    ]);
    let without = || procedures().split_off(1);
    rig.swap(without());
    rig.swap(without());
    assert!(rig.visit.is_withdrawn("1.001193"));
    assert!(rig.visit.procedure("1.001193").is_some());
    assert!(rig.visit.checklist("1.001193").has(2));
    rig.press(Press::Back);
    rig.press(Press::Back);
    assert!(
        rig.visit.procedure("1.001193").is_some(),
        "it is open further back"
    );
    rig.press(Press::Back);
    assert!(rig.visit.checklist("1.001193").has(2));
    rig.swap(procedures());
    assert!(!rig.visit.is_withdrawn("1.001193"), "it is back");
    assert!(
        rig.visit.checklist("1.001193").has(2),
        "with the same papers"
    );
    rig.swap(without());
    let mut other = procedures();
    other[0].cases[0].papers.pop();
    rig.swap(other);
    assert_eq!(
        rig.visit.checklist("1.001193"),
        Checklist::default(),
        "with others"
    );
    rig.swap(without());
    rig.press(Press::Back);
    assert!(!rig.visit.is_withdrawn("1.001193"));
    assert!(rig.visit.procedure("1.001193").is_none(), "it is left");
    rig.open("1.001193");
    assert!(rig.is_home());
}

#[test]
fn a_release_asks_anew_what_was_asked() {
    let mut rig = Rig::new();
    rig.type_text("khai sinh");
    assert_eq!(rig.found().first(), Some(&"1.001193"));
    rig.swap(procedures().split_off(1));
    assert_eq!(rig.visit.question(), "khai sinh");
    assert_eq!(rig.found().first(), Some(&"1.004884"));
    rig.swap(Vec::new());
    assert_eq!(rig.found(), <[&str; 0]>::default());
    rig.swap(procedures());
    assert_eq!(rig.found().first(), Some(&"1.001193"));
}

#[test]
fn a_release_without_a_level_does_not_narrow_to_it() {
    let mut rig = Rig::new();
    rig.press(Press::OfLevel(Some(Level::Ministry)));
    rig.swap(procedures()[..5].to_vec());
    assert_eq!(rig.visit.level(), None);
}

#[test]
fn an_endless_visit_does_not_grow_for_ever() {
    let mut rig = Rig::new();
    for turn in 0..10_000 {
        rig.open(OFFICE[turn % 2].0);
    }
    assert!(rig.visit.places.len() <= MOST_PLACES);
    for _ in 0..MOST_PLACES {
        rig.press(Press::Back);
    }
    assert!(rig.is_home() || *rig.visit.place() == Place::Rating);
}

#[test]
fn a_catalogue_knows_levels_fields_and_what_is_asked_for() {
    let lookup = "received_here = [\"1.004884\", \"1.000656.H1\"]\nmost_asked = [\"2.000815.H1\", \
                  \"1.001193\", \"2.000815\", \"9.999999\", \"1.004884\"]";
    let catalogue = catalogue_with(lookup, procedures());
    let codes = |entries: &[usize]| -> Vec<String> {
        let found = entries.iter().map(|entry| catalogue.at(*entry).unwrap().0);
        found.map(ToString::to_string).collect()
    };
    assert_eq!(catalogue.len(), OFFICE.len());
    assert_eq!(
        codes(&catalogue.most_asked()),
        ["2.000815", "1.001193", "1.004884", "1.000656"],
        "each once, then what is received here"
    );
    assert_eq!(
        catalogue.levels(),
        [Level::Commune, Level::Province, Level::Ministry]
    );
    let (field, entries) = &catalogue.fields()[0];
    assert_eq!(
        (&**field, entries.len()),
        ("Hộ tịch", 4),
        "the largest first"
    );
    assert_eq!(
        codes(catalogue.field("Hộ tịch")),
        ["1.000656", "1.004884", "1.000894", "1.001193"],
        "what is received here first, then the shortest name"
    );
    assert_eq!(catalogue.field("nothing"), [0; 0]);
    assert_eq!(codes(catalogue.event(0)), ["1.001193", "1.004884"]);
    assert_eq!(catalogue.event(99), [0; 0]);
    for entry in 0..catalogue.len() {
        let (code, procedure) = catalogue.at(entry).unwrap();
        let full = format!("{code}.000.00.00.H51");
        for code in [&**code, &*full] {
            let related = catalogue.related(code);
            assert!(!related.contains(&entry), "{code}");
            assert!(related.len() <= 8, "{code}");
        }
        assert!(catalogue.is_of(entry, None));
        let level = Level::named_in(&procedure.level[0])[0];
        assert!(catalogue.is_of(entry, Some(level)));
        assert!(!catalogue.is_of(entry, Some(Level::Other)));
    }
    assert!(codes(&catalogue.related("1.001193")).contains(&"1.004884".to_owned()));
    assert_eq!(catalogue.related("9.999999"), [0; 0]);
    assert!(catalogue.at(99).is_none());
}

#[test]
fn what_may_not_be_posted_is_not_looked_up() {
    let mut repealed = procedures();
    repealed[0].repealed = Some(jiff::civil::date(2026, 11, 23));
    repealed[1].effective = Some(jiff::civil::date(2026, 11, 24));
    let catalogue = catalogue(repealed);
    assert_eq!(catalogue.len(), OFFICE.len() - 2);
    for code in ["1.001193", "1.000894"] {
        assert!(catalogue.procedure(code).is_none(), "{code}");
    }
    assert!(Rig::at(catalogue, Some("1.001193")).is_home());
}

#[test]
fn idle_times_are_kept_to_the_instant() {
    let secs = Duration::from_secs;
    let times = IdleTimes {
        patience: secs(10),
        countdown: Duration::from_millis(1_500),
    };
    let mut idle = Idle::new(times, secs(100));
    assert_eq!(idle.wake_at(), secs(110));
    assert!(!idle.tick(secs(50)), "a time before the beginning");
    assert!(!idle.tick(secs(110)));
    assert_eq!(
        idle.countdown(),
        Some(2),
        "a part of a second counts as one"
    );
    assert_eq!(idle.wake_at(), Duration::from_millis(110_500));
    assert!(!idle.tick(Duration::from_millis(111_499)));
    assert_eq!(idle.countdown(), Some(1));
    assert_eq!(idle.wake_at(), Duration::from_millis(111_500));
    assert!(idle.stir(Duration::from_millis(111_499)));
    assert!(!idle.stir(Duration::from_millis(111_499)));
    assert!(!idle.tick(Duration::from_millis(121_498)));
    assert_eq!(idle.countdown(), None);
    assert!(idle.tick(secs(100_000)), "it slept too long");
    let at_once = IdleTimes {
        patience: secs(10),
        countdown: Duration::ZERO,
    };
    assert!(Idle::new(at_once, secs(0)).tick(secs(10)));
}

#[test]
fn papers_are_missing_of_the_case_that_is_nearest() {
    let with = |cases: &[usize]| {
        let mut whole = procedure("1.000001", "x", "x", "Cấp xã", 0);
        whole.cases = cases
            .iter()
            .map(|papers| {
                procedure("1.000001", "x", "x", "Cấp xã", *papers)
                    .cases
                    .remove(0)
            })
            .collect();
        whole
    };
    for (cases, ticked, expected) in [
        (&[][..], &[][..], Missing::Unknown),
        (&[], &[0], Missing::Unknown),
        (&[0], &[], Missing::Unknown),
        (&[3], &[], Missing::Unknown),
        (&[3], &[1], Missing::Papers(2)),
        (&[3], &[2, 0, 1], Missing::Nothing),
        (&[3], &[7], Missing::Unknown),
        (&[2, 3], &[2, 3], Missing::Papers(1)),
        (&[2, 3], &[0, 1], Missing::Nothing),
        (&[2, 3], &[2, 3, 4], Missing::Nothing),
        (&[1, 4], &[0, 1, 2, 3], Missing::Nothing),
        (&[0, 2], &[0], Missing::Papers(1)),
        (&[2, 2], &[0, 2, 3], Missing::Nothing),
    ] {
        let mut list = Checklist::default();
        ticked.iter().for_each(|paper| list.turn(*paper));
        assert_eq!(list.missing(&with(cases)), expected, "{cases:?} {ticked:?}");
        ticked.iter().for_each(|paper| list.turn(*paper));
        assert_eq!(
            list,
            Checklist::default(),
            "a second touch takes the tick away"
        );
    }
}
