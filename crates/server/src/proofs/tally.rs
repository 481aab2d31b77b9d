//! What visitors did on a screen: counts a day, which a screen sends beside its records.
//!
//! The line is `{"tally":{"2026-11-23":{"failed":{"khai sinh":3},"abandoned":{…},"opened":{"1.001193":4},
//! "rated":{"5":2}}}}`: for each day and kind, how often by what was typed, opened or given. Counts of a day only
//! grow, and each line says all of the days that it names, so that a line that comes twice or late changes nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{ProofError, number_of};
use crate::Result;
use crate::database::Work;

/// What the line of a tally begins with.
const BEGINNING: &str = r#"{"tally":"#;

/// The kinds that are kept; those of a later version are skipped.
pub const KINDS: [&str; 4] = ["failed", "abandoned", "opened", "rated"];

/// Counts at once; a busy day of one screen has some hundreds.
const MOST: usize = 5000;

/// The longest thing that is counted, in bytes.
const LONGEST_SUBJECT: usize = 200;

/// How often something happened on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The number of the day.
    pub day: i64,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// What was typed, opened or given.
    pub subject: String,
    /// How often.
    pub number: i64,
}

/// The lines of the proof, and the tally after them.
#[must_use]
pub fn split(text: &str) -> (&str, Option<&str>) {
    let whole = text.strip_suffix('\n').unwrap_or(text);
    let last = whole.rfind('\n').map_or(0, |end| end + 1);
    if whole[last..].starts_with(BEGINNING) {
        (&text[..last], Some(&whole[last..]))
    } else {
        (text, None)
    }
}

/// Reads the line of a tally.
///
/// # Errors
/// When it is something else, or has too much in it.
pub fn read(line: &str) -> Result<Vec<Counts>, ProofError> {
    #[derive(Deserialize)]
    struct Written {
        tally: BTreeMap<Date, BTreeMap<String, BTreeMap<String, u64>>>,
    }
    let written: Written =
        serde_json::from_str(line).map_err(|error| ProofError::Tally(error.to_string()))?;
    let mut counts = Vec::new();
    for (day, kinds) in written.tally {
        for (kind, subjects) in kinds {
            let Some(&kind) = KINDS.iter().find(|known| **known == kind) else {
                continue;
            };
            for (subject, number) in subjects {
                if subject.len() > LONGEST_SUBJECT || subject.contains('\0') {
                    return Err(ProofError::Tally(format!(
                        "{:?} is too long to be counted",
                        subject.chars().take(40).collect::<String>()
                    )));
                }
                counts.push(Counts {
                    day: number_of(day),
                    kind,
                    subject,
                    number: i64::try_from(number).unwrap_or(i64::MAX),
                });
            }
        }
    }
    if counts.len() > MOST {
        return Err(ProofError::TooLong("5,000 counts"));
    }
    Ok(counts)
}

/// Keeps counts of a screen; of a count that is known the greater one stays.
pub(super) async fn keep(work: &mut Work, screen: &str, counts: &[Counts]) -> Result<()> {
    for count in counts {
        sqlx::query(
            "INSERT INTO proof_tallies (screen, day, kind, subject, number) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (screen, day, kind, subject) DO UPDATE SET number = excluded.number
             WHERE excluded.number > proof_tallies.number",
        )
        .bind(screen)
        .bind(count.day)
        .bind(count.kind)
        .bind(count.subject.as_str())
        .bind(count.number)
        .execute(&mut **work)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_stands_after_the_proof() {
        let line = r#"{"tally":{"2026-11-23":{"opened":{"1.001193":4},"smelled":{"x":1}}}}"#;
        let text = format!("one\ntwo\n{line}\n");
        let (proof, tally) = split(&text);
        assert_eq!((proof, tally), ("one\ntwo\n", Some(line)));
        assert_eq!(split("one\ntwo\n"), ("one\ntwo\n", None));
        let counts = read(line).unwrap();
        assert_eq!(counts.len(), 1, "kinds of a later version are skipped");
        assert_eq!(
            (counts[0].kind, counts[0].subject.as_str(), counts[0].number),
            ("opened", "1.001193", 4)
        );
        assert!(read(r#"{"tally":{"yesterday":{}}}"#).is_err());
        let long = format!(
            r#"{{"tally":{{"2026-11-23":{{"failed":{{"{}":1}}}}}}}}"#,
            "x".repeat(300)
        );
        assert!(read(&long).is_err());
    }
}
