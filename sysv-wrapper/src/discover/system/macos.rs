//! macOS: objects one after the other from `kern.sysv.ipcs`, limits from there and from the numbers below `kern.sysv`.
//!
//! Everybody may ask, but programs in a sandbox may be forbidden to use `kern.sysv.ipcs`, which takes a command; the
//! numbers can be read then. What uses a segment, and what it takes of the memory, is not asked for: unsupported.
//!
//! Of a segment that is attached and was removed, the list has an entry, but the kernel answers no other question.

pub(in crate::discover) use super::untold::*;
pub use super::walked::Table;

use sysv_ipc::{MsgStat, SemStat, ShmStat};

use super::super::limit::Limit;
use super::super::limits::{QueueLimits, SegmentLimits, SemaphoreLimits};
use super::in_use::{queues_in_use, segments_in_use, sets_in_use};
use super::sysctl::{number, unknown};
use crate::object::Kind;

macro_rules! tables {
    ($($name:ident -> $stat:ident: $conf:ident, $iter:ident;)+) => {$(
        pub(in crate::discover) fn $name() -> sysv_ipc::Result<Table<$stat>> {
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

pub(in crate::discover) fn segment_limits() -> sysv_ipc::Result<SegmentLimits> {
    let (segments, pages) = segments_in_use(self::segments()?);
    Ok(SegmentLimits {
        segments,
        pages,
        ..unused_segments()?
    })
}

fn unused_segments() -> sysv_ipc::Result<SegmentLimits> {
    Ok(SegmentLimits {
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

/// Three are numbers that can be set; the command tells of these how much the kernel has made room for by now.
pub(in crate::discover) fn semaphore_limits() -> sysv_ipc::Result<SemaphoreLimits> {
    let limits = sysv_ipc::ipcs_sem_conf().map_err(unknown)?;
    let (sets, semaphores) = sets_in_use(self::sets()?);
    Ok(SemaphoreLimits {
        operations_max: limits.semopm(),
        value_max: limits.semvmx(),
        undo_max: limits.semaem(),
        sets,
        semaphores,
        ..unused_sets()?
    })
}

fn unused_sets() -> sysv_ipc::Result<SemaphoreLimits> {
    Ok(SemaphoreLimits {
        sets_max: number(c"kern.sysv.semmni")?,
        semaphores_max: number(c"kern.sysv.semmns")?,
        set_size_max: number(c"kern.sysv.semmsl")?,
        operations_max: 0,
        value_max: 0,
        undo_max: 0,
        sets: 0,
        semaphores: 0,
    })
}

pub(in crate::discover) fn queue_limits() -> sysv_ipc::Result<QueueLimits> {
    let limits = sysv_ipc::ipcs_msg_conf().map_err(unknown)?;
    let (queues, messages, bytes) = queues_in_use(self::queues()?);
    Ok(QueueLimits {
        queues_max: limits.msgmni(),
        message_size_max: limits.msgmax(),
        queue_bytes_max: limits.msgmnb(),
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}

/// The limits that are numbers, where the command is not to be had: without what is used of them.
pub(in crate::discover) fn limits_without_use(kind: Kind) -> sysv_ipc::Result<Vec<Limit>> {
    let told = match kind {
        Kind::SharedMemory => unused_segments()?.list().to_vec(),
        Kind::Semaphores => {
            let told = |limit: &Limit| matches!(limit.name, "SEMMNI" | "SEMMNS" | "SEMMSL");
            let all = unused_sets()?.list();
            all.into_iter().filter(told).collect()
        }
        Kind::MessageQueue => return Err(sysv_ipc::Errno::ENOSYS),
    };
    // The zeros above stand for what is not known.
    let without_use = |limit| Limit {
        used: None,
        ..limit
    };
    Ok(told.into_iter().map(without_use).collect())
}
