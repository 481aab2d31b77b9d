//! Pictures of a screen, thinned out so that many of them can be held and compared.

use std::path::Path;
use std::time::Duration;

use super::display::GROUND;

/// One pixel is kept of each square of so many by so many. Pixels are picked, not mixed, so that two
/// pictures of the same pixels stay equal.
const STEP: usize = 4;

/// And one of so many by so many of these for a film.
const COARSER: usize = 4;

/// Two pixels are apart that differ by more than this in a channel. Film and page come from the same
/// renderer, so that nothing but the rounding of colours may differ.
const NOISE: u8 = 12;

/// A thinned picture of a screen.
#[derive(Clone)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pixels: Vec<[u8; 3]>,
}

/// A rectangle in pixels of the screen.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Which pixels are compared.
#[derive(Clone)]
pub struct Mask(Vec<bool>);

impl Picture {
    /// Of the rows that an X server gives.
    pub fn of_bgrx(bytes: &[u8], width: usize, height: usize) -> Self {
        Self::pick(width, height, |at| {
            [bytes[at * 4 + 2], bytes[at * 4 + 1], bytes[at * 4]]
        })
    }

    /// Of rows of red, green and blue.
    pub fn of_rgb(bytes: &[u8], width: usize, height: usize) -> Self {
        Self::pick(width, height, |at| {
            [bytes[at * 3], bytes[at * 3 + 1], bytes[at * 3 + 2]]
        })
    }

    /// Of a picture file.
    pub fn read(file: &Path) -> Self {
        let picture = image::open(file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
            .into_rgb8();
        Self::of_rgb(
            picture.as_raw(),
            picture.width() as usize,
            picture.height() as usize,
        )
    }

    /// Of a portable pixmap, as `grim -t ppm` writes it.
    pub fn of_ppm(bytes: &[u8]) -> Self {
        let mut fields = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut number = || {
            let field = fields.next().expect("a pixmap has a head");
            std::str::from_utf8(field).unwrap().trim().to_owned()
        };
        assert_eq!(number(), "P6");
        let (width, height) = (number().parse().unwrap(), number().parse().unwrap());
        // The greatest value of a channel comes last before the pixels.
        Self::of_rgb(&bytes[bytes.len() - width * height * 3..], width, height)
    }

    fn pick(width: usize, height: usize, pixel: impl Fn(usize) -> [u8; 3]) -> Self {
        let (columns, rows) = (width / STEP, height / STEP);
        let mut pixels = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let start = (row * STEP + STEP / 2) * width + STEP / 2;
            pixels.extend((0..columns).map(|column| pixel(start + column * STEP)));
        }
        Self {
            width: columns,
            height: rows,
            pixels,
        }
    }

    /// Fewer of its pixels, for films, of which there are many pictures.
    pub fn coarser(&self) -> Self {
        let pixels = thin_out(&self.pixels, self.width);
        Self {
            width: self.width.div_ceil(COARSER),
            height: self.height.div_ceil(COARSER),
            pixels,
        }
    }

    /// Where each pixel lies on the screen of `size`, and which of them `keeps` accepts.
    pub fn mask(&self, size: (u32, u32), keeps: impl Fn(u32, u32) -> bool) -> Mask {
        let (across, down) = (size.0 / self.width as u32, size.1 / self.height as u32);
        let places = (0..self.height as u32)
            .flat_map(|row| (0..self.width as u32).map(move |column| (column, row)));
        Mask(
            places
                .map(|(column, row)| keeps(column * across + 2, row * down + 2))
                .collect(),
        )
    }

    /// The share of the compared pixels that are apart from those of `other`, 0 to 1.
    pub fn apart(&self, other: &Self, mask: &Mask) -> f64 {
        self.apart_by(other, mask, NOISE)
    }

    /// The same with another measure of noise.
    pub fn apart_by(&self, other: &Self, mask: &Mask, noise: u8) -> f64 {
        assert_eq!(
            (self.width, self.height),
            (other.width, other.height),
            "pictures of different screens"
        );
        let (mut compared, mut apart) = (0_usize, 0_usize);
        for ((own, others), _) in self
            .pixels
            .iter()
            .zip(&other.pixels)
            .zip(&mask.0)
            .filter(|(_, is_in)| **is_in)
        {
            compared += 1;
            apart += usize::from(greatest(*own, *others) > noise);
        }
        apart as f64 / compared.max(1) as f64
    }

