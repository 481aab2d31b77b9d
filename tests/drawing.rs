//! What must be true of every drawn page: Khmer is drawn by the bundled fonts and is not blank, codes can be
//! scanned, and nothing of this machine, neither display nor fonts, shows in the pixels.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use image::{DynamicImage, RgbImage, imageops};
use serde_json::json;
use skrifa::{FontRef, MetadataProvider as _};
use support::server::{Server, open};
use support::{SAMPLE, files_below, motcua, root};

/// Where the text of a page lies at 1920 × 1080: between header and bar, within the margins.
const TEXT: Rect = Rect {
    left: 72,
    top: 140,
    right: 1848,
    bottom: 950,
};

struct Rect {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

/// With fallback to fonts of the machine, Khmer would be drawn thin where there are any and blank where not.
#[test]
fn khmer_is_the_same_where_no_font_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("fonts.conf");
    let cache = folder.path().join("cache");
    let text = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>\
         <dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{}</cachedir></fontconfig>",
        cache.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut bare = motcua();
    bare.env("FONTCONFIG_FILE", &config)
        .env("XDG_DATA_HOME", folder.path())
        .env("HOME", folder.path());
    let mut with_dejavu = Server::start_with(bare, SAMPLE);
    let mut as_installed = Server::start(SAMPLE);
    for language in ["km", "vi", "en"] {
        let page = json!({ "item": "khmer-help", "language": language });
        let (here, there) = (as_installed.draw(page.clone()), with_dejavu.draw(page));
        assert!(
            here == there,
            "{language} is drawn with fonts of this machine"
        );
    }
}

#[test]
fn khmer_is_not_blank() {
    let mut server = Server::start(SAMPLE);
    let khmer = server.draw(json!({ "item": "khmer-help", "language": "km" }));
    let english = server.draw(json!({ "item": "khmer-help", "language": "en" }));
    // Two lines of headline and two of text cover about a tenth; a blank page or a filled one does not.
    for (page, name) in [(&khmer, "Khmer"), (&english, "English")] {
        let ink = ink(page);
        assert!(
            (0.02..0.20).contains(&ink),
            "{name} covers {:.1} % of the page",
            ink * 100.0
        );
    }
    assert!(text_of(&khmer) != text_of(&english));
}

/// Boxes that stand for missing letters all look the same; these do not.
#[test]
fn khmer_letters_are_letters() {
    let titles = [
        "កកកកកកកក",
        "ខខខខខខខខ",
        "មមមមមមមម",
        "ណណណណណណណណ",
        // With and without the sign that sets the next consonant below, then with a vowel on both sides.
        "ស្ត្រី ស្ត្រី",
        "សតរី សតរី",
        "កោ កោ កោ",
        "កេ កេ កេ",
        "១២៣៤៥៦៧៨",
        "\u{10FFFD}\u{10FFFD}\u{10FFFD}\u{10FFFD}\u{10FFFD}\u{10FFFD}\u{10FFFD}\u{10FFFD}",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut show = "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n".to_owned();
    for (index, title) in titles.iter().enumerate() {
        show += &format!(
            "[[playlist.item]]\nkind = \"announcement\"\nname = \"t{index}\"\ntitle = {{ km = \"{title}\" }}\n"
        );
    }
    std::fs::write(folder.path().join("show.toml"), show).unwrap();
    let mut server = Server::start(folder.path().to_str().unwrap());
    let pages: Vec<RgbImage> = (0..titles.len())
        .map(|index| {
            text_of(&server.draw(json!({ "item": format!("t{index}"), "language": "km" })))
        })
        .collect();
    for (index, page) in pages.iter().enumerate() {
        for (other, title) in pages[..index].iter().zip(titles) {
            assert!(page != other, "{} looks like {title}", titles[index]);
        }
    }
}

/// Every sign that the sample show and the words around it use is in every weight of the bundled family.
#[test]
fn the_fonts_have_every_sign() {
    let mut signs = BTreeSet::new();
    for folder in ["playlists", "ui/lang"] {
        for file in files_below(&root().join(folder)) {
            signs.extend(std::fs::read_to_string(&file).unwrap().chars());
        }
    }
    signs.extend(
        std::fs::read_to_string(root().join("ui/words.slint"))
            .unwrap()
            .chars(),
    );
    signs.retain(|sign| !sign.is_control());
    assert!(
        signs
            .iter()
            .filter(|sign| ('\u{1780}'..='\u{17FF}').contains(*sign))
            .count()
            > 40
    );
    let mut weights = 0;
    for file in files_below(&root().join("ui/fonts")) {
        if file.extension().is_none_or(|extension| extension != "ttf") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let font = FontRef::new(&bytes).unwrap();
        let missing: String = signs
            .iter()
            .filter(|&&sign| font.charmap().map(sign).is_none())
            .collect();
        assert!(missing.is_empty(), "{} has no {missing:?}", file.display());
        weights += 1;
    }
    assert!(weights >= 4);
}

#[test]
fn codes_lead_to_the_links_of_the_show() {
    let links = links();
    assert!(links.len() >= 4);
    let mut server = Server::start(SAMPLE);
    for (item, link) in &links {
        let page = server.draw(json!({ "item": item }));
        assert_eq!(scan(&page), [link.as_str()], "{item}");
    }
    let (item, link) = &links[0];
    for look in [
        json!({ "size": "3840x2160" }),
        json!({ "size": "1080x1920" }),
        json!({ "size": "1280x720" }),
        json!({ "theme": "dark" }),
    ] {
        let mut page = look.clone();
        page["item"] = json!(item);
        assert_eq!(scan(&server.draw(page)), [link.as_str()], "{look}");
    }
}

#[test]
fn a_document_shows_all_its_pages_on_every_screen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    let mut server = Server::start(SAMPLE);
    for size in ["1920x1080", "1080x1920", "3840x2160"] {
        let answer = server
            .ask(&json!({ "item": "hours-and-counters", "size": size, "out": out }).to_string());
        assert_eq!(answer["pages"], 2, "{size}: {answer}");
    }
}

