//! The settings of the machine, not of the show: flag over environment over file over default.
//!
//! A wrong setting never stops the player: the default is used, and the fault is named in the log and
//! on the screen.

mod reader;

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum as _;
use motcua_screen::Placement;
use motcua_show::visit::IdleTimes;
use motcua_sync::fetch::FetchSettings;
use motcua_sync::proof::USUAL_LIMIT;

use crate::cli::{Cli, Link, Play, Wanted};
use crate::printing::{NARROW_DOTS, Printer, USUAL_DOTS};
use crate::volume::Volumes;
use reader::Reader;
pub use reader::SettingProblem;

/// The longest time between two looks for a release, in seconds: a day.
const LONGEST_POLL: usize = 24 * 60 * 60;

/// Megabytes of the largest disk that anybody gives to a screen.
const LARGEST_DISK: usize = 16 * 1024 * 1024;

/// Bytes of a megabyte, and of a kilobyte.
const MEGABYTE: u64 = 1024 * 1024;
const KILOBYTE: u64 = 1024;

/// The settings that the player runs with.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where the window goes.
    pub placement: Placement,
    /// What is to compose pictures.
    pub graphics: Wanted,
    /// Loudness of the screen, by the hour.
    pub volumes: Volumes,
    /// How much the log says.
    pub log: String,
    /// How much later than the device says a sound is heard, in milliseconds.
    pub sound_latency_ms: u64,
    /// The address of the server.
    pub server: Option<String>,
    /// The folder that a paired screen keeps its state in.
    pub state: PathBuf,
    /// How long to wait between two looks for a release.
    pub poll: Duration,
    /// How releases are fetched and how much of them is kept.
    pub fetch: FetchSettings,
    /// About how many bytes the record of what was shown may take.
    pub proof_limit: u64,
    /// When a visitor counts as gone.
    pub idle: IdleTimes,
    /// The printer for slips.
    pub printer: Option<Printer>,
    /// Where queue calls are taken.
    pub calls_socket: Option<PathBuf>,
    /// The screens that this one keeps in step with.
    pub sync_group: Option<String>,
    /// Settings that could not be used.
    pub problems: Vec<SettingProblem>,
}

impl Settings {
    /// Puts the settings of a command together. `environment` gives the value of a variable.
    #[must_use]
    pub fn gather(
        cli: &Cli,
        play: Option<&Play>,
        link: Option<&Link>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut reader = Reader::open(cli.config.as_deref());
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
        let graphics = graphics(play, &mut reader, &environment);
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
        let volumes = reader.volumes(volume.unwrap_or(100), &environment);
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
        let server = link
            .and_then(|link| link.server.clone())
            .or_else(|| reader.server(&environment));
        let state = link
            .and_then(|link| link.state.clone())
            .or_else(|| Some(PathBuf::from(reader.word("state", &environment)?.1)))
            .unwrap_or_else(|| usual_state(&environment));
        let poll = reader.number(
            "poll_s",
            "it must be seconds, 5 to 86400",
            5..=LONGEST_POLL,
            &environment,
            "60",
        );
        let fetch = fetch_settings(&mut reader, &environment);
        let proof_limit = reader
            .number(
                "proof_limit_mb",
                "it must be megabytes, 8 to 65536",
                8..=65_536,
                &environment,
                "64",
            )
            .and_then(|megabytes| u64::try_from(megabytes).ok());
        let idle = idle_settings(&mut reader, &environment);
        let printer = printer(&mut reader, &environment);
        let sync_group = play
            .and_then(|play| play.sync_group.clone())
            .or_else(|| Some(reader.word("sync_group", &environment)?.1));
        let calls_socket = play
            .and_then(|play| play.calls_socket.clone())
            .or_else(|| Some(PathBuf::from(reader.word("calls_socket", &environment)?.1)));
        Self {
            placement: windowed.map_or(Placement::Fullscreen(screen), |(w, h)| {
                Placement::Windowed(w, h)
            }),
            graphics,
            volumes,
            log: log.unwrap_or_else(|| "info".to_owned()),
            sound_latency_ms: latency.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0),
            server,
            state,
            poll: Duration::from_secs(poll.and_then(|s| u64::try_from(s).ok()).unwrap_or(60)),
            fetch,
            proof_limit: proof_limit.map_or(USUAL_LIMIT, |megabytes| megabytes * MEGABYTE),
            idle,
            printer,
            calls_socket,
            sync_group,
            problems: reader.problems,
        }
    }
}

/// What is to compose pictures; a flag is checked where the command line is read.
fn graphics(
    play: Option<&Play>,
    reader: &mut Reader,
    environment: &impl Fn(&str) -> Option<String>,
) -> Wanted {
    if let Some(wanted) = play.and_then(|play| play.graphics) {
        return wanted;
    }
    let Some((place, word)) = reader.word("graphics", environment) else {
        return Wanted::Auto;
    };
    Wanted::from_str(&word, false).unwrap_or_else(|_| {
        reader.bad(
            place,
            "graphics",
            format!("{word:?}"),
            "it must be auto, software or opengl",
            "auto",
        );
        Wanted::Auto
    })
}

