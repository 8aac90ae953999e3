//! The memory of an area: atomic words and copies, whose bounds are checked once.
//!
//! A [`Word`], a [`Block`] and [`Slots`] hold a pointer that was checked against the size of the mapping at their creation,
//! and keep the mapping alive. Words and copies are the only accesses: no `&[u8]` and no `&T` into the segment exists.
//! Words of different widths never overlap, since their offsets come from one layout.
//!
//! # Ordering
//!
//! Copies are opaque foreign calls (`sysv_ipc::copy_in`), which the compiler neither moves across an atomic access or a
//! fence nor replaces. The protocols order them by the fences and orderings around them, which order the machine's copy.
//! That is outside of Rust's memory model, as every access of another program to the segment is. `ThreadSanitizer` does not
//! know it and reports such copies.
#![expect(unsafe_code, reason = "atomics and copies in mapped memory")]

use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use sysv_ipc::AtomicInteger;
use zerocopy::FromBytes;

use crate::shm::{Attachment, ReadOnlyAttachment};
use crate::system;

/// A mapped segment.
#[derive(Debug)]
pub(crate) enum Memory {
    Writable(Attachment),
    /// Whether words of the mapping may only be loaded.
    ReadOnly(ReadOnlyAttachment),
}

impl Memory {
    fn attachment(&self) -> &ReadOnlyAttachment {
        match self {
            Memory::Writable(attachment) => attachment,
            Memory::ReadOnly(attachment) => attachment,
        }
    }

    /// Returns the size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.attachment().len()
    }

    /// Returns the address of `length` bytes at `offset`, if they are within the segment and aligned.
    fn address(&self, offset: usize, length: usize, align: usize) -> Option<*mut c_void> {
        let end = offset.checked_add(length)?;
        (end <= self.len() && offset % align == 0).then(|| self.attachment().ptr_at(offset))
    }

    fn atomic<A: AtomicInteger>(&self, offset: usize) -> Option<&A> {
        let address = self.address(offset, size_of::<A>(), align_of::<A>())?;
        // SAFETY: within the mapping, which lasts as long as `self`, and aligned, since mappings begin with a page. The
        // words of a layout have one width each, and other accesses are foreign calls. One that may only be read is no
        // wider than a pointer, which `Area::open_read_only` sees to.
        Some(unsafe { sysv_ipc::atomic_ref(address) })
    }

    /// Borrows the word at `offset`; `None` beyond the end.
    pub(crate) fn u32(&self, offset: usize) -> Option<&AtomicU32> {
        self.atomic(offset)
    }

    /// Borrows the word at `offset`; `None` beyond the end.
    pub(crate) fn u64(&self, offset: usize) -> Option<&AtomicU64> {
        self.atomic(offset)
    }

    /// Copies bytes out of the segment; `None` beyond the end.
    pub(crate) fn read(&self, offset: usize, into: &mut [u8]) -> Option<()> {
        self.attachment().read_at(into, offset).ok()
    }

    /// Copies bytes into the segment; `None` beyond the end, and in memory that may only be read.
    #[cfg(test)]
    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        match self {
            Memory::Writable(attachment) => attachment.write_at(bytes, offset).ok(),
            Memory::ReadOnly(_) => None,
        }
    }
}

/// An atomic word in the segment, at a checked offset.
#[derive(Debug)]
pub(crate) struct Word<A> {
    word: *const A,
    /// Keeps the mapping alive.
    _memory: Arc<Memory>,
}

// SAFETY: it gives shared references to an atomic, in a mapping that belongs to the process.
unsafe impl<A: Sync> Send for Word<A> {}

// SAFETY: as above.
unsafe impl<A: Sync> Sync for Word<A> {}

impl<A: AtomicInteger> Word<A> {
    /// Returns the word at `offset`; `None` beyond the end.
    pub(crate) fn new(memory: &Arc<Memory>, offset: usize) -> Option<Word<A>> {
        Some(Word {
            word: memory.atomic::<A>(offset)?,
            _memory: memory.clone(),
        })
    }
}

impl<A> Deref for Word<A> {
    type Target = A;

    #[inline]
    fn deref(&self) -> &A {
        // SAFETY: the pointer is that of a reference made by `Memory::atomic`, and the mapping is kept.
        unsafe { &*self.word }
    }
}

