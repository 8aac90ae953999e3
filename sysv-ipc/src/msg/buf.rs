//! Memory that holds a message as the calls want it: the type, and right behind it the text.

use core::ffi::{c_long, c_void};
use core::fmt;
use core::mem::{MaybeUninit, size_of};
use core::slice;

use crate::errno::{Errno, Result};

/// Bytes that a `long` takes, and with it the type at the front of a message.
const LONG: usize = size_of::<c_long>();

/// How many longs hold the type and `length` bytes of text.
const fn longs(length: usize) -> usize {
    1 + length.div_ceil(LONG)
}

/// A message that can be sent and received without another copy: C's `struct msgbuf`.
///
/// It owns its memory, and keeps it from one call to the next. The text has a length, and the buffer a
/// capacity, both in bytes; sending takes the text, receiving has the room of the whole capacity.
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
    /// A message of this type and text, with room for no more than the text.
    pub fn new(mtype: c_long, text: &[u8]) -> MsgBuf {
        let mut message = MsgBuf::with_capacity(text.len());
        message.set_mtype(mtype);
        message.set_text(text);
        message
    }

    /// An empty message of type 1 with room for `capacity` bytes of text.
    ///
    /// # Panics
    ///
    /// As that of a vector, if `capacity` is beyond all memory; [`try_reserve`](Self::try_reserve) is for numbers
    /// from elsewhere.
    pub fn with_capacity(capacity: usize) -> MsgBuf {
        let mut memory = vec![0; longs(capacity)];
        memory[0] = 1;
        MsgBuf {
            memory,
            length: 0,
            capacity,
        }
    }

    /// How many bytes of text there is room for. Receiving asks the kernel for no more.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes room for at least `capacity` bytes of text.
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

    /// [`reserve`](Self::reserve) for as much as there may not be.
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
    /// `ENOMEM`: this process cannot have the memory; the buffer is as it was.
    pub fn try_reserve(&mut self, capacity: usize) -> Result<()> {
        reserved(&mut self.memory, longs(capacity))?;
        self.reserve(capacity);
        Ok(())
    }

    /// The type.
    pub fn mtype(&self) -> c_long {
        self.memory[0]
    }

    /// Sets the type. The kernel sends positive ones only.
    pub fn set_mtype(&mut self, mtype: c_long) {
        self.memory[0] = mtype;
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        let bytes = self.memory[1..].as_ptr().cast::<u8>();
        // SAFETY: behind the type there are at least `capacity >= length` initialised bytes, borrowed
        // with `self`; any bytes are valid for u8.
        unsafe { slice::from_raw_parts(bytes, self.length) }
    }

    /// The text, to be written in place.
    pub fn text_mut(&mut self) -> &mut [u8] {
        let bytes = self.memory[1..].as_mut_ptr().cast::<u8>();
        // SAFETY: behind the type there are at least `capacity >= length` initialised bytes, borrowed
        // exclusively with `self`; any bytes are valid for u8 and for c_long.
        unsafe { slice::from_raw_parts_mut(bytes, self.length) }
    }

    /// Copies `text` into the buffer, which grows if it must.
    pub fn set_text(&mut self, text: &[u8]) {
        self.set_len(text.len());
        self.text_mut().copy_from_slice(text);
    }

    /// Makes the text `length` bytes long, growing the buffer if it must. Bytes that come anew are what
    /// the buffer held there before: zeros, or the rest of an earlier text.
    pub fn set_len(&mut self, length: usize) {
        self.reserve(length);
        self.length = length;
    }

    /// Where the type is.
    pub(super) fn as_ptr(&self) -> *const c_void {
        self.memory.as_ptr().cast()
    }

    /// Where the type is.
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.memory.as_mut_ptr().cast()
    }

    /// The kernel has written a type, and a text of this length.
    pub(super) fn received(&mut self, length: usize) {
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

/// Has the vector take as many elements in all, without growing further than to that.
pub(super) fn reserved<T>(memory: &mut Vec<T>, count: usize) -> Result<()> {
    let more = count.saturating_sub(memory.len());
    memory.try_reserve_exact(more).map_err(|_| Errno::ENOMEM)
}

/// How much text fits the stack.
pub(super) const SHORT: usize = 4096;

/// Longs on the stack: the type and as much text.
const ON_STACK: usize = longs(SHORT);

/// Longs in the distance after which some processors take two addresses for the same one.
const ALIAS: usize = 4096 / LONG;

/// How many longs behind `start` a long text begins best: amid a page.
///
/// Allocators put what is long close behind the beginning of a page, as the kernel does with the pieces of a
/// message. Where what is copied from and what is copied to lie a few bytes more than whole pages apart, processors
/// are known that copy at a tenth of their speed.
fn amid_a_page<T>(start: *const T) -> usize {
    let place = start.addr() / LONG % ALIAS;
    (ALIAS + ALIAS / 2 - place) % ALIAS
}

/// Memory for one call: a type, and the text behind it.
pub(super) struct Scratch<'a>(&'a mut [MaybeUninit<c_long>]);

