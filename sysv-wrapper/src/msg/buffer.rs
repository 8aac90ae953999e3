//! A message in memory of its own, laid out as the kernel wants it.

use sysv_ipc::MsgBuf;

use crate::error::{Error, Result, Subject};
use crate::msg::{KIND, MessageType};

/// A message that is sent and received without a copy beside the kernel's own.
///
/// It owns its memory, and keeps it from one call to the next. The message has a length, and the buffer a
/// capacity, both in bytes: sending takes the message, receiving has the room of the whole capacity.
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
    /// A message of this type with a copy of these bytes, and room for no more than those.
    ///
    /// The type is checked when the message is sent.
    pub fn new(message_type: MessageType, bytes: &[u8]) -> MessageBuffer {
        MessageBuffer(MsgBuf::new(message_type, bytes))
    }

    /// An empty message of type 1 with room for `capacity` bytes.
    ///
    /// # Panics
    ///
    /// As that of a vector, if `capacity` is beyond all memory; [`try_reserve`](Self::try_reserve) is for numbers
    /// from elsewhere.
    pub fn with_capacity(capacity: usize) -> MessageBuffer {
        MessageBuffer(MsgBuf::with_capacity(capacity))
    }

    /// How many bytes there is room for: the longest message that can be received into it.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Makes room for at least `capacity` bytes in all. What is in the buffer stays.
    ///
    /// # Panics
    ///
    /// Those of [`with_capacity`](Self::with_capacity).
    pub fn reserve(&mut self, capacity: usize) {
        self.0.reserve(capacity);
    }

    /// [`reserve`](Self::reserve) for as much as there may not be.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if this process cannot have the memory; the buffer is as it
    /// was.
    pub fn try_reserve(&mut self, capacity: usize) -> Result<()> {
        let fail = |errno| Error::call("make room for", Subject::of(KIND), errno);
        self.0.try_reserve(capacity).map_err(fail)
    }

    /// The type of the message.
    #[doc(alias = "mtype")]
    pub fn message_type(&self) -> MessageType {
        self.0.mtype()
    }

    /// Sets the type of the message: 1 to [`MessageType::MAX`], which is checked when it is sent.
    #[doc(alias = "mtype")]
    pub fn set_message_type(&mut self, message_type: MessageType) {
        self.0.set_mtype(message_type);
    }

    /// The bytes of the message.
    #[doc(alias = "mtext")]
    pub fn bytes(&self) -> &[u8] {
        self.0.text()
    }

    /// The bytes of the message, to be written in place. [`set_length`](Self::set_length) makes them more.
    #[doc(alias = "mtext")]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.text_mut()
    }

    /// Copies `bytes` into the buffer as the message, growing it if it must.
    pub fn set_bytes(&mut self, bytes: &[u8]) {
        self.0.set_text(bytes);
    }

    /// Makes the message `length` bytes long, growing the buffer if it must. Bytes that come anew are what the
    /// buffer held there before: zeros, or the rest of an earlier message.
    pub fn set_length(&mut self, length: usize) {
        self.0.set_len(length);
    }
}
