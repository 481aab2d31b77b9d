//! The slip as a printer gets it: read back from ESC/POS into a picture.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Said, motcua};

/// A picture of dots, black where true.
struct Picture {
    width: usize,
    dots: Vec<bool>,
}

impl Picture {
    /// Reads a stream as a printer does, and fails at the first byte that it would not know.
    fn of(stream: &[u8]) -> Self {
        let mut rest = stream
            .strip_prefix(b"\x1b@")
            .expect("the printer is reset first");
        let (mut width, mut dots) = (0, Vec::new());
        while let Some(raster) = rest.strip_prefix(b"\x1dv0\0") {
            let size = |at: usize| usize::from(u16::from_le_bytes([raster[at], raster[at + 1]]));
            let (bytes, rows) = (size(0), size(2));
            assert!(
                rows <= 255,
                "a band of {rows} rows is more than cheap printers hold"
            );
            assert!(width == 0 || width == bytes * 8);
            width = bytes * 8;
            let (band, after) = raster[4..].split_at(bytes * rows);
            dots.extend(
                band.iter()
                    .flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0)),
            );
            rest = after;
        }
        assert_eq!(rest, b"\x1bd\x03\x1dVB\0", "it ends with feed and cut");
        Self { width, dots }
    }

    fn height(&self) -> usize {
        self.dots.len() / self.width
    }

    fn codes(&self) -> Vec<String> {
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height(), |x, y| {
                if self.dots[y * self.width + x] {
                    0
                } else {
                    255
                }
            });
        let grids = picture.detect_grids();
        grids.iter().map(|grid| grid.decode().unwrap().1).collect()
    }
}

fn slip(json: &str) -> (Said, Vec<u8>) {
    let mut child = motcua()
        .arg("slip")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(json.as_bytes())
        .unwrap();
    let mut output = child.wait_with_output().unwrap();
    let stream = std::mem::take(&mut output.stdout);
    (Said::of(&output), stream)
}

fn draw(json: &Value) -> Picture {
    let (said, stream) = slip(&json.to_string());
    assert_eq!(said.status, 0, "{}", said.err);
    Picture::of(&stream)
}

fn birth(dots: u32, content: &str) -> Value {
    json!({
        "dots": dots,
        "office": "Trung tâm Phục vụ hành chính công",
        "unit": "Phường Phú Lợi",
        "headline": "Đăng ký khai sinh",
        "code": "Mã 1.001193",
        "counter": {"label": "Mời đến", "value": "Quầy số 2"},
        "facts": [{"label": "Thời hạn", "value": "3 ngày làm việc"}],
        "papers_head": "Giấy tờ mang theo",
        "cases": [{"papers": [{"name": "Giấy chứng sinh", "counts": "1 bản chính"}]}],
        "codes": [{"content": content, "caption": "Quét mã để nộp trực tuyến"}],
        "notes": ["Đường dây nóng 0299 3623 333"],
        "date": "In lúc 08:05, 23/11/2026",
    })
}

#[test]
fn a_slip_is_a_picture_whose_code_is_read_back() {
    let address =
        "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fac-7489-b53b-9c6c958f2da4";
    let longest = "Đăng ký khai sinh ".repeat(24);
    for dots in [576, 384] {
        for content in [address, &longest] {
            let picture = draw(&birth(dots, content));
            assert_eq!(picture.width, dots as usize);
            assert_eq!(picture.codes(), [content], "{dots} dots");
        }
    }
}

#[test]
fn paper_is_white_and_letters_are_black() {
    let picture = draw(&birth(576, "1"));
    let black = picture.dots.iter().filter(|dot| **dot).count();
    let part = black as f64 / picture.dots.len() as f64;
    assert!((0.03..0.3).contains(&part), "{part} of it is black");
    // No bar, clock or ground of a screen: neither end is black over its whole width.
    for row in [0, picture.height() - 1] {
        let row = &picture.dots[row * 576..(row + 1) * 576];
        assert!(row.iter().any(|dot| !dot));
    }
    let empty = draw(&json!({}));
    assert!(empty.dots.is_empty());
}

#[test]
fn more_papers_make_a_longer_slip_and_nothing_else() {
    let mut slip = birth(576, "1");
    let short = draw(&slip).height();
    let paper = json!({"name": "Bản sao giấy tờ chứng minh ".repeat(9), "counts": "1 bản chính"});
    slip["cases"][0]["papers"] = vec![paper; 137].into();
    slip["headline"] = "Đăng ký biến động quyền sử dụng đất ".repeat(31).into();
    let picture = draw(&slip);
    assert!(
        picture.height() > short + 137 * 40,
        "{} dots",
        picture.height()
    );
    assert_eq!(picture.codes(), ["1"]);
}

#[test]
fn what_is_no_slip_is_refused_with_a_sentence() {
    for (json, said) in [
        ("", "the slip is not as it must be"),
        ("{\"headlin\": \"x\"}", "unknown field"),
        ("{\"dots\": 100}", "must be 576 or 384"),
    ] {
        let (outcome, stream) = slip(json);
        assert_eq!((outcome.status, stream.len()), (1, 0));
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}
