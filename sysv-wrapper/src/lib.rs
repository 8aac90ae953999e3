//! Shared memory, semaphores and message queues of System V, for application developers.
mod deadline;
mod error;
mod half_made;
mod index;
mod key;
mod limit;
mod object;
mod opened;
mod remove;
mod sem;
mod shm;

pub use deadline::Deadline;
pub use error::{Error, ErrorKind, Result};
pub use key::Key;
pub use object::{Kind, Object};
pub use opened::Opened;
pub use remove::RemoveOnDrop;
pub use sem::*;
pub use shm::*;
pub use sysv_ipc::{Errno, Mode, MsgId, ParseKeyError, Pid, SemId, ShmId, page_size};
