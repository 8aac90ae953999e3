//! Permission bits.

use core::fmt;

/// The nine permission bits of an object: read and write for owner, group and others.
///
/// The umask is not applied. For semaphores "write" is what the kernel headers call "alter". The execute
/// bits mean nothing, but for a segment that is attached with `SHM_EXEC`. Bits beyond the nine are no part
/// of a mode; those that the kernel keeps beside it are asked for separately
/// (`ShmStat::is_marked_for_removal`).
///
/// ```
/// use sysv_ipc::Mode;
///
/// let mode = Mode::from_bits(0o640).unwrap();
/// assert_eq!(mode.to_string(), "0640");
/// assert_eq!(Mode::from_bits(0o1640), None);
/// ```
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Mode(u16);

impl Mode {
    /// No bits: what a call that makes nothing passes.
    pub const NONE: Mode = Mode(0);
    /// `0600`: the owner alone.
    pub const OWNER: Mode = Mode(0o600);
    /// `0660`: the owner and the group.
    pub const GROUP: Mode = Mode(0o660);
    /// `0666`: everyone.
    pub const EVERYONE: Mode = Mode(0o666);

    /// The mode with these bits; `None` if any is beyond `0o777`.
    pub const fn from_bits(bits: u32) -> Option<Mode> {
        if bits & !0o777 == 0 {
            Some(Mode::from_bits_truncate(bits))
        } else {
            None
        }
    }

    /// The mode with these bits, without those beyond `0o777`.
    pub const fn from_bits_truncate(bits: u32) -> Mode {
        Mode((bits & 0o777) as u16)
    }

    /// The bits, at most `0o777`.
    pub const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// The bits in the two bytes that hold them: what every platform's `ipc_perm` can take.
    pub(crate) const fn bits_u16(self) -> u16 {
        self.0
    }

    /// The bits as the `*get` calls want them among their flags.
    pub(crate) fn as_flags(self) -> core::ffi::c_int {
        core::ffi::c_int::from(self.0)
    }
}

impl fmt::Display for Mode {
    /// Octal with a leading zero: `0640`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0{:03o}", self.0)
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mode({self})")
    }
}
