//! What is told to the user: results on stdout, complaints on stderr.
//!
//! Neither ends the program if nobody listens: a closed pipe is no reason to leave objects behind.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// A line on stdout, at once.
pub fn tell(line: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A line on stderr, with the name of who complains.
pub fn complain(who: impl Display, line: impl Display) {
    let mut err = io::stderr().lock();
    // On a terminal there may be a progress bar in the line, also another process's.
    let erase = if err.is_terminal() { "\r\x1b[2K" } else { "" };
    // In one piece: the other process writes to the same place.
    let _ = err.write_all(format!("{erase}{who}: {line}\n").as_bytes());
}
