//! macOS: the limits that `kern.sysv` has, and nothing else.
//!
//! What is missing, and therefore unsupported: all objects of a kind (`kern.sysv.ipcs` has them, in a protocol of
//! `<sys/ipcs.h>`, which the headers that our declarations are from do not have), and so the use of a limit too;
//! SEMOPM, SEMVMX and SEMAEM, and every limit on queues, for which there are no names. The types of limits by kind
//! have all of these, so they are unsupported as well; lists have what there is.

pub use super::unlisted::Table;
pub(in crate::discover) use super::unlisted::*;
pub(in crate::discover) use super::untold::*;

use sysv_ipc::Errno;

use super::super::limit::Limit;
use super::super::limits::{SegmentLimits, SemaphoreLimits};
use super::sysctl::number;
use crate::object::Kind;

/// The limits that the system tells, without what is used of them.
pub(in crate::discover) fn limits_without_use(kind: Kind) -> sysv_ipc::Result<Vec<Limit>> {
    match kind {
        Kind::SharedMemory => of_segments(),
        Kind::Semaphores => of_semaphores(),
        Kind::MessageQueue => Err(Errno::ENOSYS),
    }
}

fn of_segments() -> sysv_ipc::Result<Vec<Limit>> {
    let limits = SegmentLimits {
        segments_max: number(c"kern.sysv.shmmni")?,
        size_max: number(c"kern.sysv.shmmax")?,
        size_min: number(c"kern.sysv.shmmin")?,
        pages_max: number(c"kern.sysv.shmall")?,
        segments: 0,
        pages: 0,
        resident_pages: None,
        swapped_pages: None,
        removed_when_unused: None,
    };
    Ok(limits.list().map(without_use).to_vec())
}

fn of_semaphores() -> sysv_ipc::Result<Vec<Limit>> {
    let limits = SemaphoreLimits {
        sets_max: number(c"kern.sysv.semmni")?,
        semaphores_max: number(c"kern.sysv.semmns")?,
        set_size_max: number(c"kern.sysv.semmsl")?,
        operations_max: 0,
        value_max: 0,
        undo_max: 0,
        sets: 0,
        semaphores: 0,
    };
    let told = |limit: &Limit| matches!(limit.name, "SEMMNI" | "SEMMNS" | "SEMMSL");
    let limits = limits.list().into_iter().filter(told);
    Ok(limits.map(without_use).collect())
}

/// The zeros above stand for what is not known.
fn without_use(limit: Limit) -> Limit {
    Limit {
        used: None,
        ..limit
    }
}
