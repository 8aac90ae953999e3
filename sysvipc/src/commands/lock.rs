//! `sysvipc lock`: runs a command under a lock that ends with it.
//!
//! The lock is taken with undo, and then this process becomes the command: the kernel notes what is to be undone
//! for the process, which stays the same one, and gives the lock back when it ends, however that comes. So no
//! process is in between that could be killed while the command runs on. (A child would have nothing to undo: that
//! is not inherited.)

mod supervise;

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use sysv_wrapper::{ErrorKind, Key, Kind, Mode, Semaphore};

use crate::cli::LockArgs;
use crate::clock::Deadline;
use crate::exit::{Failure, Outcome, Status, complain, explain};

/// How long to wait for another process that is making the set.
const PATIENCE: Duration = Duration::from_secs(10);

/// Locks, and runs the command. Returns only if that fails, or if the lock is to be removed.
pub(crate) fn run(args: &LockArgs) -> Outcome<Status> {
    supervise::let_through(&args.let_through)?;
    match (args.remove, args.command.is_empty()) {
        (false, _) => Err(become_command(args)?),
        (true, true) => {
            let lock = acquire(args)?;
            remove(&lock).map(|()| Status::Done)
        }
        (true, false) => {
            // The command's own process holds the lock here too: it is a child that does what `lock` does
            // without --remove. This process only waits, and tidies up.
            let ended = supervise::run(args)?;
            remove_if_free(args.key);
            ended.follow()
        }
    }
}

/// Acquires, and becomes the command: what is returned is why that failed.
fn become_command(args: &LockArgs) -> Outcome<Failure> {
    let lock = acquire(args)?;
    let (program, words) = args
        .command
        .split_first()
        .ok_or_else(|| Failure::usage("say what to run under the lock"))?;
    let error = Command::new(program).args(words).exec();
    // The end of this process would give it back as well, a little later.
    let released = lock.release();
    if let Err(error) = released {
        complain(explain(&error));
    }
    let status = match error.kind() {
        io::ErrorKind::NotFound => Status::NoCommand,
        _ => Status::CannotRun,
    };
    let text = format!("cannot run `{}`: {error}", program.to_string_lossy());
    Ok(Failure::new(status, text))
}

/// Takes the lock, with undo. Starts anew when somebody removes the set meanwhile.
fn acquire(args: &LockArgs) -> Outcome<Semaphore> {
    let deadline = Deadline::after(args.timeout);
    loop {
        match find(args.key, deadline).and_then(|lock| take(lock, deadline)) {
            Ok(lock) => return Ok(lock),
            Err(Trouble::Gone) if deadline.remaining() != Some(Duration::ZERO) => {}
            Err(Trouble::Gone) => return Err(timed_out(args.key)),
            Err(Trouble::Failed(failure)) => return Err(failure),
        }
    }
}

/// Why the lock could not be taken.
enum Trouble {
    /// The set was removed: there is a new one to be made.
    Gone,
    Failed(Failure),
}

impl From<sysv_wrapper::Error> for Trouble {
    fn from(error: sysv_wrapper::Error) -> Trouble {
        match error.kind() {
            ErrorKind::Removed | ErrorKind::NotFound => Trouble::Gone,
            ErrorKind::TimedOut => Trouble::Failed(Failure::new(Status::TimedOut, explain(&error))),
            _ => Trouble::Failed(Failure::new(Status::LockFailed, explain(&error))),
        }
    }
}

fn timed_out(key: Key) -> Failure {
    let text = format!("cannot acquire the semaphore set with key {key}: the time is over");
    Failure::new(Status::TimedOut, text)
}

/// Takes the lock, if it is one.
fn take(lock: Semaphore, deadline: Deadline) -> Result<Semaphore, Trouble> {
    // Before and after: what is acquired of a greater value leaves more than nothing.
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

/// Finds or makes the set. One whose maker died half-way is made anew, if it is one of ours.
fn find(key: Key, deadline: Deadline) -> Result<Semaphore, Trouble> {
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
    let opened = match builder().create_or_open(key) {
        Err(error) if error.kind() == ErrorKind::Abandoned => {
            let half_made = Semaphore::open(key)?;
            // A program that sets the value and no more, and has ended, looks the same.
            check_value(&half_made, half_made.value()?, 1)?;
            builder().reclaim_abandoned(true).create_or_open(key)
        }
        opened => opened,
    };
    Ok(opened?.into_inner())
}

/// Refuses a set that is no lock.
fn check_value(lock: &Semaphore, value: u32, most: u32) -> Result<(), Trouble> {
    if value <= most {
        return Ok(());
    }
    let key = lock.key().unwrap_or(Key::PRIVATE);
    let text = format!(
        "cannot use the {} with key {key}: its value is greater than that of a lock, which is 1 or 0",
        Kind::SemaphoreSet
    );
    Err(Trouble::Failed(Failure::new(Status::LockFailed, text)))
}

/// Takes the set away while nobody can have the lock, since this process has it. Who waits for it starts anew.
fn remove(lock: &Semaphore) -> Outcome {
    lock.remove()
        .map_err(|error| Failure::new(Status::LockFailed, explain(&error)))
}

/// Takes the set away, unless somebody has the lock, who may have been waiting for it. What is no lock stays: the
/// child has said so. The exit status is the command's, whatever becomes of the set.
fn remove_if_free(key: Key) {
    let lock = Semaphore::builder()
        .undo(true)
        .open(key)
        .map_err(Trouble::from);
    let free = lock.and_then(|lock| take(lock, Deadline::after(Some(Duration::ZERO))));
    if let Ok(lock) = free {
        remove(&lock).unwrap_or_else(|failure| {
            failure.report();
        });
    }
}
