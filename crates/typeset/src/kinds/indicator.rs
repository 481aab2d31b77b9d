//! Values of an index, as plain text until their own pages are laid out.

use motcua_show::item::Indicator;

use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The pages of an indicator.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, indicator: &Indicator) -> Vec<Page> {
    Article {
        label: &scene.words.indicator,
        headline: scene.text(&indicator.title),
        body: scene.text(&indicator.unit),
        byline: scene.optional(indicator.source_note.as_ref()).unwrap_or_default().to_owned(),
        ..Article::default()
    }
    .pages(typesetter, scene)
}
