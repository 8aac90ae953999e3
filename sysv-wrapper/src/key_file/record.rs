//! The text of a key file: a line for other programs, followed by the identity of the object and of its publisher.

use std::fmt;
use std::time::{Duration, SystemTime};

use sysv_ipc::Pid;

use crate::identity::{Identity, Place, ProcessIdentity};
use crate::key::Key;
use crate::kind::Kind;
use crate::system::Stat;

/// The reference to the object: its key, or its kind and id.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    Key(Key),
    Id,
}

/// The object at the time of publication.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) id: i32,
    /// `None` in a file of another program.
    pub(super) identity: Option<Identity>,
}

/// The contents of a key file.
///
/// The first line is a key as [`Key`] displays it, or a kind and an id (`shm 65538`). A line follows for each known
/// fact: a name, and values separated by spaces. Unknown names are skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) reference: Reference,
    /// `None` in a file of another program that contains a key.
    pub(super) object: Option<Object>,
    pub(super) place: Place,
    pub(super) publisher: Option<ProcessIdentity>,
}

impl Record {
    /// Records an object with this id and state, published by this process.
    pub(super) fn new(reference: Reference, kind: Kind, id: i32, stat: &Stat) -> Record {
        Record {
            reference,
            object: Some(Object {
                kind,
                id,
                identity: Some(Identity::of(stat)),
            }),
            place: Place::here(),
            publisher: ProcessIdentity::own(),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Record> {
        let mut lines = text.lines();
        let first = lines.next()?.trim();
        let (reference, named) = match first.split_once(' ') {
            Some(_) => (Reference::Id, Some(parse_object(first)?)),
            None => (Reference::Key(first.parse().ok()?), None),
        };
        let facts = lines.map(|line| line.trim().split_once(' '));
        let facts: Vec<(&str, &str)> = facts.collect::<Option<_>>()?;
        let fact = |name: &str| facts.iter().find(|fact| fact.0 == name).map(|fact| fact.1);
        let number = |name: &str| fact(name)?.parse::<u64>().ok();
        let object = named.or_else(|| parse_object(fact("object")?));
        let identity = || {
            let (creator_uid, creator_gid) = fact("creator")?.split_once(' ')?;
            Some(Identity {
                key: fact("key")?.parse().ok()?,
                creator_uid: creator_uid.parse().ok()?,
                creator_gid: creator_gid.parse().ok()?,
                creator_pid: fact("creator_pid").and_then(parse_pid),
                change_time: number("changed").map(|seconds| {
                    SystemTime::UNIX_EPOCH
                        + Duration::from_secs(seconds.min(i64::MAX.unsigned_abs()))
                }),
            })
        };
        let publisher = || {
            let (pid, start) = fact("publisher")?.split_once(' ')?;
            Some(ProcessIdentity {
                pid: parse_pid(pid)?,
                start: start.parse().ok(),
                pid_namespace: number("pid_namespace"),
                time_namespace: number("time_namespace"),
            })
        };
        Some(Record {
            reference,
            object: object.map(|(kind, id)| Object {
                kind,
                id,
                identity: identity(),
            }),
            place: Place {
                boot: fact("boot").map(str::to_owned),
                ipc_namespace: number("ipc_namespace"),
            },
            publisher: publisher(),
        })
    }

    /// Formats the object as in error messages.
    pub(super) fn described(&self) -> String {
        match (self.reference, self.object) {
            (Reference::Key(key), _) => format!("the key {key}"),
            (Reference::Id, Some(object)) => format!("the {} {}", object.kind, object.id),
            (Reference::Id, None) => "nothing".to_owned(),
        }
    }
}

fn parse_object(text: &str) -> Option<(Kind, i32)> {
    let (kind, id) = text.split_once(' ')?;
    Some((Kind::from_short_name(kind)?, id.trim().parse().ok()?))
}

fn parse_pid(text: &str) -> Option<Pid> {
    Pid::from_raw(text.parse().ok()?)
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.object;
        let object = object.map(|object| format!("{} {}", object.kind.short_name(), object.id));
        match (self.reference, &object) {
            (Reference::Key(key), _) => writeln!(f, "{key}")?,
            (Reference::Id, Some(object)) => writeln!(f, "{object}")?,
            (Reference::Id, None) => {}
        }
        if let (Reference::Key(_), Some(object)) = (self.reference, &object) {
            writeln!(f, "object {object}")?;
        }
        if let Some(identity) = self.object.and_then(|object| object.identity) {
            writeln!(f, "key {}", identity.key)?;
            let Identity {
                creator_uid,
                creator_gid,
                ..
            } = identity;
            writeln!(f, "creator {creator_uid} {creator_gid}")?;
            if let Some(pid) = identity.creator_pid {
                writeln!(f, "creator_pid {pid}")?;
            }
            let changed = identity
                .change_time
                .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            if let Some(changed) = changed {
                writeln!(f, "changed {}", changed.as_secs())?;
            }
        }
        if let Some(boot) = &self.place.boot {
            writeln!(f, "boot {boot}")?;
        }
        if let Some(inode) = self.place.ipc_namespace {
            writeln!(f, "ipc_namespace {inode}")?;
        }
        if let Some(publisher) = &self.publisher {
            let start = publisher
                .start
                .map_or("unknown".to_owned(), |start| start.to_string());
            writeln!(f, "publisher {} {start}", publisher.pid)?;
            if let Some(inode) = publisher.pid_namespace {
                writeln!(f, "pid_namespace {inode}")?;
            }
            if let Some(inode) = publisher.time_namespace {
                writeln!(f, "time_namespace {inode}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! Round trips of the text.

    use super::{Record, Reference};
    use crate::key::Key;
    use crate::kind::Kind;
    use crate::system::Stat;
    use crate::{RemoveOnDrop, SharedMemory};

    #[test]
    fn the_text_has_all_that_it_was_made_from() {
        let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
        let id = memory.id().as_raw();
        let stat = Stat::of(Kind::SharedMemory, id).unwrap();
        for reference in [Reference::Key(memory.key().unwrap()), Reference::Id] {
            let record = Record::new(reference, Kind::SharedMemory, id, &stat);
            let text = record.to_string();
            assert_eq!(Record::parse(&text), Some(record), "{text}");
        }
    }

    #[test]
    fn a_first_line_alone_is_enough() {
        let key = Record::parse("0x0000002a\n").unwrap();
        assert_eq!(key.reference, Reference::Key(Key::from(42)));
        assert!(key.object.is_none() && key.publisher.is_none() && key.place.boot.is_none());
        let id = Record::parse("sem 0\nsomething else 1 2\n")
            .unwrap()
            .object
            .unwrap();
        assert_eq!((id.kind, id.id, id.identity), (Kind::SemaphoreSet, 0, None));
        for text in [
            "", "\n", "shm", "shm x", "shm 1 2", "disk 1", "one", "0x1\n0x2",
        ] {
            assert_eq!(Record::parse(text), None, "{text:?}");
        }
    }
}
