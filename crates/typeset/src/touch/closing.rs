//! Where to praise and complain, how satisfied a visitor is, and thanks.

use motcua_show::visit::{Press, Satisfaction};

use super::bars;
use super::draft::{Draft, RADIUS};
use super::sizes::Sizes;
use super::{Panel, Part, Scene, TargetKind};
use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role};
use crate::typesetter::Typesetter;

/// The national portal for reflections and proposals of citizens (Decree 20/2008/NĐ-CP, Article 8 and what
/// amends it).
const FEEDBACK: &str = "https://dichvucong.gov.vn/p/phananhkiennghi/pakn-gui-pakn.html";
/// Side of a QR code.
const QR: f32 = 380.0;
/// Space between the faces.
const GAP: f32 = 20.0;
/// Radius of a face.
const FACE: f32 = 80.0;
/// Width of its lines.
const STROKE: f32 = 8.0;

pub(super) fn feedback(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let words = scene.words;
    let show = scene.visit.catalogue().show();
    let language = scene.visit.options().language;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(place.width);
    let width = place.width - 2.0 * margin;
    let is_wide = width > 1200.0;
    let column = if is_wide { width - QR - 80.0 } else { width };
    let mut draft = Draft::new(typesetter);
    let mut y = 24.0;
    y += draft.text(&words.feedback_title, sizes.title(), margin, y, column) + 24.0;
    if let Some(number) = &show.hotline {
        y += draft.text(&words.feedback_call, sizes.note(), margin, y, column);
        let figure = sizes.title().coloured(Role::Accent);
        y += draft.text(number, figure, margin, y, column) + 24.0;
    }
    if let Some(address) = &show.feedback {
        y += draft.text(&words.feedback_visit, sizes.note(), margin, y, column);
        y += draft.text(address.best(language), sizes.head(), margin, y, column) + 24.0;
    }
    let (qr_x, qr_y) = if is_wide {
        (place.width - margin - QR, 24.0)
    } else {
        (margin, y)
    };
    let end = qr(
        &mut draft,
        FEEDBACK,
        &words.feedback_online,
        sizes,
        qr_x,
        qr_y,
        QR,
    );
    draft.finish(
        Part::Main,
        place,
        Role::Surface,
        y.max(end) + 16.0,
        &"feedback",
    )
}

/// Sets a QR code with what it is for below it; says where that ends.
pub(super) fn qr(
    draft: &mut Draft<'_>,
    content: &str,
    purpose: &str,
    sizes: Sizes,
    x: f32,
    y: f32,
    side: f32,
) -> f32 {
    let rect = Rect::new(x, y, side, side);
    draft.outline(rect, Role::Edge, Role::Paper, RADIUS);
    draft.elements.push(Element::Qr {
        rect: Rect::new(x + 6.0, y + 6.0, side - 12.0, side - 12.0),
        content: content.to_owned(),
    });
    let style = sizes.note().coloured(Role::Text);
    let below = y + side + 10.0;
    below + draft.text(purpose, style, x, below, side)
}

