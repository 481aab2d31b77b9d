//! What can be taken away of a procedure: which papers are missing, the QR code, a slip, a voice.

use motcua_show::Procedure;
use motcua_show::visit::{Missing, Press, QrKind, Slip};

use super::draft::{BUTTON_HEIGHT, Draft, Look};
use super::sizes::Sizes;
use super::{Panel, Part, Scene, TargetKind, bars, closing};
use crate::geometry::Rect;
use crate::page::Role;
use crate::typesetter::Typesetter;
use crate::words::filled;

/// Width of what can be taken away, beside the text; its height below it.
pub(super) const BESIDE: f32 = 468.0;
pub(super) const BELOW: f32 = 400.0;
/// Side of the QR code beside the text, and below it.
const QR: f32 = 300.0;
const QR_BELOW: f32 = 250.0;
/// Its least side, below which telephones do not read it.
const QR_LEAST: f32 = 200.0;
/// Space between buttons.
const GAP: f32 = 16.0;

/// Which papers are missing, the QR code, and what else can be done.
pub(super) fn panel(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    code: &str,
    procedure: &Procedure,
    qr: QrKind,
    place: Rect,
    is_beside: bool,
) -> Panel {
    let words = scene.words;
    let sizes = Sizes { factor: 1.0 };
    let mut draft = Draft::new(typesetter);
    let counter = procedure.receive_at.clone();
    let counter = counter.unwrap_or_else(|| scene.counter());
    let status = match scene.visit.checklist(code).missing(procedure) {
        Missing::Unknown => None,
        Missing::Papers(count) => Some(filled(&words.still_missing, &[&count.to_string()])),
        Missing::Nothing => Some(filled(&words.complete_at, &[&counter])),
    };
    let content = match (qr, &scene.worked_out.online, &scene.worked_out.text) {
        (QrKind::Online, Some(address), _) => Some((address, &words.scan_online)),
        (QrKind::Text, _, Some(text)) | (QrKind::Online, None, Some(text)) => {
            Some((text, &words.scan_text))
        }
        (QrKind::Text, Some(address), None) => Some((address, &words.scan_online)),
        _ => None,
    };
    let (qr_x, side) = if is_beside {
        (24.0, QR)
    } else {
        (
            bars::margin(place.width),
            QR_BELOW.min(place.height - 120.0).max(QR_LEAST),
        )
    };
    let mut y = 16.0;
    let say = |draft: &mut Draft<'_>, x: f32, y: f32, width: f32| {
        let style = sizes.head().at(36.0).coloured(Role::Accent);
        status
            .as_ref()
            .map_or(0.0, |status| draft.text(status, style, x, y, width) + 14.0)
    };
    if is_beside {
        let width = place.width - 24.0 - bars::margin(scene.viewport.width);
        y += say(&mut draft, 24.0, y, width);
    }
    let mut end = y;
    if let Some((content, purpose)) = content {
        end = closing::qr(&mut draft, content, purpose, sizes, qr_x, y, side) + 14.0;
    }
    let (x, width) = if is_beside {
        y = end;
        (
            24.0,
            place.width - 24.0 - bars::margin(scene.viewport.width),
        )
    } else {
        let x = qr_x + side + 32.0;
        (x, place.width - x - bars::margin(place.width))
    };
    if !is_beside {
        y += say(&mut draft, x, y, width);
    }
    let mut buttons: Vec<(&String, Press)> = Vec::new();
    if scene.worked_out.online.is_some() && scene.worked_out.text.is_some() {
        buttons.push(match qr {
            QrKind::Online => (&words.show_text_code, Press::Qr(QrKind::Text)),
            QrKind::Text => (&words.show_online_code, Press::Qr(QrKind::Online)),
        });
    }
    if scene.offers.can_listen {
        let label = if scene.visit.is_speaking() {
            &words.stop_listening
        } else {
            &words.listen
        };
        buttons.push((label, Press::Listen));
    }
    if scene.offers.can_print {
        buttons.push((&words.print, Press::Print));
    }
    y = two_columns(&mut draft, &buttons, x, y, width);
    let slip = match scene.visit.slip() {
        Slip::None => None,
        Slip::Printing => Some(words.printing.clone()),
        Slip::Printed => Some(words.printed.clone()),
        Slip::Failed => Some(filled(&words.not_printed, &[&counter])),
    };
    if let Some(slip) = slip {
        y += draft.text(&slip, sizes.note().coloured(Role::Text), x, y, width);
    }
    if !scene.offers.can_print && status.is_none() {
        let said = filled(&words.no_phone, &[&counter]);
        y += draft.text(&said, sizes.note(), x, y, width);
    }
    let height = y.max(end) + 12.0;
    draft.finish(Part::Aside, place, Role::Surface, height, &code)
}

/// Sets buttons: the first over the whole width, the rest two in a row.
fn two_columns(
    draft: &mut Draft<'_>,
    buttons: &[(&String, Press)],
    x: f32,
    y: f32,
    width: f32,
) -> f32 {
    let column = (width - GAP) / 2.0;
    let first = 1 + (buttons.len() + 1) % 2;
    let mut y = y;
    for (index, (label, press)) in buttons.iter().enumerate() {
        let is_whole = index < first;
        let is_right = !is_whole && (index - first) % 2 == 1;
        let left = if is_right { x + column + GAP } else { x };
        let wide = if is_whole { width } else { column };
        let rect = Rect::new(left, y, wide, BUTTON_HEIGHT);
        draft.button(rect, label, Look::Plain, press.clone(), TargetKind::Button);
        if is_whole || is_right {
            y += BUTTON_HEIGHT + 12.0;
        }
    }
    y
}
