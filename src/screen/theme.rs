//! Which colour of the show's palette plays which part on a page.

use motcua_show::palette::Palette;
use motcua_show::show::Colour;
use motcua_typeset::{AlertTone, Role};

/// Dark modules of a QR code, in both modes: phones expect dark on light.
const INK: Colour = Colour::hex(0x12_20_3A);
/// The ground of a QR code, in both modes.
const PAPER: Colour = Colour::hex(0xFF_FF_FF);

/// Ground and text of an alert: the same in every show and both modes, so that they are known.
pub(crate) const fn alert(tone: AlertTone) -> (Colour, Colour) {
    match tone {
        AlertTone::Extreme => (Colour::hex(0x9B_0A_14), Colour::hex(0xFF_FF_FF)),
        AlertTone::Severe => (Colour::hex(0xFF_A8_14), Colour::hex(0x14_10_08)),
        AlertTone::Moderate => (Colour::hex(0xFF_E1_4D), Colour::hex(0x14_14_10)),
        AlertTone::Exercise => (Colour::hex(0x0B_3C_7D), Colour::hex(0xFF_FF_FF)),
    }
}

/// The colour that plays `role`.
pub(crate) const fn colour_of(palette: &Palette, role: Role) -> Colour {
    match role {
        Role::Surface => palette.surface,
        Role::Card => palette.card,
        Role::Soft => palette.soft,
        Role::Line => palette.line,
        Role::Edge => palette.edge,
        Role::Text => palette.text,
        Role::Muted => palette.muted,
        Role::Accent => palette.accent,
        Role::Series => palette.series,
        Role::OnAccent => palette.on_accent,
        Role::Frame => palette.frame,
        Role::OnFrame => palette.on_frame,
        Role::OnFrameMuted => palette.on_frame_muted,
        Role::Ink => INK,
        Role::Paper => PAPER,
        Role::Alert(tone) => alert(tone).0,
        Role::OnAlert(tone) => alert(tone).1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_modes_are_legible() {
        for palette in [Palette::LIGHT, Palette::DARK, Palette::STRONGEST] {
            for ground in [palette.surface, palette.card] {
                assert!(palette.text.contrast(ground) >= 7.0);
                assert!(palette.muted.contrast(ground) >= 7.0);
            }
            assert!(palette.accent.contrast(palette.surface) >= 7.0);
            assert!(palette.on_frame.contrast(palette.frame) >= 7.0);
            assert!(palette.on_frame_muted.contrast(palette.frame) >= 7.0);
            assert!(palette.on_accent.contrast(palette.accent) >= 7.0);
            assert!(palette.edge.contrast(palette.surface) >= 3.0);
        }
        assert!(INK.contrast(PAPER) >= 7.0);
        for tone in [
            AlertTone::Extreme,
            AlertTone::Severe,
            AlertTone::Moderate,
            AlertTone::Exercise,
        ] {
            let (ground, text) = alert(tone);
            assert!(text.contrast(ground) >= 7.0, "{tone:?}");
        }
    }
}
