//! The memory of a segment: how it is attached, and every copy into and out of it.

use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Bound, Deref, RangeBounds};
use std::ptr;

use sysv_ipc::{Errno, ShmAtFlags, ShmId};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::key::Key;
use crate::shm::KIND;
use crate::shm::{Cursor, SharedMemory};

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
    pub(crate) fn new(mapping: ReadOnlyAttachment) -> Attachment {
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
        handle::remove(self.0.subject(), self.0.id().as_raw())
    }
}

impl Attachment {
    /// Detaches the segment, and reports a failure, which dropping the attachment does not.
    ///
    /// # Errors
    ///
    /// As [`ReadOnlyAttachment::detach`].
    #[doc(alias = "shmdt")]
    pub fn detach(self) -> Result<()> {
        self.0.detach()
    }
}

impl Deref for Attachment {
    type Target = ReadOnlyAttachment;

    fn deref(&self) -> &ReadOnlyAttachment {
        &self.0
    }
}

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
    pub(crate) fn new(
        memory: &SharedMemory,
        options: AttachOptions,
        access: ShmAtFlags,
    ) -> Result<ReadOnlyAttachment> {
        let subject = handle::subject(memory);
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
            .map_err(|errno| handle::error("attach", subject, errno))?
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
    pub(crate) fn address(&self) -> *mut c_void {
        self.address
    }

    /// What errors say they are about.
    pub(crate) fn subject(&self) -> Subject {
        let Self { id, key, .. } = self;
        Subject {
            key: *key,
            ..Subject::of(KIND).with_id(id.as_raw())
        }
    }
}

impl ReadOnlyAttachment {
    /// Detaches the segment, and reports a failure, which dropping the attachment does not.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the mapping is gone already, which takes `unsafe` code.
    #[doc(alias = "shmdt")]
    pub fn detach(self) -> Result<()> {
        let mapping = ManuallyDrop::new(self);
        // SAFETY: this value made the mapping, all that borrows from it has ended, and its drop does not run.
        unsafe { sysv_ipc::shmdt(mapping.address) }
            .map_err(|errno| Error::call("detach", mapping.subject(), errno))
    }
}

impl Drop for ReadOnlyAttachment {
    fn drop(&mut self) {
        // SAFETY: this value made the mapping, and whatever borrows from it has ended. It can fail only if
        // someone has unmapped it by force, and then there is nothing left to do.
        let _ = unsafe { sysv_ipc::shmdt(self.address) };
    }
}

impl ReadOnlyAttachment {
    /// The address of `length` bytes at `offset`, if all of them are within the segment.
    #[inline]
    pub(crate) fn place(
        &self,
        operation: &'static str,
        offset: usize,
        length: usize,
    ) -> Result<*mut c_void> {
        if offset > self.len() || length > self.len() - offset {
            return Err(self.out_of_bounds(operation, offset, length));
        }
        Ok(self.address().wrapping_byte_add(offset))
    }

    /// Offset and length of a range that has to end within the segment. The length may still be too great,
    /// for [`place`](Self::place) to refuse.
    #[inline]
    pub(crate) fn span(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let start = first(range);
        match end(range).unwrap_or(self.len()).checked_sub(start) {
            Some(length) => Ok((start, length)),
            None => Err(self.bad_range(operation, range)),
        }
    }

    /// Offset and length of a range that has to begin within the segment, and is cut off at its end.
    pub(crate) fn clamped(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let start = first(range);
        let end = end(range).unwrap_or(self.len());
        if start >= self.len() || start > end {
            return Err(self.bad_range(operation, range));
        }
        Ok((start, end.min(self.len()) - start))
    }

    #[cold]
    fn out_of_bounds(&self, operation: &'static str, offset: usize, length: usize) -> Error {
        let size = self.len();
        let because =
            format!("offset {offset} and length {length} do not fit into its {size} bytes");
        Error::argument(operation, self.subject(), because)
    }

    #[cold]
    fn bad_range(&self, operation: &'static str, range: &impl RangeBounds<usize>) -> Error {
        let start = first(range);
        match end(range) {
            Some(end) if end >= start => self.out_of_bounds(operation, start, end - start),
            None => self.out_of_bounds(operation, start, 0),
            Some(end) => {
                let because = format!("the range begins at {start} and ends before, at {end}");
                Error::argument(operation, self.subject(), because)
            }
        }
    }
}

/// The first index of a range. One that would begin behind the last of all numbers begins at that: beyond
/// every segment, too.
fn first(range: &impl RangeBounds<usize>) -> usize {
    match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    }
}

