//! OpenBSD's tables: `kern.sysvipc_info` is the limits on one kind of objects, followed by one slot per object, which is the
//! structure that `IPC_STAT` fills, or zeros.
//!
//! The kernel counts the limits without the padding behind them, so that the last bytes of the last slot are missing. They
//! are no part of what a program reads.

use core::ffi::c_int;
use core::mem::offset_of;

use super::limits::after_limits;
use super::slots::{Plain, id, slots_and_rest};
use crate::id::{MsgId, SemId, ShmId};
use crate::msg::MsgStat;
use crate::sem::SemStat;
use crate::shm::ShmStat;

/// The numbers by which [`sysctl`](crate::sysctl) reads the table of segments.
#[doc(alias = "KERN_SYSVIPC_SHM_INFO")]
pub const SHM_TABLE: [c_int; 3] = mib(sysv_sys::KERN_SYSVIPC_SHM_INFO);
/// The numbers by which [`sysctl`](crate::sysctl) reads the table of sets.
#[doc(alias = "KERN_SYSVIPC_SEM_INFO")]
pub const SEM_TABLE: [c_int; 3] = mib(sysv_sys::KERN_SYSVIPC_SEM_INFO);
/// The numbers by which [`sysctl`](crate::sysctl) reads the table of queues.
#[doc(alias = "KERN_SYSVIPC_MSG_INFO")]
pub const MSG_TABLE: [c_int; 3] = mib(sysv_sys::KERN_SYSVIPC_MSG_INFO);

const fn mib(kind: c_int) -> [c_int; 3] {
    [sysv_sys::CTL_KERN, sysv_sys::KERN_SYSVIPC_INFO, kind]
}

// The numbers that another crate has from the same headers.
const _: () = {
    assert!(sysv_sys::CTL_KERN == libc::CTL_KERN);
    assert!(sysv_sys::KERN_SYSVIPC_INFO == libc::KERN_SYSVIPC_INFO);
    assert!(sysv_sys::KERN_SYSVIPC_SHM_INFO == libc::KERN_SYSVIPC_SHM_INFO);
    assert!(sysv_sys::KERN_SYSVIPC_SEM_INFO == libc::KERN_SYSVIPC_SEM_INFO);
    assert!(sysv_sys::KERN_SYSVIPC_MSG_INFO == libc::KERN_SYSVIPC_MSG_INFO);
};

// SAFETY: integers, and a raw pointer.
unsafe impl Plain for sysv_sys::shmid_ds {}
// SAFETY: integers, and a raw pointer.
unsafe impl Plain for sysv_sys::semid_ds {}
// SAFETY: integers, and raw pointers.
unsafe impl Plain for sysv_sys::msqid_ds {}

/// Iterates over the segments in the bytes that [`sysctl`](crate::sysctl) wrote for [`SHM_TABLE`].
///
/// Other bytes yield segments that do not exist.
#[doc(alias = "shm_sysctl_info")]
pub fn shm_table(table: &[u8]) -> impl Iterator<Item = (ShmId, ShmStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::shm_sysctl_info, shmids));
    slots_and_rest(table).filter_map(|(index, slot): (_, sysv_sys::shmid_ds)| {
        // A segment has at least one byte.
        let is_used = slot.shm_segsz != 0;
        let id = id(index, slot.shm_perm.seq);
        is_used.then(|| (ShmId::from_raw(id), ShmStat(slot)))
    })
}

/// Iterates over the sets in the bytes that [`sysctl`](crate::sysctl) wrote for [`SEM_TABLE`].
///
/// Other bytes yield sets that do not exist.
#[doc(alias = "sem_sysctl_info")]
pub fn sem_table(table: &[u8]) -> impl Iterator<Item = (SemId, SemStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::sem_sysctl_info, semids));
    slots_and_rest(table).filter_map(|(index, slot): (_, sysv_sys::semid_ds)| {
        // A set has at least one semaphore.
        let is_used = slot.sem_nsems != 0;
        let id = id(index, slot.sem_perm.seq);
        is_used.then(|| (SemId::from_raw(id), SemStat(slot)))
    })
}

/// Iterates over the queues in the bytes that [`sysctl`](crate::sysctl) wrote for [`MSG_TABLE`].
///
/// Other bytes yield queues that do not exist.
#[doc(alias = "msg_sysctl_info")]
pub fn msg_table(table: &[u8]) -> impl Iterator<Item = (MsgId, MsgStat)> {
    let table = after_limits(table, offset_of!(sysv_sys::msg_sysctl_info, msgids));
    slots_and_rest(table).filter_map(|(index, slot): (_, sysv_sys::msqid_ds)| {
        // A queue may hold at least one byte.
        let is_used = slot.msg_qbytes != 0;
        let id = id(index, slot.msg_perm.seq);
        is_used.then(|| (MsgId::from_raw(id), MsgStat(slot)))
    })
}
