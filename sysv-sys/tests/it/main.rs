//! Comparison of the declarations and facts of this crate with libc, the headers and the C compiler.
#![expect(
    clippy::disallowed_methods,
    reason = "tests wait, read errno and remove"
)]
#![expect(
    unsafe_code,
    reason = "reads the declared structures and calls the declared functions"
)]

#[path = "../support/mod.rs"]
mod support;

mod abi;
mod bundled;
mod facts;
mod headers;
