//! The command line.
#![allow(
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    reason = "these comments are the help, read in a terminal"
)]

// The tests of the documents read this file from elsewhere.
#[path = "cli/alert.rs"]
mod alert;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::{Date, DateTime};
use motcua_show::Language;
use motcua_show::schedule::Dwell;
use motcua_show::show::Mode;
use motcua_sync::access::Named;

pub use alert::Alert;

/// Motcua ("một cửa", one door): a fullscreen player for the screens of one-stop offices.
///
/// A show is a folder with a `show.toml`, its procedures in `procedures/`, and its media. Exit status: 0 fine,
/// 1 a problem, 2 a mistake on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "motcua",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The machine's settings; without it ./motcua.toml, then /etc/motcua/motcua.toml, where there is one.
    #[arg(long, global = true, value_name = "FILE", env = "MOTCUA_CONFIG")]
    pub config: Option<PathBuf>,
    /// How much the log says: error, warn, info, debug or trace [default: info].
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a show over the whole screen, until stopped.
    ///
    /// With --server (or `server` in the settings) the screen asks that server to take it, and from then on
    /// plays what the server signs for it, with or without a network. A screen that belongs to a server
    /// plays nothing else.
    ///
    /// Example: motcua play playlists/one-stop
    ///
    /// Example: motcua play --server https://motcua.example:8443
    Play(Play),
    /// Look for a release once, at the server or on a stick, fetch it, and say what was done; show nothing.
    ///
    /// Example: motcua sync --once --from /media/stick
    Sync(Sync),
    /// Check a show, send it to the server and make it the release of a unit.
    ///
    /// Only what the server lacks is sent. The token is that of an author or administrator.
    ///
    /// Example: motcua push playlists/one-stop --server https://motcua.example:8443 --unit "Phường Phú Lợi"
    Push(Push),
    /// Put an alert over everything on the screens of a unit, for at most 24 h; cancel or list alerts.
    ///
    /// It is signed with the key of the person on duty (`motcua keys new duty`), which an administrator has named
    /// with `motcua-server keys alert add`; the server relays it and can make none. The token is that of an
    /// author or administrator, or one for alerts.
    ///
    /// Example: motcua alert --unit "Phường Phú Lợi" --key duty.key --text "Nước sông lên nhanh" --wait
    Alert(Box<Alert>),
    /// Make and list the keys that sign releases away from the server.
    ///
    /// Example: motcua keys new chair
    Keys(Keys),
    /// Sign what `motcua-server export-unsigned` wrote, after showing what changes.
    ///
    /// Example: motcua sign bundle.json --key approver.key
    Sign(Sign),
    /// A plain TUF client, as conformance tests drive it.
    TufClient(TufClient),
    /// Look a procedure up as a visitor would, in a list of procedures.
    ///
    /// Questions may be in everyday words, without accents, in Telex, unfinished or misspelt. Exit status 1
    /// says that nothing was found.
    ///
    /// Example: motcua lookup --data procedures.json.gz làm giấy khai sinh cần gì
    Lookup(Lookup),
    /// Print what visitors looked for in vain, what they opened, and how content they were.
    ///
    /// Counted on this screen, without anything that identifies a visitor.
    ///
    /// Example: motcua tally --json
    Tally(Tally),
    /// Call a ticket's number to a counter on the screen of this machine, as a queue system does.
    ///
    /// The player takes calls where `calls_socket` says.
    ///
    /// Example: motcua call A015 3
    Call(Call),
    /// Check, print or write out the record of what a screen has shown.
    ///
    /// The record is a chain that only the screen can lengthen and nobody can change. Exit status 1 says that it is
    /// broken.
    ///
    /// Example: motcua proof verify sanh.jsonl
    Proof(Proof),
    /// Turn a list into parts of a show.
    ///
    /// Example: motcua import procedures procedures.json.gz --out phu-loi/procedures
    Import(Import),
    /// Name every problem of a show, each with file, line and remedy; show nothing.
    ///
    /// Example: motcua check playlists/one-stop
    Check(Check),
    /// Say what a show plays when, and why; show nothing.
    ///
    /// With --json one line for each stretch: {"start", "end", "item", "playlist", "entry"} and the reason.
    /// With --coverage the minutes of each playlist, topic and item, the topics against the targets of the plan,
    /// and the procedures to be posted. Times are those of the show's zone.
    ///
    /// Example: motcua simulate playlists/one-stop --from 2026-11-23T06:00 --until 2026-11-24T06:00
    Simulate(Simulate),
    /// Measure how loud the clips of a show are, so that they are played equally loud.
    ///
    /// What is found is kept in loudness.toml beside the show; only clips that are new or other are measured.
    /// `push` does it by itself.
    ///
    /// Example: motcua measure playlists/one-stop
    Measure(Measure),
    /// Draw items into PNG files, the same pixels as on the screen; needs no display.
    ///
    /// A film is drawn as it stands after two fifths of its time.
    ///
    /// Example: motcua render playlists/one-stop --item birth --out birth.png
    Render(Render),
    /// Say what this machine can do, and how clips for it are best made.
    ///
    /// Measures for some seconds. Works without a display, too; then it cannot say what the screen is like.
    ///
    /// Example: motcua probe
    Probe(Probe),
    /// Print the JSON Schema of show.toml, for editors.
    ///
    /// Example: motcua schema > show.schema.json
    Schema {
        /// Print that of a procedure's file instead.
        #[arg(long)]
        procedure: bool,
    },
    /// Draw a slip: JSON on standard input becomes ESC/POS on standard output. The player calls it.
    #[command(hide = true)]
    Slip,
    /// Be a decoder: standard input is the socket of the player that started it.
    #[command(hide = true)]
    Decode,
}