/// The times after which a visitor counts as gone.
fn idle_settings(reader: &mut Reader, environment: &impl Fn(&str) -> Option<String>) -> IdleTimes {
    let usual = IdleTimes::default();
    let mut seconds = |key, default: Duration| {
        reader
            .number(
                key,
                "it must be seconds, 1 to 3600",
                1..=3600,
                environment,
                &default.as_secs().to_string(),
            )
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map_or(default, Duration::from_secs)
    };
    IdleTimes {
        patience: seconds("idle_s", usual.patience),
        countdown: seconds("countdown_s", usual.countdown),
    }
}

fn fetch_settings(
    reader: &mut Reader,
    environment: &impl Fn(&str) -> Option<String>,
) -> FetchSettings {
    let usual = FetchSettings::default();
    let mut number = |key, wanted, range, default| {
        reader
            .number(key, wanted, range, environment, default)
            .and_then(|number| u64::try_from(number).ok())
    };
    let limit = number(
        "store_limit_mb",
        "it must be megabytes, 64 to 16777216",
        64..=LARGEST_DISK,
        "65536",
    );
    let free = number(
        "leave_free_mb",
        "it must be megabytes, 0 to 16777216",
        0..=LARGEST_DISK,
        "512",
    );
    let rate = number(
        "download_kb_per_s",
        "it must be kilobytes a second, 8 to 16777216",
        8..=LARGEST_DISK,
        "as fast as the line",
    );
    let at_once = number("downloads", "it must be 1 to 16", 1..=16, "3");
    FetchSettings {
        at_once: at_once
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(usual.at_once),
        bytes_per_second: rate.map(|rate| rate * KILOBYTE),
        hours: reader.hours("download_hours", environment),
        size_limit: limit.map_or(usual.size_limit, |limit| limit * MEGABYTE),
        leave_free: free.map_or(usual.leave_free, |free| free * MEGABYTE),
    }
}

fn printer(reader: &mut Reader, environment: &impl Fn(&str) -> Option<String>) -> Option<Printer> {
    let dots = reader.number_among(
        "printer_dots",
        "it must be 576 for paper of 80 mm or 384 for paper of 58 mm",
        &[USUAL_DOTS, NARROW_DOTS].map(|dots| dots as usize),
        environment,
        "576",
    );
    Some(Printer {
        at: reader.printer(environment)?,
        dots: dots.map_or(USUAL_DOTS, |dots| {
            if dots == NARROW_DOTS as usize {
                NARROW_DOTS
            } else {
                USUAL_DOTS
            }
        }),
    })
}

