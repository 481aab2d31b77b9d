//! The real procedures on the screens: nothing clipped, nothing overlapping, nothing too small, no word
//! lost. One in twenty and the extremes of each kind; all of them when `MOTCUA_LONG` is set.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test panics where something is wrong"
)]
#![allow(dead_code, reason = "the shared parts serve other tests too")]

mod records;
mod support;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use motcua_show::item::{Board, Content, ProcedureRef};
use motcua_show::{Item, Language, Procedure, Show};
use motcua_typeset::{Context, Element, Page, Typesetter, Viewport, Words, typeset};

type Screen = (u32, u32, Option<f64>);

/// What a record can be extreme in.
type Respect<'a> = &'a dyn Fn(&Procedure) -> usize;

const WIDE: Screen = (1920, 1080, None);
const UPRIGHT: Screen = (1080, 1920, None);

/// Typesets many items of one show.
struct Press {
    typesetter: Typesetter,
    words: Words,
    show: Show,
}

impl Press {
    fn new() -> Self {
        Self {
            typesetter: Typesetter::new(),
            words: support::words(Language::Vi),
            show: support::show(),
        }
    }

    fn pages(&mut self, content: Content, screen: Screen) -> Vec<Page> {
        let word = |_: Language| &self.words;
        let context = Context {
            show: &self.show,
            viewport: Viewport::of(screen.0, screen.1, screen.2),
            words: &word,
            languages: vec![Language::Vi],
            today: jiff::civil::date(2026, 11, 23),
            media_pages: None,
            media_size: None,
            second_size: None,
            inspection: Some(support::INSPECTION.to_owned()),
        };
        let item = Item {
            name: "the item".to_owned(),
            dwell: None,
            topic: None,
            show_from: None,
            show_until: None,
            volume: None,
            content,
        };
        typeset(&mut self.typesetter, &context, &item)
    }
}

/// One in twenty and the twenty most extreme in each respect, or all.
fn chosen(procedures: &[Procedure]) -> Vec<&Procedure> {
    if std::env::var_os("MOTCUA_LONG").is_some() {
        return procedures.iter().collect();
    }
    let mut indices: BTreeSet<usize> = (0..procedures.len()).step_by(20).collect();
    let papers = |procedure: &Procedure| {
        procedure
            .cases
            .iter()
            .map(|case| case.papers.len())
            .sum::<usize>()
    };
    let fee = |procedure: &Procedure| {
        procedure
            .ways
            .iter()
            .filter_map(|way| way.fee.as_ref())
            .map(|fee| fee.chars().count())
            .max()
            .unwrap_or(0)
    };
    let respects: [(Respect<'_>, usize); 6] = [
        (&|procedure| procedure.name.chars().count(), 20),
        (&|procedure| procedure.ways.len(), 20),
        (&papers, 12),
        (&fee, 12),
        (&|procedure| procedure.field.chars().count(), 6),
        (
            &|procedure| {
                procedure.steps.chars().count()
                    + procedure.conditions.as_ref().map_or(0, String::len)
            },
            6,
        ),
    ];
    for (respect, count) in respects {
        let mut ordered: Vec<usize> = (0..procedures.len()).collect();
        ordered.sort_by_key(|&index| Reverse(respect(&procedures[index])));
        indices.extend(ordered.into_iter().take(count));
    }
    indices
        .into_iter()
        .map(|index| &procedures[index])
        .collect()
}

#[test]
fn procedures_are_posted_whole() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    let mut press = Press::new();
    for procedure in chosen(&procedures) {
        press.show.procedures = [(procedure.base_code().to_owned(), procedure.clone())].into();
        for screen in [WIDE, UPRIGHT] {
            let content = Content::Procedure(ProcedureRef {
                code: procedure.code.clone(),
            });
            let pages = press.pages(content, screen);
            assert!(
                pages.len() > 1,
                "{} has {} pages",
                procedure.code,
                pages.len()
            );
            for (index, page) in pages.iter().enumerate() {
                support::check_page(
                    page,
                    screen,
                    &format!("{} page {}", procedure.code, index + 1),
                );
            }
            check_whole(procedure, &pages);
            assert_eq!(
                codes_for_inspectors(&pages),
                [false, true],
                "{}",
                procedure.code
            );
        }
    }
}

