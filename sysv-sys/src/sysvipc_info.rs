//! OpenBSD: what `kern.sysvipc_info` reads. The headers declare it for programs that define `_KERNEL`, as ipcs(1) does;
//! such a program has no declarations of the calls.
#![allow(
    non_camel_case_types,
    reason = "C's names, as in the generated declarations"
)]

use core::ffi::c_int;
use core::mem::offset_of;

use crate::{msqid_ds, semid_ds};

/// The first number of what the kernel reports.
pub const CTL_KERN: c_int = 1;
/// The second number: limits and objects.
pub const KERN_SYSVIPC_INFO: c_int = 51;
/// The third number: [`msg_sysctl_info`].
pub const KERN_SYSVIPC_MSG_INFO: c_int = 1;
/// The third number: [`sem_sysctl_info`].
pub const KERN_SYSVIPC_SEM_INFO: c_int = 2;
/// The third number: [`shm_sysctl_info`](crate::shm_sysctl_info).
pub const KERN_SYSVIPC_SHM_INFO: c_int = 3;
/// The bit in the mode of a segment that was removed and is still attached.
pub const SHMSEG_REMOVED: c_int = 0x0200;

/// The limits on sets.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct seminfo {
    /// Maximum number of sets.
    pub semmni: c_int,
    /// Maximum number of semaphores of all sets.
    pub semmns: c_int,
    /// Maximum number of undo structures.
    pub semmnu: c_int,
    /// Maximum number of semaphores of a set.
    pub semmsl: c_int,
    /// Maximum number of operations of one call.
    pub semopm: c_int,
    /// Maximum number of undo entries of a process.
    pub semume: c_int,
    /// Size of an undo structure.
    pub semusz: c_int,
    /// Maximum value of a semaphore.
    pub semvmx: c_int,
    /// Maximum adjustment by undo.
    pub semaem: c_int,
}

/// The limits on queues.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct msginfo {
    /// Maximum size of a message.
    pub msgmax: c_int,
    /// Maximum number of queues.
    pub msgmni: c_int,
    /// Maximum number of bytes on a queue.
    pub msgmnb: c_int,
    /// Maximum number of messages on all queues.
    pub msgtql: c_int,
    /// Size of a piece of a message.
    pub msgssz: c_int,
    /// Number of pieces.
    pub msgseg: c_int,
}

/// The limits on sets, and the first of the sets.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct sem_sysctl_info {
    /// The limits.
    pub seminfo: seminfo,
    /// The sets, of which there are as many as the limit says.
    pub semids: [semid_ds; 1],
}

/// The limits on queues, and the first of the queues.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct msg_sysctl_info {
    /// The limits.
    pub msginfo: msginfo,
    /// The queues, of which there are as many as the limit says.
    pub msgids: [msqid_ds; 1],
}

const _: () = {
    assert!(size_of::<seminfo>() == 36);
    assert!(size_of::<msginfo>() == 24);
    assert!(
        offset_of!(sem_sysctl_info, semids) == 36_usize.next_multiple_of(align_of::<semid_ds>())
    );
    assert!(offset_of!(msg_sysctl_info, msgids) == 24);
};
