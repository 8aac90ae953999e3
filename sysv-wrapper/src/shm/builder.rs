//! How segments are created and opened.

use std::fmt;

use sysv_ipc::{Errno, Mode, ShmGetFlags, ShmId};

use crate::error::{Error, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::Opened;
use crate::init::{self, Bounds, Found, InitWait, MARKER, refuse_private};
use crate::key::{self, Key};
use crate::limits::{self, Reached};
use crate::shm::{Attachment, KIND, SharedMemory};

/// What a new segment is filled with.
pub(crate) enum Fill<'init> {
    /// Zeros, as the kernel gives them.
    Zeros,
    Byte(u8),
    #[allow(clippy::type_complexity, reason = "it stands here only")]
    Initialiser(Box<dyn FnOnce(&Attachment) -> std::result::Result<(), Source> + 'init>),
    /// The initialiser has run, and cannot run again.
    Spent,
}

/// What an initialiser fails with.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

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
    pub(crate) size: Option<usize>,
    pub(crate) mode: Mode,
    pub(crate) contents: Fill<'init>,
    pub(crate) huge_pages: Option<HugePages>,
    #[cfg_attr(
        not(sysv = "SHM_NORESERVE"),
        allow(dead_code, reason = "without effect on this system")
    )]
    pub(crate) no_reserve: bool,
    pub(crate) wait_for_creator: InitWait,
    pub(crate) reclaim_abandoned: bool,
}

impl<'init> SharedMemoryBuilder<'init> {
    pub(crate) fn new() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder {
            size: None,
            mode: Mode::OWNER,
            contents: Fill::Zeros,
            huge_pages: None,
            no_reserve: false,
            wait_for_creator: InitWait::DEFAULT,
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
            contents: Fill::Byte(byte),
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
            contents: Fill::Initialiser(Box::new(initialiser)),
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
    pub fn wait_for_creator(self, wait: impl Into<InitWait>) -> Self {
        SharedMemoryBuilder {
            wait_for_creator: wait.into(),
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

/// The verbs.
impl SharedMemoryBuilder<'_> {
    /// Makes a segment with this key, which must be free.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if the key is in use;
    /// [`is_limit_reached`](Error::is_limit_reached) if there is no room;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a size of 0 or beyond the system's limit, for
    /// the mode 0610, and for [`Key::PRIVATE`].
    #[doc(alias("IPC_CREX", "IPC_EXCL", "create_memory"))]
    pub fn create(mut self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Makes a segment with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "create_memory")]
    pub fn create_unique(mut self) -> Result<SharedMemory> {
        key::unique(|key| self.make(key))
    }

    /// Makes a segment without a key: others find it by its id only.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(mut self) -> Result<SharedMemory> {
        self.make(Key::PRIVATE)
    }

    /// Finds the segment with this key. If it is being filled, waits.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if it is smaller than the [`size`](Self::size) that was set;
    /// [`is_abandoned`](Error::is_abandoned) if the creator died before the segment was filled;
    /// [`is_timed_out`](Error::is_timed_out) if the creator took too long.
    #[doc(alias = "getshmid")]
    pub fn open(self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        match wait_for(key, &Bounds::new(self.wait_for_creator))? {
            None => Err(Error::call("open", subject, Errno::ENOENT)),
            Some(Found::Ready(id)) => existing(key, id, self.size),
            Some(Found::Abandoned(id, creator)) => {
                Err(Error::abandoned("open", subject.with_id(id), creator))
            }
        }
    }

    /// Finds the segment with this key, or makes it. Of several processes that do this at once, one makes it,
    /// and the others wait until it is filled.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create) and [`open`](Self::open), but that the key is in use or that it is
    /// not.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(mut self, key: impl Into<Key>) -> Result<Opened<SharedMemory>> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        let wanted = self.size;
        init::create_or_open(
            subject,
            &Bounds::new(self.wait_for_creator),
            self.reclaim_abandoned
                .then_some(&|id| handle::remove(subject, id)),
            |bounds| wait_for(key, bounds),
            || self.make(key),
            |id| existing(key, id, wanted),
        )
    }

    /// Makes a segment with this key; one that has it is removed first.
    ///
    /// Those who have the old one attached keep it, and do not notice.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if the old one may not
    /// be removed.
    pub fn create_replacing(mut self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        init::create_replacing(
            Subject::keyed(KIND, key),
            || self.make(key),
            || SharedMemory::remove_key(key),
        )
    }

