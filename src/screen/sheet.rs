//! A typeset page made ready to draw: its pictures drawn or decoded, its QR codes made.
//!
//! Everything here runs off the UI thread; what the UI thread gets only has to be put in place.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use motcua_media::{Clip, Picture};
use motcua_show::palette::Palette;
use motcua_typeset::{Caption, Element, Page, Rect, Role, Viewport};
use qrcodegen::{QrCode, QrCodeEcc};
use slint::{Rgb8Pixel, SharedPixelBuffer};

use crate::captions::Captions;
use crate::theme::colour_of;

/// Whole pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelBox {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// The whole pixels that a rectangle in design pixels takes on the screen.
#[must_use]
pub fn pixel_box(rect: Rect, viewport: Viewport) -> PixelBox {
    let snap = |value: f32| (value * viewport.scale).round() as i32;
    let (x, y) = (snap(rect.x), snap(rect.y));
    PixelBox {
        x,
        y,
        width: u32::try_from(snap(rect.right()) - x).unwrap_or(0),
        height: u32::try_from(snap(rect.bottom()) - y).unwrap_or(0),
    }
}

/// A page with everything that drawing it needs.
#[derive(Clone)]
pub struct Sheet {
    pub(crate) page: Page,
    pub(crate) pictures: Vec<PlacedPicture>,
    /// The films, in the order of the page's media elements.
    pub(crate) films: Vec<Film>,
    pub(crate) captions: Captions,
}

#[derive(Clone)]
pub(crate) struct PlacedPicture {
    pub layer: Layer,
    pub place: PixelBox,
    pub pixels: SharedPixelBuffer<Rgb8Pixel>,
}

/// Which way a picture lies to the plates of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Below: the picture or document page of the item.
    Media,
    /// Above: a QR code on its card.
    Code,
}

/// A film that plays on a page.
#[derive(Clone)]
pub struct Film {
    /// The clip, prerolled.
    pub clip: Arc<Clip>,
    /// The media time that is due now; the sound's time where there is sound.
    pub position: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Where its frames go.
    pub place: PixelBox,
    /// How it begins anew at its end, where it does.
    pub rounds: Option<Arc<dyn Rounds>>,
}

/// A film that plays again and again. For the UI thread: nothing here blocks.
pub trait Rounds: Send + Sync {
    /// The clip of this round, and the time of the clock at which the round began.
    fn current(&self) -> (Arc<Clip>, Duration);

    /// Has the clip of the next round made ready, unless that has been asked for.
    fn prepare_next(&self);

    /// Begins the next round, `length` after this one began, if its clip is ready.
    fn begin_next(&self, length: Duration);
}

impl Film {
    /// The clip that is due, and the time of the clock at which it began.
    pub(crate) fn round(&self) -> (Arc<Clip>, Duration) {
        match &self.rounds {
            Some(rounds) => rounds.current(),
            None => (Arc::clone(&self.clip), Duration::ZERO),
        }
    }
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet")
            .field("elements", &self.page.elements.len())
            .field("pictures", &self.pictures.len())
            .field("films", &self.films.len())
            .finish()
    }
}

impl Sheet {
    /// Makes a page ready: draws its QR codes and takes the `media` picture for its media element.
    #[must_use]
    pub fn new(page: Page, viewport: Viewport, palette: &Palette, media: Option<&Picture>) -> Self {
        let codes = qr_pictures(&page.elements, viewport, palette);
        let mut pictures: Vec<PlacedPicture> = codes
            .map(|QrPlace { place, pixels }| PlacedPicture {
                layer: Layer::Code,
                place,
                pixels,
            })
            .collect();
        let media_place = page.elements.iter().find_map(|element| match element {
            Element::Media { rect, .. } => Some(pixel_box(*rect, viewport)),
            _ => None,
        });
        if let (Some(place), Some(picture)) = (media_place, media) {
            let (width, height) = (picture.width, picture.height);
            pictures.push(PlacedPicture {
                layer: Layer::Media,
                place: centred(place, width, height),
                pixels: SharedPixelBuffer::clone_from_slice(&picture.rgb, width, height),
            });
        }
        Self {
            page,
            pictures,
            films: Vec::new(),
            captions: Captions::default(),
        }
    }

    /// The same page with films on it; the first is the one that is heard.
    #[must_use]
    pub fn with_films(self, films: Vec<Film>) -> Self {
        Self { films, ..self }
    }

    /// The same page with what stands at the foot of its first film, by the time of that film.
    #[must_use]
    pub fn with_captions(self, captions: Vec<Caption>) -> Self {
        let captions = Captions::new(captions);
        Self { captions, ..self }
    }

    /// The places of the page's pictures and films.
    pub(crate) fn media_places(&self, viewport: Viewport) -> impl Iterator<Item = PixelBox> {
        self.page.media().map(move |rect| pixel_box(rect, viewport))
    }
}

/// A QR code that was drawn, and the pixels that it takes.
pub(crate) struct QrPlace {
    pub place: PixelBox,
    pub pixels: SharedPixelBuffer<Rgb8Pixel>,
}

/// The QR codes among `elements`, drawn.
pub(crate) fn qr_pictures(
    elements: &[Element],
    viewport: Viewport,
    palette: &Palette,
) -> impl Iterator<Item = QrPlace> {
    elements.iter().filter_map(move |element| {
        let Element::Qr { rect, content } = element else {
            return None;
        };
        let place = pixel_box(*rect, viewport);
        let pixels = qr_picture(content, place.width.min(place.height), palette)?;
        let place = centred(place, pixels.width(), pixels.height());
        Some(QrPlace { place, pixels })
    })
}

/// A box of the given size in the middle of another.
fn centred(place: PixelBox, width: u32, height: u32) -> PixelBox {
    let free = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)) / 2;
    PixelBox {
        x: place.x + free(place.width, width) as i32,
        y: place.y + free(place.height, height) as i32,
        width,
        height,
    }
}

/// Modules of light ground that ISO/IEC 18004 asks for around a QR code.
const QUIET_ZONE: u32 = 4;

/// A QR code whose modules are whole pixels, at most `side` pixels wide; `None` when `content` is too
/// long for any code.
fn qr_picture(content: &str, side: u32, palette: &Palette) -> Option<SharedPixelBuffer<Rgb8Pixel>> {
    let code = QrCode::encode_text(content, QrCodeEcc::Medium).ok()?;
    let modules = u32::try_from(code.size()).ok()? + 2 * QUIET_ZONE;
    let module = (side / modules).max(1);
    let width = module * modules;
    let ink = rgb(colour_of(palette, Role::Ink));
    let paper = rgb(colour_of(palette, Role::Paper));
    let mut pixels = SharedPixelBuffer::new(width, width);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let index = u32::try_from(index).unwrap_or(0);
        let at = |place: u32| (place / module) as i32 - QUIET_ZONE as i32;
        *pixel = if code.get_module(at(index % width), at(index / width)) {
            ink
        } else {
            paper
        };
    }
    Some(pixels)
}

fn rgb(colour: motcua_show::show::Colour) -> Rgb8Pixel {
    let [r, g, b] = colour.rgb;
    Rgb8Pixel { r, g, b }
}
