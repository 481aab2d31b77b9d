//! The shaders: one quad, and a program for each of page, film and what a cross-fade fades from.
#![expect(unsafe_code, reason = "every call of OpenGL is unsafe")]

use glow::HasContext as _;

use super::super::SurfaceFault;

/// A quad over the viewport. `at` runs from 0, 0 in the upper left corner of what is drawn to 1, 1.
const QUAD: &str = "
out vec2 at;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    at = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}";

/// A canvas is blue, green, red in memory and is sent as it is.
const PAGE: &str = "
in vec2 at;
out vec4 colour;
uniform sampler2D plane0;
void main() {
    colour = vec4(texture(plane0, at).bgr, 1.0);
}";

/// `chroma` is how much of the chroma planes the frame covers: odd sizes leave half a sample over.
const FILM: &str = "
in vec2 at;
out vec4 colour;
uniform sampler2D plane0;
uniform sampler2D plane1;
uniform sampler2D plane2;
uniform vec2 chroma;
uniform float interleaved;
uniform vec4 red;
uniform vec4 green;
uniform vec4 blue;
void main() {
    vec2 first = texture(plane1, at * chroma).rg;
    float second = texture(plane2, at * chroma).r;
    vec4 yuv1 = vec4(texture(plane0, at).r, first.r, mix(second, first.g, interleaved), 1.0);
    colour = vec4(dot(red, yuv1), dot(green, yuv1), dot(blue, yuv1), 1.0);
}";

/// What was kept was drawn by OpenGL, whose rows begin at the bottom.
const KEPT: &str = "
in vec2 at;
out vec4 colour;
uniform sampler2D plane0;
uniform float share;
void main() {
    colour = vec4(texture(plane0, vec2(at.x, 1.0 - at.y)).rgb, share);
}";

/// The programs.
pub(super) struct Programs {
    pub page: Program,
    pub film: Program,
    pub kept: Program,
}

/// One program.
pub(super) struct Program(glow::Program);

impl Programs {
    /// Compiles them.
    pub(super) fn new(gl: &glow::Context) -> Result<Self, SurfaceFault> {
        Ok(Self {
            page: Program::new(gl, PAGE)?,
            film: Program::new(gl, FILM)?,
            kept: Program::new(gl, KEPT)?,
        })
    }
}

impl Program {
    fn new(gl: &glow::Context, fragment: &str) -> Result<Self, SurfaceFault> {
        let refused = |said: String| SurfaceFault::Driver(format!("a shader was refused: {said}"));
        // SAFETY: plain calls with names that were made here, on the current context.
        unsafe {
            let program = gl.create_program().map_err(refused)?;
            for (kind, source) in [
                (glow::VERTEX_SHADER, QUAD),
                (glow::FRAGMENT_SHADER, fragment),
            ] {
                let shader = gl.create_shader(kind).map_err(refused)?;
                let header = if gl.version().is_embedded {
                    "#version 300 es\nprecision highp float;\nprecision highp int;\n"
                } else {
                    "#version 150\n"
                };
                gl.shader_source(shader, &format!("{header}{source}"));
                gl.compile_shader(shader);
                if !gl.get_shader_compile_status(shader) {
                    return Err(refused(gl.get_shader_info_log(shader)));
                }
                gl.attach_shader(program, shader);
                gl.delete_shader(shader);
            }
            gl.link_program(program);
            if !gl.get_program_link_status(program) {
                return Err(refused(gl.get_program_info_log(program)));
            }
            gl.use_program(Some(program));
            for unit in 0..3 {
                let place = gl.get_uniform_location(program, &format!("plane{unit}"));
                gl.uniform_1_i32(place.as_ref(), unit);
            }
            Ok(Self(program))
        }
    }

    /// Draws the quad over the viewport with the textures, one to a unit, and these uniforms.
    pub(super) fn draw(
        &self,
        gl: &glow::Context,
        textures: &[glow::Texture],
        uniforms: &[(&str, &[f32])],
    ) {
        // SAFETY: plain calls with names of the current context; no pointer is given.
        unsafe {
            gl.use_program(Some(self.0));
            for (name, values) in uniforms {
                let place = gl.get_uniform_location(self.0, name);
                match values {
                    [a] => gl.uniform_1_f32(place.as_ref(), *a),
                    [a, b] => gl.uniform_2_f32(place.as_ref(), *a, *b),
                    [a, b, c, d] => gl.uniform_4_f32(place.as_ref(), *a, *b, *c, *d),
                    _ => {}
                }
            }
            for (unit, texture) in (0..).zip(textures) {
                gl.active_texture(glow::TEXTURE0 + unit);
                gl.bind_texture(glow::TEXTURE_2D, Some(*texture));
            }
            gl.draw_arrays(glow::TRIANGLE_STRIP, 0, 4);
        }
    }
}
