//! Captions and several films, tick by tick, into a surface in memory that is drawn in parts as a window is.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use motcua_media::{Clip, ClipRequest};
use motcua_show::palette::Palette;
use motcua_typeset::page::{Fit, Surround};
use motcua_typeset::{Caption, Element, Page, Rect, Role};

use super::*;
use crate::canvas::Pixel;
use crate::compose::{compose, copy};
use crate::platform;
use crate::sheet::{Film, PixelBox};

const SIZE: (u32, u32) = (960, 540);
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the caption lies, in pixels of the screen: half as many as design pixels.
const PLATE: Area = Area::new(300, 380, 360, 60);

/// What a window would show, and how often it was given something.
#[derive(Default)]
struct Shown {
    pixels: Vec<Pixel>,
    times: usize,
}

struct Memory(Rc<RefCell<Shown>>);

impl VideoSurface for Memory {
    fn resize(&mut self, _: u32, _: u32) -> Result<(), SurfaceFault> {
        Ok(())
    }

    fn keep(&mut self, _: &Scene<'_>) -> Result<(), SurfaceFault> {
        Ok(())
    }

    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        let mut shown = self.0.borrow_mut();
        shown.times += 1;
        let stride = scene.size.0 as usize;
        shown.pixels.resize(scene.canvas.len(), Pixel(0));
        for area in scene.changed {
            copy(scene.canvas, &mut shown.pixels, stride, *area);
        }
        for film in scene.films {
            if film.is_new || scene.changed.iter().any(|area| film.is_seen_in(*area)) {
                film.paint(&mut shown.pixels, stride);
            }
        }
        assert!(
            shown.pixels == compose(scene, None),
            "what changed is not all that was told"
        );
        Ok(())
    }

    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        Ok(compose(scene, None))
    }
}

/// A presenter, what it shows, and the clock of its films.
struct Stage {
    presenter: Presenter,
    shown: Rc<RefCell<Shown>>,
    clock: Arc<Mutex<Duration>>,
    told: RefCell<Vec<FromScreen>>,
}

impl Stage {
    fn new() -> Self {
        let window = platform::install(platform::Time::StandsStill).unwrap();
        let view = View::new(window, SIZE, None, Palette::LIGHT).unwrap();
        let shown = Rc::<RefCell<Shown>>::default();
        Self {
            presenter: Presenter::new(view, Box::new(Memory(Rc::clone(&shown)))),
            shown,
            clock: Arc::default(),
            told: RefCell::default(),
        }
    }

    fn film(&self, path: &Path, place: PixelBox) -> Film {
        let request = ClipRequest {
            fit: Some((place.width, place.height)),
            ..ClipRequest::default()
        };
        let clip = Clip::open(path, request).unwrap();
        assert!(clip.wait_ready(PATIENCE));
        let clock = Arc::clone(&self.clock);
        Film {
            clip: Arc::new(clip),
            position: Arc::new(move || *clock.lock().unwrap()),
            place,
            rounds: None,
        }
    }

    /// Lets the films be at a time, and says when the presenter wants to be asked again.
    fn at(&mut self, millis: u64) -> Option<Duration> {
        *self.clock.lock().unwrap() = Duration::from_millis(millis);
        let now = Instant::now();
        let told = &self.told;
        let wake = self
            .presenter
            .tick(now, &|from| told.borrow_mut().push(from));
        wake.unwrap().map(|wake| wake - now)
    }

    /// Whether the plate is seen, all of it.
    fn has_plate(&self) -> bool {
        let frame = Palette::LIGHT.frame.rgb;
        let plate = Pixel(u32::from_be_bytes([0xFF, frame[0], frame[1], frame[2]]));
        let shown = self.shown.borrow();
        let row = |y: u32| {
            let start = (y * SIZE.0 + PLATE.x) as usize;
            &shown.pixels[start..start + PLATE.width as usize]
        };
        (PLATE.y..PLATE.bottom()).all(|y| row(y).iter().all(|pixel| *pixel == plate))
    }
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../media/online-filing.mp4")
}

fn place(x: i32, width: u32) -> PixelBox {
    PixelBox {
        x,
        y: 0,
        width,
        height: SIZE.1,
    }
}

