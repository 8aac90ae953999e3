//! The members of a set: value, waiters, and who operated last.

use sysv_ipc::{Pid, SemId};

use crate::error::{Error, Result};
use crate::remove;
use crate::sem::SemaphoreSet;

/// One semaphore of a set as it was found. Made by [`SemaphoreSet::members`].
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 5]).create_private()?);
/// let members = set.members()?;
/// assert_eq!(members.len(), 2);
/// assert_eq!((members[1].number(), members[1].value()), (1, 5));
/// assert_eq!(members[1].waiters_for_zero(), 0);
/// assert!(members[1].last_pid().is_some());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Member {
    number: u16,
    value: u32,
    waiters_for_increase: u32,
    waiters_for_zero: u32,
    last_pid: Option<Pid>,
}

impl Member {
    /// Which one it is, counted from 0.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The value.
    #[doc(alias = "GETVAL")]
    pub fn value(&self) -> u32 {
        self.value
    }

    /// How many wait for the value to grow.
    #[doc(alias("GETNCNT", "ncnt", "waiting_for_nonzero"))]
    pub fn waiters_for_increase(&self) -> u32 {
        self.waiters_for_increase
    }

    /// How many wait for the value to become 0.
    #[doc(alias("GETZCNT", "zcnt", "waiting_for_zero"))]
    pub fn waiters_for_zero(&self) -> u32 {
        self.waiters_for_zero
    }

    /// Who last operated on it or set its value; `None` if nobody did, and for a process of another pid namespace.
    #[doc(alias = "GETPID")]
    pub fn last_pid(&self) -> Option<Pid> {
        self.last_pid
    }
}

/// Looking at all members.
impl SemaphoreSet {
    /// Value, waiters and last process of every member. Each is asked for by itself, so that the whole is not of
    /// one moment where others operate meanwhile.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone.
    #[doc(alias("GETALL", "GETNCNT", "GETZCNT", "GETPID"))]
    pub fn members(&self) -> Result<Vec<Member>> {
        let look = |number| {
            look(self.id(), number)
                .map_err(|errno| Error::on_handle("look at", remove::subject(self), errno))
        };
        numbers(self.status()?.count()).map(look).collect()
    }
}

/// The numbers of a set's members. The kernel counts them in sixteen bits too.
pub(super) fn numbers(count: usize) -> impl Iterator<Item = u16> {
    (0..=u16::MAX).take(count)
}

/// One member.
fn look(id: SemId, number: u16) -> sysv_ipc::Result<Member> {
    Ok(Member {
        number,
        value: sysv_ipc::semctl_getval(id, number)?.unsigned_abs(),
        waiters_for_increase: sysv_ipc::semctl_getncnt(id, number)?,
        waiters_for_zero: sysv_ipc::semctl_getzcnt(id, number)?,
        last_pid: sysv_ipc::semctl_getpid(id, number)?,
    })
}
