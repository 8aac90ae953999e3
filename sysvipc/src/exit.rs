//! How the command ends: its exit statuses, the one sentence on stderr that explains a failure, and the signals that
//! it was asked to end by.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::{self, ExitCode};

use signal_hook::low_level::emulate_default_handler;
use sysv_wrapper::{Error, ErrorKind};

/// What scripts are told. The help text and docs/sysvipc.md list them.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// All was done.
    Done = 0,
    /// Something that no other status is for: output that cannot be written, several kinds of failures.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// No such object.
    NotFound = 3,
    /// This user may not.
    Denied = 4,
    /// The key is in use, or the object is not as it was, or not as it should be.
    Conflict = 5,
    /// A limit of the system, or of the object.
    Limit = 6,
    /// It would have to wait, and was told not to.
    WouldBlock = 7,
    /// This system does not have it.
    Unsupported = 8,
    /// The time is over; the number is that of `timeout`.
    TimedOut = 124,
    /// `lock` itself failed; this and the next two are as `timeout`, `env` and `nice` have them.
    LockFailed = 125,
    /// COMMAND cannot be run.
    CannotRun = 126,
    /// COMMAND does not exist.
    NoCommand = 127,
}

/// The statuses for the help text, and so for the manual page.
pub(crate) const EXIT_STATUS: &str = "\
Exit status:
    0  all was done
    1  anything that has no number of its own, such as output that cannot be
       written; objects that could not be removed for several reasons
    2  the command line makes no sense; nothing was done
    3  no such object, key, file or user
    4  this user may not do that
    5  the key is in use; or the object has changed, or is not as it should be
    6  a limit is reached, or something is too large
    7  it would have to wait, and was told not to
    8  this system does not have it
  124  the time is over (--timeout)
  125  `lock` itself failed; 126: COMMAND cannot be run; 127: it does not exist.
       Else the exit status of `lock` is COMMAND's own";

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

impl From<ErrorKind> for Status {
    fn from(kind: ErrorKind) -> Status {
        match kind {
            ErrorKind::InvalidArgument | ErrorKind::NoSuchSemaphore => Status::Usage,
            ErrorKind::NotFound | ErrorKind::Removed => Status::NotFound,
            ErrorKind::PermissionDenied | ErrorKind::NotOwner => Status::Denied,
            ErrorKind::AlreadyExists | ErrorKind::Mismatch | ErrorKind::Abandoned => {
                Status::Conflict
            }
            ErrorKind::LimitReached
            | ErrorKind::OutOfMemory
            | ErrorKind::TooBig
            | ErrorKind::OutOfRange => Status::Limit,
            ErrorKind::WouldBlock => Status::WouldBlock,
            ErrorKind::Unsupported => Status::Unsupported,
            ErrorKind::TimedOut => Status::TimedOut,
            _ => Status::Failed,
        }
    }
}

/// Why the command ends early: a status, and what to say about it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What it exits with.
    pub(crate) status: Status,
    /// One sentence; none where everything is said, or nobody listens.
    pub(crate) text: Option<String>,
}

/// What the parts of the command return.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// With a sentence.
    pub(crate) fn new(status: Status, text: impl Into<String>) -> Failure {
        Failure {
            status,
            text: Some(text.into()),
        }
    }

    /// A command line that makes no sense.
    pub(crate) fn usage(text: impl Into<String>) -> Failure {
        Failure::new(Status::Usage, text)
    }

    /// With a status, after all was said.
    pub(crate) fn silent(status: Status) -> Failure {
        Failure { status, text: None }
    }

    /// Input that cannot be read.
    pub(crate) fn input(error: &io::Error) -> Failure {
        Failure::new(
            Status::Failed,
            format!("cannot read standard input: {error}"),
        )
    }

    /// Says it, and gives the status.
    pub(crate) fn report(self) -> Status {
        if let Some(text) = self.text {
            complain(text);
        }
        self.status
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::new(error.kind().into(), explain(&error))
    }
}

/// Every `io::Error` that is handed on as it is comes from standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // Whoever read has seen enough.
            return Failure::silent(Status::Done);
        }
        Failure::new(
            Status::Failed,
            format!("cannot write standard output: {error}"),
        )
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        io::Error::from(error).into()
    }
}

/// The library's text, with advice that names commands instead of functions.
pub(crate) fn explain(error: &Error) -> String {
    let advice = match error.kind() {
        ErrorKind::AlreadyExists => {
            "; `sysvipc show` with --key shows it, and --unique draws a free key"
        }
        ErrorKind::LimitReached => "; `sysvipc limits` shows the limits and their use",
        ErrorKind::NotFound if error.object_kind().is_some() => {
            "; `sysvipc list` shows what there is"
        }
        ErrorKind::Abandoned => "; `sysvipc remove` takes it away",
        _ => "",
    };
    format!("{error:#}{advice}")
}

/// A line on stderr. Where nobody can be told there is nothing else to do.
pub(crate) fn complain(text: impl Display) {
    let line = format!("sysvipc: {text}\n");
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Ends this process by a signal, as if it had not caught it; or else with the status that shells give to such an end.
pub(crate) fn end_by(signal: i32) -> ! {
    // The kernel spares the first process of a pid namespace what it does not handle.
    if process::id() != 1 {
        // Returns where a signal ends nothing by itself, or is not known.
        let _ = emulate_default_handler(signal);
    }
    process::exit(128 + signal);
}

#[cfg(test)]
mod tests {
    //! Kinds of errors that no test can provoke from outside.

    use super::{ErrorKind, Status};

    #[test]
    fn each_kind_has_its_status() {
        for (kind, status) in [
            (ErrorKind::NoSuchSemaphore, Status::Usage),
            (ErrorKind::Removed, Status::NotFound),
            (ErrorKind::NotOwner, Status::Denied),
            (ErrorKind::Abandoned, Status::Conflict),
            (ErrorKind::OutOfMemory, Status::Limit),
            (ErrorKind::WouldBlock, Status::WouldBlock),
            (ErrorKind::Unsupported, Status::Unsupported),
            (ErrorKind::TimedOut, Status::TimedOut),
            (ErrorKind::Interrupted, Status::Failed),
        ] {
            assert_eq!(Status::from(kind), status, "{kind:?}");
        }
    }
}
