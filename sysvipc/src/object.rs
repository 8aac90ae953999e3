//! An object of any kind as it was found, and all objects of a kind.

use std::fmt::Display;
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use sysv_wrapper::{
    Entry, Judge, Key, Kind, Listing, MessageQueue, Mode, ObjectStatus, Orphaned, Pid, Result,
    SemaphoreSet, SharedMemory,
};

use crate::cli::Target;
use crate::exit::{Failure, Outcome, Status};
use crate::format::{Time, Name, Names};

/// An object as it was found.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    Segment(Entry<SharedMemory>),
    Set(Entry<SemaphoreSet>),
    Queue(Entry<MessageQueue>),
}

/// The same expression for an entry of any kind.
macro_rules! each {
    ($found:expr, $entry:ident => $value:expr) => {
        match $found {
            Found::Segment($entry) => $value,
            Found::Set($entry) => $value,
            Found::Queue($entry) => $value,
        }
    };
}

impl Found {
    /// The object with this id.
    pub(crate) fn find(kind: Kind, id: i32) -> Result<Found> {
        Ok(match kind {
            Kind::SharedMemory => Found::Segment(SharedMemory::inspect(id)?),
            Kind::Semaphores => Found::Set(SemaphoreSet::inspect(id)?),
            Kind::MessageQueue => Found::Queue(MessageQueue::inspect(id)?),
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        each!(self, entry => entry.kind())
    }

    pub(crate) fn id(&self) -> i32 {
        each!(self, entry => entry.raw_id())
    }

    pub(crate) fn key(&self) -> Key {
        each!(self, entry => entry.key())
    }

    pub(crate) fn mode(&self) -> Mode {
        each!(self, entry => entry.mode())
    }

    pub(crate) fn uid(&self) -> u32 {
        each!(self, entry => entry.uid())
    }

    pub(crate) fn gid(&self) -> u32 {
        each!(self, entry => entry.gid())
    }

    pub(crate) fn creator_uid(&self) -> u32 {
        each!(self, entry => entry.creator_uid())
    }

    pub(crate) fn creator_gid(&self) -> u32 {
        each!(self, entry => entry.creator_gid())
    }

    pub(crate) fn change_time(&self) -> Option<SystemTime> {
        each!(self, entry => entry.change_time())
    }

    /// Whether nobody is attached, or no message is on it; `None` for sets, whose state does not tell.
    pub(crate) fn is_empty(&self) -> Option<bool> {
        match self {
            Found::Segment(entry) => Some(entry.status().is_empty()),
            Found::Set(_) => None,
            Found::Queue(entry) => Some(entry.status().is_empty()),
        }
    }

    pub(crate) fn creator_pid(&self) -> Option<Pid> {
        each!(self, entry => entry.status().creator_pid())
    }

    /// Whether this process was the last to use it. The members of a set are looked at now.
    pub(crate) fn was_last_used_by(&self, pid: Pid) -> bool {
        match self {
            Found::Segment(entry) => entry.status().last_pid() == Some(pid),
            Found::Set(entry) => {
                let set = entry.handle();
                let last_pid =
                    |number| set.get(number).and_then(|member| member.last_pid()).ok()?;
                let mut members = 0..entry.status().count();
                members.any(|number| last_pid(number) == Some(pid))
            }
            Found::Queue(entry) => {
                let status = entry.status();
                [status.last_send_pid(), status.last_receive_pid()].contains(&Some(pid))
            }
        }
    }

    /// The last of the times that the kernel recorded, and what happened then.
    pub(crate) fn last_use(&self) -> Option<(SystemTime, &'static str)> {
        let times = match self {
            Found::Segment(entry) => {
                let status = entry.status();
                [
                    (status.change_time(), "changed"),
                    (status.detach_time(), "detached"),
                    (status.attach_time(), "attached"),
                ]
            }
            Found::Set(entry) => {
                let status = entry.status();
                [
                    (status.change_time(), "changed"),
                    (status.operation_time(), "operated"),
                    (None, ""),
                ]
            }
            Found::Queue(entry) => {
                let status = entry.status();
                [
                    (status.change_time(), "changed"),
                    (status.receive_time(), "received"),
                    (status.send_time(), "sent"),
                ]
            }
        };
        let known = times
            .into_iter()
            .filter_map(|(time, what)| Some((time?, what)));
        // Of equal times the later one in the list: making an object is a change too.
        known.max_by_key(|(time, _)| *time)
    }

    pub(crate) fn orphaned(&self, judge: &mut Judge) -> Orphaned {
        each!(self, entry => judge.judge(entry))
    }

    /// The same object as it is now, or an error.
    pub(crate) fn refresh(&self) -> Result<Found> {
        Ok(match self {
            Found::Segment(entry) => Found::Segment(entry.refresh()?),
            Found::Set(entry) => Found::Set(entry.refresh()?),
            Found::Queue(entry) => Found::Queue(entry.refresh()?),
        })
    }

    pub(crate) fn remove_if_unchanged(&self) -> Result<()> {
        each!(self, entry => entry.remove_if_unchanged())
    }

    /// Whether it is this object and no other that got its id. Its key goes when a segment is removed while it is
    /// attached.
    pub(crate) fn is_same(&self, other: &Found) -> bool {
        let identity = |found: &Found| {
            (
                found.kind(),
                found.id(),
                found.creator_uid(),
                found.creator_gid(),
                found.creator_pid(),
            )
        };
        identity(self) == identity(other)
    }

    /// As sentences name it.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}", self.kind().short_name(), self.id());
        if self.key().is_private() {
            name
        } else {
            format!("{name} (key {})", self.key())
        }
    }
}

/// What an orphan verdict is called.
pub(crate) fn verdict(orphaned: Orphaned) -> &'static str {
    match orphaned {
        Orphaned::Yes => "yes",
        Orphaned::No => "no",
        Orphaned::Unknown => "unknown",
    }
}

