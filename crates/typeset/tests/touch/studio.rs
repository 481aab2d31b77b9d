//! Visits made of presses, and their panels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use motcua_show::lookup::Synonyms;
use motcua_show::takeaway::{self, TakeawayWords};
use motcua_show::visit::{Catalogue, IdleTimes, Place, Press, Size, Visit};
use motcua_show::{Language, Procedure, Show};
use motcua_typeset::touch::{FormPages, Offers, Panel, Scene, WorkedOut, panels};
use motcua_typeset::{Typesetter, Viewport, Words};

use crate::support;

/// A screen: pixels across and down, and its diagonal in inches where the show says it.
pub type Screen = (u32, u32, Option<f64>);

/// The screens on which every page is looked at.
pub const SCREENS: [Screen; 7] = [
    (1920, 1080, None),
    (1080, 1920, None),
    (3840, 2160, None),
    (1366, 768, None),
    (1280, 1024, None),
    (1920, 1080, Some(21.5)),
    (1024, 600, Some(15.0)),
];

pub fn viewport(screen: Screen) -> Viewport {
    Viewport::of_touch(screen.0, screen.1, screen.2)
}

/// What a visitor may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub language: Language,
    pub size: Size,
    pub has_high_contrast: bool,
    pub is_lowered: bool,
}

impl Chosen {
    pub const USUAL: Self = Self {
        language: Language::Vi,
        size: Size::Normal,
        has_high_contrast: false,
        is_lowered: false,
    };

    /// Every language, size and height; every other one in the strongest contrast.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for language in Language::ALL {
            for size in [Size::Normal, Size::Large, Size::Largest] {
                for is_lowered in [false, true] {
                    let has_high_contrast = all.len() % 4 > 1;
                    all.push(Self {
                        language,
                        size,
                        has_high_contrast,
                        is_lowered,
                    });
                }
            }
        }
        all
    }
}

/// The folder of the sample show.
fn sample_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../playlists/one-stop")
}

/// The sample show with its procedures.
pub fn sample() -> Show {
    let file = sample_folder().join("show.toml");
    let written = std::fs::read_to_string(&file).unwrap();
    let mut show = motcua_show::read_show(&file, &written).value.unwrap();
    for entry in std::fs::read_dir(sample_folder().join("procedures")).unwrap() {
        let path = entry.unwrap().path();
        let written = std::fs::read_to_string(&path).unwrap();
        let procedure = motcua_show::read_procedure(&path, &written).value.unwrap();
        show.procedures
            .insert(procedure.base_code().to_owned(), procedure);
    }
    assert!(show.procedures.len() >= 12);
    show
}

/// A show that has these procedures and no others.
pub fn show_of(procedures: impl IntoIterator<Item = Procedure>) -> Show {
    Show {
        procedures: procedures
            .into_iter()
            .map(|procedure| (procedure.base_code().to_owned(), procedure))
            .collect(),
        ..sample()
    }
}

/// What can be looked up of a show.
pub fn catalogue(show: Show) -> Arc<Catalogue> {
    let synonyms = Synonyms::shipped().unwrap();
    Arc::new(Catalogue::build(
        Arc::new(show),
        synonyms,
        date(2026, 11, 23),
    ))
}

/// Begins visits to a catalogue, and sets their pages.
pub struct Studio {
    pub catalogue: Arc<Catalogue>,
    typesetter: Typesetter,
    words: BTreeMap<Language, Words>,
}

impl Studio {
    pub fn new(show: Show) -> Self {
        Self {
            catalogue: catalogue(show),
            typesetter: Typesetter::new(),
            words: Language::ALL
                .into_iter()
                .map(|one| (one, support::words(one)))
                .collect(),
        }
    }

    /// A visit with these choices and presses.
    pub fn visit(&self, chosen: Chosen, presses: &[Press]) -> Visit {
        let times = IdleTimes::default();
        let catalogue = Arc::clone(&self.catalogue);
        let mut visit = Visit::begin(catalogue, chosen.language, None, times, Duration::ZERO);
        let mut choices = Vec::new();
        while visit.options().size != chosen.size {
            visit.press(Press::Larger, Duration::ZERO);
        }
        if chosen.has_high_contrast {
            choices.push(Press::Contrast);
        }
        if chosen.is_lowered {
            choices.push(Press::Lower);
        }
        for press in choices.iter().chain(presses) {
            visit.press(press.clone(), Duration::ZERO);
        }
        visit
    }

    /// What the player works out about the place, with the pages of a form.
    pub fn worked_out(&self, visit: &Visit, form: FormPages) -> WorkedOut {
        let show = visit.catalogue().show();
        let words = &self.words[&visit.options().language];
        let counter = show.lookup.counter.as_ref();
        let mut out = WorkedOut {
            counter: counter.map(|counter| counter.best(visit.options().language).to_owned()),
            form,
            ..WorkedOut::default()
        };
        match visit.place() {
            Place::Procedure { code, .. } => {
                let procedure = visit.procedure(code).unwrap();
                let words =
                    TakeawayWords::from_fn(|key| words.get(key).unwrap_or_default().to_owned());
                out.expected = Some(date(2026, 12, 1));
                out.online = takeaway::online_address(procedure);
                out.text = Some(takeaway::short_text(procedure, &words));
            }
            Place::Receipt => {
                let typed = visit.keyboard().map_or("", |keyboard| keyboard.text());
                out.receipt = takeaway::receipt_address(&typed.to_uppercase());
            }
            _ => {}
        }
        out
    }

    pub fn words(&self, language: Language) -> &Words {
        &self.words[&language]
    }

    /// The panels of a visit on a screen that can print and read aloud.
    pub fn panels(&mut self, visit: &Visit, screen: Screen) -> Vec<Panel> {
        let offers = Offers {
            can_print: true,
            can_listen: true,
        };
        self.panels_with(visit, screen, offers, FormPages::Opening)
    }

    pub fn panels_with(
        &mut self,
        visit: &Visit,
        screen: Screen,
        offers: Offers,
        form: FormPages,
    ) -> Vec<Panel> {
        let worked_out = self.worked_out(visit, form);
        let scene = Scene {
            visit,
            words: &self.words[&visit.options().language],
            viewport: viewport(screen),
            now: date(2026, 11, 23).at(9, 0, 0, 0),
            offers,
            worked_out: &worked_out,
        };
        panels(&mut self.typesetter, &scene)
    }
}

/// Presses that type a text on a keyboard of the machine.
pub fn typed(text: &str) -> impl Iterator<Item = Press> + '_ {
    text.chars().map(Press::Character)
}
