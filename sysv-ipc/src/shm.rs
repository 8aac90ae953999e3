//! Shared memory segments: `shmget`, `shmat`, `shmdt` and every command of `shmctl`.
#![expect(unsafe_code, reason = "calls shmget, shmat, shmdt and shmctl")]

mod flags;
mod stat;

pub use flags::{ShmAtFlags, ShmGetFlags};
#[cfg(sysv = "limits")]
pub use stat::ShmLimits;
pub use stat::ShmStat;
#[cfg(sysv = "SHM_INFO")]
pub use stat::ShmUsage;

use core::ffi::{c_int, c_void};
use core::ptr;

use crate::errno::Result;
use crate::id::ShmId;
use crate::key::Key;
use crate::mode::Mode;
use crate::ret;

/// `int shmget(key_t key, size_t size, int flags | mode)`: creates a segment, or looks one up.
///
/// `size` is in bytes; the kernel allocates whole pages. For an existing segment, `size` is at most its size; 0 always
/// fits. A new segment is filled with zeros and gets `mode`, regardless of the umask. For an existing segment, `mode` is
/// the access to check; [`Mode::NONE`] checks none.
///
/// # Errors
///
/// - `EACCES`: the mode of the existing segment does not permit the access.
/// - `EEXIST`: the key is in use, and `flags` has [`CREAT`](ShmGetFlags::CREAT) and [`EXCL`](ShmGetFlags::EXCL).
/// - `EINVAL`: `size` is 0 or beyond SHMMAX for a new segment, or greater than the size of the existing one.
/// - `ENOENT`: no segment has this key, and `flags` lacks [`CREAT`](ShmGetFlags::CREAT).
/// - `ENOMEM`: out of memory, or out of huge pages.
/// - `ENOSPC`: SHMMNI segments exist, or SHMALL pages are in use.
/// - `EPERM`: this user may not use huge pages.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER)?;
/// assert_eq!(shmctl_stat(id)?.segsz(), 4096);
/// shmctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `shmget(2)`, POSIX.1-2024.
#[doc(alias("IPC_CREAT", "IPC_EXCL", "IPC_PRIVATE", "getshmid", "create_memory"))]
#[inline]
pub fn shmget(key: Key, size: usize, flags: ShmGetFlags, mode: Mode) -> Result<ShmId> {
    // SAFETY: shmget takes no pointer.
    let returned = unsafe { sysv_sys::shmget(key.as_raw(), size, flags.bits() | mode.as_flags()) };
    ret::value(returned).map(ShmId::from_raw)
}

/// `void *shmat(int shmid, const void *address, int flags)`: maps a segment into this process.
///
/// With a null `address`, the kernel chooses a free address. Otherwise it maps the segment at `address`, which must be a
/// multiple of SHMLBA (the page size on most systems), or is rounded down to one by [`RND`](ShmAtFlags::RND). Each call
/// makes another mapping, and each mapping needs its own [`shmdt`]. A forked child has mappings of its own.
///
/// The result may be null: with [`RND`](ShmAtFlags::RND), a privileged process can map address 0.
///
/// # Errors
///
/// - `EACCES`: the mode does not permit the access that the flags request.
/// - `EIDRM`: the segment was removed. Linux attaches a removed segment by its id as long as any process is attached.
/// - `EINVAL`: no segment has this id, or `address` is not aligned or not free.
/// - `EMFILE`: the process has reached the limit of attached segments, on systems with that limit.
/// - `ENOMEM`: out of address space, or out of memory for page tables.
///
/// # Safety
///
/// With a null `address`, the call itself is harmless, and accesses to the mapping must expect writes by other processes.
/// With an address, no code in this process relies on the memory there: the segment replaces it with
/// [`REMAP`](ShmAtFlags::REMAP), and on systems other than Linux possibly without.
///
/// # Examples
///
/// See [`copy_out`](crate::copy_out).
///
/// See also: `shmat(2)`, POSIX.1-2024.
#[doc(alias("attach", "SHM_RDONLY", "SHM_RND", "SHM_REMAP", "SHM_EXEC"))]
#[inline]
pub unsafe fn shmat(id: ShmId, address: *const c_void, flags: ShmAtFlags) -> Result<*mut c_void> {
    // SAFETY: the caller vouches for `address`.
    let returned = unsafe { sysv_sys::shmat(id.as_raw(), address, flags.bits()) };
    ret::address(returned)
}

