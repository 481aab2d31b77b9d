//! A hand at the screen: touches what a page offers by its name, and knows what the page must look like then.
//!
//! Where things lie, and what is to be seen, comes from `motcua render --touch`: the same code that lays the
//! window's pages out, asked from outside.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::window::display::Display;
use crate::window::picture::Picture;
use crate::window::player::{PLAYER, without_settings};
use crate::window::session::{Session, bound};

/// The civil time of every test.
pub const AT: &str = "2026-11-23T08:00";
/// How long a page may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The share of pixels in which a page may be apart from what `render` draws of it: less than one letter.
const SAME: f64 = 0.0002;

/// Something that can be touched, as `render --targets` says it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The part of the screen.
    pub part: String,
    /// What it is called.
    pub label: String,
    /// The press that it is.
    pub press: String,
    /// Its place on the screen: x, y, width, height.
    pub at: [i32; 4],
    /// The place of its part.
    pub within: [i32; 4],
}

impl Target {
    /// Its middle.
    pub fn middle(&self) -> (i32, i32) {
        let [x, y, width, height] = self.at;
        (x + width / 2, y + height / 2)
    }
}

/// A hand.
pub struct Hand {
    screen: String,
    size: (u32, u32),
    pub display: Display,
    show: PathBuf,
    /// What was pressed since the lookup opened, as `render --touch` reads it.
    presses: String,
    /// How many pixels the page was scrolled.
    scrolled: i32,
    time: Option<&'static str>,
}

impl Hand {
    /// At a screen that plays `show`.
    pub fn at(session: &Session, show: &Path) -> Self {
        Self {
            screen: session.variable("DISPLAY").to_owned(),
            size: session.size,
            display: Display::of(session),
            show: show.to_owned(),
            presses: "bare".to_owned(),
            scrolled: 0,
            time: Some(AT),
        }
    }

    /// The screen keeps the time of the machine.
    pub fn at_this_time(self) -> Self {
        Self { time: None, ..self }
    }

    /// A release has brought another show.
    pub fn hears_of(&mut self, show: &Path) {
        self.presses += &format!("; release {}", show.display());
    }

    /// What the visit comes to from here on, without touching anything.
    pub fn begins_at(&mut self, presses: &str) {
        self.presses = format!("bare; {presses}");
        self.scrolled = 0;
    }

    /// The visit goes on by these presses, which were done otherwise.
    pub fn continues(&mut self, presses: &str) {
        self.presses += &format!("; {presses}");
        self.scrolled = 0;
    }

    /// What can be touched.
    pub fn targets(&self) -> Vec<Target> {
        targets(
            &self.show,
            &["--touch", &self.presses],
            self.size,
            self.time,
        )
    }

    /// What is called so, or is this press.
    pub fn target(&self, name: &str) -> Target {
        find(self.targets(), name)
    }

    /// Touches what is called so, or is this press, and waits for the page that follows.
    pub fn touches(&mut self, name: &str) {
        self.touches_blindly(name);
        self.sees_page();
    }

    /// The same without looking what comes of it.
    pub fn touches_blindly(&mut self, name: &str) {
        let target = self.target(name);
        self.touch(self.place_of(&target));
        self.presses += &format!("; {}", target.press);
        self.scrolled = 0;
    }

    /// Ticks a paper, wherever the list was scrolled to, and waits for the tick.
    pub fn ticks(&mut self, paper: &str) {
        let target = self.target(paper);
        let before = self.display.shot();
        self.touch(self.place_of(&target));
        self.presses += &format!("; {}", target.press);
        let ticked = self.awaits(|shot| !self.is_same(shot, &before));
        assert!(ticked.is_ok(), "{paper:?} is not ticked");
        self.settled();
    }

    /// How many pixels the page was scrolled.
    pub const fn scrolled(&self) -> i32 {
        self.scrolled
    }

    /// The middle of a target on the screen.
    pub fn place_of(&self, target: &Target) -> (i32, i32) {
        let (x, y) = target.middle();
        let y = if target.part == "main" {
            y - self.scrolled
        } else {
            y
        };
        let [_, top, _, height] = target.within;
        assert!(
            (top..top + height).contains(&y),
            "{:?} has to be scrolled to",
            target.label
        );
        (x, y)
    }

