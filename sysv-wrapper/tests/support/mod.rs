//! Shared code of this crate's tests: child processes, sleeping threads and namespaces from `sysv-ipc`'s tests, and
//! objects that are removed on drop.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary includes this module, and none uses all of it"
)]

pub mod fork;
pub mod sem;
pub mod storm;
#[macro_use]
#[path = "../../../sysv-ipc/tests/support/mod.rs"]
mod thin;

pub use thin::*;

/// Returns whether the kernel and the C library support peeking at messages; otherwise prints that `test` is skipped.
pub fn sees_messages(test: &str) -> bool {
    use sysv_wrapper::{MessageQueue, RemoveOnDrop};

    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(1, b"").unwrap();
    let Err(error) = queue.peek(0) else {
        return true;
    };
    assert!(error.is_unsupported(), "{error}");
    skipped(test, &error.to_string());
    false
}
