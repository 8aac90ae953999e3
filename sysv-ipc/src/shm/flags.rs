//! The flags of `shmget` and `shmat`.

use core::ffi::c_int;

bitflags::bitflags! {
    /// Flags of [`shmget`](crate::shmget). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct ShmGetFlags: c_int {
        /// Create the segment if the key is not in use.
        #[doc(alias = "IPC_CREAT")]
        const CREAT = sysv_sys::IPC_CREAT;
        /// With `CREAT`: fail with `EEXIST` if the key is in use.
        #[doc(alias = "IPC_EXCL")]
        const EXCL = sysv_sys::IPC_EXCL;
        /// Use huge pages, of the default size unless combined with [`ShmGetFlags::huge_page_size`].
        #[doc(alias = "SHM_HUGETLB")]
        #[cfg(sysv = "SHM_HUGETLB")]
        const HUGETLB = sysv_sys::SHM_HUGETLB;
        /// Do not reserve swap space.
        #[doc(alias = "SHM_NORESERVE")]
        #[cfg(sysv = "SHM_NORESERVE")]
        const NORESERVE = sysv_sys::SHM_NORESERVE;
        const _ = !0;
    }

    /// Flags of [`shmat`](crate::shmat). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct ShmAtFlags: c_int {
        /// Map for reading only; writing raises a fault.
        #[doc(alias = "SHM_RDONLY")]
        const RDONLY = sysv_sys::SHM_RDONLY;
        /// Round the address down to a multiple of SHMLBA.
        #[doc(alias = "SHM_RND")]
        const RND = sysv_sys::SHM_RND;
        /// Replace an existing mapping at the address.
        #[doc(alias = "SHM_REMAP")]
        #[cfg(sysv = "SHM_REMAP")]
        const REMAP = sysv_sys::SHM_REMAP;
        /// Allow code in the segment to be executed.
        #[doc(alias = "SHM_EXEC")]
        #[cfg(sysv = "SHM_EXEC")]
        const EXEC = sysv_sys::SHM_EXEC;
        const _ = !0;
    }
}

#[cfg(sysv = "SHM_HUGETLB")]
impl ShmGetFlags {
    /// Returns the bits that select huge pages of `1 << log2` bytes, for use with [`HUGETLB`](ShmGetFlags::HUGETLB): 21
    /// for 2 MiB, 30 for 1 GiB. The kernel uses the low six bits of `log2`.
    ///
    /// ```
    /// use sysv_ipc::ShmGetFlags;
    ///
    /// let flags = ShmGetFlags::HUGETLB | ShmGetFlags::huge_page_size(21);
    /// assert_eq!(flags.bits(), 0o4000 | 21 << 26);
    /// ```
    #[doc(alias("SHM_HUGE_2MB", "SHM_HUGE_1GB", "SHM_HUGE_SHIFT"))]
    pub const fn huge_page_size(log2: u8) -> ShmGetFlags {
        let bits = (log2 as c_int & sysv_sys::HUGETLB_FLAG_ENCODE_MASK)
            << sysv_sys::HUGETLB_FLAG_ENCODE_SHIFT;
        ShmGetFlags::from_bits_retain(bits)
    }
}
