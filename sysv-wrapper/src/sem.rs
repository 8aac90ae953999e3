//! A semaphore: the handle, its value, and every form of waiting.

mod builder;
mod guard;
mod operation;
mod set;
mod wait;

pub use builder::{SemaphoreBuilder, SemaphoreSetBuilder};
pub use guard::{OperationGuard, SemaphoreGuard};
pub use operation::Operation;
pub(crate) use set::{AREA_MARKS, area_marks, is_of_area, numbers};
pub use set::{SemStatus, SemaphoreInfo, SemaphoreSet};
#[cfg(target_has_atomic = "64")]
pub(crate) use wait::{failure, perform};

use std::hash::{Hash, Hasher};

use sysv_ipc::{Errno, Pid, SemBuf, SemFlags, SemId};

use crate::deadline::{Deadline, Wait};
use crate::error::{Error, Result};
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use wait::Amount;

const KIND: Kind = Kind::SemaphoreSet;
const ACQUIRE: &str = "acquire";
const RELEASE: &str = "release";
const WAIT_FOR_ZERO: &str = "wait for zero on";
const LOCK: &str = "lock";
const ASK: &str = "ask about";

/// A semaphore: a counter that processes decrement to acquire and increment to release, and that never falls below 0.
///
/// With the initial value 1 it is a lock; with a greater value it counts free resources. This is a handle: cloning,
/// sending and dropping it do not affect the semaphore, which lasts until it is removed. A
/// [`RemoveOnDrop`](crate::RemoveOnDrop) removes it at the end of a scope.
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{RemoveOnDrop, Semaphore};
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_unique()?);
/// semaphore.acquire()?;
/// // The lock is now held, for this process and for every other that opens it by its key.
/// assert!(semaphore.try_acquire().unwrap_err().is_would_block());
/// let error = semaphore.acquire_timeout(Duration::from_millis(5)).unwrap_err();
/// assert!(error.is_timed_out());
/// semaphore.release()?;
/// assert_eq!(semaphore.value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Waiting
///
/// [`acquire`](Self::acquire), [`acquire_by`](Self::acquire_by), [`wait_until_zero`](Self::wait_until_zero) and
/// [`lock`](Self::lock) wait without a time limit. Their forms `try_…` do not wait, and `…_timeout` wait up to a
/// [`Deadline`]: a time span or an instant. A handled signal neither ends a wait nor adds to the time, unless the
/// deadline is [interruptible](Deadline::interruptible). A removal ends every wait, with
/// [`is_removed`](Error::is_removed).
///
/// # Undo
///
/// With [`undo`](SemaphoreBuilder::undo), the kernel reverts the acquisitions and releases of this process when the
/// process ends, even if it is killed. Use undo for both or for neither: a semaphore that is acquired with undo and
/// released without it is too high by 1 after the process ends. Setting the value clears the undo entries of all
/// processes. [`lock`](Self::lock) returns a guard that uses undo for both.
///
/// Some sandboxes (gVisor) accept undo and ignore it, which does not show until a process ends.
#[doc(alias("SemaphoreHandle", "semget", "P", "V", "Z"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Semaphore {
    set: SemaphoreSet,
    number: u16,
    undo: bool,
    alone: Alone,
}

/// Whether the set is known to have this one semaphore only. Handles that differ in that are equal.
#[derive(Debug, Copy, Clone)]
struct Alone(bool);

impl PartialEq for Alone {
    fn eq(&self, _: &Alone) -> bool {
        true
    }
}

impl Eq for Alone {}

impl Hash for Alone {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Semaphore {
    /// Returns a builder of a semaphore. Its last method creates or opens the semaphore: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing` or `open`.
    pub fn builder() -> SemaphoreBuilder {
        SemaphoreBuilder::new()
    }

    /// Opens the semaphore that has this key.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the key; [`Mismatch`](crate::ErrorKind::Mismatch) if the set
    /// with the key has several semaphores; open it as a [`SemaphoreSet`].
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, Semaphore};
    ///
    /// let created = RemoveOnDrop::new(Semaphore::builder().value(3).create_unique()?);
    /// let opened = Semaphore::open(created.key().unwrap())?;
    /// assert_eq!(opened.value()?, 3);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "getsemid")]
    pub fn open(key: impl Into<Key>) -> Result<Semaphore> {
        Semaphore::builder().open(key)
    }

