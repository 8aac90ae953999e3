//! Message queues: `msgget`, `msgsnd`, `msgrcv` and every command of `msgctl`.
#![expect(unsafe_code, reason = "calls msgget, msgsnd, msgrcv and msgctl")]

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

/// `int msgget(key_t key, int flags | mode)`: creates a queue, or looks one up.
///
/// A new queue gets `mode`, regardless of the umask. For an existing queue, `mode` is the access to check;
/// [`Mode::NONE`] checks none.
///
/// # Errors
///
/// - `EACCES`: the mode of the existing queue does not permit the access.
/// - `EEXIST`: the key is in use, and `flags` has [`CREAT`](MsgGetFlags::CREAT) and [`EXCL`](MsgGetFlags::EXCL).
/// - `ENOENT`: no queue has this key, and `flags` lacks [`CREAT`](MsgGetFlags::CREAT).
/// - `ENOMEM`: out of memory.
/// - `ENOSPC`: MSGMNI queues exist.
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

/// `int msgsnd(int msqid, const void *message, size_t length, int flags)`: sends a message.
///
/// Waits while the queue is full, unless `flags` has [`NOWAIT`](MsgSndFlags::NOWAIT). The kernel copies the message, so
/// that `message` can be reused immediately.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no write permission.
/// - `EAGAIN`: the queue is full, and `flags` has [`NOWAIT`](MsgSndFlags::NOWAIT).
/// - `EIDRM`: the queue was removed while the call waited.
/// - `EINTR`: a signal handler ran while the call waited; the message was not sent.
/// - `EINVAL`: no queue has this id, the type is below 1, or the text is longer than MSGMAX.
/// - `ENOMEM`: out of memory.
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
    // SAFETY: the buffer contains the type, followed by at least `text` initialised bytes.
    ret::unit(unsafe { sysv_sys::msgsnd(id.as_raw(), message.as_ptr(), text, flags.bits()) })
}

/// `int msgsnd(int msqid, const void *message, size_t length, int flags)`: sends a message of a type and a slice.
///
/// The kernel takes type and text in one piece, so that this function copies both: on the stack up to 4 KiB, otherwise
/// in allocated memory. [`msgsnd`] needs no copy.
///
/// # Errors
///
/// Those of [`msgsnd`], and:
///
/// - `ENOMEM`: this process has no memory for the copy.
///
/// # Examples
///
/// See [`msgrcv_bytes`].
#[doc(alias("msgsnd", "send", "IPC_NOWAIT"))]
#[inline]
pub fn msgsnd_bytes(id: MsgId, mtype: c_long, text: &[u8], flags: MsgSndFlags) -> Result<()> {
    Scratch::with(text.len(), |scratch| {
        scratch.put(mtype, text);
        // SAFETY: the scratch memory contains the type, followed by `text.len()` initialised bytes.
        ret::unit(unsafe {
            sysv_sys::msgsnd(id.as_raw(), scratch.as_ptr(), text.len(), flags.bits())
        })
    })
}

/// `ssize_t msgrcv(int msqid, void *message, size_t size, long msgtyp, int flags)`: receives a message.
///
/// `msgtyp` selects the message:
///
/// - 0: the first message.
/// - A positive number: the first message of this type, or with [`EXCEPT`](MsgRcvFlags::EXCEPT) of any other type.
/// - A negative number: the first message of the lowest type that is at most the number's amount.
///
/// Waits while the queue has no such message, unless `flags` has [`NOWAIT`](MsgRcvFlags::NOWAIT). Stores type and text in
/// `message`, and returns the length of the text, at most [`MsgBuf::capacity`].
///
/// # Errors
///
/// - `E2BIG`: the text is longer than the buffer, and `flags` lacks [`NOERROR`](MsgRcvFlags::NOERROR); the message stays
///   on the queue.
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`: the queue was removed while the call waited.
/// - `EINTR`: a signal handler ran while the call waited.
/// - `EINVAL`: no queue has this id.
/// - `ENOMSG`: the queue has no such message, and `flags` has [`NOWAIT`](MsgRcvFlags::NOWAIT).
/// - `ENOSYS`: this kernel does not support [`COPY`](MsgRcvFlags::COPY).
///
/// After an error, the buffer is unchanged.
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
    // SAFETY: the buffer has room for the type, followed by `room` bytes.
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
    message.set_received(length);
    Ok(length)
}

/// `ssize_t msgrcv(int msqid, void *message, size_t size, long msgtyp, int flags)`: receives a message into a slice.
///
/// Returns the type, and the length of the text. The kernel writes type and text in one piece, so that this function
/// copies the text: from the stack if `text` has up to 4 KiB, otherwise from allocated memory. [`msgrcv`] needs no copy.
///
/// # Errors
///
/// Those of [`msgrcv`], with `text` as the buffer, and:
///
/// - `ENOMEM`: this process has no memory for the copy; the message stays on the queue.
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
        // SAFETY: the scratch memory has room for the type, followed by `text.len()` bytes.
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
        // SAFETY: the kernel wrote the type and `length` bytes, at most as many as `text` has.
        let mtype = unsafe { scratch.take(&mut text[..length]) };
        Ok((mtype, length))
    })
}

/// Converts the result of `msgrcv`, `ssize_t`, which headers declare as `int` or `long`. It has the width of a pointer,
/// except on old BSDs.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "the type differs per platform"
)]
fn to_isize(returned: impl TryInto<isize>) -> isize {
    returned.try_into().unwrap_or(isize::MAX)
}

/// Calls `msgctl` with a structure for the kernel to fill. Returns the result and the structure.
#[inline]
fn ctl_read<T: Default>(id: c_int, command: c_int) -> Result<(c_int, T)> {
    let mut buffer = T::default();
    // SAFETY: the callers choose the structure that the kernel fills for this command.
    let returned = unsafe { sysv_sys::msgctl(id, command, (&raw mut buffer).cast()) };
    ret::value(returned).map(|value| (value, buffer))
}

/// `msgctl(id, IPC_STAT, &stat)`: reads usage, limit, owner, mode, times and pids of a queue.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EIDRM`, `EINVAL`: no queue has this id, or it was removed.
///
/// # Examples
///
/// See [`msgget`].
///
/// See also: `msgctl(2)`, POSIX.1-2024.
#[doc(alias = "IPC_STAT")]
#[inline]
pub fn msgctl_stat(id: MsgId) -> Result<MsgStat> {
    ctl_read(id.as_raw(), sysv_sys::IPC_STAT).map(|(_, stat)| MsgStat(stat))
}

