//! Orphan detection: whether an object is in use, idle or orphaned, as far as the kernel's records prove it.

use std::collections::HashMap;

use sysv_ipc::{MsgId, Pid, SemId};

use crate::inspect::{Entry, Status};
use crate::sem::{SemStatus, numbers};
use crate::system::{self, Recorded};

/// The verdict on whether an object is still in use, as far as the evidence allows.
///
/// | | segments | sets and queues |
/// |---|---|---|
/// | [`Orphaned`](Verdict::Orphaned) | was attached, is not attached, creator and last user gone | never |
/// | [`Idle`](Verdict::Idle) | was never attached, creator gone | every recorded process gone, none waits |
/// | [`InUse`](Verdict::InUse) | attached, or a recorded process lives | a process waits, or a recorded one lives |
/// | [`Unknown`](Verdict::Unknown) | cannot be judged | cannot be judged |
///
/// The kernel records only the last process that operated on a semaphore or used a queue. A process that it does not
/// record may hold a lock, so a set or a queue is never reported as orphaned. A segment that was never attached may
/// have been provisioned for other processes.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory, Verdict};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().create_private()?);
/// // This process created the object, and is running.
/// assert_eq!(SharedMemory::inspect(memory.id())?.verdict(), Verdict::InUse);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// No process uses the segment, and every process that the kernel recorded is gone.
    Orphaned,
    /// Every recorded process is gone and no process waits, but another process may rely on the object.
    Idle,
    /// A process is attached or waits, or a recorded process lives.
    InUse,
    /// The evidence is insufficient: no process is recorded, or a process of another pid namespace, or permission is
    /// denied. The object must not be considered orphaned.
    Unknown,
}

/// Determines whether objects are orphaned, and caches facts about processes. Use one value per listing.
///
/// A recorded process is gone if no process has its pid, if it is a zombie, or if the process with its pid started more
/// than two seconds (for processes of the machine's initial pid namespace, 31 seconds) after the latest time that the
/// kernel recorded for the object. In doubt the process counts as alive: if `/proc` hides it or belongs to another pid
/// namespace, and if the clock may have been set in between. The mount time of `/proc` proves that the clock was not
/// set if it is shortly after the start of the pid namespace's first process by the current clock.
///
/// ```
/// use sysv_wrapper::{MessageQueue, OrphanCheck, RemoveOnDrop, Verdict};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let never_used = MessageQueue::inspect(queue.id())?;
/// queue.send(1, b"hello")?;
/// let used_by_this_process = MessageQueue::inspect(queue.id())?;
///
/// let mut check = OrphanCheck::new();
/// assert_eq!(check.judge(&never_used), Verdict::Unknown);
/// assert_eq!(check.judge(&used_by_this_process), Verdict::InUse);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct OrphanCheck {
    gone: HashMap<Recorded, bool>,
}

impl OrphanCheck {
    /// Creates a check with an empty cache.
    pub fn new() -> OrphanCheck {
        OrphanCheck::default()
    }

    /// Judges an object by the status in the entry. The members of a set and the waiters of a queue are read at this
    /// call.
    pub fn judge(&mut self, entry: &Entry) -> Verdict {
        let mut evidence = Evidence::default();
        match entry.status() {
            Status::Shm(status) => {
                evidence.users(status.attach_count());
                for (pid, happened) in [
                    (status.creator_pid(), true),
                    (status.last_pid(), status.attach_time().is_some()),
                ] {
                    self.add(&mut evidence, entry, pid, happened);
                }
                evidence.proves_orphans = status.attach_time().is_some();
            }
            Status::Sem(status) => self.add_members(&mut evidence, entry, status),
            Status::Msg(status) => {
                for (pid, happened) in [
                    (status.last_send_pid(), status.send_time().is_some()),
                    (status.last_receive_pid(), status.receive_time().is_some()),
                ] {
                    self.add(&mut evidence, entry, pid, happened);
                }
                if !evidence.in_use && evidence.recorded {
                    match system::waits_for_queue(MsgId::from_raw(entry.raw_id())) {
                        Some(waits) => evidence.users(waits.into()),
                        None => evidence.unclear = true,
                    }
                }
            }
        }
        evidence.verdict()
    }

