//! ESC/POS, as much of it as a picture takes.
//!
//! The commands and their numbers are Epson's; every receipt printer knows these four.

/// `ESC @`: forgets what an earlier slip has set.
const INITIALISE: [u8; 2] = [0x1B, b'@'];
/// `GS v 0`, m = 0: a raster picture, one dot for one bit.
const RASTER: [u8; 4] = [0x1D, b'v', b'0', 0];
/// `ESC d 3`: three lines of white after the last dot.
const FEED: [u8; 3] = [0x1B, b'd', 3];
/// `GS V B 0`: feeds to the knife and cuts, leaving a point that holds. Printers without a knife ignore it.
const CUT: [u8; 4] = [0x1D, b'V', b'B', 0];

/// Rows of one raster command: cheap printers have buffers of a few kilobytes.
const BAND: usize = 128;

/// A picture of black and white dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dots {
    /// Bytes of a row; the dots across, by eight.
    pub row: usize,
    /// Row after row, the leftmost dot in the highest bit, black where it is set.
    pub bits: Vec<u8>,
}

impl Dots {
    /// An empty picture of this many dots across.
    pub fn across(dots: u32) -> Self {
        Self {
            row: (dots as usize).div_ceil(8),
            bits: Vec::new(),
        }
    }

    /// Adds a row from its dots.
    pub fn push_row(&mut self, blacks: impl Iterator<Item = bool>) {
        let begin = self.bits.len();
        self.bits.resize(begin + self.row, 0);
        for (index, _) in blacks
            .enumerate()
            .take(self.row * 8)
            .filter(|(_, is_black)| *is_black)
        {
            self.bits[begin + index / 8] |= 0x80 >> (index % 8);
        }
    }
}

/// What a printer is sent to print `dots` and cut them off.
pub fn stream(dots: &Dots) -> Vec<u8> {
    let mut stream = INITIALISE.to_vec();
    for band in dots.bits.chunks(dots.row * BAND) {
        let [low, high] = size(dots.row);
        let [rows_low, rows_high] = size(band.len() / dots.row);
        stream.extend(RASTER);
        stream.extend([low, high, rows_low, rows_high]);
        stream.extend(band);
    }
    stream.extend(FEED);
    stream.extend(CUT);
    stream
}

/// Low byte first; a band and a row are far below 65,536.
fn size(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}
