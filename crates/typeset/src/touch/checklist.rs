//! Papers to tick, and the paragraphs of every other field.

use motcua_show::Procedure;
use motcua_show::visit::Press;

use super::draft::{BUTTON_HEIGHT, Draft, Look, RADIUS, literal};
use super::sizes::Sizes;
use super::{Scene, Target, TargetKind};
use crate::geometry::Rect;
use crate::kinds::procedure::clean;
use crate::kinds::procedure::papers::of_paper;
use crate::kinds::procedure::sections::{Marker, Part, Tone, one_line};
use crate::page::{Element, Role};
use crate::words::filled;

/// Side of a box to tick, width of its stroke, and space beside it.
const BOX: f32 = 48.0;
const STROKE: f32 = 4.0;
const AFTER_BOX: f32 = 24.0;
/// Indentation of one step, and of the text after a sign.
const STEP: f32 = 36.0;
const SIGN: f32 = 44.0;
/// Space between paragraphs.
const BETWEEN: f32 = 10.0;
/// The least height of what is ticked.
const ROW: f32 = 80.0;

/// Sets the papers with their boxes, then the forms; says where they end.
pub(super) fn set(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    code: &str,
    procedure: &Procedure,
    sizes: Sizes,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let words = scene.words;
    let mut y = y;
    let count: usize = procedure.cases.iter().map(|case| case.papers.len()).sum();
    if count == 0 {
        y += draft.text(&words.not_stated, sizes.body(), x, y, width) + BETWEEN;
    } else {
        y += draft.text(&words.tick_what_you_have, sizes.note(), x, y, width);
        let cases = procedure
            .cases
            .iter()
            .filter(|case| !case.papers.is_empty());
        if cases.count() > 1 {
            y += draft.text(&words.one_case_only, sizes.note(), x, y, width);
        }
        y += BETWEEN;
    }
    let ticked = scene.visit.checklist(code);
    let mut number = 0;
    for case in &procedure.cases {
        if let Some(title) = case_title(case, scene) {
            y += 14.0;
            y += draft.plain(&title, sizes.head(), x, y, width) + 6.0;
        }
        for paper in &case.papers {
            let parts = of_paper(paper, words);
            y = tick(
                draft,
                &parts,
                number,
                ticked.has(number),
                sizes,
                (x, y),
                width,
            );
            number += 1;
        }
    }
    forms(draft, scene, procedure, sizes, (x, y), width)
}

fn case_title(case: &motcua_show::procedure::Case, scene: &Scene<'_>) -> Option<String> {
    let sets = case
        .sets
        .map(|sets| filled(&scene.words.sets, &[&sets.to_string()]));
    let title = case
        .title
        .as_deref()
        .map(|title| one_line(&clean(title)))
        .filter(|title| !title.is_empty());
    match (title, sets) {
        (Some(title), Some(sets)) => Some(format!("{title} ({sets})")),
        (title, sets) => title.or(sets),
    }
}

/// A paper with its box, which the whole row turns.
fn tick(
    draft: &mut Draft<'_>,
    parts: &[Part],
    number: usize,
    is_ticked: bool,
    sizes: Sizes,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let indent = BOX + AFTER_BOX;
    let top = y + BETWEEN;
    let mut bottom = top;
    for part in parts {
        let style = match part.tone {
            Tone::Detail => sizes.note(),
            _ => sizes.body(),
        };
        let step = f32::from(part.level) * STEP;
        let left = x + indent + step;
        let text = match &part.marker {
            Marker::Sign(sign) => format!("{sign} {}", part.text),
            _ => part.text.clone(),
        };
        bottom += draft.plain(&text, style, left, bottom, width - indent - step);
    }
    let height = (bottom + BETWEEN - y).max(ROW);
    let first_line = sizes.body().leading;
    let square = Rect::new(x, top + (first_line - BOX) / 2.0, BOX, BOX);
    let (fill, edge) = if is_ticked {
        (Role::Text, Role::Text)
    } else {
        (Role::Card, Role::Text)
    };
    draft.elements.push(Element::Outline {
        rect: square,
        stroke: STROKE,
        role: edge,
        fill: Some(fill),
        radius: 8.0,
    });
    if is_ticked {
        let points = [(0.22, 0.54), (0.42, 0.74), (0.78, 0.28)];
        draft.elements.push(Element::Polyline {
            points: points
                .into_iter()
                .map(|(across, down)| (square.x + across * BOX, square.y + down * BOX))
                .collect(),
            stroke: 7.0,
            role: Role::Card,
        });
    }
    let label = parts
        .first()
        .map_or_else(String::new, |part| part.text.clone());
    draft.targets.push(Target {
        rect: Rect::new(x - 12.0, y, width + 24.0, height),
        press: Press::Paper(number),
        label,
        kind: TargetKind::Tick(is_ticked),
        radius: RADIUS,
    });
    draft.fill(Rect::new(x, y + height - 2.0, width, 2.0), Role::Line, 0.0);
    y + height
}

/// The forms, directly after the papers; those that the office has can be opened.
fn forms(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    procedure: &Procedure,
    sizes: Sizes,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    if procedure.forms.is_empty() {
        return y;
    }
    let mut y = y + 28.0;
    let head = sizes.head().coloured(Role::Accent);
    y += draft.text(&scene.words.forms, head, x, y, width) + BETWEEN;
    for (number, form) in procedure.forms.iter().enumerate() {
        let name = one_line(&clean(&form.name));
        if form.source.is_none() {
            y += draft.plain(&format!("– {name}"), sizes.body(), x, y, width) + BETWEEN;
            continue;
        }
        let label = &scene.words.form_opens;
        let button = draft.button_width(label);
        let block = draft
            .typesetter
            .block(&literal(&name), sizes.body(), width - button - 32.0);
        let height = block.height.max(BUTTON_HEIGHT);
        block.place(x, y + (height - block.height) / 2.0, &mut draft.elements);
        let rect = Rect::new(
            x + width - button,
            y + (height - BUTTON_HEIGHT) / 2.0,
            button,
            BUTTON_HEIGHT,
        );
        draft.button(
            rect,
            label,
            Look::Plain,
            Press::Form(number),
            TargetKind::Button,
        );
        y += height + BETWEEN;
    }
    y
}

/// Sets the paragraphs of a field; says where they end.
pub(super) fn parts(
    draft: &mut Draft<'_>,
    parts: &[Part],
    sizes: Sizes,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let mut y = y;
    for part in parts {
        let style = match part.tone {
            Tone::Heading => sizes.head(),
            Tone::Detail => sizes.note(),
            Tone::Plain => sizes.body(),
        };
        let mut left = x + f32::from(part.level) * STEP;
        if part.tone == Tone::Heading {
            y += BETWEEN;
        }
        if let Marker::Sign(sign) = &part.marker {
            let sign = draft.typesetter.literal_line(sign, style);
            sign.place(left, y, &mut draft.elements);
            left += SIGN.max(sign.width + 14.0);
        }
        y += draft.plain(&part.text, style, left, y, x + width - left) + BETWEEN;
    }
    y
}
