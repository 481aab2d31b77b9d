//! The log itself: opened, appended to, sealed, read for the server, and kept within its bound.

use std::fs::File;
use std::path::Path;

use jiff::Timestamp;
use motcua_proof::wire::{Known, Stored};
use motcua_proof::{
    Boot, Chain, ChainId, Head, Header, Line, PublicKey, Sealed, Statement as _, What, read_line,
};
use rustix::fs::FlockOperation;

use super::acknowledged::Pointer;
use super::batch::{self, Batch};
use super::recover::{Recovered, recover};
use super::room::{self, ASIDE};
use super::segment::{Appending, SIZE, Segment, numbers, path_of};
use super::{Acknowledged, LogError, LogSettings, random};
use crate::file;

/// Held while a player records there.
const LOCK: &str = "lock";

/// Where the log goes on for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Located {
    /// Where the server is.
    Here,
    /// Nowhere: the server holds something else under the name of this chain.
    Forked,
}

/// A log that is open. Calls block on the disk.
#[derive(Debug)]
pub struct Log {
    settings: LogSettings,
    key: PublicKey,
    boot: Boot,
    /// Oldest first; the last one is appended to.
    segments: Vec<Segment>,
    out: Appending,
    chain: Chain,
    sealed: u64,
    pointer: Option<Pointer>,
    /// While it is open, nobody else has the log.
    _lock: File,
}

impl Log {
    /// Opens the log of a screen, for the start of the player that is called `boot`: cuts a torn end off, and begins
    /// a chain where there is none that can go on.
    ///
    /// # Errors
    /// When the disk refuses, or another player has the log.
    pub fn open(settings: LogSettings, boot: Boot) -> Result<Self, LogError> {
        let folder = settings.folder.clone();
        std::fs::create_dir_all(&folder).map_err(LogError::io(&folder))?;
        let lock = lock(&folder)?;
        let key = PublicKey::of_bytes(settings.identity.key.public_key());
        let opened = match find(&settings, &key) {
            Ok(Some(found)) => Some(found),
            Ok(None) => None,
            Err(LogError::Damaged { path, fault }) => {
                tracing::error!(
                    "{} is damaged ({fault}); what was recorded is set aside there and a new chain begins",
                    path.display()
                );
                None
            }
            Err(error) => return Err(error),
        };
        let (segments, recovered) = match opened {
            Some(found) => found,
            None => begin(&settings, &key)?,
        };
        let last = segments.last().ok_or_else(|| LogError::Damaged {
            path: folder.clone(),
            fault: "it holds no file".to_owned(),
        })?;
        let path = last.path(&folder);
        let open = || {
            let mut out = Appending::open(path.clone(), recovered.bytes)?;
            // What an earlier player wrote may still be on its way.
            out.sync()?;
            Ok(out)
        };
        let out = open().map_err(LogError::io(path.clone()))?;
        let pointer =
            Pointer::read(&folder).filter(|pointer| pointer.known.chain == recovered.head.chain);
        let mut log = Self {
            settings,
            key,
            boot,
            segments,
            out,
            // A file is begun only when everything before it is sealed.
            sealed: recovered.sealed.unwrap_or(recovered.after.seq),
            chain: Chain::from(recovered.head),
            pointer,
            _lock: lock,
        };
        log.note_bytes();
        if log.known().seq > log.head().seq {
            tracing::error!(
                "{}: the server holds {} records of this screen and the disk only {}; a new chain begins",
                folder.display(),
                log.known().seq,
                log.head().seq
            );
            log.begin_anew()?;
        }
        Ok(log)
    }

    /// What the chain has come to.
    #[must_use]
    pub const fn head(&self) -> &Head {
        self.chain.head()
    }

