//! The limits on segments, and what is used of them.

use crate::discover::limit::Limit;
use crate::object::Kind;

/// The limits on segments, and their use. Made by [`Limits::segments`](crate::Limits::segments).
///
/// ```
/// use sysv_wrapper::{Limits, SharedMemory};
///
/// let limits = Limits::segments()?;
/// if limits.segments() < limits.segments_max() {
///     SharedMemory::builder().create_private()?.remove()?;
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct SegmentLimits {
    pub(in crate::discover) segments_max: u64,
    pub(in crate::discover) size_max: u64,
    pub(in crate::discover) size_min: u64,
    pub(in crate::discover) pages_max: u64,
    pub(in crate::discover) segments: u64,
    pub(in crate::discover) pages: u64,
    pub(in crate::discover) resident_pages: Option<u64>,
    pub(in crate::discover) swapped_pages: Option<u64>,
    pub(in crate::discover) removed_when_unused: Option<bool>,
}

impl SegmentLimits {
    /// SHMMNI: the most segments that there may be.
    #[doc(alias = "SHMMNI")]
    pub fn segments_max(&self) -> u64 {
        self.segments_max
    }

    /// SHMMAX: the most bytes that one segment may have.
    #[doc(alias = "SHMMAX")]
    pub fn size_max(&self) -> u64 {
        self.size_max
    }

    /// SHMMIN: the fewest bytes that one segment may have.
    #[doc(alias = "SHMMIN")]
    pub fn size_min(&self) -> u64 {
        self.size_min
    }

    /// SHMALL: the most pages that all segments together may have, of [`page_size`](crate::page_size) bytes each.
    #[doc(alias = "SHMALL")]
    pub fn pages_max(&self) -> u64 {
        self.pages_max
    }

    /// How many segments there are.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// How many pages they have together, touched or not.
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// How many of these pages are in memory; `None` where the system does not tell.
    pub fn resident_pages(&self) -> Option<u64> {
        self.resident_pages
    }

    /// How many of these pages are swapped out; `None` where the system does not tell.
    pub fn swapped_pages(&self) -> Option<u64> {
        self.swapped_pages
    }

    /// Whether the kernel removes every segment as soon as nobody is attached to it, and those of a process that
    /// ends: Linux's `kernel.shm_rmid_forced`. `None` where the system has no such setting.
    #[doc(alias = "shm_rmid_forced")]
    pub fn removed_when_unused(&self) -> Option<bool> {
        self.removed_when_unused
    }

    /// The same as a list.
    pub fn list(&self) -> [Limit; 4] {
        const KIND: Kind = Kind::SharedMemory;
        let (segments, pages) = (self.segments, self.pages);
        [
            Limit::used_up(
                "SHMMNI",
                KIND,
                "segments",
                "segments",
                self.segments_max,
                segments,
            ),
            Limit::used_up(
                "SHMALL",
                KIND,
                "pages",
                "pages of shared memory",
                self.pages_max,
                pages,
            ),
            Limit::each(
                "SHMMAX",
                KIND,
                "bytes",
                "bytes in one segment",
                self.size_max,
            ),
            Limit::each(
                "SHMMIN",
                KIND,
                "bytes",
                "bytes in one segment at least",
                self.size_min,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    //! Numbers that no system has all at once.

    use super::SegmentLimits;

    #[test]
    fn each_number_has_its_own_name() {
        let limits = SegmentLimits {
            segments_max: 11,
            size_max: 12,
            size_min: 13,
            pages_max: 14,
            segments: 15,
            pages: 16,
            resident_pages: Some(17),
            swapped_pages: Some(18),
            removed_when_unused: None,
        };
        assert_eq!((limits.size_max(), limits.size_min()), (12, 13));
        assert_eq!(
            (limits.resident_pages(), limits.swapped_pages()),
            (Some(17), Some(18))
        );
        let listed = limits.list();
        let listed = listed
            .iter()
            .map(|limit| (limit.name(), limit.value(), limit.used()));
        let expected = [
            ("SHMMNI", 11, Some(15)),
            ("SHMALL", 14, Some(16)),
            ("SHMMAX", 12, None),
            ("SHMMIN", 13, None),
        ];
        assert_eq!(listed.collect::<Vec<_>>(), expected);
    }
}
