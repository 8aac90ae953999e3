//! Sending and receiving. Limits are looked up only after the kernel refused a call.

use sysv_ipc::{Errno, MsgBuf, MsgRcvFlags, MsgSndFlags, MsgStat};

use crate::deadline::{self, Block, Deadline, Ended, Wait, at_once, would_block};
use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::limits::Limits;
use crate::msg::{
    Message, MessageBuffer, MessageQueue, MessageType, Received, Selector, type_error,
};
use crate::system;

const SEND: &str = "send to";
const RECEIVE: &str = "receive from";

/// Makes a call on a queue in one form of waiting. `call` gets whether the kernel may wait: it has no timed call for
/// queues.
#[inline]
fn block<T>(
    wait: Wait<impl Into<Deadline>>,
    mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
    is_final: impl Fn() -> bool,
) -> std::result::Result<T, Ended> {
    let call = |block| match block {
        Block::No => call(false),
        Block::Forever => call(true),
        Block::UpTo(_) => Err(Errno::ENOSYS),
    };
    deadline::block(wait, call, |_| is_final())
}

/// Sending. The kernel copies the message before the call returns.
impl MessageQueue {
    /// Sends a message; waits without a time limit while the queue has no room for it.
    ///
    /// `message_type` is from 1 to [`MessageType::MAX`]. A message has 0 to MSGMAX bytes (8,192 on Linux by default).
    /// Up to 4 KiB are copied on the stack first, longer messages in allocated memory;
    /// [`send_buffer`](Self::send_buffer) makes no copy.
    ///
    /// If another process lowers the queue's `max_bytes` below the length of the message during the wait, the kernel
    /// does not end the wait: it lasts until `max_bytes` is raised or the queue is removed.
    /// [`send_timeout`](Self::send_timeout) with a time limit reports this as an argument error.
    ///
    /// # Errors
    ///
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for a type out of range, and for a message that is longer
    ///   than MSGMAX or than the queue's `max_bytes`;
    /// - [`is_removed`](Error::is_removed) if the queue is removed, before or while this waits;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow writing;
    /// - [`OutOfMemory`](ErrorKind::OutOfMemory) if the kernel or this process has no memory for the message.
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::FOREVER)
    }

    /// Sends a message if the queue has room for it.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no room; otherwise as [`send`](Self::send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::TRY)
    }

    /// Sends a message; waits until the queue has room for it, but only up to a deadline.
    /// [`Duration::ZERO`](std::time::Duration::ZERO) makes one attempt; an unrepresentable time waits forever.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`send`](Self::send).
    pub fn send_timeout(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::Until(deadline))
    }

    /// Sends the message in a buffer, without a copy; waits without a time limit while the queue has no room for it.
    /// The buffer can be reused immediately.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, Wait::FOREVER)
    }

    /// Sends the message in a buffer, without a copy, if the queue has room for it.
    ///
    /// # Errors
    ///
    /// As [`try_send`](Self::try_send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, Wait::TRY)
    }

    /// Sends the message in a buffer, without a copy; waits until the queue has room for it, but only up to a deadline.
    ///
    /// # Errors
    ///
    /// As [`send_timeout`](Self::send_timeout).
    pub fn send_buffer_timeout(
        &self,
        message: &MessageBuffer,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_in_place(message, Wait::Until(deadline))
    }

    #[inline]
    pub(crate) fn send_slice(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let attempt = || sysv_ipc::msgsnd_bytes(self.id, message_type, bytes, MsgSndFlags::NOWAIT);
        match self.first_attempt(message_type, attempt)? {
            Ok(()) => Ok(()),
            Err(errno) => self.send_copy(message_type, bytes, wait, errno),
        }
    }

    #[inline]
    fn send_in_place(
        &self,
        message: &MessageBuffer,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let attempt = || sysv_ipc::msgsnd(self.id, &message.0, MsgSndFlags::NOWAIT);
        match self.first_attempt(message.message_type(), attempt)? {
            Ok(()) => Ok(()),
            Err(errno) => self.send_later(&message.0, wait, errno),
        }
    }

    /// Checks the type, and tries to send without waiting: for a message that can never fit the queue, the kernel would
    /// wait forever.
    #[inline]
    fn first_attempt(
        &self,
        message_type: MessageType,
        attempt: impl FnMut() -> sysv_ipc::Result<()>,
    ) -> Result<sysv_ipc::Result<()>> {
        if message_type < 1 {
            return Err(type_error(SEND, self, message_type));
        }
        Ok(at_once(attempt))
    }

    /// Sends after the kernel refused a first attempt with `errno`, from one copy for all attempts.
    #[cold]
    fn send_copy(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        wait: Wait<impl Into<Deadline>>,
        errno: Errno,
    ) -> Result<()> {
        if matches!(wait, Wait::Try) {
            return Err(self.send_error(Ended::Failed(errno), bytes.len()));
        }
        let mut message = MsgBuf::with_capacity(0);
        message
            .try_reserve(bytes.len())
            .map_err(|errno| self.send_error(Ended::Failed(errno), bytes.len()))?;
        message.set_mtype(message_type);
        message.set_text(bytes);
        self.send_later(&message, wait, errno)
    }

    /// Sends after the kernel refused a first attempt with `errno`.
    #[cold]
    fn send_later(
        &self,
        message: &MsgBuf,
        wait: Wait<impl Into<Deadline>>,
        errno: Errno,
    ) -> Result<()> {
        let length = message.text().len();
        let waits = !matches!(wait, Wait::Try) && would_block(errno) && !self.never_fits(length);
        if !waits {
            return Err(self.send_error(Ended::Failed(errno), length));
        }
        let call = |waits| {
            let flags = if waits {
                MsgSndFlags::empty()
            } else {
                MsgSndFlags::NOWAIT
            };
            sysv_ipc::msgsnd(self.id, message, flags)
        };
        block(wait, call, || self.never_fits(length))
            .map_err(|ended| self.send_error(ended, length))
    }

    /// Returns whether a message of this length is longer than the queue's `max_bytes`. A queue with a maximum of 0
    /// accepts no message at all.
    fn never_fits(&self, length: usize) -> bool {
        stat(self).is_some_and(|stat| length as u64 > stat.qbytes() || stat.qbytes() == 0)
    }

    /// Creates the error of a message that was not sent, with details that the kernel does not report.
    #[cold]
    fn send_error(&self, ended: Ended, length: usize) -> Error {
        let errno = match ended {
            Ended::Failed(errno) => errno,
            Ended::TimedOut => {
                let error = Error::timed_out(SEND, self.subject());
                return match self.full_of_messages(length) {
                    Some(because) => error.because(format!("timed out; {because}")),
                    None => error,
                };
            }
        };
        let too_long = match errno {
            Errno::EINVAL => beyond_system(length).or_else(|| self.beyond_queue(length)),
            Errno::EAGAIN => self.beyond_queue(length),
            // The allocation of the copy failed, perhaps because the message is far too long.
            Errno::ENOMEM => beyond_system(length),
            _ => None,
        };
        let error = handle::error(SEND, self.subject(), errno);
        if let Some(because) = too_long {
            return error.with_kind(ErrorKind::InvalidArgument).because(because);
        }
        match self.full_of_messages(length) {
            Some(because) if error.is_would_block() => error.because(because),
            _ => error,
        }
    }

    /// Returns the reason if a message of this length can never fit the queue.
    fn beyond_queue(&self, length: usize) -> Option<String> {
        let room = stat(self)?.qbytes();
        self.never_fits(length).then(|| {
            format!(
                "the message has {length} bytes, and the queue holds {room} at most (`max_bytes`)"
            )
        })
    }

    /// Returns the reason if the queue has room for this number of bytes. Linux limits the number of messages to the
    /// maximum number of bytes, which limits empty messages.
    fn full_of_messages(&self, length: usize) -> Option<String> {
        let stat = stat(self)?;
        let (messages, room) = (stat.qnum(), stat.qbytes());
        let fits = stat.cbytes().saturating_add(length as u64) <= room;
        (fits && messages >= room).then(|| {
            format!(
                "the queue has {messages} messages, and holds no more of them than bytes, which are {room} \
                 (`max_bytes`)"
            )
        })
    }
}