    /// How many sealed records the server is not known to hold.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.sealed.saturating_sub(self.known().seq)
    }

    /// Whether there are records without a seal.
    #[must_use]
    pub const fn is_unsealed(&self) -> bool {
        self.sealed < self.chain.head().seq
    }

    /// Appends what happened; gives its place in the chain. It lasts from the next seal on.
    ///
    /// # Errors
    /// When the disk refuses; the chain is as it was then.
    pub fn append(&mut self, at: Timestamp, up_ms: u64, what: What) -> Result<u64, LogError> {
        if self.out.bytes >= SIZE {
            self.seal(at)?;
            self.next_segment(self.head().clone(), &[])?;
            self.make_room(at, up_ms)?;
        }
        let mut chain = self.chain.clone();
        let line = chain.append(&self.boot, at, up_ms, what)?;
        self.write(&line)?;
        self.chain = chain;
        Ok(self.head().seq)
    }

    /// Signs what the chain has come to and makes everything before it last.
    ///
    /// # Errors
    /// When the disk refuses; it can be tried again.
    pub fn seal(&mut self, now: Timestamp) -> Result<(), LogError> {
        if !self.is_unsealed() {
            return Ok(());
        }
        let line = self.seal_line(self.head().clone(), now)?;
        self.write(&line)?;
        self.sync()?;
        self.sealed = self.head().seq;
        Ok(())
    }

    /// What comes next for the server; none where it has everything that is sealed.
    ///
    /// # Errors
    /// When the log cannot be read, or is damaged.
    pub fn next_batch(&self, now: Timestamp) -> Result<Option<Batch>, LogError> {
        self.batch_after(&self.known(), now)
    }

    /// Finds where the log goes on for a server that holds the chain up to `known`.
    ///
    /// # Errors
    /// When the log cannot be read, or is damaged.
    pub fn locate(&mut self, known: Option<Known>, now: Timestamp) -> Result<Located, LogError> {
        let chain = &self.head().chain;
        let known = known.filter(|known| known.chain == *chain);
        let known = known.unwrap_or_else(|| self.beginning());
        let is_ours = self.known() == known
            || match self.head_at(known.seq)? {
                Some(head) => known.is(&head),
                None => known.seq < self.head().seq,
            };
        if !is_ours {
            return Ok(Located::Forked);
        }
        let is_reached = match self.batch_after(&known, now)? {
            Some(batch) => batch.after.seq == known.seq || is_lost_between(&batch, &known),
            None => true,
        };
        if !is_reached {
            return Ok(Located::Forked);
        }
        self.point_to(known, None)?;
        Ok(Located::Here)
    }

    /// Notes what the server answered to a batch.
    ///
    /// # Errors
    /// When the disk refuses, or the log is damaged.
    pub fn stored(&mut self, batch: &Batch, answer: &Stored) -> Result<Acknowledged, LogError> {
        let head = if answer.through == batch.head.seq {
            Some(batch.head.clone())
        } else {
            self.head_at(answer.through)?
        };
        let (Some(head), Ok(Line::Countersign(stood))) = (head, read_line(&answer.countersign))
        else {
            return Ok(Acknowledged::NotOurs);
        };
        if stood.statement.head != head || stood.check(&stood.key).is_err() {
            return Ok(Acknowledged::NotOurs);
        }
        let server = self.pointer.as_ref().and_then(|it| it.server.clone());
        if server.is_none_or(|server| server == stood.key) {
            self.countersign(head.seq, &answer.countersign)?;
        } else {
            tracing::warn!(
                "the server countersigns with another key than before; its countersignatures stay with it"
            );
        }
        let before = self.known().seq;
        self.point_to(Known::from(&head), Some(stood.key))?;
        Ok(if head.seq > before {
            Acknowledged::Further
        } else {
            Acknowledged::NoFurther
        })
    }

    /// Sets the chain aside and begins another.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin_anew(&mut self) -> Result<(), LogError> {
        let (segments, recovered) = begin(&self.settings, &self.key)?;
        let folder = &self.settings.folder;
        if let Some(last) = segments.last() {
            let path = last.path(folder);
            self.out =
                Appending::open(path.clone(), recovered.bytes).map_err(LogError::io(path))?;
        }
        self.segments = segments;
        self.sealed = 0;
        self.chain = Chain::from(recovered.head);
        self.pointer = None;
        self.note_bytes();
        Ok(())
    }

    fn known(&self) -> Known {
        let pointer = self.pointer.as_ref();
        pointer.map_or_else(|| self.beginning(), |pointer| pointer.known.clone())
    }

    fn beginning(&self) -> Known {
        let head = self.head();
        Known::from(Chain::new(&head.screen, head.chain.clone()).head())
    }

    fn batch_after(&self, known: &Known, now: Timestamp) -> Result<Option<Batch>, LogError> {
        let identity = &self.settings.identity;
        let bounds = (self.sealed, now);
        batch::after(
            &self.settings.folder,
            &self.segments,
            identity,
            known,
            bounds,
        )
    }

    /// What the chain had come to at a record; none where the log does not hold that any more.
    fn head_at(&self, seq: u64) -> Result<Option<Head>, LogError> {
        if seq == self.head().seq {
            return Ok(Some(self.head().clone()));
        }
        let found = self.segments.iter().rposition(|it| it.after.seq <= seq);
        let Some(place) = found else {
            return Ok(None);
        };
        let segment = &self.segments[place];
        let next = self.segments.get(place + 1);
        let through = next.map_or(self.head().seq, |next| next.after.seq);
        if segment.after.seq == seq {
            return Ok(Some(segment.after.clone()));
        }
        let mut found = None;
        batch::read_records(&self.settings.folder, segment, through, |_, head| {
            found = (head.seq == seq).then(|| head.clone());
            head.seq < seq
        })?;
        Ok(found)
    }

    /// Appends a countersignature where the record is that it is about, so that each file verifies by itself.
    fn countersign(&mut self, seq: u64, line: &str) -> Result<(), LogError> {
        let folder = &self.settings.folder;
        let last = self.segments.len().saturating_sub(1);
        let Some(place) = self
            .segments
            .iter()
            .rposition(|segment| segment.after.seq < seq)
        else {
            return Ok(());
        };
        if place == last {
            self.write(line)?;
            return self.sync();
        }
        let segment = &self.segments[place];
        let path = segment.path(folder);
        let write = || {
            let mut out = Appending::open(path.clone(), segment.bytes)?;
            out.line(line)?;
            out.sync()?;
            Ok(out.bytes)
        };
        let bytes = write().map_err(LogError::io(path.clone()))?;
        self.segments[place].bytes = bytes;
        Ok(())
    }

    fn point_to(&mut self, known: Known, server: Option<PublicKey>) -> Result<(), LogError> {
        let before = self.pointer.as_ref().and_then(|it| it.server.clone());
        let pointer = Pointer {
            known,
            server: before.or(server),
        };
        if self.pointer.as_ref() != Some(&pointer) {
            let folder = &self.settings.folder;
            pointer.write(folder).map_err(LogError::io(folder))?;
            self.pointer = Some(pointer);
        }
        Ok(())
    }

    fn seal_line(&self, head: Head, at: Timestamp) -> Result<String, LogError> {
        let identity = &self.settings.identity;
        Ok(Sealed { head, at }.line(&self.key, |bytes| identity.key.sign(bytes))?)
    }

    /// Appends a line. On a full disk what the server has makes room, and it is tried once more.
    fn write(&mut self, line: &str) -> Result<(), LogError> {
        let path = self.path();
        let mut written = self.out.line(line).map_err(LogError::io(&path));
        let is_full = written.as_ref().is_err_and(LogError::is_full_disk);
        if is_full && self.remove_oldest_sent()? {
            written = self.out.line(line).map_err(LogError::io(&path));
        }
        self.note_bytes();
        written
    }

    fn sync(&mut self) -> Result<(), LogError> {
        let path = self.path();
        self.out.sync().map_err(LogError::io(path))
    }

    fn path(&self) -> std::path::PathBuf {
        let last = self.segments.last();
        let folder = &self.settings.folder;
        last.map_or_else(|| folder.clone(), |last| last.path(folder))
    }

    fn note_bytes(&mut self) {
        if let Some(last) = self.segments.last_mut() {
            last.bytes = self.out.bytes;
        }
    }

    /// Goes on in another file, which begins with `lines`.
    fn next_segment(&mut self, after: Head, lines: &[String]) -> Result<(), LogError> {
        let number = self.segments.last().map_or(0, |last| last.number) + 1;
        let segment = write_segment(&self.settings, &self.key, number, after, lines)?;
        let path = segment.path(&self.settings.folder);
        self.out = Appending::open(path.clone(), segment.bytes).map_err(LogError::io(path))?;
        self.segments.push(segment);
        Ok(())
    }

    fn remove_oldest_sent(&mut self) -> Result<bool, LogError> {
        if room::sent(&self.segments, self.known().seq) == 0 {
            return Ok(false);
        }
        let path = self.segments[0].path(&self.settings.folder);
        std::fs::remove_file(&path).map_err(LogError::io(path))?;
        self.segments.remove(0);
        Ok(true)
    }

    /// Keeps the bound.
    fn make_room(&mut self, at: Timestamp, up_ms: u64) -> Result<(), LogError> {
        let folder = self.settings.folder.clone();
        let mut aside = room::set_aside(&folder).map_err(LogError::io(&folder))?;
        loop {
            let own: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
            let set_aside: u64 = aside.iter().map(|(_, bytes)| bytes).sum();
            if own + set_aside <= self.settings.limit {
                return Ok(());
            }
            if self.remove_oldest_sent()? {
                continue;
            }
            if aside.is_empty() {
                return self.give_up(at, up_ms);
            }
            let (path, _) = aside.remove(0);
            room::remove(&path).map_err(LogError::io(path))?;
        }
    }

    /// Gives the newer half of what the server lacks up, and says so in the chain.
    fn give_up(&mut self, at: Timestamp, up_ms: u64) -> Result<(), LogError> {
        let kept = room::kept(&self.segments);
        let kept_through = (kept > 0).then(|| self.segments[kept].follows());
        let from = kept_through.unwrap_or(0).max(self.known().seq) + 1;
        let (after, through) = (self.head().clone(), self.head().seq);
        if from > through {
            return Ok(());
        }
        tracing::error!(
            "{}: the disk has no room for what the server has not fetched; records {from} to {through} are given up; \
             see that the screen reaches its server",
            self.settings.folder.display()
        );
        let mut chain = self.chain.clone();
        let lost = chain.append(&self.boot, at, up_ms, What::Lost { from, through })?;
        let seal = self.seal_line(chain.head().clone(), at)?;
        self.next_segment(after, &[lost, seal])?;
        if let Some(last) = self.segments.last_mut() {
            last.gave_up_from = Some(from);
        }
        self.sealed = chain.head().seq;
        self.chain = chain;
        let last = self.segments.len() - 1;
        for segment in self.segments.drain(kept..last) {
            let path = segment.path(&self.settings.folder);
            std::fs::remove_file(&path).map_err(LogError::io(path))?;
        }
        Ok(())
    }
}

