//! NetBSD's tables: `kern.ipc.sysvipc_info` has the limits on one kind of objects, and after them a slot for each
//! object, in structures whose layout is the same for programs of 32 and of 64 bits.

use core::ffi::c_int;
use core::mem::offset_of;

use super::slots::{Plain, id, read, slots};
use crate::id::{MsgId, SemId, ShmId};
use crate::msg::{MsgLimits, MsgStat};
use crate::sem::{SemLimits, SemStat};
use crate::shm::{ShmLimits, ShmStat};

/// The bit in a segment's mode that says that there is one. The headers have it for the kernel only, and ipcs(1)
/// has the number too.
const SHMSEG_ALLOCATED: u32 = 0x0800;

/// The numbers under which [`sysctl`](crate::sysctl) tells of segments.
#[doc(alias = "KERN_SYSVIPC_SHM_INFO")]
pub const SHM_TABLE: [c_int; 4] = mib(sysv_sys::KERN_SYSVIPC_SHM_INFO);
/// The numbers under which [`sysctl`](crate::sysctl) tells of sets.
#[doc(alias = "KERN_SYSVIPC_SEM_INFO")]
pub const SEM_TABLE: [c_int; 4] = mib(sysv_sys::KERN_SYSVIPC_SEM_INFO);
/// The numbers under which [`sysctl`](crate::sysctl) tells of queues.
#[doc(alias = "KERN_SYSVIPC_MSG_INFO")]
pub const MSG_TABLE: [c_int; 4] = mib(sysv_sys::KERN_SYSVIPC_MSG_INFO);

const fn mib(kind: c_int) -> [c_int; 4] {
    [
        sysv_sys::CTL_KERN,
        sysv_sys::KERN_SYSVIPC,
        sysv_sys::KERN_SYSVIPC_INFO,
        kind,
    ]
}

