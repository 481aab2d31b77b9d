//! "Dân hỏi – Chính quyền trả lời": the question left, the answer right, the rule between.
use motcua_show::item::Question;
use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The pages of a question.
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, question: &Question) -> Vec<Page> {
    Article {
        label: &scene.words.question,
        headline: scene.text(&question.question),
        body: scene.text(&question.answer),
        byline: scene.optional(question.answered_by.as_ref()).unwrap_or_default().to_owned(),
        link: question.link.as_deref(),
        purpose: scene.optional(question.link_purpose.as_ref()).unwrap_or_default(),
        ..Article::default()
    }
    .pages(typesetter, scene)
}
