//! What is being done right now, on standard error: a bar on a terminal, a line per step elsewhere.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far the checks are.
pub(super) struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
}

impl Progress {
    /// Of so many checks.
    pub(super) fn new(checks: usize) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let bar = if on_terminal {
            ProgressBar::new(checks as u64)
        } else {
            ProgressBar::hidden()
        };
        let template = "{spinner} {pos} of {len} checks, {elapsed}  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if on_terminal {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, on_terminal }
    }

    /// What comes next.
    pub(super) fn tell(&self, what: &str) {
        if self.on_terminal {
            self.bar.set_message(what.to_owned());
        } else {
            eprintln!("{what}");
        }
    }

    /// One check is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// Has the bar out of the way while `print` prints.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
