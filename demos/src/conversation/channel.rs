//! What a layer has to offer for the conversation: the one trait that both implement.

use std::fmt;
use std::io;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use sysv_wrapper::{Key, Pid};

use super::layout::Word;
use super::plan::Plan;
use super::record::Record;
use super::role::Role;

/// The objects of a conversation, attached: a segment laid out as [`layout`](super::layout) says, a semaphore
/// for each side, and perhaps a queue.
///
/// A value that was made by [`create`](Channel::create) removes the objects when it is dropped, one made by
/// [`open`](Channel::open) does so after [`adopt`](Channel::adopt).
pub trait Channel: Sized {
    /// Makes the objects, and attaches the segment. Its key is a free one.
    ///
    /// # Errors
    ///
    /// What the kernel says; nothing is left behind then.
    fn create(plan: &Plan) -> Result<Self, Trouble>;

    /// Attaches the segment of a conversation, and finds the other objects in its header.
    ///
    /// # Errors
    ///
    /// What the kernel says, or that the segment is not one of a conversation.
    fn open(place: Place) -> Result<Self, Trouble>;

    /// Takes over the removal from whoever died and cannot do it any more.
    fn adopt(&mut self);

    /// Which objects they are.
    fn ids(&self) -> Ids;

    /// The key of the segment.
    fn key(&self) -> Key;

    /// A number of the header.
    ///
    /// # Errors
    ///
    /// None that happens: every word is within the segment, and aligned.
    fn word(&self, word: Word) -> Result<&AtomicU32, Trouble>;

    /// Copies the record out of the segment, at once but not atomically.
    ///
    /// # Errors
    ///
    /// None that happens.
    fn read(&self, record: &mut Record) -> Result<(), Trouble>;

    /// Copies the record into the segment, at once but not atomically.
    ///
    /// # Errors
    ///
    /// None that happens.
    fn write(&self, record: &Record) -> Result<(), Trouble>;

    /// Waits for a side's turn, for at most `slice`. Says whether it came; a signal can end the wait early.
    ///
    /// # Errors
    ///
    /// That the semaphore was removed.
    fn take_turn(&self, role: Role, slice: Duration) -> Result<bool, Trouble>;

    /// Gives a side its turn.
    ///
    /// # Errors
    ///
    /// That the semaphore was removed.
    fn give_turn(&self, role: Role) -> Result<(), Trouble>;

    /// Puts a record for a side on the queue. Does not wait.
    ///
    /// # Errors
    ///
    /// That there is no queue, that it was removed, or that it is full.
    fn send(&self, to: Role, record: &Record) -> Result<(), Trouble>;

    /// Takes a record for a side off the queue. Does not wait; says whether there was one.
    ///
    /// # Errors
    ///
    /// That there is no queue, or that it was removed.
    fn receive(&self, to: Role, record: &mut Record) -> Result<bool, Trouble>;

    /// Who has the segment attached.
    ///
    /// # Errors
    ///
    /// That it was removed.
    fn presence(&self) -> Result<Presence, Trouble>;
}

/// Where to find the segment.
#[derive(Debug, Copy, Clone)]
pub enum Place {
    /// By its id, which the one who made it has told.
    Id(i32),
    /// By its key.
    Key(Key),
}

/// Who has the segment attached, as the kernel counts. A process that dies is not counted any more, however it
/// died.
#[derive(Debug, Copy, Clone)]
pub struct Presence {
    /// How many attachments there are.
    pub attached: u64,
    /// The process that last attached, detached or died.
    pub last: Option<Pid>,
    /// Whether the segment was removed.
    pub removed: bool,
}

/// The ids of the objects.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Ids {
    /// The segment's.
    pub segment: i32,
    /// The semaphores', Mrs. Premise's first.
    pub semaphores: [i32; 2],
    /// The queue's.
    pub queue: Option<i32>,
}

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [premise, conclusion] = self.semaphores;
        write!(
            f,
            "segment {}, semaphores {premise} and {conclusion}",
            self.segment
        )?;
        match self.queue {
            Some(queue) => write!(f, ", queue {queue}"),
            None => Ok(()),
        }
    }
}

/// Why a layer could not do what it was asked for.
#[derive(Debug)]
pub struct Trouble {
    text: String,
    removed: bool,
}

impl Trouble {
    /// With this text.
    pub fn new(text: impl Into<String>) -> Trouble {
        Trouble {
            text: text.into(),
            removed: false,
        }
    }

    /// The system refuses something that has nothing to do with the objects.
    #[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
    pub fn start(error: io::Error) -> Trouble {
        Trouble::new(format!("cannot start: {error}"))
    }

    /// The segment is something else than the programs think.
    pub fn foreign() -> Trouble {
        Trouble::new("the segment is not one of a conversation")
    }

    /// What came is not a record.
    pub fn cut_short(length: usize) -> Trouble {
        Trouble::new(format!("a message of {length} bytes came"))
    }

    /// The same, if `removed` because the object is gone.
    #[must_use]
    pub fn if_removed(self, removed: bool) -> Trouble {
        Trouble { removed, ..self }
    }

    /// Whether it is because the object is gone.
    pub fn is_removed(&self) -> bool {
        self.removed
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
