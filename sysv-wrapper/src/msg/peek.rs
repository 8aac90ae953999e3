//! Looking at messages without taking them off the queue, and counting them by type.

use std::collections::BTreeMap;
use std::iter::FusedIterator;

use crate::error::Result;
use crate::handle;
use crate::msg::{Message, MessageQueue, MessageType};

const OPERATION: &str = "look into";

/// Looking, where the platform has it (Linux, in kernels that were built with `CONFIG_CHECKPOINT_RESTORE`).
impl MessageQueue {
    /// A copy of the message at this place in the queue, counted from 0; `None` past the end. Never waits.
    ///
    /// It changes no time, no pid and no count, and nobody notices. Places move when others receive.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](crate::Error::is_unsupported) where there is no such call;
    /// [`TooBig`](crate::ErrorKind::TooBig) for a message that was sent when the system took longer ones than it
    /// does now; [`is_removed`](crate::Error::is_removed);
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow reading.
    #[doc(alias("MSG_COPY", "msgrcv"))]
    pub fn peek(&self, index: usize) -> Result<Option<Message>> {
        self.look(index)
    }

    /// Copies of the messages on the queue, from the first on, each made when it is asked for.
    ///
    /// Beside others who receive, this may skip messages, as places move up, or show the same one again, and beside
    /// a busy sender it need not end.
    ///
    /// # Errors
    ///
    /// The iterator gives those of [`peek`](Self::peek), and ends after one.
    ///
    /// # Examples
    ///
    /// See [`Messages`].
    #[doc(alias = "MSG_COPY")]
    pub fn messages(&self) -> Messages<'_> {
        Messages {
            queue: self,
            next: Some(0),
        }
    }

    #[cfg(all(sysv = "MSG_COPY", sysv = "IPC_INFO"))]
    fn look(&self, index: usize) -> Result<Option<Message>> {
        use sysv_ipc::{Errno, MsgRcvFlags};

        use super::MessageType;
        use crate::error::ErrorKind;

        let fail = |errno| handle::error(OPERATION, self.subject(), errno);
        let Ok(place) = MessageType::try_from(index) else {
            // No queue is that long.
            return Ok(None);
        };
        let flags = MsgRcvFlags::COPY | MsgRcvFlags::NOWAIT;
        loop {
            // The kernel wants room for the longest message that there may be.
            let (_, limits) = sysv_ipc::msgctl_ipc_info().map_err(fail)?;
            let room = usize::try_from(limits.msgmax()).unwrap_or(usize::MAX);
            match sysv_ipc::msgrcv_vec(self.id, room, place, flags) {
                Ok((message_type, bytes)) => {
                    return Ok(Some(Message {
                        message_type,
                        bytes,
                    }));
                }
                Err(Errno::ENOMSG) => return Ok(None),
                Err(errno @ (Errno::E2BIG | Errno::EINVAL)) => {
                    // A message from before the limit was lowered, if it was not just raised.
                    let (_, now) = sysv_ipc::msgctl_ipc_info().map_err(fail)?;
                    if now.msgmax() > limits.msgmax() {
                        continue;
                    }
                    if sysv_ipc::msgctl_stat(self.id).is_err() {
                        return Err(fail(errno));
                    }
                    let because = format!(
                        "the message at place {index} is longer than the system takes by now, which is {room} \
                         bytes (MSGMAX)"
                    );
                    return Err(fail(errno).with_kind(ErrorKind::TooBig).because(because));
                }
                // A handled signal is no news to a call that does not wait.
                Err(errno) => return Err(fail(errno)),
            }
        }
    }

    #[cfg(not(all(sysv = "MSG_COPY", sysv = "IPC_INFO")))]
    fn look(&self, _: usize) -> Result<Option<Message>> {
        let because = "this platform has no way to look at messages without taking them";
        Err(crate::Error::unsupported(
            OPERATION,
            self.subject(),
            because,
        ))
    }
}

/// Copies of the messages on a queue, one after the other. Made by [`MessageQueue::messages`].
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
#[must_use = "nothing is looked at before the iterator is asked"]
pub struct Messages<'queue> {
    queue: &'queue MessageQueue,
    /// The next place; `None` at the end.
    next: Option<usize>,
}

impl Iterator for Messages<'_> {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Result<Message>> {
        let place = self.next.take()?;
        let found = self.queue.peek(place).transpose()?;
        if found.is_ok() {
            self.next = Some(place + 1);
        }
        Some(found)
    }
}

impl FusedIterator for Messages<'_> {}

/// What is on a queue, by type of message. Made by [`MessageQueue::count_by_type`].
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
    /// Each type that was found, in ascending order.
    pub fn types(&self) -> &[TypeCount] {
        &self.types
    }

    /// Whether the end of the queue was reached. Beside a sender who is faster it is not.
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
    pub fn count_by_type(&self) -> Result<TypeCounts> {
        let messages = usize::try_from(self.status()?.messages()).unwrap_or(usize::MAX);
        count(
            self.messages(),
            messages.saturating_mul(2).saturating_add(64),
        )
    }
}

/// Counts the messages, but looks at no more than `most`.
fn count(messages: impl Iterator<Item = Result<Message>>, most: usize) -> Result<TypeCounts> {
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
    Ok(TypeCounts {
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
    fn a_queue_that_goes_meanwhile_has_no_contents() {
        let gone = Error::call("look into", Subject::of(Kind::MessageQueue), Errno::EIDRM);
        let counted = count([Ok(message()), Err(gone)].into_iter(), 100);
        assert!(counted.unwrap_err().is_removed());
    }
}
