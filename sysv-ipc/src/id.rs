//! The identifiers of kernel objects: a number type per kind.

use core::ffi::c_int;
use core::fmt;
use core::num::ParseIntError;
use core::str::FromStr;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// An id identifies the object in every process until the object is removed, so that it can be passed
        /// on a child's command line. It owns nothing. After the removal the kernel reuses the number, on Linux
        /// after some four million objects.
        #[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        #[repr(transparent)]
        pub struct $name(c_int);

        impl $name {
            /// Returns the id with this number, whether or not an object has it.
            #[inline]
            pub const fn from_raw(raw: c_int) -> $name {
                $name(raw)
            }

            /// Returns the number. It may be negative on macOS.
            #[inline]
            pub const fn as_raw(self) -> c_int {
                self.0
            }
        }

        impl From<c_int> for $name {
            fn from(raw: c_int) -> $name {
                $name(raw)
            }
        }

        impl From<$name> for c_int {
            fn from(id: $name) -> c_int {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> core::result::Result<$name, ParseIntError> {
                text.parse().map($name)
            }
        }
    )+};
}

ids! {
    /// The id of a shared memory segment, as [`shmget`](crate::shmget) returns it.
    #[doc(alias = "shmid")]
    ShmId;
    /// The id of a semaphore set, as [`semget`](crate::semget) returns it.
    #[doc(alias = "semid")]
    SemId;
    /// The id of a message queue, as [`msgget`](crate::msgget) returns it.
    #[doc(alias = "msqid")]
    MsgId;
}
