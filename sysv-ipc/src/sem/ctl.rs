//! `semctl`: one function per command.

use core::ffi::c_int;

#[cfg(sysv = "IPC_INFO")]
use super::SemLimits;
use super::SemStat;
#[cfg(sysv = "SEM_INFO")]
use super::SemUsage;
use crate::errno::Result;
use crate::id::SemId;
use crate::ret;
use crate::stat::Pid;

/// Calls `semctl` with a structure for the kernel to fill. Returns the result and the structure.
#[inline]
fn ctl_read<T: Default>(id: c_int, command: c_int) -> Result<(c_int, T)> {
    let mut buffer = T::default();
    let argument = sysv_sys::semun {
        buf: (&raw mut buffer).cast(),
    };
    // SAFETY: the callers choose the structure that the kernel fills for this command.
    let returned = unsafe { with_argument(id, 0, command, argument) };
    ret::value(returned).map(|value| (value, buffer))
}

/// Calls `semctl` with a fourth argument.
///
/// # Safety
///
/// The member of the union is that of the command, and what it points to is as large as the kernel assumes.
#[inline]
unsafe fn with_argument(
    id: c_int,
    semnum: c_int,
    command: c_int,
    argument: sysv_sys::semun,
) -> c_int {
    // Miri takes no union from variable arguments.
    #[cfg(miri)]
    // SAFETY: all members are pointers, but `val`, which nothing uses in Miri.
    let argument = unsafe { argument.array };
    // SAFETY: as the caller promises.
    unsafe { sysv_sys::semctl(id, semnum, command, argument) }
}

/// Calls `semctl` with a command that takes no fourth argument.
#[inline]
fn ctl(id: SemId, semnum: u16, command: c_int) -> Result<c_int> {
    // SAFETY: the callers pass commands that take no fourth argument.
    ret::value(unsafe { sysv_sys::semctl(id.as_raw(), c_int::from(semnum), command) })
}

/// `semctl(id, semnum, GETVAL)`: reads the value of one semaphore.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no set has this id, it was removed, or `semnum` is outside of it.
///
/// # Examples
///
/// See [`semctl_setval`].
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("GETVAL", "val"))]
#[inline]
pub fn semctl_getval(id: SemId, semnum: u16) -> Result<i32> {
    ctl(id, semnum, sysv_sys::GETVAL)
}

/// `semctl(id, semnum, SETVAL, value)`: sets the value of one semaphore, 0 to SEMVMX (32,767 on Linux).
///
/// The kernel wakes the waiters that can proceed, and clears the undo entries of all processes for this semaphore. The
/// call is not an operation: `sem_otime` stays.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no permission to alter the set.
/// - `EIDRM`, `EINVAL`: no set has this id, it was removed, or `semnum` is outside of it.
/// - `ERANGE`: `value` is negative or beyond SEMVMX.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER)?;
/// semctl_setval(id, 0, 7)?;
/// assert_eq!(semctl_getval(id, 0)?, 7);
/// assert_eq!(semctl_setval(id, 0, -1), Err(Errno::ERANGE));
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("SETVAL", "setval"))]
#[inline]
pub fn semctl_setval(id: SemId, semnum: u16, value: i32) -> Result<()> {
    let argument = sysv_sys::semun { val: value };
    // SAFETY: SETVAL reads the union's `val`.
    ret::unit(unsafe {
        with_argument(id.as_raw(), c_int::from(semnum), sysv_sys::SETVAL, argument)
    })
}

/// `semctl(id, 0, GETALL, array)`: reads the values of all semaphores of a set.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no set has this id, or it was removed.
///
/// # Safety
///
/// `values` has at least as many elements as the set has semaphores: the kernel takes no length, and writes one element
/// per semaphore. [`semctl_stat`] reports the number, but the kernel may assign the id to another set after a removal.
///
/// # Examples
///
/// See [`semctl_setall`].
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias = "GETALL")]
#[inline]
pub unsafe fn semctl_getall(id: SemId, values: &mut [u16]) -> Result<()> {
    let argument = sysv_sys::semun {
        array: values.as_mut_ptr(),
    };
    // SAFETY: the caller vouches that the array is as long as the set.
    ret::unit(unsafe { with_argument(id.as_raw(), 0, sysv_sys::GETALL, argument) })
}

