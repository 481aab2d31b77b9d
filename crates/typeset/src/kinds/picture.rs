//! Pictures and films: as large as the screen, with the caption on a plate; upright, across the width,
//! with the caption under it.

use motcua_show::item::Media;

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::{MARGIN, PROGRESS, Rect};
use crate::page::{Element, Fit, Page, Role, Surround, Weight};
use crate::parts;
use crate::style::{BODIES, Style};
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
/// Space between the picture and the caption under it.
const BEFORE_CAPTION: f32 = 48.0;
/// Sizes of a caption under the picture, where there is room.
const UPRIGHT_SIZES: &[f32] = &[72.0, 66.0, BODIES[0], BODIES[1], BODIES[2]];

/// The page of a picture.
pub fn image(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    vec![page(typesetter, scene, media, Fit::OverBackdrop)]
}

/// The page of a film.
pub fn video(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    vec![page(typesetter, scene, media, Fit::Contain)]
}

fn page(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media, fit: Fit) -> Page {
    let caption = scene.optional(media.caption.as_ref());
    if scene.is_portrait() { upright(typesetter, scene, caption, fit) } else { filling(typesetter, scene, caption, fit) }
}

fn filling(typesetter: &mut Typesetter, scene: &Scene<'_>, caption: Option<&str>, fit: Fit) -> Page {
    let viewport = scene.context.viewport;
    let rect = Rect::new(0.0, 0.0, viewport.width, viewport.height);
    let mut elements = vec![Element::Media { rect, fit }];
    if let Some(caption) = caption {
        let widest = viewport.width - 2.0 * (MARGIN + PLATE_SIDE);
        let text = on_plate(typesetter, caption, widest);
        let bottom = viewport.height - scene.frame.bar - PROGRESS - PLATE_OVER_BAR;
        let height = text.height + 2.0 * PLATE_ABOVE;
        let plate = Rect::new(MARGIN, bottom - height, text.width + 2.0 * PLATE_SIDE, height);
        elements.push(Element::Fill { rect: plate, role: Role::Card, radius: parts::RADIUS });
        text.place(plate.x + PLATE_SIDE, plate.y + PLATE_ABOVE, &mut elements);
    }
    Page { surround: Surround::Plates, ..parts::page(elements) }
}

fn on_plate(typesetter: &mut Typesetter, caption: &str, widest: f32) -> Block {
    let style = Style::body().weighing(Weight::SemiBold);
    let narrow = typesetter.block(caption, style, widest.min(CAPTION_WIDTH));
    if narrow.lines.len() <= CAPTION_LINES { narrow } else { typesetter.block(caption, style, widest) }
}

fn upright(typesetter: &mut Typesetter, scene: &Scene<'_>, caption: Option<&str>, fit: Fit) -> Page {
    let stage = Rect { height: scene.frame.stage.height - PROGRESS, ..scene.frame.stage };
    let Some(caption) = caption else {
        return parts::page(vec![Element::Media { rect: stage, fit }]);
    };
    let body = scene.body();
    let shape = scene.context.media_size.filter(|(_, height)| *height > 0).map_or(USUAL_SHAPE, |(width, height)| {
        width as f32 / height as f32
    });
    let by_shape = stage.width / shape;
    let text = typesetter.fit(
        caption,
        UPRIGHT_SIZES,
        Style::body().weighing(Weight::SemiBold),
        body.width,
        (body.bottom() - stage.y - by_shape - BEFORE_CAPTION).max(stage.height * 0.2),
    );
    let room = body.bottom() - stage.y - BEFORE_CAPTION - text.height;
    let rect = Rect { height: by_shape.min(room).max(0.0), ..stage };
    let mut elements = vec![Element::Media { rect, fit }];
    text.place(body.x, rect.bottom() + BEFORE_CAPTION, &mut elements);
    parts::page(elements)
}
