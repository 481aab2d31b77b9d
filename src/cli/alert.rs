//! `motcua alert` on the command line.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use jiff::SignedDuration;
use motcua_show::Language;
use motcua_show::alert::{AlertId, AlertSeverity, Urgency};

use super::Server;

/// `motcua alert`.
#[derive(Debug, Args)]
pub struct Alert {
    /// The unit whose screens, and those of the units below it, show the alert; id or name.
    #[arg(long, value_name = "NAME", required_unless_present = "cap")]
    pub unit: Option<String>,
    /// What happens, in Vietnamese; at most 120 characters.
    #[arg(
        long,
        value_name = "TEXT",
        required_unless_present_any = ["cap", "cancel", "list"],
        conflicts_with_all = ["cap", "list"]
    )]
    pub text: Option<String>,
    /// What happens in another language, such as en="Flood"; may be given again.
    #[arg(long, value_name = "LANGUAGE=TEXT", value_parser = in_language)]
    pub language_text: Vec<(Language, String)>,
    /// What to do, in Vietnamese; at most 400 characters.
    #[arg(long, value_name = "TEXT")]
    pub instruction: Option<String>,
    /// What to do in another language; may be given again.
    #[arg(long, value_name = "LANGUAGE=TEXT", value_parser = in_language)]
    pub language_instruction: Vec<(Language, String)>,
    /// Who says it, such as "UBND phường Phú Lợi".
    #[arg(long, value_name = "NAME")]
    pub sender: Option<String>,
    /// How bad it is: extreme, severe, moderate, minor or unknown. Minor stands on a strip.
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "severe")]
    pub severity: AlertSeverity,
    /// How soon something must be done: immediate, expected, future, past or unknown.
    #[arg(long, value_name = "URGENCY", value_parser = urgency, default_value = "immediate")]
    pub urgency: Urgency,
    /// How long it lasts, such as 30m or 2h; at most 24h.
    #[arg(long = "for", value_name = "TIME", value_parser = time, default_value = "30m")]
    pub lasts: SignedDuration,
    /// The private key of the person on duty; again for each further one that must sign.
    #[arg(
        long,
        value_name = "FILE",
        env = "MOTCUA_ALERT_KEY",
        required_unless_present = "list"
    )]
    pub key: Vec<PathBuf>,
    /// What is said aloud after the siren: a sound file of at most 300 kB.
    #[arg(long, value_name = "FILE")]
    pub speech: Option<PathBuf>,
    /// Sound the siren, also in an exercise. It sounds for extreme and severe alerts anyway.
    #[arg(long, action = ArgAction::SetTrue, overrides_with = "no_siren")]
    pub siren: bool,
    /// Do not sound the siren.
    #[arg(long, action = ArgAction::SetTrue)]
    pub no_siren: bool,
    /// End this alert at once, or replace it where a text is given; may be given again.
    #[arg(long, value_name = "ID", conflicts_with = "cap")]
    pub cancel: Vec<AlertId>,
    /// Say on the page that it is an exercise.
    #[arg(long)]
    pub exercise: bool,
    /// Send this alert of another system: XML of the Common Alerting Protocol 1.2.
    #[arg(long, value_name = "FILE.xml")]
    pub cap: Option<PathBuf>,
    /// Wait until every screen shows it, for so many seconds at most.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10")]
    pub wait: Option<u64>,
    /// Show the unit's alerts and on how many screens they were seen; send nothing.
    #[arg(long, conflicts_with_all = ["cap", "cancel"])]
    pub list: bool,
    /// The server.
    #[command(flatten)]
    pub server: Server,
}

fn in_language(written: &str) -> Result<(Language, String), String> {
    let (language, text) = written
        .split_once('=')
        .ok_or_else(|| format!("{written:?} has no language; write it as km=\"…\" or en=\"…\""))?;
    let language = language
        .trim()
        .parse()
        .map_err(|error: motcua_show::text::UnknownLanguage| error.to_string())?;
    Ok((language, text.to_owned()))
}

fn severity(written: &str) -> Result<AlertSeverity, String> {
    AlertSeverity::ALL
        .into_iter()
        .find(|severity| severity.name() == written.to_lowercase())
        .ok_or_else(|| {
            format!("{written:?} is no severity; write extreme, severe, moderate, minor or unknown")
        })
}

fn urgency(written: &str) -> Result<Urgency, String> {
    Urgency::ALL
        .into_iter()
        .find(|urgency| urgency.name() == written.to_lowercase())
        .ok_or_else(|| {
            format!("{written:?} is no urgency; write immediate, expected, future, past or unknown")
        })
}

fn time(written: &str) -> Result<SignedDuration, String> {
    let time: Option<SignedDuration> = written.parse().ok();
    time.filter(|time| {
        *time >= SignedDuration::from_secs(10) && *time <= motcua_show::alert::LONGEST
    })
    .ok_or_else(|| format!("{written:?} is no time between 10s and 24h; write it as 30m or 2h"))
}
