//! macOS: objects one by one from `kern.sysv.ipcs`, limits from there and from the numbers under `kern.sysv`.
//!
//! Every user may read them, but a sandbox may deny `kern.sysv.ipcs`, which takes a command; the numbers are then still
//! readable. The processes that use a segment, and its memory usage, are unsupported.
//!
//! The list has an entry for a removed segment that is still attached, but the kernel refuses all other calls for it.

pub(crate) use crate::system::none::{
    attached, listed_segment, listed_set_was_operated_on, mapping_limit, memlock_limit,
    memory_usage, process_info, shm_rmid_forced, shm_rmid_forced_lately, unmapped, waits_for_queue,
};
pub(crate) use crate::system::sysctl::TableWalk as Table;

use sysv_ipc::{MsgStat, SemStat, ShmStat};

use crate::system::sums::{queues_in_use, segments_in_use, sets_in_use};
use crate::system::sysctl::{number, unknown};
use crate::system::{MsgLimits, SemLimits, ShmLimits};

macro_rules! tables {
    ($($name:ident -> $stat:ident: $conf:ident, $iter:ident;)+) => {$(
        pub(crate) fn $name() -> sysv_ipc::Result<Table<$stat>> {
            Table::new(sysv_ipc::$conf(), |place| {
                sysv_ipc::$iter(place).map(|(next, id, stat)| (next, id.as_raw(), stat))
            })
        }
    )+};
}

tables! {
    segments -> ShmStat: ipcs_shm_conf, ipcs_shm_iter;
    sets -> SemStat: ipcs_sem_conf, ipcs_sem_iter;
    queues -> MsgStat: ipcs_msg_conf, ipcs_msg_iter;
}

pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    let (segments, pages) = segments_in_use(self::segments()?);
    Ok(ShmLimits {
        segments,
        pages,
        ..segment_limits_without_use()?
    })
}

/// Returns the limits that are numbers, without their usage, for processes that may not use the command.
pub(crate) fn segment_limits_without_use() -> sysv_ipc::Result<ShmLimits> {
    Ok(ShmLimits {
        segments_max: number(c"kern.sysv.shmmni")?,
        size_max: number(c"kern.sysv.shmmax")?,
        size_min: number(c"kern.sysv.shmmin")?,
        pages_max: number(c"kern.sysv.shmall")?,
        segments: 0,
        pages: 0,
        resident_pages: None,
        swapped_pages: None,
        removed_when_unused: None,
    })
}

/// Returns the limits on sets. Three are numbers that can be set; for these the command reports the current size of the
/// kernel's tables.
pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    let limits = sysv_ipc::ipcs_sem_conf().map_err(unknown)?;
    let (sets, semaphores) = sets_in_use(self::sets()?);
    Ok(SemLimits {
        operations_max: limits.semopm(),
        value_max: limits.semvmx(),
        undo_max: limits.semaem(),
        sets,
        semaphores,
        ..semaphore_limits_without_use()?
    })
}

/// Returns the limits that are numbers: the first three.
pub(crate) fn semaphore_limits_without_use() -> sysv_ipc::Result<SemLimits> {
    Ok(SemLimits {
        sets_max: number(c"kern.sysv.semmni")?,
        semaphores_max: number(c"kern.sysv.semmns")?,
        set_size_max: number(c"kern.sysv.semmsl")?,
        operations_max: 0,
        value_max: 0,
        undo_max: 0,
        undo_processes_max: number(c"kern.sysv.semmnu").ok(),
        undo_entries_max: number(c"kern.sysv.semume").ok(),
        sets: 0,
        semaphores: 0,
    })
}

pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    let limits = sysv_ipc::ipcs_msg_conf().map_err(unknown)?;
    let (queues, messages, bytes) = queues_in_use(self::queues()?);
    Ok(MsgLimits {
        queues_max: limits.msgmni(),
        message_size_max: limits.msgmax(),
        queue_bytes_max: limits.msgmnb(),
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}

/// Returns the id of the boot session.
pub(crate) fn boot() -> Option<String> {
    let mut answer = [0; 64];
    let length = sysv_ipc::sysctl_by_name(c"kern.bootsessionuuid", &mut answer).ok()?;
    let text = std::str::from_utf8(answer.get(..length)?).ok()?;
    Some(text.trim_end_matches('\0').to_owned())
}
