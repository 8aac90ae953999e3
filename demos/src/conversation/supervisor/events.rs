//! What the supervisor waits for: signals, the end of a child, and now and then a look at the clock.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGCHLD;
use signal_hook::iterator::Signals;

use crate::signals::CAUGHT;

/// How long to wait before looking at the clock.
const TICK: Duration = Duration::from_millis(100);

/// Something that may be of interest.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// The supervisor is asked to end.
    Signal(i32),
    /// A child may have ended, or some time is over.
    Tick,
}

/// The events, as they come.
pub(super) struct Events(Receiver<i32>);

impl Events {
    /// Catches signals from now on.
    pub(super) fn listen() -> io::Result<Events> {
        let mut signals = Signals::new(CAUGHT.into_iter().chain([SIGCHLD]))?;
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                // Until nobody listens any more.
                signals.forever().all(|signal| sender.send(signal).is_ok());
            })?;
        Ok(Events(receiver))
    }

    /// Waits for the next one.
    pub(super) fn next(&self) -> Event {
        match self.0.recv_timeout(TICK) {
            Ok(SIGCHLD) | Err(RecvTimeoutError::Timeout) => Event::Tick,
            Ok(signal) => Event::Signal(signal),
            // The thread lasts as long as the process.
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(TICK);
                Event::Tick
            }
        }
    }
}
