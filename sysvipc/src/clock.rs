//! The command's own time: one deadline over several tries, and the pause between two looks.
//!
//! Waiting for an object is the library's business, and stays there.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A moment up to which something may be tried: of a time span that the clock cannot count, none.
#[derive(Debug, Copy, Clone)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// That much from now on; without end if nothing is said.
    pub(crate) fn after(time: Option<Duration>) -> Deadline {
        Deadline(time.and_then(|time| Instant::now().checked_add(time)))
    }

    /// What is left; `None` for no end.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|end| end.saturating_duration_since(Instant::now()))
    }
}

/// The first thing that is sent before the deadline.
pub(crate) fn receive<T>(from: &Receiver<T>, until: Deadline) -> Option<T> {
    let Some(time) = until.remaining() else {
        return from.recv().ok();
    };
    match from.recv_timeout(time) {
        Ok(what) => Some(what),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => {
            // Nobody is left to send: the pause is a pause all the same.
            std::thread::sleep(until.remaining().unwrap_or_default());
            None
        }
    }
}
