//! The event loop: opens the window, passes events on, and sleeps until the next thing is due.

use std::rc::Rc;
use std::time::{Duration, Instant};

use motcua_typeset::Viewport;
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow};
use winit::keyboard::{Key, NamedKey};
use winit::monitor::MonitorHandle;
use winit::platform::x11::WindowAttributesExtX11 as _;
use winit::window::{Fullscreen, Window, WindowId};

use super::fingers::Fingers;
use super::presenter::Presenter;
use super::surface::{self, Chosen, Graphics, Told};
use super::{FromScreen, Placement, ScreenSettings, ToScreen};
use crate::inhibit::{self, Inhibitor};
use crate::view::View;
use crate::{ScreenError, platform};

/// The application that winit runs.
pub(super) struct Kiosk {
    settings: ScreenSettings,
    tell: Rc<dyn Fn(FromScreen)>,
    open: Option<Open>,
    fingers: Fingers,
    /// What came before the window was there.
    early: Vec<ToScreen>,
    failed: Option<ScreenError>,
}

/// A window that is open. Its parts end in this order: the inhibitor lives on the window's connection.
struct Open {
    _inhibitor: Option<Inhibitor>,
    presenter: Presenter,
}

impl Kiosk {
    pub(super) fn new(settings: ScreenSettings, tell: Rc<dyn Fn(FromScreen)>) -> Self {
        Self {
            settings,
            tell,
            open: None,
            fingers: Fingers::default(),
            early: Vec::new(),
            failed: None,
        }
    }

    pub(super) fn outcome(self) -> Result<(), ScreenError> {
        self.failed.map_or(Ok(()), Err)
    }

    fn open(&self, event_loop: &ActiveEventLoop) -> Result<Open, ScreenError> {
        let chosen = (self.settings.graphics == Graphics::OpenGl).then(|| Chosen::of(event_loop));
        let visual = match &chosen {
            Some(Ok(chosen)) => chosen.x11_visual(),
            _ => None,
        };
        let window = Rc::new(self.create_window(event_loop, visual)?);
        let size = window.inner_size();
        let slint_window = platform::install(platform::Time::Passes)?;
        let view = View::new(
            slint_window,
            (size.width.max(1), size.height.max(1)),
            self.settings.diagonal_inches,
            crate::Palette::LIGHT,
        )?;
        let display = event_loop.owned_display_handle();
        let size = (view.width, view.height);
        let tell = Rc::clone(&self.tell);
        let told: Told = Rc::new(move |in_use| tell(FromScreen::Graphics(in_use)));
        let surface = surface::open(chosen, Rc::clone(&window), display, size, told)?;
        let mut presenter = Presenter::new(view, surface);
        self.show_first(&mut presenter);
        presenter.prepare();
        window.set_visible(true);
        // The window opens with the picture in it: where no window manager stands between, this one is there
        // before anybody could see an empty window.
        presenter.tick(Instant::now(), &*self.tell)?;
        let inhibitor = inhibit::hold(&window);
        Ok(Open {
            _inhibitor: inhibitor,
            presenter,
        })
    }

    fn create_window(
        &self,
        event_loop: &ActiveEventLoop,
        x11_visual: Option<u32>,
    ) -> Result<Window, ScreenError> {
        let hidden = Window::default_attributes()
            .with_title("Motcua")
            .with_visible(false);
        let hidden = match x11_visual {
            Some(visual) => hidden.with_x11_visual(visual),
            None => hidden,
        };
        let attributes = match self.settings.placement {
            Placement::Windowed(width, height) => {
                hidden.with_inner_size(PhysicalSize::new(width, height))
            }
            Placement::Fullscreen(number) => {
                let covering = hidden.with_decorations(false);
                match monitor(event_loop, number)? {
                    // Without a window manager nobody carries the wish for fullscreen out: the size says it too.
                    Some(monitor) => covering
                        .with_inner_size(monitor.size())
                        .with_position(monitor.position())
                        .with_fullscreen(Some(Fullscreen::Borderless(Some(monitor)))),
                    None => covering.with_fullscreen(Some(Fullscreen::Borderless(None))),
                }
            }
        };
        let window = event_loop.create_window(attributes)?;
        if let Placement::Fullscreen(number) = self.settings.placement {
            window.set_cursor_visible(false);
            if let Some(monitor) = monitor(event_loop, number)? {
                // X11 only; compositors place and size a fullscreen window themselves.
                let _later = window.request_inner_size(monitor.size());
                window.set_outer_position(monitor.position());
            }
        }
        Ok(window)
    }

