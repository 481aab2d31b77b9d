//! The type of pages that are touched: read from an arm's length, and as large as the visitor asks for.

use crate::page::{Reading, Role, Weight};
use crate::style::Style;

/// The question of a page.
pub(super) const TITLE: f32 = 72.0;
/// Names in lists, headlines of tiles.
pub(super) const NAME: f32 = 40.0;
/// Text that is read.
pub(super) const BODY: f32 = 38.0;
/// What qualifies a name.
pub(super) const NOTE: f32 = 34.0;
/// What stands on buttons and bars.
pub(super) const BUTTON: f32 = 36.0;

/// A style of pages that are touched.
const fn style(size: f32, weight: Weight, role: Role) -> Style {
    Style {
        size,
        weight,
        role,
        leading: size * 1.3,
        tracking: 0.0,
        reading: Reading::Label,
    }
}

/// Sizes, as large as the visitor asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub factor: f32,
}

impl Sizes {
    pub(super) fn title(self) -> Style {
        // A title is large enough; it grows by half as much as what is read.
        let size = TITLE * (1.0 + (self.factor - 1.0) / 2.0);
        Style {
            leading: size * 1.16,
            tracking: size * -0.015,
            ..style(size, Weight::ExtraBold, Role::Text)
        }
    }

    pub(super) fn head(self) -> Style {
        style(NAME * self.factor, Weight::Bold, Role::Text)
    }

    pub(super) const fn name(self) -> Style {
        style(NAME * self.factor, Weight::SemiBold, Role::Text)
    }

    pub(super) fn body(self) -> Style {
        Style {
            leading: BODY * self.factor * 1.42,
            ..style(BODY * self.factor, Weight::Regular, Role::Text)
        }
    }

    pub(super) fn note(self) -> Style {
        style(NOTE * self.factor, Weight::Regular, Role::Muted)
    }
}

/// What stands on buttons, bars and keys keeps its size: it is made for hands.
pub(super) const fn button(role: Role) -> Style {
    style(BUTTON, Weight::SemiBold, role)
}
