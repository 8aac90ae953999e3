//! The tasks, run as programs.

mod bench;
mod cross;
mod detect;
mod leaks;
mod tidy;
