//! The identity of objects and processes: an id, a key or a pid names one only together with its namespace and time.
//!
//! The kernel reuses ids and pids, and counts ids from 0 in each ipc namespace and after each boot. A fact that cannot
//! be read is unknown, and an unknown fact proves nothing.

use std::time::SystemTime;

use sysv_ipc::Pid;

use crate::key::Key;
use crate::system::{self, Stat};

/// The facts that distinguish an object from a later one with the same id.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) key: Key,
    pub(crate) creator_uid: u32,
    pub(crate) creator_gid: u32,
    /// Segments only.
    pub(crate) creator_pid: Option<Pid>,
    /// Setting values, owner or mode changes it.
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

    /// Returns whether the object that has the same id now may be this one: all constant facts are equal, and the last
    /// change is not earlier. A creator's pid depends on the reader's pid namespace, so it is compared only if both
    /// readers see it.
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

/// The boot and the namespace in which an id is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The id of the machine's boot, which no other boot has.
    pub(crate) boot: Option<String>,
    /// The inode of the ipc namespace, which later namespaces reuse.
    pub(crate) ipc_namespace: Option<u64>,
}

impl Place {
    /// Returns the boot and the namespace of the calling thread.
    pub(crate) fn here() -> Place {
        Place {
            boot: system::boot(),
            ipc_namespace: system::namespace("ipc"),
        }
    }
}

/// The facts that distinguish a process from later ones with the same pid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProcessIdentity {
    pub(crate) pid: Pid,
    /// The start of the process, in clock ticks since the boot.
    pub(crate) start: Option<u64>,
    /// The inodes of the namespaces in which the pid and the start time are valid.
    pub(crate) pid_namespace: Option<u64>,
    pub(crate) time_namespace: Option<u64>,
}

impl ProcessIdentity {
    /// Returns the identity of this process; `None` if its pid is out of range.
    pub(crate) fn own() -> Option<ProcessIdentity> {
        let pid = Pid::from_raw(i32::try_from(std::process::id()).ok()?)?;
        Some(ProcessIdentity {
            pid,
            start: system::start_ticks(pid),
            pid_namespace: system::namespace("pid"),
            time_namespace: system::namespace("time"),
        })
    }

    /// Returns whether the process is provably gone: no process has its pid, or the process that has it started at
    /// another time. A pid of another pid namespace proves nothing, nor does a start time of another time namespace.
    pub(crate) fn is_gone(&self) -> bool {
        // Both are `None` on systems without such namespaces; if only one is `None`, it is unknown.
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

#[cfg(test)]
mod tests {
    use super::ProcessIdentity;

    #[test]
    fn a_start_time_counts_in_its_time_namespace_only() {
        let own = ProcessIdentity::own().unwrap();
        assert!(!own.is_gone());
        // `/proc` may be missing, and may be of another namespace.
        let Some(start) = own.start.filter(|_| crate::system::proc_is_ours()) else {
            return;
        };
        let earlier = ProcessIdentity {
            start: Some(start - 1),
            ..own
        };
        assert!(earlier.is_gone());
        let elsewhere = ProcessIdentity {
            time_namespace: Some(1),
            ..earlier
        };
        assert!(!elsewhere.is_gone());
        let elsewhere = ProcessIdentity {
            pid_namespace: Some(1),
            ..earlier
        };
        assert!(!elsewhere.is_gone());
    }
}
