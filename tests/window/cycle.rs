//! One whole cycle of a show in real time, looked at five times a second.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use motcua_show::{Content, Show};

use crate::window::display::{Display, GROUND};
use crate::window::film::{FRAMES_PER_SECOND, Film};
use crate::window::picture::{Mask, Picture};
use crate::window::player::{Player, What};
use crate::window::session::{Session, Wishes};
use crate::window::show::{PageOf, Rendered, TOLERANCE};

const BETWEEN_SHOTS: Duration = Duration::from_millis(200);

/// A cross-fade takes 400 ms from the moment at which the player says what it shows; the rest is for a busy
/// machine on which it is late with its last step.
const AFTER_A_CHANGE: Duration = Duration::from_millis(1000);

/// The player says that it shows a page right after the first picture of it, which may take a while to be
/// heard here.
const BEFORE_A_CHANGE: Duration = Duration::from_millis(500);

/// A page that stays for this long is looked at in peace at least once.
const LONG_ENOUGH: Duration = Duration::from_millis(2500);

const A_SECOND: Duration = Duration::from_secs(1);

/// Between the end of the window and that of the player.
const END: Duration = Duration::from_secs(10);

/// Longer than any cycle of the sample show takes.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The share of a film's pixels that may not be found in the decoded frame.
const FILM_TOLERANCE: f64 = 0.06;

/// The share in which the nearest picture may be apart from the one frame that `render` draws: with five
/// pictures a second it need not be among them, and things may fly by at that moment.
const RENDERED_TOLERANCE: f64 = 0.2;

struct Shot {
    from: Instant,
    until: Instant,
    picture: Picture,
}

/// What was seen of one page in one go.
struct Seen {
    page: PageOf,
    shots: usize,
    /// How near the nearest of its pictures came to the one frame of the film that `render` draws.
    nearest: f64,
    /// Which frames of its film were found.
    frames: Vec<usize>,
    /// The picture before, to see the film move.
    before: Option<Picture>,
    moves: usize,
}

struct Watcher {
    rendered: Rendered,
    films: BTreeMap<String, Film>,
    still: Mask,
    coarse: Mask,
    recognised: BTreeSet<PageOf>,
    seen: Vec<Seen>,
}

/// Plays `show` once, from the civil time `at` on, and watches.
pub fn watch(folder: &Path, at: &str) {
    let session = Session::x11(Wishes::default());
    let text = std::fs::read_to_string(folder.join("show.toml")).unwrap();
    let show = motcua_show::read_show(&folder.join("show.toml"), &text)
        .value
        .expect("the show can be read");
    let mut watcher = Watcher::new(&show, folder, at, session.size);
    let display = Display::of(&session);
    let mut player = Player::start(&session, folder, &["--once", "--at", at]);
    let begun = Instant::now();
    let mut waiting: VecDeque<Shot> = VecDeque::new();
    let mut shots = 0;
    let mut is_up = false;
    let mut next = begun;
    let status = loop {
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        next = Instant::now().max(next + BETWEEN_SHOTS);
        let from = Instant::now();
        let picture = display.shot();
        let until = Instant::now();
        if let Some(status) = player.ended() {
            break status;
        }
        is_up |= picture.share_of(GROUND) < 0.999;
        if is_up && picture.share_of(GROUND) > 0.0 && player.is_over() {
            break player.wait_for_end(END);
        }
        if is_up {
            picture.assert_is_something(begun.elapsed());
            shots += 1;
            waiting.push_back(Shot {
                from,
                until,
                picture,
            });
        }
        while waiting
            .front()
            .is_some_and(|shot| shot.until + BEFORE_A_CHANGE < Instant::now())
        {
            let shot = waiting.pop_front().unwrap();
            watcher.judge(&shot, &mut player);
        }
        assert!(
            begun.elapsed() < LONGEST,
            "the cycle takes longer than {LONGEST:?}\n{}",
            player.log()
        );
    };
    assert!(status.success(), "{status}\n{}", player.log());
    println!("{shots} pictures in {:?}", begun.elapsed());
    watcher.conclude(&show, &mut player);
}

impl Watcher {
    fn new(show: &Show, folder: &Path, at: &str, size: (u32, u32)) -> Self {
        let rendered = Rendered::all(folder, at, size);
        let films = items(show).filter_map(|(name, content)| match content {
            Content::Video(video) => Some((
                name.to_owned(),
                Film::decode(&folder.join(&video.media.source), size),
            )),
            _ => None,
        });
        let films = films.collect();
        let (still, coarse) = (rendered.still(), rendered.still_coarse());
        Self {
            rendered,
            films,
            still,
            coarse,
            recognised: BTreeSet::new(),
            seen: Vec::new(),
        }
    }

    /// Compares a picture with what the player says is on the screen, where that has settled.
    fn judge(&mut self, shot: &Shot, player: &mut Player) {
        let events = player.events().iter();
        let pages: Vec<(Instant, PageOf)> = events
            .filter_map(|happened| Some((happened.at, happened.what.page()?)))
            .collect();
        let Some(last) = pages
            .iter()
            .rposition(|(at, _)| *at <= shot.until + BEFORE_A_CHANGE)
        else {
            return;
        };
        let (shown_at, page) = &pages[last];
        if shot.from < *shown_at + AFTER_A_CHANGE {
            return;
        }
        while self.seen.len() <= last {
            let page = pages[self.seen.len()].1.clone();
            self.seen.push(Seen {
                page,
                shots: 0,
                nearest: 1.0,
                frames: Vec::new(),
                before: None,
                moves: 0,
            });
        }
        if self.films.contains_key(&page.0) {
            self.judge_film(&shot.picture, last, shot.until.duration_since(*shown_at));
        } else {
            self.judge_page(&shot.picture, page);
        }
        self.seen[last].shots += 1;
    }

