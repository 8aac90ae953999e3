//! A semaphore as a lock: guards that give back what they took, also in a panic, and that the kernel gives back
//! for a process that dies.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use sysv_ipc::{SemBuf, SemFlags, fork_generation};

use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::sem::{Semaphore, wait};

const OPERATION: &str = "lock";
const RELEASE: &str = "release";

/// What both guards are: 1 that was taken from a semaphore, with undo.
struct Held {
    semaphore: Semaphore,
    /// The process that gives it back; `None` once that was tried.
    owner: Option<usize>,
}

impl Held {
    /// Notes that 1 was taken.
    #[inline]
    fn new(semaphore: &Semaphore) -> Held {
        Held {
            semaphore: semaphore.clone(),
            owner: Some(fork_generation()),
        }
    }

    /// Gives it back.
    #[inline]
    fn give_back(&self) -> sysv_ipc::Result<()> {
        wait::endless(self.semaphore.id(), &[step(&self.semaphore, 1)])
    }

    /// Gives it back, and tells how that went.
    fn release(mut self) -> Result<()> {
        let subject = handle::subject(&self.semaphore);
        if self.owner.take() != Some(fork_generation()) {
            let because = "it was locked before this process was forked, and its parent holds it";
            return Err(Error::argument(RELEASE, subject, because).with_kind(ErrorKind::NotOwner));
        }
        let (semaphore, op) = (&self.semaphore, step(&self.semaphore, 1));
        self.give_back()
            .map_err(|errno| wait::refused(RELEASE, semaphore, op, errno))
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        if self.owner == Some(fork_generation()) {
            // Whoever wants to know of a failure calls `release`. It comes from a removal, from a value that
            // somebody set to the maximum, or from a mode that somebody changed: nothing to be done here.
            let _ = self.give_back();
        }
    }
}

/// The operation that takes or gives 1, with undo: one without the other would count twice when the process ends.
#[inline]
fn step(semaphore: &Semaphore, op: i16) -> SemBuf {
    SemBuf::new(semaphore.number(), op, SemFlags::UNDO)
}

/// Holds a [`Semaphore`] that was locked, and unlocks it when dropped. Made by [`Semaphore::lock`].
///
/// It cannot outlive the handle that it was made from; [`OwnedSemaphoreGuard`] can.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, Semaphore};
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
/// {
///     let _guard = semaphore.lock()?;
///     assert!(semaphore.try_lock().unwrap_err().is_would_block());
/// }
/// assert_eq!(semaphore.value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// This does not compile:
///
/// ```compile_fail,E0597
/// use sysv_wrapper::Semaphore;
///
/// let guard = {
///     let semaphore = Semaphore::open(42)?;
///     semaphore.lock()?
/// };
/// drop(guard);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the semaphore is unlocked as soon as this is dropped"]
#[doc(alias("__exit__", "with"))]
pub struct SemaphoreGuard<'a> {
    held: Held,
    from: PhantomData<&'a Semaphore>,
}

/// Holds a [`Semaphore`] that was locked, and unlocks it when dropped. Made by [`Semaphore::lock_owned`].
///
/// It lives as long as one likes, in a struct or in another thread.
///
/// ```
/// use sysv_wrapper::{OwnedSemaphoreGuard, RemoveOnDrop, Semaphore};
///
/// fn enter(semaphore: &Semaphore) -> sysv_wrapper::Result<OwnedSemaphoreGuard> {
///     semaphore.clone().lock_owned()
/// }
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
/// let guard = enter(&semaphore)?;
/// assert_eq!(semaphore.value()?, 0);
/// std::thread::spawn(move || drop(guard)).join().unwrap();
/// assert_eq!(semaphore.value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the semaphore is unlocked as soon as this is dropped"]
pub struct OwnedSemaphoreGuard {
    held: Held,
}

