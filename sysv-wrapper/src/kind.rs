//! The kinds of objects.

use std::fmt;

/// The three kinds of kernel objects.
///
/// ```
/// use sysv_wrapper::{Kind, Object, Semaphore};
///
/// assert_eq!(Semaphore::KIND, Kind::SemaphoreSet);
/// assert_eq!(Kind::SemaphoreSet.to_string(), "semaphore set");
/// assert_eq!(Kind::SemaphoreSet.short_name(), "sem");
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A shared memory segment.
    SharedMemory,
    /// A set of semaphores. A single semaphore is a set of one.
    SemaphoreSet,
    /// A message queue.
    MessageQueue,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Kind; 3] = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue];

    /// Returns the short name that tools use: `shm`, `sem` or `msg`.
    pub const fn short_name(self) -> &'static str {
        match self {
            Kind::SharedMemory => "shm",
            Kind::SemaphoreSet => "sem",
            Kind::MessageQueue => "msg",
        }
    }

    /// Returns the kind with this short name.
    pub(crate) fn from_short_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.short_name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::SharedMemory => "shared memory segment",
            Kind::SemaphoreSet => "semaphore set",
            Kind::MessageQueue => "message queue",
        })
    }
}
