//! An object in JSON: the schema that docs/sysvipc.md describes. Fields are added, and never renamed or removed.

use std::fmt::Display;

use serde::{Serialize, Serializer};
use sysv_wrapper::{Key, Orphaned, Pid};

use super::found::{Found, verdict};
use super::moment::Moment;
use super::names::{Name, Names};

/// Something that is a text in JSON, without being made into a `String` first.
#[derive(Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
    change_time: Option<Moment>,
    last_use_time: Option<Moment>,
    last_use: Option<&'static str>,
    orphaned: &'static str,
}

/// A name, which many objects share.
#[derive(Debug)]
struct Shared(Name);

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
        attach_time: Option<Moment>,
        detach_time: Option<Moment>,
        marked_for_removal: bool,
        locked: bool,
    },
    Set {
        semaphores: u64,
        operation_time: Option<Moment>,
    },
    Queue {
        messages: u64,
        bytes: u64,
        max_bytes: u64,
        last_send_pid: Option<i32>,
        last_receive_pid: Option<i32>,
        send_time: Option<Moment>,
        receive_time: Option<Moment>,
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
                    attach_time: status.attach_time().map(Moment),
                    detach_time: status.detach_time().map(Moment),
                    marked_for_removal: status.marked_for_removal(),
                    locked: status.locked(),
                }
            }
            Found::Set(entry) => {
                let status = entry.status();
                Own::Set {
                    semaphores: status.count() as u64,
                    operation_time: status.operation_time().map(Moment),
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
                    send_time: status.send_time().map(Moment),
                    receive_time: status.receive_time().map(Moment),
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
            change_time: found.change_time().map(Moment),
            last_use_time: last_use.map(|(time, _)| Moment(time)),
            last_use: last_use.map(|(_, what)| what),
            orphaned: verdict(orphaned),
        }
    }
}
