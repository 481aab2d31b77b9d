//! Memory of the GPU for pictures: textures, and those that can be drawn into.
#![expect(unsafe_code, reason = "every call of OpenGL is unsafe")]

use glow::HasContext as _;

use super::super::SurfaceFault;

/// A picture that can be drawn into.
pub(super) struct Target {
    pub texture: glow::Texture,
    pub framebuffer: glow::Framebuffer,
}

impl Target {
    /// One of `size` pixels.
    pub(super) fn new(gl: &glow::Context, size: (u32, u32)) -> Result<Self, SurfaceFault> {
        let texture = texture(gl)?;
        store(gl, texture, size);
        // SAFETY: plain calls with names of the current context.
        unsafe {
            let framebuffer = gl.create_framebuffer().map_err(SurfaceFault::Driver)?;
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(framebuffer));
            gl.framebuffer_texture_2d(
                glow::FRAMEBUFFER,
                glow::COLOR_ATTACHMENT0,
                glow::TEXTURE_2D,
                Some(texture),
                0,
            );
            let status = gl.check_framebuffer_status(glow::FRAMEBUFFER);
            gl.bind_framebuffer(glow::FRAMEBUFFER, None);
            if status != glow::FRAMEBUFFER_COMPLETE {
                return Err(SurfaceFault::Driver(format!(
                    "a picture cannot be drawn into (status {status:#x})"
                )));
            }
            Ok(Self {
                texture,
                framebuffer,
            })
        }
    }

    /// Gives the memory back.
    pub(super) fn end(self, gl: &glow::Context) {
        // SAFETY: names of the current context that nobody else holds.
        unsafe {
            gl.delete_framebuffer(self.framebuffer);
            gl.delete_texture(self.texture);
        }
    }
}

/// A texture, bound, that is sampled as it is and ends at its edges.
pub(super) fn texture(gl: &glow::Context) -> Result<glow::Texture, SurfaceFault> {
    // SAFETY: plain calls on the current context.
    unsafe {
        let name = gl.create_texture().map_err(SurfaceFault::Driver)?;
        gl.bind_texture(glow::TEXTURE_2D, Some(name));
        for (parameter, value) in [
            (glow::TEXTURE_MIN_FILTER, glow::NEAREST),
            (glow::TEXTURE_MAG_FILTER, glow::NEAREST),
            (glow::TEXTURE_WRAP_S, glow::CLAMP_TO_EDGE),
            (glow::TEXTURE_WRAP_T, glow::CLAMP_TO_EDGE),
        ] {
            gl.tex_parameter_i32(glow::TEXTURE_2D, parameter, value.cast_signed());
        }
        Ok(name)
    }
}

/// Memory for a picture of `size` in four channels of 8 bit.
pub(super) fn store(gl: &glow::Context, texture: glow::Texture, size: (u32, u32)) {
    // SAFETY: no data is given.
    unsafe {
        gl.bind_texture(glow::TEXTURE_2D, Some(texture));
        gl.tex_image_2d(
            glow::TEXTURE_2D,
            0,
            glow::RGBA8.cast_signed(),
            size.0.max(1).cast_signed(),
            size.1.max(1).cast_signed(),
            0,
            glow::RGBA,
            glow::UNSIGNED_BYTE,
            glow::PixelUnpackData::Slice(None),
        );
    }
}

/// A length as OpenGL takes it.
pub(super) fn length(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}
