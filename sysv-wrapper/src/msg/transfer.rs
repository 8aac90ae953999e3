//! Sending and receiving. Limits are looked up after the kernel refused, never before.

use sysv_ipc::{Errno, MsgRcvFlags, MsgSndFlags, MsgStat};

use crate::deadline::{self, Deadline, Ended, Wait, retry_on_intr, would_block};
use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::limits::Limits;
use crate::msg::{
    Message, MessageBuffer, MessageQueue, MessageType, Received, Selector, type_error,
};
use crate::system;

/// Sends a message of this type and length, which `call` does.
///
/// The first try does not wait: for a message that never fits the queue, the kernel would wait for ever.
#[inline]
pub(crate) fn send<D: Into<Deadline>>(
    queue: &MessageQueue,
    wait: Wait<D>,
    message_type: MessageType,
    length: usize,
    mut call: impl FnMut(MsgSndFlags) -> sysv_ipc::Result<()>,
) -> Result<()> {
    if message_type < 1 {
        return Err(type_error("send to", queue, message_type));
    }
    match retry_on_intr(|| call(MsgSndFlags::NOWAIT)) {
        Ok(()) => Ok(()),
        Err(errno) => send_later(queue, wait, length, call, errno),
    }
}

/// Goes on after the kernel has refused the first try.
#[cold]
fn send_later<D: Into<Deadline>>(
    queue: &MessageQueue,
    wait: Wait<D>,
    length: usize,
    mut call: impl FnMut(MsgSndFlags) -> sysv_ipc::Result<()>,
    errno: Errno,
) -> Result<()> {
    let waits = !matches!(wait, Wait::Try) && would_block(errno);
    if !waits || beyond_queue(queue, length).is_some() {
        return Err(send_error(queue, Ended::Failed(errno), length));
    }
    let flags = |waits| {
        if waits {
            MsgSndFlags::empty()
        } else {
            MsgSndFlags::NOWAIT
        }
    };
    let sent = deadline::poll(wait, |waits| call(flags(waits)));
    sent.map_err(|ended| send_error(queue, ended, length))
}

/// The error for a message that was not sent. Why the kernel refuses a long one, it does not tell.
fn send_error(queue: &MessageQueue, ended: Ended, length: usize) -> Error {
    const OPERATION: &str = "send to";
    let subject = queue.subject();
    let errno = match ended {
        Ended::TimedOut => return Error::timed_out(OPERATION, subject),
        Ended::Failed(errno) => errno,
    };
    let too_long = match errno {
        Errno::EINVAL => beyond_system(length).or_else(|| beyond_queue(queue, length)),
        Errno::EAGAIN => beyond_queue(queue, length),
        // There was no memory for the copy, perhaps because it is far too long.
        Errno::ENOMEM => beyond_system(length),
        _ => None,
    };
    let error = handle::error(OPERATION, subject, errno);
    match too_long {
        Some(because) => error.with_kind(ErrorKind::InvalidArgument).because(because),
        None => error,
    }
}

/// Says so if a message of this length is more than the system takes.
fn beyond_system(length: usize) -> Option<String> {
    let longest = longest_message().filter(|longest| length as u64 > *longest)?;
    Some(format!(
        "the message has {length} bytes, and the longest that the system takes has {longest} (MSGMAX)"
    ))
}

/// Says so if a message of this length is more than the queue ever holds.
fn beyond_queue(queue: &MessageQueue, length: usize) -> Option<String> {
    let room = stat(queue)?.qbytes();
    // A queue that has room for no byte takes no message at all.
    (length as u64 > room || room == 0).then(|| {
        format!("the message has {length} bytes, and the queue holds {room} at most (`max_bytes`)")
    })
}

/// The state of a queue, which this user need not be able to read.
fn stat(queue: &MessageQueue) -> Option<MsgStat> {
    match sysv_ipc::msgctl_stat(queue.id) {
        Err(Errno::EACCES) => system::any_queue(queue.id),
        stat => stat.ok(),
    }
}

/// How long a message may be, where the system tells.
pub(crate) fn longest_message() -> Option<u64> {
    Some(Limits::queues().ok()?.message_size_max())
}

/// Receives, which `call` does, with room for `room` bytes.
#[inline]
pub(crate) fn receive<T>(
    queue: &MessageQueue,
    wait: Wait<impl Into<Deadline>>,
    room: usize,
    mut call: impl FnMut(MsgRcvFlags) -> sysv_ipc::Result<T>,
) -> Result<T> {
    deadline::poll(wait, |waits| {
        call(if waits {
            MsgRcvFlags::empty()
        } else {
            MsgRcvFlags::NOWAIT
        })
    })
    .map_err(|ended| receive_error(queue, ended, room))
}

