//! Which call is announced and which are seen.

use std::collections::VecDeque;
use std::time::Duration;

use super::Call;

/// How many calls the strip holds, the newest included.
const KEPT: usize = 4;

/// The shortest time between two announcements, so that each can be read where nothing is heard.
const AT_LEAST: Duration = Duration::from_secs(5);
/// The longest that a voice is waited for.
const AT_MOST: Duration = Duration::from_secs(30);
/// How long the strip stays after the last announcement: who was outside comes back and finds the number.
const STAYS: Duration = Duration::from_secs(60);

/// The most that wait for their announcement. Of more only the newest are announced; all are seen.
const MOST_WAITING: usize = 32;

/// What lies over the stage besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cover {
    /// Nothing.
    #[default]
    Nothing,
    /// A visitor uses the screen: the strip leaves as soon as its call was announced.
    Visitor,
    /// An alert: nothing is announced or seen before it is over.
    Alert,
}

/// What the strip shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// The call that was announced last.
    pub newest: Call,
    /// Whether it is being announced.
    pub is_fresh: bool,
    /// Those before it, the newest first, at most three.
    pub earlier: Vec<Call>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEffect {
    /// The strip shows this; none takes it away.
    Show(Option<Strip>),
    /// Say the call; [`CallBoard::said`] when that is over.
    Say(Call),
    /// Stop saying it.
    Hush,
}

/// The calls that wait, are announced, and were.
#[derive(Debug, Default)]
pub struct CallBoard {
    waiting: VecDeque<Call>,
    announcing: Option<Announcing>,
    /// Those that were announced, the newest first.
    announced: VecDeque<Call>,
    /// When the last announcement ended.
    ended: Option<Duration>,
    cover: Cover,
    shown: Option<Strip>,
}

#[derive(Debug)]
struct Announcing {
    since: Duration,
    is_said: bool,
}

impl CallBoard {
    /// A call has come. One that waits already is not announced twice; one that was announced is announced again.
    pub fn hear(&mut self, call: Call, now: Duration) -> Vec<CallEffect> {
        if !self.waiting.contains(&call) {
            self.waiting.push_back(call);
        }
        if self.waiting.len() > MOST_WAITING
            && let Some(oldest) = self.waiting.pop_front()
        {
            self.keep(oldest);
        }
        self.go_on(now)
    }

    /// The voice has ended, or there was none.
    pub fn said(&mut self, now: Duration) -> Vec<CallEffect> {
        if let Some(announcing) = &mut self.announcing {
            announcing.is_said = true;
        }
        self.go_on(now)
    }

    /// Something else lies over the stage.
    pub fn cover(&mut self, cover: Cover, now: Duration) -> Vec<CallEffect> {
        self.cover = cover;
        let mut effects = Vec::new();
        if cover == Cover::Alert && self.announcing.take().is_some() {
            effects.push(CallEffect::Hush);
            // It was not heard to its end: it is announced again after the alert.
            if let Some(call) = self.announced.pop_front() {
                self.waiting.push_front(call);
            }
        }
        effects.extend(self.go_on(now));
        effects
    }

    /// The time of [`Self::wake_at`] has come.
    pub fn tick(&mut self, now: Duration) -> Vec<CallEffect> {
        self.go_on(now)
    }

    /// When something happens by itself.
    #[must_use]
    pub fn wake_at(&self) -> Option<Duration> {
        match (&self.announcing, self.ended) {
            (Some(announcing), _) => Some(announcing.over_at()),
            (None, Some(ended)) => Some(ended + STAYS).filter(|_| self.shown.is_some()),
            (None, None) => None,
        }
    }

    fn go_on(&mut self, now: Duration) -> Vec<CallEffect> {
        let mut effects = Vec::new();
        if let Some(announcing) = &self.announcing
            && now >= announcing.over_at()
        {
            if !announcing.is_said {
                effects.push(CallEffect::Hush);
            }
            self.announcing = None;
            self.ended = Some(now);
        }
        if self.announcing.is_none()
            && self.cover != Cover::Alert
            && let Some(call) = self.waiting.pop_front()
        {
            self.keep(call.clone());
            self.announcing = Some(Announcing {
                since: now,
                is_said: false,
            });
            effects.push(CallEffect::Say(call));
        }
        let strip = self.strip(now);
        if strip != self.shown {
            self.shown.clone_from(&strip);
            effects.insert(0, CallEffect::Show(strip));
        }
        effects
    }

