//! The platform's declarations for System V shared memory, semaphore sets and message queues.
//!
//! The functions are those of `<sys/shm.h>`, `<sys/sem.h>` and `<sys/msg.h>`, with the types and constants of the headers.
//! This crate wraps none of them: each call is `unsafe` for the reasons that its manual page gives. `sysv-ipc` wraps the
//! calls in typed and safe functions, `sysv-wrapper` in handles and guards.
//!
//! # Where the declarations come from
//!
//! The build uses the file that this crate bundles for the target. With the feature `buildtime-bindgen`, bindgen generates
//! the declarations from this machine's headers instead, if libclang can be loaded. Targets without a bundled file need
//! the feature. The environment variable `SYSV_SYS_BINDINGS` overrides the choice: `generate`, `bundled`, or the path of
//! a file. [`BINDINGS_SOURCE`] says which one it was.
//!
//! # What differs per platform
//!
//! The build detects facts that no declaration shows by compiling tiny C files for the target, if there is a C compiler for
//! it. If they contradict those that a bundled file records, the build stops. They are constants of this crate. The build scripts of direct dependents get them as `DEP_SYSV_KEY_MEMBER`, `DEP_SYSV_UNION_SEMUN`,
//! `DEP_SYSV_SEMTIMEDOP`, `DEP_SYSV_BINDINGS_SOURCE`, and one `DEP_SYSV_<NAME>` of `true` or `false` for each command
//! and flag beyond POSIX, such as `DEP_SYSV_SHM_STAT_ANY`.
//!
//! ```
//! // The key of a segment, whose member has another name on each platform.
//! let perm = sysv_sys::ipc_perm::default();
//! assert_eq!(perm.key(), sysv_sys::IPC_PRIVATE);
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

mod bindings {
    //! bindgen's output, unmodified.
    #![allow(
        missing_docs,
        unsafe_code,
        non_camel_case_types,
        non_snake_case,
        non_upper_case_globals,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        clippy::undocumented_unsafe_blocks,
        clippy::multiple_unsafe_ops_per_block,
        clippy::allow_attributes_without_reason,
        reason = "generated code"
    )]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

#[cfg(target_os = "macos")]
mod ipcs;
#[cfg(target_os = "openbsd")]
mod sysvipc_info;

pub use bindings::*;
#[cfg(target_os = "macos")]
pub use ipcs::*;
#[cfg(target_os = "openbsd")]
pub use sysvipc_info::*;

include!(concat!(env!("OUT_DIR"), "/facts.rs"));

impl ipc_perm {
    /// Returns the key that the object was created with; [`IPC_PRIVATE`] for a private object, and on Linux also for a
    /// removed segment that is still attached.
    #[must_use]
    pub const fn key(&self) -> key_t {
        key_member!(self)
    }

    /// Returns the sequence number, which is part of the object's id.
    #[must_use]
    pub const fn seq(&self) -> core::ffi::c_uint {
        seq_member!(self) as core::ffi::c_uint
    }
}

impl msqid_ds {
    /// Returns the number of bytes of text on the queue, whose member has another name on each platform.
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

/// Returns the seconds of a time, from `low`, the member of type `time_t`, and `high`, the member for the upper 32
/// bits.
///
/// A 64-bit `time_t` contains the complete time; the second member, which the `semid_ds` of `x86_64` has too, is then
/// unused. A 32-bit `time_t` without a second member (glibc before 2.31) contains the low bits of the kernel's 64,
/// which suffice until 2106.
const fn seconds(low: i64, high: i64) -> i64 {
    if size_of::<time_t>() == 8 {
        low
    } else {
        high << 32 | low & 0xffff_ffff
    }
}

/// Defines methods that return the times of a structure, each from its members.
macro_rules! times {
    ($structure:ident, $high_word:ident: $($(#[doc = $doc:literal])+ $name:ident, $low:ident, $high:ident;)+) => {
        #[allow(
            clippy::unnecessary_cast,
            clippy::cast_lossless,
            clippy::cast_possible_wrap,
            reason = "the members' types differ per platform"
        )]
        impl $structure {$(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = "Seconds since 1970, 0 for never: both halves where the kernel splits them into two members."]
            #[must_use]
            pub const fn $name(&self) -> i64 {
                seconds(self.$low as i64, $high_word!(self, $high))
            }
        )+}
    };
}

times! { shmid_ds, shm_high_word:
    /// Returns the time of the last attach.
    atime, shm_atime, __shm_atime_high;
    /// Returns the time of the last detach.
    dtime, shm_dtime, __shm_dtime_high;
    /// Returns the time of the creation or of the last `IPC_SET`.
    ctime, shm_ctime, __shm_ctime_high;
}

times! { semid_ds, sem_high_word:
    /// Returns the time of the last operation.
    otime, sem_otime, __sem_otime_high;
    /// Returns the time of the creation or of the last `IPC_SET`, `SETVAL` or `SETALL`.
    ctime, sem_ctime, __sem_ctime_high;
}

times! { msqid_ds, msg_high_word:
    /// Returns the time of the last `msgsnd`.
    stime, msg_stime, __msg_stime_high;
    /// Returns the time of the last `msgrcv`.
    rtime, msg_rtime, __msg_rtime_high;
    /// Returns the time of the creation or of the last `IPC_SET`.
    ctime, msg_ctime, __msg_ctime_high;
}
