//! The tasks, run as programs.

mod bench;
mod cross;
mod declarations;
mod detect;
mod leaks;
