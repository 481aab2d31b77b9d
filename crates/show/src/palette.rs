//! The colours of a page, each by its role.

use crate::show::{Colour, Mode, Theme};

/// A colour for every role.
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
    /// The edge of things to touch, 3:1 and more on the surface.
    pub edge: Colour,
    /// Text.
    pub text: Colour,
    /// Text of lesser weight.
    pub muted: Colour,
    /// The one accent.
    pub accent: Colour,
    /// Text on the accent.
    pub on_accent: Colour,
    /// Bars and lines of a chart that are not ours or not the newest.
    pub series: Colour,
    /// The lower bar.
    pub frame: Colour,
    /// Text on the lower bar.
    pub on_frame: Colour,
    /// Labels on the lower bar.
    pub on_frame_muted: Colour,
}

impl Palette {
    /// Dark text on a light surface.
    pub const LIGHT: Self = Self {
        surface: Colour::hex(0x00F7_F4EC),
        card: Colour::hex(0x00FF_FFFF),
        soft: Colour::hex(0x00EF_E9DB),
        line: Colour::hex(0x00C9_C0AB),
        edge: Colour::hex(0x007C_7764),
        text: Colour::hex(0x0012_203A),
        muted: Colour::hex(0x0043_5169),
        accent: Colour::hex(0x00A3_1119),
        on_accent: Colour::hex(0x00FF_FFFF),
        series: Colour::hex(0x007F_89A1),
        frame: Colour::hex(0x0012_203A),
        on_frame: Colour::hex(0x00FF_FFFF),
        on_frame_muted: Colour::hex(0x00D3_DAE6),
    };

    /// Light text on a dark surface: the same hues, for rooms that are dark.
    pub const DARK: Self = Self {
        surface: Colour::hex(0x0010_1827),
        card: Colour::hex(0x001A_2437),
        soft: Colour::hex(0x0022_2D42),
        line: Colour::hex(0x0043_4F66),
        edge: Colour::hex(0x008C_96A8),
        text: Colour::hex(0x00F7_F4EC),
        muted: Colour::hex(0x00C3_CAD6),
        accent: Colour::hex(0x00FF_9A8F),
        on_accent: Colour::hex(0x0010_1827),
        series: Colour::hex(0x006F_7D9B),
        frame: Colour::hex(0x0008_0D17),
        on_frame: Colour::hex(0x00FF_FFFF),
        on_frame_muted: Colour::hex(0x00C5_CEDE),
    };

    /// Black and white, for eyes that need the strongest contrast; yellow is the one accent.
    pub const STRONGEST: Self = Self {
        surface: Colour::hex(0x0000_0000),
        card: Colour::hex(0x0000_0000),
        soft: Colour::hex(0x001C_1C1C),
        line: Colour::hex(0x00FF_FFFF),
        edge: Colour::hex(0x00FF_FFFF),
        text: Colour::hex(0x00FF_FFFF),
        muted: Colour::hex(0x00FF_FFFF),
        accent: Colour::hex(0x00FF_E600),
        on_accent: Colour::hex(0x0000_0000),
        series: Colour::hex(0x00B0_B0B0),
        frame: Colour::hex(0x0000_0000),
        on_frame: Colour::hex(0x00FF_FFFF),
        on_frame_muted: Colour::hex(0x00FF_FFFF),
    };

    /// The built-in colours of a mode.
    #[must_use]
    pub const fn of(mode: Mode) -> Self {
        match mode {
            Mode::Light => Self::LIGHT,
            Mode::Dark => Self::DARK,
        }
    }
}

/// `usual` where it can be read on `ground`, else black or white, whichever can be read better.
fn readable(usual: Colour, ground: Colour) -> Colour {
    let [black, white] = [Colour::hex(0x0000_0000), Colour::hex(0x00FF_FFFF)];
    if usual.contrast(ground) >= BODY_CONTRAST {
        usual
    } else if white.contrast(ground) >= black.contrast(ground) {
        white
    } else {
        black
    }
}

/// The least contrast of text that is read from afar (WCAG 2.2, 1.4.6).
const BODY_CONTRAST: f64 = 7.0;

impl Theme {
    /// The colours of this theme: its own, and the built-in ones of its mode for the rest.
    #[must_use]
    pub fn palette(&self) -> Palette {
        self.palette_in(self.mode)
    }

    /// The colours when the screen is asked for `mode`; the theme's own are meant for its own mode.
    #[must_use]
    pub fn palette_in(&self, mode: Mode) -> Palette {
        let built_in = Palette::of(mode);
        if mode != self.mode {
            return built_in;
        }
        let accent = self.accent.unwrap_or(built_in.accent);
        let frame = self.frame.unwrap_or(built_in.frame);
        Palette {
            surface: self.surface.unwrap_or(built_in.surface),
            card: self.card.unwrap_or(built_in.card),
            soft: self.soft.unwrap_or(built_in.soft),
            line: self.line.unwrap_or(built_in.line),
            text: self.text.unwrap_or(built_in.text),
            muted: self.muted.unwrap_or(built_in.muted),
            accent,
            on_accent: readable(built_in.on_accent, accent),
            frame,
            on_frame: readable(built_in.on_frame, frame),
            on_frame_muted: readable(built_in.on_frame_muted, frame),
            ..built_in
        }
    }
}
