//! The segment that both sides have attached: a header of numbers, and behind it the record.
//!
//! Both layers keep to it, so that a Mrs. Premise of the one can talk with a Mrs. Conclusion of the other. Every
//! number is an atomic of 32 bits, which all targets have.

use super::record::Record;
use super::role::Role;

/// A number of the header.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Word {
    /// [`MAGIC`] once all the other numbers are set.
    Magic,
    /// How many exchanges there are to be.
    Iterations,
    /// How what is said gets across: a [`Flow`](super::Flow).
    Flow,
    /// After how many seconds the conversation is given up.
    TimeLimit,
    /// How many processes attach the segment when everyone is there.
    Participants,
    /// The id of the semaphore that says whose turn it is.
    Turn(Role),
    /// The id of the message queue, if there is one.
    Queue,
    /// Why to stop; 0 to go on.
    Stop,
    /// The process id of the side, once it is there.
    Arrived(Role),
    /// How many exchanges the side has finished.
    Exchanges(Role),
}

/// What the first number is: `Cats`.
pub const MAGIC: u32 = u32::from_be_bytes(*b"Cats");

/// Bytes that a cache line has on most machines.
const CACHE_LINE: usize = 64;

/// Where the record begins: off the beginning of a cache line, so that it reaches into five of them.
pub const RECORD: usize = 3 * CACHE_LINE + 40;

/// The size of the segment.
pub const SIZE: usize = RECORD + Record::LENGTH;

impl Word {
    /// Where the number is in the segment.
    pub const fn offset(self) -> usize {
        match self {
            Word::Magic => 0,
            Word::Iterations => 4,
            Word::Flow => 8,
            Word::TimeLimit => 12,
            Word::Participants => 16,
            Word::Turn(role) => 20 + 4 * role.index(),
            Word::Queue => 28,
            Word::Stop => 32,
            Word::Arrived(role) => 36 + 4 * role.index(),
            // Each side writes its own count all the time: a cache line each.
            Word::Exchanges(role) => CACHE_LINE * (1 + role.index()),
        }
    }
}

/// An id as a number of the header has it.
pub fn id_to_word(id: i32) -> u32 {
    u32::from_ne_bytes(id.to_ne_bytes())
}

/// The id that a number of the header is.
pub fn word_to_id(word: u32) -> i32 {
    i32::from_ne_bytes(word.to_ne_bytes())
}
