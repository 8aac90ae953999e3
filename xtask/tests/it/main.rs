//! Tests that run the tasks as programs.

mod cross;
mod declarations;
mod detect;
