//! Shared memory, semaphores and message queues of System V, for application developers.
mod change;
mod deadline;
mod error;
mod find;
mod half_made;
mod index;
mod key;
mod key_file;
mod limit;
mod object;
mod opened;
mod remove;
mod sem;
mod shm;

pub use deadline::Deadline;
pub use error::{Error, ErrorKind, Result};
pub use key::Key;
pub use key_file::{KeyFile, KeyFileBuilder};
pub use object::{Kind, Object};
pub use opened::Opened;
pub use remove::RemoveOnDrop;
pub use sem::*;
pub use shm::*;
pub use sysv_ipc::{Errno, Mode, MsgId, ParseKeyError, Pid, SemId, ShmId, page_size};
