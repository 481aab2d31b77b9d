//! Whether the colours of a theme can be read.

use super::keys::Keys;
use crate::palette::Palette;
use crate::show::Theme;

/// Body text for elderly readers (WCAG 2.2, 1.4.6, level AAA).
const BODY: f64 = 7.0;

/// Large text (WCAG 2.2, 1.4.6, level AAA): the accent is used in headlines and figures only.
const LARGE: f64 = 4.5;

type Pair = (&'static str, &'static str, f64, fn(&Palette) -> f64);

/// What is written on what, the least contrast, and how it is measured.
const PAIRS: [Pair; 7] = [
    ("text", "surface", BODY, |p| p.text.contrast(p.surface)),
    ("text", "card", BODY, |p| p.text.contrast(p.card)),
    ("text", "soft", BODY, |p| p.text.contrast(p.soft)),
    ("muted", "surface", BODY, |p| p.muted.contrast(p.surface)),
    ("muted", "card", BODY, |p| p.muted.contrast(p.card)),
    ("accent", "surface", LARGE, |p| p.accent.contrast(p.surface)),
    ("bar text", "frame", BODY, |p| p.on_frame.contrast(p.frame)),
];

/// Warns of every pair that the theme makes hard to read.
pub(super) fn check(keys: &mut Keys<'_, '_>, theme: &Theme) {
    let palette = theme.palette();
    let built_in = Palette::of(theme.mode);
    for (upper, lower, least, contrast) in PAIRS {
        let measured = contrast(&palette);
        // Rounded down: "7.0 of at least 7" would not explain anything.
        let shown = (measured * 10.0).floor() / 10.0;
        if measured >= least || (measured - contrast(&built_in)).abs() < f64::EPSILON {
            continue;
        }
        let culprit = if keys.has(upper) { upper } else { lower };
        let line = keys.line_of(culprit);
        keys.reader.warning(
            line,
            format!("{upper} on {lower} has a contrast of {shown:.1}:1, and {least}:1 is the least that can be read"),
            format!("choose a darker or lighter colour for `{culprit}`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_colours_can_be_read() {
        for palette in [Palette::LIGHT, Palette::DARK] {
            for (upper, lower, least, contrast) in PAIRS {
                assert!(
                    contrast(&palette) >= least,
                    "{upper} on {lower}: {}",
                    contrast(&palette)
                );
            }
            assert!(palette.edge.contrast(palette.surface) >= 3.0);
        }
    }
}