/// `motcua play`.
#[derive(Debug, Args)]
pub struct Play {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW", conflicts_with = "server")]
    pub show: Option<PathBuf>,
    /// The server.
    #[command(flatten)]
    pub link: Link,
    /// Play every item of the present playlists once, then stop.
    #[arg(long)]
    pub once: bool,
    /// Play in a window of this size instead; Escape closes it.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub windowed: Option<(u32, u32)>,
    /// The number of the monitor, from 0 [default: the primary one].
    #[arg(long, value_name = "N")]
    pub screen: Option<usize>,
    /// Start the clock at this civil time of the show's zone, such as 2026-11-23T08:00.
    #[arg(long, value_name = "TIME")]
    pub at: Option<DateTime>,
    /// What composes pictures [default: auto, which measures once on each machine that has a GPU].
    #[arg(long, value_name = "WHAT")]
    pub graphics: Option<Wanted>,
    /// Loudness of the screen in percent, 0 to 100 [default: 100]; the setting `volume_hours` has others by the hour.
    #[arg(long, value_name = "PERCENT")]
    pub volume: Option<u8>,
    /// Show an exercise alert after so many seconds, for 20 s; not on a screen that belongs to a server.
    #[arg(long, value_name = "SECONDS", conflicts_with = "server")]
    pub drill: Option<u64>,
    /// Keep in step with the other screens of this group, by the clock.
    #[arg(long, value_name = "NAME")]
    pub sync_group: Option<String>,
    /// Take queue calls at this socket.
    #[arg(long, value_name = "FILE")]
    pub calls_socket: Option<PathBuf>,
    /// Print what happens as JSON lines on standard output.
    #[arg(long)]
    pub events: bool,
}

/// What is to compose pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wanted {
    /// What a measurement finds better.
    Auto,
    /// The processor.
    Software,
    /// The GPU, also where a measurement would not choose it.
    Opengl,
}

/// `motcua probe`.
#[derive(Debug, Args)]
pub struct Probe {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Look at display and OpenGL only, as the player does at its first start on a machine.
    #[arg(long, hide = true)]
    pub graphics_only: bool,
}

/// What ties a screen to its server.
#[derive(Debug, Clone, Default, Args)]
pub struct Link {
    /// The server's address, such as https://motcua.example:8443.
    #[arg(long, value_name = "URL", value_parser = server)]
    pub server: Option<String>,
    /// The folder for the screen's identity, trust and releases [default: ~/.local/state/motcua].
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
}

/// `motcua sync`.
#[derive(Debug, Args)]
pub struct Sync {
    /// Do one round and stop.
    #[arg(long, required = true)]
    pub once: bool,
    /// Take the release from this folder or stick instead of the server.
    #[arg(long, value_name = "FOLDER")]
    pub from: Option<PathBuf>,
    /// The folder for the screen's identity, trust and releases [default: ~/.local/state/motcua].
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
}

