//! Which processes have a segment attached.

use super::process::Process;
use super::system;
use crate::error::{Error, Result};
use crate::remove;
use crate::shm::SharedMemory;

/// The processes that have a segment attached, as far as this user may see. Made by
/// [`SharedMemory::attached_processes`].
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let attached = memory.attach()?;
/// match memory.attached_processes() {
///     Ok(found) => {
///         assert_eq!(found.processes().len(), 1);
///         println!("{}", found.processes()[0].process().command());
///         assert!(found.is_complete());
///     }
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedProcesses {
    pub(super) processes: Vec<AttachedProcess>,
    pub(super) unseen: u64,
    pub(super) attach_count: Option<u64>,
}

impl AttachedProcesses {
    /// Each process that was found, in the order of their numbers.
    pub fn processes(&self) -> &[AttachedProcess] {
        &self.processes
    }

    /// How many processes could not be looked into, because they are another user's. Any of them may have the
    /// segment attached, or none.
    pub fn unseen(&self) -> u64 {
        self.unseen
    }

    /// How many attachments the kernel counted right after; `None` if this user may not read the segment's state, or
    /// if it was removed meanwhile.
    pub fn attach_count(&self) -> Option<u64> {
        self.attach_count
    }

    /// Whether all attachments were found: those of the processes add up to the kernel's count, or more.
    pub fn is_complete(&self) -> bool {
        let found = self
            .processes
            .iter()
            .map(AttachedProcess::attachments)
            .sum::<u64>();
        self.attach_count.is_some_and(|count| count <= found)
    }
}

/// A process that has a segment attached. Part of [`AttachedProcesses`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedProcess {
    pub(super) process: Process,
    pub(super) attachments: u64,
}

impl AttachedProcess {
    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// How many times it has the segment attached.
    pub fn attachments(&self) -> u64 {
        self.attachments
    }
}

/// Who uses a segment.
impl SharedMemory {
    /// The processes that have the segment attached now.
    ///
    /// On Linux every process's mappings are searched, in `/proc`: that takes time in proportion to all processes
    /// of the machine. Those in other ipc namespaces are left out: their segments can have the same ids.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell, which includes Linux where `/proc`
    /// is missing or is that of another pid namespace.
    #[doc(alias = "lsof")]
    pub fn attached_processes(&self) -> Result<AttachedProcesses> {
        let (mut processes, unseen) = system::attached(self.id()).map_err(|because| {
            Error::unsupported("look for users of", remove::subject(self), because)
        })?;
        processes.sort_by_key(|attached| attached.process.pid);
        Ok(AttachedProcesses {
            processes,
            unseen,
            attach_count: SharedMemory::inspect(self.id())
                .ok()
                .map(|entry| entry.status().attach_count()),
        })
    }
}
