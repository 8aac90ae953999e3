//! A mutex, a channel, a latest value and an event in shared memory, which make no system call unless a process has to
//! wait, and survive the death of any process.
//!
//! These objects live in an [`Area`]: a segment of shared memory and a semaphore set with the same key. Their state is in
//! the segment, so that an operation without contention takes a few instructions. Processes sleep on the semaphores, and
//! the kernel uses them to report the death of a process. The protocol uses no futex, pid, file, thread or daemon, and is
//! the same on every platform with System V IPC.
//!
//! ```
//! use sysv_wrapper::RemoveOnDrop;
//! use sysv_wrapper::sync::Area;
//!
//! let area = RemoveOnDrop::new(Area::builder().mutex("table").create_unique()?);
//! let mutex = area.mutex("table")?;
//! let guard = mutex.lock()?;
//! if guard.owner_died() {
//!     // Repair the data that the mutex protects here.
//!     guard.make_consistent();
//! }
//! # Ok::<(), sysv_wrapper::Error>(())
//! ```
//!
//! # Which one when
//!
//! | task | use |
//! |---|---|
//! | a fast lock | [`Mutex`] |
//! | a fair lock between processes | [`Semaphore::lock`](crate::Semaphore::lock) |
//! | messages between processes that use this crate | a channel: [`Sender`], [`Receiver`] |
//! | messages to programs without this crate | [`MessageQueue`](crate::MessageQueue) |
//! | a value with one writer and many readers | [`Latest`] |
//! | a notification | [`Event`] |
//! | publish and subscribe, large structures in place | iceoryx2 |
//!
//! This module requires a target with 64-bit atomics.

// Notes for adding a kind of object:
//
// - `layout`: kind, geometry, offset, size and parking members of an object, checked once (`Object`). An object's memory is
//   initially zero. `CHANNEL_WORDS` bytes of words come first, then `capacity()` slots of `stride()` bytes.
// - `memory`: `Word::<AtomicU32 | AtomicU64>::new(&peer.memory, offset)`, `Slots::new(…)`, `Block::new(…)`; all return `None`
//   beyond the end, which callers map to `Error::Corrupted`.
// - `peer`: handles hold an `Arc<Peer>` (`area.peer.clone()`). `peer.id()` is the owner id. Each operation begins with
//   `peer.check_process()`, each drop with `peer.is_this_process()`. After reading a word that names another owner, call
//   `peer.look()?.is_alive(&peer, owner)`, and change the word by an exchange from exactly that value. Before a `try_…`
//   returns `WouldBlock`, call `peer.look_and_sweep()`. `enter`, `exit` and `count` track the sides of a channel.
// - `parking`: `Park` waits for conditions that all waiters share. It spins, sleeps, sweeps after each token and wakes the
//   next waiter (`more`).
// - `sweep`: add the function that reclaims a dead peer's part of the object.

mod area;
mod channel;
mod error;
mod event;
mod latest;
mod layout;
mod memory;
mod mutex;
mod parking;
mod peer;
mod registry;
mod status;
mod sweep;

pub use area::{Area, AreaBuilder, Capacity, MaxSize};
pub use channel::{Kept, Loan, Receiver, Sender, SoleReceiver, SoleSender};
pub use error::{Error, Result};
pub use event::Event;
pub use latest::{Latest, Publisher, ReadOnlyArea};
pub use layout::ObjectKind;
pub use mutex::{Mutex, MutexGuard};
pub use status::{
    AreaStatus, ObjectState, ObjectStatus, PeerStatus, area_of_set, inspect, is_area,
};
