//! What can be looked up on a day: the procedures of a show, by field, event, level and question.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::events::{self, LifeEvent};
use crate::lookup::{Entry, Level, Lookup, Synonyms, Wish};
use crate::procedure::{Procedure, base_code};
use crate::show::Show;

/// Procedures that are like another one.
const RELATED: usize = 8;

/// Everything that can be looked up on one day.
#[derive(Debug)]
pub struct Catalogue {
    show: Arc<Show>,
    /// Base codes, in the order in which the lookup counts its entries.
    codes: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, usize>,
    is_received_here: Vec<bool>,
    levels: Vec<Vec<Level>>,
    /// Which have the name of another one.
    has_namesake: Vec<bool>,
    lookup: Lookup,
    /// Fields with their procedures.
    fields: Vec<(Arc<str>, Vec<usize>)>,
    /// The procedures of each event of a life.
    events: Vec<Vec<usize>>,
    most_asked: Vec<usize>,
}

impl Catalogue {
    /// Reads the procedures of `show` that may be posted on `today`.
    #[must_use]
    pub fn build(show: Arc<Show>, synonyms: Synonyms, today: Date) -> Self {
        let posted: Vec<&Procedure> = show
            .procedures
            .values()
            .filter(|procedure| procedure.is_posted_on(today))
            .collect();
        let codes: Vec<Arc<str>> = posted
            .iter()
            .map(|found| found.base_code().into())
            .collect();
        let is_received_here: Vec<bool> = codes
            .iter()
            .map(|code| show.lookup.receives(code))
            .collect();
        let entries = posted.iter().zip(&is_received_here);
        let lookup = Lookup::build(
            entries.map(|(procedure, is_received_here)| Entry {
                code: &procedure.code,
                name: &procedure.name,
                field: &procedure.field,
                levels: &procedure.level,
                is_received_here: *is_received_here,
            }),
            synonyms,
        );
        let levels: Vec<Vec<Level>> = posted
            .iter()
            .map(|procedure| Level::named_in(&procedure.level.join(", ")))
            .collect();
        let mut names: HashMap<&str, usize> = HashMap::new();
        for procedure in &posted {
            *names.entry(procedure.headline()).or_default() += 1;
        }
        let has_namesake = posted
            .iter()
            .map(|procedure| {
                names
                    .get(procedure.headline())
                    .is_some_and(|count| *count > 1)
            })
            .collect();
        let numbers: HashMap<Arc<str>, usize> = codes.iter().cloned().zip(0..).collect();
        let mut catalogue = Self {
            codes,
            is_received_here,
            levels,
            has_namesake,
            lookup,
            fields: Vec::new(),
            events: Vec::new(),
            most_asked: Vec::new(),
            show: Arc::clone(&show),
            numbers,
        };
        catalogue.fields = catalogue.by_field(&posted);
        catalogue.events = events::shipped()
            .iter()
            .map(|event| catalogue.of_event(event, &posted))
            .collect();
        for code in &show.lookup.most_asked {
            if let Some(entry) = catalogue.numbers.get(base_code(code)).copied()
                && !catalogue.most_asked.contains(&entry)
            {
                catalogue.most_asked.push(entry);
            }
        }
        catalogue
    }

    /// How many procedures there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is nothing to be looked up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The show whose procedures these are.
    #[must_use]
    pub const fn show(&self) -> &Arc<Show> {
        &self.show
    }

