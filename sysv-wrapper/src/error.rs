//! The one error type and its kinds. The text is made in `text`, and nowhere else.

mod text;

use std::fmt;
use std::path::PathBuf;

use sysv_ipc::{Errno, Pid};

use crate::key::Key;
use crate::kind::Kind;

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong: which operation, on which object, why, and what can be done about it.
///
/// The text has all of that. For code there are [`kind`](Error::kind), which is to be matched on, the
/// questions `is_…`, and [`errno`](Error::errno), which is the kernel's own answer where there was one.
///
/// ```
/// use sysv_wrapper::{Key, SharedMemory};
///
/// # let key = Key::from(0x5e1f_0002);
/// let error = SharedMemory::open(key).unwrap_err();
/// assert!(error.is_not_found());
/// assert!(error.to_string().starts_with("cannot open the shared memory segment with key 0x5e1f0002"));
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    operation: &'static str,
    on: On,
    errno: Option<Errno>,
    detail: Detail,
}

/// What an operation was on.
#[derive(Debug)]
enum On {
    Object(Subject),
    File(PathBuf),
}

/// What is known beyond the kind.
#[derive(Debug)]
enum Detail {
    None,
    /// A sentence's end, made where the facts are.
    Because(String),
    /// The creator of a half-made object, if the kernel knows it.
    Creator(Option<Pid>),
    /// Another error underneath: of a file, of an initialiser, or of a message that is no value.
    Source(Box<dyn std::error::Error + Send + Sync>),
}

