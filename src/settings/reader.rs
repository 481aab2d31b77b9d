//! Reads one setting after the other and notes what is wrong with them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::civil::Time;
use motcua_sync::fetch::Hours;

use crate::cli;
use crate::printing::At;
use crate::volume::Volumes;

/// Where settings are looked for when none are named.
const PLACES: [&str; 2] = ["motcua.toml", "/etc/motcua/motcua.toml"];

/// A setting that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingProblem {
    /// The file that was named is not there.
    #[error("the settings file {0} cannot be read: {1}; the defaults are used")]
    Unreadable(PathBuf, String),
    /// The file is not TOML.
    #[error("{file}:{line}: the settings cannot be read: {fault}; the defaults are used")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        fault: String,
    },
    /// A key that there is not.
    #[error("{place}: `{key}` is not a setting{}; leave it out", suggestion(key))]
    UnknownKey {
        /// File and line.
        place: String,
        /// The key.
        key: String,
    },
    /// A value that cannot be used.
    #[error("{place}: `{key}` is {value}, but {wanted}; {default} is used")]
    BadValue {
        /// File and line, environment variable or flag.
        place: String,
        /// The key.
        key: &'static str,
        /// What was written.
        value: String,
        /// What may be written.
        wanted: Cow<'static, str>,
        /// What is used instead.
        default: String,
    },
}

impl SettingProblem {
    /// The name of the setting or file, for the plate on the screen.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Unreadable(file, _) | Self::Syntax { file, .. } => file.display().to_string(),
            Self::UnknownKey { key, .. } => key.clone(),
            Self::BadValue { key, .. } => (*key).to_owned(),
        }
    }
}

const KEYS: [&str; 20] = [
    "graphics",
    "screen",
    "windowed",
    "volume",
    "volume_hours",
    "log",
    "sound_latency_ms",
    "server",
    "state",
    "poll_s",
    "store_limit_mb",
    "proof_limit_mb",
    "leave_free_mb",
    "download_kb_per_s",
    "idle_s",
    "countdown_s",
    "download_hours",
    "downloads",
    "printer",
    "printer_dots",
];

fn suggestion(key: &str) -> String {
    let near = KEYS
        .into_iter()
        .filter(|known| strsim::osa_distance(known, key) <= 2)
        .min();
    near.map_or_else(
        || format!(" (there are {})", KEYS.join(", ")),
        |near| format!(" (did you mean `{near}`?)"),
    )
}

/// Where a value comes from, the strongest first.
enum Source {
    Environment(String),
    File { place: String, value: toml::Value },
}

/// One setting after the other, with what was wrong.
pub struct Reader {
    file: Option<(PathBuf, String, toml::Table)>,
    /// What was wrong so far.
    pub problems: Vec<SettingProblem>,
}

impl Reader {
    /// Opens the file that is `named`, or the one that lies in a usual place.
    pub fn open(named: Option<&Path>) -> Self {
        let mut reader = Self {
            file: None,
            problems: Vec::new(),
        };
        let usual = || PLACES.iter().map(PathBuf::from).find(|p| p.is_file());
        if let Some(path) = named.map(Path::to_owned).or_else(usual) {
            reader.read(path);
        }
        reader
    }

