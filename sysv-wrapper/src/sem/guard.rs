//! Guards that unlock a semaphore, or perform the opposite of an operation, when they are dropped. For a process that
//! dies, the kernel does the same by undo.

use std::fmt;

use sysv_ipc::{SemBuf, SemFlags, fork_generation};

use crate::deadline::Wait;
use crate::error::{Error, ErrorKind, Result};
use crate::sem::operation::Steps;
use crate::sem::{Semaphore, SemaphoreSet, wait};

const RELEASE: &str = "release";

/// Holds a locked [`Semaphore`], and unlocks it when dropped. Returned by [`Semaphore::lock`].
///
/// The guard has a handle of its own, so it can be stored in a struct, returned, or sent to another thread. It needs
/// a name: `let _ = semaphore.lock()?;` drops it immediately, and the code after that line runs without the lock.
///
/// Drop guards before a thread leaves the ipc namespace (`unshare`, `setns`): the kernel unlocks at that time, which
/// the guard does not detect. A guard that is dropped afterwards adds 1 to the semaphore with the same id in the new
/// namespace, if one exists.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, Semaphore, SemaphoreGuard};
///
/// fn enter(semaphore: &Semaphore) -> sysv_wrapper::Result<SemaphoreGuard> {
///     semaphore.lock()
/// }
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
/// let guard = enter(&semaphore)?;
/// assert!(semaphore.try_lock().unwrap_err().is_would_block());
/// std::thread::spawn(move || drop(guard)).join().unwrap();
/// assert_eq!(semaphore.value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the semaphore is unlocked as soon as this is dropped"]
#[doc(alias("__exit__", "with"))]
pub struct SemaphoreGuard {
    semaphore: Semaphore,
    holder: Holder,
}

impl SemaphoreGuard {
    /// Records that this process has acquired 1.
    #[inline]
    pub(crate) fn new(semaphore: &Semaphore) -> SemaphoreGuard {
        SemaphoreGuard {
            semaphore: semaphore.clone(),
            holder: Holder::this_process(),
        }
    }

    /// Returns the step that acquires (-1) or releases (1). Both use undo: if only one did, the kernel would apply an
    /// undo entry that is not balanced when the process ends.
    #[inline]
    pub(crate) fn step(semaphore: &Semaphore, op: i16) -> SemBuf {
        SemBuf::new(semaphore.number(), op, SemFlags::UNDO)
    }

    /// Returns the semaphore.
    pub fn semaphore(&self) -> &Semaphore {
        &self.semaphore
    }

    /// Unlocks the semaphore, and reports a failure, which dropping the guard does not.
    ///
    /// # Errors
    ///
    /// - [`is_removed`](Error::is_removed) if the set is gone;
    /// - [`OutOfRange`](ErrorKind::OutOfRange) if another process set the value to the system's maximum;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode was changed;
    /// - [`NotOwner`](ErrorKind::NotOwner) in a forked child, which does not hold it.
    pub fn release(mut self) -> Result<()> {
        self.holder.end(&self.semaphore.set)?;
        self.unlock()
    }

    #[inline]
    fn unlock(&self) -> Result<()> {
        let step = SemaphoreGuard::step(&self.semaphore, 1);
        wait::operate_one(&self.semaphore.set, RELEASE, step, Wait::FOREVER)
    }
}

impl Drop for SemaphoreGuard {
    #[inline]
    fn drop(&mut self) {
        if self.holder.is_this_process() {
            // `release` reports a failure. The cause is a removal, a value at the maximum, or a change of the mode,
            // none of which can be handled here.
            let _ = self.unlock();
        }
    }
}

impl fmt::Debug for SemaphoreGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SemaphoreGuard")
            .field(&self.semaphore)
            .finish()
    }
}

