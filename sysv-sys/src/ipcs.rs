//! macOS: the structures of `kern.sysv.ipcs`, which no SDK declares.
//!
//! They follow `bsd/sys/ipcs.h`, `shm_internal.h` and `sem_internal.h` of Apple's published kernel (xnu). The
//! command carries a version, and the kernel compares the requested length with the size of its own structure: it
//! refuses a request of another version or size (`EINVAL`, `ERANGE`) and writes nothing.
#![allow(
    non_camel_case_types,
    reason = "C's names, as in the generated declarations"
)]

use core::ffi::{c_int, c_void};

/// The request that `sysctlbyname("kern.sysv.ipcs.…")` reads, and writes back.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct IPCS_command {
    /// [`IPCS_MAGIC`].
    pub ipcs_magic: c_int,
    /// The operation, such as [`IPCS_SHM_CONF`].
    pub ipcs_op: c_int,
    /// Slot of the kernel's table at which the search begins; written back as one past the slot that was found.
    pub ipcs_cursor: c_int,
    /// Size of the structure at `ipcs_data`.
    pub ipcs_datalen: c_int,
    /// The address that the kernel writes the structure to.
    pub ipcs_data: *mut c_void,
}

/// The version of [`IPCS_command`], the only one so far.
pub const IPCS_MAGIC: c_int = 0x0000_0001;
/// Reads [`shminfo`].
pub const IPCS_SHM_CONF: c_int = 0x0000_0001;
/// Reads the next segment, as [`shmid_ds`](crate::shmid_ds).
pub const IPCS_SHM_ITER: c_int = 0x0000_0002;
/// Reads [`seminfo`].
pub const IPCS_SEM_CONF: c_int = 0x0000_0010;
/// Reads the next set, as [`semid_ds`](crate::semid_ds).
pub const IPCS_SEM_ITER: c_int = 0x0000_0020;
/// Reads [`msginfo`](crate::msginfo).
pub const IPCS_MSG_CONF: c_int = 0x0000_0100;
/// Reads the next queue, as [`msqid_ds`](crate::msqid_ds).
pub const IPCS_MSG_ITER: c_int = 0x0000_0200;

/// The limits on segments.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct shminfo {
    /// Maximum size of a segment.
    pub shmmax: i64,
    /// Minimum size of a segment.
    pub shmmin: i64,
    /// Maximum number of segments.
    pub shmmni: i64,
    /// Maximum number of segments attached by one process.
    pub shmseg: i64,
    /// Maximum number of pages of all segments.
    pub shmall: i64,
}

/// The limits on sets. The kernel writes the size of its tables to the members that can be set by sysctl.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct seminfo {
    /// Unused.
    pub semmap: c_int,
    /// Number of sets that the kernel has room for.
    pub semmni: c_int,
    /// Number of semaphores that the kernel has room for.
    pub semmns: c_int,
    /// Number of undo structures that the kernel has room for.
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

const _: () = {
    use core::mem::offset_of;

    assert!(size_of::<IPCS_command>() == 16 + size_of::<usize>());
    assert!(offset_of!(IPCS_command, ipcs_magic) == 0);
    assert!(offset_of!(IPCS_command, ipcs_op) == 4);
    assert!(offset_of!(IPCS_command, ipcs_cursor) == 8);
    assert!(offset_of!(IPCS_command, ipcs_datalen) == 12);
    assert!(offset_of!(IPCS_command, ipcs_data) == 16);
    assert!(size_of::<shminfo>() == 40 && offset_of!(shminfo, shmall) == 32);
    assert!(size_of::<seminfo>() == 40 && offset_of!(seminfo, semopm) == 20);
    assert!(offset_of!(seminfo, semvmx) == 32 && offset_of!(seminfo, semaem) == 36);
};
