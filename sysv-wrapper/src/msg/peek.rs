//! Reading messages without removing them from the queue, and counting them by type.

use std::collections::BTreeMap;
use std::iter::FusedIterator;

use crate::error::Result;
use crate::handle;
use crate::msg::{Message, MessageQueue, MessageType};

const OPERATION: &str = "look into";

/// Maximum number of messages that [`Messages`] copies: for each of them the kernel counts from the first message on,
/// with the queue locked.
const MOST_MESSAGES: usize = 8192;

/// Maximum number of bytes of messages to count.
const MOST_BYTES: u64 = 64 << 20;

/// Reading without removal, on Linux kernels that were built with `CONFIG_CHECKPOINT_RESTORE`.
impl MessageQueue {
    /// Returns a copy of the message at this position in the queue, counted from 0; `None` past the end. Never waits.
    ///
    /// The status of the queue does not change. Positions shift when other processes receive. The kernel counts from
    /// the first message on, which takes milliseconds for a position far behind.
    ///
    /// # Errors
    ///
    /// - [`is_unsupported`](crate::Error::is_unsupported) where the system has no such call;
    /// - [`TooBig`](crate::ErrorKind::TooBig) for a message longer than the system's current limit, sent when the limit
    ///   was higher;
    /// - [`is_removed`](crate::Error::is_removed) if the queue is gone;
    /// - [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow reading.
    #[doc(alias("MSG_COPY", "msgrcv"))]
    pub fn peek(&self, index: usize) -> Result<Option<Message>> {
        self.look(index)
    }

    /// Returns an iterator of copies of the messages on the queue, from the first on. Each call of `next` copies one
    /// message.
    ///
    /// If other processes receive, it may skip messages, as positions shift, or repeat one. It ends after 8,192
    /// messages, since the time for each grows with its position; [`Messages::is_complete`] returns whether it reached
    /// the end of the queue.
    ///
    /// # Errors
    ///
    /// The iterator yields the errors of [`peek`](Self::peek), and ends after one.
    ///
    /// # Examples
    ///
    /// See [`Messages`].
    #[doc(alias = "MSG_COPY")]
    pub fn messages(&self) -> Messages<'_> {
        Messages {
            queue: self,
            next: Some(0),
            is_complete: false,
        }
    }

    #[cfg(sysv = "MSG_COPY")]
    fn look(&self, index: usize) -> Result<Option<Message>> {
        use crate::error::ErrorKind;
        use sysv_ipc::{Errno, MsgRcvFlags};

        let Ok(position) = MessageType::try_from(index) else {
            // No queue is that long.
            return Ok(None);
        };
        match self.take(position, MsgRcvFlags::COPY | MsgRcvFlags::NOWAIT) {
            Ok(message) => Ok(Some(message)),
            Err(Errno::ENOMSG) => Ok(None),
            Err(errno) => {
                let error = handle::error(OPERATION, self.subject(), errno);
                if !error.is_invalid_argument() {
                    return Err(error);
                }
                // The kernel's own copy is limited to MSGMAX bytes.
                let because = format!(
                    "the message at position {index} is longer than the system takes by now (MSGMAX)"
                );
                Err(error.with_kind(ErrorKind::TooBig).because(because))
            }
        }
    }

    #[cfg(not(sysv = "MSG_COPY"))]
    fn look(&self, _: usize) -> Result<Option<Message>> {
        let because = "this platform has no way to look at messages without taking them";
        let subject = handle::subject(self);
        Err(crate::Error::unsupported(OPERATION, subject, because))
    }
}

/// An iterator of copies of the messages on a queue. Returned by [`MessageQueue::messages`].
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(4, b"Mrs. Premise")?;
/// queue.send(2, b"Mrs. Conclusion")?;
/// for message in queue.messages() {
///     match message {
///         Ok(message) => println!("{}: {} bytes", message.message_type, message.bytes.len()),
///         Err(error) if error.is_unsupported() => println!("{error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// assert_eq!(queue.status()?.messages(), 2);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "iterators are lazy"]
pub struct Messages<'queue> {
    queue: &'queue MessageQueue,
    /// The next position; `None` at the end.
    next: Option<usize>,
    is_complete: bool,
}

