//! A builder that creates and opens queues.

use sysv_ipc::{Mode, MsgGetFlags, MsgId};

use crate::error::{Result, Subject};
use crate::handle::{Object, RemoveOnDrop};
use crate::init::Opened;
use crate::init::{self, Bounds, Found, InitWait, refuse_private};
use crate::key::{self, Key};
use crate::limits;
use crate::msg::{KIND, MessageQueue};

/// Creates or opens a queue. Returned by [`MessageQueue::builder`].
///
/// The last method of the chain decides:
///
/// | method | the queue |
/// |---|---|
/// | [`create`](Self::create) | must not exist yet |
/// | [`open`](Self::open) | must exist |
/// | [`create_or_open`](Self::create_or_open) | is opened if it exists, or else created; the result says which |
/// | [`create_replacing`](Self::create_replacing) | is created; one that has the key is removed first |
/// | [`create_unique`](Self::create_unique) | is created with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | is created without a key |
///
/// ```
/// use sysv_wrapper::{MessageQueue, Mode, RemoveOnDrop};
///
/// let queue = MessageQueue::builder().mode(Mode::GROUP).max_bytes(1024).create_unique()?;
/// let queue = RemoveOnDrop::new(queue);
/// assert_eq!(queue.status()?.max_bytes(), 1024);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens before the last method: `create`, `open`, …"]
pub struct MessageQueueBuilder {
    mode: Mode,
    max_bytes: Option<u64>,
}

impl MessageQueueBuilder {
    pub(crate) fn new() -> MessageQueueBuilder {
        MessageQueueBuilder {
            mode: Mode::OWNER,
            max_bytes: None,
        }
    }

    /// Sets the permission bits of a new queue, regardless of the umask; [`Mode::OWNER`], 0600, by default. Receiving
    /// requires read permission, and sending write permission: 0622 lets all users send to the queue.
    #[doc(alias("perm", "permissions"))]
    pub fn mode(self, mode: Mode) -> Self {
        MessageQueueBuilder { mode, ..self }
    }

    /// Sets the maximum number of bytes of all messages on a new queue together; the system's limit MSGMNB by default.
    /// A value above MSGMNB requires a privilege.
    ///
    /// The queue is created first, and changed by a second call: in between other processes can open it with the
    /// default. If the kernel refuses the change, the queue is removed again.
    #[doc(alias("max_size", "msg_qbytes", "MSGMNB"))]
    pub fn max_bytes(self, max_bytes: u64) -> Self {
        MessageQueueBuilder {
            max_bytes: Some(max_bytes),
            ..self
        }
    }

    /// Creates a queue with this key, which must be free.
    ///
    /// # Errors
    ///
    /// - [`is_already_exists`](crate::Error::is_already_exists) if the key is in use;
    /// - [`is_limit_reached`](crate::Error::is_limit_reached) if the system's maximum number of queues exists, and for
    ///   a maximum that this user may not set; then no queue is left behind;
    /// - [`is_invalid_argument`](crate::Error::is_invalid_argument) for [`Key::PRIVATE`].
    #[doc(alias("IPC_CREX", "IPC_EXCL"))]
    pub fn create(self, key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Creates a queue with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `is_already_exists`.
    pub fn create_unique(self) -> Result<MessageQueue> {
        key::unique(|key| self.make(key))
    }

    /// Creates a queue without a key: other processes open it by its id.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `is_already_exists`.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<MessageQueue> {
        self.make(Key::PRIVATE)
    }

    /// Opens the queue that has this key. The builder's mode and maximum apply to new queues only.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if no queue has the key;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if this user may neither receive nor send.
    pub fn open(self, key: impl Into<Key>) -> Result<MessageQueue> {
        MessageQueue::open(key)
    }

    /// Opens the queue that has this key, or creates it. Of several processes that do this at the same time, one
    /// creates it.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`open`](Self::open), except `is_already_exists` and `is_not_found`.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<MessageQueue>> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        // A queue needs no initialisation, so this waits for no creator.
        init::create_or_open(
            subject,
            &Bounds::new(InitWait::DEFAULT),
            None,
            |_| Ok(MessageQueue::find(key)?.map(|found| Found::Ready(found.raw_id()))),
            || self.make(key),
            |id| Ok(MessageQueue::from_parts(MsgId::from_raw(id), Some(key))),
        )
    }

    /// Creates a queue with this key, after removing the queue that has it, with its messages. The removal ends every
    /// wait on the old queue with [`is_removed`](crate::Error::is_removed).
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if this user may not remove the old queue.
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        init::create_replacing(
            Subject::keyed(KIND, key),
            || self.make(key),
            || MessageQueue::remove_key(key),
        )
    }

    /// Creates a queue exclusively.
    fn make(&self, key: Key) -> Result<MessageQueue> {
        let flags = MsgGetFlags::CREAT | MsgGetFlags::EXCL;
        let id = sysv_ipc::msgget(key.into(), flags, self.mode)
            .map_err(|errno| limits::explain(Subject::keyed(KIND, key), errno, 1))?;
        let made = MessageQueue { id, key: Some(key) };
        let Some(max_bytes) = self.max_bytes else {
            return Ok(made);
        };
        let made = RemoveOnDrop::within_call(made);
        made.set_max_bytes(max_bytes)?;
        Ok(made.keep())
    }
}