/// `int shmdt(const void *address)`: unmaps the segment that [`shmat`] mapped at `address`.
///
/// # Errors
///
/// - `EINVAL`: no segment is attached at `address`.
///
/// # Safety
///
/// No code uses the mapping afterwards.
///
/// # Examples
///
/// See [`copy_out`](crate::copy_out).
///
/// See also: `shmdt(2)`, POSIX.1-2024.
#[doc(alias = "detach")]
#[inline]
pub unsafe fn shmdt(address: *const c_void) -> Result<()> {
    // SAFETY: the caller vouches that no code uses the mapping any more.
    ret::unit(unsafe { sysv_sys::shmdt(address) })
}

/// Calls `shmctl` with a structure for the kernel to fill. Returns the result and the structure.
#[inline]
fn ctl_read<T: Default>(id: c_int, command: c_int) -> Result<(c_int, T)> {
    let mut buffer = T::default();
    // SAFETY: the callers choose the structure that the kernel fills for this command.
    let returned = unsafe { sysv_sys::shmctl(id, command, (&raw mut buffer).cast()) };
    ret::value(returned).map(|value| (value, buffer))
}

/// Calls `shmctl` with a command that takes no structure.
#[inline]
fn ctl(id: ShmId, command: c_int) -> Result<()> {
    // SAFETY: the callers pass commands that ignore the pointer.
    ret::unit(unsafe { sysv_sys::shmctl(id.as_raw(), command, ptr::null_mut()) })
}

/// `shmctl(id, IPC_STAT, &stat)`: reads size, owner, mode, times and pids of a segment.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no segment has this id, or it was removed.
/// - `EOVERFLOW`: a value does not fit into its member.
///
/// # Examples
///
/// See [`shmget`].
///
/// See also: `shmctl(2)`, POSIX.1-2024.
#[doc(alias = "IPC_STAT")]
#[inline]
pub fn shmctl_stat(id: ShmId) -> Result<ShmStat> {
    ctl_read(id.as_raw(), sysv_sys::IPC_STAT).map(|(_, stat)| ShmStat(stat))
}

/// `shmctl(id, IPC_SET, &stat)`: sets owner, group and mode of a segment to those in `stat`.
///
/// The kernel ignores the other members. Modify the result of [`shmctl_stat`], which is not atomic: another process may
/// change the segment between the two calls.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no segment has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 1, ShmGetFlags::CREAT, Mode::OWNER)?;
/// let mut stat = shmctl_stat(id)?;
/// stat.set_mode(Mode::GROUP);
/// shmctl_set(id, &stat)?;
/// assert_eq!(shmctl_stat(id)?.perm().mode(), Mode::GROUP);
/// shmctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `shmctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_SET", "setuid", "setgid", "setperm"))]
#[inline]
pub fn shmctl_set(id: ShmId, stat: &ShmStat) -> Result<()> {
    let mut stat = stat.0;
    // SAFETY: the pointer is to an initialised shmid_ds that lives through the call.
    ret::unit(unsafe { sysv_sys::shmctl(id.as_raw(), sysv_sys::IPC_SET, &raw mut stat) })
}

/// `shmctl(id, IPC_RMID, NULL)`: removes a segment.
///
/// The kernel frees the memory when the last process detaches. On Linux the key is free immediately, and
/// [`shmctl_stat`] and [`shmat`] by id work until the memory is freed.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no segment has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// # Examples
///
/// See [`shmget`].
///
/// See also: `shmctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_RMID", "remove_memory", "remove_shared_memory"))]
#[inline]
pub fn shmctl_rmid(id: ShmId) -> Result<()> {
    ctl(id, sysv_sys::IPC_RMID)
}

/// `shmctl(id, SHM_LOCK, NULL)`: prevents a segment's pages from being swapped out.
///
/// Pages that are not in memory yet are locked when they are first accessed.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no segment has this id, or it was removed.
/// - `ENOMEM`: `RLIMIT_MEMLOCK` is reached.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged, or `RLIMIT_MEMLOCK` is 0.
///
/// See also: `shmctl(2)`; not in POSIX.
#[doc(alias = "SHM_LOCK")]
#[cfg(sysv = "SHM_LOCK")]
#[inline]
pub fn shmctl_lock(id: ShmId) -> Result<()> {
    ctl(id, sysv_sys::SHM_LOCK)
}

