//! What the tests of this crate share: second processes, sleeping threads and namespaces as `sysv-ipc`'s tests
//! have them, and objects that remove themselves.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary compiles this, and none needs all of it"
)]

pub mod fork;
pub mod sem;
#[path = "../../../sysv-ipc/tests/support/mod.rs"]
mod thin;

pub use thin::*;
