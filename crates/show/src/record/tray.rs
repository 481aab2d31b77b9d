//! A record on its way into a procedure: fields are taken one by one, what nobody took is a remark.

use serde_json::Value;

use super::{Column, Fields, Refused};
use crate::text::tidy;

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is in the procedure, written otherwise.
    Changed,
    /// It goes along as a remark.
    Remark,
    /// It is in the procedure, and a person should look at it.
    Doubtful,
    /// It is not in the procedure; it goes along as a remark.
    LeftOut,
}

/// One thing to know about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field, as the record names it.
    pub field: String,
    /// Its text as published.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
    /// What there is to know, as a clause.
    pub what: String,
}

/// A record of which some fields were taken.
pub(super) struct Tray<'a> {
    fields: &'a Fields,
    taken: Vec<&'a str>,
    findings: Vec<Finding>,
    remarks: Vec<(String, String)>,
}

impl<'a> Tray<'a> {
    pub(super) const fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            taken: Vec::new(),
            findings: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// The first field that is such a column and holds something.
    pub(super) fn take(&mut self, column: Column) -> Option<(&'a str, &'a Value)> {
        let (name, value) = self
            .fields
            .iter()
            .find(|(name, value)| Column::of(name) == Some(column) && !is_nothing(value))?;
        self.taken.push(name);
        Some((name, value))
    }

    /// The code, which also names the file.
    pub(super) fn code(&mut self) -> Result<String, Refused> {
        let (name, value) = self.take(Column::Code).ok_or(Refused::NoCode)?;
        let code = match value {
            // A sheet took 2.000250 for a number and dropped the nought; a code has six digits there.
            Value::Number(number) if number.is_f64() => {
                let code = format!("{:.6}", number.as_f64().unwrap_or_default());
                let said = format!("a number in the sheet; read as the code {code}");
                self.find(name, &number.to_string(), Fate::Changed, said);
                code
            }
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        let all_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let numbers: Vec<&str> = code.split('.').take(2).collect();
        let is_plain = code.len() <= 64
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        if numbers.len() == 2 && numbers.iter().all(|part| all_digits(part)) && is_plain {
            Ok(code)
        } else {
            Err(Refused::NotACode(code))
        }
    }

    pub(super) fn text(&mut self, column: Column) -> Option<String> {
        let (name, value) = self.take(column)?;
        let text = self.plain(name, value)?;
        self.tidied(name, &text)
    }

    /// The entries of a list; in a cell they stand on lines of their own, or between semicolons, or between
    /// commas outside of brackets where entries are short.
    pub(super) fn list(&mut self, column: Column) -> Vec<String> {
        let Some((name, value)) = self.take(column) else {
            return Vec::new();
        };
        let has_short_entries = matches!(column, Column::Level | Column::Applicants);
        let entries: Vec<String> = match value {
            Value::Array(values) => values
                .iter()
                .filter_map(|value| self.plain(name, value))
                .collect(),
            other => self
                .plain(name, other)
                .map(|text| split(&text, has_short_entries))
                .unwrap_or_default(),
        };
        entries
            .iter()
            .filter_map(|entry| self.tidied(name, entry))
            .collect()
    }

    /// The address of the page, where a telephone can open it.
    pub(super) fn link(&mut self) -> Option<String> {
        let (name, value) = self.take(Column::Online)?;
        let text = self.plain(name, value)?;
        let address = text.trim();
        let host = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"));
        let opens = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
            && !address.contains(|c: char| c.is_whitespace() || c.is_control())
            && address.chars().count() <= crate::text::LONGEST_LINK;
        if opens {
            return Some(address.to_owned());
        }
        self.leave(
            name,
            &text,
            "no address that a telephone can open".to_owned(),
        );
        None
    }

    /// A text as it is shown; `None` where nothing is left of it.
    pub(super) fn tidied(&mut self, field: &str, text: &str) -> Option<String> {
        let (tidied, control) = tidy(text);
        if let Some(control) = control {
            let said = format!(
                "the control character U+{:04X} is taken out",
                u32::from(control)
            );
            self.find(field, text, Fate::Changed, said);
        } else if tidied != text.trim() {
            let said = "letters are composed (Unicode NFC), tabs are spaces".to_owned();
            self.find(field, text, Fate::Changed, said);
        } else if tidied.len() != text.len() {
            self.find(
                field,
                text,
                Fate::Changed,
                "spaces around it are taken out".to_owned(),
            );
        }
        (!tidied.is_empty()).then_some(tidied)
    }

    /// A single value as text; anything with parts is left out.
    pub(super) fn plain(&mut self, field: &str, value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::Array(values) if values.iter().all(|value| value.is_string()) => {
                let lines: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                Some(lines.join("\n"))
            }
            _ => {
                self.leave(field, &value.to_string(), "not a text".to_owned());
                None
            }
        }
    }

    pub(super) fn find(&mut self, field: &str, text: &str, fate: Fate, what: String) {
        let finding = Finding {
            field: field.to_owned(),
            text: text.to_owned(),
            fate,
            what,
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Leaves a text out of the procedure; it goes along as a remark.
    pub(super) fn leave(&mut self, field: &str, text: &str, what: String) {
        self.find(field, text, Fate::LeftOut, what);
        self.remarks.push((field.to_owned(), text.to_owned()));
    }

    /// What was found, and everything that nobody took.
    pub(super) fn finish(mut self) -> (Vec<Finding>, Vec<(String, String)>) {
        let fields = self.fields;
        for (name, value) in fields {
            if self.taken.contains(&name.as_str()) || is_nothing(value) {
                continue;
            }
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let said = "a procedure has no place for it; kept as a remark".to_owned();
            self.find(name, &text, Fate::Remark, said);
            self.remarks.push((name.clone(), text));
        }
        (self.findings, self.remarks)
    }
}

/// Whether a value says nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn split(cell: &str, at_commas: bool) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut depth = 0_u32;
    for c in cell.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = matches!(c, '\n' | ';') || (at_commas && c == ',' && depth == 0);
        match entries.last_mut() {
            Some(entry) if !ends => entry.push(c),
            _ => entries.push(String::new()),
        }
    }
    let trimmed = entries.iter().map(|entry| entry.trim().to_owned());
    trimmed.filter(|entry| !entry.is_empty()).collect()
}
