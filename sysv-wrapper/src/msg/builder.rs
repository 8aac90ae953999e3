//! How queues are created and opened.

use sysv_ipc::{Mode, MsgGetFlags, MsgId};

use crate::error::{Result, Subject};
use crate::handle::{Object, RemoveOnDrop};
use crate::init::Opened;
use crate::init::{self, Bounds, Found, InitWait, refuse_private};
use crate::key::{self, Key};
use crate::limits;
use crate::msg::{KIND, MessageQueue};

/// A queue to be made, or found. Made by [`MessageQueue::builder`].
///
/// The verb at the end decides:
///
/// | verb | meaning |
/// |---|---|
/// | [`create`](Self::create) | it must not exist yet |
/// | [`open`](Self::open) | it must exist |
/// | [`create_or_open`](Self::create_or_open) | either, and it tells which |
/// | [`create_replacing`](Self::create_replacing) | what has the key is removed first |
/// | [`create_unique`](Self::create_unique) | with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | without a key |
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
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
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

    /// The permission bits of a new queue, whatever the umask; [`Mode::OWNER`], 0600, if it is not set. Reading
    /// is receiving, writing is sending: 0622 is a mailbox that everyone may send to.
    #[doc(alias("perm", "permissions"))]
    pub fn mode(self, mode: Mode) -> Self {
        MessageQueueBuilder { mode, ..self }
    }

    /// How many bytes of all its messages together a new queue may hold; the system's limit MSGMNB if it is not
    /// set. More than that takes a privilege.
    ///
    /// The kernel makes the queue first, and then changes it: for a moment others can find it with the room
    /// that MSGMNB gives. If the change is refused, the queue is removed again.
    #[doc(alias("max_size", "msg_qbytes", "MSGMNB"))]
    pub fn max_bytes(self, max_bytes: u64) -> Self {
        MessageQueueBuilder {
            max_bytes: Some(max_bytes),
            ..self
        }
    }

    /// Makes a queue with this key, which must be free.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](crate::Error::is_already_exists) if the key is in use;
    /// [`is_limit_reached`](crate::Error::is_limit_reached) if there are as many queues as there may be, and for more
    /// room than this user may give a queue, and then no queue is left behind;
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for [`Key::PRIVATE`].
    #[doc(alias("IPC_CREX", "IPC_EXCL"))]
    pub fn create(self, key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Makes a queue with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    pub fn create_unique(self) -> Result<MessageQueue> {
        key::unique(|key| self.make(key))
    }

    /// Makes a queue without a key: others find it by its id only.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<MessageQueue> {
        self.make(Key::PRIVATE)
    }

    /// Finds the queue with this key. Its mode and room are what they are; those set here are for a new queue.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if nobody has the key;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if this user may neither receive nor send.
    pub fn open(self, key: impl Into<Key>) -> Result<MessageQueue> {
        MessageQueue::open(key)
    }

    /// Finds the queue with this key, or makes it. Of several processes that do this at once, one makes it.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create) and [`open`](Self::open), but that the key is in use or that it is
    /// not.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<MessageQueue>> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        // A queue is good for use as soon as it is there, so no creator is waited for.
        init::create_or_open(
            subject,
            &Bounds::new(InitWait::DEFAULT),
            None,
            |_| Ok(MessageQueue::find(key)?.map(|found| Found::Ready(found.raw_id()))),
            || self.make(key),
            |id| Ok(MessageQueue::from_parts(MsgId::from_raw(id), Some(key))),
        )
    }

    /// Makes a queue with this key; one that has it is removed first, with its messages, and who waits for that
    /// one is told so.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if the old one may not be
    /// removed.
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<MessageQueue> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        init::create_replacing(
            Subject::keyed(KIND, key),
            || self.make(key),
            || MessageQueue::remove_key(key),
        )
    }

    /// Makes a queue exclusively.
    fn make(&self, key: Key) -> Result<MessageQueue> {
        let flags = MsgGetFlags::CREAT | MsgGetFlags::EXCL;
        let id = sysv_ipc::msgget(key.into(), flags, self.mode)
            .map_err(|errno| limits::explain(Subject::keyed(KIND, key), errno, 1))?;
        let made = MessageQueue { id, key: Some(key) };
        let Some(max_bytes) = self.max_bytes else {
            return Ok(made);
        };
        let made = RemoveOnDrop::new(made);
        made.set_max_bytes(max_bytes)?;
        Ok(made.keep())
    }
}
