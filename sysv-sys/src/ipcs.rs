//! macOS: the structures of `kern.sysv.ipcs`, which no SDK declares.
//!
//! They follow `bsd/sys/ipcs.h`, `shm_internal.h` and `sem_internal.h` of Apple's published kernel (xnu). The
//! command carries a version, and the kernel compares the requested length with the size of its own structure: it
//! refuses a request of another version or size (`EINVAL`, `ERANGE`) and writes nothing.
#![allow(
    missing_docs,
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
    /// Where the kernel writes the structure.
    pub ipcs_data: *mut c_void,
}

/// The version of [`IPCS_command`], the only one so far.
pub const IPCS_MAGIC: c_int = 0x0000_0001;
pub const IPCS_SHM_CONF: c_int = 0x0000_0001;
pub const IPCS_SHM_ITER: c_int = 0x0000_0002;
pub const IPCS_SEM_CONF: c_int = 0x0000_0010;
pub const IPCS_SEM_ITER: c_int = 0x0000_0020;
pub const IPCS_MSG_CONF: c_int = 0x0000_0100;
pub const IPCS_MSG_ITER: c_int = 0x0000_0200;

/// The limits on segments.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct shminfo {
    pub shmmax: i64,
    pub shmmin: i64,
    pub shmmni: i64,
    pub shmseg: i64,
    pub shmall: i64,
}

/// The limits on sets. The kernel writes the size of its tables to the members that can be set by sysctl.
#[derive(Debug, Copy, Clone)]
#[repr(C)]
pub struct seminfo {
    pub semmap: c_int,
    pub semmni: c_int,
    pub semmns: c_int,
    pub semmnu: c_int,
    pub semmsl: c_int,
    pub semopm: c_int,
    pub semume: c_int,
    pub semusz: c_int,
    pub semvmx: c_int,
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
