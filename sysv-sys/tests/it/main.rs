//! The declarations and facts of this crate, against libc, the headers and the C compiler.

#[path = "../support/mod.rs"]
mod support;

mod abi;
mod bundled;
mod facts;
mod headers;
