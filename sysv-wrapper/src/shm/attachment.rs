//! The memory of a segment: attaching, detaching, and copies into and out of it.
#![expect(unsafe_code, reason = "owns a mapping")]

use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Bound, Deref, RangeBounds};
use std::ptr;

use rustix::process::geteuid;
use sysv_ipc::{Errno, ShmAtFlags, ShmId};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::key::Key;
use crate::shm::widths::Widths;
use crate::shm::{Cursor, KIND, SharedMemory};
use crate::system;

/// A segment mapped into this process for reading and writing. Dropping it detaches the segment.
///
/// It dereferences to [`ReadOnlyAttachment`], which has the methods for reading.
///
/// Other processes read and write the same memory at any time, so no safe method returns a `&[u8]` or a `&T` into it.
/// Bytes and values are copied in and out at the speed of `memcpy`. If another process writes during a copy, the copy
/// may contain old and new bytes. To protect records of several bytes, use a [`Semaphore`](crate::Semaphore) as a lock
/// in all processes; for single integers, borrow atomics.
///
/// A forked child has a mapping of its own, until it drops its copy of this value or ends.
///
/// # Atomics
///
/// `atomic_u32` and the like borrow one integer, and `atomic_u32_slice` and the like a range of them; `load_u32` and
/// `store_u32` make one access. Rust does not define atomic accesses of different widths to the same bytes, so the
/// first atomic access to a byte fixes the width of all atomics over it as long as this attachment lasts. A later
/// access of another width is an argument error; signed and unsigned integers of the same width are compatible. The
/// rule applies to all threads that share the attachment. It does not apply to copies (`read_at`, `write_value`,
/// `fill`, …).
///
/// The rule does not apply to other processes, nor to another attachment of the same segment: all users of the segment
/// must agree on the width of each integer. An access of another width from there is harmless to memory safety, like
/// one by a C program: it may read or leave a mixture of bytes.
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
/// Safe code cannot keep a reference to the memory beyond the lifetime of the attachment:
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
    /// Wraps a mapping made without `SHM_RDONLY`.
    pub(crate) fn new(mapping: ReadOnlyAttachment) -> Attachment {
        Attachment(mapping)
    }

    /// Copies all of `bytes` into the segment, starting at `offset`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the bytes would extend beyond the end; then
    /// nothing is written.
    #[doc(alias("write", "copy_in"))]
    #[inline]
    pub fn write_at(&self, bytes: &[u8], offset: usize) -> Result<()> {
        let to = self.checked_ptr("write", offset, bytes.len())?;
        // SAFETY: `checked_ptr` has checked that the bytes are within the mapping, which is writable, lasts as long as
        // `self`, and to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_in(bytes, to) };
        Ok(())
    }

    /// Sets every byte of `range` to `byte`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the range extends beyond the end, or ends before
    /// it begins; then nothing is written.
    #[doc(alias = "memset")]
    #[inline]
    pub fn fill(&self, range: impl RangeBounds<usize>, byte: u8) -> Result<()> {
        let (offset, length) = self.resolve_range("fill", &range)?;
        let to = self.checked_ptr("fill", offset, length)?;
        // SAFETY: as in `write_at`.
        unsafe { sysv_ipc::fill(to, byte, length) };
        Ok(())
    }

    /// Copies a value of plain data into the segment, to any offset, aligned or not.
    ///
    /// All processes must use the same layout. `#[repr(C)]` with `#[derive(FromBytes, IntoBytes, Immutable)]` accepts
    /// structs of integers, floats and arrays of them: no `bool`, no `char`, no pointer and no padding.
    /// `#[zerocopy(crate = "…")]` makes the derives use [this crate's `zerocopy`](crate::zerocopy), so that the program
    /// needs no dependency on it.
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
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the value would extend beyond the end; then
    /// nothing is written.
    #[inline]
    pub fn write_value<T: IntoBytes + Immutable + ?Sized>(
        &self,
        value: &T,
        offset: usize,
    ) -> Result<()> {
        self.write_at(value.as_bytes(), offset)
    }

    /// Returns a cursor over the segment, which implements [`std::io::Read`], [`std::io::Write`] and [`std::io::Seek`].
    pub fn cursor(&self) -> Cursor<&Attachment> {
        Cursor::new(self)
    }

    /// Returns the address of the segment's first byte.
    ///
    /// Other processes access the same memory: a reference into it needs the promise that
    /// [`as_mut_slice`](Self::as_mut_slice) asks for.
    #[inline]
    pub fn as_mut_ptr(&self) -> *mut u8 {
        self.0.address().cast()
    }

    /// Returns the whole segment as mutable bytes.
    ///
    /// # Safety
    ///
    /// As long as the slice is in use, nothing else reads or writes the segment: no other process, no other attachment,
    /// and no method of this one.
    pub unsafe fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has that many bytes, all initialised, and lasts as long as the borrow of `self`; the
        // caller vouches that nothing else accesses them.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), self.len()) }
    }

    /// Removes the segment: its key immediately, its memory with the last attachment.
    ///
    /// The last attachment ends when it is dropped or when its process ends, even by SIGKILL. Only Linux lets other
    /// processes attach by the id in between.
    ///
    /// # Errors
    ///
    /// As [`SharedMemory::remove`](crate::SharedMemory::remove).
    #[doc(alias = "IPC_RMID")]
    pub fn remove_when_detached(&self) -> Result<()> {
        handle::remove(self.0.subject(), self.0.id().as_raw())
    }

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

