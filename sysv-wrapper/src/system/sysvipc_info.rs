//! NetBSD and OpenBSD: limits and objects from `kern.ipc.sysvipc_info` and `kern.sysvipc_info`, which return for each kind
//! the limits, followed by a slot for each possible object. OpenBSD numbers the slots of queues from 1, and has no room
//! for the last of them: with the maximum number of queues, one is missing.
//!
//! Every user may read it. The processes that use a segment, and its memory usage, are unsupported.

pub(crate) use crate::system::none::{
    attached, boot, listed_segment, listed_set_was_operated_on, mapping_limit, memlock_limit,
    memory_usage, process_info, shm_rmid_forced, shm_rmid_forced_lately, unmapped, waits_for_queue,
};
pub(crate) use crate::system::sysctl::TableSnapshot as Table;

use sysv_ipc::{Errno, MSG_TABLE, MsgStat, SEM_TABLE, SHM_TABLE, SemStat, ShmStat};

use crate::system::sums::{queues_in_use, segments_in_use, sets_in_use};
use crate::system::sysctl;
use crate::system::{MsgLimits, SemLimits, ShmLimits};

fn table(numbers: &[i32]) -> sysv_ipc::Result<Vec<u8>> {
    sysctl::table(|answer| sysv_ipc::sysctl(numbers, answer))
}

pub(crate) fn segments() -> sysv_ipc::Result<Table<ShmStat>> {
    Ok(Table::new(sysv_ipc::shm_table(&table(&SHM_TABLE)?)))
}

pub(crate) fn sets() -> sysv_ipc::Result<Table<SemStat>> {
    Ok(Table::new(sysv_ipc::sem_table(&table(&SEM_TABLE)?)))
}

pub(crate) fn queues() -> sysv_ipc::Result<Table<MsgStat>> {
    Ok(Table::new(sysv_ipc::msg_table(&table(&MSG_TABLE)?)))
}

pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    let table = table(&SHM_TABLE)?;
    let limits = sysv_ipc::shm_table_limits(&table).ok_or(Errno::ENOSYS)?;
    let (segments, pages) = segments_in_use(sysv_ipc::shm_table(&table));
    Ok(ShmLimits {
        segments_max: limits.shmmni(),
        size_max: limits.shmmax(),
        size_min: limits.shmmin(),
        pages_max: limits.shmall(),
        segments,
        pages,
        resident_pages: None,
        swapped_pages: None,
        removed_when_unused: None,
    })
}

pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    let table = table(&SEM_TABLE)?;
    let limits = sysv_ipc::sem_table_limits(&table).ok_or(Errno::ENOSYS)?;
    let (sets, semaphores) = sets_in_use(sysv_ipc::sem_table(&table));
    Ok(SemLimits {
        sets_max: limits.semmni(),
        semaphores_max: limits.semmns(),
        set_size_max: limits.semmsl(),
        operations_max: limits.semopm(),
        value_max: limits.semvmx(),
        undo_max: limits.semaem(),
        undo_processes_max: Some(limits.semmnu()),
        undo_entries_max: Some(limits.semume()),
        sets,
        semaphores,
    })
}

pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    let table = table(&MSG_TABLE)?;
    let limits = sysv_ipc::msg_table_limits(&table).ok_or(Errno::ENOSYS)?;
    let (queues, messages, bytes) = queues_in_use(sysv_ipc::msg_table(&table));
    Ok(MsgLimits {
        queues_max: limits.msgmni(),
        message_size_max: limits.msgmax(),
        queue_bytes_max: limits.msgmnb(),
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}
