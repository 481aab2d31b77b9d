//! Which colour plays which part.

use motcua_show::show::{Colour, Mode, Theme};
use motcua_typeset::Role;

/// The colours of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// The ground of a page.
    pub surface: Colour,
    /// The ground of a card.
    pub card: Colour,
    /// A soft ground beside the surface.
    pub soft: Colour,
    /// Hairlines.
    pub line: Colour,
    /// The edge of a card.
    pub edge: Colour,
    /// Text.
    pub text: Colour,
    /// Text of lesser weight.
    pub muted: Colour,
    /// The accent.
    pub accent: Colour,
    /// Text on the accent.
    pub on_accent: Colour,
    /// Bars of a chart that are not ours.
    pub series: Colour,
    /// The lower bar and the clock's plate.
    pub frame: Colour,
    /// Text on the lower bar.
    pub on_frame: Colour,
    /// Labels on the lower bar.
    pub on_frame_muted: Colour,
}

/// Dark modules of a QR code, in both modes: phones expect dark on light.
const INK: Colour = Colour::hex(0x12_20_3A);
/// The ground of a QR code, in both modes.
const PAPER: Colour = Colour::hex(0xFF_FF_FF);

impl Palette {
    /// Dark text on a light surface.
    pub const LIGHT: Self = Self {
        surface: Colour::hex(0xF7_F4_EC),
        card: Colour::hex(0xFF_FF_FF),
        soft: Colour::hex(0xEF_E9_DB),
        line: Colour::hex(0xC9_C0_AB),
        edge: Colour::hex(0x7C_77_64),
        text: Colour::hex(0x12_20_3A),
        muted: Colour::hex(0x43_51_69),
        accent: Colour::hex(0xA3_11_19),
        on_accent: Colour::hex(0xFF_FF_FF),
        series: Colour::hex(0x7F_89_A1),
        frame: Colour::hex(0x12_20_3A),
        on_frame: Colour::hex(0xFF_FF_FF),
        on_frame_muted: Colour::hex(0xD3_DA_E6),
    };

    /// Light text on a dark surface, for dim halls.
    pub const DARK: Self = Self {
        surface: Colour::hex(0x10_19_2B),
        card: Colour::hex(0x1B_27_40),
        soft: Colour::hex(0x18_22_38),
        line: Colour::hex(0x3F_4C_68),
        edge: Colour::hex(0x8D_9A_B3),
        text: Colour::hex(0xF6_F3_EA),
        muted: Colour::hex(0xBC_C6_D8),
        accent: Colour::hex(0xFF_A0_94),
        on_accent: Colour::hex(0x10_19_2B),
        series: Colour::hex(0x6F_7D_9B),
        frame: Colour::hex(0x08_0D_18),
        on_frame: Colour::hex(0xFF_FF_FF),
        on_frame_muted: Colour::hex(0xC5_CE_DE),
    };

    /// The colours of a show in `mode`. The show's own colours count in the mode they were chosen for.
    #[must_use]
    pub fn of(theme: &Theme, mode: Mode) -> Self {
        let built_in = match mode {
            Mode::Light => Self::LIGHT,
            Mode::Dark => Self::DARK,
        };
        if mode != theme.mode {
            return built_in;
        }
        Self {
            surface: theme.surface.unwrap_or(built_in.surface),
            card: theme.card.unwrap_or(built_in.card),
            soft: theme.soft.unwrap_or(built_in.soft),
            line: theme.line.unwrap_or(built_in.line),
            text: theme.text.unwrap_or(built_in.text),
            muted: theme.muted.unwrap_or(built_in.muted),
            accent: theme.accent.unwrap_or(built_in.accent),
            frame: theme.frame.unwrap_or(built_in.frame),
            ..built_in
        }
    }

    /// The colour that plays `role`.
    #[must_use]
    pub const fn colour(&self, role: Role) -> Colour {
        match role {
            Role::Surface => self.surface,
            Role::Card => self.card,
            Role::Soft => self.soft,
            Role::Line => self.line,
            Role::Edge => self.edge,
            Role::Text => self.text,
            Role::Muted => self.muted,
            Role::Accent => self.accent,
            Role::Series => self.series,
            Role::OnAccent => self.on_accent,
            Role::Ink => INK,
            Role::Paper => PAPER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_modes_are_legible() {
        for palette in [Palette::LIGHT, Palette::DARK] {
            for ground in [palette.surface, palette.card, palette.soft] {
                assert!(palette.text.contrast(ground) >= 7.0);
                assert!(palette.muted.contrast(ground) >= 6.5);
            }
            assert!(palette.muted.contrast(palette.surface) >= 7.0);
            assert!(palette.accent.contrast(palette.surface) >= 7.0);
            assert!(palette.on_frame.contrast(palette.frame) >= 7.0);
            assert!(palette.on_frame_muted.contrast(palette.frame) >= 7.0);
            assert!(palette.on_accent.contrast(palette.accent) >= 7.0);
            assert!(palette.edge.contrast(palette.surface) >= 3.0);
        }
    }
}
