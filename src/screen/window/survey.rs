//! What a machine can do for the screen: display server, monitors, OpenGL, and how fast each way of
//! composing is.
//!
//! It opens a window that is never shown, and belongs into a process of its own: a driver that crashes or
//! hangs then takes nothing along.

use std::time::{Duration, Instant};

use motcua_media::Frame;
use rustix::time::{ClockId, clock_gettime};
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::platform::wayland::ActiveEventLoopExtWayland as _;
use winit::platform::x11::WindowAttributesExtX11 as _;
use winit::window::{Window, WindowId};

use super::surface::{Chosen, Composer, Context, Renderer, SurfaceFault};
use crate::canvas::{Area, Pixel};
use crate::compose::{FilmLayer, Scene, copy};
use crate::sheet::PixelBox;

/// How long each way of composing is measured: long enough for a tenth of a frame's time not to matter.
const MEASURE: Duration = Duration::from_millis(700);
/// Pictures before measuring: drivers compile and reserve with the first ones.
const WARM_UP: u32 = 5;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The display server; `None` where there is none.
    pub display_server: Option<&'static str>,
    /// The monitors, the primary one first.
    pub monitors: Vec<Monitor>,
    /// What OpenGL says that it is, or why there is none.
    pub renderer: Result<Renderer, String>,
    /// Speed by OpenGL, or why it cannot be told.
    pub opengl: Result<Speed, String>,
    /// Speed in software.
    pub software: Speed,
}

/// A monitor.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    /// Its name, such as "HDMI-1".
    pub name: Option<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Refreshes a second, where the display server says it.
    pub refresh_hz: Option<f64>,
}

/// How fast pictures with a film's frame in them are composed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Pictures a second.
    pub per_second: f64,
    /// Seconds of the processor that one picture takes.
    pub cpu_seconds: f64,
}

/// Looks at the machine and measures with `frames`, all of one size, which is taken for the screen's.
#[must_use]
pub fn survey(frames: &[Frame]) -> Survey {
    let software = measure(frames, |bench, scene| {
        bench.paint_in_software(scene);
        Ok(())
    });
    let mut looking = Looking {
        frames,
        found: None,
    };
    let ran = EventLoop::new().and_then(|event_loop| event_loop.run_app(&mut looking));
    let mut found = looking.found.unwrap_or_else(|| {
        if let Err(error) = ran {
            tracing::debug!("no display server: {error}");
        }
        without_display(frames)
    });
    found.software = software.unwrap_or(found.software);
    found
}

/// The speed of nothing, until it is known.
const UNKNOWN: Speed = Speed {
    per_second: 0.0,
    cpu_seconds: 0.0,
};

fn without_display(frames: &[Frame]) -> Survey {
    let context = Context::without_window();
    with_context(None, Vec::new(), context, frames)
}

fn with_context(
    display_server: Option<&'static str>,
    monitors: Vec<Monitor>,
    context: Result<Context, SurfaceFault>,
    frames: &[Frame],
) -> Survey {
    let (renderer, opengl) = match context {
        Ok(context) => (
            Ok(context.renderer()),
            measure_opengl(&context, frames).map_err(|fault| fault.to_string()),
        ),
        Err(fault) => (Err(fault.to_string()), Err(fault.to_string())),
    };
    Survey {
        display_server,
        monitors,
        renderer,
        opengl,
        software: UNKNOWN,
    }
}

fn measure_opengl(context: &Context, frames: &[Frame]) -> Result<Speed, SurfaceFault> {
    let mut composer = Composer::new(context.functions())?;
    let size = size_of(frames);
    composer.resize(size)?;
    measure(frames, |_, scene| {
        // Into a picture aside: what a window that is not shown draws may be left out.
        composer.keep(scene)?;
        composer.finish();
        Ok(())
    })
}

fn size_of(frames: &[Frame]) -> (u32, u32) {
    frames
        .first()
        .map_or((1, 1), |frame| (frame.width(), frame.height()))
}

