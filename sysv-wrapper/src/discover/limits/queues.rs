//! The limits on queues and messages, and what is used of them.

use crate::discover::limit::Limit;
use crate::object::Kind;

/// The limits on queues and messages, and their use. Made by [`Limits::queues`](crate::Limits::queues).
///
/// ```
/// use sysv_wrapper::Limits;
///
/// let longest = vec![0; usize::try_from(Limits::queues()?.message_size_max()).unwrap()];
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct QueueLimits {
    pub(in crate::discover) queues_max: u64,
    pub(in crate::discover) message_size_max: u64,
    pub(in crate::discover) queue_bytes_max: u64,
    pub(in crate::discover) queues: u64,
    pub(in crate::discover) messages: Option<u64>,
    pub(in crate::discover) bytes: Option<u64>,
}

impl QueueLimits {
    /// MSGMNI: the most queues that there may be.
    #[doc(alias = "MSGMNI")]
    pub fn queues_max(&self) -> u64 {
        self.queues_max
    }

    /// MSGMAX: the most bytes that one message may have.
    #[doc(alias("MSGMAX", "max_message_size"))]
    pub fn message_size_max(&self) -> u64 {
        self.message_size_max
    }

    /// MSGMNB: the bytes that a new queue may hold. A privileged user can allow a queue more.
    #[doc(alias = "MSGMNB")]
    pub fn queue_bytes_max(&self) -> u64 {
        self.queue_bytes_max
    }

    /// How many queues there are.
    pub fn queues(&self) -> u64 {
        self.queues
    }

    /// How many messages are on them together; `None` where the system does not tell.
    pub fn messages(&self) -> Option<u64> {
        self.messages
    }

    /// How many bytes these messages have together; `None` where the system does not tell.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }

    /// The same as a list.
    pub fn list(&self) -> [Limit; 3] {
        const KIND: Kind = Kind::MessageQueue;
        [
            Limit::used_up(
                "MSGMNI",
                KIND,
                "queues",
                "queues",
                self.queues_max,
                self.queues,
            ),
            Limit::each(
                "MSGMAX",
                KIND,
                "bytes",
                "bytes in one message",
                self.message_size_max,
            ),
            Limit::each(
                "MSGMNB",
                KIND,
                "bytes",
                "bytes on one queue",
                self.queue_bytes_max,
            ),
        ]
    }
}