/// `semctl(id, 0, SETALL, array)`: sets the values of all semaphores of a set atomically.
///
/// It wakes waiters and clears undo entries as [`semctl_setval`] does.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no permission to alter the set.
/// - `EIDRM`, `EINVAL`: no set has this id, or it was removed.
/// - `ERANGE`: a value is beyond SEMVMX; no value was set.
///
/// # Safety
///
/// `values` has at least as many elements as the set has semaphores: the kernel takes no length, and reads one element
/// per semaphore. [`semctl_stat`] reports the number, but the kernel may assign the id to another set after a removal.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 3, SemGetFlags::CREAT, Mode::OWNER)?;
/// let mut values = [0; 3];
/// // SAFETY: the set was created with three semaphores just above, and is private.
/// unsafe {
///     semctl_setall(id, &[1, 2, 3])?;
///     semctl_getall(id, &mut values)?;
/// }
/// assert_eq!(values, [1, 2, 3]);
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias = "SETALL")]
#[inline]
pub unsafe fn semctl_setall(id: SemId, values: &[u16]) -> Result<()> {
    let argument = sysv_sys::semun {
        array: values.as_ptr().cast_mut(),
    };
    // SAFETY: the caller vouches that the array is as long as the set; SETALL only reads it.
    ret::unit(unsafe { with_argument(id.as_raw(), 0, sysv_sys::SETALL, argument) })
}

/// `semctl(id, semnum, GETPID)`: reads which process last operated on one semaphore.
///
/// `None` before the first operation. Linux records a process that sets a value too, and one whose operations are undone
/// at its end.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no set has this id, it was removed, or `semnum` is outside of it.
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("GETPID", "sempid", "lpid"))]
#[inline]
pub fn semctl_getpid(id: SemId, semnum: u16) -> Result<Option<Pid>> {
    ctl(id, semnum, sysv_sys::GETPID).map(Pid::from_raw)
}

/// `semctl(id, semnum, GETNCNT)`: reads how many threads wait for one semaphore's value to increase.
///
/// # Errors
///
/// As for [`semctl_getpid`].
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("GETNCNT", "semncnt", "ncnt"))]
#[inline]
pub fn semctl_getncnt(id: SemId, semnum: u16) -> Result<u32> {
    // SAFETY: GETNCNT takes no fourth argument.
    ret::count(unsafe { sysv_sys::semctl(id.as_raw(), c_int::from(semnum), sysv_sys::GETNCNT) })
}

/// `semctl(id, semnum, GETZCNT)`: reads how many threads wait for one semaphore's value to become zero.
///
/// # Errors
///
/// As for [`semctl_getpid`].
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("GETZCNT", "semzcnt", "zcnt"))]
#[inline]
pub fn semctl_getzcnt(id: SemId, semnum: u16) -> Result<u32> {
    // SAFETY: GETZCNT takes no fourth argument.
    ret::count(unsafe { sysv_sys::semctl(id.as_raw(), c_int::from(semnum), sysv_sys::GETZCNT) })
}

/// `semctl(id, 0, IPC_STAT, &stat)`: reads size, owner, mode and times of a set.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no set has this id, or it was removed.
///
/// # Examples
///
/// See [`semget`](super::semget).
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias = "IPC_STAT")]
#[inline]
pub fn semctl_stat(id: SemId) -> Result<SemStat> {
    ctl_read(id.as_raw(), sysv_sys::IPC_STAT).map(|(_, stat)| SemStat(stat))
}

