//! Shared memory segments: `shmget`, `shmat`, `shmdt` and every command of `shmctl`.

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

/// `int shmget(key_t key, size_t size, int flags | mode)`: makes a segment, or finds one.
///
/// `size` is in bytes, and the kernel rounds what it takes from memory up to whole pages. For a segment
/// that exists, `size` is at most its size; 0 always fits. A new segment is filled with zeros. `mode` is
/// the new segment's, whatever the umask; for a segment that exists it says which access to ask for, and
/// [`Mode::NONE`] asks for none.
///
/// # Errors
///
/// - `EACCES`: the segment exists, and its mode does not give the access asked for.
/// - `EEXIST`: [`CREAT`](ShmGetFlags::CREAT) and [`EXCL`](ShmGetFlags::EXCL) were given, and the key is
///   in use.
/// - `EINVAL`: `size` is 0 or beyond SHMMAX for a new segment, or greater than that of the existing one.
/// - `ENOENT`: nobody has this key, and [`CREAT`](ShmGetFlags::CREAT) was not given.
/// - `ENOMEM`: the kernel has no memory for it, or there are no huge pages.
/// - `ENOSPC`: SHMMNI segments or SHMALL pages are in use.
/// - `EPERM`: huge pages were asked for, and this user may not have them.
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
/// With a null `address` the kernel chooses a free place. Otherwise the segment goes to `address`, which is
/// a multiple of SHMLBA (the page size on most systems), or is rounded down to one with
/// [`RND`](ShmAtFlags::RND). Each call maps the segment once more, and each mapping wants its own
/// [`shmdt`]; a forked child has mappings of its own.
///
/// The result may be null: with [`RND`](ShmAtFlags::RND), a privileged process can map address 0.
///
/// # Errors
///
/// - `EACCES`: the mode does not give the access that the flags ask for.
/// - `EIDRM`: the segment was removed. Attaching a removed segment by its id works on Linux while
///   someone is attached.
/// - `EINVAL`: no segment has this id, or `address` is not aligned or not free.
/// - `EMFILE`: the process has too many segments attached, on systems with that limit.
/// - `ENOMEM`: no room in the address space, or no memory for page tables.
///
/// # Safety
///
/// With a null `address` the call takes nothing away from anyone, and whoever touches the memory answers
/// for what others do to it meanwhile. With an address, nothing in this process relies on what is at that
/// place: with [`REMAP`](ShmAtFlags::REMAP) the segment replaces it, and on systems other than Linux it
/// may do so without.
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

/// `int shmdt(const void *address)`: unmaps what [`shmat`] mapped at `address`.
///
/// # Errors
///
/// - `EINVAL`: no segment is attached at `address`.
///
/// # Safety
///
/// Nothing uses the mapping afterwards.
///
/// # Examples
///
/// See [`copy_out`](crate::copy_out).
///
/// See also: `shmdt(2)`, POSIX.1-2024.
#[doc(alias = "detach")]
#[inline]
pub unsafe fn shmdt(address: *const c_void) -> Result<()> {
    // SAFETY: the caller vouches that nothing uses the mapping any more.
    ret::unit(unsafe { sysv_sys::shmdt(address) })
}

/// Calls `shmctl` with a buffer for the kernel to fill, and gives both.
#[inline]
fn filled<T: Default>(id: c_int, command: c_int) -> Result<(c_int, T)> {
    let mut buffer = T::default();
    // SAFETY: the callers pass the structure that the kernel fills for this command, by the C
    // interface's own declaration of it.
    let returned = unsafe { sysv_sys::shmctl(id, command, (&raw mut buffer).cast()) };
    ret::value(returned).map(|value| (value, buffer))
}

/// Calls `shmctl` with a command that takes no buffer.
#[inline]
fn bare(id: ShmId, command: c_int) -> Result<()> {
    // SAFETY: the callers pass commands that ignore the buffer.
    ret::unit(unsafe { sysv_sys::shmctl(id.as_raw(), command, ptr::null_mut()) })
}

/// `shmctl(id, IPC_STAT, &stat)`: size, owner, mode, times and pids of a segment.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read access.
/// - `EIDRM`, `EINVAL`: the segment is gone, or never was.
/// - `EOVERFLOW`: a value does not fit its member.
///
/// # Examples
///
/// See [`shmget`].
///
/// See also: `shmctl(2)`, POSIX.1-2024.
#[doc(alias = "IPC_STAT")]
#[inline]
pub fn shmctl_stat(id: ShmId) -> Result<ShmStat> {
    filled(id.as_raw(), sysv_sys::IPC_STAT).map(|(_, stat)| ShmStat(stat))
}

