//! Looking at messages without taking them off the queue.

use std::iter::FusedIterator;

use super::{Message, MessageQueue};
use crate::error::{Error, Result};

const OPERATION: &str = "look into";

/// Looking, where the platform has it (Linux, in kernels that were built with `CONFIG_CHECKPOINT_RESTORE`).
impl MessageQueue {
    /// A copy of the message at this place in the queue, counted from 0; `None` past the end. Never waits.
    ///
    /// It changes no time, no pid and no count, and nobody notices. Places move when others receive.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where there is no such call;
    /// [`TooBig`](crate::ErrorKind::TooBig) for a message that was sent when the system took longer ones than it
    /// does now; [`is_removed`](Error::is_removed);
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading.
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

        let fail = |errno| Error::on_handle(OPERATION, self.subject(), errno);
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
        Err(Error::unsupported(OPERATION, self.subject(), because))
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
