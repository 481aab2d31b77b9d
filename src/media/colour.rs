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

    /// Red, green and blue as coefficients of Y, U, V (each 0 to 1) and a constant: the equations of ITU-R
    /// BT.601 to BT.2020, for numbers of 8 bit.
    pub(crate) fn to_rgb(self) -> [[f32; 4]; 3] {
        let weights = self.matrix.get_kr_kb();
        let (kr, kb) = (weights.kr, weights.kb);
        let kg = 1.0 - kr - kb;
        let (black, luma, chroma) = match self.range {
            YuvRange::Limited => (16.0, 219.0, 224.0),
            YuvRange::Full => (0.0, 255.0, 255.0),
        };
        let y = 255.0 / luma;
        let row = |u: f32, v: f32| {
            let (u, v) = (u * 255.0 / chroma, v * 255.0 / chroma);
            [y, u, v, -black / luma - (u + v) * 128.0 / 255.0]
        };
        [
            row(0.0, 2.0 * (1.0 - kr)),
            row(-2.0 * kb * (1.0 - kb) / kg, -2.0 * kr * (1.0 - kr) / kg),
            row(2.0 * (1.0 - kb), 0.0),
        ]
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
