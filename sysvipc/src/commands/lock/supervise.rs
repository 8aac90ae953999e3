//! A child that locks and becomes the command, watched by this process, which ends as it ends.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, Command, ExitStatus};

use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use crate::cli::LockArgs;
use crate::exit::{Failure, Outcome, Status, end_by};

/// What is handed on to the child. What the keyboard sends reaches it anyway, as one of the same group.
const HANDED_ON: [i32; 4] = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2];

/// How the child ended.
pub(crate) struct Ended(ExitStatus);

/// Runs `lock` without --remove in a child, to its end.
pub(crate) fn run(args: &LockArgs) -> Outcome<Ended> {
    let fail = |error| {
        Failure::new(
            Status::LockFailed,
            format!("cannot start the process that locks: {error}"),
        )
    };
    // What comes before it can be handed on waits until then. The handlers come after the start, since a child
    // starts with the default where its parent has a handler, and would no longer ignore what `nohup` says.
    let held = hold_back().map_err(|errno| fail(errno.into()))?;
    let mut command = Command::new(env::current_exe().map_err(fail)?);
    command.arg("lock").arg(args.key.to_string());
    for signal in &held {
        // The child is started with these held back as well.
        command
            .arg("--let-through")
            .arg((signal as i32).to_string());
    }
    if let Some(time) = args.timeout {
        command.arg("--timeout").arg(time.as_secs_f64().to_string());
    }
    command.arg("--").args(&args.command);
    let mut child = command.spawn().map_err(fail)?;
    watch(&mut child, held).map(Ended).map_err(fail)
}

/// Holds back what is to be handed on, and tells which of that was not held back before.
fn hold_back() -> nix::Result<SigSet> {
    let before = SigSet::thread_get_mask()?;
    let signals = HANDED_ON
        .into_iter()
        .filter_map(|signal| Signal::try_from(signal).ok());
    let held: SigSet = signals.filter(|signal| !before.contains(*signal)).collect();
    held.thread_block()?;
    Ok(held)
}

/// Lets through what the process in front held back when it started this one.
pub(crate) fn let_through(signals: &[i32]) -> Outcome {
    let signals = signals
        .iter()
        .filter_map(|signal| Signal::try_from(*signal).ok());
    let held: SigSet = signals.collect();
    held.thread_unblock().map_err(|errno| {
        Failure::new(
            Status::LockFailed,
            format!("cannot let signals through: {}", errno.desc()),
        )
    })
}

/// Waits for the child's end; a signal that asks this process to end, the child gets.
fn watch(child: &mut Child, held: SigSet) -> std::io::Result<ExitStatus> {
    let caught = HANDED_ON.into_iter().chain([SIGINT, SIGQUIT, SIGCHLD]);
    let mut signals = Signals::new(caught)?;
    held.thread_unblock()?;
    // It may have ended before its end was announced.
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    for signal in signals.forever() {
        if HANDED_ON.contains(&signal) {
            hand_on(child, signal);
        }
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
    }
    child.wait()
}

/// The child was not waited for yet, so that its number is still its own.
fn hand_on(child: &Child, signal: i32) {
    let (Ok(pid), Ok(signal)) = (i32::try_from(child.id()), Signal::try_from(signal)) else {
        return;
    };
    // It may have ended just now.
    let _ = kill(Pid::from_raw(pid), signal);
}

impl Ended {
    /// Ends this process in the same way: with its exit status, or by its signal.
    pub(crate) fn follow(self) -> ! {
        match self.0.signal() {
            Some(signal) => end_by(signal),
            None => process::exit(self.0.code().unwrap_or(1)),
        }
    }
}