/// A segment mapped into this process for reading only. Dropping it detaches the segment.
///
/// Other processes write the memory at any time, so no safe method returns a `&[u8]` or a `&T` into it; see
/// [`Attachment`], which reads by the same methods. No method writes:
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
/// // Reading into a vector stops at the end; reading into a slice beyond it is an error.
/// assert_eq!(attached.read_to_vec(97..200)?, b"xxx");
/// assert!(attached.read_at(&mut bytes, 98).unwrap_err().is_invalid_argument());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug)]
pub struct ReadOnlyAttachment {
    mapping: Mapping,
    length: usize,
    id: ShmId,
    key: Option<Key>,
    widths: Widths,
}

impl ReadOnlyAttachment {
    /// Attaches the segment, and reads its size once: while it is attached, no other segment has its id.
    pub(crate) fn new(
        memory: &SharedMemory,
        options: AttachOptions,
        access: ShmAtFlags,
    ) -> Result<ReadOnlyAttachment> {
        let subject = handle::subject(memory);
        let flags = access | options.checked_flags(subject)?;
        // SAFETY: the kernel chooses a free address, or refuses one that is in use, or the caller of
        // `AttachOptions::replace` has vouched for it.
        let address = unsafe { sysv_ipc::shmat(memory.id(), options.pointer(), flags) }
            .map_err(|errno| attach_error(subject, options, errno))?;
        let mapping = Mapping(address);
        if address.is_null() {
            // The system rounded down by more than one page, since it attaches at multiples of several pages.
            return Err(options.rounds_to_zero(subject));
        }
        let length = sysv_ipc::shmctl_stat(memory.id())
            .map_err(|errno| handle::error("attach", subject, errno))?
            .segsz();
        Ok(ReadOnlyAttachment {
            mapping,
            length,
            id: memory.id(),
            key: memory.key(),
            widths: Widths::new(length),
        })
    }

    /// Returns the size of the segment in bytes.
    #[doc(alias = "size")]
    #[inline]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Returns false, since every segment has at least one byte.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the id of the segment.
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// Copies bytes of the segment, starting at `offset`, into all of `buffer`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the bytes would extend beyond the end; then nothing is
    /// read.
    #[doc(alias("read", "copy_out"))]
    #[inline]
    pub fn read_at(&self, buffer: &mut [u8], offset: usize) -> Result<()> {
        let from = self.checked_ptr("read", offset, buffer.len())?;
        // SAFETY: `checked_ptr` has checked that the bytes are within the mapping, which is readable, lasts as long as
        // `self`, and to which no reference exists but to atomics.
        unsafe { sysv_ipc::copy_out(from, buffer) };
        Ok(())
    }

