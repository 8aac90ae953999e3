//! Memory for a message in the layout of the calls: the type, immediately followed by the text.

use core::ffi::{c_long, c_void};
use core::fmt;
use core::mem::{MaybeUninit, size_of};
use core::slice;

use crate::errno::{Errno, Result};

/// Size of a `long`, and of the type at the beginning of a message.
const LONG: usize = size_of::<c_long>();

/// Returns the number of longs for the type and `length` bytes of text.
const fn longs(length: usize) -> usize {
    1 + length.div_ceil(LONG)
}

/// A message that is sent and received without another copy: C's `struct msgbuf`.
///
/// It owns its memory, and keeps it from call to call. The text has a length and the buffer a capacity, both in bytes.
/// Sending takes the text; receiving can use the whole capacity.
///
/// ```
/// use sysv_ipc::MsgBuf;
///
/// let mut message = MsgBuf::with_capacity(1024);
/// message.set_mtype(3);
/// message.set_text(b"Four hours to bury a cat?");
/// assert_eq!(message.text().len(), 25);
/// assert_eq!(message.capacity(), 1024);
/// ```
#[doc(alias("msgbuf", "mtext"))]
#[derive(Clone)]
pub struct MsgBuf {
    /// The type, then the text; all of it initialised.
    memory: Vec<c_long>,
    length: usize,
    capacity: usize,
}

impl MsgBuf {
    /// Creates a message of this type and text. Its capacity is the length of the text.
    pub fn new(mtype: c_long, text: &[u8]) -> MsgBuf {
        let mut message = MsgBuf::with_capacity(text.len());
        message.set_mtype(mtype);
        message.set_text(text);
        message
    }

    /// Creates an empty message of type 1 with a capacity of at least `capacity` bytes of text.
    ///
    /// # Panics
    ///
    /// If the capacity overflows; aborts if allocation fails. [`try_reserve`](Self::try_reserve) returns an error instead.
    pub fn with_capacity(capacity: usize) -> MsgBuf {
        let mut memory = vec![0; longs(capacity)];
        memory[0] = 1;
        MsgBuf {
            memory,
            length: 0,
            capacity,
        }
    }

    /// Returns the capacity for text in bytes, which is the buffer size for receiving.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Grows the capacity to at least `capacity` bytes of text.
    ///
    /// # Panics
    ///
    /// Those of [`with_capacity`](Self::with_capacity).
    pub fn reserve(&mut self, capacity: usize) {
        if capacity > self.capacity {
            self.memory.resize(longs(capacity), 0);
            self.capacity = capacity;
        }
    }

    /// Reserves like [`reserve`](Self::reserve), but returns an error if allocation fails.
    ///
    /// ```
    /// use sysv_ipc::{Errno, MsgBuf};
    ///
    /// let mut message = MsgBuf::new(7, b"bury the cat");
    /// assert_eq!(message.try_reserve(usize::MAX), Err(Errno::ENOMEM));
    /// message.try_reserve(100)?;
    /// assert_eq!((message.text(), message.capacity()), (&b"bury the cat"[..], 100));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: allocation failed; the buffer is unchanged.
    pub fn try_reserve(&mut self, capacity: usize) -> Result<()> {
        reserve_exact(&mut self.memory, longs(capacity))?;
        self.reserve(capacity);
        Ok(())
    }

    /// Returns the type.
    #[inline]
    pub fn mtype(&self) -> c_long {
        self.memory[0]
    }

    /// Sets the type. The kernel sends positive types only.
    pub fn set_mtype(&mut self, mtype: c_long) {
        self.memory[0] = mtype;
    }

    /// Returns the text.
    #[inline]
    pub fn text(&self) -> &[u8] {
        let bytes = self.memory[1..].as_ptr().cast::<u8>();
        // SAFETY: at least `capacity >= length` initialised bytes follow the type, borrowed with `self`; any bytes are
        // valid for u8.
        unsafe { slice::from_raw_parts(bytes, self.length) }
    }

    /// Returns the text, to be written in place.
    #[inline]
    pub fn text_mut(&mut self) -> &mut [u8] {
        let bytes = self.memory[1..].as_mut_ptr().cast::<u8>();
        // SAFETY: at least `capacity >= length` initialised bytes follow the type, borrowed exclusively with `self`; any
        // bytes are valid for u8 and for c_long.
        unsafe { slice::from_raw_parts_mut(bytes, self.length) }
    }

    /// Copies `text` into the buffer, which grows if necessary.
    pub fn set_text(&mut self, text: &[u8]) {
        self.set_len(text.len());
        self.text_mut().copy_from_slice(text);
    }

    /// Sets the length of the text to `length` bytes, growing the buffer if necessary. Added bytes keep the buffer's
    /// earlier content: zeros, or the rest of an earlier text.
    pub fn set_len(&mut self, length: usize) {
        self.reserve(length);
        self.length = length;
    }

    /// Returns the address of the type.
    pub(super) fn as_ptr(&self) -> *const c_void {
        self.memory.as_ptr().cast()
    }

