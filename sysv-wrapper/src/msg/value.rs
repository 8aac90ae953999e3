//! Values of serializable types as messages, in postcard's format.

mod bounded;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::deadline::{Deadline, Wait};
use crate::error::{Error, Result};
use crate::handle;
use crate::msg::{Message, MessageQueue, MessageType, Selector};
use bounded::{Bounds, Exceeded};

/// A received value and the type of its message.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use sysv_wrapper::{MessageQueue, MessageValue, RemoveOnDrop, Selector};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Burial {
///     cat: String,
///     hours: u32,
/// }
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let burial = Burial { cat: "of Mrs. Conclusion".into(), hours: 4 };
/// queue.send_value(7, &burial)?;
/// let MessageValue { message_type, value } = queue.receive_value::<Burial>(Selector::Any)?;
/// assert_eq!((message_type, value), (7, burial));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageValue<T> {
    /// The type of the message.
    #[doc(alias = "mtype")]
    pub message_type: MessageType,
    /// The value.
    pub value: T,
}

/// A message that was received and is not the expected value.
///
/// It is the [source](std::error::Error::source) of an error of the kind
/// [`Undecodable`](crate::ErrorKind::Undecodable):
///
/// ```
/// use std::error::Error as _;
/// use sysv_wrapper::{ErrorKind, MessageQueue, RemoveOnDrop, Selector, UndecodableMessage};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(7, b"\x05abc")?;
/// let error = queue.receive_value::<String>(Selector::Any).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Undecodable);
/// let source = error.source().unwrap();
/// let undecodable: &UndecodableMessage = source.downcast_ref().unwrap();
/// assert_eq!(undecodable.message().bytes, b"\x05abc");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug)]
pub struct UndecodableMessage {
    message: Message,
    cause: Cause,
}

/// The reason why a message is not the expected value.
#[derive(Debug)]
enum Cause {
    Postcard(postcard::Error),
    Exceeded(Exceeded),
    TrailingBytes,
}

impl UndecodableMessage {
    /// Returns the message.
    pub fn message(&self) -> &Message {
        &self.message
    }
}

impl fmt::Display for UndecodableMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Message {
            message_type,
            bytes,
        } = &self.message;
        write!(
            f,
            "the message of type {message_type} with {} bytes, which is off the queue now, does not decode",
            bytes.len()
        )?;
        match &self.cause {
            // Reported as the source.
            Cause::Postcard(_) => Ok(()),
            Cause::Exceeded(bound) => write!(f, ": {bound}"),
            Cause::TrailingBytes => f.write_str(": bytes follow the value"),
        }
    }
}

impl std::error::Error for UndecodableMessage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Postcard(cause) => Some(cause),
            Cause::Exceeded(_) | Cause::TrailingBytes => None,
        }
    }
}

/// Sending and receiving values (feature `values`).
///
/// The format is [postcard](https://docs.rs/postcard)'s: compact, specified, the same on every architecture, and
/// without names or types. Sender and receiver must use the same Rust type, or types of the same shape; a value of
/// another shape may decode to a wrong value. Use message types to distinguish shapes.
///
/// A receiver refuses a message that is nested deeper than 128 levels of structures, sequences, maps, enums and options,
/// and one whose sequences and maps together have 65,536 elements more than the message has bytes: a hostile sender can
/// exhaust neither its stack nor its time.
impl MessageQueue {
    /// Sends a value; waits without a time limit while the queue has no room for it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a value that postcard cannot serialize, such as a sequence of
    /// unknown length; otherwise as [`send`](Self::send).
    pub fn send_value<T: Serialize + ?Sized>(
        &self,
        message_type: MessageType,
        value: &T,
    ) -> Result<()> {
        self.send_encoded(message_type, value, Wait::FOREVER)
    }

    /// Sends a value if the queue has room for it.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no room; otherwise as
    /// [`send_value`](Self::send_value).
    pub fn try_send_value<T: Serialize + ?Sized>(
        &self,
        message_type: MessageType,
        value: &T,
    ) -> Result<()> {
        self.send_encoded(message_type, value, Wait::TRY)
    }

    /// Sends a value; waits until the queue has room for it, but only up to a deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`send_value`](Self::send_value).
    pub fn send_value_timeout<T: Serialize + ?Sized>(
        &self,
        message_type: MessageType,
        value: &T,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_encoded(message_type, value, Wait::Until(deadline))
    }

    fn send_encoded<T: Serialize + ?Sized>(
        &self,
        message_type: MessageType,
        value: &T,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let bytes = postcard::to_allocvec(value).map_err(|cause| {
            let because = format!("the value cannot be serialized: {cause}");
            Error::argument("send to", handle::subject(self), because)
        })?;
        self.send_slice(message_type, &bytes, wait)
    }

    /// Receives a message and deserializes it; waits without a time limit while the queue has none that `selector`
    /// matches.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](crate::ErrorKind::Undecodable) if the message is not a value of this type: the error's source,
    /// an [`UndecodableMessage`], then contains the message, which is no longer on the queue; otherwise as
    /// [`receive`](Self::receive).
    pub fn receive_value<T: DeserializeOwned>(
        &self,
        selector: Selector,
    ) -> Result<MessageValue<T>> {
        self.receive_decoded(selector, Wait::FOREVER)
    }

    /// Receives a message and deserializes it, if the queue has one that `selector` matches.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no such message; otherwise as
    /// [`receive_value`](Self::receive_value).
    pub fn try_receive_value<T: DeserializeOwned>(
        &self,
        selector: Selector,
    ) -> Result<MessageValue<T>> {
        self.receive_decoded(selector, Wait::TRY)
    }

    /// Receives a message and deserializes it; waits until the queue has one that `selector` matches, but only up to a
    /// deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`receive_value`](Self::receive_value).
    pub fn receive_value_timeout<T: DeserializeOwned>(
        &self,
        selector: Selector,
        deadline: impl Into<Deadline>,
    ) -> Result<MessageValue<T>> {
        self.receive_decoded(selector, Wait::Until(deadline))
    }

    fn receive_decoded<T: DeserializeOwned>(
        &self,
        selector: Selector,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<MessageValue<T>> {
        let message = self.receive_message(selector, wait)?;
        let cause = match decode(&message.bytes) {
            Ok(value) => {
                return Ok(MessageValue {
                    message_type: message.message_type,
                    value,
                });
            }
            Err(cause) => cause,
        };
        let source = Box::new(UndecodableMessage { message, cause });
        Err(Error::undecodable(
            "receive from",
            handle::subject(self),
            source,
        ))
    }
}

/// Deserializes the message of a channel, as those of queues are.
pub(crate) fn value_of<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    decode(bytes).ok()
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> std::result::Result<T, Cause> {
    let bounds = Bounds::of_length(bytes.len());
    let mut deserializer = postcard::Deserializer::from_bytes(bytes);
    let value = T::deserialize(bounds.apply(&mut deserializer)).map_err(|cause| {
        match bounds.exceeded() {
            Some(bound) => Cause::Exceeded(bound),
            None => Cause::Postcard(cause),
        }
    })?;
    match deserializer.finalize() {
        Ok([]) => Ok(value),
        Ok(_) => Err(Cause::TrailingBytes),
        Err(cause) => Err(Cause::Postcard(cause)),
    }
}
