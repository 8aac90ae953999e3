//! Keeping a segment in memory, away from swap space.

use sysv_ipc::Errno;

use super::SharedMemory;
use crate::error::{Error, Result};

impl SharedMemory {
    /// Keeps the segment's pages in memory once they are there, whichever process uses them, until someone
    /// calls [`unlock_from_memory`](Self::unlock_from_memory) or the segment is gone. Linux.
    ///
    /// Pages come when they are first used: to have them all, write them all.
    /// [`ShmStatus::locked`](crate::ShmStatus::locked) tells.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged, or may
    /// lock nothing (`RLIMIT_MEMLOCK` is 0); [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if that would pass
    /// `RLIMIT_MEMLOCK`; [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`is_unsupported`](Error::is_unsupported) where the platform has no such call.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let memory = RemoveOnDrop::new(SharedMemory::builder().create_private()?);
    /// match memory.lock_in_memory() {
    ///     Ok(()) => memory.unlock_from_memory()?,
    ///     Err(error) => println!("{error}; so it may be swapped out"),
    /// }
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "SHM_LOCK")]
    pub fn lock_in_memory(&self) -> Result<()> {
        const OPERATION: &str = "lock in memory";
        #[cfg(sysv = "SHM_LOCK")]
        return sysv_ipc::shmctl_lock(self.id).map_err(|errno| self.refused(OPERATION, errno));
        #[cfg(not(sysv = "SHM_LOCK"))]
        return Err(self.no_such_call(OPERATION));
    }

    /// Lets the segment's pages be swapped out again.
    ///
    /// One call undoes any number of locks, by any process.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`is_unsupported`](Error::is_unsupported) where the platform has no such call.
    #[doc(alias = "SHM_UNLOCK")]
    pub fn unlock_from_memory(&self) -> Result<()> {
        const OPERATION: &str = "unlock from memory";
        #[cfg(sysv = "SHM_UNLOCK")]
        return sysv_ipc::shmctl_unlock(self.id)
            .map_err(|errno| Error::on_handle(OPERATION, self.subject(), errno));
        #[cfg(not(sysv = "SHM_UNLOCK"))]
        return Err(self.no_such_call(OPERATION));
    }

    /// The kernel says with the same answer that a limit is reached as that something else is wrong.
    #[cold]
    #[cfg_attr(not(sysv = "SHM_LOCK"), allow(dead_code))]
    fn refused(&self, operation: &'static str, errno: Errno) -> Error {
        let error = Error::on_handle(operation, self.subject(), errno);
        match errno {
            Errno::ENOMEM => error.because(
                "this user would have more memory locked than RLIMIT_MEMLOCK allows; `ulimit -l` shows and \
                 sets it, in KiB",
            ),
            Errno::EPERM => error.because(
                "only its owner, its creator or a process with CAP_IPC_LOCK may do that, and the first two \
                 only if RLIMIT_MEMLOCK is not 0",
            ),
            _ => error,
        }
    }

    #[cfg(not(all(sysv = "SHM_LOCK", sysv = "SHM_UNLOCK")))]
    fn no_such_call(&self, operation: &'static str) -> Error {
        let because = "this platform cannot lock segments in memory";
        Error::unsupported(operation, self.subject(), because)
    }
}
