//! The window: takes sheets and frame texts from other threads, draws, and tells what happened.
//!
//! This is the UI thread. It reads no file and decodes nothing; it sleeps until something has changed.

mod films;
mod fingers;
mod kiosk;
mod presenter;
mod surface;
mod survey;

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use motcua_media::MediaError;
use motcua_show::Language;
use motcua_show::palette::Palette;
use motcua_show::visit::Press;
use motcua_typeset::Viewport;
use winit::event_loop::{EventLoop, EventLoopProxy};

use crate::ScreenError;
use crate::canvas::Pixel;
use crate::sheet::Sheet;
use crate::view::{FrameText, Moment, Notice, WordsByLanguage};
use crate::visit::VisitPage;
pub(crate) use surface::SurfaceFault;
pub use surface::{Graphics, GraphicsInUse, Renderer};
pub use survey::{Monitor, Speed, Survey, survey};

/// Where the window goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Over the whole of a monitor, counted from 0; without a number the first.
    Fullscreen(Option<usize>),
    /// A window of this many pixels, for trying things out.
    Windowed(u32, u32),
}

/// What a screen is opened with.
pub struct ScreenSettings {
    /// Where the window goes.
    pub placement: Placement,
    /// How pictures are composed; software, whatever is asked for, where OpenGL fails.
    pub graphics: Graphics,
    /// The diagonal in inches, where the show says it.
    pub diagonal_inches: Option<f64>,
    /// The first picture: frame and card, laid out for the room there is.
    pub first: Box<First>,
}

/// Makes the first picture of a screen, and the one after its size changed.
pub type First = dyn Fn(Viewport, &WordsByLanguage) -> (Palette, FrameText, Sheet);

/// How a sheet takes the place of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// At once.
    Cut,
    /// As a cross-fade.
    Fade,
}

/// What other threads tell the screen.
#[derive(Debug)]
pub enum ToScreen {
    /// Show this sheet; the token comes back in [`FromScreen::Shown`].
    Sheet {
        /// Names this sheet in what the screen tells about it.
        token: u64,
        /// What to show.
        sheet: Box<Sheet>,
        /// How.
        transition: Transition,
    },
    /// Time of the item on stage that was over at the instant, and its whole length; zero for no progress.
    Progress {
        /// When this was so.
        at: Instant,
        /// How much of it was over.
        passed: Duration,
        /// How long it takes.
        length: Duration,
    },
    /// What the frame says, in which language and colours.
    Frame(Box<FrameText>, Language, Box<Palette>),
    /// Whether a touch opens the lookup.
    Touchable(bool),
    /// The civil time.
    Clock(Moment),
    /// The strip of queue calls over stage and visits; none takes it away.
    Calls(Option<Box<motcua_show::calls::Strip>>),
    /// A plate for the people of the office; none takes it away.
    Notice(Option<Notice>),
    /// Put this page of a visit over everything. The next sheet takes it away and forgets it.
    Visit(Box<VisitPage>),
    /// Say what is to be seen, as [`FromScreen::Picture`].
    TakePicture,
    /// A film has a frame to show.
    FilmReady,
    /// Close the window and return.
    Quit,
}

/// What the screen tells other threads.
#[derive(Debug)]
pub enum FromScreen {
    /// The window is there, or has another size: pages must be laid out for it.
    Sized {
        /// The room for pages.
        viewport: Viewport,
        /// The room for pages that are touched.
        touch: Viewport,
        /// The words of pages in every language.
        words: Box<WordsByLanguage>,
    },
    /// How pictures are composed: once the window is open, and again when OpenGL failed.
    Graphics(GraphicsInUse),
    /// The first picture of a sheet has been handed to the display.
    Shown {
        /// The sheet's token.
        token: u64,
    },
    /// The film of a sheet has come to its end, of several the first; its last frame stays.
    FilmEnded {
        /// The sheet's token.
        token: u64,
    },
    /// The film of a sheet broke, and every other that it has; the last good frames stay.
    FilmFailed {
        /// The sheet's token.
        token: u64,
        /// Why.
        error: MediaError,
    },
    /// One of several films of a sheet broke; its last good frame stays, and the others go on.
    OneFilmFailed {
        /// The sheet's token.
        token: u64,
        /// Why.
        error: MediaError,
    },
    /// What is to be seen, row by row.
    Picture {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The pixels; making a file of them is not for this thread.
        pixels: Box<[Pixel]>,
    },
    /// A visitor touched the screen.
    Touched {
        /// The code of the procedure that was touched, if the page names one there.
        code: Option<String>,
    },
    /// A visitor pressed something on the page of the visit.
    Pressed(Press),
    /// The window was closed from outside.
    Closed,
}

/// Sends to the screen from any thread. Sending to a screen that is gone is normal at shutdown.
#[derive(Clone)]
pub struct ScreenHandle {
    proxy: EventLoopProxy<ToScreen>,
}

impl fmt::Debug for ScreenHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScreenHandle")
    }
}

impl ScreenHandle {
    /// Tells the screen something.
    pub fn send(&self, message: ToScreen) {
        drop(self.proxy.send_event(message));
    }
}

/// Opens the screen and runs it on this thread until [`ToScreen::Quit`] or the window is closed.
///
/// `start` gets the handle before the window is there; `tell` is called on this thread and must not block.
///
/// # Errors
/// Without a display server, or where it refuses the window.
pub fn run(
    settings: ScreenSettings,
    start: impl FnOnce(ScreenHandle),
    tell: impl Fn(FromScreen) + 'static,
) -> Result<(), ScreenError> {
    let event_loop = EventLoop::<ToScreen>::with_user_event()
        .build()
        .map_err(|_| ScreenError::NoDisplay)?;
    start(ScreenHandle {
        proxy: event_loop.create_proxy(),
    });
    let mut kiosk = kiosk::Kiosk::new(settings, Rc::new(tell));
    event_loop.run_app(&mut kiosk)?;
    kiosk.outcome()
}
