//! macOS's `kern.sysv.ipcs`: the limits on one kind of objects, and the objects one after the other.
//!
//! Programs get no header that declares any of this, so it is written down here, after `bsd/sys/ipcs.h`,
//! `shm_internal.h`, `sem_internal.h` and `msg.h` of Apple's published kernel (xnu). The command has a version, and the
//! kernel compares the length of the answer that is asked for with its own: where a later one should differ, it
//! refuses (`EINVAL`, `ERANGE`), and writes nothing. An object comes as the same structure that `IPC_STAT` fills.

use core::ffi::c_int;
#[cfg(sysv = "IPCS_command")]
use core::ffi::c_void;

use super::slots::{Plain, read};
use crate::errno::{Errno, Result};

#[cfg(sysv = "IPCS_command")]
pub use calls::{
    ipcs_msg_conf, ipcs_msg_iter, ipcs_sem_conf, ipcs_sem_iter, ipcs_shm_conf, ipcs_shm_iter,
};

/// A command: what is asked, from where on, and where the answer goes.
#[cfg(sysv = "IPCS_command")]
#[repr(C)]
pub(super) struct Command {
    /// The version of this structure.
    magic: c_int,
    op: c_int,
    /// In the kernel's table, where the search for an object begins; in what the kernel writes back, one behind
    /// the place where it found one.
    pub(super) cursor: c_int,
    length: c_int,
    data: *mut c_void,
}

#[cfg(sysv = "IPCS_command")]
impl Command {
    /// `IPCS_MAGIC`: the only version that there is.
    const MAGIC: c_int = 1;

    /// One whose answer goes to `data`, all of which it takes. The structures are short.
    pub(super) fn new(op: c_int, cursor: c_int, data: &mut [u8]) -> Command {
        Command {
            magic: Command::MAGIC,
            op,
            cursor,
            length: c_int::try_from(data.len()).unwrap_or(c_int::MAX),
            data: data.as_mut_ptr().cast(),
        }
    }
}

/// The limits on segments.
#[cfg(sysv = "IPCS_command")]
#[derive(Debug, Copy, Clone)]
#[repr(C)]
#[allow(non_camel_case_types, reason = "C's name")]
pub(crate) struct shminfo {
    pub(crate) shmmax: i64,
    pub(crate) shmmin: i64,
    pub(crate) shmmni: i64,
    pub(crate) shmseg: i64,
    pub(crate) shmall: i64,
}

/// The limits on sets. Of those that are of no use to programs, some say how much the kernel has made room for by now.
#[cfg(sysv = "IPCS_command")]
#[derive(Debug, Copy, Clone)]
#[repr(C)]
#[allow(non_camel_case_types, reason = "C's name")]
pub(crate) struct seminfo {
    semmap: c_int,
    semmni: c_int,
    semmns: c_int,
    semmnu: c_int,
    semmsl: c_int,
    pub(crate) semopm: c_int,
    semume: c_int,
    semusz: c_int,
    pub(crate) semvmx: c_int,
    pub(crate) semaem: c_int,
}

/// The limits on queues.
#[cfg(sysv = "IPCS_command")]
#[derive(Debug, Copy, Clone)]
#[repr(C)]
#[allow(non_camel_case_types, reason = "C's name")]
pub(crate) struct msginfo {
    pub(crate) msgmax: c_int,
    pub(crate) msgmni: c_int,
    pub(crate) msgmnb: c_int,
    msgtql: c_int,
    msgssz: c_int,
    msgseg: c_int,
}

#[cfg(sysv = "IPCS_command")]
const _: () = {
    use core::mem::offset_of;

    assert!(size_of::<Command>() == 16 + size_of::<usize>());
    assert!(offset_of!(Command, magic) == 0 && offset_of!(Command, op) == 4);
    assert!(offset_of!(Command, cursor) == 8 && offset_of!(Command, length) == 12);
    assert!(offset_of!(Command, data) == 16);
    assert!(size_of::<shminfo>() == 40 && offset_of!(shminfo, shmall) == 32);
    assert!(size_of::<seminfo>() == 40 && offset_of!(seminfo, semopm) == 20);
    assert!(offset_of!(seminfo, semvmx) == 32 && offset_of!(seminfo, semaem) == 36);
    assert!(size_of::<msginfo>() == 24 && offset_of!(msginfo, msgmnb) == 8);
};

