//! Hands a slip to the printer, for a bounded time.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::{At, Outcome, Refusal};

/// How long a look for a printer on the network may take.
const LOOK: Duration = Duration::from_secs(1);
/// How long connecting may take when a slip is to be printed.
const CONNECTING: Duration = Duration::from_secs(3);
/// How often a device that is busy is asked again.
const AGAIN: Duration = Duration::from_millis(20);

/// Whether there is something at this place.
pub(super) fn is_there(at: &At) -> bool {
    match at {
        At::Device(path) => path.metadata().is_ok_and(|metadata| !metadata.is_dir()),
        At::Tcp(address) => connect(address, LOOK).is_ok(),
    }
}

/// Writes the whole `stream` within `limit`.
pub(super) fn deliver(at: &At, stream: &[u8], limit: Duration) -> Outcome {
    let delivered = match at {
        At::Device(path) => to_device(path, stream, limit),
        At::Tcp(address) => to_network(address, stream, limit),
    };
    match delivered {
        Ok(()) => Outcome::Printed,
        Err(error) if is_absence(&error) => Outcome::NotThere,
        Err(error) if is_waiting(&error) => Outcome::Refused {
            why: Refusal::Slow(limit),
        },
        Err(error) => Outcome::Refused {
            why: Refusal::Broken(error),
        },
    }
}

fn to_device(path: &Path, stream: &[u8], limit: Duration) -> io::Result<()> {
    // Without waiting: a printer without paper would hold the thread for as long as it has none.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let mut device = OpenOptions::new()
        .write(true)
        .custom_flags(flags)
        .open(path)?;
    write_until(&mut device, stream, Instant::now() + limit)
}

fn to_network(address: &str, stream: &[u8], limit: Duration) -> io::Result<()> {
    let mut connection = connect(address, CONNECTING)?;
    connection.set_write_timeout(Some(AGAIN))?;
    write_until(&mut connection, stream, Instant::now() + limit)?;
    connection.shutdown(std::net::Shutdown::Write)
}

fn connect(address: &str, limit: Duration) -> io::Result<TcpStream> {
    // A name that nobody knows and a host that does not answer are a printer that is not there.
    let absent = || io::Error::from(ErrorKind::HostUnreachable);
    let addresses: Vec<SocketAddr> = address.to_socket_addrs().map_err(|_| absent())?.collect();
    let mut fault = absent();
    for address in addresses {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(connection) => return Ok(connection),
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

fn write_until(to: &mut impl Write, stream: &[u8], deadline: Instant) -> io::Result<()> {
    let mut left = stream;
    while !left.is_empty() {
        match to.write(left) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => left = left.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_waiting(&error) => {
                if Instant::now() >= deadline {
                    return Err(error);
                }
                thread::sleep(AGAIN);
            }
            Err(error) => return Err(error),
        }
    }
    to.flush()
}

fn is_waiting(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A device that is unplugged, a host that is off. `ENXIO` and `ENODEV` have no kind of their own.
fn is_absence(error: &io::Error) -> bool {
    let gone = [rustix::io::Errno::NXIO, rustix::io::Errno::NODEV];
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
    ) || gone
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}
