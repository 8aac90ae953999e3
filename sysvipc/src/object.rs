//! One object of any kind: how it is found, its fields, and its JSON.

use std::fmt::Display;
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use sysv_wrapper::{
    self as wrapper, Entry, Judge, Key, Kind, Listing, MessageQueue, Mode, ObjectStatus, Orphaned,
    Pid, SemaphoreSet, SharedMemory,
};

use crate::cli::Target;
use crate::exit::{Failure, Result, Status};
use crate::format::{self, Name, Names, Time, count};

/// An object and its status at the time of the lookup.
#[derive(Debug, Clone)]
pub(crate) enum Object {
    Segment(Entry<SharedMemory>),
    Set(Entry<SemaphoreSet>),
    Queue(Entry<MessageQueue>),
}

/// Evaluates an expression for the entry of any kind.
macro_rules! each {
    ($object:expr, $entry:ident => $value:expr) => {
        match $object {
            Object::Segment($entry) => $value,
            Object::Set($entry) => $value,
            Object::Queue($entry) => $value,
        }
    };
}

impl Object {
    /// Looks up an object by its id.
    pub(crate) fn find(kind: Kind, id: i32) -> wrapper::Result<Object> {
        Ok(match kind {
            Kind::SharedMemory => Object::Segment(SharedMemory::inspect(id)?),
            Kind::Semaphores => Object::Set(SemaphoreSet::inspect(id)?),
            Kind::MessageQueue => Object::Queue(MessageQueue::inspect(id)?),
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

    /// Whether a segment has no attachment or a queue no message; `None` for sets.
    pub(crate) fn is_empty(&self) -> Option<bool> {
        match self {
            Object::Segment(entry) => Some(entry.status().is_empty()),
            Object::Set(_) => None,
            Object::Queue(entry) => Some(entry.status().is_empty()),
        }
    }

    /// Returns the process that created a segment; `None` for sets and queues.
    pub(crate) fn creator_pid(&self) -> Option<Pid> {
        each!(self, entry => entry.status().creator_pid())
    }

    /// Whether the process was the last to use the object. Reads the members of a set anew.
    pub(crate) fn was_last_used_by(&self, pid: Pid) -> bool {
        match self {
            Object::Segment(entry) => entry.status().last_pid() == Some(pid),
            Object::Set(entry) => {
                let set = entry.handle();
                let last_pid =
                    |number| set.get(number).and_then(|member| member.last_pid()).ok()?;
                let mut members = 0..entry.status().count();
                members.any(|number| last_pid(number) == Some(pid))
            }
            Object::Queue(entry) => {
                let status = entry.status();
                [status.last_send_pid(), status.last_receive_pid()].contains(&Some(pid))
            }
        }
    }

    /// Returns the latest of the times that the kernel recorded, and its event.
    pub(crate) fn last_use(&self) -> Option<(SystemTime, &'static str)> {
        let times = match self {
            Object::Segment(entry) => {
                let status = entry.status();
                [
                    (status.change_time(), "changed"),
                    (status.detach_time(), "detached"),
                    (status.attach_time(), "attached"),
                ]
            }
            Object::Set(entry) => {
                let status = entry.status();
                [
                    (status.change_time(), "changed"),
                    (status.operation_time(), "operated"),
                    (None, ""),
                ]
            }
            Object::Queue(entry) => {
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
            .filter_map(|(time, event)| Some((time?, event)));
        // Of equal times, the later one in the list: the creation of an object counts as a change.
        known.max_by_key(|(time, _)| *time)
    }

    pub(crate) fn orphaned(&self, judge: &mut Judge) -> Orphaned {
        each!(self, entry => judge.judge(entry))
    }

    /// Returns the same object with its present status.
    pub(crate) fn refresh(&self) -> wrapper::Result<Object> {
        Ok(match self {
            Object::Segment(entry) => Object::Segment(entry.refresh()?),
            Object::Set(entry) => Object::Set(entry.refresh()?),
            Object::Queue(entry) => Object::Queue(entry.refresh()?),
        })
    }

    pub(crate) fn remove_if_unchanged(&self) -> wrapper::Result<()> {
        each!(self, entry => entry.remove_if_unchanged())
    }

    /// Whether both are the same object, and not one that got the id of the other. Ignores the key, which a segment
    /// loses if it is removed while attached.
    pub(crate) fn is_same(&self, other: &Object) -> bool {
        let identity = |object: &Object| {
            (
                object.kind(),
                object.id(),
                object.creator_uid(),
                object.creator_gid(),
                object.creator_pid(),
            )
        };
        identity(self) == identity(other)
    }

    /// Formats the size: bytes, semaphores or messages.
    pub(crate) fn size(&self) -> String {
        match self {
            Object::Segment(entry) => format::bytes(entry.status().size() as u64),
            Object::Set(entry) => count(entry.status().count() as u64, "semaphore"),
            Object::Queue(entry) => count(entry.status().messages(), "message"),
        }
    }

    /// Returns the name for use in sentences: `shm 3 (key 0x0000002a)`.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}", self.kind().short_name(), self.id());
        if self.key().is_private() {
            name
        } else {
            format!("{name} (key {})", self.key())
        }
    }
}

/// Returns the word for a verdict.
pub(crate) fn verdict(orphaned: Orphaned) -> &'static str {
    match orphaned {
        Orphaned::Yes => "yes",
        Orphaned::No => "no",
        Orphaned::Unknown => "unknown",
    }
}

/// An iterator over all objects of a kind.
pub(crate) enum Objects {
    Segments(Listing<SharedMemory>),
    Sets(Listing<SemaphoreSet>),
    Queues(Listing<MessageQueue>),
}

impl Objects {
    pub(crate) fn of(kind: Kind) -> wrapper::Result<Objects> {
        Ok(match kind {
            Kind::SharedMemory => Objects::Segments(SharedMemory::list()?),
            Kind::Semaphores => Objects::Sets(SemaphoreSet::list()?),
            Kind::MessageQueue => Objects::Queues(MessageQueue::list()?),
        })
    }

    /// Returns how many objects the user had no permission to read, up to now.
    pub(crate) fn inaccessible(&self) -> u64 {
        match self {
            Objects::Segments(listing) => listing.unseen(),
            Objects::Sets(listing) => listing.unseen(),
            Objects::Queues(listing) => listing.unseen(),
        }
    }
}

impl Iterator for Objects {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        match self {
            Objects::Segments(listing) => listing.next().map(Object::Segment),
            Objects::Sets(listing) => listing.next().map(Object::Set),
            Objects::Queues(listing) => listing.next().map(Object::Queue),
        }
    }
}

impl Target {
    /// Opens the segment.
    pub(crate) fn segment(&self) -> Result<SharedMemory> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => SharedMemory::from_id(id)?,
            (None, Some(key)) => SharedMemory::open(key)?,
            (None, None) => return Err(no_target()),
        })
    }

    /// Opens the queue.
    pub(crate) fn queue(&self) -> Result<MessageQueue> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => MessageQueue::from_id(id)?,
            (None, Some(key)) => MessageQueue::open(key)?,
            (None, None) => return Err(no_target()),
        })
    }

    /// Looks the object up, which needs no permission to use it.
    pub(crate) fn find(&self, kind: Kind) -> Result<Object> {
        match (self.id, self.key) {
            (Some(id), _) => Ok(Object::find(kind, id)?),
            (None, Some(key)) => {
                let object = Objects::of(kind)?.find(|object| object.key() == key);
                object.ok_or_else(|| Failure::new(Status::NotFound, no_such_key(kind, key)))
            }
            (None, None) => Err(no_target()),
        }
    }
}

