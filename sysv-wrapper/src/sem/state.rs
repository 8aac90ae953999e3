//! How a set is made ready, and what marks one as half-made: Stevens' protocol.
//!
//! The kernel cannot make a set and its values at once. The creator makes it exclusively, sets all values, and
//! then does one operation, which changes nothing but the time of the last one. Whoever finds a set without
//! such a time waits. Programs in C, Python and Ruby that follow the same protocol take part in it.

use sysv_ipc::{Errno, Mode, SemBuf, SemFlags, SemGetFlags, SemId, SemStat};

use super::set::SemaphoreSet;
use super::{values, wait};
use crate::error::{Error, Result};
use crate::half_made::{Look, State};
use crate::key::Key;
use crate::limit;
use crate::object::Subject;
use crate::remove::{self, RemoveOnDrop};

/// Makes a set exclusively, with these values. If that fails half-way, the set is removed.
pub(super) fn make(key: Key, values: &[u16], mode: Mode) -> Result<SemaphoreSet> {
    let subject = Subject::keyed(super::KIND, key);
    if values.is_empty() {
        let because = "it is to have no semaphores, and must have at least 1";
        return Err(Error::argument("create", subject, because));
    }
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let first_mode = workable(mode);
    let id = sysv_ipc::semget(key.into(), values.len(), flags, first_mode)
        .map_err(|errno| limit::explain(subject, errno, values.len()))?;
    let made = RemoveOnDrop::new(SemaphoreSet::from_parts(id, Some(key)));
    set_up(id, values).map_err(|errno| {
        let greatest = values.iter().copied().max().unwrap_or(0);
        wait::value_error("create", remove::subject(&*made), errno, greatest.into())
    })?;
    if first_mode != mode {
        made.set_mode(mode)?;
    }
    Ok(made.keep())
}

/// The mode that a new set has at first: whoever makes it must be able to set it up, whatever the mode that it is to
/// have.
fn workable(mode: Mode) -> Mode {
    Mode::from_bits_truncate(mode.bits() | Mode::OWNER.bits())
}

/// Sets the values, and has the set say that it was operated on.
fn set_up(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    match values {
        [value] => sysv_ipc::semctl_setval(id, 0, i32::from(*value))?,
        several => values::set_all(id, several)?,
    }
    let touched = match values.iter().position(|value| *value == 0) {
        Some(zero) => sysv_ipc::semop(id, &[quick(zero, 0)]),
        None => sysv_ipc::semop(id, &[quick(0, -1), quick(0, 1)]),
    };
    match touched {
        // Somebody who did not wait has operated on it already, which is as good.
        Err(Errno::EAGAIN) => Ok(()),
        touched => touched,
    }
}

/// An operation that does not wait.
fn quick(number: usize, op: i16) -> SemBuf {
    // The kernel numbers semaphores by u16 as well, so there is none beyond.
    SemBuf::new(u16::try_from(number).unwrap_or(0), op, SemFlags::NOWAIT)
}

/// The state of the set that has this key and this id.
pub(super) fn of(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    match judge(id, || sysv_ipc::semctl_stat(id)) {
        Err(Errno::EACCES) => unreadable(key, id),
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        state => state,
    }
}

fn judge(id: SemId, stat: impl Fn() -> sysv_ipc::Result<SemStat>) -> sysv_ipc::Result<State> {
    let look = || {
        Ok(match stat()?.otime() {
            Some(_) => Look::Ready,
            // Who set the values, if that was done; the kernel does not say who made the set.
            None => Look::HalfMade(sysv_ipc::semctl_getpid(id, 0).unwrap_or(None)),
        })
    };
    State::judge(look, || {
        stat().is_ok_and(|stat| has_waiters(id, stat.nsems()))
    })
}

fn has_waiters(id: SemId, count: usize) -> bool {
    let numbers = 0..u16::try_from(count).unwrap_or(u16::MAX);
    let waiters = |number| {
        [
            sysv_ipc::semctl_getncnt(id, number),
            sysv_ipc::semctl_getzcnt(id, number),
        ]
    };
    numbers
        .flat_map(waiters)
        .any(|count| count.unwrap_or(0) > 0)
}

/// The state of a set that this user may not read. Who may alter it has a use for it.
fn unreadable(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    if !super::KIND.check_write(key, id.as_raw())? {
        return Ok(State::Gone);
    }
    // Where the kernel does not tell, the first use will.
    let stat = || crate::change::any_set(id).ok_or(Errno::EACCES);
    Ok(judge(id, stat).unwrap_or(State::Ready))
}
