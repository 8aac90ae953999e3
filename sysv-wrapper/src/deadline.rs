//! Waiting: the policy on signals, and the one place that reads the clock and sleeps.
//!
//! A handled signal neither ends a wait nor prolongs it, unless its [`Deadline`] is interruptible.
//!
//! Where the kernel has a timed call, the kernel waits. Where it has none (queues everywhere, semaphores on macOS,
//! FreeBSD and OpenBSD, and wherever the timed call turns out to be missing at run time) the call is repeated without
//! waiting, with pauses that grow from 50 µs to 5 ms and never pass the deadline. This needs no thread and no signal. A
//! wake-up may come one pause late, and the caller is not in the kernel's queue of waiters.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place that waits and reads the clock"
)]

use std::time::{Duration, Instant};

use rustix::thread::NanosleepRelativeResult;
use sysv_ipc::Errno;

/// Length of the first pause between two attempts.
const FIRST_PAUSE: Duration = Duration::from_micros(50);
/// Maximum length of a pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// The end of a wait: after a time span, at an instant, or never. A deadline can also let a handled signal end the
/// wait.
///
/// Functions that take `impl Into<Deadline>` accept a [`Duration`] or an [`Instant`] as well. A time span beyond the
/// range of the clock waits forever.
///
/// ```
/// use std::time::{Duration, Instant};
/// use sysv_wrapper::Deadline;
///
/// assert_eq!(Deadline::from(Duration::MAX), Deadline::never());
/// assert_ne!(Deadline::from(Instant::now()), Deadline::never());
/// ```
///
/// One deadline can bound several waits:
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{Deadline, RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 1]).create_private()?);
/// let deadline = Deadline::from(Duration::from_secs(5));
/// let _first = set.get(0)?.lock_timeout(deadline)?;
/// let _second = set.get(1)?.lock_timeout(deadline)?;
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Deadline {
    end: Option<Instant>,
    interruptible: bool,
}

impl Deadline {
    /// Returns the deadline of a wait without a time limit.
    pub const fn never() -> Deadline {
        Deadline {
            end: None,
            interruptible: false,
        }
    }

    /// Lets a handled signal end the wait with [`is_interrupted`](crate::Error::is_interrupted), for language bindings
    /// and for programs that set a flag on Ctrl-C.
    ///
    /// The wait does not notice a signal that is handled right before it begins. Where the wait repeats a call with
    /// pauses, it does not notice a signal that is handled during such a call either. A program that must not miss a
    /// signal should wait in short spans and check its flag between them. Job control and debuggers may end an
    /// interruptible wait as well.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sysv_wrapper::{Deadline, RemoveOnDrop, Semaphore};
    ///
    /// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(0).create_private()?);
    /// let deadline = Deadline::from(Duration::from_millis(5)).interruptible();
    /// let error = semaphore.acquire_timeout(deadline).unwrap_err();
    /// assert!(error.is_timed_out() || error.is_interrupted());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[must_use]
    pub const fn interruptible(self) -> Deadline {
        Deadline {
            interruptible: true,
            ..self
        }
    }

    /// Returns this deadline, or an earlier one after `time`.
    #[cfg(target_has_atomic = "64")]
    pub(crate) fn at_most(self, time: Duration) -> Deadline {
        let end = Instant::now().checked_add(time);
        let end = match (self.end, end) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Deadline { end, ..self }
    }

    /// Whether the time is over.
    #[cfg(target_has_atomic = "64")]
    pub(crate) fn is_over(self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// Returns the time left: `None` without a time limit, zero once it is over.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.end
            .map(|end| end.saturating_duration_since(Instant::now()))
    }
}

impl From<Duration> for Deadline {
    fn from(time: Duration) -> Deadline {
        Deadline {
            end: Instant::now().checked_add(time),
            ..Deadline::never()
        }
    }
}

impl From<Instant> for Deadline {
    fn from(end: Instant) -> Deadline {
        Deadline {
            end: Some(end),
            ..Deadline::never()
        }
    }
}

/// One of the three forms of waiting. A time span is converted to a [`Deadline`], which reads the clock, only after a
/// first attempt.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Wait<D> {
    Forever,
    Try,
    Until(D),
}

impl Wait<Deadline> {
    pub(crate) const FOREVER: Wait<Deadline> = Wait::Forever;
    pub(crate) const TRY: Wait<Deadline> = Wait::Try;
}

#[cfg(target_has_atomic = "64")]
impl<D: Into<Deadline>> Wait<D> {
    /// Converts a time span to a deadline, which reads the clock.
    pub(crate) fn started(self) -> Wait<Deadline> {
        match self {
            Wait::Forever => Wait::Forever,
            Wait::Try => Wait::Try,
            Wait::Until(deadline) => Wait::Until(deadline.into()),
        }
    }
}

/// The reason why a wait ended without success.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    TimedOut,
    /// The call failed; with `EINTR`, a signal ended an interruptible wait.
    Failed(Errno),
}

