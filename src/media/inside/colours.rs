//! What a frame's metadata says about its colours.

use ffmpeg_next::{color, format, frame};

use crate::colour::{Colours, Matrix};

/// Pictures of this height and more are taken for HDTV where they do not say (as players do): ITU-R BT.709
/// came with 720 lines, everything before is BT.601.
const HDTV_LINES: u32 = 720;

/// As the frame's metadata says, else as its size suggests.
pub(crate) fn colours_of(frame: &frame::Video) -> Colours {
    let guessed = if frame.height() >= HDTV_LINES || frame.width() > 1024 {
        Matrix::Bt709
    } else {
        Matrix::Bt601
    };
    let matrix = match frame.color_space() {
        color::Space::BT709 => Matrix::Bt709,
        color::Space::BT470BG | color::Space::SMPTE170M => Matrix::Bt601,
        color::Space::SMPTE240M => Matrix::Smpte240,
        color::Space::FCC => Matrix::Fcc,
        color::Space::BT2020NCL | color::Space::BT2020CL => Matrix::Bt2020,
        _ => guessed,
    };
    Colours {
        matrix,
        is_full: frame.color_range() == color::Range::JPEG || is_jpeg(frame.format()),
    }
}

/// The old pixel formats that mean full range by their name.
pub(crate) fn is_jpeg(format: format::Pixel) -> bool {
    matches!(
        format,
        format::Pixel::YUVJ420P | format::Pixel::YUVJ422P | format::Pixel::YUVJ444P
    )
}

/// Three components in one plane, or planes named G, B, R.
pub(crate) fn is_rgb(format: format::Pixel) -> bool {
    format.descriptor().is_some_and(|format| {
        ["rgb", "bgr", "gbr"]
            .iter()
            .any(|order| format.name().contains(order))
    })
}
