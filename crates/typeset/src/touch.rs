//! The pages that a visitor touches, as panels of measured elements with what can be pressed on them.
//!
//! A panel is a part of the screen: a bar, the keyboard, a list that a finger scrolls. It holds its elements
//! relative to its own corner. Invariant: everything that can be pressed is at least
//! [`SMALLEST_TARGET`](crate::geometry::SMALLEST_TARGET) high, lies inside its panel, and has a label.

mod bars;
mod checklist;
mod closing;
mod cover;
mod draft;
pub mod facts;
mod form;
mod home;
mod keys;
mod list;
mod places;
mod procedure;
mod receipt;
mod row;
mod sizes;
mod take_away;

use jiff::civil::{Date, DateTime};
use motcua_show::visit::{Press, Visit};

use crate::geometry::{Rect, Viewport};
use crate::page::{Element, Role};
use crate::typesetter::Typesetter;
use crate::words::Words;

use self::places::Places;

/// Which part of the screen a panel is; the same part on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What stands above where everything is lowered.
    Banner,
    /// Title, languages, size of text.
    Top,
    /// The field that is typed in.
    Field,
    /// Tabs, or the levels to which a list is narrowed.
    Tabs,
    /// What is read.
    Main,
    /// QR code and what can be done with a procedure.
    Aside,
    /// The keyboard.
    Keyboard,
    /// Back, home, close.
    Bottom,
    /// What lies over everything.
    Cover,
}

/// A part of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Which one.
    pub part: Part,
    /// Where it is, in design pixels.
    pub place: Rect,
    /// Its ground.
    pub ground: Role,
    /// What is drawn, relative to its upper left corner.
    pub elements: Vec<Element>,
    /// What can be pressed, relative to its upper left corner.
    pub targets: Vec<Target>,
    /// The height of what it holds; more than the place has is scrolled.
    pub height: f32,
    /// A panel that holds something else than before begins at its top; this says what it holds.
    pub holds: u64,
}

/// Something that can be pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Where.
    pub rect: Rect,
    /// What it does.
    pub press: Press,
    /// What it is called, also for who does not see it.
    pub label: String,
    /// What it is.
    pub kind: TargetKind,
    /// Radius of its corners.
    pub radius: f32,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A button.
    Button,
    /// A key of the keyboard: acts when it is touched, not when it is let go.
    Key,
    /// A box to tick, and whether it is ticked.
    Tick(bool),
    /// One of several that exclude each other, and whether it is the one.
    Choice(bool),
}

/// What this machine can do with a procedure besides showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offers {
    /// Whether a slip can be printed.
    pub can_print: bool,
    /// Whether the open procedure can be read aloud in the visitor's language.
    pub can_listen: bool,
}

/// What the pages of a visit are typeset for.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The visit.
    pub visit: &'a Visit,
    /// The words in the visitor's language.
    pub words: &'a Words,
    /// The screen, see [`Viewport::of_touch`].
    pub viewport: Viewport,
    /// The civil time.
    pub now: DateTime,
    /// What can be done with a procedure.
    pub offers: Offers,
    /// What is worked out about the open page.
    pub worked_out: &'a WorkedOut,
}

/// What is worked out about the page that is open, besides what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkedOut {
    /// Where to ask: the office's own words.
    pub counter: Option<String>,
    /// When the result of the open procedure can be expected if it is filed now.
    pub expected: Option<Date>,
    /// The address of the open procedure's page.
    pub online: Option<String>,
    /// The open procedure as short text.
    pub text: Option<String>,
    /// The address at which the typed receipt's code is answered.
    pub receipt: Option<String>,
    /// The pages of the open form.
    pub form: FormPages,
}

/// The pages of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FormPages {
    /// They are being drawn.
    #[default]
    Opening,
    /// They cannot be shown.
    NotThere,
    /// Width and height of each in pixels of the screen.
    Pages(Vec<(u32, u32)>),
}

impl Scene<'_> {
    fn date(day: Date) -> String {
        day.strftime("%d/%m/%Y").to_string()
    }

    /// Where to ask: the office's own words, else a general one.
    fn counter(&self) -> String {
        let own = self.worked_out.counter.clone();
        own.unwrap_or_else(|| self.words.the_counter.clone())
    }
}

/// The panels of the place where the visitor is, from back to front.
pub fn panels(typesetter: &mut Typesetter, scene: &Scene<'_>) -> Vec<Panel> {
    let mut places = Places::of(typesetter, scene);
    if let Some(cover) = cover::countdown(typesetter, scene) {
        return vec![cover];
    }
    let mut panels = vec![places.top.take(), places.bottom.take()];
    panels.push(places.banner.take());
    let mut panels: Vec<Panel> = panels.into_iter().flatten().collect();
    panels.extend(places.content(typesetter, scene));
    panels.sort_by_key(|panel| panel.part);
    panels
}
