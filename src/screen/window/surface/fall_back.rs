//! A surface that does not stay behind with a fault: after the first one everything goes on in software.

use super::{SurfaceFault, VideoSurface};
use crate::canvas::Pixel;
use crate::compose::Scene;

/// Makes the surface that is left when another has failed.
type Spare = Box<dyn FnMut((u32, u32)) -> Result<Box<dyn VideoSurface>, SurfaceFault>>;

/// A surface with another to fall back on, for the rest of the run.
pub(crate) struct FallBack {
    /// `None` between the end of one surface and the beginning of the next.
    surface: Option<Box<dyn VideoSurface>>,
    spare: Option<Spare>,
    /// Called with the fault, once.
    told: Box<dyn Fn(&SurfaceFault)>,
    size: (u32, u32),
}

impl FallBack {
    /// Shows by `surface`, and by the `spare` one after its first fault.
    pub(crate) fn new(
        surface: Box<dyn VideoSurface>,
        size: (u32, u32),
        spare: Spare,
        told: Box<dyn Fn(&SurfaceFault)>,
    ) -> Self {
        Self {
            surface: Some(surface),
            spare: Some(spare),
            told,
            size,
        }
    }

    /// Does something with the surface; after its fault once more with the spare one.
    fn with<T>(
        &mut self,
        mut act: impl FnMut(&mut dyn VideoSurface) -> Result<T, SurfaceFault>,
    ) -> Result<T, SurfaceFault> {
        let fault = match self.surface.as_mut().map(|surface| act(surface.as_mut())) {
            Some(Err(fault)) if self.spare.is_some() => Some(fault),
            Some(outcome) => return outcome,
            None => None,
        };
        if let Some(fault) = fault {
            (self.told)(&fault);
            // The window belongs to one surface at a time.
            self.surface = None;
        }
        let Some(make) = &mut self.spare else {
            return Err(SurfaceFault::Gone);
        };
        // Where the display server refuses at this moment, the next picture asks again.
        let mut next = make(self.size)?;
        self.spare = None;
        let outcome = act(next.as_mut());
        self.surface = Some(next);
        outcome
    }
}

impl VideoSurface for FallBack {
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault> {
        self.size = (width, height);
        self.with(|surface| surface.resize(width, height))
    }

    fn keep(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        self.with(|surface| surface.keep(scene))
    }

    fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
        let whole = [scene.whole()];
        // Whatever shows first has shown nothing yet, unless it is the surface of the beginning.
        let mut changed = if self.surface.is_some() {
            scene.changed
        } else {
            &whole
        };
        self.with(|surface| {
            let changed = std::mem::replace(&mut changed, &whole);
            surface.show(&Scene { changed, ..*scene })
        })
    }

    fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
        self.with(|surface| surface.picture(scene))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use super::*;
    use crate::canvas::Area;

    /// What a surface was told, in order.
    type Journal = Rc<RefCell<Vec<String>>>;

    struct Pretended {
        name: &'static str,
        journal: Journal,
        good_for: Cell<usize>,
    }

    impl Pretended {
        fn boxed(name: &'static str, journal: &Journal, good_for: usize) -> Box<dyn VideoSurface> {
            Box::new(Self {
                name,
                journal: Rc::clone(journal),
                good_for: Cell::new(good_for),
            })
        }

        fn act(&self, what: &str) -> Result<(), SurfaceFault> {
            if self.good_for.get() == 0 {
                return Err(SurfaceFault::Driver("the context is lost".to_owned()));
            }
            self.good_for.set(self.good_for.get() - 1);
            self.journal
                .borrow_mut()
                .push(format!("{} {what}", self.name));
            Ok(())
        }
    }

    impl VideoSurface for Pretended {
        fn resize(&mut self, width: u32, height: u32) -> Result<(), SurfaceFault> {
            self.act(&format!("resize {width}x{height}"))
        }
        fn keep(&mut self, _: &Scene<'_>) -> Result<(), SurfaceFault> {
            self.act("keep")
        }
        fn show(&mut self, scene: &Scene<'_>) -> Result<(), SurfaceFault> {
            self.act(&format!(
                "show {:?}",
                scene.changed.first().map(|area| area.width)
            ))
        }
        fn picture(&mut self, scene: &Scene<'_>) -> Result<Vec<Pixel>, SurfaceFault> {
            self.act("picture").map(|()| scene.canvas.to_vec())
        }
    }

    impl Drop for Pretended {
        fn drop(&mut self) {
            self.journal
                .borrow_mut()
                .push(format!("{} ends", self.name));
        }
    }

    #[test]
    fn after_a_fault_the_same_picture_is_shown_as_a_whole_by_the_other_surface_for_good() {
        let journal = Journal::default();
        let faults = Rc::new(RefCell::new(Vec::new()));
        let (spare_journal, told) = (Rc::clone(&journal), Rc::clone(&faults));
        let mut attempts = 0;
        let mut surface = FallBack::new(
            Pretended::boxed("gl", &journal, 2),
            (40, 30),
            Box::new(move |size| {
                attempts += 1;
                if attempts == 1 {
                    return Err(SurfaceFault::Buffer("not at this moment".to_owned()));
                }
                assert_eq!(size, (50, 30));
                Ok(Pretended::boxed("software", &spare_journal, usize::MAX))
            }),
            Box::new(move |fault| told.borrow_mut().push(fault.to_string())),
        );
        let canvas = vec![Pixel(0xFF12_3456); 1500];
        let scene = Scene {
            size: (50, 30),
            canvas: &canvas,
            changed: &[Area::new(0, 0, 3, 3)],
            films: &[],
            fade: None,
        };
        surface.resize(50, 30).unwrap();
        surface.show(&scene).unwrap();
        assert!(
            surface.show(&scene).is_err(),
            "the display server refuses once"
        );
        surface.show(&scene).unwrap();
        surface.show(&scene).unwrap();
        assert_eq!(surface.picture(&scene).unwrap(), canvas);
        assert_eq!(*faults.borrow(), ["OpenGL failed: the context is lost"]);
        drop(surface);
        assert_eq!(
            *journal.borrow(),
            [
                "gl resize 50x30",
                "gl show Some(3)",
                "gl ends",
                "software show Some(50)",
                "software show Some(3)",
                "software picture",
                "software ends",
            ]
        );
    }
}
