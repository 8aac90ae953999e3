//! The limits at the beginning of a table of NetBSD's and OpenBSD's `kern.sysvipc_info`.

use super::slots::{Plain, read};
use crate::msg::MsgLimits;
use crate::sem::SemLimits;
use crate::shm::ShmLimits;

// SAFETY: integers.
unsafe impl Plain for sysv_sys::shminfo {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::seminfo {}
// SAFETY: integers.
unsafe impl Plain for sysv_sys::msginfo {}

/// Returns the limits on segments from the bytes that [`sysctl`](crate::sysctl) wrote for
/// [`SHM_TABLE`](super::SHM_TABLE); `None` if they are too few.
#[doc(alias = "shminfo")]
pub fn shm_table_limits(table: &[u8]) -> Option<ShmLimits> {
    read(table).map(ShmLimits)
}

/// Returns the limits on sets from the bytes that [`sysctl`](crate::sysctl) wrote for
/// [`SEM_TABLE`](super::SEM_TABLE); `None` if they are too few.
#[doc(alias = "seminfo")]
pub fn sem_table_limits(table: &[u8]) -> Option<SemLimits> {
    read(table).map(SemLimits)
}

/// Returns the limits on queues from the bytes that [`sysctl`](crate::sysctl) wrote for
/// [`MSG_TABLE`](super::MSG_TABLE); `None` if they are too few.
#[doc(alias = "msginfo")]
pub fn msg_table_limits(table: &[u8]) -> Option<MsgLimits> {
    read(table).map(MsgLimits)
}

/// Returns the slots, which follow the limits; empty if the table is too short.
pub(super) fn after_limits(table: &[u8], limits: usize) -> &[u8] {
    table.get(limits..).unwrap_or_default()
}
