//! Shared memory segments: the handle and its status.

mod atomics;
mod attachment;
mod builder;
mod cursor;
mod widths;

pub use attachment::{AttachOptions, Attachment, ReadOnlyAttachment};
pub use builder::{HugePages, SharedMemoryBuilder};
pub use cursor::Cursor;

use std::ops::Deref;
use std::time::SystemTime;

use sysv_ipc::{Errno, Ownership, Pid, ShmAtFlags, ShmId, ShmStat};

use crate::error::{Error, Result};
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use crate::system;

const KIND: Kind = Kind::SharedMemory;

/// A shared memory segment: memory that several processes can attach.
///
/// This is a handle: cloning, sending and dropping it do not affect the segment, which lasts until it is removed. To
/// access the memory, [attach](SharedMemory::attach) the segment. A [`RemoveOnDrop`](crate::RemoveOnDrop) removes it at
/// the end of a scope.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = SharedMemory::builder().size(4096).fill(b' ').create_unique()?;
/// let memory = RemoveOnDrop::new(memory);
///
/// let attached = memory.attach()?;
/// attached.write_at(b"Mrs. Premise", 100)?;
/// assert_eq!(attached.read_to_vec(99..113)?, b" Mrs. Premise ");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("SharedMemoryHandle", "Memory", "shmget"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedMemory {
    id: ShmId,
    key: Option<Key>,
}

impl SharedMemory {
    /// Returns a builder of a segment. Its last method creates or opens the segment: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing` or `open`.
    pub fn builder<'init>() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder::new()
    }

    /// Opens the segment that has this key, of any size.
    ///
    /// If the segment's creator is still initialising it, this waits for at most ten seconds;
    /// [`wait_for_creator`](SharedMemoryBuilder::wait_for_creator) sets another limit.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the key; [`is_abandoned`](Error::is_abandoned) if the
    /// creator died before it initialised the segment; [`is_timed_out`](Error::is_timed_out) if the creator took too
    /// long.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let made = RemoveOnDrop::new(SharedMemory::builder().size(100).create_unique()?);
    /// let found = SharedMemory::open(made.key().unwrap())?;
    /// assert_eq!(found.id(), made.id());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "getshmid")]
    pub fn open(key: impl Into<Key>) -> Result<SharedMemory> {
        SharedMemory::builder().open(key)
    }

    /// Opens a segment by an id received from another process.
    ///
    /// After a removal, the kernel gives the id to another object some time later: Linux after some four million
    /// creations. A segment that this user may not read counts as found; its [`key`](Self::key) is then `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the id.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::SharedMemory;
    ///
    /// let made = SharedMemory::builder().create_private()?;
    /// let found = SharedMemory::from_id(made.id())?;
    /// found.remove()?;
    /// assert!(SharedMemory::from_id(made.id()).unwrap_err().is_not_found());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn from_id(id: impl Into<ShmId>) -> Result<SharedMemory> {
        let id = id.into();
        let key = handle::key_of(KIND, id.as_raw())?;
        Ok(SharedMemory { id, key })
    }

    /// Returns a handle, without a system call.
    pub(crate) fn from_parts(id: ShmId, key: Option<Key>) -> SharedMemory {
        SharedMemory { id, key }
    }

    /// Returns the kernel's id.
    #[doc(alias = "shmid")]
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// Returns the key that the segment was created or opened with: [`Key::PRIVATE`] for a private one, `None` if the
    /// handle was made from an id and the key is unknown.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Returns the size in bytes, as reported by the kernel.
    ///
    /// # Errors
    ///
    /// As [`status`](SharedMemory::status).
    pub fn size(&self) -> Result<usize> {
        self.status().map(|status| status.size())
    }

    /// Attaches the segment for reading and writing.
    ///
    /// Each call creates another mapping, which lasts as long as its [`Attachment`].
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow both;
    /// [`is_removed`](Error::is_removed) if the segment is gone; [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if the
    /// address space is full, or if a limit on it is reached, which the text names (`RLIMIT_AS`, `vm.max_map_count`).
    #[doc(alias = "shmat")]
    pub fn attach(&self) -> Result<Attachment> {
        self.attach_with(AttachOptions::new())
    }

    /// Attaches the segment for reading only.
    ///
    /// # Errors
    ///
    /// As [`attach`](SharedMemory::attach), but the mode only has to allow reading.
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only(&self) -> Result<ReadOnlyAttachment> {
        self.attach_read_only_with(AttachOptions::new())
    }

    /// Attaches the segment for reading and writing, with options.
    ///
    /// # Errors
    ///
    /// As [`attach`](SharedMemory::attach), and [`is_invalid_argument`](Error::is_invalid_argument) for an address that
    /// is not aligned, that is in use, or that rounds to 0.
    #[doc(alias("shmat", "SHM_RND", "SHM_EXEC", "SHM_REMAP"))]
    pub fn attach_with(&self, options: AttachOptions) -> Result<Attachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::empty()).map(Attachment::new)
    }

    /// Attaches the segment for reading only, with options.
    ///
    /// # Errors
    ///
    /// As [`attach_with`](SharedMemory::attach_with).
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only_with(&self, options: AttachOptions) -> Result<ReadOnlyAttachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::RDONLY)
    }

    /// Returns the current size, owner, mode, times and number of attachments.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the segment is gone.
    #[doc(alias("IPC_STAT", "shmid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<ShmStatus> {
        sysv_ipc::shmctl_stat(self.id)
            .map(ShmStatus::new)
            .map_err(|errno| handle::error("ask about", self.subject(), errno))
    }
}