/// `shmctl(id, SHM_UNLOCK, NULL)`: permits a segment's pages to be swapped out again.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no segment has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// See also: `shmctl(2)`; not in POSIX.
#[doc(alias = "SHM_UNLOCK")]
#[cfg(sysv = "SHM_UNLOCK")]
#[inline]
pub fn shmctl_unlock(id: ShmId) -> Result<()> {
    ctl(id, sysv_sys::SHM_UNLOCK)
}

/// `shmctl(0, IPC_INFO, &shminfo)`: reads the highest index in use, and the limits on segments.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
///
/// # Examples
///
/// ```
/// let (_highest, limits) = sysv_ipc::shmctl_ipc_info()?;
/// assert!(limits.shmmax() >= limits.shmmin());
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
///
/// See also: `shmctl(2)`; Linux.
#[doc(alias("IPC_INFO", "shminfo"))]
#[cfg(sysv = "IPC_INFO")]
#[inline]
pub fn shmctl_ipc_info() -> Result<(i32, ShmLimits)> {
    ctl_read(0, sysv_sys::IPC_INFO).map(|(highest, info)| (highest, ShmLimits(info)))
}

/// `shmctl(0, SHM_INFO, &shm_info)`: reads the highest index in use, and the total usage of all segments.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
///
/// See also: `shmctl(2)`; Linux.
#[doc(alias("SHM_INFO", "shm_info"))]
#[cfg(sysv = "SHM_INFO")]
#[inline]
pub fn shmctl_shm_info() -> Result<(i32, ShmUsage)> {
    ctl_read(0, sysv_sys::SHM_INFO).map(|(highest, info)| (highest, ShmUsage(info)))
}

/// `shmctl(index, SHM_STAT, &stat)`: reads id and state of the segment at an index of the kernel's table.
///
/// Indices run from 0 to the highest one, which [`shmctl_ipc_info`] returns; not all of them are in use.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EINVAL`: the index is not in use.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let (highest, _) = shmctl_ipc_info()?;
/// for index in 0..=highest {
///     match shmctl_shm_stat(index) {
///         Ok((id, stat)) => println!("{id} {}", stat.segsz()),
///         Err(Errno::EINVAL | Errno::EIDRM | Errno::EACCES) => {}
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `shmctl(2)`; Linux.
#[doc(alias = "SHM_STAT")]
#[cfg(sysv = "SHM_STAT")]
#[inline]
pub fn shmctl_shm_stat(index: i32) -> Result<(ShmId, ShmStat)> {
    ctl_read(index, sysv_sys::SHM_STAT).map(|(id, stat)| (ShmId::from_raw(id), ShmStat(stat)))
}

/// `shmctl(index, SHM_STAT_ANY, &stat)`: [`shmctl_shm_stat`] without the check for read permission.
///
/// # Errors
///
/// - `EINVAL`: the index is not in use, or the kernel is older than 4.17.
///
/// See also: `shmctl(2)`; Linux 4.17.
#[doc(alias = "SHM_STAT_ANY")]
#[cfg(sysv = "SHM_STAT_ANY")]
#[inline]
pub fn shmctl_shm_stat_any(index: i32) -> Result<(ShmId, ShmStat)> {
    ctl_read(index, sysv_sys::SHM_STAT_ANY).map(|(id, stat)| (ShmId::from_raw(id), ShmStat(stat)))
}

/// `sysconf(_SC_PAGESIZE)`: returns the size of a page in bytes.
///
/// Segments consist of whole pages, and attach at multiples of SHMLBA, which is one page on most systems.
///
/// ```
/// assert!(sysv_ipc::page_size().is_power_of_two());
/// ```
///
/// See also: `sysconf(3)`, `_SC_PAGESIZE`.
#[doc(alias("PAGE_SIZE", "SHMLBA", "getpagesize"))]
pub fn page_size() -> usize {
    // SAFETY: sysconf takes no pointer.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    // POSIX guarantees a result; 4096 is the most common one.
    usize::try_from(size).unwrap_or(4096)
}