/// `shmctl(id, IPC_SET, &stat)`: takes owner, group and mode from `stat`, and nothing else.
///
/// Change what [`shmctl_stat`] gave. Between the two calls, another process may have changed it too.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the segment is gone, or never was.
/// - `EPERM`: this user is neither owner nor creator nor privileged.
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
    // SAFETY: the buffer is a whole, initialised shmid_ds that lives through the call.
    ret::unit(unsafe { sysv_sys::shmctl(id.as_raw(), sysv_sys::IPC_SET, &raw mut stat) })
}

/// `shmctl(id, IPC_RMID, NULL)`: removes a segment.
///
/// The memory goes when the last process detaches. On Linux the key is free at once, and until the
/// memory goes [`shmctl_stat`] and [`shmat`] by id still work.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the segment is gone, or never was.
/// - `EPERM`: this user is neither owner nor creator nor privileged.
///
/// # Examples
///
/// See [`shmget`].
///
/// See also: `shmctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_RMID", "remove_memory", "remove_shared_memory"))]
#[inline]
pub fn shmctl_rmid(id: ShmId) -> Result<()> {
    bare(id, sysv_sys::IPC_RMID)
}

/// `shmctl(id, SHM_LOCK, NULL)`: keeps a segment's pages in memory, once they are there.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the segment is gone, or never was.
/// - `ENOMEM`: `RLIMIT_MEMLOCK` is reached.
/// - `EPERM`: this user is neither owner nor creator nor privileged, or `RLIMIT_MEMLOCK` is 0.
///
/// See also: `shmctl(2)`; not in POSIX.
#[doc(alias = "SHM_LOCK")]
#[cfg(sysv = "SHM_LOCK")]
#[inline]
pub fn shmctl_lock(id: ShmId) -> Result<()> {
    bare(id, sysv_sys::SHM_LOCK)
}

/// `shmctl(id, SHM_UNLOCK, NULL)`: lets a segment's pages be swapped out again.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the segment is gone, or never was.
/// - `EPERM`: this user is neither owner nor creator nor privileged.
///
/// See also: `shmctl(2)`; not in POSIX.
#[doc(alias = "SHM_UNLOCK")]
#[cfg(sysv = "SHM_UNLOCK")]
#[inline]
pub fn shmctl_unlock(id: ShmId) -> Result<()> {
    bare(id, sysv_sys::SHM_UNLOCK)
}

/// `shmctl(0, IPC_INFO, &shminfo)`: the highest index in use, and the limits on segments.
///
/// # Errors
///
/// None that is known.
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
    filled(0, sysv_sys::IPC_INFO).map(|(highest, info)| (highest, ShmLimits(info)))
}

/// `shmctl(0, SHM_INFO, &shm_info)`: the highest index in use, and what all segments take.
///
/// # Errors
///
/// None that is known.
///
/// See also: `shmctl(2)`; Linux.
#[doc(alias("SHM_INFO", "shm_info"))]
#[cfg(sysv = "SHM_INFO")]
#[inline]
pub fn shmctl_shm_info() -> Result<(i32, ShmUsage)> {
    filled(0, sysv_sys::SHM_INFO).map(|(highest, info)| (highest, ShmUsage(info)))
}

/// `shmctl(index, SHM_STAT, &stat)`: the segment at an index of the kernel's table, if any.
///
/// Indices go from 0 to the highest that [`shmctl_ipc_info`] gives; not all of them are in use.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read access.
/// - `EINVAL`: nothing is at this index.
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
    filled(index, sysv_sys::SHM_STAT).map(|(id, stat)| (ShmId::from_raw(id), ShmStat(stat)))
}

/// `shmctl(index, SHM_STAT_ANY, &stat)`: [`shmctl_shm_stat`] without asking for read access.
///
/// # Errors
///
/// - `EINVAL`: nothing is at this index, or the kernel is older than 4.17.
///
/// See also: `shmctl(2)`; Linux 4.17.
#[doc(alias = "SHM_STAT_ANY")]
#[cfg(sysv = "SHM_STAT_ANY")]
#[inline]
pub fn shmctl_shm_stat_any(index: i32) -> Result<(ShmId, ShmStat)> {
    filled(index, sysv_sys::SHM_STAT_ANY).map(|(id, stat)| (ShmId::from_raw(id), ShmStat(stat)))
}

/// The size of a page in bytes: segments take whole pages, and attach at multiples of SHMLBA, which is
/// one page on most systems.
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
    // POSIX has every system know it; 4096 is what nearly all would say.
    usize::try_from(size).unwrap_or(4096)
}
