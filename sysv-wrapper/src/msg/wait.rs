//! How long sending and receiving wait, and what it means when they fail. Limits are looked up after the kernel
//! refused, never before.

use std::time::{Duration, Instant};

use sysv_ipc::{Errno, MsgRcvFlags, MsgSndFlags, MsgStat};

use super::selector::type_error;
use super::{MessageQueue, MessageType};
use crate::change;
use crate::deadline::{self, Ended};
use crate::discover::Limits;
use crate::error::{Error, ErrorKind, Result};

/// How long to wait: as long as it takes ([`Forever`]), not at all ([`NoTime`]), for a [`Duration`] or up to an
/// [`Instant`].
pub(super) trait Patience {
    /// Whether there is any waiting.
    const WAITS: bool = true;

    /// Makes a call until it has succeeded, failed or taken too long. The call is told whether it is to wait.
    fn run<T>(self, call: impl FnMut(bool) -> sysv_ipc::Result<T>)
    -> std::result::Result<T, Ended>;
}

/// As long as it takes.
pub(super) struct Forever;

impl Patience for Forever {
    #[inline]
    fn run<T>(
        self,
        mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
    ) -> std::result::Result<T, Ended> {
        deadline::endless(|| call(true)).map_err(Ended::Failed)
    }
}

/// Not at all.
pub(super) struct NoTime;

impl Patience for NoTime {
    const WAITS: bool = false;

    #[inline]
    fn run<T>(
        self,
        mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
    ) -> std::result::Result<T, Ended> {
        deadline::endless(|| call(false)).map_err(Ended::Failed)
    }
}

impl Patience for Duration {
    fn run<T>(
        self,
        mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
    ) -> std::result::Result<T, Ended> {
        deadline::poll(self, || call(false))
    }
}

impl Patience for Instant {
    fn run<T>(
        self,
        mut call: impl FnMut(bool) -> sysv_ipc::Result<T>,
    ) -> std::result::Result<T, Ended> {
        deadline::poll(self, || call(false))
    }
}

/// Sends a message of this type and length, which `call` does.
///
/// The first try does not wait: for a message that never fits the queue, the kernel would wait for ever.
#[inline]
pub(super) fn send<P: Patience>(
    queue: &MessageQueue,
    patience: P,
    message_type: MessageType,
    length: usize,
    mut call: impl FnMut(MsgSndFlags) -> sysv_ipc::Result<()>,
) -> Result<()> {
    if message_type < 1 {
        return Err(type_error("send to", queue, message_type));
    }
    match deadline::endless(|| call(MsgSndFlags::NOWAIT)) {
        Ok(()) => Ok(()),
        Err(errno) => send_later(queue, patience, length, call, errno),
    }
}

/// Goes on after the kernel has refused the first try.
#[cold]
fn send_later<P: Patience>(
    queue: &MessageQueue,
    patience: P,
    length: usize,
    mut call: impl FnMut(MsgSndFlags) -> sysv_ipc::Result<()>,
    errno: Errno,
) -> Result<()> {
    let refused = send_error(queue, Ended::Failed(errno), length);
    if !P::WAITS || !refused.is_would_block() {
        return Err(refused);
    }
    let flags = |waits| {
        if waits {
            MsgSndFlags::empty()
        } else {
            MsgSndFlags::NOWAIT
        }
    };
    let sent = patience.run(|waits| call(flags(waits)));
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
    let error = Error::on_handle(OPERATION, subject, errno);
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
        Err(Errno::EACCES) => change::any_queue(queue.id),
        stat => stat.ok(),
    }
}

/// How long a message may be, where the system tells.
pub(super) fn longest_message() -> Option<u64> {
    Some(Limits::queues().ok()?.message_size_max())
}

/// Receives, which `call` does, with room for `room` bytes.
#[inline]
pub(super) fn receive<T>(
    queue: &MessageQueue,
    patience: impl Patience,
    room: usize,
    mut call: impl FnMut(MsgRcvFlags) -> sysv_ipc::Result<T>,
) -> Result<T> {
    patience
        .run(|waits| {
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
        Ended::Failed(errno) => Error::on_handle(OPERATION, subject, errno),
    }
}

/// The error for a queue whose room could not be changed: the kernel says the same to who is not the owner, and to
/// the owner who wants more than he may give.
#[cold]
pub(super) fn room_error(queue: &MessageQueue, error: Error, max_bytes: u64) -> Error {
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
    let own = [perm.uid(), perm.cuid(), 0].contains(&sysv_ipc::effective_uid());
    (own && max_bytes > limit).then(|| {
        format!(
            "it is to hold {max_bytes} bytes, and without a privilege the limit is {limit} bytes (MSGMNB)"
        )
    })
}
