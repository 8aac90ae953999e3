//! Receiving into a slice of the caller's.

use std::time::{Duration, Instant};

use sysv_ipc::MsgRcvFlags;

use super::wait::{self, Forever, NoTime, Patience};
use super::{MessageQueue, Received, Selector};
use crate::error::Result;

/// Receiving into a slice. Nothing is allocated for a slice of up to 4 KiB.
impl MessageQueue {
    /// Takes a message off the queue and puts it into `buffer`; waits while there is none that `selector` wants.
    /// What is behind the message in `buffer` stays as it was.
    ///
    /// # Errors
    ///
    /// [`TooBig`](crate::ErrorKind::TooBig) if the message is longer than `buffer`: it then stays on the queue;
    /// else those of [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), Forever)
    }

    /// Takes a message off the queue into `buffer` if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
    /// [`receive_into`](Self::receive_into).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), NoTime)
    }

    /// Takes a message off the queue into `buffer`; waits for at most `time` until there is one that `selector`
    /// wants.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive_into`](Self::receive_into).
    pub fn receive_into_timeout(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        time: Duration,
    ) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), time)
    }

    /// Takes a message off the queue into `buffer`; waits until there is one that `selector` wants, or until
    /// `end`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_into_timeout`](Self::receive_into_timeout).
    pub fn receive_into_until(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        end: Instant,
    ) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), end)
    }

    /// Takes a message off the queue into `buffer`, and cuts off what does not fit, which is lost; waits while there
    /// is none that `selector` wants. How long the message was, the kernel does not tell.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{ErrorKind, MessageQueue, RemoveOnDrop, Selector};
    ///
    /// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    /// queue.send(1, b"bury the cat")?;
    /// let mut text = [0; 4];
    /// let error = queue.receive_into(&mut text, Selector::Any).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TooBig);
    /// assert_eq!(queue.receive_truncated(&mut text, Selector::Any)?.length, 4);
    /// assert_eq!(&text, b"bury");
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias("msgrcv", "MSG_NOERROR"))]
    pub fn receive_truncated(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, Forever)
    }

    /// [`receive_truncated`](Self::receive_truncated), if there is a message that `selector` wants.
    ///
    /// # Errors
    ///
    /// Those of [`try_receive`](Self::try_receive).
    #[doc(alias("msgrcv", "MSG_NOERROR", "IPC_NOWAIT"))]
    pub fn try_receive_truncated(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, NoTime)
    }

    /// [`receive_truncated`](Self::receive_truncated), waiting for at most `time`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_timeout`](Self::receive_timeout).
    #[doc(alias = "MSG_NOERROR")]
    pub fn receive_truncated_timeout(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        time: Duration,
    ) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, time)
    }

    /// [`receive_truncated`](Self::receive_truncated), waiting until `end`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_timeout`](Self::receive_timeout).
    #[doc(alias = "MSG_NOERROR")]
    pub fn receive_truncated_until(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        end: Instant,
    ) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, end)
    }

    #[inline]
    fn receive_slice(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        how: MsgRcvFlags,
        patience: impl Patience,
    ) -> Result<Received> {
        let (wanted, kind) = selector.wanted(self)?;
        wait::receive(self, patience, buffer.len(), |flags| {
            let (message_type, length) =
                sysv_ipc::msgrcv_bytes(self.id, buffer, wanted, kind | how | flags)?;
            Ok(Received {
                message_type,
                length,
            })
        })
    }
}