/// Where a screen keeps its state when nothing says otherwise: where systemd says, else below the home of
/// its user, else where a service would.
fn usual_state(environment: &impl Fn(&str) -> Option<String>) -> PathBuf {
    let named = |name: &str| environment(name).filter(|value| value.starts_with('/'));
    if let Some(folder) = named("STATE_DIRECTORY") {
        return PathBuf::from(folder);
    }
    let below_home = named("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(named("HOME")?).join(".local/state")));
    below_home.map_or_else(
        || PathBuf::from("/var/lib/motcua"),
        |folder| folder.join("motcua"),
    )
}

const VOLUME_RANGE: &str = "it must be 0 to 100";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli;
    use crate::printing::At;

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
        Settings::gather(&cli, Some(play), Some(&play.link), |name| {
            environment
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
        let file = "volume = 30\nwindowed = \"800x600\"\n";
        assert_eq!(gather(&[], file, &[]).volumes.usual(), 30);
        assert_eq!(
            gather(&[], file, &[("MOTCUA_VOLUME", "40")])
                .volumes
                .usual(),
            40
        );
        assert_eq!(
            gather(&["--volume", "50"], file, &[("MOTCUA_VOLUME", "40")])
                .volumes
                .usual(),
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
        assert_eq!(settings.volumes.usual(), 100);
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
    fn a_volume_may_go_by_the_hour() {
        let file = "volume = 30\nvolume_hours = \"11:30-13:30 5, 17:00-06:30 0\"\n";
        let settings = gather(&[], file, &[]);
        assert_eq!(settings.problems, []);
        let at = |time: &str| settings.volumes.at(time.parse().unwrap());
        assert_eq!([at("12:00"), at("15:00"), at("23:00")], [5, 30, 0]);
        let wrong = gather(
            &[],
            "volume = 30\nvolume_hours = \"17:00-06:30 loud\"\n",
            &[],
        );
        let said: Vec<String> = wrong.problems.iter().map(ToString::to_string).collect();
        assert!(
            said[0].ends_with(
                "motcua.toml:2: `volume_hours` is \"17:00-06:30 loud\", but \"loud\" must be a volume, 0 to 100; \
                 30 at every hour is used"
            ),
            "{said:?}"
        );
        assert_eq!(wrong.volumes, Volumes::always(30));
    }

    #[test]
    fn what_the_server_is_and_how_much_may_be_kept_is_set() {
        let file = "server = \"https://motcua.example:8443/\"\nstate = \"/srv/screen\"\nstore_limit_mb = 100\n\
                    download_hours = \"22:00-05:00\"\ndownload_kb_per_s = 64\npoll_s = 30\n";
        let settings = gather(&[], file, &[]);
        assert_eq!(settings.problems, []);
        assert_eq!(
            settings.server.as_deref(),
            Some("https://motcua.example:8443")
        );
        assert_eq!(settings.state, PathBuf::from("/srv/screen"));
        assert_eq!(settings.poll, Duration::from_secs(30));
        assert_eq!(settings.fetch.size_limit, 100 * MEGABYTE);
        assert_eq!(settings.fetch.bytes_per_second, Some(64 * KILOBYTE));
        assert!(settings.fetch.hours.is_some());

        let wrong = gather(
            &[],
            "server = \"motcua.example\"\ndownload_hours = \"at night\"\n",
            &[],
        );
        let said: Vec<String> = wrong.problems.iter().map(ToString::to_string).collect();
        assert!(
            said.iter()
                .any(|s| s.contains("motcua.toml:1: `server` is")),
            "{said:?}"
        );
        assert!(
            said.iter()
                .any(|s| s.contains("motcua.toml:2: `download_hours` is")),
            "{said:?}"
        );
    }

    #[test]
    fn what_composes_pictures_is_a_word() {
        let graphics = |arguments: &[&str], file: &str| gather(arguments, file, &[]).graphics;
        assert_eq!(graphics(&[], ""), Wanted::Auto);
        assert_eq!(graphics(&[], "graphics = \"opengl\""), Wanted::Opengl);
        let flag = ["--graphics", "software"];
        assert_eq!(graphics(&flag, "graphics = \"opengl\""), Wanted::Software);
        let wrong = gather(&[], "graphics = \"vulkan\"", &[]);
        assert_eq!(wrong.graphics, Wanted::Auto);
        assert!(wrong.problems[0].to_string().ends_with(
            "motcua.toml:1: `graphics` is \"vulkan\", but it must be auto, software or opengl; auto is used"
        ));
    }

    #[test]
    fn a_printer_is_a_device_or_an_address() {
        let printer = |file: &str| gather(&[], file, &[]).printer;
        assert_eq!(printer(""), None);
        assert_eq!(
            printer("printer = \"/dev/usb/lp0\""),
            Some(Printer {
                at: At::Device("/dev/usb/lp0".into()),
                dots: 576
            })
        );
        assert_eq!(
            printer("printer = \"tcp://192.168.1.50:9100\"\nprinter_dots = 384"),
            Some(Printer {
                at: At::Tcp("192.168.1.50:9100".into()),
                dots: 384
            })
        );
        for wrong in [
            "lp0",
            "tcp://192.168.1.50",
            "tcp://:9100",
            "tcp://a b:1",
            "tcp://a:0",
            "/",
            "http://a:1",
        ] {
            let settings = gather(
                &[],
                &format!("printer = {wrong:?}\nprinter_dots = 400"),
                &[],
            );
            assert_eq!(settings.printer, None, "{wrong}");
            let said: Vec<String> = settings.problems.iter().map(ToString::to_string).collect();
            assert!(
                said.iter()
                    .any(|s| s.contains("motcua.toml:1: `printer` is")
                        && s.ends_with("none is used")),
                "{said:?}"
            );
            assert!(
                said.iter()
                    .any(|s| s.contains("motcua.toml:2: `printer_dots` is 400")),
                "{said:?}"
            );
        }
    }

    #[test]
    fn the_state_lies_where_the_system_says() {
        let at = |environment: &[(&str, &str)]| gather(&[], "", environment).state;
        let home = ("HOME", "/home/kiosk");
        assert_eq!(
            at(&[home]),
            PathBuf::from("/home/kiosk/.local/state/motcua")
        );
        assert_eq!(
            at(&[("STATE_DIRECTORY", "/var/lib/motcua"), home]),
            PathBuf::from("/var/lib/motcua")
        );
        assert_eq!(at(&[]), PathBuf::from("/var/lib/motcua"));
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_with_its_line() {
        let settings = gather(&[], "volume = 30\nlog = = 3\n", &[]);
        assert!(
            settings.problems[0]
                .to_string()
                .contains("motcua.toml:2: the settings cannot be read")
        );
        assert_eq!(settings.volumes.usual(), 100);
    }
}