    fn show_first(&self, presenter: &mut Presenter) {
        let words = presenter.view.words();
        let viewport = presenter.view.viewport;
        let (palette, frame, sheet) = (self.settings.first)(viewport, &words);
        presenter.view.set_palette(palette);
        presenter.view.set_frame(&frame);
        presenter.show(0, sheet, super::Transition::Cut);
        let view = &presenter.view;
        let touch = Viewport::of_touch(view.width, view.height, self.settings.diagonal_inches);
        (self.tell)(FromScreen::Sized {
            viewport,
            touch,
            words: Box::new(words),
        });
    }

    fn resized(&mut self, size: PhysicalSize<u32>) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        let view = &open.presenter.view;
        if size.width > 0
            && size.height > 0
            && (size.width, size.height) != (view.width, view.height)
        {
            tracing::info!(
                width = size.width,
                height = size.height,
                "the screen's size changed"
            );
            open.presenter
                .resize(size.width, size.height, self.settings.diagonal_inches);
            self.show_first(&mut open.presenter);
        }
        self.open = Some(open);
    }

    fn take(&mut self, event_loop: &ActiveEventLoop, message: ToScreen) {
        let Some(open) = self.open.as_mut() else {
            self.early.push(message);
            return;
        };
        let presenter = &mut open.presenter;
        match message {
            ToScreen::Sheet {
                token,
                sheet,
                transition,
            } => presenter.show(token, *sheet, transition),
            ToScreen::Visit(page) => presenter.visit(*page),
            ToScreen::Progress { at, passed, length } => presenter.set_progress(at, passed, length),
            ToScreen::Frame(text, language, palette) => {
                presenter.view.set_language(language);
                presenter.view.set_palette(*palette);
                presenter.view.set_frame(&text);
            }
            ToScreen::Touchable(is_touchable) => presenter.view.set_touchable(is_touchable),
            ToScreen::Clock(now) => presenter.view.set_clock(now),
            ToScreen::Calls(strip) => presenter.view.set_calls(strip.as_deref()),
            ToScreen::Notice(notice) => presenter.view.set_notice(notice.as_ref()),
            ToScreen::TakePicture => match presenter.picture() {
                Ok(picture) => (self.tell)(picture),
                Err(fault) => tracing::warn!("no picture could be taken of the screen: {fault}"),
            },
            ToScreen::FilmReady => {}
            ToScreen::Quit => event_loop.exit(),
        }
    }
}

impl ApplicationHandler<ToScreen> for Kiosk {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.open.is_some() {
            return;
        }
        match self.open(event_loop) {
            Ok(open) => {
                self.open = Some(open);
                for message in std::mem::take(&mut self.early) {
                    self.take(event_loop, message);
                }
            }
            Err(error) => {
                self.failed = Some(error);
                event_loop.exit();
            }
        }
    }

    fn exiting(&mut self, _: &ActiveEventLoop) {
        // The connection to the display server ends with the event loop, and the window is to end before.
        self.open = None;
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, message: ToScreen) {
        self.take(event_loop, message);
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::Resized(size) => self.resized(size),
            WindowEvent::RedrawRequested => {
                if let Some(open) = self.open.as_mut() {
                    open.presenter.expose();
                }
            }
            WindowEvent::CloseRequested | WindowEvent::Destroyed => {
                (self.tell)(FromScreen::Closed);
                event_loop.exit();
            }
            WindowEvent::KeyboardInput { event, .. }
                if event.state.is_pressed()
                    && event.logical_key == Key::Named(NamedKey::Escape)
                    && matches!(self.settings.placement, Placement::Windowed(..)) =>
            {
                (self.tell)(FromScreen::Closed);
                event_loop.exit();
            }
            event => {
                if let Some(open) = self.open.as_mut() {
                    self.fingers.take(&event, &open.presenter.view, &*self.tell);
                }
            }
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = self.open.as_mut() else {
            return;
        };
        let now = Instant::now();
        let wake = open.presenter.tick(now, &*self.tell);
        event_loop.set_control_flow(match wake {
            Ok(Some(at)) => ControlFlow::WaitUntil(at),
            Ok(None) => ControlFlow::Wait,
            Err(error) => {
                // A buffer that is refused once (a monitor unplugged) is asked for again.
                tracing::warn!("the picture could not be handed to the display: {error}");
                open.presenter.expose();
                ControlFlow::WaitUntil(now + Duration::from_secs(1))
            }
        });
    }
}

/// The monitor with this number, else the first; `None` where the display server names none.
fn monitor(
    event_loop: &ActiveEventLoop,
    number: Option<usize>,
) -> Result<Option<MonitorHandle>, ScreenError> {
    let monitors: Vec<_> = event_loop.available_monitors().collect();
    match number {
        Some(asked) if asked >= monitors.len() => Err(ScreenError::NoSuchMonitor {
            asked,
            present: monitors.len(),
        }),
        Some(asked) => Ok(monitors.into_iter().nth(asked)),
        None => Ok(event_loop
            .primary_monitor()
            .or_else(|| monitors.into_iter().next())),
    }
}
