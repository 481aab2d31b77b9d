//! Subtitles at the foot of a film: which lines stand there when, and the opaque plate under them.
//!
//! Knows the page that the film lies on and the cues, and neither file nor film. Invariants: at most two lines
//! at once; every letter lies on its plate, and every plate inside the film, above the lower bar and clear of
//! the page's own plates; what has more lines takes turns and loses none.

mod turns;

use std::time::Duration;

use motcua_show::Cue;

use crate::block::{Block, Line};
use crate::geometry::{PROGRESS, Rect, Viewport};
use crate::page::{Element, Page, Role, Weight};
use crate::style::{BODIES, BODY, Style};
use crate::typesetter::Typesetter;
use turns::{Part, Turn, turns};

/// The most lines at once.
const LINES: usize = 2;
/// Space between the plate's edge and its text, sideways.
const SIDE: f32 = 32.0;
/// Space between the plate's edge and its text, above and below: the part of a line's box that is beyond
/// its pitch, and a little more.
const ABOVE: f32 = 16.0;
/// Space between the plate and what is below it.
const OVER_FOOT: f32 = 24.0;
/// Space between the plate and the film's sides.
const BESIDE: f32 = 16.0;
/// The widest line that an eye follows back to the next one.
const WIDEST: f32 = 1480.0;
/// From this width of a film on its subtitles take the largest size of body text.
const WIDE_FILM: f32 = 1400.0;
/// The least width and height of a film whose subtitles lie inside it; a narrower strip has them in its whole
/// place, which pages make at least as high.
pub(crate) const LEAST_FILM: (f32, f32) = (560.0, 320.0);
/// Parts of the width in which two lines are tried, so that they come out equally long.
const NARROWER: [f32; 4] = [0.6, 0.7, 0.8, 0.9];

/// What stands over a film for a while, ready to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// When it appears, from the start of the film.
    pub from: Duration,
    /// When it goes.
    pub until: Duration,
    /// What it covers of the film.
    pub plate: Rect,
    /// The plate and the lines on it, in design pixels of the whole screen.
    pub elements: Vec<Element>,
}

/// The captions of the film that is the first on `page`, whose pictures are `size` wide and high where that
/// is known: by their beginning, one at a time. None where the page has no film.
pub fn captions(
    typesetter: &mut Typesetter,
    cues: &[Cue],
    page: &Page,
    size: Option<(u32, u32)>,
    viewport: Viewport,
) -> Vec<Caption> {
    let Some(foot) = foot(page, size, viewport) else {
        return Vec::new();
    };
    let parts: Vec<Part> = cues
        .iter()
        .flat_map(|cue| turns::shared_out(cue, lines_of(typesetter, &cue.text, foot)))
        .collect();
    turns(&parts)
        .into_iter()
        .filter_map(|turn| caption(&parts, &turn, foot, viewport.scale))
        .collect()
}

/// Where captions stand: over its lower edge, centred.
#[derive(Debug, Clone, Copy)]
struct Foot {
    centre: f32,
    bottom: f32,
    /// The width of the text.
    width: f32,
    size: f32,
}

fn foot(page: &Page, size: Option<(u32, u32)>, viewport: Viewport) -> Option<Foot> {
    let index = page
        .elements
        .iter()
        .position(|element| matches!(element, Element::Media { .. }))?;
    let Element::Media { rect: place, .. } = page.elements[index] else {
        return None;
    };
    let floor = viewport.height - viewport.frame().bar - PROGRESS;
    let seen = contained(place, size);
    let (width, height) = LEAST_FILM;
    let film = if seen.width >= width && seen.bottom().min(floor) - seen.y >= height {
        seen
    } else {
        place
    };
    // The page's own caption lies on a plate over the film: what is said stands above it.
    let plates = page.elements[index..]
        .iter()
        .filter_map(|element| match element {
            Element::Fill { rect, .. } if rect.overlaps(&film, 0.0) => Some(rect.y),
            _ => None,
        });
    let bottom = plates.fold(film.bottom().min(floor), f32::min) - OVER_FOOT;
    let width = (film.width - 2.0 * (SIDE + BESIDE)).min(WIDEST);
    let largest = BODIES.first().copied().unwrap_or(BODY);
    Some(Foot {
        centre: film.x + film.width / 2.0,
        bottom,
        width,
        size: if film.width >= WIDE_FILM {
            largest
        } else {
            BODY
        },
    })
}

