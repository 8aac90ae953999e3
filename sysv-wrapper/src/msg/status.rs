//! What the kernel says of a queue.

use std::time::SystemTime;

use sysv_ipc::{MsgStat, Pid};

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
pub struct QueueStatus(MsgStat);

crate::owner::accessors!(QueueStatus);

impl QueueStatus {
    #[inline]
    pub(crate) fn new(stat: MsgStat) -> QueueStatus {
        QueueStatus(stat)
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
