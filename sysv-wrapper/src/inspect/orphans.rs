//! Which objects are orphaned: nobody uses them, and everybody whom the kernel recorded is gone.

use std::collections::HashMap;

use sysv_ipc::{Pid, SemId};

use crate::inspect::{Entry, Status};
use crate::sem::numbers;
use crate::system;

/// Whether an object is orphaned: nobody is attached or waiting, at least one process is recorded, and every
/// recorded process is gone.
///
/// Recorded are, of a segment, its creator and who last attached or detached it; of a set, who last operated on
/// each member, which making the set does not count as; of a queue, who last sent and received.
///
/// ```
/// use sysv_wrapper::{OrphanCheck, Orphaned, RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().create_private()?);
/// let entry = SharedMemory::inspect(memory.id())?;
/// // This process made it, and runs.
/// assert_eq!(OrphanCheck::new().judge(&entry), Orphaned::No);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub enum Orphaned {
    /// Nobody uses it, and all that the kernel recorded are gone.
    Yes,
    /// Somebody is attached or waits, or a recorded process runs.
    No,
    /// It cannot be told: no process is recorded, or one of another pid namespace, or this user may not look. Do not
    /// take it for orphaned.
    Unknown,
}

/// Judges objects, and remembers which processes run: one for each listing.
///
/// Three things that no judge can know. A process that runs may be another one than the one recorded, which has
/// got its number since: an object that is orphaned is then told not to be. The kernel does not tell who waits at
/// a queue. And of a receiver that had to wait for its message, Linux records the thread: when that has ended
/// while its process goes on, the receiver counts as gone.
///
/// A process that has ended and was not waited for by its parent is gone: it holds nothing any more.
///
/// ```
/// use sysv_wrapper::{OrphanCheck, MessageQueue, Orphaned, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let never_used = MessageQueue::inspect(queue.id())?;
/// queue.send(1, b"hello")?;
/// let used_by_this_process = MessageQueue::inspect(queue.id())?;
///
/// let mut judge = OrphanCheck::new();
/// assert_eq!(judge.judge(&never_used), Orphaned::Unknown);
/// assert_eq!(judge.judge(&used_by_this_process), Orphaned::No);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct OrphanCheck {
    running: HashMap<Pid, bool>,
}

impl OrphanCheck {
    /// A judge that has not looked at any process yet.
    pub fn new() -> OrphanCheck {
        OrphanCheck::default()
    }

    /// Whether the object is orphaned, by the state that the entry tells of. The members of a set are looked at now.
    pub fn judge(&mut self, entry: &Entry) -> Orphaned {
        let mut traces = Traces::new(self);
        traces.collect(entry);
        traces.verdict()
    }

    /// Whether the process runs, as it was when this judge first looked.
    pub fn is_running(&mut self, pid: Pid) -> bool {
        let running = || system::is_running(pid);
        *self.running.entry(pid).or_insert_with(running)
    }
}

/// What speaks for and against an object being orphaned.
pub struct Traces<'judge> {
    judge: &'judge mut OrphanCheck,
    /// Somebody uses it, or runs who did.
    in_use: bool,
    /// Something cannot be judged.
    unclear: bool,
    /// At least one process is recorded.
    recorded: bool,
}

impl Traces<'_> {
    fn new(judge: &mut OrphanCheck) -> Traces<'_> {
        Traces {
            judge,
            in_use: false,
            unclear: false,
            recorded: false,
        }
    }

    /// Adds what the kernel recorded of the object.
    fn collect(&mut self, entry: &Entry) {
        match entry.status() {
            // Only segments have their creator recorded. The time tells a segment that was never attached from one
            // whose last process is of another pid namespace.
            Status::Shm(status) => {
                self.used_by(status.attach_count());
                self.pid(status.creator_pid(), true);
                self.pid(status.last_pid(), status.attach_time().is_some());
            }
            Status::Sem(status) => {
                self.collect_members(SemId::from_raw(entry.raw_id()), status.count());
            }
            // The kernel does not record the waiters of a queue.
            Status::Msg(status) => {
                self.pid(status.last_send_pid(), status.send_time().is_some());
                self.pid(status.last_receive_pid(), status.receive_time().is_some());
            }
        }
    }

    /// A member without a pid may never have been operated on, or by a process of another pid namespace: it leaves the
    /// question open.
    fn collect_members(&mut self, id: SemId, count: usize) {
        for number in numbers(count) {
            // Permission may be denied, or the set is gone.
            self.pid(sysv_ipc::semctl_getpid(id, number).unwrap_or(None), true);
            if self.is_decided() {
                return;
            }
            for waiters in [sysv_ipc::semctl_getncnt, sysv_ipc::semctl_getzcnt] {
                self.used_by(waiters(id, number).unwrap_or(0).into());
            }
        }
    }

    /// That many are attached or wait.
    pub(crate) fn used_by(&mut self, count: u64) {
        self.in_use |= count > 0;
    }

    /// A process that the kernel recorded. Without one, `happened` tells whether there was anything to record:
    /// then it was somebody whom this process cannot see.
    pub(crate) fn pid(&mut self, pid: Option<Pid>, happened: bool) {
        match pid {
            Some(pid) => {
                self.recorded = true;
                self.in_use |= self.judge.is_running(pid);
            }
            None => self.unclear |= happened,
        }
    }

    /// Whether nothing more can change the verdict.
    pub(crate) fn is_decided(&self) -> bool {
        self.in_use
    }

    fn verdict(&self) -> Orphaned {
        if self.in_use {
            Orphaned::No
        } else if self.unclear || !self.recorded {
            Orphaned::Unknown
        } else {
            Orphaned::Yes
        }
    }
}

#[cfg(test)]
mod tests {
    //! The rule by itself; the tests of `tests/discover_orphans.rs` have real processes.

    use super::{OrphanCheck, Orphaned, Traces};
    use sysv_ipc::Pid;

    /// A number that no process has: greater than the kernel's maximum.
    const NOBODY: i32 = i32::MAX;

    fn verdict(what: impl Fn(&mut Traces<'_>)) -> Orphaned {
        let mut judge = OrphanCheck::new();
        let mut traces = Traces::new(&mut judge);
        what(&mut traces);
        traces.verdict()
    }

    fn own_pid() -> Option<Pid> {
        i32::try_from(std::process::id())
            .ok()
            .and_then(Pid::from_raw)
    }

    #[test]
    fn nothing_recorded_proves_nothing() {
        assert_eq!(verdict(|_| {}), Orphaned::Unknown);
        assert_eq!(verdict(|traces| traces.pid(None, false)), Orphaned::Unknown);
    }

    #[test]
    fn all_recorded_have_to_be_gone() {
        let gone = Pid::from_raw(NOBODY);
        assert_eq!(verdict(|traces| traces.pid(gone, true)), Orphaned::Yes);
        let verdict_with = |pid, happened| {
            verdict(|traces| {
                traces.pid(gone, true);
                traces.pid(pid, happened);
            })
        };
        assert_eq!(verdict_with(None, false), Orphaned::Yes);
        assert_eq!(verdict_with(None, true), Orphaned::Unknown);
        assert_eq!(verdict_with(own_pid(), true), Orphaned::No);
    }

    #[test]
    fn a_user_decides_whatever_else_is_unclear() {
        let used = |traces: &mut Traces<'_>| {
            traces.pid(None, true);
            traces.used_by(1);
        };
        assert_eq!(verdict(used), Orphaned::No);
    }
}
