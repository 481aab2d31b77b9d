//! `motcua alert`: signs an alert with the key of the person on duty and has the server relay it.
//!
//! The key never leaves this machine. Its counter is kept beside it and never goes back: screens take an alert
//! with a lower one for an old one.

mod cap;
mod outcome;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use motcua_show::alert::{Alert, AlertId, AlertKind, AlertSeverity, FORMAT, LONGEST, Urgency};
use motcua_show::units::{Unit, UnitId};
use motcua_show::{Language, Text};
use motcua_sync::access::{Access, segment};
use motcua_sync::api::UnitList;
use motcua_sync::api::alerts::SentAlert;
use motcua_sync::{alert, file};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::Value;

use crate::{cli, keys, print_out};

/// What is to be sent, before it has an id, a counter and a unit of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Draft {
    id: Option<AlertId>,
    unit: Option<String>,
    kind: Option<AlertKind>,
    severity: AlertSeverity,
    urgency: Urgency,
    headline: BTreeMap<Language, String>,
    text: BTreeMap<Language, String>,
    instruction: BTreeMap<Language, String>,
    sender: Option<String>,
    expires: Option<Timestamp>,
    spoken: Option<String>,
    references: Vec<AlertId>,
}

/// Sends, cancels or lists alerts.
///
/// # Errors
/// When the alert, the key or the file cannot be used, or the server says no.
pub fn run(arguments: &cli::Alert) -> anyhow::Result<ExitCode> {
    let server = Access::new(&arguments.server.named())?;
    if arguments.list {
        let unit = arguments.unit.as_deref().unwrap_or_default();
        return outcome::list(&server, unit);
    }
    let now = Timestamp::now();
    let draft = draft(arguments, now)?;
    let units: UnitList = server.get("/api/v1/units")?;
    let named = arguments.unit.as_ref().or(draft.unit.as_ref());
    let unit = find(&units.units, named.map(String::as_str))?;
    let siren = wants_siren(arguments, &draft)?;
    let alert = Alert {
        format: FORMAT,
        id: match &draft.id {
            Some(id) => id.clone(),
            None => draw_id(now)?,
        },
        unit: unit.clone(),
        kind: draft.kind.unwrap_or(AlertKind::Alert),
        sent: now,
        expires: draft.expires.unwrap_or(now + LONGEST),
        counter: 0,
        severity: draft.severity,
        urgency: draft.urgency,
        headline: Text::ByLanguage(draft.headline),
        text: some(draft.text),
        instruction: some(draft.instruction),
        sender: draft.sender.as_deref().map(Text::from),
        siren,
        spoken: draft.spoken,
        references: draft.references,
    };
    alert.check()?;
    send(arguments, &server, alert)
}

