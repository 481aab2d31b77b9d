//! An office with a few procedures and a visitor whose clock the tests move.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;

use super::keyboard::Key;
use super::{Catalogue, Effect, IdleTimes, Place, Press, Visit};
use crate::lookup::Synonyms;
use crate::text::Language;
use crate::{Procedure, Show};

/// Code, name, field, level and number of papers.
pub(super) const OFFICE: [(&str, &str, &str, &str, usize); 8] = [
    ("1.001193", "Đăng ký khai sinh", "Hộ tịch", "Cấp xã", 3),
    ("1.000894", "Đăng ký kết hôn", "Hộ tịch", "Cấp xã", 2),
    ("1.000656", "Đăng ký khai tử", "Hộ tịch", "Cấp xã", 2),
    ("1.004884", "Đăng ký lại khai sinh", "Hộ tịch", "Cấp xã", 4),
    ("1.004194", "Đăng ký tạm trú", "Cư trú", "Cấp xã", 2),
    (
        "2.000815",
        "Chứng thực bản sao từ bản chính",
        "Chứng thực",
        "Cấp xã",
        1,
    ),
    ("1.009999", "Hoàn thuế tax refund", "Thuế", "Cấp tỉnh", 1),
    ("1.008888", "Cấp phép nhập khẩu", "Thuế", "Cấp bộ", 0),
];

pub(super) fn procedure(
    code: &str,
    name: &str,
    field: &str,
    level: &str,
    papers: usize,
) -> Procedure {
    let mut toml = format!(
        "code = {code:?}\nname = {name:?}\nfield = {field:?}\nlevel = [{level:?}]\n[[case]]\n"
    );
    for paper in 0..papers {
        toml += &format!("[[case.paper]]\nname = \"paper {paper} of {code}\"\n");
    }
    toml::from_str(&toml).unwrap()
}

pub(super) fn procedures() -> Vec<Procedure> {
    let all = OFFICE.iter();
    all.map(|(code, name, field, level, papers)| procedure(code, name, field, level, *papers))
        .collect()
}

pub(super) fn catalogue_with(lookup: &str, procedures: Vec<Procedure>) -> Arc<Catalogue> {
    let toml = format!("title = \"x\"\n[lookup]\n{lookup}\n");
    let mut show: Show = toml::from_str(&toml).unwrap();
    let with_codes = procedures.into_iter();
    show.procedures = with_codes
        .map(|procedure| (procedure.base_code().to_owned(), procedure))
        .collect();
    let synonyms = Synonyms::shipped().unwrap();
    Arc::new(Catalogue::build(
        Arc::new(show),
        synonyms,
        date(2026, 11, 23),
    ))
}

pub(super) fn catalogue(procedures: Vec<Procedure>) -> Arc<Catalogue> {
    catalogue_with("", procedures)
}

/// A visitor and the time.
pub(super) struct Rig {
    pub visit: Visit,
    pub now: Duration,
    /// Everything that was to be done, without what draws.
    pub done: Vec<Effect>,
}

impl Rig {
    pub(super) fn new() -> Self {
        Self::at(catalogue(procedures()), None)
    }

    pub(super) fn at(catalogue: Arc<Catalogue>, open: Option<&str>) -> Self {
        let now = Duration::from_secs(1_000);
        Self {
            visit: Visit::begin(catalogue, Language::Vi, open, IdleTimes::default(), now),
            now,
            done: Vec::new(),
        }
    }

    pub(super) fn press(&mut self, press: Press) -> Vec<Effect> {
        let effects = self.visit.press(press, self.now);
        self.note(&effects);
        effects
    }

    pub(super) fn open(&mut self, code: &str) {
        self.press(Press::Open(code.into()));
    }

    pub(super) fn key(&mut self, key: Key) {
        self.press(Press::Key(key));
    }

    pub(super) fn type_text(&mut self, text: &str) {
        text.chars()
            .for_each(|letter| drop(self.press(Press::Character(letter))));
    }

    pub(super) fn wait(&mut self, seconds: f64) -> Vec<Effect> {
        self.now += Duration::from_secs_f64(seconds);
        let effects = self.visit.tick(self.now);
        self.note(&effects);
        effects
    }

    pub(super) fn touch(&mut self) {
        let effects = self.visit.touched(self.now);
        self.note(&effects);
    }

    pub(super) fn swap(&mut self, procedures: Vec<Procedure>) {
        let effects = self.visit.swap(catalogue(procedures));
        assert_eq!(effects, [Effect::Draw]);
    }

    /// The codes of what answers the question.
    pub(super) fn found(&self) -> Vec<&str> {
        let hits = self.visit.answer().hits.iter();
        hits.map(|hit| &**self.visit.catalogue().at(hit.entry).unwrap().0)
            .collect()
    }

    pub(super) fn is_over(&self) -> bool {
        self.done.last() == Some(&Effect::Leave)
    }

    pub(super) fn is_home(&self) -> bool {
        *self.visit.place() == Place::Home
    }

    fn note(&mut self, effects: &[Effect]) {
        let kept = effects.iter().filter(|effect| **effect != Effect::Draw);
        self.done.extend(kept.cloned());
    }
}
