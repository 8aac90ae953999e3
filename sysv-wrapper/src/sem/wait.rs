//! Operations on the semaphores of a set in each form of waiting, and their errors.

use sysv_ipc::{Errno, SemBuf, SemFlags, SemId};

use crate::deadline::{self, Block, Deadline, Ended, Wait};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::limits::Limits;
use crate::sem::SemaphoreSet;

/// An amount to acquire or to release: 1 to 32,767.
#[derive(Copy, Clone)]
pub(crate) struct Amount(i16);

impl Amount {
    /// Checks an amount. The error contains the reason.
    pub(crate) fn new(amount: u32) -> std::result::Result<Amount, String> {
        match i16::try_from(amount) {
            Ok(amount @ 1..) => Ok(Amount(amount)),
            _ => Err(format!(
                "the amount is {amount}, and must be from 1 to 32767"
            )),
        }
    }

    /// Returns the `sem_op` that adds the amount.
    pub(crate) fn release(self) -> i16 {
        self.0
    }

    /// Returns the `sem_op` that subtracts the amount.
    pub(crate) fn acquire(self) -> i16 {
        -self.0
    }
}

/// Returns the same step with `NOWAIT`.
#[inline]
pub(crate) fn without_waiting(step: SemBuf) -> SemBuf {
    SemBuf::new(step.num(), step.op(), step.flags() | SemFlags::NOWAIT)
}

/// Performs all steps atomically or none, in one form of waiting.
///
/// `waiting` contains the steps with their flags, `trying` the same steps with `NOWAIT`. Without a deadline this makes
/// one call of `semop`, and does not read the clock.
#[inline]
pub(crate) fn operate(
    set: &SemaphoreSet,
    operation: &'static str,
    waiting: &[SemBuf],
    trying: &[SemBuf],
    wait: Wait<impl Into<Deadline>>,
) -> Result<()> {
    perform(set.id(), waiting, trying, wait)
        .map_err(|ended| failure(set, operation, waiting, ended))
}

/// Performs one step on one semaphore, in one form of waiting.
#[inline]
pub(crate) fn operate_one(
    set: &SemaphoreSet,
    operation: &'static str,
    step: SemBuf,
    wait: Wait<impl Into<Deadline>>,
) -> Result<()> {
    perform(set.id(), &[step], &[without_waiting(step)], wait)
        .map_err(|ended| outside(set, step.num(), failure(set, operation, &[step], ended)))
}

/// Performs all steps at once or none, in one form of waiting.
#[inline]
pub(crate) fn perform(
    id: SemId,
    waiting: &[SemBuf],
    trying: &[SemBuf],
    wait: Wait<impl Into<Deadline>>,
) -> std::result::Result<(), Ended> {
    let call = |block| match block {
        Block::No => sysv_ipc::semop(id, trying),
        Block::Forever => sysv_ipc::semop(id, waiting),
        Block::UpTo(time) => semtimedop(id, waiting, time),
    };
    // The kernel also fails if a step with `NOWAIT` would have to wait. An attempt with `NOWAIT` for all steps does not
    // show which step that was.
    let is_final = |block| block != Block::No && waiting.iter().any(has(SemFlags::NOWAIT));
    deadline::block(wait, call, is_final)
}

/// Waits in the kernel for at most `time`, where the system supports that.
#[inline]
fn semtimedop(id: SemId, steps: &[SemBuf], time: std::time::Duration) -> sysv_ipc::Result<()> {
    #[cfg(all(sysv = "semtimedop", test))]
    if tests::MISSING.get() {
        return Err(Errno::ENOSYS);
    }
    #[cfg(sysv = "semtimedop")]
    return sysv_ipc::semtimedop(id, steps, Some(time));
    #[cfg(not(sysv = "semtimedop"))]
    {
        let _ = (id, steps, time);
        Err(Errno::ENOSYS)
    }
}

fn has(flag: SemFlags) -> impl Fn(&SemBuf) -> bool {
    move |step| step.flags().contains(flag)
}