/// A range of the segment for copies, at a checked offset.
#[derive(Debug)]
pub(crate) struct Block {
    first: *mut c_void,
    length: usize,
    /// Keeps the mapping alive.
    _memory: Arc<Memory>,
}

// SAFETY: copies are foreign calls, which any thread may make at once with others.
unsafe impl Send for Block {}

// SAFETY: as above.
unsafe impl Sync for Block {}

impl Block {
    /// Returns `length` bytes at `offset`; `None` beyond the end.
    pub(crate) fn new(memory: &Arc<Memory>, offset: usize, length: usize) -> Option<Block> {
        Some(Block {
            first: memory.address(offset, length, 1)?,
            length,
            _memory: memory.clone(),
        })
    }

    /// Copies bytes into the block, which must be writable; `None` beyond its end.
    #[inline]
    pub(crate) fn write(&self, at: usize, bytes: &[u8]) -> Option<()> {
        let to = self.address(at, bytes.len())?;
        // SAFETY: within the checked range of a mapping that is kept, to which no reference exists but to atomics. Only
        // publishers and holders of locks write, who have the segment mapped for writing.
        unsafe { sysv_ipc::copy_in(bytes, to) };
        Some(())
    }

    /// Copies bytes out of the block; `None` beyond its end.
    #[inline]
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> Option<()> {
        let from = self.address(at, into.len())?;
        // SAFETY: within the checked range of a mapping that is kept, to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_out(from, into) };
        Some(())
    }

    /// Returns a copy of a value in the block; `None` beyond its end.
    #[inline]
    pub(crate) fn load<T: FromBytes>(&self, at: usize) -> Option<T> {
        let from = self.address(at, size_of::<T>())?;
        let mut value = MaybeUninit::<T>::uninit();
        let bytes = (&raw mut value).cast::<MaybeUninit<u8>>();
        // SAFETY: the value has that many bytes, which may be uninitialised, and nothing else borrows them.
        let bytes = unsafe { std::slice::from_raw_parts_mut(bytes, size_of::<T>()) };
        // SAFETY: within the checked range of a mapping that is kept, to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_out_uninit(from, bytes) };
        // SAFETY: every byte was just written, and any bytes are a value of a type that is `FromBytes`.
        Some(unsafe { value.assume_init() })
    }

    #[inline]
    fn address(&self, at: usize, length: usize) -> Option<*mut c_void> {
        let end = at.checked_add(length)?;
        (end <= self.length).then(|| self.first.wrapping_byte_add(at))
    }
}

/// Pieces of equal size in the segment, each with words and a payload. Their number is a power of two. An index is unbounded;
/// its low bits select the piece, so that no index is out of bounds.
#[derive(Debug)]
pub(crate) struct Slots {
    first: *mut c_void,
    mask: u64,
    stride: usize,
    /// Keeps the mapping alive.
    _memory: Arc<Memory>,
}

// SAFETY: it gives shared references to atomics, and copies by foreign calls.
unsafe impl Send for Slots {}

// SAFETY: as above.
unsafe impl Sync for Slots {}

impl Slots {
    /// The number of bytes for words at the beginning of each piece; the payload follows.
    pub(crate) const WORDS: usize = 16;

    /// Returns `count` pieces of `stride` bytes at `offset`. `None` beyond the end, for a count that is no power of two,
    /// and for a stride that is no multiple of 64.
    pub(crate) fn new(
        memory: &Arc<Memory>,
        offset: usize,
        count: usize,
        stride: usize,
    ) -> Option<Slots> {
        if !count.is_power_of_two() || stride == 0 || stride % 64 != 0 {
            return None;
        }
        Some(Slots {
            first: memory.address(offset, count.checked_mul(stride)?, 64)?,
            mask: count as u64 - 1,
            stride,
            _memory: memory.clone(),
        })
    }

    /// Returns the piece with this index.
    #[inline]
    pub(crate) fn get(&self, index: u64) -> Slot<'_> {
        // Masked, so it fits: `count` did.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the mask came from a usize"
        )]
        let at = (index & self.mask) as usize * self.stride;
        Slot {
            first: self.first.wrapping_byte_add(at),
            room: self.stride - Slots::WORDS,
            slots: PhantomData,
        }
    }

    /// Fetches the first two cache lines of a piece, to be written soon.
    #[inline]
    pub(crate) fn prefetch(&self, index: u64) {
        let first = self.get(index).first;
        system::prefetch_to_write(first);
        if self.stride > 64 {
            system::prefetch_to_write(first.wrapping_byte_add(64));
        }
    }

    /// Returns the number of pieces.
    #[inline]
    pub(crate) fn count(&self) -> u64 {
        self.mask + 1
    }
}

