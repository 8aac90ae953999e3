//! `sysctl`: where macOS, FreeBSD and NetBSD tell of limits and of all objects, macOS of one after the other.
//!
//! Here is the call; how its answers are read is below, one file for each system's structures.

#[cfg(any(sysv = "IPCS_command", test))]
mod ipcs;
#[cfg(sysv = "shmid_kernel")]
mod kernel;
#[cfg(any(
    sysv = "shmid_kernel",
    sysv = "shm_sysctl_info",
    sysv = "IPCS_command",
    test
))]
mod slots;
#[cfg(sysv = "shm_sysctl_info")]
mod table;

#[cfg(sysv = "sysctlbyname")]
use core::ffi::{CStr, c_void};
#[cfg(sysv = "sysctlbyname")]
use core::ptr;

#[cfg(sysv = "IPCS_command")]
pub use ipcs::{
    ipcs_msg_conf, ipcs_msg_iter, ipcs_sem_conf, ipcs_sem_iter, ipcs_shm_conf, ipcs_shm_iter,
};
#[cfg(sysv = "IPCS_command")]
pub(crate) use ipcs::{msginfo, seminfo, shminfo};
#[cfg(sysv = "shmid_kernel")]
pub use kernel::{msg_table, sem_table, shm_table};
#[cfg(sysv = "shm_sysctl_info")]
pub use table::{
    MSG_TABLE, SEM_TABLE, SHM_TABLE, msg_table, msg_table_limits, sem_table, sem_table_limits,
    shm_table, shm_table_limits,
};

#[cfg(sysv = "sysctlbyname")]
use crate::errno::Result;
#[cfg(sysv = "sysctlbyname")]
use crate::ret;

/// `sysctlbyname(name, answer, &length, NULL, 0)`: what the kernel says under this name. Returns how many bytes
/// of `answer` it wrote.
///
/// With an empty `answer`, returns how many bytes it would write.
///
/// # Errors
///
/// - `ENOENT`: the kernel does not know the name
/// - `ENOMEM`: `answer` is not empty, and too short
///
/// See also: `sysctlbyname(3)`.
#[doc(alias = "sysctlbyname")]
#[cfg(sysv = "sysctlbyname")]
pub fn sysctl_by_name(name: &CStr, answer: &mut [u8]) -> Result<usize> {
    let mut length = answer.len();
    // SAFETY: the name ends in a zero; the kernel writes at most `length` bytes to `answer`, which are there, and
    // nothing where that is null; nothing is set.
    let returned = unsafe {
        libc::sysctlbyname(
            name.as_ptr(),
            place(answer),
            &raw mut length,
            ptr::null_mut::<c_void>(),
            0,
        )
    };
    ret::unit(returned)?;
    Ok(length)
}

/// `sysctl(mib, length, answer, &length, NULL, 0)`: the same as [`sysctl_by_name`], for what has numbers in place
/// of a name, such as [`SHM_TABLE`].
///
/// # Errors
///
/// - `ENOENT`, `EINVAL`: the kernel does not know the numbers
/// - `ENOMEM`: `answer` is not empty, and too short
///
/// See also: `sysctl(3)`.
#[cfg(sysv = "shm_sysctl_info")]
pub fn sysctl(mib: &[core::ffi::c_int], answer: &mut [u8]) -> Result<usize> {
    let mut length = answer.len();
    // More numbers than a u32 counts are more than any kernel knows.
    let depth = u32::try_from(mib.len()).unwrap_or(u32::MAX);
    let depth = depth.min(libc::CTL_MAXNAME.unsigned_abs());
    // SAFETY: `mib` has at least that many numbers; the kernel writes at most `length` bytes to `answer`, which are
    // there, and nothing where that is null; nothing is set.
    let returned = unsafe {
        libc::sysctl(
            mib.as_ptr(),
            depth,
            place(answer),
            &raw mut length,
            ptr::null::<c_void>(),
            0,
        )
    };
    ret::unit(returned)?;
    Ok(length)
}

/// `sysctlbyname(name, &command, &length, &command, length)`: has the kernel carry out a command of `kern.sysv.ipcs`,
/// which writes to `data`. Returns the cursor that it leaves.
#[cfg(sysv = "IPCS_command")]
fn command(
    name: &CStr,
    op: core::ffi::c_int,
    cursor: core::ffi::c_int,
    data: &mut [u8],
) -> Result<core::ffi::c_int> {
    let mut asked = ipcs::Command::new(op, cursor, data);
    // Not the same memory: what comes back need not point to `data` any more.
    let mut told = ipcs::Command::new(op, cursor, data);
    let mut length = size_of::<ipcs::Command>();
    // SAFETY: the name ends in a zero. The kernel reads a command, and through it writes to `data`, all of which is
    // there, as many bytes as the command says or none; and it writes a command at most.
    let returned = unsafe {
        libc::sysctlbyname(
            name.as_ptr(),
            (&raw mut told).cast::<c_void>(),
            &raw mut length,
            (&raw mut asked).cast::<c_void>(),
            length,
        )
    };
    ret::unit(returned)?;
    Ok(told.cursor)
}

/// Where the kernel is to write; null asks for the length only.
#[cfg(sysv = "sysctlbyname")]
fn place(answer: &mut [u8]) -> *mut c_void {
    if answer.is_empty() {
        ptr::null_mut()
    } else {
        answer.as_mut_ptr().cast()
    }
}