/// `msgctl(id, IPC_SET, &stat)`: sets owner, group, mode and `msg_qbytes` of a queue to those in `stat`.
///
/// The kernel ignores the other members. Modify the result of [`msgctl_stat`], which is not atomic: another process may
/// change the queue between the two calls.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no queue has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged, or may not raise `msg_qbytes` beyond MSGMNB.
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
    // SAFETY: the pointer is to an initialised msqid_ds that lives through the call.
    ret::unit(unsafe { sysv_sys::msgctl(id.as_raw(), sysv_sys::IPC_SET, &raw mut stat) })
}

/// `msgctl(id, IPC_RMID, NULL)`: removes a queue and its messages immediately.
///
/// Calls that wait fail with `EIDRM`, later calls with `EINVAL`.
///
/// # Errors
///
/// - `EIDRM`, `EINVAL`: no queue has this id, or it was removed.
/// - `EPERM`: this user is neither the owner nor the creator nor privileged.
///
/// # Examples
///
/// See [`msgget`].
///
/// See also: `msgctl(2)`, POSIX.1-2024.
#[doc(alias("IPC_RMID", "remove_message_queue"))]
#[inline]
pub fn msgctl_rmid(id: MsgId) -> Result<()> {
    // SAFETY: IPC_RMID ignores the pointer.
    ret::unit(unsafe { sysv_sys::msgctl(id.as_raw(), sysv_sys::IPC_RMID, ptr::null_mut()) })
}

/// `msgctl(0, IPC_INFO, &msginfo)`: reads the highest index in use, and the limits on queues.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
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
    ctl_read(0, sysv_sys::IPC_INFO).map(|(highest, info)| (highest, MsgLimits(info)))
}

/// `msgctl(0, MSG_INFO, &msginfo)`: reads the highest index in use, and the total usage of all queues.
///
/// # Errors
///
/// - `EACCES`: a security module forbids it.
///
/// See also: `msgctl(2)`; Linux.
#[doc(alias("MSG_INFO", "msginfo"))]
#[cfg(sysv = "MSG_INFO")]
#[inline]
pub fn msgctl_msg_info() -> Result<(i32, MsgUsage)> {
    ctl_read(0, sysv_sys::MSG_INFO).map(|(highest, info)| (highest, MsgUsage(info)))
}

/// `msgctl(index, MSG_STAT, &stat)`: reads id and state of the queue at an index of the kernel's table.
///
/// Indices run from 0 to the highest one, which [`msgctl_ipc_info`] returns; not all of them are in use.
///
/// # Errors
///
/// - `EACCES`: the mode gives this user no read permission.
/// - `EINVAL`: the index is not in use.
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
    ctl_read(index, sysv_sys::MSG_STAT).map(|(id, stat)| (MsgId::from_raw(id), MsgStat(stat)))
}

/// `msgctl(index, MSG_STAT_ANY, &stat)`: [`msgctl_msg_stat`] without the check for read permission.
///
/// # Errors
///
/// - `EINVAL`: the index is not in use, or the kernel is older than 4.17.
///
/// See also: `msgctl(2)`; Linux 4.17.
#[doc(alias = "MSG_STAT_ANY")]
#[cfg(sysv = "MSG_STAT_ANY")]
#[inline]
pub fn msgctl_msg_stat_any(index: i32) -> Result<(MsgId, MsgStat)> {
    ctl_read(index, sysv_sys::MSG_STAT_ANY).map(|(id, stat)| (MsgId::from_raw(id), MsgStat(stat)))
}
