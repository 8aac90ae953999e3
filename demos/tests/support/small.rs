//! Runs of the small demonstrations: the objects that they tell of, and whether they are gone.

use sysv_ipc::{Errno, MsgId, SemId, ShmId, msgctl_stat, semctl_stat, shmctl_stat};
use sysv_wrapper::{MessageQueue, RemoveOnDrop, SemaphoreSet, SharedMemory};

use super::{Ended, Run};

pub const BUFFER: &str = env!("CARGO_BIN_EXE_buffer");
pub const CRITICAL_SECTION: &str = env!("CARGO_BIN_EXE_critical_section");
pub const FTOK_EXPERIMENT: &str = env!("CARGO_BIN_EXE_ftok_experiment");
pub const GUARD: &str = env!("CARGO_BIN_EXE_guard");
pub const MAILBOX: &str = env!("CARGO_BIN_EXE_mailbox");
pub const SEGMENT: &str = env!("CARGO_BIN_EXE_segment");

/// An object that a demonstration has told of.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Told {
    Segment(ShmId),
    Set(SemId),
    Queue(MsgId),
}

impl Told {
    /// The objects in a text, where they are called `segment 5`, `semaphore set 6` and `queue 7`.
    #[track_caller]
    pub fn all(text: &str) -> Vec<Told> {
        let words: Vec<&str> = text.split([' ', ',', '\n']).collect();
        let told = |pair: &[&str]| match (pair[0], pair[1].parse::<i32>()) {
            ("segment", Ok(id)) => Some(Told::Segment(ShmId::from_raw(id))),
            ("set", Ok(id)) => Some(Told::Set(SemId::from_raw(id))),
            ("queue", Ok(id)) => Some(Told::Queue(MsgId::from_raw(id))),
            _ => None,
        };
        let all: Vec<Told> = words.windows(2).filter_map(told).collect();
        assert!(!all.is_empty(), "no object is told of in {text:?}");
        all
    }

    /// What the kernel says to it, if it is gone.
    pub fn gone(self) -> bool {
        let errno = match self {
            Told::Segment(id) => shmctl_stat(id).err(),
            Told::Set(id) => semctl_stat(id).err(),
            Told::Queue(id) => msgctl_stat(id).err(),
        };
        matches!(errno, Some(Errno::EINVAL | Errno::EIDRM))
    }

    /// Removes it.
    pub fn remove(self) {
        match self {
            Told::Segment(id) => drop(RemoveOnDrop::new(SharedMemory::from_id(id).unwrap())),
            Told::Set(id) => drop(RemoveOnDrop::new(SemaphoreSet::from_id(id).unwrap())),
            Told::Queue(id) => drop(RemoveOnDrop::new(MessageQueue::from_id(id).unwrap())),
        }
    }
}

impl Ended {
    /// Asserts that it told of objects, and that all of them are gone.
    #[track_caller]
    pub fn assert_gone(&self) -> &Ended {
        for told in Told::all(&self.stdout) {
            assert!(told.gone(), "{told:?} is left: {self:?}");
        }
        self
    }

    /// Asserts that it said all of this, in this order.
    #[track_caller]
    pub fn assert_said(&self, texts: &[&str]) -> &Ended {
        let mut rest = self.stdout.as_str();
        for text in texts {
            let Some((_, behind)) = rest.split_once(text) else {
                panic!("{text:?} is not where it should be in {self:?}");
            };
            rest = behind;
        }
        self
    }
}

impl Run {
    /// Reads on until a line has this in it, and gives that line.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "it ended without {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// What it has said so far.
    pub fn said(&self) -> &str {
        &self.said
    }
}
