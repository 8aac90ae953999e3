//! What an exception is: a path, or an item in a file, that may break a rule, and why.
//!
//! The exceptions themselves stand in `table.rs`; what is done with them is in `checks.rs`.

use std::panic::Location;

/// One exception. The list of them is `table.rs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// A path relative to the root; `*` stands for a part of a name, `**` for any number of folders.
    pub(crate) path: &'static str,
    /// The one item of the file that is excepted, for rules that judge items.
    pub(crate) item: Option<&'static str>,
    /// Why it is excepted.
    pub(crate) reason: &'static str,
    /// The line of `table.rs` where it stands.
    pub(crate) line: u32,
    /// Whether somebody has to need it.
    pub(crate) standing: Standing,
}

/// Whether somebody has to need an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A place that the rule itself names: nobody has to need it.
    Place,
    /// The file has to need it, or the entry is reported as stale.
    Needed,
    /// As `Needed`, once the file exists.
    Planned,
}

impl Entry {
    /// The place, or the glob over several, that the rule itself names.
    #[track_caller]
    pub(crate) const fn place(path: &'static str, reason: &'static str) -> Self {
        Self {
            standing: Standing::Place,
            ..Self::file(path, reason)
        }
    }

    /// One file that needs the exception.
    #[track_caller]
    pub(crate) const fn file(path: &'static str, reason: &'static str) -> Self {
        let line = Location::caller().line();
        Self {
            path,
            item: None,
            reason,
            line,
            standing: Standing::Needed,
        }
    }

    /// One item of one file that needs the exception.
    #[track_caller]
    pub(crate) const fn item(path: &'static str, item: &'static str, reason: &'static str) -> Self {
        Self {
            item: Some(item),
            ..Self::file(path, reason)
        }
    }

    /// The same for a file that is still to be written.
    pub(crate) const fn planned(self) -> Self {
        Self {
            standing: Standing::Planned,
            ..self
        }
    }

    /// Whether the entry is about this file and this item.
    pub(crate) fn covers(&self, path: &str, item: Option<&str>) -> bool {
        matches(self.path, path) && (self.item.is_none() || self.item == item)
    }
}

/// Whether `path` is one that `pattern` means.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((head, tail)) => path.strip_prefix(head).is_some_and(|rest| {
            let (tail, across) = match tail.strip_prefix('*') {
                Some(tail) => (tail, true),
                None => (tail, false),
            };
            (0..=rest.len())
                .filter(|&end| rest.is_char_boundary(end))
                .take_while(|&end| across || !rest[..end].contains('/'))
                .any(|end| matches(tail, &rest[end..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_means_what_it_says() {
        assert!(matches("a/b.rs", "a/b.rs"));
        assert!(!matches("a/b.rs", "a/b.rs.rs"));
        assert!(matches("a/*.rs", "a/b.rs"));
        assert!(!matches("a/*.rs", "a/b/c.rs"));
        assert!(matches("a/**", "a/b/c.rs"));
        assert!(matches("*/benches/**", "sysv-ipc/benches/call.rs"));
        assert!(!matches("*/benches/**", "sysv-ipc/src/benches/call.rs"));
    }
}