/// Whether the first page has the code for inspectors, and whether exactly one of the others has.
fn codes_for_inspectors(pages: &[Page]) -> [bool; 2] {
    let count = |page: &Page| {
        let codes = page.elements.iter().filter(|element| {
            matches!(element, Element::Qr { content, .. } if content.starts_with(support::INSPECTION))
        });
        codes.count()
    };
    let further: usize = pages.iter().skip(1).map(count).sum();
    [
        pages.first().is_some_and(|page| count(page) > 0),
        further == 1,
    ]
}

#[test]
fn boards_list_every_procedure_of_a_field() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    let mut press = Press::new();
    press.show.procedures = procedures
        .iter()
        .map(|procedure| (procedure.base_code().to_owned(), procedure.clone()))
        .collect();
    let mut fields: Vec<&str> = procedures
        .iter()
        .map(|procedure| procedure.field.as_str())
        .collect();
    fields.sort_unstable();
    fields.dedup();
    let step = if std::env::var_os("MOTCUA_LONG").is_some() {
        1
    } else {
        20
    };
    let longest = procedures
        .iter()
        .map(|procedure| &procedure.field)
        .max_by_key(|field| field.chars().count())
        .unwrap();
    for field in fields
        .into_iter()
        .step_by(step)
        .chain([longest.as_str(), "Hộ tịch"])
    {
        for screen in [WIDE, UPRIGHT] {
            let pages = press.pages(
                Content::Procedures(Board {
                    field: field.to_owned(),
                    level: None,
                }),
                screen,
            );
            for page in &pages {
                support::check_page(page, screen, &format!("the board of {field:?}"));
            }
            let read = letters(&support::read(&pages));
            for procedure in press
                .show
                .procedures
                .values()
                .filter(|procedure| procedure.field == field)
            {
                assert!(
                    read.contains(&letters(&procedure.code)),
                    "{field}: {} is missing",
                    procedure.code
                );
                for word in procedure.name.split_whitespace() {
                    assert!(
                        read.contains(&letters(word)),
                        "{field}: {word:?} of {} is lost",
                        procedure.code
                    );
                }
            }
        }
    }
}

/// Asserts that no word of any field is lost.
fn check_whole(procedure: &Procedure, pages: &[Page]) {
    let read = letters(&support::read(pages));
    let code = &procedure.code;
    let ways = procedure
        .ways
        .iter()
        .flat_map(|way| [&way.time_limit, &way.note])
        .flatten();
    let papers = procedure.cases.iter().flat_map(|case| &case.papers);
    let texts = [&procedure.name, &procedure.steps, &procedure.code]
        .into_iter()
        .chain(procedure.agency.iter())
        .chain(procedure.result.iter())
        .chain(procedure.conditions.iter())
        .chain(&procedure.applicants)
        .chain(&procedure.legal_basis)
        .chain(procedure.decision.iter().map(|decision| &decision.number))
        .chain(
            procedure
                .cases
                .iter()
                .filter_map(|case| case.title.as_ref()),
        )
        .chain(papers.clone().map(|paper| &paper.name))
        .chain(papers.filter_map(|paper| paper.form.as_ref()))
        .chain(ways);
    for text in texts {
        let mut lost = text
            .split_whitespace()
            .map(letters)
            .filter(|word| !is_read(&read, word));
        assert_eq!(lost.next(), None, "{code}: a word is lost");
    }
}

/// Whether a word is read, whole or parted by the end of a page.
fn is_read(read: &str, word: &str) -> bool {
    read.contains(word)
        || word.char_indices().skip(2).any(|(at, _)| {
            let (before, after) = word.split_at(at);
            word.len() > 6 && read.contains(before) && read.contains(after)
        })
}

/// The letters and figures alone, composed: what is left when signs, spaces and line ends are set anew.
fn letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().filter(|c| c.is_alphanumeric()).collect()
}
