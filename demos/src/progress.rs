//! The progress bar: on a terminal, and only when it takes long enough for anyone to wonder.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is over sooner is not shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Redraws per second.
const RATE: u8 = 10;

/// Shows how far the conversation is, on stderr.
#[derive(Debug)]
pub struct Progress {
    /// How many exchanges there are to be; 0 if nothing is to be shown.
    total: u32,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of this many exchanges, beginning now.
    pub fn new(total: u32, quiet: bool) -> Progress {
        let shown = !quiet && io::stderr().is_terminal();
        Progress {
            total: if shown { total } else { 0 },
            begun: Instant::now(),
            bar: None,
        }
    }

    /// Nothing is shown.
    pub fn hidden() -> Progress {
        Progress::new(0, true)
    }

    /// Only now it begins.
    pub fn begin(&mut self) {
        self.begun = Instant::now();
    }

    /// So many exchanges are done.
    pub fn show(&mut self, done: u32) {
        if self.total == 0 || self.bar.is_none() && self.begun.elapsed() < PATIENCE {
            return;
        }
        let begun = self.begun;
        let bar = self.bar.get_or_insert_with(|| new_bar(self.total, begun));
        bar.set_position(done.into());
    }

    /// Takes the bar away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn new_bar(total: u32, begun: Instant) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(RATE);
    let bar = ProgressBar::with_draw_target(Some(total.into()), target);
    let template = "{wide_bar} {human_pos} of {human_len}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.with_elapsed(begun.elapsed())
}
