//! `sysctl`: how macOS and the BSDs report limits and list all objects.
//!
//! This file makes the calls. One child per system reads the structures that the kernel writes: `ipcs.rs` for macOS,
//! `kernel.rs` for FreeBSD, `table.rs` for NetBSD, `info.rs` for OpenBSD, with `limits.rs` for the last two.
#![expect(
    unsafe_code,
    reason = "calls sysctl and reads the structures it writes"
)]

#[cfg(sysv = "sysvipc_info")]
mod info;
#[cfg(any(sysv = "IPCS_command", test))]
mod ipcs;
#[cfg(sysv = "shmid_kernel")]
mod kernel;
#[cfg(any(sysv = "shm_sysctl_info", sysv = "sysvipc_info"))]
mod limits;
#[cfg(any(
    sysv = "shmid_kernel",
    sysv = "shm_sysctl_info",
    sysv = "sysvipc_info",
    sysv = "IPCS_command",
    test
))]
mod slots;
#[cfg(sysv = "shm_sysctl_info")]
mod table;

#[cfg(sysv = "sysctlbyname")]
use core::ffi::CStr;
#[cfg(sysv = "sysctl")]
use core::ffi::c_void;
#[cfg(sysv = "sysctl")]
use core::ptr;

#[cfg(sysv = "sysvipc_info")]
pub use info::{MSG_TABLE, SEM_TABLE, SHM_TABLE, msg_table, sem_table, shm_table};

#[cfg(sysv = "IPCS_command")]
pub use ipcs::{
    ipcs_msg_conf, ipcs_msg_iter, ipcs_sem_conf, ipcs_sem_iter, ipcs_shm_conf, ipcs_shm_iter,
};
#[cfg(sysv = "shmid_kernel")]
pub use kernel::{msg_table, sem_table, shm_table};
#[cfg(any(sysv = "shm_sysctl_info", sysv = "sysvipc_info"))]
pub use limits::{msg_table_limits, sem_table_limits, shm_table_limits};
#[cfg(sysv = "shm_sysctl_info")]
pub use table::{MSG_TABLE, SEM_TABLE, SHM_TABLE, msg_table, sem_table, shm_table};

#[cfg(sysv = "sysctl")]
use crate::errno::Result;
#[cfg(sysv = "sysctl")]
use crate::ret;

/// `sysctlbyname(name, buffer, &length, NULL, 0)`: reads the kernel state that has this name.
///
/// Returns the number of bytes written to `buffer`. With an empty `buffer`, returns the number of bytes that the
/// kernel would write.
///
/// # Errors
///
/// - `ENOENT`: the kernel does not know the name.
/// - `ENOMEM`: `buffer` is not empty, and too short.
///
/// See also: `sysctlbyname(3)`; macOS and the BSDs.
#[doc(alias = "sysctlbyname")]
#[cfg(sysv = "sysctlbyname")]
pub fn sysctl_by_name(name: &CStr, buffer: &mut [u8]) -> Result<usize> {
    let mut length = buffer.len();
    // SAFETY: the name ends in a nul byte; the kernel writes at most `length` bytes to `buffer`, which has as many, and
    // nothing where the pointer is null; a null new value sets nothing.
    let returned = unsafe {
        libc::sysctlbyname(
            name.as_ptr(),
            null_if_empty(buffer),
            &raw mut length,
            ptr::null_mut::<c_void>(),
            0,
        )
    };
    ret::unit(returned)?;
    Ok(length)
}

/// `sysctl(mib, miblen, buffer, &length, NULL, 0)`: reads the kernel state that has these numbers, such as
/// [`SHM_TABLE`].
///
/// Returns the number of bytes written to `buffer`. With an empty `buffer`, returns the number of bytes that the
/// kernel would write.
///
/// # Errors
///
/// - `ENOENT`, `EINVAL`: the kernel does not know the numbers.
/// - `EOPNOTSUPP`: the kernel has no objects of the kind; on OpenBSD.
/// - `ENOMEM`: `buffer` is not empty, and too short.
///
/// See also: `sysctl(3)`; NetBSD and OpenBSD.
#[cfg(any(sysv = "shm_sysctl_info", sysv = "sysvipc_info"))]
pub fn sysctl(mib: &[core::ffi::c_int], buffer: &mut [u8]) -> Result<usize> {
    let mut length = buffer.len();
    // No kernel knows names of more than CTL_MAXNAME numbers.
    let depth = u32::try_from(mib.len()).unwrap_or(u32::MAX);
    let depth = depth.min(libc::CTL_MAXNAME.unsigned_abs());
    // SAFETY: `mib` has at least `depth` numbers, which are not written to; the kernel writes at most `length` bytes to `buffer`, which has as
    // many, and nothing where the pointer is null; a null new value sets nothing.
    let returned = unsafe {
        libc::sysctl(
            mib.as_ptr(),
            depth,
            null_if_empty(buffer),
            &raw mut length,
            ptr::null_mut::<c_void>(),
            0,
        )
    };
    ret::unit(returned)?;
    Ok(length)
}

/// `sysctlbyname(name, &response, &length, &request, length)`: has the kernel carry out a request of
/// `kern.sysv.ipcs`, which writes to `data`. Returns the cursor of the response.
#[cfg(sysv = "IPCS_command")]
fn ipcs_command(
    name: &CStr,
    op: core::ffi::c_int,
    cursor: core::ffi::c_int,
    data: &mut [u8],
) -> Result<core::ffi::c_int> {
    let mut request = ipcs::request(op, cursor, data);
    // A structure of its own: the kernel does not promise to write back the pointer to `data`.
    let mut response = request;
    let mut length = size_of_val(&request);
    // SAFETY: the name ends in a nul byte. The kernel reads a request, writes to its `data` as many bytes as the request
    // says or none, and writes at most a whole response.
    let returned = unsafe {
        libc::sysctlbyname(
            name.as_ptr(),
            (&raw mut response).cast::<c_void>(),
            &raw mut length,
            (&raw mut request).cast::<c_void>(),
            length,
        )
    };
    ret::unit(returned)?;
    Ok(response.ipcs_cursor)
}

/// Returns the address that the kernel writes to. Null, for an empty buffer, makes it report the length only.
#[cfg(sysv = "sysctl")]
fn null_if_empty(buffer: &mut [u8]) -> *mut c_void {
    if buffer.is_empty() {
        ptr::null_mut()
    } else {
        buffer.as_mut_ptr().cast()
    }
}