/// One of [`Slots`]: a word of 64 bits, two of 32 bits, and a payload.
#[derive(Debug, Copy, Clone)]
pub(crate) struct Slot<'a> {
    first: *mut c_void,
    room: usize,
    slots: PhantomData<&'a Slots>,
}

impl<'a> Slot<'a> {
    /// Borrows the word at byte 0.
    #[inline]
    pub(crate) fn state(self) -> &'a AtomicU64 {
        // SAFETY: the piece is within the mapping, which `Slots` keeps, and begins with a multiple of 64.
        unsafe { sysv_ipc::atomic_ref(self.first) }
    }

    /// Borrows the word at byte 8.
    #[inline]
    pub(crate) fn length(self) -> &'a AtomicU32 {
        // SAFETY: as above; a piece has at least 64 bytes.
        unsafe { sysv_ipc::atomic_ref(self.first.wrapping_byte_add(8)) }
    }

    /// Borrows the word at byte 12.
    #[inline]
    pub(crate) fn count(self) -> &'a AtomicU32 {
        // SAFETY: as above.
        unsafe { sysv_ipc::atomic_ref(self.first.wrapping_byte_add(12)) }
    }

    /// Copies bytes into the payload, starting at byte `at`; `None` beyond its end.
    #[inline]
    pub(crate) fn write(self, at: usize, bytes: &[u8]) -> Option<()> {
        let to = self.payload(at, bytes.len())?;
        // SAFETY: within the piece, of which these bytes are accessed by foreign calls only.
        unsafe { sysv_ipc::copy_in(bytes, to) };
        Some(())
    }

    /// Copies bytes out of the payload, starting at byte `at`; `None` beyond its end.
    #[inline]
    pub(crate) fn read(self, at: usize, into: &mut [u8]) -> Option<()> {
        let from = self.payload(at, into.len())?;
        // SAFETY: as above.
        unsafe { sysv_ipc::copy_out(from, into) };
        Some(())
    }

    #[inline]
    fn payload(self, at: usize, length: usize) -> Option<*mut c_void> {
        let end = at.checked_add(length)?;
        (end <= self.room).then(|| self.first.wrapping_byte_add(Slots::WORDS + at))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    use crate::shm::SharedMemory;
    use crate::sync::memory::{Block, Memory, Slots, Word};

    impl Memory {
        /// Returns a new segment of this size, which is removed with it.
        pub(crate) fn private(size: usize) -> Memory {
            let memory = SharedMemory::builder().size(size).create_private();
            let attachment = memory.unwrap().attach().unwrap();
            attachment.remove_when_detached().unwrap();
            Memory::Writable(attachment)
        }
    }

    #[test]
    fn what_is_not_inside_or_not_aligned_is_not_given() {
        let memory = Arc::new(Memory::private(4096));
        assert!(memory.u32(4092).is_some() && memory.u64(4088).is_some());
        for offset in [4090, 4093, 4096, 1 << 20, usize::MAX - 7, usize::MAX] {
            assert!(memory.u64(offset).is_none(), "{offset}");
        }
        assert!(memory.u32(4).is_some() && memory.u64(4).is_none() && memory.u32(2).is_none());
        assert!(Word::<AtomicU64>::new(&memory, 4096).is_none());
        assert!(Block::new(&memory, 1, 4095).is_some() && Block::new(&memory, 1, 4096).is_none());
        for (count, stride) in [
            (64, 128),
            (3, 64),
            (2, 0),
            (2, 65),
            (usize::MAX / 2 + 1, 64),
        ] {
            assert!(Slots::new(&memory, 0, count, stride).is_none(), "{count}");
        }
        let slots = Slots::new(&memory, 0, 32, 128).unwrap();
        let last = slots.get(31 + 32 * 5);
        assert!(last.write(1, &[0; 111]).is_some() && last.write(2, &[0; 111]).is_none());
    }
}
