//! X11: the screen saver extension suspends saver and power saving for as long as its client lives.

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// The connection that holds the saver off.
pub(super) struct Suspended {
    _connection: RustConnection,
}

/// What keeps the saver from being suspended.
#[derive(Debug, thiserror::Error)]
pub(super) enum SuspendError {
    #[error("the X server cannot be reached: {0}")]
    Connect(#[from] x11rb::errors::ConnectError),
    #[error("the X server refused to suspend its screen saver: {0}")]
    Refused(#[from] ReplyOrIdError),
}

/// Suspends screen saver and DPMS (X Screen Saver Extension 1.1, `XScreenSaverSuspend`).
pub(super) fn suspend() -> Result<Suspended, SuspendError> {
    let (connection, _) = x11rb::connect(None)?;
    let refused = |error: x11rb::errors::ConnectionError| SuspendError::Refused(error.into());
    // The extension wants to know which version it speaks before anything else.
    connection
        .screensaver_query_version(1, 1)
        .map_err(refused)?
        .reply()
        .map_err(|error| SuspendError::Refused(error.into()))?;
    connection
        .screensaver_suspend(1)
        .map_err(refused)?
        .check()
        .map_err(|error| SuspendError::Refused(error.into()))?;
    connection.flush().map_err(refused)?;
    Ok(Suspended {
        _connection: connection,
    })
}
