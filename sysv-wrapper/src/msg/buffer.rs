//! A message in memory of its own, in the kernel's layout.

use sysv_ipc::MsgBuf;

use crate::error::{Error, Result, Subject};
use crate::msg::{KIND, MessageType};

/// A message buffer for sending and receiving without a copy other than the kernel's.
///
/// It owns its memory, and reuses it for each call. The message has a length, and the buffer a capacity, both in bytes.
/// Sending sends the message; receiving may fill the whole capacity.
///
/// ```
/// use sysv_wrapper::{MessageBuffer, MessageQueue, RemoveOnDrop, Selector};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let mut message = MessageBuffer::with_capacity(1024);
/// for number in 1..=3u32 {
///     message.set_message_type(7);
///     message.set_bytes(&number.to_ne_bytes());
///     queue.send_buffer(&message)?;
/// }
/// for number in 1..=3u32 {
///     queue.receive_buffer(&mut message, Selector::Any)?;
///     assert_eq!((message.message_type(), message.bytes()), (7, &number.to_ne_bytes()[..]));
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("msgbuf", "mtext"))]
#[derive(Debug, Clone)]
pub struct MessageBuffer(pub(crate) MsgBuf);

impl MessageBuffer {
    /// Creates a message of this type with a copy of these bytes. Its capacity is their number. The type is checked
    /// when the message is sent.
    pub fn new(message_type: MessageType, bytes: &[u8]) -> MessageBuffer {
        MessageBuffer(MsgBuf::new(message_type, bytes))
    }

    /// Creates an empty message of type 1 with this capacity in bytes.
    ///
    /// # Panics
    ///
    /// As [`Vec::with_capacity`]. [`try_reserve`](Self::try_reserve) returns an error instead.
    pub fn with_capacity(capacity: usize) -> MessageBuffer {
        MessageBuffer(MsgBuf::with_capacity(capacity))
    }

    /// Returns the capacity in bytes: the length of the longest message that can be received into it.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Grows the capacity to at least this number of bytes. The message is unchanged.
    ///
    /// # Panics
    ///
    /// As [`with_capacity`](Self::with_capacity).
    pub fn reserve(&mut self, capacity: usize) {
        self.0.reserve(capacity);
    }

    /// Reserves like [`reserve`](Self::reserve), but returns an error if allocation fails.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if allocation fails; the buffer is then unchanged.
    pub fn try_reserve(&mut self, capacity: usize) -> Result<()> {
        let fail = |errno| Error::call("make room for", Subject::of(KIND), errno);
        self.0.try_reserve(capacity).map_err(fail)
    }

    /// Returns the type of the message.
    #[doc(alias = "mtype")]
    pub fn message_type(&self) -> MessageType {
        self.0.mtype()
    }

    /// Sets the type of the message: 1 to [`MessageType::MAX`], which is checked when it is sent.
    #[doc(alias = "mtype")]
    pub fn set_message_type(&mut self, message_type: MessageType) {
        self.0.set_mtype(message_type);
    }

    /// Returns the bytes of the message.
    #[doc(alias = "mtext")]
    pub fn bytes(&self) -> &[u8] {
        self.0.text()
    }

    /// Returns the bytes of the message for writing in place. [`set_length`](Self::set_length) changes their number.
    #[doc(alias = "mtext")]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.text_mut()
    }

    /// Copies `bytes` into the buffer as the message. The buffer grows if necessary.
    pub fn set_bytes(&mut self, bytes: &[u8]) {
        self.0.set_text(bytes);
    }

    /// Sets the length of the message to `length` bytes. The buffer grows if necessary. Added bytes keep the buffer's
    /// earlier content: zeros, or the rest of an earlier message.
    pub fn set_length(&mut self, length: usize) {
        self.0.set_len(length);
    }
}
