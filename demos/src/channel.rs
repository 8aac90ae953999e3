//! The segment that both sides attach, and the calls that a layer provides.
//!
//! Both layers use the same layout, so that a Mrs. Premise of the one can talk with a Mrs. Conclusion of the other.

use std::fmt;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use clap::ValueEnum;
use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::end::{End, Role};
use crate::record::Record;

/// The maximum wait before checking that the other side is alive.
pub const SLICE: Duration = Duration::from_millis(100);

const CACHE_LINE: usize = 64;

/// The offset of the record: not at the beginning of a cache line, so that it touches five of them.
pub const RECORD: usize = 3 * CACHE_LINE + 40;

/// The size of the segment.
pub const SIZE: usize = RECORD + Record::LENGTH;

/// The offset of the number that says whether a side has detected corruption. All numbers are atomics of 32 bits.
pub const CORRUPTED: usize = 3 * CACHE_LINE;

/// Returns the offset of a side's process id, which is 0 before the side is there.
pub const fn pid(role: Role) -> usize {
    CACHE_LINE * (1 + role as usize)
}

/// Returns the offset of the number of exchanges that a side has finished.
pub const fn exchanges(role: Role) -> usize {
    pid(role) + 4
}

/// The medium of messages. A new medium needs a new arm in the `say` and `listen` of each layer.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Medium {
    /// Shared memory
    Memory,
    /// Shared memory, without the semaphores that keep the sides apart
    #[value(skip)]
    Unguarded,
    /// A message queue
    Queue,
    /// Channels of `sync`, without a system call unless a side has to wait (layer wrapper)
    Sync,
}

/// The terms of a conversation and the ids of its objects, as they are at the beginning of the segment.
#[derive(Debug, Copy, Clone, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
pub struct Plan {
    magic: [u8; 4],
    /// The number of exchanges, each of which is a message of Mrs. Premise and its answer.
    pub iterations: u32,
    /// Seconds.
    pub time_limit: u32,
    medium: u32,
    /// The id of the segment.
    pub segment: i32,
    /// The id of the semaphore set. Member 0 says that it is Mrs. Premise's turn, 1 that it is Mrs. Conclusion's.
    pub set: i32,
    /// The id of the queue, or of the area of `sync`, if the medium is one; else -1.
    pub queue: i32,
}

impl Plan {
    /// Returns the terms of a conversation that has no objects yet.
    pub fn new(iterations: u32, time_limit: u32, medium: Medium) -> Plan {
        Plan {
            magic: *b"Cats",
            iterations,
            time_limit,
            medium: medium as u32,
            segment: -1,
            set: -1,
            queue: -1,
        }
    }

    /// Returns whether the messages go this way.
    pub fn goes_by(&self, medium: Medium) -> bool {
        self.medium == medium as u32
    }

    /// Returns an error unless the bytes are those of a conversation.
    pub(crate) fn checked(self) -> Result<Plan, End> {
        let foreign = || End::Failed("the segment is not one of a conversation".to_owned());
        (self.magic == *b"Cats").then_some(self).ok_or_else(foreign)
    }
}

impl fmt::Display for Plan {
    /// Writes the ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {}, semaphore set {}", self.segment, self.set)?;
        match self.queue {
            ..0 => Ok(()),
            area if self.goes_by(Medium::Sync) => write!(f, ", area {area}"),
            queue => write!(f, ", queue {queue}"),
        }
    }
}

/// The objects of a conversation, attached, through one of the layers.
///
/// Dropping a value made by [`create`](Self::create) removes the objects; one made by [`open`](Self::open) does so after
/// [`adopt`](Self::adopt).
pub trait Channel: Sized {
    /// Creates the objects, attaches the segment, and writes the plan with their ids into it.
    fn create(plan: Plan) -> Result<Self, End>;

    /// Attaches the segment with this id, and finds the other objects by its plan.
    fn open(segment: i32) -> Result<Self, End>;

    /// Makes the drop of this value remove the objects.
    fn adopt(&mut self);

    /// Returns the plan.
    fn plan(&self) -> Plan;

    /// Returns the number of attachments of the segment. The kernel does not count dead processes.
    fn attached(&self) -> Result<u64, End>;

    /// Borrows the number at an offset.
    fn word(&self, offset: usize) -> Result<&AtomicU32, End>;

    /// Writes the record, and gives the other side its turn where turns are taken.
    fn say(&self, to: Role, record: &Record) -> Result<(), End>;

    /// Waits for this side's turn, if turns are taken, for at most a [`SLICE`], and reads the record. Returns whether
    /// there was one.
    fn listen(&self, role: Role, record: &mut Record) -> Result<bool, End>;
}
