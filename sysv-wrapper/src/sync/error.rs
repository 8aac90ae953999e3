//! The error of operations without a system call: small, so that returning it is cheap.

use sysv_ipc::Errno;

use crate::error::{Error as WrapperError, ErrorKind, Subject};
use crate::kind::Kind;

/// The result of the operations of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of an operation on an object of an area. Unlike [`crate::Error`], which creating and opening return, it is as
/// small as an integer and does not allocate.
///
/// It converts into [`crate::Error`] and [`std::io::Error`].
///
/// ```
/// use sysv_wrapper::sync::{Area, Error};
///
/// let area = Area::builder().mutex("table").create_private()?;
/// # let area = sysv_wrapper::RemoveOnDrop::new(area);
/// let mutex = area.mutex("table")?;
/// let _guard = mutex.lock()?;
/// assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operation would have to wait, but its caller did not allow waiting.
    #[error("it would have to wait")]
    WouldBlock,
    /// The wait timed out.
    #[error("timed out")]
    TimedOut,
    /// A handled signal ended an interruptible wait.
    #[error("a signal interrupted the wait")]
    Interrupted,
    /// The segment or the set of the area was removed.
    #[error("the area was removed")]
    Removed,
    /// The process is no longer a peer of the area: another process set the values of the set, or this thread left the ipc
    /// namespace. The operation acquired and released nothing. Opening the area again joins it again.
    #[error(
        "this process is no longer a peer of the area: its lease was cleared, or this thread left the ipc namespace"
    )]
    LeaseLost,
    /// The area was opened by the parent of this process, before a fork. The child has to open the area itself.
    #[error("the area was opened by the parent of this process; open it in this process")]
    Forked,
    /// The memory of the area holds a state that the protocol cannot produce.
    #[error("the memory of the area holds an impossible state")]
    Corrupted,
    /// A living process, possibly this one, has the role.
    #[error("a living process has this role")]
    Busy,
    /// All peers of the other side have died or left.
    #[error("the last peer of the other side is gone")]
    Disconnected,
    /// A message was dropped, after 16 receivers had died with it or returned it.
    #[error("a message was dropped that 16 receivers did not finish")]
    Undeliverable,
    /// The message is longer than the buffer, and stays in the channel.
    #[error("the message has {needed} bytes, more than the buffer, and was left in the channel")]
    TooSmall {
        /// The length of the message in bytes.
        needed: u32,
    },
    /// The message is longer than the channel allows.
    #[error("the message is longer than {max} bytes, the most of this channel")]
    TooLong {
        /// The maximum length of a message in bytes.
        max: u32,
    },
    /// The value cannot be serialized.
    #[error("the value cannot be serialized")]
    Unserializable,
    /// The message is not a value of the expected type, and was removed from the channel.
    #[error("the message is not the expected value")]
    Undecodable,
    /// Reading or writing would exceed the message.
    #[error("offset and length do not fit into the message")]
    OutOfBounds,
    /// A system call failed.
    #[error("{0}")]
    Call(Errno),
}

impl Error {
    /// Returns the error of a system call.
    #[cold]
    pub(crate) fn call(errno: Errno) -> Error {
        match ErrorKind::of(errno) {
            ErrorKind::Removed | ErrorKind::InvalidArgument => Error::Removed,
            ErrorKind::Interrupted => Error::Interrupted,
            _ => Error::Call(errno),
        }
    }

    /// Returns whether the operation would have to wait, but its caller did not allow waiting.
    pub fn is_would_block(self) -> bool {
        self == Error::WouldBlock
    }

    /// Returns whether the wait timed out.
    pub fn is_timed_out(self) -> bool {
        self == Error::TimedOut
    }

    /// Returns whether the segment or the set of the area was removed.
    pub fn is_removed(self) -> bool {
        self == Error::Removed
    }

    /// Returns whether all peers of the other side have died or left.
    pub fn is_disconnected(self) -> bool {
        self == Error::Disconnected
    }

    fn kind(self) -> ErrorKind {
        match self {
            Error::WouldBlock => ErrorKind::WouldBlock,
            Error::TimedOut => ErrorKind::TimedOut,
            Error::Interrupted => ErrorKind::Interrupted,
            Error::Removed => ErrorKind::Removed,
            Error::Forked => ErrorKind::NotOwner,
            Error::TooSmall { .. } => ErrorKind::TooBig,
            Error::TooLong { .. } | Error::OutOfBounds | Error::Unserializable => {
                ErrorKind::InvalidArgument
            }
            Error::Undecodable => ErrorKind::Undecodable,
            Error::Call(errno) => ErrorKind::of(errno),
            Error::Busy => ErrorKind::Busy,
            Error::LeaseLost | Error::Corrupted | Error::Disconnected | Error::Undeliverable => {
                ErrorKind::Other
            }
        }
    }
}

impl From<Error> for WrapperError {
    fn from(error: Error) -> WrapperError {
        let subject = Subject::of(Kind::SharedMemory);
        let made = WrapperError::of_kind(error.kind(), "use", subject, error.to_string());
        match error {
            Error::Call(errno) => made.because(errno.message()).with_errno(errno),
            _ => made,
        }
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        let kind = std::io::Error::from(WrapperError::from(error)).kind();
        std::io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use sysv_ipc::Errno;

    use super::Error;

    #[test]
    fn an_error_is_two_integers_and_converts() {
        assert!(size_of::<Error>() <= 8);
        let error = crate::Error::from(Error::TimedOut);
        assert!(error.is_timed_out(), "{error}");
        let error = crate::Error::from(Error::Call(Errno::EACCES));
        assert!(error.is_permission_denied(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EACCES));
        let error = std::io::Error::from(Error::WouldBlock);
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        assert_eq!(Error::call(Errno::EIDRM), Error::Removed);
        assert_eq!(Error::call(Errno::EINTR), Error::Interrupted);
    }

    #[test]
    fn each_question_is_about_one_error() {
        let errors = [
            Error::WouldBlock,
            Error::TimedOut,
            Error::Removed,
            Error::Disconnected,
            Error::Busy,
        ];
        let told = |is: fn(Error) -> bool| errors.map(is);
        assert_eq!(
            told(Error::is_would_block),
            [true, false, false, false, false]
        );
        assert_eq!(
            told(Error::is_timed_out),
            [false, true, false, false, false]
        );
        assert_eq!(told(Error::is_removed), [false, false, true, false, false]);
        assert_eq!(
            told(Error::is_disconnected),
            [false, false, false, true, false]
        );
    }
}
