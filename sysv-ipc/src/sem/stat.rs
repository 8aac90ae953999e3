//! The structures that `semctl` fills: `semid_ds`, and `seminfo` in its two meanings.

use core::fmt;
use std::time::SystemTime;

use crate::perm::stat_result;
use crate::stat;

/// The state of a set: C's `struct semid_ds`, from and to which it converts.
///
/// The default is all zeros, for [`semctl_set`](crate::semctl_set) by a user who may change a set but not read it: set
/// owner, group and mode first.
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 3, SemGetFlags::CREAT, Mode::OWNER)?;
/// let stat = semctl_stat(id)?;
/// semctl_rmid(id)?;
/// assert_eq!((stat.nsems(), stat.otime()), (3, None));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "semid_ds")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct SemStat(pub(crate) sysv_sys::semid_ds);

stat_result!(SemStat, semid_ds, sem_perm);

impl SemStat {
    /// Returns the number of semaphores of the set.
    #[doc(alias = "sem_nsems")]
    pub fn nsems(&self) -> usize {
        stat::size(self.0.sem_nsems)
    }

    /// Returns the time of the last operation; `None` before the first.
    #[doc(alias("sem_otime", "o_time"))]
    pub fn otime(&self) -> Option<SystemTime> {
        stat::time(self.0.otime())
    }

    /// Returns the time of the creation, or of the last `IPC_SET`, `SETVAL` or `SETALL`.
    #[doc(alias = "sem_ctime")]
    pub fn ctime(&self) -> Option<SystemTime> {
        stat::time(self.0.ctime())
    }
}

impl fmt::Debug for SemStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemStat")
            .field("perm", &self.perm())
            .field("nsems", &self.nsems())
            .field("otime", &self.otime())
            .field("ctime", &self.ctime())
            .finish()
    }
}

/// The limits on semaphores: C's `struct seminfo`, as `IPC_INFO` fills it.
///
/// ```
/// let (_, limits) = sysv_ipc::semctl_ipc_info()?;
/// assert!(limits.semvmx() > 0);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias = "seminfo")]
#[cfg(sysv = "limits")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct SemLimits(pub(crate) sysv_sys::seminfo);

#[cfg(sysv = "limits")]
impl SemLimits {
    /// Returns the maximum number of sets.
    #[cfg(not(sysv = "IPCS_command"))]
    pub fn semmni(&self) -> u64 {
        stat::count(self.0.semmni)
    }

    /// Returns the maximum number of semaphores of all sets together.
    #[cfg(not(sysv = "IPCS_command"))]
    pub fn semmns(&self) -> u64 {
        stat::count(self.0.semmns)
    }

    /// Returns the maximum number of semaphores of a set.
    #[cfg(not(sysv = "IPCS_command"))]
    pub fn semmsl(&self) -> u64 {
        stat::count(self.0.semmsl)
    }

    /// Returns the maximum number of operations of one [`semop`](crate::semop).
    pub fn semopm(&self) -> u64 {
        stat::count(self.0.semopm)
    }

    /// Returns the maximum number of undo structures, of which a process has one. Linux does not enforce it.
    pub fn semmnu(&self) -> u64 {
        stat::count(self.0.semmnu)
    }

    /// Returns the maximum number of undo entries of a process. Linux does not enforce it.
    pub fn semume(&self) -> u64 {
        stat::count(self.0.semume)
    }

    /// Returns the maximum value of a semaphore.
    #[doc(alias = "SEMAPHORE_VALUE_MAX")]
    pub fn semvmx(&self) -> u64 {
        stat::count(self.0.semvmx)
    }

    /// Returns the maximum adjustment by an undo entry.
    pub fn semaem(&self) -> u64 {
        stat::count(self.0.semaem)
    }
}

/// The total usage of all sets: C's `struct seminfo`, as `SEM_INFO` fills it.
///
/// ```
/// let (_, usage) = sysv_ipc::semctl_sem_info()?;
/// println!("{} sets of {} semaphores", usage.used_ids(), usage.semaphores());
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias("seminfo", "semusz"))]
#[cfg(sysv = "SEM_INFO")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct SemUsage(pub(super) sysv_sys::seminfo);

#[cfg(sysv = "SEM_INFO")]
impl SemUsage {
    /// Returns the number of sets.
    #[doc(alias = "semusz")]
    pub fn used_ids(&self) -> u64 {
        stat::count(self.0.semusz)
    }

    /// Returns the number of semaphores of all sets together.
    #[doc(alias = "semaem")]
    pub fn semaphores(&self) -> u64 {
        stat::count(self.0.semaem)
    }
}
