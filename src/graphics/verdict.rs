//! From measurements to a verdict, without looking at anything.

use serde::{Deserialize, Serialize};

/// Pictures a second that OpenGL must compose: twice what a film of 60 frames needs, because a screen also has
/// a ticker, and drivers have bad moments.
const LEAST_PER_SECOND: f64 = 120.0;

/// What was measured, of pictures of 1920 × 1080 with a film in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// No display server could be reached, so that nothing can be said for good.
    pub is_without_display: bool,
    /// `GL_RENDERER` and whether it draws in software, or why there is no OpenGL.
    pub renderer: Result<(String, bool), String>,
    /// Pictures a second, and seconds of the processor for each, by OpenGL.
    pub opengl: Option<(f64, f64)>,
    /// The same in software.
    pub software: (f64, f64),
}

/// What is to compose pictures, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it is OpenGL; software else.
    pub is_opengl: bool,
    /// Why, as a part of a sentence.
    pub reason: String,
}

impl Verdict {
    fn software(reason: String) -> Self {
        Self {
            is_opengl: false,
            reason,
        }
    }

    /// For a machine that need not be measured.
    pub fn no_card() -> Self {
        Self::software("this machine has no graphics card (nothing in /dev/dri)".to_owned())
    }

    /// For a machine whose measurement failed.
    pub fn unmeasured(error: &anyhow::Error) -> Self {
        Self::software(format!("measuring OpenGL failed: {error:#}"))
    }
}

/// Judges. OpenGL has to be a real GPU's, fast enough, and to cost the processor less.
pub fn judge(measured: &Measured) -> Verdict {
    let (name, is_software) = match &measured.renderer {
        Ok(renderer) => renderer,
        Err(fault) => return Verdict::software(fault.clone()),
    };
    if *is_software {
        return Verdict::software(format!(
            "{name} draws in software, which the player does better"
        ));
    }
    let Some((per_second, cpu)) = measured.opengl else {
        return Verdict::software(format!("{name} could not be measured"));
    };
    let (_, cpu_in_software) = measured.software;
    let ms = |seconds: f64| seconds * 1000.0;
    if per_second < LEAST_PER_SECOND {
        return Verdict::software(format!(
            "{name} composes {per_second:.0} pictures a second, fewer than {LEAST_PER_SECOND:.0}"
        ));
    }
    if cpu >= cpu_in_software {
        return Verdict::software(format!(
            "{name} takes {:.1} ms of the processor for a picture, software {:.1} ms",
            ms(cpu),
            ms(cpu_in_software)
        ));
    }
    Verdict {
        is_opengl: true,
        reason: format!(
            "measured {:.1} ms of the processor for a picture, {:.1} ms in software",
            ms(cpu),
            ms(cpu_in_software)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opengl_is_chosen_where_it_is_real_fast_and_cheaper() {
        let real = || Ok(("Mesa Intel(R) HD Graphics 400".to_owned(), false));
        let soft = || Ok(("llvmpipe (LLVM 15.0.6, 256 bits)".to_owned(), true));
        let none = || Err("OpenGL cannot be had: no driver".to_owned());
        let table = [
            (real(), Some((400.0, 0.0006)), 0.0030, true, "0.6 ms"),
            (real(), Some((400.0, 0.0030)), 0.0030, false, "3.0 ms"),
            (real(), Some((119.0, 0.0006)), 0.0030, false, "119 pictures"),
            (real(), Some((120.0, 0.0006)), 0.0030, true, "measured"),
            (real(), None, 0.0030, false, "could not be measured"),
            // However fast a rasteriser is on many cores, it takes them from decoding.
            (soft(), Some((900.0, 0.0001)), 0.0030, false, "llvmpipe"),
            (none(), None, 0.0030, false, "no driver"),
            // A clock that stands still must not divide or choose.
            (real(), Some((f64::INFINITY, 0.0)), 0.0, false, "0.0 ms"),
        ];
        for (renderer, opengl, cpu_in_software, is_opengl, said) in table {
            let measured = Measured {
                is_without_display: false,
                renderer,
                opengl,
                software: (300.0, cpu_in_software),
            };
            let verdict = judge(&measured);
            assert_eq!(verdict.is_opengl, is_opengl, "{measured:?}");
            assert!(verdict.reason.contains(said), "{}", verdict.reason);
        }
    }
}
