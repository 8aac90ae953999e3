//! The memory of a segment, for reading and writing.

mod atomics;
mod read;

pub use read::ReadOnlyAttachment;

use std::ffi::c_void;
use std::ops::{Deref, RangeBounds};
use std::ptr;

use zerocopy::{Immutable, IntoBytes};

use super::Cursor;
use crate::error::Result;
use crate::remove;

/// A segment in this process's memory, for reading and writing. Dropping it detaches.
///
/// What can be read, [`ReadOnlyAttachment`] says, to which this dereferences; here is what writes.
///
/// Other processes read and write the same memory at any time, so no method here hands out a `&[u8]` or a
/// `&T` of it. Bytes and values are copied in and out, at the speed of `memcpy`, and are what they were at that
/// moment; while another process writes them, they may be partly old and partly new. To read and write whole
/// records, agree on a [`Semaphore`](crate::Semaphore); for single numbers, borrow atomics.
///
/// In a forked child the memory is attached too, by a mapping of its own, which goes when the child drops its
/// copy of this value, or ends.
///
/// ```
/// use std::sync::atomic::Ordering;
/// use sysv_wrapper::SharedMemory;
///
/// let memory = SharedMemory::builder().size(4096).create_private()?.attach()?;
/// memory.remove_when_detached()?;
///
/// memory.write_value(&7_u64, 16)?;
/// assert_eq!(memory.read_value::<u64>(16)?, 7);
/// memory.atomic_u64(16)?.fetch_add(1, Ordering::SeqCst);
/// assert_eq!(memory.read_value::<u64>(16)?, 8);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// Safe code cannot keep a view of the memory beyond the attachment:
///
/// ```compile_fail,E0505
/// use sysv_wrapper::SharedMemory;
///
/// let memory = SharedMemory::builder().create_private()?.attach()?;
/// let counter = memory.atomic_u32(0)?;
/// drop(memory);
/// counter.store(1, std::sync::atomic::Ordering::SeqCst);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug)]
pub struct Attachment(ReadOnlyAttachment);

impl Attachment {
    /// Takes what was mapped without `SHM_RDONLY`.
    #[allow(clippy::unnecessary_wraps, reason = "callers chain it")]
    pub(super) fn new(mapping: ReadOnlyAttachment) -> Result<Attachment> {
        Ok(Attachment(mapping))
    }

    /// Copies all of `bytes` into the segment, from `offset` on.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if that would pass the end; then nothing is
    /// written.
    #[inline]
    pub fn write_at(&self, bytes: &[u8], offset: usize) -> Result<()> {
        let to = self.place("write", offset, bytes.len())?;
        // SAFETY: `place` has checked that the bytes are within the mapping, which is writable, lasts as long
        // as `self`, and to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_in(bytes, to) };
        Ok(())
    }

    /// Sets every byte of `range` to `byte`. The range is within the segment.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the range passes the end; then nothing is
    /// written.
    #[doc(alias = "memset")]
    #[inline]
    pub fn fill(&self, range: impl RangeBounds<usize>, byte: u8) -> Result<()> {
        let (offset, length) = self.span("fill", range)?;
        let to = self.place("fill", offset, length)?;
        // SAFETY: as in `write_at`.
        unsafe { sysv_ipc::fill(to, byte, length) };
        Ok(())
    }

    /// Copies a value of plain data into the segment, to any offset, aligned or not.
    ///
    /// Every process that reads it has to agree on its layout: give such types `#[repr(C)]` and
    /// [zerocopy](https://docs.rs/zerocopy)'s derives.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the value would pass the end; then nothing
    /// is written.
    #[inline]
    pub fn write_value<T: IntoBytes + Immutable + ?Sized>(
        &self,
        value: &T,
        offset: usize,
    ) -> Result<()> {
        self.write_at(value.as_bytes(), offset)
    }

    /// A position in the segment that reads, writes and seeks: [`std::io::Write`] and the like.
    pub fn cursor(&self) -> Cursor<&Attachment> {
        Cursor::new(self)
    }

    /// Where the segment begins.
    ///
    /// What is behind it is shared with other processes: to make a reference to it, promise what
    /// [`as_mut_slice`](Self::as_mut_slice) asks for.
    pub fn as_mut_ptr(&self) -> *mut u8 {
        self.0.address().cast()
    }

    /// The whole segment as bytes to write.
    ///
    /// # Safety
    ///
    /// As long as the slice is used, nothing else reads or writes the segment: no other process, no other
    /// attachment, and no method of this one.
    pub unsafe fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has that many bytes, all initialised, and lasts as long as the borrow of `self`;
        // the caller vouches that nobody else touches them.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), self.len()) }
    }

    /// Removes the segment now, and its memory with the last attachment: by this one's drop, or by its
    /// process's end, however that comes.
    ///
    /// The key is free at once. Others can attach by the id from now on only on Linux.
    ///
    /// # Errors
    ///
    /// Those of [`SharedMemory::remove`](crate::SharedMemory::remove).
    #[doc(alias = "IPC_RMID")]
    pub fn remove_when_detached(&self) -> Result<()> {
        remove::remove(self.0.subject(), self.0.id().as_raw())
    }
}

impl Deref for Attachment {
    type Target = ReadOnlyAttachment;

    fn deref(&self) -> &ReadOnlyAttachment {
        &self.0
    }
}

/// How a segment is to be attached: where, and whether code in it may run.
///
/// ```
/// use sysv_wrapper::{AttachOptions, SharedMemory};
///
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let first = memory.attach()?;
/// first.remove_when_detached()?;
/// let place = first.as_mut_ptr();
/// drop(first);
/// // Where one segment was, there is room for another one.
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let second = memory.attach_with(AttachOptions::new().address(place as usize))?;
/// second.remove_when_detached()?;
/// assert_eq!(second.as_mut_ptr(), place);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, Default)]
pub struct AttachOptions {
    address: Option<usize>,
    round_down: bool,
    executable: bool,
    replace: bool,
}

impl AttachOptions {
    /// Anywhere, without code.
    pub fn new() -> AttachOptions {
        AttachOptions::default()
    }

    /// Attach at this address, where nothing is yet. It is a multiple of the page size (on some systems, of
    /// several), and not 0.
    #[must_use]
    pub fn address(self, address: usize) -> AttachOptions {
        AttachOptions {
            address: Some(address),
            ..self
        }
    }

    /// Round the address down to where it fits. It must not become 0.
    #[doc(alias = "SHM_RND")]
    #[must_use]
    pub fn round_down(self, round_down: bool) -> AttachOptions {
        AttachOptions { round_down, ..self }
    }

    /// Allow code in the segment to run. Linux; without effect elsewhere.
    #[doc(alias = "SHM_EXEC")]
    #[must_use]
    pub fn executable(self, executable: bool) -> AttachOptions {
        AttachOptions { executable, ..self }
    }

    /// Replace what is mapped at the address. Linux; elsewhere an address in use is refused.
    ///
    /// # Safety
    ///
    /// Nothing in this process uses what is mapped there: from the address on, as many bytes as the segment
    /// has, in whole pages.
    #[doc(alias = "SHM_REMAP")]
    #[must_use]
    pub unsafe fn replace(self, replace: bool) -> AttachOptions {
        AttachOptions { replace, ..self }
    }

    fn pointer(self) -> *const c_void {
        self.address
            .map_or(ptr::null(), ptr::with_exposed_provenance)
    }
}
