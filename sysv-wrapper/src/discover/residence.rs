//! How much of a segment is in memory.

use super::system;
use crate::error::{Error, ErrorKind, Result};
use crate::remove;
use crate::shm::SharedMemory;

/// How much of a segment is in memory, and how much is swapped out. Made by [`SharedMemory::residence`].
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(1 << 20).create_private()?);
/// match memory.residence() {
///     // Nobody has touched it yet.
///     Ok(residence) => assert_eq!(residence.resident_bytes(), 0),
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Residence {
    pub(super) resident_bytes: u64,
    pub(super) swapped_bytes: u64,
}

impl Residence {
    /// How many bytes are in memory.
    #[doc(alias = "rss")]
    pub fn resident_bytes(&self) -> u64 {
        self.resident_bytes
    }

    /// How many bytes are swapped out.
    #[doc(alias = "swap")]
    pub fn swapped_bytes(&self) -> u64 {
        self.swapped_bytes
    }
}

/// What a segment takes.
impl SharedMemory {
    /// How much of the segment is in memory now, and how much is swapped out, in whole pages.
    ///
    /// On Linux this searches `/proc/sysvipc/shm`, which takes time in proportion to all segments.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell;
    /// [`is_removed`](Error::is_removed) if the segment is gone.
    #[doc(alias("rss", "swap"))]
    pub fn residence(&self) -> Result<Residence> {
        const OPERATION: &str = "look up the memory of";
        let subject = remove::subject(self);
        match system::residence(self.id()) {
            Ok(Some(residence)) => Ok(residence),
            Ok(None) => Err(Error::call(OPERATION, subject, sysv_ipc::Errno::EIDRM)
                .with_kind(ErrorKind::Removed)),
            Err(because) => Err(Error::unsupported(OPERATION, subject, because)),
        }
    }
}