crate::handle::handle!(
    SharedMemory,
    ShmId,
    Kind::SharedMemory,
    "segment",
    "memory_haskey",
    "remove_memory"
);

/// The state of a segment at the time of the call of [`status`](crate::SharedMemory::status).
///
/// Times are in whole seconds. Times and pids are `None` before the first such event.
///
/// ```
/// use sysv_wrapper::SharedMemory;
///
/// let memory = SharedMemory::builder().size(100).create_private()?;
/// assert!(memory.status()?.attach_time().is_none());
/// let attached = memory.attach()?;
/// attached.remove_when_detached()?;
/// let status = memory.status()?;
/// assert_eq!((status.size(), status.attach_count()), (100, 1));
/// assert!(status.attach_time().is_some());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "shmid_ds")]
#[derive(Debug, Copy, Clone)]
pub struct ShmStatus(ShmStat);

impl Deref for ShmStatus {
    type Target = Ownership;

    fn deref(&self) -> &Ownership {
        self.ownership()
    }
}

impl ShmStatus {
    #[inline]
    pub(crate) fn new(stat: ShmStat) -> ShmStatus {
        ShmStatus(stat)
    }

    /// Returns owner, creator and mode, to which the status dereferences too.
    #[doc(alias = "ipc_perm")]
    pub fn ownership(&self) -> &Ownership {
        self.0.ownership()
    }

    /// Returns the size in bytes.
    #[doc(alias = "shm_segsz")]
    pub fn size(&self) -> usize {
        self.0.segsz()
    }

    /// Returns the number of attachments, of all processes together.
    #[doc(alias("nattch", "number_attached", "shm_nattch"))]
    pub fn attach_count(&self) -> u64 {
        self.0.nattch()
    }

    /// Returns the process that created the segment.
    #[doc(alias = "cpid")]
    pub fn creator_pid(&self) -> Option<Pid> {
        self.0.cpid()
    }

    /// Returns the process that last attached or detached the segment.
    #[doc(alias = "lpid")]
    pub fn last_pid(&self) -> Option<Pid> {
        self.0.lpid()
    }

    /// Returns the time of the last attaching.
    #[doc(alias("last_attach_time", "shm_atime"))]
    pub fn attach_time(&self) -> Option<SystemTime> {
        self.0.atime()
    }

    /// Returns the time of the last detaching.
    #[doc(alias("last_detach_time", "shm_dtime"))]
    pub fn detach_time(&self) -> Option<SystemTime> {
        self.0.dtime()
    }

    /// Returns the time of the creation, or of the last change of owner or mode.
    #[doc(alias("last_change_time", "shm_ctime"))]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }

