//! Models of the protocols by which processes meet: every interleaving of a few processes, with a crash before every
//! step. Each protocol is correct with all its guards, and incorrect without any one of them.
//!
//! The first comment of each module is the specification of the code in `init`, `key_file` and `sync`.

#![allow(
    clippy::struct_excessive_bools,
    clippy::too_many_lines,
    clippy::trivially_copy_pass_by_ref,
    reason = "each environment is a list of flags, and the steps of a process are one table"
)]

mod key_file;
mod search;
mod segment;
mod set;
mod sync_channel;
mod sync_departures;
mod sync_lease;
mod sync_mutex;
mod sync_parking;