pub(super) fn rating(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let words = scene.words;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(place.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    let mut y = 32.0;
    y += draft.text(&words.are_you_satisfied, sizes.title(), margin, y, width) + 8.0;
    y += draft.text(
        &words.rating_is_anonymous,
        sizes.body().coloured(Role::Muted),
        margin,
        y,
        width,
    ) + 32.0;
    let names = [
        &words.rate_1,
        &words.rate_2,
        &words.rate_3,
        &words.rate_4,
        &words.rate_5,
    ];
    // The best first, as people read and as they hope.
    let faces: Vec<_> = Satisfaction::ALL.into_iter().zip(names).rev().collect();
    let is_upright = width < 1200.0;
    let columns = if is_upright { 1 } else { faces.len() };
    let tile_width = (width - GAP * (columns - 1) as f32) / columns as f32;
    let text_width = if is_upright {
        tile_width - 2.0 * FACE - 92.0
    } else {
        tile_width - 24.0
    };
    // All in one size: the largest in which no word is broken.
    let whole = |part: &f32| {
        let style = sizes.head().at(sizes.head().size * part);
        let mut names = faces.iter();
        names.all(|(_, name)| draft.has_whole_words(name, style, text_width))
    };
    let part = [1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65]
        .into_iter()
        .find(whole);
    let style = sizes.head().at(sizes.head().size * part.unwrap_or(0.6));
    let blocks: Vec<Block> = faces
        .iter()
        .map(|(_, name)| draft.typesetter.block(name, style, text_width))
        .collect();
    let highest = blocks.iter().map(|block| block.height).fold(0.0, f32::max);
    let tile_height = if is_upright {
        (2.0 * FACE).max(highest) + 36.0
    } else {
        (2.0 * FACE + highest + 100.0).max(380.0)
    };
    for (index, ((step, name), block)) in faces.into_iter().zip(blocks).enumerate() {
        let x = margin + (index % columns) as f32 * (tile_width + GAP);
        let top = y + (index / columns) as f32 * (tile_height + GAP);
        let rect = Rect::new(x, top, tile_width, tile_height);
        draft.outline(rect, Role::Edge, Role::Card, RADIUS);
        if is_upright {
            face(&mut draft, step, x + FACE + 36.0, top + tile_height / 2.0);
            let left = x + 2.0 * FACE + 72.0;
            block.place(
                left,
                top + (tile_height - block.height) / 2.0,
                &mut draft.elements,
            );
        } else {
            face(&mut draft, step, x + tile_width / 2.0, top + FACE + 40.0);
            let words_at = Rect::new(
                x,
                top + 2.0 * FACE + 60.0,
                tile_width,
                tile_height - 2.0 * FACE - 80.0,
            );
            draft.centred(&block, words_at);
        }
        draft.target(rect, Press::Rate(step), name, TargetKind::Button);
    }
    let rows = 5_usize.div_ceil(columns) as f32;
    let end = y + rows * (tile_height + GAP);
    draft.finish(Part::Main, place, Role::Surface, end, &"rating")
}

/// A face: its mouth says what the word below says.
fn face(draft: &mut Draft<'_>, step: Satisfaction, x: f32, y: f32) {
    let circle = Rect::new(x - FACE, y - FACE, 2.0 * FACE, 2.0 * FACE);
    draft.elements.push(Element::Outline {
        rect: circle,
        stroke: STROKE,
        role: Role::Text,
        fill: Some(Role::Card),
        radius: FACE,
    });
    for side in [-1.0, 1.0] {
        let eye = Rect::new(x + side * FACE * 0.36 - 8.0, y - FACE * 0.32, 16.0, 16.0);
        draft.fill(eye, Role::Text, 8.0);
    }
    // A parabola through the corners of the mouth, bent down for the worst and up for the best.
    let bend = (f32::from(step.step()) - 3.0) * 0.17 * FACE;
    let points = (0..=12)
        .map(|part| {
            let across = part as f32 / 6.0 - 1.0;
            let mouth_x = x + across * FACE * 0.48;
            let mouth_y = y + FACE * 0.36 + bend * (0.5 - across * across);
            (mouth_x, mouth_y)
        })
        .collect();
    draft.elements.push(Element::Polyline {
        points,
        stroke: STROKE,
        role: Role::Text,
    });
}

pub(super) fn thanks(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let mut draft = Draft::new(typesetter);
    let width = place.width - 2.0 * bars::margin(place.width);
    let block = draft
        .typesetter
        .block(&scene.words.thank_you, sizes.title(), width);
    let area = Rect::new(0.0, 0.0, place.width, place.height);
    draft.centred(&block, area);
    draft.finish(Part::Main, place, Role::Surface, place.height, &"thanks")
}