macro_rules! questions {
    ($($(#[$doc:meta])+ $name:ident: $kind:ident;)+) => {
        /// The common questions.
        impl Error {
            $(
                $(#[$doc])+
                pub fn $name(&self) -> bool {
                    self.kind == ErrorKind::$kind
                }
            )+
        }
    };
}

questions! {
    /// Whether the object, or the file, does not exist.
    is_not_found: NotFound;
    /// Whether the key is in use already.
    is_already_exists: AlreadyExists;
    /// Whether the object's mode does not let this user do that.
    is_permission_denied: PermissionDenied;
    /// Whether an argument is out of its range.
    is_invalid_argument: InvalidArgument;
    /// Whether the object was removed, while waiting or before.
    is_removed: Removed;
    /// Whether it would have to wait, and was told not to.
    is_would_block: WouldBlock;
    /// Whether the time is over.
    is_timed_out: TimedOut;
    /// Whether a signal was handled while waiting.
    is_interrupted: Interrupted;
    /// Whether the creator of the object died before it was initialised.
    is_abandoned: Abandoned;
    /// Whether a limit of the system is reached.
    is_limit_reached: LimitReached;
    /// Whether this platform, or this kernel, does not have it.
    is_unsupported: Unsupported;
}

impl Error {
    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The kernel's own answer; `None` where the kernel was not asked or did not fail.
    pub fn errno(&self) -> Option<Errno> {
        self.errno
    }

    /// The kind of object that it was about.
    pub fn object(&self) -> Option<Kind> {
        self.subject().map(|subject| subject.kind)
    }

    /// The key of the object that it was about, where one is known.
    pub fn key(&self) -> Option<Key> {
        self.subject()?.key
    }

    /// The id of the object that it was about, where one is known.
    pub fn id(&self) -> Option<i32> {
        self.subject()?.id
    }

    fn subject(&self) -> Option<&Subject> {
        match &self.on {
            On::Object(subject) => Some(subject),
            On::File(_) => None,
        }
    }

    fn new(kind: ErrorKind, operation: &'static str, subject: Subject, detail: Detail) -> Error {
        Error {
            kind,
            operation,
            on: On::Object(subject),
            errno: None,
            detail,
        }
    }

    /// A call failed, and its error number says it all.
    #[cold]
    pub(crate) fn call(operation: &'static str, subject: Subject, errno: Errno) -> Error {
        Error {
            errno: Some(errno),
            ..Error::new(ErrorKind::of(errno), operation, subject, Detail::None)
        }
    }

    /// A call on an id failed whose arguments were in order: EINVAL is then the kernel's word for an
    /// object that is gone.
    #[cold]
    pub(crate) fn on_handle(operation: &'static str, subject: Subject, errno: Errno) -> Error {
        let error = Error::call(operation, subject, errno);
        match errno {
            Errno::EINVAL => error.with_kind(ErrorKind::Removed),
            _ => error,
        }
    }

    /// An argument is out of range; `because` says which and what was allowed.
    #[cold]
    pub(crate) fn argument(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        let detail = Detail::Because(because.into());
        Error::new(ErrorKind::InvalidArgument, operation, subject, detail)
    }

    /// The object is there, but not as it was asked for.
    #[cold]
    pub(crate) fn mismatch(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        let detail = Detail::Because(because.into());
        Error::new(ErrorKind::Mismatch, operation, subject, detail)
    }

    /// Time ran out.
    #[cold]
    pub(crate) fn timed_out(operation: &'static str, subject: Subject) -> Error {
        Error::new(ErrorKind::TimedOut, operation, subject, Detail::None)
    }

    /// The object is half-made, and its creator is gone.
    #[cold]
    pub(crate) fn abandoned(
        operation: &'static str,
        subject: Subject,
        creator: Option<Pid>,
    ) -> Error {
        let detail = Detail::Creator(creator);
        Error::new(ErrorKind::Abandoned, operation, subject, detail)
    }

    /// The caller's initialiser failed.
    #[cold]
    pub(crate) fn initialiser(
        subject: Subject,
        source: Box<dyn std::error::Error + Send + Sync>,
    ) -> Error {
        let detail = Detail::Source(source);
        Error::new(ErrorKind::Initialiser, "initialise", subject, detail)
    }

    /// What was received is not what was expected.
    #[cfg(feature = "serde")]
    #[cold]
    pub(crate) fn undecodable(
        operation: &'static str,
        subject: Subject,
        source: Box<dyn std::error::Error + Send + Sync>,
    ) -> Error {
        let detail = Detail::Source(source);
        Error::new(ErrorKind::Undecodable, operation, subject, detail)
    }

    /// Not to be had on this platform.
    #[cold]
    #[allow(dead_code, reason = "called on platforms that lack something")]
    pub(crate) fn unsupported(
        operation: &'static str,
        subject: Subject,
        because: impl Into<String>,
    ) -> Error {
        let detail = Detail::Because(because.into());
        Error::new(ErrorKind::Unsupported, operation, subject, detail)
    }

    /// A file could not be used.
    #[cold]
    pub(crate) fn file(
        operation: &'static str,
        path: impl Into<PathBuf>,
        source: std::io::Error,
    ) -> Error {
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
            _ => ErrorKind::Other,
        };
        Error {
            kind,
            operation,
            on: On::File(path.into()),
            errno: source.raw_os_error().and_then(Errno::from_raw),
            detail: Detail::Source(Box::new(source)),
        }
    }

    /// A file is there, and is not what it should be.
    #[cold]
    pub(crate) fn bad_file(
        kind: ErrorKind,
        operation: &'static str,
        path: impl Into<PathBuf>,
        because: impl Into<String>,
    ) -> Error {
        Error {
            kind,
            operation,
            on: On::File(path.into()),
            errno: None,
            detail: Detail::Because(because.into()),
        }
    }

    /// The same error, of another kind.
    pub(crate) fn with_kind(self, kind: ErrorKind) -> Error {
        Error { kind, ..self }
    }

    /// The same error, with a reason in words.
    #[allow(dead_code, reason = "not every kind of object needs it yet")]
    pub(crate) fn because(self, because: impl Into<String>) -> Error {
        self.with_detail(Detail::Because(because.into()))
    }

    fn with_detail(self, detail: Detail) -> Error {
        Error { detail, ..self }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.detail {
            Detail::Source(source) => Some(source.as_ref()),
            _ => self.errno.as_ref().map(|errno| errno as _),
        }
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        use std::io::ErrorKind as Io;
        let kind = match error.kind {
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

/// What an error is about: an object, as far as it is known.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) key: Option<Key>,
    pub(crate) id: Option<i32>,
}

impl Subject {
    /// An object of which only the kind is known.
    pub(crate) const fn of(kind: Kind) -> Subject {
        Subject {
            kind,
            key: None,
            id: None,
        }
    }

    /// The object that has, or is to have, this key.
    pub(crate) const fn keyed(kind: Kind, key: Key) -> Subject {
        Subject {
            kind,
            key: Some(key),
            id: None,
        }
    }

    /// The object with this id.
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
