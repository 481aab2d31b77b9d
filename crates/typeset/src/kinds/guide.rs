//! Guides: numbered steps that lead through a service.
use motcua_show::item::Guide;
use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The pages of a guide.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, guide: &Guide) -> Vec<Page> {
    let steps: Vec<String> =
        guide.steps.iter().enumerate().map(|(index, step)| format!("**{}.** {}", index + 1, scene.text(step))).collect();
    Article {
        label: &scene.words.guide,
        headline: scene.text(&guide.title),
        body: &steps.join("\n\n"),
        link: guide.link.as_deref(),
        purpose: scene.optional(guide.link_purpose.as_ref()).unwrap_or_default(),
        ..Article::default()
    }
    .pages(typesetter, scene)
}