impl Scratch<'_> {
    /// Calls `work` with room for `length` bytes of text; `ENOMEM` where that is not to be had.
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
            reserved(&mut memory, longs.saturating_add(ALIAS))?;
            let memory = memory.spare_capacity_mut();
            let start = amid_a_page(memory.as_ptr());
            work(&mut Scratch(&mut memory[start..start + longs]))
        }
    }

    /// Writes a message, whose text fits the length asked for.
    #[inline]
    pub(super) fn put(&mut self, mtype: c_long, text: &[u8]) {
        let (first, rest) = self.0.split_at_mut(1);
        first[0].write(mtype);
        assert!(text.len() <= size_of_val(rest));
        // SAFETY: `rest` has room for the text, was just asserted; the two are distinct borrows.
        unsafe {
            rest.as_mut_ptr()
                .cast::<u8>()
                .copy_from_nonoverlapping(text.as_ptr(), text.len());
        };
    }

    /// Copies the text into `text`, and gives the type.
    ///
    /// # Safety
    ///
    /// The type and `text.len()` bytes behind it are initialised.
    #[inline]
    pub(super) unsafe fn take(&self, text: &mut [u8]) -> c_long {
        let (first, rest) = self.0.split_at(1);
        assert!(text.len() <= size_of_val(rest));
        // SAFETY: the caller vouches for as many initialised bytes; the two are distinct borrows.
        unsafe {
            rest.as_ptr()
                .cast::<u8>()
                .copy_to_nonoverlapping(text.as_mut_ptr(), text.len());
        };
        // SAFETY: the caller vouches for it.
        unsafe { first[0].assume_init() }
    }

    /// Puts a copy of `length` bytes of text into an empty vector, and gives the type.
    ///
    /// # Safety
    ///
    /// The type and `length` bytes behind it are initialised.
    #[inline]
    pub(super) unsafe fn take_vec(&self, length: usize, into: &mut Vec<u8>) -> Result<c_long> {
        let (first, rest) = self.0.split_at(1);
        assert!(length <= size_of_val(rest));
        // SAFETY: `rest` has as many bytes, was just asserted, and the caller vouches for their values.
        let text = unsafe { slice::from_raw_parts(rest.as_ptr().cast::<u8>(), length) };
        reserved(into, length)?;
        into.extend_from_slice(text);
        // SAFETY: the caller vouches for it.
        Ok(unsafe { first[0].assume_init() })
    }

    /// Where the type is.
    pub(super) fn as_ptr(&self) -> *const c_void {
        self.0.as_ptr().cast()
    }

    /// Where the type is.
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, SHORT, Scratch};

    #[test]
    fn a_long_text_begins_amid_a_page() {
        for length in [SHORT + 1, 65_536, 1 << 20] {
            let place = Scratch::with(length, |scratch| {
                scratch.put(1, &vec![7; length]);
                Ok(scratch.as_ptr().addr() % 4096)
            });
            assert_eq!(place, Ok(2048), "{length}");
            assert_eq!(2048 % LONG, 0);
        }
    }
}
