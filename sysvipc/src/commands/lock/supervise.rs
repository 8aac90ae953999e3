//! A child that acquires the lock and becomes the command. This process waits for it, and ends as it ended.

use std::env;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, Command, ExitStatus};

use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGCHLD, SIGINT, SIGQUIT, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;

use crate::cli::LockArgs;
use crate::exit::{Failure, Result, Status, end_by};
use crate::stdio;

/// The signals that are not passed on: those that no process can catch, those of faults, those that stop this process
/// together with the child, and the one that reports the child's end.
const NOT_PASSED_ON: [Signal; 9] = [
    Signal::SIGKILL,
    Signal::SIGSTOP,
    Signal::SIGILL,
    Signal::SIGFPE,
    Signal::SIGSEGV,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGCHLD,
];

/// The signals of the keyboard and of the terminal's size, which reach the whole foreground group.
const OF_THE_TERMINAL: [i32; 3] = [SIGINT, SIGQUIT, SIGWINCH];

fn passed_on() -> impl Iterator<Item = Signal> {
    Signal::iterator().filter(|signal| !NOT_PASSED_ON.contains(signal))
}

/// The end of the child.
pub(super) struct Ended(ExitStatus);

/// Runs `lock` without --remove in a child, and waits for its end.
pub(super) fn run(args: &LockArgs) -> Result<Ended> {
    let fail = |error| {
        Failure::new(
            Status::LockFailed,
            format!("cannot start the process that locks: {error}"),
        )
    };
    // Blocks the signals until they can be passed on. The handlers come after the start: a child starts with the default
    // action where its parent has a handler, and would no longer ignore what `nohup` has it ignore.
    let blocked = block().map_err(|errno| fail(errno.into()))?;
    let mut command = Command::new(env::current_exe().map_err(fail)?);
    command.arg("lock").arg(args.key.to_string());
    for signal in &blocked {
        // The child inherits the blocked signals.
        command.arg("--unblock").arg((signal as i32).to_string());
    }
    if args.ignore_sigpipe || stdio::sigpipe_was_ignored() {
        // The child starts with the default action.
        command.arg("--ignore-sigpipe");
    }
    if let Some(time) = args.timeout {
        command.arg("--timeout").arg(time.as_secs_f64().to_string());
    }
    command.arg("--mode").arg(args.mode.to_string());
    for (is_given, option) in [(args.shared, "--shared"), (args.reclaim, "--reclaim")] {
        if is_given {
            command.arg(option);
        }
    }
    command.arg("--").args(&args.command);
    stdio::close_again();
    let child = command.spawn();
    stdio::reopen();
    wait(&mut child.map_err(fail)?, blocked)
        .map(Ended)
        .map_err(fail)
}

/// Blocks the signals to pass on. Returns those that were not blocked before.
pub(super) fn block() -> nix::Result<SigSet> {
    let before = SigSet::thread_get_mask()?;
    let blocked: SigSet = passed_on()
        .filter(|signal| !before.contains(*signal))
        .collect();
    blocked.thread_block()?;
    Ok(blocked)
}

/// Unblocks the signals that the parent blocked when it started this process.
pub(super) fn unblock(signals: &[i32]) -> Result {
    let signals = signals
        .iter()
        .filter_map(|signal| Signal::try_from(*signal).ok());
    let blocked: SigSet = signals.collect();
    blocked.thread_unblock().map_err(|errno| {
        Failure::new(
            Status::LockFailed,
            format!("cannot unblock signals: {}", errno.desc()),
        )
    })
}

/// Waits for the child's end, and passes signals on to it.
fn wait(child: &mut Child, blocked: SigSet) -> io::Result<ExitStatus> {
    let caught = passed_on().map(|signal| signal as i32).chain([SIGCHLD]);
    let mut signals = SignalsInfo::<WithOrigin>::new(caught)?;
    blocked.thread_unblock()?;
    // The child may have ended before the handler for SIGCHLD was there.
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    for origin in signals.forever() {
        // Where the system does not tell the sender, the child gets a key twice.
        let from_terminal = origin.process.is_none() && OF_THE_TERMINAL.contains(&origin.signal);
        if origin.signal != SIGCHLD && !from_terminal {
            pass_on(child, origin.signal);
        }
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
    }
    child.wait()
}

/// Sends a signal to the child, which was not waited for yet: its pid is still its own.
fn pass_on(child: &Child, signal: i32) {
    let (Ok(pid), Ok(signal)) = (i32::try_from(child.id()), Signal::try_from(signal)) else {
        return;
    };
    // Fails if the child has just ended.
    let _ = kill(Pid::from_raw(pid), signal);
}

impl Ended {
    /// Returns whether the child reported that it could not acquire the lock.
    pub(super) fn failed_to_lock(&self) -> bool {
        let failures = [Status::LockFailed, Status::TimedOut].map(|status| status as i32);
        self.0.code().is_some_and(|code| failures.contains(&code))
    }

    /// Ends this process as the child ended: with the same exit status, or by the same signal.
    pub(super) fn follow(self) -> ! {
        match self.0.signal() {
            Some(signal) => end_by(signal),
            None => process::exit(self.0.code().unwrap_or(1)),
        }
    }
}
