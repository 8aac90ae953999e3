//! `sysvipc lock`: runs a command under a lock, which lasts as long as its process.
//!
//! The lock is acquired with undo, and then this process becomes the command by `execve`, which keeps the undo record.
//! The kernel releases the lock when the process ends, by any cause, and there is no process in between that could be
//! killed while the command runs on. A child would not inherit the undo record.

mod set;
mod supervise;
mod undo;

use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use sysv_wrapper::Semaphore;

use crate::cli::LockArgs;
use crate::clock::Deadline;
use crate::exit::{Failure, Result, Status, message, warn};
use crate::stdio;
use supervise::Ended;

/// Acquires the lock, and runs the command. Returns only on failure or with `--remove`.
pub(crate) fn run(args: &LockArgs) -> Result<Status> {
    if let Some(id) = args.undo_probe {
        return undo::acquire(id).map(|()| Status::Success);
    }
    set::check_mode(args)?;
    supervise::unblock(&args.unblock)?;
    match (args.remove, args.command.is_empty()) {
        (false, _) => Err(become_command(args)?),
        (true, true) => {
            let lock = acquire(args)?;
            lock.remove().map_err(|error| lock_failed(&error))?;
            Ok(Status::Success)
        }
        (true, false) => {
            // The command's own process holds the lock here too: it is a child that runs `lock` without --remove.
            let ended = supervise::run(args)?;
            remove_if_free(args, &ended);
            ended.follow()
        }
    }
}

fn acquire(args: &LockArgs) -> Result<Semaphore> {
    undo::check()?;
    set::acquire(args, Deadline::after(args.timeout))
}

fn lock_failed(error: &sysv_wrapper::Error) -> Failure {
    Failure::new(Status::LockFailed, message(error))
}

/// Acquires the lock, and becomes the command. Returns why that failed.
fn become_command(args: &LockArgs) -> Result<Failure> {
    let program = args
        .command
        .first()
        .ok_or_else(|| Failure::usage("a command to run under the lock is needed"))?;
    let lock = acquire(args)?;
    let error = exec(&args.command, args.ignore_sigpipe);
    // The end of this process would release the lock too, a little later.
    if let Err(error) = lock.release() {
        warn(message(&error));
    }
    let status = match error.kind() {
        io::ErrorKind::NotFound => Status::NoCommand,
        _ => Status::CannotRun,
    };
    let text = format!("cannot run `{}`: {error}", program.to_string_lossy());
    Ok(Failure::new(status, text))
}

/// Replaces this process by the command, with the descriptors and the action of SIGPIPE that this process was started
/// with. Returns on failure only.
fn exec(command: &[OsString], ignore_sigpipe: bool) -> io::Error {
    stdio::close_again();
    let [program, arguments @ ..] = command else {
        return io::ErrorKind::NotFound.into();
    };
    if !ignore_sigpipe && !stdio::sigpipe_was_ignored() {
        // Restores the default action.
        return Command::new(program).args(arguments).exec();
    }
    let words: std::result::Result<Vec<_>, _> = command
        .iter()
        .map(|word| CString::new(word.as_bytes()))
        .collect();
    match words {
        Ok(words) => match nix::unistd::execvp(&words[0], &words) {
            Err(errno) => errno.into(),
        },
        Err(error) => error.into(),
    }
}

/// Removes the set, unless another process holds the lock. The exit status is the command's in any case.
fn remove_if_free(args: &LockArgs, ended: &Ended) {
    let removed = set::try_acquire(args).and_then(|lock| match lock {
        Some(lock) => lock.remove().map_err(|error| lock_failed(&error)),
        None => Ok(()),
    });
    match removed {
        // The child reported it.
        Err(_) if ended.failed_to_lock() => {}
        Err(failure) => {
            failure.report();
        }
        Ok(()) => {}
    }
}