    /// Returns the address of the type.
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.memory.as_mut_ptr().cast()
    }

    /// Notes that the kernel wrote a type and a text of this length.
    pub(super) fn set_received(&mut self, length: usize) {
        self.length = length.min(self.capacity);
    }
}

impl fmt::Debug for MsgBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MsgBuf")
            .field("mtype", &self.mtype())
            .field("length", &self.length)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// Reserves capacity for `count` elements in all, and no more.
pub(super) fn reserve_exact<T>(memory: &mut Vec<T>, count: usize) -> Result<()> {
    let more = count.saturating_sub(memory.len());
    memory.try_reserve_exact(more).map_err(|_| Errno::ENOMEM)
}

/// Maximum length of a text that is copied on the stack.
pub(super) const MAX_ON_STACK: usize = 4096;

/// The longs on the stack: the type and the longest text.
const ON_STACK: usize = longs(MAX_ON_STACK);

/// The distance, in longs, at which some processors mistake two addresses for the same one (4K aliasing).
const ALIAS: usize = 4096 / LONG;

/// Returns the number of longs to skip from `start` to the middle of a page, where a long text should begin.
///
/// Allocators put long blocks close to the beginning of a page, and so does the kernel with the parts of a message. If
/// source and destination are a few bytes more than whole pages apart, some processors copy at a tenth of their speed.
fn to_middle_of_page<T>(start: *const T) -> usize {
    let offset = start.addr() / LONG % ALIAS;
    (ALIAS + ALIAS / 2 - offset) % ALIAS
}

/// Memory for one call: a type, followed by a text.
pub(super) struct Scratch<'a>(&'a mut [MaybeUninit<c_long>]);

impl Scratch<'_> {
    /// Calls `work` with memory for `length` bytes of text; `ENOMEM` if allocation fails.
    #[inline]
    pub(super) fn with<R>(
        length: usize,
        work: impl FnOnce(&mut Scratch<'_>) -> Result<R>,
    ) -> Result<R> {
        let longs = longs(length);
        if longs <= ON_STACK {
            let mut memory = [const { MaybeUninit::uninit() }; ON_STACK];
            work(&mut Scratch(&mut memory[..longs]))
        } else {
            let mut memory = Vec::new();
            reserve_exact(&mut memory, longs.saturating_add(ALIAS))?;
            let memory = memory.spare_capacity_mut();
            let start = to_middle_of_page(memory.as_ptr());
            work(&mut Scratch(&mut memory[start..start + longs]))
        }
    }

    /// Writes a message. The text is at most as long as requested in [`with`](Self::with).
    #[inline]
    pub(super) fn put(&mut self, mtype: c_long, text: &[u8]) {
        let (first, rest) = self.0.split_at_mut(1);
        first[0].write(mtype);
        assert!(text.len() <= size_of_val(rest));
        // SAFETY: `rest` has room for the text, as asserted above; the two are distinct borrows.
        unsafe {
            rest.as_mut_ptr()
                .cast::<u8>()
                .copy_from_nonoverlapping(text.as_ptr(), text.len());
        };
    }

    /// Copies the text into `text`, and returns the type.
    ///
    /// # Safety
    ///
    /// The type and the `text.len()` bytes after it are initialised.
    #[inline]
    pub(super) unsafe fn take(&self, text: &mut [u8]) -> c_long {
        let (first, rest) = self.0.split_at(1);
        assert!(text.len() <= size_of_val(rest));
        // SAFETY: the caller vouches for that many initialised bytes; the two are distinct borrows.
        unsafe {
            rest.as_ptr()
                .cast::<u8>()
                .copy_to_nonoverlapping(text.as_mut_ptr(), text.len());
        };
        // SAFETY: the caller vouches for it.
        unsafe { first[0].assume_init() }
    }

    /// Copies `length` bytes of text into an empty vector, and returns the type.
    ///
    /// # Safety
    ///
    /// The type and the `length` bytes after it are initialised.
    #[inline]
    pub(super) unsafe fn take_vec(&self, length: usize, into: &mut Vec<u8>) -> Result<c_long> {
        let (first, rest) = self.0.split_at(1);
        assert!(length <= size_of_val(rest));
        // SAFETY: `rest` has that many bytes, as asserted above, and the caller vouches that they are initialised.
        let text = unsafe { slice::from_raw_parts(rest.as_ptr().cast::<u8>(), length) };
        reserve_exact(into, length)?;
        into.extend_from_slice(text);
        // SAFETY: the caller vouches for it.
        Ok(unsafe { first[0].assume_init() })
    }

    /// Returns the address of the type.
    pub(super) fn as_ptr(&self) -> *const c_void {
        self.0.as_ptr().cast()
    }

    /// Returns the address of the type.
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, MAX_ON_STACK, Scratch};

    #[test]
    fn a_long_text_begins_amid_a_page() {
        for length in [MAX_ON_STACK + 1, 65_536, 1 << 20] {
            let offset = Scratch::with(length, |scratch| {
                scratch.put(1, &vec![7; length]);
                Ok(scratch.as_ptr().addr() % 4096)
            });
            assert_eq!(offset, Ok(2048), "{length}");
            assert_eq!(2048 % LONG, 0);
        }
    }
}
