//! FreeBSD's tables: `kern.ipc.shmsegs`, `kern.ipc.sema` and `kern.ipc.msqids` are arrays of the kernel's own
//! structures, which begin with those that `IPC_STAT` fills.

use super::slots::{Plain, id, slots};
use crate::id::{MsgId, SemId, ShmId};
use crate::msg::MsgStat;
use crate::sem::SemStat;
use crate::shm::ShmStat;

/// The bit in a segment's mode that says that there is one. The headers have it for the kernel only, and ipcs(1)
/// has the number too.
const SHMSEG_ALLOCATED: u32 = 0x0800;

// SAFETY: integers, and pointers that nobody follows.
unsafe impl Plain for sysv_sys::shmid_kernel {}
// SAFETY: integers, and pointers that nobody follows.
unsafe impl Plain for sysv_sys::semid_kernel {}
// SAFETY: integers, and pointers that nobody follows.
unsafe impl Plain for sysv_sys::msqid_kernel {}

/// The segments in what [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.shmsegs`.
///
/// Anything else than these bytes gives segments that are not there.
#[doc(alias = "shmid_kernel")]
pub fn shm_table(answer: &[u8]) -> impl Iterator<Item = (ShmId, ShmStat)> {
    slots(answer).filter_map(|(index, slot): (_, sysv_sys::shmid_kernel)| {
        let perm = &slot.u.shm_perm;
        let is_used = u32::from(perm.mode) & SHMSEG_ALLOCATED != 0;
        is_used.then(|| (ShmId::from_raw(id(index, perm.seq)), ShmStat(slot.u)))
    })
}

/// The sets in what [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.sema`.
///
/// Anything else than these bytes gives sets that are not there.
#[doc(alias = "semid_kernel")]
pub fn sem_table(answer: &[u8]) -> impl Iterator<Item = (SemId, SemStat)> {
    slots(answer).filter_map(|(index, slot): (_, sysv_sys::semid_kernel)| {
        let perm = &slot.u.sem_perm;
        let is_used = u32::from(perm.mode) & sysv_sys::SEM_ALLOC.unsigned_abs() != 0;
        is_used.then(|| (SemId::from_raw(id(index, perm.seq)), SemStat(slot.u)))
    })
}

/// The queues in what [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.msqids`.
///
/// Anything else than these bytes gives queues that are not there.
#[doc(alias = "msqid_kernel")]
pub fn msg_table(answer: &[u8]) -> impl Iterator<Item = (MsgId, MsgStat)> {
    slots(answer).filter_map(|(index, slot): (_, sysv_sys::msqid_kernel)| {
        // The kernel has no bit for that: a slot is free as long as nothing may be on the queue.
        let is_used = slot.u.msg_qbytes != 0;
        let seq = slot.u.msg_perm.seq;
        is_used.then(|| (MsgId::from_raw(id(index, seq)), MsgStat(slot.u)))
    })
}
