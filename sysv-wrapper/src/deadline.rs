//! Waiting: the policy on signals, and the one place that reads the clock and sleeps.
//!
//! A handled signal neither ends a wait nor prolongs it, unless its [`Deadline`] is interruptible.
//!
//! Where the kernel has a timed call, the kernel waits ([`timed`]). Where it has none (queues everywhere, semaphores on
//! macOS, FreeBSD and OpenBSD) the call is repeated without waiting, with pauses that grow from 50 µs to 5 ms and never
//! pass the deadline ([`poll`]). That takes no thread and no signal; a wake-up may come one pause late, and the caller
//! has no place in the kernel's queue of waiters.

use std::time::{Duration, Instant};

use rustix::thread::NanosleepRelativeResult;
use sysv_ipc::Errno;

/// The first pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_micros(50);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// When a wait ends: after a time span, at an instant, or never; and whether a handled signal ends it too.
///
/// Functions that take `impl Into<Deadline>` take a [`Duration`] or an [`Instant`] as well. A time span beyond the range
/// of the clock means never.
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

    /// Has a handled signal end the wait too, with [`is_interrupted`](crate::Error::is_interrupted): for language
    /// bindings, and for programs that set a flag on Ctrl-C.
    ///
    /// A signal that is handled right before the wait begins is not seen, so a program that must not miss one waits in
    /// short spans and looks at its flag between them. Job control and debuggers may end such a wait as well; look at
    /// the flag, and wait again.
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

    /// Returns the time left: `None` without a time limit, zero once it is over.
    fn remaining(self) -> Option<Duration> {
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

/// How long an operation may wait: the three forms that each has. A time span becomes a [`Deadline`], which reads the
/// clock, only after a first try.
#[derive(Debug, Copy, Clone)]
pub(crate) enum Wait<D> {
    Forever,
    Try,
    Until(D),
}

impl Wait<Deadline> {
    pub(crate) const FOREVER: Wait<Deadline> = Wait::Forever;
    pub(crate) const TRY: Wait<Deadline> = Wait::Try;
}

/// How a wait ended without success.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    TimedOut,
    /// The call failed; with `EINTR`, a signal ended an interruptible wait.
    Failed(Errno),
}

/// Makes a call, and makes it again for as long as a handled signal interrupts it.
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

/// Waits in the kernel, up to a deadline.
///
/// `attempt` never waits. `wait` waits for at most the given time; `None` is no limit. `refuses` says whether `wait` may
/// also answer "would block" because not all of it may wait: that ends the wait, while an answer that came too early
/// does not. A zero time is over after the first try.
#[inline]
#[cfg_attr(not(sysv = "semtimedop"), allow(dead_code))]
pub(crate) fn timed<T>(
    deadline: impl Into<Deadline>,
    mut attempt: impl FnMut() -> sysv_ipc::Result<T>,
    mut wait: impl FnMut(Option<Duration>) -> sysv_ipc::Result<T>,
    refuses: impl Fn() -> bool,
) -> Result<T, Ended> {
    match retry_on_intr(&mut attempt) {
        Ok(value) => return Ok(value),
        Err(errno) if would_block(errno) => {}
        Err(errno) => return Err(Ended::Failed(errno)),
    }
    let deadline = deadline.into();
    let mut remaining = deadline.remaining();
    while remaining != Some(Duration::ZERO) {
        let refused = match wait(remaining) {
            Ok(value) => return Ok(value),
            Err(Errno::EINTR) if !deadline.interruptible => None,
            Err(errno) if would_block(errno) => Some(errno),
            Err(errno) => return Err(Ended::Failed(errno)),
        };
        remaining = deadline.remaining();
        match refused {
            Some(errno) if remaining != Some(Duration::ZERO) && refuses() => {
                return Err(Ended::Failed(errno));
            }
            // The time is over, or a signal came, or the kernel's clock was ahead of this one.
            _ => {}
        }
    }
    Err(Ended::TimedOut)
}

/// Waits where the kernel has no timed call. `call` is given whether it may wait.
///
/// Without a deadline the kernel waits; with one, the call is repeated without waiting, with growing pauses.
#[inline]
pub(crate) fn poll<T, D: Into<Deadline>>(
    wait: Wait<D>,
    mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
) -> Result<T, Ended> {
    match wait {
        Wait::Forever => retry_on_intr(|| call(true)).map_err(Ended::Failed),
        Wait::Try => retry_on_intr(|| call(false)).map_err(Ended::Failed),
        Wait::Until(deadline) => poll_until(deadline, call),
    }
}

fn poll_until<T>(
    deadline: impl Into<Deadline>,
    mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
) -> Result<T, Ended> {
    let mut attempt = || match retry_on_intr(|| call(false)) {
        Ok(value) => Some(Ok(value)),
        Err(errno) if would_block(errno) => None,
        Err(errno) => Some(Err(Ended::Failed(errno))),
    };
    if let Some(answer) = attempt() {
        return answer;
    }
    let deadline = deadline.into();
    if deadline.end.is_some() {
        return until(deadline, attempt)?;
    }
    loop {
        match call(true) {
            Err(Errno::EINTR) if !deadline.interruptible => {}
            result => return result.map_err(Ended::Failed),
        }
    }
}

/// Asks until there is an answer or the deadline has passed, with growing pauses. The last question is asked after the
/// deadline, so that no answer that came in time is missed.
pub(crate) fn until<T>(
    deadline: impl Into<Deadline>,
    mut answer: impl FnMut() -> Option<T>,
) -> Result<T, Ended> {
    if let Some(found) = answer() {
        return Ok(found);
    }
    let deadline = deadline.into();
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

/// Sleeps, but for no longer than until the next handled signal: a sleep that resumes after each signal, as that of std,
/// need not end in a storm of them. Returns whether a signal ended it.
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

/// Whether the answer means that the call, which was not to wait, would have had to.
pub(crate) fn would_block(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMSG)
}