/// At least as many bytes as any answer has.
const ROOM: usize = 128;

/// What `ask` has the kernel write, and the cursor that it left.
fn answer<T: Plain>(ask: impl FnOnce(&mut [u8]) -> Result<c_int>) -> Result<(c_int, T)> {
    const { assert!(size_of::<T>() <= ROOM) };
    let mut room = [0; ROOM];
    let data = &mut room[..size_of::<T>()];
    let cursor = ask(data)?;
    let told = read(data).ok_or(Errno::EINVAL)?;
    Ok((cursor, told))
}

/// The same for an object, with the index that its id is made of. An id has sixteen bits for it.
fn found<T: Plain>(ask: impl FnOnce(&mut [u8]) -> Result<c_int>) -> Result<(c_int, u16, T)> {
    let (cursor, told) = answer(ask)?;
    let index = cursor.wrapping_sub(1) & 0xffff;
    Ok((cursor, u16::try_from(index).unwrap_or(0), told))
}

#[cfg(sysv = "IPCS_command")]
mod calls {
    //! Two calls for each kind.

    use super::super::command;
    use super::super::slots::id;
    use super::{Plain, Result, answer, c_int, found, msginfo, seminfo, shminfo};
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
    // SAFETY: integers, and a pointer that nobody follows.
    unsafe impl Plain for sysv_sys::shmid_ds {}
    // SAFETY: integers.
    unsafe impl Plain for sysv_sys::semid_ds {}
    // SAFETY: integers.
    unsafe impl Plain for sysv_sys::msqid_ds {}

    macro_rules! calls {
        ($(
            $name:literal $text:literal, $objects:literal:
            $conf:ident = $conf_op:literal $conf_name:literal -> $limits:ident $limits_note:literal,
            $iter:ident = $iter_op:literal $iter_name:literal -> ($id:ident, $stat:ident($perm:ident));
        )+) => {$(
            #[doc = concat!("`sysctlbyname(\"", $text, "\", …)` with `", $conf_name, "`: the limits on ", $objects, ".")]
            ///
            #[doc = $limits_note]
            ///
            /// # Errors
            ///
            /// - `ENOENT`: the kernel does not know the name
            /// - `EINVAL`, `ERANGE`: it knows another version of the command
            /// - `EPERM`: a sandbox forbids it
            ///
            /// See also: `ipcs(1)`, which asks in this way; `bsd/sys/ipcs.h` in Apple's kernel.
            #[doc(alias($conf_name, "IPCS_command"))]
            pub fn $conf() -> Result<$limits> {
                let (_, limits) = answer(|data| command($name, $conf_op, 0, data))?;
                Ok($limits(limits))
            }

            #[doc = concat!("`sysctlbyname(\"", $text, "\", …)` with `", $iter_name, "`: the first of the ", $objects)]
            /// from this place of the kernel's table on, whoever it belongs to, and the place to go on from.
            ///
            /// The first place is 0. No permission is asked for.
            ///
            /// # Errors
            ///
            /// - `ENOENT`: there is none from here on; or the kernel does not know the name
            /// - `ERANGE`: the table ends before
            /// - `EINVAL`: the kernel knows another version of the command, or another structure
            /// - `EPERM`: a sandbox forbids it
            ///
            /// See also: `ipcs(1)`, which asks in this way; `bsd/sys/ipcs.h` in Apple's kernel.
            #[doc(alias($iter_name, "IPCS_command"))]
            pub fn $iter(cursor: c_int) -> Result<(c_int, $id, $stat)> {
                let (next, index, stat) = found(|data| command($name, $iter_op, cursor, data))?;
                let stat = $stat(stat);
                let seq = stat.0.$perm._seq;
                Ok((next, $id::from_raw(id(index, seq)), stat))
            }
        )+};
    }

