//! Pictures and films: as large as the screen, with the caption on a plate; a picture of another shape
//! whole between header and bar, with the caption beside it; upright, across the width, with the caption
//! under it.

use motcua_show::item::Media;

use super::article::Article;
use crate::block::Block;
use crate::captions::LEAST_FILM;
use crate::context::Scene;
use crate::geometry::{MARGIN, PROGRESS, Rect};
use crate::page::{Element, Fit, Page, Role, Surround, Weight};
use crate::parts;
use crate::style::{Style, UPRIGHT_BODIES};
use crate::typesetter::Typesetter;

/// Shape of a picture or film of which nothing is known yet: 16:9.
const USUAL_SHAPE: f32 = 16.0 / 9.0;
/// Space between the plate's edge and its text, sideways.
const PLATE_SIDE: f32 = 40.0;
/// Space between the plate's edge and its text, above and below.
const PLATE_ABOVE: f32 = 20.0;
/// Space between the plate and the lower bar.
const PLATE_OVER_BAR: f32 = 40.0;
/// Width of the caption's text on its plate, beyond which it takes more lines.
const CAPTION_WIDTH: f32 = 1200.0;
/// Lines of a caption on its plate, beyond which the plate takes the whole width.
const CAPTION_LINES: usize = 2;
/// The most that a plate takes of the screen's height.
const PLATE_PART: f32 = 0.5;
/// The least part of an upright stage that is left for the picture.
const LEAST_PICTURE: f32 = 0.3;
/// Space between the picture and the caption under it.
const BEFORE_CAPTION: f32 = 48.0;
/// Sizes of a caption as a headline.
const HEADLINE_SIZES: &[f32] = &[92.0, 84.0, 72.0, 60.0];
/// Pictures narrower than this are not laid under the plates: 16:10 is nearly the screen's shape.
const PLATES_FROM_SHAPE: f32 = 1.58;
/// Least width of the column of a caption beside a picture, with the space between them.
const CAPTION_COLUMN: f32 = 460.0;
/// Lines of a caption beside a picture, beyond which it is body text.
const BESIDE_LINES: usize = 6;
/// Lines of a caption under the picture, beyond which it is body text.
const UPRIGHT_LINES: usize = 4;

