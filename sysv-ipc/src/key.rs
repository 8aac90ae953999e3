//! Keys: the numbers by which unrelated processes find an object.
#![expect(unsafe_code, reason = "calls ftok")]

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

/// The external name of an object, which all processes that use the object must know.
///
/// Each kind of object has a key space of its own: a segment and a queue may have the same key. Every value of the
/// platform's type is a key; [`Key::PRIVATE`] is special.
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
    /// No key: each `*get` call with it creates a new object, which has an id only.
    #[doc(alias = "IPC_PRIVATE")]
    pub const PRIVATE: Key = Key(sysv_sys::IPC_PRIVATE);
    /// The smallest key.
    #[doc(alias = "KEY_MIN")]
    pub const MIN: Key = Key(RawKey::MIN);
    /// The greatest key.
    #[doc(alias = "KEY_MAX")]
    pub const MAX: Key = Key(RawKey::MAX);

    /// Returns the key with this value.
    #[inline]
    pub const fn from_raw(raw: RawKey) -> Key {
        Key(raw)
    }

    /// Returns the value.
    #[inline]
    pub const fn as_raw(self) -> RawKey {
        self.0
    }

    /// Returns whether this is [`Key::PRIVATE`].
    #[inline]
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
    /// Formats the bit pattern as `ipcs` shows it: `0x` and at least eight hexadecimal digits. [`FromStr`] parses it.
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

    /// Parses `0x` and the bit pattern in hexadecimal digits, or a signed decimal number. A number beyond the
    /// platform's range is an error; it is not truncated.
    fn from_str(text: &str) -> core::result::Result<Key, ParseKeyError> {
        let pattern = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let value = match pattern {
            // The standard parser accepts a sign.
            Some(digits) if digits.starts_with(['+', '-']) => None,
            Some(digits) => u64::from_str_radix(digits, 16).ok().and_then(from_bits),
            None => text.parse().ok(),
        };
        value.map(Key).ok_or(ParseKeyError(()))
    }
}

/// Returns the key of a bit pattern; `None` if the pattern is wider than a key.
fn from_bits(bits: u64) -> Option<RawKey> {
    let unused = u64::BITS - RawKey::BITS;
    if bits.leading_zeros() < unused {
        return None;
    }
    // Shifting the sign bit up and back extends it.
    #[expect(clippy::cast_possible_wrap, reason = "a bit pattern becomes a number")]
    let value = (bits << unused) as i64 >> unused;
    RawKey::try_from(value).ok()
}

/// The error of parsing a [`Key`]: the text is not a key, or is beyond the platform's range.
///
/// ```
/// use sysv_ipc::Key;
///
/// let error = "a cat".parse::<Key>().unwrap_err();
/// assert!(error.to_string().starts_with("invalid key: expected 0x0 to 0x"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseKeyError(());

impl fmt::Display for ParseKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid key: expected 0x0 to 0x{:x}, or a number from {} to {}",
            -1 as RawKey,
            RawKey::MIN,
            RawKey::MAX
        )
    }
}

impl core::error::Error for ParseKeyError {}

/// `key_t ftok(const char *path, int id)`: derives a key from a file's identity and a number.
///
/// Only the low eight bits of `id` count, and POSIX leaves the result unspecified if they are 0. The key consists of a
/// few bits of the file's device and inode numbers and of `id`. Therefore two files may have the same key, and a file
/// that is recreated under the same name has another key. A random key in an agreed file is more reliable
/// (`sysv_wrapper::KeyFile`).
///
/// # Errors
///
/// - `ENOENT`, `ENOTDIR`, `ELOOP`: no file has this path.
/// - `EACCES`: a directory on the path cannot be searched.
///
/// Others are those of `stat(2)`.
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
