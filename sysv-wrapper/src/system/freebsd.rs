//! FreeBSD: limits from the numbers under `kern.ipc`, objects from the tables there, which have a slot for each
//! possible object. In a jail the kernel omits the objects of other jails.
//!
//! Every user may read them. The processes that use a segment, and its memory usage, are unsupported.

pub(crate) use crate::system::none::{
    attached, listed_segment, listed_set_was_operated_on, mapping_limit, memlock_limit,
    memory_usage, process_info, shm_rmid_forced, shm_rmid_forced_lately, unmapped, waits_for_queue,
};
pub(crate) use crate::system::sysctl::TableSnapshot as Table;

use std::ffi::CStr;

use sysv_ipc::{MsgStat, SemStat, ShmStat};

use crate::system::sums::{queues_in_use, segments_in_use, sets_in_use};
use crate::system::sysctl::{self, number};
use crate::system::{MsgLimits, SemLimits, ShmLimits};

const SEGMENTS: &CStr = c"kern.ipc.shmsegs";
const SETS: &CStr = c"kern.ipc.sema";
const QUEUES: &CStr = c"kern.ipc.msqids";

fn table(name: &CStr) -> sysv_ipc::Result<Vec<u8>> {
    sysctl::table(|answer| sysv_ipc::sysctl_by_name(name, answer))
}

pub(crate) fn segments() -> sysv_ipc::Result<Table<ShmStat>> {
    Ok(Table::new(sysv_ipc::shm_table(&table(SEGMENTS)?)))
}

pub(crate) fn sets() -> sysv_ipc::Result<Table<SemStat>> {
    Ok(Table::new(sysv_ipc::sem_table(&table(SETS)?)))
}

pub(crate) fn queues() -> sysv_ipc::Result<Table<MsgStat>> {
    Ok(Table::new(sysv_ipc::msg_table(&table(QUEUES)?)))
}

pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    let (segments, pages) = segments_in_use(sysv_ipc::shm_table(&table(SEGMENTS)?));
    Ok(ShmLimits {
        segments_max: number(c"kern.ipc.shmmni")?,
        size_max: number(c"kern.ipc.shmmax")?,
        size_min: number(c"kern.ipc.shmmin")?,
        pages_max: number(c"kern.ipc.shmall")?,
        segments,
        pages,
        resident_pages: None,
        swapped_pages: None,
        removed_when_unused: None,
    })
}

pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    let (sets, semaphores) = sets_in_use(sysv_ipc::sem_table(&table(SETS)?));
    Ok(SemLimits {
        sets_max: number(c"kern.ipc.semmni")?,
        semaphores_max: number(c"kern.ipc.semmns")?,
        set_size_max: number(c"kern.ipc.semmsl")?,
        operations_max: number(c"kern.ipc.semopm")?,
        value_max: number(c"kern.ipc.semvmx")?,
        undo_max: number(c"kern.ipc.semaem")?,
        undo_processes_max: number(c"kern.ipc.semmnu").ok(),
        undo_entries_max: number(c"kern.ipc.semume").ok(),
        sets,
        semaphores,
    })
}

pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    let (queues, messages, bytes) = queues_in_use(sysv_ipc::msg_table(&table(QUEUES)?));
    Ok(MsgLimits {
        queues_max: number(c"kern.ipc.msgmni")?,
        message_size_max: number(c"kern.ipc.msgmax")?,
        queue_bytes_max: number(c"kern.ipc.msgmnb")?,
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}

/// Returns the seconds of `kern.boottime`. Setting the clock changes them, so that the boot then counts as another one.
pub(crate) fn boot() -> Option<String> {
    let mut answer = [0; 16];
    sysv_ipc::sysctl_by_name(c"kern.boottime", &mut answer).ok()?;
    let (seconds, _) = answer.split_first_chunk::<8>()?;
    Some(i64::from_ne_bytes(*seconds).to_string())
}
