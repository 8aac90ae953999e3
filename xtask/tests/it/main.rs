//! Tests that run the tasks as programs.

#[cfg(feature = "bench")]
mod bench;
mod cross;
mod declarations;
mod detect;
