//! Message queues: the handle. What is done through it is in the files below, one per way of doing it.

mod buffer;
mod builder;
mod message;
mod peek;
mod receive;
mod receive_buffer;
mod receive_into;
mod selector;
mod send;
mod status;
#[cfg(feature = "serde")]
mod value;
mod wait;

pub use buffer::MessageBuffer;
pub use builder::MessageQueueBuilder;
pub use message::{Message, MessageType, Received};
pub use peek::Messages;
pub use selector::Selector;
pub use status::QueueStatus;
#[cfg(feature = "serde")]
pub use value::{MessageValue, UndecodableMessage};

use sysv_ipc::{Errno, Mode, MsgId};

use crate::change::Change;
use crate::error::{Error, Result};
use crate::key::Key;
use crate::object::{Kind, Object, Subject, sealed};
use crate::remove;

const KIND: Kind = Kind::MessageQueue;

/// A message queue: messages of several types, which the kernel keeps until someone receives them.
///
/// A message is bytes with a type, a positive number that the programs give a meaning to. A receiver says by a
/// [`Selector`] which types it wants. This is a handle: clone it, send it, drop it, and nothing happens to the
/// queue, which lasts with its messages until someone removes it. To have it removed with a scope, put the
/// handle into a [`RemoveOnDrop`](crate::RemoveOnDrop).
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop, Selector};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_unique()?);
/// queue.send(3, b"Four hours to bury a cat?")?;
/// queue.send(1, b"Yes. It wouldn't keep still.")?;
///
/// let message = queue.receive(Selector::Exact(1))?;
/// assert_eq!(message.bytes, b"Yes. It wouldn't keep still.");
/// assert_eq!(queue.receive(Selector::Any)?.message_type, 3);
///
/// let error = queue.receive_timeout(Selector::Any, Duration::from_millis(5)).unwrap_err();
/// assert!(error.is_timed_out());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Which way to send and receive
///
/// | | the message comes from, or goes to | copies beside the kernel's | allocates |
/// |---|---|---|---|
/// | [`send`](Self::send), [`receive`](Self::receive) | a slice; a new [`Message`] | one | the message, and beyond 4 KiB a buffer |
/// | [`receive_into`](Self::receive_into) | a slice | one | beyond 4 KiB a buffer |
/// | [`send_buffer`](Self::send_buffer), [`receive_buffer`](Self::receive_buffer) | a [`MessageBuffer`] | none | nothing |
///
/// # Waiting
///
/// The plain forms wait as long as it takes: senders for room, receivers for a message. `try_…` does not wait,
/// `…_timeout` waits for a time span, and `…_until` up to a moment. A signal that is handled meanwhile does not
/// end the wait, nor does it add to the time. A removal ends every wait:
/// [`is_removed`](crate::Error::is_removed).
///
/// The kernel knows no deadlines on queues. A wait with a deadline therefore tries again and again without
/// waiting, with pauses that grow from 50 µs to 5 ms: what comes meanwhile is taken up to 5 ms later, and
/// who waits without a deadline goes first. It uses no thread and no signal.
#[doc(alias("MessageQueueHandle", "msgget", "msqid"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageQueue {
    id: MsgId,
    key: Option<Key>,
}

impl MessageQueue {
    /// What the queue is to be like, to be ended with a verb: `create`, `create_unique`, `create_private`,
    /// `create_or_open`, `create_replacing`, `open`.
    pub fn builder() -> MessageQueueBuilder {
        MessageQueueBuilder::new()
    }

