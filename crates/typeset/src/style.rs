//! The type scale: every size, weight and pitch that pages use, in one place.

use crate::page::{Reading, Role, Weight};

/// The sizes of headlines, largest first. Long official names go down to the last.
pub const HEADLINES: &[f32] = &[116.0, 104.0, 92.0, 84.0];
/// The sizes of headlines that must step further down, to the least that is read from 3 m as one.
pub const LONG_HEADLINES: &[f32] = &[84.0, 72.0, 60.0];
/// The sizes of body text, largest first: a short text is set larger.
pub const BODIES: &[f32] = &[58.0, 54.0, BODY];

/// The sizes of body text on an upright screen, whose long column has room for more.
pub const UPRIGHT_BODIES: &[f32] = &[68.0, 62.0, 58.0, 54.0, BODY];

/// Body text: 20 to 22 arc minutes at 3 m (see the design's arithmetic of sizes).
pub const BODY: f32 = 50.0;
/// Labels and captions.
pub const LABEL: f32 = 42.0;
/// Page numbers and sources.
pub const SMALL: f32 = 40.0;

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Type size in design pixels.
    pub size: f32,
    /// The weight of what is not marked bold.
    pub weight: Weight,
    /// The colour.
    pub role: Role,
    /// Line pitch in design pixels, for Latin letters; lines with Khmer take more.
    pub leading: f32,
    /// Additional space between letters in design pixels.
    pub tracking: f32,
    /// What the text is for.
    pub reading: Reading,
}

impl Style {
    /// A headline of this size: heavy, tight, balanced over its lines.
    #[must_use]
    pub const fn headline(size: f32) -> Self {
        Self {
            size,
            weight: Weight::ExtraBold,
            role: Role::Text,
            // Two stacked marks ("ậ" over "Ế") still keep apart.
            leading: size * 1.12,
            tracking: size * -0.015,
            reading: Reading::Headline,
        }
    }

    /// Body text.
    #[must_use]
    pub const fn body() -> Self {
        Self {
            size: BODY,
            weight: Weight::Regular,
            role: Role::Text,
            leading: BODY * 1.46,
            tracking: 0.0,
            reading: Reading::Body,
        }
    }

    /// Body text of lesser weight.
    #[must_use]
    pub const fn body_muted() -> Self {
        Self::body().coloured(Role::Muted)
    }

    /// Body text that stands out: names in tables, subheads.
    #[must_use]
    pub const fn body_strong() -> Self {
        Self::body().weighing(Weight::Bold)
    }

    /// A label, quiet.
    #[must_use]
    pub const fn label() -> Self {
        Self {
            size: LABEL,
            weight: Weight::Regular,
            role: Role::Muted,
            leading: LABEL * 1.28,
            tracking: 0.0,
            reading: Reading::Label,
        }
    }

    /// A label that stands out, in `role`.
    #[must_use]
    pub const fn label_strong(role: Role) -> Self {
        Self::label().weighing(Weight::Bold).coloured(role)
    }

    /// What stands under a QR code.
    #[must_use]
    pub const fn caption() -> Self {
        Self::label()
            .weighing(Weight::SemiBold)
            .coloured(Role::Text)
    }

    /// Page numbers and sources.
    #[must_use]
    pub const fn small() -> Self {
        Self::label().at(SMALL)
    }

    /// A figure that is seen first: a time limit, a fee, the number of a step.
    #[must_use]
    pub const fn figure(size: f32) -> Self {
        Self {
            size,
            weight: Weight::Bold,
            role: Role::Text,
            leading: size * 1.15,
            tracking: size * -0.01,
            reading: Reading::Figure,
        }
    }

    /// The same style in another size, pitch and tracking in proportion.
    #[must_use]
    pub const fn at(self, size: f32) -> Self {
        let ratio = size / self.size;
        Self {
            size,
            leading: self.leading * ratio,
            tracking: self.tracking * ratio,
            ..self
        }
    }

    /// The same style in another colour.
    #[must_use]
    pub const fn coloured(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// The same style in another weight.
    #[must_use]
    pub const fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// The pitch of a line that holds Khmer: its marks reach further up and down.
    #[must_use]
    pub const fn khmer_leading(&self) -> f32 {
        let by_pitch = self.leading * 1.18;
        let by_size = self.size * 1.58;
        if by_pitch > by_size {
            by_pitch
        } else {
            by_size
        }
    }

    /// The weight of what is marked bold in this style.
    #[must_use]
    pub const fn bold(&self) -> Weight {
        match self.weight {
            Weight::Regular | Weight::SemiBold => Weight::Bold,
            Weight::Bold | Weight::ExtraBold => self.weight,
        }
    }
}