    fn judge_page(&mut self, picture: &Picture, page: &PageOf) {
        let expected = self.rendered.page(page);
        let apart = picture.apart(expected, &self.still);
        if apart > TOLERANCE {
            let (nearest, _) = self.rendered.nearest(picture, &self.still);
            panic!(
                "{page:?} is {:.2} % apart from what render draws, and nearest to {nearest:?}: {} instead of {}",
                apart * 100.0,
                picture.keep("seen.png"),
                expected.keep("rendered.png")
            );
        }
        if self.recognised.insert(page.clone()) {
            let (nearest, nearest_apart) = self.rendered.nearest(picture, &self.still);
            assert!(
                nearest == page || nearest_apart >= apart,
                "{page:?} is mistaken for {nearest:?}"
            );
        }
    }

    fn judge_film(&mut self, picture: &Picture, number: usize, passed: Duration) {
        let seen = &mut self.seen[number];
        let film = &self.films[&seen.page.0];
        let page = self.rendered.page(&seen.page).coarser();
        let coarse = picture.coarser();
        // Many frames are equal to others: the film does not run back, nor ahead of the time that has passed.
        // Its own slot is never the first of the cycle, so that it is shown from its beginning.
        let ahead = ((passed + A_SECOND).as_secs_f64() * FRAMES_PER_SECOND as f64) as usize;
        let range = seen.frames.last().copied().unwrap_or(0)..ahead;
        let (frame, missing) = film.find(&coarse, range, &self.coarse);
        let room = film.unexplained(&page, &self.coarse);
        assert!(
            missing <= FILM_TOLERANCE + room,
            "{} shows no frame of its film: {:.1} % are not found in the nearest, {frame}: {}",
            seen.page.0,
            missing * 100.0,
            picture.keep("film.png")
        );
        seen.nearest = seen.nearest.min(coarse.apart(&page, &self.coarse));
        seen.frames.push(frame);
        let has_moved = seen
            .before
            .as_ref()
            .is_some_and(|before| before.apart(&coarse, &self.coarse) > 0.0);
        seen.moves += usize::from(has_moved);
        seen.before = Some(coarse);
        self.recognised.insert(seen.page.clone());
    }

    fn conclude(&self, show: &Show, player: &mut Player) {
        let events = player.events().to_vec();
        assert!(
            matches!(events.last().map(|last| &last.what), Some(What::Ended)),
            "the cycle comes to its end"
        );
        let problems: Vec<_> = events
            .iter()
            .filter(|happened| matches!(happened.what, What::Problem { .. }))
            .collect();
        assert!(problems.is_empty(), "{problems:?}\n{}", player.log());
        let shown: Vec<_> = events
            .iter()
            .filter_map(|happened| Some((happened.what.page()?, happened.at)))
            .collect();
        for pair in shown.windows(2) {
            let [(page, from), (_, until)] = pair else {
                unreachable!()
            };
            let stayed = until.duration_since(*from);
            assert!(
                stayed < LONG_ENOUGH || self.recognised.contains(page),
                "{page:?} was never looked at, and stayed for {stayed:?}"
            );
        }
        let missing: Vec<&str> = items(show)
            .map(|(name, _)| name)
            .filter(|name| !self.recognised.iter().any(|(item, _)| item == name))
            .collect();
        assert!(missing.is_empty(), "never seen: {missing:?}");
        for seen in self.seen.iter().filter(|seen| !seen.frames.is_empty()) {
            self.advanced(seen);
        }
    }

    /// The frames of a film went on as time did.
    fn advanced(&self, seen: &Seen) {
        let film = &self.films[&seen.page.0];
        let (first, last) = (seen.frames[0], *seen.frames.last().unwrap());
        let distinct: BTreeSet<usize> = seen.frames.iter().copied().collect();
        let moving = film.moving_steps(first..last + 1, &self.coarse);
        println!(
            "{}: frames {first} to {last} in {} pictures, {} distinct; {} of {moving} movements seen; {:.2} % from render",
            seen.page.0,
            seen.shots,
            distinct.len(),
            seen.moves,
            seen.nearest * 100.0
        );
        assert!(
            seen.nearest <= RENDERED_TOLERANCE,
            "{} never looks as it is rendered: {}",
            seen.page.0,
            seen.nearest
        );
        assert!(
            seen.frames.is_sorted(),
            "{}: the film runs backwards: {:?}",
            seen.page.0,
            seen.frames
        );
        assert!(
            seen.moves * 2 >= moving,
            "{}: {} of {moving} movements were seen",
            seen.page.0,
            seen.moves
        );
        assert!(
            distinct.len() * 2 >= seen.shots.min(moving),
            "{}: few frames: {distinct:?}",
            seen.page.0
        );
    }
}

/// The items that play while the office is open, nested ones included.
fn items(show: &Show) -> impl Iterator<Item = (&str, &Content)> {
    let playlists = show
        .playlists
        .iter()
        .filter(|playlist| ["opening-hours", "guides"].contains(&playlist.name.as_str()));
    let items = playlists.flat_map(|playlist| &playlist.items);
    items
        .filter(|item| !matches!(item.content, Content::Playlist(_)))
        .map(|item| (item.name.as_str(), &item.content))
}
