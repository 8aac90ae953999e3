//! Past the kernel: a mutex, a channel, a latest value and an event that make no system call unless a process has to wait,
//! and that survive the death of any process.
//!
//! All of them live in an [`Area`]: a segment of shared memory and a semaphore set with the same key. Their state is in the
//! segment, so that an operation without contention is a few instructions. The semaphores are where processes sleep, and how
//! the kernel tells who died: no futex, no pid, no file, no thread, no daemon, and one protocol on every platform with System V
//! IPC.
//!
//! ```
//! use sysv_wrapper::RemoveOnDrop;
//! use sysv_wrapper::sync::Area;
//!
//! let area = RemoveOnDrop::new(Area::builder().mutex("table").create_unique()?);
//! let mutex = area.mutex("table")?;
//! let guard = mutex.lock()?;
//! if guard.owner_died() {
//!     // Put in order what the mutex protects, and say so.
//!     guard.make_consistent();
//! }
//! # Ok::<(), sysv_wrapper::Error>(())
//! ```
//!
//! # Which one when
//!
//! | for | take |
//! |---|---|
//! | speed | [`Mutex`] |
//! | turns and fairness between processes | [`Semaphore::lock`](crate::Semaphore::lock) |
//! | messages between processes of this crate | a channel: [`Sender`], [`Receiver`] |
//! | messages to programs without this crate | [`MessageQueue`](crate::MessageQueue) |
//! | a value that many read and one writes | [`Latest`] |
//! | "something happened" | [`Event`] |
//! | publish and subscribe, large structures in place | iceoryx2 |
//!
//! On targets without atomics of 64 bits this module does not exist.

// For the author of an object:
//
// - `layout`: kind, geometry, offset, size and parking members of an object, checked once (`Object`). An object's memory is
//   zero at first. `CHANNEL_WORDS` bytes of words come first, then `capacity()` slots of `stride()` bytes.
// - `memory`: `Word::<AtomicU32 | AtomicU64>::new(&peer.memory, offset)`, `Slots::new(…)`, `Block::new(…)`; all `None` beyond
//   the end, which is `Error::Corrupted`.
// - `peer`: `Arc<Peer>` is what a handle holds (`area.peer.clone()`). `peer.id()` is the owner id, `peer.check_process()` is for
//   the beginning of each operation and `peer.is_this_process()` for each drop. After a word that names another owner was
//   read: `peer.look()?.is_alive(&peer, owner)`; then change the word by an exchange from exactly that value. Before a
//   `try_…` returns `WouldBlock`: `peer.look_and_sweep()`. `enter`, `exit` and `count` keep the sides of a channel.
// - `parking`: `Park` waits for conditions that all waiters share. It spins, sleeps, sweeps after each token and passes the
//   baton (`more`).
// - `sweep`: add the function of the object, which takes back what a dead peer held.

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
