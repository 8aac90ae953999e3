//! What a segment is to be like. The verbs, which then make or find it, are in `create`.

use std::fmt;
use std::time::Duration;

use sysv_ipc::{Errno, Mode};

use super::{Attachment, HugePages};

/// What a new segment is filled with.
pub(super) enum Contents<'init> {
    /// Zeros, as the kernel gives them.
    Zeros,
    Byte(u8),
    #[allow(clippy::type_complexity, reason = "it stands here only")]
    Initialiser(Box<dyn FnOnce(&Attachment) -> std::result::Result<(), Source> + 'init>),
    /// The initialiser has run, and cannot run again.
    Spent,
}

/// What an initialiser fails with.
pub(super) type Source = Box<dyn std::error::Error + Send + Sync>;

/// A segment to be made, or found. Made by [`SharedMemory::builder`](crate::SharedMemory::builder).
///
/// The verb at the end decides:
///
/// | verb | meaning |
/// |---|---|
/// | [`create`](Self::create) | it must not exist yet |
/// | [`open`](Self::open) | it must exist |
/// | [`create_or_open`](Self::create_or_open) | either, and it tells which |
/// | [`create_replacing`](Self::create_replacing) | what has the key is removed first |
/// | [`create_unique`](Self::create_unique) | with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | without a key |
///
/// With [`fill`](Self::fill), [`init`](Self::init) or [`init_with`](Self::init_with), nobody who opens the
/// segment through this crate sees it before that is done. If it fails or panics, the segment is removed.
///
/// ```
/// use sysv_wrapper::{Mode, RemoveOnDrop, SharedMemory};
///
/// let memory = SharedMemory::builder().size(1000).mode(Mode::GROUP).fill(b'-').create_unique()?;
/// let memory = RemoveOnDrop::new(memory);
///
/// let key = memory.key().unwrap();
/// let found = SharedMemory::builder().size(500).create_or_open(key)?;
/// assert!(!found.is_created());
/// assert_eq!(found.handle().size()?, 1000);
/// assert!(SharedMemory::builder().size(1001).open(key).is_err());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
pub struct SharedMemoryBuilder<'init> {
    pub(super) size: Option<usize>,
    pub(super) mode: Mode,
    pub(super) contents: Contents<'init>,
    pub(super) huge_pages: Option<HugePages>,
    #[cfg_attr(
        not(sysv = "SHM_NORESERVE"),
        allow(dead_code, reason = "without effect on this system")
    )]
    pub(super) no_reserve: bool,
    pub(super) wait_for_creator: Duration,
    pub(super) reclaim_abandoned: bool,
}

impl<'init> SharedMemoryBuilder<'init> {
    pub(super) fn new() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder {
            size: None,
            mode: Mode::OWNER,
            contents: Contents::Zeros,
            huge_pages: None,
            no_reserve: false,
            wait_for_creator: Duration::from_secs(10),
            reclaim_abandoned: false,
        }
    }

    /// The size in bytes, at least 1; one page if it is not set. For a segment that exists: the least size
    /// that it must have; any size will do if it is not set.
    pub fn size(self, bytes: usize) -> Self {
        SharedMemoryBuilder {
            size: Some(bytes),
            ..self
        }
    }

    /// The permission bits of a new segment, whatever the umask; [`Mode::OWNER`], 0600, if it is not set.
    /// 0610 stands for a segment in the making, and is refused.
    #[doc(alias("perm", "permissions"))]
    pub fn mode(self, mode: Mode) -> Self {
        SharedMemoryBuilder { mode, ..self }
    }

    /// Sets every byte of a new segment.
    #[doc(alias = "init_character")]
    pub fn fill(self, byte: u8) -> Self {
        SharedMemoryBuilder {
            contents: Contents::Byte(byte),
            ..self
        }
    }

    /// Sets the bytes of a new segment: `initialiser` is given as many zeros as the segment is long, and what
    /// it makes of them is copied into the segment. For one so large that it should not stand in memory twice,
    /// use [`init_with`](Self::init_with).
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let memory = SharedMemory::builder()
    ///     .size(8)
    ///     .init(|bytes| bytes[..4].copy_from_slice(b"cats"))
    ///     .create_private()?;
    /// let memory = RemoveOnDrop::new(memory);
    /// assert_eq!(memory.attach()?.read_to_vec(..)?, b"cats\0\0\0\0");
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn init(self, initialiser: impl FnOnce(&mut [u8]) + 'init) -> Self {
        self.init_with(|attachment| {
            let mut bytes = Vec::new();
            bytes
                .try_reserve_exact(attachment.len())
                .map_err(|_| Errno::ENOMEM)?;
            bytes.resize(attachment.len(), 0);
            initialiser(&mut bytes);
            attachment.write_at(&bytes, 0)?;
            Ok(())
        })
    }

    /// Sets up a new segment in place. Its bytes are zero before.
    ///
    /// An error of the initialiser is an error of the verb, of the kind
    /// [`Initialiser`](crate::ErrorKind::Initialiser), with the initialiser's as its source.
    pub fn init_with(
        self,
        initialiser: impl FnOnce(&Attachment) -> std::result::Result<(), Source> + 'init,
    ) -> Self {
        SharedMemoryBuilder {
            contents: Contents::Initialiser(Box::new(initialiser)),
            ..self
        }
    }

    /// Takes huge pages. Linux; elsewhere creating is then
    /// [`is_unsupported`](crate::Error::is_unsupported).
    ///
    /// Where there are none of the size, not enough, or not for this user, creating fails with the kind that
    /// the kernel's answer has (`InvalidArgument`, `OutOfMemory`, `NotOwner`) and a text that says which.
    #[doc(alias = "SHM_HUGETLB")]
    pub fn huge_pages(self, size: HugePages) -> Self {
        SharedMemoryBuilder {
            huge_pages: Some(size),
            ..self
        }
    }

    /// Does not reserve swap space: writing may then fail with a signal when memory is short. Linux; without
    /// effect elsewhere.
    #[doc(alias = "SHM_NORESERVE")]
    pub fn no_reserve(self, no_reserve: bool) -> Self {
        SharedMemoryBuilder { no_reserve, ..self }
    }

    /// How long to wait for another process that is filling the segment; ten seconds if it is not set.
    /// When one that was abandoned is replaced meanwhile, the time starts anew, once.
    pub fn wait_for_creator(self, time: Duration) -> Self {
        SharedMemoryBuilder {
            wait_for_creator: time,
            ..self
        }
    }

    /// With [`create_or_open`](Self::create_or_open): removes a segment whose creator died before it was
    /// filled, and makes it anew. Otherwise such a segment is an error.
    pub fn reclaim_abandoned(self, reclaim: bool) -> Self {
        SharedMemoryBuilder {
            reclaim_abandoned: reclaim,
            ..self
        }
    }
}

impl fmt::Debug for SharedMemoryBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemoryBuilder")
            .field("size", &self.size)
            .field("mode", &self.mode)
            .field("wait_for_creator", &self.wait_for_creator)
            .field("reclaim_abandoned", &self.reclaim_abandoned)
            .finish_non_exhaustive()
    }
}
