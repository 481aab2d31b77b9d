//! What a server may tell a screen to do, and what became of it.
//!
//! The list is closed: an order carries no text and no path, so that nobody who holds the server can make a
//! screen show or run anything by one.

use std::io::Cursor;
use std::time::{Duration, Instant};

use motcua_screen::{Notice, Pixel, ScreenHandle, Shot, ToScreen};
use motcua_sync::api::{Command, CommandOrder, CommandResult};
use motcua_sync::worker::ToWorker;

use crate::link::Link;

/// A window that comes and goes tells nobody anything: whoever holds the server cannot make it flicker.
const BETWEEN_RESTARTS: Duration = Duration::from_secs(10);

/// Orders on their way.
pub struct Orders {
    screen: ScreenHandle,
    /// What the screen is called.
    pub name: String,
    pictures: Vec<String>,
    restart_at: Option<Instant>,
    /// When the player started.
    since: Instant,
}

impl Orders {
    /// Carries out nothing yet.
    pub fn new(screen: ScreenHandle) -> Self {
        Self {
            screen,
            name: String::new(),
            pictures: Vec::new(),
            restart_at: None,
            since: Instant::now(),
        }
    }

    /// When the player is to be started again, if it is.
    pub const fn restart_at(&self) -> Option<Instant> {
        self.restart_at
    }

    /// Carries out an order; says whether a plate was put up.
    pub fn take(&mut self, order: CommandOrder, has_visitor: bool, link: Option<&Link>) -> bool {
        tracing::info!(id = order.id, "the server orders {:?}", order.command);
        match order.command {
            Command::Identify => {
                self.screen
                    .send(ToScreen::Notice(Some(Notice::Name(self.name.clone()))));
                done(link, order.id, "its name is on the display for 30 s");
                return true;
            }
            Command::Screenshot if has_visitor => {
                done(link, order.id, "masked: a visitor uses the screen");
            }
            Command::Screenshot => {
                self.pictures.push(order.id);
                self.screen.send(ToScreen::TakePicture);
            }
            // The worker has acknowledged it before, so that no player starts again and again for one order.
            Command::Restart => {
                self.restart_at = Some(Instant::now().max(self.since + BETWEEN_RESTARTS));
            }
            // The worker does and answers it by itself.
            Command::SyncNow => {}
        }
        false
    }

    /// Answers who ordered a picture.
    pub fn send_picture(
        &mut self,
        width: u32,
        height: u32,
        pixels: Box<[Pixel]>,
        link: Option<&Link>,
    ) {
        let waiting = std::mem::take(&mut self.pictures);
        let Some(tell) = link.map(Link::teller).filter(|_| !waiting.is_empty()) else {
            return;
        };
        // A second of work that nothing on the display may wait for.
        let spawned = std::thread::Builder::new()
            .name("picture".into())
            .spawn(move || {
                let result = match png(&Shot::of(&pixels, width, height)) {
                    Ok(png) => CommandResult {
                        done: true,
                        message: format!("{width} × {height} pixels"),
                        picture: Some(png),
                    },
                    Err(error) => CommandResult {
                        done: false,
                        message: format!("the picture cannot be written: {error}"),
                        picture: None,
                    },
                };
                for id in waiting {
                    let result = result.clone();
                    tell(ToWorker::CommandDone { id, result });
                }
            });
        if let Err(error) = spawned {
            tracing::error!("no thread could be started for a picture: {error}; free memory");
        }
    }
}

/// The picture as PNG in base64.
fn png(shot: &Shot) -> Result<String, image::ImageError> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let mut file = Cursor::new(Vec::new());
    let kind = image::ExtendedColorType::Rgb8;
    let format = image::ImageFormat::Png;
    image::write_buffer_with_format(&mut file, &shot.rgb, shot.width, shot.height, kind, format)?;
    Ok(BASE64_STANDARD.encode(file.into_inner()))
}

fn done(link: Option<&Link>, id: String, message: &str) {
    let result = CommandResult {
        done: true,
        message: message.to_owned(),
        picture: None,
    };
    send(link, id, result);
}

fn send(link: Option<&Link>, id: String, result: CommandResult) {
    if let Some(link) = link {
        link.tell(ToWorker::CommandDone { id, result });
    }
}