/// `semctl(id, 0, IPC_SET, &stat)`: sets owner, group and mode of a set to those in `stat`.
///
/// The kernel ignores the other members. Modify the result of [`semctl_stat`], which is not atomic: another process may
/// change the set between the two calls.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no set has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// # Examples
///
/// As for [`shmctl_set`](crate::shmctl_set).
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_SET", "setuid", "setgid", "setperm"))]
#[inline]
pub fn semctl_set(id: SemId, stat: &SemStat) -> Result<()> {
    let mut stat = stat.0;
    let argument = sysv_sys::semun { buf: &raw mut stat };
    // SAFETY: the pointer is to an initialised semid_ds that lives through the call.
    ret::unit(unsafe { with_argument(id.as_raw(), 0, sysv_sys::IPC_SET, argument) })
}

/// `semctl(id, 0, IPC_RMID)`: removes a set immediately.
///
/// Calls that wait fail with `EIDRM`, later calls with `EINVAL`.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no set has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// # Examples
///
/// See [`semget`](super::semget).
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_RMID", "remove_semaphore"))]
#[inline]
pub fn semctl_rmid(id: SemId) -> Result<()> {
    ctl(id, 0, sysv_sys::IPC_RMID).map(drop)
}

/// `semctl(0, 0, IPC_INFO, &seminfo)`: reads the highest index in use, and the limits on semaphores.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
///
/// # Examples
///
/// ```
/// let (_highest, limits) = sysv_ipc::semctl_ipc_info()?;
/// assert!(limits.semopm() > 0);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
///
/// See also: `semctl(2)`; Linux.
#[doc(alias("IPC_INFO", "seminfo"))]
#[cfg(sysv = "IPC_INFO")]
#[inline]
pub fn semctl_ipc_info() -> Result<(i32, SemLimits)> {
    ctl_read(0, sysv_sys::IPC_INFO).map(|(highest, info)| (highest, SemLimits(info)))
}

/// `semctl(0, 0, SEM_INFO, &seminfo)`: reads the highest index in use, and the numbers of sets and semaphores.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
///
/// See also: `semctl(2)`; Linux.
#[doc(alias("SEM_INFO", "seminfo"))]
#[cfg(sysv = "SEM_INFO")]
#[inline]
pub fn semctl_sem_info() -> Result<(i32, SemUsage)> {
    ctl_read(0, sysv_sys::SEM_INFO).map(|(highest, info)| (highest, SemUsage(info)))
}

/// `semctl(index, 0, SEM_STAT, &stat)`: reads id and state of the set at an index of the kernel's table.
///
/// Indices run from 0 to the highest one, which [`semctl_ipc_info`] returns; not all of them are in use.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EINVAL`: the index is not in use.
///
/// # Examples
///
/// As for [`shmctl_shm_stat`](crate::shmctl_shm_stat).
///
/// See also: `semctl(2)`; Linux.
#[doc(alias = "SEM_STAT")]
#[cfg(sysv = "SEM_STAT")]
#[inline]
pub fn semctl_sem_stat(index: i32) -> Result<(SemId, SemStat)> {
    ctl_read(index, sysv_sys::SEM_STAT).map(|(id, stat)| (SemId::from_raw(id), SemStat(stat)))
}

/// `semctl(index, 0, SEM_STAT_ANY, &stat)`: [`semctl_sem_stat`] without the check for read permission.
///
/// # Errors
///
/// - `EINVAL`: the index is not in use, or the kernel is older than 4.17.
///
/// See also: `semctl(2)`; Linux 4.17.
#[doc(alias = "SEM_STAT_ANY")]
#[cfg(sysv = "SEM_STAT_ANY")]
#[inline]
pub fn semctl_sem_stat_any(index: i32) -> Result<(SemId, SemStat)> {
    ctl_read(index, sysv_sys::SEM_STAT_ANY).map(|(id, stat)| (SemId::from_raw(id), SemStat(stat)))
}
