//! What a visitor's pages say besides the procedures themselves, and the pages put together: shared by the
//! window and by `render`.

pub mod catalogue;
pub mod slip;

use jiff::Zoned;
use motcua_media::Picture;
use motcua_screen::{Palette, VisitPage, WordsByLanguage};
use motcua_show::office::Office;
use motcua_show::office_hours::{TimeLimit, expected};
use motcua_show::procedure::How;
use motcua_show::takeaway::{self, TakeawayWords};
use motcua_show::visit::{Place, Visit};
use motcua_show::{Language, Procedure, Show};
use motcua_typeset::touch::{FormPages, Offers, Panel, Scene, WorkedOut, panels};
use motcua_typeset::{Typesetter, Viewport, Words};

/// The pages of the form that is open.
#[derive(Debug, Clone, Default)]
pub enum Form {
    /// None, or they are being drawn.
    #[default]
    Opening,
    /// They cannot be shown.
    NotThere,
    /// Drawn, as wide as the page.
    Pages(Vec<Picture>),
}

/// Draws the place where a visitor is; nothing without words in their language.
pub fn draw(
    typesetter: &mut Typesetter,
    visit: &Visit,
    words: &WordsByLanguage,
    viewport: Viewport,
    now: &Zoned,
    offers: Offers,
    form: &Form,
) -> Option<VisitPage> {
    let panels = lay_out(typesetter, visit, words, viewport, now, offers, form)?;
    let palette = if visit.options().has_high_contrast {
        Palette::STRONGEST
    } else {
        visit.catalogue().show().theme.palette()
    };
    let pictures: &[Picture] = match (visit.place(), form) {
        (Place::Form { .. }, Form::Pages(pages)) => pages,
        _ => &[],
    };
    Some(VisitPage::new(panels, viewport, palette, pictures))
}

/// Lays the place out where a visitor is; nothing without words in their language.
pub fn lay_out(
    typesetter: &mut Typesetter,
    visit: &Visit,
    words: &WordsByLanguage,
    viewport: Viewport,
    now: &Zoned,
    offers: Offers,
    form: &Form,
) -> Option<Vec<Panel>> {
    let own = words.get(&visit.options().language)?;
    let worked_out = WorkedOut {
        form: match form {
            Form::Opening => FormPages::Opening,
            Form::NotThere => FormPages::NotThere,
            Form::Pages(pages) => {
                let sizes = pages.iter().map(|page| (page.width, page.height));
                FormPages::Pages(sizes.collect())
            }
        },
        ..worked_out(visit, own, now)
    };
    let scene = Scene {
        visit,
        words: own,
        viewport,
        now: now.datetime(),
        offers,
        worked_out: &worked_out,
    };
    Some(panels(typesetter, &scene))
}

fn worked_out(visit: &Visit, words: &Words, now: &Zoned) -> WorkedOut {
    let show = visit.catalogue().show();
    let language = visit.options().language;
    let counter = show.lookup.counter.as_ref();
    let mut out = WorkedOut {
        counter: counter.map(|counter| counter.best(language).to_owned()),
        ..WorkedOut::default()
    };
    match visit.place() {
        Place::Procedure { code, .. } => {
            if let Some(procedure) = visit.procedure(code) {
                out.expected = expected_on(show, procedure, now);
                out.online = takeaway::online_address(procedure);
                let words = takeaway_words(words);
                out.text = Some(takeaway::short_text(procedure, &words));
            }
        }
        Place::Receipt => {
            let typed = visit.keyboard().map_or("", |keyboard| keyboard.text());
            out.receipt = takeaway::receipt_address(&typed.to_uppercase());
        }
        _ => {}
    }
    out
}

/// When a result can be expected, by the way that most visitors use: the counter, else the first.
fn expected_on(show: &Show, procedure: &Procedure, now: &Zoned) -> Option<jiff::civil::Date> {
    let ways = &procedure.ways;
    let chief = ways
        .iter()
        .find(|way| way.how == How::InPerson)
        .or_else(|| ways.first())?;
    let limit: TimeLimit = chief.time_limit.as_deref()?.parse().ok()?;
    let expected = expected(now.datetime(), limit, &Office::of(show))?;
    Some(expected.day)
}

/// The words around what is taken away, as pages have them.
pub fn takeaway_words(words: &Words) -> TakeawayWords {
    TakeawayWords::from_fn(|key| words.get(key).unwrap_or_default().to_owned())
}

/// The language in which a procedure's text is spoken for who reads `language`: the texts of the national
/// database are Vietnamese, and a voice that reads them in another language is not understood.
pub const fn spoken_language(language: Language) -> Option<Language> {
    match language {
        Language::Vi | Language::En => Some(Language::Vi),
        Language::Km => None,
    }
}
