//! Systems without a file of their own, and facts that only Linux provides: unsupported, with the reason.

use std::marker::PhantomData;

use sysv_ipc::{Errno, Mode, MsgId, MsgStat, Pid, SemId, SemStat, ShmId, ShmStat};

use crate::system::{AttachedProcess, MemoryUsage, Process};
use crate::system::{MsgLimits, SemLimits, ShmLimits};

/// A table that cannot be opened.
pub(crate) struct Table<S> {
    never: std::convert::Infallible,
    of: PhantomData<S>,
}

impl<S> Table<S> {
    pub(crate) fn inaccessible(&self) -> u64 {
        match self.never {}
    }
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        match self.never {}
    }
}

pub(crate) fn segments() -> sysv_ipc::Result<Table<ShmStat>> {
    Err(Errno::ENOSYS)
}

pub(crate) fn sets() -> sysv_ipc::Result<Table<SemStat>> {
    Err(Errno::ENOSYS)
}

pub(crate) fn queues() -> sysv_ipc::Result<Table<MsgStat>> {
    Err(Errno::ENOSYS)
}

pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    Err(Errno::ENOSYS)
}

pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    Err(Errno::ENOSYS)
}

pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    Err(Errno::ENOSYS)
}

const BECAUSE: &str = "it is not known how to ask this system";

pub(crate) fn attached(_: ShmId) -> Result<(Vec<AttachedProcess>, u64), String> {
    Err(BECAUSE.to_owned())
}

/// A segment of a list that needs no permission, which this system lacks.
pub(crate) struct ListedSegment {
    pub(crate) mode: Mode,
    pub(crate) creator: Option<Pid>,
    pub(crate) attach_count: u64,
}

pub(crate) fn listed_segment(_: ShmId) -> sysv_ipc::Result<ListedSegment> {
    Err(Errno::ENOSYS)
}

pub(crate) fn listed_set_was_operated_on(_: SemId) -> Option<bool> {
    None
}

/// Returns the id of the machine's boot: unknown.
pub(crate) fn boot() -> Option<String> {
    None
}

/// Returns whether a process waits for the queue: unknown.
pub(crate) fn waits_for_queue(_: MsgId) -> Option<bool> {
    None
}

pub(crate) fn process_info(_: Pid) -> Option<Process> {
    None
}

pub(crate) fn memory_usage(_: ShmId) -> Result<Option<MemoryUsage>, String> {
    Err(BECAUSE.to_owned())
}

/// Returns whether the kernel removes segments without attachments; `None` if that is unknown.
pub(crate) fn shm_rmid_forced() -> Option<bool> {
    Some(false)
}

/// Returns the same setting, at most a second old.
pub(crate) fn shm_rmid_forced_lately() -> bool {
    false
}

/// Returns a text that names the limit that prevents this process from mapping `length` more bytes, if known.
pub(crate) fn mapping_limit(_: u64) -> Option<String> {
    None
}

/// Returns `None`, for systems that cannot lock segments.
pub(crate) fn memlock_limit() -> Option<u64> {
    None
}

/// Returns whether a user id and a group id read from the kernel stand for ids without a mapping in this user
/// namespace.
pub(crate) fn unmapped(_: u32, _: u32) -> (bool, bool) {
    (false, false)
}
