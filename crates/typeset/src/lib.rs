//! Items typeset into pages.
//!
//! A page is a list of elements with places in design pixels. Everything is measured here, with the
//! very font that the screen draws, so that nothing can be clipped or overlap unseen, pages break
//! where reading allows, and the window, the golden pictures and the previews show the same. This
//! crate knows neither Slint nor a file; colours are roles that the theme fills in.
//!
//! A design pixel is a pixel of a 43-inch screen with 1920 × 1080 (0.496 mm). [`Viewport::of`] says
//! how many of them a screen has and how many of its own pixels make one.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod block;
mod breaking;
pub mod captions;
pub mod context;
pub mod flow;
pub mod geometry;
pub mod kinds;
pub mod page;
mod paragraph;
pub mod parts;
mod remembered;
pub mod spacing;
pub mod style;
pub mod touch;
pub mod typesetter;
pub mod words;

pub use block::{Block, Line};
pub use captions::{Caption, captions};
pub use context::Context;
pub use geometry::{Frame, Rect, Viewport};
pub use kinds::alert::{Alert, AlertPart};
pub use kinds::card::{Card, Closed, card};
pub use kinds::enrolment::Enrolment;
pub use kinds::typeset;
pub use page::{AlertTone, Element, Page, Role, Run, Weight};
pub use style::Style;
pub use typesetter::Typesetter;
pub use words::Words;
