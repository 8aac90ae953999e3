//! How the command ends: exit statuses, the sentence on stderr that explains a failure, and the end by a signal.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::{self, ExitCode};

use signal_hook::low_level::emulate_default_handler;
use sysv_wrapper::{Error, ErrorKind};

/// An exit status. The help text and docs/sysvipc.md list them.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Success = 0,
    /// A failure without a status of its own: output that cannot be written, failures of several kinds.
    Failed = 1,
    /// A usage error.
    Usage = 2,
    /// No such object, key, file or user.
    NotFound = 3,
    /// The user lacks the permission.
    Denied = 4,
    /// The key is in use, or the object changed, or it is not what the command needs.
    Conflict = 5,
    /// A limit of the system or of the object.
    Limit = 6,
    /// The operation would have to wait.
    WouldBlock = 7,
    /// The system does not support it.
    Unsupported = 8,
    /// The wait timed out; the number is that of `timeout`.
    TimedOut = 124,
    /// `lock` itself failed; the number, and the next two, are those of `timeout`, `env` and `nice`.
    LockFailed = 125,
    /// COMMAND cannot be run.
    CannotRun = 126,
    /// COMMAND does not exist.
    NoCommand = 127,
}

/// The statuses, for the help text and the manual page.
pub(crate) const EXIT_STATUS: &str = "\
Exit status:
    0  success
    1  a failure without a number of its own, such as output that cannot be
       written; failures of several kinds
    2  usage error; nothing was done
    3  no such object, key, file or user
    4  permission denied
    5  the key is in use, or the object changed, or it is not what is needed
    6  a limit is reached (`limits --warn`: nearly), or something is too large
    7  the operation would have to wait (--no-wait)
    8  not supported by this system
  124  timed out (--timeout)
  125  `lock` itself failed; 126: COMMAND cannot be run; 127: it does not exist.
       Otherwise the exit status of `lock` is COMMAND's own";

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

/// An early end of the command: a status and a sentence.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    /// `None` if the command printed the reason already, or the reader of its output has closed the pipe.
    pub(crate) text: Option<String>,
}

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(status: Status, text: impl Into<String>) -> Failure {
        Failure {
            status,
            text: Some(text.into()),
        }
    }

    /// Returns a usage error.
    pub(crate) fn usage(text: impl Into<String>) -> Failure {
        Failure::new(Status::Usage, text)
    }

    /// A failure that was reported already.
    pub(crate) fn silent(status: Status) -> Failure {
        Failure { status, text: None }
    }

    /// Standard input that cannot be read.
    pub(crate) fn input(error: &io::Error) -> Failure {
        Failure::new(
            Status::Failed,
            format!("cannot read standard input: {error}"),
        )
    }

    /// Prints the sentence, and returns the status.
    pub(crate) fn report(self) -> Status {
        if let Some(text) = self.text {
            warn(text);
        }
        self.status
    }
}

impl From<&Error> for Status {
    fn from(error: &Error) -> Status {
        match error.kind().into() {
            // An answer of the kernel to arguments that the command chose.
            Status::Usage if error.errno().is_some() => Status::Failed,
            status => status,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::new(Status::from(&error), message(&error))
    }
}

/// Every `io::Error` that `?` converts is one of standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // The reader, such as `head`, has what it needs.
            return Failure::silent(Status::Success);
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

/// Returns the library's text, followed by a remedy that names commands of `sysvipc`.
pub(crate) fn message(error: &Error) -> String {
    let remedy = match error.kind() {
        ErrorKind::AlreadyExists => {
            "; `sysvipc show` with --key shows it, and --unique draws a free key"
        }
        // The library's remedy names the setting and the command.
        ErrorKind::LimitReached | ErrorKind::InvalidArgument => return format!("{error:#}"),
        ErrorKind::NotFound if error.object_kind().is_some() => {
            "; `sysvipc list` shows what there is"
        }
        ErrorKind::Abandoned => "; `sysvipc remove` takes it away",
        _ => "",
    };
    format!("{error}{remedy}")
}

/// Collects the results for each kind, and the errors. Fails if every kind has an error.
pub(crate) fn gather<K: Copy, I: IntoIterator, E>(
    kinds: &[K],
    mut of: impl FnMut(K) -> Result<I, E>,
) -> Result<(Vec<I::Item>, Vec<E>), E> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for kind in kinds {
        match of(*kind) {
            Ok(of_kind) => found.extend(of_kind),
            Err(error) => errors.push(error),
        }
    }
    if errors.len() < kinds.len() {
        return Ok((found, errors));
    }
    match errors.pop() {
        Some(error) => Err(error),
        None => Ok((found, errors)),
    }
}

/// Prints a line on stderr.
pub(crate) fn warn(text: impl Display) {
    let line = format!("sysvipc: {text}\n");
    // A failure to write to stderr cannot be reported.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Ends this process by a signal's default action; if that does not end it, exits with the status that shells use for
/// the signal.
pub(crate) fn end_by(signal: i32) -> ! {
    // For the first process of a pid namespace the kernel ignores signals without a handler.
    if process::id() != 1 {
        // Returns if the default action does not end a process, or the signal is unknown.
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
