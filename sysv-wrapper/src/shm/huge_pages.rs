//! Huge pages: which ones a new segment takes, and why it cannot have them.

use sysv_ipc::{Errno, ShmGetFlags};

use crate::error::{Error, Result};
use crate::limit::{self, Reached};
use crate::object::Subject;

/// The size of huge pages, of which a segment can be made: fewer entries in the processor's tables, for
/// segments of many megabytes.
///
/// The system's administrator sets them aside, in most cases none. The memory of such a segment is rounded up
/// to whole huge pages, its size as a number is not.
///
/// ```
/// use sysv_wrapper::{HugePages, RemoveOnDrop, SharedMemory};
///
/// let builder = || SharedMemory::builder().size(2 << 20);
/// let memory = match builder().huge_pages(HugePages::Default).create_private() {
///     Ok(memory) => memory,
///     Err(error) => {
///         println!("{error}; so ordinary pages will do");
///         builder().create_private()?
///     }
/// };
/// let memory = RemoveOnDrop::new(memory);
/// assert_eq!(memory.size()?, 2 << 20);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "SHM_HUGETLB")]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HugePages {
    /// The system's default.
    Default,
    /// 2 MiB.
    #[doc(alias = "SHM_HUGE_2MB")]
    Size2MiB,
    /// 1 GiB.
    #[doc(alias = "SHM_HUGE_1GB")]
    Size1GiB,
    /// Two to this power, in bytes: from 1 to 63.
    #[doc(alias = "SHM_HUGE_SHIFT")]
    Log2(u8),
}

#[cfg(sysv = "SHM_HUGETLB")]
impl HugePages {
    /// What `shmget` is told.
    pub(super) fn flags(self, subject: Subject) -> Result<ShmGetFlags> {
        let log2 = match self {
            HugePages::Default => 0,
            HugePages::Size2MiB => 21,
            HugePages::Size1GiB => 30,
            HugePages::Log2(log2 @ 1..=63) => log2,
            HugePages::Log2(log2) => {
                let because = format!(
                    "the size of huge pages is 2 to the {log2} bytes, and must be 2 to the 1 to 63"
                );
                return Err(Error::argument("create", subject, because));
            }
        };
        Ok(ShmGetFlags::HUGETLB | ShmGetFlags::huge_page_size(log2))
    }
}

#[cfg(not(sysv = "SHM_HUGETLB"))]
impl HugePages {
    /// Refuses.
    pub(super) fn flags(self, subject: Subject) -> Result<ShmGetFlags> {
        let because = "this platform has no huge pages for segments";
        Err(Error::unsupported("create", subject, because))
    }
}

/// The error of a creation that asked for huge pages: what the kernel refuses is about them, unless a limit
/// stands in the way.
#[cold]
pub(super) fn refused(subject: Subject, errno: Errno, size: usize) -> Error {
    let error = limit::explain(subject, errno, size);
    let because = match errno {
        Errno::ENOMEM => {
            "there are not enough free huge pages for it; vm.nr_hugepages says how many the system sets aside"
        }
        Errno::EPERM => {
            "this user may not take huge pages: that needs CAP_IPC_LOCK, or membership in the group that \
             vm.hugetlb_shm_group names"
        }
        Errno::EINVAL if Reached::after_invalid(subject.kind, size).is_none() => {
            "this system has no huge pages of that size; /sys/kernel/mm/hugepages lists those that it has"
        }
        _ => return error,
    };
    error.because(because)
}
