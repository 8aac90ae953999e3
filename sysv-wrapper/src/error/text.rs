//! The text of an error: the operation, the object, the cause, and the remedy.

use std::fmt;

use sysv_ipc::Errno;

use crate::error::{Detail, ErrorKind, On, Repr};

impl fmt::Display for Repr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} ", self.operation)?;
        match &self.on {
            On::Object(subject) if subject.is_unnamed() => write!(f, "a {subject}: ")?,
            On::Object(subject) => write!(f, "the {subject}: ")?,
            On::File(path) => write!(f, "`{}`: ", path.display())?,
        }
        self.write_cause(f)?;
        if let Some(errno) = self.errno {
            match errno.name() {
                Some(name) => write!(f, " ({name})")?,
                None => write!(f, " (errno {})", errno.as_raw())?,
            }
        }
        if f.alternate() {
            self.write_remedy(f)?;
        }
        Ok(())
    }
}

impl Repr {
    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.detail, self.errno) {
            (Detail::Because(because), _) => f.write_str(because),
            (Detail::Creator(pid), _) => write!(
                f,
                "its creator, process {pid}, ended without initialising it"
            ),
            (Detail::None, Some(errno)) => f.write_str(&self.errno_cause(errno)),
            // Only a timed wait fails without an error number or a reason.
            (Detail::None, None) => f.write_str("timed out"),
        }
    }

    /// Returns the meaning of the error number for this kind of object.
    fn errno_cause(&self, errno: Errno) -> String {
        let text = match (self.kind, errno) {
            (ErrorKind::NotFound, Errno::EINVAL | Errno::EIDRM) => "no object has this id",
            (ErrorKind::NotFound, _) => "no object has this key",
            (ErrorKind::AlreadyExists, _) => "the key is in use already",
            (ErrorKind::PermissionDenied, _) if self.is_creation() => {
                "this process may not create such objects"
            }
            (ErrorKind::PermissionDenied, _) => "its mode does not let this user do that",
            (ErrorKind::NotOwner, _) if self.is_creation() => {
                "this process may not do that; a sandbox or a missing capability denies it"
            }
            (ErrorKind::NotOwner, _) => {
                "only its owner, its creator or a privileged process may do that"
            }
            (ErrorKind::Removed, _) => "it was removed",
            (ErrorKind::WouldBlock, _) => "it would have to wait",
            (ErrorKind::Interrupted, _) => "a signal interrupted the wait",
            (ErrorKind::LimitReached, _) => {
                "the system is out of room for it, though none of its known limits is reached"
            }
            (ErrorKind::OutOfMemory, _) => "there is not enough memory",
            (ErrorKind::NoSuchSemaphore, _) => "the set has no semaphore of this number",
            (ErrorKind::Unsupported, _) => "not supported by this kernel",
            _ => return errno.message(),
        };
        text.to_owned()
    }

    /// Returns whether the operation was not on an existing object.
    fn is_creation(&self) -> bool {
        matches!(&self.on, On::Object(subject) if subject.id.is_none() && self.operation == "create")
    }

    /// Writes the remedy, if there is one.
    pub(super) fn write_remedy(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }

    fn remedy(&self) -> Option<&'static str> {
        if self.remedy.is_some() {
            return self.remedy;
        }
        let object = match &self.on {
            On::Object(subject) => Some(subject),
            On::File(_) => None,
        };
        match (self.kind, object) {
            (ErrorKind::AlreadyExists, Some(_)) => Some(
                "`open` uses the existing one, `create_or_open` takes either, and `create_unique` finds a free key",
            ),
            (ErrorKind::AlreadyExists, None) => Some("its publisher deletes it"),
            (ErrorKind::PermissionDenied, Some(_)) if !self.is_creation() => {
                Some("its owner can change that with `set_mode`")
            }
            (ErrorKind::Abandoned, Some(_)) => Some(
                "`create_or_open` with `reclaim_abandoned(true)` removes and recreates it, and so does \
                 `create_replacing`",
            ),
            (ErrorKind::Uninitialized, Some(_)) => Some(
                "if no program is about to initialise it, remove it: `remove_key`, `create_replacing`, or `sysvipc remove`",
            ),
            (ErrorKind::LimitReached, _) => Some("`sysvipc limits` shows the limits and their use"),
            (ErrorKind::NotFound, Some(subject))
                if self.operation == "open" && subject.id.is_none() =>
            {
                Some("`create` creates one, and `create_or_open` does so if there is none")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    //! Errors that no test can provoke from a kernel.

    use sysv_ipc::{Errno, Pid};

    use crate::error::Subject;
    use crate::error::{Error, ErrorKind};
    use crate::kind::Kind;

    const QUEUE: Subject = Subject::of(Kind::MessageQueue).with_id(5);

    #[test]
    fn no_room_though_no_limit_is_reached() {
        let error = Error::call("create", Subject::of(Kind::SemaphoreSet), Errno::ENOSPC);
        assert!(error.is_limit_reached());
        let text = "cannot create a semaphore set: the system is out of room for it, though none of its known \
                    limits is reached (ENOSPC); `sysvipc limits` shows the limits and their use";
        assert_eq!(format!("{error:#}"), text);
        assert_eq!(format!("{error:?}"), text);
        // A command line program has a remedy of its own.
        let (without_advice, _) = text.split_once(';').unwrap();
        assert_eq!(error.to_string(), without_advice);
    }

    #[test]
    fn a_set_whose_size_is_not_told() {
        let set = Subject::of(Kind::SemaphoreSet).with_id(5);
        let error = Error::call("acquire", set, Errno::EFBIG);
        assert_eq!(error.kind(), ErrorKind::NoSuchSemaphore);
        let text =
            "cannot acquire the semaphore set 5: the set has no semaphore of this number (EFBIG)";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn a_kernel_that_lacks_something() {
        let error = Error::call("peek into", QUEUE, Errno::ENOSYS);
        assert!(error.is_unsupported());
        let text = "cannot peek into the message queue 5: not supported by this kernel (ENOSYS)";
        assert_eq!(error.to_string(), text);
        let error = std::io::Error::from(error);
        assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    }

    #[test]
    fn a_creator_that_is_gone() {
        let error = Error::abandoned("open", QUEUE, Pid::from_raw(77).unwrap());
        let text = "cannot open the message queue 5: its creator, process 77, ended without initialising it; \
                    `create_or_open` with `reclaim_abandoned(true)`";
        assert!(format!("{error:#}").starts_with(text), "{error:#}");
    }

    #[test]
    fn an_error_is_one_word_and_main_prints_its_causes() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let error = Error::initialiser(QUEUE, "the cat is out".into());
        let text = "cannot initialise the message queue 5: the initialiser failed";
        assert_eq!(error.to_string(), text);
        assert_eq!(format!("{error:?}"), format!("{text}: the cat is out"));
    }

    #[test]
    fn every_number_has_a_text() {
        for raw in (1..200).chain([i32::MAX, i32::MIN, -1]) {
            let errno = Errno::from_raw(raw).unwrap();
            for error in [
                Error::call("use", QUEUE, errno),
                Error::file("use", "/nowhere", errno),
            ] {
                let text = error.to_string();
                let name = errno.name().map_or(format!("(errno {raw})"), str::to_owned);
                assert!(text.contains(&name), "{text}");
                assert_eq!(error.errno(), Some(errno));
                assert_eq!(std::io::Error::from(error).to_string(), text);
            }
        }
    }
}
