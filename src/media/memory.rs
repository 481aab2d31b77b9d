//! Memory that player and decoder share.
//!
//! Owns the mapping of a sealed file in memory: its size can never change, so no access within it can fault,
//! whatever the other process does. Invariant: what the other process may write to at any moment is never
//! lent out as a slice; it is read through atomic loads, so that a value that changes under the reader is a
//! strange value and nothing worse.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{
    MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, ftruncate, memfd_create,
};

/// Bytes shared by two processes.
#[derive(Debug)]
pub(crate) struct Memory {
    descriptor: OwnedFd,
    map: MmapRaw,
}

const SIZE_SEALS: SealFlags = SealFlags::SHRINK
    .union(SealFlags::GROW)
    .union(SealFlags::SEAL);

impl Memory {
    /// New memory of `bytes`, all zero, to be read here and written by the other process.
    pub(crate) fn new(bytes: usize) -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let descriptor = memfd_create(c"motcua-frames", flags)?;
        ftruncate(&descriptor, bytes as u64)?;
        fcntl_add_seals(&descriptor, SIZE_SEALS)?;
        let map = MmapOptions::new()
            .len(bytes)
            .map_raw_read_only(&descriptor)?;
        Ok(Self { descriptor, map })
    }

    /// Takes memory that the player made, to write to it.
    pub(crate) fn take(descriptor: OwnedFd, bytes: usize) -> io::Result<Self> {
        let is_sealed = fcntl_get_seals(&descriptor)?.contains(SIZE_SEALS);
        let is_whole = rustix::fs::fstat(&descriptor)?.st_size.cast_unsigned() == bytes as u64;
        if !(is_sealed && is_whole) {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let map = MmapOptions::new().len(bytes).map_raw(&descriptor)?;
        Ok(Self { descriptor, map })
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// The first byte; valid for the whole length as long as `self`.
    pub(crate) fn start(&self) -> *mut u8 {
        self.map.as_mut_ptr()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.map.len()
    }

    /// Copies what lies at `from` into `to`; false where that is not all inside.
    #[must_use]
    pub(crate) fn read(&self, from: usize, to: &mut [u8]) -> bool {
        let is_inside = from
            .checked_add(to.len())
            .is_some_and(|end| end <= self.bytes());
        if is_inside {
            self.read_inside(from, to);
        }
        is_inside
    }

    #[expect(
        unsafe_code,
        reason = "memory that another process writes to can only be read through atomics on raw pointers"
    )]
    fn read_inside(&self, from: usize, to: &mut [u8]) {
        // SAFETY: `read` has checked that `from + to.len()` lies inside the mapping.
        let start = unsafe { self.map.as_ptr().add(from) };
        let lead = start.align_offset(align_of::<AtomicU64>()).min(to.len());
        let (head, rest) = to.split_at_mut(lead);
        let (words, tail) = rest.as_chunks_mut::<8>();
        let after = lead + words.len() * 8;
        let byte = |at: usize| {
            // SAFETY: `at` is below `to.len()`; the mapping lives as long as `self` and is never written to
            // by this process other than through it.
            unsafe { AtomicU8::from_ptr(start.add(at).cast_mut()) }.load(Ordering::Relaxed)
        };
        for (at, target) in head.iter_mut().enumerate() {
            *target = byte(at);
        }
        for (at, target) in words.iter_mut().enumerate() {
            // SAFETY: as above; `lead` makes it aligned.
            let word = unsafe { AtomicU64::from_ptr(start.add(lead + at * 8).cast_mut().cast()) };
            *target = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        for (at, target) in tail.iter_mut().enumerate() {
            *target = byte(after + at);
        }
    }

    /// Copies `from` to the place `to`; false where that is not all inside. For the decoder, which alone
    /// writes.
    #[must_use]
    #[expect(unsafe_code, reason = "the mapping is raw memory")]
    pub(crate) fn write(&self, to: usize, from: &[u8]) -> bool {
        let is_inside = to
            .checked_add(from.len())
            .is_some_and(|end| end <= self.bytes());
        if is_inside {
            // SAFETY: inside the mapping, which is written to through this call and the frames of the slots
            // alone, and those do not overlap.
            unsafe {
                std::ptr::copy_nonoverlapping(from.as_ptr(), self.start().add(to), from.len())
            };
        }
        is_inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_writes_the_other_reads() {
        let ours = Memory::new(10_000).unwrap();
        let theirs = Memory::take(ours.descriptor().try_clone_to_owned().unwrap(), 10_000).unwrap();
        let sent: Vec<u8> = (0..200).collect();
        for at in [0, 1, 7, 8, 4093, 9800] {
            for length in [0, 1, 5, 8, 17, 200] {
                assert!(theirs.write(at, &sent[..length]));
                let mut came = vec![0; length];
                assert!(ours.read(at, &mut came));
                assert_eq!(came, sent[..length]);
            }
        }
        assert!(!theirs.write(9801, &sent));
        assert!(!ours.read(usize::MAX, &mut [0; 2]));
    }

    #[test]
    fn its_size_cannot_change() {
        let memory = Memory::new(8192).unwrap();
        assert!(ftruncate(memory.descriptor(), 4096).is_err());
        assert!(ftruncate(memory.descriptor(), 16_384).is_err());
        let unsealed = memfd_create(c"test", MemfdFlags::CLOEXEC).unwrap();
        ftruncate(&unsealed, 8192).unwrap();
        assert!(Memory::take(unsealed, 8192).is_err());
    }
}
