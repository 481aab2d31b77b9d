//! The only place that follows libav's pointers.
//!
//! Everything else goes through `ffmpeg-next`, whose own accessors trust the library more than this
//! project does: they take the sign off a negative stride and run past the end of a cropped plane.

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::frame;

/// One plane of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane<'a> {
    /// From the first visible byte to the last.
    pub(crate) bytes: &'a [u8],
    /// Bytes from row to row.
    pub(crate) stride: usize,
}

/// Plane `index` of `frame`, of which `row_bytes` × `rows` are visible. `None` where the frame has no such
/// plane or stores it bottom up.
#[expect(
    unsafe_code,
    reason = "plane pointers are read straight from the AVFrame, without a copy"
)]
pub(crate) fn plane(
    frame: &frame::Video,
    index: usize,
    row_bytes: usize,
    rows: usize,
) -> Option<Plane<'_>> {
    // SAFETY: the pointer is valid as long as the frame, which the borrow keeps.
    let raw = unsafe { &*frame.as_ptr() };
    let start = *raw.data.get(index)?;
    let stride = usize::try_from(*raw.linesize.get(index)?).ok()?;
    if start.is_null() || stride < row_bytes || row_bytes == 0 || rows == 0 {
        return None;
    }
    let length = stride * (rows - 1) + row_bytes;
    // SAFETY: libav's contract for data and linesize: `rows` rows of at least `row_bytes` bytes, `stride`
    // apart, that nobody writes to while a reference to the frame is held.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    Some(Plane { bytes, stride })
}

/// The size of the pictures as the header says, before any decoder has been asked for memory.
#[expect(
    unsafe_code,
    reason = "the wrapper has no accessor for the size in AVCodecParameters"
)]
pub(crate) fn header_size(parameters: &Parameters) -> (u32, u32) {
    // SAFETY: the pointer is valid as long as `parameters`; both fields are plain integers.
    let (width, height) = unsafe { ((*parameters.as_ptr()).width, (*parameters.as_ptr()).height) };
    (
        u32::try_from(width).unwrap_or(0),
        u32::try_from(height).unwrap_or(0),
    )
}