/// Creates the error of an operation, with details that the kernel does not report.
#[cold]
pub(crate) fn failure(
    set: &SemaphoreSet,
    operation: &'static str,
    steps: &[SemBuf],
    ended: Ended,
) -> Error {
    let errno = match ended {
        Ended::TimedOut => return Error::timed_out(operation, set.subject()),
        Ended::Failed(errno) => errno,
    };
    let error = handle::error(operation, set.subject(), errno);
    let undoes = steps.iter().any(has(SemFlags::UNDO));
    let limits = || Limits::semaphores().ok();
    let because = match error.kind() {
        ErrorKind::TooBig => too_many(steps.len()),
        ErrorKind::NoSuchSemaphore => first_outside(set, steps),
        ErrorKind::OutOfRange => out_of_range(set.id(), steps),
        ErrorKind::OutOfMemory if undoes => {
            Some("the kernel has no memory to note what it is to undo".to_owned())
        }
        ErrorKind::LimitReached if undoes => {
            let most = limits().and_then(|limits| limits.undo_processes_max);
            let most = most.map_or_else(String::new, |most| format!(" = {most}"));
            Some(format!(
                "the system has no undo structure left for this process (SEMMNU{most})"
            ))
        }
        // The set exists, and steps and numbers are valid: macOS and the BSDs return this for exhausted undo entries.
        ErrorKind::InvalidArgument if undoes => {
            let most = limits().and_then(|limits| limits.undo_entries_max);
            let most = most.map_or_else(String::new, |most| format!(" = {most}"));
            let because = format!(
                "this process has as many undo entries as the system allows (SEMUME{most})"
            );
            return error.with_kind(ErrorKind::LimitReached).because(because);
        }
        _ => None,
    };
    match because {
        Some(because) => error.because(because),
        None => error,
    }
}

/// Names the limit that the number of steps exceeds.
fn too_many(count: usize) -> Option<String> {
    let limit = Limits::semaphores().ok()?.operations_max();
    Some(format!(
        "the limit on steps in one operation (SEMOPM = {limit}) is less than the {count} asked for"
    ))
}

/// Names the first step on a semaphore beyond the size of the set.
fn first_outside(set: &SemaphoreSet, steps: &[SemBuf]) -> Option<String> {
    let count = set.count("ask about").ok().flatten()?;
    let mut numbers = steps.iter().map(|step| usize::from(step.num()));
    let position = numbers.clone().position(|number| number >= count)?;
    let number = numbers.nth(position)?;
    Some(format!(
        "step {} is on semaphore {number}, and the set has {count}, counted from 0",
        position + 1
    ))
}

/// Names the size of the set in the error of a call on one semaphore, if the set has no semaphore of this number. The
/// kernel returns `EFBIG` from `semop`, and `EINVAL` from `semctl`.
#[cold]
pub(crate) fn outside(set: &SemaphoreSet, number: u16, error: Error) -> Error {
    if !matches!(error.errno(), Some(Errno::EFBIG | Errno::EINVAL)) {
        return error;
    }
    match set.count("ask about") {
        Ok(Some(count)) if usize::from(number) >= count => {
            let because = format!(
                "its number is {number}, and the set has {count} semaphores, counted from 0"
            );
            error.with_kind(ErrorKind::NoSuchSemaphore).because(because)
        }
        _ => error,
    }
}

/// Names the limit that `ERANGE` means: the limit on values, or the limit on the undo entries of one process. The
/// current values show which one.
fn out_of_range(id: SemId, steps: &[SemBuf]) -> Option<String> {
    let limits = Limits::semaphores().ok()?;
    let greatest = limits.value_max();
    let passed = steps.iter().find_map(|step| {
        // A step that subtracts exceeds no limit.
        let more = u64::try_from(step.op()).ok()?;
        let value = u64::from(sysv_ipc::semctl_getval(id, step.num()).ok()?.unsigned_abs());
        (value + more > greatest).then_some((value, more))
    });
    Some(match passed {
        Some((value, more)) => format!(
            "the value is {value}, and with {more} more it would pass the limit of {greatest} (SEMVMX)"
        ),
        None if steps.iter().any(has(SemFlags::UNDO)) => format!(
            "this process would have more to undo than the limit of {} allows (SEMAEM)",
            limits.undo_max()
        ),
        None => format!("the value would pass the limit of {greatest} (SEMVMX)"),
    })
}

