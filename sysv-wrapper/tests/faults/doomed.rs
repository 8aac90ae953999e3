//! What happens at the end of a test, in a panic too: keys whose objects go with it, whoever makes them, and what else
//! there is to be done, such as telling other threads.

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
    /// The id of the segment that has the key, whole or not.
    pub fn id(&self) -> sysv_ipc::Result<ShmId> {
        let flags = sysv_ipc::ShmGetFlags::empty();
        sysv_ipc::shmget(self.0.into(), 0, flags, Mode::NONE)
    }
}

impl<H: Object + Keyed> Drop for Doomed<H> {
    fn drop(&mut self) {
        // In most tests it is gone by now.
        let _ = H::remove_by(self.0);
    }
}

/// Does something when it is dropped.
pub struct AtEnd<F: Fn()>(pub F);

impl<F: Fn()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
