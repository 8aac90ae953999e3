//! The arguments of `semget` and `semop`: flags, and `sembuf`.

use core::ffi::{c_int, c_short};
use core::fmt;
use core::slice;

use crate::raw::conversions;

bitflags::bitflags! {
    /// Flags of [`semget`](crate::semget). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct SemGetFlags: c_int {
        /// Create the set if the key is not in use.
        #[doc(alias = "IPC_CREAT")]
        const CREAT = sysv_sys::IPC_CREAT;
        /// With `CREAT`: fail with `EEXIST` if the key is in use.
        #[doc(alias = "IPC_EXCL")]
        const EXCL = sysv_sys::IPC_EXCL;
        const _ = !0;
    }

    /// Flags of one operation of [`semop`](crate::semop). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct SemFlags: c_short {
        /// Fail with `EAGAIN` instead of waiting for this operation.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = short(sysv_sys::IPC_NOWAIT);
        /// Let the kernel undo this operation when the process ends.
        #[doc(alias = "SEM_UNDO")]
        const UNDO = short(sysv_sys::SEM_UNDO);
        const _ = !0;
    }
}

/// Converts a flag to the 16 bits that it has in `sembuf`.
#[expect(clippy::cast_possible_truncation, reason = "asserted, when compiling")]
const fn short(flag: c_int) -> c_short {
    let flag16 = flag as c_short;
    assert!(flag16 as c_int == flag);
    flag16
}

/// An operation of [`semop`](crate::semop): C's `struct sembuf`, from and to which it converts.
///
/// ```
/// use sysv_ipc::{SemBuf, SemFlags};
///
/// // Subtract one from the first semaphore of the set; the kernel adds it again if this process dies.
/// let take = SemBuf::new(0, -1, SemFlags::UNDO);
/// assert_eq!(take.op(), -1);
/// ```
#[doc(alias = "sembuf")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct SemBuf(sysv_sys::sembuf);

conversions!(SemBuf, sembuf);

impl SemBuf {
    /// Returns the operation `op` on the semaphore `num` of the set, counted from 0.
    ///
    /// A positive `op` is added to the value. A negative one waits until the value is at least its amount, and subtracts
    /// it. 0 waits until the value is 0.
    #[inline]
    pub const fn new(num: u16, op: i16, flags: SemFlags) -> SemBuf {
        SemBuf(sysv_sys::sembuf {
            sem_num: num,
            sem_op: op,
            sem_flg: flags.bits(),
        })
    }

    /// Returns the number of the semaphore in the set.
    #[doc(alias = "sem_num")]
    pub const fn num(&self) -> u16 {
        self.0.sem_num
    }

    /// Returns the number to add, to subtract, or 0.
    #[doc(alias = "sem_op")]
    pub const fn op(&self) -> i16 {
        self.0.sem_op
    }

    /// Returns the flags.
    #[doc(alias = "sem_flg")]
    pub const fn flags(&self) -> SemFlags {
        SemFlags::from_bits_retain(self.0.sem_flg)
    }
}

/// Slices, as [`semop`](crate::semop) takes them, without a copy.
///
/// ```
/// use sysv_ipc::{SemBuf, SemFlags, sysv_sys::sembuf};
///
/// let ops = [SemBuf::new(0, -1, SemFlags::empty()), SemBuf::new(1, 1, SemFlags::NOWAIT)];
/// let raw: &[sembuf] = SemBuf::slice_as_raw(&ops);
/// assert_eq!((raw.len(), raw[0].sem_op), (2, -1));
/// assert_eq!(SemBuf::slice_from_raw(raw)[1].flags(), SemFlags::NOWAIT);
/// ```
impl SemBuf {
    /// Wraps a slice of C's `struct sembuf`.
    #[inline]
    pub const fn slice_from_raw(raw: &[sysv_sys::sembuf]) -> &[SemBuf] {
        // SAFETY: the newtype is transparent, so that the elements are as many, initialised and borrowed likewise.
        unsafe { slice::from_raw_parts(raw.as_ptr().cast::<SemBuf>(), raw.len()) }
    }

    /// Returns a slice of C's `struct sembuf`.
    #[inline]
    pub const fn slice_as_raw(ops: &[SemBuf]) -> &[sysv_sys::sembuf] {
        // SAFETY: the newtype is transparent, so that the elements are as many, initialised and borrowed likewise.
        unsafe { slice::from_raw_parts(ops.as_ptr().cast::<sysv_sys::sembuf>(), ops.len()) }
    }
}

impl fmt::Debug for SemBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemBuf")
            .field("num", &self.num())
            .field("op", &self.op())
            .field("flags", &self.flags())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::{SemBuf, SemFlags};

    #[test]
    fn operations_convert_from_and_to_the_c_structure() {
        let op = SemBuf::new(3, -2, SemFlags::UNDO);
        let raw = sysv_sys::sembuf::from(op);
        assert_eq!((raw.sem_num, raw.sem_op), (3, -2));
        assert_eq!(raw.sem_flg, SemFlags::UNDO.bits());
        let back = SemBuf::from(raw);
        assert_eq!(
            (back.num(), back.op(), back.flags()),
            (3, -2, SemFlags::UNDO)
        );
        let borrowed: &SemBuf = (&raw).into();
        assert!(ptr::eq(borrowed.as_raw(), &raw const raw));
    }

    #[test]
    fn slices_of_operations_convert_without_a_copy() {
        let ops = [0, 1, 2].map(|num| SemBuf::new(num, 1, SemFlags::empty()));
        for ops in [&ops[..], &ops[..1], &[]] {
            let raw = SemBuf::slice_as_raw(ops);
            assert!(ptr::addr_eq(raw, ops));
            assert_eq!(raw.len(), ops.len());
            assert!(ptr::eq(SemBuf::slice_from_raw(raw), ops));
        }
        assert_eq!(SemBuf::slice_as_raw(&ops)[2].sem_num, 2);
    }
}
