//! The platform's declarations for System V shared memory, semaphore sets and message queues.
//!
//! This crate declares and decides nothing: its functions are those of `<sys/shm.h>`, `<sys/sem.h>`
//! and `<sys/msg.h>`, its types and constants those of the headers, and each call is `unsafe` for
//! the reasons that its manual page gives. `sysv-ipc` is the typed and safe form of the same calls,
//! `sysv-wrapper` the comfortable one.
//!
//! # Where the declarations come from
//!
//! bindgen makes them from this machine's headers where libclang can be loaded. Where it cannot, the
//! file that comes with this crate for the target is taken; [`BINDINGS_SOURCE`] says which it was.
//! The environment variable `SYSV_SYS_BINDINGS` overrides: `generate`, `bundled`, or the path of a
//! file. Without the feature `buildtime-bindgen` (on by default) bindgen is not compiled at all.
//!
//! # What differs per platform
//!
//! Facts that no declaration shows are found by compiling tiny C files for the target, and stand
//! here as constants. Direct dependents have them in their build scripts too, as `DEP_SYSV_KEY_MEMBER`,
//! `DEP_SYSV_UNION_SEMUN`, `DEP_SYSV_SEMTIMEDOP`, `DEP_SYSV_BINDINGS_SOURCE`, and one
//! `DEP_SYSV_<NAME>` of `true` or `false` for each command and flag beyond POSIX, such as
//! `DEP_SYSV_SHM_STAT_ANY`.
//!
//! ```
//! // The key of a segment, whatever this platform calls the member.
//! let perm = sysv_sys::ipc_perm::default();
//! assert_eq!(perm.key(), sysv_sys::IPC_PRIVATE);
//! ```
#![no_std]

mod bindings {
    //! bindgen's output, as it is.
    #![allow(
        missing_docs,
        non_camel_case_types,
        non_snake_case,
        non_upper_case_globals,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        clippy::undocumented_unsafe_blocks,
        clippy::multiple_unsafe_ops_per_block
    )]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

#[cfg(target_os = "macos")]
mod ipcs;

pub use bindings::*;
#[cfg(target_os = "macos")]
pub use ipcs::*;

include!(concat!(env!("OUT_DIR"), "/facts.rs"));

impl ipc_perm {
    /// The key that the object was made with; [`IPC_PRIVATE`] for a private object, and on Linux
    /// for a removed segment that is still attached.
    #[must_use]
    pub const fn key(&self) -> key_t {
        key_member!(self)
    }

    /// The sequence number that is part of the object's id.
    #[must_use]
    pub const fn seq(&self) -> core::ffi::c_uint {
        seq_member!(self) as core::ffi::c_uint
    }
}

impl msqid_ds {
    /// How many bytes of text are on the queue, whatever this platform calls the member.
    #[must_use]
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_lossless,
        reason = "the member's type differs per platform"
    )]
    pub const fn cbytes(&self) -> u64 {
        cbytes_member!(self) as u64
    }
}
