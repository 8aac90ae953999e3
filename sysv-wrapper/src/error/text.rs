//! The text of an error: what was tried, on what, why it failed, and what can be done about it.

use std::fmt;

use sysv_ipc::Errno;

use super::{Detail, Error, ErrorKind, On};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} ", self.operation)?;
        match &self.on {
            On::Object(subject) if subject.id.is_none() && subject.key.is_none() => {
                write!(f, "a {subject}: ")?;
            }
            On::Object(subject) => write!(f, "the {subject}: ")?,
            On::File(path) => write!(f, "`{}`: ", path.display())?,
        }
        self.cause(f)?;
        if let Some(errno) = self.errno {
            match errno.name() {
                Some(name) => write!(f, " ({name})")?,
                None => write!(f, " (errno {})", errno.as_raw())?,
            }
        }
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Why it failed.
    fn cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Detail::None => match self.errno {
                Some(errno) => f.write_str(&self.errno_cause(errno)),
                None => f.write_str(self.kind_cause()),
            },
            Detail::Because(because) => f.write_str(because),
            Detail::Limit(reached) => write!(f, "{reached}"),
            Detail::Creator(Some(pid)) => write!(
                f,
                "it was never initialised, and process {pid}, which made it, is gone"
            ),
            Detail::Creator(None) => f.write_str("it was never initialised by who made it"),
            Detail::Source(source) => write!(f, "{source}"),
        }
    }

    /// The kernel's answer in words that fit the objects.
    fn errno_cause(&self, errno: Errno) -> String {
        let text = match (self.kind, errno) {
            (ErrorKind::NotFound, Errno::EINVAL | Errno::EIDRM) => "no object has this id",
            (ErrorKind::NotFound, _) => "no object has this key",
            (ErrorKind::AlreadyExists, _) => "the key is in use already",
            (ErrorKind::PermissionDenied, _) => "its mode does not let this user do that",
            (ErrorKind::NotOwner, _) => {
                "only its owner, its creator or a privileged process may do that"
            }
            (ErrorKind::Removed, _) => "it was removed",
            (ErrorKind::WouldBlock, _) => "it would have to wait",
            (ErrorKind::Interrupted, _) => "a signal came while waiting",
            (ErrorKind::LimitReached, _) => {
                "the system is out of room for it, though none of its known limits is reached"
            }
            (ErrorKind::OutOfMemory, _) => "there is not enough memory",
            (ErrorKind::NoSuchSemaphore, _) => "the set has no semaphore of this number",
            (ErrorKind::Unsupported, _) => "this kernel does not have it",
            _ => return errno.message(),
        };
        text.to_owned()
    }

    /// The reason, where the kernel did not give one.
    fn kind_cause(&self) -> &'static str {
        match self.kind {
            ErrorKind::TimedOut => "the time is over",
            ErrorKind::WouldBlock => "it would have to wait",
            ErrorKind::Removed => "it was removed",
            _ => "it failed",
        }
    }

    /// What the user does about it.
    fn remedy(&self) -> Option<&'static str> {
        match self.kind {
            ErrorKind::AlreadyExists if self.subject().is_some() => Some(
                "`open` uses the one that is there, `create_or_open` takes either, and \
                 `create_unique` finds a free key",
            ),
            ErrorKind::Abandoned => Some(
                "`reclaim_abandoned(true)` removes it and makes it anew, and so does hand work",
            ),
            ErrorKind::LimitReached => Some("`sysvipc limits` shows the limits and their use"),
            ErrorKind::NotFound if self.subject().is_some_and(|s| s.id.is_none()) => {
                Some("`create` makes one, and `create_or_open` does so where there is none")
            }
            _ => None,
        }
    }
}
