//! Which release counts: the pointer says, and where it cannot be read, what lies there.

use motcua_show::release::{Release, Sha256Hex};

use super::Store;
use super::places::Pointer;

/// How the release was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    ByPointer,
    Otherwise,
}

impl Store {
    /// Finds the release that counts: that of `current`, else of `previous`, else the latest that lies there.
    /// What it lacks is kept off screen.
    pub(super) fn find_current(&self) {
        let Some((hash, release, found)) = self.look_for_release() else {
            self.state().current = None;
            return;
        };
        let held = self.lend(hash, release);
        for hash in held.missing() {
            tracing::warn!(%hash, "a file of the release is missing or cut short; it is kept off screen");
            self.mark_damaged(&hash);
        }
        if found == Found::Otherwise {
            tracing::warn!(
                release = held.release.number, unit = %held.release.unit,
                "the pointer to the current release was unreadable; an earlier one is shown"
            );
            // Best effort: on a disk that cannot be written the same is found again next time.
            let _ = self
                .inner
                .places
                .write_pointer(Pointer::Current, held.hash());
        }
        self.state().current = Some(held);
    }

    fn look_for_release(&self) -> Option<(Sha256Hex, Release, Found)> {
        let places = &self.inner.places;
        let by_pointer = |pointer| {
            let hash = places.read_pointer(pointer)?;
            places.read_release(&hash).map(|release| (hash, release))
        };
        if let Some((hash, release)) = by_pointer(Pointer::Current) {
            return Some((hash, release, Found::ByPointer));
        }
        let (hash, release) = by_pointer(Pointer::Previous).or_else(|| places.latest_release())?;
        Some((hash, release, Found::Otherwise))
    }
}
