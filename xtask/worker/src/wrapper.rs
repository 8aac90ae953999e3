//! The rows through `sysv-wrapper`, as an application writes them.

mod copy;
mod msg;
mod sem;
mod shm;

use sysv_wrapper::{Object, RemoveOnDrop, Result};

use crate::Prepared;

/// The work of a row.
pub fn prepare(row: &str, first: usize, second: usize) -> Prepared {
    let Some((kind, what)) = row.split_once('/') else {
        return Ok(None);
    };
    match kind {
        "semaphore" => sem::prepare(what, first),
        "segment" => shm::prepare(what, first),
        "queue" => msg::prepare(what, first),
        "copy" => copy::prepare(what, first, second),
        _ => Ok(None),
    }
}

/// So many objects that just are there, each with a key of its own.
fn litter<H: Object>(count: usize, create: impl Fn() -> Result<H>) -> Result<Vec<RemoveOnDrop<H>>> {
    (0..count)
        .map(|_| create().map(RemoveOnDrop::new))
        .collect()
}
