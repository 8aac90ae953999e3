//! The two roles, and the reasons for an early end of a conversation, as a sentence and as an exit status.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use clap::ValueEnum;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// One of the two.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Mrs. Premise, who begins.
    Premise,
    /// Mrs. Conclusion, who answers.
    Conclusion,
}

impl Role {
    /// Returns the other one.
    #[must_use]
    pub const fn peer(self) -> Role {
        [Role::Conclusion, Role::Premise][self as usize]
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mrs. {self:?}")
    }
}

/// The reason why a process stops early.
#[derive(Debug)]
pub enum End {
    /// A signal arrived.
    Signal(i32),
    /// A record differs from the expected message of the other side.
    Corrupted(String),
    /// The time limit was reached.
    TimedOut(String),
    /// The other side has died or left.
    Gone(Role),
    /// Anything else.
    Failed(String),
}

impl End {
    /// Returns the exit status.
    pub fn status(&self) -> u8 {
        match self {
            End::Corrupted(_) => 1,
            End::Gone(_) | End::Failed(_) => 2,
            End::TimedOut(_) => 3,
            End::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}

impl<E: std::error::Error> From<E> for End {
    fn from(error: E) -> End {
        End::Failed(error.to_string())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Signal(number) => write!(f, "interrupted by {}", signal_name(*number)),
            End::Corrupted(text) => write!(f, "corruption: {text}"),
            End::Gone(role) => write!(f, "{role} has left the conversation"),
            End::TimedOut(text) | End::Failed(text) => f.write_str(text),
        }
    }
}

/// Returns the name of a signal.
pub fn signal_name(signal: i32) -> &'static str {
    low_level::signal_name(signal).unwrap_or("a signal")
}

/// Installs handlers for the signals that end a conversation in good order. Returns a cell that holds the number of the last
/// caught signal.
pub fn catch_signals() -> io::Result<Arc<AtomicUsize>> {
    let caught = Arc::new(AtomicUsize::new(0));
    for (signal, number) in [(SIGHUP, 1), (SIGINT, 2), (SIGTERM, 15)] {
        flag::register_usize(signal, Arc::clone(&caught), number)?;
    }
    Ok(caught)
}

/// Returns an error after a signal was caught.
pub fn check_signals(caught: &AtomicUsize) -> Result<(), End> {
    match caught.load(Relaxed) {
        0 => Ok(()),
        number => Err(End::Signal(i32::try_from(number).unwrap_or_default())),
    }
}
