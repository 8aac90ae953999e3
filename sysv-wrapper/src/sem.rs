//! One semaphore: the handle, and taking, giving and waiting for zero.

mod builder;
mod guard;
mod operation;
mod set;
mod wait;

pub use builder::{SemaphoreBuilder, SemaphoreSetBuilder};
pub use guard::SemaphoreGuard;
pub use operation::Operation;
pub(crate) use set::numbers;
pub use set::{SemStatus, SemaphoreInfo, SemaphoreSet};

use sysv_ipc::{Errno, Pid, SemBuf, SemFlags, SemId};

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use wait::Amount;

const KIND: Kind = Kind::SemaphoreSet;

/// A semaphore: a number that several processes take from and give to, and that never falls below 0.
///
/// With the value 1 it is a lock, with a greater one it counts what is to be had. This is a handle: clone it,
/// send it, drop it, and nothing happens to the semaphore, which lasts until someone removes it. To have it
/// removed with a scope, put the handle into a [`RemoveOnDrop`](crate::RemoveOnDrop).
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{RemoveOnDrop, Semaphore};
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_unique()?);
/// semaphore.acquire()?;
/// // It is taken now, by this process or by any other that finds it by its key.
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
/// [`acquire`](Self::acquire), [`acquire_by`](Self::acquire_by) and
/// [`wait_until_zero`](Self::wait_until_zero) wait without a time limit, `try_…` does not wait, and `…_timeout` waits
/// until a [`Deadline`]. A handled signal neither ends a wait nor prolongs it, unless the deadline is
/// [interruptible](Deadline::interruptible). A removal ends every wait: [`is_removed`](Error::is_removed).
///
/// # Undo
///
/// With [`undo`](SemaphoreBuilder::undo), the kernel takes back what this process acquired and released when it
/// ends, however that comes. Use it for both or for neither: a semaphore that is acquired with undo and released
/// without has one too many when the process ends. Setting the value makes every process forget what it was to
/// take back. A lock needs no care of that kind: [`lock`](Self::lock) gives a guard that does both with undo.
#[doc(alias("SemaphoreHandle", "semget", "P", "V", "Z"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Semaphore {
    set: SemaphoreSet,
    number: u16,
    undo: bool,
}

impl Semaphore {
    /// What the semaphore is to be like, to be ended with a verb: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing`, `open`.
    pub fn builder() -> SemaphoreBuilder {
        SemaphoreBuilder::new()
    }

    /// The semaphore that has this key.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if what has it is a set of more than one semaphore, which
    /// [`SemaphoreSet`] is for.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, Semaphore};
    ///
    /// let made = RemoveOnDrop::new(Semaphore::builder().value(3).create_unique()?);
    /// let found = Semaphore::open(made.key().unwrap())?;
    /// assert_eq!(found.value()?, 3);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "getsemid")]
    pub fn open(key: impl Into<Key>) -> Result<Semaphore> {
        Semaphore::builder().open(key)
    }

    /// The semaphore with this id, which another process told.
    ///
    /// An id is given to another object some time after its own was removed: on Linux after some four million
    /// more were made. One that this user may not read counts as found; its [`key`](Self::key) is then `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the id;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if it has more than one semaphore.
    pub fn from_id(id: impl Into<SemId>) -> Result<Semaphore> {
        let set = SemaphoreSet::from_id(id)?;
        Semaphore::only_of(set, false)
    }

    /// The only semaphore of a set.
    fn only_of(set: SemaphoreSet, undo: bool) -> Result<Semaphore> {
        match set.count("open")? {
            Some(count) if count != 1 => {
                let because = format!("it has {count} semaphores; `SemaphoreSet` is for that");
                Err(Error::mismatch("open", handle::subject(&set), because))
            }
            _ => Ok(Semaphore {
                set,
                number: 0,
                undo,
            }),
        }
    }

    /// The kernel's id of the set that the semaphore is in.
    #[doc(alias = "semid")]
    #[inline]
    pub fn id(&self) -> SemId {
        self.set.id()
    }

    /// The key that the set was made or found with: [`Key::PRIVATE`] for a private one, `None` where the handle
    /// was made from an id and the kernel did not tell.
    pub fn key(&self) -> Option<Key> {
        self.set.key()
    }