    /// Opens a semaphore by an id received from another process.
    ///
    /// After a removal, the kernel gives the id to another object some time later: Linux after some four million
    /// creations. A semaphore that this user may not read counts as found; its [`key`](Self::key) is then `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the id; [`Mismatch`](crate::ErrorKind::Mismatch) if the set
    /// has several semaphores.
    pub fn from_id(id: impl Into<SemId>) -> Result<Semaphore> {
        Semaphore::from_single(SemaphoreSet::from_id(id)?, false)
    }

    /// Returns the only semaphore of a set.
    fn from_single(set: SemaphoreSet, undo: bool) -> Result<Semaphore> {
        match set.count("open")? {
            Some(count) if count != 1 => {
                let because = format!("it has {count} semaphores; `SemaphoreSet` opens it");
                Err(Error::mismatch("open", handle::subject(&set), because))
            }
            _ => Ok(Semaphore {
                set,
                number: 0,
                undo,
                alone: Alone(true),
            }),
        }
    }

    /// Returns the kernel's id of the set that the semaphore is in.
    #[doc(alias = "semid")]
    #[inline]
    pub fn id(&self) -> SemId {
        self.set.id()
    }

    /// Returns the key that the semaphore was created or opened with: [`Key::PRIVATE`] for a private one, `None` if the
    /// handle was made from an id and the key is unknown.
    pub fn key(&self) -> Option<Key> {
        self.set.key()
    }

    /// Returns the number of the semaphore in its set; 0 unless the handle is from [`SemaphoreSet::get`].
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Returns a handle of the same semaphore with or without undo.
    #[doc(alias("setundo", "SEM_UNDO"))]
    #[must_use = "the handle itself does not change"]
    pub fn with_undo(self, undo: bool) -> Semaphore {
        Semaphore { undo, ..self }
    }

    /// Returns whether the kernel undoes operations through this handle when the process ends.
    pub fn undo(&self) -> bool {
        self.undo
    }

    /// Returns the value.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed); [`is_permission_denied`](Error::is_permission_denied) if the mode does not
    /// allow reading; [`NoSuchSemaphore`](crate::ErrorKind::NoSuchSemaphore) if the set is smaller than the number that
    /// was passed to [`SemaphoreSet::get`].
    #[doc(alias("GETVAL", "val"))]
    #[inline]
    pub fn value(&self) -> Result<u32> {
        sysv_ipc::semctl_getval(self.id(), self.number)
            .map(i32::unsigned_abs)
            .map_err(|errno| self.fail(ASK, errno))
    }

    /// Sets the value: 0 to the system's maximum, which is 32,767 on Linux. The kernel wakes the waiters that can
    /// proceed, and clears the undo entries of all processes.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value); [`OutOfRange`](crate::ErrorKind::OutOfRange) for a value beyond the maximum;
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the set belongs to an area of [`sync`](crate::sync), whose memberships
    /// that would end.
    #[doc(alias("SETVAL", "setval"))]
    #[inline]
    pub fn set_value(&self, value: u32) -> Result<()> {
        if !self.alone.0 {
            // A set that this user may not read is not known as one of an area.
            let members = sysv_ipc::semctl_stat(self.id()).map_or(0, |stat| stat.nsems());
            self.set.refuse_area(members)?;
        }
        // A number beyond the C type is beyond every maximum; the kernel reports it.
        let number = i32::try_from(value).unwrap_or(i32::MAX);
        sysv_ipc::semctl_setval(self.id(), self.number, number).map_err(|errno| match errno {
            Errno::ERANGE => wait::value_error("set", self.subject(), errno, value),
            _ => self.fail("set", errno),
        })
    }

    /// Returns the number of waiters for an increase of the value.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    #[doc(alias("GETNCNT", "ncnt", "WaitingForNonZero", "waiting_for_nonzero"))]
    #[inline]
    pub fn waiters_for_increase(&self) -> Result<u32> {
        sysv_ipc::semctl_getncnt(self.id(), self.number).map_err(|errno| self.fail(ASK, errno))
    }

    /// Returns the number of waiters for the value 0.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    #[doc(alias("GETZCNT", "zcnt", "WaitingForZero", "waiting_for_zero"))]
    #[inline]
    pub fn waiters_for_zero(&self) -> Result<u32> {
        sysv_ipc::semctl_getzcnt(self.id(), self.number).map_err(|errno| self.fail(ASK, errno))
    }

    /// Returns the process that last operated on the semaphore; `None` before the first operation. On Linux, setting
    /// the value counts as an operation.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    #[doc(alias("GETPID", "lpid"))]
    #[inline]
    pub fn last_pid(&self) -> Result<Option<Pid>> {
        sysv_ipc::semctl_getpid(self.id(), self.number).map_err(|errno| self.fail(ASK, errno))
    }