    /// The sum of all differences over the compared pixels.
    pub fn distance(&self, other: &Self, mask: &Mask) -> u64 {
        let mut sum = 0;
        for index in 0..self.pixels.len() {
            if mask.0[index] {
                let (own, others) = (self.pixels[index], other.pixels[index]);
                sum += u64::from(own[0].abs_diff(others[0]))
                    + u64::from(own[1].abs_diff(others[1]))
                    + u64::from(own[2].abs_diff(others[2]));
            }
        }
        sum
    }

    /// Which of the compared pixels are apart from those of `other`.
    pub fn differing(&self, other: &Self, mask: &Mask) -> Mask {
        let pairs = self.pixels.iter().zip(&other.pixels).zip(&mask.0);
        Mask(
            pairs
                .map(|((own, others), is_in)| *is_in && greatest(*own, *others) > NOISE)
                .collect(),
        )
    }

    /// Whether each compared pixel lies between those of two others: a cross-fade of them.
    pub fn is_between(&self, one: &Self, other: &Self, mask: &Mask) -> bool {
        (0..self.pixels.len())
            .filter(|&index| mask.0[index])
            .all(|index| {
                let (own, one, other) =
                    (self.pixels[index], one.pixels[index], other.pixels[index]);
                (0..3).all(|channel| {
                    let low = one[channel].min(other[channel]).saturating_sub(NOISE);
                    let high = one[channel].max(other[channel]).saturating_add(NOISE);
                    (low..=high).contains(&own[channel])
                })
            })
    }

    /// The share of its pixels that are all but black, 0 to 1.
    pub fn black(&self) -> f64 {
        self.share(|pixel| pixel.iter().all(|&channel| channel < 16))
    }

    /// The share of its pixels that have this colour, 0 to 1.
    pub fn share_of(&self, colour: [u8; 3]) -> f64 {
        self.share(|pixel| greatest(*pixel, colour) <= NOISE)
    }

    /// The share of its pixels that have the colour which most of them have, 0 to 1.
    pub fn plainest(&self) -> f64 {
        let mut counts = std::collections::HashMap::new();
        for pixel in &self.pixels {
            *counts.entry(pixel).or_insert(0_usize) += 1;
        }
        counts.into_values().max().unwrap_or(0) as f64 / self.pixels.len() as f64
    }

    fn share(&self, is_it: impl Fn(&[u8; 3]) -> bool) -> f64 {
        self.pixels.iter().filter(|pixel| is_it(pixel)).count() as f64 / self.pixels.len() as f64
    }

    /// Whether what lies behind all windows is seen.
    pub fn shows_ground(&self) -> bool {
        self.share_of(GROUND) > 0.0
    }

    /// Panics, with the picture kept, where it is black or empty or does not cover the screen.
    pub fn assert_is_something(&self, when: Duration) {
        let fault = if self.black() > 0.9 {
            "is black"
        } else if self.plainest() > 0.97 {
            "is empty"
        } else if self.shows_ground() {
            "does not cover the screen"
        } else {
            return;
        };
        panic!(
            "the picture after {when:?} {fault}: {}",
            self.keep("fault.png")
        );
    }

    /// Writes it for a person to look at; says where.
    pub fn keep(&self, name: &str) -> String {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        let bytes = self.pixels.concat();
        let (width, height) = (self.width as u32, self.height as u32);
        image::save_buffer(&file, &bytes, width, height, image::ExtendedColorType::Rgb8).unwrap();
        file.display().to_string()
    }
}

impl Mask {
    /// The same for coarser pictures; `width` is that of the others.
    pub fn coarser(&self, width: usize) -> Self {
        Self(thin_out(&self.0, width))
    }
}

fn thin_out<T: Copy>(all: &[T], width: usize) -> Vec<T> {
    all.chunks_exact(width)
        .step_by(COARSER)
        .flat_map(|row| row.iter().step_by(COARSER).copied())
        .collect()
}

impl Area {
    /// Whether the pixel lies in it.
    pub fn holds(self, x: u32, y: u32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

fn greatest(one: [u8; 3], other: [u8; 3]) -> u8 {
    one[0]
        .abs_diff(other[0])
        .max(one[1].abs_diff(other[1]))
        .max(one[2].abs_diff(other[2]))
}
