//! All values of a set at once. The kernel is told no length with them, so this is where the length is made sure
//! of.

use sysv_ipc::{Errno, SemId};

use super::SemaphoreSet;
use super::wait;
use crate::error::{Error, Result};

/// The values of all semaphores of a set.
pub(super) fn get(set: &SemaphoreSet) -> Result<Vec<u16>> {
    let fail = |errno| Error::on_handle("ask about", set.subject(), errno);
    let count = sysv_ipc::semctl_stat(set.id()).map_err(fail)?.nsems();
    let mut values = vec![0; count];
    // SAFETY: the set has just told that it has as many semaphores. No set changes its size, and its id goes to
    // another one only after some four million were made and removed.
    unsafe { sysv_ipc::semctl_getall(set.id(), &mut values) }.map_err(fail)?;
    Ok(values)
}

/// Sets the values of all semaphores of a set, if there are as many values.
pub(super) fn set(set: &SemaphoreSet, values: &[u16]) -> Result<()> {
    const OPERATION: &str = "set";
    let Some(count) = set.count(OPERATION)? else {
        let error = Error::on_handle(OPERATION, set.subject(), Errno::EACCES);
        return Err(error.because("its mode does not let this user ask how many semaphores it has"));
    };
    if values.len() != count {
        let given = values.len();
        let because = format!("it has {count} semaphores, and {given} values were given");
        return Err(Error::argument(OPERATION, set.subject(), because));
    }
    set_all(set.id(), values).map_err(|errno| {
        let greatest = values.iter().copied().max().unwrap_or(0);
        wait::value_error(OPERATION, set.subject(), errno, greatest.into())
    })
}

/// Sets every value of a set of just this size.
pub(super) fn set_all(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    // SAFETY: the callers have made the set with as many semaphores, or have asked for its size right before: no
    // set changes its size, and its id goes to another one only after some four million were made and removed.
    unsafe { sysv_ipc::semctl_setall(id, values) }
}
