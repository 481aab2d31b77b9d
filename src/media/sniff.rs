//! Recognising a file by its first bytes.
//!
//! Owns the table of signatures. It only decides who looks further; that a file begins like something
//! does not mean that the rest is good.

use crate::info::PictureFormat;

/// Enough for every signature in the table, and for a PDF header behind leading junk (the readers of
/// PDF accept it within the first 1024 bytes).
pub(crate) const HEAD: usize = 1024;

/// What the first bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// One of the picture formats that are decoded.
    Picture(PictureFormat),
    /// A PDF.
    Document,
    /// A video or sound container, with its article for messages.
    Stream(&'static str),
    /// Something known that is not shown.
    Refused {
        /// What it is, with its article.
        what: &'static str,
        /// What to save it as.
        instead: &'static str,
    },
    /// None of these; libav may still know it (bare MP3, AAC).
    Unclear,
}

impl Looks {
    /// The content's name with its article, where it is one of the formats shown.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Picture(PictureFormat::Jpeg) => Some("a JPEG picture"),
            Self::Picture(PictureFormat::Png) => Some("a PNG picture"),
            Self::Picture(PictureFormat::WebP) => Some("a WebP picture"),
            Self::Document => Some("a PDF document"),
            Self::Stream(what) => Some(what),
            Self::Refused { what, .. } => Some(what),
            Self::Unclear => None,
        }
    }
}

const AS_PICTURE: &str = "a JPEG or PNG picture";
const AS_PDF: &str = "a PDF";

/// Says what a file with these first bytes looks like; [`HEAD`] of them are enough.
pub(crate) fn looks(head: &[u8]) -> Looks {
    let at = |offset: usize, mark: &[u8]| head.get(offset..offset + mark.len()) == Some(mark);
    let refused = |what, instead| Looks::Refused { what, instead };
    if at(0, b"\xFF\xD8\xFF") {
        return Looks::Picture(PictureFormat::Jpeg);
    }
    if at(0, b"\x89PNG\r\n\x1A\n") {
        return Looks::Picture(PictureFormat::Png);
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return Looks::Picture(PictureFormat::WebP);
    }
    if at(4, b"ftyp") {
        return match head.get(8..12) {
            Some(b"avif" | b"avis") => refused("an AVIF picture", AS_PICTURE),
            Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1") => {
                refused("an HEIC picture", AS_PICTURE)
            }
            Some(b"M4A " | b"M4B ") => Looks::Stream("an M4A sound file"),
            _ => Looks::Stream("an MP4 video"),
        };
    }
    if at(0, b"\x1A\x45\xDF\xA3") {
        return Looks::Stream("a WebM or Matroska video");
    }
    if at(0, b"OggS") {
        return Looks::Stream("an Ogg file");
    }
    if at(0, b"RIFF") && at(8, b"WAVE") {
        return Looks::Stream("a WAV sound file");
    }
    if at(0, b"RIFF") && at(8, b"AVI ") {
        return Looks::Stream("an AVI video");
    }
    if at(0, b"fLaC") {
        return Looks::Stream("a FLAC sound file");
    }
    if at(0, b"ID3") {
        return Looks::Stream("an MP3 sound file");
    }
    if at(0, b"GIF8") {
        return refused("a GIF picture", "a PNG picture, or a video if it moves");
    }
    if at(0, b"BM") && at(6, &[0; 4]) {
        return refused("a BMP picture", AS_PICTURE);
    }
    if at(0, b"II*\0") || at(0, b"MM\0*") {
        return refused("a TIFF picture", AS_PICTURE);
    }
    if at(0, b"8BPS") {
        return refused("a Photoshop picture", AS_PICTURE);
    }
    if at(0, b"\xD0\xCF\x11\xE0") {
        return refused("an old Office document", AS_PDF);
    }
    if at(0, b"PK\x03\x04") {
        return refused("an Office document or ZIP archive", AS_PDF);
    }
    if at(0, b"{\\rtf") {
        return refused("an RTF document", AS_PDF);
    }
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Looks::Document;
    }
    let text = head.trim_ascii_start().to_ascii_lowercase();
    if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") {
        return refused(
            "a web page (often an error page saved by a download)",
            "the picture or film itself, downloaded again",
        );
    }
    if text.starts_with(b"<svg") || (text.starts_with(b"<?xml") && contains(&text, b"<svg")) {
        return refused("an SVG drawing", "a PNG picture");
    }
    Looks::Unclear
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_told_apart() {
        let check = |head: &[u8], expected: Looks| assert_eq!(looks(head), expected);
        check(b"\xFF\xD8\xFF\xE0", Looks::Picture(PictureFormat::Jpeg));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Looks::Picture(PictureFormat::WebP));
        check(b"RIFF\0\0\0\0WAVEfmt ", Looks::Stream("a WAV sound file"));
        check(b"\0\0\0\x20ftypisom", Looks::Stream("an MP4 video"));
        check(b"junk before\n%PDF-1.4", Looks::Document);
        check(b"x", Looks::Unclear);
        assert!(matches!(
            looks(b"\0\0\0\x20ftypheic"),
            Looks::Refused { .. }
        ));
        assert!(matches!(looks(b"  <HTML><body>404"), Looks::Refused { .. }));
    }
}
