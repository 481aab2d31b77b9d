//! "Dân hỏi – Chính quyền trả lời": the question left, the answer right, the rule between; upright, one
//! over the other.
//!
//! A long answer goes on over further pages, with the question beside it on each.

use motcua_show::item::Question;

use super::article::Article;
use crate::block::Block;
use crate::context::Scene;
use crate::flow::Flow;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts::{self, Arrangement, QrPart};
use crate::style::{BODIES, Style, UPRIGHT_BODIES};
use crate::typesetter::Typesetter;

/// Sizes of the question where it stands in its own column.
const BESIDE: &[f32] = &[92.0, 84.0, 72.0, 60.0];
/// Sizes of the question where it stands over the answer.
const ABOVE: &[f32] = &[104.0, 92.0, 84.0, 72.0, 60.0];
/// Lines of the question that a larger size may take.
const QUESTION_LINES: usize = 4;
/// Lines of the answer that must have room under the question.
const LEAST_LINES: f32 = 4.0;
/// Width of the rule between question and answer.
const RULE: f32 = 8.0;
/// Space on either side of the rule.
const BESIDE_RULE: f32 = 52.0;
/// The question's part of the width.
const QUESTION_PART: f32 = 0.44;
/// Space between answer and who answered.
const BEFORE_BYLINE: f32 = 22.0;
/// Space above and below what stands under the question.
const AROUND: f32 = 44.0;

/// The pages of a question.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, question: &Question) -> Vec<Page> {
    if scene.is_portrait() {
        stacked(typesetter, scene, question)
    } else {
        side_by_side(typesetter, scene, question)
    }
}

/// Where a question is too long for a place of its own: question and answer as one text.
fn one_after_the_other(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    question: &Question,
) -> Vec<Page> {
    Article {
        label: &scene.words.question,
        headline: scene.text(&question.question),
        body: scene.text(&question.answer),
        byline: scene
            .optional(question.answered_by.as_ref())
            .unwrap_or_default()
            .to_owned(),
        link: question.link.as_deref(),
        purpose: scene
            .optional(question.link_purpose.as_ref())
            .unwrap_or_default(),
        ..Article::default()
    }
    .pages(typesetter, scene)
}

fn side_by_side(typesetter: &mut Typesetter, scene: &Scene<'_>, question: &Question) -> Vec<Page> {
    let body = scene.body();
    let mut eyebrow = Vec::new();
    let top =
        parts::eyebrow(typesetter, &scene.words.question, &[], body, &mut eyebrow) + AROUND * 0.5;
    let left = Rect::new(
        body.x,
        top,
        body.width * QUESTION_PART - BESIDE_RULE,
        body.bottom() - top,
    );
    let rule_x = left.right() + BESIDE_RULE;
    let answer_x = rule_x + RULE + BESIDE_RULE;
    let right = Rect::new(answer_x, top, body.right() - answer_x, body.bottom() - top);

    let qr = qr(typesetter, scene, question, left.width);
    let qr_room = qr.as_ref().map_or(0.0, |qr| qr.height() + AROUND);
    let asked = ask(
        typesetter,
        scene,
        question,
        BESIDE,
        left.width,
        left.height - qr_room,
    );
    let mut fixed = eyebrow;
    asked.place(left.x, top, &mut fixed);
    let mut left_bottom = top + asked.height;
    if asked.height + qr_room > left.height {
        return one_after_the_other(typesetter, scene, question);
    }
    if let Some(qr) = &qr {
        qr.place(left.x, body.bottom() - qr.height(), &mut fixed);
        left_bottom = body.bottom();
    }
    let room = right.height;
    let (answer, byline) = answer(typesetter, scene, question, right.width, room);
    let whole = answer.height + byline_room(&byline);
    if whole <= room {
        let bottom = left_bottom.max(top + whole);
        let mut elements = fixed;
        elements.push(rule(Rect::new(rule_x, top, RULE, bottom - top)));
        answer.place(right.x, top, &mut elements);
        byline.place(right.x, top + answer.height + BEFORE_BYLINE, &mut elements);
        return vec![parts::page(elements)];
    }
    let column = Rect {
        height: room - parts::page_number_height(),
        ..right
    };
    fixed.push(rule(Rect::new(rule_x, top, RULE, column.height)));
    over_pages(typesetter, scene, column, fixed, (answer, byline))
}

