//! The parts of a record that are tables: ways to file, and papers by case.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::tray::{Fate, Tray};
use super::{Column, Fields};
use crate::lookup::fold;
use crate::procedure::{Case, How, Paper, Way, leaves_fee_to_council};

/// What the portal writes where it knows no fee; it may be glued to a remark or to the next fee.
const NO_INFORMATION: &str = "Không có thông tin";

/// Who sets a fee that is left to the council of the province.
const COUNCIL: &str = "Hội đồng nhân dân cấp tỉnh";

/// The name of a paper whose record gives none.
const NAMELESS: &str = "Giấy tờ không nêu tên";

/// More originals or copies than this are a mistake: figures of a date that slipped into the number.
const MOST_COPIES: u64 = 100;

/// The ways to file; in a cell one a line, as "Trực tiếp | 3 Ngày làm việc | 8.000 đồng".
pub(super) fn ways(tray: &mut Tray<'_>) -> Vec<Way> {
    let line = |line: &str| {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let mut next = || parts.next().unwrap_or_default();
        json!({ "hinh_thuc": next(), "thoi_gian": next(), "phi_le_phi_mo_ta": next() })
    };
    let Some((name, values)) = table(tray, Column::Ways, line) else {
        return Vec::new();
    };
    values
        .iter()
        .filter_map(|value| way(tray, name, value))
        .collect()
}

fn way(tray: &mut Tray<'_>, name: &str, value: &Value) -> Option<Way> {
    let Some(fields) = value.as_object() else {
        tray.leave(name, &value.to_string(), "not a way to file".to_owned());
        return None;
    };
    let how_published = part(tray, name, fields, "hinh_thuc").unwrap_or_default();
    let folded = fold(&how_published);
    let ways = [
        ("truc tiep", How::InPerson),
        ("truc tuyen", How::Online),
        ("buu chinh", How::Post),
    ];
    let Some((_, how)) = ways.into_iter().find(|(word, _)| folded.contains(word)) else {
        let said = format!("{how_published:?} is no way to file that is known");
        tray.leave(name, &value.to_string(), said);
        return None;
    };
    let time_limit = part(tray, name, fields, "thoi_gian");
    if let Some(time) = time_limit.as_deref().filter(|time| has_no_unit(time)) {
        let said = "a time without a unit; shown as it is, no day is reckoned from it".to_owned();
        tray.find(&format!("{name}.thoi_gian"), time, Fate::Doubtful, said);
    }
    let (fee, note) = fee(tray, name, fields);
    let is_left = fee.as_deref().is_some_and(leaves_fee_to_council);
    if let (true, Some(fee)) = (is_left, &fee) {
        let said = "the fee is left to the provincial council; it is shown as not set until `fee` has the amount";
        tray.find(
            &format!("{name}.phi_le_phi_mo_ta"),
            fee,
            Fate::Doubtful,
            said.to_owned(),
        );
    }
    unknown(
        tray,
        name,
        fields,
        &["hinh_thuc", "thoi_gian", "phi_le_phi_mo_ta"],
    );
    Some(Way {
        how,
        time_limit,
        fee,
        fee_set_by: is_left.then(|| COUNCIL.to_owned()),
        note,
    })
}

/// Whether a published time is a bare number, as "1" or "140,000".
#[must_use]
pub(crate) fn has_no_unit(time: &str) -> bool {
    !time.trim().is_empty() && !time.contains(char::is_alphabetic)
}

/// The fee, and what is a remark instead.
fn fee(tray: &mut Tray<'_>, name: &str, fields: &Fields) -> (Option<String>, Option<String>) {
    let Some(published) = part(tray, name, fields, "phi_le_phi_mo_ta") else {
        return (None, None);
    };
    let field = format!("{name}.phi_le_phi_mo_ta");
    let rest = published.trim_start_matches(NO_INFORMATION).trim();
    if rest.len() < published.len() && !rest.is_empty() {
        let names_fee = rest.starts_with("Miễn phí") || names_amount(rest);
        let said = format!(
            "taken apart after {NO_INFORMATION:?}; the rest is {}",
            if names_fee { "the fee" } else { "a note" }
        );
        tray.find(&field, &published, Fate::Changed, said);
        if !names_fee {
            return (None, Some(rest.to_owned()));
        }
    }
    if rest == "VNĐ" || rest == "Việt Nam Đồng" {
        tray.leave(
            &field,
            &published,
            "a currency without an amount".to_owned(),
        );
        return (None, None);
    }
    ((!rest.is_empty()).then(|| rest.to_owned()), None)
}

/// Whether a text begins with an amount of money.
fn names_amount(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    rest.len() < text.len()
        && ["VNĐ", "Việt Nam Đồng"]
            .iter()
            .any(|unit| rest.trim_start().starts_with(unit))
}

