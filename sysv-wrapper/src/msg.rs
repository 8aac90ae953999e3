//! A message queue: the handle, its status, and messages.

mod buffer;
mod builder;
mod peek;
mod transfer;
#[cfg(feature = "values")]
pub(crate) mod value;

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

/// A message queue: messages of several types, which the kernel keeps until they are received.
///
/// A message consists of bytes and a type, a positive number whose meaning the programs define: an address, or a
/// priority. A receiver selects types with a [`Selector`]. With the feature `values`, `send_value` and `receive_value`
/// transfer typed messages: values that serde can serialize.
///
/// This is a handle: cloning, sending and dropping it do not affect the queue, which lasts with its messages until it is
/// removed. A [`RemoveOnDrop`](crate::RemoveOnDrop) removes it at the end of a scope.
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
/// | | source or destination | copies besides the kernel's | allocates |
/// |---|---|---|---|
/// | [`send`](Self::send), [`receive`](Self::receive) | a slice; a new [`Message`] | one | the message, and beyond 4 KiB a buffer |
/// | [`receive_into`](Self::receive_into) | a slice | one | beyond 4 KiB a buffer |
/// | [`send_buffer`](Self::send_buffer), [`receive_buffer`](Self::receive_buffer) | a [`MessageBuffer`] | none | nothing |
///
/// # Waiting
///
/// The plain forms wait without a time limit: senders for room, receivers for a message. `try_…` does not wait, and
/// `…_timeout` waits up to a [`Deadline`](crate::Deadline): a time span or an instant. A handled signal neither ends a
/// wait nor adds to the time, unless the deadline is [interruptible](crate::Deadline::interruptible). A removal ends
/// every wait, with [`is_removed`](crate::Error::is_removed).
///
/// The kernel has no deadlines on queues. A wait with a deadline therefore repeats a call that does not wait, with pauses
/// that grow from 50 µs to 5 ms: it may end up to 5 ms late, and waits without a deadline are served first. It uses no
/// thread and no signal, and the kernel does not show the process as a waiter.
#[doc(alias("MessageQueueHandle", "msgget", "msqid"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageQueue {
    id: MsgId,
    key: Option<Key>,
}

impl MessageQueue {
    /// Returns a builder of a queue. Its last method creates or opens the queue: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing` or `open`.
    pub fn builder() -> MessageQueueBuilder {
        MessageQueueBuilder::new()
    }

