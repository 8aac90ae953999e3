//! Models of the protocols by which processes meet: every interleaving of a few processes, with a crash before every step.
//! Each is right with all its guards, and goes wrong without any one of them.
//!
//! The first comment of each module is the specification of the code in `init`, `key_file` and `sync`.

#![allow(
    clippy::struct_excessive_bools,
    clippy::too_many_lines,
    clippy::trivially_copy_pass_by_ref,
    reason = "each world is a list of what may happen in it, and the steps of a process read as one table"
)]

mod key_file;
mod search;
mod segment;
mod set;
mod sync_channel;
mod sync_lease;
mod sync_mutex;
mod sync_parking;
