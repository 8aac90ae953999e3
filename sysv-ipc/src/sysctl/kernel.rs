//! FreeBSD's tables: `kern.ipc.shmsegs`, `kern.ipc.sema` and `kern.ipc.msqids` are arrays of the kernel's own
//! structures. Each begins with the structure that `IPC_STAT` fills.

use super::slots::{Plain, id, slots};
use crate::id::{MsgId, SemId, ShmId};
use crate::msg::MsgStat;
use crate::sem::SemStat;
use crate::shm::ShmStat;

/// The bit in a segment's mode that marks a slot as used. The headers declare it for the kernel only; ipcs(1) defines
/// it too.
const SHMSEG_ALLOCATED: u32 = 0x0800;

// SAFETY: integers, and raw pointers.
unsafe impl Plain for sysv_sys::shmid_kernel {}
// SAFETY: integers, and raw pointers.
unsafe impl Plain for sysv_sys::semid_kernel {}
// SAFETY: integers, and raw pointers.
unsafe impl Plain for sysv_sys::msqid_kernel {}

/// Iterates over the segments in the bytes that [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.shmsegs`.
///
/// Other bytes yield segments that do not exist.
#[doc(alias = "shmid_kernel")]
pub fn shm_table(table: &[u8]) -> impl Iterator<Item = (ShmId, ShmStat)> {
    slots(table).filter_map(|(index, slot): (_, sysv_sys::shmid_kernel)| {
        let perm = &slot.u.shm_perm;
        let is_used = u32::from(perm.mode) & SHMSEG_ALLOCATED != 0;
        is_used.then(|| (ShmId::from_raw(id(index, perm.seq)), ShmStat(slot.u)))
    })
}

/// Iterates over the sets in the bytes that [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.sema`.
///
/// Other bytes yield sets that do not exist.
#[doc(alias = "semid_kernel")]
pub fn sem_table(table: &[u8]) -> impl Iterator<Item = (SemId, SemStat)> {
    slots(table).filter_map(|(index, slot): (_, sysv_sys::semid_kernel)| {
        let perm = &slot.u.sem_perm;
        let is_used = u32::from(perm.mode) & sysv_sys::SEM_ALLOC.unsigned_abs() != 0;
        is_used.then(|| (SemId::from_raw(id(index, perm.seq)), SemStat(slot.u)))
    })
}

/// Iterates over the queues in the bytes that [`sysctl_by_name`](crate::sysctl_by_name) wrote for `kern.ipc.msqids`.
///
/// Other bytes yield queues that do not exist.
#[doc(alias = "msqid_kernel")]
pub fn msg_table(table: &[u8]) -> impl Iterator<Item = (MsgId, MsgStat)> {
    slots(table).filter_map(|(index, slot): (_, sysv_sys::msqid_kernel)| {
        // The kernel has no bit for a used slot: a queue that exists may hold at least one byte.
        let is_used = slot.u.msg_qbytes != 0;
        let seq = slot.u.msg_perm.seq;
        is_used.then(|| (MsgId::from_raw(id(index, seq)), MsgStat(slot.u)))
    })
}
