//! Pictures and films.
use motcua_show::item::Media;
use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The page of a picture.
pub fn image(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    Article { headline: scene.optional(media.caption.as_ref()).unwrap_or_default(), ..Article::default() }.pages(typesetter, scene)
}

/// The page of a film.
pub fn video(typesetter: &mut Typesetter, scene: &Scene<'_>, media: &Media) -> Vec<Page> {
    image(typesetter, scene, media)
}
