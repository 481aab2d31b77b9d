//! `motcua push`: checks a show, sends what the server lacks of it and makes it a unit's release.

mod parcel;

use std::io::{IsTerminal as _, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use motcua_show::Severity;
use motcua_show::release::FileRef;
use motcua_sync::access::{Access, segment};
use motcua_sync::api::{Missing, Publish, Published, PublishedState, UnitRelease, Wanted};

use crate::check;
use crate::cli::Push;
use crate::measure;
use crate::print_out;
use parcel::{Change, Packed, Parcel};

/// Checks and sends a show.
///
/// # Errors
/// When the server cannot be reached or says no.
pub fn push(arguments: &Push) -> anyhow::Result<ExitCode> {
    let server = Access::new(&arguments.server.named())?;
    let Some(parcel) = checked(arguments)? else {
        return Ok(ExitCode::from(1));
    };
    let unit = segment(&arguments.unit);
    let before: Option<UnitRelease> = match server.get(&format!("/api/v1/units/{unit}/release")) {
        Ok(release) => Some(release),
        Err(error) if error.is_missing() => None,
        Err(error) => return Err(error.into()),
    };
    let changes = parcel.changes_since(before.as_ref().map(|release| &release.files));
    if arguments.dry_run {
        print_changes(&changes, before.as_ref(), &arguments.unit)?;
        return Ok(ExitCode::SUCCESS);
    }
    if changes.is_empty()
        && let Some(release) = before
    {
        print_out(&format!(
            "release {} of {} is this show already; nothing was sent",
            release.number, arguments.unit
        ))?;
        return Ok(ExitCode::SUCCESS);
    }
    let sent = send(&server, &parcel)?;
    let publish = Publish {
        title: parcel.title.clone(),
        files: parcel.file_refs(),
    };
    let published: Published = server.post(&format!("/api/v1/units/{unit}/releases"), &publish)?;
    print_out(&told(&published, &arguments.unit, sent))?;
    Ok(ExitCode::SUCCESS)
}

/// The show, if nothing is wrong with it; else its errors are told.
fn checked(arguments: &Push) -> anyhow::Result<Option<Parcel>> {
    let bar = progress_bar("looking at media", 0, "{msg} {pos} of {len}");
    let problems = check::problems(&arguments.show, None, &mut |done, whole| {
        bar.set_length(whole as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    for problem in &problems {
        eprintln!("{problem}");
    }
    let is_error = |severity: Severity| severity == Severity::Error;
    let errors = problems
        .iter()
        .filter(|problem| is_error(problem.severity))
        .count();
    if errors > 0 {
        eprintln!("nothing was sent: the show has errors; correct them first");
        return Ok(None);
    }
    if !arguments.dry_run {
        measure_clips(&arguments.show);
    }
    let packed = parcel::pack(&arguments.show, &mut |length| {
        let bar = progress_bar("reading", length, "{msg} {bytes} of {total_bytes}");
        move |read| bar.inc(read)
    })?;
    match packed {
        Packed::Parcel(parcel) => Ok(Some(parcel)),
        Packed::Problems(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            Ok(None)
        }
    }
}

/// Measures how loud the clips are; without that they are played as loud as they are.
fn measure_clips(show: &Path) {
    let bar = progress_bar("measuring the loudness", 0, "{msg} {pos} of {len}");
    let outcome = measure::measure(show, &mut |done, whole| {
        bar.set_length(whole as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    if let Err(error) = outcome {
        eprintln!(
            "warning: {error:#}; clips that were not measured are played as loud as they are"
        );
    }
}

/// The hash and the length of a file.
///
/// # Errors
/// When it cannot be read.
pub fn hash_of(path: &Path) -> std::io::Result<FileRef> {
    parcel::hashed(path, &mut |_| ())
}

/// Sends the blobs that the server lacks; says how many and how large.
fn send(server: &Access, parcel: &Parcel) -> anyhow::Result<(usize, u64)> {
    let wanted = Wanted {
        blobs: parcel.blobs().map(|(file, _)| file.clone()).collect(),
    };
    let answer: Missing = server.post("/api/v1/blobs/missing", &wanted)?;
    let missing: Vec<_> = parcel
        .blobs()
        .filter(|(file, _)| answer.missing.contains(&file.sha256))
        .collect();
    let whole = missing.iter().map(|(file, _)| file.length).sum();
    let bar = progress_bar(
        "sending",
        whole,
        "{msg} [{bar:40}] {bytes} of {total_bytes}, {bytes_per_sec}",
    );
    for (file, path) in &missing {
        let opened = std::fs::File::open(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let mut reader = Counted {
            inner: opened.take(file.length),
            bar: &bar,
        };
        server
            .put(
                &format!("/api/v1/blobs/{}", file.sha256),
                file.length,
                &mut reader,
            )
            .with_context(|| {
                format!(
                    "{} was not sent; push again, what was sent is kept",
                    path.display()
                )
            })?;
    }
    bar.finish_and_clear();
    Ok((missing.len(), whole))
}

struct Counted<'a, R> {
    inner: R,
    bar: &'a ProgressBar,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

/// A bar on the terminal; none where nobody looks.
pub fn progress_bar(message: &'static str, length: u64, template: &str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target).with_message(message);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn told(published: &Published, unit: &str, (files, bytes): (usize, u64)) -> String {
    let sent = format!(
        "{files} {} sent ({})",
        if files == 1 { "file" } else { "files" },
        indicatif::BinaryBytes(bytes)
    );
    let number = published.number;
    match published.state {
        PublishedState::Current => {
            let screens = match published.screens {
                0 => "no screen takes it yet".to_owned(),
                1 => "1 screen takes it".to_owned(),
                screens => format!("{screens} screens take it"),
            };
            format!("release {number} of {unit} is current; {sent}; {screens}")
        }
        PublishedState::Unsigned => format!(
            "release {number} of {unit} waits for its signatures; {sent}; export it with `motcua-server \
             export-unsigned`, sign it with `motcua sign`"
        ),
    }
}

fn print_changes(
    changes: &[Change],
    before: Option<&UnitRelease>,
    unit: &str,
) -> std::io::Result<()> {
    for change in changes {
        print_out(&change.to_string())?;
    }
    let against = before.map_or_else(
        || format!("{unit} has no release of its own"),
        |release| format!("against release {} of {unit}", release.number),
    );
    print_out(&match changes.len() {
        0 => format!("nothing would change {against}"),
        1 => format!("1 file would change; {against}; nothing was sent"),
        count => format!("{count} files would change; {against}; nothing was sent"),
    })
}