fn stacked(typesetter: &mut Typesetter, scene: &Scene<'_>, question: &Question) -> Vec<Page> {
    let body = scene.body();
    let mut fixed = Vec::new();
    let top = parts::eyebrow(typesetter, &scene.words.question, &[], body, &mut fixed)
        + parts::AFTER_EYEBROW;
    let mut bottom = body.bottom();
    if let Some(qr) = qr(typesetter, scene, question, body.width) {
        let y = bottom - parts::page_number_height() - qr.height();
        qr.place(body.x, y, &mut fixed);
        bottom = y - AROUND;
    }
    let asked = ask(
        typesetter,
        scene,
        question,
        ABOVE,
        body.width,
        (bottom - top) * 0.5,
    );
    asked.place(body.x, top, &mut fixed);
    let rule_y = top + asked.height + AROUND * 0.75;
    fixed.push(rule(Rect::new(body.x, rule_y, body.width, RULE)));
    let answer_y = rule_y + RULE + AROUND * 0.75;
    let column = Rect::new(body.x, answer_y, body.width, bottom - answer_y);
    if column.height < LEAST_LINES * Style::body().khmer_leading() {
        return one_after_the_other(typesetter, scene, question);
    }
    let (answer, byline) = answer(typesetter, scene, question, column.width, column.height);
    if answer.height + byline_room(&byline) <= column.height {
        let mut elements = fixed;
        answer.place(column.x, column.y, &mut elements);
        byline.place(
            column.x,
            column.y + answer.height + BEFORE_BYLINE,
            &mut elements,
        );
        return vec![parts::page(elements)];
    }
    let free = if question.link.is_some() {
        0.0
    } else {
        parts::page_number_height()
    };
    over_pages(
        typesetter,
        scene,
        Rect {
            height: column.height - free,
            ..column
        },
        fixed,
        (answer, byline),
    )
}

/// The answer over pages that all have `fixed`.
fn over_pages(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    column: Rect,
    fixed: Vec<Element>,
    (answer, byline): (Block, Block),
) -> Vec<Page> {
    let mut flow = Flow::new(column, fixed.clone(), column.y, move |elements| {
        elements.extend(fixed.iter().cloned());
        column.y
    });
    flow.block_before(answer, 0.0, byline_room(&byline));
    if !byline.is_empty() {
        flow.gap(BEFORE_BYLINE);
        flow.keep(byline.height);
        flow.block(byline, 0.0);
    }
    let mut pages = flow.finish();
    parts::number_pages(typesetter, scene, &mut pages);
    pages
}

/// The question in the largest size that takes few lines and leaves `height`.
fn ask(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    question: &Question,
    sizes: &[f32],
    width: f32,
    height: f32,
) -> Block {
    let text = scene.text(&question.question);
    let mut asked = Block::default();
    for &size in sizes {
        asked = typesetter.block(text, Style::headline(size), width);
        if asked.height <= height && asked.lines.len() <= QUESTION_LINES {
            break;
        }
    }
    asked
}

/// The answer in the largest size that fits with who answered.
fn answer(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    question: &Question,
    width: f32,
    height: f32,
) -> (Block, Block) {
    let byline = scene
        .optional(question.answered_by.as_ref())
        .unwrap_or_default();
    let byline = typesetter.block(byline, Style::label(), width);
    let room = height - byline_room(&byline);
    let sizes = if scene.is_portrait() {
        UPRIGHT_BODIES
    } else {
        BODIES
    };
    let answer = typesetter.fit(
        scene.text(&question.answer),
        sizes,
        Style::body(),
        width,
        room,
    );
    (answer, byline)
}

fn byline_room(byline: &Block) -> f32 {
    if byline.is_empty() {
        0.0
    } else {
        byline.height + BEFORE_BYLINE
    }
}

fn qr(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    question: &Question,
    width: f32,
) -> Option<QrPart> {
    let link = question.link.as_deref()?;
    let purpose = scene
        .optional(question.link_purpose.as_ref())
        .unwrap_or(&scene.words.scan);
    Some(QrPart::new(
        typesetter,
        link,
        purpose,
        Arrangement::Beside,
        width,
    ))
}

fn rule(rect: Rect) -> Element {
    Element::Fill {
        rect,
        role: Role::Accent,
        radius: 0.0,
    }
}
