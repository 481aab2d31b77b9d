//! Every place of a visit, on every screen, with every choice of the visitor.

use std::sync::Arc;
use std::time::Duration;

use motcua_show::Procedure;
use motcua_show::visit::keyboard::Key;
use motcua_show::visit::{Press, QrKind, Satisfaction, Section, Slip, Visit};
use motcua_typeset::touch::{FormPages, Offers, Panel, Part};

use crate::measure::{Faults, measure, part};
use crate::studio::{Chosen, SCREENS, Screen, Studio, sample, show_of, typed, viewport};

const BOTH: Offers = Offers {
    can_print: true,
    can_listen: true,
};
const NEITHER: Offers = Offers {
    can_print: false,
    can_listen: false,
};

/// A page of a visit.
struct Stop {
    name: String,
    visit: Visit,
    offers: Offers,
    form: FormPages,
}

/// The sample show, with a field so long that it is none of a list's usual, and nothing to ask for most.
fn studio() -> Studio {
    Studio::new(sample())
}

fn code() -> Press {
    Press::Open("1.001193".into())
}

/// Every page that a visit can come to.
fn stops(studio: &Studio, chosen: Chosen) -> Vec<Stop> {
    let mut stops = Vec::new();
    let mut stop = |name: String, presses: Vec<Press>, offers: Offers, form: FormPages| {
        let visit = studio.visit(chosen, &presses);
        stops.push(Stop {
            name,
            visit,
            offers,
            form,
        });
    };
    let mut plain = |name: &str, presses: Vec<Press>| {
        stop(name.to_owned(), presses, BOTH, FormPages::Opening);
    };
    plain("home", vec![]);
    plain("fields", vec![Press::Fields]);
    for (field, _) in studio.catalogue.fields() {
        plain("field", vec![Press::Field(Arc::clone(field))]);
    }
    for event in 0..8 {
        plain("event", vec![Press::Event(event)]);
    }
    plain("feedback", vec![Press::Feedback]);
    plain("rating", vec![code(), Press::Close]);
    plain(
        "thanks",
        vec![code(), Press::Close, Press::Rate(Satisfaction::Neutral)],
    );
    for question in [
        "",
        "khai sinh",
        "đăng ký lại khai tử",
        "zqxwv",
        "ខ្មែរ",
        "giay khai sanhh",
    ] {
        let presses: Vec<Press> = [Press::Type].into_iter().chain(typed(question)).collect();
        plain("results", presses.clone());
        let search = [Press::Key(Key::Search)];
        plain("found", presses.into_iter().chain(search).collect());
    }
    let keyboards: [(&str, &[Key]); 9] = [
        ("accented", &[]),
        ("accented capitals", &[Key::Shift]),
        ("telex", &[Key::Method]),
        ("vni", &[Key::Method, Key::Method]),
        ("vni capitals", &[Key::Method, Key::Method, Key::Shift]),
        ("plain", &[Key::Method, Key::Method, Key::Method]),
        ("khmer", &[Key::Khmer]),
        ("khmer, second level", &[Key::Khmer, Key::Shift]),
        ("numbers", &[Key::Numbers]),
    ];
    for (name, keys) in keyboards {
        let keys = keys.iter().map(|key| Press::Key(*key));
        plain(name, [Press::Type].into_iter().chain(keys).collect());
    }
    for typed_code in ["", "H51.12-261123-0001", "H51..//", "ABC"] {
        let typed = [Press::Receipt].into_iter().chain(typed(typed_code));
        plain("receipt", typed.collect());
    }
    plain(
        "receipt, letters",
        vec![Press::Receipt, Press::Key(Key::Letters)],
    );
    for section in Section::ALL {
        for qr in [QrKind::Online, QrKind::Text] {
            let presses = vec![
                code(),
                Press::Section(section),
                Press::Qr(qr),
                Press::Paper(0),
            ];
            stop(
                format!("{section:?}, {qr:?}"),
                presses,
                BOTH,
                FormPages::Opening,
            );
        }
    }
    stop(
        "no phone".to_owned(),
        vec![code()],
        NEITHER,
        FormPages::Opening,
    );
    let pages = FormPages::Pages(vec![(900, 1270); 3]);
    for form in [FormPages::Opening, FormPages::NotThere, pages] {
        stop("form".to_owned(), vec![code(), Press::Form(0)], BOTH, form);
    }
    for slip in [Slip::Printing, Slip::Printed, Slip::Failed] {
        let mut visit = studio.visit(chosen, &[code(), Press::Print]);
        if slip != Slip::Printing {
            visit.slip_ended(slip);
        }
        stops.push(Stop {
            name: format!("slip {slip:?}"),
            visit,
            offers: BOTH,
            form: FormPages::Opening,
        });
    }
    let mut visit = studio.visit(chosen, &[code()]);
    visit.swap(crate::studio::catalogue(show_of([])));
    stops.push(Stop {
        name: "withdrawn".to_owned(),
        visit,
        offers: BOTH,
        form: FormPages::Opening,
    });
    let mut visit = studio.visit(chosen, &[code()]);
    visit.tick(Duration::from_secs(61));
    stops.push(Stop {
        name: "countdown".to_owned(),
        visit,
        offers: BOTH,
        form: FormPages::Opening,
    });
    stops
}

