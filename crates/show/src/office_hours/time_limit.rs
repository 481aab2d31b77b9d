//! Time limits as the national database publishes them.
//!
//! The grammar is narrow on purpose: one number with its unit, or one of the phrases for "at once" and
//! "within the day". A bare number, a range or several numbers mean something that only their author knows.

use unicode_normalization::UnicodeNormalization as _;

/// How long a procedure takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLimit {
    /// While the applicant waits ("ngay sau khi nhận đủ hồ sơ").
    AtOnce,
    /// Within the day of receipt ("trong ngày").
    SameDay,
    /// Hours in which the office is open ("giờ làm việc").
    WorkingHours(u32),
    /// Hours by the clock ("giờ").
    Hours(u32),
    /// Working days ("ngày làm việc"); half a day counts as a whole one, since it ends within it.
    WorkingDays(u32),
    /// Calendar days ("ngày").
    Days(u32),
    /// Months ("tháng").
    Months(u32),
}

/// A time limit from which no day can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} does not say when a result is due")]
pub struct TimeLimitError(pub String);

/// The most that is believed, in any unit: beyond it a number is a mistake of the database.
const MOST: u32 = 1_000;

/// What may stand before a number without changing its meaning.
const OPENINGS: [&str; 8] = [
    "thời hạn giải quyết",
    "thời hạn",
    "là",
    ":",
    "trong thời hạn",
    "trong vòng",
    "không quá",
    "tối đa",
];

/// How a text goes on that says from when is counted.
const FROM_WHEN: [&str; 8] = [
    "kể từ",
    "tính từ",
    "từ ngày",
    "từ khi",
    "sau khi",
    "khi nhận",
    "khi tiếp nhận",
    "sau ngày",
];

impl std::str::FromStr for TimeLimit {
    type Err = TimeLimitError;

    fn from_str(published: &str) -> Result<Self, Self::Err> {
        let plain: String = published.nfc().collect::<String>().to_lowercase();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let text = words.join(" ");
        let text = text.trim_end_matches(['.', ';']);
        without_number(text)
            .or_else(|| counted(text))
            .ok_or_else(|| TimeLimitError(published.to_owned()))
    }
}

/// "Ngay …" and "trong ngày …".
fn without_number(text: &str) -> Option<TimeLimit> {
    let opened = text.strip_prefix("giải quyết ").unwrap_or(text);
    let opened = opened.strip_prefix("trả kết quả ").unwrap_or(opened);
    let after_ngay = opened.strip_prefix("ngay").map(str::trim_start);
    let same_day = after_ngay.unwrap_or(opened).strip_prefix("trong ngày");
    if let Some(rest) = same_day {
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("làm việc").unwrap_or(rest);
        return is_of_receipt(rest).then_some(TimeLimit::SameDay);
    }
    is_of_receipt(after_ngay?).then_some(TimeLimit::AtOnce)
}

/// Whether what follows only says from when, or that after 15:00 it is the next working day.
fn is_of_receipt(rest: &str) -> bool {
    let late = ["sau 15 giờ", "sau 15h"]
        .iter()
        .find_map(|hour| rest.split_once(hour));
    if let Some((before, after)) = late {
        let has_digit = rest
            .replacen("15", "", 1)
            .contains(|c: char| c.is_ascii_digit());
        return after.contains("ngày làm việc tiếp theo") && !has_digit && !before.contains("hoặc");
    }
    let rest = rest.trim_start_matches([',', ' ']);
    let mut openings = ["nhận", "tiếp nhận", "khi "].iter().chain(&FROM_WHEN);
    (rest.is_empty() || openings.any(|start| rest.starts_with(start))) && is_single(rest)
}

/// What makes a limit of a number.
type Unit = fn(u32) -> TimeLimit;