    /// Makes a segment exclusively and fills it. An initialiser runs at most once, when the segment has been
    /// made.
    fn make(&mut self, key: Key) -> Result<SharedMemory> {
        let subject = Subject::keyed(KIND, key);
        let size = self.size.unwrap_or_else(crate::page_size);
        self.check(subject, size)?;
        let contents_later = !matches!(self.contents, Fill::Zeros);
        let mode = if contents_later { MARKER } else { self.mode };
        let flags = self.flags(subject)?;
        let id = sysv_ipc::shmget(key.into(), size, flags, mode).map_err(|errno| {
            match self.huge_pages {
                Some(_) => huge_pages_refused(subject, errno, size),
                None => limits::explain(subject, errno, size),
            }
        })?;
        let made = SharedMemory { id, key: Some(key) };
        if !contents_later {
            return Ok(made);
        }
        let made = RemoveOnDrop::new(made);
        self.initialise(&made)?;
        made.set_mode(self.mode)?;
        Ok(made.keep())
    }

    /// Refuses what the kernel would take for something else, or refuse without a reason.
    fn check(&self, subject: Subject, size: usize) -> Result<()> {
        if size == 0 {
            let because = "the size is 0, and must be at least 1";
            return Err(Error::argument("create", subject, because));
        }
        if self.mode == MARKER {
            let because =
                "the mode is 0610, which stands for a segment in the making; any other will do";
            return Err(Error::argument("create", subject, because));
        }
        Ok(())
    }

    /// The flags that not every platform has.
    fn flags(&self, subject: Subject) -> Result<ShmGetFlags> {
        let mut flags = match self.huge_pages {
            Some(size) => size.flags(subject)?,
            None => ShmGetFlags::empty(),
        };
        #[cfg(sysv = "SHM_NORESERVE")]
        if self.no_reserve {
            flags |= ShmGetFlags::NORESERVE;
        }
        flags |= ShmGetFlags::CREAT | ShmGetFlags::EXCL;
        Ok(flags)
    }

    fn initialise(&mut self, made: &SharedMemory) -> Result<()> {
        let attachment = made.attach()?;
        let fail = |source| Error::initialiser(made.subject(), source);
        match self.contents {
            Fill::Zeros => return Ok(()),
            Fill::Byte(byte) => return attachment.fill(.., byte),
            Fill::Initialiser(_) | Fill::Spent => {}
        }
        match std::mem::replace(&mut self.contents, Fill::Spent) {
            Fill::Initialiser(initialiser) => initialiser(&attachment).map_err(fail),
            _ => Err(fail(SPENT.into())),
        }
    }
}

/// Finds the segment with this key, once it is filled.
fn wait_for(key: Key, bounds: &Bounds) -> Result<Option<Found>> {
    let state = |id| init::segment_state(key, ShmId::from_raw(id));
    init::wait_for(KIND, key, bounds, state)
}

/// The handle of a segment that was there, if it is large enough.
fn existing(key: Key, id: i32, wanted: Option<usize>) -> Result<SharedMemory> {
    let found = SharedMemory {
        id: ShmId::from_raw(id),
        key: Some(key),
    };
    let Some(wanted) = wanted else {
        return Ok(found);
    };
    // The kernel compares, without asking for access.
    match sysv_ipc::shmget(key.into(), wanted, ShmGetFlags::empty(), Mode::NONE) {
        Ok(same) if same == found.id => Ok(found),
        // It was removed, and another one has its key.
        Ok(_) => Err(Error::call("open", found.subject(), Errno::ENOENT)),
        Err(Errno::EINVAL) => {
            // Who may write but not read may be told nevertheless.
            let size = found
                .size()
                .ok()
                .or_else(|| crate::system::any_segment(found.id).map(|stat| stat.segsz()));
            let size = size.map_or("fewer".to_owned(), |size| size.to_string());
            let because = format!("it has {size} bytes, and {wanted} were asked for");
            Err(Error::mismatch("open", found.subject(), because))
        }
        Err(errno) => Err(Error::call("open", found.subject(), errno)),
    }
}

const SPENT: &str = "the segment that it had filled was taken for abandoned and removed, and nobody has made \
                     another one";

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
    pub(crate) fn flags(self, subject: Subject) -> Result<ShmGetFlags> {
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
    pub(crate) fn flags(self, subject: Subject) -> Result<ShmGetFlags> {
        let because = "this platform has no huge pages for segments";
        Err(Error::unsupported("create", subject, because))
    }
}

/// The error of a creation that asked for huge pages: what the kernel refuses is about them, unless a limit
/// stands in the way.
#[cold]
pub(crate) fn huge_pages_refused(subject: Subject, errno: Errno, size: usize) -> Error {
    let error = limits::explain(subject, errno, size);
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

#[cfg(test)]
mod tests {
    //! Segments that go between two looks.

    use super::{SharedMemory, existing};
    use crate::handle::RemoveOnDrop;

    #[test]
    fn the_size_is_that_of_the_segment_that_was_found() {
        let made = SharedMemory::builder().size(100).create_unique();
        let made = RemoveOnDrop::new(made.unwrap());
        let (key, id) = (made.key().unwrap(), made.id().as_raw());
        assert_eq!(existing(key, id, Some(100)).unwrap(), *made);
        let other = existing(key, id + 1, Some(100)).unwrap_err();
        assert!(other.is_not_found(), "{other}");
    }
}