/// The index behind the last one of a range, if it has an end.
fn end(range: &impl RangeBounds<usize>) -> Option<usize> {
    match range.end_bound() {
        Bound::Included(last) => Some(last.saturating_add(1)),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => None,
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
    #[cfg_attr(
        not(sysv = "SHM_EXEC"),
        allow(dead_code, reason = "without effect on this system")
    )]
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

    /// Allow code in the segment to run. The mode must then let this user execute it too. Linux; without
    /// effect elsewhere.
    #[doc(alias = "SHM_EXEC")]
    #[must_use]
    pub fn executable(self, executable: bool) -> AttachOptions {
        AttachOptions { executable, ..self }
    }

    /// Replace what is mapped at the address. Linux and FreeBSD; elsewhere an address in use is refused.
    ///
    /// # Safety
    ///
    /// From the attaching on, nothing in this process uses what was mapped there before: from the address on,
    /// as many bytes as the segment has, in whole pages. An [`Attachment`](crate::Attachment) uses its
    /// mapping until it is dropped, and by being dropped, unless it is forgotten.
    #[doc(alias = "SHM_REMAP")]
    #[must_use]
    pub unsafe fn replace(self, replace: bool) -> AttachOptions {
        AttachOptions { replace, ..self }
    }

    /// What `shmat` is told about the place.
    pub(crate) fn pointer(self) -> *const c_void {
        self.address
            .map_or(ptr::null(), ptr::with_exposed_provenance)
    }

    /// What else `shmat` is told. Refuses what the kernel takes for something else: the address 0 is
    /// "anywhere", and root can map it.
    pub(crate) fn checked_flags(self, subject: Subject) -> Result<ShmAtFlags> {
        let mut flags = ShmAtFlags::empty();
        // What it costs to ask for the size of a page is paid only where it matters.
        let address = self.address.map(|address| (address, crate::page_size()));
        match address {
            None if self.replace => {
                let because = "to replace what is mapped takes the address of that";
                return Err(Error::argument("attach", subject, because));
            }
            Some((address, page)) if address < page => return Err(self.rounds_to_zero(subject)),
            Some((address, page)) if address % page != 0 && !self.round_down => {
                let because = format!(
                    "the address is {address:#x}, and must be a multiple of {page:#x}, or be rounded down to one"
                );
                return Err(Error::argument("attach", subject, because));
            }
            _ => {}
        }
        if self.round_down {
            flags |= ShmAtFlags::RND;
        }
        #[cfg(sysv = "SHM_EXEC")]
        if self.executable {
            flags |= ShmAtFlags::EXEC;
        }
        #[cfg(sysv = "SHM_REMAP")]
        if self.replace {
            flags |= ShmAtFlags::REMAP;
        }
        Ok(flags)
    }

    /// The error for an address that is 0, or would be.
    #[cold]
    pub(crate) fn rounds_to_zero(self, subject: Subject) -> Error {
        let address = self.address.unwrap_or(0);
        let because = format!(
            "the address is {address:#x}, which is 0 or rounds to it, and nothing is attached at 0"
        );
        Error::argument("attach", subject, because)
    }
}

/// With an address, EINVAL is about that more likely than about a segment that is gone: one more question
/// decides.
#[cold]
pub(crate) fn attach_error(subject: Subject, options: AttachOptions, errno: Errno) -> Error {
    let error = handle::error("attach", subject, errno);
    let exists = || {
        let id = subject.id.map(ShmId::from_raw);
        id.is_some_and(|id| sysv_ipc::shmctl_stat(id).is_ok())
    };
    match options.address {
        Some(address) if errno == Errno::EINVAL && exists() => {
            let because = format!(
                "it cannot be at the address {address:#x}: something else is there, or reaches into its \
                 length, or this system attaches at multiples of more than a page"
            );
            error.with_kind(ErrorKind::InvalidArgument).because(because)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    //! Addresses so low that kernels seldom let anybody have them.

    use super::{AttachOptions, ShmAtFlags};
    use crate::error::Subject;
    use crate::kind::Kind;

    #[test]
    fn the_first_page_alone_is_refused() {
        let subject = Subject::of(Kind::SharedMemory);
        let page = crate::page_size();
        for rounds in [false, true] {
            let at = |address| AttachOptions::new().address(address).round_down(rounds);
            for address in [0, 1, page - 1] {
                let error = at(address).checked_flags(subject).unwrap_err();
                assert!(error.to_string().contains("rounds to it"), "{error}");
            }
            let flags = at(page).checked_flags(subject).unwrap();
            assert_eq!(flags.contains(ShmAtFlags::RND), rounds);
        }
    }
}
