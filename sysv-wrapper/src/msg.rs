//! Message queues: the handle, its status, and messages.

mod buffer;
mod builder;
mod peek;
mod transfer;
#[cfg(feature = "values")]
mod value;

pub use buffer::MessageBuffer;
pub use builder::MessageQueueBuilder;
pub use peek::{Messages, TypeCount, TypeCounts};
#[cfg(feature = "values")]
pub use value::{MessageValue, UndecodableMessage};

use std::ffi::c_long;
use std::ops::Deref;
use std::time::SystemTime;

use sysv_ipc::{Errno, MsgId, MsgRcvFlags, MsgStat, Ownership, Pid};

use crate::error::{Error, Result, Subject};
use crate::handle::{self, Change};
use crate::key::Key;
use crate::kind::Kind;
use crate::system;

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
/// The plain forms wait without a time limit: senders for room, receivers for a message. `try_…` does not wait, and
/// `…_timeout` waits until a [`Deadline`](crate::Deadline). A handled signal neither ends a wait nor prolongs it, unless
/// the deadline is [interruptible](crate::Deadline::interruptible). A removal ends every wait:
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
        let id = match system::find(KIND, key) {
            Ok(raw) => MsgId::from_raw(raw),
            Err(Errno::ENOENT) => return Ok(None),
            Err(errno) => return fail(errno),
        };
        // A queue that one may not read may be one to send to.
        let usable = match sysv_ipc::msgctl_stat(id) {
            Err(Errno::EACCES) => system::check_write(KIND, key, id.as_raw()),
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
        let key = handle::key_of(KIND, id.as_raw())?;
        Ok(MessageQueue { id, key })
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
    pub fn status(&self) -> Result<MsgStatus> {
        sysv_ipc::msgctl_stat(self.id)
            .map(MsgStatus::new)
            .map_err(|errno| handle::error("ask about", self.subject(), errno))
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
            .map_err(|error| transfer::room_error(self, error, max_bytes))
    }
}

crate::handle::handle!(
    MessageQueue,
    MsgId,
    Kind::MessageQueue,
    "queue",
    "haskey",
    "remove_message_queue"
);

/// The state of a queue at the moment when [`status`](crate::MessageQueue::status) was called.
///
/// Times are in whole seconds, and `None` for what has not happened yet; so are pids.
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(1, b"a message")?;
/// let status = queue.status()?;
/// assert_eq!((status.messages(), status.bytes()), (1, 9));
/// assert!(status.send_time().is_some());
/// assert_eq!(status.receive_time(), None);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "msqid_ds")]
#[derive(Debug, Copy, Clone)]
pub struct MsgStatus(MsgStat);

impl Deref for MsgStatus {
    type Target = Ownership;

    fn deref(&self) -> &Ownership {
        self.ownership()
    }
}

impl MsgStatus {
    #[inline]
    pub(crate) fn new(stat: MsgStat) -> MsgStatus {
        MsgStatus(stat)
    }

    /// Returns owner, creator and mode, to which the status dereferences too.
    #[doc(alias = "ipc_perm")]
    pub fn ownership(&self) -> &Ownership {
        self.0.ownership()
    }

    /// How many messages are on the queue.
    #[doc(alias("current_messages", "msg_qnum"))]
    pub fn messages(&self) -> u64 {
        self.0.qnum()
    }

    /// How many bytes all messages on the queue have together.
    #[doc(alias("msg_cbytes", "used-bytes"))]
    pub fn bytes(&self) -> u64 {
        self.0.cbytes()
    }

    /// How many bytes of all its messages together the queue may hold. On Linux it is also the number of messages
    /// that it may hold.
    #[doc(alias("max_size", "msg_qbytes"))]
    pub fn max_bytes(&self) -> u64 {
        self.0.qbytes()
    }

    /// The process that last sent.
    #[doc(alias = "msg_lspid")]
    pub fn last_send_pid(&self) -> Option<Pid> {
        self.0.lspid()
    }

    /// The process that last received. Linux records the number of the thread instead, if that was waiting.
    #[doc(alias = "msg_lrpid")]
    pub fn last_receive_pid(&self) -> Option<Pid> {
        self.0.lrpid()
    }

    /// When someone last sent.
    #[doc(alias("last_send_time", "msg_stime"))]
    pub fn send_time(&self) -> Option<SystemTime> {
        self.0.stime()
    }

    /// When someone last received.
    #[doc(alias("last_receive_time", "msg_rtime"))]
    pub fn receive_time(&self) -> Option<SystemTime> {
        self.0.rtime()
    }

    /// When it was made, or its owner, mode or room last changed.
    #[doc(alias("last_change_time", "msg_ctime"))]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }
}

/// The type of a message: a number from 1 to [`c_long::MAX`], which the programs give a meaning to.
///
/// C's `long`, as the kernel has it: 64 bits wide where pointers are, else 32.
///
/// ```
/// use sysv_wrapper::{MessageQueue, MessageType, RemoveOnDrop, Selector};
///
/// const GREETING: MessageType = 7;
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(GREETING, b"hello")?;
/// assert_eq!(queue.receive(Selector::Exact(GREETING))?.bytes, b"hello");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "mtype")]
pub type MessageType = c_long;

/// A message that was received, or looked at.
///
/// ```
/// use sysv_wrapper::{Message, MessageQueue, RemoveOnDrop, Selector};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(7, b"bury the cat")?;
/// let Message { message_type, bytes } = queue.receive(Selector::Any)?;
/// assert_eq!((message_type, &bytes[..]), (7, &b"bury the cat"[..]));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "msgbuf")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// The type.
    #[doc(alias = "mtype")]
    pub message_type: MessageType,
    /// The text, which need not be text, and may be empty.
    #[doc(alias = "mtext")]
    pub bytes: Vec<u8>,
}

/// Type and length of a message whose bytes went into the caller's memory.
///
/// ```
/// use sysv_wrapper::{MessageQueue, Received, RemoveOnDrop, Selector};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// queue.send(7, b"bury the cat")?;
/// let mut text = [0; 64];
/// let Received { message_type, length } = queue.receive_into(&mut text, Selector::Any)?;
/// assert_eq!((message_type, &text[..length]), (7, &b"bury the cat"[..]));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub struct Received {
    /// The type.
    #[doc(alias = "mtype")]
    pub message_type: MessageType,
    /// How many bytes were received.
    pub length: usize,
}

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
    pub(crate) fn wanted(self, queue: &MessageQueue) -> Result<(MessageType, MsgRcvFlags)> {
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
pub(crate) fn type_error(
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
