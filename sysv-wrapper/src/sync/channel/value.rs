//! Typed values as messages, serialized with serde in postcard's format.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::deadline::{Deadline, Wait};
use crate::msg::value::value_of;
use crate::sync::channel::{Kept, Receiver, Sender, SoleReceiver, SoleSender};
use crate::sync::error::{Error, Result};

/// Sending values (feature `values`), in the format of [`MessageQueue::send_value`](crate::MessageQueue::send_value).
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::{Area, Capacity, MaxSize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Job {
///     room: String,
///     hours: u32,
/// }
///
/// let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
/// let area = RemoveOnDrop::new(builder.create_unique()?);
/// let (sender, receiver) = (area.sender("jobs")?, area.receiver("jobs")?);
///
/// sender.send_value(&Job { room: "hall".into(), hours: 2 })?;
/// let job: Job = receiver.receive_value()?;
/// assert_eq!(job, Job { room: "hall".into(), hours: 2 });
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
impl Sender {
    /// Sends a value; waits while the channel is full.
    ///
    /// # Errors
    ///
    /// [`Unserializable`](Error::Unserializable) for a value that postcard cannot serialize, such as a sequence of unknown
    /// length; otherwise as [`send`](Self::send).
    pub fn send_value<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
        self.send_within(&encode(value)?, Wait::FOREVER)
    }

    /// Sends a value without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is full; otherwise as [`send_value`](Self::send_value).
    pub fn try_send_value<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
        self.send_within(&encode(value)?, Wait::TRY)
    }

    /// Sends a value; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); otherwise as [`send_value`](Self::send_value).
    pub fn send_value_timeout<T: Serialize + ?Sized>(
        &self,
        value: &T,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_within(&encode(value)?, Wait::Until(deadline))
    }
}

/// Sending values (feature `values`), as a [`Sender`] does.
impl SoleSender {
    /// Sends a value; waits while the channel is full.
    ///
    /// # Errors
    ///
    /// As [`Sender::send_value`].
    pub fn send_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.send_within(&encode(value)?, Wait::FOREVER)
    }

    /// Sends a value without waiting.
    ///
    /// # Errors
    ///
    /// As [`Sender::try_send_value`].
    pub fn try_send_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.send_within(&encode(value)?, Wait::TRY)
    }

    /// Sends a value; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// As [`Sender::send_value_timeout`].
    pub fn send_value_timeout<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_within(&encode(value)?, Wait::Until(deadline))
    }
}

/// Receiving values (feature `values`) of [`Sender::send_value`].
///
/// A receiver rejects the same messages as [`MessageQueue::receive_value`](crate::MessageQueue::receive_value), so that a
/// hostile sender can exhaust neither the receiver's stack nor its time.
impl Receiver {
    /// Receives a message and deserializes it; waits while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](Error::Undecodable) if the message is not a value of this type; the message is lost, whereas
    /// [`Kept::value`] leaves it in the channel. Otherwise as [`receive`](Self::receive), except `TooSmall`.
    pub fn receive_value<T: DeserializeOwned>(&self) -> Result<T> {
        take(self.keep(Wait::FOREVER)?)
    }

    /// Receives a message without waiting, and deserializes it.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is empty; otherwise as [`receive_value`](Self::receive_value).
    pub fn try_receive_value<T: DeserializeOwned>(&self) -> Result<T> {
        take(self.keep(Wait::TRY)?)
    }

    /// Receives a message and deserializes it; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); otherwise as [`receive_value`](Self::receive_value).
    pub fn receive_value_timeout<T: DeserializeOwned>(
        &self,
        deadline: impl Into<Deadline>,
    ) -> Result<T> {
        take(self.keep(Wait::Until(deadline))?)
    }
}

/// Receiving values (feature `values`), as a [`Receiver`] does.
impl SoleReceiver {
    /// Receives a message and deserializes it; waits while the channel is empty.
    ///
    /// # Errors
    ///
    /// As [`Receiver::receive_value`].
    pub fn receive_value<T: DeserializeOwned>(&mut self) -> Result<T> {
        take(self.keep(Wait::FOREVER)?)
    }

    /// Receives a message without waiting, and deserializes it.
    ///
    /// # Errors
    ///
    /// As [`Receiver::try_receive_value`].
    pub fn try_receive_value<T: DeserializeOwned>(&mut self) -> Result<T> {
        take(self.keep(Wait::TRY)?)
    }

    /// Receives a message and deserializes it; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// As [`Receiver::receive_value_timeout`].
    pub fn receive_value_timeout<T: DeserializeOwned>(
        &mut self,
        deadline: impl Into<Deadline>,
    ) -> Result<T> {
        take(self.keep(Wait::Until(deadline))?)
    }
}

impl Kept<'_> {
    /// Deserializes the message (feature `values`), and leaves it in the channel.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](Error::Undecodable) if the message is not a value of this type; otherwise as [`copy_to`](Self::copy_to).
    pub fn value<T: DeserializeOwned>(&self) -> Result<T> {
        value_of(&self.to_vec()?).ok_or(Error::Undecodable)
    }
}

fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    postcard::to_allocvec(value).map_err(|_| Error::Unserializable)
}

/// Deserializes a message that was removed from the channel.
fn take<T: DeserializeOwned>(kept: Kept<'_>) -> Result<T> {
    let value = kept.value();
    kept.done()?;
    value
}
