//! What the first page of a procedure answers: how long, how much, how.
//!
//! One value each, over all ways to file. Where the ways differ the answer says so; it never makes a fee
//! that is not set look free.

use motcua_show::procedure::{Fee, How, Procedure, Way};

use super::source::clean;
use crate::words::{Words, filled};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What is seen first.
    pub value: String,
    /// What qualifies it, in small type below; empty where nothing does.
    pub note: String,
}

impl Answer {
    fn plain(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            note: String::new(),
        }
    }
}

/// The time limit over all ways to file.
pub(crate) fn time_limit(procedure: &Procedure, words: &Words) -> Answer {
    let times: Vec<Option<String>> = procedure
        .ways
        .iter()
        .map(|way| way.time_limit.as_deref().map(clean).and_then(stated))
        .collect();
    let distinct = distinct(&times);
    match distinct.as_slice() {
        [] | [None] => Answer::plain(&words.not_stated),
        [Some(time)] => Answer::plain(time.clone()),
        _ => match range(&times) {
            Some(value) => Answer {
                value,
                note: words.depends_on_way.clone(),
            },
            None => of_chief_way(procedure, words, |way| {
                way.time_limit
                    .as_deref()
                    .map(clean)
                    .and_then(stated)
                    .unwrap_or_else(|| words.not_stated.clone())
            }),
        },
    }
}

/// The fee over all ways to file.
pub(crate) fn fee(procedure: &Procedure, words: &Words) -> Answer {
    let fees: Vec<Answer> = procedure
        .ways
        .iter()
        .map(|way| fee_of(way, words))
        .collect();
    match distinct(&fees).as_slice() {
        [] => Answer::plain(&words.not_stated),
        [only] => (*only).clone(),
        _ => {
            let amounts: Option<Vec<u64>> = fees.iter().map(|fee| amount(&fee.value)).collect();
            let least = amounts.and_then(|amounts| {
                let (index, _) = amounts
                    .iter()
                    .enumerate()
                    .min_by_key(|(_, amount)| **amount)?;
                Some(fees[index].value.clone())
            });
            match least {
                Some(least) => Answer {
                    value: filled(&words.from_amount, &[&least]),
                    note: words.depends_on_way.clone(),
                },
                None => of_chief_way(procedure, words, |way| in_words(way.fee(), words)),
            }
        }
    }
}

/// How it may be filed: the way where there is one, else how many there are.
pub(crate) fn ways(procedure: &Procedure, words: &Words) -> Answer {
    let hows = hows(procedure);
    match hows.as_slice() {
        [] => Answer::plain(&words.not_stated),
        [how] => Answer::plain(how_in_words(*how, words)),
        several => Answer::plain(filled(&words.ways_count, &[&several.len().to_string()])),
    }
}

/// The name of a way to file.
pub(super) fn how_in_words(how: How, words: &Words) -> &str {
    match how {
        How::InPerson => &words.in_person,
        How::Online => &words.online,
        How::Post => &words.by_post,
    }
}

/// The ways to file, each once, the counter first.
pub(super) fn hows(procedure: &Procedure) -> Vec<How> {
    [How::InPerson, How::Online, How::Post]
        .into_iter()
        .filter(|how| procedure.ways.iter().any(|way| way.how == *how))
        .collect()
}

/// A fee in one sentence.
pub(crate) fn in_words(fee: Fee<'_>, words: &Words) -> String {
    match fee {
        Fee::Published(fee) => clean(fee),
        Fee::SetBy(body) => filled(&words.fee_set_by, &[clean(body).trim()]),
        Fee::Unknown => words.not_stated.clone(),
    }
}

/// A fee as an answer: that it is not set is seen first, who sets it below.
fn fee_of(way: &Way, words: &Words) -> Answer {
    match way.fee() {
        Fee::SetBy(body) => Answer {
            value: words.fee_not_set.clone(),
            note: filled(&words.set_by, &[clean(body).trim()]),
        },
        fee => Answer::plain(in_words(fee, words).trim()),
    }
}

/// The answer of the way that most visitors of an office use: the counter, else the first.
fn of_chief_way(procedure: &Procedure, words: &Words, value: impl Fn(&Way) -> String) -> Answer {
    let chief = procedure
        .ways
        .iter()
        .find(|way| way.how == How::InPerson)
        .or_else(|| procedure.ways.first());
    chief.map_or_else(
        || Answer::plain(&words.not_stated),
        |way| Answer {
            value: value(way),
            note: filled(
                &words.when_filed,
                &[&how_in_words(way.how, words).to_lowercase()],
            ),
        },
    )
}

