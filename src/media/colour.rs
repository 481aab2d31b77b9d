//! Which matrix and range the numbers of a video frame are in.

use serde::{Deserialize, Serialize};
use yuv::{YuvRange, YuvStandardMatrix};

/// Which weights made luma and chroma of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Matrix {
    /// ITU-R BT.601.
    Bt601,
    /// ITU-R BT.709.
    Bt709,
    /// ITU-R BT.2020.
    Bt2020,
    /// SMPTE 240M.
    Smpte240,
    /// FCC 47 CFR 73.682.
    Fcc,
}

/// How to turn a frame's luma and chroma into RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Colours {
    pub(crate) matrix: Matrix,
    /// Whether the numbers use the full range rather than that of television (16 to 235 of 255).
    pub(crate) is_full: bool,
}

impl Colours {
    /// What libav's scaler makes of RGB sources.
    pub(crate) const FROM_RGB: Self = Self {
        matrix: Matrix::Bt601,
        is_full: false,
    };

    /// What high dynamic range is mapped to.
    pub(crate) const HDTV: Self = Self {
        matrix: Matrix::Bt709,
        is_full: false,
    };

    pub(crate) fn matrix(self) -> YuvStandardMatrix {
        match self.matrix {
            Matrix::Bt601 => YuvStandardMatrix::Bt601,
            Matrix::Bt709 => YuvStandardMatrix::Bt709,
            Matrix::Bt2020 => YuvStandardMatrix::Bt2020,
            Matrix::Smpte240 => YuvStandardMatrix::Smpte240,
            Matrix::Fcc => YuvStandardMatrix::Fcc,
        }
    }

    pub(crate) fn range(self) -> YuvRange {
        if self.is_full {
            YuvRange::Full
        } else {
            YuvRange::Limited
        }
    }
}
