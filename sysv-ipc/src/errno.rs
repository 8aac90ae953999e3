//! Error numbers: the newtype, its names, and the one place where `errno` is read.

use core::fmt;
use core::num::NonZeroI32;
use std::io;

/// What every call here returns: the kernel's answer, or its error number.
pub type Result<T> = core::result::Result<T, Errno>;

/// An error number of the operating system, as the call left it in `errno`.
///
/// Nothing is merged or translated, and `EINTR` is reported like every other.
///
/// ```
/// use sysv_ipc::{Errno, Key, MsgGetFlags, Mode, msgget};
///
/// // Nobody has made a queue of this key.
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
    /// The error number of the last call of this thread that failed.
    #[cold]
    pub(crate) fn last() -> Errno {
        let raw = io::Error::last_os_error().raw_os_error();
        // A call that failed has set errno; one that set it to 0 all the same is still a failure.
        raw.and_then(Errno::from_raw).unwrap_or(Errno::EINVAL)
    }

    /// The error with this number; `None` for 0, which is no error.
    pub const fn from_raw(raw: i32) -> Option<Errno> {
        match NonZeroI32::new(raw) {
            Some(raw) => Some(Errno(raw)),
            None => None,
        }
    }

    /// The platform's number for this error.
    pub const fn as_raw(self) -> i32 {
        self.0.get()
    }

    /// The system's message for this error, such as `Permission denied`.
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
        /// The error numbers that the calls of this crate give.
        impl Errno {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $doc)]
                pub const $name: Errno = match Errno::from_raw(libc::$name) {
                    Some(errno) => errno,
                    None => panic!(),
                };
            )+

            /// The symbolic name, such as `EACCES`, for the numbers that are constants here.
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
    EACCES: "the object's mode does not let this user do that.",
    EAGAIN: "it would have to wait, and was told not to; or the time is over.",
    EEXIST: "an object with this key exists already.",
    EFAULT: "an address is outside of the process's memory.",
    EFBIG: "a semaphore number is outside of the set.",
    EIDRM: "the object was removed, while waiting or just before.",
    EINTR: "a signal was handled while waiting.",
    EINVAL: "no object has this id, or an argument is out of range.",
    EMFILE: "the process has as many segments attached as it may.",
    ENOENT: "no object with this key exists.",
    ENOMEM: "the kernel has no memory for it, or the process no room.",
    ENOMSG: "no message of the wanted type is there.",
    ENOSPC: "a system-wide limit on objects, semaphores or pages is reached.",
    ENOSYS: "the kernel was built without this.",
    EOVERFLOW: "a value does not fit into the structure that was passed.",
    EPERM: "only the owner, the creator or a privileged process may do that.",
    ESRCH: "no process has this number.",
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
