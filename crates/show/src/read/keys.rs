//! The keys of one table, taken one by one; what nobody took is reported at the end.
//!
//! The list of known keys is what was asked for, so it cannot differ from what is read.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, Spot, instead, listed, shown};
use super::value::Value;

/// A table on its way into the model.
pub(super) struct Keys<'r, 't> {
    pub(super) reader: &'r mut Reader,
    table: &'t DeTable<'t>,
    /// What the table describes, with its article: "an image".
    owner: &'static str,
    pub(super) line: usize,
    known: Vec<&'static str>,
    spoiled: bool,
}

impl<'r, 't> Keys<'r, 't> {
    pub(super) fn new(
        reader: &'r mut Reader,
        table: &'t DeTable<'t>,
        owner: &'static str,
        line: usize,
    ) -> Self {
        Self {
            reader,
            table,
            owner,
            line,
            known: Vec::new(),
            spoiled: false,
        }
    }

    /// The table that stands at `spot`.
    pub(super) fn of<T: Value>(
        spot: &'r mut Spot<'_>,
        value: &'t DeValue<'t>,
        owner: &'static str,
    ) -> Option<Self> {
        let DeValue::Table(table) = value else {
            return spot.wrong::<T>(value).and(None);
        };
        Some(Self::new(spot.reader, table, owner, spot.line))
    }

    /// What must be there. A stand-in where it is not, and then [`Self::finish`] gives nothing.
    pub(super) fn required<T: Value + Default>(&mut self, key: &'static str) -> T {
        if self.raw(key).is_none() {
            let example = T::example();
            self.reader.error(
                self.line,
                format!("{} needs `{key}`", self.owner),
                format!("add `{key} = {example}`"),
            );
            self.spoiled = true;
        }
        self.strict(key).unwrap_or_default()
    }

    /// What may be missing, but spoils the whole where it is wrong.
    pub(super) fn strict<T: Value>(&mut self, key: &'static str) -> Option<T> {
        let value = self.optional(key);
        self.spoiled |= value.is_none() && self.raw(key).is_some();
        value
    }

    /// What may be missing, and is left out where it is wrong.
    pub(super) fn optional<T: Value>(&mut self, key: &'static str) -> Option<T> {
        let value = self.raw(key)?;
        let line = self.reader.line(&value.span());
        T::read(&mut Spot::of_key(self.reader, key, line), value.get_ref())
    }

    /// What has a default, which also stands in where it is wrong.
    pub(super) fn setting<T: Value + Default>(&mut self, key: &'static str) -> T {
        self.optional(key).unwrap_or_default()
    }

    /// The good ones of a list.
    pub(super) fn each<T: Value>(&mut self, key: &'static str) -> Vec<T> {
        self.optional(key)
            .map_or_else(Vec::new, |Good(values)| values)
    }

    /// The value of a key as it stands in the file.
    pub(super) fn raw(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.get(key)
    }

    /// Whether the table has a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The line of a key, else the line where the table starts.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.table
            .get(key)
            .map_or(self.line, |value| self.reader.line(&value.span()))
    }

    /// Says what is wrong between several keys, which spoils the whole.
    pub(super) fn spoil(&mut self, key: &str, fault: impl Into<String>, remedy: impl Into<String>) {
        let line = self.line_of(key);
        self.reader.error(line, fault, remedy);
        self.spoiled = true;
    }

    /// Whether something that must be right is missing or wrong.
    pub(super) const fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// `whole`, unless something that must be right is missing or wrong.
    pub(super) fn finish<T>(mut self, whole: T) -> Option<T> {
        self.report_unknown();
        (!self.spoiled).then_some(whole)
    }

    /// `whole`, whatever is missing.
    pub(super) fn finish_anyway<T>(mut self, whole: T) -> T {
        self.report_unknown();
        whole
    }

    fn report_unknown(&mut self) {
        let owner = self.owner;
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let line = self.reader.line(&key.span());
            let remedy = instead(name, &self.known, || {
                format!("its keys are {}", listed(self.known.iter().copied(), "and"))
            });
            self.reader
                .error(line, format!("`{name}` is not a key of {owner}"), remedy);
        }
    }
}

/// The tables of a list of tables, each with its line. Anything else there is reported.
pub(super) fn tables<'a>(
    reader: &mut Reader,
    value: Option<&'a toml::Spanned<DeValue<'a>>>,
    header: &str,
) -> Vec<(usize, &'a DeValue<'a>)> {
    let Some(value) = value else {
        return Vec::new();
    };
    let DeValue::Array(values) = value.get_ref() else {
        let (line, fault) = (
            reader.line(&value.span()),
            format!("{} stands where `{header}` belongs", shown(value.get_ref())),
        );
        reader.error(
            line,
            fault,
            format!("write `{header}`, with both pairs of brackets"),
        );
        return Vec::new();
    };
    values
        .iter()
        .map(|value| (reader.line(&value.span()), value.get_ref()))
        .collect()
}

/// The entries of a list that can be read; the others are reported and left out.
struct Good<T>(Vec<T>);

impl<T: Value> Value for Good<T> {
    fn what() -> String {
        Vec::<T>::what()
    }

    fn example() -> String {
        Vec::<T>::example()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let DeValue::Array(values) = value else {
            return spot.wrong(value);
        };
        let mut good = Vec::new();
        for (index, value) in values.iter().enumerate() {
            good.extend(T::read(
                &mut spot.entry(index + 1, &value.span()),
                value.get_ref(),
            ));
        }
        Some(Self(good))
    }
}
