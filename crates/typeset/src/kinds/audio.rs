//! Spoken announcements: what is said, large, beside a mark of sound.

use motcua_show::item::Media;

use super::article::Article;
use crate::block::Block;
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Sizes of what is said.
const SIZES: &[f32] = &[116.0, 104.0, 92.0, 84.0, 72.0];
/// Lines of what is said, beyond which a size is too large.
const LINES: usize = 5;
/// Heights of the bars of the mark, as parts of its own height: a voice that rises and falls.
const BARS: &[f32] = &[0.22, 0.5, 0.86, 0.6, 1.0, 0.44, 0.68, 0.3];
/// Height of the mark.
const MARK_HEIGHT: f32 = 320.0;
/// How far the mark beside what is said stands below the top.
const MARK_DROP: f32 = 60.0;
/// Space between what is said and the mark under it.
const BEFORE_MARK: f32 = 96.0;

/// The page of a spoken announcement, more where what is said is long.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    let body = scene.body();
    let caption = scene
        .optional(media.caption.as_ref())
        .unwrap_or(&scene.words.loudspeaker);
    let mut elements = Vec::new();
    let top = parts::eyebrow(
        typesetter,
        &scene.words.loudspeaker,
        &[],
        body,
        &mut elements,
    ) + parts::AFTER_EYEBROW;
    let height = body.bottom() - top;
    let (width, below) = if scene.is_portrait() {
        (body.width, BEFORE_MARK + MARK_HEIGHT)
    } else {
        (parts::columns(body).0.width, 0.0)
    };
    if let Some(said) = large(typesetter, caption, width, height - below) {
        let (x, y) = if scene.is_portrait() {
            (body.x, top + said.height + BEFORE_MARK)
        } else {
            (parts::columns(body).1.x, body.y + MARK_DROP)
        };
        said.place(body.x, top, &mut elements);
        mark(
            Rect::new(x, y, parts::columns(body).1.width, MARK_HEIGHT.min(height)),
            &mut elements,
        );
        return vec![parts::page(elements)];
    }
    // What is said matters more than the mark.
    if let Some(said) = large(typesetter, caption, body.width, height) {
        said.place(body.x, top, &mut elements);
        return vec![parts::page(elements)];
    }
    Article {
        label: &scene.words.loudspeaker,
        body: caption,
        ..Article::default()
    }
    .pages(typesetter, scene)
}

fn large(typesetter: &mut Typesetter, text: &str, width: f32, height: f32) -> Option<Block> {
    SIZES
        .iter()
        .map(|&size| typesetter.block(text, Style::headline(size), width))
        .find(|block| block.height <= height && block.lines.len() <= LINES)
}

/// Bars of different heights around a middle line.
fn mark(place: Rect, out: &mut Vec<Element>) {
    let pitch = place.width / (BARS.len() as f32 - 0.5);
    let width = pitch * 0.5;
    for (index, part) in BARS.iter().enumerate() {
        let height = place.height * part;
        let x = place.x + index as f32 * pitch;
        let y = place.y + (place.height - height) / 2.0;
        out.push(Element::Fill {
            rect: Rect::new(x, y, width, height),
            role: Role::Accent,
            radius: width / 2.0,
        });
    }
}
