//! The life of a decoder process: it is shut in, answers what it is asked about files, and plays one clip at most.

use std::io::stdin;
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

use crate::backdrop::fit_over_backdrop;
use crate::error::MediaError;
use crate::fit::contain;
use crate::inside::container::Container;
use crate::inside::document::Document;
use crate::inside::loudness::loudness;
use crate::inside::picture::load_picture;
use crate::inside::playing;
use crate::inside::probe::look_at;
use crate::inside::shut_in::{close_all_but_the_socket, shut_in};
use crate::inside::source::Source;
use crate::inside::subtitles::subtitles;
use crate::inside::verify::verify;
use crate::memory::Memory;
use crate::picture::{Picture, Rgb};
use crate::wire::{Ask, Fitting, Received, Socket, Tell, WireError};

/// How often long work says that it goes on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Runs this process as a decoder: standard input is the socket of a player. What the hidden subcommand of the
/// player's program does.
#[must_use]
pub fn serve() -> ExitCode {
    close_all_but_the_socket();
    give_memory_back();
    let Ok(descriptor) = stdin().as_fd().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    let socket = Arc::new(Socket::from_descriptor(descriptor));
    if let Err(error) = shut_in() {
        let source = Arc::new(error.into());
        // A player that is gone needs no answer.
        let _ = socket.send(&Tell::Refused(MediaError::NoDecoderProcess { source }));
        return ExitCode::FAILURE;
    }
    leave_with_player(&socket);
    Session {
        socket,
        document: None,
        container: None,
        picture: None,
    }
    .run()
}

/// Has the allocator give whole frames back to the system: those that libav decodes to learn what a file is
/// would stay with this process as long as it plays.
#[expect(unsafe_code, reason = "there is no safe wrapper of mallopt")]
fn give_memory_back() {
    const FRAME: libc::c_int = 512 << 10;
    // SAFETY: plain numbers; no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, FRAME);
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}

/// Ends the process when the player is gone, whatever its other threads are at.
fn leave_with_player(socket: &Arc<Socket>) {
    let socket = Arc::clone(socket);
    let watch = move || {
        let descriptor = socket.as_descriptor();
        let mut events = [PollFd::from_borrowed_fd(descriptor, PollFlags::RDHUP)];
        while poll(&mut events, None).is_err() {}
        std::process::exit(0);
    };
    let named = std::thread::Builder::new().name("leave".to_owned());
    // Without it the limits end the process later.
    drop(named.stack_size(64 << 10).spawn(watch));
}

/// What a decoder keeps between two questions.
struct Session {
    socket: Arc<Socket>,
    /// The last document, so that its pages are drawn without reading it again.
    document: Option<(FileId, Document)>,
    /// The video or sound file that was looked at last, so that playing it does not begin with that again.
    container: Option<(FileId, Container)>,
    /// A picture that waits for its memory.
    picture: Option<Picture>,
}

/// Which file a descriptor is of.
type FileId = (u64, u64);

impl Session {
    fn run(mut self) -> ExitCode {
        loop {
            let received: Received<Ask> = match self.socket.receive() {
                Ok(received) => received,
                Err(_) => return ExitCode::SUCCESS,
            };
            let answer = match received.message {
                Ask::Canvas => self.draw(received.descriptor),
                ask => {
                    let Some(descriptor) = received.descriptor else {
                        return ExitCode::FAILURE;
                    };
                    match self.about_file(ask, descriptor) {
                        Ok(Answer::Tell(tell)) => tell,
                        Ok(Answer::Over(code)) => return code,
                        Err(error) => Tell::Refused(error),
                    }
                }
            };
            match self.socket.send(&answer) {
                Ok(()) => {}
                // Only a list of faults can be longer than a message.
                Err(WireError::System(_)) => {
                    if self
                        .socket
                        .send(&Tell::Refused(MediaError::DecoderLies))
                        .is_err()
                    {
                        return ExitCode::FAILURE;
                    }
                }
                Err(_) => return ExitCode::SUCCESS,
            }
        }
    }

