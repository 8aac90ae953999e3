//! How a small demonstration can end before its time, in words and as an exit status.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::signals;

/// What the exit statuses mean, for the end of a help text; `found` is what 1 means, if it can be.
pub fn statuses(found: Option<&str>) -> String {
    let one = found.map_or_else(String::new, |what| format!("\n  1         {what}"));
    format!(
        "Exit status:
  0         done{one}
  2         wrong usage, or a failure
  129, 130, 143
            ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM"
    )
}

/// Why a demonstration ends early.
#[derive(Debug)]
pub enum End {
    /// A signal came.
    Interrupted(u8),
    /// The process that started this one is gone.
    Gone,
    /// It has found what it looks for, and that is bad news.
    Found(String),
    /// Something failed.
    Failed(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Interrupted(signal) => {
                write!(f, "interrupted by {}", signals::name((*signal).into()))
            }
            End::Gone => f.write_str("the process that started this one is gone"),
            End::Found(what) | End::Failed(what) => f.write_str(what),
        }
    }
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            // As shells have it.
            End::Interrupted(signal) => signal.saturating_add(128),
            End::Found(_) => 1,
            End::Gone | End::Failed(_) => 2,
        })
    }
}

impl From<sysv_wrapper::Error> for End {
    fn from(error: sysv_wrapper::Error) -> End {
        End::Failed(error.to_string())
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Failed(error.to_string())
    }
}
