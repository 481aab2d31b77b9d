//! `motcua slip`: JSON in, ESC/POS out. Drawn as pages are, with the same fonts, black on white.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use motcua_screen::{FrameText, Headless, Palette, Posed, Sheet, Shot};
use motcua_show::Language;
use motcua_show::show::Colour;
use motcua_typeset::{Page, Typesetter, page::Surround};

use super::escpos::{Dots, stream};
use super::layout::{Piece, SCALE, pieces};
use super::slip::Slip;
use super::{NARROW_DOTS, USUAL_DOTS};

/// The longest JSON that is read; real ones take some 60 kilobytes.
const LONGEST_JSON: u64 = 1024 * 1024;

/// The longest slip that is drawn: 8 m of paper. The longest real procedure takes a third of it.
const MOST_DOTS: u32 = 64_000;

/// A grey of this and below is black: half, and a little more so that thin strokes hold together. Dots are
/// not dithered, or letters would fray.
const DARK: u32 = 144;

const BLACK: Colour = Colour::hex(0x00_00_00);
const WHITE: Colour = Colour::hex(0xFF_FF_FF);

/// Black on white; what tells lesser things apart on a screen would be lost on paper.
const PRINTED: Palette = Palette {
    surface: WHITE,
    card: WHITE,
    soft: WHITE,
    line: BLACK,
    edge: BLACK,
    text: BLACK,
    muted: BLACK,
    accent: BLACK,
    on_accent: WHITE,
    series: BLACK,
    frame: WHITE,
    on_frame: BLACK,
    on_frame_muted: BLACK,
};

/// Reads a slip from standard input and writes what a printer is sent to standard output.
///
/// # Errors
/// When the slip cannot be read or drawn.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut json = Vec::new();
    std::io::stdin()
        .lock()
        .take(LONGEST_JSON)
        .read_to_end(&mut json)
        .context("standard input broke off")?;
    let slip: Slip = serde_json::from_slice(&json).context("the slip is not as it must be")?;
    let dots = draw(&slip)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&stream(&dots))?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Draws a slip.
fn draw(slip: &Slip) -> anyhow::Result<Dots> {
    if ![USUAL_DOTS, NARROW_DOTS].contains(&slip.dots) {
        bail!(
            "the paper is {} dots wide; it must be 576 or 384",
            slip.dots
        );
    }
    let pieces = pieces(&mut Typesetter::new(), slip);
    let length: u32 = pieces.iter().map(|piece| piece.dots).sum();
    if length > MOST_DOTS {
        bail!("the slip would be {length} dots long, and {MOST_DOTS} are the most");
    }
    let mut screen = Headless::new(slip.dots, slip.dots + 1, Some(SMALL), PRINTED)?;
    let mut dots = Dots::across(slip.dots);
    for piece in pieces {
        draw_piece(&mut screen, piece, &mut dots);
    }
    Ok(dots)
}

/// A diagonal so small that a screen of it has the largest scale there is, which is [`SCALE`] on narrow paper.
const SMALL: f64 = 2.0;

/// Draws a piece where a screen has its pages, and takes that part of the picture.
fn draw_piece(screen: &mut Headless, piece: Piece, dots: &mut Dots) {
    if piece.dots == 0 {
        return;
    }
    let width = u32::try_from(dots.row * 8).unwrap_or(USUAL_DOTS);
    // Upright, so that the frame above and below is as high as it is reckoned here.
    let diagonal = (width == NARROW_DOTS).then_some(SMALL);
    let viewport = motcua_typeset::Viewport::of(width, width * 2, diagonal);
    debug_assert!((viewport.scale - SCALE).abs() < 1e-4);
    let frame = viewport.frame();
    let margin = |height: f32| (height * SCALE).ceil() as u32;
    let top = margin(frame.header);
    let below = margin(frame.bar + motcua_typeset::geometry::PROGRESS) + 1;
    let height = (top + piece.dots + below).max(width + 1);
    screen.reset(width, height, diagonal, PRINTED);
    let by = top as f32 / SCALE;
    let page = Page {
        elements: piece
            .elements
            .into_iter()
            .map(|element| super::layout::down(element, by))
            .collect(),
        characters: 0,
        surround: Surround::Frame,
        media_page: 0,
        links: Vec::new(),
    };
    let sheet = Sheet::new(page, screen.viewport(), &PRINTED, None);
    let shot = screen.draw(
        &FrameText::default(),
        Language::Vi,
        jiff::civil::DateTime::ZERO,
        0.0,
        &sheet,
        &Posed::default(),
    );
    take(&shot, top, piece.dots, dots);
}

fn take(shot: &Shot, top: u32, rows: u32, dots: &mut Dots) {
    let row_bytes = shot.width as usize * 3;
    let drawn = shot
        .rgb
        .chunks_exact(row_bytes)
        .skip(top as usize)
        .take(rows as usize);
    for row in drawn {
        dots.push_row(row.chunks_exact(3).map(|pixel| {
            let sum: u32 = pixel.iter().map(|&channel| u32::from(channel)).sum();
            sum / 3 <= DARK
        }));
    }
}
