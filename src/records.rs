//! Lists of procedures in files: JSON, compressed by gzip or not, and sheets (XLSX, XLS, ODS).

use std::fs::File;
use std::io::{BufRead as _, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::Context as _;
use calamine::{Data, Reader as _};
use flate2::read::MultiGzDecoder;
use motcua_show::record::{self, Column, Fields};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value, json};

/// What begins a file compressed by gzip (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What begins a sheet: an archive (XLSX, ODS), or a compound file (XLS).
const SHEETS: [&[u8]; 2] = [b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0]];

/// How many rows are looked through for the headings.
const ROWS_BEFORE_HEADINGS: usize = 20;

/// One record and where it stands.
#[derive(Debug)]
pub struct Record {
    /// Where, as a person finds it: "record 12", "row 14 of Sheet1".
    pub place: String,
    /// Its fields; none where what stands there is no record.
    pub fields: Option<Fields>,
    /// What stands there, where it is no record.
    pub text: String,
    /// Whether it stands above the headings of a sheet, as its title does.
    pub is_title: bool,
}

/// Every record of a file, in order.
///
/// # Errors
/// When the file cannot be read or is no list of records.
pub fn read(path: &Path) -> anyhow::Result<Vec<Record>> {
    match open(path)? {
        Opened::Json(reader) => {
            let values: Vec<Value> = of_json(reader, path)?;
            let numbered = values.into_iter().enumerate();
            Ok(numbered
                .map(|(index, value)| {
                    let place = format!("record {}", index + 1);
                    match value {
                        Value::Object(fields) => Record {
                            place,
                            fields: Some(fields),
                            text: String::new(),
                            is_title: false,
                        },
                        other => Record {
                            place,
                            fields: None,
                            text: other.to_string(),
                            is_title: false,
                        },
                    }
                })
                .collect())
        }
        Opened::Sheets(bytes) => of_sheets(bytes, path),
    }
}

/// Code, name, field and levels of every record of a file, under the keys `code`, `name`, `field` and `levels` or
/// those of the national database; of JSON nothing is read that `T` does not need.
///
/// # Errors
/// When the file cannot be read or is no list of such records.
pub fn read_as<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    match open(path)? {
        Opened::Json(reader) => of_json(reader, path),
        Opened::Sheets(bytes) => {
            let records = of_sheets(bytes, path)?.into_iter();
            let placed = records.filter_map(|record| record::place(&record.fields?).ok());
            placed
                .map(|record::Placed { procedure, .. }| {
                    let named = json!({
                        "code": procedure.code, "name": procedure.name,
                        "field": procedure.field, "levels": procedure.level,
                    });
                    serde_json::from_value(named).with_context(|| no_list(path))
                })
                .collect()
        }
    }
}

enum Opened {
    Json(Box<dyn Read>),
    Sheets(Vec<u8>),
}

fn open(path: &Path) -> anyhow::Result<Opened> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut file = BufReader::new(File::open(path).with_context(unreadable)?);
    let start = file.fill_buf().with_context(unreadable)?;
    if SHEETS.iter().any(|magic| start.starts_with(magic)) {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(unreadable)?;
        return Ok(Opened::Sheets(bytes));
    }
    let is_compressed = start.starts_with(&GZIP);
    Ok(Opened::Json(if is_compressed {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    }))
}

fn of_json<T: DeserializeOwned>(reader: Box<dyn Read>, path: &Path) -> anyhow::Result<Vec<T>> {
    serde_json::from_reader(reader).with_context(|| no_list(path))
}

fn no_list(path: &Path) -> String {
    format!(
        "{} is no list of procedures; it needs a JSON list of records with `code` and `name`, or `ma` and `ten`, or \
         a sheet with such columns",
        path.display()
    )
}

fn of_sheets(bytes: Vec<u8>, path: &Path) -> anyhow::Result<Vec<Record>> {
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).with_context(|| no_list(path))?;
    let mut records = Vec::new();
    for (sheet, range) in book.worksheets() {
        let first_row = range.start().map_or(0, |(row, _)| row as usize) + 1;
        let headings = range
            .rows()
            .take(ROWS_BEFORE_HEADINGS)
            .position(|row| has_column(row, Column::Code) && has_column(row, Column::Name));
        for (index, row) in range.rows().enumerate() {
            let place = format!("row {} of {sheet}", first_row + index);
            let shown = || {
                row.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" | ")
            };
            if row.iter().all(|cell| matches!(cell, Data::Empty)) || headings == Some(index) {
                continue;
            }
            let fields = headings
                .filter(|&headings| index > headings)
                .and_then(|headings| {
                    let names = range.rows().nth(headings)?;
                    Some(fields(names, row))
                });
            let text = if fields.is_none() {
                shown()
            } else {
                String::new()
            };
            records.push(Record {
                place,
                fields,
                text,
                is_title: headings.is_some_and(|headings| index < headings),
            });
        }
    }
    anyhow::ensure!(
        records.iter().any(|record| record.fields.is_some()),
        no_list(path)
    );
    Ok(records)
}

fn has_column(row: &[Data], column: Column) -> bool {
    row.iter()
        .any(|cell| matches!(cell, Data::String(text) if Column::of(text) == Some(column)))
}

/// The cells of a row by their headings; one without a heading by the number of its column.
fn fields(headings: &[Data], row: &[Data]) -> Fields {
    let mut fields = Fields::new();
    for (index, cell) in row.iter().enumerate() {
        let heading = headings
            .get(index)
            .map(ToString::to_string)
            .unwrap_or_default();
        let mut name = heading.trim().to_owned();
        if name.is_empty() || fields.contains_key(&name) {
            name = format!("{name} (column {})", index + 1).trim().to_owned();
        }
        let value = match cell {
            Data::Empty => continue,
            Data::String(text) => Value::String(text.clone()),
            Data::Bool(truth) => Value::Bool(*truth),
            Data::Int(number) => Value::Number((*number).into()),
            // A sheet knows no whole numbers.
            Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Value::Number((*number as i64).into())
            }
            Data::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            other => Value::String(other.to_string()),
        };
        fields.insert(name, value);
    }
    fields
}
