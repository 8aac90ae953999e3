//! `sysvipc lock`: runs a command under a lock, which lasts as long as its process.
//!
//! The lock is acquired with undo, and then this process becomes the command by `execve`, which keeps the undo record.
//! The kernel releases the lock when the process ends, by any cause, and there is no process in between that could be
//! killed while the command runs on. A child would not inherit the undo record.

mod supervise;

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use sysv_wrapper::{ErrorKind, Key, Kind, Mode, Semaphore};

use crate::cli::LockArgs;
use crate::clock::Deadline;
use crate::exit::{Failure, Result, Status, message, warn};

/// How long to wait for another process to initialise the set.
const PATIENCE: Duration = Duration::from_secs(10);

/// Acquires the lock, and runs the command. Returns only on failure or with `--remove`.
pub(crate) fn run(args: &LockArgs) -> Result<Status> {
    supervise::unblock(&args.unblock)?;
    match (args.remove, args.command.is_empty()) {
        (false, _) => Err(become_command(args)?),
        (true, true) => {
            let lock = acquire(args)?;
            remove(&lock).map(|()| Status::Success)
        }
        (true, false) => {
            // The command's own process holds the lock here too: it is a child that runs `lock` without --remove.
            let ended = supervise::run(args)?;
            remove_if_free(args.key);
            ended.follow()
        }
    }
}

/// Acquires the lock, and becomes the command. Returns why that failed.
fn become_command(args: &LockArgs) -> Result<Failure> {
    let lock = acquire(args)?;
    let (program, words) = args
        .command
        .split_first()
        .ok_or_else(|| Failure::usage("a command to run under the lock is needed"))?;
    let error = Command::new(program).args(words).exec();
    // The end of this process would release the lock too, a little later.
    let released = lock.release();
    if let Err(error) = released {
        warn(message(&error));
    }
    let status = match error.kind() {
        io::ErrorKind::NotFound => Status::NoCommand,
        _ => Status::CannotRun,
    };
    let text = format!("cannot run `{}`: {error}", program.to_string_lossy());
    Ok(Failure::new(status, text))
}

/// Acquires the lock with undo. Retries if another process removes the set.
fn acquire(args: &LockArgs) -> Result<Semaphore> {
    let deadline = Deadline::after(args.timeout);
    loop {
        match open(args.key, deadline).and_then(|lock| acquire_open(lock, deadline)) {
            Ok(lock) => return Ok(lock),
            Err(Error::Removed) if deadline.remaining() != Some(Duration::ZERO) => {}
            Err(Error::Removed) => return Err(timed_out(args.key)),
            Err(Error::Failed(failure)) => return Err(failure),
        }
    }
}

/// Why the lock was not acquired.
enum Error {
    /// The set was removed; a new one is to be created.
    Removed,
    Failed(Failure),
}

impl From<sysv_wrapper::Error> for Error {
    fn from(error: sysv_wrapper::Error) -> Error {
        match error.kind() {
            ErrorKind::Removed | ErrorKind::NotFound => Error::Removed,
            ErrorKind::TimedOut => Error::Failed(Failure::new(Status::TimedOut, message(&error))),
            _ => Error::Failed(Failure::new(Status::LockFailed, message(&error))),
        }
    }
}

fn timed_out(key: Key) -> Failure {
    let text = format!("cannot acquire the semaphore set with key {key}: timed out");
    Failure::new(Status::TimedOut, text)
}

/// Acquires the lock, unless the set is not one.
fn acquire_open(lock: Semaphore, deadline: Deadline) -> Result<Semaphore, Error> {
    // Before and after: the value may have grown in between.
    check_value(&lock, lock.value()?, 1)?;
    match deadline.remaining() {
        Some(time) => lock.acquire_timeout(time)?,
        None => lock.acquire()?,
    }
    let left = lock.value()?;
    if left > 0 {
        lock.release()?;
        check_value(&lock, left, 0)?;
    }
    Ok(lock)
}

/// Opens or creates the set. Replaces one whose creator died before it was initialised.
fn open(key: Key, deadline: Deadline) -> Result<Semaphore, Error> {
    let patience = deadline
        .remaining()
        .map_or(PATIENCE, |time| time.min(PATIENCE));
    let builder = || {
        Semaphore::builder()
            .value(1)
            .undo(true)
            .mode(Mode::OWNER)
            .wait_for_creator(patience)
    };
    Ok(builder().create_or_open(key)?.into_inner())
}

/// Refuses a set with a value that a lock cannot have.
fn check_value(lock: &Semaphore, value: u32, most: u32) -> Result<(), Error> {
    if value <= most {
        return Ok(());
    }
    let key = lock.key().unwrap_or(Key::PRIVATE);
    let text = format!(
        "cannot use the {} with key {key}: its value is greater than that of a lock, which is 1 or 0",
        Kind::SemaphoreSet
    );
    Err(Error::Failed(Failure::new(Status::LockFailed, text)))
}

/// Removes the set of a lock that this process holds. Processes that wait for it recreate it.
fn remove(lock: &Semaphore) -> Result {
    lock.remove()
        .map_err(|error| Failure::new(Status::LockFailed, message(&error)))
}

/// Removes the set, unless another process holds the lock, or the set is no lock, which the child reported. The exit
/// status is the command's in any case.
fn remove_if_free(key: Key) {
    let lock = Semaphore::builder()
        .undo(true)
        .open(key)
        .map_err(Error::from);
    let acquired = lock.and_then(|lock| acquire_open(lock, Deadline::after(Some(Duration::ZERO))));
    if let Ok(lock) = acquired {
        remove(&lock).unwrap_or_else(|failure| {
            failure.report();
        });
    }
}
