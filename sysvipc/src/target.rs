//! Which one object: by its id or by its key.

use clap::Args;
use sysv_wrapper::{Key, MessageQueue, SharedMemory};

use super::exit::{Failure, Outcome, Status};
use super::found::{Found, Objects};
use super::values;
use sysv_wrapper::Kind;

/// One object.
#[derive(Debug, Args)]
#[group(id = "target", required = true, multiple = false)]
pub(crate) struct Target {
    /// The object's id
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) id: Option<i32>,
    /// The object's key instead, in hexadecimal (0x2a) or decimal
    #[arg(long, value_name = "KEY", value_parser = values::public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
}

impl Target {
    /// A handle of the segment.
    pub(crate) fn segment(&self) -> Outcome<SharedMemory> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => SharedMemory::from_id(id)?,
            (None, Some(key)) => SharedMemory::open(key)?,
            (None, None) => return Err(nothing()),
        })
    }

    /// A handle of the queue.
    pub(crate) fn queue(&self) -> Outcome<MessageQueue> {
        Ok(match (self.id, self.key) {
            (Some(id), _) => MessageQueue::from_id(id)?,
            (None, Some(key)) => MessageQueue::open(key)?,
            (None, None) => return Err(nothing()),
        })
    }

    /// What the kernel tells of it, also where this user may not use it.
    pub(crate) fn find(&self, kind: Kind) -> Outcome<Found> {
        match (self.id, self.key) {
            (Some(id), _) => Ok(Found::find(kind, id)?),
            (None, Some(key)) => {
                let found = Objects::of(kind)?.find(|found| found.key() == key);
                found.ok_or_else(|| not_found(kind, key))
            }
            (None, None) => Err(nothing()),
        }
    }
}

/// No object of the kind has the key.
pub(crate) fn not_found(kind: Kind, key: Key) -> Failure {
    Failure::new(
        Status::NotFound,
        format!(
            "cannot find the {kind} with key {key}: no object has this key; `sysvipc list` shows what there is"
        ),
    )
}

/// Neither id nor key.
pub(crate) fn nothing() -> Failure {
    Failure::usage("name the object, by its id or with --key")
}
