//! NetBSD's tables: `kern.ipc.sysvipc_info` is the limits on one kind of objects, followed by one slot per object.
//! The layout is the same for 32-bit and 64-bit programs.

use core::ffi::c_int;
use core::mem::offset_of;

use super::limits::after_limits;
use super::slots::{Plain, id, slots};
use crate::id::{MsgId, SemId, ShmId};
use crate::msg::MsgStat;
use crate::sem::SemStat;
use crate::shm::ShmStat;

/// The bit in a segment's mode that marks a slot as used. The headers declare it for the kernel only; ipcs(1) defines
/// it too.
const SHMSEG_ALLOCATED: u32 = 0x0800;

/// The numbers by which [`sysctl`](crate::sysctl) reads the table of segments.
#[doc(alias = "KERN_SYSVIPC_SHM_INFO")]
pub const SHM_TABLE: [c_int; 4] = mib(sysv_sys::KERN_SYSVIPC_SHM_INFO);
/// The numbers by which [`sysctl`](crate::sysctl) reads the table of sets.
#[doc(alias = "KERN_SYSVIPC_SEM_INFO")]
pub const SEM_TABLE: [c_int; 4] = mib(sysv_sys::KERN_SYSVIPC_SEM_INFO);
/// The numbers by which [`sysctl`](crate::sysctl) reads the table of queues.
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
unsafe impl Plain for sysv_sys::shmid_ds_sysctl {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::semid_ds_sysctl {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::msgid_ds_sysctl {}

/// Iterates over the segments in the bytes that [`sysctl`](crate::sysctl) wrote for [`SHM_TABLE`].
///
/// Other bytes yield segments that do not exist.
#[doc(alias = "shm_sysctl_info")]
pub fn shm_table(table: &[u8]) -> impl Iterator<Item = (ShmId, ShmStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::shm_sysctl_info, shmids));
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

/// Iterates over the sets in the bytes that [`sysctl`](crate::sysctl) wrote for [`SEM_TABLE`].
///
/// Other bytes yield sets that do not exist.
#[doc(alias = "sem_sysctl_info")]
pub fn sem_table(table: &[u8]) -> impl Iterator<Item = (SemId, SemStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::sem_sysctl_info, semids));
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

/// Iterates over the queues in the bytes that [`sysctl`](crate::sysctl) wrote for [`MSG_TABLE`].
///
/// Other bytes yield queues that do not exist.
#[doc(alias = "msg_sysctl_info")]
pub fn msg_table(table: &[u8]) -> impl Iterator<Item = (MsgId, MsgStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::msg_sysctl_info, msgids));
    slots(table).filter_map(|(index, slot): (_, sysv_sys::msgid_ds_sysctl)| {
        // The kernel has no bit for a used slot: a queue that exists may hold at least one byte.
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

/// Returns the permissions as the structure that `IPC_STAT` fills.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the kernel widened a key_t"
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

/// Converts a number that is unsigned in the kernel, and signed in the structure.
fn unsigned(number: i16) -> u16 {
    u16::from_ne_bytes(number.to_ne_bytes())
}
