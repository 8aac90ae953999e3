//! macOS's `kern.sysv.ipcs`: the limits on one kind of objects, and its objects one by one.
//!
//! `sysv_sys` declares the structures, after Apple's published kernel. The kernel refuses a request of another version
//! or size (`EINVAL`, `ERANGE`) and writes nothing. It writes an object as the structure that `IPC_STAT` fills.

use core::ffi::c_int;

use super::slots::{Plain, read};
use crate::errno::{Errno, Result};

#[cfg(sysv = "IPCS_command")]
pub use calls::{
    ipcs_msg_conf, ipcs_msg_iter, ipcs_sem_conf, ipcs_sem_iter, ipcs_shm_conf, ipcs_shm_iter,
};

/// Returns a request whose structure goes to all of `data`.
#[cfg(sysv = "IPCS_command")]
pub(super) fn request(op: c_int, cursor: c_int, data: &mut [u8]) -> sysv_sys::IPCS_command {
    sysv_sys::IPCS_command {
        ipcs_magic: sysv_sys::IPCS_MAGIC,
        ipcs_op: op,
        ipcs_cursor: cursor,
        // The structures have some 100 bytes.
        ipcs_datalen: c_int::try_from(data.len()).unwrap_or(c_int::MAX),
        ipcs_data: data.as_mut_ptr().cast(),
    }
}

/// Upper bound for the size of a structure that the kernel writes.
const MAX_SIZE: usize = 128;

/// Has `call` write a structure to the buffer that it is given. Returns the cursor that `call` returned, and the
/// structure.
fn query<T: Plain>(call: impl FnOnce(&mut [u8]) -> Result<c_int>) -> Result<(c_int, T)> {
    const { assert!(size_of::<T>() <= MAX_SIZE) };
    let mut buffer = [0; MAX_SIZE];
    let data = &mut buffer[..size_of::<T>()];
    let cursor = call(data)?;
    let structure = read(data).ok_or(Errno::EINVAL)?;
    Ok((cursor, structure))
}

/// [`query`] for an object: returns its slot too, which its id contains in 16 bits. The cursor is one past the slot.
fn query_object<T: Plain>(
    call: impl FnOnce(&mut [u8]) -> Result<c_int>,
) -> Result<(c_int, u16, T)> {
    let (cursor, structure) = query(call)?;
    let index = cursor.wrapping_sub(1) & 0xffff;
    Ok((cursor, u16::try_from(index).unwrap_or(0), structure))
}

#[cfg(sysv = "IPCS_command")]
mod calls {
    //! Two calls for each kind.

    use sysv_sys::{
        IPCS_MSG_CONF, IPCS_MSG_ITER, IPCS_SEM_CONF, IPCS_SEM_ITER, IPCS_SHM_CONF, IPCS_SHM_ITER,
        msginfo, seminfo, shminfo,
    };

    use super::super::ipcs_command;
    use super::super::slots::id;
    use super::{Plain, Result, c_int, query, query_object};
    use crate::id::{MsgId, SemId, ShmId};
    use crate::msg::{MsgLimits, MsgStat};
    use crate::sem::{SemLimits, SemStat};
    use crate::shm::{ShmLimits, ShmStat};

    // SAFETY: integers.
    unsafe impl Plain for shminfo {}
    // SAFETY: integers.
    unsafe impl Plain for seminfo {}
    // SAFETY: integers.
    unsafe impl Plain for msginfo {}
    // SAFETY: integers, and a raw pointer.
    unsafe impl Plain for sysv_sys::shmid_ds {}
    // SAFETY: integers.
    unsafe impl Plain for sysv_sys::semid_ds {}
    // SAFETY: integers.
    unsafe impl Plain for sysv_sys::msqid_ds {}

    macro_rules! calls {
        ($(
            $name:literal $text:literal, $object:literal $objects:literal:
            $conf:ident = $conf_op:ident $conf_name:literal -> $limits:ident $limits_note:literal,
            $iter:ident = $iter_op:ident $iter_name:literal -> ($id:ident, $stat:ident($perm:ident));
        )+) => {$(
            #[doc = concat!("`sysctlbyname(\"", $text, "\", …)` with `", $conf_name, "`: returns the limits on ", $objects, ".")]
            ///
            #[doc = $limits_note]
            ///
            /// # Errors
            ///
            /// - `ENOENT`: the kernel does not know the name.
            /// - `EINVAL`, `ERANGE`: the kernel has another version of the command.
            /// - `EPERM`: a sandbox forbids it.
            ///
            /// See also: `ipcs(1)`, which makes the same call; `bsd/sys/ipcs.h` in Apple's kernel.
            #[doc(alias($conf_name, "IPCS_command"))]
            pub fn $conf() -> Result<$limits> {
                let (_, limits) = query(|data| ipcs_command($name, $conf_op, 0, data))?;
                Ok($limits(limits))
            }

            #[doc = concat!("`sysctlbyname(\"", $text, "\", …)` with `", $iter_name, "`: returns the first ", $object)]
            /// at or after slot `cursor` of the kernel's table, with the cursor of the next call.
            ///
            /// The first slot is 0. No permission is needed.
            ///
            /// # Errors
            ///
            #[doc = concat!("- `ENOENT`: no ", $object, " is left; or the kernel does not know the name.")]
            /// - `ERANGE`: the table ends before `cursor`.
            /// - `EINVAL`: the kernel has another version of the command or of the structure.
            /// - `EPERM`: a sandbox forbids it.
            ///
            /// See also: `ipcs(1)`, which makes the same call; `bsd/sys/ipcs.h` in Apple's kernel.
            #[doc(alias($iter_name, "IPCS_command"))]
            pub fn $iter(cursor: c_int) -> Result<(c_int, $id, $stat)> {
                let call = |data: &mut [u8]| ipcs_command($name, $iter_op, cursor, data);
                let (next, index, stat) = query_object(call)?;
                let stat = $stat(stat);
                let seq = stat.0.$perm._seq;
                Ok((next, $id::from_raw(id(index, seq)), stat))
            }
        )+};
    }

