//! Keys: the type, random keys, and keys derived from a file.

use std::ffi::CString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::str::FromStr;

use rand::rngs::SysRng;
use rand::{Rng, TryRng};
use sysv_ipc::{Errno, ParseKeyError, RawKey};

use crate::error::{Error, ErrorKind, Result};

/// The number by which unrelated processes find an object.
///
/// Every value of the platform's `key_t` is a key: 32 bits on Linux and macOS, 64 on the 64-bit BSDs. Each
/// kind of object has its own keys, so a segment and a queue may have the same. Ways to agree on one:
///
/// - a number in the source of both programs: `Key::from(42)`;
/// - a free key from `create_unique`, published to other processes through a [`KeyFile`](crate::KeyFile);
/// - a key derived from a file ([`Key::from_path`]), as older programs do.
///
/// ```
/// use sysv_wrapper::Key;
///
/// let key: Key = "0x8b452857".parse().unwrap(); // as ipcs and ipcmk show them
/// assert_eq!(key.to_string(), "0x8b452857");
/// assert_eq!("42".parse(), Ok(Key::from(42)));
/// assert!("0x100000000".parse::<Key>().is_err() || Key::MAX.as_raw() as i128 > i32::MAX as i128);
/// ```
#[doc(alias("key_t", "IPC_PRIVATE"))]
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Key(sysv_ipc::Key);

impl Key {
    /// No key: the object can be opened only by its id. Lookups by this key find no object.
    #[doc(alias = "IPC_PRIVATE")]
    pub const PRIVATE: Key = Key(sysv_ipc::Key::PRIVATE);
    /// The smallest key.
    #[doc(alias = "KEY_MIN")]
    pub const MIN: Key = Key(sysv_ipc::Key::MIN);
    /// The greatest key.
    #[doc(alias = "KEY_MAX")]
    pub const MAX: Key = Key(sysv_ipc::Key::MAX);

    /// Returns the key with this value.
    pub const fn from_raw(raw: RawKey) -> Key {
        Key(sysv_ipc::Key::from_raw(raw))
    }

    /// Returns the value.
    pub const fn as_raw(self) -> RawKey {
        self.0.as_raw()
    }

    /// Returns whether this is [`Key::PRIVATE`].
    pub const fn is_private(self) -> bool {
        self.0.is_private()
    }

    /// Returns a random key from 1 to [`i32::MAX`]: never [`Key::PRIVATE`], never negative. The key may be in use
    /// already; `create_unique` repeats the draw until a key is free. A forked child draws other keys than its parent.
    pub fn random() -> Key {
        loop {
            // From the system's generator: a thread's own generator would continue with the same numbers in a forked
            // child as in its parent.
            let drawn = SysRng.try_next_u32();
            let bits = drawn.unwrap_or_else(|_| rand::rng().next_u32());
            if let Ok(number @ 1..) = i32::try_from(bits >> 1) {
                return Key::from_raw(RawKey::from(number));
            }
        }
    }

    /// Derives a key from a file's identity and a number from 1 to 255, as `ftok` does.
    ///
    /// Only a few bits of the file's device and inode numbers go into the key. Therefore two files may have the same
    /// key, and the key may be in use by an unrelated program. A file that is deleted and recreated has another key.
    /// [`KeyFile`](crate::KeyFile) avoids these problems; use this function only to interoperate with programs that use
    /// `ftok`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a project of 0 (which some systems refuse, and which is
    /// the same as 256) or beyond 255, and for a path with a nul byte; [`is_not_found`](Error::is_not_found) and others
    /// for a path whose status cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::Key;
    ///
    /// let key = Key::from_path("/", 1)?;
    /// assert_eq!(key, Key::from_path("/", 1)?);
    /// assert!(Key::from_path("/", 0).unwrap_err().is_invalid_argument());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    ///
    /// Source: `ftok(3)`.
    #[doc(alias = "ftok")]
    pub fn from_path(path: impl AsRef<Path>, project: i32) -> Result<Key> {
        const OPERATION: &str = "make a key from";
        let path = path.as_ref();
        let refuse =
            |because: String| Error::bad_file(ErrorKind::InvalidArgument, OPERATION, path, because);
        if !(1..=255).contains(&project) {
            return Err(refuse(format!(
                "the project is {project}, and must be from 1 to 255"
            )));
        }
        let text = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| refuse("the path has a nul byte in it".to_owned()))?;
        let key =
            sysv_ipc::ftok(&text, project).map_err(|errno| Error::file(OPERATION, path, errno))?;
        Ok(Key(key))
    }
}

/// Creates an object with a free key: draws random keys until the exclusive `create` succeeds. The cost does not depend
/// on the number of objects. Gives up after a number of draws that cannot all fail by chance if any key is free.
pub(crate) fn unique<T>(mut create: impl FnMut(Key) -> Result<T>) -> Result<T> {
    const DRAWS: usize = 1000;
    for _ in 1..DRAWS {
        match create(Key::random()) {
            Err(error) if error.errno() == Some(Errno::EEXIST) => {}
            result => return result,
        }
    }
    create(Key::random())
}

impl From<RawKey> for Key {
    fn from(raw: RawKey) -> Key {
        Key::from_raw(raw)
    }
}

impl From<sysv_ipc::Key> for Key {
    fn from(key: sysv_ipc::Key) -> Key {
        Key(key)
    }
}

impl From<Key> for sysv_ipc::Key {
    fn from(key: Key) -> sysv_ipc::Key {
        key.0
    }
}

impl FromStr for Key {
    type Err = ParseKeyError;

    /// Parses `0x` and the bit pattern in hexadecimal digits, or a signed decimal number. A number beyond the
    /// platform's range is an error; it is not truncated.
    fn from_str(text: &str) -> std::result::Result<Key, ParseKeyError> {
        text.parse().map(Key)
    }
}

impl fmt::Display for Key {
    /// Formats the bit pattern as `ipcs` does: `0x` and at least eight hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    //! Keys that are already in use, which are too few for a real draw to hit.

    use sysv_ipc::Errno;

    use super::{Key, unique};
    use crate::error::Subject;
    use crate::error::{Error, ErrorKind};
    use crate::kind::Kind;

    #[test]
    fn a_key_in_use_is_not_the_last_one_to_be_drawn() {
        let mut drawn: Vec<Key> = Vec::new();
        let made = unique(|key| {
            drawn.push(key);
            let (errno, subject) = (Errno::EEXIST, Subject::keyed(Kind::MessageQueue, key));
            if drawn.len() < 3 {
                return Err(Error::call("create", subject, errno));
            }
            Ok(key)
        });
        assert_eq!(made.unwrap(), drawn[2]);
        assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2], "{drawn:?}");
        let refused = unique(|key| {
            let subject = Subject::keyed(Kind::MessageQueue, key);
            Err::<(), _>(Error::call("create", subject, Errno::ENOMEM))
        });
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfMemory);
    }
}
