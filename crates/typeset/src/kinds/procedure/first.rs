//! The first page of a procedure: what it is, how long, how much, how to file, which papers.
//!
//! The checklist names as many papers as there is room for, each by its beginning; where that is not all
//! it says on which page the full list stands.

use motcua_show::procedure::Procedure;

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page};
use crate::parts::{self, Arrangement as QrArrangement, QrPart};
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::filled;

use super::answers::{self, Answer};
use super::checklist;
use super::facts::{Arrangement, Fact, Facts};
use super::flow::number_stands_on_top;
use super::sections::{Field, one_line};
use super::shorten::shortened;
use super::source::clean;

/// Sizes of the headline, largest first.
const SIZES: [f32; 5] = [104.0, 92.0, 84.0, 72.0, 60.0];
/// Lines that a headline takes at most where a smaller size would take fewer.
const LINES: usize = 2;
/// The page that stands for every other while the pages are not counted: the widest of its kind.
const ANY_PAGE: usize = 888;
/// Room left for a reference to the papers, where the page has no more.
const LEAST_CHECKLIST: f32 = 92.0;
/// Room left for the beginning of the checklist, where the headline can give it.
const CHECKLIST: f32 = 210.0;

/// The upper part of the page, which decides whether the official name is said whole.
pub(super) struct Head {
    elements: Vec<Element>,
    /// Where headline and checklist stand.
    column: Rect,
    /// Where the facts stand.
    facts: Rect,
    arrangement: Arrangement,
    /// Lower edge of the QR card where it stands beside the facts.
    qr_bottom: f32,
    /// Whether the headline is only the beginning of the name.
    pub is_cut: bool,
}

/// Sets eyebrow, headline and QR card.
pub(super) fn head(typesetter: &mut Typesetter, scene: &Scene<'_>, procedure: &Procedure) -> Head {
    let body = scene.body();
    let mut elements = Vec::new();
    let qr = qr(typesetter, scene, procedure);
    let column = match &qr {
        Some(_) if !scene.is_portrait() => parts::columns(body).0,
        _ => Rect { height: body.height - foot(scene), ..body },
    };
    let eyebrow_width = if number_stands_on_top(scene) { column.width - 260.0 } else { column.width };
    let field = shortened(typesetter, &one_line(&clean(&procedure.field)), Style::label(), eyebrow_width * 0.9, 1);
    let place = Rect { width: eyebrow_width, ..column };
    let top = parts::eyebrow(typesetter, &text_of(&field.block), &particulars(scene, procedure), place, &mut elements)
        + parts::AFTER_EYEBROW;

    let is_beside = scene.is_portrait() && qr.is_some();
    let facts_width = if is_beside { parts::columns(body).0.width } else { column.width };
    let arrangement = if scene.is_portrait() { Arrangement::Stack } else { Arrangement::Row };
    let provisional = facts(scene, procedure, |_| Some(ANY_PAGE));
    let most = column.bottom() - top - 2.0 * Style::headline(60.0).leading - parts::AFTER_HEADLINE;
    let facts = Facts::new(typesetter, provisional, facts_width, most, arrangement);
    let beside = qr.as_ref().filter(|_| is_beside).map_or(0.0, QrPart::height);
    let room = column.bottom() - top - parts::AFTER_HEADLINE - facts.height.max(beside);

    let name = one_line(&clean(procedure.headline()));
    let (headline, is_cut) = headline(typesetter, &name, column.width, room);
    headline.place(column.x, top, &mut elements);
    let y = top + headline.height + parts::AFTER_HEADLINE;
    let mut qr_bottom = y;
    if let Some(qr) = &qr {
        let side = parts::columns(body).1;
        let qr_top = if is_beside { y } else { side.y };
        qr.place(side.x, qr_top, &mut elements);
        qr_bottom = qr_top + qr.height();
    }
    let facts = Rect::new(column.x, y, facts_width, facts.height);
    Head { elements, column, facts, arrangement, qr_bottom: if is_beside { qr_bottom } else { y }, is_cut }
}

/// The page, `head` completed; `page_of` says on which page a field stands.
pub(super) fn page(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    head: Head,
    page_of: impl Fn(Field) -> Option<usize>,
) -> Page {
    let mut elements = head.elements;
    let answers = facts(scene, procedure, &page_of);
    let facts = Facts::new(typesetter, answers, head.facts.width, head.facts.height + 0.5, head.arrangement);
    facts.place(head.facts.x, head.facts.y, &mut elements);
    let y = (head.facts.y + facts.height).max(head.qr_bottom) + 28.0;
    let area = Rect { y, height: head.column.bottom() - y, ..head.column };
    checklist::place(typesetter, scene, procedure, area, page_of(Field::Papers), &mut elements);
    parts::page(elements)
}

fn foot(scene: &Scene<'_>) -> f32 {
    if number_stands_on_top(scene) { 0.0 } else { parts::page_number_height() }
}

/// The card with which to file online, where there is room for one.
fn qr(typesetter: &mut Typesetter, scene: &Scene<'_>, procedure: &Procedure) -> Option<QrPart> {
    let link = procedure.online.as_deref().filter(|link| !link.trim().is_empty())?;
    let side = parts::columns(scene.body()).1;
    let qr = QrPart::new(typesetter, link, &scene.words.scan_to_file, QrArrangement::Below, side.width);
    (qr.height() + parts::page_number_height() <= scene.body().height).then_some(qr)
}

/// "Cấp xã", "1.001193".
fn particulars(scene: &Scene<'_>, procedure: &Procedure) -> Vec<String> {
    let levels: Vec<&str> = procedure.level.iter().map(|level| level.trim()).filter(|level| !level.is_empty()).collect();
    let levels = levels.join(", ");
    let level = if levels.is_empty() || levels.chars().next().is_some_and(char::is_uppercase) {
        levels
    } else {
        filled(&scene.words.level_of, &[&levels])
    };
    [level, clean(&procedure.code)].into_iter().filter(|text| !text.is_empty()).collect()
}

fn facts(scene: &Scene<'_>, procedure: &Procedure, page_of: impl Fn(Field) -> Option<usize>) -> Vec<Fact> {
    let words = scene.words;
    let fact = |label: &str, answer: Answer, field: Field| Fact {
        label: label.to_owned(),
        answer,
        elsewhere: page_of(field).map_or_else(
            || words.not_stated.clone(),
            |page| filled(&words.see_page, &[&page.to_string()]),
        ),
    };
    vec![
        fact(&words.time_limit, answers::time_limit(procedure, words), Field::TimeLimit),
        fact(&words.fee, answers::fee(procedure, words), Field::Fee),
        fact(&words.ways_short, answers::ways(procedure, words), Field::Ways),
    ]
}

/// The largest headline that leaves room for the checklist, else for a reference to it, else its beginning.
fn headline(typesetter: &mut Typesetter, name: &str, width: f32, room: f32) -> (Block, bool) {
    for reserved in [CHECKLIST, LEAST_CHECKLIST] {
        for size in SIZES {
            let block = typesetter.block(name, Style::headline(size), width);
            let is_short = block.lines.len() <= LINES || size <= SIZES[3];
            if is_short && block.height <= room - reserved {
                return (block, false);
            }
        }
    }
    let style = Style::headline(SIZES[4]);
    let lines = ((room - LEAST_CHECKLIST) / style.leading).max(1.0) as usize;
    let beginning = shortened(typesetter, name, style, width, lines);
    (beginning.block, beginning.is_cut)
}

fn text_of(block: &Block) -> String {
    let runs = block.lines.iter().flat_map(|line| &line.runs);
    runs.map(|run| run.text.as_str()).collect()
}
