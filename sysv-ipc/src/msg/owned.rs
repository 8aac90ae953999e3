//! Receiving a text as a vector of just its length: what comes is seldom as long as what may come.

use core::ffi::c_long;

use super::buf::{self, Scratch};
use super::flags::MsgRcvFlags;
use super::to_isize;
use crate::errno::Result;
use crate::id::MsgId;
use crate::ret;

/// [`msgrcv`](crate::msgrcv) with room for `room` bytes of text: returns the type, and the text in a vector
/// that is as long as the text.
///
/// Up to 4 KiB of room are on the stack, more is allocated for the call; none of it is cleared first.
///
/// # Errors
///
/// Those of [`msgrcv`](crate::msgrcv), where `room` is what the length of the text is compared with; and
/// `ENOMEM`: this process cannot have the memory. For more than 4 KiB of room that is found out before the
/// message is taken off the queue.
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
    if room > buf::SHORT {
        // Who has no memory for what may come does not take it.
        buf::reserved(&mut text, room)?;
    }
    Scratch::with(room, |scratch| {
        // SAFETY: the scratch memory has room for the type and after it for `room` bytes.
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
        // SAFETY: the kernel has written the type and `length` bytes, and no more than there is room.
        unsafe { scratch.take_vec(length, &mut text) }
    })
    .map(|mtype| {
        text.shrink_to_fit();
        (mtype, text)
    })
}