    /// Returns a copy of the bytes in `range`. A range that extends beyond the end of the segment is truncated there.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the range begins at the end or beyond, or ends before it
    /// begins; [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if allocation fails.
    #[doc(alias = "read")]
    pub fn read_to_vec(&self, range: impl RangeBounds<usize>) -> Result<Vec<u8>> {
        let (offset, length) = self.clamp_range("read", &range)?;
        let from = self.checked_ptr("read", offset, length)?;
        let mut bytes = Vec::new();
        // The allocation of a copy of a large segment may fail.
        bytes
            .try_reserve_exact(length)
            .map_err(|_| Error::call("read", self.subject(), Errno::ENOMEM))?;
        // SAFETY: as in `read_at`; the vector has that much room.
        unsafe { sysv_ipc::copy_out_uninit(from, &mut bytes.spare_capacity_mut()[..length]) };
        // SAFETY: the first `length` bytes were just written.
        unsafe { bytes.set_len(length) };
        Ok(bytes)
    }

    /// Returns a copy of a value of plain data at any offset, aligned or not. [`Attachment::write_value`] says which types
    /// are plain data.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if the value would extend beyond the end.
    #[inline]
    pub fn read_value<T: FromBytes>(&self, offset: usize) -> Result<T> {
        let from = self.checked_ptr("read", offset, size_of::<T>())?;
        let mut value = MaybeUninit::<T>::uninit();
        let bytes = (&raw mut value).cast::<MaybeUninit<u8>>();
        // SAFETY: the value has that many bytes, which may be uninitialised, and nothing else borrows them.
        let bytes = unsafe { std::slice::from_raw_parts_mut(bytes, size_of::<T>()) };
        // SAFETY: as in `read_at`.
        unsafe { sysv_ipc::copy_out_uninit(from, bytes) };
        // SAFETY: every byte was just written, and any bytes are a value of a type that is `FromBytes`.
        Ok(unsafe { value.assume_init() })
    }

    /// Returns a cursor over the segment, which implements [`std::io::Read`] and [`std::io::Seek`].
    pub fn read_cursor(&self) -> Cursor<&ReadOnlyAttachment> {
        Cursor::new(self)
    }

    /// Returns the address of the segment's first byte.
    ///
    /// Other processes access the same memory: a reference into it needs the promise that
    /// [`as_slice`](Self::as_slice) asks for.
    #[doc(alias("addr", "address"))]
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.address().cast_const().cast()
    }

    /// Returns the whole segment as bytes.
    ///
    /// # Safety
    ///
    /// As long as the slice is in use, nothing writes the segment: no other process, no other attachment, and no method
    /// of this one.
    #[doc(alias = "memoryview")]
    pub unsafe fn as_slice(&self) -> &[u8] {
        // SAFETY: the mapping has that many bytes, all initialised, and lasts as long as the borrow of `self`; the
        // caller vouches that nothing writes them.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.length) }
    }

    /// Returns the address of the segment's first byte as a mutable pointer.
    #[inline]
    pub(crate) fn address(&self) -> *mut c_void {
        self.mapping.0
    }

    /// Returns the record of the atomics.
    #[inline]
    pub(crate) fn widths(&self) -> &Widths {
        &self.widths
    }

    /// Returns the segment for error messages.
    pub(crate) fn subject(&self) -> Subject {
        let Self { id, key, .. } = self;
        Subject {
            key: *key,
            ..Subject::of(KIND).with_id(id.as_raw())
        }
    }

    /// Detaches the segment, and reports a failure, which dropping the attachment does not.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if `unsafe` code has already unmapped it.
    #[doc(alias = "shmdt")]
    pub fn detach(self) -> Result<()> {
        let subject = self.subject();
        self.mapping
            .detach()
            .map_err(|errno| Error::call("detach", subject, errno))
    }
}

