//! What the conversation is to be like. Whoever makes the segment writes it into the header, and everyone else
//! reads it there.

use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::time::Duration;

use super::channel::{Channel, Trouble};
use super::layout::{MAGIC, Word};

/// How what is said gets across.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Flow {
    /// Through shared memory, in turns, which two semaphores give.
    Semaphore,
    /// Through shared memory, without anything that keeps the two apart.
    Unguarded,
    /// Through a message queue.
    Queue,
}

impl Flow {
    const ALL: [Flow; 3] = [Flow::Semaphore, Flow::Unguarded, Flow::Queue];

    fn to_word(self) -> u32 {
        match self {
            Flow::Semaphore => 1,
            Flow::Unguarded => 2,
            Flow::Queue => 3,
        }
    }
}

/// What the conversation is to be like.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How many exchanges: one is a message of Mrs. Premise and the answer to it.
    pub iterations: u32,
    /// How what is said gets across.
    pub flow: Flow,
    /// After how many seconds it is given up.
    pub time_limit: u32,
    /// How many processes attach the segment: two, and a supervisor where there is one.
    pub participants: u32,
}

impl Plan {
    /// The time limit.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.time_limit.into())
    }

    /// The numbers of the header that say all this.
    pub fn words(&self) -> [(Word, u32); 4] {
        [
            (Word::Iterations, self.iterations),
            (Word::Flow, self.flow.to_word()),
            (Word::TimeLimit, self.time_limit),
            (Word::Participants, self.participants),
        ]
    }

    /// What the header says.
    ///
    /// # Errors
    ///
    /// If the segment is not one of a conversation.
    pub fn read<C: Channel>(channel: &C) -> Result<Plan, Trouble> {
        if channel.word(Word::Magic)?.load(Acquire) != MAGIC {
            return Err(Trouble::foreign());
        }
        let flow = channel.word(Word::Flow)?.load(Relaxed);
        let flow = Flow::ALL.into_iter().find(|known| known.to_word() == flow);
        Ok(Plan {
            iterations: channel.word(Word::Iterations)?.load(Relaxed),
            flow: flow.ok_or_else(Trouble::foreign)?,
            time_limit: channel.word(Word::TimeLimit)?.load(Relaxed),
            participants: channel.word(Word::Participants)?.load(Relaxed),
        })
    }
}
