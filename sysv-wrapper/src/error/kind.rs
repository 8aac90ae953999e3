//! The kinds of errors: what code tells them apart by.

use sysv_ipc::Errno;

/// The kinds of errors. More may be added.
///
/// ```
/// use sysv_wrapper::{ErrorKind, RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0]).create_private()?);
/// let advice = match set.operation().acquire(1, 1).try_run().unwrap_err().kind() {
///     ErrorKind::WouldBlock => "later",
///     ErrorKind::Removed | ErrorKind::NotFound => "make a new one",
///     _ => "tell someone",
/// };
/// assert_eq!(advice, "later");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No such object, or no such file.
    NotFound,
    /// The key is in use already.
    AlreadyExists,
    /// The object's mode does not let this user do that.
    PermissionDenied,
    /// Only the owner, the creator or a privileged process may do that.
    NotOwner,
    /// An argument is out of its range; the text says which argument, and what the range is.
    InvalidArgument,
    /// The object that exists is of another size or shape than the one asked for.
    Mismatch,
    /// The object was removed, while waiting or before.
    Removed,
    /// It would have to wait, and was told not to.
    WouldBlock,
    /// The time is over.
    TimedOut,
    /// A signal was handled while waiting, and the caller wanted to know.
    Interrupted,
    /// The creator of the object died before it was initialised.
    Abandoned,
    /// A limit of the system is reached; the text names it.
    LimitReached,
    /// The kernel has no memory for it, or the process no room.
    OutOfMemory,
    /// Too many operations at once, or a message longer than the buffer.
    TooBig,
    /// A semaphore's value, or what is to be undone, would leave its range.
    OutOfRange,
    /// The set has no semaphore of this number.
    NoSuchSemaphore,
    /// This platform, or this kernel, does not have it.
    Unsupported,
    /// The caller's own initialiser failed.
    Initialiser,
    /// A message was received, and is not the value that was expected.
    Undecodable,
    /// Anything else, such as an error of a file.
    Other,
}

impl ErrorKind {
    /// What an error number means where nothing more is known.
    pub(super) fn of(errno: Errno) -> ErrorKind {
        match errno {
            Errno::ENOENT => ErrorKind::NotFound,
            Errno::EEXIST => ErrorKind::AlreadyExists,
            Errno::EACCES => ErrorKind::PermissionDenied,
            Errno::EPERM => ErrorKind::NotOwner,
            Errno::EINVAL => ErrorKind::InvalidArgument,
            Errno::EIDRM => ErrorKind::Removed,
            Errno::EAGAIN | Errno::ENOMSG => ErrorKind::WouldBlock,
            Errno::EINTR => ErrorKind::Interrupted,
            Errno::ENOSPC => ErrorKind::LimitReached,
            Errno::ENOMEM => ErrorKind::OutOfMemory,
            Errno::E2BIG => ErrorKind::TooBig,
            Errno::ERANGE => ErrorKind::OutOfRange,
            Errno::EFBIG => ErrorKind::NoSuchSemaphore,
            Errno::ENOSYS => ErrorKind::Unsupported,
            _ => ErrorKind::Other,
        }
    }
}