/// What a film of `size` covers of its place, in which it is shown whole.
fn contained(place: Rect, size: Option<(u32, u32)>) -> Rect {
    let Some((width, height)) = size.filter(|(width, height)| *width > 0 && *height > 0) else {
        return place;
    };
    let scale = (place.width / width as f32).min(place.height / height as f32);
    let (width, height) = (width as f32 * scale, height as f32 * scale);
    Rect::new(
        place.x + (place.width - width) / 2.0,
        place.y + (place.height - height) / 2.0,
        width,
        height,
    )
}

/// The lines of a cue: as its author broke them where that is at most two that fit, else broken afresh, with
/// what different people say (each after a dash) on lines of its own.
fn lines_of(typesetter: &mut Typesetter, text: &str, foot: Foot) -> Vec<Line> {
    let style = Style::body()
        .weighing(Weight::SemiBold)
        .coloured(Role::OnFrame)
        .at(foot.size);
    let written: Vec<Block> = text
        .lines()
        .map(|line| typesetter.literal(line, style, foot.width))
        .collect();
    if written.len() <= LINES && written.iter().all(|block| block.lines.len() == 1) {
        return written.into_iter().flat_map(|block| block.lines).collect();
    }
    let mut said: Vec<String> = Vec::new();
    for line in text.lines() {
        match said
            .last_mut()
            .filter(|_| !line.starts_with(['-', '–', '—']))
        {
            Some(before) => {
                before.push(' ');
                before.push_str(line);
            }
            None => said.push(line.to_owned()),
        }
    }
    said.iter()
        .flat_map(|said| even(typesetter, said, style, foot.width).lines)
        .collect()
}

/// A text in its least number of lines, equally long where it is two.
fn even(typesetter: &mut Typesetter, text: &str, style: Style, width: f32) -> Block {
    let block = typesetter.literal(text, style, width);
    // In a narrow film less width would tear words.
    if block.lines.len() != LINES || width < WIDE_FILM / 2.0 {
        return block;
    }
    NARROWER
        .iter()
        .map(|part| typesetter.literal(text, style, width * part))
        .find(|narrower| narrower.lines.len() == LINES)
        .unwrap_or(block)
}

fn caption(parts: &[Part], turn: &Turn, foot: Foot, scale: f32) -> Option<Caption> {
    let mut y = 0.0;
    let mut lines = Vec::new();
    for line in turn.parts.iter().flat_map(|&part| &parts[part].lines) {
        lines.push(line.clone().at(y));
        y += line.height;
    }
    let block = Block::of(lines);
    if block.is_empty() {
        return None;
    }
    let (width, height) = (block.width + 2.0 * SIDE, block.height + 2.0 * ABOVE);
    let plate = on_whole_pixels(
        Rect::new(
            foot.centre - width / 2.0,
            foot.bottom - height,
            width,
            height,
        ),
        scale,
    );
    // Square corners: nothing of the page shows between the plate and the film.
    let mut elements = vec![Element::Fill {
        rect: plate,
        role: Role::Frame,
        radius: 0.0,
    }];
    block.place_centred(foot.centre, plate.y + ABOVE, &mut elements);
    Some(Caption {
        from: turn.from,
        until: turn.until,
        plate,
        elements,
    })
}

/// The whole pixels of the screen that a rectangle touches, in design pixels: no seam between a plate and the
/// film round it.
fn on_whole_pixels(rect: Rect, scale: f32) -> Rect {
    let down = |value: f32| (value * scale).floor() / scale;
    let up = |value: f32| (value * scale).ceil() / scale;
    let (x, y) = (down(rect.x), down(rect.y));
    Rect::new(x, y, up(rect.right()) - x, up(rect.bottom()) - y)
}
