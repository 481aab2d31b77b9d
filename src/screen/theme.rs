//! Which colour of the show's palette plays which part on a page.

use motcua_show::palette::Palette;
use motcua_show::show::Colour;
use motcua_typeset::Role;

/// Dark modules of a QR code, in both modes: phones expect dark on light.
const INK: Colour = Colour::hex(0x12_20_3A);
/// The ground of a QR code, in both modes.
const PAPER: Colour = Colour::hex(0xFF_FF_FF);

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
    }
}
