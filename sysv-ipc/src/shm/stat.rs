//! The structures that `shmctl` fills: `shmid_ds`, `shminfo`, `shm_info`.

use core::fmt;
use std::time::SystemTime;

use crate::perm::stat_result;
use crate::stat::{self, Pid};

/// The state of a segment: C's `struct shmid_ds`, from and to which it converts.
///
/// The default is all zeros, for [`shmctl_set`](crate::shmctl_set) by a user who may change a segment but not read it: set
/// owner, group and mode first.
///
/// ```
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 100, ShmGetFlags::CREAT, Mode::OWNER)?;
/// let stat = shmctl_stat(id)?;
/// shmctl_rmid(id)?;
/// assert_eq!((stat.segsz(), stat.nattch(), stat.atime()), (100, 0, None));
///
/// let raw: &sysv_sys::shmid_ds = stat.as_raw();
/// assert_eq!(ShmStat::from(*raw).segsz(), 100);
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "shmid_ds")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct ShmStat(pub(crate) sysv_sys::shmid_ds);

stat_result!(ShmStat, shmid_ds, shm_perm);

impl ShmStat {
    /// Returns the size in bytes, as requested at creation.
    #[doc(alias = "shm_segsz")]
    pub fn segsz(&self) -> usize {
        stat::size(self.0.shm_segsz)
    }

    /// Returns the number of mappings in all processes.
    #[doc(alias("shm_nattch", "number_attached"))]
    pub fn nattch(&self) -> u64 {
        stat::count(self.0.shm_nattch)
    }

    /// Returns the time of the last attach; `None` before the first.
    #[doc(alias("shm_atime", "last_attach_time"))]
    pub fn atime(&self) -> Option<SystemTime> {
        stat::time(self.0.atime())
    }

    /// Returns the time of the last detach; `None` before the first.
    #[doc(alias("shm_dtime", "last_detach_time"))]
    pub fn dtime(&self) -> Option<SystemTime> {
        stat::time(self.0.dtime())
    }

    /// Returns the time of the creation, or of the last `IPC_SET`.
    #[doc(alias("shm_ctime", "last_change_time"))]
    pub fn ctime(&self) -> Option<SystemTime> {
        stat::time(self.0.ctime())
    }

    /// Returns the process that created the segment.
    #[doc(alias("shm_cpid", "creator_pid"))]
    pub fn cpid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.shm_cpid)
    }

    /// Returns the process that last attached or detached the segment; `None` before the first attach.
    #[doc(alias("shm_lpid", "last_pid"))]
    pub fn lpid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.shm_lpid)
    }

    /// Returns whether the segment was removed while attached. The kernel frees it at the last detach.
    #[doc(alias("SHM_DEST", "SHMSEG_REMOVED"))]
    #[cfg(sysv = "marked_for_removal")]
    pub fn is_marked_for_removal(&self) -> bool {
        #[cfg(sysv = "SHM_DEST")]
        use sysv_sys::SHM_DEST;
        #[cfg(sysv = "sysvipc_info")]
        use sysv_sys::SHMSEG_REMOVED as SHM_DEST;
        // `SHMSEG_REMOVED`, which the headers of the BSDs declare for the kernel only, if at all.
        #[cfg(not(any(sysv = "SHM_DEST", sysv = "sysvipc_info")))]
        const SHM_DEST: i32 = 0x0400;
        self.perm().has_state(SHM_DEST)
    }

    /// Returns whether [`shmctl_lock`](crate::shmctl_lock) locked the segment in memory.
    #[doc(alias = "SHM_LOCKED")]
    #[cfg(sysv = "SHM_LOCKED")]
    pub fn is_locked(&self) -> bool {
        self.perm().has_state(sysv_sys::SHM_LOCKED)
    }
}

impl fmt::Debug for ShmStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShmStat")
            .field("perm", &self.perm())
            .field("segsz", &self.segsz())
            .field("nattch", &self.nattch())
            .field("atime", &self.atime())
            .field("dtime", &self.dtime())
            .field("ctime", &self.ctime())
            .field("cpid", &self.cpid())
            .field("lpid", &self.lpid())
            .finish()
    }
}

/// The limits on segments: C's `struct shminfo`.
///
/// ```
/// let (_, limits) = sysv_ipc::shmctl_ipc_info()?;
/// assert!(limits.shmmni() > 0);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias = "shminfo")]
#[cfg(sysv = "limits")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct ShmLimits(pub(crate) sysv_sys::shminfo);

#[cfg(sysv = "limits")]
impl ShmLimits {
    /// Returns the maximum size of a segment in bytes.
    pub fn shmmax(&self) -> u64 {
        stat::count(self.0.shmmax)
    }

    /// Returns the minimum size of a segment in bytes: 1.
    pub fn shmmin(&self) -> u64 {
        stat::count(self.0.shmmin)
    }

    /// Returns the maximum number of segments.
    pub fn shmmni(&self) -> u64 {
        stat::count(self.0.shmmni)
    }

    /// Returns the maximum number of segments that a process may attach. Linux does not enforce it.
    pub fn shmseg(&self) -> u64 {
        stat::count(self.0.shmseg)
    }

    /// Returns the maximum number of pages of all segments together.
    pub fn shmall(&self) -> u64 {
        stat::count(self.0.shmall)
    }
}

/// The total usage of all segments: C's `struct shm_info`.
///
/// ```
/// let (_, usage) = sysv_ipc::shmctl_shm_info()?;
/// println!("{} segments of {} pages", usage.used_ids(), usage.total_pages());
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias = "shm_info")]
#[cfg(sysv = "SHM_INFO")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct ShmUsage(pub(super) sysv_sys::shm_info);

#[cfg(sysv = "SHM_INFO")]
impl ShmUsage {
    /// Returns the number of segments.
    pub fn used_ids(&self) -> u64 {
        stat::count(self.0.used_ids)
    }

    /// Returns the number of pages of all segments, allocated or not.
    #[doc(alias = "shm_tot")]
    pub fn total_pages(&self) -> u64 {
        stat::count(self.0.shm_tot)
    }

    /// Returns the number of pages in memory.
    #[doc(alias = "shm_rss")]
    pub fn resident_pages(&self) -> u64 {
        stat::count(self.0.shm_rss)
    }

    /// Returns the number of pages swapped out.
    #[doc(alias = "shm_swp")]
    pub fn swapped_pages(&self) -> u64 {
        stat::count(self.0.shm_swp)
    }
}
