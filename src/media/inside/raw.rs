//! The only place that follows libav's pointers.
//!
//! Everything else goes through `ffmpeg-next`, whose own accessors trust the library more than this
//! project does: they take the sign off a negative stride and run past the end of a cropped plane.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::{ffi, format, frame};

use crate::frame::Layout;
use crate::inside::slots::{Direct, Slots};

/// Rows and planes begin at multiples of this, as the widest vector instructions want.
const ALIGN: usize = 64;
/// Bytes that codecs may read or write beyond a plane.
const BEYOND: usize = 2 * ALIGN;

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

/// The same to write to, with its stride.
#[expect(
    unsafe_code,
    reason = "plane pointers are read straight from the AVFrame, without a copy"
)]
pub(crate) fn plane_mut(
    frame: &mut frame::Video,
    index: usize,
    row_bytes: usize,
    rows: usize,
) -> Option<(&mut [u8], usize)> {
    let length = plane(frame, index, row_bytes, rows)?.bytes.len();
    // SAFETY: as in `plane`; the frame is borrowed for writing, and its planes do not overlap.
    unsafe {
        let raw = &*frame.as_ptr();
        let start = *raw.data.get(index)?;
        let stride = usize::try_from(*raw.linesize.get(index)?).ok()?;
        Some((std::slice::from_raw_parts_mut(start, length), stride))
    }
}

/// The address of plane `index` and its stride, bytes.
#[expect(
    unsafe_code,
    reason = "plane pointers are read straight from the AVFrame"
)]
pub(crate) fn place_of(frame: &frame::Video, index: usize) -> Option<(*const u8, usize)> {
    // SAFETY: the pointer is valid as long as the frame, which the borrow keeps.
    let raw = unsafe { &*frame.as_ptr() };
    let start = *raw.data.get(index)?;
    let stride = usize::try_from(*raw.linesize.get(index)?).ok()?;
    (!start.is_null()).then_some((start.cast_const(), stride))
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

/// Where the planes of a picture of the size go in a slot: offset and stride, bytes. The last number is what
/// all of them take, with what a codec may touch beyond.
pub(crate) fn arranged(layout: Layout, width: u32, height: u32) -> ([(usize, usize); 3], usize) {
    let mut planes = [(0, 0); 3];
    let mut end = 0;
    for (index, plane) in planes.iter_mut().enumerate().take(layout.planes()) {
        let (row_bytes, rows) = layout.plane_size(index, width, height);
        let stride = row_bytes.next_multiple_of(ALIGN);
        *plane = (end, stride);
        end += (stride * rows + BEYOND).next_multiple_of(ALIGN);
    }
    (planes, end)
}

/// What a slot must hold for codecs to decode pictures of the size straight into it: they decode whole blocks
/// of up to 128 pixels, and some rows more.
pub(crate) fn slot_bytes(layout: Layout, width: u32, height: u32) -> usize {
    let width = width.next_multiple_of(128);
    let height = height.next_multiple_of(128) + 32;
    arranged(layout, width, height).1
}

/// Lets the decoder that `context` becomes decode into shared memory as soon as `direct` has some. Whoever
/// opens the decoder keeps `direct` as long as it.
#[expect(unsafe_code, reason = "libav takes a callback with a raw pointer")]
pub(crate) fn decode_into(
    context: &mut ffmpeg_next::codec::decoder::Decoder,
    direct: &Arc<Direct>,
) {
    // SAFETY: the context is alive and not open yet. The pointer in `opaque` stays valid as long as the
    // decoder, because its owner keeps `direct`.
    unsafe {
        let raw = &mut *context.as_mut_ptr();
        raw.opaque = Arc::as_ptr(direct).cast_mut().cast::<c_void>();
        raw.get_buffer2 = Some(get_buffer);
        // Decoding threads may call it themselves: it locks what it shares.
        raw.thread_safe_callbacks = 1;
    }
}

/// What libav gives the callback that frees a buffer.
struct Lease {
    slots: Arc<Slots>,
    slot: u8,
}

/// libav asks for memory for a frame (`AVCodecContext.get_buffer2`).
#[expect(unsafe_code, reason = "called by libav with raw pointers")]
unsafe extern "C" fn get_buffer(
    context: *mut ffi::AVCodecContext,
    frame: *mut ffi::AVFrame,
    flags: c_int,
) -> c_int {
    // SAFETY: libav calls it with a live context, whose `opaque` was set in `decode_into` and outlives it,
    // and with a frame whose format and size are filled in.
    unsafe {
        let direct = (*context).opaque.cast_const().cast::<Direct>();
        let codec = (*context).codec;
        let can =
            !codec.is_null() && (*codec).capabilities & ffi::AV_CODEC_CAP_DR1.cast_signed() != 0;
        if let Some(slots) = direct.as_ref().and_then(|direct| direct.get())
            && can
            && lease(slots, &mut *context, &mut *frame).is_some()
        {
            return 0;
        }
        ffi::avcodec_default_get_buffer2(context, frame, flags)
    }
}

/// Gives a frame a slot, if there is one and the frame fits.
#[expect(unsafe_code, reason = "fills in an AVFrame")]
fn lease(
    slots: &Arc<Slots>,
    context: &mut ffi::AVCodecContext,
    frame: &mut ffi::AVFrame,
) -> Option<()> {
    // SAFETY: a format that libav itself has put there; 0 is a format, so unknown numbers never come.
    let pixel: ffi::AVPixelFormat = unsafe { std::mem::transmute(frame.format) };
    let layout = layout_of(format::Pixel::from(pixel))?;
    let (mut width, mut height) = (frame.width, frame.height);
    let mut aligns = [0; 8];
    // SAFETY: plain out parameters of the sizes that libav documents.
    unsafe {
        ffi::avcodec_align_dimensions2(
            context,
            &raw mut width,
            &raw mut height,
            aligns.as_mut_ptr(),
        );
    }
    let size = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let (planes, bytes) = arranged(
        layout,
        size.0.next_multiple_of(2),
        size.1.next_multiple_of(2),
    );
    if bytes > slots.slot_bytes() {
        return None;
    }
    let slot = slots.take_for_decoder()?;
    let start = slots.start_of(slot);
    let lease = Box::into_raw(Box::new(Lease {
        slots: Arc::clone(slots),
        slot,
    }));
    // SAFETY: the slot is `slot_bytes` long and stays mapped as long as the lease, which `give_back` ends.
    let buffer = unsafe {
        ffi::av_buffer_create(
            start,
            slots.slot_bytes() as _,
            Some(give_back),
            lease.cast(),
            0,
        )
    };
    if buffer.is_null() {
        // SAFETY: nobody else got the pointer.
        drop(unsafe { Box::from_raw(lease) });
        return None;
    }
    frame.buf[0] = buffer;
    for (index, (offset, stride)) in planes.iter().enumerate().take(layout.planes()) {
        frame.data[index] = start.wrapping_add(*offset);
        // A stride is at most a few times the width, which is an int.
        frame.linesize[index] = *stride as c_int;
    }
    frame.extended_data = frame.data.as_mut_ptr();
    Some(())
}

/// libav refers to a slot no longer.
#[expect(unsafe_code, reason = "called by libav with the pointer it was given")]
unsafe extern "C" fn give_back(lease: *mut c_void, _: *mut u8) {
    // SAFETY: the pointer comes from `Box::into_raw` in `lease`, and libav calls this once.
    drop(unsafe { Box::from_raw(lease.cast::<Lease>()) });
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.slots.leave(self.slot);
    }
}

