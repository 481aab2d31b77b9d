//! Shows that tests play, and their pages as `motcua render` draws them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::picture::{Area, Mask, Picture};
use super::player::{PLAYER, without_settings};
use super::session::bound;

/// A page of an item; the built-in card is the page 1 of the item `card`.
pub type PageOf = (String, usize);

/// The built-in card.
pub fn card() -> PageOf {
    ("card".to_owned(), 1)
}

/// A file of the project.
pub fn of_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A show in a folder of its own, made by a test.
pub struct Written {
    folder: tempfile::TempDir,
    text: String,
}

impl Written {
    /// A show without items.
    pub fn new(head: &str) -> Self {
        let text = format!("{head}\n[[playlist]]\nname = \"loop\"\ndefault = true\n");
        Self {
            folder: tempfile::tempdir().unwrap(),
            text,
        }
    }

    /// One more item.
    pub fn item(mut self, kind: &str, name: &str, keys: &str) -> Self {
        write!(
            self.text,
            "\n[[playlist.item]]\nkind = \"{kind}\"\nname = \"{name}\"\n{keys}\n"
        )
        .unwrap();
        self
    }

    /// One more file beside the show.
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        let file = self.folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
        self
    }

    /// A file of the project beside the show.
    pub fn medium(self, name: &str) -> Self {
        let bytes = std::fs::read(of_project("media").join(name)).unwrap();
        self.file(name, &bytes)
    }

    /// Writes the show; gives its folder.
    pub fn write(&self) -> &Path {
        std::fs::write(self.folder.path().join("show.toml"), &self.text).unwrap();
        self.folder.path()
    }
}

/// What `motcua render` draws of a show.
pub struct Rendered {
    pages: HashMap<PageOf, Picture>,
    size: (u32, u32),
}

/// The share of pixels in which a page on the screen may be apart from what `render` draws of it: nothing but
/// what moves may differ, and that is left out of the comparison.
pub const TOLERANCE: f64 = 0.002;

impl Rendered {
    /// Draws every page of `show` and its card on a screen of `size`.
    pub fn all(show: &Path, at: &str, size: (u32, u32)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        render(show, at, size, &["--all"], folder.path());
        let card_file = folder.path().join("card.png");
        render(show, at, size, &["--item", "card"], &card_file);
        let mut pages = HashMap::from([(card(), Picture::read(&card_file))]);
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let file = entry.unwrap().path();
            let stem = file.file_stem().unwrap().to_str().unwrap();
            // NN-item-page.png
            let Some((item, page)) = stem
                .split_once('-')
                .and_then(|(_, rest)| rest.rsplit_once('-'))
            else {
                continue;
            };
            pages.insert(
                (item.to_owned(), page.parse().unwrap()),
                Picture::read(&file),
            );
        }
        Self { pages, size }
    }

    /// Draws the built-in card of `show` alone.
    pub fn card(show: &Path, at: &str, size: (u32, u32)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("card.png");
        render(show, at, size, &["--item", "card"], &file);
        Self {
            pages: HashMap::from([(card(), Picture::read(&file))]),
            size,
        }
    }

    /// One page.
    pub fn page(&self, page: &PageOf) -> &Picture {
        self.pages
            .get(page)
            .unwrap_or_else(|| panic!("render draws no page {} of {}", page.1, page.0))
    }

    /// The pixels that stand still as long as a page does: all but the clock, the ticker and the progress.
    pub fn still(&self) -> Mask {
        let (width, height) = self.size;
        let of = self.page(&card());
        of.mask(self.size, |x, y| {
            !moving(width, height).iter().any(|area| area.holds(x, y))
        })
    }

    /// The pixels above the lower bar, with the clock, which stands still as long as the minute lasts.
    pub fn all_but_bar(&self) -> Mask {
        let [_, bar] = moving(self.size.0, self.size.1);
        self.page(&card()).mask(self.size, |x, y| !bar.holds(x, y))
    }

    /// The same as [`Self::still`] for pictures made coarser.
    pub fn still_coarse(&self) -> Mask {
        self.still().coarser(self.page(&card()).width)
    }

    /// The page that comes nearest to `shot`, and the share of pixels that are apart.
    pub fn nearest(&self, shot: &Picture, mask: &Mask) -> (&PageOf, f64) {
        let measured = self
            .pages
            .iter()
            .map(|(page, picture)| (page, picture.apart(shot, mask)));
        measured
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .expect("there are pages")
    }
}

/// Where the frame changes while a page stays: the clock at the top, ticker and progress at the bottom.
fn moving(width: u32, height: u32) -> [Area; 2] {
    let (top, bottom) = if height > width {
        (238, 236)
    } else {
        (140, 124)
    };
    let left = if height > width { 0 } else { width / 2 };
    [
        Area {
            x: left,
            y: 0,
            width: width - left,
            height: top,
        },
        Area {
            x: 0,
            y: height - bottom,
            width,
            height: bottom,
        },
    ]
}

fn render(show: &Path, at: &str, (width, height): (u32, u32), what: &[&str], out: &Path) {
    let mut command = bound(PLAYER);
    without_settings(&mut command);
    command.arg("render").arg(show).args(what).args([
        "--at",
        at,
        "--size",
        &format!("{width}x{height}"),
    ]);
    let output = command
        .arg("--out")
        .arg(out)
        .output()
        .expect("the player can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    // Items that cannot be drawn make it fail; those that can are there all the same.
    assert!(
        out.exists(),
        "render drew nothing of {}:\n{said}",
        show.display()
    );
}
