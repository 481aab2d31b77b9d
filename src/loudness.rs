//! How loud the clips of a show are, and what each is played at so that they are equally loud.
//!
//! Owns `loudness.toml` beside `show.toml`: what `motcua measure` found. A wrong or missing file costs
//! nothing but the evenness: what was not measured is played as it is.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use motcua_media::Loudness;
use motcua_show::Show;
use motcua_show::release::{ReleasePath, Sha256Hex};
use serde::{Deserialize, Serialize};

use crate::files::Files;

/// The file, beside `show.toml` and in the release.
pub const FILE: &str = "loudness.toml";

/// What every clip is brought to: the loudness of European broadcasting (EBU R128), to which most of what
/// offices are sent is mixed.
const TARGET_LUFS: f64 = -23.0;
/// The highest peak that a clip may be brought to (EBU R128): more distorts behind lossy codecs.
const HIGHEST_PEAK_DB: f64 = -1.0;
/// What is quieter than this allows is mostly noise, which nobody wants to hear.
const MOST_GAIN_DB: f64 = 12.0;
/// A clip this far from the others is heard to be.
const FAR_LU: f64 = 3.0;

/// What `loudness.toml` holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// The clips, by the place that they have in a release.
    #[serde(default, rename = "clip")]
    pub clips: BTreeMap<String, Measured>,
}

/// One clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The file that was measured.
    pub sha256: Sha256Hex,
    /// Its length in bytes.
    pub length: u64,
    /// Integrated loudness; none where nothing is to be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrated_lufs: Option<f64>,
    /// The highest peak, in dB below full scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_peak_db: Option<f64>,
}

impl Measured {
    /// Its loudness; none where nothing is to be heard.
    #[must_use]
    pub fn loudness(&self) -> Option<Loudness> {
        let is_sane = |value: &f64| value.is_finite() && value.abs() < 200.0;
        Some(Loudness {
            integrated_lufs: self.integrated_lufs.filter(is_sane)?,
            true_peak_db: self.true_peak_db.filter(is_sane)?,
        })
    }
}

/// The decibels by which a clip is played louder, or quieter.
#[must_use]
pub fn gain_db(loudness: Loudness) -> f64 {
    (TARGET_LUFS - loudness.integrated_lufs)
        .min(HIGHEST_PEAK_DB - loudness.true_peak_db)
        .min(MOST_GAIN_DB)
}

/// How far a clip stays from the others for all that, in loudness units; none where nobody hears it.
#[must_use]
pub fn stays_apart(loudness: Loudness) -> Option<f64> {
    let apart = loudness.integrated_lufs + gain_db(loudness) - TARGET_LUFS;
    (apart.abs() > FAR_LU).then_some(apart)
}

impl Measurements {
    /// What was measured of a show; nothing where there is no file, or none that can be read.
    #[must_use]
    pub fn read(files: &Files) -> Self {
        let Ok(bytes) = files.read(Path::new(FILE)) else {
            return Self::default();
        };
        toml::from_str(&String::from_utf8_lossy(&bytes)).unwrap_or_else(|error| {
            let file = files.shown(Path::new(FILE));
            let error: toml::de::Error = error;
            tracing::warn!(
                "{}: {}; clips are played as loud as they are; run `motcua measure` again",
                file.display(),
                error.message()
            );
            Self::default()
        })
    }

    /// The measurement of the file that a show names as `source`, if it is of that very file. In a folder,
    /// whose files are not hashed to be played, its length tells.
    #[must_use]
    pub fn of(&self, files: &Files, source: &Path) -> Option<&Measured> {
        let place = ReleasePath::of_source(source.to_str()?).ok()?;
        let measured = self.clips.get(place.as_str())?;
        let is_same = match files {
            Files::Folder(_) => {
                let path = files.path(source).ok()?;
                std::fs::metadata(path).ok()?.len() == measured.length
            }
            Files::Release(held) => held.release.files.get(&place)?.sha256 == measured.sha256,
        };
        is_same.then_some(measured)
    }
}

/// What the clips of a show are played at.
#[derive(Debug, Clone, Default)]
pub struct Evened {
    gains: HashMap<PathBuf, f32>,
}

impl Evened {
    /// Puts it together for a show.
    #[must_use]
    pub fn of(show: &Show, files: &Files) -> Self {
        let measurements = Measurements::read(files);
        let items = show.playlists.iter().flat_map(|playlist| &playlist.items);
        let sources = items.filter_map(|item| Some(&item.content.media()?.source));
        let gains = sources.filter_map(|source| {
            let loudness = measurements.of(files, source)?.loudness()?;
            let factor = 10.0_f64.powf(gain_db(loudness) / 20.0);
            Some((source.clone(), factor as f32))
        });
        Self {
            gains: gains.collect(),
        }
    }

    /// The factor of a clip; 1 for one that was not measured.
    #[must_use]
    pub fn gain(&self, source: &Path) -> f32 {
        self.gains.get(source).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(integrated_lufs: f64, true_peak_db: f64) -> Loudness {
        Loudness {
            integrated_lufs,
            true_peak_db,
        }
    }

    #[test]
    fn every_clip_is_brought_to_the_same_loudness_as_far_as_its_peaks_allow() {
        for (lufs, peak, gain) in [
            (-23.0, -10.0, 0.0),
            (-14.0, 0.5, -9.0),
            (-30.0, -20.0, 7.0),
            // A peak that would be cut off.
            (-30.0, -5.0, 4.0),
            // Noise.
            (-50.0, -40.0, 12.0),
            // Peaks above full scale in a quiet clip.
            (-25.0, 1.0, -2.0),
        ] {
            assert!((gain_db(clip(lufs, peak)) - gain).abs() < 1e-9, "{lufs}");
            assert!(peak + gain_db(clip(lufs, peak)) <= HIGHEST_PEAK_DB);
        }
        assert_eq!(stays_apart(clip(-14.0, 0.0)), None);
        assert_eq!(stays_apart(clip(-30.0, -5.0)), None);
        assert_eq!(stays_apart(clip(-50.0, -40.0)), Some(-15.0));
    }

    #[test]
    fn a_measurement_counts_for_the_file_that_was_measured() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::Folder(folder.path().to_owned());
        let show: Show = toml::from_str(
            "title = \"x\"\n[[playlist]]\nname = \"a\"\n[[playlist.item]]\nkind = \"audio\"\nsource = \"a.ogg\"\n",
        )
        .unwrap();
        let source = Path::new("a.ogg");
        std::fs::write(folder.path().join(source), [7; 100]).unwrap();
        let gain = || Evened::of(&show, &files).gain(source);
        assert_eq!(gain().to_bits(), 1.0_f32.to_bits(), "nothing is measured");
        let write = |text: &str| std::fs::write(folder.path().join(FILE), text).unwrap();
        let sha256 = "0".repeat(64);
        let measured = format!(
            "[clip.\"a.ogg\"]\nsha256 = \"{sha256}\"\nlength = 100\nintegrated_lufs = -17.0\ntrue_peak_db = -2.0\n"
        );
        write(&measured);
        assert!((gain() - 0.501).abs() < 1e-3, "{}", gain());
        write(&measured.replace("100", "101"));
        assert_eq!(gain().to_bits(), 1.0_f32.to_bits(), "another file");
        write(&measured.replace("-17.0", "nan"));
        assert_eq!(gain().to_bits(), 1.0_f32.to_bits(), "no number");
        write("clip = 3");
        assert_eq!(gain().to_bits(), 1.0_f32.to_bits(), "no measurements");
    }
}
