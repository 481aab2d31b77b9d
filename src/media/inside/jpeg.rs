//! Whether a JPEG goes on to its end.
//!
//! The decoder fills what a truncated file lacks with grey and says nothing, so the file's own structure
//! (ITU-T T.81, Annex B) is walked to its end-of-image marker.

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// Whether the end-of-image marker of the main picture is there. A thumbnail inside a segment does not
/// count, because segments are stepped over by their length.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some(marker) = bytes.get(at..at + 2) else {
            return false;
        };
        match (marker[0], marker[1]) {
            // Fill bytes before a marker are allowed (B.1.1.2).
            (0xFF, 0xFF) => at += 1,
            (0xFF, END_OF_IMAGE) => return true,
            (0xFF, 0x01 | 0xD0..=0xD7) => at += 2,
            (0xFF, code) => {
                let Some(length) = bytes.get(at + 2..at + 4) else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                if code == START_OF_SCAN {
                    let Some(next) = end_of_scan(bytes, at) else {
                        return false;
                    };
                    at = next;
                }
            }
            // Stray bytes between segments: decoders look for the next marker, and so does this.
            _ => at += 1,
        }
    }
}

/// The offset of the marker that ends the entropy-coded data beginning at `from`. In that data 0xFF is
/// followed by 0x00, and the restart markers belong to it.
fn end_of_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let data = bytes.get(from..)?;
    data.windows(2)
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF))
        .map(|offset| from + offset)
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn the_end_marker_of_a_thumbnail_does_not_count() {
        let thumbnail = [0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
        let scan = [0xFF, 0xDA, 0x00, 0x02, 1, 2, 0xFF, 0x00, 0xFF, 0xD3, 3];
        let mut file = vec![0xFF, 0xD8];
        file.extend(thumbnail);
        file.extend(scan);
        assert!(!is_complete(&file));
        file.extend([0xFF, 0xD9]);
        assert!(is_complete(&file));
        assert!(!is_complete(&file[..3]));
        assert!(!is_complete(&[]));
    }
}
