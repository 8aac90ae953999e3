//! The memory of a segment, for reading: the mapping, and every copy out of it.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::RangeBounds;

use sysv_ipc::{Errno, ShmAtFlags, ShmId};
use zerocopy::FromBytes;

use super::AttachOptions;
use super::options::attach_error;
use crate::error::{Error, Result};
use crate::key::Key;
use crate::object::Subject;
use crate::remove;
use crate::shm::{Cursor, SharedMemory};

/// A segment in this process's memory, for reading only. Dropping it detaches.
///
/// Other processes write the memory at any time, so no method here hands out a `&[u8]` or a `&T` of it; see
/// [`Attachment`](super::Attachment), which reads by the same methods. There is no method that writes:
///
/// ```compile_fail,E0599
/// use sysv_wrapper::SharedMemory;
///
/// let memory = SharedMemory::builder().create_private()?;
/// memory.attach_read_only()?.write_at(b"no", 0)?;
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).fill(b'x').create_private()?);
/// let attached = memory.attach_read_only()?;
/// let mut bytes = [0; 3];
/// attached.read_at(&mut bytes, 97)?;
/// assert_eq!(&bytes, b"xxx");
/// // Beyond the end, reading into a vector stops, and reading into a slice is an error.
/// assert_eq!(attached.read_to_vec(97..200)?, b"xxx");
/// assert!(attached.read_at(&mut bytes, 98).unwrap_err().is_invalid_argument());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug)]
pub struct ReadOnlyAttachment {
    address: *mut c_void,
    length: usize,
    id: ShmId,
    key: Option<Key>,
}

// SAFETY: the mapping belongs to the process, not to a thread, and can be unmapped by any.
unsafe impl Send for ReadOnlyAttachment {}

// SAFETY: the methods that take `&self` move bytes by foreign calls, which may happen at once in several
// threads as they may in several processes, or hand out atomics.
unsafe impl Sync for ReadOnlyAttachment {}

impl ReadOnlyAttachment {
    /// Maps the segment, and asks for its size once: while it is mapped, its id names no other segment.
    pub(in crate::shm) fn new(
        memory: &SharedMemory,
        options: AttachOptions,
        access: ShmAtFlags,
    ) -> Result<ReadOnlyAttachment> {
        let subject = remove::subject(memory);
        let flags = access | options.checked_flags(subject)?;
        // SAFETY: the kernel chooses the place, or takes one that is free, or the caller of
        // `AttachOptions::replace` has vouched for it.
        let address = unsafe { sysv_ipc::shmat(memory.id(), options.pointer(), flags) }
            .map_err(|errno| attach_error(subject, options, errno))?;
        let mut mapping = ReadOnlyAttachment {
            address,
            // Until the size is known there is nothing to read; dropping detaches already.
            length: 0,
            id: memory.id(),
            key: memory.key(),
        };
        if address.is_null() {
            // Rounded down by more than one page, on a system that attaches at multiples of several.
            return Err(options.rounds_to_zero(subject));
        }
        let stat = sysv_ipc::shmctl_stat(memory.id());
        mapping.length = stat
            .map_err(|errno| Error::on_handle("attach", subject, errno))?
            .segsz();
        Ok(mapping)
    }

    /// The size of the segment in bytes.
    #[doc(alias = "size")]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Always false: no segment has less than one byte.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The id of the segment.
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// Copies bytes of the segment, from `offset` on, into all of `buffer`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if that would pass the end; then nothing is read.
    #[doc(alias("read", "copy_out"))]
    #[inline]
    pub fn read_at(&self, buffer: &mut [u8], offset: usize) -> Result<()> {
        let from = self.place("read", offset, buffer.len())?;
        // SAFETY: `place` has checked that the bytes are within the mapping, which is readable, lasts as long
        // as `self`, and to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_out(from, buffer) };
        Ok(())
    }

    /// A copy of the bytes in `range`, as far as the segment goes: what is beyond the end is left out.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the range begins at the end or beyond, or ends
    /// before it begins; [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if there is no memory for the copy.
    #[doc(alias = "read")]
    pub fn read_to_vec(&self, range: impl RangeBounds<usize>) -> Result<Vec<u8>> {
        let (offset, length) = self.clamped("read", &range)?;
        let from = self.place("read", offset, length)?;
        let mut bytes = Vec::new();
        // A segment may have more bytes than this process can have once more.
        bytes
            .try_reserve_exact(length)
            .map_err(|_| Error::call("read", self.subject(), Errno::ENOMEM))?;
        // SAFETY: as in `read_at`; the vector has that much room.
        unsafe { sysv_ipc::copy_out_uninit(from, &mut bytes.spare_capacity_mut()[..length]) };
        // SAFETY: the first `length` bytes were just written.
        unsafe { bytes.set_len(length) };
        Ok(bytes)
    }

    /// A copy of a value of plain data, from any offset, aligned or not.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the value would pass the end.
    #[inline]
    pub fn read_value<T: FromBytes>(&self, offset: usize) -> Result<T> {
        let from = self.place("read", offset, size_of::<T>())?;
        let mut value = MaybeUninit::<T>::uninit();
        let bytes = (&raw mut value).cast::<MaybeUninit<u8>>();
        // SAFETY: the value has that many bytes, which may be uninitialised, and is borrowed by no one.
        let bytes = unsafe { std::slice::from_raw_parts_mut(bytes, size_of::<T>()) };
        // SAFETY: as in `read_at`.
        unsafe { sysv_ipc::copy_out_uninit(from, bytes) };
        // SAFETY: every byte was just written, and `FromBytes` says that any bytes make a value.
        Ok(unsafe { value.assume_init() })
    }

    /// A position in the segment that reads and seeks: [`std::io::Read`] and the like.
    pub fn read_cursor(&self) -> Cursor<&ReadOnlyAttachment> {
        Cursor::new(self)
    }

    /// Where the segment begins.
    ///
    /// What is behind it is shared with other processes: to make a reference to it, promise what
    /// [`as_slice`](Self::as_slice) asks for.
    #[doc(alias("addr", "address"))]
    pub fn as_ptr(&self) -> *const u8 {
        self.address.cast_const().cast()
    }

    /// The whole segment as bytes to read.
    ///
    /// # Safety
    ///
    /// As long as the slice is used, nothing writes the segment: no other process, no other attachment, and
    /// no method of this one.
    #[doc(alias = "memoryview")]
    pub unsafe fn as_slice(&self) -> &[u8] {
        // SAFETY: the mapping has that many bytes, all initialised, and lasts as long as the borrow of `self`;
        // the caller vouches that nobody writes them.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.length) }
    }

    /// Where the mapping begins, for whoever may write there.
    pub(super) fn address(&self) -> *mut c_void {
        self.address
    }

    /// What errors say they are about.
    pub(super) fn subject(&self) -> Subject {
        let Self { id, key, .. } = self;
        Subject {
            key: *key,
            ..Subject::of(super::super::KIND).with_id(id.as_raw())
        }
    }
}

impl Drop for ReadOnlyAttachment {
    fn drop(&mut self) {
        // SAFETY: this value made the mapping, and whatever borrows from it has ended. It can fail only if
        // someone has unmapped it by force, and then there is nothing left to do.
        let _ = unsafe { sysv_ipc::shmdt(self.address) };
    }
}