    /// Returns whether the process that created a segment is gone; `None` for other kinds, and if the process is not
    /// recorded.
    pub fn creator_is_gone(&mut self, entry: &Entry) -> Option<bool> {
        let creator = entry.status().creator_pid()?;
        Some(self.process_is_gone(entry, creator))
    }

    /// Returns whether a process that the kernel recorded for the object is gone. If another process has the pid now,
    /// the recorded process is gone.
    pub fn process_is_gone(&mut self, entry: &Entry, pid: Pid) -> bool {
        self.is_gone(Recorded {
            pid,
            at: entry.status().last_time(),
            // Linux records the thread id of a receiver that had to wait.
            may_be_thread: matches!(entry.status(), Status::Msg(_)),
        })
    }

    /// Adds a process that the kernel recorded. Without a pid, `happened` is whether an event was recorded: then its
    /// process is not visible to this one.
    fn add(&mut self, evidence: &mut Evidence, entry: &Entry, pid: Option<Pid>, happened: bool) {
        match pid {
            Some(pid) => {
                evidence.recorded = true;
                evidence.in_use |= !self.process_is_gone(entry, pid);
            }
            None => evidence.unclear |= happened,
        }
    }

    /// Adds the members of a set. A member without a pid proves nothing: no process operated on it, or a process of
    /// another pid namespace did.
    fn add_members(&mut self, evidence: &mut Evidence, entry: &Entry, status: &SemStatus) {
        let id = SemId::from_raw(entry.raw_id());
        for number in numbers(status.count()) {
            // Permission may be denied, or the set is gone.
            let pid = sysv_ipc::semctl_getpid(id, number).unwrap_or(None);
            self.add(evidence, entry, pid, true);
            if evidence.in_use {
                return;
            }
            for waiters in [sysv_ipc::semctl_getncnt, sysv_ipc::semctl_getzcnt] {
                match waiters(id, number) {
                    Ok(waiters) => evidence.users(waiters.into()),
                    Err(_) => evidence.unclear = true,
                }
            }
        }
    }

    fn is_gone(&mut self, recorded: Recorded) -> bool {
        let gone = || system::is_gone(recorded);
        *self.gone.entry(recorded).or_insert_with(gone)
    }
}

/// The evidence about one object.
#[derive(Debug, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "four independent facts, each of which the verdict asks for"
)]
struct Evidence {
    /// A process uses it, or a recorded one lives.
    in_use: bool,
    /// Some evidence is missing.
    unclear: bool,
    /// At least one process is recorded.
    recorded: bool,
    /// The records are complete, so that no unrecorded process can rely on the object.
    proves_orphans: bool,
}

impl Evidence {
    /// Adds the number of attachments or of waiting processes.
    fn users(&mut self, count: u64) {
        self.in_use |= count > 0;
    }

    fn verdict(&self) -> Verdict {
        if self.in_use {
            Verdict::InUse
        } else if self.unclear || !self.recorded {
            Verdict::Unknown
        } else if self.proves_orphans {
            Verdict::Orphaned
        } else {
            Verdict::Idle
        }
    }
}

#[cfg(test)]
mod tests {
    //! Unit tests of the rule; `tests/it/discover_orphans.rs` uses real processes.

    use super::{Evidence, Verdict};

    #[test]
    fn nothing_recorded_proves_nothing() {
        assert_eq!(Evidence::default().verdict(), Verdict::Unknown);
    }

    #[test]
    fn all_recorded_have_to_be_gone() {
        let gone = || Evidence {
            recorded: true,
            ..Evidence::default()
        };
        assert_eq!(gone().verdict(), Verdict::Idle);
        let proves_orphans = true;
        assert_eq!(
            Evidence {
                proves_orphans,
                ..gone()
            }
            .verdict(),
            Verdict::Orphaned
        );
        let unclear = true;
        assert_eq!(
            Evidence {
                unclear,
                proves_orphans,
                ..gone()
            }
            .verdict(),
            Verdict::Unknown
        );
    }

    #[test]
    fn a_user_decides_whatever_else_is_unclear() {
        let mut evidence = Evidence {
            unclear: true,
            ..Evidence::default()
        };
        evidence.users(0);
        assert_eq!(evidence.verdict(), Verdict::Unknown);
        evidence.users(1);
        assert_eq!(evidence.verdict(), Verdict::InUse);
    }
}
