//! Removal: the one place where objects are removed, on request or when a scope ends.

use std::fmt;
use std::ops::Deref;

use sysv_ipc::{MsgId, SemId, ShmId, fork_generation};

use crate::error::{Error, Result};
use crate::object::{Kind, Object, Subject};

/// Removes the object with this id.
#[inline]
pub(crate) fn remove(subject: Subject, id: i32) -> Result<()> {
    let removed = match subject.kind {
        Kind::SharedMemory => sysv_ipc::shmctl_rmid(ShmId::from_raw(id)),
        Kind::Semaphores => sysv_ipc::semctl_rmid(SemId::from_raw(id)),
        Kind::MessageQueue => sysv_ipc::msgctl_rmid(MsgId::from_raw(id)),
    };
    removed.map_err(|errno| Error::on_handle("remove", subject.with_id(id), errno))
}

/// The handle's object, as errors name it.
#[inline]
pub(crate) fn subject<H: Object>(handle: &H) -> Subject {
    Subject {
        kind: H::KIND,
        key: handle.key(),
        id: Some(handle.raw_id()),
    }
}

/// Owns an object: removes it when dropped, also while a panic unwinds.
///
/// Only the process that made this value removes: in a forked child, dropping it does nothing. What was
/// removed by someone else already is no error. [`keep`](RemoveOnDrop::keep) lets go of the object.
///
/// A process that is killed with SIGKILL, or that calls `exit` or `abort`, drops nothing, and the object
/// stays. For segments, [`Attachment::remove_when_detached`](crate::Attachment::remove_when_detached) leaves
/// that to the kernel. For the others, whatever was left behind and is used by nobody is found as
/// [`Orphaned`](crate::Orphaned), and `create_replacing` takes its key over.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, Semaphore};
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_unique()?);
/// semaphore.acquire()?;
/// let key = semaphore.key().unwrap();
/// drop(semaphore);
/// assert!(!Semaphore::exists(key)?);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the object is removed as soon as this is dropped"]
pub struct RemoveOnDrop<H: Object> {
    handle: H,
    /// The process that removes; `None` once it let go.
    owner: Option<usize>,
}

impl<H: Object> RemoveOnDrop<H> {
    /// Takes over the removal of the handle's object.
    pub fn new(handle: H) -> RemoveOnDrop<H> {
        RemoveOnDrop {
            handle,
            owner: Some(fork_generation()),
        }
    }

    /// Lets go of the object, and gives the handle.
    pub fn keep(mut self) -> H {
        self.owner = None;
        self.handle.clone()
    }
}

impl<H: Object> Deref for RemoveOnDrop<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.handle
    }
}

impl<H: Object + fmt::Debug> fmt::Debug for RemoveOnDrop<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoveOnDrop").field(&self.handle).finish()
    }
}

impl<H: Object> Drop for RemoveOnDrop<H> {
    fn drop(&mut self) {
        if self.owner == Some(fork_generation()) {
            // Whoever wants to know of a failure calls `remove` and then drops.
            let _ = remove(subject(&self.handle), self.handle.raw_id());
        }
    }
}