fn sheet(stage: &Stage, films: Vec<Film>, captions: Vec<Caption>) -> Sheet {
    let viewport = stage.presenter.view.viewport;
    let elements = films
        .iter()
        .map(|film| Element::Media {
            rect: Rect::new(
                film.place.x as f32 / viewport.scale,
                0.0,
                film.place.width as f32 / viewport.scale,
                viewport.height,
            ),
            fit: Fit::Contain,
        })
        .collect();
    let page = Page {
        elements,
        characters: 0,
        surround: Surround::Plates,
        media_page: 0,
        links: Vec::new(),
    };
    Sheet::new(page, viewport, &Palette::LIGHT, None)
        .with_films(films)
        .with_captions(captions)
}

fn caption(from: u64, until: u64, scale: f32) -> Caption {
    let px = |value: u32| value as f32 / scale;
    let plate = Rect::new(px(PLATE.x), px(PLATE.y), px(PLATE.width), px(PLATE.height));
    let fill = Element::Fill {
        rect: plate,
        role: Role::Frame,
        radius: 0.0,
    };
    Caption {
        from: Duration::from_millis(from),
        until: Duration::from_millis(until),
        plate,
        elements: vec![fill],
    }
}

#[test]
fn a_caption_comes_and_goes_at_its_time() {
    let mut stage = Stage::new();
    let scale = stage.presenter.view.viewport.scale;
    let film = stage.film(&sample(), place(0, SIZE.0));
    let shown = sheet(&stage, vec![film.clone()], vec![caption(1000, 2000, scale)]);
    stage.presenter.show(1, shown.clone(), Transition::Cut);
    for (millis, stands) in [
        (0, false),
        (999, false),
        (1000, true),
        (1500, true),
        (1999, true),
        (2000, false),
        (2500, false),
    ] {
        stage.at(millis);
        assert_eq!(stage.has_plate(), stands, "at {millis} ms");
    }
    // It is asked again in time for what comes next, though no frame were due.
    stage.presenter.show(2, shown.clone(), Transition::Cut);
    assert!(stage.at(900).unwrap() <= Duration::from_millis(100));
    // A sheet that begins in the middle has its caption at once.
    stage.presenter.show(3, shown, Transition::Cut);
    stage.at(1500);
    assert!(stage.has_plate());
    // Nothing of it is left on the next page.
    let plain = sheet(&stage, vec![film], Vec::new());
    stage.presenter.show(4, plain, Transition::Cut);
    stage.at(1500);
    assert!(!stage.has_plate());
}

#[test]
fn a_caption_that_stays_costs_nothing() {
    let mut stage = Stage::new();
    let scale = stage.presenter.view.viewport.scale;
    let film = stage.film(&sample(), place(0, SIZE.0));
    let shown = sheet(&stage, vec![film], vec![caption(0, 5000, scale)]);
    stage.presenter.show(1, shown, Transition::Cut);
    // Elements come into being while they are drawn first.
    for _ in 0..3 {
        stage.at(0);
    }
    let before = stage.shown.borrow().times;
    for _ in 0..10 {
        stage.at(0);
    }
    assert_eq!(stage.shown.borrow().times, before);
    assert!(stage.has_plate());
}

#[test]
fn one_of_two_films_that_breaks_holds_up_nothing() {
    let mut stage = Stage::new();
    let folder = std::env::temp_dir().join(format!("motcua-two-films-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let cut = folder.join("cut.mp4");
    let bytes = std::fs::read(sample()).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 3]).unwrap();
    let films = vec![
        stage.film(&sample(), place(0, 480)),
        stage.film(&cut, place(480, 480)),
    ];
    let shown = sheet(&stage, films, Vec::new());
    stage.presenter.show(7, shown, Transition::Cut);
    let begun = Instant::now();
    let has_ended = |stage: &Stage| {
        let told = stage.told.borrow();
        told.iter()
            .any(|from| matches!(from, FromScreen::FilmEnded { token: 7 }))
    };
    let mut millis = 0;
    while !has_ended(&stage) {
        assert!(begun.elapsed() < 6 * PATIENCE, "{:?}", stage.told.borrow());
        stage.at(millis);
        millis += 40;
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = stage.told.borrow();
    let count = |is: fn(&FromScreen) -> bool| told.iter().filter(|from| is(from)).count();
    assert_eq!(
        count(|from| matches!(from, FromScreen::OneFilmFailed { .. })),
        1
    );
    assert_eq!(
        count(|from| matches!(from, FromScreen::FilmFailed { .. })),
        0
    );
    let layers = layers(stage.presenter.sheet.as_ref());
    assert_eq!(layers.len(), 2, "each keeps its last picture");
    std::fs::remove_dir_all(folder).unwrap();
}
