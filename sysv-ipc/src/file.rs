//! What it takes to meet through a file safely: flags for opening what a stranger may have put there, and a
//! lock.

use core::ffi::c_int;
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::errno::Result;
use crate::ret;

/// `O_NOFOLLOW | O_NONBLOCK`, for [`custom_flags`](std::os::unix::fs::OpenOptionsExt::custom_flags): opening
/// follows no symbolic link at the end of the path, and does not wait for the other end of a pipe.
#[doc(alias("O_NOFOLLOW", "O_NONBLOCK"))]
pub const OPEN_WARILY: c_int = libc::O_NOFOLLOW | libc::O_NONBLOCK;

/// `int flock(int fd, LOCK_EX | LOCK_NB)`: locks the file that is open here against all others who lock it in
/// this way, until [`unlock_file`] or until it is closed everywhere.
///
/// # Errors
///
/// `EAGAIN`: somebody else has locked it. `ENOLCK`, `EOPNOTSUPP`, …: this file cannot be locked.
///
/// See also: `flock(2)`, which is not in POSIX, but in Linux, macOS and the BSDs.
#[doc(alias("flock", "LOCK_EX", "LOCK_NB"))]
pub fn try_lock_file(file: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: takes no pointer, and the descriptor is open while it is borrowed.
    ret::unit(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) })
}

/// `int flock(int fd, LOCK_UN)`: ends the lock of [`try_lock_file`], also for copies of the descriptor that a
/// forked child has.
///
/// # Errors
///
/// None for a file that was locked.
///
/// See also: `flock(2)`.
#[doc(alias("flock", "LOCK_UN"))]
pub fn unlock_file(file: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: takes no pointer, and the descriptor is open while it is borrowed.
    ret::unit(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_UN) })
}
