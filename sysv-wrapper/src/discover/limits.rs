//! The limits of the system for each kind of objects, and what is used of them now. Asked anew by each call,
//! since they change at run time.

mod queues;
mod segments;
mod semaphores;

pub use queues::QueueLimits;
pub use segments::SegmentLimits;
pub use semaphores::SemaphoreLimits;

use super::limit::Limit;
use super::system;
use crate::error::{Error, Result};
use crate::object::{Kind, Subject};

/// What the running system allows. Each function asks the kernel anew.
///
/// On Linux the limits are those of this thread's ipc namespace, and can be changed at any time
/// (`/proc/sys/kernel`). FreeBSD, NetBSD and macOS tell all of them too, and what is used of them is counted in the
/// list of all objects. On macOS a program in a sandbox may be told some of them only, which [`of`](Self::of) gives.
///
/// ```
/// use sysv_wrapper::{Limits, RemoveOnDrop, Semaphore};
///
/// let max = Limits::semaphores()?.value_max();
/// let semaphore = Semaphore::builder().value(u32::try_from(max).unwrap()).create_private()?;
/// let semaphore = RemoveOnDrop::new(semaphore);
/// assert_eq!(u64::from(semaphore.value()?), max);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("IPC_INFO", "SEMAPHORE_VALUE_MAX"))]
#[derive(Debug)]
pub enum Limits {}

/// Asks, and has a refusal say what was asked for.
fn ask<T>(kind: Kind, answer: sysv_ipc::Result<T>) -> Result<T> {
    answer.map_err(|errno| Error::call("look up the limits of", Subject::of(kind), errno))
}

impl Limits {
    /// The limits on segments.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell.
    #[doc(alias("shminfo", "shm_info"))]
    pub fn segments() -> Result<SegmentLimits> {
        ask(Kind::SharedMemory, system::segment_limits())
    }

    /// The limits on sets and on semaphores.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell.
    #[doc(alias = "seminfo")]
    pub fn semaphores() -> Result<SemaphoreLimits> {
        ask(Kind::Semaphores, system::semaphore_limits())
    }

    /// The limits on queues and on messages.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell.
    #[doc(alias = "msginfo")]
    pub fn queues() -> Result<QueueLimits> {
        ask(Kind::MessageQueue, system::queue_limits())
    }

    /// The limits on one kind of objects, those on all objects together first: as many as the system tells. Where
    /// macOS keeps its list of objects from a program, these are those on segments and three of those on semaphores,
    /// without what is used of them.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system tells none; where a sandbox forbids the question,
    /// [`NotOwner`](crate::ErrorKind::NotOwner).
    pub fn of(kind: Kind) -> Result<Vec<Limit>> {
        let all = match kind {
            Kind::SharedMemory => Limits::segments().map(|limits| limits.list().to_vec()),
            Kind::Semaphores => Limits::semaphores().map(|limits| limits.list().to_vec()),
            Kind::MessageQueue => Limits::queues().map(|limits| limits.list().to_vec()),
        };
        // Rather some than none; and if none, then what was wrong with all.
        all.or_else(|error| system::limits_without_use(kind).map_err(|_| error))
    }

    /// The limits on all kinds: segments, then sets, then queues.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system tells none of some kind;
    /// [`of`](Self::of) gives those that it tells.
    pub fn all() -> Result<impl Iterator<Item = Limit> + use<>> {
        let limits = Kind::ALL.map(Limits::of);
        let limits: Vec<_> = limits.into_iter().collect::<Result<_>>()?;
        Ok(limits.into_iter().flatten())
    }
}