    fn read(&mut self, path: PathBuf) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                self.problems
                    .push(SettingProblem::Unreadable(path, error.to_string()));
                return;
            }
        };
        match text.parse::<toml::Table>() {
            Ok(table) => {
                for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
                    let place = format!("{}:{}", path.display(), line_of(&text, key));
                    self.problems.push(SettingProblem::UnknownKey {
                        place,
                        key: key.clone(),
                    });
                }
                self.file = Some((path, text, table));
            }
            Err(error) => {
                let line = error.span().map_or(1, |span| {
                    text[..span.start.min(text.len())].matches('\n').count() + 1
                });
                let fault = error.message().to_owned();
                self.problems.push(SettingProblem::Syntax {
                    file: path,
                    line,
                    fault,
                });
            }
        }
    }

    fn source(
        &self,
        key: &'static str,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Option<Source> {
        if let Some(value) = environment(&variable(key)) {
            return Some(Source::Environment(value));
        }
        let (path, text, table) = self.file.as_ref()?;
        let place = format!("{}:{}", path.display(), line_of(text, key));
        table.get(key).map(|value| Source::File {
            place,
            value: value.clone(),
        })
    }

    pub fn bad(
        &mut self,
        place: String,
        key: &'static str,
        value: String,
        wanted: impl Into<Cow<'static, str>>,
        default: &str,
    ) {
        self.problems.push(SettingProblem::BadValue {
            place,
            key,
            value,
            wanted: wanted.into(),
            default: default.to_owned(),
        });
    }

    pub fn number(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        range: std::ops::RangeInclusive<usize>,
        environment: &impl Fn(&str) -> Option<String>,
        default: &str,
    ) -> Option<usize> {
        self.number_that(
            key,
            wanted,
            |number| range.contains(&number),
            environment,
            default,
        )
    }

    pub fn number_among(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        known: &[usize],
        environment: &impl Fn(&str) -> Option<String>,
        default: &str,
    ) -> Option<usize> {
        self.number_that(
            key,
            wanted,
            |number| known.contains(&number),
            environment,
            default,
        )
    }

    fn number_that(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        is_usable: impl Fn(usize) -> bool,
        environment: &impl Fn(&str) -> Option<String>,
        default: &str,
    ) -> Option<usize> {
        let (place, value, number) = match self.source(key, environment)? {
            Source::Environment(value) => (variable(key), value.clone(), value.trim().parse().ok()),
            Source::File { place, value } => {
                let number = value
                    .as_integer()
                    .and_then(|number| usize::try_from(number).ok());
                (place, value.to_string(), number)
            }
        };
        if let Some(number) = number.filter(|&number| is_usable(number)) {
            return Some(number);
        }
        self.bad(place, key, value, wanted, default);
        None
    }

    pub fn word(
        &mut self,
        key: &'static str,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Option<(String, String)> {
        match self.source(key, environment)? {
            Source::Environment(value) => Some((variable(key), value)),
            Source::File { place, value } => {
                let word = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                Some((place, word))
            }
        }
    }

    pub fn size(
        &mut self,
        key: &'static str,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Option<(u32, u32)> {
        let (place, word) = self.word(key, environment)?;
        let size = cli::size(&word).ok();
        if size.is_none() {
            self.bad(
                place,
                key,
                format!("{word:?}"),
                "it must be a size such as \"1280x720\"",
                "fullscreen",
            );
        }
        size
    }

    pub fn server(&mut self, environment: &impl Fn(&str) -> Option<String>) -> Option<String> {
        let (place, word) = self.word("server", environment)?;
        let server = cli::server(&word).ok();
        if server.is_none() {
            self.bad(
                place,
                "server",
                format!("{word:?}"),
                "it must be an address such as \"https://motcua.example:8443\"",
                "none",
            );
        }
        server
    }

    pub fn printer(&mut self, environment: &impl Fn(&str) -> Option<String>) -> Option<At> {
        let (place, word) = self.word("printer", environment)?;
        let printer = At::read(&word);
        if printer.is_none() {
            self.bad(
                place,
                "printer",
                format!("{word:?}"),
                "it must be a device such as \"/dev/usb/lp0\" or an address such as \"tcp://192.168.1.50:9100\"",
                "none",
            );
        }
        printer
    }

    /// The volume of each hour, where the screen's is `usual` otherwise.
    pub fn volumes(&mut self, usual: u8, environment: &impl Fn(&str) -> Option<String>) -> Volumes {
        let Some((place, word)) = self.word("volume_hours", environment) else {
            return Volumes::always(usual);
        };
        Volumes::read(usual, &word).unwrap_or_else(|fault| {
            let default = format!("{usual} at every hour");
            self.bad(place, "volume_hours", format!("{word:?}"), fault, &default);
            Volumes::always(usual)
        })
    }

    pub fn hours(
        &mut self,
        key: &'static str,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Option<Hours> {
        let (place, word) = self.word(key, environment)?;
        let read = |time: &str| time.trim().parse::<Time>().ok();
        let hours = word
            .split_once(['-', '–'])
            .and_then(|(from, until)| Some((read(from)?, read(until)?)));
        if hours.is_none() {
            self.bad(
                place,
                key,
                format!("{word:?}"),
                "it must be hours such as \"22:00-05:00\"",
                "every hour",
            );
        }
        hours.map(|(from, until)| Hours { from, until })
    }
}

/// The environment variable of a setting: `MOTCUA_VOLUME`.
fn variable(key: &str) -> String {
    format!("MOTCUA_{}", key.to_uppercase())
}

/// The line on which a key stands, from 1.
fn line_of(text: &str, key: &str) -> usize {
    let is_key = |line: &str| {
        line.split('=')
            .next()
            .is_some_and(|name| name.trim().trim_matches('"') == key)
    };
    text.lines().position(is_key).map_or(1, |index| index + 1)
}
