//! The command, run as a user runs it.
#![allow(
    clippy::disallowed_methods,
    reason = "tests wait, read errno and remove"
)]
#![cfg(target_os = "linux")]

#[macro_use]
extern crate test_attribute;

mod cli;
#[macro_use]
#[path = "../../../sysv-ipc/tests/support/mod.rs"]
mod support;
mod terminal;

mod completions;
mod foreign;
mod help;
mod list;
mod lock;
mod metrics;
mod objects;
mod output;
mod peers;
mod remove;
mod show;
mod show_area;
mod transfer;
mod watch;
mod watch_lines;
