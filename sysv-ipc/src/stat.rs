//! Conversions of the kernel's structure members to Rust values. Accessors call them; no structure is converted as a
//! whole.

use core::fmt;
use core::num::NonZeroI32;
use std::time::{Duration, SystemTime};

/// The id of a process that the kernel recorded. The process may have ended, and another process may have its id now.
///
/// ```
/// use sysv_ipc::Pid;
///
/// assert_eq!(Pid::from_raw(0), None);
/// assert_eq!(Pid::from_raw(17).map(Pid::as_raw), Some(17));
/// ```
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Pid(NonZeroI32);

impl Pid {
    /// Returns the process id with this number; `None` for 0, by which the kernel means "none yet", and on Linux also a
    /// process of another pid namespace.
    #[inline]
    pub const fn from_raw(raw: i32) -> Option<Pid> {
        match NonZeroI32::new(raw) {
            Some(raw) => Some(Pid(raw)),
            None => None,
        }
    }

    /// Returns the number.
    #[inline]
    pub const fn as_raw(self) -> i32 {
        self.0.get()
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pid({})", self.0)
    }
}

/// Converts a time in whole seconds since 1970; `None` for 0, by which the kernel means "never".
pub(crate) fn time(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    match seconds {
        0 => None,
        1.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    }
}

/// Converts a number of bytes or members, whose C type differs per platform.
pub(crate) fn size(value: impl TryInto<usize>) -> usize {
    value.try_into().unwrap_or(usize::MAX)
}

/// Converts a count, whose C type differs per platform. The kernel's counts are not negative.
pub(crate) fn count(value: impl TryInto<u64>) -> u64 {
    value.try_into().unwrap_or(u64::MAX)
}
