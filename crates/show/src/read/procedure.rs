//! One file of `procedures/`.
//!
//! A procedure is posted right or not at all: wrong papers, ways to file or days send a visitor home
//! without what he came for, so those keys are strict.

use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use super::reader::{Reader, Spot};
use super::text::Link;
use super::value::Value;
use crate::lines::WayLines;
use crate::procedure::{Case, Decision, Form, Paper, Procedure, Way};

/// Reads a procedure. `None` once its problems have been reported.
pub(super) fn procedure(reader: &mut Reader, table: &DeTable<'_>) -> Option<Procedure> {
    for (key, _) in table {
        let line = reader.line(&key.span());
        reader.lines.keys.insert(key.get_ref().to_string(), line);
    }
    let mut keys = Keys::new(reader, table, "a procedure", 1);
    let procedure = Procedure {
        code: keys.required::<Code>("code").0,
        name: keys.required("name"),
        short_name: keys.optional("short_name"),
        field: keys.required("field"),
        level: keys.strict("level").unwrap_or_default(),
        agency: keys.optional("agency"),
        applicants: keys.strict("applicants").unwrap_or_default(),
        steps: keys.strict("steps").unwrap_or_default(),
        ways: keys.strict("way").unwrap_or_default(),
        cases: keys.strict("case").unwrap_or_default(),
        forms: keys.each("forms"),
        result: keys.optional("result"),
        conditions: keys.strict("conditions"),
        legal_basis: keys.each("legal_basis"),
        decision: keys.optional("decision"),
        effective: keys.strict("effective"),
        repealed: keys.strict("repealed"),
        online: keys.optional("online").map(|Link(address)| address),
        receive_at: keys.optional("receive_at"),
    };
    if let (Some(effective), Some(repealed)) = (procedure.effective, procedure.repealed)
        && effective >= repealed
    {
        let fault = format!("it is repealed on {repealed}, before it takes effect on {effective}");
        keys.spoil("repealed", fault, "write a `repealed` after `effective`");
    }
    keys.finish(procedure)
}

/// The code of the national database.
#[derive(Default)]
pub(super) struct Code(pub(super) String);

impl Value for Code {
    fn what() -> String {
        "the code of the national database".to_owned()
    }

    fn example() -> String {
        "\"1.001193\"".to_owned()
    }

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let is_code = |code: &&str| {
            let mut parts = code.split('.');
            let numbers = [parts.next(), parts.next()];
            let all_digits =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            numbers.iter().all(|part| part.is_some_and(all_digits))
        };
        let code = value.as_str().filter(is_code);
        code.map(|code| Self(code.to_owned()))
            .or_else(|| spot.wrong(value))
    }
}

/// A table of one part of a procedure, of which every key is strict.
macro_rules! part {
    ($type:ty, $owner:literal, $example:literal, |$keys:ident| $read:expr) => {
        impl Value for $type {
            fn what() -> String {
                "a table".to_owned()
            }

            fn example() -> String {
                $example.to_owned()
            }

            fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
                let mut $keys = Keys::of::<Self>(spot, value, $owner)?;
                let part = $read;
                $keys.finish(part)
            }
        }
    };
}

part!(Way, "a way to file", "{ how = \"in-person\" }", |keys| {
    let fee = if keys.has("fee") { "fee" } else { "fee_set_by" };
    let lines = WayLines {
        time_limit: keys.line_of("time_limit"),
        fee: keys.line_of(fee),
    };
    keys.reader.lines.ways.push(lines);
    Self {
        how: keys.required("how"),
        time_limit: keys.strict("time_limit"),
        fee: keys.strict("fee"),
        fee_set_by: keys.strict("fee_set_by"),
        note: keys.strict("note"),
    }
});

part!(Case, "a case", "{ paper = [{ name = \"…\" }] }", |keys| {
    Self {
        title: keys.strict("title"),
        sets: keys.strict("sets"),
        papers: keys.strict("paper").unwrap_or_default(),
    }
});

part!(Paper, "a paper", "{ name = \"…\" }", |keys| Self {
    name: keys.required("name"),
    form: keys.strict("form"),
    originals: keys.strict("originals"),
    copies: keys.strict("copies"),
    note: keys.strict("note"),
});

part!(Form, "a form", "{ name = \"…\" }", |keys| Self {
    name: keys.required("name"),
    source: keys.strict("source"),
});

part!(Decision, "a decision", "{ number = \"…\" }", |keys| {
    Self {
        number: keys.required("number"),
        date: keys.strict("date"),
        agency: keys.strict("agency"),
    }
});