    /// Returns owner, mode and times of the set that the semaphore is in.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    #[doc(alias("IPC_STAT", "semid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<SemStatus> {
        self.set.status()
    }

    #[cold]
    fn fail(&self, operation: &'static str, errno: Errno) -> Error {
        let error = handle::error(operation, self.subject(), errno);
        wait::outside(&self.set, self.number, error)
    }

    /// Acquires 1; waits without a time limit until the value is at least 1.
    ///
    /// # Errors
    ///
    /// - [`is_removed`](Error::is_removed) if the set is removed, before or while this waits;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering;
    /// - with undo, [`OutOfRange`](crate::ErrorKind::OutOfRange), [`OutOfMemory`](crate::ErrorKind::OutOfMemory) and
    ///   [`is_limit_reached`](Error::is_limit_reached) if the kernel cannot record the undo entry.
    #[doc(alias("P", "p", "semop"))]
    #[inline]
    pub fn acquire(&self) -> Result<()> {
        self.operate(ACQUIRE, self.step(-1), Wait::FOREVER)
    }

    /// Acquires 1 if the value is at least 1.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the value is 0; otherwise as [`acquire`](Self::acquire).
    #[doc(alias = "IPC_NOWAIT")]
    #[inline]
    pub fn try_acquire(&self) -> Result<()> {
        self.operate(ACQUIRE, self.step(-1), Wait::TRY)
    }

    /// Acquires 1; waits until the value is at least 1, but only up to a deadline.
    /// [`Duration::ZERO`](std::time::Duration::ZERO) makes one attempt; an unrepresentable time waits forever.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`acquire`](Self::acquire).
    #[doc(alias = "semtimedop")]
    #[inline]
    pub fn acquire_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.operate(ACQUIRE, self.step(-1), Wait::Until(deadline))
    }

    /// Acquires `amount`, 1 to 32,767, atomically; waits without a time limit until the value is at least `amount`, and
    /// acquires nothing before.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an amount out of range; otherwise as
    /// [`acquire`](Self::acquire).
    pub fn acquire_by(&self, amount: u32) -> Result<()> {
        self.operate(ACQUIRE, self.acquisition(amount)?, Wait::FOREVER)
    }

    /// Acquires `amount`, 1 to 32,767, atomically if the value is at least `amount`.
    ///
    /// # Errors
    ///
    /// As [`acquire_by`](Self::acquire_by) and [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_by(&self, amount: u32) -> Result<()> {
        self.operate(ACQUIRE, self.acquisition(amount)?, Wait::TRY)
    }

    /// Acquires `amount`, 1 to 32,767, atomically; waits until the value is at least `amount`, but only up to a
    /// deadline.
    ///
    /// # Errors
    ///
    /// As [`acquire_by`](Self::acquire_by) and [`acquire_timeout`](Self::acquire_timeout).
    pub fn acquire_by_timeout(&self, amount: u32, deadline: impl Into<Deadline>) -> Result<()> {
        self.operate(ACQUIRE, self.acquisition(amount)?, Wait::Until(deadline))
    }

    /// Releases 1. Never waits.
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire); [`OutOfRange`](crate::ErrorKind::OutOfRange) if the value is at the system's
    /// maximum.
    #[doc(alias("V", "v", "semop"))]
    #[inline]
    pub fn release(&self) -> Result<()> {
        self.operate(RELEASE, self.step(1), Wait::FOREVER)
    }

    /// Releases `amount`, 1 to 32,767, atomically. Never waits. After an error the value is unchanged.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an amount out of range; otherwise as
    /// [`release`](Self::release).
    pub fn release_by(&self, amount: u32) -> Result<()> {
        let amount = Amount::new(amount).map_err(|because| self.refuse(RELEASE, because))?;
        self.operate(RELEASE, self.step(amount.release()), Wait::FOREVER)
    }

    /// Waits without a time limit until the value is 0.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed) if the set is removed, before or while this waits;
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading.
    #[doc(alias("Z", "z", "WaitingForZero"))]
    #[inline]
    pub fn wait_until_zero(&self) -> Result<()> {
        self.operate(WAIT_FOR_ZERO, self.step(0), Wait::FOREVER)
    }

    /// Returns success if the value is 0. Never waits.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the value is not 0; otherwise as
    /// [`wait_until_zero`](Self::wait_until_zero).
    #[inline]
    pub fn try_wait_until_zero(&self) -> Result<()> {
        self.operate(WAIT_FOR_ZERO, self.step(0), Wait::TRY)
    }

    /// Waits until the value is 0, but only up to a deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`wait_until_zero`](Self::wait_until_zero).
    pub fn wait_until_zero_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.operate(WAIT_FOR_ZERO, self.step(0), Wait::Until(deadline))
    }

    /// Locks the semaphore: acquires 1, and returns a guard that releases it; waits without a time limit until the
    /// value is at least 1.
    ///
    /// Bind the guard to a name: `let _guard = lock.lock()?;` holds the lock until the end of the scope, while `let _ =
    /// lock.lock()?;` unlocks immediately.
    ///
    /// Dropping the guard unlocks, including while a panic unwinds. If a process ends while it holds the lock, even by
    /// SIGKILL, the kernel unlocks: both steps use undo, whether or not the handle has [`undo`](Self::undo). A forked
    /// child that drops its copy of the guard does not release its parent's lock.
    ///
    /// The kernel's undo has these limits:
    ///
    /// - It belongs to the process. A thread that ends without dropping its guard releases nothing. It survives
    ///   `execve`: the executed program holds the lock until it ends.
    /// - Setting the value clears it. A guard that is held at that time still adds 1 when it is dropped: a lock that
    ///   was set to 1 then has the value 2, and two processes can hold it.
    /// - Leaving the ipc namespace (`unshare`, `setns`) releases all locks immediately. A guard that is dropped in
    ///   another namespace adds 1 to the set with the same id there, if one exists: drop guards first.
    /// - Linux records at most 32,767 per semaphore (SEMAEM).
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire) with undo.
    #[doc(alias("__enter__", "with", "SEM_UNDO"))]
    #[inline]
    pub fn lock(&self) -> Result<SemaphoreGuard> {
        self.hold(Wait::FOREVER)
    }

    /// Locks the semaphore if its value is not 0.
    ///
    /// With a key, this keeps a program from running twice. No instance waits, and none is kept out by one that was killed:
    ///
    /// ```
    /// use sysv_wrapper::{Key, Semaphore};
    ///
    /// # let semaphore = Semaphore::builder().create_unique()?;
    /// # semaphore.remove()?;
    /// # let key = semaphore.key().unwrap();
    /// # #[cfg(any())]
    /// let key = Key::from(0x2c0f_fee5);
    /// let lock = Semaphore::builder().value(1).create_or_open(key)?.into_inner();
    /// // Kept until the end of `main`.
    /// let only_instance = lock.try_lock()?;
    /// assert!(lock.try_lock().unwrap_err().is_would_block());
    /// # lock.remove()?;
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the value is 0; otherwise as [`lock`](Self::lock).
    #[inline]
    pub fn try_lock(&self) -> Result<SemaphoreGuard> {
        self.hold(Wait::TRY)
    }

    /// Locks the semaphore; waits until its value is not 0, but only up to a deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`lock`](Self::lock).
    pub fn lock_timeout(&self, deadline: impl Into<Deadline>) -> Result<SemaphoreGuard> {
        self.hold(Wait::Until(deadline))
    }

    #[inline]
    fn hold(&self, wait: Wait<impl Into<Deadline>>) -> Result<SemaphoreGuard> {
        self.operate(LOCK, SemaphoreGuard::step(self, -1), wait)?;
        Ok(SemaphoreGuard::new(self))
    }

    #[inline]
    fn operate(
        &self,
        operation: &'static str,
        step: SemBuf,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        wait::operate_one(&self.set, operation, step, wait)
    }

    /// Returns a step on this semaphore, with the handle's undo.
    #[inline]
    fn step(&self, op: i16) -> SemBuf {
        let flags = if self.undo {
            SemFlags::UNDO
        } else {
            SemFlags::empty()
        };
        SemBuf::new(self.number, op, flags)
    }

    /// Returns the step that acquires this amount.
    fn acquisition(&self, amount: u32) -> Result<SemBuf> {
        let amount = Amount::new(amount).map_err(|because| self.refuse(ACQUIRE, because))?;
        Ok(self.step(amount.acquire()))
    }

    #[cold]
    fn refuse(&self, operation: &'static str, because: String) -> Error {
        Error::argument(operation, self.subject(), because)
    }
}

crate::handle::handle!(
    Semaphore,
    SemId,
    Kind::SemaphoreSet,
    "set",
    "semaphore_haskey",
    "remove_semaphore"
);
