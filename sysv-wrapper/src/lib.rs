//! Shared memory, semaphores and message queues of System V, for application developers.
//!
//! The kernel holds three kinds of objects, which unrelated processes share:
//!
//! - [`SharedMemory`]: memory that several processes attach, read and write;
//! - [`Semaphore`], and [`SemaphoreSet`] for several at once: counters to wait for, and locks;
//! - [`MessageQueue`]: messages with a type, sent and received whole.
//!
//! No knowledge of the C interface is needed.
//!
//! ```
//! use std::time::Duration;
//! use sysv_wrapper::{RemoveOnDrop, Semaphore, SharedMemory};
//!
//! let lock = RemoveOnDrop::new(Semaphore::builder().create_unique()?);
//! let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_unique()?);
//!
//! let attached = memory.attach()?;
//! {
//!     // Unlocked at the end of the block, and by the kernel if this process is killed.
//!     let _guard = lock.lock_timeout(Duration::from_secs(1))?;
//!     attached.write_at(b"Four hours to bury a cat?", 0)?;
//! }
//! assert_eq!(attached.read_to_vec(0..4)?, b"Four");
//! # Ok::<(), sysv_wrapper::Error>(())
//! ```
//!
//! If the process is killed inside the block, the kernel releases the lock immediately, and the next waiting process acquires
//! it. The objects stay, and a [`KeyFile`] lets the next run of the program find them. Ctrl-C has the same effect, unless the
//! program handles SIGINT.
//!
//! # Where to start
//!
//! | task | see |
//! |---|---|
//! | share bytes, records, counters | [`SharedMemory`], [`Attachment`]: `write_at`, `write_value`, `atomic_u64` |
//! | exclude other processes | [`Semaphore::lock`], [`lock_timeout`](Semaphore::lock_timeout) |
//! | run a single instance, also after SIGKILL | [`Semaphore::try_lock`] on `create_or_open` |
//! | count free and full places, acquire two locks at once | [`SemaphoreSet::operation`] |
//! | distribute jobs to workers, urgent ones first, with a deadline | [`MessageQueue`], [`Selector::UpTo`], `send_value` (feature `values`) |
//! | publish a key to other programs | [`KeyFile`] |
//! | continue after a crash | [`KeyFile`], [`RemoveOnDrop`] |
//! | find and remove left-over objects | [`Entry::list`], [`Verdict`] |
//!
//! In the repository, `docs/first-programs.md` has complete programs for these tasks, and `demos/examples` has more, with
//! several processes.
//!
//! # Installation
//!
//! ```text
//! cargo add sysv-wrapper                                     from the registry
//! cargo add sysv-wrapper --git URL                           from the git repository
//! cargo add sysv-wrapper --path CHECKOUT/sysv-wrapper        from a checkout
//! ```
//!
//! | crate | audience and content |
//! |---|---|
//! | `sysv-wrapper` | applications: handles, guards, deadlines, errors with remedies |
//! | `sysv-ipc` | users of the plain calls: typed and safe, without policy |
//! | `sysv-sys` | authors of other thin layers: the platform's declarations |
//! | `sysvipc` | operators and shell scripts: the command |
//!
//! # Keys and ids
//!
//! An object has an id, which the kernel assigned, and usually a [`Key`], which its users agree on. Another process gets a
//! handle by the key (`open`) or by the id (`from_id`). A [`KeyFile`] spares an agreed number: `create_unique` draws a free
//! key, and the file publishes the key.
//!
//! # Creating and opening
//!
//! Every kind has a `builder`, completed by one of the methods `create`, `open`, `create_or_open`, `create_replacing`,
//! `create_unique` and `create_private`. Opening a segment waits until its creator has filled it, and `create_or_open` of a
//! set waits until its creator has set the values. Objects that other programs created are used unchanged.
//!
//! # Removal
//!
//! Dropping a handle does nothing. An object stays until it is removed or the system restarts. `remove` removes it
//! immediately; [`RemoveOnDrop`] removes it at the end of a scope, also on a panic, but not in a forked child;
//! [`Attachment::remove_when_detached`] leaves the removal to the kernel, so that no object stays behind even after SIGKILL.
//!
//! # Avoiding system calls
//!
//! Each operation on a semaphore or a queue costs a system call. The module [`sync`] provides a mutex, channels, a latest value
//! and an event on the same objects that make system calls only if a process has to wait.
//!
//! # Waiting, and signals
//!
//! Every wait has three forms: plain (no time limit), `try_…` (no wait), and `…_timeout` with a [`Deadline`], which is a time
//! span or an instant. A handled signal neither ends a wait nor prolongs it, unless the deadline is
//! [interruptible](Deadline::interruptible).
//!
//! # Errors
//!
//! The crate has a single [`Error`] type. Its text names the operation, the object and the cause; `{:#}` and `{:?}` add a
//! remedy. Code distinguishes errors by their [`kind`](Error::kind).
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `serde` | `Serialize` and `Deserialize` for keys and ids |
//! | `values` | typed messages: `send_value` and `receive_value` for every type that serde can serialize |
//! | `buildtime-bindgen` | declarations generated from this machine's headers if libclang can be loaded; required on targets without bundled declarations |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(unreachable_pub)]

/// The pages of docs/, whose programs run as tests.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/choosing.md")]
    mod choosing {}
    #[doc = include_str!("../../docs/containers.md")]
    mod containers {}
    #[doc = include_str!("../../docs/first-programs.md")]
    mod first_programs {}
    #[doc = include_str!("../../docs/migrating.md")]
    mod migrating {}
    #[doc = include_str!("../../docs/restart.md")]
    mod restart {}
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../README.md")]
    mod wrapper_readme {}
}

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
#[cfg(target_has_atomic = "64")]
pub mod sync;
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
/// [`Attachment::write_value`] and [`ReadOnlyAttachment::read_value`] require.
pub use zerocopy;