/// What measuring draws with.
struct Bench {
    buffer: Vec<Pixel>,
}

impl Bench {
    fn paint_in_software(&mut self, scene: &Scene<'_>) {
        let stride = scene.size.0 as usize;
        for area in scene.changed {
            copy(scene.canvas, &mut self.buffer, stride, *area);
        }
        for film in scene.films {
            film.paint(&mut self.buffer, stride);
        }
    }
}

/// Composes pictures of a page with a ticker and a film for [`MEASURE`].
fn measure(
    frames: &[Frame],
    mut compose: impl FnMut(&mut Bench, &Scene<'_>) -> Result<(), SurfaceFault>,
) -> Result<Speed, SurfaceFault> {
    let size = size_of(frames);
    let whole = Area::new(0, 0, size.0, size.1);
    let ticker = Area::new(0, size.1 - size.1 / 20, size.0, size.1 / 20);
    let room = PixelBox {
        x: 0,
        y: 0,
        width: size.0,
        height: size.1,
    };
    let canvas = vec![Pixel(0xFF30_4050); size.0 as usize * size.1 as usize];
    let layers: Vec<FilmLayer> = frames
        .iter()
        .map(|frame| FilmLayer::new(frame.clone(), room, whole, &[ticker]))
        .collect();
    let mut bench = Bench {
        buffer: canvas.clone(),
    };
    let (mut drawn, mut started) = (0, (Instant::now(), cpu_time()));
    for layer in layers.iter().cycle() {
        if drawn == WARM_UP {
            started = (Instant::now(), cpu_time());
        }
        if drawn > WARM_UP && started.0.elapsed() >= MEASURE {
            break;
        }
        let scene = Scene {
            size,
            canvas: &canvas,
            changed: &[ticker],
            films: &[layer],
            fade: None,
        };
        compose(&mut bench, &scene)?;
        drawn += 1;
    }
    let pictures = f64::from(drawn.saturating_sub(WARM_UP).max(1));
    let seconds = started.0.elapsed().as_secs_f64().max(f64::EPSILON);
    Ok(Speed {
        per_second: pictures / seconds,
        cpu_seconds: (cpu_time() - started.1) / pictures,
    })
}

/// Seconds of the processor that this process has taken, drivers' threads included.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The application that looks once and ends.
struct Looking<'a> {
    frames: &'a [Frame],
    found: Option<Survey>,
}

impl ApplicationHandler for Looking<'_> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        let server = if event_loop.is_wayland() {
            "Wayland"
        } else {
            "X11"
        };
        let context = Chosen::of(event_loop).and_then(|chosen| {
            let attributes = Window::default_attributes()
                .with_visible(false)
                .with_inner_size(PhysicalSize::new(64, 64));
            let attributes = match chosen.x11_visual() {
                Some(visual) => attributes.with_x11_visual(visual),
                None => attributes,
            };
            let window = event_loop
                .create_window(attributes)
                .map_err(|error| SurfaceFault::NoOpenGl(error.to_string()))?;
            Ok((Context::for_window(&chosen, &window, (64, 64))?, window))
        });
        let monitors = monitors(event_loop);
        self.found = Some(match context {
            Ok((context, _window)) => {
                with_context(Some(server), monitors, Ok(context), self.frames)
            }
            Err(fault) => with_context(Some(server), monitors, Err(fault), self.frames),
        });
        event_loop.exit();
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}
}

fn monitors(event_loop: &ActiveEventLoop) -> Vec<Monitor> {
    let primary = event_loop.primary_monitor();
    let mut monitors: Vec<_> = event_loop.available_monitors().collect();
    monitors.sort_by_key(|monitor| Some(monitor) != primary.as_ref());
    monitors
        .iter()
        .map(|monitor| Monitor {
            name: monitor.name(),
            width: monitor.size().width,
            height: monitor.size().height,
            refresh_hz: monitor
                .refresh_rate_millihertz()
                .map(|rate| f64::from(rate) / 1000.0),
        })
        .collect()
}
