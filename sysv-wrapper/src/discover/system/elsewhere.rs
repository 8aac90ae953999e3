//! Systems for which nobody has written the questions yet: everything is unsupported, and says so.

use std::marker::PhantomData;

use sysv_ipc::{Errno, MsgStat, Pid, SemStat, ShmId, ShmStat};

use super::super::attached::AttachedProcess;
use super::super::limits::{QueueLimits, SegmentLimits, SemaphoreLimits};
use super::super::process::Process;
use super::super::residence::Residence;

const BECAUSE: &str = "it is not known how to ask this system";

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

pub(in crate::discover) fn segment_limits() -> sysv_ipc::Result<SegmentLimits> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn semaphore_limits() -> sysv_ipc::Result<SemaphoreLimits> {
    Err(Errno::ENOSYS)
}

pub(in crate::discover) fn queue_limits() -> sysv_ipc::Result<QueueLimits> {
    Err(Errno::ENOSYS)
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

pub(in crate::discover) fn attached(_: ShmId) -> Result<(Vec<AttachedProcess>, u64), String> {
    Err(BECAUSE.to_owned())
}

pub(in crate::discover) fn process(_: Pid) -> Option<Process> {
    None
}

pub(in crate::discover) fn residence(_: ShmId) -> Result<Option<Residence>, String> {
    Err(BECAUSE.to_owned())
}
