//! The planes of films as textures.
//!
//! They are copied, by pointer, into a buffer of the driver and go from there to the GPU: their memory may
//! belong to another process and change while it is read, so that nothing here makes a reference to it.
#![expect(
    unsafe_code,
    reason = "every call of OpenGL is unsafe; planes are read through pointers"
)]

use glow::HasContext as _;
use motcua_media::{Frame, Layout, Plane};

use super::super::SurfaceFault;
use super::shader::Program;
use super::target::{length, texture};
use crate::compose::FilmLayer;

/// The textures of one film on the page.
pub(super) struct FilmTextures {
    planes: Vec<glow::Texture>,
    layout: Layout,
    size: (u32, u32),
    staging: glow::Buffer,
}

/// How one plane lies in its texture.
struct Texels {
    /// The format in the GPU's memory.
    stored: u32,
    /// The channels of what is sent.
    channels: u32,
    /// The type of a sample.
    sample: u32,
    /// Bytes of one texel.
    bytes: usize,
}

fn texels(layout: Layout, index: usize) -> Texels {
    let is_interleaved = layout.planes() == 2 && index == 1;
    let (stored, sample) = match (layout.sample_bytes(), is_interleaved) {
        (1, false) => (glow::R8, glow::UNSIGNED_BYTE),
        (1, true) => (glow::RG8, glow::UNSIGNED_BYTE),
        (_, false) => (glow::R16, glow::UNSIGNED_SHORT),
        (_, true) => (glow::RG16, glow::UNSIGNED_SHORT),
    };
    let (channels, count) = if is_interleaved {
        (glow::RG, 2)
    } else {
        (glow::RED, 1)
    };
    Texels {
        stored,
        channels,
        sample,
        bytes: count * layout.sample_bytes(),
    }
}

impl FilmTextures {
    /// Textures for frames like `frame`.
    pub(super) fn new(gl: &glow::Context, frame: &Frame) -> Result<Self, SurfaceFault> {
        let layout = frame.layout();
        let mut planes = Vec::new();
        for (index, plane) in (0..).zip(planes_of(frame)) {
            let texels = texels(layout, index);
            let name = texture(gl)?;
            // SAFETY: no data is given; the texture is the one bound by its making.
            unsafe {
                gl.tex_image_2d(
                    glow::TEXTURE_2D,
                    0,
                    texels.stored.cast_signed(),
                    length(plane.row_bytes / texels.bytes),
                    length(plane.rows),
                    0,
                    texels.channels,
                    texels.sample,
                    glow::PixelUnpackData::Slice(None),
                );
            }
            planes.push(name);
        }
        // SAFETY: a plain call on the current context.
        let staging = unsafe { gl.create_buffer() }.map_err(SurfaceFault::Driver)?;
        Ok(Self {
            planes,
            layout,
            size: (frame.width(), frame.height()),
            staging,
        })
    }

    /// Whether the textures are such as `frame` needs.
    pub(super) fn suit(&self, frame: &Frame) -> bool {
        (self.layout, self.size) == (frame.layout(), (frame.width(), frame.height()))
    }

    /// Sends the planes of `frame`.
    pub(super) fn send(&self, gl: &glow::Context, frame: &Frame) -> Result<(), SurfaceFault> {
        let planes = planes_of(frame);
        let bytes: usize = planes
            .iter()
            .map(|plane| plane.row_bytes * plane.rows)
            .sum();
        self.stage(gl, &planes, bytes)?;
        let mut offset = 0;
        for (index, (plane, name)) in planes.iter().zip(&self.planes).enumerate() {
            let texels = texels(self.layout, index);
            // SAFETY: the data come from the bound buffer, which holds the rows of every plane tightly.
            unsafe {
                gl.bind_texture(glow::TEXTURE_2D, Some(*name));
                gl.tex_sub_image_2d(
                    glow::TEXTURE_2D,
                    0,
                    0,
                    0,
                    length(plane.row_bytes / texels.bytes),
                    length(plane.rows),
                    texels.channels,
                    texels.sample,
                    glow::PixelUnpackData::BufferOffset(u32::try_from(offset).unwrap_or(u32::MAX)),
                );
            }
            offset += plane.row_bytes * plane.rows;
        }
        // SAFETY: other uploads come from memory, not from a buffer.
        unsafe { gl.bind_buffer(glow::PIXEL_UNPACK_BUFFER, None) };
        Ok(())
    }