/// One number and its unit.
fn counted(text: &str) -> Option<TimeLimit> {
    let mut text = text;
    while let Some(rest) = OPENINGS
        .iter()
        .find_map(|opening| text.strip_prefix(opening))
    {
        text = rest.trim_start();
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))?;
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start();
    // "03 (ba) ngày": the number in words beside it.
    let rest = match rest.strip_prefix('(') {
        Some(spelt) => spelt.split_once(')')?.1.trim_start(),
        None => rest,
    };
    let units: [(&str, Unit); 5] = [
        ("ngày làm việc", TimeLimit::WorkingDays),
        ("giờ làm việc", TimeLimit::WorkingHours),
        ("ngày", TimeLimit::Days),
        ("giờ", TimeLimit::Hours),
        ("tháng", TimeLimit::Months),
    ];
    let (unit, rest) = units
        .iter()
        .find_map(|(name, unit)| Some((unit, rest.strip_prefix(name)?)))?;
    let rest = rest.trim_start_matches([',', ' ']);
    let says_from_when = FROM_WHEN.iter().any(|start| rest.starts_with(start));
    if !(rest.is_empty() || says_from_when && is_single(rest)) {
        return None;
    }
    let is_in_days = matches!(unit(1), TimeLimit::WorkingDays(_) | TimeLimit::Days(_));
    let count = match number.split_once(['.', ',']) {
        None => number.parse::<u32>().ok()?,
        // Half days are published; any other fraction may be a thousand written with a point.
        Some((whole, "5")) if is_in_days => whole.parse::<u32>().ok()?.checked_add(1)?,
        Some(_) => return None,
    };
    (1..=MOST).contains(&count).then(|| unit(count))
}

/// Whether a text names no other time and no other case.
fn is_single(rest: &str) -> bool {
    let others = ["hoặc", "trường hợp", "đối với", "riêng", "nếu"];
    !rest.contains(|c: char| c.is_ascii_digit()) && !others.iter().any(|other| rest.contains(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(published: &str, expected: Option<TimeLimit>) {
        assert_eq!(published.parse().ok(), expected, "{published:?}");
    }

    #[test]
    fn one_number_with_its_unit() {
        use TimeLimit::{Days, Hours, Months, WorkingDays, WorkingHours};
        check("03 Ngày làm việc", Some(WorkingDays(3)));
        check("5 ngày", Some(Days(5)));
        check("30 Ngày", Some(Days(30)));
        check("8 giờ làm việc", Some(WorkingHours(8)));
        check("24 Giờ", Some(Hours(24)));
        check("4 Tháng", Some(Months(4)));
        check("1.5 Ngày làm việc", Some(WorkingDays(2)));
        check(
            "Không quá 05 (năm) ngày làm việc, kể từ ngày nhận đủ hồ sơ hợp lệ.",
            Some(WorkingDays(5)),
        );
        check("  7 NGA\u{300}Y  làm việc", Some(WorkingDays(7)));
    }

    #[test]
    fn at_once_and_within_the_day() {
        use TimeLimit::{AtOnce, SameDay};
        check("Trong ngày", Some(SameDay));
        check("Ngay trong ngày làm việc", Some(SameDay));
        check("Trong ngày tiếp nhận hồ sơ", Some(SameDay));
        check(
            "Trong ngày tiếp nhận; trường hợp nhận hồ sơ sau 15 giờ thì trả vào ngày làm việc tiếp theo",
            Some(SameDay),
        );
        check("Ngay sau khi nhận đủ hồ sơ", Some(AtOnce));
        check("Giải quyết ngay", Some(AtOnce));
    }

    #[test]
    fn what_is_open_stays_open() {
        for published in [
            "",
            "1",
            "120",
            "140,000",
            "0",
            "0 ngày",
            "3 - 5 ngày",
            "3 đến 5 ngày",
            "5 ngày hoặc 10 ngày",
            "5 ngày kể từ ngày nhận hồ sơ, 10 ngày nếu phải xác minh",
            "ngày làm việc",
            "Không quy định",
            "1.500 ngày",
            "99999999999 ngày",
            "1100 ngày",
            "5 ngày đối với xã",
            "1.5 giờ",
            "Ngày",
            "Trong ngày hoặc 3 ngày",
            "Ngay khi nhận hồ sơ, trường hợp phải xác minh thì không quá 5 ngày",
        ] {
            check(published, None);
        }
    }
}
