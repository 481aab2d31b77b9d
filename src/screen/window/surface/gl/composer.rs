//! Composing a scene by OpenGL: page, films in their visible parts, what a cross-fade fades from.
//!
//! It must not know windows: it draws into whatever framebuffer is bound, or into its own.
#![expect(unsafe_code, reason = "every call of OpenGL is unsafe")]

use std::rc::Rc;

use glow::HasContext as _;

use super::super::SurfaceFault;
use super::films::FilmTextures;
use super::shader::Programs;
use super::target::{Target, length, store, texture};
use crate::canvas::{Area, Pixel};
use crate::compose::{FadeStep, FilmLayer, Scene};

/// Everything that composing keeps on the GPU.
pub(crate) struct Composer {
    gl: Rc<glow::Context>,
    programs: Programs,
    canvas: glow::Texture,
    /// Of each film of the page, in their order.
    films: Vec<FilmTextures>,
    /// What cross-fades fade from.
    kept: Option<Target>,
    /// One that is used again, because fresh memory of the GPU is dear.
    spare: Option<Target>,
    size: (u32, u32),
    /// Whether the canvas on the GPU has to be sent as a whole.
    is_blank: bool,
}

impl Composer {
    /// With the functions of the context that is current.
    ///
    /// # Errors
    /// The driver refuses the shaders or is out of memory.
    pub(crate) fn new(gl: Rc<glow::Context>) -> Result<Self, SurfaceFault> {
        let programs = Programs::new(&gl)?;
        // SAFETY: plain calls on the current context. Rows are as long as they are, and pixels are written
        // as they come.
        unsafe {
            let vertices = gl.create_vertex_array().map_err(SurfaceFault::Driver)?;
            gl.bind_vertex_array(Some(vertices));
            gl.pixel_store_i32(glow::UNPACK_ALIGNMENT, 1);
            gl.disable(glow::DITHER);
            gl.blend_func(glow::SRC_ALPHA, glow::ONE_MINUS_SRC_ALPHA);
        }
        let canvas = texture(&gl)?;
        Ok(Self {
            gl,
            programs,
            canvas,
            films: Vec::new(),
            kept: None,
            spare: None,
            size: (0, 0),
            is_blank: true,
        })
    }

    /// Takes the size of the screen, pixels.
    ///
    /// # Errors
    /// The driver has no memory for it.
    pub(crate) fn resize(&mut self, size: (u32, u32)) -> Result<(), SurfaceFault> {
        self.size = size;
        self.is_blank = true;
        for target in self.kept.take().into_iter().chain(self.spare.take()) {
            target.end(&self.gl);
        }
        store(&self.gl, self.canvas, size);
        self.checked("resizing")
    }

    /// Draws `scene` into the window. Without a fade in it, what was kept is forgotten.
    ///
    /// # Errors
    /// The driver reports one: what was drawn must not be shown.
    pub(crate) fn draw(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        if scene.fade.is_none() {
            self.forget();
        }
        self.send(scene)?;
        self.compose(scene, None)
    }

