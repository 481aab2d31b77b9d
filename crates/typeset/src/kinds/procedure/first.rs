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
use super::flow::{HEADLINE_SLACK, number_stands_on_top};
use super::sections::{Field, one_line};
use super::shorten::shortened;
use super::source::clean;

/// Sizes of the headline, largest first.
const SIZES: [f32; 5] = [104.0, 92.0, 84.0, 72.0, 60.0];
/// Lines that a headline takes at most where a smaller size would take fewer.
const LINES: usize = 2;
/// The page that stands for every other while the pages are not counted: the widest of two figures.
const ANY_PAGE: usize = 88;
/// Room left for a reference to the papers, where the page has no more.
const LEAST_CHECKLIST: f32 = 92.0;
/// Room left for the checklist, and the least headline that makes way for so much of it.
const ROOM_BELOW: [(f32, f32); 3] = [(280.0, 72.0), (210.0, 60.0), (LEAST_CHECKLIST, 60.0)];
/// Width that facts need beside a QR card.
const LEAST_FACTS: f32 = 400.0;
/// Space between a QR card and where else it can be handed in.
const UNDER_QR: f32 = 24.0;
/// Space above a QR card at the foot.
const BEFORE_QR: f32 = 40.0;
/// Height that the page needs above such a card.
const LEAST_ABOVE_QR: f32 = 640.0;

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
    /// Where it is handed in, and how far down, where that stands under the QR card.
    receive_at: Option<(Block, f32)>,
    /// Whether the headline is only the beginning of the name.
    pub is_cut: bool,
}

/// The page with the QR card alone, for screens on which the first has no room for it.
pub(super) fn filing_page(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
) -> Option<Page> {
    if qr(typesetter, scene, procedure).is_some() {
        return None;
    }
    let link = procedure
        .online
        .as_deref()
        .filter(|link| !link.trim().is_empty())?;
    let body = scene.body();
    let arrangement = QrArrangement::Beside;
    let qr = QrPart::new(
        typesetter,
        link,
        &scene.words.scan_to_file,
        arrangement,
        body.width.min(body.height * 1.8),
    );
    let mut elements = Vec::new();
    qr.place(body.x, body.y, &mut elements);
    Some(parts::page(elements))
}

/// Sets eyebrow, headline and QR card.
pub(super) fn head(typesetter: &mut Typesetter, scene: &Scene<'_>, procedure: &Procedure) -> Head {
    let body = scene.body();
    let mut elements = Vec::new();
    let qr = qr(typesetter, scene, procedure);
    let above_number = Rect {
        height: body.height - parts::page_number_height(),
        ..body
    };
    let column = match &qr {
        Some((_, QrPlace::Side)) => parts::columns(body).0,
        Some((qr, QrPlace::Foot)) => Rect {
            height: above_number.height - qr.height() - BEFORE_QR,
            ..body
        },
        Some((_, QrPlace::BesideFacts)) | None => above_number,
    };
    // In a low body level and code must have room beside it.
    let field_width = column.width
        * if number_stands_on_top(scene) {
            0.5
        } else {
            0.9
        };
    let field = shortened(
        typesetter,
        &one_line(&clean(&procedure.field)),
        Style::label(),
        field_width,
        1,
    );
    let top = parts::eyebrow(
        typesetter,
        &text_of(&field.block),
        &particulars(scene, procedure),
        column,
        &mut elements,
    ) + parts::AFTER_EYEBROW;

    let is_beside = matches!(qr, Some((_, QrPlace::BesideFacts)));
    let facts_width = if is_beside {
        parts::columns(body).0.width
    } else {
        column.width
    };
    let arrangement = if scene.is_portrait() {
        Arrangement::Stack
    } else {
        Arrangement::Row
    };
    let provisional = facts(scene, procedure, |_| Some(ANY_PAGE));
    let lines = if number_stands_on_top(scene) {
        1.0
    } else {
        LINES as f32
    };
    let most =
        column.bottom() - top - lines * Style::headline(SIZES[4]).leading - parts::AFTER_HEADLINE;
    let facts = Facts::new(typesetter, provisional, facts_width, most, arrangement);
    let beside = qr
        .as_ref()
        .filter(|_| is_beside)
        .map_or(0.0, |(qr, _)| qr.height());
    let room = column.bottom() - top - parts::AFTER_HEADLINE - facts.height.max(beside);

    let name = one_line(&clean(procedure.headline()));
    let (headline, is_cut) = headline(typesetter, &name, column.width - HEADLINE_SLACK, room);
    headline.place(column.x, top, &mut elements);
    let y = top + headline.height + parts::AFTER_HEADLINE;
    let mut qr_bottom = y;
    if let Some((qr, place)) = &qr {
        let side = parts::columns(body).1;
        let (qr_x, qr_y) = match place {
            QrPlace::Side => (side.x, side.y),
            QrPlace::BesideFacts => (side.x, y),
            QrPlace::Foot => (body.x, above_number.bottom() - qr.height()),
        };
        qr.place(qr_x, qr_y, &mut elements);
        if is_beside {
            qr_bottom = y + qr.height();
        }
    }
    let facts = Rect::new(column.x, y, facts_width, facts.height);
    let receive_at = match &qr {
        Some((qr, QrPlace::Side)) => under_qr(typesetter, scene, procedure, body.y + qr.height()),
        _ => None,
    };
    Head {
        elements,
        column,
        facts,
        arrangement,
        qr_bottom,
        receive_at,
        is_cut,
    }
}

