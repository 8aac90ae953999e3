//! What the kernel says of a set.

use std::time::SystemTime;

use sysv_ipc::SemStat;

/// The state of a set at the moment when [`status`](crate::SemaphoreSet::status) was called.
///
/// Times are in whole seconds, and `None` for what has not happened yet. Values and waiters are each
/// semaphore's own, and asked for there.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 2]).create_private()?);
/// let status = set.status()?;
/// assert_eq!(status.count(), 2);
/// assert_eq!(status.mode().to_string(), "0600");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "semid_ds")]
#[derive(Debug, Copy, Clone)]
pub struct SemStatus(SemStat);

crate::owner::accessors!(SemStatus);

impl SemStatus {
    #[inline]
    pub(crate) fn new(stat: SemStat) -> SemStatus {
        SemStatus(stat)
    }

    /// How many semaphores the set has.
    #[doc(alias = "sem_nsems")]
    pub fn count(&self) -> usize {
        self.0.nsems()
    }

    /// When someone last operated on it.
    #[doc(alias("o_time", "sem_otime"))]
    pub fn operation_time(&self) -> Option<SystemTime> {
        self.0.otime()
    }

    /// When it was made, or a value, its owner or its mode last changed otherwise than by an operation.
    #[doc(alias = "sem_ctime")]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }
}
