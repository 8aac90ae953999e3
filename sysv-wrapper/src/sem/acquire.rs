//! Taking from a semaphore, giving to it, and waiting for zero, in each of the ways to wait.

use std::time::{Duration, Instant};

use sysv_ipc::{SemBuf, SemFlags};

use super::Semaphore;
use super::wait::{self, Amount};
use crate::error::{Error, Result};

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
    pub fn acquire_timeout(&self, time: Duration) -> Result<()> {
        wait::until(self, "acquire", self.op(-1), time)
    }

    /// Takes 1; waits until there is one, or until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`acquire_timeout`](Self::acquire_timeout).
    #[inline]
    pub fn acquire_until(&self, end: Instant) -> Result<()> {
        wait::until(self, "acquire", self.op(-1), end)
    }

    /// Takes 1; waits until there is one, or until a signal is handled.
    ///
    /// # Errors
    ///
    /// [`is_interrupted`](Error::is_interrupted); else those of [`acquire`](Self::acquire).
    #[inline]
    pub fn acquire_interruptible(&self) -> Result<()> {
        let op = self.op(-1);
        sysv_ipc::semop(self.id(), &[op]).map_err(|errno| wait::refused("acquire", self, op, errno))
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
    pub fn acquire_by_timeout(&self, amount: u32, time: Duration) -> Result<()> {
        wait::until(self, "acquire", self.take(amount)?, time)
    }

    /// Takes `amount` at once, 1 to 32,767; waits until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`acquire_by`](Self::acquire_by) and [`acquire_timeout`](Self::acquire_timeout).
    pub fn acquire_by_until(&self, amount: u32, end: Instant) -> Result<()> {
        wait::until(self, "acquire", self.take(amount)?, end)
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
    pub fn wait_until_zero_timeout(&self, time: Duration) -> Result<()> {
        wait::until(self, "wait for zero on", self.op(0), time)
    }

    /// Waits until the value is 0, or until `end`.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`wait_until_zero`](Self::wait_until_zero).
    pub fn wait_until_zero_until(&self, end: Instant) -> Result<()> {
        wait::until(self, "wait for zero on", self.op(0), end)
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
