//! What the small demonstrations share: how they begin and end, wait, speak, and start a second process.
//!
//! A demonstration is one function that plays on a [`Stage`] and may end with an [`End`]. What it makes it keeps in
//! guards, so that every end removes it: the last line, an error, a panic, Ctrl-C.

mod end;
mod options;
mod second;

use std::cell::Cell;
use std::process::{self, ExitCode};
use std::thread;
use std::time::Duration;

pub use end::{End, statuses};
pub use options::{Pause, Role};
pub use second::Second;

use crate::console::{complain, tell};
use crate::signals::Signals;

/// How long to wait before looking whether it is time to stop.
const SLICE: Duration = Duration::from_millis(50);

/// Where a demonstration plays: it knows when to stop.
#[derive(Debug)]
pub struct Stage {
    signals: Signals,
    /// The process that started this one, if it is a second process.
    first: Option<u32>,
    /// Whether there was a scene already.
    begun: Cell<bool>,
}

/// Plays, and turns how it ended into a line on stderr and an exit status.
pub fn play(
    name: &str,
    role: Option<&Role>,
    demonstration: impl FnOnce(&Stage) -> Result<(), End>,
) -> ExitCode {
    let played = Signals::catch().map_err(End::from).and_then(|signals| {
        demonstration(&Stage {
            signals,
            first: role.map(Role::first),
            begun: Cell::new(false),
        })
    });
    let Err(end) = played else {
        return ExitCode::SUCCESS;
    };
    // A second process that is told to stop leaves it to the first one to say so.
    if role.is_none() || matches!(end, End::Found(_) | End::Failed(_)) {
        complain(name, &end);
    }
    end.into()
}

impl Stage {
    /// Whether it is time to stop: a signal has come, or whoever started this process is gone.
    ///
    /// # Errors
    ///
    /// Why it is.
    pub fn check(&self) -> Result<(), End> {
        if let Some(signal) = self.signals.caught() {
            return Err(End::Interrupted(signal));
        }
        match self.first {
            Some(first) if first != std::os::unix::process::parent_id() => Err(End::Gone),
            _ => Ok(()),
        }
    }

    /// Begins a part of the demonstration, with a headline.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check).
    pub fn scene(&self, headline: &str) -> Result<(), End> {
        self.check()?;
        let gap = if self.begun.replace(true) { "\n" } else { "" };
        tell(format_args!("{gap}{headline}"));
        Ok(())
    }

    /// A line of what happens, with the number of the process that says it if it is a second one.
    pub fn say(&self, line: impl std::fmt::Display) {
        match self.first {
            None => tell(format_args!("  {line}")),
            Some(_) => tell(format_args!("  [process {}] {line}", process::id())),
        }
    }

    /// Waits as long as it takes, or until it is time to stop: `attempt` waits for at most the time that it is
    /// given, and is called again when that is over.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check), and those of `attempt`.
    pub fn wait<T>(
        &self,
        mut attempt: impl FnMut(Duration) -> sysv_wrapper::Result<T>,
    ) -> Result<T, End> {
        loop {
            self.check()?;
            match attempt(SLICE) {
                Err(error) if error.is_timed_out() => {}
                done => return Ok(done?),
            }
        }
    }

    /// Looks again and again until there is something to see.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check), and those of `look`.
    pub fn watch<T>(&self, mut look: impl FnMut() -> Result<Option<T>, End>) -> Result<T, End> {
        loop {
            self.check()?;
            if let Some(seen) = look()? {
                return Ok(seen);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Stops, if that is wanted, until it is interrupted, so that one can look at the objects from outside.
    ///
    /// # Errors
    ///
    /// [`End::Interrupted`].
    pub fn pause(&self, pause: Pause) -> Result<(), End> {
        if !pause.pause {
            return self.check();
        }
        tell("\nPaused: look at the objects with `ipcs` or `sysvipc list`. Ctrl-C removes them.");
        self.watch(|| Ok(None))
    }
}
