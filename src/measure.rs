//! `motcua measure`: finds out how loud the clips of a show are and keeps that beside the show.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use motcua_media::Kind;
use motcua_show::release::ReleasePath;

use crate::cli::Measure;
use crate::files::Files;
use crate::loading::{self, Loaded};
use crate::loudness::{FILE, Measured, Measurements};
use crate::print_out;
use crate::push::hash_of;

/// What measuring came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Clips that were measured.
    pub measured: usize,
    /// Clips of the show.
    pub clips: usize,
}

/// Measures the clips of a show.
///
/// # Errors
/// When the show cannot be read, or what was found cannot be written.
pub fn run(arguments: &Measure) -> anyhow::Result<ExitCode> {
    let bar = crate::push::progress_bar("measuring", 0, "{msg} {pos} of {len}");
    let outcome = measure(&arguments.show, &mut |done, whole| {
        bar.set_length(whole as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let Outcome { measured, clips } = outcome;
    print_out(&format!(
        "{clips} {}, {measured} measured",
        if clips == 1 { "clip" } else { "clips" }
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Measures the clips of the show at `path` that were not measured yet, and writes `loudness.toml` where that
/// changes. `progress` is told how many are done, and of how many.
///
/// # Errors
/// When the show cannot be read, or what was found cannot be written. A clip that cannot be measured is left
/// out: what is wrong with it is said by `check`.
pub fn measure(path: &Path, progress: &mut dyn FnMut(usize, usize)) -> anyhow::Result<Outcome> {
    let loaded = loading::read(path);
    let Files::Folder(folder) = &loaded.files else {
        anyhow::bail!("the clips of a release cannot be measured; measure the show's folder");
    };
    let clips = clips_of(&loaded)
        .with_context(|| format!("{} cannot be read; run `motcua check`", path.display()))?;
    let before = Measurements::read(&loaded.files);
    let mut after = Measurements::default();
    let mut measured = 0;
    for (index, (place, (file, kind))) in clips.iter().enumerate() {
        progress(index, clips.len());
        let Ok(found) = hash_of(file) else {
            continue;
        };
        let known = before.clips.get(place.as_str());
        if let Some(known) = known.filter(|known| known.sha256 == found.sha256) {
            after.clips.insert(place.as_str().to_owned(), known.clone());
            continue;
        }
        let loudness = match motcua_media::loudness(file, *kind) {
            Ok(loudness) => loudness,
            Err(error) => {
                tracing::warn!("{}: its loudness is not known: {error}", file.display());
                continue;
            }
        };
        measured += 1;
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        after.clips.insert(
            place.as_str().to_owned(),
            Measured {
                sha256: found.sha256,
                length: found.length,
                integrated_lufs: loudness.map(|loudness| rounded(loudness.integrated_lufs)),
                true_peak_db: loudness.map(|loudness| rounded(loudness.true_peak_db)),
            },
        );
    }
    progress(clips.len(), clips.len());
    if after != before {
        write(&folder.join(FILE), &after)?;
    }
    Ok(Outcome {
        measured,
        clips: clips.len(),
    })
}

/// The clips of a show by their place in a release; none where there is no show.
fn clips_of(loaded: &Loaded) -> Option<BTreeMap<ReleasePath, (PathBuf, Kind)>> {
    let show = loaded.show.as_ref()?;
    let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
    let clips = items.filter_map(|item| {
        let source = &item.content.media()?.source;
        let kind = loading::media_kind(&item.content)
            .filter(|kind| matches!(kind, Kind::Video | Kind::Sound))?;
        let place = ReleasePath::of_source(source.to_str()?).ok()?;
        let file = loaded.files.path(source).ok()?;
        file.is_file().then_some((place, (file, kind)))
    });
    Some(clips.collect())
}

fn write(path: &Path, measurements: &Measurements) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let text = format!(
        "# How loud the clips are (EBU R128). Written by `motcua measure`; it is published with the show.\n\n{}",
        toml::to_string(measurements)?
    );
    let mut file = tempfile::Builder::new()
        .prefix(".loudness-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a square wave of 1 kHz at half of full scale.
    fn wave() -> Vec<u8> {
        let samples: Vec<u8> = (0..48_000_i32)
            .flat_map(|index| {
                (if index / 24 % 2 == 0 {
                    16_384_i16
                } else {
                    -16_384
                })
                .to_le_bytes()
            })
            .collect();
        let length = u32::try_from(samples.len()).unwrap();
        let mut wave = b"RIFF".to_vec();
        wave.extend((length + 36).to_le_bytes());
        wave.extend(b"WAVEfmt ");
        for part in [16_u32, 0x0001_0001, 48_000, 96_000, 0x0010_0002] {
            wave.extend(part.to_le_bytes());
        }
        wave.extend(b"data");
        wave.extend(length.to_le_bytes());
        wave.extend(samples);
        wave
    }

    #[test]
    fn a_clip_is_measured_once() {
        let folder = tempfile::tempdir().unwrap();
        let show = "title = \"x\"\n[[playlist]]\nname = \"a\"\n\
                    [[playlist.item]]\nkind = \"audio\"\nsource = \"a.wav\"\n\
                    [[playlist.item]]\nkind = \"audio\"\nsource = \"gone.wav\"\n";
        std::fs::write(folder.path().join("show.toml"), show).unwrap();
        std::fs::write(folder.path().join("a.wav"), wave()).unwrap();
        let run = || measure(folder.path(), &mut |_, _| ()).unwrap();
        let outcome = |measured| Outcome { measured, clips: 1 };
        assert_eq!(run(), outcome(1));
        let files = Files::Folder(folder.path().to_owned());
        let found = Measurements::read(&files);
        let clip = found.of(&files, Path::new("a.wav")).unwrap();
        let peak = clip.loudness().unwrap().true_peak_db;
        assert!((-6.5..-3.0).contains(&peak), "{peak}");
        assert_eq!(run(), outcome(0), "it is known");
        // Another file of the same length.
        let mut other = wave();
        other.truncate(48_000);
        other.resize(wave().len(), 0);
        std::fs::write(folder.path().join("a.wav"), other).unwrap();
        assert_eq!(run(), outcome(1));
        assert_ne!(Measurements::read(&files), found);
    }
}
