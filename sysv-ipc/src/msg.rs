//! Message queues: `msgget`, `msgsnd`, `msgrcv` and every command of `msgctl`.

mod buf;
mod flags;
mod owned;
mod stat;

pub use buf::MsgBuf;
pub use flags::{MsgGetFlags, MsgRcvFlags, MsgSndFlags};
pub use owned::msgrcv_vec;
#[cfg(sysv = "limits")]
pub use stat::MsgLimits;
pub use stat::MsgStat;
#[cfg(sysv = "MSG_INFO")]
pub use stat::MsgUsage;

use core::ffi::{c_int, c_long};
use core::ptr;

use crate::errno::Result;
use crate::id::MsgId;
use crate::key::Key;
use crate::mode::Mode;
use crate::ret;
use buf::Scratch;

/// `int msgget(key_t key, int flags | mode)`: makes a queue, or finds one.
///
/// `mode` is the new queue's, whatever the umask; for a queue that exists it says which access to ask for,
/// and [`Mode::NONE`] asks for none.
///
/// # Errors
///
/// - `EACCES`: the queue exists, and its mode does not give the access asked for.
/// - `EEXIST`: [`CREAT`](MsgGetFlags::CREAT) and [`EXCL`](MsgGetFlags::EXCL) were given, and the key is
///   in use.
/// - `ENOENT`: nobody has this key, and [`CREAT`](MsgGetFlags::CREAT) was not given.
/// - `ENOMEM`: the kernel has no memory for it.
/// - `ENOSPC`: MSGMNI queues are in use.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// assert_eq!(msgctl_stat(id)?.qnum(), 0);
/// msgctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `msgget(2)`, POSIX.1-2024.
#[doc(alias("IPC_CREAT", "IPC_EXCL", "IPC_PRIVATE"))]
#[inline]
pub fn msgget(key: Key, flags: MsgGetFlags, mode: Mode) -> Result<MsgId> {
    // SAFETY: msgget takes no pointer.
    let returned = unsafe { sysv_sys::msgget(key.as_raw(), flags.bits() | mode.as_flags()) };
    ret::value(returned).map(MsgId::from_raw)
}

/// `int msgsnd(int msqid, const void *message, size_t length, int flags)`: puts a message on a queue.
///
/// Waits while the queue has no room, unless [`NOWAIT`](MsgSndFlags::NOWAIT) is given. The kernel copies the
/// message; `message` can be used again at once.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no write access.
/// - `EAGAIN`: the queue has no room, and [`NOWAIT`](MsgSndFlags::NOWAIT) was given.
/// - `EIDRM`: the queue was removed while waiting.
/// - `EINTR`: a signal was handled while waiting; nothing was sent.
/// - `EINVAL`: no queue has this id, the type is below 1, or the text is longer than MSGMAX.
/// - `ENOMEM`: the kernel has no memory for it.
///
/// # Examples
///
/// See [`msgrcv`].
///
/// See also: `msgsnd(2)`, POSIX.1-2024.
#[doc(alias("send", "IPC_NOWAIT"))]
#[inline]
pub fn msgsnd(id: MsgId, message: &MsgBuf, flags: MsgSndFlags) -> Result<()> {
    let text = message.text().len();
    // SAFETY: the buffer holds the type and after it at least `text` initialised bytes.
    ret::unit(unsafe { sysv_sys::msgsnd(id.as_raw(), message.as_ptr(), text, flags.bits()) })
}

/// [`msgsnd`] of a type and a slice, which are copied into one piece first.
///
/// Up to 4 KiB are copied on the stack, more into memory that is allocated for the call.
///
/// # Errors
///
/// Those of [`msgsnd`]; `ENOMEM` also if this process has no memory for the copy.
///
/// # Examples
///
/// See [`msgrcv_bytes`].
#[doc(alias("msgsnd", "send", "IPC_NOWAIT"))]
#[inline]
pub fn msgsnd_bytes(id: MsgId, mtype: c_long, text: &[u8], flags: MsgSndFlags) -> Result<()> {
    Scratch::with(text.len(), |scratch| {
        scratch.put(mtype, text);
        // SAFETY: the scratch memory holds the type and after it `text.len()` initialised bytes.
        ret::unit(unsafe {
            sysv_sys::msgsnd(id.as_raw(), scratch.as_ptr(), text.len(), flags.bits())
        })
    })
}

