//! What an id, a key and a pid mean: only together with where and when.
//!
//! The kernel gives an id to another object after some time, counts ids from 0 in each ipc namespace and after each boot,
//! and gives a pid to another process. What cannot be read is unknown, and unknown proves nothing.

use std::time::SystemTime;

use sysv_ipc::Pid;

use crate::key::Key;
use crate::system::{self, Stat};

/// The facts about an object that tell it from a later one with the same id.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) key: Key,
    pub(crate) creator_uid: u32,
    pub(crate) creator_gid: u32,
    /// Segments only.
    pub(crate) creator_pid: Option<Pid>,
    /// Moved by setting values, owner and mode.
    pub(crate) change_time: Option<SystemTime>,
}

impl Identity {
    pub(crate) fn of(stat: &Stat) -> Identity {
        let ownership = stat.ownership();
        Identity {
            key: stat.key(),
            creator_uid: ownership.creator_uid(),
            creator_gid: ownership.creator_gid(),
            creator_pid: match stat {
                Stat::Shm(stat) => stat.cpid(),
                Stat::Sem(_) | Stat::Msg(_) => None,
            },
            change_time: stat.change_time(),
        }
    }

    /// Whether the object with the same id, as it is now, may be this one: all that never changes is equal, and it did not
    /// change before. A creator's pid differs by the reader's pid namespace, so one that either cannot see is not compared.
    pub(crate) fn may_be(&self, now: &Identity) -> bool {
        let same_pid = match (self.creator_pid, now.creator_pid) {
            (Some(then), Some(now)) => then == now,
            _ => true,
        };
        self.key == now.key
            && self.creator_uid == now.creator_uid
            && self.creator_gid == now.creator_gid
            && same_pid
            && now.change_time >= self.change_time
    }
}

/// Where and when an id means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The boot of the machine: an id that no other boot has.
    pub(crate) boot: Option<String>,
    /// The inode of the ipc namespace, which later namespaces reuse.
    pub(crate) ipc_namespace: Option<u64>,
}

impl Place {
    /// Returns the place of the calling thread.
    pub(crate) fn here() -> Place {
        Place {
            boot: system::boot(),
            ipc_namespace: system::namespace("ipc"),
        }
    }
}

/// A process, told from later ones with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProcessIdentity {
    pub(crate) pid: Pid,
    /// When it started, in clock ticks since the boot.
    pub(crate) start: Option<u64>,
    /// The inodes of the namespaces in which number and start mean something.
    pub(crate) pid_namespace: Option<u64>,
    pub(crate) time_namespace: Option<u64>,
}

impl ProcessIdentity {
    /// Returns that of this process; `None` if its number does not fit.
    pub(crate) fn own() -> Option<ProcessIdentity> {
        let pid = Pid::from_raw(i32::try_from(std::process::id()).ok()?)?;
        Some(ProcessIdentity {
            pid,
            start: system::start_ticks(pid),
            pid_namespace: system::namespace("pid"),
            time_namespace: system::namespace("time"),
        })
    }

    /// Whether the process is gone, as far as can be proved: no process has its number, or one that started at another
    /// time. In another pid namespace a number proves nothing, nor does a start in another time namespace.
    pub(crate) fn is_gone(&self) -> bool {
        // Both are `None` where there are no such namespaces; one alone is unknown.
        let same = |then: Option<u64>, name| then == system::namespace(name);
        if !same(self.pid_namespace, "pid") {
            return false;
        }
        if system::is_gone(system::Recorded {
            pid: self.pid,
            at: None,
            may_be_thread: false,
        }) {
            return true;
        }
        let same_clock = same(self.time_namespace, "time") && system::proc_is_ours();
        match (self.start, system::start_ticks(self.pid)) {
            (Some(then), Some(now)) => same_clock && then != now,
            _ => false,
        }
    }
}
