//! What the kernel says of a segment.

use std::time::SystemTime;

use sysv_ipc::{Pid, ShmStat};

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

crate::owner::accessors!(ShmStatus);

impl ShmStatus {
    #[inline]
    pub(crate) fn new(stat: ShmStat) -> ShmStatus {
        ShmStatus(stat)
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