/// `ssize_t msgrcv(int msqid, void *message, size_t size, long msgtyp, int flags)`: takes a message off a
/// queue.
///
/// Which one, `msgtyp` says: the first of all for 0; the first of just this type if positive, or with
/// [`EXCEPT`](MsgRcvFlags::EXCEPT) the first of another; the first of the lowest type up to its amount if
/// negative. Waits while there is none, unless [`NOWAIT`](MsgRcvFlags::NOWAIT) is given. Returns the length
/// of the text, at most [`MsgBuf::capacity`]; the buffer then has type and text.
///
/// # Errors
///
/// - `E2BIG`: the text is longer than the buffer, and [`NOERROR`](MsgRcvFlags::NOERROR) was not given; the
///   message stays.
/// - `EACCES`: the mode gives this user no read access.
/// - `EIDRM`: the queue was removed while waiting.
/// - `EINTR`: a signal was handled while waiting.
/// - `EINVAL`: no queue has this id.
/// - `ENOMSG`: no such message is there, and [`NOWAIT`](MsgRcvFlags::NOWAIT) was given.
/// - `ENOSYS`: [`COPY`](MsgRcvFlags::COPY), on a kernel that was built without it.
///
/// After an error, what the buffer held is still there.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// let mut message = MsgBuf::new(7, b"bury the cat");
/// msgsnd(id, &message, MsgSndFlags::empty())?;
///
/// message.set_text(b"");
/// assert_eq!(msgrcv(id, &mut message, 0, MsgRcvFlags::NOWAIT)?, 12);
/// assert_eq!((message.mtype(), message.text()), (7, &b"bury the cat"[..]));
/// msgctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `msgrcv(2)`, POSIX.1-2024.
#[doc(alias("receive", "IPC_NOWAIT", "MSG_NOERROR", "MSG_EXCEPT", "MSG_COPY"))]
#[inline]
pub fn msgrcv(
    id: MsgId,
    message: &mut MsgBuf,
    msgtyp: c_long,
    flags: MsgRcvFlags,
) -> Result<usize> {
    let room = message.capacity();
    // SAFETY: the buffer has room for the type and after it for `room` bytes.
    let returned = unsafe {
        sysv_sys::msgrcv(
            id.as_raw(),
            message.as_mut_ptr(),
            room,
            msgtyp,
            flags.bits(),
        )
    };
    let length = ret::length(to_isize(returned))?;
    message.received(length);
    Ok(length)
}

/// [`msgrcv`] into a slice: returns the type, and how many bytes of `text` the message took.
///
/// Up to 4 KiB go through the stack, more through memory that is allocated for the call.
///
/// # Errors
///
/// Those of [`msgrcv`], where `text` is the buffer whose length counts; `ENOMEM` if this process has no memory
/// for the call, and then the message stays.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// msgsnd_bytes(id, 7, b"bury the cat", MsgSndFlags::empty())?;
/// let mut text = [0; 64];
/// assert_eq!(msgrcv_bytes(id, &mut text, 7, MsgRcvFlags::empty())?, (7, 12));
/// assert_eq!(&text[..12], b"bury the cat");
/// msgctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias(
    "msgrcv",
    "receive",
    "IPC_NOWAIT",
    "MSG_NOERROR",
    "MSG_EXCEPT",
    "MSG_COPY"
))]
#[inline]
pub fn msgrcv_bytes(
    id: MsgId,
    text: &mut [u8],
    msgtyp: c_long,
    flags: MsgRcvFlags,
) -> Result<(c_long, usize)> {
    Scratch::with(text.len(), |scratch| {
        // SAFETY: the scratch memory has room for the type and after it for `text.len()` bytes.
        let returned = unsafe {
            sysv_sys::msgrcv(
                id.as_raw(),
                scratch.as_mut_ptr(),
                text.len(),
                msgtyp,
                flags.bits(),
            )
        };
        let length = ret::length(to_isize(returned))?;
        // SAFETY: the kernel has written the type and `length` bytes, and no more than there is room.
        let mtype = unsafe { scratch.take(&mut text[..length]) };
        Ok((mtype, length))
    })
}

/// `msgrcv` returns `ssize_t`, which headers spell as `int` or `long`: always as wide as a pointer, but
/// on old BSDs.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "the type differs per platform"
)]
fn to_isize(returned: impl TryInto<isize>) -> isize {
    returned.try_into().unwrap_or(isize::MAX)
}

/// Calls `msgctl` with a buffer for the kernel to fill, and gives both.
#[inline]
fn filled<T: Default>(id: c_int, command: c_int) -> Result<(c_int, T)> {
    let mut buffer = T::default();
    // SAFETY: the callers pass the structure that the kernel fills for this command, by the C
    // interface's own declaration of it.
    let returned = unsafe { sysv_sys::msgctl(id, command, (&raw mut buffer).cast()) };
    ret::value(returned).map(|value| (value, buffer))
}

/// `msgctl(id, IPC_STAT, &stat)`: contents, limits, owner, mode, times and pids of a queue.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read access.
/// - `EIDRM`, `EINVAL`: the queue is gone or never was.
///
/// # Examples
///
/// See [`msgget`].
///
/// See also: `msgctl(2)`, POSIX.1-2024.
#[doc(alias = "IPC_STAT")]
#[inline]
pub fn msgctl_stat(id: MsgId) -> Result<MsgStat> {
    filled(id.as_raw(), sysv_sys::IPC_STAT).map(|(_, stat)| MsgStat(stat))
}

