//! Values as messages, for types that serde can take apart, in postcard's format.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

use crate::deadline::{Deadline, Wait};
use crate::error::{Error, Result};
use crate::handle;
use crate::msg::{Message, MessageQueue, MessageType, Selector};

/// A value that was received, with the type of its message.
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
    /// What it said.
    pub value: T,
}

/// A message that was received, and so is off the queue, but is not the expected value.
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
    /// The decoder's error; `None` if bytes follow the value.
    cause: Option<postcard::Error>,
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
            Some(_) => Ok(()),
            None => f.write_str(": bytes follow the value"),
        }
    }
}

impl std::error::Error for UndecodableMessage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// Sending and receiving values (feature `values`).
///
/// The format is [postcard](https://docs.rs/postcard)'s: small, the same on every architecture, specified, and
/// without names or types in it. Sender and receiver have to use the same Rust type, or types of the same shape; of
/// another shape the receiver may read nonsense. Message types are there to tell shapes apart.
impl MessageQueue {
    /// Sends a value; waits while the queue has no room for it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a value that cannot be encoded, such as a sequence
    /// that does not know its length; else those of [`send`](Self::send).
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
    /// [`is_would_block`](Error::is_would_block) if there is no room; else those of
    /// [`send_value`](Self::send_value).
    pub fn try_send_value<T: Serialize + ?Sized>(
        &self,
        message_type: MessageType,
        value: &T,
    ) -> Result<()> {
        self.send_encoded(message_type, value, Wait::TRY)
    }

    /// Sends a value; waits for at most `time` until the queue has room for it.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`send_value`](Self::send_value).
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
            let because = format!("the value cannot be encoded: {cause}");
            Error::argument("send to", handle::subject(self), because)
        })?;
        self.send_slice(message_type, &bytes, wait)
    }

    /// Takes a message off the queue and makes a value of it; waits while there is none that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](crate::ErrorKind::Undecodable) if it is not such a value: the message is then off the
    /// queue, and the error's source, an [`UndecodableMessage`], has it; else those of
    /// [`receive`](Self::receive).
    pub fn receive_value<T: DeserializeOwned>(
        &self,
        selector: Selector,
    ) -> Result<MessageValue<T>> {
        self.receive_decoded(selector, Wait::FOREVER)
    }

    /// Takes a message off the queue and makes a value of it, if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if there is none; else those of
    /// [`receive_value`](Self::receive_value).
    pub fn try_receive_value<T: DeserializeOwned>(
        &self,
        selector: Selector,
    ) -> Result<MessageValue<T>> {
        self.receive_decoded(selector, Wait::TRY)
    }

    /// Takes a message off the queue and makes a value of it; waits for at most `time` until there is one that
    /// `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`receive_value`](Self::receive_value).
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
        let cause = match postcard::take_from_bytes(&message.bytes) {
            Ok((value, [])) => {
                return Ok(MessageValue {
                    message_type: message.message_type,
                    value,
                });
            }
            Ok(_) => None,
            Err(cause) => Some(cause),
        };
        let source = Box::new(UndecodableMessage { message, cause });
        Err(Error::undecodable(
            "receive from",
            handle::subject(self),
            source,
        ))
    }
}
