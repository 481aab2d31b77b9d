//! Golden pictures: every kind of page, upright and lying, and what a visitor sees, as `motcua render` draws it.
//!
//! `tests/golden/` holds what is expected. `MOTCUA_BLESS=1 cargo test --test golden` writes it anew; look at what
//! changed before it is committed. What fails is left in `target/golden/`: the page as it is drawn, and where it
//! differs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use image::RgbImage;
use serde_json::{Value, json};
use support::picture;
use support::server::{self, Server};
use support::{SAMPLE, files_below, is_blessing, root};

/// The part of the pixels that may differ. Fonts and layout are the same on every machine, so that only the
/// rounding of scaled pictures is left; one digit of the hotline is more than this.
const TOLERANCE: f64 = 0.000_1;

/// For the first frame of a film, which another version of a decoder may smooth in another way.
const FILM_TOLERANCE: f64 = 0.01;

const LYING: &str = "1920x1080";
const UPRIGHT: &str = "1080x1920";
const FINE: &str = "3840x2160";

/// A picture of the folder.
struct Golden {
    name: String,
    request: Value,
    tolerance: f64,
}

/// Every kind of page: the name of its picture, the item of the sample show, and what else is asked for.
fn pages() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("card", "card", json!({})),
        ("announcement", "half-fee-online", json!({})),
        (
            "announcement-khmer",
            "khmer-help",
            json!({ "language": "km" }),
        ),
        (
            "announcement-english",
            "khmer-help",
            json!({ "language": "en" }),
        ),
        ("image", "counters", json!({})),
        ("image-on-backdrop", "manners", json!({})),
        ("video", "online-filing-film", json!({})),
        ("audio", "spoken-hours", json!({})),
        ("document", "hours-and-counters", json!({})),
        ("procedure", "birth-registration", json!({})),
        (
            "procedure-steps",
            "birth-registration",
            json!({ "page": 2 }),
        ),
        ("board", "civil-status-board", json!({})),
        ("question", "copy-without-photocopy", json!({})),
        ("guide", "file-online", json!({})),
        ("indicator-bars", "par-index", json!({})),
        ("indicator-lines", "sipas", json!({})),
    ]
}

/// What a visitor sees, lying and in Vietnamese: the name of its picture and what is pressed.
const TOUCHED: [(&str, &str); 22] = [
    ("home", "home"),
    ("results", "type khai sinh"),
    ("nothing-found", "type qqqq wwww"),
    ("found", "type khai sinh; keys search"),
    ("keys-khmer", "type; keys khmer"),
    ("keys-telex", "type; keys method; type ddawng kys"),
    ("event", "event birth"),
    ("fields", "fields"),
    ("field", "field Hộ tịch"),
    ("procedure", "open 1.001193; tick 0; tick 1"),
    ("filing", "open 1.001193; section filing"),
    ("steps", "open 1.001193; section steps"),
    ("more", "open 1.001193; section more"),
    ("related", "open 1.001193; section related"),
    ("receipt", "receipt"),
    ("receipt-code", "receipt; type 000.00.16.H51-231123-0001"),
    ("feedback", "feedback"),
    ("rating", "open 1.001193; close"),
    ("thanks", "open 1.001193; close; rate 5"),
    ("countdown", "open 1.001193; wait 63"),
    ("lowered", "lower"),
    ("large-contrast", "larger; larger; contrast; open 1.001193"),
];

/// Half as large: every page in every language and both ways up, in files that a clone can bear.
const SMALL_LYING: &str = "960x540";
const SMALL_UPRIGHT: &str = "540x960";

/// Those that are drawn in full upright and in the other languages too.
const TOUCHED_EVERYWHERE: [&str; 4] = ["home", "results", "procedure", "rating"];

fn touched() -> Vec<Golden> {
    let golden = |name: &str, presses: &str, size: &str, language: &str| {
        let suffix = if language == "vi" { "" } else { language };
        let joint = if suffix.is_empty() { "" } else { "-" };
        Golden {
            name: format!("touch-{name}{joint}{suffix}-{size}"),
            request: json!({ "touch": presses, "size": size, "language": language }),
            tolerance: TOLERANCE,
        }
    };
    let mut goldens = Vec::new();
    for (name, presses) in TOUCHED {
        goldens.push(golden(name, presses, LYING, "vi"));
        if TOUCHED_EVERYWHERE.contains(&name) {
            goldens.push(golden(name, presses, UPRIGHT, "vi"));
            goldens.push(golden(name, presses, UPRIGHT, "km"));
            goldens.push(golden(name, presses, LYING, "en"));
        }
        for language in ["vi", "km", "en"] {
            goldens.push(golden(name, presses, SMALL_UPRIGHT, language));
            if language != "vi" {
                goldens.push(golden(name, presses, SMALL_LYING, language));
            }
        }
    }
    goldens
}