impl ReadOnlyAttachment {
    /// Returns the address of `length` bytes at `offset`, if all of them are within the segment.
    #[inline]
    pub(crate) fn checked_ptr(
        &self,
        operation: &'static str,
        offset: usize,
        length: usize,
    ) -> Result<*mut c_void> {
        if offset > self.len() || length > self.len() - offset {
            return Err(self.out_of_bounds(operation, offset, length));
        }
        Ok(self.ptr_at(offset))
    }

    /// Returns the address of an offset that was checked.
    #[inline]
    pub(crate) fn ptr_at(&self, offset: usize) -> *mut c_void {
        self.address().wrapping_byte_add(offset)
    }

    /// Returns offset and length of a range. The range may still extend beyond the segment, which
    /// [`checked_ptr`](Self::checked_ptr) checks.
    #[inline]
    pub(crate) fn resolve_range(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let (start, end) = bounds(range);
        match end.unwrap_or(self.len()).checked_sub(start) {
            Some(length) => Ok((start, length)),
            None => Err(self.bad_range(operation, start, end)),
        }
    }

    /// Returns offset and length of a range that must begin within the segment, truncated at the segment's end.
    fn clamp_range(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let (start, end) = bounds(range);
        let until = end.unwrap_or(self.len());
        if start >= self.len() || start > until {
            return Err(self.bad_range(operation, start, end));
        }
        Ok((start, until.min(self.len()) - start))
    }

    #[cold]
    fn out_of_bounds(&self, operation: &'static str, offset: usize, length: usize) -> Error {
        let size = self.len();
        let because =
            format!("offset {offset} and length {length} do not fit into its {size} bytes");
        Error::argument(operation, self.subject(), because)
    }

    #[cold]
    fn bad_range(&self, operation: &'static str, start: usize, end: Option<usize>) -> Error {
        match end {
            Some(end) if end >= start => self.out_of_bounds(operation, start, end - start),
            None => self.out_of_bounds(operation, start, 0),
            Some(end) => {
                let because = format!("the range begins at {start} and ends before, at {end}");
                Error::argument(operation, self.subject(), because)
            }
        }
    }
}

/// The address of an attached segment. Dropping it detaches the segment.
#[derive(Debug)]
struct Mapping(*mut c_void);

// SAFETY: the mapping belongs to the process, not to a thread, and any thread can unmap it.
unsafe impl Send for Mapping {}

// SAFETY: all access through a shared reference is by foreign calls, which several threads may make concurrently, as
// several processes may, or by atomics.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn detach(self) -> sysv_ipc::Result<()> {
        let mapping = ManuallyDrop::new(self);
        // SAFETY: this value made the mapping, all borrows of it have ended, and its drop does not run.
        unsafe { sysv_ipc::shmdt(mapping.0) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this value made the mapping, and all borrows of it have ended. It fails only if `unsafe` code has
        // unmapped it, and then nothing is left to do.
        let _ = unsafe { sysv_ipc::shmdt(self.0) };
    }
}

/// Returns the first index of a range, and the index after its last one if it has an end. The index saturates at the
/// greatest number, which is beyond every segment too.
#[inline]
fn bounds(range: &impl RangeBounds<usize>) -> (usize, Option<usize>) {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => Some(last.saturating_add(1)),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => None,
    };
    (start, end)
}

