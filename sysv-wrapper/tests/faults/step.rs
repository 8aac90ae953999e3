//! Processes that run one instruction at a time, by `ptrace`, and are killed after some number of them.
#![expect(unsafe_code, reason = "calls ptrace and waitpid")]

use crate::support::fork::Forked;

/// A child that stands still after each instruction.
pub struct Stepped {
    child: Forked,
    has_ended: bool,
}

/// What became of a child after a step.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Step {
    /// It stands behind the next instruction.
    Done,
    /// It has ended.
    Ended,
    /// It makes a system call, which has not returned.
    Inside,
}

impl Stepped {
    /// Starts a child, which prepares, and stands still before `work`. `None` where tracing is not allowed.
    pub fn start<T>(prepare: impl FnOnce() -> T, work: impl FnOnce(T)) -> Option<Stepped> {
        let child = Forked::start(|| {
            // SAFETY: this request takes no pointer that it uses.
            let traced = unsafe {
                libc::ptrace(
                    libc::PTRACE_TRACEME,
                    0,
                    std::ptr::null_mut::<libc::c_void>(),
                    std::ptr::null_mut::<libc::c_void>(),
                )
            };
            if traced != 0 {
                return 9;
            }
            let prepared = prepare();
            // SAFETY: takes no pointer. The child is stopped by that, for its parent.
            unsafe { libc::raise(libc::SIGSTOP) };
            work(prepared);
            0
        });
        let mut stepped = Stepped {
            child,
            has_ended: false,
        };
        stepped.wait(0);
        (!stepped.has_ended).then_some(stepped)
    }

    /// Waits for a stop or the end, and returns whether there was one.
    fn wait(&mut self, options: i32) -> bool {
        let mut status = 0;
        // SAFETY: the status lives until the call returns.
        let waited = unsafe { libc::waitpid(self.child.pid(), &raw mut status, options) };
        assert_ne!(waited, -1, "{}", std::io::Error::last_os_error());
        if waited == 0 {
            return false;
        }
        self.has_ended = !libc::WIFSTOPPED(status);
        if self.has_ended {
            self.child.ended_with(status);
        }
        true
    }

    /// Runs one instruction. A system call that is still [`Step::Inside`] is waited for by [`finish`](Self::finish).
    pub fn step(&mut self) -> Step {
        // SAFETY: this request takes no address, and a signal of 0.
        let stepped = unsafe {
            libc::ptrace(
                libc::PTRACE_SINGLESTEP,
                self.child.pid(),
                std::ptr::null_mut::<libc::c_void>(),
                std::ptr::null_mut::<libc::c_void>(),
            )
        };
        assert_eq!(stepped, 0, "{}", std::io::Error::last_os_error());
        // An instruction that is no call takes no time, so this seldom gives up too early; and then nothing is lost.
        for _ in 0..20_000 {
            if self.wait(libc::WNOHANG) {
                return self.outcome();
            }
            std::hint::spin_loop();
        }
        for _ in 0..200 {
            if self.wait(libc::WNOHANG) {
                return self.outcome();
            }
            if is_asleep(self.child.pid()) {
                return Step::Inside;
            }
            std::thread::yield_now();
        }
        self.wait(0);
        self.outcome()
    }

    /// Waits until the system call has returned that the last step began.
    pub fn finish(&mut self) -> Step {
        self.wait(0);
        self.outcome()
    }

    fn outcome(&self) -> Step {
        if self.has_ended {
            Step::Ended
        } else {
            Step::Done
        }
    }

    /// Kills the child where it stands. Returns whether it had not ended before.
    pub fn kill(self) -> bool {
        !self.has_ended
    }
}

/// Whether the kernel shows a process asleep, and not stopped.
fn is_asleep(pid: i32) -> bool {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    text.rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('S'))
}
