//! What identifies an object beside its id, which the kernel gives to another object after some time.

use std::time::SystemTime;

use sysv_ipc::Pid;

use crate::key::Key;
use crate::system::Stat;

/// The facts about an object that tell it from a later one with the same id.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) key: Key,
    pub(crate) creator_uid: u32,
    pub(crate) creator_gid: u32,
    /// Segments only.
    pub(crate) creator_pid: Option<Pid>,
    /// Setting values, owner and mode move it.
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
}