    calls! {
        c"kern.sysv.ipcs.shm" "kern.sysv.ipcs.shm", "segment" "segments":
        ipcs_shm_conf = IPCS_SHM_CONF "IPCS_SHM_CONF" -> ShmLimits
        "`kern.sysv.shmmax` and its neighbours hold the same numbers.",
        ipcs_shm_iter = IPCS_SHM_ITER "IPCS_SHM_ITER" -> (ShmId, ShmStat(shm_perm));
        c"kern.sysv.ipcs.sem" "kern.sysv.ipcs.sem", "set" "sets":
        ipcs_sem_conf = IPCS_SEM_CONF "IPCS_SEM_CONF" -> SemLimits
        "It lacks the limits that can be set: their members hold the size of the kernel's tables. The limits are in \
         `kern.sysv.semmni`, `kern.sysv.semmns` and `kern.sysv.semmsl`.",
        ipcs_sem_iter = IPCS_SEM_ITER "IPCS_SEM_ITER" -> (SemId, SemStat(sem_perm));
        c"kern.sysv.ipcs.msg" "kern.sysv.ipcs.msg", "queue" "queues":
        ipcs_msg_conf = IPCS_MSG_CONF "IPCS_MSG_CONF" -> MsgLimits
        "No other sysctl reports them.",
        ipcs_msg_iter = IPCS_MSG_ITER "IPCS_MSG_ITER" -> (MsgId, MsgStat(msg_perm));
    }
}

#[cfg(test)]
mod tests {
    //! Responses of a kernel, as bytes.

    use super::super::slots::id;
    use super::{Errno, MAX_SIZE, Plain, Result, c_int, query, query_object};

    /// The end of an `ipc_perm`, and a time that is not aligned.
    #[derive(Debug, Copy, Clone, PartialEq)]
    #[repr(C, packed(4))]
    struct Response {
        mode: u16,
        seq: u16,
        key: i32,
        time: i64,
    }

    // SAFETY: four integers.
    unsafe impl Plain for Response {}

    const RESPONSE: Response = Response {
        mode: 0o1600,
        seq: 0x8001,
        key: -7,
        time: 1 << 40,
    };

    /// Simulates a kernel that writes `RESPONSE`, and `cursor` for the next call.
    fn kernel_at(cursor: c_int) -> impl FnOnce(&mut [u8]) -> Result<c_int> {
        move |data| {
            // It refuses every length but that of its own structure.
            if data.len() != 16 {
                return Err(Errno::EINVAL);
            }
            data[..2].copy_from_slice(&RESPONSE.mode.to_ne_bytes());
            data[2..4].copy_from_slice(&RESPONSE.seq.to_ne_bytes());
            data[4..8].copy_from_slice(&RESPONSE.key.to_ne_bytes());
            data[8..].copy_from_slice(&RESPONSE.time.to_ne_bytes());
            Ok(cursor)
        }
    }

    #[test]
    fn an_answer_is_read_as_the_structure_that_was_asked_for() {
        assert_eq!(query(kernel_at(0)), Ok((0, RESPONSE)));
        assert_eq!(query::<[u8; 4]>(kernel_at(0)), Err(Errno::EINVAL));
    }

    #[test]
    fn the_index_is_one_before_the_cursor_that_the_kernel_leaves() {
        let index = |cursor| {
            query_object::<Response>(kernel_at(cursor)).map(|(next, index, _)| (next, index))
        };
        assert_eq!(index(1), Ok((1, 0)));
        assert_eq!(index(40), Ok((40, 39)));
        assert_eq!(index(0x1_0000), Ok((0x1_0000, 0xffff)));
        // Two sets that far apart have the same index in their ids.
        assert_eq!(index(0x1_0001), Ok((0x1_0001, 0)));
        // No kernel returns these; they must not panic.
        assert_eq!(index(0), Ok((0, 0xffff)));
        assert_eq!(index(c_int::MIN), Ok((c_int::MIN, 0xffff)));
    }

    #[test]
    fn an_id_of_a_great_sequence_number_is_negative() {
        let (_, index, response) = query_object::<Response>(kernel_at(4)).unwrap();
        assert_eq!(id(index, response.seq), -0x7ffe_fffd);
    }

    #[test]
    fn what_the_kernel_refuses_is_handed_on() {
        for errno in [Errno::ENOENT, Errno::ERANGE, Errno::EPERM] {
            assert_eq!(query_object::<Response>(|_| Err(errno)), Err(errno));
        }
    }

    // SAFETY: bytes.
    unsafe impl<const N: usize> Plain for [u8; N] {}

    #[test]
    fn there_is_room_for_the_longest_and_the_kernel_gets_no_more_than_was_asked_for() {
        let seen = query::<[u8; MAX_SIZE]>(|data| {
            data.fill(7);
            Ok(c_int::try_from(data.len()).unwrap())
        });
        assert_eq!(seen, Ok((128, [7; MAX_SIZE])));
    }
}