    /// Keeps what `scene` looks like, to fade away from it.
    ///
    /// # Errors
    /// The driver reports one.
    pub(crate) fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.send(scene)?;
        let target = self.target()?;
        self.compose(scene, Some(target.framebuffer))?;
        self.forget();
        self.kept = Some(target);
        Ok(())
    }

    /// What `scene` looks like, row by row from the top.
    ///
    /// # Errors
    /// The driver reports one.
    pub(crate) fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        self.send(scene)?;
        let target = self.target()?;
        self.compose(scene, Some(target.framebuffer))?;
        let (width, height) = self.size;
        let mut bytes = vec![0; 4 * width as usize * height as usize];
        // SAFETY: the slice is as long as the picture; its rows need no padding.
        unsafe {
            self.gl
                .bind_framebuffer(glow::READ_FRAMEBUFFER, Some(target.framebuffer));
            self.gl.read_pixels(
                0,
                0,
                width.cast_signed(),
                height.cast_signed(),
                glow::RGBA,
                glow::UNSIGNED_BYTE,
                glow::PixelPackData::Slice(Some(&mut bytes)),
            );
            self.gl.bind_framebuffer(glow::READ_FRAMEBUFFER, None);
        }
        self.spare = Some(target);
        self.checked("reading a picture")?;
        let rows = bytes.chunks_exact(4 * (width as usize).max(1)).rev();
        let pixel = |rgba: &[u8; 4]| {
            let [red, green, blue, _] = *rgba;
            Pixel(u32::from_be_bytes([0xFF, red, green, blue]))
        };
        Ok(rows
            .flat_map(|row| row.as_chunks().0.iter().map(pixel))
            .collect())
    }

    /// Waits until the GPU has done everything.
    pub(crate) fn finish(&self) {
        // SAFETY: a plain call on the current context.
        unsafe { self.gl.finish() };
    }

    /// Sends what of the scene the GPU does not have.
    fn send(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        if scene.size != self.size {
            return Err(SurfaceFault::Driver("a scene of another size".to_owned()));
        }
        let whole = [scene.whole()];
        let changed = if std::mem::take(&mut self.is_blank) {
            &whole
        } else {
            scene.changed
        };
        for area in changed.iter().filter(|area| !area.is_empty()) {
            self.send_canvas(scene, *area);
        }
        for film in self.films.drain(scene.films.len().min(self.films.len())..) {
            film.end(&self.gl);
        }
        for (index, layer) in scene.films.iter().enumerate() {
            self.send_film(index, layer)?;
        }
        self.checked("sending")
    }

    fn send_canvas(&self, scene: &Scene<'_>, area: Area) {
        let stride = scene.size.0 as usize;
        let first = area.y as usize * stride + area.x as usize;
        let last = (area.bottom() as usize - 1) * stride + area.right() as usize;
        let Some(pixels) = scene.canvas.get(first..last) else {
            return;
        };
        // SAFETY: the slice reaches from the first pixel of the area to its last, in rows of `stride`.
        unsafe {
            self.gl
                .pixel_store_i32(glow::UNPACK_ROW_LENGTH, length(stride));
            self.gl.bind_texture(glow::TEXTURE_2D, Some(self.canvas));
            self.gl.tex_sub_image_2d(
                glow::TEXTURE_2D,
                0,
                area.x.cast_signed(),
                area.y.cast_signed(),
                area.width.cast_signed(),
                area.height.cast_signed(),
                glow::RGBA,
                glow::UNSIGNED_BYTE,
                glow::PixelUnpackData::Slice(Some(bytemuck::cast_slice(pixels))),
            );
            self.gl.pixel_store_i32(glow::UNPACK_ROW_LENGTH, 0);
        }
    }

    fn send_film(&mut self, index: usize, layer: &FilmLayer) -> Result<(), SurfaceFault> {
        let held = self.films.get(index);
        let suits = held.is_some_and(|film| film.suit(&layer.frame));
        if suits && !layer.is_new {
            return Ok(());
        }
        if !suits {
            for film in self.films.drain(index.min(self.films.len())..) {
                film.end(&self.gl);
            }
            self.films.push(FilmTextures::new(&self.gl, &layer.frame)?);
        }
        match self.films.get(index) {
            Some(film) => film.send(&self.gl, &layer.frame),
            None => Ok(()),
        }
    }

    fn compose(
        &self,
        scene: &Scene<'_>,
        into: Option<glow::Framebuffer>,
    ) -> Result<(), SurfaceFault> {
        let gl = &self.gl;
        let (width, height) = self.size;
        let whole = (0, 0, width.cast_signed(), height.cast_signed());
        // SAFETY: plain calls with names of the current context.
        unsafe {
            gl.bind_framebuffer(glow::FRAMEBUFFER, into);
            gl.viewport(whole.0, whole.1, whole.2, whole.3);
            gl.disable(glow::SCISSOR_TEST);
        }
        self.programs.page.draw(gl, &[self.canvas], &[]);
        for (film, layer) in self.films.iter().zip(scene.films) {
            self.compose_film(film, layer);
        }
        if let (Some(kept), Some(step)) = (&self.kept, scene.fade) {
            self.compose_kept(kept, step);
        }
        // SAFETY: as above.
        unsafe { gl.bind_framebuffer(glow::FRAMEBUFFER, None) };
        self.checked("drawing")
    }

    fn compose_film(&self, film: &FilmTextures, layer: &FilmLayer) {
        let gl = &self.gl;
        let height = i64::from(self.size.1);
        // OpenGL counts rows from the bottom.
        let bottom = height - i64::from(layer.place.y) - i64::from(layer.place.height);
        // SAFETY: plain calls on the current context.
        unsafe {
            gl.enable(glow::SCISSOR_TEST);
            gl.viewport(
                layer.place.x,
                bottom as i32,
                layer.place.width.cast_signed(),
                layer.place.height.cast_signed(),
            );
        }
        for part in &layer.visible {
            self.scissor(*part);
            film.draw(gl, &self.programs.film, layer);
        }
        // SAFETY: as above.
        unsafe {
            gl.disable(glow::SCISSOR_TEST);
            gl.viewport(0, 0, self.size.0.cast_signed(), self.size.1.cast_signed());
        }
    }

    fn compose_kept(&self, kept: &Target, step: FadeStep) {
        let gl = &self.gl;
        // SAFETY: plain calls on the current context.
        unsafe {
            gl.enable(glow::SCISSOR_TEST);
            gl.enable(glow::BLEND);
            // The mixture is opaque, as both pictures are.
            gl.color_mask(true, true, true, false);
        }
        self.scissor(step.area);
        let share = (256.0 - step.share as f32) / 256.0;
        self.programs
            .kept
            .draw(gl, &[kept.texture], &[("share", &[share])]);
        // SAFETY: as above.
        unsafe {
            gl.color_mask(true, true, true, true);
            gl.disable(glow::BLEND);
            gl.disable(glow::SCISSOR_TEST);
        }
    }

    /// Draws nothing outside `area`.
    fn scissor(&self, area: Area) {
        let bottom = self.size.1.saturating_sub(area.bottom());
        let [x, y, width, height] = [area.x, bottom, area.width, area.height].map(u32::cast_signed);
        // SAFETY: a plain call on the current context.
        unsafe { self.gl.scissor(x, y, width, height) };
    }

    fn target(&mut self) -> Result<Target, SurfaceFault> {
        match self.spare.take() {
            Some(spare) => Ok(spare),
            None => Target::new(&self.gl, self.size),
        }
    }

    fn forget(&mut self) {
        if let Some(kept) = self.kept.take()
            && let Some(surplus) = self.spare.replace(kept)
        {
            surplus.end(&self.gl);
        }
    }

    /// Fails if the driver has reported an error, a lost context among them.
    fn checked(&self, doing: &str) -> Result<(), SurfaceFault> {
        // SAFETY: a plain call on the current context.
        match unsafe { self.gl.get_error() } {
            glow::NO_ERROR => Ok(()),
            code => Err(SurfaceFault::Driver(format!(
                "error {code:#x} while {doing}"
            ))),
        }
    }
}
