//! "Where is my file?": the receipt's code becomes a QR code to the national portal.

use super::bars;
use super::closing;
use super::draft::Draft;
use super::sizes::Sizes;
use super::{Panel, Part, Scene};
use crate::geometry::Rect;
use crate::page::Role;
use crate::typesetter::Typesetter;

/// The largest side of the QR code.
const QR: f32 = 340.0;

pub(super) fn page(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Vec<Panel> {
    let words = scene.words;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(scene.viewport.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    let side = QR.min(place.height - 32.0).max(180.0);
    let column = width - side - 60.0;
    let mut y = 16.0;
    y += draft.text(&words.where_is_my_file, sizes.head(), margin, y, column) + 4.0;
    let typed = scene.visit.keyboard().map_or("", |keyboard| keyboard.text());
    let mut end = y;
    if let Some(address) = &scene.worked_out.receipt {
        y += draft.text(&words.receipt_scan, sizes.head(), margin, y, column) + 4.0;
        let x = place.width - margin - side;
        end = closing::qr(&mut draft, address, "", sizes, x, 12.0, side);
    } else {
        y += draft.text(&words.receipt_code, sizes.body(), margin, y, column) + 4.0;
        if typed.chars().count() > 3 {
            y += draft.text(&words.receipt_wrong, sizes.note(), margin, y, column) + 4.0;
        }
    }
    y += draft.text(&words.receipt_is_wiped, sizes.note(), margin, y, column);
    vec![draft.finish(Part::Main, place, Role::Surface, y.max(end) + 12.0, &"receipt")]
}
