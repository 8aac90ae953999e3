//! What the system tells of a process beside its number: for people who want to know whose an object is.

use sysv_ipc::Pid;

use super::system;

/// A process that runs, by name.
///
/// ```
/// use sysv_wrapper::{Pid, Process};
///
/// let own = Pid::from_raw(i32::try_from(std::process::id()).unwrap()).unwrap();
/// if let Some(process) = Process::find(own) {
///     println!("{} {}: {}", process.pid(), process.name(), process.command());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub(super) pid: Pid,
    pub(super) name: String,
    pub(super) command: String,
}

impl Process {
    /// What the system tells of the process with this number; `None` if there is none, and where the system does
    /// not tell.
    ///
    /// It may be another process than the one that had the number when the kernel recorded it.
    pub fn find(pid: Pid) -> Option<Process> {
        system::process(pid)
    }

    /// The number.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The short name of the program: on Linux at most 15 bytes, which the process can change.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "comm")]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The command line, its words separated by spaces; the name in brackets where there is none. What is not
    /// UTF-8 in it is replaced.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "cmdline")]
    pub fn command(&self) -> &str {
        &self.command
    }
}