/// How a page is laid out; none where the caption has no room.
type Layout = fn(&mut Typesetter, &Scene<'_>, Option<&str>, Fit) -> Option<Page>;

/// The page of a picture.
pub fn image(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    // What a picture of the screen's shape must not hide it leaves free under the plates; of any other
    // picture all is shown.
    let is_narrow = shape(scene) < PLATES_FROM_SHAPE;
    let layout = if scene.is_portrait() {
        upright
    } else if is_narrow {
        beside
    } else {
        filling
    };
    pages(typesetter, scene, media, Fit::OverBackdrop, layout)
}

/// The page of a film.
pub fn video(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    let layout = if scene.is_portrait() {
        upright
    } else {
        filling
    };
    pages(typesetter, scene, media, Fit::Contain, layout)
}

/// One page, or, where the caption has no room on it, the caption on pages of its own after it.
fn pages(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    media: &Media,
    fit: Fit,
    layout: Layout,
) -> Vec<Page> {
    let caption = scene.optional(media.caption.as_ref());
    if let Some(page) = layout(typesetter, scene, caption, fit) {
        return vec![page];
    }
    let alone = layout(typesetter, scene, None, fit);
    let after = Article {
        body: caption.unwrap_or_default(),
        ..Article::default()
    };
    alone
        .into_iter()
        .chain(after.pages(typesetter, scene))
        .collect()
}

/// Width by height of the picture or film.
fn shape(scene: &Scene<'_>) -> f32 {
    shape_of(scene.context.media_size)
}

/// Width by height of a picture or film of this size, where it is known.
pub(super) fn shape_of(size: Option<(u32, u32)>) -> f32 {
    size.filter(|(width, height)| *width > 0 && *height > 0)
        .map_or(USUAL_SHAPE, |(width, height)| width as f32 / height as f32)
}

fn beside(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    caption: Option<&str>,
    fit: Fit,
) -> Option<Page> {
    let stage = Rect {
        height: scene.frame.stage.height - PROGRESS,
        ..scene.frame.stage
    };
    let Some(caption) = caption else {
        return Some(parts::page(vec![Element::Media { rect: stage, fit }]));
    };
    let body = scene.body();
    let widest = stage.width - 2.0 * MARGIN - CAPTION_COLUMN;
    let width = (stage.height * shape(scene)).min(widest);
    let rect = Rect {
        x: stage.right() - width,
        width,
        ..stage
    };
    let column = Rect {
        width: rect.x - parts::GUTTER - body.x,
        ..body
    };
    let text = as_headline(
        typesetter,
        caption,
        column.width,
        column.height,
        BESIDE_LINES,
    );
    let mut elements = vec![Element::Media { rect, fit }];
    text.place(column.x, column.y, &mut elements);
    (text.height <= column.height).then(|| parts::page(elements))
}

fn filling(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    caption: Option<&str>,
    fit: Fit,
) -> Option<Page> {
    let viewport = scene.context.viewport;
    let rect = Rect::new(0.0, 0.0, viewport.width, viewport.height);
    let mut elements = vec![Element::Media { rect, fit }];
    if let Some(caption) = caption {
        let widest = viewport.width - 2.0 * (MARGIN + PLATE_SIDE);
        let text = on_plate(typesetter, caption, widest);
        let bottom = viewport.height - scene.frame.bar - PROGRESS - PLATE_OVER_BAR;
        let height = text.height + 2.0 * PLATE_ABOVE;
        if height > viewport.height * PLATE_PART {
            return None;
        }
        let plate = Rect::new(
            MARGIN,
            bottom - height,
            text.width + 2.0 * PLATE_SIDE,
            height,
        );
        elements.push(Element::Fill {
            rect: plate,
            role: Role::Card,
            radius: parts::RADIUS,
        });
        text.place(plate.x + PLATE_SIDE, plate.y + PLATE_ABOVE, &mut elements);
    }
    Some(Page {
        surround: Surround::Plates,
        ..parts::page(elements)
    })
}

fn on_plate(typesetter: &mut Typesetter, caption: &str, widest: f32) -> Block {
    let style = Style::body().weighing(Weight::SemiBold);
    let narrow = typesetter.block(caption, style, widest.min(CAPTION_WIDTH));
    if narrow.lines.len() <= CAPTION_LINES {
        narrow
    } else {
        typesetter.block(caption, style, widest)
    }
}

fn upright(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    caption: Option<&str>,
    fit: Fit,
) -> Option<Page> {
    let stage = Rect {
        height: scene.frame.stage.height - PROGRESS,
        ..scene.frame.stage
    };
    let Some(caption) = caption else {
        return Some(parts::page(vec![Element::Media { rect: stage, fit }]));
    };
    let body = scene.body();
    let by_shape = stage.width / shape(scene);
    let by_shape = match fit {
        // What is said in a film stands inside its place.
        Fit::Contain => by_shape.max(LEAST_FILM.1),
        Fit::OverBackdrop | Fit::Sheet => by_shape,
    };
    let under = (body.bottom() - stage.y - by_shape - BEFORE_CAPTION).max(stage.height * 0.2);
    let text = as_headline(typesetter, caption, body.width, under, UPRIGHT_LINES);
    let room = body.bottom() - stage.y - BEFORE_CAPTION - text.height;
    if room < by_shape.min(stage.height * LEAST_PICTURE) {
        return None;
    }
    let rect = Rect {
        height: by_shape.min(room),
        ..stage
    };
    let mut elements = vec![Element::Media { rect, fit }];
    text.place(body.x, rect.bottom() + BEFORE_CAPTION, &mut elements);
    Some(parts::page(elements))
}

/// A caption as a headline where it takes few lines, else as body text.
fn as_headline(
    typesetter: &mut Typesetter,
    caption: &str,
    width: f32,
    height: f32,
    lines: usize,
) -> Block {
    for &size in HEADLINE_SIZES {
        let headline = typesetter.block(caption, Style::headline(size), width);
        if headline.height <= height && headline.lines.len() <= lines {
            return headline;
        }
    }
    typesetter.fit(caption, UPRIGHT_BODIES, Style::body(), width, height)
}
