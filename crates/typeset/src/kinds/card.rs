//! The built-in card: what shows when nothing else can.

use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;
use super::article::Article;

/// What the card says; each word has a default, so that it works with an empty show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The name of the office.
    pub title: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// The telephone number of the hotline.
    pub hotline: Option<String>,
    /// Where reflections and proposals are received.
    pub feedback: Option<String>,
}

/// The built-in card.
pub fn card(typesetter: &mut Typesetter, scene: &Scene<'_>, card: &Card) -> Page {
    Article { headline: card.title.as_deref().unwrap_or(&scene.words.one_stop), ..Article::default() }.pages(typesetter, scene).remove(0)
}