/// All objects of a kind, one after the other.
pub(crate) enum Objects {
    Segments(Listing<SharedMemory>),
    Sets(Listing<SemaphoreSet>),
    Queues(Listing<MessageQueue>),
}

impl Objects {
    pub(crate) fn of(kind: Kind) -> Result<Objects> {
        Ok(match kind {
            Kind::SharedMemory => Objects::Segments(SharedMemory::list()?),
            Kind::Semaphores => Objects::Sets(SemaphoreSet::list()?),
            Kind::MessageQueue => Objects::Queues(MessageQueue::list()?),
        })
    }

    /// How many there were that this user could not see, up to now.
    pub(crate) fn unseen(&self) -> u64 {
        match self {
            Objects::Segments(listing) => listing.unseen(),
            Objects::Sets(listing) => listing.unseen(),
            Objects::Queues(listing) => listing.unseen(),
        }
    }
}

impl Iterator for Objects {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        match self {
            Objects::Segments(listing) => listing.next().map(Found::Segment),
            Objects::Sets(listing) => listing.next().map(Found::Set),
            Objects::Queues(listing) => listing.next().map(Found::Queue),
        }
    }
}

/// Something that is a text in JSON, without being made into a `String` first.
#[derive(Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A process's number.
pub(crate) fn number(pid: Option<Pid>) -> Option<i32> {
    pid.map(Pid::as_raw)
}

/// Which object it is.
#[derive(Debug, Serialize)]
pub(crate) struct Identity {
    kind: &'static str,
    id: i32,
    key: i64,
    key_hex: Text<Key>,
}

impl Identity {
    pub(crate) fn new(found: &Found) -> Identity {
        Identity {
            kind: found.kind().short_name(),
            id: found.id(),
            key: found.key().as_raw().into(),
            key_hex: Text(found.key()),
        }
    }
}

/// An object.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    #[serde(flatten)]
    identity: Identity,
    mode: Text<sysv_wrapper::Mode>,
    uid: u32,
    user: Shared,
    gid: u32,
    group: Shared,
    creator_uid: u32,
    creator_user: Shared,
    creator_gid: u32,
    creator_group: Shared,
    #[serde(flatten)]
    own: Own,
    change_time: Option<Time>,
    last_use_time: Option<Time>,
    last_use: Option<&'static str>,
    orphaned: &'static str,
}

