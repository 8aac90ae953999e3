//! The semaphore set of a lock: which sets are locks, and how one is opened, created and acquired.
//!
//! A set without an operation, a recorded process or a value was created by `semget` and is not initialised yet. The kernel
//! neither records its creator's pid nor supports conditional removal: `lock` removes such a set on request only.

use std::time::Duration;

use nix::unistd::geteuid;
use sysv_wrapper::{Entry, ErrorKind, Key, Kind, Semaphore, SemaphoreSet};

use super::lock_failed;
use crate::cli::LockArgs;
use crate::clock::{self, Deadline};
use crate::exit::{Failure, Result, Status};
use crate::format::Names;
use crate::object::size;

/// Time limit for another process to initialise the set.
const INIT_WAIT: Duration = Duration::from_secs(10);
/// Time during which `--reclaim` watches an uninitialised set before removing it.
const RECLAIM_WAIT: Duration = Duration::from_secs(1);
/// The interval between two checks of an uninitialised set.
const POLL: Duration = Duration::from_millis(10);
/// The maximum number of attempts if the set is removed before the lock is acquired.
const MOST_TURNS: u32 = 500;
/// The permission bits that let other users alter a set.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// The reason why the lock was not acquired.
enum Error {
    /// Another process removed or created the set.
    Changed,
    Failed(Failure),
}

impl Error {
    fn new(text: String) -> Error {
        Error::Failed(Failure::new(Status::LockFailed, text))
    }
}

impl From<sysv_wrapper::Error> for Error {
    fn from(error: sysv_wrapper::Error) -> Error {
        match error.kind() {
            ErrorKind::Removed | ErrorKind::NotFound | ErrorKind::AlreadyExists => Error::Changed,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                let mut failure = lock_failed(&error);
                failure.status = Status::TimedOut;
                Error::Failed(failure)
            }
            _ => Error::Failed(lock_failed(&error)),
        }
    }
}

/// Refuses to create a set that a later `lock` would refuse.
pub(super) fn check_mode(args: &LockArgs) -> Result {
    if args.mode.bits() & WRITABLE_BY_OTHERS != 0 && !args.shared {
        return Err(Failure::usage(format!(
            "--mode {}: a set that other users may alter needs --shared",
            args.mode
        )));
    }
    Ok(())
}

/// Acquires the lock with undo. Creates the set if there is none, and again if it is removed.
pub(super) fn acquire(args: &LockArgs, deadline: Deadline) -> Result<Semaphore> {
    for _ in 0..MOST_TURNS {
        let lock = open_or_create(args, deadline);
        match lock.and_then(|lock| acquire_open(args, lock, deadline)) {
            Ok(lock) => return Ok(lock),
            Err(Error::Failed(failure)) => return Err(failure),
            Err(Error::Changed) if is_over(deadline) => {
                return Err(timed_out(args.key, "timed out"));
            }
            Err(Error::Changed) => {}
        }
    }
    let key = args.key;
    let text = format!(
        "cannot acquire the {} with key {key}: {MOST_TURNS} times it was removed before the lock was acquired",
        Kind::SemaphoreSet
    );
    Err(Failure::new(Status::LockFailed, text))
}

/// Acquires the lock if there is a set and no process holds the lock.
pub(super) fn try_acquire(args: &LockArgs) -> Result<Option<Semaphore>> {
    let now = Deadline::after(Some(Duration::ZERO));
    let lock = SemaphoreSet::open(args.key)
        .map_err(Error::from)
        .and_then(|set| check(args, &set, now))
        .and_then(|lock| acquire_open(args, lock, now));
    match lock {
        Ok(lock) => Ok(Some(lock)),
        Err(Error::Changed) => Ok(None),
        Err(Error::Failed(failure)) if failure.status == Status::TimedOut => Ok(None),
        Err(Error::Failed(failure)) => Err(failure),
    }
}

fn is_over(deadline: Deadline) -> bool {
    deadline.remaining() == Some(Duration::ZERO)
}

fn timed_out(key: Key, why: &str) -> Failure {
    let text = format!(
        "cannot acquire the {} with key {key}: {why}",
        Kind::SemaphoreSet
    );
    Failure::new(Status::TimedOut, text)
}

