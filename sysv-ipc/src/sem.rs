//! Semaphore sets: `semget`, `semop` and `semtimedop`; the commands of `semctl` are in `sem/ctl.rs`.

mod buf;
mod ctl;
mod stat;

pub use buf::{SemBuf, SemFlags, SemGetFlags};
pub use ctl::*;
#[cfg(sysv = "limits")]
pub use stat::SemLimits;
pub use stat::SemStat;
#[cfg(sysv = "SEM_INFO")]
pub use stat::SemUsage;

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

/// `int semget(key_t key, int nsems, int flags | mode)`: makes a set of semaphores, or finds one.
///
/// For a set that exists, `nsems` is at most its size; 0 always fits. The values of a new set are 0 on
/// Linux and not defined by POSIX: set them before anyone uses them. `mode` is the new set's, whatever the
/// umask; for a set that exists it says which access to ask for, and [`Mode::NONE`] asks for none.
///
/// # Errors
///
/// - `EACCES`: the set exists, and its mode does not give the access asked for.
/// - `EEXIST`: [`CREAT`](SemGetFlags::CREAT) and [`EXCL`](SemGetFlags::EXCL) were given, and the key is
///   in use.
/// - `EINVAL`: `nsems` is 0 or beyond SEMMSL for a new set, or greater than the existing one's.
/// - `ENOENT`: nobody has this key, and [`CREAT`](SemGetFlags::CREAT) was not given.
/// - `ENOMEM`: the kernel has no memory for it.
/// - `ENOSPC`: SEMMNI sets or SEMMNS semaphores are in use.
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
    // Beyond the C type is beyond every limit, so that the kernel gives its own error for it.
    let nsems = c_int::try_from(nsems).unwrap_or(c_int::MAX);
    // SAFETY: semget takes no pointer.
    let returned = unsafe { sysv_sys::semget(key.as_raw(), nsems, flags.bits() | mode.as_flags()) };
    ret::value(returned).map(SemId::from_raw)
}

/// `int semop(int semid, struct sembuf *ops, size_t nops)`: does all of the operations at once, or waits.
///
/// Nothing is done until everything can be. Waits without limit while an operation cannot be done and does
/// not carry [`NOWAIT`](SemFlags::NOWAIT). Operations are tried in the order of the slice.
///
/// # Errors
///
/// - `E2BIG`: more than SEMOPM operations.
/// - `EACCES`: the mode does not let this user alter the set (or read it, to wait for zero).
/// - `EAGAIN`: it would wait, and the operation that would carries [`NOWAIT`](SemFlags::NOWAIT).
/// - `EFBIG`: a semaphore number is outside of the set.
/// - `EIDRM`: the set was removed while waiting.
/// - `EINTR`: a signal was handled while waiting; nothing was done.
/// - `EINVAL`: no set has this id, or `ops` is empty.
/// - `ENOMEM`, `ENOSPC`: no room to note what is to be undone.
/// - `ERANGE`: a value would exceed SEMVMX, or an adjustment SEMAEM.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 2, SemGetFlags::CREAT, Mode::OWNER)?;
/// // Give two to the first; only if the second is zero.
/// semop(id, &[SemBuf::new(1, 0, SemFlags::NOWAIT), SemBuf::new(0, 2, SemFlags::empty())])?;
/// assert_eq!(semctl_getval(id, 0)?, 2);
/// // Taking three cannot be done now, so nothing is taken.
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

/// `int semtimedop(int semid, struct sembuf *ops, size_t nops, const struct timespec *timeout)`: [`semop`]
/// that waits for at most `timeout`.
///
/// `None` waits without limit, as does a time that is too long for the platform's `time_t`. A zero
/// `timeout` does not wait. The time is relative, and on Linux measured by the monotonic clock.
///
/// # Errors
///
/// Those of [`semop`]; `EAGAIN` is also what an expired time gives.
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

/// The C form of a time span; one beyond its range becomes the longest there is.
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
