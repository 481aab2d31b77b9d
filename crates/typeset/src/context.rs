//! What a page is typeset for: the show, the screen, the languages and the day.

use jiff::civil::Date;
use motcua_show::{Language, Show, Text};

use crate::geometry::{Frame, Rect, Viewport};
use crate::words::Words;

/// Everything outside the item that its pages depend on.
#[derive(Clone)]
pub struct Context<'a> {
    /// The show that the item belongs to.
    pub show: &'a Show,
    /// The screen.
    pub viewport: Viewport,
    /// The words of pages in each language.
    pub words: &'a dyn Fn(Language) -> &'a Words,
    /// The languages that get pages in turn; the first is the main one.
    pub languages: Vec<Language>,
    /// The civil day, for what is posted only from a day or until one.
    pub today: Date,
    /// The number of pages of the item's document, where it is known.
    pub media_pages: Option<u32>,
    /// Width and height of the item's picture, film or document page, where they are known.
    pub media_size: Option<(u32, u32)>,
    /// The same of the film that plays beside it.
    pub second_size: Option<(u32, u32)>,
    /// The address under which the server says what it can prove of a posting, without the procedure's code.
    pub inspection: Option<String>,
}

/// A context in one of its languages, with the places that pages share.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The context.
    pub context: &'a Context<'a>,
    /// The language of these pages.
    pub language: Language,
    /// The words in that language.
    pub words: &'a Words,
    /// The parts of the screen.
    pub frame: Frame,
}

impl<'a> Scene<'a> {
    /// The context in `language`.
    #[must_use]
    pub fn new(context: &'a Context<'a>, language: Language) -> Self {
        Self {
            context,
            language,
            words: (context.words)(language),
            frame: context.viewport.frame(),
        }
    }

    /// The context in its main language.
    #[must_use]
    pub fn main(context: &'a Context<'a>) -> Self {
        Self::new(
            context,
            context
                .languages
                .first()
                .copied()
                .unwrap_or(context.show.language),
        )
    }

    /// Where text stands.
    #[must_use]
    pub fn body(&self) -> Rect {
        self.frame.body
    }

    /// Whether the screen stands upright.
    #[must_use]
    pub fn is_portrait(&self) -> bool {
        self.context.viewport.is_portrait()
    }

    /// A text in this language, else in another in which it is written.
    #[must_use]
    pub fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.best(self.language)
    }

    /// Like [`Scene::text`], where there is a text and it says something.
    #[must_use]
    pub fn optional<'t>(&self, text: Option<&'t Text>) -> Option<&'t str> {
        text.map(|text| self.text(text))
            .filter(|text| !text.trim().is_empty())
    }

    /// A day as it is written everywhere: 23/11/2026.
    #[must_use]
    pub fn date(&self, day: Date) -> String {
        day.strftime("%d/%m/%Y").to_string()
    }
}