    /// Copies the planes into the driver's buffer, which stays bound. The driver takes fresh memory for it
    /// each time, so that nobody waits for the GPU to be done with the frame before.
    fn stage(
        &self,
        gl: &glow::Context,
        planes: &[Plane<'_>],
        bytes: usize,
    ) -> Result<(), SurfaceFault> {
        // SAFETY: the mapping is `bytes` long, which is what the rows of all planes take; each row is
        // `row_bytes` long and lies within its plane, which the borrow of the frame keeps. Bytes that another
        // process changes meanwhile give wrong colours and nothing worse.
        unsafe {
            gl.bind_buffer(glow::PIXEL_UNPACK_BUFFER, Some(self.staging));
            gl.buffer_data_size(glow::PIXEL_UNPACK_BUFFER, length(bytes), glow::STREAM_DRAW);
            let access = glow::MAP_WRITE_BIT | glow::MAP_INVALIDATE_BUFFER_BIT;
            let mut to = gl.map_buffer_range(glow::PIXEL_UNPACK_BUFFER, 0, length(bytes), access);
            if to.is_null() {
                return Err(SurfaceFault::Driver(
                    "the driver gives no memory for a frame".to_owned(),
                ));
            }
            for plane in planes {
                for row in 0..plane.rows {
                    let from = plane.start.add(row * plane.stride);
                    std::ptr::copy_nonoverlapping(from, to, plane.row_bytes);
                    to = to.add(plane.row_bytes);
                }
            }
            gl.unmap_buffer(glow::PIXEL_UNPACK_BUFFER);
        }
        Ok(())
    }

    /// Draws the film over the viewport.
    pub(super) fn draw(&self, gl: &glow::Context, program: &Program, layer: &FilmLayer) {
        let frame = &layer.frame;
        let is_stretched = self.size != (layer.place.width, layer.place.height);
        // One to one the samples are taken as they are, which are the pixels of the software path.
        let filter = if is_stretched {
            glow::LINEAR
        } else {
            glow::NEAREST
        };
        for name in &self.planes {
            // SAFETY: plain calls with names of the current context.
            unsafe {
                gl.bind_texture(glow::TEXTURE_2D, Some(*name));
                for parameter in [glow::TEXTURE_MIN_FILTER, glow::TEXTURE_MAG_FILTER] {
                    gl.tex_parameter_i32(glow::TEXTURE_2D, parameter, filter.cast_signed());
                }
            }
        }
        let (across, down) = match self.layout {
            Layout::I420 | Layout::Nv12 | Layout::I010 | Layout::P010 => (2, 2),
            Layout::I422 => (2, 1),
            Layout::I444 => (1, 1),
        };
        let covered = |size: u32, step: u32| size as f32 / (size.div_ceil(step) * step) as f32;
        let chroma = [covered(self.size.0, across), covered(self.size.1, down)];
        let interleaved = f32::from(u8::from(self.layout.planes() == 2));
        let [red, green, blue] = frame.to_rgb();
        // An interleaved frame has no third plane; the shader leaves it out of account.
        let third = self.planes.get(2).or(self.planes.get(1));
        let textures: Vec<_> = self.planes.iter().take(2).chain(third).copied().collect();
        program.draw(
            gl,
            &textures,
            &[
                ("chroma", &chroma),
                ("interleaved", &[interleaved]),
                ("red", &red),
                ("green", &green),
                ("blue", &blue),
            ],
        );
    }

    /// Gives the memory back.
    pub(super) fn end(self, gl: &glow::Context) {
        // SAFETY: names of the current context that nobody else holds.
        unsafe {
            for name in self.planes {
                gl.delete_texture(name);
            }
            gl.delete_buffer(self.staging);
        }
    }
}

fn planes_of(frame: &Frame) -> Vec<Plane<'_>> {
    (0..).map_while(|index| frame.plane(index)).collect()
}
