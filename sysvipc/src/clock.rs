//! The command's own time: one deadline over several calls, and pauses. The library waits for objects.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place of the command that waits"
)]

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The end of a wait; none for a duration that the clock cannot represent.
#[derive(Debug, Copy, Clone)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Returns the deadline after that time; no deadline for `None`.
    pub(crate) fn after(time: Option<Duration>) -> Deadline {
        Deadline(time.and_then(|time| Instant::now().checked_add(time)))
    }

    /// Returns the time until the deadline; `None` without one.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|end| end.saturating_duration_since(Instant::now()))
    }
}

/// Receives the first message before the deadline.
pub(crate) fn receive<T>(from: &Receiver<T>, deadline: Deadline) -> Option<T> {
    let Some(time) = deadline.remaining() else {
        return from.recv().ok();
    };
    match from.recv_timeout(time) {
        Ok(message) => Some(message),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => {
            // No sender is left.
            pause(deadline);
            None
        }
    }
}

/// Waits for the deadline. Returns at once without one.
pub(crate) fn pause(deadline: Deadline) {
    thread::sleep(deadline.remaining().unwrap_or_default());
}
