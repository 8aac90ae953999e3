//! The error type and its kinds. `text` formats its text.

mod text;

use std::fmt;
use std::path::PathBuf;

use sysv_ipc::{Errno, Pid};

use crate::key::Key;
use crate::kind::Kind;

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of this crate: which operation failed, on which object, why, and what to do about it.
///
/// `Display` gives operation, object and reason. `{:#}` and `Debug`, which is what a failing `main` prints, add the
/// remedy. Code can match on [`kind`](Error::kind), call the predicates `is_…`, and read [`errno`](Error::errno), the
/// error number that the kernel returned.
///
/// [`source`](std::error::Error::source) is an error of the caller's own initialiser, or an
/// [`UndecodableMessage`](crate::MessageQueue); the text of the error does not repeat it.
///
/// ```
/// use sysv_wrapper::{Key, SharedMemory};
///
/// # let key = Key::from(0x5e1f_0002);
/// let error = SharedMemory::open(key).unwrap_err();
/// assert!(error.is_not_found());
/// assert_eq!(
///     error.to_string(),
///     "cannot open the shared memory segment with key 0x5e1f0002: no object has this key (ENOENT)"
/// );
/// ```
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Repr>);

/// The fields of an error. They are boxed, so that an error is one word.
#[derive(Debug, thiserror::Error)]
struct Repr {
    kind: ErrorKind,
    operation: &'static str,
    on: On,
    errno: Option<Errno>,
    detail: Detail,
    /// The remedy, where the kind alone does not give it.
    remedy: Option<&'static str>,
    source: Option<Source>,
}

/// The source of an error: the error of the caller's initialiser, or of a message that does not decode.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// The target of an operation.
#[derive(Debug)]
enum On {
    Object(Subject),
    File(PathBuf),
}

/// Facts beyond the kind and the errno.
#[derive(Debug)]
enum Detail {
    None,
    /// The reason as text.
    Because(String),
    /// The dead creator of an object that was not initialised.
    Creator(Pid),
}

