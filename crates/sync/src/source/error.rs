//! Why a source could not be read, in sentences for an operator.

use std::io;
use std::path::PathBuf;

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address of the server is not one.
    #[error("{0:?} is not the address of a server; write it like https://server.example:8443")]
    BadAddress(String),
    /// The certificate authority that should vouch for the server cannot be read.
    #[error(
        "the certificate authority for {server} holds no certificate in PEM; pair the screen again"
    )]
    BadAuthority {
        /// The server.
        server: String,
    },
    /// No certificate authority is known that could vouch for the server.
    #[error(
        "no certificate authority is known that could vouch for {server}: {path} cannot be read; install \
         the package ca-certificates or pair the screen again"
    )]
    NoAuthorities {
        /// The server.
        server: String,
        /// Where the authorities of the machine were looked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Nobody answers there.
    #[error(
        "{place} cannot be reached ({cause}); check the network of the screen and whether the server runs"
    )]
    Unreachable {
        /// What was asked for.
        place: String,
        /// What the connection said.
        #[source]
        cause: Box<ureq::Error>,
    },
    /// Somebody answers whose certificate is not the server's.
    #[error(
        "{place} answers with a certificate that is not the server's ({cause}); somebody may sit between, or \
         the server was set up anew: check the network, then pair the screen again"
    )]
    WrongCertificate {
        /// What was asked for.
        place: String,
        /// What was wrong with it.
        #[source]
        cause: Box<ureq::Error>,
    },
    /// The answer did not come, or did not go on, in time.
    #[error("{place} stopped answering; check the network of the screen")]
    Stalled {
        /// What was asked for.
        place: String,
    },
    /// The answer comes in too slowly to ever end.
    #[error(
        "{place} comes in at less than {bytes_per_second} bytes a second; check the network of the screen"
    )]
    TooSlow {
        /// What was asked for.
        place: String,
        /// The slowest that is borne.
        bytes_per_second: u64,
    },
    /// The connection broke, or the bytes on it are no HTTP.
    #[error("the connection broke while {place} came in ({cause}); it is tried again")]
    Broken {
        /// What was asked for.
        place: String,
        /// What the connection said.
        #[source]
        cause: io::Error,
    },
    /// The server wants no such request.
    #[error("{place} was answered with {status}; look into the log of the server")]
    Refused {
        /// What was asked for.
        place: String,
        /// The HTTP status.
        status: u16,
    },
    /// The token of the screen is no longer good.
    #[error(
        "{place} refuses this screen's token ({status}); the screen was revoked, or pair it again"
    )]
    NotAllowed {
        /// What was asked for.
        place: String,
        /// The HTTP status.
        status: u16,
    },
    /// Something in between answers in place of the server.
    #[error(
        "{place} is answered by a web page in place of the server, as the sign-in page of a hotel or office \
         network does; sign the screen's network in, or let it through to the server"
    )]
    CaptivePortal {
        /// What was asked for.
        place: String,
    },
    /// There is no such blob.
    #[error("{place} does not exist; publish the show again")]
    Missing {
        /// What was asked for.
        place: String,
    },
    /// More bytes came than there may be.
    #[error(
        "{place} is longer than {limit} bytes; publish the show again, and check who answers there"
    )]
    TooLong {
        /// What was asked for.
        place: String,
        /// The most that was accepted.
        limit: u64,
    },
    /// A name that has no place in a repository.
    #[error("{0:?} cannot be a file of a repository; publish the show again")]
    BadName(String),
    /// A folder or a stick cannot be read.
    #[error("{path} cannot be read ({cause}); check the stick or the folder")]
    Folder {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

impl SourceError {
    /// Whether the server says that this screen may not read (any longer).
    #[must_use]
    pub fn is_not_allowed(&self) -> bool {
        matches!(self, Self::NotAllowed { .. })
    }

    /// Whether going on where it broke may help: the connection failed, not the answer.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Stalled { .. }
                | Self::TooSlow { .. }
                | Self::Broken { .. }
                | Self::Unreachable { .. }
        )
    }

    /// What a failed request means.
    pub(super) fn of_request(place: &str, cause: ureq::Error) -> Self {
        let place = place.to_owned();
        match cause {
            ureq::Error::Timeout(_) => Self::Stalled { place },
            ureq::Error::Io(cause) => Self::of_io(&place, cause),
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) => Self::WrongCertificate {
                place,
                cause: Box::new(cause),
            },
            ureq::Error::Protocol(cause) => Self::Broken {
                place,
                cause: io::Error::new(io::ErrorKind::InvalidData, cause),
            },
            cause => Self::Unreachable {
                place,
                cause: Box::new(cause),
            },
        }
    }

    /// What a failed read or connection means. ureq and rustls wrap their own errors into those of I/O.
    pub(crate) fn of_io(place: &str, cause: io::Error) -> Self {
        let place = place.to_owned();
        let inner = cause.get_ref();
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return Self::WrongCertificate {
                place,
                cause: Box::new(ureq::Error::Io(cause)),
            };
        }
        match inner.and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
            Some(ureq::Error::Timeout(_)) => return Self::Stalled { place },
            Some(ureq::Error::Rustls(_)) => {
                return Self::WrongCertificate {
                    place,
                    cause: Box::new(ureq::Error::Io(cause)),
                };
            }
            _ => {}
        }
        match cause.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Stalled { place },
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable {
                place,
                cause: Box::new(ureq::Error::Io(cause)),
            },
            _ => Self::Broken { place, cause },
        }
    }
}
