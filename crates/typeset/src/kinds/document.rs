//! The pages of document items.
use motcua_show::item::Media;
use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The pages.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    Article { headline: scene.optional(media.caption.as_ref()).unwrap_or_default(), ..Article::default() }.pages(typesetter, scene)
}
