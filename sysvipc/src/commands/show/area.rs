//! An area of `sysv_wrapper::sync`: its objects, and the processes that have joined it.
//!
//! The module `sync` exists where the processor has atomics of 64 bits.

use serde::Serialize;
use sysv_wrapper::Entry;

use super::{Part, head, plain};
use crate::table::Table;

/// The displayed state of an area.
#[derive(Debug, Serialize)]
pub(super) struct Area {
    segment: i32,
    set: i32,
    set_exists: bool,
    max_peers: usize,
    peers: Vec<Peer>,
    objects: Vec<Object>,
}

/// A process that has joined, or that died and has not been swept.
#[derive(Debug, Clone, Serialize)]
struct Peer {
    slot: u16,
    generation: u16,
    pid: Option<i32>,
    alive: bool,
    command: Option<String>,
}

/// An object of an area.
#[derive(Debug, Serialize)]
struct Object {
    name: String,
    kind: String,
    bytes: usize,
    tag: u64,
    waiters: u32,
    #[serde(flatten)]
    state: State,
}

/// The state of an object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum State {
    Mutex {
        value_bytes: usize,
        owner: Option<Peer>,
        inconsistent: bool,
    },
    Channel {
        capacity: u32,
        max_message_bytes: u32,
        messages: Option<u64>,
        senders: Vec<Peer>,
        receivers: Vec<Peer>,
    },
    Latest {
        value_bytes: usize,
        version: u64,
        publisher: Option<Peer>,
    },
    Event {
        signalled: bool,
    },
    Unknown {},
}

#[cfg(target_has_atomic = "64")]
impl Area {
    /// Returns the area that an object is a part of. Inaccessible parts become notes.
    pub(super) fn of(object: &Entry, notes: &mut Vec<String>) -> Option<Area> {
        use sysv_wrapper::sync;

        let segment = if let Some(memory) = object.shared_memory() {
            let is_area = super::or_note(sync::is_area(&memory), notes)?;
            is_area.then(|| memory.id())
        } else if let Some(set) = object.semaphore_set() {
            // Reading the set may be denied, which the members' note says.
            sync::area_of_set(&set).ok()?
        } else {
            None
        }?;
        let status = super::or_note(sync::inspect(segment), notes)?;
        Some(Area {
            segment: segment.as_raw(),
            set: status.set_id().as_raw(),
            set_exists: status.has_set(),
            max_peers: status.peers_max(),
            peers: status.peers().iter().copied().map(Peer::new).collect(),
            objects: status.objects().iter().map(Object::new).collect(),
        })
    }
}

#[cfg(not(target_has_atomic = "64"))]
impl Area {
    pub(super) fn of(_: &Entry, _: &mut Vec<String>) -> Option<Area> {
        None
    }
}

#[cfg(target_has_atomic = "64")]
impl Peer {
    fn new(peer: sysv_wrapper::sync::PeerStatus) -> Peer {
        let living = peer.pid().filter(|_| peer.is_alive());
        let process = living.and_then(sysv_wrapper::Process::find);
        Peer {
            slot: peer.slot(),
            generation: peer.generation(),
            pid: crate::object::raw_pid(peer.pid()),
            alive: peer.is_alive(),
            command: process.map(|process| process.command().to_owned()),
        }
    }
}

#[cfg(target_has_atomic = "64")]
impl Object {
    fn new(object: &sysv_wrapper::sync::ObjectStatus) -> Object {
        use sysv_wrapper::sync::ObjectState;

        let peers = |peers: &[_]| peers.iter().copied().map(Peer::new).collect();
        let value_bytes = object.value_size().unwrap_or(0);
        let state = match object.state() {
            ObjectState::Mutex {
                owner,
                is_inconsistent,
                ..
            } => State::Mutex {
                value_bytes,
                owner: owner.map(Peer::new),
                inconsistent: *is_inconsistent,
            },
            ObjectState::Channel {
                length,
                senders,
                receivers,
            } => State::Channel {
                capacity: object.capacity().unwrap_or(0),
                max_message_bytes: object.max_size().unwrap_or(0),
                messages: *length,
                senders: peers(senders),
                receivers: peers(receivers),
            },
            ObjectState::Latest { version, publisher } => State::Latest {
                value_bytes,
                version: *version,
                publisher: publisher.map(Peer::new),
            },
            ObjectState::Event { is_signalled } => State::Event {
                signalled: *is_signalled,
            },
            _ => State::Unknown {},
        };
        Object {
            name: object.name().to_owned(),
            kind: object.kind().to_string(),
            bytes: object.size(),
            tag: object.tag(),
            waiters: object.waiters(),
            state,
        }
    }
}

