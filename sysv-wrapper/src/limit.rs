//! Which limit of the system is reached, looked up after the kernel refused. Never cached: limits
//! change at run time.

use std::fmt;

use crate::object::Kind;

/// A limit that stands in the way.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The field's name for it.
    name: &'static str,
    /// Its value, in the unit that its name implies.
    limit: u64,
    /// What it limits.
    what: &'static str,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reached { name, limit, what } = self;
        write!(f, "the limit of {limit} {what} ({name}) is reached")
    }
}

/// A limit, what is in use of it, and how much more was wanted.
type Demand = (&'static str, u64, u64, u64, &'static str);

impl Reached {
    /// The first of these limits that does not have the room.
    fn first(demands: &[Demand]) -> Option<Reached> {
        demands
            .iter()
            .find(|(_, limit, used, wanted, _)| used.saturating_add(*wanted) > *limit)
            .map(|&(name, limit, _, _, what)| Reached { name, limit, what })
    }

    /// Which limit made the kernel say ENOSPC when it was to make an object of this size.
    #[cfg(sysv = "IPC_INFO")]
    pub(crate) fn after_no_space(kind: Kind, wanted: usize) -> Option<Reached> {
        let wanted = wanted as u64;
        match kind {
            Kind::SharedMemory => {
                let (_, limits) = sysv_ipc::shmctl_ipc_info().ok()?;
                let (_, used) = sysv_ipc::shmctl_shm_info().ok()?;
                let pages = wanted.div_ceil(sysv_ipc::page_size() as u64);
                Reached::first(&[
                    ("SHMMNI", limits.shmmni(), used.used_ids(), 1, "segments"),
                    (
                        "SHMALL",
                        limits.shmall(),
                        used.total_pages(),
                        pages,
                        "pages of shared memory",
                    ),
                ])
            }
            Kind::Semaphores => {
                let (_, limits) = sysv_ipc::semctl_ipc_info().ok()?;
                let (_, used) = sysv_ipc::semctl_sem_info().ok()?;
                Reached::first(&[
                    ("SEMMNI", limits.semmni(), used.used_ids(), 1, "sets"),
                    (
                        "SEMMNS",
                        limits.semmns(),
                        used.semaphores(),
                        wanted,
                        "semaphores",
                    ),
                ])
            }
            Kind::MessageQueue => {
                let (_, limits) = sysv_ipc::msgctl_ipc_info().ok()?;
                let (_, used) = sysv_ipc::msgctl_msg_info().ok()?;
                Reached::first(&[("MSGMNI", limits.msgmni(), used.used_ids(), 1, "queues")])
            }
        }
    }

    /// Which limit made the kernel say EINVAL when it was to make an object of this size.
    #[cfg(sysv = "IPC_INFO")]
    pub(crate) fn after_invalid(kind: Kind, wanted: usize) -> Option<Reached> {
        let wanted = wanted as u64;
        match kind {
            Kind::SharedMemory => {
                let max = sysv_ipc::shmctl_ipc_info().ok()?.1.shmmax();
                Reached::first(&[("SHMMAX", max, 0, wanted, "bytes in one segment")])
            }
            Kind::Semaphores => {
                let max = sysv_ipc::semctl_ipc_info().ok()?.1.semmsl();
                Reached::first(&[("SEMMSL", max, 0, wanted, "semaphores in one set")])
            }
            Kind::MessageQueue => None,
        }
    }

    /// This platform does not tell its limits in this way.
    #[cfg(not(sysv = "IPC_INFO"))]
    pub(crate) fn after_no_space(_: Kind, _: usize) -> Option<Reached> {
        None
    }

    /// This platform does not tell its limits in this way.
    #[cfg(not(sysv = "IPC_INFO"))]
    pub(crate) fn after_invalid(_: Kind, _: usize) -> Option<Reached> {
        None
    }
}