    /// The queue that has this key.
    ///
    /// It may be one that this user can only send to, or only receive from.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may neither receive nor send.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
    ///
    /// let made = RemoveOnDrop::new(MessageQueue::builder().create_unique()?);
    /// let found = MessageQueue::open(made.key().unwrap())?;
    /// assert_eq!(found.id(), made.id());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn open(key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        MessageQueue::find(key)?
            .ok_or_else(|| Error::call("open", Subject::keyed(KIND, key), Errno::ENOENT))
    }

    /// The queue that has this key, if any.
    fn find(key: Key) -> Result<Option<MessageQueue>> {
        let fail = |errno| Err(Error::call("open", Subject::keyed(KIND, key), errno));
        let id = match KIND.find(key) {
            Ok(raw) => MsgId::from_raw(raw),
            Err(Errno::ENOENT) => return Ok(None),
            Err(errno) => return fail(errno),
        };
        // A queue that one may not read may be one to send to.
        let usable = match sysv_ipc::msgctl_stat(id) {
            Err(Errno::EACCES) => KIND.check_write(key, id.as_raw()),
            stat => stat.map(|_| true),
        };
        match usable {
            Ok(true) => Ok(Some(MessageQueue { id, key: Some(key) })),
            // It was removed just now.
            Ok(false) | Err(Errno::EINVAL | Errno::EIDRM) => Ok(None),
            Err(errno) => fail(errno),
        }
    }

    /// The queue with this id, which another process told.
    ///
    /// An id is given to another object some time after its own was removed: on Linux after some four million
    /// more were made. A queue that this user may not read counts as found; its [`key`](Self::key) is then
    /// `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no queue has the id.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::MessageQueue;
    ///
    /// let made = MessageQueue::builder().create_private()?;
    /// let found = MessageQueue::from_id(made.id())?;
    /// found.remove()?;
    /// assert!(MessageQueue::from_id(made.id()).unwrap_err().is_not_found());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn from_id(id: impl Into<MsgId>) -> Result<MessageQueue> {
        let id = id.into();
        let key = KIND.open_id(id.as_raw())?;
        Ok(MessageQueue { id, key })
    }

    /// Whether some queue has this key, also one that this user may not use. [`Key::PRIVATE`] never exists.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn exists(key: impl Into<Key>) -> Result<bool> {
        KIND.exists(key.into())
    }

    /// Removes the queue that has this key, with the messages on it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key; else those of [`remove`](Self::remove).
    pub fn remove_key(key: impl Into<Key>) -> Result<()> {
        KIND.remove_key(key.into())
    }

    /// A handle, made without a call.
    pub(crate) fn from_parts(id: MsgId, key: Option<Key>) -> MessageQueue {
        MessageQueue { id, key }
    }

    /// The kernel's id.
    #[doc(alias = "msqid")]
    pub fn id(&self) -> MsgId {
        self.id
    }

    /// The key that the queue was made or found with: [`Key::PRIVATE`] for a private one, `None` where the
    /// handle was made from an id and the kernel did not tell.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// What is on the queue, its room, owner, mode, times and pids, as they are now.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the queue is gone.
    #[doc(alias("IPC_STAT", "msqid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<QueueStatus> {
        sysv_ipc::msgctl_stat(self.id)
            .map(QueueStatus::new)
            .map_err(|errno| Error::on_handle("ask about", self.subject(), errno))
    }

    /// The permission bits, as they are now.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status).
    #[doc(alias("perm", "permissions"))]
    pub fn mode(&self) -> Result<Mode> {
        self.status().map(|status| status.mode())
    }

    /// Changes how many bytes of all its messages together the queue may hold. With 0 it takes no message.
    ///
    /// At most 2,147,483,647; more than the system's limit MSGMNB takes a privilege (on Linux `CAP_SYS_RESOURCE`). Where the kernel
    /// changes the number, [`status`](Self::status) tells what it has made of it. Messages that are on the
    /// queue stay, even if they are more.
    ///
    /// # Errors
    ///
    /// [`is_limit_reached`](Error::is_limit_reached) for more than MSGMNB;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for more than 2,147,483,647;
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the queue is gone.
    #[doc(alias("IPC_SET", "msg_qbytes", "max_size", "MSGMNB"))]
    pub fn set_max_bytes(&self, max_bytes: u64) -> Result<()> {
        // Linux takes the low 32 bits of what it is given: 2^40 would be 0.
        if i32::try_from(max_bytes).is_err() {
            let because = format!(
                "`max_bytes` is {max_bytes}, and must be at most {}",
                i32::MAX
            );
            return Err(Error::argument("change", self.subject(), because));
        }
        let change = Change {
            max_bytes: Some(max_bytes),
            ..Change::default()
        };
        self.change(change)
            .map_err(|error| wait::room_error(self, error, max_bytes))
    }

    /// Removes the queue at once, with the messages on it. Who waits for it is told so.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the queue is gone.
    #[doc(alias("IPC_RMID", "remove_message_queue"))]
    pub fn remove(&self) -> Result<()> {
        remove::remove(self.subject(), self.id.as_raw())
    }

    /// What errors say they are about.
    fn subject(&self) -> Subject {
        remove::subject(self)
    }
}

crate::change::setters!(MessageQueue);

impl sealed::Sealed for MessageQueue {}

impl Object for MessageQueue {
    const KIND: Kind = KIND;

    fn raw_id(&self) -> i32 {
        self.id.as_raw()
    }

    fn key(&self) -> Option<Key> {
        self.key
    }

    fn from_raw_id(id: i32) -> Result<MessageQueue> {
        MessageQueue::from_id(id)
    }
}
