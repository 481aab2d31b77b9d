//! The socket between player and decoder: one datagram a message, at most one descriptor with it.
//!
//! Invariant: a message is received whole or not at all, and nothing that a peer sends takes more memory than
//! one message may.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, Shutdown, SocketFlags, SocketType,
    recvmsg, sendmsg, shutdown, socketpair,
};
use serde::{Serialize, de::DeserializeOwned};

/// A message is at most this long; most take some tens of bytes. A check of a film may name many faults.
const LONGEST: usize = 32 << 10;

/// Why a message did not come or go.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// The other side is gone.
    #[error("the other side has closed the socket")]
    Closed,
    /// The system refuses.
    #[error("the socket cannot be used: {0}")]
    System(#[from] io::Error),
    /// What came is no message.
    #[error("what came is not a message")]
    Garbled,
    /// The other side reads too slowly to take it at once.
    #[error("the other side does not read")]
    Full,
}

/// A message with the descriptor that came along.
pub(crate) struct Received<M> {
    pub(crate) message: M,
    pub(crate) descriptor: Option<OwnedFd>,
}

/// One end.
#[derive(Debug)]
pub(crate) struct Socket(OwnedFd);

impl Socket {
    /// Both ends of a new socket, neither inherited by programs that are started.
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        Ok((Self(one), Self(other)))
    }

    pub(crate) fn from_descriptor(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.0
    }

    pub(crate) fn as_descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Sends a message; waits where the other side is slow.
    pub(crate) fn send(&self, message: &impl Serialize) -> Result<(), WireError> {
        self.send_flagged(message, None, SendFlags::NOSIGNAL)
    }

    /// The same with a descriptor.
    pub(crate) fn send_with(
        &self,
        message: &impl Serialize,
        descriptor: BorrowedFd<'_>,
    ) -> Result<(), WireError> {
        self.send_flagged(message, Some(descriptor), SendFlags::NOSIGNAL)
    }

    /// Sends a message if that is possible without waiting.
    pub(crate) fn try_send(&self, message: &impl Serialize) -> Result<(), WireError> {
        self.send_flagged(message, None, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
    }

    fn send_flagged(
        &self,
        message: &impl Serialize,
        descriptor: Option<BorrowedFd<'_>>,
        flags: SendFlags,
    ) -> Result<(), WireError> {
        let bytes = postcard::to_stdvec(message).map_err(|_| WireError::Garbled)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let descriptors = descriptor.map(|descriptor| [descriptor]);
        if let Some(descriptors) = &descriptors {
            ancillary.push(SendAncillaryMessage::ScmRights(descriptors));
        }
        loop {
            match sendmsg(&self.0, &[IoSlice::new(&bytes)], &mut ancillary, flags) {
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Err(WireError::Full),
                Err(rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET) => {
                    return Err(WireError::Closed);
                }
                Err(error) => return Err(WireError::System(error.into())),
            }
        }
    }

    /// Waits for a message.
    pub(crate) fn receive<M: DeserializeOwned>(&self) -> Result<Received<M>, WireError> {
        let mut bytes = vec![0; LONGEST];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let came = loop {
            match recvmsg(
                &self.0,
                &mut [IoSliceMut::new(&mut bytes)],
                &mut ancillary,
                RecvFlags::CMSG_CLOEXEC,
            ) {
                Ok(came) => break came,
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::CONNRESET) => return Err(WireError::Closed),
                Err(error) => return Err(WireError::System(error.into())),
            }
        };
        if came.bytes == 0 {
            return Err(WireError::Closed);
        }
        let descriptor = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        let is_whole = !came
            .flags
            .intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC);
        let bytes = bytes.get(..came.bytes).filter(|_| is_whole);
        let message = bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        Ok(Received {
            message: message.ok_or(WireError::Garbled)?,
            descriptor,
        })
    }

    /// Makes both sides' waiting calls end with [`WireError::Closed`].
    pub(crate) fn close(&self) {
        // It fails only where it is closed already.
        let _ = shutdown(&self.0, Shutdown::Both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Seek as _, Write as _};

    #[test]
    fn messages_and_descriptors_come_as_they_were_sent() {
        let (one, other) = Socket::pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"here").unwrap();
        file.rewind().unwrap();
        one.send_with(&(7_u32, "text"), file.as_fd()).unwrap();
        let received: Received<(u32, String)> = other.receive().unwrap();
        assert_eq!(received.message, (7, "text".to_owned()));
        let mut text = String::new();
        std::fs::File::from(received.descriptor.unwrap())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "here");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let (one, other) = Socket::pair().unwrap();
        one.send(&255_u8).unwrap();
        assert!(matches!(
            other.receive::<super::super::Tell>(),
            Err(WireError::Garbled)
        ));
        one.close();
        assert!(matches!(
            other.receive::<super::super::Tell>(),
            Err(WireError::Closed)
        ));
    }

    #[test]
    fn a_side_that_does_not_read_holds_nobody_up() {
        let (one, _other) = Socket::pair().unwrap();
        let sent = (0..100_000).take_while(|_| one.try_send(&[0_u64; 8]).is_ok());
        assert!(sent.count() < 100_000);
    }
}