macro_rules! guard_methods {
    ($guard:ident $(<$life:lifetime>)?) => {
        impl $guard $(<$life>)? {
            /// The semaphore that it holds.
            pub fn semaphore(&self) -> &Semaphore {
                &self.held.semaphore
            }

            /// Unlocks the semaphore, and tells how that went; dropping keeps that to itself.
            ///
            /// # Errors
            ///
            /// [`is_removed`](Error::is_removed); [`OutOfRange`](ErrorKind::OutOfRange) if somebody set the value
            /// to the system's maximum meanwhile; [`is_permission_denied`](Error::is_permission_denied) if somebody
            /// changed the mode; [`NotOwner`](ErrorKind::NotOwner) in a forked child, which holds nothing.
            pub fn release(self) -> Result<()> {
                self.held.release()
            }
        }

        impl fmt::Debug for $guard $(<$life>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($guard))
                    .field(&self.held.semaphore)
                    .finish()
            }
        }
    };
}

guard_methods!(SemaphoreGuard<'_>);
guard_methods!(OwnedSemaphoreGuard);

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
    pub fn lock(&self) -> Result<SemaphoreGuard<'_>> {
        self.hold().map(SemaphoreGuard::new)
    }

    /// Locks, if nobody has to be waited for.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block); else those of [`lock`](Self::lock).
    #[inline]
    pub fn try_lock(&self) -> Result<SemaphoreGuard<'_>> {
        self.try_hold().map(SemaphoreGuard::new)
    }

    /// Locks; waits for at most `time`. Zero does not wait; a time that the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`lock`](Self::lock).
    pub fn lock_timeout(&self, time: Duration) -> Result<SemaphoreGuard<'_>> {
        wait::until(self, OPERATION, step(self, -1), time)?;
        Ok(SemaphoreGuard::new(Held::new(self)))
    }

    /// Locks; waits until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`lock_timeout`](Self::lock_timeout).
    pub fn lock_until(&self, end: Instant) -> Result<SemaphoreGuard<'_>> {
        wait::until(self, OPERATION, step(self, -1), end)?;
        Ok(SemaphoreGuard::new(Held::new(self)))
    }

    /// [`lock`](Self::lock), with a guard that does not borrow the handle.
    ///
    /// # Errors
    ///
    /// Those of [`lock`](Self::lock).
    #[inline]
    pub fn lock_owned(&self) -> Result<OwnedSemaphoreGuard> {
        self.hold().map(|held| OwnedSemaphoreGuard { held })
    }

    /// [`try_lock`](Self::try_lock), with a guard that does not borrow the handle.
    ///
    /// # Errors
    ///
    /// Those of [`try_lock`](Self::try_lock).
    #[inline]
    pub fn try_lock_owned(&self) -> Result<OwnedSemaphoreGuard> {
        self.try_hold().map(|held| OwnedSemaphoreGuard { held })
    }

    /// [`lock_timeout`](Self::lock_timeout), with a guard that does not borrow the handle.
    ///
    /// # Errors
    ///
    /// Those of [`lock_timeout`](Self::lock_timeout).
    pub fn lock_owned_timeout(&self, time: Duration) -> Result<OwnedSemaphoreGuard> {
        wait::until(self, OPERATION, step(self, -1), time)?;
        Ok(OwnedSemaphoreGuard {
            held: Held::new(self),
        })
    }

    /// [`lock_until`](Self::lock_until), with a guard that does not borrow the handle.
    ///
    /// # Errors
    ///
    /// Those of [`lock_timeout`](Self::lock_timeout).
    pub fn lock_owned_until(&self, end: Instant) -> Result<OwnedSemaphoreGuard> {
        wait::until(self, OPERATION, step(self, -1), end)?;
        Ok(OwnedSemaphoreGuard {
            held: Held::new(self),
        })
    }

    #[inline]
    fn hold(&self) -> Result<Held> {
        let op = step(self, -1);
        match wait::endless(self.id(), &[op]) {
            Ok(()) => Ok(Held::new(self)),
            Err(errno) => Err(wait::refused(OPERATION, self, op, errno)),
        }
    }

    #[inline]
    fn try_hold(&self) -> Result<Held> {
        let op = step(self, -1);
        match wait::endless(self.id(), &[wait::without_waiting(op)]) {
            Ok(()) => Ok(Held::new(self)),
            Err(errno) => Err(wait::refused(OPERATION, self, op, errno)),
        }
    }
}

impl SemaphoreGuard<'_> {
    #[inline]
    fn new(held: Held) -> Self {
        SemaphoreGuard {
            held,
            from: PhantomData,
        }
    }
}
