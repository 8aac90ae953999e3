//! Operations on semaphores, waited for in each of the ways that there are.

use sysv_ipc::{Errno, SemBuf, SemFlags, SemId};

use crate::deadline::{self, Deadline, Ended, Wait, retry_on_intr};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::limits::Limits;
use crate::sem::Semaphore;

/// How much is taken or given at once: 1 to 32,767.
#[derive(Copy, Clone)]
pub(crate) struct Amount(i16);

impl Amount {
    /// The amount, or why it cannot be one.
    pub(crate) fn new(amount: u32) -> std::result::Result<Amount, String> {
        match i16::try_from(amount) {
            Ok(amount @ 1..) => Ok(Amount(amount)),
            _ => Err(format!(
                "the amount is {amount}, and must be from 1 to 32767"
            )),
        }
    }

    /// As the operation that adds it.
    pub(crate) fn give(self) -> i16 {
        self.0
    }

    /// As the operation that subtracts it.
    pub(crate) fn take(self) -> i16 {
        -self.0
    }
}

/// The same operation, which fails where it would have to wait.
#[inline]
pub(crate) fn without_waiting(op: SemBuf) -> SemBuf {
    SemBuf::new(op.num(), op.op(), op.flags() | SemFlags::NOWAIT)
}

/// Waits as long as it takes, or not at all where the operations say so.
#[inline]
pub(crate) fn endless(id: SemId, ops: &[SemBuf]) -> sysv_ipc::Result<()> {
    retry_on_intr(|| sysv_ipc::semop(id, ops))
}

/// Waits up to a deadline, for the operations in `waiting`; those in `trying` are the same, but do not wait.
#[inline]
pub(crate) fn timed(
    id: SemId,
    waiting: &[SemBuf],
    trying: &[SemBuf],
    deadline: impl Into<Deadline>,
) -> std::result::Result<(), Ended> {
    let attempt = || sysv_ipc::semop(id, trying);
    #[cfg(sysv = "semtimedop")]
    if !polls() {
        let wait = |time| sysv_ipc::semtimedop(id, waiting, time);
        let refuses = || {
            waiting
                .iter()
                .any(|op| op.flags().contains(SemFlags::NOWAIT))
        };
        return deadline::timed(deadline, attempt, wait, refuses);
    }
    deadline::poll(Wait::Until(deadline), |may_wait| {
        if may_wait {
            sysv_ipc::semop(id, waiting)
        } else {
            attempt()
        }
    })
}

#[cfg(test)]
thread_local! {
    /// Whether this thread is to wait as it would where there is no `semtimedop`.
    static POLLS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether to do without `semtimedop` although it is there: only tests do.
#[cfg(sysv = "semtimedop")]
#[inline]
fn polls() -> bool {
    #[cfg(test)]
    return POLLS.get();
    #[cfg(not(test))]
    false
}

/// One operation on one semaphore, up to a deadline.
#[inline]
pub(crate) fn until(
    semaphore: &Semaphore,
    operation: &'static str,
    op: SemBuf,
    deadline: impl Into<Deadline>,
) -> Result<()> {
    timed(semaphore.id(), &[op], &[without_waiting(op)], deadline).map_err(|ended| match ended {
        Ended::TimedOut => Error::timed_out(operation, semaphore.subject()),
        Ended::Failed(errno) => refused(operation, semaphore, op, errno),
    })
}

/// Makes the error of a call on one semaphore. Of a number that the set does not have, `semop` says `EFBIG`, and
/// `semctl` says `EINVAL`, as of much else.
#[cold]
pub(crate) fn member_error(operation: &'static str, semaphore: &Semaphore, errno: Errno) -> Error {
    let error = handle::error(operation, semaphore.subject(), errno);
    if !matches!(errno, Errno::EINVAL | Errno::EFBIG) {
        return error;
    }
    let number = semaphore.number();
    match semaphore.set.count(operation) {
        Ok(Some(count)) if usize::from(number) >= count => {
            let because = format!(
                "its number is {number}, and the set has {count} semaphores, counted from 0"
            );
            error.with_kind(ErrorKind::NoSuchSemaphore).because(because)
        }
        _ => error,
    }
}

/// The error for an operation on one semaphore that the kernel refused.
#[cold]
pub(crate) fn refused(
    operation: &'static str,
    semaphore: &Semaphore,
    op: SemBuf,
    errno: Errno,
) -> Error {
    let error = member_error(operation, semaphore, errno);
    match error.kind() {
        ErrorKind::OutOfRange => match beyond_range(semaphore.id(), &[op]) {
            Some(because) => error.because(because),
            None => error,
        },
        _ => error,
    }
}

/// The error for a value that could not be set.
#[cold]
pub(crate) fn value_error(
    operation: &'static str,
    subject: Subject,
    errno: Errno,
    value: u32,
) -> Error {
    let error = handle::error(operation, subject, errno);
    if error.kind() != ErrorKind::OutOfRange {
        return error;
    }
    error.because(match value_max() {
        Some(max) => format!("the value is {value}, and must be from 0 to {max} (SEMVMX)"),
        None => format!("the value is {value}, which is more than the system allows"),
    })
}

/// The limit that made the kernel say ERANGE to these operations: that on values, or that on what one process may
/// have to undo. Which, the values tell as they are now.
pub(crate) fn beyond_range(id: SemId, ops: &[SemBuf]) -> Option<String> {
    let greatest = value_max()?;
    let passed = ops.iter().find_map(|op| {
        // What subtracts passes no limit.
        let more = u64::try_from(op.op()).ok()?;
        let value = u64::from(sysv_ipc::semctl_getval(id, op.num()).ok()?.unsigned_abs());
        (value + more > greatest).then_some((value, more))
    });
    Some(match passed {
        Some((value, more)) => format!(
            "the value is {value}, and with {more} more it would pass the limit of {greatest} (SEMVMX)"
        ),
        None if ops.iter().any(|op| op.flags().contains(SemFlags::UNDO)) => format!(
            "this process would have more to undo than the limit of {} allows (SEMAEM)",
            undo_max()?
        ),
        None => format!("the value would pass the limit of {greatest} (SEMVMX)"),
    })
}

/// The most steps that the running kernel takes in one operation, where it tells.
pub(crate) fn most_steps() -> Option<u64> {
    Some(Limits::semaphores().ok()?.operations_max())
}

/// The greatest value that the running kernel takes, where it tells.
fn value_max() -> Option<u64> {
    Some(Limits::semaphores().ok()?.value_max())
}

/// The most that one process may have to undo on a semaphore of the running kernel, where it tells.
fn undo_max() -> Option<u64> {
    Some(Limits::semaphores().ok()?.undo_max())
}

#[cfg(test)]
mod tests;