/// Whether a batch begins with the record that what lies before it was given up.
fn is_lost_between(batch: &Batch, known: &Known) -> bool {
    let first = batch
        .lines
        .lines()
        .nth(1)
        .and_then(|line| read_line(line).ok());
    matches!(
        first,
        Some(Line::Record { record, .. })
            if record.what == What::Lost { from: known.seq + 1, through: batch.after.seq }
    )
}

fn lock(folder: &Path) -> Result<File, LogError> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(LogError::io(&path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(LogError::Taken(folder.to_owned())),
        Err(error) => Err(LogError::io(path)(error.into())),
    }
}

/// The files of the chain that lies in the folder, and what is right of the last one; none where there is none.
fn find(
    settings: &LogSettings,
    key: &PublicKey,
) -> Result<Option<(Vec<Segment>, Recovered)>, LogError> {
    let folder = &settings.folder;
    let numbers = numbers(folder).map_err(LogError::io(folder))?;
    let mut segments = Vec::new();
    for number in numbers {
        let segment = Segment::look_at(folder, number)?;
        segments.push(whole_lines(folder, segment)?);
    }
    let Some(last) = segments.last() else {
        return Ok(None);
    };
    if last.after.screen != key.fingerprint() {
        tracing::warn!("this screen was paired anew; a new chain of what it shows begins");
        return Ok(None);
    }
    let is_row = segments.windows(2).all(|pair| {
        let [one, next] = pair else { return true };
        one.after.chain == next.after.chain && one.after.seq <= next.after.seq
    });
    let path = last.path(folder);
    if !is_row {
        let fault = "the files of the log do not follow one another".to_owned();
        return Err(LogError::Damaged { path, fault });
    }
    let recovered = recover(&path, key)?;
    if !recovered.torn.is_empty() {
        tracing::warn!(
            "{}: {} bytes at the end were torn off when the machine stopped; the chain goes on after record {}",
            path.display(),
            recovered.torn.len(),
            recovered.head.seq
        );
    }
    if recovered.is_seal_torn {
        let aside = folder.join(format!("{ASIDE}{:010}.torn", last.number));
        file::write_private(&aside, &recovered.torn).map_err(LogError::io(aside))?;
    }
    finish_giving_up(folder, &mut segments, key)?;
    Ok(Some((segments, recovered)))
}