/// Holds the result of an [`Operation`](crate::Operation), and performs the opposite operation when dropped. Returned
/// by [`Operation::lock`](crate::Operation::lock).
///
/// The opposite operation releases every amount that the operation acquired, and acquires every amount that it
/// released, in reverse order, each step with or without undo as the original. Waiting for zero has no opposite. The
/// steps are one operation, which never waits: if another process acquired an amount that is to be acquired back, no
/// step is performed.
///
/// Like [`SemaphoreGuard`], it has a handle of its own, and a forked child that drops its copy does not release its
/// parent's amounts.
///
/// # Examples
///
/// A guard can share locks that other programs define by their operations. `IPC::ShareLite`, a Perl module, counts
/// readers in semaphore 1 and writers in semaphore 2, both with undo:
///
/// ```
/// use sysv_wrapper::{OperationGuard, RemoveOnDrop, Result, SemaphoreSet};
///
/// fn shared(set: &SemaphoreSet) -> Result<OperationGuard> {
///     set.operation().until_zero(2).release(1, 1).undo().lock()
/// }
///
/// fn exclusive(set: &SemaphoreSet) -> Result<OperationGuard> {
///     set.operation().until_zero(1).until_zero(2).release(2, 1).undo().lock()
/// }
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0, 0]).create_private()?);
/// let (one, two) = (shared(&set)?, shared(&set)?);
/// assert_eq!(set.values()?, [0, 2, 0]);
/// drop((one, two));
/// let guard = exclusive(&set)?;
/// assert_eq!(set.values()?, [0, 0, 1]);
/// guard.release()?;
/// assert_eq!(set.values()?, [0, 0, 0]);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// PHP's `sem_get` counts free locks in semaphore 0, users in semaphore 1, and users that are initialising the set in
/// semaphore 2. The first user sets the number of locks:
///
/// ```
/// use sysv_wrapper::{OperationGuard, RemoveOnDrop, Result, SemaphoreSet};
///
/// /// `sem_get(key, max_acquire)`: returns a guard of this process's use.
/// fn sem_get(set: &SemaphoreSet, max_acquire: u32) -> Result<OperationGuard> {
///     let _setup = set.operation().until_zero(2).release(2, 1).undo().lock()?;
///     let user = set.operation().release(1, 1).undo().lock()?;
///     if set.get(1)?.value()? == 1 {
///         set.get(0)?.set_value(max_acquire)?;
///     }
///     Ok(user)
/// }
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0, 0]).create_private()?);
/// let user = sem_get(&set, 1)?;
/// // `sem_acquire`, and `sem_release` at the end of the scope.
/// let guard = set.get(0)?.lock()?;
/// assert_eq!(set.values()?, [0, 1, 0]);
/// drop((guard, user));
/// assert_eq!(set.values()?, [1, 0, 0]);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the opposite is performed as soon as this is dropped"]
#[doc(alias("sem_get", "sem_acquire", "ShareLite"))]
pub struct OperationGuard {
    set: SemaphoreSet,
    opposite: Steps,
    holder: Holder,
}

impl OperationGuard {
    /// Records that this process has performed an operation with this opposite.
    pub(crate) fn new(set: &SemaphoreSet, opposite: Steps) -> OperationGuard {
        OperationGuard {
            set: set.clone(),
            opposite,
            holder: Holder::this_process(),
        }
    }

    /// Returns the set.
    pub fn set(&self) -> &SemaphoreSet {
        &self.set
    }

    /// Performs the opposite operation, and reports a failure, which dropping the guard does not.
    ///
    /// # Errors
    ///
    /// - [`is_would_block`](Error::is_would_block) if another process acquired an amount that is to be acquired back,
    ///   and [`OutOfRange`](ErrorKind::OutOfRange) if a value would exceed its maximum; then no step was performed;
    /// - [`is_removed`](Error::is_removed) if the set is gone;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode was changed;
    /// - [`NotOwner`](ErrorKind::NotOwner) in a forked child, which does not hold it.
    pub fn release(mut self) -> Result<()> {
        self.holder.end(&self.set)?;
        self.undo()
    }

    fn undo(&self) -> Result<()> {
        if self.opposite.is_empty() {
            return Ok(());
        }
        self.opposite.perform(&self.set, RELEASE, Wait::TRY)
    }
}

impl Drop for OperationGuard {
    fn drop(&mut self) {
        if self.holder.is_this_process() {
            // `release` reports a failure, which cannot be handled here.
            let _ = self.undo();
        }
    }
}

impl fmt::Debug for OperationGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OperationGuard")
            .field(&self.set)
            .field(&self.opposite)
            .finish()
    }
}

/// The process that releases a guard: the process that acquired it, not a forked child.
#[derive(Debug)]
struct Holder(Option<usize>);

impl Holder {
    #[inline]
    fn this_process() -> Holder {
        Holder(Some(fork_generation()))
    }

    #[inline]
    fn is_this_process(&self) -> bool {
        self.0 == Some(fork_generation())
    }

    /// Marks the guard as released, so that the drop does nothing. Returns an error in a forked child.
    fn end(&mut self, set: &SemaphoreSet) -> Result<()> {
        if self.0.take() == Some(fork_generation()) {
            return Ok(());
        }
        Err(Error::of_kind(
            ErrorKind::NotOwner,
            RELEASE,
            set.subject(),
            "the parent of this process locked it before the fork, and holds it",
        ))
    }
}