/// Creates the error of a value that could not be set.
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
    error.because(match Limits::semaphores() {
        Ok(limits) => format!(
            "the value is {value}, and must be from 0 to {} (SEMVMX)",
            limits.value_max()
        ),
        Err(_) => format!("the value is {value}, which is more than the system allows"),
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "compares waits with the clock")]
mod tests {
    //! Waiting with a deadline, in the kernel and by repeated attempts: the same tests run in a thread with
    //! `semtimedop` and in one without it. Also errors that the kernel does not return in tests.

    use std::cell::Cell;
    use std::time::{Duration, Instant};

    use sysv_ipc::{Errno, SemBuf, SemFlags};

    use super::{Ended, failure, outside};
    use crate::{Error, ErrorKind, RemoveOnDrop, Result, Semaphore, SemaphoreSet};

    thread_local! {
        /// Whether `semtimedop` is missing at run time, for this thread.
        pub(super) static MISSING: Cell<bool> = const { Cell::new(false) };
    }

    /// A time longer than any wait of these tests.
    const LONG: Duration = Duration::from_secs(600);

    /// Runs a test both ways, each in its own thread.
    fn both(test: fn()) {
        for missing in [false, true] {
            let thread = std::thread::spawn(move || {
                MISSING.set(missing);
                test();
            });
            if let Err(panic) = thread.join() {
                eprintln!("without semtimedop: {missing}");
                std::panic::resume_unwind(panic);
            }
        }
    }

    fn semaphore(value: u32) -> RemoveOnDrop<Semaphore> {
        RemoveOnDrop::new(Semaphore::builder().value(value).create_private().unwrap())
    }

    fn set(values: [u16; 2]) -> RemoveOnDrop<SemaphoreSet> {
        let set = SemaphoreSet::builder().values(values).create_private();
        RemoveOnDrop::new(set.unwrap())
    }

    /// Makes a call that must time out, and not before `time`.
    #[track_caller]
    fn expires(time: Duration, call: impl FnOnce() -> Result<()>) {
        let start = Instant::now();
        let error = call().unwrap_err();
        let lasted = start.elapsed();
        assert!(error.is_timed_out(), "{error}");
        assert!(lasted >= time, "it lasted {lasted:?}");
    }

    /// Row P11.
    #[test]
    fn the_time_is_over_neither_early_nor_much_late() {
        both(|| {
            let (taken, full) = (semaphore(0), semaphore(1));
            for time in [0, 1, 7, 60].map(Duration::from_millis) {
                expires(time, || taken.acquire_timeout(time));
                expires(time, || taken.acquire_timeout(Instant::now() + time));
                expires(time, || taken.acquire_by_timeout(2, time));
                expires(time, || full.wait_until_zero_timeout(time));
                expires(time, || taken.lock_timeout(time).map(drop));
            }
            expires(Duration::ZERO, || taken.acquire_timeout(Instant::now()));
            assert_eq!((taken.value().unwrap(), full.value().unwrap()), (0, 1));
        });
    }

    /// Row P11.
    #[test]
    fn what_is_there_is_taken_whatever_the_time() {
        both(|| {
            let semaphore = semaphore(3);
            semaphore.acquire_timeout(Duration::ZERO).unwrap();
            semaphore.acquire_timeout(Duration::MAX).unwrap();
            semaphore.acquire_timeout(Instant::now()).unwrap();
            semaphore.wait_until_zero_timeout(Duration::ZERO).unwrap();
        });
    }

    /// Row P11.
    #[test]
    fn a_release_ends_the_wait() {
        both(|| {
            // Neither a long time nor the longest one overflows.
            for time in [LONG, Duration::MAX, Duration::from_secs(u64::MAX / 4)] {
                let semaphore = semaphore(0);
                let giver = (*semaphore).clone();
                let thread = std::thread::spawn(move || {
                    // Only the branch that the waiter takes depends on this: it has usually begun to wait.
                    std::thread::sleep(Duration::from_millis(20));
                    giver.release().unwrap();
                });
                semaphore.acquire_timeout(time).unwrap();
                thread.join().unwrap();
                assert_eq!(semaphore.value().unwrap(), 0);
            }
        });
    }

