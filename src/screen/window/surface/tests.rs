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
use winit::event_loop::{ActiveEventLoop, EventLoop};
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
    event_loop.run_app(&mut Once).unwrap();
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

struct Once;

impl ApplicationHandler for Once {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        show_through_a_fault(event_loop);
        event_loop.exit();
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}
}

fn show_through_a_fault(event_loop: &ActiveEventLoop) {
    let chosen = match Chosen::of(event_loop) {
        Ok(chosen) => chosen,
        Err(fault) => {
            assert!(std::env::var_os("CI").is_none(), "{fault}");
            eprintln!("skipped: {fault}");
            return;
        }
    };
    let attributes = Window::default_attributes()
        .with_inner_size(PhysicalSize::new(SIZE.0, SIZE.1))
        .with_position(PhysicalPosition::new(0, 0))
        .with_x11_visual(chosen.x11_visual().unwrap());
    let window = Rc::new(event_loop.create_window(attributes).unwrap());
    let faults = Rc::new(Cell::new(0));
    let (told, kept) = (Rc::clone(&faults), Rc::clone(&window));
    let display = event_loop.owned_display_handle();
    let mut surface = FallBack::new(
        Box::new(Failing {
            surface: OpenGl::new(&chosen, Rc::clone(&window), SIZE).unwrap(),
            pictures_left: 2,
        }),
        SIZE,
        Box::new(move |size| {
            let software = Software::new(Rc::clone(&kept), display.clone(), size)?;
            Ok(Box::new(software))
        }),
        Box::new(move |_| told.set(told.get() + 1)),
    );
    let whole = [Area::new(0, 0, SIZE.0, SIZE.1)];
    let corner = [Area::new(10, 20, 30, 40)];
    let mut canvas = vec![Pixel(0xFF20_8040); (SIZE.0 * SIZE.1) as usize];
    for (picture, faults_by_now) in [(0, 0), (1, 0), (2, 1), (3, 1)] {
        let changed: &[Area] = if picture == 0 { &whole } else { &corner };
        for row in 20..60 {
            let start = row * SIZE.0 as usize + 10;
            canvas[start..start + 30].fill(Pixel(0xFF00_0000 | (picture * 0x0033_1122)));
        }
        let scene = Scene {
            size: SIZE,
            canvas: &canvas,
            changed,
            films: &[],
            fade: None,
        };
        surface.show(&scene).unwrap();
        assert_eq!(faults.get(), faults_by_now, "picture {picture}");
        await_in_window(&window, &canvas, picture);
    }
}

/// Waits until the display server has exactly these pixels in the window.
fn await_in_window(window: &Window, canvas: &[Pixel], picture: u32) {
    let id = match window.window_handle().unwrap().as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).unwrap(),
        other => panic!("not a window of X11: {other:?}"),
    };
    let (connection, _) = x11rb::connect(None).unwrap();
    let begun = Instant::now();
    loop {
        let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, id, 0, 0, width, height, u32::MAX)
            .unwrap()
            .reply();
        let seen = image.is_ok_and(|image| {
            let pixels: &[[u8; 4]] = image.data.as_chunks().0;
            let wanted = canvas.iter().map(|pixel| pixel.0 & 0x00FF_FFFF);
            pixels
                .iter()
                .map(|bytes| u32::from_le_bytes(*bytes) & 0x00FF_FFFF)
                .eq(wanted)
        });
        if seen {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "picture {picture} does not come into the window"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