    /// What is to be seen now.
    fn strip(&self, now: Duration) -> Option<Strip> {
        let is_fresh = self.announcing.is_some();
        let is_recent = self.ended.is_some_and(|ended| now < ended + STAYS);
        let is_seen = match self.cover {
            Cover::Nothing => is_fresh || is_recent,
            Cover::Visitor => is_fresh,
            Cover::Alert => false,
        };
        let mut announced = self.announced.iter().cloned();
        let newest = announced.next().filter(|_| is_seen)?;
        Some(Strip {
            newest,
            is_fresh,
            earlier: announced.collect(),
        })
    }

    /// Puts a call before those that were announced; a number stands there once.
    fn keep(&mut self, call: Call) {
        self.announced
            .retain(|earlier| earlier.number() != call.number());
        self.announced.push_front(call);
        self.announced.truncate(KEPT);
    }
}

impl Announcing {
    fn over_at(&self) -> Duration {
        self.since + if self.is_said { AT_LEAST } else { AT_MOST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: u32) -> Call {
        Call::new(&format!("A{number:03}"), "3").unwrap()
    }

    fn second(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    fn said(effects: &[CallEffect]) -> Vec<&Call> {
        let said = effects.iter().filter_map(|effect| match effect {
            CallEffect::Say(call) => Some(call),
            _ => None,
        });
        said.collect()
    }

    fn strip(board: &CallBoard) -> Vec<String> {
        board.shown.as_ref().map_or_else(Vec::new, |strip| {
            let calls = std::iter::once(&strip.newest).chain(&strip.earlier);
            calls.map(|call| call.number().to_owned()).collect()
        })
    }

    #[test]
    fn calls_are_announced_one_after_the_other_and_the_last_four_are_kept() {
        let mut board = CallBoard::default();
        let mut now = second(0);
        for number in 1..=6 {
            let effects = board.hear(call(number), now);
            assert_eq!(said(&effects).len(), usize::from(number == 1));
        }
        for number in 1..=6 {
            assert_eq!(strip(&board).first(), Some(&format!("A{number:03}")));
            now += second(2);
            assert!(board.said(now).is_empty(), "a short voice is waited for");
            now = board.wake_at().unwrap();
            let effects = board.tick(now);
            assert_eq!(said(&effects).len(), usize::from(number < 6));
        }
        assert_eq!(strip(&board), ["A006", "A005", "A004", "A003"]);
        let effects = board.tick(board.wake_at().unwrap());
        assert_eq!(effects, [CallEffect::Show(None)]);
        assert_eq!(board.wake_at(), None);
    }

    #[test]
    fn a_call_that_is_repeated_is_announced_again_and_stands_once() {
        let mut board = CallBoard::default();
        board.hear(call(1), second(0));
        board.said(second(1));
        board.tick(second(5));
        board.hear(call(2), second(6));
        board.said(second(7));
        board.tick(second(11));
        let effects = board.hear(call(1), second(12));
        assert_eq!(said(&effects), [&call(1)]);
        assert_eq!(strip(&board), ["A001", "A002"]);
    }

    #[test]
    fn a_voice_that_never_ends_is_stopped() {
        let mut board = CallBoard::default();
        board.hear(call(1), second(0));
        assert_eq!(board.wake_at(), Some(AT_MOST));
        let effects = board.tick(AT_MOST);
        assert!(effects.contains(&CallEffect::Hush));
    }

    #[test]
    fn an_alert_hides_calls_and_the_one_it_cut_off_is_announced_after_it() {
        let mut board = CallBoard::default();
        board.hear(call(1), second(0));
        let effects = board.cover(Cover::Alert, second(1));
        assert_eq!(effects, [CallEffect::Hush, CallEffect::Show(None)]);
        assert!(said(&board.hear(call(2), second(2))).is_empty());
        let effects = board.cover(Cover::Nothing, second(90));
        assert_eq!(said(&effects), [&call(1)]);
        board.said(second(91));
        assert_eq!(said(&board.tick(second(95))), [&call(2)]);
        assert_eq!(strip(&board), ["A002", "A001"]);
    }

    #[test]
    fn a_visitor_has_the_strip_only_while_a_call_is_announced() {
        let mut board = CallBoard::default();
        board.cover(Cover::Visitor, second(0));
        board.hear(call(1), second(1));
        assert_eq!(strip(&board), ["A001"]);
        board.said(second(2));
        board.tick(second(6));
        assert!(strip(&board).is_empty());
        board.cover(Cover::Nothing, second(7));
        assert_eq!(strip(&board), ["A001"]);
    }

    #[test]
    fn a_flood_is_bounded_and_its_newest_calls_are_announced() {
        let mut board = CallBoard::default();
        for number in 0..500 {
            board.hear(call(number), second(0));
        }
        assert_eq!(board.waiting.len(), MOST_WAITING);
        assert_eq!(board.waiting.back(), Some(&call(499)));
        assert_eq!(board.announced.len(), KEPT);
    }
}
