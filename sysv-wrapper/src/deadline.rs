//! Waiting: the one policy on signals, and the one place that looks at the clock.
//!
//! A signal does not surface: the wait goes on with the time that is left. Who wants to be interrupted
//! asks for that by name, or uses `sysv-ipc`.
//!
//! Where the kernel has a timed call, it waits ([`timed`]). Where it has none — queues everywhere,
//! semaphores on macOS, FreeBSD and OpenBSD — the call is tried again and again without waiting, with
//! pauses that grow from 50 µs to 5 ms and never pass the deadline ([`poll`]): no thread and no signal is
//! used, at the price of a wake-up that may come a pause late, and of no place in the kernel's order of
//! waiters.

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use sysv_ipc::Errno;

/// The first pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_micros(50);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// How long to wait: a time span from now on, a moment, or for ever.
///
/// Functions that take `impl Into<Deadline>` take a [`Duration`] or an [`Instant`]. A time span that is
/// longer than the clock can count means for ever.
///
/// ```
/// use std::time::{Duration, Instant};
/// use sysv_wrapper::Deadline;
///
/// assert_eq!(Deadline::from(Duration::MAX), Deadline::NEVER);
/// assert_ne!(Deadline::from(Instant::now()), Deadline::NEVER);
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No end.
    pub const NEVER: Deadline = Deadline(None);

    /// What is left of the time: `None` for no end, zero once it is over.
    fn remaining(self) -> Option<Duration> {
        self.0
            .map(|end| end.saturating_duration_since(Instant::now()))
    }
}

impl From<Duration> for Deadline {
    fn from(time: Duration) -> Deadline {
        Deadline(Instant::now().checked_add(time))
    }
}

impl From<Instant> for Deadline {
    fn from(end: Instant) -> Deadline {
        Deadline(Some(end))
    }
}

/// How a wait that was not simply endless ended without success.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The time is over.
    TimedOut,
    /// The call failed with something else than "would have to wait".
    Failed(Errno),
}

/// Waits without limit: makes the call again after each signal.
#[inline]
pub(crate) fn endless<T>(mut call: impl FnMut() -> sysv_ipc::Result<T>) -> sysv_ipc::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Waits up to a deadline: tries once without waiting before the clock is read, then has the kernel wait
/// for what is left of the time.
///
/// `attempt` never waits. `wait` waits for at most the time that it is given; `None` is no limit. `refuses` tells
/// whether `wait` may also say that it would have to wait because it was told not to wait for everything: that
/// ends the wait, while an answer that came too early does not. A zero time is over after the first try.
#[inline]
#[cfg_attr(not(sysv = "semtimedop"), allow(dead_code))]
pub(crate) fn timed<T>(
    deadline: impl Into<Deadline>,
    mut attempt: impl FnMut() -> sysv_ipc::Result<T>,
    mut wait: impl FnMut(Option<Duration>) -> sysv_ipc::Result<T>,
    refuses: impl Fn() -> bool,
) -> Result<T, Ended> {
    match endless(&mut attempt) {
        Ok(value) => return Ok(value),
        Err(errno) if would_block(errno) => {}
        Err(errno) => return Err(Ended::Failed(errno)),
    }
    let deadline = deadline.into();
    let mut remaining = deadline.remaining();
    while remaining != Some(Duration::ZERO) {
        let refused = match wait(remaining) {
            Ok(value) => return Ok(value),
            Err(Errno::EINTR) => None,
            Err(errno) if would_block(errno) => Some(errno),
            Err(errno) => return Err(Ended::Failed(errno)),
        };
        remaining = deadline.remaining();
        match refused {
            Some(errno) if remaining != Some(Duration::ZERO) && refuses() => {
                return Err(Ended::Failed(errno));
            }
            // The time is over, or a signal came, or the kernel's clock was ahead of ours.
            _ => {}
        }
    }
    Err(Ended::TimedOut)
}

/// Waits up to a deadline where the kernel cannot: tries again and again, with growing pauses.
///
/// `attempt` never waits.
pub(crate) fn poll<T>(
    deadline: impl Into<Deadline>,
    mut attempt: impl FnMut() -> sysv_ipc::Result<T>,
) -> Result<T, Ended> {
    until(deadline, || match endless(&mut attempt) {
        Ok(value) => Some(Ok(value)),
        Err(errno) if would_block(errno) => None,
        Err(errno) => Some(Err(Ended::Failed(errno))),
    })
    .unwrap_or(Err(Ended::TimedOut))
}

/// Asks again and again, with growing pauses, until there is an answer or the time is over. The last
/// question is asked after the end of the time, so that no answer that came in time is missed.
pub(crate) fn until<T>(
    deadline: impl Into<Deadline>,
    mut answer: impl FnMut() -> Option<T>,
) -> Option<T> {
    if let Some(found) = answer() {
        return Some(found);
    }
    let deadline = deadline.into();
    let mut pause = FIRST_PAUSE;
    loop {
        let remaining = deadline.remaining();
        let over = remaining == Some(Duration::ZERO);
        if !over {
            sleep(remaining.map_or(pause, |time| time.min(pause)));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        match answer() {
            Some(found) => return Some(found),
            None if over => return None,
            None => {}
        }
    }
}

/// Does nothing for a time.
///
/// `thread::sleep` starts anew after each signal, with what is left of the time and the slack that the kernel
/// gives itself, 50 µs: in a storm of more signals than that it never ends. This waits for what does not come,
/// up to a moment that signals do not move.
fn sleep(time: Duration) {
    let lock = Mutex::new(());
    if let Ok(guard) = lock.lock() {
        // It may end early, and then the caller asks a little too soon.
        drop(Condvar::new().wait_timeout(guard, time));
    }
}

/// Whether a call that was told not to wait would have had to.
fn would_block(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMSG)
}