/// The error for a message that was not received.
#[cold]
fn receive_error(queue: &MessageQueue, ended: Ended, room: usize) -> Error {
    const OPERATION: &str = "receive from";
    let subject = queue.subject();
    match ended {
        Ended::TimedOut => Error::timed_out(OPERATION, subject),
        Ended::Failed(Errno::E2BIG) => {
            let because = format!(
                "the message is longer than the buffer of {room} bytes, and stays on the queue"
            );
            Error::call(OPERATION, subject, Errno::E2BIG).because(because)
        }
        Ended::Failed(errno) => handle::error(OPERATION, subject, errno),
    }
}

/// The error for a queue whose room could not be changed: the kernel says the same to who is not the owner, and to
/// the owner who wants more than he may give.
#[cold]
pub(crate) fn room_error(queue: &MessageQueue, error: Error, max_bytes: u64) -> Error {
    match beyond_limit(queue, max_bytes) {
        Some(because) if error.errno() == Some(Errno::EPERM) => {
            error.with_kind(ErrorKind::LimitReached).because(because)
        }
        _ => error,
    }
}

/// Says so if this is more than the owner may have without a privilege, and this user is the owner.
fn beyond_limit(queue: &MessageQueue, max_bytes: u64) -> Option<String> {
    let limit = Limits::queues().ok()?.queue_bytes_max();
    let perm = stat(queue)?.perm();
    let own = [perm.uid(), perm.cuid(), 0].contains(&rustix::process::geteuid().as_raw());
    (own && max_bytes > limit).then(|| {
        format!(
            "it is to hold {max_bytes} bytes, and without a privilege the limit is {limit} bytes (MSGMNB)"
        )
    })
}

/// Sending. The kernel copies the message before the call returns.
impl MessageQueue {
    /// Sends a message; waits while the queue has no room for it.
    ///
    /// `message_type` is from 1 to [`MessageType::MAX`]. The bytes may be none, and at most as many as the system
    /// takes in one message (MSGMAX, 8,192 on Linux if nobody has changed it). Up to 4 KiB are copied on the stack
    /// first; [`send_buffer`](Self::send_buffer) does without that copy.
    ///
    /// If someone makes the queue smaller than the message while this waits, it waits until the room is given
    /// back.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a type out of range, and for a message that
    /// is longer than the system takes or than the queue's `max_bytes`;
    /// [`is_removed`](crate::Error::is_removed), also while it waits;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow writing.
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::FOREVER)
    }

    /// Sends a message if the queue has room for it.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is no room; else those of
    /// [`send`](Self::send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send(&self, message_type: MessageType, bytes: &[u8]) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::TRY)
    }

    /// Sends a message; waits for at most `time` until the queue has room for it. Zero does not wait; a time that
    /// the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`send`](Self::send).
    pub fn send_timeout(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_slice(message_type, bytes, Wait::Until(deadline))
    }

    #[inline]
    pub(crate) fn send_slice(
        &self,
        message_type: MessageType,
        bytes: &[u8],
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        send(self, wait, message_type, bytes.len(), |flags| {
            sysv_ipc::msgsnd_bytes(self.id, message_type, bytes, flags)
        })
    }

    /// Sends the message in a buffer, without a copy; waits while the queue has no room for it. The buffer can be
    /// used again at once.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    #[doc(alias = "msgsnd")]
    #[inline]
    pub fn send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, Wait::FOREVER)
    }

    /// Sends the message in a buffer, without a copy, if the queue has room for it.
    ///
    /// # Errors
    ///
    /// Those of [`try_send`](Self::try_send).
    #[doc(alias("msgsnd", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_send_buffer(&self, message: &MessageBuffer) -> Result<()> {
        self.send_in_place(message, Wait::TRY)
    }

    /// Sends the message in a buffer, without a copy; waits for at most `time`.
    ///
    /// # Errors
    ///
    /// Those of [`send_timeout`](Self::send_timeout).
    pub fn send_buffer_timeout(
        &self,
        message: &MessageBuffer,
        deadline: impl Into<Deadline>,
    ) -> Result<()> {
        self.send_in_place(message, Wait::Until(deadline))
    }

    #[inline]
    fn send_in_place(
        &self,
        message: &MessageBuffer,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let length = message.bytes().len();
        send(self, wait, message.message_type(), length, |flags| {
            sysv_ipc::msgsnd(self.id, &message.0, flags)
        })
    }
}

/// How long a message is taken to be before the kernel says that it is longer: what fits the stack.
const FIRST_ROOM: usize = 4096;

