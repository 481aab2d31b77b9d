//! Memory that holds nothing of what was in it once it is given back.
//!
//! What a visitor types passes through texts, laid-out pages and channels of many crates, and none of them wipes what
//! it lets go of. So the allocator does: every small block is cleared before it is freed, or moved. Blocks of
//! C libraries are not its business; nothing of what is typed goes there but the letters on their way from the
//! display server.
#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

/// Larger blocks hold pictures and sound; clearing those for every frame of a film would take a tenth of a core.
const LARGEST: usize = 256 * 1024;

/// The system's allocator, which clears what it takes back.
pub struct Wiping;

// SAFETY: every block comes from the system's allocator and goes back to it with the layout it was asked for with;
// nothing is written beyond its size, and only while it is still held.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.size() <= LARGEST {
            // SAFETY: the block is as large as its layout says, and the caller does not use it again.
            unsafe { block.write_bytes(0, layout.size()) };
            // Otherwise the compiler may leave out what nobody reads any more.
            black_box(block);
        }
        // SAFETY: the caller got the block from here with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() > LARGEST {
            // SAFETY: the caller keeps the contract of `realloc`, which is the same.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller makes sure that the size is not zero and does not overflow with this alignment.
        let new = unsafe { System.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !new.is_null() {
            // SAFETY: both blocks are at least this large, and they are different ones.
            unsafe { new.copy_from_nonoverlapping(block, layout.size().min(size)) };
            // SAFETY: the old block is the caller's, who does not use it again.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_grows_keeps_what_it_holds() {
        let small = Layout::from_size_align(16, 1).unwrap();
        // SAFETY: the block is used within its size, and given back with the layout that it has then.
        unsafe {
            let block = Wiping.alloc(small);
            block.write_bytes(7, 16);
            let grown = Wiping.realloc(block, small, 64);
            assert_eq!(std::slice::from_raw_parts(grown, 16), [7; 16]);
            let shrunk = Wiping.realloc(grown, Layout::from_size_align(64, 1).unwrap(), 8);
            assert_eq!(std::slice::from_raw_parts(shrunk, 8), [7; 8]);
            Wiping.dealloc(shrunk, Layout::from_size_align(8, 1).unwrap());
        }
    }
}
