//! Semaphores that remove themselves.

use sysv_wrapper::*;

/// A private semaphore.
pub fn semaphore(value: u32) -> RemoveOnDrop<Semaphore> {
    RemoveOnDrop::new(Semaphore::builder().value(value).create_private().unwrap())
}

/// A private set.
pub fn set<const N: usize>(values: [u16; N]) -> RemoveOnDrop<SemaphoreSet> {
    RemoveOnDrop::new(
        SemaphoreSet::builder()
            .values(values)
            .create_private()
            .unwrap(),
    )
}

/// A key that nothing has, and whose set goes with the test, whoever makes it.
pub struct SemKey(pub Key);

impl SemKey {
    pub fn new() -> SemKey {
        SemKey(super::unused_key().into())
    }
}

impl Drop for SemKey {
    fn drop(&mut self) {
        // In most tests it is gone by now.
        let _ = SemaphoreSet::remove_key(self.0);
    }
}

/// The greatest value that the running kernel takes.
#[cfg(sysv = "IPC_INFO")]
pub fn value_max() -> u32 {
    let (_, limits) = sysv_ipc::semctl_ipc_info().unwrap();
    limits.semvmx().try_into().unwrap()
}

/// Waits until as many wait for the semaphore to grow.
#[track_caller]
pub fn wait_for_waiters(semaphore: &Semaphore, count: u32) {
    super::wait_until("waiters for an increase", || {
        semaphore.waiters_for_increase().unwrap() == count
    });
}

/// Waits until as many wait for the semaphore to become zero.
#[track_caller]
pub fn wait_for_zero_waiters(semaphore: &Semaphore, count: u32) {
    super::wait_until("waiters for zero", || {
        semaphore.waiters_for_zero().unwrap() == count
    });
}