    /// Which semaphore of its set this is; 0 unless it is from [`SemaphoreSet::get`].
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The same semaphore, with what is done through the handle undone or not when the process ends.
    #[doc(alias("setundo", "SEM_UNDO"))]
    #[must_use = "the handle itself does not change"]
    pub fn with_undo(self, undo: bool) -> Semaphore {
        Semaphore { undo, ..self }
    }

    /// Whether what is done through this handle is undone when the process ends.
    pub fn undo(&self) -> bool {
        self.undo
    }

    /// The value, as it is now.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed); [`is_permission_denied`](Error::is_permission_denied) if the mode
    /// does not allow reading.
    #[doc(alias("GETVAL", "val"))]
    #[inline]
    pub fn value(&self) -> Result<u32> {
        sysv_ipc::semctl_getval(self.id(), self.number)
            .map(i32::unsigned_abs)
            .map_err(|errno| self.fail("ask about", errno))
    }

    /// Sets the value, whatever it is: 0 to the system's maximum, which is 32,767 on Linux. Waiters that can go
    /// on then do, and every process forgets what it was to undo.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](crate::ErrorKind::OutOfRange); [`is_removed`](Error::is_removed);
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering.
    #[doc(alias("SETVAL", "setval"))]
    #[inline]
    pub fn set_value(&self, value: u32) -> Result<()> {
        // A number beyond the C type is beyond every maximum: the kernel says so.
        let number = i32::try_from(value).unwrap_or(i32::MAX);
        sysv_ipc::semctl_setval(self.id(), self.number, number).map_err(|errno| match errno {
            Errno::ERANGE => wait::value_error("set", self.subject(), errno, value),
            _ => self.fail("set", errno),
        })
    }

    /// How many wait for the value to grow.
    ///
    /// # Errors
    ///
    /// Those of [`value`](Self::value).
    #[doc(alias("GETNCNT", "ncnt", "WaitingForNonZero", "waiting_for_nonzero"))]
    #[inline]
    pub fn waiters_for_increase(&self) -> Result<u32> {
        sysv_ipc::semctl_getncnt(self.id(), self.number)
            .map_err(|errno| self.fail("ask about", errno))
    }

    /// How many wait for the value to become 0.
    ///
    /// # Errors
    ///
    /// Those of [`value`](Self::value).
    #[doc(alias("GETZCNT", "zcnt", "WaitingForZero", "waiting_for_zero"))]
    #[inline]
    pub fn waiters_for_zero(&self) -> Result<u32> {
        sysv_ipc::semctl_getzcnt(self.id(), self.number)
            .map_err(|errno| self.fail("ask about", errno))
    }

    /// The process that last operated on it; `None` before the first time. On Linux, setting the value counts.
    ///
    /// # Errors
    ///
    /// Those of [`value`](Self::value).
    #[doc(alias("GETPID", "lpid"))]
    #[inline]
    pub fn last_pid(&self) -> Result<Option<Pid>> {
        sysv_ipc::semctl_getpid(self.id(), self.number)
            .map_err(|errno| self.fail("ask about", errno))
    }

