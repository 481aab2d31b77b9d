//! `motcua-server screens`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use motcua_sync::api::{Accept as Wanted, Command as Kind, PublishedState};

use super::Target;
use crate::commands::{CommandReport, CommandState, EXPIRES_S};
use crate::http::wire::{Accepted, ChangeScreen, Changed, Order, Ordered, ScreenList};
use crate::screens::Screen;
use motcua_sync::access::{Access, segment};

/// How often to ask what became of a command.
const ASK_AGAIN: Duration = Duration::from_millis(300);

/// The screens.
#[derive(Debug, Subcommand)]
pub(super) enum Screens {
    /// Show the screens and how they are.
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Take the screen that shows a code.
    Accept(Accept),
    /// Move a screen to another unit, or give it another name.
    Move(Move),
    /// Revoke a screen: it reads nothing any more, at once.
    Revoke {
        /// Its id, the beginning of it, or its name.
        screen: String,
        #[command(flatten)]
        target: Target,
    },
    /// Give a screen a command and wait for its answer.
    Command(Command),
}

#[derive(Debug, Args)]
pub(super) struct Accept {
    /// The six digits that the screen shows.
    code: String,
    /// Id or name of its unit.
    #[arg(long)]
    unit: String,
    /// What it shall be called, such as "Sảnh tầng 1".
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
pub(super) struct Move {
    /// Its id, the beginning of it, or its name.
    screen: String,
    /// Id or name of the other unit.
    #[arg(long, required_unless_present = "name")]
    unit: Option<String>,
    /// Another name.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Show its name large for a while.
    Identify,
    /// Send a picture of what it shows.
    Screenshot,
    /// Start the player again.
    Restart,
    /// Look for a release.
    SyncNow,
}

#[derive(Debug, Args)]
pub(super) struct Command {
    /// Its id, the beginning of it, or its name.
    screen: String,
    /// What it shall do.
    what: What,
    /// Where the picture goes.
    #[arg(long, default_value = "screenshot.png", value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    target: Target,
}

impl Screens {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { target } => list(&target),
            Self::Accept(accept) => accept.run(),
            Self::Move(change) => change.run(),
            Self::Revoke { screen, target } => {
                let path = format!("/api/v1/screens/{}", segment(&screen));
                let changed: Changed = target.access()?.delete(&path)?;
                say(&format!("{screen} is cut off"), changed.state);
                Ok(())
            }
            Self::Command(command) => command.run(),
        }
    }
}

/// Says what was done, and whether the screens can know it yet.
pub(super) fn say(what: &str, state: PublishedState) {
    match state {
        PublishedState::Current => println!("{what}."),
        PublishedState::Unsigned => println!(
            "{what}; screens believe it once it is signed: `motcua-server export-unsigned FILE`, `motcua sign FILE`, \
             `motcua-server import-signed FILE`."
        ),
    }
}

fn list(target: &Target) -> anyhow::Result<()> {
    let list: ScreenList = target.access()?.get("/api/v1/screens")?;
    if list.screens.is_empty() {
        println!(
            "There are no screens yet; start one with `motcua play --server …` and accept its code."
        );
    }
    for screen in &list.screens {
        println!(
            "{}  {}  {}  {}",
            screen.id,
            screen.unit,
            screen.name,
            state_of(screen)
        );
    }
    Ok(())
}

fn state_of(screen: &Screen) -> String {
    let mut words = vec![
        if screen.is_connected {
            "connected"
        } else {
            "not connected"
        }
        .to_owned(),
    ];
    let Some((heartbeat, at)) = screen.heartbeat.as_ref().zip(screen.heartbeat_at) else {
        words.push("never told how it is".to_owned());
        return words.join("; ");
    };
    if let Ok(at) = Timestamp::from_second(at) {
        words.push(format!("last heard of {at}"));
    }
    match &heartbeat.release {
        Some(release) => words.push(format!("release {} of {}", release.number, release.unit)),
        None => words.push("no release".to_owned()),
    }
    words.extend(
        heartbeat
            .graphics
            .as_ref()
            .map(|how| format!("graphics {how}")),
    );
    words.extend(heartbeat.problems.iter().cloned());
    words.join("; ")
}

impl Accept {
    fn run(self) -> anyhow::Result<()> {
        let wanted = Wanted {
            code: self.code,
            unit: self.unit,
            name: self.name,
        };
        let accepted: Accepted = self
            .target
            .access()?
            .post("/api/v1/screens/accept", &wanted)?;
        let what = format!(
            "The screen {} ({}) belongs to {}",
            accepted.name, accepted.id, accepted.unit
        );
        say(&what, accepted.state);
        Ok(())
    }
}

impl Move {
    fn run(self) -> anyhow::Result<()> {
        let path = format!("/api/v1/screens/{}", segment(&self.screen));
        let wanted = ChangeScreen {
            unit: self.unit,
            name: self.name,
        };
        let changed: Changed = self.target.access()?.patch(&path, &wanted)?;
        say(&format!("{} was changed", self.screen), changed.state);
        Ok(())
    }
}

impl Command {
    fn run(self) -> anyhow::Result<()> {
        let access = self.target.access()?;
        let command = match self.what {
            What::Identify => Kind::Identify,
            What::Screenshot => Kind::Screenshot,
            What::Restart => Kind::Restart,
            What::SyncNow => Kind::SyncNow,
        };
        let path = format!("/api/v1/screens/{}/commands", segment(&self.screen));
        let ordered: Ordered = access.post(&path, &Order { command })?;
        let report = answer(&access, &ordered.id)?;
        let message = report.message.unwrap_or_default();
        match report.state {
            CommandState::Done => println!("{} did it. {message}", self.screen),
            CommandState::Refused => bail!("{} did not do it: {message}", self.screen),
            _ => bail!(
                "{} did not answer within {EXPIRES_S} s; see whether it is on",
                self.screen
            ),
        }
        if let Some(picture) = report.picture {
            let png = BASE64_STANDARD
                .decode(picture)
                .context("the picture is damaged; ask for another")?;
            motcua_sync::file::write(&self.out, &png)
                .with_context(|| format!("{} cannot be written", self.out.display()))?;
            println!("The picture is in {}.", self.out.display());
        }
        Ok(())
    }
}

/// Waits until the command is answered or has expired.
fn answer(access: &Access, id: &str) -> anyhow::Result<CommandReport> {
    let deadline = Instant::now() + Duration::from_secs(EXPIRES_S.unsigned_abs() + 10);
    loop {
        let report: CommandReport = access.get(&format!("/api/v1/commands/{id}"))?;
        let is_open = matches!(
            report.state,
            CommandState::Waiting | CommandState::Delivered
        );
        if !is_open || Instant::now() > deadline {
            return Ok(report);
        }
        std::thread::sleep(ASK_AGAIN);
    }
}
