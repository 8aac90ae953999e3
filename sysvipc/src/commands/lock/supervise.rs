//! A child that acquires the lock and becomes the command. This process waits for it, and ends as it ended.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, Command, ExitStatus};

use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use crate::cli::LockArgs;
use crate::exit::{Failure, Result, Status, end_by};

/// The signals that are passed on to the child. The keyboard's reach it anyway, as a process of the same group.
const PASSED_ON: [i32; 4] = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2];

/// The end of the child.
pub(crate) struct Ended(ExitStatus);

/// Runs `lock` without --remove in a child, and waits for its end.
pub(crate) fn run(args: &LockArgs) -> Result<Ended> {
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
    if let Some(time) = args.timeout {
        command.arg("--timeout").arg(time.as_secs_f64().to_string());
    }
    command.arg("--").args(&args.command);
    let mut child = command.spawn().map_err(fail)?;
    wait(&mut child, blocked).map(Ended).map_err(fail)
}

/// Blocks the signals to pass on. Returns those that were not blocked before.
fn block() -> nix::Result<SigSet> {
    let before = SigSet::thread_get_mask()?;
    let signals = PASSED_ON
        .into_iter()
        .filter_map(|signal| Signal::try_from(signal).ok());
    let blocked: SigSet = signals.filter(|signal| !before.contains(*signal)).collect();
    blocked.thread_block()?;
    Ok(blocked)
}

/// Unblocks the signals that the parent blocked when it started this process.
pub(crate) fn unblock(signals: &[i32]) -> Result {
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
fn wait(child: &mut Child, blocked: SigSet) -> std::io::Result<ExitStatus> {
    let caught = PASSED_ON.into_iter().chain([SIGINT, SIGQUIT, SIGCHLD]);
    let mut signals = Signals::new(caught)?;
    blocked.thread_unblock()?;
    // The child may have ended before the handler for SIGCHLD was there.
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    for signal in signals.forever() {
        if PASSED_ON.contains(&signal) {
            pass_on(child, signal);
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
    /// Ends this process as the child ended: with the same exit status, or by the same signal.
    pub(crate) fn follow(self) -> ! {
        match self.0.signal() {
            Some(signal) => end_by(signal),
            None => process::exit(self.0.code().unwrap_or(1)),
        }
    }
}
