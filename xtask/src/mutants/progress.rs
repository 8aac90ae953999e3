//! How far the work is, on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Elsewhere than on a terminal, one line per so many steps.
const STEPS: usize = 100;

/// So many steps of one kind.
pub(super) struct Progress {
    what: &'static str,
    bar: ProgressBar,
    all: usize,
    done: AtomicUsize,
}

impl Progress {
    /// `what` follows the numbers.
    pub(super) fn new(what: &'static str, all: usize) -> Self {
        let bar = if io::stderr().is_terminal() {
            ProgressBar::new(all as u64)
        } else {
            ProgressBar::hidden()
        };
        let template = format!("{{bar:20}} {{pos}} of {{len}} {what}, {{eta}} left  {{wide_msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let done = AtomicUsize::new(0);
        Self {
            what,
            bar,
            all,
            done,
        }
    }

    /// One more is done.
    pub(super) fn step(&self, message: &str) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(message.to_owned());
        self.bar.inc(1);
        if self.bar.is_hidden() && done % STEPS == 0 {
            eprintln!("{done} of {} {}", self.all, self.what);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