fn send(arguments: &cli::Alert, server: &Access, mut alert: Alert) -> anyhow::Result<ExitCode> {
    let keys = arguments
        .key
        .iter()
        .map(|path| keys::read(path))
        .collect::<anyhow::Result<Vec<_>>>()?;
    alert.counter = count(&arguments.key, alert.sent)?;
    let envelope = alert::seal(&alert, &keys.iter().collect::<Vec<_>>())?;
    let envelope: Value = serde_json::from_str(&envelope)?;
    let path = format!("/api/v1/units/{}/alerts", segment(alert.unit.as_str()));
    let begun = Instant::now();
    let sent: SentAlert = server.post(&path, &envelope)?;
    print_out(&outcome::told(&alert, sent.screens))?;
    let Some(seconds) = arguments.wait else {
        return Ok(ExitCode::SUCCESS);
    };
    if alert.kind == AlertKind::Cancel {
        return Ok(ExitCode::SUCCESS);
    }
    let report = outcome::wait(server, &alert.id, begun, Duration::from_secs(seconds))?;
    print_out(&outcome::seen(&report))?;
    Ok(if report.shown == report.screens {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// What the command line or the file says.
fn draft(arguments: &cli::Alert, now: Timestamp) -> anyhow::Result<Draft> {
    let mut draft = match &arguments.cap {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let mut draft = cap::read(path, &text)?;
            if draft.expires.is_some_and(|expires| expires <= now) {
                bail!("{} was over when it was to be sent", path.display());
            }
            let longest = now + LONGEST;
            if draft.expires.is_some_and(|expires| expires > longest) {
                eprintln!("it lasts until {longest}, 24 h from now; send it again then");
                draft.expires = Some(longest);
            }
            draft.expires = draft.expires.or(Some(now + arguments.lasts));
            draft
        }
        None => of_arguments(arguments, now),
    };
    if arguments.exercise && draft.kind != Some(AlertKind::Cancel) {
        draft.kind = Some(AlertKind::Exercise);
    }
    if let Some(path) = &arguments.speech {
        let bytes = std::fs::read(path)
            .with_context(|| format!("the speech {} cannot be read", path.display()))?;
        draft.spoken = Some(BASE64_STANDARD.encode(bytes));
    }
    Ok(draft)
}

fn of_arguments(arguments: &cli::Alert, now: Timestamp) -> Draft {
    let by = |plain: &Option<String>, others: &[(Language, String)]| {
        let plain = plain.iter().map(|text| (Language::Vi, text.clone()));
        plain.chain(others.iter().cloned()).collect()
    };
    let headline: BTreeMap<_, _> = by(&arguments.text, &arguments.language_text);
    let kind = match (arguments.cancel.is_empty(), headline.is_empty()) {
        (true, _) => AlertKind::Alert,
        (false, true) => AlertKind::Cancel,
        (false, false) => AlertKind::Update,
    };
    let lasts = match kind {
        // It must outlast what it cancels, on screens too that are off at the moment.
        AlertKind::Cancel => LONGEST,
        _ => arguments.lasts,
    };
    Draft {
        kind: Some(kind),
        severity: arguments.severity,
        urgency: arguments.urgency,
        headline,
        instruction: by(&arguments.instruction, &arguments.language_instruction),
        sender: arguments.sender.clone(),
        expires: Some(now + lasts),
        references: arguments.cancel.clone(),
        ..Draft::default()
    }
}

fn wants_siren(arguments: &cli::Alert, draft: &Draft) -> anyhow::Result<bool> {
    if arguments.siren && !draft.severity.may_sound() {
        bail!(
            "the siren sounds for extreme and severe alerts alone, and this one is {}; give it another --severity, or no --siren",
            draft.severity.name()
        );
    }
    let is_exercise = draft.kind == Some(AlertKind::Exercise);
    Ok(arguments.siren || (draft.severity.may_sound() && !arguments.no_siren && !is_exercise))
}

fn some(texts: BTreeMap<Language, String>) -> Option<Text> {
    (!texts.is_empty()).then_some(Text::ByLanguage(texts))
}

/// The unit of an id or a name.
fn find(units: &[Unit], named: Option<&str>) -> anyhow::Result<UnitId> {
    let Some(named) = named else {
        bail!("the file names no area that is a unit of the server; name the unit with --unit");
    };
    let id = units.iter().find(|unit| unit.id.as_str() == named);
    let mut by_name = units.iter().filter(|unit| unit.name == named);
    match (id, by_name.next(), by_name.next()) {
        (Some(unit), _, _) | (None, Some(unit), None) => Ok(unit.id.clone()),
        (None, Some(one), Some(other)) => bail!(
            "{named:?} is the name of several units; name one by its id, such as {} or {}",
            one.id,
            other.id
        ),
        _ => bail!("the server has no unit {named:?}; `motcua-server units list` shows them"),
    }
}

/// An id that says when it was made.
fn draw_id(now: Timestamp) -> anyhow::Result<AlertId> {
    let mut random = [0; 4];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{}-{random}", now.strftime("%Y%m%d-%H%M%S"));
    Ok(id.parse()?)
}

/// The next counter of all these keys: the time in milliseconds, unless one has counted further. Noted beside
/// each key before anything is sent.
fn count(keys: &[PathBuf], now: Timestamp) -> anyhow::Result<u64> {
    let beside = |key: &Path| {
        let mut name = key.as_os_str().to_owned();
        name.push(".counter");
        PathBuf::from(name)
    };
    let mut counter = u64::try_from(now.as_millisecond()).unwrap_or_default();
    for key in keys {
        let path = beside(key);
        let last = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().parse::<u64>().with_context(|| {
                format!(
                    "{} holds no counter; remove it where the clock of this machine is right",
                    path.display()
                )
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        counter = counter.max(last + 1);
    }
    for key in keys {
        let path = beside(key);
        if let Err(error) = file::write(&path, counter.to_string().as_bytes()) {
            // The clock counts on by itself; an emergency does not wait for a stick that is write-protected.
            eprintln!("warning: {} cannot be written: {error}", path.display());
        }
    }
    Ok(counter)
}

#[cfg(test)]
mod tests;