/// Every page on one screen.
fn check_places(screen: Screen) {
    let mut studio = studio();
    let mut faults = Faults::default();
    for chosen in Chosen::all() {
        let mut bars: [Option<Panel>; 2] = [None, None];
        for stop in stops(&studio, chosen) {
            let what = format!("{} at {screen:?} with {chosen:?}", stop.name);
            let panels = studio.panels_with(&stop.visit, screen, stop.offers, stop.form.clone());
            measure(&panels, viewport(screen), &what, &mut faults);
            if stop.name != "countdown" {
                check_bars(&panels, &mut bars, &what, &mut faults);
            }
        }
    }
    faults.none();
}

/// The bars are where they were on the page before, and the lower one leads back and out.
fn check_bars(panels: &[Panel], before: &mut [Option<Panel>; 2], what: &str, faults: &mut Faults) {
    for (which, before) in [Part::Top, Part::Bottom].into_iter().zip(before) {
        let Some(bar) = part(panels, which) else {
            // Where everything is lowered on a wide screen the keyboard has the place of the upper bar.
            let is_in_its_place = which == Part::Top && part(panels, Part::Keyboard).is_some();
            if !is_in_its_place || part(panels, Part::Banner).is_none() {
                faults.add("a bar is missing", || format!("{what}: {which:?}"));
            }
            continue;
        };
        let before = before.get_or_insert_with(|| bar.clone());
        let targets = |bar: &Panel| -> Vec<_> {
            let stays = |press: &Press| *press != Press::Home;
            let stay = bar.targets.iter().filter(|target| stays(&target.press));
            stay.map(|target| (target.press.clone(), target.rect.x, target.rect.y))
                .collect()
        };
        if bar.place != before.place || targets(bar) != targets(before) {
            faults.add("a bar has moved", || format!("{what}: {:?}", bar.place));
        }
        for press in [Press::Back, Press::Close] {
            let has = bar.targets.iter().any(|target| target.press == press);
            if which == Part::Bottom && !has {
                faults.add("there is no way out", || format!("{what}: {press:?}"));
            }
        }
    }
}

#[test]
fn every_place_on_a_wide_screen() {
    check_places(SCREENS[0]);
}

#[test]
fn every_place_on_an_upright_screen() {
    check_places(SCREENS[1]);
}

#[test]
fn every_place_on_a_screen_of_twice_the_pixels() {
    check_places(SCREENS[2]);
}

#[test]
fn every_place_on_a_low_screen() {
    check_places(SCREENS[3]);
}

#[test]
fn every_place_on_an_almost_square_screen() {
    check_places(SCREENS[4]);
}

#[test]
fn every_place_on_a_small_screen() {
    check_places(SCREENS[5]);
}

#[test]
fn every_place_on_the_smallest_screen() {
    check_places(SCREENS[6]);
}

/// A show with almost nothing: no hotline, no unit, no levels, a procedure of which only the name is known.
#[test]
fn a_show_that_says_little() {
    let mut show = show_of([bare_procedure()]);
    show.hotline = None;
    show.unit = None;
    show.feedback = None;
    show.lookup = motcua_show::desk::LookupTable::default();
    let mut studio = Studio::new(show);
    let mut faults = Faults::default();
    for screen in SCREENS {
        for section in Section::ALL {
            let presses = [Press::Open("9.000001".into()), Press::Section(section)];
            let visit = studio.visit(Chosen::USUAL, &presses);
            let panels = studio.panels_with(&visit, screen, NEITHER, FormPages::Opening);
            measure(
                &panels,
                viewport(screen),
                &format!("{section:?} at {screen:?}"),
                &mut faults,
            );
        }
        for press in [
            Press::Home,
            Press::Fields,
            Press::Feedback,
            Press::Type,
            Press::Event(0),
        ] {
            let what = format!("{press:?} at {screen:?}");
            let visit = studio.visit(Chosen::USUAL, &[press]);
            let panels = studio.panels_with(&visit, screen, NEITHER, FormPages::Opening);
            measure(&panels, viewport(screen), &what, &mut faults);
        }
    }
    faults.none();
}

fn bare_procedure() -> Procedure {
    Procedure {
        code: "9.000001".to_owned(),
        name: "Thủ tục".to_owned(),
        short_name: None,
        field: String::new(),
        level: Vec::new(),
        agency: None,
        applicants: Vec::new(),
        steps: String::new(),
        ways: Vec::new(),
        cases: Vec::new(),
        forms: Vec::new(),
        result: None,
        conditions: None,
        legal_basis: Vec::new(),
        decision: None,
        online: None,
        receive_at: None,
        effective: None,
        repealed: None,
    }
}

/// All four levels, which the national database has and the sample has not.
#[test]
fn every_level_is_in_sight() {
    let mut procedure = bare_procedure();
    procedure.level = ["Cấp Bộ", "Cấp Tỉnh", "Cấp Xã", "Cơ quan khác"]
        .map(str::to_owned)
        .to_vec();
    procedure.field = "Đất đai".to_owned();
    let mut studio = Studio::new(show_of([procedure]));
    let mut faults = Faults::default();
    for screen in SCREENS {
        for language in motcua_show::Language::ALL {
            let presses = [Press::Language(language), Press::Field("Đất đai".into())];
            let visit = studio.visit(Chosen::USUAL, &presses);
            let panels = studio.panels_with(&visit, screen, NEITHER, FormPages::Opening);
            let what = format!("{language} at {screen:?}");
            measure(&panels, viewport(screen), &what, &mut faults);
        }
    }
    faults.none();
}