/// A name, which many objects share.
#[derive(Debug)]
struct Shared(Name);

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.as_deref().serialize(serializer)
    }
}

/// What only one kind has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Own {
    Segment {
        size: u64,
        attach_count: u64,
        creator_pid: Option<i32>,
        last_pid: Option<i32>,
        attach_time: Option<Time>,
        detach_time: Option<Time>,
        marked_for_removal: bool,
        locked: bool,
    },
    Set {
        semaphores: u64,
        operation_time: Option<Time>,
    },
    Queue {
        messages: u64,
        bytes: u64,
        max_bytes: u64,
        last_send_pid: Option<i32>,
        last_receive_pid: Option<i32>,
        send_time: Option<Time>,
        receive_time: Option<Time>,
    },
}

impl Own {
    fn new(found: &Found) -> Own {
        match found {
            Found::Segment(entry) => {
                let status = entry.status();
                Own::Segment {
                    size: status.size() as u64,
                    attach_count: status.attach_count(),
                    creator_pid: number(status.creator_pid()),
                    last_pid: number(status.last_pid()),
                    attach_time: status.attach_time().map(Time),
                    detach_time: status.detach_time().map(Time),
                    marked_for_removal: status.marked_for_removal(),
                    locked: status.locked(),
                }
            }
            Found::Set(entry) => {
                let status = entry.status();
                Own::Set {
                    semaphores: status.count() as u64,
                    operation_time: status.operation_time().map(Time),
                }
            }
            Found::Queue(entry) => {
                let status = entry.status();
                Own::Queue {
                    messages: status.messages(),
                    bytes: status.bytes(),
                    max_bytes: status.max_bytes(),
                    last_send_pid: number(status.last_send_pid()),
                    last_receive_pid: number(status.last_receive_pid()),
                    send_time: status.send_time().map(Time),
                    receive_time: status.receive_time().map(Time),
                }
            }
        }
    }
}

impl Record {
    pub(crate) fn new(found: &Found, orphaned: Orphaned, names: &mut Names) -> Record {
        let last_use = found.last_use();
        Record {
            identity: Identity::new(found),
            mode: Text(found.mode()),
            uid: found.uid(),
            user: Shared(names.user(found.uid())),
            gid: found.gid(),
            group: Shared(names.group(found.gid())),
            creator_uid: found.creator_uid(),
            creator_user: Shared(names.user(found.creator_uid())),
            creator_gid: found.creator_gid(),
            creator_group: Shared(names.group(found.creator_gid())),
            own: Own::new(found),
            change_time: found.change_time().map(Time),
            last_use_time: last_use.map(|(time, _)| Time(time)),
            last_use: last_use.map(|(_, what)| what),
            orphaned: verdict(orphaned),
        }
    }
}

impl Target {
    /// A handle of the segment.
    pub(crate) fn segment(&self) -> Outcome<SharedMemory> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => SharedMemory::from_id(id)?,
            (None, Some(key)) => SharedMemory::open(key)?,
            (None, None) => return Err(nothing()),
        })
    }

    /// A handle of the queue.
    pub(crate) fn queue(&self) -> Outcome<MessageQueue> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => MessageQueue::from_id(id)?,
            (None, Some(key)) => MessageQueue::open(key)?,
            (None, None) => return Err(nothing()),
        })
    }

    /// What the kernel tells of it, also where this user may not use it.
    pub(crate) fn find(&self, kind: Kind) -> Outcome<Found> {
        match (self.id, self.key) {
            (Some(id), _) => Ok(Found::find(kind, id)?),
            (None, Some(key)) => {
                let found = Objects::of(kind)?.find(|found| found.key() == key);
                found.ok_or_else(|| not_found(kind, key))
            }
            (None, None) => Err(nothing()),
        }
    }
}

/// No object of the kind has the key.
pub(crate) fn not_found(kind: Kind, key: Key) -> Failure {
    Failure::new(
        Status::NotFound,
        format!(
            "cannot find the {kind} with key {key}: no object has this key; `sysvipc list` shows what there is"
        ),
    )
}

/// Neither id nor key.
pub(crate) fn nothing() -> Failure {
    Failure::usage("name the object, by its id or with --key")
}
