//! The settings of the machine, not of the show: flag over environment over file over default.
//!
//! A wrong setting never stops the player: the default is used, and the fault is named in the log and
//! on the screen.

use std::path::{Path, PathBuf};

use motcua_screen::Placement;

use crate::cli::{self, Cli, Play};

/// Where settings are looked for when none are named.
const PLACES: [&str; 2] = ["motcua.toml", "/etc/motcua/motcua.toml"];

/// The settings that the player runs with.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where the window goes.
    pub placement: Placement,
    /// Loudness of the screen in percent.
    pub volume: u8,
    /// How much the log says.
    pub log: String,
    /// How much later than handed out a sound is heard, in milliseconds.
    pub sound_latency_ms: u64,
    /// Settings that could not be used.
    pub problems: Vec<SettingProblem>,
}

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
        wanted: &'static str,
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

const KEYS: [&str; 5] = ["screen", "windowed", "volume", "log", "sound_latency_ms"];

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
struct Reader {
    file: Option<(PathBuf, String, toml::Table)>,
    problems: Vec<SettingProblem>,
}

impl Settings {
    /// Puts the settings of `play` together. `environment` gives the value of a variable.
    #[must_use]
    pub fn gather(
        cli: &Cli,
        play: Option<&Play>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut reader = Reader {
            file: None,
            problems: Vec::new(),
        };
        reader.open(cli.config.as_deref());
        let screen = play.and_then(|play| play.screen).or_else(|| {
            reader.number(
                "screen",
                "it must be a monitor's number, 0 to 15",
                0..=15,
                &environment,
                "the first",
            )
        });
        let windowed = play
            .and_then(|play| play.windowed)
            .or_else(|| reader.size("windowed", &environment));
        let latency = reader.number(
            "sound_latency_ms",
            "it must be 0 to 2000",
            0..=2000,
            &environment,
            "0",
        );
        let volume = match play.and_then(|play| play.volume) {
            Some(volume) if volume <= 100 => Some(volume),
            Some(volume) => {
                reader.bad(
                    "--volume".into(),
                    "volume",
                    volume.to_string(),
                    VOLUME_RANGE,
                    "100",
                );
                None
            }
            None => reader
                .number("volume", VOLUME_RANGE, 0..=100, &environment, "100")
                .and_then(|volume| u8::try_from(volume).ok()),
        };
        let log = cli
            .log
            .clone()
            .map(|level| ("--log".to_owned(), level))
            .or_else(|| reader.word("log", &environment));
        let log = log.and_then(|(place, level)| {
            let known = ["error", "warn", "info", "debug", "trace"].contains(&level.as_str());
            if !known {
                reader.bad(
                    place,
                    "log",
                    format!("{level:?}"),
                    "it must be error, warn, info, debug or trace",
                    "info",
                );
            }
            known.then_some(level)
        });
        Self {
            placement: windowed.map_or(Placement::Fullscreen(screen), |(w, h)| {
                Placement::Windowed(w, h)
            }),
            volume: volume.unwrap_or(100),
            log: log.unwrap_or_else(|| "info".to_owned()),
            sound_latency_ms: latency.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0),
            problems: reader.problems,
        }
    }
}

const VOLUME_RANGE: &str = "it must be 0 to 100";

impl Reader {
    fn open(&mut self, named: Option<&Path>) {
        let Some(path) = named
            .map(Path::to_owned)
            .or_else(|| PLACES.iter().map(PathBuf::from).find(|p| p.is_file()))
        else {
            return;
        };
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

    fn bad(
        &mut self,
        place: String,
        key: &'static str,
        value: String,
        wanted: &'static str,
        default: &str,
    ) {
        self.problems.push(SettingProblem::BadValue {
            place,
            key,
            value,
            wanted,
            default: default.to_owned(),
        });
    }

    fn number(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        range: std::ops::RangeInclusive<usize>,
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
        if let Some(number) = number.filter(|number| range.contains(number)) {
            return Some(number);
        }
        self.bad(place, key, value, wanted, default);
        None
    }

    fn word(
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

    fn size(
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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn gather(arguments: &[&str], file: &str, environment: &[(&str, &str)]) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("motcua.toml");
        std::fs::write(&path, file).unwrap();
        let mut all = vec!["motcua", "--config", path.to_str().unwrap(), "play", "show"];
        all.extend(arguments);
        let cli = Cli::parse_from(all);
        let cli::Command::Play(play) = &cli.command else {
            unreachable!()
        };
        Settings::gather(&cli, Some(play), |name| {
            environment
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
        let file = "volume = 30\nwindowed = \"800x600\"\n";
        assert_eq!(gather(&[], file, &[]).volume, 30);
        assert_eq!(gather(&[], file, &[("MOTCUA_VOLUME", "40")]).volume, 40);
        assert_eq!(
            gather(&["--volume", "50"], file, &[("MOTCUA_VOLUME", "40")]).volume,
            50
        );
        assert_eq!(
            gather(&[], file, &[]).placement,
            Placement::Windowed(800, 600)
        );
        assert_eq!(gather(&[], "", &[]).placement, Placement::Fullscreen(None));
    }

    #[test]
    fn a_wrong_setting_is_named_and_its_default_used() {
        let settings = gather(
            &[],
            "log = \"info\"\nvolume = 300\nvolum = 3\n",
            &[("MOTCUA_SCREEN", "left")],
        );
        assert_eq!(settings.volume, 100);
        let said: Vec<String> = settings.problems.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|s| s.ends_with(
            "motcua.toml:3: `volum` is not a setting (did you mean `volume`?); leave it out"
        )));
        assert!(said.iter().any(|s| {
            s.contains("motcua.toml:2: `volume` is 300, but it must be 0 to 100; 100 is used")
        }));
        assert!(
            said.iter()
                .any(|s| s.starts_with("MOTCUA_SCREEN: `screen` is left"))
        );
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_with_its_line() {
        let settings = gather(&[], "volume = 30\nlog = = 3\n", &[]);
        assert!(
            settings.problems[0]
                .to_string()
                .contains("motcua.toml:2: the settings cannot be read")
        );
        assert_eq!(settings.volume, 100);
    }
}