    /// Returns whether the segment was removed, and will be freed with its last attachment. False where the system does
    /// not report it.
    #[doc(alias = "SHM_DEST")]
    pub fn marked_for_removal(&self) -> bool {
        #[cfg(sysv = "marked_for_removal")]
        return self.0.is_marked_for_removal();
        #[cfg(not(sysv = "marked_for_removal"))]
        return false;
    }

    /// Returns whether the segment is locked in memory. False where the system does not report it.
    #[doc(alias = "SHM_LOCKED")]
    pub fn locked(&self) -> bool {
        #[cfg(sysv = "SHM_LOCKED")]
        return self.0.is_locked();
        #[cfg(not(sysv = "SHM_LOCKED"))]
        return false;
    }
}

impl SharedMemory {
    /// Locks the segment's pages in memory once they are allocated, for all processes, until
    /// [`unlock_from_memory`](Self::unlock_from_memory) is called or the segment is freed. Linux.
    ///
    /// The kernel allocates pages at their first use: to have all of them in memory, write to all of them.
    /// [`ShmStatus::locked`](crate::ShmStatus::locked) reports the lock.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged, or if
    /// `RLIMIT_MEMLOCK` is 0; [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if the lock would exceed `RLIMIT_MEMLOCK`;
    /// [`is_removed`](Error::is_removed) if the segment is gone; [`is_unsupported`](Error::is_unsupported) where the
    /// platform has no such call.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let memory = RemoveOnDrop::new(SharedMemory::builder().create_private()?);
    /// match memory.lock_in_memory() {
    ///     Ok(()) => memory.unlock_from_memory()?,
    ///     Err(error) => println!("it may be swapped out: {error}"),
    /// }
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "SHM_LOCK")]
    pub fn lock_in_memory(&self) -> Result<()> {
        const OPERATION: &str = "lock in memory";
        #[cfg(sysv = "SHM_LOCK")]
        return sysv_ipc::shmctl_lock(self.id).map_err(|errno| self.refused(OPERATION, errno));
        #[cfg(not(sysv = "SHM_LOCK"))]
        return Err(self.no_such_call(OPERATION));
    }

    /// Permits the segment's pages to be swapped out again.
    ///
    /// One call undoes any number of locks of any process.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`is_unsupported`](Error::is_unsupported) where the platform has no such call.
    #[doc(alias = "SHM_UNLOCK")]
    pub fn unlock_from_memory(&self) -> Result<()> {
        const OPERATION: &str = "unlock from memory";
        #[cfg(sysv = "SHM_UNLOCK")]
        return sysv_ipc::shmctl_unlock(self.id)
            .map_err(|errno| handle::error(OPERATION, self.subject(), errno));
        #[cfg(not(sysv = "SHM_UNLOCK"))]
        return Err(self.no_such_call(OPERATION));
    }

    /// Creates the error of a refused lock, which may mean that a limit is reached.
    #[cold]
    #[cfg_attr(
        not(sysv = "SHM_LOCK"),
        allow(dead_code, reason = "no call is refused")
    )]
    fn refused(&self, operation: &'static str, errno: Errno) -> Error {
        let error = handle::error(operation, self.subject(), errno);
        match errno {
            Errno::ENOMEM => {
                let limit = match system::memlock_limit() {
                    Some(limit) => format!(", which is {limit} bytes"),
                    None => String::new(),
                };
                error
                    .because(format!(
                        "this user would have more memory locked than RLIMIT_MEMLOCK allows{limit}"
                    ))
                    .with_remedy("`ulimit -l` shows and sets the limit, in KiB")
            }
            Errno::EPERM => error.because(
                "only its owner, its creator or a process with CAP_IPC_LOCK may do that, and the first two only if \
                 RLIMIT_MEMLOCK is not 0",
            ),
            _ => error,
        }
    }

    #[cfg(not(all(sysv = "SHM_LOCK", sysv = "SHM_UNLOCK")))]
    fn no_such_call(&self, operation: &'static str) -> Error {
        let because = "this platform cannot lock segments in memory";
        Error::unsupported(operation, self.subject(), because)
    }
}
