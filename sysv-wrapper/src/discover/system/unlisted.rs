//! Systems that cannot be asked for all objects: listing is unsupported, and so is everything that says what is used
//! of a limit.

use std::marker::PhantomData;

use sysv_ipc::{Errno, MsgStat, SemStat, ShmStat};

use super::super::limits::{QueueLimits, SegmentLimits, SemaphoreLimits};

/// A table that nobody can open.
pub struct Table<S> {
    never: std::convert::Infallible,
    of: PhantomData<S>,
}

impl<S> Table<S> {
    pub(in crate::discover) fn unseen(&self) -> u64 {
        match self.never {}
    }
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        match self.never {}
    }
}

pub(in crate::discover) fn segments() -> sysv_ipc::Result<Table<ShmStat>> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn sets() -> sysv_ipc::Result<Table<SemStat>> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn queues() -> sysv_ipc::Result<Table<MsgStat>> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn segment_limits() -> sysv_ipc::Result<SegmentLimits> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn semaphore_limits() -> sysv_ipc::Result<SemaphoreLimits> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn queue_limits() -> sysv_ipc::Result<QueueLimits> {
    Err(Errno::ENOSYS)
}
