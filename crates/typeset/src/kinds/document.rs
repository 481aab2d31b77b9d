//! Documents: one sheet a page, with what it is beside it; upright, under it.

use motcua_show::item::Media;

use super::article::Article;
use crate::context::Scene;
use crate::geometry::{PROGRESS, Rect};
use crate::page::{Element, Fit, Page, Weight};
use crate::parts;
use crate::style::{LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;
use crate::words::filled;

/// Shape of a sheet of which nothing is known: A4, upright (ISO 216).
const A4: f32 = 210.0 / 297.0;
/// Space between the sheet and the frame above and below.
const AROUND_SHEET: f32 = 28.0;
/// Space between the sheet and a caption under it.
const BEFORE_CAPTION: f32 = 24.0;
/// The least part of an upright body's height that is left for the sheet.
const LEAST_SHEET: f32 = 0.4;
/// Least width of a column in which a caption is set as a headline.
const HEADLINE_WIDTH: f32 = 620.0;

/// One page for each page of the document; a caption too long to stand beside it has a page before them.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    let count = scene.context.media_pages.unwrap_or(1).max(1);
    let shape = scene
        .context
        .media_size
        .filter(|(_, height)| *height > 0)
        .map_or(A4, |(width, height)| width as f32 / height as f32);
    let caption = scene.optional(media.caption.as_ref()).unwrap_or_default();
    let sheets = |typesetter: &mut Typesetter, caption: &str| -> Option<Vec<Page>> {
        (0..count)
            .map(|index| {
                let fact = filled(
                    &scene.words.page_of,
                    &[&(index + 1).to_string(), &count.to_string()],
                );
                let facts = if count > 1 { vec![fact] } else { Vec::new() };
                let elements = if scene.is_portrait() {
                    upright(typesetter, scene, caption, &facts, shape)
                } else {
                    beside(typesetter, scene, caption, &facts, shape)
                };
                Some(Page {
                    media_page: index,
                    ..parts::page(elements?)
                })
            })
            .collect()
    };
    if let Some(pages) = sheets(typesetter, caption) {
        return pages;
    }
    let before = Article {
        label: &scene.words.document,
        body: caption,
        ..Article::default()
    };
    let mut pages = before.pages(typesetter, scene);
    pages.extend(sheets(typesetter, "").unwrap_or_default());
    pages
}

fn beside(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    caption: &str,
    facts: &[String],
    shape: f32,
) -> Option<Vec<Element>> {
    let body = scene.body();
    let stage = scene.frame.stage;
    let height = stage.height - PROGRESS - 2.0 * AROUND_SHEET;
    let widest = body.width - parts::QR_SIDE - parts::GUTTER;
    let width = (height * shape).min(widest);
    let height = width / shape;
    let y = stage.y + AROUND_SHEET + (stage.height - PROGRESS - 2.0 * AROUND_SHEET - height) / 2.0;
    let sheet = Rect::new(body.right() - width, y, width, height);
    let column = Rect {
        width: sheet.x - parts::GUTTER - body.x,
        ..body
    };

    let mut elements = vec![Element::Media {
        rect: sheet,
        fit: Fit::Sheet,
    }];
    let top = parts::eyebrow(
        typesetter,
        &scene.words.document,
        facts,
        column,
        &mut elements,
    ) + parts::AFTER_EYEBROW;
    let room = column.bottom() - top;
    let headline = typesetter.fit(
        caption,
        LONG_HEADLINES,
        Style::headline(LONG_HEADLINES[0]),
        column.width,
        room,
    );
    let text = if column.width >= HEADLINE_WIDTH && headline.height <= room {
        headline
    } else {
        typesetter.block(
            caption,
            Style::body().weighing(Weight::SemiBold),
            column.width,
        )
    };
    text.place(column.x, top, &mut elements);
    (text.height <= room).then_some(elements)
}

fn upright(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    caption: &str,
    facts: &[String],
    shape: f32,
) -> Option<Vec<Element>> {
    let body = scene.body();
    let mut elements = Vec::new();
    let top = parts::eyebrow(
        typesetter,
        &scene.words.document,
        facts,
        body,
        &mut elements,
    ) + BEFORE_CAPTION;
    let text = typesetter.block(
        caption,
        Style::body().weighing(Weight::SemiBold),
        body.width,
    );
    let room = body.bottom() - top - text.height - BEFORE_CAPTION;
    let height = (body.width / shape).min(room);
    let width = height * shape;
    let sheet = Rect::new(body.x + (body.width - width) / 2.0, top, width, height);
    elements.push(Element::Media {
        rect: sheet,
        fit: Fit::Sheet,
    });
    text.place(body.x, sheet.bottom() + BEFORE_CAPTION, &mut elements);
    // A sheet that lies across fills the width before it fills the height.
    let is_large = height >= body.height * LEAST_SHEET || width >= body.width - 1.0;
    is_large.then_some(elements)
}