/// How a person reaches a server.
#[derive(Debug, Clone, Args)]
pub struct Server {
    /// The server's address; that of the server in the data folder without it.
    #[arg(long, value_name = "URL", value_parser = server, env = "MOTCUA_SERVER")]
    pub server: Option<String>,
    /// The token of an author or administrator; the first administrator's in the data folder without it.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "MOTCUA_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// The server's certificate authority; that in the data folder, or the machine's own, without it.
    #[arg(long, value_name = "PEM", env = "MOTCUA_CA")]
    pub ca: Option<PathBuf>,
    /// The data folder of a server on this machine.
    #[arg(
        long,
        value_name = "FOLDER",
        env = "MOTCUA_DATA",
        default_value = "motcua-data"
    )]
    pub data: PathBuf,
}

impl Server {
    /// What was named.
    #[must_use]
    pub fn named(&self) -> Named {
        Named {
            server: self.server.clone(),
            token: self.token.clone(),
            ca: self.ca.clone(),
            data: self.data.clone(),
        }
    }
}

/// `motcua push`.
#[derive(Debug, Args)]
pub struct Push {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW")]
    pub show: PathBuf,
    /// The unit that it is for, by name or id.
    #[arg(long, value_name = "NAME")]
    pub unit: String,
    /// Say what would change; send nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The server.
    #[command(flatten)]
    pub server: Server,
}

/// `motcua keys`.
#[derive(Debug, Args)]
pub struct Keys {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// The commands of `motcua keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key: NAME.key, which stays with its owner, and NAME.pub, which the server gets.
    New {
        /// Whose key it is, such as "approver".
        #[arg(value_name = "NAME")]
        name: String,
        /// The folder that it is written to.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
    },
    /// Write down who shall sign what once keys are off the server, for `motcua-server keys take-off`.
    ///
    /// Each role takes public keys as [THRESHOLD:]FILE,FILE…; a threshold of 2 wants two persons to sign.
    ///
    /// Example: motcua keys roles --root 2:chair.pub,it.pub --targets it.pub --screens it.pub
    /// --units 2:author.pub,approver.pub --out roles.json
    Roles {
        /// Who signs the root, which names everyone else.
        #[arg(long, value_name = "KEYS")]
        root: String,
        /// Who signs the tree of units and who signs for each.
        #[arg(long, value_name = "KEYS")]
        targets: String,
        /// Who signs which screen belongs to which unit.
        #[arg(long, value_name = "KEYS")]
        screens: String,
        /// Who signs the releases of units.
        #[arg(long, value_name = "KEYS")]
        units: String,
        /// Who signs the releases of one unit instead, as ID=KEYS; may stand several times.
        #[arg(long, value_name = "ID=KEYS")]
        unit: Vec<String>,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// List the keys of a folder.
    List {
        /// The folder.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
    },
}

/// `motcua sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The file that `motcua-server export-unsigned` wrote; the signatures are added to it.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The key to sign with.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Draw the pages of the releases into this folder before asking.
    #[arg(long, value_name = "FOLDER")]
    pub draw: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Sign without having seen the pages of the releases, for example where no server can be reached.
    #[arg(long, conflicts_with = "draw")]
    pub without_pages: bool,
    /// Sign although this key has signed a later version or release already, because that one was given up.
    #[arg(long)]
    pub again: bool,
    /// The server that the files of the releases are fetched from; each is checked against the bundle.
    #[command(flatten)]
    pub server: Server,
}

/// `motcua tuf-client`.
#[derive(Debug, Args)]
pub struct TufClient {
    /// The folder with the trusted metadata.
    #[arg(long, value_name = "FOLDER", global = true)]
    pub metadata_dir: Option<PathBuf>,
    /// Where metadata are fetched from.
    #[arg(long, value_name = "URL", global = true)]
    pub metadata_url: Option<String>,
    /// The target to fetch; may stand several times.
    #[arg(long, value_name = "NAME", global = true)]
    pub target_name: Vec<String>,
    /// Where targets are fetched from.
    #[arg(long, value_name = "URL", global = true)]
    pub target_base_url: Option<String>,
    /// The folder for targets.
    #[arg(long, value_name = "FOLDER", global = true)]
    pub target_dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: TufCommand,
}

/// The commands of `motcua tuf-client`.
#[derive(Debug, Subcommand)]
pub enum TufCommand {
    /// Trust a root.
    Init {
        /// Its metadata.
        #[arg(value_name = "ROOT")]
        root: PathBuf,
    },
    /// Bring the metadata up to date.
    Refresh,
    /// Fetch a target.
    Download,
}