/// `msgctl(id, IPC_SET, &stat)`: takes owner, group, mode and the queue's room from `stat`.
///
/// Change what [`msgctl_stat`] gave. Between the two calls, another process may have changed it too.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the queue is gone or never was.
/// - `EPERM`: this user is neither owner nor creator nor privileged, or raises the room beyond MSGMNB
///   without the privilege for that.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// let mut stat = msgctl_stat(id)?;
/// stat.set_qbytes(1024);
/// msgctl_set(id, &stat)?;
/// assert_eq!(msgctl_stat(id)?.qbytes(), 1024);
/// msgctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `msgctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_SET", "setuid", "setgid", "setperm", "max_size"))]
#[inline]
pub fn msgctl_set(id: MsgId, stat: &MsgStat) -> Result<()> {
    let mut stat = stat.0;
    // SAFETY: the buffer is a whole, initialised msqid_ds that lives through the call.
    ret::unit(unsafe { sysv_sys::msgctl(id.as_raw(), sysv_sys::IPC_SET, &raw mut stat) })
}

/// `msgctl(id, IPC_RMID, NULL)`: removes a queue at once, with the messages on it.
///
/// Everyone who waits gets `EIDRM`, every later call `EINVAL`.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: the queue is gone or never was.
/// - `EPERM`: this user is neither owner nor creator nor privileged.
///
/// # Examples
///
/// See [`msgget`].
///
/// See also: `msgctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_RMID", "remove_message_queue"))]
#[inline]
pub fn msgctl_rmid(id: MsgId) -> Result<()> {
    // SAFETY: IPC_RMID ignores the buffer.
    ret::unit(unsafe { sysv_sys::msgctl(id.as_raw(), sysv_sys::IPC_RMID, ptr::null_mut()) })
}

/// `msgctl(0, IPC_INFO, &msginfo)`: the highest index in use, and the limits on queues.
///
/// # Errors
///
/// None that is known.
///
/// # Examples
///
/// ```
/// let (_highest, limits) = sysv_ipc::msgctl_ipc_info()?;
/// assert!(limits.msgmax() > 0);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
///
/// See also: `msgctl(2)`; Linux.
#[doc(alias("IPC_INFO", "msginfo"))]
#[cfg(sysv = "IPC_INFO")]
#[inline]
pub fn msgctl_ipc_info() -> Result<(i32, MsgLimits)> {
    filled(0, sysv_sys::IPC_INFO).map(|(highest, info)| (highest, MsgLimits(info)))
}

/// `msgctl(0, MSG_INFO, &msginfo)`: the highest index in use, and what all queues hold.
///
/// # Errors
///
/// None that is known.
///
/// See also: `msgctl(2)`; Linux.
#[doc(alias("MSG_INFO", "msginfo"))]
#[cfg(sysv = "MSG_INFO")]
#[inline]
pub fn msgctl_msg_info() -> Result<(i32, MsgUsage)> {
    filled(0, sysv_sys::MSG_INFO).map(|(highest, info)| (highest, MsgUsage(info)))
}

/// `msgctl(index, MSG_STAT, &stat)`: the queue at an index of the kernel's table, if any.
///
/// Indices go from 0 to the highest that [`msgctl_ipc_info`] gives; not all of them are in use.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read access.
/// - `EINVAL`: nothing is at this index.
///
/// # Examples
///
/// As for [`shmctl_shm_stat`](crate::shmctl_shm_stat).
///
/// See also: `msgctl(2)`; Linux.
#[doc(alias = "MSG_STAT")]
#[cfg(sysv = "MSG_STAT")]
#[inline]
pub fn msgctl_msg_stat(index: i32) -> Result<(MsgId, MsgStat)> {
    filled(index, sysv_sys::MSG_STAT).map(|(id, stat)| (MsgId::from_raw(id), MsgStat(stat)))
}

/// `msgctl(index, MSG_STAT_ANY, &stat)`: [`msgctl_msg_stat`] without asking for read access.
///
/// # Errors
///
/// - `EINVAL`: nothing is at this index, or the kernel is older than 4.17.
///
/// See also: `msgctl(2)`; Linux 4.17.
#[doc(alias = "MSG_STAT_ANY")]
#[cfg(sysv = "MSG_STAT_ANY")]
#[inline]
pub fn msgctl_msg_stat_any(index: i32) -> Result<(MsgId, MsgStat)> {
    filled(index, sysv_sys::MSG_STAT_ANY).map(|(id, stat)| (MsgId::from_raw(id), MsgStat(stat)))
}
