//! Loading still pictures into opaque RGB.
//!
//! Owns the limits on pictures. Invariant: size and memory are checked on the header, before any pixel is
//! decoded. Colour profiles are not applied: pictures are taken as sRGB.

use std::io::{BufRead, BufReader, Cursor, Seek};
use std::sync::Arc;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::error::MediaError;
use crate::info::{Kind, PictureFormat, PictureInfo};
use crate::inside::jpeg;
use crate::inside::source::Source;
use crate::picture::{Picture, Rgb};
use crate::sniff::Looks;

/// Eight times a 4K screen: what a good camera makes passes, a decompression bomb does not.
const LIMIT_MEGAPIXELS: u32 = 64;
/// 64 megapixels at 8 bits RGBA, which leaves a 2 GB machine room for the rest.
const LIMIT_DECODED_BYTES: u64 = 256 << 20;
/// Files are read whole; nothing within the pixel limit is larger for a good reason.
const LIMIT_FILE_BYTES: u64 = 256 << 20;

/// Loads a JPEG, PNG or WebP by its content, turned as its EXIF orientation says, what is transparent
/// laid over `surface`.
///
/// # Errors
/// Every fault that keeps the picture from being shown whole, also a missing end.
pub(crate) fn load_picture(source: &Source, surface: Rgb) -> Result<Picture, MediaError> {
    let Looks::Picture(format) = source.looks()? else {
        let found = crate::inside::probe::probe(source)?.kind();
        return Err(MediaError::WrongKind {
            expected: Kind::Picture,
            found,
        });
    };
    check_weight(source)?;
    let bytes = source.whole()?;
    if format == PictureFormat::Jpeg && !jpeg::is_complete(&bytes) {
        return Err(MediaError::Truncated {
            kind: Kind::Picture,
        });
    }
    let mut header = read_header(Cursor::new(&bytes), format)?;
    let orientation = header.orientation;
    let mut limits = Limits::no_limits();
    // The decoder's own buffers come on top of the pixels.
    limits.max_alloc = Some(2 * LIMIT_DECODED_BYTES);
    header.decoder.set_limits(limits).map_err(broken)?;
    let mut image = DynamicImage::from_decoder(header.decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok(opaque(image, surface))
}

/// The facts of a picture's header.
pub(crate) fn probe_picture(
    source: &Source,
    format: PictureFormat,
) -> Result<PictureInfo, MediaError> {
    check_weight(source)?;
    let header = read_header(BufReader::new(source.reader()), format)?;
    let (width, height) = header.size;
    let (width, height) = if swaps_sides(header.orientation) {
        (height, width)
    } else {
        (width, height)
    };
    Ok(PictureInfo {
        format,
        width,
        height,
    })
}

fn check_weight(source: &Source) -> Result<(), MediaError> {
    let bytes = source.bytes();
    if bytes > LIMIT_FILE_BYTES {
        return Err(MediaError::TooHeavy {
            kind: Kind::Picture,
            megabytes: bytes >> 20,
            limit_megabytes: LIMIT_FILE_BYTES >> 20,
        });
    }
    Ok(())
}

struct Header<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    size: (u32, u32),
    orientation: Orientation,
}

fn read_header<'a>(
    reader: impl BufRead + Seek + 'a,
    format: PictureFormat,
) -> Result<Header<'a>, MediaError> {
    let format = match format {
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::WebP => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(reader, format);
    // The limits below are ours, because their message must say what to do.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > u64::from(LIMIT_MEGAPIXELS) * 1_000_000 {
        return Err(MediaError::TooLarge {
            kind: Kind::Picture,
            width,
            height,
            limit_megapixels: LIMIT_MEGAPIXELS,
        });
    }
    if decoder.total_bytes() > LIMIT_DECODED_BYTES {
        return Err(MediaError::TooMuchMemory {
            megabytes: decoder.total_bytes() >> 20,
            limit_megabytes: LIMIT_DECODED_BYTES >> 20,
        });
    }
    // A damaged EXIF block is no reason to withhold the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(Header {
        decoder: Box::new(decoder),
        size: (width, height),
        orientation,
    })
}

fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn broken(source: ImageError) -> MediaError {
    match source {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::Truncated {
                kind: Kind::Picture,
            }
        }
        source => MediaError::BrokenPicture {
            source: Arc::new(source),
        },
    }
}

fn opaque(image: DynamicImage, surface: Rgb) -> Picture {
    let (width, height) = (image.width(), image.height());
    if !image.color().has_alpha() {
        return Picture {
            width,
            height,
            rgb: image.into_rgb8().into_raw(),
        };
    }
    let rgba = image.into_rgba8().into_raw();
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u16::from(pixel[3]);
        for (over, under) in pixel[..3].iter().zip(surface) {
            let sum = u16::from(*over) * alpha + u16::from(under) * (255 - alpha);
            rgb.push(((sum + 127) / 255) as u8);
        }
    }
    Picture { width, height, rgb }
}
