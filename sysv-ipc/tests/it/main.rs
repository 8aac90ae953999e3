//! Tests of the calls against the real kernel, a module for each group.
#![expect(
    clippy::disallowed_methods,
    reason = "tests wait, read errno and remove"
)]
#![expect(unsafe_code, reason = "calls the functions that are unsafe to call")]

#[macro_use]
extern crate test_attribute;

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod atomics;
mod copy;
mod created;
mod errno;
mod fork;
mod guards;
mod info;
mod key;
mod limits;
mod msg;
mod msg_buf;
mod msg_copy;
mod msg_type;
mod msg_wait;
mod permissions;
mod permissions_msg;
mod permissions_sem;
mod permissions_shm;
mod planted;
mod sem;
mod sem_undo;
mod sem_wait;
mod semop;
mod shm;
mod shm_address;
mod shm_attach;
mod values;