impl Messages<'_> {
    /// Returns whether the iterator has reached the end of the queue: false before it ends, after an error, and if it
    /// ended because it had copied 8,192 messages.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Result<Message>> {
        let position = self.next.take()?;
        if position == MOST_MESSAGES {
            return None;
        }
        let found = self.queue.peek(position).transpose();
        match found {
            Some(Ok(_)) => self.next = Some(position + 1),
            Some(Err(_)) => {}
            None => self.is_complete = true,
        }
        found
    }
}

impl FusedIterator for Messages<'_> {}

/// The number of messages on a queue, by type. Returned by [`MessageQueue::count_by_type`].
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(7, b"Four hours")?;
/// queue.send(7, b"to bury a cat?")?;
/// queue.send(1, b"Yes.")?;
/// match queue.count_by_type() {
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
pub struct TypeCounts {
    types: Vec<TypeCount>,
    is_complete: bool,
}

impl TypeCounts {
    /// Returns the types that were found, in ascending order.
    pub fn types(&self) -> &[TypeCount] {
        &self.types
    }

    /// Returns whether all messages were counted: false for a longer queue, and if a sender adds messages faster than
    /// they are counted.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// The messages of one type on a queue. Part of [`TypeCounts`].
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct TypeCount {
    message_type: MessageType,
    messages: u64,
    bytes: u64,
}

impl TypeCount {
    /// Returns the type.
    #[doc(alias = "mtype")]
    pub fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// Returns the number of messages of this type.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Returns the number of bytes of these messages together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Counting the messages on a queue.
impl MessageQueue {
    /// Counts the messages on the queue by type, without removing them.
    ///
    /// This copies them one after the other, as [`messages`](Self::messages) does: if other processes receive, some may
    /// be missed or counted twice. The counting stops after 8,192 messages, after 64 MiB, and after twice the number of
    /// messages that the queue had at first; [`TypeCounts::is_complete`] is then false.
    ///
    /// # Errors
    ///
    /// As [`peek`](Self::peek).
    #[doc(alias = "MSG_COPY")]
    pub fn count_by_type(&self) -> Result<TypeCounts> {
        let messages = usize::try_from(self.status()?.messages()).unwrap_or(usize::MAX);
        let most = messages.saturating_mul(2).saturating_add(64);
        count(self.messages(), most.min(MOST_MESSAGES))
    }
}

/// Counts the messages, up to `most` of them.
fn count(messages: impl Iterator<Item = Result<Message>>, most: usize) -> Result<TypeCounts> {
    let mut found: BTreeMap<MessageType, (u64, u64)> = BTreeMap::new();
    let (mut all, mut all_bytes) = (0, 0);
    let mut is_complete = true;
    for message in messages {
        let message = message?;
        let length = message.bytes.len() as u64;
        let (messages, bytes) = found.entry(message.message_type).or_default();
        *messages += 1;
        *bytes += length;
        all += 1;
        all_bytes += length;
        if all == most || all_bytes >= MOST_BYTES {
            is_complete = false;
            break;
        }
    }
    let types = found.into_iter();
    Ok(TypeCounts {
        types: types
            .map(|(message_type, (messages, bytes))| TypeCount {
                message_type,
                messages,
                bytes,
            })
            .collect(),
        is_complete,
    })
}

#[cfg(test)]
mod tests {
    //! Senders of a chosen speed, which real senders do not have.

    use sysv_ipc::Errno;

    use super::{Message, count};
    use crate::error::Error;
    use crate::error::Subject;
    use crate::kind::Kind;

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
    fn counting_ends_with_the_message_that_reaches_the_bytes() {
        let message = || Message {
            message_type: 7,
            bytes: vec![0; 1 << 20],
        };
        for (there, counted, is_complete) in [(63, 63, true), (65, 64, false)] {
            let messages = std::iter::repeat_with(|| Ok(message())).take(there);
            let contents = count(messages, 1000).unwrap();
            assert_eq!(contents.types()[0].messages(), counted);
            assert_eq!(contents.is_complete(), is_complete);
        }
    }

    #[test]
    fn a_queue_that_goes_meanwhile_has_no_contents() {
        let gone = Error::call("look into", Subject::of(Kind::MessageQueue), Errno::EIDRM);
        let counted = count([Ok(message()), Err(gone)].into_iter(), 100);
        assert!(counted.unwrap_err().is_removed());
    }
}