macro_rules! questions {
    ($($(#[$doc:meta])+ $name:ident: $kind:ident;)+) => {
        /// Predicates for common kinds.
        impl Error {
            $(
                $(#[$doc])+
                pub fn $name(&self) -> bool {
                    self.kind() == ErrorKind::$kind
                }
            )+
        }
    };
}

questions! {
    /// Returns whether the object or the file does not exist.
    is_not_found: NotFound;
    /// Returns whether the key or the key file is already in use.
    is_already_exists: AlreadyExists;
    /// Returns whether the object's mode denies this user the access.
    is_permission_denied: PermissionDenied;
    /// Returns whether an argument is out of its range.
    is_invalid_argument: InvalidArgument;
    /// Returns whether the object was removed, while waiting or before.
    is_removed: Removed;
    /// Returns whether a non-blocking operation would have had to wait.
    is_would_block: WouldBlock;
    /// Returns whether the wait timed out.
    is_timed_out: TimedOut;
    /// Returns whether a handled signal ended an interruptible wait.
    is_interrupted: Interrupted;
    /// Returns whether the creator of the object died before it had initialised the object.
    is_abandoned: Abandoned;
    /// Returns whether a limit of the system is reached.
    is_limit_reached: LimitReached;
    /// Returns whether this platform or kernel does not support the operation.
    is_unsupported: Unsupported;
}

impl Error {
    /// Returns whether the object exists but is not initialised: its creator was too slow, died, or is a program that
    /// does not initialise.
    pub fn is_uninitialized(&self) -> bool {
        matches!(self.kind(), ErrorKind::Uninitialized | ErrorKind::Abandoned)
    }
}

impl Error {
    /// Returns the kind, to match on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the error number that the kernel returned; `None` if no system call failed.
    pub fn errno(&self) -> Option<Errno> {
        self.0.errno
    }

    /// Returns the kind of the object that the operation was on; `None` for a file.
    pub fn object_kind(&self) -> Option<Kind> {
        self.subject().map(|subject| subject.kind)
    }

    /// Returns the key of the object that the operation was on, if it is known.
    pub fn key(&self) -> Option<Key> {
        self.subject()?.key
    }

    /// Returns the id of the object that the operation was on, if it is known.
    pub fn id(&self) -> Option<i32> {
        self.subject()?.id
    }

    fn subject(&self) -> Option<&Subject> {
        match &self.0.on {
            On::Object(subject) => Some(subject),
            On::File(_) => None,
        }
    }

    fn new(kind: ErrorKind, operation: &'static str, on: On) -> Error {
        Error(Box::new(Repr {
            kind,
            operation,
            on,
            errno: None,
            detail: Detail::None,
            remedy: None,
            source: None,
        }))
    }

    /// Creates the error of a call that failed. This function cannot tell whether `EINVAL` means that the object was
    /// removed; `handle::error` checks that.
    #[cold]
    pub(crate) fn call(operation: &'static str, subject: Subject, errno: Errno) -> Error {
        Error::new(ErrorKind::of(errno), operation, On::Object(subject)).with_errno(errno)
    }

    /// Creates an error of this kind; `because` gives the reason.
    #[cold]
    pub(crate) fn of_kind(
        kind: ErrorKind,
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        Error::new(kind, operation, On::Object(subject)).because(because)
    }

    /// Creates the error of an argument out of range; `because` names the argument and its range.
    #[cold]
    pub(crate) fn argument(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        Error::of_kind(ErrorKind::InvalidArgument, operation, subject, because)
    }

    /// Creates the error of an existing object that differs from the requested one.
    #[cold]
    pub(crate) fn mismatch(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        Error::of_kind(ErrorKind::Mismatch, operation, subject, because)
    }

    /// Creates the error of a wait that timed out.
    #[cold]
    pub(crate) fn timed_out(operation: &'static str, subject: Subject) -> Error {
        Error::new(ErrorKind::TimedOut, operation, On::Object(subject))
    }

    /// Creates the error of an uninitialised object whose creator is gone.
    #[cold]
    pub(crate) fn abandoned(operation: &'static str, subject: Subject, creator: Pid) -> Error {
        let mut error = Error::new(ErrorKind::Abandoned, operation, On::Object(subject));
        error.0.detail = Detail::Creator(creator);
        error
    }

    /// Creates the error of a caller's initialiser that failed.
    #[cold]
    pub(crate) fn initialiser(subject: Subject, source: Source) -> Error {
        let because = "the initialiser failed";
        Error::of_kind(ErrorKind::Initialiser, "initialise", subject, because).with_source(source)
    }

    /// Creates the error of a message that is not the expected value.
    #[cfg(feature = "values")]
    #[cold]
    pub(crate) fn undecodable(operation: &'static str, subject: Subject, source: Source) -> Error {
        let because = "the message received is not the expected value";
        Error::of_kind(ErrorKind::Undecodable, operation, subject, because).with_source(source)
    }

    /// Creates the error of an operation that this platform does not support.
    #[cold]
    pub(crate) fn unsupported(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        Error::of_kind(ErrorKind::Unsupported, operation, subject, because)
    }

    /// Creates the error of a file that could not be used.
    #[cold]
    pub(crate) fn file(
        operation: &'static str,
        path: impl Into<PathBuf>,
        source: impl Into<std::io::Error>,
    ) -> Error {
        let source = source.into();
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
            _ => ErrorKind::Other,
        };
        let error = Error::new(kind, operation, On::File(path.into()));
        match source.raw_os_error().and_then(Errno::from_raw) {
            Some(errno) => error.because(errno.message()).with_errno(errno),
            None => error.because(source.to_string()),
        }
    }

    /// Creates the error of a file that exists but is not usable as a key file.
    #[cold]
    pub(crate) fn bad_file(
        kind: ErrorKind,
        operation: &'static str,
        path: impl Into<PathBuf>,
        because: impl Into<String>,
    ) -> Error {
        Error::new(kind, operation, On::File(path.into())).because(because)
    }

    /// Returns the same error with another kind.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Error {
        self.0.kind = kind;
        self
    }

    /// Returns the same error with a reason as text.
    pub(crate) fn because(mut self, because: impl Into<String>) -> Error {
        self.0.detail = Detail::Because(because.into());
        self
    }

    /// Returns the same error with the number that the kernel returned.
    pub(crate) fn with_errno(mut self, errno: Errno) -> Error {
        self.0.errno = Some(errno);
        self
    }

    /// Returns the same error with a remedy of its own.
    pub(crate) fn with_remedy(mut self, remedy: &'static str) -> Error {
        self.0.remedy = Some(remedy);
        self
    }

    fn with_source(mut self, source: Source) -> Error {
        self.0.source = Some(source);
        self
    }
}

impl fmt::Debug for Error {
    /// Formats the error as shown when `main` returns it: the text, its sources, and the remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        self.0.write_remedy(f)
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            ErrorKind::NotFound | ErrorKind::Removed => Io::NotFound,
            ErrorKind::AlreadyExists => Io::AlreadyExists,
            ErrorKind::PermissionDenied | ErrorKind::NotOwner => Io::PermissionDenied,
            ErrorKind::InvalidArgument | ErrorKind::Mismatch => Io::InvalidInput,
            ErrorKind::WouldBlock => Io::WouldBlock,
            ErrorKind::TimedOut => Io::TimedOut,
            ErrorKind::Interrupted => Io::Interrupted,
            ErrorKind::OutOfMemory => Io::OutOfMemory,
            ErrorKind::Unsupported => Io::Unsupported,
            _ => Io::Other,
        };
        std::io::Error::new(kind, error)
    }
}

