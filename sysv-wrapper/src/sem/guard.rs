//! A semaphore as a lock: guards that give back what they took, also in a panic, and that the kernel gives back
//! for a process that dies.

use std::fmt;
use sysv_ipc::{SemBuf, SemFlags, fork_generation};

use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::sem::{Semaphore, wait};

const OPERATION: &str = "lock";
const RELEASE: &str = "release";

/// Holds a [`Semaphore`] that was locked, and unlocks it when dropped. Made by [`Semaphore::lock`].
///
/// The guard has a handle of its own, so it can be kept in a struct, returned, or sent to another thread.
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
    /// The process that unlocks; `None` once that was tried.
    owner: Option<usize>,
}

impl SemaphoreGuard {
    /// Notes that 1 was taken.
    #[inline]
    fn new(semaphore: &Semaphore) -> SemaphoreGuard {
        SemaphoreGuard {
            semaphore: semaphore.clone(),
            owner: Some(fork_generation()),
        }
    }

    /// Returns the semaphore.
    pub fn semaphore(&self) -> &Semaphore {
        &self.semaphore
    }

    /// Unlocks the semaphore, and reports a failure, which dropping the guard does not.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed); [`OutOfRange`](ErrorKind::OutOfRange) if another process set the value to the
    /// system's maximum; [`is_permission_denied`](Error::is_permission_denied) if the mode was changed;
    /// [`NotOwner`](ErrorKind::NotOwner) in a forked child, which holds nothing.
    pub fn release(mut self) -> Result<()> {
        let subject = handle::subject(&self.semaphore);
        if self.owner.take() != Some(fork_generation()) {
            let because = "the parent of this process locked it before the fork, and holds it";
            return Err(Error::of_kind(
                ErrorKind::NotOwner,
                RELEASE,
                subject,
                because,
            ));
        }
        let op = step(&self.semaphore, 1);
        self.give_back()
            .map_err(|errno| wait::refused(RELEASE, &self.semaphore, op, errno))
    }

    #[inline]
    fn give_back(&self) -> sysv_ipc::Result<()> {
        wait::endless(self.semaphore.id(), &[step(&self.semaphore, 1)])
    }
}

impl Drop for SemaphoreGuard {
    #[inline]
    fn drop(&mut self) {
        if self.owner == Some(fork_generation()) {
            // `release` reports a failure. It comes from a removal, from a value at the maximum, or from a change of
            // the mode; nothing is to be done about these here.
            let _ = self.give_back();
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

/// The operation that takes or gives 1, with undo: one without the other would count twice when the process ends.
#[inline]
fn step(semaphore: &Semaphore, op: i16) -> SemBuf {
    SemBuf::new(semaphore.number(), op, SemFlags::UNDO)
}

/// The semaphore as a lock: takes 1, and gives a guard that gives it back.
///
/// The guard is dropped at the end of its scope, in a panic too. It is given back by the kernel when the process
/// that locked it ends, killed or not: both steps are done with undo, whatever [`undo`](Semaphore::undo) the handle
/// has. A forked child that has a copy of the guard does not give back what its parent holds.
///
/// What the kernel does with what it is to undo:
///
/// - It belongs to the process: a thread that ends while a guard of its own was forgotten gives back nothing. It
///   survives `execve`, so that the program that is executed holds the lock until it ends.
/// - Setting the value makes the kernel forget it. A guard that is held meanwhile adds 1 when it is dropped: a lock
///   that was set to 1 is then at 2, and two may enter.
/// - Leaving the ipc namespace (`unshare`, `setns`) gives everything back at once.
/// - It has a limit (SEMAEM, 32,767 on Linux): locking a semaphore as often at once is
///   [`OutOfRange`](ErrorKind::OutOfRange).
impl Semaphore {
    /// Locks: takes 1, and waits until there is one.
    ///
    /// # Errors
    ///
    /// Those of [`acquire`](Self::acquire), which has no guard. Beyond them,
    /// [`OutOfMemory`](ErrorKind::OutOfMemory) and [`LimitReached`](ErrorKind::LimitReached) if the kernel cannot
    /// note what it is to undo.
    #[doc(alias("__enter__", "with", "SEM_UNDO"))]
    #[inline]
    pub fn lock(&self) -> Result<SemaphoreGuard> {
        self.hold()
    }

    /// Locks, if nobody has to be waited for.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block); else those of [`lock`](Self::lock).
    #[inline]
    pub fn try_lock(&self) -> Result<SemaphoreGuard> {
        self.try_hold()
    }

    /// Locks; waits for at most `time`. Zero does not wait; a time that the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`lock`](Self::lock).
    pub fn lock_timeout(&self, deadline: impl Into<Deadline>) -> Result<SemaphoreGuard> {
        wait::until(self, OPERATION, step(self, -1), deadline)?;
        Ok(SemaphoreGuard::new(self))
    }

    #[inline]
    fn hold(&self) -> Result<SemaphoreGuard> {
        let op = step(self, -1);
        match wait::endless(self.id(), &[op]) {
            Ok(()) => Ok(SemaphoreGuard::new(self)),
            Err(errno) => Err(wait::refused(OPERATION, self, op, errno)),
        }
    }

    #[inline]
    fn try_hold(&self) -> Result<SemaphoreGuard> {
        let op = step(self, -1);
        match wait::endless(self.id(), &[wait::without_waiting(op)]) {
            Ok(()) => Ok(SemaphoreGuard::new(self)),
            Err(errno) => Err(wait::refused(OPERATION, self, op, errno)),
        }
    }
}
