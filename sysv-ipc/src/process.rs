//! Whether a process runs, and the user of this one.

use crate::errno::Errno;
use crate::ret;
use crate::stat::Pid;

impl Pid {
    /// `int kill(pid_t pid, 0)`: whether a process with this number exists, as far as this one sees.
    ///
    /// One that has ended counts until its parent has waited for it. A process of this number may be
    /// another than the one that the kernel recorded: `true` proves less than `false`.
    ///
    /// ```
    /// use sysv_ipc::Pid;
    ///
    /// let own = i32::try_from(std::process::id()).unwrap();
    /// assert!(Pid::from_raw(own).unwrap().exists());
    /// ```
    ///
    /// See also: `kill(2)`, POSIX.1-2024.
    #[doc(hidden)]
    pub fn exists(self) -> bool {
        // A negative number would name a process group.
        self.as_raw() > 0 && {
            // SAFETY: kill takes no pointer, and signal 0 sends nothing.
            let sent = ret::unit(unsafe { libc::kill(self.as_raw(), 0) });
            // A refusal (EPERM) is from a process that is there.
            sent != Err(Errno::ESRCH)
        }
    }
}

/// `uid_t geteuid(void)`: the user on whose behalf this process asks the kernel.
///
/// See also: `geteuid(2)`, POSIX.1-2024.
#[doc(alias = "geteuid")]
pub fn effective_uid() -> u32 {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}
