//! Signals that ask a process to end: caught, so that it can clean up.
//!
//! The handler sets a number and nothing else; whoever waits does so in slices, and looks at it in between.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signals that are caught: Ctrl-C, `kill`, and the terminal's end.
pub const CAUGHT: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Which signal has come, if any.
#[derive(Debug)]
pub struct Signals {
    caught: Arc<AtomicUsize>,
}

impl Signals {
    /// Catches them from now on.
    pub fn catch() -> io::Result<Signals> {
        let caught = Arc::new(AtomicUsize::new(0));
        for signal in CAUGHT {
            let number = usize::from(number(signal));
            flag::register_usize(signal, Arc::clone(&caught), number)?;
        }
        Ok(Signals { caught })
    }

    /// The last one that has come.
    pub fn caught(&self) -> Option<u8> {
        match u8::try_from(self.caught.load(Ordering::Relaxed)) {
            Ok(0) => None,
            Ok(number) => Some(number),
            Err(_) => Some(u8::MAX),
        }
    }
}

/// The number of a signal, which is small.
pub fn number(signal: i32) -> u8 {
    u8::try_from(signal).unwrap_or(u8::MAX)
}

/// What a signal is called.
pub fn name(signal: i32) -> String {
    match low_level::signal_name(signal) {
        Some(name) => name.to_owned(),
        None => format!("signal {signal}"),
    }
}
