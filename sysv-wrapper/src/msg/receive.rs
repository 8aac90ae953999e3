//! Receiving a message as a value of its own, however long it is.

use std::time::{Duration, Instant};

use sysv_ipc::{Errno, MsgRcvFlags};

use super::wait::{self, Forever, NoTime, Patience};
use super::{Message, MessageQueue, MessageType, Selector};
use crate::error::Result;

/// How long a message is taken to be before the kernel says that it is longer: what fits the stack.
const FIRST_ROOM: usize = 4096;

/// Receiving a [`Message`], however long it is.
impl MessageQueue {
    /// Takes a message off the queue; waits while there is none that `selector` wants.
    ///
    /// The text goes through the stack, or from 4 KiB on through a buffer that is as large as the system's
    /// messages can be. [`receive_into`](Self::receive_into) and [`receive_buffer`](Self::receive_buffer) put it
    /// into memory that is there already.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a type out of range;
    /// [`is_removed`](crate::Error::is_removed), also while it waits;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow reading.
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, Forever)
    }

    /// Takes a message off the queue if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
    /// [`receive`](Self::receive).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, NoTime)
    }

    /// Takes a message off the queue; waits for at most `time` until there is one that `selector` wants. Zero does
    /// not wait; a time that the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive`](Self::receive).
    pub fn receive_timeout(&self, selector: Selector, time: Duration) -> Result<Message> {
        self.receive_message(selector, time)
    }

    /// Takes a message off the queue; waits until there is one that `selector` wants, or until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_timeout`](Self::receive_timeout).
    pub fn receive_until(&self, selector: Selector, end: Instant) -> Result<Message> {
        self.receive_message(selector, end)
    }

    #[inline]
    pub(super) fn receive_message(
        &self,
        selector: Selector,
        patience: impl Patience,
    ) -> Result<Message> {
        let (wanted, how) = selector.wanted(self)?;
        let mut room = FIRST_ROOM;
        wait::receive(self, patience, room, |flags| {
            self.take(wanted, how | flags, &mut room)
        })
    }

    /// Makes one call, or more with more room if the message is longer: it stays on the queue until then.
    #[inline]
    fn take(
        &self,
        wanted: MessageType,
        flags: MsgRcvFlags,
        room: &mut usize,
    ) -> sysv_ipc::Result<Message> {
        loop {
            match sysv_ipc::msgrcv_vec(self.id, *room, wanted, flags) {
                Err(Errno::E2BIG) => *room = more_room(*room),
                result => {
                    return result.map(|(message_type, bytes)| Message {
                        message_type,
                        bytes,
                    });
                }
            }
        }
    }
}

/// The room for a message that was longer than `room`: what the system says that a message can have. A message
/// may be longer still if the limit was lowered since, and one of a huge limit need not be huge itself: so it is at
/// least twice the room there was, and at most sixteen times.
#[cold]
fn more_room(room: usize) -> usize {
    let longest = wait::longest_message().and_then(|longest| usize::try_from(longest).ok());
    let twice = room.saturating_mul(2);
    longest
        .unwrap_or(twice)
        .clamp(twice, room.saturating_mul(16))
}