/// Where it is handed in, under the QR card, if there is room above the page number.
fn under_qr(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    y: f32,
) -> Option<(Block, f32)> {
    let body = scene.body();
    let place = checklist::receive_at(typesetter, scene, procedure, parts::columns(body).1.width);
    let y = y + UNDER_QR;
    let fits = y + place.height <= body.bottom() - parts::page_number_height();
    (!place.is_empty() && fits).then_some((place, y))
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
    let facts = Facts::new(
        typesetter,
        answers,
        head.facts.width,
        head.facts.height + 0.5,
        head.arrangement,
    );
    facts.place(head.facts.x, head.facts.y, &mut elements);
    let y = (head.facts.y + facts.height).max(head.qr_bottom) + 28.0;
    let area = Rect {
        y,
        height: head.column.bottom() - y,
        ..head.column
    };
    if let Some((place, y)) = &head.receive_at {
        place.place(parts::columns(scene.body()).1.x, *y, &mut elements);
    }
    let receive_at = match head.receive_at {
        Some(_) => Block::default(),
        None => checklist::receive_at(typesetter, scene, procedure, area.width),
    };
    checklist::place(
        typesetter,
        scene,
        procedure,
        receive_at,
        area,
        page_of(Field::Papers),
        &mut elements,
    );
    parts::page(elements)
}

/// Where the QR card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QrPlace {
    /// In a column of its own at the right.
    Side,
    /// Right of the facts, upright.
    BesideFacts,
    /// Under everything, on an upright screen too narrow for both.
    Foot,
}

/// The card with which to file online, where there is room for one.
fn qr(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
) -> Option<(QrPart, QrPlace)> {
    let link = procedure
        .online
        .as_deref()
        .filter(|link| !link.trim().is_empty())?;
    let body = scene.body();
    if number_stands_on_top(scene) {
        return None;
    }
    let (text, side) = parts::columns(body);
    let purpose = &scene.words.scan_to_file;
    if scene.is_portrait() && text.width < LEAST_FACTS {
        let qr = QrPart::new(typesetter, link, purpose, QrArrangement::Beside, body.width);
        let left = body.height - qr.height() - BEFORE_QR - parts::page_number_height();
        return (left >= LEAST_ABOVE_QR).then_some((qr, QrPlace::Foot));
    }
    let qr = QrPart::new(typesetter, link, purpose, QrArrangement::Below, side.width);
    let place = if scene.is_portrait() {
        QrPlace::BesideFacts
    } else {
        QrPlace::Side
    };
    (qr.height() + parts::page_number_height() <= body.height).then_some((qr, place))
}

/// "Cấp xã", "1.001193".
fn particulars(scene: &Scene<'_>, procedure: &Procedure) -> Vec<String> {
    let levels: Vec<&str> = procedure
        .level
        .iter()
        .map(|level| level.trim())
        .filter(|level| !level.is_empty())
        .collect();
    let levels = levels.join(", ");
    let level = if levels.is_empty() || levels.chars().next().is_some_and(char::is_uppercase) {
        levels
    } else {
        filled(&scene.words.level_of, &[&levels])
    };
    [level, clean(&procedure.code)]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect()
}

fn facts(
    scene: &Scene<'_>,
    procedure: &Procedure,
    page_of: impl Fn(Field) -> Option<usize>,
) -> Vec<Fact> {
    let words = scene.words;
    let fact = |label: &str, answer: Answer, field: Field| Fact {
        label: label.to_owned(),
        answer,
        elsewhere: page_of(field).map_or_else(
            || "–".to_owned(),
            |page| filled(&words.see_page, &[&page.to_string()]),
        ),
    };
    vec![
        fact(
            &words.time_limit,
            answers::time_limit(procedure, words),
            Field::TimeLimit,
        ),
        fact(&words.fee, answers::fee(procedure, words), Field::Fee),
        fact(
            &words.ways_short,
            answers::ways(procedure, words),
            Field::Ways,
        ),
    ]
}

/// The largest headline that leaves room for the checklist, else for a reference to it, else its beginning.
fn headline(typesetter: &mut Typesetter, name: &str, width: f32, room: f32) -> (Block, bool) {
    for (reserved, least) in ROOM_BELOW {
        for size in SIZES.into_iter().filter(|&size| size >= least) {
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