    /// Scrolls with a finger until the target can be touched.
    pub fn scrolls_to(&mut self, name: &str) {
        let target = self.target(name);
        let [_, top, _, height] = target.within;
        loop {
            let y = target.middle().1 - self.scrolled - top;
            if (height / 10..height * 9 / 10).contains(&y) {
                return;
            }
            let by = (y - height / 2).clamp(-height * 6 / 10, height * 6 / 10);
            let before = self.scrolled;
            self.scrolls(&target, by);
            if self.scrolled == before {
                // The end of the list.
                return;
            }
        }
    }

    /// Draws a finger over the part of `target`, up where `by` is more than zero, and sees how far its content went.
    pub fn scrolls(&mut self, target: &Target, by: i32) {
        let [x, top, width, height] = target.within;
        let (x, middle) = (x + width / 3, top + height / 2);
        let before = self.display.whole();
        self.drag((x, middle + by / 2), (x, middle - by / 2));
        self.settled();
        self.scrolled += shift(&before, &self.display.whole(), target.within);
    }

    /// Touches keys one after the other, faster than one looks; their places stay.
    pub fn types(&mut self, keys: &[&str]) {
        let targets = self.targets();
        for key in keys {
            let target = find(targets.clone(), &format!("keys {key}"));
            self.touch(target.middle());
            self.presses += &format!("; {}", target.press);
        }
        self.sees_page();
    }

    /// Touches a place.
    pub fn touch(&self, (x, y): (i32, i32)) {
        self.xdotool(&format!("mousemove {x} {y} mousedown 1 mouseup 1"));
    }

    /// Touches a place twice, as fast as can be.
    pub fn touch_twice(&self, (x, y): (i32, i32)) {
        self.xdotool(&format!("mousemove {x} {y} click 1 click 1"));
    }

    /// Draws a finger from one place to another; it rests before it is lifted, so that nothing is flung.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) {
        let mut steps = format!("mousemove {} {} mousedown 1", from.0, from.1);
        for step in 1..=10 {
            let between = |from: i32, to: i32| from + (to - from) * step / 10;
            steps += &format!(
                " mousemove {} {} sleep 0.03",
                between(from.0, to.0),
                between(from.1, to.1)
            );
        }
        self.xdotool(&(steps + " sleep 0.4 mouseup 1"));
    }

    /// Types on a keyboard of the machine.
    pub fn types_on_a_keyboard(&self, text: &str) {
        let mut command = bound("xdotool");
        let command = command.env("DISPLAY", &self.screen).args(["type", text]);
        assert!(command.status().unwrap().success());
    }

    /// Presses keys of a keyboard of the machine, by their names.
    pub fn presses_on_a_keyboard(&self, keys: &[&str]) {
        self.xdotool(&format!("key {}", keys.join(" ")));
    }

    fn xdotool(&self, steps: &str) {
        let mut command = bound("xdotool");
        let command = command.env("DISPLAY", &self.screen);
        let status = command.args(steps.split_whitespace()).status();
        assert!(status.unwrap().success(), "xdotool {steps}");
    }

    /// The page that must be seen after what was pressed.
    pub fn page(&self) -> Picture {
        rendered(
            &self.show,
            &["--touch", &self.presses],
            self.size,
            self.time,
        )
    }

    /// Waits until the page is seen that follows from what was pressed.
    pub fn sees_page(&self) {
        let page = self.page();
        if let Err(shot) = self.awaits(|shot| self.is_same(shot, &page)) {
            panic!(
                "after {:?} the screen is {} instead of {}",
                self.presses,
                shot.keep("touch-seen.png"),
                page.keep("touch-expected.png")
            );
        }
    }

    /// Waits until something is seen that `is_it` accepts; what is seen instead is the error.
    pub fn awaits(&self, is_it: impl Fn(&Picture) -> bool) -> Result<Picture, Picture> {
        let begun = Instant::now();
        loop {
            let shot = self.display.shot();
            if is_it(&shot) {
                return Ok(shot);
            }
            if begun.elapsed() > PATIENCE {
                return Err(shot);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether two pictures show the same page.
    pub fn is_same(&self, one: &Picture, other: &Picture) -> bool {
        let all = one.mask(self.size, |_, _| true);
        one.apart(other, &all) <= SAME
    }

    /// Waits until nothing moves.
    pub fn settled(&self) -> Picture {
        let mut before = self.display.shot();
        let begun = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(300));
            let shot = self.display.shot();
            if self.is_same(&shot, &before) {
                return shot;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "the picture does not come to rest"
            );
            before = shot;
        }
    }

    /// What the QR codes on the screen hold.
    pub fn codes(&self) -> Vec<String> {
        let grey = image::DynamicImage::ImageRgb8(self.display.whole()).into_luma8();
        let (width, height) = (grey.width() as usize, grey.height() as usize);
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            grey.get_pixel(x as u32, y as u32).0[0]
        });
        let grids = picture.detect_grids();
        grids
            .iter()
            .filter_map(|grid| Some(grid.decode().ok()?.1))
            .collect()
    }
}

