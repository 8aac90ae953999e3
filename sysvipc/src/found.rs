//! An object of any kind as it was found, and all objects of a kind.

use std::time::SystemTime;

use sysv_wrapper::{
    Entry, Judge, Key, Kind, Listing, MessageQueue, Mode, ObjectStatus, Orphaned, Pid, Result,
    SemaphoreSet, SharedMemory,
};

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
