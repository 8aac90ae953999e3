//! Processes that run one instruction at a time, by `ptrace`, and are killed after some number of them.
#![expect(unsafe_code, reason = "calls ptrace and waitpid")]

use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

use crate::support::fork::Forked;

/// Keeps this process, and those that it forks, on the processor that it runs on. A step is two changes between processes,
/// which take a third of the time there. Besides, what waits there sleeps at once, and does not look many times before.
pub fn stay_on_one_processor() {
    let mut one = CpuSet::new();
    one.set(sched_getcpu());
    sched_setaffinity(None, &one).unwrap();
}

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
        let is_call = self.is_at_call();
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
        if is_call {
            let (mut looks, mut has_stopped) = (0, false);
            crate::support::wait_until("a call that returns or sleeps", || {
                looks += 1;
                has_stopped = self.wait(libc::WNOHANG);
                // One that is seen asleep too early is waited for later, and nothing is lost.
                has_stopped || looks > 15 && is_asleep(self.child.pid())
            });
            if !has_stopped {
                return Step::Inside;
            }
        } else {
            self.wait(0);
        }
        self.outcome()
    }

    /// Whether the next instruction makes a system call. Any other one ends in no time, so that waiting for it takes far
    /// less than looking for its end.
    fn is_at_call(&self) -> bool {
        // The general registers, as `NT_PRSTATUS` has them.
        #[cfg(target_arch = "x86_64")]
        const COUNTER: (usize, usize) = (16, 27);
        #[cfg(target_arch = "aarch64")]
        const COUNTER: (usize, usize) = (32, 34);
        #[cfg(target_arch = "x86_64")]
        const CALL: (libc::c_long, libc::c_long) = (0xffff, 0x050f);
        #[cfg(target_arch = "aarch64")]
        const CALL: (libc::c_long, libc::c_long) = (0xffff_ffff, 0xd400_0001);

        let mut registers = [0_u64; COUNTER.1];
        let mut place = libc::iovec {
            iov_base: registers.as_mut_ptr().cast(),
            iov_len: size_of_val(&registers),
        };
        // SAFETY: the registers live until the call returns, which writes no more than their length.
        let got = unsafe {
            libc::ptrace(
                libc::PTRACE_GETREGSET,
                self.child.pid(),
                std::ptr::without_provenance_mut::<libc::c_void>(1),
                &raw mut place,
            )
        };
        assert_eq!(got, 0, "{}", std::io::Error::last_os_error());
        let counter = usize::try_from(registers[COUNTER.0]).unwrap();
        // SAFETY: the address is the child's, and nothing in this process is read.
        let word = unsafe {
            libc::ptrace(
                libc::PTRACE_PEEKTEXT,
                self.child.pid(),
                std::ptr::without_provenance_mut::<libc::c_void>(counter),
                std::ptr::null_mut::<libc::c_void>(),
            )
        };
        word & CALL.0 == CALL.1
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
