//! Fault injection against the real kernel: killed processes, failing calls, exhausted limits, removal of objects in
//! use, signals, forks, other users, and exhausted memory. After each fault the library's guarantees hold: nothing is
//! lost, no partially created object is visible, and nothing is left behind.
#![allow(
    clippy::disallowed_methods,
    reason = "tests wait, read errno and remove"
)]
#![cfg(target_os = "linux")]

#[macro_use]
extern crate test_attribute;

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod alone;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod calls;
mod crowd;
mod doomed;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod errnos;
mod forks;
mod fresh_keys;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod killed_anywhere;
mod killed_creators;
mod killed_holders;
mod killed_peers;
mod leaks;
mod limits;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod memory;
mod record;
mod removal;
mod signals;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod step;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sync_calls;
mod sync_channel_kills;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sync_channel_steps;
mod sync_channel_vandal;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sync_joins;
mod sync_kills;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sync_steps;
mod sync_vandal;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod trap;
mod users;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod verbs;
mod victims;
