//! The checks of an error.

use std::error::Error as _;
use std::io;

use sysv_wrapper::*;

/// A provoked error, and its expected properties.
pub struct Case {
    pub error: Error,
    pub kind: ErrorKind,
    pub errno: Option<Errno>,
    pub io: io::ErrorKind,
    /// The object that it is about: kind, key and id.
    pub on: (Option<Kind>, Option<Key>, Option<i32>),
    /// The complete text.
    pub text: String,
    /// The text that `{:#}` and `Debug` add.
    pub remedy: &'static str,
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
        self.check_remedy_and_source();
        if let Some(errno) = self.errno {
            assert!(
                self.text.contains(errno.name().unwrap_or("(errno ")),
                "{error}"
            );
        }
    }

    /// Checks that the text does not repeat the source, and that only errors of other code are sources.
    fn check_remedy_and_source(&self) {
        let Case {
            error,
            text,
            remedy,
            ..
        } = self;
        assert_eq!(format!("{error:#}"), format!("{text}{remedy}"));
        let mut shown = text.clone();
        let mut source = error.source();
        let has_source = matches!(self.kind, ErrorKind::Initialiser | ErrorKind::Undecodable);
        assert_eq!(source.is_some(), has_source, "{error}");
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            assert!(!shown.contains(&cause_text), "{shown}: {cause_text}");
            shown = format!("{shown}: {cause_text}");
            source = cause.source();
        }
        assert_eq!(format!("{error:?}"), format!("{shown}{remedy}"));
    }

    /// Checks that exactly the predicate of the kind returns true, if there is one.
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
        let is_uninitialized = matches!(self.kind, ErrorKind::Uninitialized | ErrorKind::Abandoned);
        assert_eq!(error.is_uninitialized(), is_uninitialized, "{error}");
    }

    /// Checks that it converts to a `std::io::Error`, from which it can be recovered.
    #[track_caller]
    pub fn convert(self) {
        let error = io::Error::from(self.error);
        assert_eq!(error.kind(), self.io, "{error}");
        assert_eq!(error.to_string(), self.text);
        let inner = error.into_inner().unwrap().downcast::<Error>().unwrap();
        assert_eq!(inner.kind(), self.kind);
    }
}
