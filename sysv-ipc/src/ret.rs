//! The checks of return values: the C interface reports a failure as -1.
//!
//! Only -1 itself is a failure. Ids may be negative on macOS, and `shmat` fails with the address -1, not null.

use core::ffi::{c_int, c_void};

use crate::errno::{Errno, Result};

/// Returns the value; errno if it is -1.
#[inline]
pub(crate) fn value(returned: c_int) -> Result<c_int> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}

/// Returns nothing, for calls that return 0 on success.
#[inline]
pub(crate) fn unit(returned: c_int) -> Result<()> {
    value(returned).map(drop)
}

/// Returns a count. The calls return no negative count.
#[inline]
pub(crate) fn count(returned: c_int) -> Result<u32> {
    value(returned).map(c_int::unsigned_abs)
}

/// Returns the number of bytes that `msgrcv` returned.
#[inline]
pub(crate) fn length(returned: isize) -> Result<usize> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned.unsigned_abs())
    }
}

/// Returns the address that `shmat` returned. Null is a success: a privileged process can map address 0 on Linux.
#[inline]
pub(crate) fn address(returned: *mut c_void) -> Result<*mut c_void> {
    if returned.addr() == usize::MAX {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}

/// Returns the key that `ftok` returned.
#[inline]
pub(crate) fn key(returned: sysv_sys::key_t) -> Result<sysv_sys::key_t> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}
