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

const KIND: Kind = Kind::SharedMemory;

/// A shared memory segment: memory that several processes can attach.
///
/// This is a handle. It names the segment by its id, and owns neither the segment nor a mapping of it: clone
/// it, send it, drop it, and nothing happens to the segment, which lasts until someone removes it. To use
/// the memory, [attach](SharedMemory::attach) it. To have the segment removed with a scope, put the handle
/// into a [`RemoveOnDrop`](crate::RemoveOnDrop).
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
    /// What the segment is to be like, to be ended with a verb: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing`, `open`.
    pub fn builder<'init>() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder::new()
    }

    /// The segment that has this key, whatever its size.
    ///
    /// If its creator is still filling it, waits until that is done, for at most ten seconds
    /// ([`wait_for_creator`](SharedMemoryBuilder::wait_for_creator) sets another time).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`is_abandoned`](Error::is_abandoned) if the creator died before the segment was filled.
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

    /// The segment with this id, which another process told.
    ///
    /// An id is given to another object some time after its own was removed: on Linux after some four million
    /// more were made. A segment that this user may not read counts as found; its [`key`](Self::key) is then
    /// `None`.
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

    /// A handle, made without a call.
    pub(crate) fn from_parts(id: ShmId, key: Option<Key>) -> SharedMemory {
        SharedMemory { id, key }
    }

    /// The kernel's id.
    #[doc(alias = "shmid")]
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// The key that the segment was made or found with: [`Key::PRIVATE`] for a private one, `None` where the
    /// handle was made from an id and the kernel did not tell.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// The size in bytes, as the kernel has it.
    ///
    /// # Errors
    ///
    /// Those of [`status`](SharedMemory::status).
    pub fn size(&self) -> Result<usize> {
        self.status().map(|status| status.size())
    }

    /// Maps the segment into this process, for reading and writing.
    ///
    /// Each call makes one more mapping, which goes with its [`Attachment`].
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow both;
    /// [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if there is no room in the address space.
    #[doc(alias = "shmat")]
    pub fn attach(&self) -> Result<Attachment> {
        self.attach_with(AttachOptions::new())
    }

    /// Maps the segment into this process, for reading only.
    ///
    /// # Errors
    ///
    /// Those of [`attach`](SharedMemory::attach), where the mode only has to allow reading.
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only(&self) -> Result<ReadOnlyAttachment> {
        self.attach_read_only_with(AttachOptions::new())
    }

    /// Maps the segment for reading and writing in a way of the caller's choice.
    ///
    /// # Errors
    ///
    /// Those of [`attach`](SharedMemory::attach), and
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an address that is not aligned, that is in use,
    /// or that rounds to 0.
    #[doc(alias("shmat", "SHM_RND", "SHM_EXEC", "SHM_REMAP"))]
    pub fn attach_with(&self, options: AttachOptions) -> Result<Attachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::empty()).map(Attachment::new)
    }

    /// Maps the segment for reading only in a way of the caller's choice.
    ///
    /// # Errors
    ///
    /// Those of [`attach_with`](SharedMemory::attach_with).
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only_with(&self, options: AttachOptions) -> Result<ReadOnlyAttachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::RDONLY)
    }

    /// Size, owner, mode, times and who is attached, as they are now.
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

/// The state of a segment at the moment when [`status`](crate::SharedMemory::status) was called.
///
/// Times are in whole seconds, and `None` for what has not happened yet; so are pids.
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

    /// The size in bytes.
    #[doc(alias = "shm_segsz")]
    pub fn size(&self) -> usize {
        self.0.segsz()
    }

    /// How many attachments there are, in all processes together.
    #[doc(alias("nattch", "number_attached", "shm_nattch"))]
    pub fn attach_count(&self) -> u64 {
        self.0.nattch()
    }

    /// The process that made the segment.
    #[doc(alias = "cpid")]
    pub fn creator_pid(&self) -> Option<Pid> {
        self.0.cpid()
    }

    /// The process that last attached or detached it.
    #[doc(alias = "lpid")]
    pub fn last_pid(&self) -> Option<Pid> {
        self.0.lpid()
    }

    /// When it was last attached.
    #[doc(alias("last_attach_time", "shm_atime"))]
    pub fn attach_time(&self) -> Option<SystemTime> {
        self.0.atime()
    }

    /// When it was last detached.
    #[doc(alias("last_detach_time", "shm_dtime"))]
    pub fn detach_time(&self) -> Option<SystemTime> {
        self.0.dtime()
    }

    /// When it was made, or its owner or mode last changed.
    #[doc(alias("last_change_time", "shm_ctime"))]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }

    /// Whether it was removed, and goes with the last attachment. False where the system does not tell.
    #[doc(alias = "SHM_DEST")]
    pub fn marked_for_removal(&self) -> bool {
        #[cfg(sysv = "marked_for_removal")]
        return self.0.is_marked_for_removal();
        #[cfg(not(sysv = "marked_for_removal"))]
        return false;
    }

    /// Whether it is locked in memory. False where the system does not tell.
    #[doc(alias = "SHM_LOCKED")]
    pub fn locked(&self) -> bool {
        #[cfg(sysv = "SHM_LOCKED")]
        return self.0.is_locked();
        #[cfg(not(sysv = "SHM_LOCKED"))]
        return false;
    }
}

impl SharedMemory {
    /// Keeps the segment's pages in memory once they are there, whichever process uses them, until someone
    /// calls [`unlock_from_memory`](Self::unlock_from_memory) or the segment is gone. Linux.
    ///
    /// Pages come when they are first used: to have them all, write them all.
    /// [`ShmStatus::locked`](crate::ShmStatus::locked) tells.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged, or may
    /// lock nothing (`RLIMIT_MEMLOCK` is 0); [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if that would pass
    /// `RLIMIT_MEMLOCK`; [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`is_unsupported`](Error::is_unsupported) where the platform has no such call.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let memory = RemoveOnDrop::new(SharedMemory::builder().create_private()?);
    /// match memory.lock_in_memory() {
    ///     Ok(()) => memory.unlock_from_memory()?,
    ///     Err(error) => println!("{error}; so it may be swapped out"),
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

    /// Lets the segment's pages be swapped out again.
    ///
    /// One call undoes any number of locks, by any process.
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

    /// The kernel says with the same answer that a limit is reached as that something else is wrong.
    #[cold]
    #[cfg_attr(not(sysv = "SHM_LOCK"), allow(dead_code))]
    fn refused(&self, operation: &'static str, errno: Errno) -> Error {
        let error = handle::error(operation, self.subject(), errno);
        match errno {
            Errno::ENOMEM => error.because(
                "this user would have more memory locked than RLIMIT_MEMLOCK allows; `ulimit -l` shows and \
                 sets it, in KiB",
            ),
            Errno::EPERM => error.because(
                "only its owner, its creator or a process with CAP_IPC_LOCK may do that, and the first two \
                 only if RLIMIT_MEMLOCK is not 0",
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
