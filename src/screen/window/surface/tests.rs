//! A window that OpenGL draws into, and that software takes over after a fault.
//!
//! A window needs a display of its own and the first thread of a process, so that one test starts the other.

use std::cell::Cell;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use raw_window_handle::{HasWindowHandle as _, RawWindowHandle};
use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::platform::x11::{EventLoopBuilderExtX11 as _, WindowAttributesExtX11 as _};
use winit::window::{Window, WindowId};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use super::gl::{Chosen, OpenGl};
use super::{FallBack, Software, SurfaceFault, VideoSurface};
use crate::canvas::{Area, Pixel};
use crate::compose::Scene;

const SIZE: (u32, u32) = (300, 200);

#[test]
fn a_window_goes_on_in_software_after_opengl_failed() {
    let session = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/session/x11");
    let test = "window::surface::tests::in_a_window_of_its_own";
    let output = Command::new(session)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(125) && std::env::var_os("CI").is_none() {
        eprintln!("skipped: {said}");
        return;
    }
    let heard = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{heard}{said}");
    assert!(heard.contains("1 passed"), "{heard}");
}

#[test]
#[ignore = "the test above runs it on a display of its own"]
fn in_a_window_of_its_own() {
    let event_loop = EventLoop::builder()
        .with_x11()
        .with_any_thread(true)
        .build()
        .unwrap();
    event_loop.run_app(&mut Run::default()).unwrap();
}

/// OpenGL that fails after some pictures.
struct Failing {
    surface: OpenGl,
    pictures_left: u32,
}

impl VideoSurface for Failing {
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault> {
        self.surface.resize(width, height)
    }
    fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.surface.keep(scene)
    }
    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        if self.pictures_left == 0 {
            return Err(SurfaceFault::Driver("the context is lost".to_owned()));
        }
        self.pictures_left -= 1;
        self.surface.show(scene)
    }
    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        self.surface.picture(scene)
    }
}

/// Shows one picture after the other. The event loop has its turn between, which sends what was asked of the
/// display server.
#[derive(Default)]
struct Run {
    open: Option<Open>,
    /// Of each picture that was shown, how many faults there had been.
    faults: Vec<u32>,
}

struct Open {
    window: Rc<Window>,
    surface: FallBack,
    faults: Rc<Cell<u32>>,
    canvas: Vec<Pixel>,
    shown_at: Option<Instant>,
}

impl ApplicationHandler for Run {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        match Chosen::of(event_loop) {
            Ok(chosen) => self.open = Some(Open::new(event_loop, &chosen)),
            Err(fault) => {
                assert!(std::env::var_os("CI").is_none(), "{fault}");
                eprintln!("skipped: {fault}");
                event_loop.exit();
            }
        }
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = &mut self.open else {
            return;
        };
        let picture = self.faults.len();
        match open.shown_at {
            None => open.show(picture as u32),
            Some(_) if is_in_window(&open.window, &open.canvas) => {
                self.faults.push(open.faults.get());
                open.shown_at = None;
            }
            Some(at) => assert!(
                at.elapsed() < Duration::from_secs(20),
                "picture {picture} does not come into the window"
            ),
        }
        if self.faults.len() == 4 {
            assert_eq!(self.faults, [0, 0, 1, 1]);
            self.open = None;
            event_loop.exit();
        }
        let soon = Instant::now() + Duration::from_millis(10);
        event_loop.set_control_flow(ControlFlow::WaitUntil(soon));
    }
}

impl Open {
    fn new(event_loop: &ActiveEventLoop, chosen: &Chosen) -> Self {
        let attributes = Window::default_attributes()
            .with_inner_size(PhysicalSize::new(SIZE.0, SIZE.1))
            .with_position(PhysicalPosition::new(0, 0))
            .with_x11_visual(chosen.x11_visual().unwrap());
        let window = Rc::new(event_loop.create_window(attributes).unwrap());
        let faults = Rc::new(Cell::new(0));
        let (told, kept) = (Rc::clone(&faults), Rc::clone(&window));
        let display = event_loop.owned_display_handle();
        let surface = FallBack::new(
            Box::new(Failing {
                surface: OpenGl::new(chosen, Rc::clone(&window), SIZE).unwrap(),
                pictures_left: 2,
            }),
            SIZE,
            Box::new(move |size| {
                let software = Software::new(Rc::clone(&kept), display.clone(), size)?;
                Ok(Box::new(software))
            }),
            Box::new(move |_| told.set(told.get() + 1)),
        );
        Self {
            window,
            surface,
            faults,
            canvas: vec![Pixel(0xFF20_8040); (SIZE.0 * SIZE.1) as usize],
            shown_at: None,
        }
    }

    fn show(&mut self, picture: u32) {
        let whole = [Area::new(0, 0, SIZE.0, SIZE.1)];
        let corner = [Area::new(10, 20, 30, 40)];
        for row in 20..60 {
            let start = row * SIZE.0 as usize + 10;
            self.canvas[start..start + 30].fill(Pixel(0xFF00_0000 | (picture * 0x0033_1122)));
        }
        let scene = Scene {
            size: SIZE,
            canvas: &self.canvas,
            changed: if picture == 0 { &whole } else { &corner },
            films: &[],
            fade: None,
        };
        self.surface.show(&scene).unwrap();
        self.shown_at = Some(Instant::now());
    }
}

/// Whether the display server has exactly these pixels in the window.
fn is_in_window(window: &Window, canvas: &[Pixel]) -> bool {
    let id = match window.window_handle().unwrap().as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).unwrap(),
        other => panic!("not a window of X11: {other:?}"),
    };
    let (connection, _) = x11rb::connect(None).unwrap();
    let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
    let image = connection
        .get_image(ImageFormat::Z_PIXMAP, id, 0, 0, width, height, u32::MAX)
        .unwrap()
        .reply();
    image.is_ok_and(|image| {
        let pixels: &[[u8; 4]] = image.data.as_chunks().0;
        let wanted = canvas.iter().map(|pixel| pixel.0 & 0x00FF_FFFF);
        pixels
            .iter()
            .map(|bytes| u32::from_le_bytes(*bytes) & 0x00FF_FFFF)
            .eq(wanted)
    })
}
