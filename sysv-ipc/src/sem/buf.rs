//! What `semget` and `semop` take: flags, and `sembuf`.

use core::ffi::{c_int, c_short};
use core::fmt;

bitflags::bitflags! {
    /// Flags of [`semget`](crate::semget). Bits without a name here are passed on.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct SemGetFlags: c_int {
        /// Make the set if nobody has the key.
        #[doc(alias = "IPC_CREAT")]
        const CREAT = sysv_sys::IPC_CREAT;
        /// With `CREAT`: fail if somebody has the key.
        #[doc(alias = "IPC_EXCL")]
        const EXCL = sysv_sys::IPC_EXCL;
        const _ = !0;
    }

    /// Flags of one operation of [`semop`](crate::semop). Bits without a name here are passed on.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct SemFlags: c_short {
        /// Fail with `EAGAIN` rather than wait for this operation.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = short(sysv_sys::IPC_NOWAIT);
        /// Have the kernel undo this operation when the process ends.
        #[doc(alias = "SEM_UNDO")]
        const UNDO = short(sysv_sys::SEM_UNDO);
        const _ = !0;
    }
}

/// The value as the 16 bits that it has in `sembuf`.
#[expect(clippy::cast_possible_truncation, reason = "asserted, when compiling")]
const fn short(flag: c_int) -> c_short {
    let flag16 = flag as c_short;
    assert!(flag16 as c_int == flag);
    flag16
}

/// One operation of [`semop`](crate::semop): C's `struct sembuf`.
///
/// ```
/// use sysv_ipc::{SemBuf, SemFlags};
///
/// // Take one from the first semaphore of the set; the kernel gives it back if this process dies.
/// let take = SemBuf::new(0, -1, SemFlags::UNDO);
/// assert_eq!(take.op(), -1);
/// ```
#[doc(alias = "sembuf")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct SemBuf(sysv_sys::sembuf);

impl SemBuf {
    /// Operation `op` on the semaphore `num` of the set, counted from 0.
    ///
    /// A positive `op` adds. A negative one waits until the value is at least as great as its amount, and
    /// subtracts. 0 waits until the value is 0.
    #[inline]
    pub const fn new(num: u16, op: i16, flags: SemFlags) -> SemBuf {
        SemBuf(sysv_sys::sembuf {
            sem_num: num,
            sem_op: op,
            sem_flg: flags.bits(),
        })
    }

    /// Which semaphore of the set.
    #[doc(alias = "sem_num")]
    pub const fn num(&self) -> u16 {
        self.0.sem_num
    }

    /// What to do with it.
    #[doc(alias = "sem_op")]
    pub const fn op(&self) -> i16 {
        self.0.sem_op
    }

    /// Whether to wait, and whether to undo.
    #[doc(alias = "sem_flg")]
    pub const fn flags(&self) -> SemFlags {
        SemFlags::from_bits_retain(self.0.sem_flg)
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
