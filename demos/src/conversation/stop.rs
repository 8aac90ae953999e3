//! The word in the header that stops the conversation: who has written it, and why.

use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use super::channel::{Channel, Trouble};
use super::layout::Word;
use super::role::{Party, Role};
use crate::signals;

/// Why to stop, as one party tells the others.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Who says so.
    pub by: Party,
    /// Why.
    pub reason: Reason,
}

/// Why to stop.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A signal came.
    Signal(u8),
    /// What was heard is not what should have been said.
    Corruption,
    /// The time limit is reached.
    TimeOver,
    /// Something else went wrong.
    Failure,
}

impl Stop {
    /// Tells it to the others, unless somebody has told them something already.
    pub fn tell<C: Channel>(self, channel: &C) -> Result<(), Trouble> {
        // Who comes later is not heard, and need not know.
        let _ = channel
            .word(Word::Stop)?
            .compare_exchange(0, self.to_word(), AcqRel, Relaxed);
        Ok(())
    }

    /// What was told.
    pub fn told<C: Channel>(channel: &C) -> Result<Option<Stop>, Trouble> {
        Ok(Stop::from_word(channel.word(Word::Stop)?.load(Acquire)))
    }

    fn to_word(self) -> u32 {
        let by = match self.by {
            Party::Supervisor => 1,
            Party::Side(Role::Premise) => 2,
            Party::Side(Role::Conclusion) => 3,
        };
        let (reason, number) = match self.reason {
            Reason::Signal(number) => (1, number),
            Reason::Corruption => (2, 0),
            Reason::TimeOver => (3, 0),
            Reason::Failure => (4, 0),
        };
        u32::from_be_bytes([0, number, reason, by])
    }

    fn from_word(word: u32) -> Option<Stop> {
        let [_, number, reason, by] = word.to_be_bytes();
        let by = match by {
            0 => return None,
            1 => Party::Supervisor,
            2 => Party::Side(Role::Premise),
            _ => Party::Side(Role::Conclusion),
        };
        let reason = match reason {
            1 => Reason::Signal(number),
            2 => Reason::Corruption,
            3 => Reason::TimeOver,
            _ => Reason::Failure,
        };
        Some(Stop { by, reason })
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.by;
        match self.reason {
            Reason::Signal(number) => {
                write!(
                    f,
                    "{by} was interrupted by {}",
                    signals::name(number.into())
                )
            }
            Reason::Corruption => write!(f, "{by} has detected corruption"),
            Reason::TimeOver => write!(f, "{by} says that the time is over"),
            Reason::Failure => write!(f, "{by} has failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_who_and_why() {
        let parties = [
            Party::Supervisor,
            Party::Side(Role::Premise),
            Party::Side(Role::Conclusion),
        ];
        let reasons = [
            Reason::Signal(15),
            Reason::Corruption,
            Reason::TimeOver,
            Reason::Failure,
        ];
        for by in parties {
            for reason in reasons {
                let stop = Stop { by, reason };
                assert_eq!(Stop::from_word(stop.to_word()), Some(stop));
            }
        }
        assert_eq!(Stop::from_word(0), None);
    }
}
