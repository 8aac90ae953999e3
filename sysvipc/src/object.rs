//! One object of any kind: how it is found, its fields, and its JSON.

use std::fmt::{Display, Write as _};
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use sysv_wrapper::{
    self as wrapper, Entry, Key, Kind, MessageQueue, Mode, Pid, SharedMemory, Verdict,
};

use crate::cli::Target;
use crate::exit::{Failure, Result};
use crate::format::{self, Name, Names, Time, count, printable};

/// Returns whether the process was the last to use the object. Reads the semaphores of a set again.
pub(crate) fn was_last_used_by(object: &Entry, pid: Pid) -> bool {
    match object.status() {
        wrapper::Status::Shm(status) => status.last_pid() == Some(pid),
        wrapper::Status::Sem(_) => {
            let semaphores = object.semaphore_set().and_then(|set| set.iter().ok());
            semaphores
                .into_iter()
                .flatten()
                .any(|semaphore| semaphore.last_pid().ok().flatten() == Some(pid))
        }
        wrapper::Status::Msg(status) => {
            [status.last_send_pid(), status.last_receive_pid()].contains(&Some(pid))
        }
    }
}

/// Returns the latest of the times that the kernel recorded, and its event.
pub(crate) fn last_use(status: &wrapper::Status) -> Option<(SystemTime, &'static str)> {
    let times = match status {
        wrapper::Status::Shm(status) => {
            let detached = (status.detach_time(), "detached");
            let attached = (status.attach_time(), "attached");
            let changed = (status.change_time(), "changed");
            if status.attach_count() == 0 {
                [changed, attached, detached]
            } else {
                [changed, detached, attached]
            }
        }
        wrapper::Status::Sem(status) => [
            (status.change_time(), "changed"),
            (status.operation_time(), "operated"),
            (None, ""),
        ],
        wrapper::Status::Msg(status) => [
            (status.change_time(), "changed"),
            (status.receive_time(), "received"),
            (status.send_time(), "sent"),
        ],
    };
    let known = times
        .into_iter()
        .filter_map(|(time, event)| Some((time?, event)));
    // Of equal times, the later one in the list: the creation of an object counts as a change, and a segment without an
    // attachment was detached last.
    known.max_by_key(|(time, _)| *time)
}

/// Returns whether both are the same object, and not one that got the id of the other. Ignores the key, which a segment loses
/// if it is removed while attached.
pub(crate) fn is_same(one: &Entry, other: &Entry) -> bool {
    let identity = |object: &Entry| {
        let status = object.status();
        (
            object.kind(),
            object.raw_id(),
            status.creator_uid(),
            status.creator_gid(),
            status.creator_pid(),
        )
    };
    identity(one) == identity(other)
}

/// Returns the name for use in sentences: `shm 3 (key 0x0000002a)`.
pub(crate) fn name(object: &Entry) -> String {
    let name = format!("{} {}", object.kind().short_name(), object.raw_id());
    if object.key().is_private() {
        name
    } else {
        format!("{name} (key {})", object.key())
    }
}

/// Returns the word for a verdict in tables.
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Orphaned => "orphaned",
        Verdict::Idle => "idle",
        Verdict::InUse => "in use",
        _ => "unknown",
    }
}

/// Returns the word for a verdict in JSON.
pub(crate) fn json_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::InUse => "in_use",
        other => word(other),
    }
}

/// Formats the size: bytes, semaphores or messages.
pub(crate) fn size(object: &Entry) -> String {
    match object.status() {
        wrapper::Status::Shm(status) => format::bytes(status.size() as u64),
        wrapper::Status::Sem(status) => count(status.count() as u64, "semaphore"),
        wrapper::Status::Msg(status) => count(status.messages(), "message"),
    }
}

/// Formats owner, size, attachments and last use, for the decision to remove an object.
pub(crate) fn describe(object: &Entry, names: &mut Names) -> String {
    let owner = printable(&names.user_or_uid(object.status().uid()));
    let mut text = format!("owner {owner}, {}", size(object));
    if let Some(status) = object.status().as_shm() {
        let attachments = count(status.attach_count(), "attachment");
        // Writing to a string cannot fail.
        let _ = write!(text, ", {attachments}");
    }
    if let Some((time, event)) = last_use(object.status()) {
        let age = format::age(Time(time).age());
        let _ = write!(text, ", {event} {age} ago");
    }
    text
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

    pub(crate) fn of(object: &Entry) -> Identity {
        Identity::new(object.kind(), object.raw_id(), object.key())
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
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

impl Record {
    /// Leaves the verdict out if there is none.
    pub(crate) fn new(object: &Entry, verdict: Option<Verdict>, names: &mut Names) -> Record {
        let status = object.status();
        let last_use = last_use(status);
        Record {
            identity: Identity::of(object),
            mode: Text(status.mode()),
            uid: status.uid(),
            user: SharedName(names.user(status.uid())),
            gid: status.gid(),
            group: SharedName(names.group(status.gid())),
            creator_uid: status.creator_uid(),
            creator_user: SharedName(names.user(status.creator_uid())),
            creator_gid: status.creator_gid(),
            creator_group: SharedName(names.group(status.creator_gid())),
            kind_fields: KindFields::new(status),
            change_time: status.change_time().map(Time),
            last_use_time: last_use.map(|(time, _)| Time(time)),
            last_use: last_use.map(|(_, event)| event),
            verdict: verdict.map(json_word),
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
    fn new(status: &wrapper::Status) -> KindFields {
        match status {
            wrapper::Status::Shm(status) => KindFields::Segment {
                size: status.size() as u64,
                attach_count: status.attach_count(),
                creator_pid: raw_pid(status.creator_pid()),
                last_pid: raw_pid(status.last_pid()),
                attach_time: status.attach_time().map(Time),
                detach_time: status.detach_time().map(Time),
                marked_for_removal: status.marked_for_removal(),
                locked: status.locked(),
            },
            wrapper::Status::Sem(status) => KindFields::Set {
                semaphores: status.count() as u64,
                operation_time: status.operation_time().map(Time),
            },
            wrapper::Status::Msg(status) => KindFields::Queue {
                messages: status.messages(),
                bytes: status.bytes(),
                max_bytes: status.max_bytes(),
                last_send_pid: raw_pid(status.last_send_pid()),
                last_receive_pid: raw_pid(status.last_receive_pid()),
                send_time: status.send_time().map(Time),
                receive_time: status.receive_time().map(Time),
            },
        }
    }
}