// SAFETY: integers.
unsafe impl Plain for sysv_sys::shminfo {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::seminfo {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::msginfo {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::shmid_ds_sysctl {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::semid_ds_sysctl {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::msgid_ds_sysctl {}

/// The limits on segments in what [`sysctl`](crate::sysctl) wrote for [`SHM_TABLE`]; `None` if that is too short.
#[doc(alias = "shminfo")]
pub fn shm_table_limits(answer: &[u8]) -> Option<ShmLimits> {
    read(answer).map(ShmLimits)
}

/// The limits on sets in what [`sysctl`](crate::sysctl) wrote for [`SEM_TABLE`]; `None` if that is too short.
#[doc(alias = "seminfo")]
pub fn sem_table_limits(answer: &[u8]) -> Option<SemLimits> {
    read(answer).map(SemLimits)
}

/// The limits on queues in what [`sysctl`](crate::sysctl) wrote for [`MSG_TABLE`]; `None` if that is too short.
#[doc(alias = "msginfo")]
pub fn msg_table_limits(answer: &[u8]) -> Option<MsgLimits> {
    read(answer).map(MsgLimits)
}

/// The segments in what [`sysctl`](crate::sysctl) wrote for [`SHM_TABLE`].
///
/// Anything else than these bytes gives segments that are not there.
#[doc(alias = "shm_sysctl_info")]
pub fn shm_table(answer: &[u8]) -> impl Iterator<Item = (ShmId, ShmStat)> {
    let table = after(answer, offset_of!(sysv_sys::shm_sysctl_info, shmids));
    slots(table).filter_map(|(index, slot): (_, sysv_sys::shmid_ds_sysctl)| {
        if slot.shm_perm.mode & SHMSEG_ALLOCATED == 0 {
            return None;
        }
        let stat = sysv_sys::shmid_ds {
            shm_perm: perm(&slot.shm_perm),
            shm_segsz: usize::try_from(slot.shm_segsz).unwrap_or(usize::MAX),
            shm_lpid: slot.shm_lpid,
            shm_cpid: slot.shm_cpid,
            shm_nattch: slot.shm_nattch,
            shm_atime: slot.shm_atime,
            shm_dtime: slot.shm_dtime,
            shm_ctime: slot.shm_ctime,
            ..sysv_sys::shmid_ds::default()
        };
        let id = id(index, stat.shm_perm._seq);
        Some((ShmId::from_raw(id), ShmStat(stat)))
    })
}

/// The sets in what [`sysctl`](crate::sysctl) wrote for [`SEM_TABLE`].
///
/// Anything else than these bytes gives sets that are not there.
#[doc(alias = "sem_sysctl_info")]
pub fn sem_table(answer: &[u8]) -> impl Iterator<Item = (SemId, SemStat)> {
    let table = after(answer, offset_of!(sysv_sys::sem_sysctl_info, semids));
    slots(table).filter_map(|(index, slot): (_, sysv_sys::semid_ds_sysctl)| {
        if slot.sem_perm.mode & sysv_sys::SEM_ALLOC.unsigned_abs() == 0 {
            return None;
        }
        let stat = sysv_sys::semid_ds {
            sem_perm: perm(&slot.sem_perm),
            sem_nsems: unsigned(slot.sem_nsems),
            sem_otime: slot.sem_otime,
            sem_ctime: slot.sem_ctime,
            ..sysv_sys::semid_ds::default()
        };
        let id = id(index, stat.sem_perm._seq);
        Some((SemId::from_raw(id), SemStat(stat)))
    })
}

/// The queues in what [`sysctl`](crate::sysctl) wrote for [`MSG_TABLE`].
///
/// Anything else than these bytes gives queues that are not there.
#[doc(alias = "msg_sysctl_info")]
pub fn msg_table(answer: &[u8]) -> impl Iterator<Item = (MsgId, MsgStat)> {
    let table = after(answer, offset_of!(sysv_sys::msg_sysctl_info, msgids));
    slots(table).filter_map(|(index, slot): (_, sysv_sys::msgid_ds_sysctl)| {
        // The kernel has no bit for that: a slot is free as long as nothing may be on the queue.
        if slot.msg_qbytes == 0 {
            return None;
        }
        let stat = sysv_sys::msqid_ds {
            msg_perm: perm(&slot.msg_perm),
            msg_qnum: slot.msg_qnum.try_into().unwrap_or(sysv_sys::msgqnum_t::MAX),
            msg_qbytes: slot
                .msg_qbytes
                .try_into()
                .unwrap_or(sysv_sys::msglen_t::MAX),
            msg_lspid: slot.msg_lspid,
            msg_lrpid: slot.msg_lrpid,
            msg_stime: slot.msg_stime,
            msg_rtime: slot.msg_rtime,
            msg_ctime: slot.msg_ctime,
            _msg_cbytes: slot
                ._msg_cbytes
                .try_into()
                .unwrap_or(sysv_sys::msglen_t::MAX),
            ..sysv_sys::msqid_ds::default()
        };
        let id = id(index, stat.msg_perm._seq);
        Some((MsgId::from_raw(id), MsgStat(stat)))
    })
}

/// The slots after the limits, of which an answer that is too short has none.
fn after(answer: &[u8], limits: usize) -> &[u8] {
    answer.get(limits..).unwrap_or_default()
}

/// The same permissions in the structure that `IPC_STAT` fills.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the kernel has widened a key_t"
)]
fn perm(slot: &sysv_sys::ipc_perm_sysctl) -> sysv_sys::ipc_perm {
    sysv_sys::ipc_perm {
        uid: slot.uid,
        gid: slot.gid,
        cuid: slot.cuid,
        cgid: slot.cgid,
        mode: slot.mode,
        _seq: unsigned(slot._seq),
        _key: slot._key as sysv_sys::key_t,
    }
}

/// A number that has no sign in the kernel, and one in the structure.
fn unsigned(number: i16) -> u16 {
    u16::from_ne_bytes(number.to_ne_bytes())
}
