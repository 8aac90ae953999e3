//! Error numbers: the newtype, its names, and the only read of `errno`.
#![expect(clippy::disallowed_methods, reason = "the one place that reads errno")]

use core::fmt;
use core::num::NonZeroI32;
use std::io;

/// The result of a call: a value, or the kernel's error number.
pub type Result<T> = core::result::Result<T, Errno>;

/// An error number of the operating system, as the call left it in `errno`.
///
/// This crate neither merges nor translates error numbers, `EINTR` included.
///
/// ```
/// use sysv_ipc::{Errno, Key, MsgGetFlags, Mode, msgget};
///
/// // No queue has this key.
/// # let key = Key::from_raw(0x5e1f_0001);
/// let error = msgget(key, MsgGetFlags::empty(), Mode::NONE).unwrap_err();
/// assert_eq!(error, Errno::ENOENT);
/// assert_eq!(error.to_string(), "ENOENT: No such file or directory");
/// assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::NotFound);
/// ```
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Errno(NonZeroI32);

impl Errno {
    /// Returns the error number of this thread's last call that failed.
    #[cold]
    pub(crate) fn last() -> Errno {
        let raw = io::Error::last_os_error().raw_os_error();
        // A failed call sets errno. If it is 0 nevertheless, the call failed without a reason.
        raw.and_then(Errno::from_raw).unwrap_or(Errno::EINVAL)
    }

    /// Returns the error with this number; `None` for 0, which is not an error.
    #[inline]
    pub const fn from_raw(raw: i32) -> Option<Errno> {
        match NonZeroI32::new(raw) {
            Some(raw) => Some(Errno(raw)),
            None => None,
        }
    }

    /// Returns the platform's number for this error.
    #[inline]
    pub const fn as_raw(self) -> i32 {
        self.0.get()
    }

    /// Returns the system's message for this error, such as `Permission denied`.
    pub fn message(self) -> String {
        let text = io::Error::from(self).to_string();
        match text.rfind(" (os error ") {
            Some(end) => text[..end].to_owned(),
            None => text,
        }
    }
}

macro_rules! errnos {
    ($($name:ident: $doc:literal,)+) => {
        /// The error numbers of the calls of this crate.
        impl Errno {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $doc)]
                pub const $name: Errno = match Errno::from_raw(libc::$name) {
                    Some(errno) => errno,
                    None => panic!(),
                };
            )+

            /// Returns the symbolic name, such as `EACCES`, if this is one of the constants.
            pub fn name(self) -> Option<&'static str> {
                [$((Errno::$name, stringify!($name)),)+]
                    .into_iter()
                    .find_map(|(errno, name)| (errno == self).then_some(name))
            }
        }
    };
}

errnos! {
    E2BIG: "more operations than SEMOPM, or a message longer than the buffer.",
    EACCES: "the object's mode does not permit the access.",
    EAGAIN: "the call would have to wait and was not allowed to, or it timed out.",
    EEXIST: "an object with this key already exists.",
    EFAULT: "an address is outside of the process's memory.",
    EFBIG: "a semaphore number is outside of the set.",
    EIDRM: "the object was removed, while the call waited or just before.",
    EINTR: "a signal handler ran while the call waited.",
    EINVAL: "no object has this id, or an argument is out of range.",
    EMFILE: "the process has reached its limit of attached segments.",
    ENOENT: "no object with this key exists.",
    ENOMEM: "out of memory, or out of address space.",
    ENOMSG: "the queue has no message of the requested type.",
    ENOSPC: "a system-wide limit on objects, semaphores or pages is reached.",
    ENOSYS: "not supported by this kernel.",
    EOPNOTSUPP: "not supported by this kernel; on OpenBSD, of the objects of a kind.",
    EOVERFLOW: "a value does not fit into its structure member.",
    EPERM: "the operation is restricted to the owner, the creator and privileged processes.",
    ESRCH: "no process has this id.",
    ERANGE: "a semaphore's value, or its adjustment, would leave its range.",
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}: {}", self.message()),
            None => write!(f, "errno {}: {}", self.0, self.message()),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl core::error::Error for Errno {}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> io::Error {
        io::Error::from_raw_os_error(errno.as_raw())
    }
}
