//! This process as a job of a shell: being told of Ctrl-Z before it stops, and whether the terminal is its own now.
//!
//! SIGTSTP is held back in every thread, and one waits for it. To stop after all, this process sends itself another and lets
//! it through: then the kernel does what it does to any program. It leaves alone whom no shell would ever continue,
//! which SIGSTOP would not, and whoever ignores the signal from the start.

use std::os::fd::AsFd;
use std::sync::mpsc::Sender;
use std::thread;

use nix::sys::signal::{SigSet, Signal, raise};
use nix::unistd::{getpgrp, tcgetpgrp};

fn ctrl_z() -> SigSet {
    SigSet::from(Signal::SIGTSTP)
}

/// Has each SIGTSTP sent to `told`, in place of what it does by itself. Threads that were started before are not asked.
pub(crate) fn hold(told: Sender<i32>) -> nix::Result<()> {
    ctrl_z().thread_block()?;
    thread::spawn(move || {
        while let Ok(signal) = ctrl_z().wait() {
            if told.send(signal as i32).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Stops until this process is continued; or goes on at once, where nobody is there to continue it.
pub(crate) fn stop() {
    // To this thread, so that the one that waits does not get it. If it fails, this process goes on.
    if raise(Signal::SIGTSTP).is_ok() {
        let _ = ctrl_z().thread_unblock();
        let _ = ctrl_z().thread_block();
    }
}

/// Whether this process may write to the terminal: not while the shell has it or another job does.
pub(crate) fn is_in_front(terminal: impl AsFd) -> bool {
    // An error says that jobs are not controlled from there, or that it is gone, which writing will tell.
    tcgetpgrp(terminal).map_or(true, |group| group == getpgrp())
}