/// Where a touch on a page of the loop opens the procedure with this code.
pub fn link(show: &Path, item: &str, code: &str, size: (u32, u32)) -> Target {
    find(targets(show, &["--item", item], size, Some(AT)), code)
}

/// What `render` draws.
pub fn rendered(show: &Path, what: &[&str], size: (u32, u32), time: Option<&str>) -> Picture {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    let mut command = render(show, what, size, time);
    let output = command.arg("--out").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what:?}: {said}");
    Picture::read(&file)
}

fn targets(show: &Path, what: &[&str], size: (u32, u32), time: Option<&str>) -> Vec<Target> {
    let output = render(show, what, size, time)
        .arg("--targets")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what:?}: {said}");
    let targets: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |target: &serde_json::Value| {
        let text = |key: &str| target[key].as_str().unwrap().to_owned();
        let place = |key: &str| {
            ["x", "y", "width", "height"]
                .map(|side| target[key][side].as_i64().unwrap().try_into().unwrap())
        };
        Target {
            part: text("part"),
            label: text("label"),
            press: text("press"),
            at: place("at"),
            within: place("within"),
        }
    };
    targets.as_array().unwrap().iter().map(of).collect()
}

fn find(targets: Vec<Target>, name: &str) -> Target {
    let mut found = targets
        .iter()
        .filter(|target| target.label == name || target.press == name);
    match found.next() {
        Some(target) => target.clone(),
        None => {
            let offered: Vec<_> = targets.iter().map(|it| (&it.label, &it.press)).collect();
            panic!("{name:?} cannot be touched; there are {offered:?}")
        }
    }
}

fn render(show: &Path, what: &[&str], (width, height): (u32, u32), time: Option<&str>) -> Command {
    let mut command = bound(PLAYER);
    without_settings(&mut command);
    command.arg("render").arg(show).args(what);
    command.args(["--size", &format!("{width}x{height}")]);
    if let Some(time) = time {
        command.args(["--at", time]);
    }
    command
}

/// How many pixels the content of `part` went up between two pictures.
fn shift(before: &RgbImage, after: &RgbImage, [x, top, width, height]: [i32; 4]) -> i32 {
    // What says how far it is scrolled stands at the right edge and does not go along.
    let columns = || (x..x + width * 9 / 10).step_by(7);
    let pixel = |picture: &RgbImage, x: i32, y: i32| *picture.get_pixel(x as u32, y as u32);
    let apart = |by: i32| {
        let rows = (top.max(top - by)..(top + height).min(top + height - by)).step_by(3);
        let (mut compared, mut apart) = (0_u32, 0_u32);
        for y in rows {
            for x in columns() {
                compared += 1;
                apart += u32::from(pixel(before, x, y + by) != pixel(after, x, y));
            }
        }
        f64::from(apart) / f64::from(compared.max(1))
    };
    let most = height * 8 / 10;
    (-most..=most)
        .min_by(|one, other| apart(*one).total_cmp(&apart(*other)))
        .expect("there is at least no shift")
}