/// Returns the text for a key that no object of the kind has.
pub(crate) fn no_such_key(kind: Kind, key: Key) -> String {
    format!(
        "cannot find the {kind} with key {key}: no object has this key; `sysvipc list` shows what there is"
    )
}

/// Error for a command line with neither id nor key.
pub(crate) fn no_target() -> Failure {
    Failure::usage("name the object, by its id or with --key")
}

/// A value that JSON has as the text of its `Display`.
#[derive(Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Returns the number of a process.
pub(crate) fn raw_pid(pid: Option<Pid>) -> Option<i32> {
    pid.map(Pid::as_raw)
}

/// The fields that identify an object, in JSON. Only an object that was not found lacks any.
#[derive(Debug, Serialize)]
pub(crate) struct Identity {
    kind: Option<&'static str>,
    id: Option<i32>,
    key: Option<i64>,
    key_hex: Option<Text<Key>>,
}

impl Identity {
    fn parts(kind: Option<Kind>, id: Option<i32>, key: Option<Key>) -> Identity {
        Identity {
            kind: kind.map(Kind::short_name),
            id,
            key: key.map(|key| key.as_raw().into()),
            key_hex: key.map(Text),
        }
    }

    pub(crate) fn new(kind: Kind, id: i32, key: Key) -> Identity {
        Identity::parts(Some(kind), Some(id), Some(key))
    }

