//! Drawing the pages of a PDF, through `hayro`.
//!
//! Invariant: whatever the PDF does to the interpreter, the caller gets a page or a typed error. The
//! interpreter is pure Rust without unsafe code, so a panic in it is caught and leaves nothing broken.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use crate::error::MediaError;
use crate::info::Kind;
use crate::inside::source::Source;
use crate::picture::Picture;
use crate::sniff::Looks;

/// PDFs are read whole; what an office posts has a few megabytes.
const LIMIT_FILE_BYTES: u64 = 128 << 20;
/// The renderer counts pixels in 16 bits.
const LIMIT_SIDE: u32 = 16_384;

/// An open PDF. Keep it to draw several of its pages.
pub(crate) struct Document {
    pdf: Pdf,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Document")
            .field("pages", &self.pages())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a PDF whole and finds its pages.
    ///
    /// # Errors
    /// Unreadable, of another kind, damaged, encrypted, or without pages.
    pub(crate) fn open(source: &Source) -> Result<Self, MediaError> {
        if source.looks()? != Looks::Document {
            let found = crate::inside::probe::probe(source)?.kind();
            return Err(MediaError::WrongKind {
                expected: Kind::Document,
                found,
            });
        }
        let bytes = source.bytes();
        if bytes > LIMIT_FILE_BYTES {
            return Err(MediaError::TooHeavy {
                kind: Kind::Document,
                megabytes: bytes >> 20,
                limit_megabytes: LIMIT_FILE_BYTES >> 20,
            });
        }
        let bytes = source.whole()?;
        let pdf = catch_unwind(|| Pdf::new(bytes))
            .map_err(|_| MediaError::BrokenDocument)?
            .map_err(|error| match error {
                LoadPdfError::Decryption(_) => MediaError::Encrypted,
                LoadPdfError::Invalid => MediaError::BrokenDocument,
            })?;
        if pdf.pages().is_empty() {
            return Err(MediaError::NoPages);
        }
        Ok(Self { pdf })
    }

    /// How many pages there are, at least one.
    pub(crate) fn pages(&self) -> usize {
        self.pdf.pages().len()
    }

    /// Width and height of the first page in points of 1/72 inch, at least 1 each.
    pub(crate) fn size(&self) -> (u32, u32) {
        let whole = |side: f32| side.round().clamp(1.0, 1e6) as u32;
        self.pdf.pages().first().map_or((1, 1), |page| {
            let (width, height) = page.render_dimensions();
            (whole(width), whole(height))
        })
    }

    /// Draws page `index` (from 0) on white paper at the largest size that fits `width` × `height` pixels.
    ///
    /// # Errors
    /// [`MediaError::NoSuchPage`], and [`MediaError::BrokenDocument`] if the page has no size or the
    /// interpreter gives up.
    pub(crate) fn page(
        &self,
        index: usize,
        width: u32,
        height: u32,
    ) -> Result<Picture, MediaError> {
        let pages = self.pdf.pages();
        let page = pages.get(index).ok_or(MediaError::NoSuchPage {
            page: index + 1,
            pages: pages.len(),
        })?;
        let (page_width, page_height) = page.render_dimensions();
        let fits = |side: u32, of: f32| side.clamp(1, LIMIT_SIDE) as f32 / of;
        let scale = fits(width, page_width).min(fits(height, page_height));
        if !(scale.is_finite() && scale > 0.0) {
            return Err(MediaError::BrokenDocument);
        }
        // The renderer drops the fraction, which must not cost the last row or column of pixels.
        let whole = |side: f32| ((side * scale).round().max(1.0) + 0.01) / side;
        let settings = PixmapSettings {
            x_scale: whole(page_width),
            y_scale: whole(page_height),
            bg_color: WHITE,
        };
        let draw = || {
            let pixmap = render(
                page,
                &RenderCache::new(),
                &InterpreterSettings::default(),
                &RenderSettings::default(),
                &settings,
            );
            let rgb = pixmap
                .data()
                .iter()
                .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
                .collect();
            Picture {
                width: pixmap.width().into(),
                height: pixmap.height().into(),
                rgb,
            }
        };
        catch_unwind(AssertUnwindSafe(draw)).map_err(|_| MediaError::BrokenDocument)
    }
}
