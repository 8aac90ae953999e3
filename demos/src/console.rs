//! Output: results on stdout, problems and the progress bar on stderr.
//!
//! A closed pipe ends no program: the objects are still to be removed.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Prints a line on stdout, and erases a progress bar.
pub fn print(line: impl Display) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Prints a line on stderr, after the name of the process. One write, because other processes write there too.
pub fn warn(name: impl Display, line: impl Display) {
    let mut err = io::stderr().lock();
    // Erases a progress bar, which may be another process's.
    let erase = if err.is_terminal() { "\r\x1b[K" } else { "" };
    let _ = err.write_all(format!("{erase}{name}: {line}\n").as_bytes());
}

/// A progress bar on stderr, if that is a terminal. Appears after a second.
#[derive(Debug)]
pub struct Progress {
    /// When to draw next; `None` if there is no terminal.
    next: Option<Instant>,
}

impl Progress {
    /// Returns a bar that is not drawn yet.
    pub fn new(quiet: bool) -> Progress {
        let shown = !quiet && io::stderr().is_terminal();
        let next = shown.then(|| Instant::now() + Duration::from_secs(1));
        Progress { next }
    }

    /// Draws the bar, at most ten times a second.
    pub fn show(&mut self, done: u32, all: u32) {
        let now = Instant::now();
        if let Some(next) = self.next.as_mut().filter(|next| now >= **next) {
            *next = now + Duration::from_millis(100);
            let length = u64::from(done) * 40 / u64::from(all.max(1));
            let bar = "#".repeat(usize::try_from(length).unwrap_or(0));
            let _ = write!(io::stderr(), "\r[{bar:40}] {done} of {all}\x1b[K");
        }
    }
}
