//! Shared memory, semaphores and message queues of System V, for application developers.
//!
//! Three kinds of objects live in the kernel and are shared by processes that need have nothing else in common:
//!
//! - [`SharedMemory`]: memory that several processes attach, read and write;
//! - [`Semaphore`], and [`SemaphoreSet`] for several at once: numbers to wait for, and locks;
//! - [`MessageQueue`]: messages with a type, sent and received whole.
//!
//! No manual page needs to be read for this. For the calls as they are, one function each, use `sysv-ipc`.
//!
//! ```
//! use std::time::Duration;
//! use sysv_wrapper::{RemoveOnDrop, Semaphore, SharedMemory};
//!
//! let lock = RemoveOnDrop::new(Semaphore::builder().value(1).create_unique()?);
//! let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_unique()?);
//!
//! let attached = memory.attach()?;
//! lock.acquire_timeout(Duration::from_secs(1))?;
//! attached.write_at(b"Four hours to bury a cat?", 0)?;
//! lock.release()?;
//! assert_eq!(attached.read_to_vec(0..4)?, b"Four");
//! # Ok::<(), sysv_wrapper::Error>(())
//! ```
//!
//! # How processes meet
//!
//! An object has an id, which the kernel chose, and mostly a [`Key`], which its users agree on. Another process
//! gets a handle by the key (`open`), or by the id (`from_id`), which one may pass on a command line. Agreeing on
//! a key is what a [`KeyFile`] is for: `create_unique` draws a free one, and the file tells it.
//!
//! # Making and finding
//!
//! Every kind has a `builder`, which ends with the same verbs: `create`, `open`, `create_or_open`,
//! `create_replacing`, `create_unique`, `create_private`. Whoever finds a segment that another process is just
//! filling gets it when that is done, and not before; so does whoever finds a set by `create_or_open`.
//!
//! # Who removes what
//!
//! Handles are names: dropping one does nothing. An object stays until somebody removes it, or the system is
//! restarted. `remove` does it at once; [`RemoveOnDrop`] does it when a scope ends, on a panic too, and never in a
//! forked child; [`Attachment::remove_when_detached`] leaves it to the kernel, so that even SIGKILL leaves nothing
//! behind.
//!
//! # Waiting, and signals
//!
//! Every wait has three forms: plain (without a time limit), `try_…` (not at all), and `…_timeout`, which takes a
//! [`Deadline`]: a time span or an instant. A handled signal neither ends a wait nor prolongs it, unless the deadline is
//! [interruptible](Deadline::interruptible).
//!
//! # Errors
//!
//! There is one [`Error`]. Its text says what was tried, on what, and why it failed; `{:#}` and `{:?}` add a remedy. Its
//! [`kind`](Error::kind) is for code.

#[cfg(doctest)]
#[doc = include_str!("../../docs/migrating.md")]
mod migrating {}

mod deadline;
mod error;
mod handle;
mod identity;
mod init;
mod inspect;
mod key;
mod key_file;
mod kind;
mod limits;
mod msg;
mod sem;
mod shm;
mod system;

pub use deadline::Deadline;
pub use error::{Error, ErrorKind, Result};
pub use handle::{Object, RemoveOnDrop};
pub use init::{InitWait, Opened};
pub use inspect::{Entry, Listing, OrphanCheck, Status, Verdict};
pub use key::Key;
pub use key_file::{KeyFile, KeyFileBuilder};
pub use kind::Kind;
pub use limits::{Limit, Limits};
pub use msg::*;
pub use sem::*;
pub use shm::*;
pub use system::{
    AttachedProcess, AttachedProcesses, MemoryUsage, MsgLimits, Process, SemLimits, ShmLimits,
};
pub use sysv_ipc::{Errno, Mode, MsgId, Ownership, ParseKeyError, Pid, SemId, ShmId, page_size};
/// The traits of values that can be copied in and out of segments, in the version that
/// [`Attachment::write_value`] and [`ReadOnlyAttachment::read_value`] want.
pub use zerocopy;