/// The machine may have stopped before all was gone that the last file says was given up.
fn finish_giving_up(
    folder: &Path,
    segments: &mut Vec<Segment>,
    key: &PublicKey,
) -> Result<(), LogError> {
    let Some(from) = segments.last().and_then(|last| last.gave_up_from) else {
        return Ok(());
    };
    while segments.len() > 1 {
        let before = segments.len() - 2;
        let path = segments[before].path(folder);
        if recover(&path, key)?.head.seq < from {
            return Ok(());
        }
        std::fs::remove_file(&path).map_err(LogError::io(path))?;
        segments.remove(before);
    }
    Ok(())
}

/// A file that is not appended to any more may have a torn countersignature at its end.
fn whole_lines(folder: &Path, segment: Segment) -> Result<Segment, LogError> {
    use std::os::unix::fs::FileExt as _;
    /// Longer than any countersignature.
    const TAIL: u64 = 4096;
    let path = segment.path(folder);
    let file = File::open(&path).map_err(LogError::io(&path))?;
    let from = segment.bytes.saturating_sub(TAIL);
    let mut tail = vec![0; usize::try_from(segment.bytes - from).unwrap_or_default()];
    file.read_exact_at(&mut tail, from)
        .map_err(LogError::io(&path))?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n');
    let torn = tail.len() - whole.map_or(0, |place| place + 1);
    Ok(Segment {
        bytes: segment.bytes - torn as u64,
        ..segment
    })
}