    /// The lookup; its entries are counted as [`Catalogue::at`] counts them.
    #[must_use]
    pub const fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// The base code of the procedure that has this code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<Arc<str>> {
        let (code, _) = self.numbers.get_key_value(base_code(code))?;
        Some(Arc::clone(code))
    }

    /// The procedure of this code, if it may be posted.
    #[must_use]
    pub fn procedure(&self, code: &str) -> Option<&Procedure> {
        self.numbers
            .contains_key(base_code(code))
            .then(|| self.show.procedure(code))?
    }

    /// The code and the procedure at a place, from 0.
    #[must_use]
    pub fn at(&self, entry: usize) -> Option<(&Arc<str>, &Procedure)> {
        let code = self.codes.get(entry)?;
        Some((code, self.show.procedures.get(&**code)?))
    }

    /// Whether this reception point receives it.
    #[must_use]
    pub fn is_received_here(&self, entry: usize) -> bool {
        self.is_received_here.get(entry).copied().unwrap_or(false)
    }

    /// Whether another procedure is called the same, so that only the code tells them apart.
    #[must_use]
    pub fn has_namesake(&self, entry: usize) -> bool {
        self.has_namesake.get(entry).copied().unwrap_or(false)
    }

    /// Whether `level` carries it out; every one where none is asked for.
    #[must_use]
    pub fn is_of(&self, entry: usize, level: Option<Level>) -> bool {
        level.is_none_or(|level| {
            self.levels
                .get(entry)
                .is_some_and(|levels| levels.contains(&level))
        })
    }

    /// The levels that the procedures have.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        let all = [
            Level::Commune,
            Level::Province,
            Level::Ministry,
            Level::Other,
        ];
        let has = |level: &Level| self.levels.iter().any(|levels| levels.contains(level));
        all.into_iter().filter(has).collect()
    }

    /// Every field with its procedures, the largest first.
    #[must_use]
    pub fn fields(&self) -> &[(Arc<str>, Vec<usize>)] {
        &self.fields
    }

    /// The procedures of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> &[usize] {
        self.fields
            .iter()
            .find(|(field, _)| &**field == name)
            .map_or(&[], |(_, entries)| entries)
    }

    /// The procedures of an event of a life.
    #[must_use]
    pub fn event(&self, number: usize) -> &[usize] {
        self.events.get(number).map_or(&[], Vec::as_slice)
    }

    /// What is asked for most, or else what this reception point receives.
    #[must_use]
    pub fn most_asked(&self) -> Vec<usize> {
        let mut entries = self.most_asked.clone();
        let received = (0..self.len()).filter(|entry| self.is_received_here(*entry));
        for entry in received {
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        entries
    }

    /// Procedures like this one, the likest first.
    #[must_use]
    pub fn related(&self, code: &str) -> Vec<usize> {
        let Some(procedure) = self.procedure(code) else {
            return Vec::new();
        };
        let wish = Wish {
            limit: RELATED + 1,
            ..Wish::default()
        };
        let itself = self.numbers.get(base_code(code)).copied();
        let mut related: Vec<usize> = self
            .lookup
            .find(&procedure.name, wish)
            .hits
            .into_iter()
            .map(|hit| hit.entry)
            .filter(|entry| Some(*entry) != itself)
            .collect();
        related.truncate(RELATED);
        related
    }

    fn by_field(&self, posted: &[&Procedure]) -> Vec<(Arc<str>, Vec<usize>)> {
        let mut fields: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (entry, procedure) in posted.iter().enumerate() {
            fields
                .entry(procedure.field.trim())
                .or_default()
                .push(entry);
        }
        let mut fields: Vec<(Arc<str>, Vec<usize>)> = fields
            .into_iter()
            .map(|(field, mut entries)| {
                entries.sort_by_key(|entry| self.rank(*entry, posted));
                (field.into(), entries)
            })
            .collect();
        fields.sort_by_key(|(_, entries)| std::cmp::Reverse(entries.len()));
        fields
    }

    fn of_event(&self, event: &LifeEvent, posted: &[&Procedure]) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = posted
            .iter()
            .enumerate()
            .filter_map(|(entry, procedure)| Some((event.rank(procedure)?, entry)))
            .collect();
        found.sort_by_key(|(rank, entry)| (*rank, self.rank(*entry, posted)));
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// What is handed in here comes first, then what the commune carries out, then the plain case, which has the
    /// shortest name.
    fn rank(&self, entry: usize, posted: &[&Procedure]) -> (bool, bool, usize, usize) {
        let is_near = self.is_of(entry, Some(Level::Commune));
        let length = posted[entry].headline().chars().count();
        (!self.is_received_here(entry), !is_near, length, entry)
    }
}
