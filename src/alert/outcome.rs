//! What became of alerts, in words.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use motcua_show::Language;
use motcua_show::alert::{Alert, AlertId, AlertKind};
use motcua_sync::access::{Access, segment};
use motcua_sync::api::alerts::{AlertList, AlertReport};

use crate::print_out;

/// How often the server is asked on how many screens an alert is.
const ASK: Duration = Duration::from_millis(100);

/// Asks until all screens show it or refuse it, or the time is over.
pub fn wait(
    server: &Access,
    id: &AlertId,
    begun: Instant,
    longest: Duration,
) -> anyhow::Result<AlertReport> {
    loop {
        let report: AlertReport = server.get(&format!("/api/v1/alerts/{id}"))?;
        if report.shown + report.refused >= report.screens || begun.elapsed() >= longest {
            return Ok(report);
        }
        std::thread::sleep(ASK);
    }
}

/// That an alert was sent, in words.
pub fn told(alert: &Alert, screens: u64) -> String {
    let screens = counted(screens);
    match alert.kind {
        AlertKind::Cancel => {
            let ids: Vec<&str> = alert.references.iter().map(AlertId::as_str).collect();
            format!("{} cancels {} on {screens}", alert.id, ids.join(", "))
        }
        _ => format!("{} is on its way to {screens} of {}", alert.id, alert.unit),
    }
}

/// On how many screens it is, in words.
pub fn seen(report: &AlertReport) -> String {
    let mut said = format!("shown on {} of {}", report.shown, counted(report.screens));
    if let Some(last) = report.last_shown_ms {
        let after = Duration::from_millis(last.unsigned_abs()).as_secs_f64();
        said.push_str(&format!(" after {after:.2} s"));
    }
    if report.refused > 0 {
        let why = report.why.as_deref().unwrap_or("their logs say why");
        said.push_str(&format!("; {} refused it: {why}", report.refused));
    }
    let missing = report.screens.saturating_sub(report.shown + report.refused);
    if missing > 0 {
        said.push_str(&format!(
            "; {missing} are off, out of reach or show something worse, and show it when they can, until {}",
            report.expires
        ));
    }
    said
}

fn counted(screens: u64) -> String {
    format!("{screens} screen{}", if screens == 1 { "" } else { "s" })
}

/// Prints the alerts of a unit.
///
/// # Errors
/// When the server cannot be asked.
pub fn list(server: &Access, unit: &str) -> anyhow::Result<ExitCode> {
    let list: AlertList = server.get(&format!("/api/v1/units/{}/alerts", segment(unit)))?;
    for report in &list.alerts {
        let state = match &report.ended_by {
            Some(by) => format!("ended by {by}"),
            None if report.expires <= Timestamp::now() => format!("over since {}", report.expires),
            None => format!("until {}", report.expires),
        };
        print_out(&format!(
            "{}  {}  {state}  {}  {}",
            report.id,
            report.severity.name(),
            seen_shortly(report),
            report.headline.best(Language::Vi)
        ))?;
    }
    if list.alerts.is_empty() {
        print_out(&format!("no alert was ever sent to {unit} itself"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn seen_shortly(report: &AlertReport) -> String {
    match report.kind {
        AlertKind::Cancel => format!("cancel, {} of {} have it", report.received, report.screens),
        _ => format!("shown on {} of {}", report.shown, report.screens),
    }
}
