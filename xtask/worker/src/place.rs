//! Where copies come from and go to, outside of the kernel's objects.

use std::ffi::c_long;
use std::hint::black_box;

/// Where the buffer lies within its page: not where the segment does, which some processors take ill.
const APART: usize = 512;
const PAGE: usize = 4096;

/// Memory for a copy, every page of it written, at the same place within its page in each contender.
pub struct Buffer {
    memory: Vec<u8>,
    start: usize,
    size: usize,
}

impl Buffer {
    pub fn new(size: usize) -> Buffer {
        let memory = vec![b'b'; size + APART + PAGE];
        let start = memory.as_ptr().align_offset(PAGE) + APART;
        Buffer {
            memory,
            start,
            size,
        }
    }

    #[inline]
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.size]
    }
}

/// Leaves a hole as long as a message, between two pieces that stay while this lives, so that what is copied from and
/// what is copied to do not lie a few bytes more than whole pages apart: chance would have it so, and some processors
/// then copy at a tenth of their speed. The worker in C does the same.
pub fn keep_apart(length: usize) -> [Vec<u8>; 2] {
    let before = Vec::with_capacity(1024);
    let hole: Vec<u8> = Vec::with_capacity(length + size_of::<c_long>());
    let behind = Vec::with_capacity(1024);
    drop(black_box(hole));
    black_box([before, behind])
}
