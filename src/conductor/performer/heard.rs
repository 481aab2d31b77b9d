//! What is heard: how loud each clip is, and which one follows which without a gap.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use motcua_media::Clip;
use motcua_show::stage::{Generation, Pace};

use super::Performer;
use crate::conductor::calls::Hall;
use crate::conductor::film;
use crate::conductor::wings::{Following, OnStage, Wanted};

/// How long the screen takes to go over to the volume of another hour.
const HOUR_FADE: Duration = Duration::from_secs(3);

impl Performer {
    /// What a call is said with.
    pub(in crate::conductor) fn hall(&self) -> Hall<'_> {
        Hall {
            show: &self.show,
            files: &self.files,
            volume: self.volume,
        }
    }

    /// Has the volume of the hour, for what plays too.
    pub fn set_hour(&mut self, time: Time) {
        let volume = self.volumes.at(time);
        if std::mem::replace(&mut self.volume, volume) == volume {
            return;
        }
        tracing::info!(volume, "the screen is set to {volume} % at this hour");
        if let Some((generation, (_, playing))) = self
            .on_stage
            .as_ref()
            .and_then(|on_stage| Some((on_stage.generation, on_stage.film()?)))
        {
            playing.set_volume(self.gain_of(generation), HOUR_FADE);
        }
        if let Some(following) = &self.following {
            let gain = self.gain_of(following.generation);
            following.playing.set_volume(gain, HOUR_FADE);
        }
    }

    /// Starts the clip that is to be seen where it was prerolled, or goes over to it where it follows the one
    /// before.
    pub(super) fn start(
        &mut self,
        generation: Generation,
        clip: &Arc<Clip>,
        wanted: Wanted,
    ) -> OnStage {
        let following = self
            .following
            .take_if(|following| following.generation == generation)
            .map(|following| following.playing);
        let held = self
            .wings
            .get_mut(&generation)
            .and_then(|waiting| waiting.held.take());
        let playing = match following.or(held) {
            Some(playing) => {
                // It has begun by itself, unless the one before was cut.
                playing.begin();
                playing
            }
            None => {
                // Its first sample is of the moment that it was opened for, however close that is to the one
                // that is wanted.
                let from = self.wings.get(&generation).map(|waiting| waiting.from);
                let from = from.unwrap_or_default();
                let gain = self.gain_of(generation);
                Arc::new(match self.pace {
                    Pace::Alone => film::play(&self.sound, clip, from, gain),
                    Pace::InStep => {
                        let origin = wanted.asked + from;
                        let origin = origin.checked_sub(wanted.from).unwrap_or(origin);
                        film::play_in_step(&self.sound, clip, from, gain, origin)
                    }
                })
            }
        };
        OnStage::film_of(generation, Arc::clone(clip), playing)
    }

    /// Has the sound of a clip follow that of the one on the stage.
    pub(super) fn follow(&mut self, first: Generation, generation: Generation) {
        let gain = self.gain_of(generation);
        let on_stage = self
            .on_stage
            .as_ref()
            .filter(|on_stage| on_stage.generation == first);
        let waiting = self.wings.get_mut(&generation);
        let (Some((first, before)), Some(waiting)) = (on_stage.and_then(OnStage::film), waiting)
        else {
            return;
        };
        let Some(clip) = waiting.prepared.as_ref().and_then(|ready| ready.clip()) else {
            return;
        };
        if let Some(end) = film::end_of(first) {
            before.end_at(end);
        }
        let playing = match waiting.held.take() {
            Some(held) => {
                held.set_volume(gain, Duration::ZERO);
                held.follow(before);
                held
            }
            None => Arc::new(film::follow(&self.sound, before, clip, waiting.from, gain)),
        };
        self.following = Some(Following {
            generation,
            playing,
        });
    }

    /// What was to follow does not: it is heard from when it comes up.
    pub(super) fn unfollow(&mut self, generation: Generation) {
        let undone = self
            .following
            .take_if(|following| following.generation == generation);
        if let (Some(undone), Some(waiting)) = (undone, self.wings.get_mut(&generation)) {
            if undone.playing.unfollow() {
                waiting.held = Some(undone.playing);
            } else {
                // The device has had its beginning, which only a clip that is opened anew has again.
                waiting.is_spent = true;
            }
        }
    }

    /// A film has come to the end of its pictures: what its sound is longer is cut.
    pub(super) fn end_sound(&self, generation: Generation) {
        let on_stage = self
            .on_stage
            .as_ref()
            .filter(|on_stage| on_stage.generation == generation);
        if let Some((clip, playing)) = on_stage.and_then(OnStage::film)
            && self.following.is_none()
            && film::end_of(clip).is_some()
        {
            playing.stop();
        }
    }

    /// How loud a clip is played: 1 as it is.
    fn gain_of(&self, generation: Generation) -> f32 {
        let item = self
            .wings
            .get(&generation)
            .and_then(|waiting| self.show.item(&waiting.item));
        let own = item.and_then(|item| item.volume).unwrap_or(100);
        let evened = item
            .and_then(|item| item.content.media())
            .map_or(1.0, |media| self.evened.gain(&media.source));
        evened * f32::from(own) / 100.0 * f32::from(self.volume) / 100.0
    }
}