/// Returns the reason if a message of this length is longer than MSGMAX.
fn beyond_system(length: usize) -> Option<String> {
    let longest = Limits::queues().ok()?.message_size_max();
    (length as u64 > longest).then(|| {
        format!(
            "the message has {length} bytes, and the longest that the system takes has {longest} (MSGMAX)"
        )
    })
}

/// Returns the state of a queue, including one that this user may not read where the system permits it.
fn stat(queue: &MessageQueue) -> Option<MsgStat> {
    match sysv_ipc::msgctl_stat(queue.id) {
        Err(Errno::EACCES) => system::any_queue(queue.id),
        stat => stat.ok(),
    }
}

/// Receives by `call`, with space for `room` bytes, in one form of waiting.
#[inline]
fn receive<T>(
    queue: &MessageQueue,
    wait: Wait<impl Into<Deadline>>,
    room: usize,
    mut call: impl FnMut(MsgRcvFlags) -> sysv_ipc::Result<T>,
) -> Result<T> {
    let call = |waits| {
        call(if waits {
            MsgRcvFlags::empty()
        } else {
            MsgRcvFlags::NOWAIT
        })
    };
    block(wait, call, || false).map_err(|ended| receive_error(queue, ended, room))
}

/// Creates the error of a message that was not received.
#[cold]
fn receive_error(queue: &MessageQueue, ended: Ended, room: usize) -> Error {
    let subject = queue.subject();
    match ended {
        Ended::TimedOut => Error::timed_out(RECEIVE, subject),
        Ended::Failed(Errno::E2BIG) => {
            let because = format!(
                "the message is longer than the buffer of {room} bytes, and stays on the queue"
            );
            Error::call(RECEIVE, subject, Errno::E2BIG).because(because)
        }
        Ended::Failed(errno) => handle::error(RECEIVE, subject, errno),
    }
}

