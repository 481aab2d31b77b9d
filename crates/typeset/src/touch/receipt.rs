//! "Where is my file?": the receipt's code becomes a QR code to the national portal.

use super::bars;
use super::closing;
use super::draft::Draft;
use super::sizes::Sizes;
use super::{Panel, Part, Scene};
use crate::geometry::Rect;
use crate::page::Role;
use crate::typesetter::Typesetter;

/// The largest side of the QR code, and the least that telephones read well.
const QR: f32 = 340.0;
const LEAST_QR: f32 = 200.0;
/// Space between the text and the QR code, which stands below a text that would be narrower than this.
const BESIDE: f32 = 60.0;
const LEAST_COLUMN: f32 = 340.0;

pub(super) fn page(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Vec<Panel> {
    let words = scene.words;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(scene.viewport.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    let side = QR.min(place.height - 32.0).max(LEAST_QR);
    let is_beside = width - side - BESIDE >= LEAST_COLUMN;
    let column = if is_beside {
        width - side - BESIDE
    } else {
        width
    };
    let mut y = 16.0;
    y += draft.text(&words.where_is_my_file, sizes.head(), margin, y, column) + 4.0;
    let typed = scene
        .visit
        .keyboard()
        .map_or("", |keyboard| keyboard.text());
    let mut end = y;
    if let Some(address) = &scene.worked_out.receipt {
        y += draft.text(&words.receipt_scan, sizes.head(), margin, y, column) + 4.0;
        let (x, qr_y) = if is_beside {
            (place.width - margin - side, 12.0)
        } else {
            (margin, y + 8.0)
        };
        end = closing::qr(&mut draft, address, "", sizes, x, qr_y, side) + 8.0;
        if !is_beside {
            y = end;
        }
    } else {
        y += draft.text(&words.receipt_code, sizes.body(), margin, y, column) + 4.0;
        if typed.chars().count() > 3 {
            y += draft.text(&words.receipt_wrong, sizes.note(), margin, y, column) + 4.0;
        }
    }
    y += draft.text(&words.receipt_is_wiped, sizes.note(), margin, y, column);
    vec![draft.finish(
        Part::Main,
        place,
        Role::Surface,
        y.max(end) + 12.0,
        &"receipt",
    )]
}
