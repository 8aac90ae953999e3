//! What all kernel objects have in common: a kind, an id, perhaps a key.

use std::fmt;

use crate::key::Key;

use crate::error::Result;

/// The three kinds of kernel objects.
///
/// ```
/// use sysv_wrapper::{Kind, Object, Semaphore};
///
/// assert_eq!(Semaphore::KIND, Kind::Semaphores);
/// assert_eq!(Kind::Semaphores.to_string(), "semaphore set");
/// assert_eq!(Kind::Semaphores.short_name(), "sem");
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A shared memory segment.
    SharedMemory,
    /// A set of semaphores. A single semaphore is a set of one.
    Semaphores,
    /// A message queue.
    MessageQueue,
}

impl Kind {
    /// The short name that tools use: `shm`, `sem` or `msg`.
    pub const fn short_name(self) -> &'static str {
        match self {
            Kind::SharedMemory => "shm",
            Kind::Semaphores => "sem",
            Kind::MessageQueue => "msg",
        }
    }

    /// The kind with this short name.
    pub(crate) fn from_short_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.short_name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::SharedMemory => "shared memory segment",
            Kind::Semaphores => "semaphore set",
            Kind::MessageQueue => "message queue",
        })
    }
}

/// A handle of any kind: what [`RemoveOnDrop`](crate::RemoveOnDrop) and [`KeyFile`](crate::KeyFile) work
/// with. The handle types of this crate implement it, and no others.
///
/// ```
/// use sysv_wrapper::{MessageQueue, Object, RemoveOnDrop};
///
/// fn describe<H: Object>(handle: &H) -> String {
///     format!("{} {}", H::KIND, handle.raw_id())
/// }
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// assert_eq!(describe(&*queue), format!("message queue {}", queue.id()));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub trait Object: Clone + sealed::Sealed {
    /// Which kind of object the handle names.
    const KIND: Kind;

    /// The number of the kernel's id.
    fn raw_id(&self) -> i32;

    /// The key that the object was made or found with: [`Key::PRIVATE`] for a private one, `None` where
    /// the handle was made from an id and the kernel did not tell.
    fn key(&self) -> Option<Key>;

    /// A handle of the object with this id, which must exist.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if no object of this kind has the id.
    fn from_raw_id(id: i32) -> Result<Self>;
}

pub(crate) mod sealed {
    //! Keeps [`Object`](super::Object) to this crate's handles.

    /// What others cannot name, they cannot implement.
    pub trait Sealed {}
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
