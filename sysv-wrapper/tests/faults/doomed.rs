//! Cleanup at the end of a test, including a panic: keys whose objects are removed, whichever process creates them, and
//! other actions, such as notifying threads.

use std::marker::PhantomData;

use sysv_wrapper::*;

use crate::support::unused_key;

/// A key of this kind.
pub struct Doomed<H: Object + Keyed>(pub Key, PhantomData<H>);

/// The kinds of objects, removed by key.
pub trait Keyed {
    fn remove_by(key: Key) -> Result<()>;
}

macro_rules! keyed {
    ($($handle:ident)+) => {$(
        impl Keyed for $handle {
            fn remove_by(key: Key) -> Result<()> {
                $handle::remove_key(key)
            }
        }
    )+};
}

keyed!(SharedMemory SemaphoreSet MessageQueue);

impl<H: Object + Keyed> Doomed<H> {
    pub fn new() -> Self {
        Doomed(unused_key().into(), PhantomData)
    }
}

impl Doomed<SharedMemory> {
    /// Returns the id of the segment that has the key, initialised or not.
    pub fn id(&self) -> sysv_ipc::Result<ShmId> {
        let flags = sysv_ipc::ShmGetFlags::empty();
        sysv_ipc::shmget(self.0.into(), 0, flags, Mode::NONE)
    }
}

impl<H: Object + Keyed> Drop for Doomed<H> {
    fn drop(&mut self) {
        // In most tests it is already gone.
        let _ = H::remove_by(self.0);
    }
}

/// Calls a function when it is dropped.
pub struct AtEnd<F: Fn()>(pub F);

impl<F: Fn()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