/// Options for attaching: the address, and whether code in the segment may run.
///
/// ```
/// use sysv_wrapper::{AttachOptions, SharedMemory};
///
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let first = memory.attach()?;
/// first.remove_when_detached()?;
/// let address = first.as_mut_ptr();
/// drop(first);
/// // Another segment is attached where the first one was.
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let second = memory.attach_with(AttachOptions::new().address(address as usize))?;
/// second.remove_when_detached()?;
/// assert_eq!(second.as_mut_ptr(), address);
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
    /// Returns the defaults: the kernel chooses the address, and the segment is not executable.
    pub fn new() -> AttachOptions {
        AttachOptions::default()
    }

    /// Sets the address, at which nothing may be mapped yet. It must be a multiple of the page size (on some systems,
    /// of several pages), and not 0.
    #[must_use]
    pub fn address(self, address: usize) -> AttachOptions {
        AttachOptions {
            address: Some(address),
            ..self
        }
    }

    /// Rounds the address down to a valid multiple. The result must not be 0.
    #[doc(alias = "SHM_RND")]
    #[must_use]
    pub fn round_down(self, round_down: bool) -> AttachOptions {
        AttachOptions { round_down, ..self }
    }

    /// Permits code in the segment to run. The mode must then permit this user to execute it. Linux; without effect
    /// elsewhere.
    #[doc(alias = "SHM_EXEC")]
    #[must_use]
    pub fn executable(self, executable: bool) -> AttachOptions {
        AttachOptions { executable, ..self }
    }

    /// Replaces the mappings at the address. Linux and FreeBSD; elsewhere an address in use is refused.
    ///
    /// # Safety
    ///
    /// Once the segment is attached, nothing in this process uses the replaced mappings: the size of the segment, in
    /// whole pages, from the address on. An [`Attachment`](crate::Attachment) uses its mapping until and including its
    /// drop, unless it is forgotten.
    #[doc(alias = "SHM_REMAP")]
    #[must_use]
    pub unsafe fn replace(self, replace: bool) -> AttachOptions {
        AttachOptions { replace, ..self }
    }

    /// Returns the address for `shmat`.
    pub(crate) fn pointer(self) -> *const c_void {
        self.address
            .map_or(ptr::null(), ptr::with_exposed_provenance)
    }

    /// Returns the flags for `shmat`. Returns an error for the address 0, which means "any address" to the kernel, and
    /// which root can map.
    pub(crate) fn checked_flags(self, subject: Subject) -> Result<ShmAtFlags> {
        let mut flags = ShmAtFlags::empty();
        // The page size, which costs a call, is needed only with an address.
        let address = self.address.map(|address| (address, crate::page_size()));
        match address {
            None if self.replace => {
                let because = "`replace` takes the address of the mappings to replace";
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

    /// Creates the error of an address that is 0, or rounds to 0.
    #[cold]
    pub(crate) fn rounds_to_zero(self, subject: Subject) -> Error {
        let address = self.address.unwrap_or(0);
        let because = format!(
            "the address is {address:#x}, which is 0 or rounds to it, and nothing is attached at 0"
        );
        Error::argument("attach", subject, because)
    }
}

/// Creates the error of a failed attach, and looks up the cause.
#[cold]
fn attach_error(subject: Subject, options: AttachOptions, errno: Errno) -> Error {
    let error = handle::error("attach", subject, errno);
    let size = || {
        let id = ShmId::from_raw(subject.id?);
        let stat = sysv_ipc::shmctl_stat(id).ok();
        stat.or_else(|| system::any_segment(id))
            .map(|stat| stat.segsz())
    };
    match (errno, options.address) {
        (Errno::EINVAL, Some(address)) if size().is_some() => {
            let because = format!(
                "it cannot be at the address {address:#x}: something else is there, or reaches into its length, or \
                 this system attaches at multiples of more than a page"
            );
            error
                .with_kind(ErrorKind::InvalidArgument)
                .because(because)
        }
        (Errno::ENOMEM, _) => {
            let size = size().map_or(0, |size| size as u64);
            match system::mapping_limit(size) {
                Some(because) => error.because(because),
                None => error,
            }
        }
        (Errno::EACCES, _) if geteuid().is_root() => error.because(
            "its mode does not let this user do that, and this process has no CAP_IPC_OWNER, without which the mode \
             binds root too",
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    //! Addresses so low that most kernels let no user map them.

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
