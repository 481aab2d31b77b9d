//! The slip: what a visitor without a phone takes along, on a receipt printer that speaks ESC/POS.
//!
//! Owns the way to the printer. The slip is drawn as a picture by the player itself, started anew as
//! `motcua slip`, because code pages of cheap printers cannot be trusted with Vietnamese or Khmer.
//! Invariants: nobody waits for a printer; one slip is printed at a time.

mod deliver;
pub mod draw;
mod escpos;
mod layout;
mod slip;

use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::child::{self, ChildError, Limits};

pub use slip::{Case, Code, Fact, Paper, Slip};

/// Dots across the paper of a printer for 80 mm; 576 of 203 dpi are 72 mm.
pub const USUAL_DOTS: u32 = 576;
/// Dots across the paper of a printer for 58 mm.
pub const NARROW_DOTS: u32 = 384;

/// What drawing a slip may take. The longest real one takes under two seconds and 2 MB.
const DRAWING: Limits = Limits {
    time: Duration::from_secs(10),
    bytes: 16 * 1024 * 1024,
};

/// How long the printer may take to swallow a slip; cheap ones print 50 mm a second.
const SWALLOWING: Duration = Duration::from_secs(60);

/// A printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// Where it is.
    pub at: At,
    /// Dots across its paper: [`USUAL_DOTS`] or [`NARROW_DOTS`].
    pub dots: u32,
}

/// Where a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A device file, such as `/dev/usb/lp0`.
    Device(PathBuf),
    /// Host and port of a printer on the network.
    Tcp(String),
}

impl At {
    /// Reads "/dev/usb/lp0" or "tcp://192.168.1.50:9100".
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        if written.starts_with('/') && !written.ends_with('/') {
            return Some(Self::Device(PathBuf::from(written)));
        }
        let (host, port) = written.strip_prefix("tcp://")?.rsplit_once(':')?;
        let is_host = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c == '/');
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        (is_host && is_port).then(|| Self::Tcp(format!("{host}:{port}")))
    }
}

impl Printer {
    /// Whether the printer seems to be there, so that printing can be offered. A look at a device file; for
    /// one on the network a connection that is closed again, which may take up to a second.
    #[must_use]
    pub fn is_there(&self) -> bool {
        deliver::is_there(&self.at)
    }
}

/// How printing ended.
#[derive(Debug)]
pub enum Outcome {
    /// The printer has taken the whole slip. Whether it had paper it does not say.
    Printed,
    /// There is no printer.
    NotThere,
    /// There is one, or would be, and it did not print.
    Refused {
        /// Why, as a sentence for the log.
        why: Refusal,
    },
}

/// Told once how printing ended, from a thread of its own.
pub type Told = Arc<dyn Fn(Outcome) + Send + Sync>;

/// Why a slip was not printed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Another slip is being printed.
    #[error("the slip before this one is still being printed")]
    Busy,
    /// It could not be drawn.
    #[error("the slip cannot be drawn: {0}")]
    Drawing(#[from] ChildError),
    /// The drawn slip could not be read back.
    #[error("the drawn slip cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The printer took too long.
    #[error("the printer took no more for {0:?}; look for paper, an open lid or a loose cable")]
    Slow(Duration),
    /// The printer broke off.
    #[error("the printer cannot be written to: {0}; check its cable and who may write to it")]
    Broken(#[source] std::io::Error),
    /// The machine gives no thread.
    #[error("printing cannot be started: {0}")]
    NoThread(#[source] std::io::Error),
}

/// Prints slips, one at a time.
#[derive(Debug, Clone)]
pub struct Press {
    printer: Printer,
    /// The program that draws, with its arguments.
    drawer: Vec<OsString>,
    swallowing: Duration,
    is_busy: Arc<AtomicBool>,
}

impl Press {
    /// A press that lets this very program draw.
    ///
    /// # Errors
    /// When the system does not say where this program lies.
    pub fn new(printer: Printer) -> std::io::Result<Self> {
        let program = std::env::current_exe()?.into_os_string();
        Ok(Self::drawing_with(printer, vec![program, "slip".into()]))
    }

    fn drawing_with(printer: Printer, drawer: Vec<OsString>) -> Self {
        Self {
            printer,
            drawer,
            swallowing: SWALLOWING,
            is_busy: Arc::default(),
        }
    }

    /// The printer.
    #[must_use]
    pub fn printer(&self) -> &Printer {
        &self.printer
    }

    /// Prints `slip`, as wide as the printer is, on a thread of its own that tells how it ended. Returns at
    /// once.
    pub fn print(&self, slip: &Slip, tell: &Told) {
        if self.is_busy.swap(true, Ordering::AcqRel) {
            tell(Outcome::Refused { why: Refusal::Busy });
            return;
        }
        let slip = Slip {
            dots: self.printer.dots,
            ..slip.clone()
        };
        let (press, is_busy) = (self.clone(), Arc::clone(&self.is_busy));
        let told = Arc::clone(tell);
        let started = std::thread::Builder::new()
            .name("printing".to_owned())
            .spawn(move || {
                let outcome = press.print_now(&slip);
                is_busy.store(false, Ordering::Release);
                told(outcome);
            });
        if let Err(error) = started {
            self.is_busy.store(false, Ordering::Release);
            tell(Outcome::Refused {
                why: Refusal::NoThread(error),
            });
        }
    }

    fn print_now(&self, slip: &Slip) -> Outcome {
        match self.drawn(slip) {
            Ok(stream) => deliver::deliver(&self.printer.at, &stream, self.swallowing),
            Err(why) => Outcome::Refused { why },
        }
    }

    /// The slip as ESC/POS.
    fn drawn(&self, slip: &Slip) -> Result<Vec<u8>, Refusal> {
        let json = serde_json::to_vec(slip).map_err(|error| Refusal::Unreadable(error.into()))?;
        let mut parts = self.drawer.iter();
        let mut command = Command::new(parts.next().cloned().unwrap_or_default());
        command.args(parts);
        let mut output = child::run(&mut command, &json, DRAWING, &|| false)?;
        let mut stream = Vec::new();
        output
            .read_to_end(&mut stream)
            .map_err(Refusal::Unreadable)?;
        Ok(stream)
    }
}

#[cfg(test)]
mod tests;
