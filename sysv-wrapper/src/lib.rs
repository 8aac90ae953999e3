//! Shared memory, semaphores and message queues of System V, for application developers.
//!
//! Three kinds of objects live in the kernel and are shared by unrelated processes:
//!
//! - [`SharedMemory`]: memory that several processes attach, read and write;
//! - [`Semaphore`], and [`SemaphoreSet`] for several at once: counters to wait for, and locks;
//! - [`MessageQueue`]: messages with a type, sent and received whole.
//!
//! This crate needs no manual page.
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
//! If the process is killed inside the block, the kernel releases the lock at that moment, and the next process gets it; the
//! objects stay, and a [`KeyFile`] lets the next run of the program find them. Ctrl-C ends a program in the same way,
//! unless it handles SIGINT.
//!
//! # Where to start
//!
//! | to do | see |
//! |---|---|
//! | share bytes, records, counters | [`SharedMemory`], [`Attachment`]: `write_at`, `write_value`, `atomic_u64` |
//! | lock out other processes | [`Semaphore::lock`], [`lock_timeout`](Semaphore::lock_timeout) |
//! | run once at a time, also after SIGKILL | [`Semaphore::try_lock`] on `create_or_open` |
//! | count free and full places, take two locks at once | [`SemaphoreSet::operation`] |
//! | give jobs to workers, urgent ones first, with a deadline | [`MessageQueue`], [`Selector::UpTo`], `send_value` (feature `values`) |
//! | tell other programs the key | [`KeyFile`] |
//! | go on after a crash | [`KeyFile`], [`RemoveOnDrop`] |
//! | find and remove what programs left | [`Entry::list`], [`Verdict`] |
//!
//! `docs/first-programs.md` in the repository has whole programs for these, `demos/examples` more, with several processes.
//!
//! # Adding it to a program
//!
//! ```text
//! cargo add sysv-wrapper                                     from the registry
//! cargo add sysv-wrapper --git URL                           from the git repository
//! cargo add sysv-wrapper --path CHECKOUT/sysv-wrapper        from a checkout
//! ```
//!
//! | crate | for |
//! |---|---|
//! | `sysv-wrapper` | applications: handles, guards, deadlines, errors that say what to do |
//! | `sysv-ipc` | the calls as they are, typed and safe, without policy |
//! | `sysv-sys` | other thin layers: the platform's declarations |
//! | `sysvipc` | operators and shell scripts: the command |
//!
//! # How processes meet
//!
//! An object has an id, which the kernel chose, and usually a [`Key`], which its users agree on. Another process gets a
//! handle by the key (`open`), or by the id (`from_id`). A [`KeyFile`] is the way to agree: `create_unique` draws a free
//! key, and the file publishes it.
//!
//! # Creating and opening
//!
//! Every kind has a `builder`, which ends with the same verbs: `create`, `open`, `create_or_open`, `create_replacing`,
//! `create_unique`, `create_private`. A process that opens a segment which another process is filling gets it when that
//! is done; the same holds for a set and `create_or_open`. Objects that other programs made are used as they are.
//!
//! # Removal
//!
//! Handles are names: dropping one does nothing. An object stays until it is removed, or the system restarts. `remove`
//! removes it at once; [`RemoveOnDrop`] does so when a scope ends, on a panic too, and not in a forked child;
//! [`Attachment::remove_when_detached`] leaves it to the kernel, so that even SIGKILL leaves nothing behind.
//!
//! # Past the kernel
//!
//! Each of these costs a system call. The module [`sync`] has a mutex, channels, a latest value and an event that make none
//! unless a process has to wait, on the same objects.
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
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `serde` | `Serialize` and `Deserialize` for keys and ids |
//! | `values` | typed messages: `send_value`, `receive_value`, of anything that serde can serialize |
//! | `buildtime-bindgen` | declarations from this machine's headers, where libclang can be loaded; needed on targets without bundled ones |
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
/// [`Attachment::write_value`] and [`ReadOnlyAttachment::read_value`] want.
pub use zerocopy;
