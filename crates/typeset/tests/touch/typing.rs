//! What is typed is seen, however long and strange it is.

use motcua_show::visit::Press;
use motcua_show::visit::keyboard::Key;
use motcua_show::{Language, Procedure};
use motcua_typeset::page::{Role, Weight};
use motcua_typeset::touch::{Panel, Part};

use crate::measure::{Faults, measure, part, read, runs};
use crate::studio::{Chosen, SCREENS, Studio, sample, show_of, typed, viewport};

/// What the field shows.
fn field(panels: &[Panel]) -> String {
    let field = part(panels, Part::Field).unwrap();
    read(std::slice::from_ref(field))
}

/// Types on a keyboard of the machine, and looks for the end of it on every screen.
fn check(keys: &[Key], text: &str) {
    let mut studio = Studio::new(sample());
    let mut faults = Faults::default();
    let keys = keys.iter().map(|key| Press::Key(*key));
    let presses: Vec<Press> = [Press::Type]
        .into_iter()
        .chain(keys)
        .chain(typed(text))
        .collect();
    for is_lowered in [false, true] {
        let chosen = Chosen {
            is_lowered,
            ..Chosen::USUAL
        };
        let visit = studio.visit(chosen, &presses);
        let seen = visit.question().to_owned();
        let search = [Press::Key(Key::Search)];
        let searched: Vec<Press> = presses.iter().cloned().chain(search).collect();
        let found = studio.visit(chosen, &searched);
        for screen in SCREENS {
            let panels = studio.panels(&visit, screen);
            assert_eq!(field(&studio.panels(&found, screen)), field(&panels));
            let what = format!(
                "{:?} at {screen:?}",
                text.chars().take(20).collect::<String>()
            );
            measure(&panels, viewport(screen), &what, &mut faults);
            let shown = field(&panels);
            let end = shown.trim_start_matches('…');
            // At least three letters, or everything.
            let is_enough = end.chars().count() >= seen.chars().count().min(3);
            assert!(
                seen.trim_end().ends_with(end.trim_end()) && is_enough,
                "{what}: {shown:?} is not the end of {seen:?}"
            );
        }
    }
    faults.none();
}

#[test]
fn the_field_shows_what_was_typed() {
    check(&[], "khai sinh");
    check(&[], "khai sinh ");
    check(&[Key::Method], "giaays khai sinh");
}

#[test]
fn asterisks_are_letters_like_others() {
    check(&[], "**sinh**");
    check(&[], "a * b ** c *** d");
    check(&[], "- sinh");
}

#[test]
fn of_a_long_text_the_end_is_seen() {
    check(&[], &"thủ tục đăng ký khai sinh ".repeat(12));
    check(&[], &"W".repeat(10_000));
    check(&[Key::Khmer], &"សំបុត្រកំណើត".repeat(30));
    check(&[], &"e\u{301}\u{323}".repeat(120));
    check(&[], &"👪".repeat(200));
}

#[test]
fn control_characters_do_no_harm() {
    check(
        &[],
        "\u{0}\u{7}khai\u{1b}[31m\u{202e}\n\t\r sinh\u{2028}\u{feff}\u{200b}",
    );
    let all: String = (0..0x300).filter_map(char::from_u32).collect();
    check(&[], &all);
}

#[test]
fn the_receipt_shows_what_was_typed() {
    let mut studio = Studio::new(sample());
    let code = "H51.12-261123-0001";
    let presses: Vec<Press> = [Press::Receipt].into_iter().chain(typed(code)).collect();
    for screen in SCREENS {
        let visit = studio.visit(Chosen::USUAL, &presses);
        assert_eq!(field(&studio.panels(&visit, screen)), code);
    }
}

#[test]
fn an_empty_field_says_what_to_type_whole() {
    let mut studio = Studio::new(sample());
    for language in Language::ALL {
        let chosen = Chosen {
            language,
            ..Chosen::USUAL
        };
        for screen in SCREENS {
            let words = studio.words(language);
            let hints = [words.type_here.clone(), words.receipt_code.clone()];
            for (press, hint) in [Press::Type, Press::Receipt].into_iter().zip(hints) {
                let visit = studio.visit(chosen, &[press]);
                assert_eq!(field(&studio.panels(&visit, screen)), hint);
            }
        }
    }
}

#[test]
fn what_matches_stands_out_in_the_official_name() {
    let mut studio = Studio::new(show_of([named("Thủ tục đăng ký khai sinh * lưu động")]));
    let presses: Vec<Press> = [Press::Type]
        .into_iter()
        .chain(typed("khai sinh"))
        .collect();
    let visit = studio.visit(Chosen::USUAL, &presses);
    assert_eq!(visit.answer().hits.len(), 1);
    let panels = studio.panels(&visit, SCREENS[0]);
    let main = part(&panels, Part::Main).unwrap();
    let marked: Vec<&str> = runs(main)
        .into_iter()
        .filter(|run| run.weight == Weight::Bold && run.role == Role::Accent)
        .map(|run| run.text.trim())
        .filter(|text| *text != "›")
        .collect();
    // "Khai sinh" means "đăng ký khai sinh": marks that stand side by side are one.
    assert_eq!(marked, ["đăng ký khai sinh"]);
    let read = read(std::slice::from_ref(main));
    assert!(read.contains("* lưu động"), "{read}");
}

#[test]
fn a_name_with_asterisks_is_read_with_them() {
    let name = "Cấp giấy (**) và *** bản sao **";
    let mut studio = Studio::new(show_of([named(name)]));
    let open = Press::Open("9.000001".into());
    let field = Press::Field("Lĩnh vực ** lạ".into());
    for presses in [vec![open], vec![field]] {
        let visit = studio.visit(Chosen::USUAL, &presses);
        let read = read(&studio.panels(&visit, SCREENS[0]));
        assert!(read.contains(name), "{read}");
        assert!(read.contains("Lĩnh vực ** lạ"), "{read}");
    }
}

fn named(name: &str) -> Procedure {
    Procedure {
        code: "9.000001".to_owned(),
        name: name.to_owned(),
        short_name: None,
        field: "Lĩnh vực ** lạ".to_owned(),
        ..sample().procedures.remove("1.001193").unwrap()
    }
}
