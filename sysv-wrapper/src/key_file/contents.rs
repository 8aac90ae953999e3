//! What a key file says: its one line of text.

use std::fmt;

use crate::key::Key;
use crate::object::Kind;

/// A key as [`Key`] displays it, or a kind and an id: `shm 65538`.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum Contents {
    Key(Key),
    Id(Kind, i32),
}

impl Contents {
    /// The longest text that is read: more than any that is written.
    pub(super) const LONGEST: u64 = 64;

    pub(super) fn parse(text: &str) -> Option<Contents> {
        let text = text.trim();
        match text.split_once(' ') {
            Some((kind, id)) => Some(Contents::Id(Kind::from_short_name(kind)?, id.parse().ok()?)),
            None => text.parse().ok().map(Contents::Key),
        }
    }

    /// Whether anything has this key, or this id. What may not be looked at is there.
    pub(super) fn is_alive(self) -> bool {
        match self {
            Contents::Key(key) => Kind::ALL.into_iter().any(|kind| kind.has_key(key)),
            Contents::Id(kind, id) => kind.has_id(id),
        }
    }

    /// As errors name it.
    pub(super) fn described(self) -> String {
        match self {
            Contents::Key(key) => format!("the key {key}"),
            Contents::Id(kind, id) => format!("the {kind} {id}"),
        }
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contents::Key(key) => write!(f, "{key}"),
            Contents::Id(kind, id) => write!(f, "{} {id}", kind.short_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    //! The text, there and back.

    use super::Contents;
    use crate::key::Key;
    use crate::object::Kind;

    #[test]
    fn the_text_says_what_it_was_made_from() {
        for contents in [
            Contents::Key(Key::from_raw(-1)),
            Contents::Key(Key::from_raw(7)),
            Contents::Id(Kind::SharedMemory, 65538),
            Contents::Id(Kind::Semaphores, 0),
            Contents::Id(Kind::MessageQueue, i32::MAX),
        ] {
            let text = format!("{contents}\n");
            assert!((text.len() as u64) < Contents::LONGEST);
            assert_eq!(Contents::parse(&text), Some(contents));
        }
        for text in [
            "", "\n", "shm", "shm x", "shm 1 2", "disk 1", "0x1\n0x2", "one",
        ] {
            assert_eq!(Contents::parse(text), None, "{text:?}");
        }
    }
}
