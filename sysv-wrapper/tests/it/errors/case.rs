//! What is checked of an error.

use std::error::Error as _;
use std::io;

use sysv_wrapper::*;

/// An error that was provoked, and what it has to be.
pub struct Case {
    pub error: Error,
    pub kind: ErrorKind,
    pub errno: Option<Errno>,
    pub io: io::ErrorKind,
    /// What it was about: kind, key and id.
    pub on: (Option<Kind>, Option<Key>, Option<i32>),
    /// All of the text.
    pub text: String,
}

impl Case {
    #[track_caller]
    pub fn check(&self) {
        let Case { error, .. } = self;
        assert_eq!(error.to_string(), self.text);
        assert_eq!(error.kind(), self.kind, "{error}");
        assert_eq!(error.errno(), self.errno, "{error}");
        assert_eq!(
            (error.object_kind(), error.key(), error.id()),
            self.on,
            "{error}"
        );
        self.check_questions();
        if let Some(errno) = self.errno {
            let source = error.source().expect("the kernel's answer is the source");
            let io = source
                .downcast_ref::<io::Error>()
                .and_then(io::Error::raw_os_error);
            let own = source.downcast_ref::<Errno>().map(|errno| errno.as_raw());
            assert_eq!(io.or(own), Some(errno.as_raw()), "{error}");
            assert!(
                self.text.contains(errno.name().unwrap_or("(errno ")),
                "{error}"
            );
        }
    }

    /// One question is answered with yes, if there is one for the kind.
    fn check_questions(&self) {
        let error = &self.error;
        let questions = [
            (ErrorKind::NotFound, error.is_not_found()),
            (ErrorKind::AlreadyExists, error.is_already_exists()),
            (ErrorKind::PermissionDenied, error.is_permission_denied()),
            (ErrorKind::InvalidArgument, error.is_invalid_argument()),
            (ErrorKind::Removed, error.is_removed()),
            (ErrorKind::WouldBlock, error.is_would_block()),
            (ErrorKind::TimedOut, error.is_timed_out()),
            (ErrorKind::Interrupted, error.is_interrupted()),
            (ErrorKind::Abandoned, error.is_abandoned()),
            (ErrorKind::LimitReached, error.is_limit_reached()),
            (ErrorKind::Unsupported, error.is_unsupported()),
        ];
        for (kind, answer) in questions {
            assert_eq!(answer, kind == self.kind, "{kind:?}: {error}");
        }
    }

    /// It becomes an error of `std::io`, and is still to be had from that.
    #[track_caller]
    pub fn convert(self) {
        let error = io::Error::from(self.error);
        assert_eq!(error.kind(), self.io, "{error}");
        assert_eq!(error.to_string(), self.text);
        let inner = error.into_inner().unwrap().downcast::<Error>().unwrap();
        assert_eq!(inner.kind(), self.kind);
    }
}