/// `motcua lookup`.
#[derive(Debug, Args)]
pub struct Lookup {
    /// What a visitor types.
    #[arg(value_name = "QUERY", required_unless_present = "stdin")]
    pub query: Vec<String>,
    /// The procedures: JSON, as crawled from the national portal or as a list of codes and names; compressed
    /// by gzip or not.
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// A table of everyday words that goes before the one that comes with the player.
    #[arg(long, value_name = "FILE")]
    pub synonyms: Option<PathBuf>,
    /// Nothing but procedures of this level: of ministries, provinces, communes, or others.
    #[arg(long, value_enum)]
    pub level: Option<OfLevel>,
    /// At most so many.
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub limit: usize,
    /// Print one line of JSON.
    #[arg(long)]
    pub json: bool,
    /// Read questions from standard input, one a line, and print one line of JSON for each.
    #[arg(long, conflicts_with = "query")]
    pub stdin: bool,
}

/// `motcua import`.
#[derive(Debug, Args)]
pub struct Import {
    /// What to import.
    #[command(subcommand)]
    pub command: ImportCommand,
}

/// The commands of `motcua import`.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Write one file for each procedure of a list, and list what could not be read or placed.
    ///
    /// What has no place in a procedure stands in its file as a remark; import-report.txt beside the files tells
    /// all. Exit status 1 says that records were left out.
    ///
    /// Example: motcua import procedures procedures.xlsx --out phu-loi/procedures
    Procedures(ImportProcedures),
}

/// `motcua import procedures`.
#[derive(Debug, Args)]
pub struct ImportProcedures {
    /// The list: JSON, compressed by gzip or not, or a sheet (XLSX, XLS, ODS), with the fields of the national
    /// database.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The folder for the files, such as phu-loi/procedures.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace files that say something else; what is the office's own in them is kept (short_name,
    /// receive_at, effective, repealed, forms, fees that the council set).
    #[arg(long)]
    pub replace: bool,
}

/// A level that carries procedures out: ministries, provinces and cities, communes, others.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[allow(missing_docs, reason = "each would take a line of the help")]
pub enum OfLevel {
    Bo,
    Tinh,
    Xa,
    Khac,
}

/// `motcua call`.
#[derive(Debug, Args)]
pub struct Call {
    /// The ticket's number, such as A015.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// The counter, a number or a name.
    #[arg(value_name = "COUNTER")]
    pub counter: String,
    /// The player's socket; without it `calls_socket` of the settings.
    #[arg(long, value_name = "FILE")]
    pub calls_socket: Option<PathBuf>,
}

