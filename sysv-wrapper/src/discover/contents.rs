//! What is on a queue, by type, without taking it off.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::msg::{Message, MessageQueue, MessageType};

/// What is on a queue, by type of message. Made by [`MessageQueue::contents`].
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(7, b"Four hours")?;
/// queue.send(7, b"to bury a cat?")?;
/// queue.send(1, b"Yes.")?;
/// match queue.contents() {
///     Ok(contents) => {
///         let [one, seven] = contents.types() else { panic!("other types") };
///         assert_eq!((one.message_type(), one.messages(), one.bytes()), (1, 1, 4));
///         assert_eq!((seven.message_type(), seven.messages(), seven.bytes()), (7, 2, 24));
///     }
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// assert_eq!(queue.status()?.messages(), 3);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    types: Vec<TypeCount>,
    is_complete: bool,
}

impl Contents {
    /// Each type that was found, in ascending order.
    pub fn types(&self) -> &[TypeCount] {
        &self.types
    }

    /// Whether the end of the queue was reached. Beside a sender who is faster it is not.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// The messages of one type on a queue. Part of [`Contents`].
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct TypeCount {
    message_type: MessageType,
    messages: u64,
    bytes: u64,
}

impl TypeCount {
    /// The type.
    #[doc(alias = "mtype")]
    pub fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// How many messages have it.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many bytes these have together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Counting what is on a queue.
impl MessageQueue {
    /// How many messages of which type are on the queue, which keeps them all.
    ///
    /// They are looked at one after the other ([`messages`](Self::messages)): beside others who receive, some may be
    /// missed or counted twice. It looks at no more messages than twice what the queue had at first.
    ///
    /// # Errors
    ///
    /// Those of [`peek`](Self::peek), among them [`is_unsupported`](crate::Error::is_unsupported) where messages cannot
    /// be looked at without taking them.
    #[doc(alias = "MSG_COPY")]
    pub fn contents(&self) -> Result<Contents> {
        let messages = usize::try_from(self.status()?.messages()).unwrap_or(usize::MAX);
        count(
            self.messages(),
            messages.saturating_mul(2).saturating_add(64),
        )
    }
}

/// Counts the messages, but looks at no more than `most`.
fn count(messages: impl Iterator<Item = Result<Message>>, most: usize) -> Result<Contents> {
    let mut found: BTreeMap<MessageType, (u64, u64)> = BTreeMap::new();
    let mut looked_at = 0;
    for message in messages.take(most) {
        let message = message?;
        let (messages, bytes) = found.entry(message.message_type).or_default();
        *messages += 1;
        *bytes += message.bytes.len() as u64;
        looked_at += 1;
    }
    let types = found.into_iter();
    Ok(Contents {
        types: types
            .map(|(message_type, (messages, bytes))| TypeCount {
                message_type,
                messages,
                bytes,
            })
            .collect(),
        is_complete: looked_at < most,
    })
}

#[cfg(test)]
mod tests {
    //! Senders of any speed, which no test of real ones can choose.

    use sysv_ipc::Errno;

    use super::{Message, count};
    use crate::error::Error;
    use crate::object::{Kind, Subject};

    fn message() -> Message {
        Message {
            message_type: 7,
            bytes: b"four".to_vec(),
        }
    }

    #[test]
    fn beside_a_faster_sender_the_counting_ends_before_the_queue() {
        let contents = count(std::iter::repeat_with(|| Ok(message())), 100).unwrap();
        let [seven] = contents.types() else {
            panic!("{contents:?}");
        };
        assert_eq!((seven.messages(), seven.bytes()), (100, 400));
        assert!(!contents.is_complete());
        for (there, is_complete) in [(0, true), (99, true), (100, false)] {
            let messages = std::iter::repeat_with(|| Ok(message())).take(there);
            let contents = count(messages, 100).unwrap();
            assert_eq!(contents.is_complete(), is_complete, "{there}");
        }
    }

    #[test]
    fn a_queue_that_goes_meanwhile_has_no_contents() {
        let gone = Error::call("look into", Subject::of(Kind::MessageQueue), Errno::EIDRM);
        let counted = count([Ok(message()), Err(gone)].into_iter(), 100);
        assert!(counted.unwrap_err().is_removed());
    }
}
