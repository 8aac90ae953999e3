//! Semaphores that are removed on drop.

use sysv_wrapper::*;

/// Returns a private semaphore.
pub fn semaphore(value: u32) -> RemoveOnDrop<Semaphore> {
    RemoveOnDrop::new(Semaphore::builder().value(value).create_private().unwrap())
}

/// Returns a private set.
pub fn set<const N: usize>(values: [u16; N]) -> RemoveOnDrop<SemaphoreSet> {
    RemoveOnDrop::new(
        SemaphoreSet::builder()
            .values(values)
            .create_private()
            .unwrap(),
    )
}

/// An unused key, whose set is removed with the test.
pub struct SemKey(pub Key);

impl SemKey {
    pub fn new() -> SemKey {
        SemKey(super::unused_key().into())
    }
}

impl Drop for SemKey {
    fn drop(&mut self) {
        // In most tests it is already gone.
        let _ = SemaphoreSet::remove_key(self.0);
    }
}

/// Returns the maximum value of the running kernel.
#[cfg(sysv = "IPC_INFO")]
pub fn value_max() -> u32 {
    let (_, limits) = sysv_ipc::semctl_ipc_info().unwrap();
    limits.semvmx().try_into().unwrap()
}

/// Waits until `count` waiters wait for an increase.
#[track_caller]
pub fn wait_for_waiters(semaphore: &Semaphore, count: u32) {
    super::wait_until("waiters for an increase", || {
        semaphore.waiters_for_increase().unwrap() == count
    });
}

/// Waits until `count` waiters wait for zero.
#[track_caller]
pub fn wait_for_zero_waiters(semaphore: &Semaphore, count: u32) {
    super::wait_until("waiters for zero", || {
        semaphore.waiters_for_zero().unwrap() == count
    });
}