/// A frame for libav's scaler to write to, whose planes lie in a slot.
#[expect(unsafe_code, reason = "fills in an AVFrame")]
pub(crate) fn frame_in(
    slots: &Slots,
    slot: u8,
    size: (u32, u32),
    pixel: format::Pixel,
) -> frame::Video {
    let mut frame = frame::Video::empty();
    frame.set_format(pixel);
    frame.set_width(size.0);
    frame.set_height(size.1);
    let start = slots.start_of(slot);
    let (planes, _) = arranged(Layout::I420, size.0, size.1);
    // SAFETY: the frame is alive and owns no buffer, so libav frees nothing of it.
    let raw = unsafe { &mut *frame.as_mut_ptr() };
    for (index, (offset, stride)) in planes.iter().enumerate() {
        raw.data[index] = start.wrapping_add(*offset);
        raw.linesize[index] = *stride as c_int;
    }
    frame
}

/// The layout of a pixel format, if it is one of those that are painted.
pub(crate) fn layout_of(format: format::Pixel) -> Option<Layout> {
    match format {
        format::Pixel::YUV420P | format::Pixel::YUVJ420P => Some(Layout::I420),
        format::Pixel::YUV422P | format::Pixel::YUVJ422P => Some(Layout::I422),
        format::Pixel::YUV444P | format::Pixel::YUVJ444P => Some(Layout::I444),
        format::Pixel::NV12 => Some(Layout::Nv12),
        format::Pixel::YUV420P10LE => Some(Layout::I010),
        format::Pixel::P010LE => Some(Layout::P010),
        _ => None,
    }
}