/// Makes a call, and repeats it as long as handled signals interrupt it.
#[inline]
pub(crate) fn retry_on_intr<T>(
    mut call: impl FnMut() -> sysv_ipc::Result<T>,
) -> sysv_ipc::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Makes a call that does not wait, and repeats it a limited number of times on `EINTR`, since a call without a wait is
/// not interrupted by a signal.
#[inline]
pub(crate) fn at_once<T>(mut call: impl FnMut() -> sysv_ipc::Result<T>) -> sysv_ipc::Result<T> {
    const TRIES: u32 = 1000;
    for _ in 1..TRIES {
        match call() {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
    call()
}

/// The time that one call may wait in the kernel.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    No,
    UpTo(Duration),
    Forever,
}

/// Makes a call in one of the three forms of waiting.
///
/// `call` makes one attempt, and returns `ENOSYS` to [`Block::UpTo`] if the system has no timed call of its kind. After
/// an attempt that would have had to wait, `is_final` returns whether waiting longer is pointless. Without a deadline,
/// `call` is made once, plus once per signal.
#[inline]
pub(crate) fn block<T, D: Into<Deadline>>(
    wait: Wait<D>,
    mut call: impl FnMut(Block) -> sysv_ipc::Result<T>,
    is_final: impl Fn(Block) -> bool,
) -> Result<T, Ended> {
    match wait {
        Wait::Forever => retry_on_intr(|| call(Block::Forever)).map_err(Ended::Failed),
        Wait::Try => at_once(|| call(Block::No)).map_err(Ended::Failed),
        Wait::Until(deadline) => block_until(deadline, call, is_final),
    }
}

/// Makes an attempt that does not wait. Reads the clock and waits only if that attempt fails.
#[inline]
fn block_until<T>(
    deadline: impl Into<Deadline>,
    mut call: impl FnMut(Block) -> sysv_ipc::Result<T>,
    is_final: impl Fn(Block) -> bool,
) -> Result<T, Ended> {
    match at_once(|| call(Block::No)) {
        Err(errno) if would_block(errno) || errno == Errno::EINTR => {
            wait_until(deadline.into(), call, is_final)
        }
        result => result.map_err(Ended::Failed),
    }
}

/// Waits in the kernel as long as the deadline allows.
fn wait_until<T>(
    deadline: Deadline,
    mut call: impl FnMut(Block) -> sysv_ipc::Result<T>,
    is_final: impl Fn(Block) -> bool,
) -> Result<T, Ended> {
    loop {
        let block = match deadline.remaining() {
            Some(Duration::ZERO) => return Err(Ended::TimedOut),
            Some(time) => Block::UpTo(time),
            None => Block::Forever,
        };
        match call(block) {
            Err(Errno::EINTR) if !deadline.interruptible => {}
            Err(Errno::ENOSYS) if block != Block::Forever => {
                return poll(deadline, call, is_final);
            }
            // The call timed out, or the kernel's clock was ahead of this one: the next iteration shows which.
            Err(errno) if would_block(errno) && block != Block::Forever => {
                if is_final(block) && deadline.remaining() != Some(Duration::ZERO) {
                    return Err(Ended::Failed(errno));
                }
            }
            result => return result.map_err(Ended::Failed),
        }
    }
}

/// Repeats a call that does not wait, with pauses.
fn poll<T>(
    deadline: Deadline,
    mut call: impl FnMut(Block) -> sysv_ipc::Result<T>,
    is_final: impl Fn(Block) -> bool,
) -> Result<T, Ended> {
    pause_until(deadline, || match at_once(|| call(Block::No)) {
        Err(Errno::EINTR) => None,
        Err(errno) if would_block(errno) && !is_final(Block::No) => None,
        result => Some(result.map_err(Ended::Failed)),
    })?
}

/// Returns the current second of a coarse clock, which takes a few nanoseconds to read and lags by some milliseconds.
#[cfg(target_os = "linux")]
pub(crate) fn second() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse).tv_sec
}

/// Repeats `answer`, with growing pauses, until it returns something or the deadline has passed. The last repetition
/// comes after the deadline, so that no result that arrived in time is missed.
pub(crate) fn until<T>(
    deadline: impl Into<Deadline>,
    mut answer: impl FnMut() -> Option<T>,
) -> Result<T, Ended> {
    match answer() {
        Some(found) => Ok(found),
        None => pause_until(deadline.into(), answer),
    }
}

/// [`until`], beginning with a pause.
fn pause_until<T>(deadline: Deadline, mut answer: impl FnMut() -> Option<T>) -> Result<T, Ended> {
    let mut pause = FIRST_PAUSE;
    loop {
        let remaining = deadline.remaining();
        let over = remaining == Some(Duration::ZERO);
        if !over {
            let interrupted = sleep(remaining.map_or(pause, |time| time.min(pause)));
            if interrupted && deadline.interruptible {
                return Err(Ended::Failed(Errno::EINTR));
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        match answer() {
            Some(found) => return Ok(found),
            None if over => return Err(Ended::TimedOut),
            None => {}
        }
    }
}

/// Sleeps for `time` or until a signal is handled, and returns whether a signal ended the sleep. Unlike std's sleep it
/// does not resume after a signal, since resuming may never end under a storm of signals.
fn sleep(time: Duration) -> bool {
    // A pause has far fewer seconds than the type holds.
    let request = rustix::thread::Timespec {
        tv_sec: time.as_secs().try_into().unwrap_or(0),
        tv_nsec: time.subsec_nanos().into(),
    };
    matches!(
        rustix::thread::nanosleep(&request),
        NanosleepRelativeResult::Interrupted(_)
    )
}

/// Returns whether the error number means that the call would have had to wait.
pub(crate) fn would_block(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMSG)
}

#[cfg(all(test, target_has_atomic = "64"))]
mod tests {
    use std::time::Duration;

    use super::Deadline;

    #[test]
    fn of_a_deadline_and_a_time_the_earlier_counts() {
        let (hour, day) = (Duration::from_secs(3600), Duration::from_secs(86_400));
        let in_an_hour = Deadline::from(hour);
        assert_eq!(in_an_hour.at_most(day), in_an_hour);
        assert!(Deadline::from(day).at_most(hour).remaining() <= Some(hour));
        let capped = Deadline::never().interruptible().at_most(hour);
        assert!(capped.remaining() <= Some(hour) && capped.remaining() > Some(Duration::ZERO));
        assert_eq!(capped, capped.interruptible());
    }
}
