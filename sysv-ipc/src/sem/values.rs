//! Memory for the values of a set, whose end the kernel cannot pass.

use core::ffi::c_void;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use core::slice;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::ctl::{semctl_getall, semctl_setall};
use crate::errno::{Errno, Result};
use crate::id::SemId;
use crate::ret;
use crate::shm::page_size;

/// The values of all semaphores of a set, for [`semctl_getall_values`] and [`semctl_setall_values`].
///
/// `semctl` takes no length of the array that the kernel fills or reads, and the id may name a larger set than when its
/// size was looked up. These values end at a page without access, so that the kernel stops there and returns `EFAULT`.
///
/// Allocating up to a page of values usually makes no system call: the process keeps up to four such mappings for the next use.
///
/// ```
/// use sysv_ipc::SemValues;
///
/// let mut values = SemValues::new(3)?;
/// values[1] = 7;
/// assert_eq!(*values, [0, 7, 0]);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias("GETALL", "SETALL"))]
pub struct SemValues {
    /// The first of `length` mapped bytes, of which all but the last page may be read and written.
    mapping: NonNull<u8>,
    length: usize,
    /// The first of `count` values. The last one ends where the page without access begins.
    first: NonNull<u16>,
    count: usize,
}

// SAFETY: the memory is the value's own, as that of a vector is.
unsafe impl Send for SemValues {}

// SAFETY: a shared value gives shared slices only.
unsafe impl Sync for SemValues {}

/// Mappings of two pages that the next values take; null where there is none. Threads, and a value that replaces another one,
/// need several at a time.
static SPARES: [AtomicPtr<u8>; 4] = [const { AtomicPtr::new(ptr::null_mut()) }; 4];

impl SemValues {
    /// Creates `count` zeros.
    ///
    /// # Errors
    ///
    /// `ENOMEM`: out of memory.
    pub fn new(count: usize) -> Result<SemValues> {
        let page = page_size();
        let bytes = count.checked_mul(size_of::<u16>()).ok_or(Errno::ENOMEM)?;
        let length = bytes
            .max(1)
            .checked_next_multiple_of(page)
            .and_then(|bytes| bytes.checked_add(page))
            .ok_or(Errno::ENOMEM)?;
        let spare = if length == 2 * page {
            let mut spares = SPARES.iter();
            spares.find_map(|spare| NonNull::new(spare.swap(ptr::null_mut(), Ordering::Acquire)))
        } else {
            None
        };
        let (mapping, is_new) = match spare {
            Some(mapping) => (mapping, false),
            None => (map(length, page)?, true),
        };
        // SAFETY: the values end at the last page of the mapping.
        let first = unsafe { mapping.add(length - page - bytes) };
        let mut values = SemValues {
            mapping,
            length,
            first: first.cast(),
            count,
        };
        if !is_new {
            values.fill(0);
        }
        Ok(values)
    }

    /// Creates values as a copy of these.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_slice(values: &[u16]) -> Result<SemValues> {
        let mut copy = SemValues::new(values.len())?;
        copy.copy_from_slice(values);
        Ok(copy)
    }
}

/// Maps `length` bytes, of which the last page allows no access.
fn map(length: usize, page: usize) -> Result<NonNull<u8>> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: a new mapping, at an address that the kernel chooses.
    let mapping = unsafe { libc::mmap(ptr::null_mut(), length, access, flags, -1, 0) };
    let mapping = NonNull::new(ret::address(mapping)?).ok_or(Errno::ENOMEM)?;
    let end = mapping.as_ptr().wrapping_byte_add(length - page);
    // SAFETY: the last page of the mapping just made, which nothing refers to.
    match ret::unit(unsafe { libc::mprotect(end, page, libc::PROT_NONE) }) {
        Ok(()) => Ok(mapping.cast()),
        Err(errno) => {
            unmap(mapping.as_ptr(), length);
            Err(errno)
        }
    }
}

fn unmap(mapping: *mut c_void, length: usize) {
    // SAFETY: the callers own the mapping, and use it no more. It cannot fail for a whole mapping.
    unsafe { libc::munmap(mapping, length) };
}

