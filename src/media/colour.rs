//! Which matrix and range the numbers of a video frame are in.

use ffmpeg_next::{color, format, frame};
use yuv::{YuvRange, YuvStandardMatrix};

/// How to turn a frame's luma and chroma into RGB. High dynamic range is shown as it comes, without tone
/// mapping.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colours {
    pub(crate) matrix: YuvStandardMatrix,
    pub(crate) range: YuvRange,
}

/// Pictures of this height and more are taken for HDTV where they do not say (as players do): ITU-R BT.709
/// came with 720 lines, everything before is BT.601.
const HDTV_LINES: u32 = 720;

impl Colours {
    /// As the frame's metadata says, else as its size suggests.
    pub(crate) fn of(frame: &frame::Video) -> Self {
        let guessed = if frame.height() >= HDTV_LINES || frame.width() > 1024 {
            YuvStandardMatrix::Bt709
        } else {
            YuvStandardMatrix::Bt601
        };
        let matrix = match frame.color_space() {
            color::Space::BT709 => YuvStandardMatrix::Bt709,
            color::Space::BT470BG | color::Space::SMPTE170M => YuvStandardMatrix::Bt601,
            color::Space::SMPTE240M => YuvStandardMatrix::Smpte240,
            color::Space::FCC => YuvStandardMatrix::Fcc,
            color::Space::BT2020NCL | color::Space::BT2020CL => YuvStandardMatrix::Bt2020,
            _ => guessed,
        };
        let is_full = frame.color_range() == color::Range::JPEG || is_jpeg(frame.format());
        Self {
            matrix,
            range: if is_full {
                YuvRange::Full
            } else {
                YuvRange::Limited
            },
        }
    }

    /// What libav's scaler makes of RGB sources.
    pub(crate) const FROM_RGB: Self = Self {
        matrix: YuvStandardMatrix::Bt601,
        range: YuvRange::Limited,
    };
}

/// The old pixel formats that mean full range by their name.
pub(crate) fn is_jpeg(format: format::Pixel) -> bool {
    matches!(
        format,
        format::Pixel::YUVJ420P | format::Pixel::YUVJ422P | format::Pixel::YUVJ444P
    )
}