/// `motcua tally`.
#[derive(Debug, Args)]
pub struct Tally {
    /// The folder that the screen keeps its state in [default: ~/.local/state/motcua].
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
    /// Print it as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `motcua proof`.
#[derive(Debug, Args)]
pub struct Proof {
    /// What to do.
    #[command(subcommand)]
    pub command: ProofCommand,
}

/// The commands of `motcua proof`.
#[derive(Debug, Subcommand)]
pub enum ProofCommand {
    /// Check a file that holds a record, offline, and name its first break.
    ///
    /// Example: motcua proof verify sanh.jsonl --server-key server.pub
    Verify {
        /// The file, as a screen or its server wrote it.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The server's key, or a file that holds it; without it any one server may have countersigned.
        #[arg(long, value_name = "KEY|FILE")]
        server_key: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what this screen has recorded, a line each.
    List {
        /// The folder that the screen keeps its state in [default: ~/.local/state/motcua].
        #[arg(long, value_name = "FOLDER")]
        state: Option<PathBuf>,
    },
    /// Write what this screen has recorded into one file that can be verified; the player may run.
    Export {
        /// The folder that the screen keeps its state in [default: ~/.local/state/motcua].
        #[arg(long, value_name = "FOLDER")]
        state: Option<PathBuf>,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

impl ProofCommand {
    /// The folder that was named.
    pub const fn state(&self) -> Option<&PathBuf> {
        match self {
            Self::List { state } | Self::Export { state, .. } => state.as_ref(),
            Self::Verify { .. } => None,
        }
    }
}

/// `motcua check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW")]
    pub show: PathBuf,
    /// Look at the schedule from this day on, instead of today.
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
    /// Print the problems as one JSON array.
    #[arg(long)]
    pub json: bool,
}

/// `motcua simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW")]
    pub show: PathBuf,
    /// The civil time to begin at, such as 2026-11-23T06:00; without it the present.
    #[arg(long, value_name = "TIME")]
    pub from: Option<DateTime>,
    /// The civil time to end at; without it a day after the beginning.
    #[arg(long, value_name = "TIME")]
    pub until: Option<DateTime>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Print sums instead of what plays when.
    #[arg(long)]
    pub coverage: bool,
}

/// `motcua measure`.
#[derive(Debug, Args)]
pub struct Measure {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW")]
    pub show: PathBuf,
}

/// `motcua render`.
#[derive(Debug, Args)]
pub struct Render {
    /// The folder with show.toml, or the file itself.
    #[arg(value_name = "SHOW")]
    pub show: PathBuf,
    /// The item, by name or by its number in the file from 1; "card" is the built-in card.
    #[arg(long, value_name = "NAME|INDEX", required_unless_present_any = ["all", "serve", "touch"])]
    pub item: Option<String>,
    /// Draw what a visitor sees instead: presses one after the other, such as "type khai sinh; open 1.001193; section steps"; "home" presses nothing.
    #[arg(long, value_name = "PRESSES", conflicts_with_all = ["item", "all", "serve"])]
    pub touch: Option<String>,
    /// The page, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,
    /// The file to write.
    #[arg(long, value_name = "PNG", required_unless_present_any = ["serve", "targets"])]
    pub out: Option<PathBuf>,
    /// Print as JSON where what can be touched lies on the page, in pixels; draw only what --out names.
    #[arg(long, hide = true, conflicts_with_all = ["all", "serve"])]
    pub targets: bool,
    /// Draw every page of every item into the folder that --out names.
    #[arg(long, conflicts_with_all = ["item", "serve"])]
    pub all: bool,
    /// Stay and answer requests on standard input: one JSON object a line, such as {"item":"birth","page":1,"size":"1920x1080","out":"birth.png"}; one JSON line each comes back.
    #[arg(long, conflicts_with = "item")]
    pub serve: bool,
    /// What the pages look like.
    #[command(flatten)]
    pub look: Look,
}

/// How pages are drawn.
#[derive(Debug, Clone, Args)]
pub struct Look {
    /// The size of the screen in pixels.
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1920x1080", value_parser = size)]
    pub size: (u32, u32),
    /// The civil time that the clock shows.
    #[arg(long, value_name = "TIME")]
    pub at: Option<DateTime>,
    /// The language of the page: vi, km or en.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<Language>,
    /// The theme: light or dark; without it the show's.
    #[arg(long, value_name = "THEME", value_parser = mode)]
    pub theme: Option<Mode>,
    /// The moment of a film that is drawn, such as 4s500ms; without it two fifths of its length.
    #[arg(long, value_name = "TIME")]
    pub moment: Option<Dwell>,
}

/// The largest side of a screen, in pixels: 8K with room to spare.
const LARGEST_SIDE: u32 = 8192;

/// Reads "1920x1080".
///
/// # Errors
/// A sentence for the command line.
pub fn size(written: &str) -> Result<(u32, u32), String> {
    let (width, height) = written
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .ok_or_else(|| format!("{written:?} is not a size; write it as 1920x1080"))?;
    let possible = 320..=LARGEST_SIDE;
    if possible.contains(&width) && possible.contains(&height) {
        Ok((width, height))
    } else {
        Err(format!(
            "a screen of {written} pixels cannot be drawn; each side is 320 to {LARGEST_SIDE}"
        ))
    }
}

/// Reads the address of a server; a slash at its end does not count.
///
/// # Errors
/// A sentence for the command line.
pub fn server(written: &str) -> Result<String, String> {
    let address = written.trim().trim_end_matches('/');
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => {
            Ok(address.to_owned())
        }
        _ => Err(format!(
            "{written:?} is not the address of a server; write it as https://motcua.example:8443"
        )),
    }
}

/// Reads "light" or "dark".
///
/// # Errors
/// A sentence for the command line.
pub fn mode(written: &str) -> Result<Mode, String> {
    match written {
        "light" => Ok(Mode::Light),
        "dark" => Ok(Mode::Dark),
        _ => Err(format!(
            "{written:?} is not a theme; write \"light\" or \"dark\""
        )),
    }
}