/// The papers by case; in a cell one a line.
pub(super) fn cases(tray: &mut Tray<'_>) -> Vec<Case> {
    let line = |line: &str| json!(line.trim().trim_start_matches("- "));
    let Some((name, values)) = table(tray, Column::Cases, line) else {
        return Vec::new();
    };
    let (cases, loose): (Vec<&Value>, Vec<&Value>) = values.iter().partition(|value| {
        value
            .as_object()
            .is_some_and(|fields| fields.contains_key("giay_to"))
    });
    let mut read: Vec<Case> = cases
        .into_iter()
        .filter_map(|value| case(tray, name, value))
        .collect();
    let papers: Vec<Paper> = loose
        .into_iter()
        .filter_map(|value| paper(tray, name, value))
        .collect();
    if !papers.is_empty() {
        read.push(Case {
            title: None,
            sets: None,
            papers,
        });
    }
    read
}

fn case(tray: &mut Tray<'_>, name: &str, value: &Value) -> Option<Case> {
    let fields = value.as_object()?;
    let title = part(tray, name, fields, "nhom").filter(|title| title != "--");
    let within = format!("{name}.giay_to");
    let papers = match fields.get("giay_to") {
        Some(Value::Array(papers)) => papers
            .iter()
            .filter_map(|value| paper(tray, &within, value))
            .collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => {
            tray.leave(
                &within,
                &other.to_string(),
                "not a list of papers".to_owned(),
            );
            Vec::new()
        }
    };
    unknown(tray, name, fields, &["nhom", "giay_to"]);
    Some(Case {
        title,
        sets: None,
        papers,
    })
}

fn paper(tray: &mut Tray<'_>, name: &str, value: &Value) -> Option<Paper> {
    let fields = match value {
        Value::Object(fields) => Cow::Borrowed(fields),
        Value::String(paper) => Cow::Owned(Fields::from_iter([("ten".to_owned(), json!(paper))])),
        other => {
            tray.leave(name, &other.to_string(), "not a paper".to_owned());
            return None;
        }
    };
    let form = part(tray, name, &fields, "mau");
    let paper = part(tray, name, &fields, "ten").unwrap_or_else(|| {
        let said = format!("a paper without a name; {NAMELESS:?} is written");
        tray.find(
            &format!("{name}.ten"),
            form.as_deref().unwrap_or_default(),
            Fate::Doubtful,
            said,
        );
        NAMELESS.to_owned()
    });
    let originals = count(tray, name, &fields, "ban_chinh", &paper);
    let copies = count(tray, name, &fields, "ban_sao", &paper);
    unknown(tray, name, &fields, &["ten", "mau", "ban_chinh", "ban_sao"]);
    Some(Paper {
        name: paper,
        form,
        originals,
        copies,
        note: None,
    })
}

fn count(tray: &mut Tray<'_>, name: &str, fields: &Fields, key: &str, paper: &str) -> Option<u32> {
    let value = fields.get(key).filter(|value| !value.is_null())?;
    let number = match value {
        Value::Number(number) => number
            .as_f64()
            .filter(|number| number.fract() == 0.0)
            .map(|number| number as u64),
        Value::String(text) if text.trim().is_empty() => return None,
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let believed = number.filter(|&number| number <= MOST_COPIES);
    if believed.is_none() {
        let text = format!("{value} ({paper})");
        tray.leave(
            &format!("{name}.{key}"),
            &text,
            "a number that cannot be right".to_owned(),
        );
    }
    believed.and_then(|number| u32::try_from(number).ok())
}

/// The text of one key of a part.
fn part(tray: &mut Tray<'_>, name: &str, fields: &Fields, key: &str) -> Option<String> {
    let field = format!("{name}.{key}");
    let text = tray.plain(&field, fields.get(key)?)?;
    tray.tidied(&field, &text)
}

/// Leaves out, as remarks, the keys of a part that are not known.
fn unknown(tray: &mut Tray<'_>, name: &str, fields: &Fields, known: &[&str]) {
    for (key, value) in fields {
        if !known.contains(&key.as_str()) && !value.is_null() {
            tray.leave(
                &format!("{name}.{key}"),
                &value.to_string(),
                "a key that is not known".to_owned(),
            );
        }
    }
}

/// The entries of a column: a list, or a cell that holds one as JSON or as lines.
fn table<'a>(
    tray: &mut Tray<'a>,
    column: Column,
    of_line: impl Fn(&str) -> Value,
) -> Option<(&'a str, Cow<'a, [Value]>)> {
    let (name, value) = tray.take(column)?;
    match value {
        Value::Array(values) => Some((name, Cow::Borrowed(values))),
        Value::String(cell) => {
            let list = serde_json::from_str::<Vec<Value>>(cell.trim());
            let lines = || {
                cell.lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(of_line)
                    .collect()
            };
            Some((name, Cow::Owned(list.unwrap_or_else(|_| lines()))))
        }
        other => {
            tray.leave(name, &other.to_string(), "not a list".to_owned());
            None
        }
    }
}
