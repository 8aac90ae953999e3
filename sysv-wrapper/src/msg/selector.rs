//! Which message a receiver wants, and how the kernel is told so.

use sysv_ipc::MsgRcvFlags;

use super::{MessageQueue, MessageType};
use crate::error::{Error, Result};

/// Which message to receive. The numbers are types, from 1 to [`MessageType::MAX`].
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop, Selector};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// for message_type in [4, 3, 2, 1] {
///     queue.send(message_type, b"")?;
/// }
/// assert_eq!(queue.receive(Selector::Any)?.message_type, 4);
/// assert_eq!(queue.receive(Selector::UpTo(2))?.message_type, 1);
/// assert!(queue.receive(Selector::Exact(0)).unwrap_err().is_invalid_argument());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("msgtyp", "MSG_EXCEPT"))]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, Default)]
pub enum Selector {
    /// The first of all.
    #[default]
    Any,
    /// The first of this type.
    Exact(MessageType),
    /// Of the types up to this one, the first of the lowest that is there.
    UpTo(MessageType),
    /// The first of any other type. Linux; [`is_unsupported`](crate::Error::is_unsupported) elsewhere.
    #[doc(alias = "MSG_EXCEPT")]
    Except(MessageType),
}

impl Selector {
    /// What the kernel is told: a number and flags. Types out of range would mean something else to it.
    #[inline]
    pub(super) fn wanted(self, queue: &MessageQueue) -> Result<(MessageType, MsgRcvFlags)> {
        match self {
            Selector::Any => Ok((0, MsgRcvFlags::empty())),
            Selector::Exact(of @ 1..) => Ok((of, MsgRcvFlags::empty())),
            Selector::UpTo(of @ 1..) => Ok((-of, MsgRcvFlags::empty())),
            #[cfg(sysv = "MSG_EXCEPT")]
            Selector::Except(of @ 1..) => Ok((of, MsgRcvFlags::EXCEPT)),
            #[cfg(not(sysv = "MSG_EXCEPT"))]
            Selector::Except(1..) => Err(Error::unsupported(
                "receive from",
                queue.subject(),
                "this platform cannot select messages by the type that they do not have",
            )),
            Selector::Exact(of) | Selector::UpTo(of) | Selector::Except(of) => {
                Err(type_error("receive from", queue, of))
            }
        }
    }
}

/// The error for a type that there is not.
#[cold]
pub(super) fn type_error(
    operation: &'static str,
    queue: &MessageQueue,
    message_type: MessageType,
) -> Error {
    let because = format!(
        "the message type is {message_type}, and must be from 1 to {}",
        MessageType::MAX
    );
    Error::argument(operation, queue.subject(), because)
}