impl Peer {
    /// Formats the process for a sentence: its pid, and whether it is dead.
    fn word(&self) -> String {
        let pid = self
            .pid
            .map_or_else(|| format!("peer {}", self.slot), |pid| pid.to_string());
        if self.alive {
            pid
        } else {
            format!("{pid}, which is dead")
        }
    }
}

impl State {
    fn words(&self) -> String {
        let count = |peers: &[Peer], what| crate::format::count(peers.len() as u64, what);
        match self {
            State::Mutex {
                owner,
                inconsistent,
                ..
            } => {
                let mut words = owner.as_ref().map_or_else(
                    || "free".to_owned(),
                    |owner| format!("locked by {}", owner.word()),
                );
                if *inconsistent {
                    words += "; inconsistent";
                }
                words
            }
            State::Channel {
                capacity,
                messages,
                senders,
                receivers,
                ..
            } => {
                let messages = messages.map_or_else(|| "?".to_owned(), |count| count.to_string());
                format!(
                    "{messages} of {capacity} messages; {}, {}",
                    count(senders, "sender"),
                    count(receivers, "receiver")
                )
            }
            State::Latest {
                version: 0,
                publisher,
                ..
            } => format!("not published yet{}", by(publisher.as_ref())),
            State::Latest {
                version, publisher, ..
            } => format!("version {version}{}", by(publisher.as_ref())),
            State::Event { signalled: true } => "signalled".to_owned(),
            State::Event { signalled: false } => "not signalled".to_owned(),
            State::Unknown {} => "of a kind that this version does not know".to_owned(),
        }
    }
}

fn by(publisher: Option<&Peer>) -> String {
    publisher.map_or_else(
        || "; no publisher".to_owned(),
        |peer| format!("; published by {}", peer.word()),
    )
}

impl Area {
    /// Returns a line about the area: its other half, and its use.
    pub(super) fn line(&self, of_segment: bool) -> String {
        let living = self.peers.iter().filter(|peer| peer.alive).count();
        let half = match (of_segment, self.set_exists) {
            (true, true) => format!("with set {}", self.set),
            (true, false) => format!("dead: set {} is gone", self.set),
            (false, _) => format!("with segment {}", self.segment),
        };
        format!(
            "of sync, {half}; {living} of {} peers alive",
            self.max_peers
        )
    }

    /// Returns the tables of the objects and of the peers.
    pub(super) fn parts(&self) -> [Option<Part>; 2] {
        let heads = ["OBJECT", "KIND"].map(|title| head(title, false));
        let mut heads = Vec::from(heads);
        heads.extend([head("WAITERS", true), head("STATE", false)]);
        let mut objects = Table::new(heads);
        for object in &self.objects {
            objects.push([
                plain(crate::format::printable(&object.name)),
                plain(&object.kind),
                plain(object.waiters),
                plain(object.state.words()),
            ]);
        }
        let mut peers = Table::new(vec![
            head("PEER", true),
            head("PID", true),
            head("STATE", false),
            head("COMMAND", false),
        ]);
        for peer in &self.peers {
            peers.push([
                plain(peer.slot),
                plain(
                    peer.pid
                        .map_or_else(|| "-".to_owned(), |pid| pid.to_string()),
                ),
                plain(if peer.alive { "alive" } else { "dead" }),
                plain(peer.command.as_deref().unwrap_or_default()),
            ]);
        }
        let part = |title, table| {
            Some(Part {
                title,
                table: Some(table),
                end: None,
            })
        };
        [
            part("Objects", objects).filter(|_| !self.objects.is_empty()),
            part("Peers", peers).filter(|_| !self.peers.is_empty()),
        ]
    }
}
