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

use std::thread;
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

    /// Whether the time is over.
    fn is_over(self) -> bool {
        self.remaining() == Some(Duration::ZERO)
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
/// `attempt` never waits. `wait` waits for at most the time that it is given; `None` is no limit.
#[inline]
#[cfg_attr(not(sysv = "semtimedop"), allow(dead_code))]
pub(crate) fn timed<T>(
    deadline: impl Into<Deadline>,
    mut attempt: impl FnMut() -> sysv_ipc::Result<T>,
    mut wait: impl FnMut(Option<Duration>) -> sysv_ipc::Result<T>,
) -> Result<T, Ended> {
    match endless(&mut attempt) {
        Ok(value) => return Ok(value),
        Err(errno) if would_block(errno) => {}
        Err(errno) => return Err(Ended::Failed(errno)),
    }
    let deadline = deadline.into();
    loop {
        let remaining = deadline.remaining();
        if remaining == Some(Duration::ZERO) {
            return Err(Ended::TimedOut);
        }
        match wait(remaining) {
            Ok(value) => return Ok(value),
            // A signal, or the kernel's clock was ahead of ours: the loop looks at the time.
            Err(Errno::EINTR) => {}
            Err(errno) if would_block(errno) => {}
            Err(errno) => return Err(Ended::Failed(errno)),
        }
    }
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
        let over = deadline.is_over();
        if !over {
            let remaining = deadline.remaining().unwrap_or(Duration::MAX);
            thread::sleep(pause.min(remaining));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        match answer() {
            Some(found) => return Some(found),
            None if over => return None,
            None => {}
        }
    }
}

/// Whether a call that was told not to wait would have had to.
fn would_block(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMSG)
}