    /// Opens the queue that has this key. Permission to send or to receive is sufficient.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no queue has the key;
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may neither receive nor send.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
    ///
    /// let created = RemoveOnDrop::new(MessageQueue::builder().create_unique()?);
    /// let opened = MessageQueue::open(created.key().unwrap())?;
    /// assert_eq!(opened.id(), created.id());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn open(key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        MessageQueue::find(key)?
            .ok_or_else(|| Error::call("open", Subject::keyed(KIND, key), Errno::ENOENT))
    }

    /// Opens the queue that has this key; `None` if no queue has it.
    fn find(key: Key) -> Result<Option<MessageQueue>> {
        let fail = |errno| Err(Error::call("open", Subject::keyed(KIND, key), errno));
        let id = match system::find(KIND, key) {
            Ok(raw) => MsgId::from_raw(raw),
            Err(Errno::ENOENT) => return Ok(None),
            Err(errno) => return fail(errno),
        };
        // A user who may not read the queue may be allowed to send to it.
        let usable = match sysv_ipc::msgctl_stat(id) {
            Err(Errno::EACCES) => system::check_write(KIND, key, id.as_raw()),
            stat => stat.map(|_| true),
        };
        match usable {
            Ok(true) => Ok(Some(MessageQueue { id, key: Some(key) })),
            // It was removed in between.
            Ok(false) | Err(Errno::EINVAL | Errno::EIDRM) => Ok(None),
            Err(errno) => fail(errno),
        }
    }

    /// Opens a queue by an id received from another process.
    ///
    /// After a removal, the kernel gives the id to another object some time later: Linux after some four million
    /// creations. A queue that this user may not read counts as found; its [`key`](Self::key) is then `None`.
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
    /// let created = MessageQueue::builder().create_private()?;
    /// let opened = MessageQueue::from_id(created.id())?;
    /// opened.remove()?;
    /// assert!(MessageQueue::from_id(created.id()).unwrap_err().is_not_found());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn from_id(id: impl Into<MsgId>) -> Result<MessageQueue> {
        let id = id.into();
        let key = handle::key_of(KIND, id.as_raw())?;
        Ok(MessageQueue { id, key })
    }

    /// Returns a handle, without a system call.
    pub(crate) fn from_parts(id: MsgId, key: Option<Key>) -> MessageQueue {
        MessageQueue { id, key }
    }

    /// Returns the kernel's id.
    #[doc(alias = "msqid")]
    pub fn id(&self) -> MsgId {
        self.id
    }

    /// Returns the key that the queue was created or opened with: [`Key::PRIVATE`] for a private one, `None` if the handle
    /// was made from an id and the key is unknown.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Returns the number and total bytes of its messages, its maximum, owner, mode, times and pids.
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

    /// Sets the maximum number of bytes of all messages on the queue together. With 0 the queue accepts no message.
    ///
    /// The maximum is at most 2,147,483,647; a value above the system's limit MSGMNB requires a privilege
    /// (`CAP_SYS_RESOURCE` on Linux). If the kernel adjusts the value, [`status`](Self::status) reports the result.
    /// Messages already on the queue stay, even if they exceed the maximum. A process that waits in
    /// [`send`](Self::send) with a longer message keeps waiting.
    ///
    /// # Errors
    ///
    /// [`is_limit_reached`](Error::is_limit_reached) for more than MSGMNB;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for more than 2,147,483,647;
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the queue is gone.
    #[doc(alias("IPC_SET", "msg_qbytes", "max_size", "MSGMNB"))]
    pub fn set_max_bytes(&self, max_bytes: u64) -> Result<()> {
        // Linux uses only the low 32 bits of the value: 2^40 would become 0.
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

/// The state of a queue at the time of the call of [`status`](crate::MessageQueue::status).
///
/// Times are in whole seconds. Times and pids are `None` before the first such event.
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

    /// Returns the number of messages on the queue.
    #[doc(alias("current_messages", "msg_qnum"))]
    pub fn messages(&self) -> u64 {
        self.0.qnum()
    }

    /// Returns the number of bytes of all messages on the queue together.
    #[doc(alias("msg_cbytes", "used-bytes"))]
    pub fn bytes(&self) -> u64 {
        self.0.cbytes()
    }

    /// Returns the maximum number of bytes of all messages on the queue together. On Linux it is also the maximum
    /// number of messages.
    #[doc(alias("max_size", "msg_qbytes"))]
    pub fn max_bytes(&self) -> u64 {
        self.0.qbytes()
    }

    /// Returns the process that last sent.
    #[doc(alias = "msg_lspid")]
    pub fn last_send_pid(&self) -> Option<Pid> {
        self.0.lspid()
    }

    /// Returns the process that last received. If the receiver was waiting, Linux records the id of its thread instead.
    #[doc(alias = "msg_lrpid")]
    pub fn last_receive_pid(&self) -> Option<Pid> {
        self.0.lrpid()
    }

    /// Returns the time of the last send.
    #[doc(alias("last_send_time", "msg_stime"))]
    pub fn send_time(&self) -> Option<SystemTime> {
        self.0.stime()
    }

    /// Returns the time of the last receive.
    #[doc(alias("last_receive_time", "msg_rtime"))]
    pub fn receive_time(&self) -> Option<SystemTime> {
        self.0.rtime()
    }

    /// Returns the time of creation, or of the last change of owner, mode or maximum.
    #[doc(alias("last_change_time", "msg_ctime"))]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }
}

/// The type of a message: a number from 1 to [`c_long::MAX`], whose meaning the programs define.
///
/// This is C's `long`, as in the kernel: as wide as a pointer.
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

/// A message that was received or copied.
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
    /// The bytes; a message may be empty.
    #[doc(alias = "mtext")]
    pub bytes: Vec<u8>,
}

/// Type and length of a message that was received into the caller's memory.
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
    /// The number of bytes that were received.
    pub length: usize,
}

/// Selects the message to receive. The numbers are types, from 1 to [`MessageType::MAX`].
///
/// Types can be addresses: each receiver waits for its [`Exact`](Self::Exact) type. They can be priorities: a receiver of
/// [`UpTo`](Self::UpTo) the highest type in use gets the lowest type on the queue first, and messages of one type in the
/// order in which they were sent.
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
    /// The first message.
    #[default]
    Any,
    /// The first message of this type.
    Exact(MessageType),
    /// The first message of the lowest type that is at most this type.
    UpTo(MessageType),
    /// The first message of any other type. Linux; [`is_unsupported`](crate::Error::is_unsupported) elsewhere.
    #[doc(alias = "MSG_EXCEPT")]
    Except(MessageType),
}

impl Selector {
    /// Returns the number and the flags for this selection in `msgrcv`. Types out of range are an error, since the
    /// kernel would select other messages.
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
                "this platform cannot select messages by excluding a type",
            )),
            Selector::Exact(of) | Selector::UpTo(of) | Selector::Except(of) => {
                Err(type_error("receive from", queue, of))
            }
        }
    }
}

/// Creates the error of a message type out of range.
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
