//! What the tests of this crate share: second processes, sleeping threads and namespaces as `sysv-ipc`'s tests
//! have them, and objects that remove themselves.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary compiles this, and none needs all of it"
)]

pub mod fork;
pub mod sem;
pub mod storm;
#[macro_use]
#[path = "../../../sysv-ipc/tests/support/mod.rs"]
mod thin;

pub use thin::*;

/// Whether messages can be looked at: kernels are built with and without that, and so are C libraries. Where they
/// cannot, that is said for `test`.
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
