//! The memory of a segment, for reading and writing.

mod atomics;
mod bounds;
mod options;
mod read;

pub use options::AttachOptions;
pub use read::ReadOnlyAttachment;

use std::ops::{Deref, RangeBounds};

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
#[doc(alias("attached", "detach", "shmdt"))]
#[derive(Debug)]
pub struct Attachment(ReadOnlyAttachment);

impl Attachment {
    /// Takes what was mapped without `SHM_RDONLY`.
    pub(super) fn new(mapping: ReadOnlyAttachment) -> Attachment {
        Attachment(mapping)
    }

    /// Copies all of `bytes` into the segment, from `offset` on.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if that would pass the end; then nothing is
    /// written.
    #[doc(alias("write", "copy_in"))]
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
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the range passes the end, or ends before
    /// it begins; then nothing is written.
    #[doc(alias = "memset")]
    #[inline]
    pub fn fill(&self, range: impl RangeBounds<usize>, byte: u8) -> Result<()> {
        let (offset, length) = self.span("fill", &range)?;
        let to = self.place("fill", offset, length)?;
        // SAFETY: as in `write_at`.
        unsafe { sysv_ipc::fill(to, byte, length) };
        Ok(())
    }

    /// Copies a value of plain data into the segment, to any offset, aligned or not.
    ///
    /// Every process that reads it has to agree on its layout: give such types `#[repr(C)]` and the derives
    /// of [`zerocopy`](crate::zerocopy).
    ///
    /// ```
    /// use sysv_wrapper::SharedMemory;
    /// use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
    ///
    /// #[derive(FromBytes, IntoBytes, Immutable, PartialEq, Debug)]
    /// #[zerocopy(crate = "sysv_wrapper::zerocopy")]
    /// #[repr(C)]
    /// struct Parrot {
    ///     age: u32,
    ///     is_deceased: u8,
    ///     plumage: [u8; 3],
    /// }
    ///
    /// let memory = SharedMemory::builder().create_private()?.attach()?;
    /// memory.remove_when_detached()?;
    /// let parrot = Parrot { age: 2, is_deceased: 1, plumage: *b"blu" };
    /// memory.write_value(&parrot, 3)?;
    /// assert_eq!(memory.read_value::<Parrot>(3)?, parrot);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
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
