//! Rows of segments through `sysv-wrapper`, but for the copies.

use sysv_wrapper::{RemoveOnDrop, Result, SharedMemory};

use super::litter;
use crate::{Prepared, repeat};

pub fn prepare(what: &str, first: usize) -> Prepared {
    let memory = RemoveOnDrop::new(unique()?);
    Ok(Some(match what {
        "status" => repeat(move || {
            memory.status().unwrap();
        }),
        "open" => repeat(move || {
            let key = memory.key().unwrap();
            SharedMemory::open(key).unwrap();
        }),
        "attach-detach" => repeat(move || drop(memory.attach().unwrap())),
        "create-remove" => repeat(|| {
            let made = SharedMemory::builder().size(4096).create_private();
            made.unwrap().remove().unwrap();
        }),
        "unique" => {
            let present = litter(first, unique)?;
            repeat(move || {
                let _present = &present;
                unique().unwrap().remove().unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn unique() -> Result<SharedMemory> {
    SharedMemory::builder().size(4096).create_unique()
}