/// Receiving a [`Message`], however long it is.
impl MessageQueue {
    /// Takes a message off the queue; waits while there is none that `selector` wants.
    ///
    /// The text goes through the stack, or from 4 KiB on through a buffer that is as large as the system's
    /// messages can be. [`receive_into`](Self::receive_into) and [`receive_buffer`](Self::receive_buffer) put it
    /// into memory that is there already.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a type out of range;
    /// [`is_removed`](crate::Error::is_removed), also while it waits;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) if the mode does not allow reading.
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, Wait::FOREVER)
    }

    /// Takes a message off the queue if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
    /// [`receive`](Self::receive).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive(&self, selector: Selector) -> Result<Message> {
        self.receive_message(selector, Wait::TRY)
    }

    /// Takes a message off the queue; waits for at most `time` until there is one that `selector` wants. Zero does
    /// not wait; a time that the clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive`](Self::receive).
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
        let mut room = FIRST_ROOM;
        receive(self, wait, room, |flags| {
            self.take(wanted, how | flags, &mut room)
        })
    }

    /// Makes one call, or more with more room if the message is longer: it stays on the queue until then.
    #[inline]
    fn take(
        &self,
        wanted: MessageType,
        flags: MsgRcvFlags,
        room: &mut usize,
    ) -> sysv_ipc::Result<Message> {
        loop {
            match sysv_ipc::msgrcv_vec(self.id, *room, wanted, flags) {
                Err(Errno::E2BIG) => *room = more_room(*room),
                result => {
                    return result.map(|(message_type, bytes)| Message {
                        message_type,
                        bytes,
                    });
                }
            }
        }
    }
}

/// The room for a message that was longer than `room`: what the system says that a message can have. A message
/// may be longer still if the limit was lowered since, and one of a huge limit need not be huge itself: so it is at
/// least twice the room there was, and at most sixteen times.
#[cold]
fn more_room(room: usize) -> usize {
    let longest = longest_message().and_then(|longest| usize::try_from(longest).ok());
    let twice = room.saturating_mul(2);
    longest
        .unwrap_or(twice)
        .clamp(twice, room.saturating_mul(16))
}

/// Receiving into a slice. Nothing is allocated for a slice of up to 4 KiB.
impl MessageQueue {
    /// Takes a message off the queue and puts it into `buffer`; waits while there is none that `selector` wants.
    /// What is behind the message in `buffer` stays as it was.
    ///
    /// # Errors
    ///
    /// [`TooBig`](crate::ErrorKind::TooBig) if the message is longer than `buffer`: it then stays on the queue;
    /// else those of [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), Wait::FOREVER)
    }

    /// Takes a message off the queue into `buffer` if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
    /// [`receive_into`](Self::receive_into).
    #[doc(alias("msgrcv", "IPC_NOWAIT"))]
    #[inline]
    pub fn try_receive_into(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::empty(), Wait::TRY)
    }

    /// Takes a message off the queue into `buffer`; waits for at most `time` until there is one that `selector`
    /// wants.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive_into`](Self::receive_into).
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

    /// Takes a message off the queue into `buffer`, and cuts off what does not fit, which is lost; waits while there
    /// is none that `selector` wants. How long the message was, the kernel does not tell.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
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

    /// [`receive_truncated`](Self::receive_truncated), if there is a message that `selector` wants.
    ///
    /// # Errors
    ///
    /// Those of [`try_receive`](Self::try_receive).
    #[doc(alias("msgrcv", "MSG_NOERROR", "IPC_NOWAIT"))]
    pub fn try_receive_truncated(&self, buffer: &mut [u8], selector: Selector) -> Result<Received> {
        self.receive_slice(buffer, selector, MsgRcvFlags::NOERROR, Wait::TRY)
    }

    /// [`receive_truncated`](Self::receive_truncated), waiting for at most `time`.
    ///
    /// # Errors
    ///
    /// Those of [`receive_timeout`](Self::receive_timeout).
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
        receive(self, wait, buffer.len(), |flags| {
            let (message_type, length) =
                sysv_ipc::msgrcv_bytes(self.id, buffer, wanted, kind | how | flags)?;
            Ok(Received {
                message_type,
                length,
            })
        })
    }
}

/// Receiving into a [`MessageBuffer`], without a copy beside the kernel's.
impl MessageQueue {
    /// Takes a message off the queue and puts it, with its type, into `message`; waits while there is none that
    /// `selector` wants. After an error, what `message` held is still there.
    ///
    /// # Errors
    ///
    /// [`TooBig`](crate::ErrorKind::TooBig) if the message is longer than the buffer's capacity: it then stays on
    /// the queue; else those of [`receive`](Self::receive).
    #[doc(alias = "msgrcv")]
    #[inline]
    pub fn receive_buffer(&self, message: &mut MessageBuffer, selector: Selector) -> Result<()> {
        self.receive_in_place(message, selector, Wait::FOREVER)
    }

    /// Takes a message off the queue into `message` if there is one that `selector` wants.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](crate::Error::is_would_block) if there is none; else those of
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

    /// Takes a message off the queue into `message`; waits for at most `time` until there is one that `selector`
    /// wants.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](crate::Error::is_timed_out); else those of [`receive_buffer`](Self::receive_buffer).
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