    /// The identity of an object of which only the id is known.
    pub(crate) fn by_id(kind: Kind, id: i32) -> Identity {
        Identity::parts(Some(kind), Some(id), None)
    }

    /// The identity of an object of which only the key is known, and the kind at most.
    pub(crate) fn by_key(kind: Option<Kind>, key: Key) -> Identity {
        Identity::parts(kind, None, Some(key))
    }

    pub(crate) fn of(object: &Object) -> Identity {
        Identity::new(object.kind(), object.id(), object.key())
    }
}

/// An object in JSON. docs/sysvipc.md describes the fields: new ones may come, none is renamed or removed.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    #[serde(flatten)]
    identity: Identity,
    mode: Text<Mode>,
    uid: u32,
    user: SharedName,
    gid: u32,
    group: SharedName,
    creator_uid: u32,
    creator_user: SharedName,
    creator_gid: u32,
    creator_group: SharedName,
    #[serde(flatten)]
    kind_fields: KindFields,
    change_time: Option<Time>,
    last_use_time: Option<Time>,
    last_use: Option<&'static str>,
    orphaned: &'static str,
}

impl Record {
    pub(crate) fn new(object: &Object, orphaned: Orphaned, names: &mut Names) -> Record {
        let last_use = object.last_use();
        Record {
            identity: Identity::of(object),
            mode: Text(object.mode()),
            uid: object.uid(),
            user: SharedName(names.user(object.uid())),
            gid: object.gid(),
            group: SharedName(names.group(object.gid())),
            creator_uid: object.creator_uid(),
            creator_user: SharedName(names.user(object.creator_uid())),
            creator_gid: object.creator_gid(),
            creator_group: SharedName(names.group(object.creator_gid())),
            kind_fields: KindFields::new(object),
            change_time: object.change_time().map(Time),
            last_use_time: last_use.map(|(time, _)| Time(time)),
            last_use: last_use.map(|(_, event)| event),
            orphaned: verdict(orphaned),
        }
    }
}

/// The name of a user or group, which the records of many objects share.
#[derive(Debug)]
struct SharedName(Name);

impl Serialize for SharedName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_deref().serialize(serializer)
    }
}

/// The fields that only one kind has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum KindFields {
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

impl KindFields {
    fn new(object: &Object) -> KindFields {
        match object {
            Object::Segment(entry) => {
                let status = entry.status();
                KindFields::Segment {
                    size: status.size() as u64,
                    attach_count: status.attach_count(),
                    creator_pid: raw_pid(status.creator_pid()),
                    last_pid: raw_pid(status.last_pid()),
                    attach_time: status.attach_time().map(Time),
                    detach_time: status.detach_time().map(Time),
                    marked_for_removal: status.marked_for_removal(),
                    locked: status.locked(),
                }
            }
            Object::Set(entry) => {
                let status = entry.status();
                KindFields::Set {
                    semaphores: status.count() as u64,
                    operation_time: status.operation_time().map(Time),
                }
            }
            Object::Queue(entry) => {
                let status = entry.status();
                KindFields::Queue {
                    messages: status.messages(),
                    bytes: status.bytes(),
                    max_bytes: status.max_bytes(),
                    last_send_pid: raw_pid(status.last_send_pid()),
                    last_receive_pid: raw_pid(status.last_receive_pid()),
                    send_time: status.send_time().map(Time),
                    receive_time: status.receive_time().map(Time),
                }
            }
        }
    }
}
