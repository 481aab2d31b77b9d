//! Items into pages, one file a kind.
//!
//! [`typeset`] asks each kind for its pages in every language in which the item is written, the main
//! one first. A kind knows its own content and the parts that all pages share, and no other kind.

pub mod alert;
pub mod announcement;
pub mod article;
pub mod audio;
pub mod board;
pub mod card;
pub mod document;
pub mod enrolment;
pub mod guide;
pub mod indicator;
pub mod pair;
pub mod picture;
pub mod procedure;
pub mod question;

use motcua_show::item::Content;
use motcua_show::{Item, Language, Text};

use crate::context::{Context, Scene};
use crate::page::Page;
use crate::typesetter::Typesetter;

/// The pages of `item`: those in the main language, then a set for each further language in which the
/// item has texts. Every item has at least one page but a nested playlist, which is none.
pub fn typeset<'a>(
    typesetter: &mut Typesetter,
    context: &'a Context<'a>,
    item: &Item,
) -> Vec<Page> {
    let main = Scene::main(context);
    context
        .languages
        .iter()
        .enumerate()
        .filter(|(index, language)| {
            *index == 0 || is_written_in(&item.content, **language, context.show.language)
        })
        .map(|(_, &language)| language)
        .chain(context.languages.is_empty().then_some(main.language))
        .flat_map(|language| pages(typesetter, &Scene::new(context, language), &item.content))
        .collect()
}

fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, content: &Content) -> Vec<Page> {
    match content {
        Content::Image(media) => picture::image(typesetter, scene, media),
        Content::Video(video) => match &video.second {
            Some(second) => pair::pages(typesetter, scene, &video.media, second),
            None => picture::video(typesetter, scene, &video.media),
        },
        Content::Audio(media) => audio::pages(typesetter, scene, media),
        Content::Document(media) => document::pages(typesetter, scene, media),
        Content::Announcement(announcement) => announcement::pages(typesetter, scene, announcement),
        Content::Procedure(procedure) => procedure::pages(typesetter, scene, procedure),
        Content::Procedures(board) => board::pages(typesetter, scene, board),
        Content::Question(question) => question::pages(typesetter, scene, question),
        Content::Guide(guide) => guide::pages(typesetter, scene, guide),
        Content::Indicator(indicator) => indicator::pages(typesetter, scene, indicator),
        Content::Playlist(_) => Vec::new(),
    }
}

/// Whether an author wrote the item in `language`, so that it gets pages of its own in it.
fn is_written_in(content: &Content, language: Language, show_language: Language) -> bool {
    let has = |text: &Text| text.written_in(language, show_language).is_some();
    match content {
        Content::Image(media) | Content::Audio(media) => media.caption.as_ref().is_some_and(has),
        Content::Video(video) => {
            let second = video.second.as_ref();
            let captions = [
                video.media.caption.as_ref(),
                second.and_then(|second| second.caption.as_ref()),
            ];
            captions.into_iter().flatten().any(has)
        }
        Content::Announcement(announcement) => has(&announcement.title),
        Content::Question(question) => has(&question.question) && has(&question.answer),
        Content::Guide(guide) => has(&guide.title) && guide.steps.iter().all(has),
        Content::Indicator(indicator) => has(&indicator.title),
        // Procedures are posted as the national database publishes them, and a document is what it is.
        Content::Document(_)
        | Content::Procedure(_)
        | Content::Procedures(_)
        | Content::Playlist(_) => false,
    }
}
