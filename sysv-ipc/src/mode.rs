//! Permission bits.

use core::fmt;
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not};
use core::str::FromStr;

/// The nine permission bits of an object: read and write for owner, group and others.
///
/// The umask does not apply. The kernel headers call the write permission of a semaphore set "alter". The execute bits
/// have no meaning, except for a segment that is attached with `SHM_EXEC`. Bits beyond the nine are not part of a mode;
/// the kernel's own state bits beside them have methods of their own (`ShmStat::is_marked_for_removal`).
///
/// ```
/// use sysv_ipc::Mode;
///
/// let mode = Mode::from_bits(0o640).unwrap();
/// assert_eq!(mode.to_string(), "0640");
/// assert_eq!("0640".parse(), Ok(mode));
/// assert_eq!(Mode::from_bits(0o1640), None);
///
/// // The group may no longer read.
/// assert_eq!((mode & !Mode::GROUP | Mode::OWNER).to_string(), "0600");
/// ```
#[doc(alias = "permissions")]
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Mode(u16);

impl Mode {
    /// No bits, for calls that create nothing.
    pub const NONE: Mode = Mode(0);
    /// `0600`: read and write for the owner.
    pub const OWNER: Mode = Mode(0o600);
    /// `0660`: read and write for owner and group.
    pub const GROUP: Mode = Mode(0o660);
    /// `0666`: read and write for everyone.
    pub const EVERYONE: Mode = Mode(0o666);

    /// Returns the mode with these bits; `None` if any is beyond `0o777`.
    #[inline]
    pub const fn from_bits(bits: u32) -> Option<Mode> {
        if bits & !0o777 == 0 {
            Some(Mode::from_bits_truncate(bits))
        } else {
            None
        }
    }

    /// Returns the mode with these bits, ignoring those beyond `0o777`.
    #[inline]
    pub const fn from_bits_truncate(bits: u32) -> Mode {
        Mode((bits & 0o777) as u16)
    }

    /// Returns the bits, at most `0o777`.
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// Returns whether this mode has every bit of `other`.
    #[inline]
    pub const fn contains(self, other: Mode) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the bits in two bytes, which every platform's `ipc_perm` can hold.
    #[inline]
    pub(crate) const fn bits_u16(self) -> u16 {
        self.0
    }

    /// Returns the bits as part of the flags of a `*get` call.
    #[inline]
    pub(crate) fn as_flags(self) -> core::ffi::c_int {
        core::ffi::c_int::from(self.0)
    }
}

impl BitOr for Mode {
    type Output = Mode;

    #[inline]
    fn bitor(self, other: Mode) -> Mode {
        Mode(self.0 | other.0)
    }
}

impl BitAnd for Mode {
    type Output = Mode;

    #[inline]
    fn bitand(self, other: Mode) -> Mode {
        Mode(self.0 & other.0)
    }
}

impl BitXor for Mode {
    type Output = Mode;

    #[inline]
    fn bitxor(self, other: Mode) -> Mode {
        Mode(self.0 ^ other.0)
    }
}

impl Not for Mode {
    type Output = Mode;

    /// Returns those of the nine bits that this mode does not have.
    #[inline]
    fn not(self) -> Mode {
        Mode(!self.0 & 0o777)
    }
}

impl BitOrAssign for Mode {
    #[inline]
    fn bitor_assign(&mut self, other: Mode) {
        self.0 |= other.0;
    }
}

impl BitAndAssign for Mode {
    #[inline]
    fn bitand_assign(&mut self, other: Mode) {
        self.0 &= other.0;
    }
}

impl BitXorAssign for Mode {
    #[inline]
    fn bitxor_assign(&mut self, other: Mode) {
        self.0 ^= other.0;
    }
}

impl fmt::Display for Mode {
    /// Formats octal digits with a leading zero: `0640`. [`FromStr`] parses them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0{:03o}", self.0)
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mode({self})")
    }
}

impl FromStr for Mode {
    type Err = ParseModeError;

    /// Parses octal digits, with or without a leading `0` or `0o`: `600`, `0600`, `0o600`.
    fn from_str(text: &str) -> core::result::Result<Mode, ParseModeError> {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        // The standard parser accepts a sign.
        let bits = if digits.starts_with('+') {
            None
        } else {
            u32::from_str_radix(digits, 8).ok()
        };
        bits.and_then(Mode::from_bits)
            .ok_or_else(|| ParseModeError(text.to_owned()))
    }
}

/// The error of parsing a [`Mode`]. It contains the text.
///
/// ```
/// use sysv_ipc::Mode;
///
/// let error = "rw-------".parse::<Mode>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid mode \"rw-------\": expected octal digits from 0 to 0777, such as 600, 0600 or 0o600"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseModeError(String);

impl fmt::Display for ParseModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid mode {:?}: expected octal digits from 0 to 0777, such as 600, 0600 or 0o600",
            self.0
        )
    }
}

impl core::error::Error for ParseModeError {}

#[cfg(test)]
mod tests {
    use super::Mode;

    fn mode(bits: u32) -> Mode {
        Mode::from_bits(bits).unwrap()
    }

    #[test]
    fn every_mode_is_parsed_from_what_it_displays() {
        for bits in 0..=0o777 {
            let mode = mode(bits);
            for text in [
                mode.to_string(),
                format!("{bits:o}"),
                format!("{bits:#o}"),
                format!("{bits:08o}"),
            ] {
                assert_eq!(text.parse(), Ok(mode), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_mode_is_refused_with_the_text_and_what_is_allowed() {
        for text in [
            "",
            "0o",
            "+600",
            "-1",
            "0o+6",
            "608",
            "9",
            "1000",
            "01777",
            "0x1ff",
            "0O600",
            " 600",
            "600 ",
            "rw",
            "0o0o6",
            "77777777777777777777",
            "٦٠٠",
        ] {
            let error = text.parse::<Mode>().unwrap_err().to_string();
            let start = format!("invalid mode {text:?}: expected octal digits from 0 to 0777");
            assert!(error.starts_with(&start), "{error}");
        }
    }

    #[test]
    fn operators_work_on_the_nine_bits() {
        for (a, b) in [(0o640, 0o606), (0, 0o777), (0o777, 0o777), (0o124, 0o421)] {
            assert_eq!((mode(a) | mode(b)).bits(), a | b);
            assert_eq!((mode(a) & mode(b)).bits(), a & b);
            assert_eq!((mode(a) ^ mode(b)).bits(), a ^ b);
            assert_eq!((!mode(a)).bits(), !a & 0o777);
            let mut assigned = mode(a);
            assigned |= mode(b);
            assert_eq!(assigned, mode(a) | mode(b));
            assigned &= mode(b);
            assert_eq!(assigned, mode(b));
            assigned ^= mode(a);
            assert_eq!(assigned, mode(a) ^ mode(b));
            assert_eq!(mode(a).contains(mode(b)), a | b == a);
        }
        assert_eq!(!Mode::NONE, mode(0o777));
        assert!(Mode::EVERYONE.contains(Mode::OWNER) && !Mode::OWNER.contains(Mode::GROUP));
        assert!(Mode::NONE.contains(Mode::NONE));
    }
}
