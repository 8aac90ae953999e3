//! The one place where a return value is looked at: the C interface says "failed" with -1.
//!
//! Only -1 itself means failure. Identifiers may be negative on macOS, and `shmat`'s failure is the
//! address -1, not null.

use core::ffi::{c_int, c_void};

use crate::errno::{Errno, Result};

/// The value, or errno where the call returned -1.
#[inline]
pub(crate) fn value(returned: c_int) -> Result<c_int> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}

/// Nothing but success, for calls that return 0.
#[inline]
pub(crate) fn unit(returned: c_int) -> Result<()> {
    value(returned).map(drop)
}

/// A count of things, which the calls never give as a negative number.
#[inline]
pub(crate) fn count(returned: c_int) -> Result<u32> {
    value(returned).map(c_int::unsigned_abs)
}

/// The number of bytes that `msgrcv` returned.
#[inline]
pub(crate) fn length(returned: isize) -> Result<usize> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned.unsigned_abs())
    }
}

/// The address that `shmat` returned. Null is a success: root can map address 0 on Linux.
#[inline]
pub(crate) fn address(returned: *mut c_void) -> Result<*mut c_void> {
    if returned.addr() == usize::MAX {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}

/// The key that `ftok` returned.
#[inline]
pub(crate) fn key(returned: sysv_sys::key_t) -> Result<sysv_sys::key_t> {
    if returned == -1 {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}
