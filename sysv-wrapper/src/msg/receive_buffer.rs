//! Receiving into a buffer, without a copy.

use std::time::{Duration, Instant};

use super::wait::{self, Forever, NoTime, Patience};
use super::{MessageBuffer, MessageQueue, Selector};
use crate::error::Result;

/// Receiving into a [`MessageBuffer`], without a copy beside the kernel's.
impl MessageQueue {
    /// Takes a message off the queue and puts it, with its type, into `message`; waits while there is none that
    /// `selector` wants. After an error, what `message` held is still there.
    ///
    /// # Errors
    ///
    /// [`TooBig`](crate::ErrorKind::TooBig) if the message is longer than the buffer's capacity: it then stays on
    /// the queue; else those of [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_buffer(&self, message: &mut MessageBuffer, selector: Selector) -> Result<()> {
        self.receive_in_place(message, selector, Forever)
    }

    /// Takes a message off the queue into `message` if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
    /// [`receive_buffer`](Self::receive_buffer).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive_buffer(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
    ) -> Result<()> {
        self.receive_in_place(message, selector, NoTime)
    }

    /// Takes a message off the queue into `message`; waits for at most `time` until there is one that `selector`
    /// wants.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive_buffer`](Self::receive_buffer).
    pub fn receive_buffer_timeout(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
        time: Duration,
    ) -> Result<()> {
        self.receive_in_place(message, selector, time)
    }

    /// Takes a message off the queue into `message`; waits until there is one that `selector` wants, or until
    /// `end`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_buffer_timeout`](Self::receive_buffer_timeout).
    pub fn receive_buffer_until(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
        end: Instant,
    ) -> Result<()> {
        self.receive_in_place(message, selector, end)
    }

    #[inline]
    fn receive_in_place(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
        patience: impl Patience,
    ) -> Result<()> {
        let (wanted, how) = selector.wanted(self)?;
        wait::receive(self, patience, message.capacity(), |flags| {
            sysv_ipc::msgrcv(self.id, &mut message.0, wanted, how | flags).map(drop)
        })
    }
}
