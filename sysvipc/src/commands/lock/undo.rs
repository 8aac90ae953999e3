//! Whether the system honours `SEM_UNDO`. Some sandboxes accept it and ignore it: there, the lock of a killed process
//! would never be released.

use std::env;
use std::process::{Command, Stdio};

use sysv_wrapper::{RemoveOnDrop, Semaphore};

use super::{lock_failed, supervise};
use crate::exit::{Failure, Result, Status};

/// Has a child acquire a private semaphore with undo, and fails if its end does not release that. Succeeds if the probe
/// itself fails: the lock then has the same limits, and its own errors.
pub(super) fn check() -> Result {
    // A signal must not leave the semaphore behind.
    let Ok(blocked) = supervise::block() else {
        return Ok(());
    };
    let is_ignored = is_ignored();
    // Fails for an invalid set of signals only.
    let _ = blocked.thread_unblock();
    if is_ignored {
        return Err(Failure::new(
            Status::LockFailed,
            "cannot lock: this system ignores SEM_UNDO, so that the lock of a killed command would never be released",
        ));
    }
    Ok(())
}

fn is_ignored() -> bool {
    let semaphore = Semaphore::builder().value(1).create_private();
    let (Ok(semaphore), Ok(program)) = (semaphore, env::current_exe()) else {
        return false;
    };
    let semaphore = RemoveOnDrop::new(semaphore);
    let probe = Command::new(program)
        .args(["lock", "1", "--undo-probe"])
        .arg(semaphore.id().as_raw().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success()) && semaphore.value().is_ok_and(|value| value == 0)
}

/// Acquires the semaphore, in the child.
pub(super) fn acquire(id: i32) -> Result {
    let semaphore = Semaphore::from_id(id).map_err(|error| lock_failed(&error))?;
    semaphore
        .with_undo(true)
        .try_acquire()
        .map_err(|error| lock_failed(&error))?;
    Ok(())
}
