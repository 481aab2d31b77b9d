//! Two films at once: beside each other, one over the other on an upright screen, each with its caption under
//! it.

use motcua_show::item::{Media, SecondFilm};

use super::article::Article;
use super::picture::shape_of;
use crate::block::Block;
use crate::captions::LEAST_FILM;
use crate::context::Scene;
use crate::geometry::{MARGIN, PROGRESS, Rect};
use crate::page::{Element, Fit, Page, Weight};
use crate::parts;
use crate::style::{BODIES, Style};
use crate::typesetter::Typesetter;

/// Space between the two films.
const BETWEEN: f32 = 24.0;
/// Space between a film and its caption.
const BEFORE_CAPTION: f32 = 12.0;
/// Space between a caption and the next film or the lower bar.
const AFTER_CAPTION: f32 = 24.0;
/// The most that a caption takes of its half's height.
const CAPTION_PART: f32 = 0.4;

/// The page of two films; where a caption has no room on it, both stand on pages of their own after it.
pub fn pages(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    first: &Media,
    second: &SecondFilm,
) -> Vec<Page> {
    let captions = [
        scene.optional(first.caption.as_ref()),
        scene.optional(second.caption.as_ref()),
    ];
    let halves = halves(scene);
    let blocks = captions.map(|caption| under(typesetter, caption, halves[0]));
    if blocks
        .iter()
        .all(|block| block.height <= halves[0].height * CAPTION_PART)
    {
        return vec![page(scene, halves, &blocks)];
    }
    let body = captions
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n");
    let after = Article {
        body: &body,
        ..Article::default()
    };
    let alone = page(scene, halves, &[Block::default(), Block::default()]);
    [alone]
        .into_iter()
        .chain(after.pages(typesetter, scene))
        .collect()
}

/// The two halves of the stage: left and right, or upper and lower.
fn halves(scene: &Scene<'_>) -> [Rect; 2] {
    let stage = Rect {
        height: scene.frame.stage.height - PROGRESS,
        ..scene.frame.stage
    };
    if scene.is_portrait() {
        let height = (stage.height - BETWEEN) / 2.0;
        let y = stage.y + height + BETWEEN;
        [Rect { height, ..stage }, Rect { y, height, ..stage }]
    } else {
        let width = (stage.width - BETWEEN) / 2.0;
        let x = stage.x + width + BETWEEN;
        [Rect { width, ..stage }, Rect { x, width, ..stage }]
    }
}

/// A caption as large as it may be, of at most its part of the half where that is possible.
fn under(typesetter: &mut Typesetter, caption: Option<&str>, half: Rect) -> Block {
    let Some(caption) = caption else {
        return Block::default();
    };
    let style = Style::body().weighing(Weight::SemiBold);
    let width = half.width - 2.0 * MARGIN;
    typesetter.fit(caption, BODIES, style, width, half.height * CAPTION_PART)
}

fn page(scene: &Scene<'_>, halves: [Rect; 2], captions: &[Block; 2]) -> Page {
    let context = scene.context;
    // Both films leave the same room, so that films of one shape stand on one line.
    let tallest = captions
        .iter()
        .map(|block| block.height)
        .fold(0.0, f32::max);
    let below = if tallest > 0.0 {
        BEFORE_CAPTION + tallest + AFTER_CAPTION
    } else {
        0.0
    };
    let mut films = Vec::new();
    let mut texts = Vec::new();
    for ((half, size), caption) in halves
        .into_iter()
        .zip([context.media_size, context.second_size])
        .zip(captions)
    {
        let room = half.height - below;
        let height = (half.width / shape_of(size)).max(LEAST_FILM.1).min(room);
        let rect = Rect {
            y: half.y + (room - height) / 2.0,
            height,
            ..half
        };
        films.push(Element::Media {
            rect,
            fit: Fit::Contain,
        });
        caption.place_centred(
            half.x + half.width / 2.0,
            rect.bottom() + BEFORE_CAPTION,
            &mut texts,
        );
    }
    films.extend(texts);
    parts::page(films)
}
