//! What is received: a message with its bytes, or the type and length of one whose bytes went into the
//! caller's memory.

use std::ffi::c_long;

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
