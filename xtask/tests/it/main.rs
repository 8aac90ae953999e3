//! The tasks, run as programs.

#[cfg(feature = "bench")]
mod bench;
mod cross;
mod declarations;
mod detect;