/// Nothing of the environment is needed, a display least of all.
#[test]
fn pages_are_drawn_with_an_empty_environment() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    let status = motcua()
        .env_clear()
        .args([
            "render",
            SAMPLE,
            "--item",
            "closed",
            "--at",
            "2026-11-23T08:24",
            "--out",
        ])
        .arg(&out)
        .status()
        .unwrap();
    assert!(status.success());
    let elsewhere = Server::start(SAMPLE).draw(json!({ "item": "closed" }));
    assert!(open(&out) == elsewhere);
}

/// The part of a page where its text lies.
fn text_of(page: &RgbImage) -> RgbImage {
    let (width, height) = (TEXT.right - TEXT.left, TEXT.bottom - TEXT.top);
    imageops::crop_imm(page, TEXT.left, TEXT.top, width, height).to_image()
}

/// The part of the text's place, 0 to 1, that is darker than the paper.
fn ink(page: &RgbImage) -> f64 {
    let paper = page.get_pixel(TEXT.left - 40, TEXT.top).0[1];
    let (width, height) = (TEXT.right - TEXT.left, TEXT.bottom - TEXT.top);
    let pixels =
        (0..width * height).map(|at| page.get_pixel(TEXT.left + at % width, TEXT.top + at / width));
    let dark = pixels
        .filter(|pixel| pixel.0[1].saturating_add(80) < paper)
        .count();
    dark as f64 / f64::from(width * height)
}

/// What the QR codes on a page say.
fn scan(page: &RgbImage) -> Vec<String> {
    let grey = DynamicImage::ImageRgb8(page.clone()).into_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        grey.get_pixel(x as u32, y as u32).0[0]
    });
    let codes = prepared.detect_grids();
    codes.iter().map(|code| code.decode().unwrap().1).collect()
}

/// The items of the sample show that lead somewhere, with their links.
fn links() -> Vec<(String, String)> {
    let file = root().join(SAMPLE).join("show.toml");
    let show: toml::Table = std::fs::read_to_string(Path::new(&file))
        .unwrap()
        .parse()
        .unwrap();
    let playlists = show["playlist"].as_array().unwrap();
    let items = playlists
        .iter()
        .flat_map(|playlist| playlist["item"].as_array().unwrap());
    let word = |item: &toml::Value, key: &str| Some(item.get(key)?.as_str()?.to_owned());
    items
        .filter_map(|item| Some((word(item, "name")?, word(item, "link")?)))
        .collect()
}
