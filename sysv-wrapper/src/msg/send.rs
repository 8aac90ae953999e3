//! Sending: from a slice, and from a buffer without a copy.

use std::time::{Duration, Instant};

use super::wait::{self, Forever, NoTime, Patience};
use super::{MessageBuffer, MessageQueue, MessageType};
use crate::error::Result;

/// Sending. The kernel copies the message before the call returns.
impl MessageQueue {
    /// Sends a message; waits while the queue has no room for it.
    ///
    /// `message_type` is from 1 to [`MessageType::MAX`]. The bytes may be none, and at most as many as the system
    /// takes in one message (MSGMAX, 8,192 on Linux if nobody has changed it). Up to 4 KiB are copied on the stack
    /// first; [`send_buffer`](Self::send_buffer) does without that copy.
    ///
    /// If someone makes the queue smaller than the message while this waits, it waits until the room is given
    /// back.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a type out of range, and for a message that
    /// is longer than the system takes or than the queue's `max_bytes`;
    /// [`is_removed`](crate::Error::is_removed), also while it waits;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow writing.
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, Forever)
    }

    /// Sends a message if the queue has room for it.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is no room; else those of
    /// [`send`](Self::send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, NoTime)
    }

    /// Sends a message; waits for at most `time` until the queue has room for it. Zero does not wait; a time that
    /// the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`send`](Self::send).
    pub fn send_timeout(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        time: Duration,
    ) -> Result<()> {
        self.send_slice(message_type, bytes, time)
    }

    /// Sends a message; waits until the queue has room for it, or until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`send_timeout`](Self::send_timeout).
    pub fn send_until(&self, message_type: MessageType, bytes: &[u8], end: Instant) -> Result<()> {
        self.send_slice(message_type, bytes, end)
    }

    #[inline]
    pub(super) fn send_slice(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        patience: impl Patience,
    ) -> Result<()> {
        wait::send(self, patience, message_type, bytes.len(), |flags| {
            sysv_ipc::msgsnd_bytes(self.id, message_type, bytes, flags)
        })
    }

    /// Sends the message in a buffer, without a copy; waits while the queue has no room for it. The buffer can be
    /// used again at once.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, Forever)
    }

    /// Sends the message in a buffer, without a copy, if the queue has room for it.
    ///
    /// # Errors
    ///
    /// Those of [`try_send`](Self::try_send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, NoTime)
    }

    /// Sends the message in a buffer, without a copy; waits for at most `time`.
    ///
    /// # Errors
    ///
    /// Those of [`send_timeout`](Self::send_timeout).
    pub fn send_buffer_timeout(&self, message: &MessageBuffer, time: Duration) -> Result<()> {
        self.send_in_place(message, time)
    }

    /// Sends the message in a buffer, without a copy; waits until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`send_timeout`](Self::send_timeout).
    pub fn send_buffer_until(&self, message: &MessageBuffer, end: Instant) -> Result<()> {
        self.send_in_place(message, end)
    }

    #[inline]
    fn send_in_place(&self, message: &MessageBuffer, patience: impl Patience) -> Result<()> {
        let length = message.bytes().len();
        wait::send(self, patience, message.message_type(), length, |flags| {
            sysv_ipc::msgsnd(self.id, &message.0, flags)
        })
    }
}
