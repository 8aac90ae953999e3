//! Keys: the numbers by which processes that share nothing else find an object.

#[cfg(feature = "serde")]
mod serde;

use core::ffi::{CStr, c_int};
use core::fmt;
use core::str::FromStr;

use crate::errno::Result;
use crate::ret;

/// The platform's `key_t`: 32 bits on Linux and macOS, 64 on the 64-bit BSDs.
#[doc(alias = "key_t")]
pub type RawKey = sysv_sys::key_t;

/// The external name of an object, agreed between the processes that use it.
///
/// Each kind of object has its own keys: a segment and a queue may have the same one. Every value of
/// the platform's type is a key; [`Key::PRIVATE`] is special.
///
/// ```
/// use sysv_ipc::Key;
///
/// let key: Key = "0x2a".parse().unwrap();
/// assert_eq!(key, Key::from(42));
/// assert_eq!(key.to_string(), "0x0000002a");
/// assert_eq!("42".parse(), Ok(key));
/// ```
#[doc(alias = "key_t")]
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Key(RawKey);

impl Key {
    /// No key: a `*get` call with it makes a new object each time, which only its id names.
    #[doc(alias = "IPC_PRIVATE")]
    pub const PRIVATE: Key = Key(sysv_sys::IPC_PRIVATE);
    /// The smallest key, exactly.
    #[doc(alias = "KEY_MIN")]
    pub const MIN: Key = Key(RawKey::MIN);
    /// The greatest key, exactly.
    #[doc(alias = "KEY_MAX")]
    pub const MAX: Key = Key(RawKey::MAX);

    /// The key with this value.
    pub const fn from_raw(raw: RawKey) -> Key {
        Key(raw)
    }

    /// The value.
    pub const fn as_raw(self) -> RawKey {
        self.0
    }

    /// Whether this is [`Key::PRIVATE`].
    pub const fn is_private(self) -> bool {
        self.0 == Key::PRIVATE.0
    }
}

impl From<RawKey> for Key {
    fn from(raw: RawKey) -> Key {
        Key(raw)
    }
}

impl From<Key> for RawKey {
    fn from(key: Key) -> RawKey {
        key.0
    }
}

impl fmt::Display for Key {
    /// The bit pattern, as `ipcs` shows it: `0x` and at least eight hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl FromStr for Key {
    type Err = ParseKeyError;

    /// Takes `0x` and the bit pattern in hexadecimal digits, or a signed decimal number. What does
    /// not fit the platform's key is an error, never cut off.
    fn from_str(text: &str) -> core::result::Result<Key, ParseKeyError> {
        let pattern = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let value = match pattern {
            // The standard parser would take a sign here.
            Some(digits) if digits.starts_with(['+', '-']) => None,
            Some(digits) => u64::from_str_radix(digits, 16).ok().and_then(from_bits),
            None => text.parse().ok(),
        };
        value.map(Key).ok_or(ParseKeyError(()))
    }
}

/// The key of a bit pattern; `None` if the pattern is wider than a key.
fn from_bits(bits: u64) -> Option<RawKey> {
    let unused = u64::BITS - RawKey::BITS;
    if bits.leading_zeros() < unused {
        return None;
    }
    // Moving the sign bit up and back again extends it.
    #[expect(clippy::cast_possible_wrap, reason = "a pattern becomes a number")]
    let value = (bits << unused) as i64 >> unused;
    RawKey::try_from(value).ok()
}

/// A text that is no key, or one beyond the platform's range.
///
/// ```
/// use sysv_ipc::Key;
///
/// let error = "a cat".parse::<Key>().unwrap_err();
/// assert!(error.to_string().starts_with("not a key: expected 0x0 to 0x"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseKeyError(());

impl fmt::Display for ParseKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a key: expected 0x0 to 0x{:x}, or a number from {} to {}",
            -1 as RawKey,
            RawKey::MIN,
            RawKey::MAX
        )
    }
}

impl core::error::Error for ParseKeyError {}

/// `key_t ftok(const char *path, int id)`: a key made from a file's identity and a number.
///
/// Only the low eight bits of `id` count, and POSIX leaves it open what happens when they are 0. The
/// key is made from a few bits of the file's device and inode numbers, so different files give the same
/// key now and then, and a file that is made anew under the same name gives another one. A random
/// key in an agreed file is the better way to meet (`sysv_wrapper::KeyFile`).
///
/// # Errors
///
/// Those of `stat` for the file: `ENOENT`, `EACCES`, `ENOTDIR`, `ELOOP`, …
///
/// # Examples
///
/// ```
/// let key = sysv_ipc::ftok(c"/", 1)?;
/// assert_eq!(key, sysv_ipc::ftok(c"/", 1)?);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
///
/// See also: `ftok(3)`, POSIX.1-2024.
pub fn ftok(path: &CStr, id: c_int) -> Result<Key> {
    // SAFETY: `path` ends with a nul byte, and ftok only reads it.
    let returned = unsafe { sysv_sys::ftok(path.as_ptr(), id) };
    ret::key(returned).map(Key)
}