/// Initial buffer size for a message of unknown length, which fits the stack.
const FIRST_ROOM: usize = 4096;

/// Receiving a [`Message`] of any length.
impl MessageQueue {
    /// Receives a message; waits without a time limit while the queue has none that `selector` matches.
    ///
    /// The kernel writes up to 4 KiB to the stack, and longer messages to a buffer sized by the bytes on the queue.
    /// [`receive_into`](Self::receive_into) and [`receive_buffer`](Self::receive_buffer) use the caller's memory.
    ///
    /// # Errors
    ///
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for a type out of range;
    /// - [`is_removed`](Error::is_removed) if the queue is removed, before or while this waits;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// - [`OutOfMemory`](ErrorKind::OutOfMemory) if allocation fails; the message stays on the queue.
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, Wait::FOREVER)
    }

    /// Receives a message if the queue has one that `selector` matches.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no such message; otherwise as
    /// [`receive`](Self::receive).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, Wait::TRY)
    }

    /// Receives a message; waits until the queue has one that `selector` matches, but only up to a deadline.
    /// [`Duration::ZERO`](std::time::Duration::ZERO) makes one attempt; an unrepresentable time waits forever.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`receive`](Self::receive).
    pub fn receive_timeout(
        &self,
        selector: Selector,
        deadline: impl Into<Deadline>,
    ) -> Result<Message> {
        self.receive_message(selector, Wait::Until(deadline))
    }

    #[inline]
    pub(crate) fn receive_message(
        &self,
        selector: Selector,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<Message> {
        let (wanted, how) = selector.wanted(self)?;
        receive(self, wait, FIRST_ROOM, |flags| {
            self.take(wanted, how | flags)
        })
    }

    /// Receives a message, or copies one with [`MsgRcvFlags`]'s `COPY`. The buffer grows on `E2BIG`, which leaves the
    /// message on the queue.
    #[inline]
    pub(super) fn take(
        &self,
        wanted: MessageType,
        flags: MsgRcvFlags,
    ) -> sysv_ipc::Result<Message> {
        let mut room = FIRST_ROOM;
        loop {
            match sysv_ipc::msgrcv_vec(self.id, room, wanted, flags) {
                Err(Errno::E2BIG) => room = self.more_room(room),
                result => {
                    return result.map(|(message_type, bytes)| Message {
                        message_type,
                        bytes,
                    });
                }
            }
        }
    }

    /// Returns the buffer size for a message that was longer than `room`: the bytes on the queue, but at least twice
    /// and at most sixteen times the previous size. The upper bound is for queues of many short messages; doubling
    /// bounds the number of attempts while a sender sends ever longer messages.
    #[cold]
    fn more_room(&self, room: usize) -> usize {
        let there = stat(self).and_then(|stat| usize::try_from(stat.cbytes()).ok());
        let twice = room.saturating_mul(2);
        there.unwrap_or(twice).clamp(twice, room.saturating_mul(16))
    }
}