impl Drop for SemValues {
    fn drop(&mut self) {
        let mapping = self.mapping.as_ptr();
        let keep = |spare: &AtomicPtr<u8>| {
            let (release, relaxed) = (Ordering::Release, Ordering::Relaxed);
            let kept = spare.compare_exchange(ptr::null_mut(), mapping, release, relaxed);
            kept.is_ok()
        };
        let is_kept = self.length == 2 * page_size() && SPARES.iter().any(keep);
        if !is_kept {
            unmap(mapping.cast(), self.length);
        }
    }
}

impl Deref for SemValues {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        // SAFETY: `count` values that were mapped as zeros or written since, aligned since they end a page, borrowed with
        // `self`.
        unsafe { slice::from_raw_parts(self.first.as_ptr(), self.count) }
    }
}

impl DerefMut for SemValues {
    fn deref_mut(&mut self) -> &mut [u16] {
        // SAFETY: as for `deref`, and borrowed exclusively.
        unsafe { slice::from_raw_parts_mut(self.first.as_ptr(), self.count) }
    }
}

impl fmt::Debug for SemValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// `semctl(id, 0, GETALL, array)`: reads the values as [`semctl_getall`] does, into memory whose end the kernel cannot
/// pass.
///
/// If the set has fewer semaphores, the values after theirs are unchanged.
///
/// # Errors
///
/// Those of [`semctl_getall`]; `EFAULT`: the set has more semaphores than there are values.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 3, SemGetFlags::CREAT, Mode::OWNER)?;
/// semctl_setall_values(id, &SemValues::from_slice(&[1, 2, 3])?)?;
/// let mut values = SemValues::new(semctl_stat(id)?.nsems())?;
/// semctl_getall_values(id, &mut values)?;
/// assert_eq!(*values, [1, 2, 3]);
/// assert_eq!(semctl_getall_values(id, &mut SemValues::new(2)?), Err(Errno::EFAULT));
/// semctl_rmid(id)?;
/// # Ok::<(), Errno>(())
/// ```
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias = "GETALL")]
#[inline]
pub fn semctl_getall_values(id: SemId, values: &mut SemValues) -> Result<()> {
    // SAFETY: a page without access follows the values. The kernel writes in order, and stops with `EFAULT` there.
    unsafe { semctl_getall(id, values) }
}

/// `semctl(id, 0, SETALL, array)`: sets the values as [`semctl_setall`] does, from memory whose end the kernel cannot
/// pass.
///
/// If the set has fewer semaphores, the rest of the values is ignored.
///
/// # Errors
///
/// Those of [`semctl_setall`]; `EFAULT`: the set has more semaphores than there are values. Linux and FreeBSD then set
/// no value.
///
/// # Examples
///
/// See [`semctl_getall_values`].
///
/// See also: `semctl(2)`, POSIX.1-2024.
#[doc(alias = "SETALL")]
#[inline]
pub fn semctl_setall_values(id: SemId, values: &SemValues) -> Result<()> {
    // SAFETY: a page without access follows the values. The kernel reads in order, and stops with `EFAULT` there.
    unsafe { semctl_setall(id, values) }
}

#[cfg(test)]
mod tests {
    use super::{SemValues, page_size};
    use crate::errno::Errno;

    #[test]
    fn the_last_value_ends_a_page() {
        let page = page_size();
        for count in [0, 1, 3, page / 2 - 1, page / 2, page / 2 + 1, 150_000] {
            let mut values = SemValues::new(count).unwrap();
            assert_eq!(values.len(), count);
            assert_eq!(values.as_ptr_range().end.addr() % page, 0, "{count}");
            assert!(values.iter().all(|value| *value == 0), "{count}");
            values.fill(u16::MAX);
            assert_eq!(*SemValues::from_slice(&values).unwrap(), *values);
        }
        assert_eq!(SemValues::new(usize::MAX / 2).err(), Some(Errno::ENOMEM));
    }

    #[test]
    fn two_at_a_time_are_two() {
        let mut one = SemValues::new(2).unwrap();
        let mut two = SemValues::new(2).unwrap();
        one.fill(1);
        two.fill(2);
        assert_eq!((&*one, &*two), (&[1, 1][..], &[2, 2][..]));
    }
}
