//! Real forks: only a forked child shows the effect of drops in a child, and forked children are cheap to kill.
#![expect(unsafe_code, reason = "calls fork")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Runs `work` in a forked child, which exits with the returned number, and waits for it; 99 stands for a panic. The
/// child drops none of the parent's values except those that `work` drops.
///
/// The child has this thread only, while the parent may have others: `work` must not wait for a thread, nor for a lock
/// that one of them may have held.
pub fn in_forked_child(work: impl FnOnce() -> i32) -> i32 {
    Forked::start(work).end()
}

/// A forked child, which is killed on drop.
pub struct Forked {
    pid: i32,
    status: Option<i32>,
}

impl Forked {
    /// Starts a child for `work`, as [`in_forked_child`] does.
    pub fn start(work: impl FnOnce() -> i32) -> Forked {
        Forked::fork(Box::new(work))
    }

    fn fork(work: Box<dyn FnOnce() -> i32 + '_>) -> Forked {
        // SAFETY: the C library keeps its own locks consistent across fork, Rust's allocator is the C library's, and
        // `work` uses no other locks.
        let pid = unsafe { libc::fork() };
        assert_ne!(pid, -1, "{}", std::io::Error::last_os_error());
        if pid == 0 {
            #[cfg(target_os = "linux")]
            // SAFETY: this command takes a number and no pointer.
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            }
            let code = catch_unwind(AssertUnwindSafe(work)).unwrap_or(99);
            // SAFETY: takes no pointer, and runs none of the parent's exit handlers.
            unsafe { libc::_exit(code) };
        }
        Forked { pid, status: None }
    }

    /// The child's number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Notes what a wait by the test itself has returned.
    pub fn ended_with(&mut self, status: i32) {
        self.status = Some(status);
    }

    /// Fails if the child has ended.
    #[track_caller]
    pub fn assert_running(&mut self) {
        let ended = self.wait(libc::WNOHANG);
        assert!(!ended, "the child has ended: {:#x?}", self.status);
    }

    /// Sends SIGKILL, and does not wait for its effect.
    fn doom(&self) {
        // SAFETY: takes no pointer; the child was not waited for, so the pid is still its own.
        let sent = unsafe { libc::kill(self.pid, libc::SIGKILL) };
        assert_eq!(sent, 0, "{}", std::io::Error::last_os_error());
    }

    /// Waits for the signal that ends the child.
    #[track_caller]
    pub fn signal(mut self) -> i32 {
        self.wait(0);
        let status = self.status.unwrap();
        assert!(libc::WIFSIGNALED(status), "it was not killed: {status:#x}");
        libc::WTERMSIG(status)
    }

    /// Waits for the child to exit, and returns its status.
    #[track_caller]
    pub fn end(mut self) -> i32 {
        self.wait(0);
        let status = self.status.unwrap();
        assert!(libc::WIFEXITED(status), "the child was killed: {status:#x}");
        libc::WEXITSTATUS(status)
    }

    /// Waits for the child to end, and returns its status; `None` if a signal ended it.
    pub fn code(&mut self) -> Option<i32> {
        self.wait(0);
        let status = self.status.unwrap();
        libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
    }

    /// Waits with these options, and returns whether the child has ended.
    fn wait(&mut self, options: i32) -> bool {
        if self.status.is_none() {
            let mut status = 0;
            // SAFETY: the status lives until the call returns.
            let waited = unsafe { libc::waitpid(self.pid, &raw mut status, options) };
            assert_ne!(waited, -1, "{}", std::io::Error::last_os_error());
            self.status = (waited == self.pid).then_some(status);
        }
        self.status.is_some()
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        if self.status.is_none() {
            self.doom();
            self.wait(0);
        }
        // One that is traced may have stopped before it was killed.
        while self.status.is_some_and(|status| libc::WIFSTOPPED(status)) {
            self.status = None;
            self.wait(0);
        }
    }
}

/// A timer by which the kernel kills this process with SIGKILL.
#[cfg(target_os = "linux")]
pub struct Fuse(libc::timer_t);

#[cfg(target_os = "linux")]
impl Fuse {
    /// Creates a timer that is not running.
    pub fn new() -> Fuse {
        // SAFETY: all zero is a value of this plain structure.
        let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = libc::SIGKILL;
        let mut timer = std::ptr::null_mut();
        // SAFETY: both live until the call returns.
        let made =
            unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) };
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        Fuse(timer)
    }

    /// Starts the timer, replacing an earlier start. `burns` is less than a second.
    pub fn light(&self, burns: Duration) {
        assert_eq!(burns.as_secs(), 0);
        // SAFETY: all zero is a value of this plain structure.
        let mut time: libc::itimerspec = unsafe { std::mem::zeroed() };
        // Zero would stop the timer.
        let nanoseconds = i32::try_from(burns.subsec_nanos().max(1000)).unwrap();
        time.it_value.tv_nsec = libc::c_long::from(nanoseconds);
        // SAFETY: the timer is this process's own, and the time lives until the call returns.
        let set = unsafe { libc::timer_settime(self.0, 0, &raw const time, std::ptr::null_mut()) };
        assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
    }
}

/// Makes a signal end this process at the deadline. A wait with a deadline is no waiter of the set on systems without
/// `semtimedop`.
pub fn end_at_the_deadline() {
    let seconds = super::DEADLINE.as_secs().try_into().unwrap();
    // SAFETY: takes no pointer.
    unsafe { libc::alarm(seconds) };
}
