//! Semaphore sets: `semget`, `semop` and `semtimedop`. `sem/ctl.rs` has the commands of `semctl`.
#![expect(unsafe_code, reason = "calls semget, semop, semtimedop and semctl")]

mod buf;
mod ctl;
mod stat;
mod values;

pub use buf::{SemBuf, SemFlags, SemGetFlags};
pub use ctl::*;
#[cfg(sysv = "limits")]
pub use stat::SemLimits;
pub use stat::SemStat;
#[cfg(sysv = "SEM_INFO")]
pub use stat::SemUsage;
pub use values::{SemValues, semctl_getall_values, semctl_setall_values};

use core::ffi::c_int;
#[cfg(sysv = "semtimedop")]
use core::ptr;
#[cfg(sysv = "semtimedop")]
use std::time::Duration;

use crate::errno::Result;
use crate::id::SemId;
use crate::key::Key;
use crate::mode::Mode;
use crate::ret;

/// `int semget(key_t key, int nsems, int flags | mode)`: creates a set of semaphores, or looks one up.
///
/// For an existing set, `nsems` is at most its size; 0 always fits. The values of a new set are 0 on Linux and
/// unspecified by POSIX, so that the creator should set them. A new set gets `mode`, regardless of the umask. For an
/// existing set, `mode` is the access to check; [`Mode::NONE`] checks none.
///
/// # Errors
///
/// - `EACCES`: the mode of the existing set does not permit the access.
/// - `EEXIST`: the key is in use, and `flags` has [`CREAT`](SemGetFlags::CREAT) and [`EXCL`](SemGetFlags::EXCL).
/// - `EINVAL`: `nsems` is 0 or beyond SEMMSL for a new set, or greater than the size of the existing one.
/// - `ENOENT`: no set has this key, and `flags` lacks [`CREAT`](SemGetFlags::CREAT).
/// - `ENOMEM`: out of memory.
/// - `ENOSPC`: SEMMNI sets or SEMMNS semaphores exist.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 3, SemGetFlags::CREAT, Mode::OWNER)?;
/// assert_eq!(semctl_stat(id)?.nsems(), 3);
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semget(2)`, POSIX.1-2024.
#[doc(alias("IPC_CREAT", "IPC_EXCL", "IPC_PRIVATE", "getsemid", "create_semaphore"))]
#[inline]
pub fn semget(key: Key, nsems: usize, flags: SemGetFlags, mode: Mode) -> Result<SemId> {
    // A number beyond the C type is beyond every limit too; the kernel reports it.
    let nsems = c_int::try_from(nsems).unwrap_or(c_int::MAX);
    // SAFETY: semget takes no pointer.
    let returned = unsafe { sysv_sys::semget(key.as_raw(), nsems, flags.bits() | mode.as_flags()) };
    ret::value(returned).map(SemId::from_raw)
}

/// `int semop(int semid, struct sembuf *ops, size_t nops)`: performs all operations atomically, or waits until it can.
///
/// The kernel performs either all operations or none. It tries them in the order of the slice. If one of them cannot be
/// performed now, the call fails if that operation has [`NOWAIT`](SemFlags::NOWAIT); otherwise it waits without limit.
///
/// # Errors
///
/// - `E2BIG`: more than SEMOPM operations.
/// - `EACCES`: the mode gives this user no permission to alter the set (or to read it, to wait for zero).
/// - `EAGAIN`: an operation with [`NOWAIT`](SemFlags::NOWAIT) cannot be performed now.
/// - `EFBIG`: a semaphore number is outside of the set.
/// - `EIDRM`: the set was removed while the call waited.
/// - `EINTR`: a signal handler ran while the call waited; no operation was performed.
/// - `EINVAL`: no set has this id, or `ops` is empty.
/// - `ENOMEM`, `ENOSPC`: out of memory or undo entries for [`UNDO`](SemFlags::UNDO).
/// - `ERANGE`: a value would exceed SEMVMX, or an adjustment SEMAEM.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 2, SemGetFlags::CREAT, Mode::OWNER)?;
/// // Add two to the first, provided that the second is zero.
/// semop(id, &[SemBuf::new(1, 0, SemFlags::NOWAIT), SemBuf::new(0, 2, SemFlags::empty())])?;
/// assert_eq!(semctl_getval(id, 0)?, 2);
/// // Three cannot be subtracted now, so that the value stays.
/// let error = semop(id, &[SemBuf::new(0, -3, SemFlags::NOWAIT)]).unwrap_err();
/// assert_eq!(error, Errno::EAGAIN);
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semop(2)`, POSIX.1-2024.
#[doc(alias("SEM_UNDO", "IPC_NOWAIT", "SEMOPM", "P", "V", "Z"))]
#[inline]
pub fn semop(id: SemId, ops: &[SemBuf]) -> Result<()> {
    let ops = SemBuf::slice_as_raw(ops);
    // SAFETY: the kernel reads `ops.len()` elements and writes none, though the declaration is not const.
    ret::unit(unsafe { sysv_sys::semop(id.as_raw(), ops.as_ptr().cast_mut(), ops.len()) })
}

/// `int semtimedop(int semid, struct sembuf *ops, size_t nops, const struct timespec *timeout)`: [`semop`] with a
/// timeout.
///
/// `None` waits without limit; a time beyond the platform's `time_t` waits as long as `time_t` can express. A zero
/// `timeout` does not wait. The time is relative; Linux measures it by the monotonic clock.
///
/// # Errors
///
/// Those of [`semop`], and:
///
/// - `EAGAIN`: the call timed out.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER)?;
/// let take = [SemBuf::new(0, -1, SemFlags::empty())];
/// let error = semtimedop(id, &take, Some(Duration::from_millis(1))).unwrap_err();
/// assert_eq!(error, Errno::EAGAIN);
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semtimedop(2)`; not in POSIX.
#[doc(alias("SEMAPHORE_TIMEOUT_SUPPORTED", "timeout"))]
#[cfg(sysv = "semtimedop")]
#[inline]
pub fn semtimedop(id: SemId, ops: &[SemBuf], timeout: Option<Duration>) -> Result<()> {
    let ops = SemBuf::slice_as_raw(ops);
    let mut timeout = timeout.map(timespec);
    let timeout = timeout.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
    // SAFETY: as for `semop`; `timeout` is null or a timespec that lives through the call.
    ret::unit(unsafe {
        sysv_sys::semtimedop(id.as_raw(), ops.as_ptr().cast_mut(), ops.len(), timeout)
    })
}

/// Converts a time span; one beyond the range of C's type becomes the longest that the type can express.
#[cfg(sysv = "semtimedop")]
#[inline]
#[allow(
    clippy::useless_conversion,
    clippy::field_reassign_with_default,
    reason = "the members' types differ per platform, and some pad"
)]
fn timespec(time: Duration) -> sysv_sys::timespec {
    let nanoseconds = i32::try_from(time.subsec_nanos()).unwrap_or(0);
    let mut spec = sysv_sys::timespec::default();
    spec.tv_sec = time
        .as_secs()
        .try_into()
        .unwrap_or(sysv_sys::time_t::MAX.into());
    spec.tv_nsec = nanoseconds.into();
    spec
}
