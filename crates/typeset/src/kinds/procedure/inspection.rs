//! The small code for inspectors: it leads to what the server can prove of this posting.
//!
//! It is for who stands in front of the screen with a telephone in the hand, and must not be taken for the code that
//! visitors scan: it stands on a further page, in the lower left corner, where that is free, else on a page of its own.

use motcua_show::Procedure;

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role, Surround};
use crate::parts::running_head;
use crate::style::Style;
use crate::typesetter::Typesetter;

/// The side of the code with its quiet zone: 80 mm on a screen of 43 inches, which a telephone reads from half a metre.
const SIDE: f32 = 160.0;
/// Between the code and what it is for.
const GAP: f32 = 24.0;
/// What must stay free around it.
const AROUND: f32 = 16.0;
/// What the page number takes at the right.
const NUMBER: f32 = 280.0;
/// Under the headline of a page of its own.
const UNDER_HEAD: f32 = 40.0;

/// Puts the code on one of the pages, where the screen has a server that proves.
pub(super) fn add(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    procedure: &Procedure,
    pages: &mut Vec<Page>,
) {
    let Some(prefix) = &scene.context.inspection else {
        return;
    };
    let body = scene.body();
    let link = format!("{prefix}/{}", procedure.base_code());
    let width = body.width - SIDE - GAP - NUMBER;
    let purpose = typesetter.block(&scene.words.inspection, Style::small(), width);
    let widest = purpose
        .lines
        .iter()
        .map(crate::block::Line::width)
        .fold(0.0, f32::max);
    let height = SIDE.max(purpose.height);
    let room = Rect::new(body.x, body.bottom() - height, SIDE + GAP + widest, height);
    let free = pages
        .iter_mut()
        .skip(1)
        .rev()
        .find(|page| is_free(page, room));
    match free {
        Some(page) => place(&link, &purpose, room, &mut page.elements),
        None => {
            let head = running_head(typesetter, procedure.headline(), body.width);
            let mut elements = Vec::new();
            head.place(body.x, body.y, &mut elements);
            let y = body.y + head.height + UNDER_HEAD;
            place(&link, &purpose, Rect { y, ..room }, &mut elements);
            pages.push(Page {
                elements,
                characters: scene.words.inspection.chars().count(),
                surround: Surround::Frame,
                media_page: 0,
                links: Vec::new(),
            });
        }
    }
}

fn place(link: &str, purpose: &Block, room: Rect, out: &mut Vec<Element>) {
    let rect = Rect::new(room.x, room.y + (room.height - SIDE) / 2.0, SIDE, SIDE);
    out.push(Element::Fill {
        rect,
        role: Role::Paper,
        radius: 0.0,
    });
    out.push(Element::Qr {
        rect,
        content: link.to_owned(),
    });
    let y = room.y + (room.height - purpose.height) / 2.0;
    purpose.place(room.x + SIDE + GAP, y, out);
}

/// Whether nothing of the page lies in the room, or close to it.
fn is_free(page: &Page, room: Rect) -> bool {
    let room = Rect::new(
        room.x - AROUND,
        room.y - AROUND,
        room.width + 2.0 * AROUND,
        room.height + AROUND,
    );
    page.elements.iter().all(|element| {
        let rect = match element {
            Element::Text(run) => run.rect,
            Element::Fill { rect, .. }
            | Element::Outline { rect, .. }
            | Element::Qr { rect, .. }
            | Element::Media { rect, .. } => *rect,
            Element::Polyline { points, .. } => around(points),
        };
        !rect.overlaps(&room, 0.0)
    })
}

fn around(points: &[(f32, f32)]) -> Rect {
    let least = |of: fn(&(f32, f32)) -> f32| points.iter().map(of).fold(f32::MAX, f32::min);
    let most = |of: fn(&(f32, f32)) -> f32| points.iter().map(of).fold(f32::MIN, f32::max);
    let (x, y) = (least(|point| point.0), least(|point| point.1));
    Rect::new(x, y, most(|point| point.0) - x, most(|point| point.1) - y)
}
