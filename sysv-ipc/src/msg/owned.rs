//! Receiving into a vector of the text's length, which is usually much shorter than the longest possible text.

use core::ffi::c_long;

use super::buf::{self, Scratch};
use super::flags::MsgRcvFlags;
use super::to_isize;
use crate::errno::Result;
use crate::id::MsgId;
use crate::ret;

/// `ssize_t msgrcv(int msqid, void *message, size_t size, long msgtyp, int flags)`: receives a message of up to `room`
/// bytes of text into a vector.
///
/// Returns the type, and the text in a vector of its length. The kernel writes to the stack if `room` is up to 4 KiB,
/// otherwise to allocated memory, which is not zeroed first.
///
/// # Errors
///
/// Those of [`msgrcv`](crate::msgrcv), with `room` as the buffer's capacity, and:
///
/// - `ENOMEM`: allocation failed. If `room` is more than 4 KiB, the message stays on the queue.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// msgsnd_bytes(id, 7, b"bury the cat", MsgSndFlags::empty())?;
/// let received = msgrcv_vec(id, 4096, 7, MsgRcvFlags::empty())?;
/// assert_eq!(received, (7, b"bury the cat".to_vec()));
/// msgctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `msgrcv(2)`, POSIX.1-2024.
#[doc(alias(
    "msgrcv",
    "receive",
    "IPC_NOWAIT",
    "MSG_NOERROR",
    "MSG_EXCEPT",
    "MSG_COPY"
))]
#[inline]
pub fn msgrcv_vec(
    id: MsgId,
    room: usize,
    msgtyp: c_long,
    flags: MsgRcvFlags,
) -> Result<(c_long, Vec<u8>)> {
    let mut text = Vec::new();
    if room > buf::MAX_ON_STACK {
        // Before the call, which removes the message from the queue.
        buf::reserve_exact(&mut text, room)?;
    }
    Scratch::with(room, |scratch| {
        // SAFETY: the scratch memory has room for the type, followed by `room` bytes.
        let returned = unsafe {
            sysv_sys::msgrcv(
                id.as_raw(),
                scratch.as_mut_ptr(),
                room,
                msgtyp,
                flags.bits(),
            )
        };
        let length = ret::length(to_isize(returned))?;
        // SAFETY: the kernel wrote the type and `length` bytes, at most `room`.
        unsafe { scratch.take_vec(length, &mut text) }
    })
    .map(|mtype| {
        text.shrink_to_fit();
        (mtype, text)
    })
}
