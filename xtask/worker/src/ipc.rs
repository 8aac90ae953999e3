//! The rows through `sysv-ipc`: the calls as C has them, typed.

mod copy;
mod msg;
mod sem;
mod shm;

use sysv_ipc::{Errno, Key, RawKey};

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

/// An object that is removed with its scope.
struct Removed<I: Copy> {
    id: I,
    remove: fn(I) -> sysv_ipc::Result<()>,
}

impl<I: Copy> Drop for Removed<I> {
    fn drop(&mut self) {
        if let Err(errno) = (self.remove)(self.id) {
            eprintln!("the worker with sysv-ipc: cannot remove what it has made: {errno}");
        }
    }
}

/// Makes an object with a key that nobody has: draws until there is one.
fn unique<I>(mut create: impl FnMut(Key) -> sysv_ipc::Result<I>) -> sysv_ipc::Result<I> {
    loop {
        let key: i32 = rand::random_range(1..=i32::MAX);
        match create(Key::from_raw(RawKey::from(key))) {
            Err(Errno::EEXIST) => {}
            result => return result,
        }
    }
}

/// So many objects that just are there, each with a key of its own.
fn litter<I: Copy>(
    count: usize,
    create: impl Fn(Key) -> sysv_ipc::Result<I>,
    remove: fn(I) -> sysv_ipc::Result<()>,
) -> sysv_ipc::Result<Vec<Removed<I>>> {
    (0..count)
        .map(|_| unique(&create).map(|id| Removed { id, remove }))
        .collect()
}