    calls! {
        c"kern.sysv.ipcs.shm" "kern.sysv.ipcs.shm", "segments":
        ipcs_shm_conf = 0x1 "IPCS_SHM_CONF" -> ShmLimits
        "The numbers are also those of `kern.sysv.shmmax` and its neighbours.",
        ipcs_shm_iter = 0x2 "IPCS_SHM_ITER" -> (ShmId, ShmStat(shm_perm));
        c"kern.sysv.ipcs.sem" "kern.sysv.ipcs.sem", "sets":
        ipcs_sem_conf = 0x10 "IPCS_SEM_CONF" -> SemLimits
        "Those that can be set are not among them: the kernel tells here what it has made room for. They are in \
         `kern.sysv.semmni`, `kern.sysv.semmns` and `kern.sysv.semmsl`.",
        ipcs_sem_iter = 0x20 "IPCS_SEM_ITER" -> (SemId, SemStat(sem_perm));
        c"kern.sysv.ipcs.msg" "kern.sysv.ipcs.msg", "queues":
        ipcs_msg_conf = 0x100 "IPCS_MSG_CONF" -> MsgLimits
        "There is no other name for them.",
        ipcs_msg_iter = 0x200 "IPCS_MSG_ITER" -> (MsgId, MsgStat(msg_perm));
    }
}

#[cfg(test)]
mod tests {
    //! Answers of a kernel, as bytes.

    use super::super::slots::id;
    use super::{Errno, Plain, ROOM, Result, answer, c_int, found};

    /// The end of an `ipc_perm`, and a time that is not aligned.
    #[derive(Debug, Copy, Clone, PartialEq)]
    #[repr(C, packed(4))]
    struct Told {
        mode: u16,
        seq: u16,
        key: i32,
        time: i64,
    }

    // SAFETY: four integers.
    unsafe impl Plain for Told {}

    const TOLD: Told = Told {
        mode: 0o1600,
        seq: 0x8001,
        key: -7,
        time: 1 << 40,
    };

    /// A kernel that has found `TOLD`, and says that the next one is to be sought from `cursor` on.
    fn has_found(cursor: c_int) -> impl FnOnce(&mut [u8]) -> Result<c_int> {
        move |data| {
            // It refuses every other length than that of its own structure.
            if data.len() != 16 {
                return Err(Errno::EINVAL);
            }
            data[..2].copy_from_slice(&TOLD.mode.to_ne_bytes());
            data[2..4].copy_from_slice(&TOLD.seq.to_ne_bytes());
            data[4..8].copy_from_slice(&TOLD.key.to_ne_bytes());
            data[8..].copy_from_slice(&TOLD.time.to_ne_bytes());
            Ok(cursor)
        }
    }

    #[test]
    fn an_answer_is_read_as_the_structure_that_was_asked_for() {
        assert_eq!(answer(has_found(0)), Ok((0, TOLD)));
        assert_eq!(answer::<[u8; 4]>(has_found(0)), Err(Errno::EINVAL));
    }

    #[test]
    fn the_index_is_one_before_the_cursor_that_the_kernel_leaves() {
        let index = |cursor| found::<Told>(has_found(cursor)).map(|(next, index, _)| (next, index));
        assert_eq!(index(1), Ok((1, 0)));
        assert_eq!(index(40), Ok((40, 39)));
        assert_eq!(index(0x1_0000), Ok((0x1_0000, 0xffff)));
        // Two sets that far apart have the same index in their ids.
        assert_eq!(index(0x1_0001), Ok((0x1_0001, 0)));
        // No kernel says these; they are not to be the end of the program.
        assert_eq!(index(0), Ok((0, 0xffff)));
        assert_eq!(index(c_int::MIN), Ok((c_int::MIN, 0xffff)));
    }

    #[test]
    fn an_id_of_a_great_sequence_number_is_negative() {
        let (_, index, told) = found::<Told>(has_found(4)).unwrap();
        assert_eq!(id(index, told.seq), -0x7ffe_fffd);
    }

    #[test]
    fn what_the_kernel_refuses_is_handed_on() {
        for errno in [Errno::ENOENT, Errno::ERANGE, Errno::EPERM] {
            assert_eq!(found::<Told>(|_| Err(errno)), Err(errno));
        }
    }

    // SAFETY: bytes.
    unsafe impl<const N: usize> Plain for [u8; N] {}

    #[test]
    fn there_is_room_for_the_longest_and_the_kernel_gets_no_more_than_was_asked_for() {
        let seen = answer::<[u8; ROOM]>(|data| {
            data.fill(7);
            Ok(c_int::try_from(data.len()).unwrap())
        });
        assert_eq!(seen, Ok((128, [7; ROOM])));
    }
}