fn open_or_create(args: &LockArgs, deadline: Deadline) -> Result<Semaphore, Error> {
    match SemaphoreSet::open(args.key) {
        Ok(set) => check(args, &set, deadline),
        Err(error) if error.is_not_found() => {
            let builder = Semaphore::builder().value(1).undo(true).mode(args.mode);
            Ok(builder.create(args.key)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses a set that is no lock, and waits until the set is initialised.
fn check(args: &LockArgs, set: &SemaphoreSet, deadline: Deadline) -> Result<Semaphore, Error> {
    let object = Entry::inspect(Kind::SemaphoreSet, set.id().as_raw())?;
    if !args.shared {
        refuse_shared(&object)?;
    }
    wait_until_initialised(args, set, deadline)?;
    Ok(set.get(0)?.with_undo(true))
}

/// Refuses a set that another user may alter, and a set of several semaphores.
fn refuse_shared(object: &Entry) -> Result<(), Error> {
    let own = [geteuid().as_raw(), 0];
    let stranger = [object.status().uid(), object.status().creator_uid()]
        .into_iter()
        .find(|uid| !own.contains(uid));
    let mode = object.status().mode();
    let why = match (object.status().as_sem(), stranger) {
        (_, Some(uid)) => format!("user {} owns it", Names::default().user_or_uid(uid)),
        _ if mode.bits() & WRITABLE_BY_OTHERS != 0 => {
            format!("its mode {mode} lets other users alter it")
        }
        (Some(status), _) if status.count() != 1 => format!("it has {}", size(object)),
        _ => return Ok(()),
    };
    let kind = Kind::SemaphoreSet;
    let name = format!("{kind} {} (key {})", object.raw_id(), object.key());
    Err(Error::new(format!(
        "cannot use the {name} as a lock: {why}; --shared accepts it"
    )))
}

/// Waits until another process initialised the set. With `--reclaim`, removes a set that stays uninitialised without a
/// waiter.
fn wait_until_initialised(
    args: &LockArgs,
    set: &SemaphoreSet,
    deadline: Deadline,
) -> Result<(), Error> {
    let limit = Deadline::after(Some(INIT_WAIT));
    let mut reclaim = None;
    loop {
        match state(set)? {
            State::Initialised => return Ok(()),
            State::InUse => reclaim = None,
            State::Unmarked if args.reclaim => {
                let end = *reclaim.get_or_insert_with(|| Deadline::after(Some(RECLAIM_WAIT)));
                if is_over(end) {
                    set.remove()?;
                    return Err(Error::Changed);
                }
            }
            State::Unmarked => {}
        }
        if is_over(deadline) || is_over(limit) {
            let id = set.id();
            let why = format!(
                "the set (id {id}) is not initialised by the process that created it; if that process is gone, \
                 --reclaim or `sysvipc remove sem {id}` removes the set"
            );
            let mut failure = timed_out(args.key, &why);
            if !is_over(deadline) {
                failure.status = Status::LockFailed;
            }
            return Err(Error::Failed(failure));
        }
        let pause = deadline.remaining().map_or(POLL, |time| time.min(POLL));
        clock::pause(Deadline::after(Some(pause)));
    }
}

/// The state of initialisation of a set.
enum State {
    Initialised,
    /// Not initialised, and a process waits for it.
    InUse,
    /// Not initialised, and without a trace of use.
    Unmarked,
}

/// Reads the state of a set. Every member of an initialised set has a value or a recorded process, unless an operation
/// is recorded.
fn state(set: &SemaphoreSet) -> sysv_wrapper::Result<State> {
    if set.status()?.operation_time().is_some() {
        return Ok(State::Initialised);
    }
    let (mut is_initialised, mut has_waiters) = (true, false);
    for (number, value) in set.values()?.into_iter().enumerate() {
        let semaphore = set.get(number)?;
        is_initialised &= value > 0 || semaphore.last_pid()?.is_some();
        has_waiters |= semaphore.waiters_for_increase()? > 0 || semaphore.waiters_for_zero()? > 0;
    }
    Ok(match (is_initialised, has_waiters) {
        (true, _) => State::Initialised,
        (false, true) => State::InUse,
        (false, false) => State::Unmarked,
    })
}

/// Waits for the lock, as long as the deadline allows.
fn acquire_open(args: &LockArgs, lock: Semaphore, deadline: Deadline) -> Result<Semaphore, Error> {
    if args.shared {
        wait(&lock, deadline)?;
        return Ok(lock);
    }
    // Before and after: the value may have grown in between.
    refuse_value(&lock, lock.value()?, 1)?;
    wait(&lock, deadline)?;
    let left = lock.value()?;
    if left > 0 {
        lock.release()?;
        refuse_value(&lock, left, 0)?;
    }
    Ok(lock)
}

fn wait(lock: &Semaphore, deadline: Deadline) -> sysv_wrapper::Result<()> {
    match deadline.remaining() {
        Some(time) => lock.acquire_timeout(time),
        None => lock.acquire(),
    }
}

/// Refuses a set with a value that a lock cannot have.
fn refuse_value(lock: &Semaphore, value: u32, most: u32) -> Result<(), Error> {
    if value <= most {
        return Ok(());
    }
    let key = lock.key().unwrap_or(Key::PRIVATE);
    Err(Error::new(format!(
        "cannot use the {} with key {key} as a lock: its value is greater than that of a lock, which is 1 or 0; \
         --shared lets several processes in",
        Kind::SemaphoreSet
    )))
}
