//! The real procedures as visitors open them: every word of papers and steps is read, every box ticks its own
//! paper, and no fee that is left to the council looks free.

use motcua_show::procedure::Fee;
use motcua_show::visit::{Missing, Press, Section, Size};
use motcua_show::{Language, Procedure};
use motcua_typeset::touch::{Panel, Part, TargetKind};

use crate::measure::{Faults, measure, part, read};
use crate::records;
use crate::studio::{Chosen, Screen, Studio, show_of, viewport};

const WIDE: Screen = (1920, 1080, None);
const UPRIGHT: Screen = (1080, 1920, None);

/// Two of them by two threads: a typesetter belongs to one.
const THREADS: usize = 2;

#[test]
fn every_procedure_is_read_whole() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    assert_eq!(procedures.len(), 2642);
    let procedures = chosen(procedures);
    let parts: Vec<Vec<Procedure>> = (0..THREADS)
        .map(|first| {
            let own = procedures.iter().skip(first).step_by(THREADS);
            own.cloned().collect()
        })
        .collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|procedures| {
                scope.spawn(move || {
                    let mut studio = Studio::new(show_of(procedures.clone()));
                    let mut faults = Faults::default();
                    for (index, procedure) in procedures.iter().enumerate() {
                        // The choices of visitors in turn; every screen for each.
                        let all = Chosen::all();
                        let chosen = all[index % all.len()];
                        for screen in [WIDE, UPRIGHT] {
                            check(&mut studio, procedure, chosen, screen, &mut faults);
                        }
                    }
                    faults
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().none();
        }
    });
}

/// One in ten, or all when `MOTCUA_LONG` is set.
fn chosen(procedures: Vec<Procedure>) -> Vec<Procedure> {
    let is_long = std::env::var_os("MOTCUA_LONG").is_some();
    let step = if is_long { 1 } else { 10 };
    procedures.into_iter().step_by(step).collect()
}

#[test]
fn the_longest_name_and_the_most_papers_with_every_choice() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    let papers = |procedure: &&Procedure| {
        let papers = procedure.cases.iter().map(|case| case.papers.len());
        papers.sum::<usize>()
    };
    let longest = procedures.iter().max_by_key(|one| one.name.chars().count());
    let most = procedures.iter().max_by_key(papers);
    let (longest, most) = (longest.unwrap(), most.unwrap());
    assert!(longest.name.chars().count() >= 1094);
    let most = with_papers(most.clone(), 137);
    assert_eq!(papers(&&most), 137);
    let mut studio = Studio::new(show_of([longest.clone(), most.clone()]));
    let mut faults = Faults::default();
    for procedure in [longest, &most] {
        for chosen in Chosen::all() {
            for screen in crate::studio::SCREENS {
                check(&mut studio, procedure, chosen, screen, &mut faults);
            }
        }
    }
    faults.none();
}

/// The procedure with its papers repeated until it has so many: other years' data had more than these.
fn with_papers(mut procedure: Procedure, count: usize) -> Procedure {
    let papers: Vec<_> = procedure
        .cases
        .iter()
        .flat_map(|case| case.papers.clone())
        .collect();
    let more = count.saturating_sub(papers.len());
    let last = procedure.cases.last_mut().unwrap();
    last.papers
        .extend(papers.iter().cycle().take(more).cloned());
    procedure
}

/// Every section of a procedure on a screen.
fn check(
    studio: &mut Studio,
    procedure: &Procedure,
    chosen: Chosen,
    screen: Screen,
    faults: &mut Faults,
) {
    let open = Press::Open(procedure.base_code().into());
    for section in Section::ALL {
        let what = format!("{} {section:?} at {screen:?} {chosen:?}", procedure.code);
        let visit = studio.visit(chosen, &[open.clone(), Press::Section(section)]);
        let panels = studio.panels(&visit, screen);
        measure(&panels, viewport(screen), &what, faults);
        let main = part(&panels, Part::Main).unwrap();
        let read = letters(&read(std::slice::from_ref(main)));
        match section {
            Section::Papers => {
                let papers = procedure.cases.iter().flat_map(|case| &case.papers);
                for paper in papers.clone() {
                    lost(&read, &paper.name, &what, faults);
                }
                for form in papers.filter_map(|paper| paper.form.as_ref()) {
                    lost(&read, form, &what, faults);
                }
                for form in &procedure.forms {
                    lost(&read, &form.name, &what, faults);
                }
                lost(&read, procedure.headline(), &what, faults);
                check_boxes(main, procedure, &what, faults);
                check_fee(&read, procedure, studio, chosen.language, &what, faults);
            }
            Section::Steps => lost(&read, &procedure.steps, &what, faults),
            Section::Filing => {
                for way in &procedure.ways {
                    let said = way.time_limit.iter().chain(&way.note);
                    for text in said {
                        lost(&read, text, &what, faults);
                    }
                }
            }
            Section::More => {
                let said = procedure.agency.iter().chain(&procedure.result);
                let said = said.chain(&procedure.conditions);
                for text in said
                    .chain(&procedure.legal_basis)
                    .chain(&procedure.applicants)
                {
                    lost(&read, text, &what, faults);
                }
            }
            Section::Related => {}
        }
    }
    check_checklist(studio, procedure, chosen);
}

