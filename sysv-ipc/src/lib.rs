//! System V shared memory, semaphore sets and message queues: one typed function per call.
//!
//! This crate is for programmers who know `semop(2)` and want to call it from Rust. Functions carry the C names. The
//! multiplexed `shmctl`, `semctl` and `msgctl` are one function per command, with the arguments and the result of that
//! command. Ids, keys, flags and modes have types of their own, and errors are the kernel's error numbers.
//!
//! No function retries, loops, or waits beyond its call; `EINTR` is reported. No type has a `Drop` that calls the
//! kernel, and only message buffers allocate. For handles, guards, deadlines and memory access without `unsafe`, use
//! `sysv-wrapper`.
//!
//! # From C to Rust
//!
//! | C | Rust |
//! |---|---|
//! | `shmget`, `shmat`, `shmdt` | [`shmget`], [`shmat`], [`shmdt`] |
//! | `shmctl(…, IPC_STAT \| IPC_SET \| IPC_RMID)` | [`shmctl_stat`], [`shmctl_set`], [`shmctl_rmid`] |
//! | `shmctl(…, SHM_LOCK \| SHM_UNLOCK)` | [`shmctl_lock`], [`shmctl_unlock`] |
//! | `shmctl(…, IPC_INFO \| SHM_INFO \| SHM_STAT \| SHM_STAT_ANY)` | [`shmctl_ipc_info`], [`shmctl_shm_info`], [`shmctl_shm_stat`], [`shmctl_shm_stat_any`] |
//! | `semget`, `semop`, `semtimedop` | [`semget`], [`semop`], [`semtimedop`] |
//! | `semctl(…, GETVAL \| SETVAL \| GETALL \| SETALL)` | [`semctl_getval`], [`semctl_setval`], [`semctl_getall`], [`semctl_setall`] |
//! | `semctl(…, GETPID \| GETNCNT \| GETZCNT)` | [`semctl_getpid`], [`semctl_getncnt`], [`semctl_getzcnt`] |
//! | `semctl(…, IPC_STAT \| IPC_SET \| IPC_RMID)` | [`semctl_stat`], [`semctl_set`], [`semctl_rmid`] |
//! | `semctl(…, IPC_INFO \| SEM_INFO \| SEM_STAT \| SEM_STAT_ANY)` | [`semctl_ipc_info`], [`semctl_sem_info`], [`semctl_sem_stat`], [`semctl_sem_stat_any`] |
//! | `msgget`, `msgsnd`, `msgrcv` | [`msgget`]; [`msgsnd`], [`msgrcv`] with a [`MsgBuf`]; [`msgsnd_bytes`], [`msgrcv_bytes`] with slices; [`msgrcv_vec`] |
//! | `msgctl(…, IPC_STAT \| IPC_SET \| IPC_RMID)` | [`msgctl_stat`], [`msgctl_set`], [`msgctl_rmid`] |
//! | `msgctl(…, IPC_INFO \| MSG_INFO \| MSG_STAT \| MSG_STAT_ANY)` | [`msgctl_ipc_info`], [`msgctl_msg_info`], [`msgctl_msg_stat`], [`msgctl_msg_stat_any`] |
//! | reading, writing, setting and atomic access to attached memory | [`copy_out`], [`copy_in`], [`fill`], [`atomic_ref`], [`atomic_slice`], [`atomic_load`] |
//! | `ftok` | [`ftok`] |
//! | `sysctlbyname`, `sysctl` | `sysctl_by_name`, `sysctl`, for limits and lists of objects on macOS and the BSDs; `ipcs_shm_conf`, `ipcs_shm_iter` and the like on macOS |
//!
//! The commands in the last row of each kind and some flags are specific to Linux. This crate lacks what the headers of
//! the platform lack. `sysv-sys` detects what a target has, and the build scripts of direct dependents get the result as
//! `DEP_SYSV_IPC_<NAME>`. [`sysv_sys`] is also where the C structures are, from and to which the types convert.
//!
//! # Example
//!
//! ```
//! use sysv_ipc::*;
//!
//! // A set of one semaphore without a key, with the value 1.
//! let id = semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER)?;
//! semctl_setval(id, 0, 1)?;
//!
//! semop(id, &[SemBuf::new(0, -1, SemFlags::UNDO)])?;
//! assert_eq!(semctl_getval(id, 0)?, 0);
//! semop(id, &[SemBuf::new(0, 1, SemFlags::UNDO)])?;
//!
//! semctl_rmid(id)?;
//! # Ok::<(), Errno>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(unreachable_pub)]

mod copy;
mod errno;
mod fork;
mod id;
mod key;
mod mode;
mod msg;
mod perm;
mod raw;
mod ret;
mod sem;
mod shm;
mod stat;
#[cfg(any(sysv = "sysctl", test))]
mod sysctl;

pub use copy::{
    AtomicInteger, atomic_load, atomic_ref, atomic_slice, copy_in, copy_out, copy_out_uninit, fill,
};
pub use errno::{Errno, Result};
pub use fork::fork_generation;
pub use id::{MsgId, SemId, ShmId};
pub use key::{Key, ParseKeyError, RawKey, ftok};
pub use mode::{Mode, ParseModeError};
pub use msg::*;
pub use perm::{Ownership, Perm};
pub use sem::*;
pub use shm::*;
pub use stat::Pid;
#[cfg(sysv = "sysctl")]
pub use sysctl::*;
#[doc(no_inline)]
pub use sysv_sys;