/// "3–5 ngày làm việc" for times that differ in their number alone.
fn range(times: &[Option<String>]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut units = Vec::new();
    for time in times {
        let time = time.as_deref()?;
        let (number, unit) = time.split_once(' ')?;
        numbers.push(number.parse::<u32>().ok()?);
        units.push(unit.trim().to_lowercase());
    }
    let (least, most) = (numbers.iter().min()?, numbers.iter().max()?);
    let unit = units.first()?;
    units
        .iter()
        .all(|other| other == unit)
        .then(|| format!("{least}–{most} {unit}"))
}

/// The amount of a fee that is nothing but an amount in đồng.
fn amount(fee: &str) -> Option<u64> {
    let lower = fee.to_lowercase();
    let number = lower
        .strip_suffix("việt nam đồng")
        .or_else(|| lower.strip_suffix("đồng"))
        .or_else(|| lower.strip_suffix("vnđ"))
        .or_else(|| lower.strip_suffix('đ'))?
        .trim();
    let plain = number
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    plain.then(|| number.replace(['.', ','], "").parse().ok())?
}

fn stated(text: String) -> Option<String> {
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn distinct<T: PartialEq>(values: &[T]) -> Vec<&T> {
    let mut found: Vec<&T> = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::from_fn(|key| match key {
            "from_amount" => "Từ {0}".into(),
            "fee_not_set" => "Chưa có mức thu".into(),
            "set_by" => "do {0} quy định".into(),
            "when_filed" => "khi nộp {0}".into(),
            "in_person" => "Trực tiếp".into(),
            "ways_count" => "{0} cách".into(),
            other => other.to_owned(),
        })
    }

    fn way(how: How, time: &str, fee: &str) -> Way {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Way {
            how,
            time_limit: some(time),
            fee: some(fee),
            fee_set_by: None,
            note: None,
        }
    }

    fn procedure(ways: Vec<Way>) -> Procedure {
        Procedure {
            code: "1.1".into(),
            name: "Thủ tục".into(),
            short_name: None,
            field: "Hộ tịch".into(),
            level: Vec::new(),
            agency: None,
            applicants: Vec::new(),
            steps: String::new(),
            ways,
            cases: Vec::new(),
            forms: Vec::new(),
            result: None,
            conditions: None,
            legal_basis: Vec::new(),
            decision: None,
            effective: None,
            repealed: None,
            online: None,
            receive_at: None,
        }
    }

    fn check(ways: Vec<Way>, time: (&str, &str), fee_expected: (&str, &str)) {
        let procedure = procedure(ways);
        let (words, pair) = (words(), |answer: Answer| (answer.value, answer.note));
        let owned = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        assert_eq!(pair(time_limit(&procedure, &words)), owned(time));
        assert_eq!(pair(fee(&procedure, &words)), owned(fee_expected));
    }

    #[test]
    fn ways_that_agree_give_one_answer() {
        let ways = vec![
            way(How::Online, "3 ngày", "Miễn phí"),
            way(How::InPerson, "3 ngày", "Miễn phí"),
        ];
        check(ways, ("3 ngày", ""), ("Miễn phí", ""));
        check(Vec::new(), ("not_stated", ""), ("not_stated", ""));
    }

    #[test]
    fn ways_that_differ_say_so() {
        let ways = vec![
            way(How::Online, "3 ngày làm việc", "10.000 đồng"),
            way(How::InPerson, "5 Ngày làm việc", "20.000 đồng"),
        ];
        check(
            ways,
            ("3–5 ngày làm việc", "depends_on_way"),
            ("Từ 10.000 đồng", "depends_on_way"),
        );
        let ways = vec![
            way(How::Online, "2 giờ", "Miễn phí"),
            way(How::InPerson, "5 ngày", "20.000 đồng"),
        ];
        check(
            ways,
            ("5 ngày", "khi nộp trực tiếp"),
            ("20.000 đồng", "khi nộp trực tiếp"),
        );
    }

    #[test]
    fn a_fee_that_is_not_set_never_looks_free() {
        let left = "Miễn phí (do Hội đồng nhân dân cấp tỉnh quy định)";
        let ways = vec![way(How::Online, "", left), way(How::InPerson, "", left)];
        check(
            ways,
            ("not_stated", ""),
            ("Chưa có mức thu", "do Hội đồng nhân dân quy định"),
        );
    }
}
