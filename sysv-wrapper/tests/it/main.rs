//! Tests of this crate's objects against the real kernel, a module for each topic.
#![cfg_attr(miri, feature(c_variadic))]
#![expect(
    clippy::disallowed_methods,
    reason = "tests wait, read errno and remove"
)]

#[macro_use]
extern crate test_attribute;

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod discover_inspect;
mod discover_limits;
mod discover_list;
mod discover_orphans;
mod discover_peers;
mod errors;
mod errors_limits;
mod key;
mod key_file;
mod key_file_trust;
mod models;
mod msg;
mod msg_peek;
mod msg_poll;
mod msg_transfer;
mod msg_users;
mod msg_value;
mod msg_wait;
#[cfg(miri)]
mod orderings;
mod ownership;
mod permissions;
mod permissions_setters;
mod protocols;
mod races;
mod sem_create;
mod sem_guard;
mod sem_operation;
mod sem_status;
mod sem_stevens;
mod sem_storm;
mod sem_value;
mod sem_wait;
mod shm_atomics;
mod shm_attach;
mod shm_concurrent;
mod shm_copy;
mod shm_create;
mod shm_init;
mod shm_initialise;
mod shm_life;
mod shm_publish;
mod shm_status;
mod shm_unsafe;
mod shm_users;
mod shm_views;
#[cfg(target_has_atomic = "64")]
mod sync_area;
#[cfg(target_has_atomic = "64")]
mod sync_attacks;
#[cfg(target_has_atomic = "64")]
mod sync_c;
#[cfg(target_has_atomic = "64")]
mod sync_channel;
#[cfg(target_has_atomic = "64")]
mod sync_event;
#[cfg(target_has_atomic = "64")]
mod sync_latest;
#[cfg(target_has_atomic = "64")]
mod sync_mutex;
#[cfg(target_has_atomic = "64")]
mod sync_status;