/// The kind of an error. More kinds may be added.
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
    /// The key is already in use.
    AlreadyExists,
    /// The object's mode does not permit the access to this user.
    PermissionDenied,
    /// The operation requires the owner, the creator or a privileged process.
    NotOwner,
    /// An argument is out of its range; the text names the argument and the range.
    InvalidArgument,
    /// The existing object has another size or form than the requested one.
    Mismatch,
    /// The object was removed, while waiting or before.
    Removed,
    /// A non-blocking operation would have had to wait.
    WouldBlock,
    /// The wait timed out.
    TimedOut,
    /// A handled signal ended an interruptible wait.
    Interrupted,
    /// The object was not initialised in time. Its creator may still initialise it, or never will.
    Uninitialized,
    /// The creator of a segment ended before it had initialised the segment.
    Abandoned,
    /// A limit of the system is reached; the text names it.
    LimitReached,
    /// The kernel is out of memory, or the process is out of memory or address space.
    OutOfMemory,
    /// Too many steps in one operation, or a message longer than the buffer.
    TooBig,
    /// A semaphore's value or its undo adjustment would leave its range.
    OutOfRange,
    /// The set has no semaphore of this number.
    NoSuchSemaphore,
    /// The platform or the kernel does not support the operation.
    Unsupported,
    /// The caller's own initialiser failed.
    Initialiser,
    /// A received message is not the expected value.
    Undecodable,
    /// A living process has the requested role.
    Busy,
    /// Any other error, such as one of the file system.
    Other,
}

impl ErrorKind {
    /// Returns the kind that an error number means without further context.
    pub(crate) fn of(errno: Errno) -> ErrorKind {
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

/// The object that an error is about, as far as it is known.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) key: Option<Key>,
    pub(crate) id: Option<i32>,
}

impl Subject {
    /// Returns a subject of which only the kind is known.
    pub(crate) const fn of(kind: Kind) -> Subject {
        Subject {
            kind,
            key: None,
            id: None,
        }
    }

    /// Returns the subject with this key, whether or not the object exists yet.
    pub(crate) const fn keyed(kind: Kind, key: Key) -> Subject {
        Subject {
            kind,
            key: Some(key),
            id: None,
        }
    }

    /// Returns whether neither the id nor the key is known.
    fn is_unnamed(&self) -> bool {
        self.id.is_none() && self.key.is_none_or(Key::is_private)
    }

    /// Returns the subject with this id.
    pub(crate) const fn with_id(self, id: i32) -> Subject {
        Subject {
            id: Some(id),
            ..self
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind;
        match (self.id, self.key.filter(|key| !key.is_private())) {
            (Some(id), Some(key)) => write!(f, "{kind} {id} (key {key})"),
            (Some(id), None) => write!(f, "{kind} {id}"),
            (None, Some(key)) => write!(f, "{kind} with key {key}"),
            (None, None) => write!(f, "{kind}"),
        }
    }
}