fn goldens() -> Vec<Golden> {
    let golden = |name: &str, item: &str, size: &str, more: &Value| {
        let mut request = json!({ "item": item, "size": size });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let is_film = item.ends_with("-film");
        Golden {
            name: format!("{name}-{size}"),
            request,
            tolerance: if is_film { FILM_TOLERANCE } else { TOLERANCE },
        }
    };
    let mut goldens = Vec::new();
    for (name, item, more) in pages() {
        goldens.extend([LYING, UPRIGHT].map(|size| golden(name, item, size, &more)));
    }
    let dark = json!({ "theme": "dark" });
    goldens.push(golden("announcement-dark", "half-fee-online", LYING, &dark));
    goldens.push(golden("indicator-dark", "sipas", LYING, &dark));
    goldens.push(golden("procedure", "birth-registration", FINE, &json!({})));
    goldens.extend(touched());
    goldens
}

/// The show of films with what stands over them and beside them.
const FILMS: &str = "tests/films";

/// Films at moments of theirs: the name of the picture, the item and what else is asked for.
fn films() -> Vec<Golden> {
    let asked = [
        ("subtitles", "subtitled-film", json!({ "moment": "3s" })),
        (
            "subtitles-long",
            "subtitled-film",
            json!({ "moment": "8s" }),
        ),
        (
            "subtitles-khmer",
            "subtitled-film",
            json!({ "moment": "3s", "language": "km" }),
        ),
        ("two-films", "pair-film", json!({ "moment": "8s" })),
    ];
    let mut goldens = Vec::new();
    for (name, item, more) in asked {
        for size in [LYING, UPRIGHT] {
            let mut request = json!({ "item": item, "size": size });
            let keys = request.as_object_mut().unwrap();
            keys.extend(more.as_object().unwrap().clone());
            goldens.push(Golden {
                name: format!("{name}-{size}"),
                request,
                tolerance: FILM_TOLERANCE,
            });
        }
    }
    goldens
}

#[test]
fn films_are_drawn_with_what_stands_over_them() {
    let mut server = Server::start(root().join(FILMS).to_str().unwrap());
    let faults: Vec<String> = films()
        .iter()
        .filter_map(|golden| golden.fault(&mut server))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // The tolerance for decoders is larger than a line of text: the lines themselves must be seen to differ.
    let mut at = |moment: &str| {
        server.draw(json!({ "item": "subtitled-film", "size": LYING, "moment": moment }))
    };
    let (before, during, later) = (at("5s500ms"), at("6s500ms"), at("12s"));
    let is_said = |one: &RgbImage| {
        let frame = image::Rgb([0x12, 0x20, 0x3A]);
        let foot = one
            .enumerate_pixels()
            .filter(|(x, y, _)| (500..1400).contains(x) && (600..760).contains(y));
        foot.filter(|(.., pixel)| **pixel == frame).count() > 20_000
    };
    assert!(!is_said(&before) && is_said(&during) && is_said(&later));
}

#[test]
fn every_kind_of_page_is_drawn_as_it_was() {
    let mut server = Server::start(SAMPLE);
    let faults: Vec<String> = goldens()
        .iter()
        .filter_map(|golden| golden.fault(&mut server))
        .collect();
    assert!(
        faults.is_empty(),
        "{}\nLook at {}; `MOTCUA_BLESS=1 cargo test --test golden` accepts the pages as they are.",
        faults.join("\n"),
        failures().display(),
    );
}

#[test]
fn every_picture_is_one_that_is_compared() {
    let all = goldens().into_iter().chain(films());
    let names: BTreeSet<String> = all.map(|golden| golden.name).collect();
    for file in files_below(&folder()) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(
            names.contains(name),
            "{} is compared with nothing; delete it",
            file.display()
        );
    }
}

#[test]
fn a_page_is_drawn_the_same_twice() {
    let draw = || Server::start(SAMPLE).draw(json!({ "item": "half-fee-online" }));
    let part = picture::differing_part(&draw(), &draw());
    assert!(part == 0.0, "{:.3} % of the pixels differ", part * 100.0);
}

