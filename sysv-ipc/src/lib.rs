//! System V shared memory, semaphore sets and message queues: one typed function per call.
//!
//! For those who know `semop(2)` and want just that from Rust. Functions carry the C names; the
//! multiplexed `shmctl`, `semctl` and `msgctl` are one function per command, so that each takes and
//! returns what its command does. Ids, keys, flags and modes have types of their own, and errors are
//! the kernel's error numbers.
//!
//! What this crate never does: try again, loop, wait beyond the call, own anything (no type here has
//! a `Drop` that calls the kernel), or allocate outside of message buffers. `EINTR` is reported. For
//! handles, guards, deadlines and memory access without `unsafe`, use `sysv-wrapper`.
//!
//! # Where is …?
//!
//! | C | here |
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
//! | `ftok` | [`ftok`] |
//! | `sysctlbyname`, `sysctl` | `sysctl_by_name`, `sysctl`, where macOS and the BSDs tell of limits and objects; `ipcs_shm_conf`, `ipcs_shm_iter` and the like on macOS |
//!
//! The commands of the last row of each kind are Linux's, and so are some flags: on a platform whose
//! headers lack one, it is not here either. Which ones a target has, `sysv-sys` finds out, and
//! dependents are told as `DEP_SYSV_IPC_<NAME>` in their build scripts.
//!
//! # Example
//!
//! ```
//! use sysv_ipc::*;
//!
//! // A set of one semaphore that only its id names, with the value 1.
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

mod copy;
mod errno;
mod file;
mod fork;
mod id;
mod key;
mod mode;
mod msg;
mod perm;
mod process;
mod raw;
mod ret;
mod sem;
mod shm;
mod stat;
#[cfg(any(sysv = "sysctlbyname", test))]
mod sysctl;

pub use copy::{
    AtomicInteger, atomic_load, atomic_ref, atomic_slice, copy_in, copy_out, copy_out_uninit, fill,
};
pub use errno::{Errno, Result};
// Not System V: sysv-wrapper takes these from rustix instead.
#[doc(hidden)]
pub use file::{OPEN_WARILY, try_lock_file, unlock_file};
pub use fork::fork_generation;
pub use id::{MsgId, SemId, ShmId};
pub use key::{Key, ParseKeyError, RawKey, ftok};
pub use mode::{Mode, ParseModeError};
pub use msg::*;
pub use perm::{Ownership, Perm};
#[doc(hidden)]
pub use process::effective_uid;
pub use sem::*;
pub use shm::*;
pub use stat::Pid;
#[cfg(sysv = "sysctlbyname")]
pub use sysctl::*;
#[doc(no_inline)]
pub use sysv_sys;