    fn about_file(&mut self, ask: Ask, descriptor: OwnedFd) -> Result<Answer, MediaError> {
        let id = file_id(&descriptor)?;
        let source = Source::new(descriptor)?;
        #[cfg(debug_assertions)]
        crate::inside::misbehave::before(&source, &self.socket);
        let socket = Arc::clone(&self.socket);
        let mut said = Instant::now();
        let mut going = move || {
            if said.elapsed() >= SIGN_OF_LIFE {
                said = Instant::now();
                // A player that is gone ends this process.
                let _ = socket.send(&Tell::Going);
            }
        };
        let tell = match ask {
            Ask::Probe => {
                let (info, container) = look_at(&source)?;
                self.container = container.map(|container| (id, container));
                Tell::Probed(info)
            }
            Ask::Verify(kind) => {
                let mut verified = verify(&source, kind, &mut going)?;
                verified.problems.truncate(MOST_PROBLEMS);
                Tell::Verified(verified.info, verified.problems)
            }
            Ask::Loudness(kind) => Tell::Measured(loudness(&source, kind, &mut going)?),
            Ask::Picture(ground, fitting) => {
                self.ready(fitted(load_picture(&source, ground)?, ground, fitting))
            }
            Ask::Page(index, width, height) => {
                let page = self.document(id, &source)?.page(index, width, height)?;
                self.ready(page)
            }
            Ask::Play(wanted) => {
                let known = self.container.take().filter(|(known, _)| *known == id);
                let known = known.map(|(_, container)| container);
                return playing::play(&self.socket, &source, known, wanted).map(Answer::Over);
            }
            Ask::Subtitles(preferred) => {
                let known = self.container.as_ref().filter(|(known, _)| *known == id);
                let known = known.map(|(_, container)| container);
                let mut cues = subtitles(&source, known, &preferred)?;
                while !cues.is_empty() {
                    let rest = cues.split_off(cues.len().min(CUES_A_MESSAGE));
                    if self.socket.send(&Tell::Cues(cues)).is_err() {
                        return Ok(Answer::Over(ExitCode::SUCCESS));
                    }
                    cues = rest;
                }
                Tell::Cues(Vec::new())
            }
            // None of these is about a file.
            Ask::Canvas | Ask::Memory(_) | Ask::Free(_) | Ask::FreeSound(_) | Ask::LeaveSound => {
                return Ok(Answer::Over(ExitCode::FAILURE));
            }
        };
        Ok(Answer::Tell(tell))
    }

    fn document(&mut self, id: FileId, source: &Source) -> Result<&Document, MediaError> {
        let kept = self.document.take_if(|(kept, _)| *kept == id);
        let kept = match kept {
            Some(kept) => kept,
            None => (id, Document::open(source)?),
        };
        Ok(&self.document.insert(kept).1)
    }

    fn ready(&mut self, picture: Picture) -> Tell {
        let size = Tell::Sized(picture.width, picture.height);
        self.picture = Some(picture);
        size
    }

    /// Writes the picture into the memory that has come for it.
    fn draw(&mut self, descriptor: Option<OwnedFd>) -> Tell {
        let (Some(picture), Some(descriptor)) = (self.picture.take(), descriptor) else {
            return Tell::Refused(MediaError::DecoderLies);
        };
        match Memory::take(descriptor, picture.rgb.len()) {
            Ok(memory) if memory.write(0, &picture.rgb) => Tell::Drawn,
            Ok(_) => Tell::Refused(MediaError::DecoderLies),
            Err(error) => Tell::Refused(error.into()),
        }
    }
}

/// Faults that are named of one file; more say nothing more to whoever has to mend it.
const MOST_PROBLEMS: usize = 32;

/// Texts that fit into one message, however long each is.
const CUES_A_MESSAGE: usize = 2;

enum Answer {
    Tell(Tell),
    /// A clip was played, or the player cannot be understood.
    Over(ExitCode),
}

fn file_id(descriptor: &OwnedFd) -> Result<FileId, MediaError> {
    let facts = rustix::fs::fstat(descriptor).map_err(std::io::Error::from)?;
    Ok((facts.st_dev, facts.st_ino))
}

fn fitted(picture: Picture, ground: Rgb, fitting: Fitting) -> Picture {
    match fitting {
        Fitting::Whole => picture,
        Fitting::Contain(width, height) => contain(&picture, width, height),
        Fitting::OverBackdrop(width, height) => fit_over_backdrop(&picture, width, height, ground),
    }
}