/// Begins a chain; what lies in the folder is set aside.
fn begin(settings: &LogSettings, key: &PublicKey) -> Result<(Vec<Segment>, Recovered), LogError> {
    let folder = &settings.folder;
    let io = || LogError::io(folder.clone());
    let numbers = numbers(folder).map_err(io())?;
    let number = numbers.last().copied().unwrap_or(0) + 1;
    if !numbers.is_empty() {
        let aside = folder.join(format!("{ASIDE}{:010}", number - 1));
        std::fs::create_dir_all(&aside).map_err(io())?;
        for number in numbers {
            let path = path_of(folder, number);
            let name = path.file_name().unwrap_or_default().to_owned();
            std::fs::rename(&path, aside.join(name)).map_err(LogError::io(&path))?;
        }
        Pointer::remove(folder);
        file::sync_folder(folder).map_err(io())?;
    }
    let screen = key.fingerprint();
    let chain = Chain::new(&screen, ChainId::of_random(random()?));
    let head = chain.head().clone();
    let segment = write_segment(settings, key, number, head.clone(), &[])?;
    let recovered = Recovered {
        after: head.clone(),
        head,
        sealed: None,
        bytes: segment.bytes,
        torn: Vec::new(),
        is_seal_torn: false,
    };
    Ok((vec![segment], recovered))
}

fn write_segment(
    settings: &LogSettings,
    key: &PublicKey,
    number: u64,
    after: Head,
    lines: &[String],
) -> Result<Segment, LogError> {
    let mut text = Header::new(after.clone(), key.clone()).line()? + "\n";
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    let path = path_of(&settings.folder, number);
    file::write_private(&path, text.as_bytes()).map_err(LogError::io(&path))?;
    Ok(Segment {
        number,
        after,
        gave_up_from: None,
        bytes: text.len() as u64,
    })
}