    /// Owner, mode and times of the set that it is in, as they are now.
    ///
    /// # Errors
    ///
    /// Those of [`value`](Self::value).
    #[doc(alias("IPC_STAT", "semid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<SemStatus> {
        self.set.status()
    }

    #[cold]
    fn fail(&self, operation: &'static str, errno: Errno) -> Error {
        wait::member_error(operation, self, errno)
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

/// Taking, giving, and waiting for zero.
impl Semaphore {
    /// Takes 1; waits until there is one.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed); [`is_permission_denied`](Error::is_permission_denied) if the mode
    /// does not allow altering; [`OutOfRange`](crate::ErrorKind::OutOfRange) if there is more to undo than the
    /// kernel can note.
    #[doc(alias("P", "p", "semop"))]
    #[inline]
    pub fn acquire(&self) -> Result<()> {
        self.wait("acquire", self.op(-1))
    }

    /// Takes 1 if there is one.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if there is none; else those of [`acquire`](Self::acquire).
    #[doc(alias = "IPC_NOWAIT")]
    #[inline]
    pub fn try_acquire(&self) -> Result<()> {
        self.attempt("acquire", self.op(-1))
    }

    /// Takes 1; waits for at most `time` until there is one. Zero does not wait; a time that the clock cannot
    /// count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`acquire`](Self::acquire).
    #[doc(alias = "semtimedop")]
    #[inline]
    pub fn acquire_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        wait::until(self, "acquire", self.op(-1), deadline)
    }

    /// Takes `amount` at once, 1 to 32,767; waits until there is as much, and takes nothing meanwhile.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an amount out of range; else those of
    /// [`acquire`](Self::acquire).
    pub fn acquire_by(&self, amount: u32) -> Result<()> {
        self.wait("acquire", self.take(amount)?)
    }

    /// Takes `amount` at once, 1 to 32,767, if there is as much.
    ///
    /// # Errors
    ///
    /// Those of [`acquire_by`](Self::acquire_by) and [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_by(&self, amount: u32) -> Result<()> {
        self.attempt("acquire", self.take(amount)?)
    }

    /// Takes `amount` at once, 1 to 32,767; waits for at most `time`.
    ///
    /// # Errors
    ///
    /// Those of [`acquire_by`](Self::acquire_by) and [`acquire_timeout`](Self::acquire_timeout).
    pub fn acquire_by_timeout(&self, amount: u32, deadline: impl Into<Deadline>) -> Result<()> {
        wait::until(self, "acquire", self.take(amount)?, deadline)
    }

    /// Gives 1. Never waits.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](crate::ErrorKind::OutOfRange) if the value is at the system's maximum;
    /// [`is_removed`](Error::is_removed); [`is_permission_denied`](Error::is_permission_denied).
    #[doc(alias("V", "v", "semop"))]
    #[inline]
    pub fn release(&self) -> Result<()> {
        self.wait("release", self.op(1))
    }

    /// Gives `amount` at once, 1 to 32,767. Never waits.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an amount out of range; else those of
    /// [`release`](Self::release); the value is then as before.
    pub fn release_by(&self, amount: u32) -> Result<()> {
        let amount = Amount::new(amount).map_err(|because| self.refuse("release", because))?;
        self.wait("release", self.op(amount.give()))
    }

    /// Waits until the value is 0.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed); [`is_permission_denied`](Error::is_permission_denied) if the mode
    /// does not allow reading.
    #[doc(alias("Z", "z", "WaitingForZero"))]
    #[inline]
    pub fn wait_until_zero(&self) -> Result<()> {
        self.wait("wait for zero on", self.op(0))
    }

    /// Succeeds if the value is 0.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if it is not; else those of
    /// [`wait_until_zero`](Self::wait_until_zero).
    #[inline]
    pub fn try_wait_until_zero(&self) -> Result<()> {
        self.attempt("wait for zero on", self.op(0))
    }

    /// Waits for at most `time` until the value is 0.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`wait_until_zero`](Self::wait_until_zero).
    pub fn wait_until_zero_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        wait::until(self, "wait for zero on", self.op(0), deadline)
    }

    /// One operation on this semaphore, with the handle's undo.
    #[inline]
    fn op(&self, op: i16) -> SemBuf {
        let flags = if self.undo {
            SemFlags::UNDO
        } else {
            SemFlags::empty()
        };
        SemBuf::new(self.number, op, flags)
    }

    #[inline]
    fn wait(&self, operation: &'static str, op: SemBuf) -> Result<()> {
        wait::endless(self.id(), &[op]).map_err(|errno| wait::refused(operation, self, op, errno))
    }

    #[inline]
    fn attempt(&self, operation: &'static str, op: SemBuf) -> Result<()> {
        wait::endless(self.id(), &[wait::without_waiting(op)])
            .map_err(|errno| wait::refused(operation, self, op, errno))
    }

    /// The operation that takes this much.
    fn take(&self, amount: u32) -> Result<SemBuf> {
        let amount = Amount::new(amount).map_err(|because| self.refuse("acquire", because))?;
        Ok(self.op(amount.take()))
    }

    #[cold]
    fn refuse(&self, operation: &'static str, because: String) -> Error {
        Error::argument(operation, self.subject(), because)
    }
}