/// A film is painted past Slint, which must not take its pixels for its own.
#[test]
fn a_page_is_drawn_the_same_after_a_film() {
    let mut server = Server::start(SAMPLE);
    let mut part_after_film = |size: &str| {
        let page = json!({ "item": "file-online", "size": size });
        let before = server.draw(page.clone());
        server.draw(json!({ "item": "ask-us-film", "size": size }));
        picture::differing_part(&before, &server.draw(page))
    };
    for size in [LYING, UPRIGHT] {
        let part = part_after_film(size);
        assert!(
            part == 0.0,
            "{size}: {:.3} % of the pixels differ",
            part * 100.0
        );
    }
}

/// The longest real name and the most papers; a picture of them must not lie in the project, so that it is only
/// asked that everything is drawn, and that each part is another picture.
#[test]
fn the_extremes_of_the_real_procedures_are_drawn() {
    let list = root().join("../shared/data/procedures.json.gz");
    if !list.is_file() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed in continuous integration",
            list.display()
        );
        println!("skipped: there is no {}", list.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("all");
    let imported = support::motcua()
        .args(["import", "procedures"])
        .arg(&list)
        .arg("--out")
        .arg(&all)
        .output();
    assert!(imported.unwrap().status.code().is_some_and(|code| code < 2));
    let procedures = folder.path().join("show/procedures");
    std::fs::create_dir_all(&procedures).unwrap();
    let show = "title = \"x\"\n[[playlist]]\nname = \"x\"\ndefault = true\n[[playlist.item]]\nkind = \
                \"procedure\"\ncode = \"1.013980\"\n";
    std::fs::write(folder.path().join("show/show.toml"), show).unwrap();
    for code in EXTREMES {
        let file = format!("{code}.toml");
        std::fs::copy(all.join(&file), procedures.join(&file)).unwrap();
    }
    let mut server = Server::start(folder.path().join("show").to_str().unwrap());
    for code in EXTREMES {
        for size in [LYING, UPRIGHT] {
            let mut parts = Vec::new();
            for part in [
                "",
                "; section filing",
                "; section steps",
                "; larger; larger",
            ] {
                let touch = format!("open {code}{part}");
                let drawn = server.draw(json!({ "touch": touch, "size": size }));
                let is_new = parts.iter().all(|other| *other != drawn);
                assert!(is_new, "{touch} at {size} looks like another part");
                parts.push(drawn);
            }
        }
    }
}

/// Codes of the procedure with the longest name (1,094 characters) and of that with the most papers.
const EXTREMES: [&str; 2] = ["1.013980", "1.011441"];

impl Golden {
    /// What is wrong with the page as it is drawn; nothing while pictures are written anew.
    fn fault(&self, server: &mut Server) -> Option<String> {
        let drawn = server.draw(self.request.clone());
        // A picture of 4K is kept at half its size, where every line of it still counts.
        let actual = if drawn.width() > 2000 {
            picture::halved(drawn)
        } else {
            drawn
        };
        let path = folder().join(format!("{}.png", self.name));
        if is_blessing() {
            picture::store(&actual, &path);
            return None;
        }
        if !path.is_file() {
            self.leave(&actual, None);
            return Some(format!("{}: there is no {}", self.name, path.display()));
        }
        let expected = server::open(&path);
        if expected.dimensions() != actual.dimensions() {
            self.leave(&actual, None);
            let (is, was) = (actual.dimensions(), expected.dimensions());
            return Some(format!("{}: the size is {is:?}, not {was:?}", self.name));
        }
        let part = picture::differing_part(&expected, &actual);
        if part <= self.tolerance {
            return None;
        }
        self.leave(&actual, Some(&picture::difference(&expected, &actual)));
        let (part, allowed) = (part * 100.0, self.tolerance * 100.0);
        Some(format!(
            "{}: {part:.3} % of the pixels differ, {allowed} % may",
            self.name
        ))
    }

    fn leave(&self, actual: &RgbImage, difference: Option<&RgbImage>) {
        let write = |picture: &RgbImage, what: &str| {
            picture
                .save(failures().join(format!("{}-{what}.png", self.name)))
                .unwrap();
        };
        std::fs::create_dir_all(failures()).unwrap();
        write(actual, "actual");
        if let Some(difference) = difference {
            write(difference, "difference");
        }
    }
}

fn folder() -> PathBuf {
    root().join("tests/golden")
}

/// Where pictures of failures go: below the folder that Cargo builds in.
fn failures() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("golden")
}
