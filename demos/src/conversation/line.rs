//! Speaking and hearing, in each of the ways that there are. Nothing here waits longer than a slice.

use std::thread;
use std::time::{Duration, Instant};

use super::channel::{Channel, Trouble};
use super::plan::Flow;
use super::record::Record;
use super::role::Role;

/// How long to wait before looking around.
pub const SLICE: Duration = Duration::from_millis(100);

/// How long to look at the memory before another process is let go first: longer than a scheduler's usual slice.
const POLL: Duration = Duration::from_millis(10);

/// How often to look at the memory before looking at the clock.
const POLLS: u32 = 100;

/// One side's end of the channel.
pub struct Line<'a, C> {
    channel: &'a C,
    role: Role,
    flow: Flow,
    /// What this side said last. Until then, what stands in the segment from the beginning.
    said: Record,
    /// What it heard last.
    heard: Record,
}

/// Whether anything was heard.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Yes.
    Something,
    /// Not now; another process was let go first.
    Nothing,
    /// Not in a whole slice of time.
    NothingForLong,
}

impl<'a, C: Channel> Line<'a, C> {
    /// The end of this side, where nothing has been said yet.
    pub fn new(channel: &'a C, role: Role, flow: Flow) -> Line<'a, C> {
        Line {
            channel,
            role,
            flow,
            said: Record::BLANK,
            heard: Record::BLANK,
        }
    }

    /// Says something to the other side.
    pub fn say(&mut self, record: Record) -> Result<(), Trouble> {
        let to = self.role.peer();
        self.said = record;
        match self.flow {
            Flow::Semaphore => {
                self.channel.write(&self.said)?;
                self.channel.give_turn(to)
            }
            Flow::Unguarded => self.channel.write(&self.said),
            Flow::Queue => self.channel.send(to, &self.said),
        }
    }

    /// Listens once. What is heard goes to `record`.
    pub fn listen(&mut self, record: &mut Record) -> Result<Heard, Trouble> {
        match self.flow {
            Flow::Semaphore => {
                if !self.channel.take_turn(self.role, SLICE)? {
                    return Ok(Heard::NothingForLong);
                }
                self.channel.read(record)?;
            }
            Flow::Unguarded => {
                if !self.poll(record)? {
                    thread::yield_now();
                    return Ok(Heard::NothingForLong);
                }
            }
            // The kernel has no wait that ends for queues.
            Flow::Queue => {
                if !self.channel.receive(self.role, record)? {
                    thread::yield_now();
                    return Ok(Heard::Nothing);
                }
            }
        }
        self.heard.clone_from(record);
        Ok(Heard::Something)
    }

    /// Reads again and again for a while, until something new is there. With nothing to tell whose turn it is,
    /// whatever is new must be the answer.
    fn poll(&self, record: &mut Record) -> Result<bool, Trouble> {
        let begun = Instant::now();
        while begun.elapsed() < POLL {
            for _ in 0..POLLS {
                self.channel.read(record)?;
                if *record != self.said && *record != self.heard {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