/// Each box turns the paper that stands beside it.
fn check_boxes(main: &Panel, procedure: &Procedure, what: &str, faults: &mut Faults) {
    let boxes: Vec<_> = main
        .targets
        .iter()
        .filter(|target| matches!(target.kind, TargetKind::Tick(_)))
        .collect();
    let papers: Vec<_> = procedure
        .cases
        .iter()
        .flat_map(|case| &case.papers)
        .collect();
    if boxes.len() != papers.len() {
        faults.add("a paper has no box", || {
            format!("{what}: {} for {}", boxes.len(), papers.len())
        });
    }
    for (number, (target, paper)) in boxes.iter().zip(papers).enumerate() {
        let is_named = letters(&paper.name).contains(&letters(&target.label));
        if target.press != Press::Paper(number) || !is_named {
            faults.add("a box ticks another paper", || {
                format!("{what}: {:?} for {number}", target.press)
            });
        }
    }
}

/// A procedure of which no way to file has a published fee does not say "Miễn" where its fee stands.
fn check_fee(
    read: &str,
    procedure: &Procedure,
    studio: &Studio,
    language: Language,
    what: &str,
    faults: &mut Faults,
) {
    let is_left = |way: &motcua_show::procedure::Way| matches!(way.fee(), Fee::SetBy(_));
    if procedure.ways.is_empty() || !procedure.ways.iter().all(is_left) {
        return;
    }
    let words = studio.words(language);
    if !read.contains(&letters(&words.fee_not_set)) {
        faults.add("a fee that is not set does not say so", || what.to_owned());
    }
    let fee = letters(&words.fee);
    let after = read.split(&fee).skip(1);
    for after in after {
        let value: String = after.chars().take(12).collect();
        if value.to_lowercase().starts_with("miễn") {
            faults.add("a fee that is not set looks free", || {
                format!("{what}: {value}")
            });
        }
    }
}

/// What is ticked in full is missing nothing.
fn check_checklist(studio: &Studio, procedure: &Procedure, chosen: Chosen) {
    let open = Press::Open(procedure.base_code().into());
    let mut first = 0;
    for case in &procedure.cases {
        let papers = first..first + case.papers.len();
        first = papers.end;
        if papers.is_empty() {
            continue;
        }
        let presses = [open.clone()]
            .into_iter()
            .chain(papers.clone().map(Press::Paper));
        let presses: Vec<Press> = presses.collect();
        let visit = studio.visit(chosen, &presses);
        let code = procedure.base_code();
        assert_eq!(
            visit.checklist(code).missing(procedure),
            Missing::Nothing,
            "{code}"
        );
        let but_one = studio.visit(chosen, &presses[..presses.len() - 1]);
        let expected = match papers.len() {
            1 => Missing::Unknown,
            _ => Missing::Papers(1),
        };
        assert_eq!(
            but_one.checklist(code).missing(procedure),
            expected,
            "{code}"
        );
    }
}

#[test]
fn no_list_says_that_a_fee_left_to_the_council_is_free() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    let left: Vec<Procedure> = procedures
        .into_iter()
        .filter(|procedure| {
            let mut ways = procedure.ways.iter();
            !procedure.ways.is_empty() && ways.all(|way| matches!(way.fee(), Fee::SetBy(_)))
        })
        .collect();
    assert!(!left.is_empty());
    let mut studio = Studio::new(show_of(left.clone()));
    let fields: Vec<_> = studio.catalogue.fields().to_vec();
    for size in [Size::Normal, Size::Largest] {
        for (field, entries) in &fields {
            let chosen = Chosen {
                size,
                ..Chosen::USUAL
            };
            let visit = studio.visit(chosen, &[Press::Field(field.clone())]);
            let panels = studio.panels(&visit, WIDE);
            let main = part(&panels, Part::Main).unwrap();
            // What stands in each row beside and below the name.
            let read = read(std::slice::from_ref(main));
            let names: usize = entries
                .iter()
                .filter_map(|entry| studio.catalogue.at(*entry))
                .map(|(_, procedure)| procedure.headline().matches("iễn").count())
                .sum();
            let said = read.matches("iễn").count();
            assert!(
                said <= names + field.matches("iễn").count() * (entries.len() + 1),
                "{field}: {read}"
            );
        }
    }
}

fn lost(read: &str, text: &str, what: &str, faults: &mut Faults) {
    for word in text.split_whitespace().map(letters) {
        if !read.contains(&word) {
            faults.add("a word is lost", || format!("{what}: {word:?}"));
        }
    }
}

/// The letters and figures alone, composed: what is left when signs, spaces and line ends are set anew.
fn letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().filter(|c| c.is_alphanumeric()).collect()
}