/// Receiving into a slice. Up to 4 KiB need no allocation.
impl MessageQueue {
    /// Receives a message into `buffer`; waits without a time limit while the queue has none that `selector` matches.
    /// The rest of `buffer` keeps its contents.
    ///
    /// # Errors
    ///
    /// [`TooBig`](ErrorKind::TooBig) if the message is longer than `buffer`, and stays on the queue; otherwise as
    /// [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), Wait::FOREVER)
    }

    /// Receives a message into `buffer` if the queue has one that `selector` matches.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no such message; otherwise as
    /// [`receive_into`](Self::receive_into).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), Wait::TRY)
    }

    /// Receives a message into `buffer`; waits until the queue has one that `selector` matches, but only up to a
    /// deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`receive_into`](Self::receive_into).
    pub fn receive_into_timeout(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        deadline: impl Into<Deadline>,
    ) -> Result<Received> {
        self.receive_slice(
            buffer,
            selector,
            MsgRcvFlags::empty(),
            Wait::Until(deadline),
        )
    }

    /// Receives a message into `buffer` and discards the part that does not fit; waits without a time limit while the
    /// queue has none that `selector` matches. The kernel does not report the length of the whole message.
    ///
    /// # Errors
    ///
    /// As [`receive`](Self::receive).
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{ErrorKind, MessageQueue, RemoveOnDrop, Selector};
    ///
    /// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    /// queue.send(1, b"bury the cat")?;
    /// let mut text = [0; 4];
    /// let error = queue.receive_into(&mut text, Selector::Any).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TooBig);
    /// assert_eq!(queue.receive_truncated(&mut text, Selector::Any)?.length, 4);
    /// assert_eq!(&text, b"bury");
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias("msgrcv", "MSG_NOERROR"))]
    pub fn receive_truncated(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, Wait::FOREVER)
    }

    /// Receives like [`receive_truncated`](Self::receive_truncated), but only if the queue has a message that
    /// `selector` matches.
    ///
    /// # Errors
    ///
    /// As [`try_receive`](Self::try_receive).
    #[doc(alias("msgrcv", "MSG_NOERROR", "IPC_NOWAIT"))]
    pub fn try_receive_truncated(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, Wait::TRY)
    }

    /// Receives like [`receive_truncated`](Self::receive_truncated), but waits only up to a deadline.
    ///
    /// # Errors
    ///
    /// As [`receive_timeout`](Self::receive_timeout).
    #[doc(alias = "MSG_NOERROR")]
    pub fn receive_truncated_timeout(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        deadline: impl Into<Deadline>,
    ) -> Result<Received> {
        self.receive_slice(
            buffer,
            selector,
            MsgRcvFlags::NOERROR,
            Wait::Until(deadline),
        )
    }

    #[inline]
    fn receive_slice(
        &self,
        buffer: &mut [u8],
        selector: Selector,
        how: MsgRcvFlags,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<Received> {
        let (wanted, kind) = selector.wanted(self)?;
        let how = kind | how;
        let room = buffer.len();
        let (message_type, length) = if matches!(wait, Wait::Until(_)) && room > FIRST_ROOM {
            self.receive_copy(buffer, wanted, how, wait)?
        } else {
            receive(self, wait, room, |flags| {
                sysv_ipc::msgrcv_bytes(self.id, buffer, wanted, how | flags)
            })?
        };
        Ok(Received {
            message_type,
            length,
        })
    }

    /// Receives into a slice through one buffer for all attempts.
    fn receive_copy(
        &self,
        buffer: &mut [u8],
        wanted: MessageType,
        how: MsgRcvFlags,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<(MessageType, usize)> {
        let room = buffer.len();
        let mut message = MsgBuf::with_capacity(0);
        message
            .try_reserve(room)
            .map_err(|errno| receive_error(self, Ended::Failed(errno), room))?;
        let length = receive(self, wait, room, |flags| {
            sysv_ipc::msgrcv(self.id, &mut message, wanted, how | flags)
        })?;
        buffer[..length].copy_from_slice(message.text());
        Ok((message.mtype(), length))
    }
}

/// Receiving into a [`MessageBuffer`], without a copy other than the kernel's.
impl MessageQueue {
    /// Receives a message and its type into `message`; waits without a time limit while the queue has none that
    /// `selector` matches. After an error, `message` is unchanged.
    ///
    /// # Errors
    ///
    /// [`TooBig`](ErrorKind::TooBig) if the message is longer than the buffer's capacity, and stays on the queue;
    /// otherwise as [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_buffer(&self, message: &mut MessageBuffer, selector: Selector) -> Result<()> {
        self.receive_in_place(message, selector, Wait::FOREVER)
    }

    /// Receives a message into `message` if the queue has one that `selector` matches.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if the queue has no such message; otherwise as
    /// [`receive_buffer`](Self::receive_buffer).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive_buffer(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
    ) -> Result<()> {
        self.receive_in_place(message, selector, Wait::TRY)
    }

    /// Receives a message into `message`; waits until the queue has one that `selector` matches, but only up to a
    /// deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`receive_buffer`](Self::receive_buffer).
    pub fn receive_buffer_timeout(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.receive_in_place(message, selector, Wait::Until(deadline))
    }

    #[inline]
    fn receive_in_place(
        &self,
        message: &mut MessageBuffer,
        selector: Selector,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let (wanted, how) = selector.wanted(self)?;
        receive(self, wait, message.capacity(), |flags| {
            sysv_ipc::msgrcv(self.id, &mut message.0, wanted, how | flags).map(drop)
        })
    }
}