    /// Row C2.
    #[test]
    fn a_removal_ends_the_wait() {
        both(|| {
            let semaphore = semaphore(1);
            let remover = (*semaphore).clone();
            let thread = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(20));
                remover.remove().unwrap();
            });
            let error = semaphore.wait_until_zero_timeout(LONG).unwrap_err();
            assert!(error.is_removed(), "{error}");
            thread.join().unwrap();
            let error = semaphore.acquire_timeout(LONG).unwrap_err();
            assert!(error.is_removed(), "{error}");
        });
    }

    /// Row C4.
    #[test]
    fn an_operation_has_a_deadline_too() {
        both(|| {
            let set = set([1, 0]);
            let both = set.operation().acquire(0, 1).acquire(1, 1);
            let time = Duration::from_millis(7);
            expires(time, || both.run_timeout(time));
            expires(time, || both.run_timeout(Instant::now() + time));
            expires(time, || both.lock_timeout(time).map(drop));
            assert_eq!(set.values().unwrap(), [1, 0]);
            set.set_values(&[1, 1]).unwrap();
            both.run_timeout(Duration::ZERO).unwrap();
            assert_eq!(set.values().unwrap(), [0, 0]);
        });
    }

    /// Row C4. Only the kernel's own wait shows which step would have to wait.
    #[cfg(sysv = "semtimedop")]
    #[test]
    fn a_step_that_does_not_wait_ends_a_timed_operation() {
        let set = set([1, 0]);
        let operation = set.operation().acquire(0, 1).acquire(1, 1).no_wait();
        for deadline in [LONG.into(), crate::Deadline::never()] {
            let error = operation.run_timeout(deadline).unwrap_err();
            assert!(error.is_would_block(), "{error}");
        }
        // The step before it has to wait, and that wait times out.
        let operation = set.operation().acquire(1, 1).acquire(0, 2).no_wait();
        let time = Duration::from_millis(7);
        expires(time, || operation.run_timeout(time));
    }

    /// Systems whose undo entries are exhausted, on an existing set.
    #[test]
    fn an_undo_that_the_system_refuses_is_a_limit() {
        let set = set([1, 0]);
        let error = |errno, flags| {
            let step = SemBuf::new(0, -1, flags);
            failure(&set, "lock", &[step], Ended::Failed(errno))
        };
        for (errno, limit) in [(Errno::EINVAL, "SEMUME"), (Errno::ENOSPC, "SEMMNU")] {
            let error = error(errno, SemFlags::UNDO);
            assert!(error.is_limit_reached(), "{error}");
            assert_eq!(error.errno(), Some(errno));
            assert!(error.to_string().contains(limit), "{error}");
        }
        let memory = error(Errno::ENOMEM, SemFlags::UNDO);
        assert_eq!(memory.kind(), ErrorKind::OutOfMemory);
        assert!(memory.to_string().contains("undo"), "{memory}");
        let other = error(Errno::EINVAL, SemFlags::empty());
        assert!(other.is_invalid_argument(), "{other}");
        for errno in [Errno::ENOMEM, Errno::ENOSPC] {
            let text = error(errno, SemFlags::empty()).to_string();
            assert!(!text.contains("undo"), "{text}");
        }
        set.remove().unwrap();
        let gone = error(Errno::EINVAL, SemFlags::UNDO);
        assert!(gone.is_removed(), "{gone}");
    }

    #[test]
    fn the_number_is_to_blame_only_if_the_set_has_no_such_semaphore() {
        let set = set([1, 1]);
        let kind = |number| {
            let error = Error::call("ask about", set.subject(), Errno::EINVAL);
            outside(&set, number, error).kind()
        };
        assert_ne!(kind(1), ErrorKind::NoSuchSemaphore);
        assert_eq!(kind(2), ErrorKind::NoSuchSemaphore);
    }
}
