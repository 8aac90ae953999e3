//! A builder that creates and opens segments.
//!
//! A segment with contents is created with the marker mode, filled while it is attached, and then published: it gets
//! the requested mode while it is still attached, so that no process can reclaim it in between.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use sysv_ipc::{Errno, Mode, ShmGetFlags, ShmId};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::Opened;
use crate::init::{self, Bounds, Found, InitWait, MARKER, refuse_private};
use crate::key::{self, Key};
use crate::limits::{self, Reached};
use crate::shm::{Attachment, KIND, SharedMemory};
use crate::system;

/// The initial contents of a new segment.
#[derive(Clone)]
enum Contents<'init> {
    /// Zeros, as the kernel provides them.
    Zeros,
    Byte(u8),
    /// An initialiser, which the clones of a builder share.
    Initialiser(Rc<RefCell<Initialiser<'init>>>),
}

type Initialiser<'init> =
    dyn FnMut(&Attachment) -> std::result::Result<(), InitialiserError> + 'init;

/// The error of an initialiser.
type InitialiserError = Box<dyn std::error::Error + Send + Sync>;

/// Creates or opens a segment. Returned by [`SharedMemory::builder`](crate::SharedMemory::builder).
///
/// The last method of the chain decides:
///
/// | method | the segment | the same, returned attached |
/// |---|---|---|
/// | [`create`](Self::create) | must not exist yet | [`create_attached`](Self::create_attached) |
/// | [`open`](Self::open) | must exist | |
/// | [`create_or_open`](Self::create_or_open) | is opened if it exists, or else created; the result says which | [`create_or_open_attached`](Self::create_or_open_attached) |
/// | [`create_replacing`](Self::create_replacing) | is created; one that has the key is removed first | [`create_replacing_attached`](Self::create_replacing_attached) |
/// | [`create_unique`](Self::create_unique) | is created with a free key, drawn at random | [`create_unique_attached`](Self::create_unique_attached) |
/// | [`create_private`](Self::create_private) | is created without a key | [`create_private_attached`](Self::create_private_attached) |
///
/// With [`fill`](Self::fill), [`init`](Self::init) or [`init_with`](Self::init_with), a process that opens the segment
/// through this crate waits until it is initialised. If the initialisation fails or panics, the segment is removed.
///
/// A clone creates further segments with the same settings.
///
/// # Where the kernel removes unused segments
///
/// With Linux's setting `kernel.shm_rmid_forced=1`, the kernel removes a segment with its last attachment, and a
/// segment that was never attached with the thread that created it. The methods that return no attachment then fail
/// with [`is_unsupported`](Error::is_unsupported); those that return one work. A thread that creates segments notices a
/// change of the setting within a second, or when a segment that it has filled is gone.
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
#[derive(Clone)]
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
pub struct SharedMemoryBuilder<'init> {
    size: Option<usize>,
    mode: Mode,
    contents: Contents<'init>,
    huge_pages: Option<HugePages>,
    no_reserve: bool,
    wait_for_creator: InitWait,
    reclaim_abandoned: bool,
}

impl<'init> SharedMemoryBuilder<'init> {
    pub(crate) fn new() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder {
            size: None,
            mode: Mode::OWNER,
            contents: Contents::Zeros,
            huge_pages: None,
            no_reserve: false,
            wait_for_creator: InitWait::DEFAULT,
            reclaim_abandoned: false,
        }
    }

    /// Sets the size in bytes, from 1 to `i64::MAX` and to the system's limit; the default is one page. For an existing
    /// segment it is the minimum size; by default, any size is accepted.
    pub fn size(self, bytes: usize) -> Self {
        SharedMemoryBuilder {
            size: Some(bytes),
            ..self
        }
    }

    /// Sets the permission bits of a new segment, regardless of the umask; the default is [`Mode::OWNER`], 0600.
    ///
    /// 0610 is an error: it marks an uninitialised segment.
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

    /// Initialises the bytes of a new segment: `initialiser` gets a buffer of zeros of the segment's size, which is
    /// then copied into the segment. To avoid the second copy in memory for a large segment, use
    /// [`init_with`](Self::init_with).
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let memory = SharedMemory::builder()
    ///     .size(8)
    ///     .init(|bytes| bytes[..4].copy_from_slice(b"cats"))
    ///     .create_unique()?;
    /// let memory = RemoveOnDrop::new(memory);
    /// assert_eq!(memory.attach()?.read_to_vec(..)?, b"cats\0\0\0\0");
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn init(self, mut initialiser: impl FnMut(&mut [u8]) + 'init) -> Self {
        self.init_with(move |attachment| {
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

    /// Initialises a new segment in place. All bytes are zero before.
    ///
    /// The initialiser runs once for each segment that is created. If it returns an error, the creating method returns
    /// an error of the kind [`Initialiser`](crate::ErrorKind::Initialiser) with that error as its source.
    pub fn init_with(
        self,
        initialiser: impl FnMut(&Attachment) -> std::result::Result<(), InitialiserError> + 'init,
    ) -> Self {
        SharedMemoryBuilder {
            contents: Contents::Initialiser(Rc::new(RefCell::new(initialiser))),
            ..self
        }
    }

    /// Uses huge pages for a new segment. Linux; elsewhere creating fails with
    /// [`is_unsupported`](crate::Error::is_unsupported).
    ///
    /// Creating fails if the system has no huge pages of the size (`InvalidArgument`), not enough of them
    /// (`OutOfMemory`), or denies them to this user (`NotOwner`).
    ///
    /// The combination with [`no_reserve`](Self::no_reserve) is an error: the pages would be allocated only at the
    /// first write, and SIGBUS would end the process if none were left.
    #[doc(alias = "SHM_HUGETLB")]
    pub fn huge_pages(self, size: HugePages) -> Self {
        SharedMemoryBuilder {
            huge_pages: Some(size),
            ..self
        }
    }

    /// Reserves no swap space for a new segment: a write may raise a signal when memory is exhausted. Linux; without
    /// effect elsewhere.
    #[doc(alias = "SHM_NORESERVE")]
    pub fn no_reserve(self, no_reserve: bool) -> Self {
        SharedMemoryBuilder { no_reserve, ..self }
    }

    /// Sets the maximum time that a call waits for another process to initialise the segment; the default is ten
    /// seconds.
    pub fn wait_for_creator(self, wait: impl Into<InitWait>) -> Self {
        SharedMemoryBuilder {
            wait_for_creator: wait.into(),
            ..self
        }
    }

    /// Makes [`create_or_open`](Self::create_or_open) remove and recreate a segment whose creator died before it
    /// initialised the segment. Otherwise such a segment is an error.
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

/// The methods that create or open a segment.
impl SharedMemoryBuilder<'_> {
    /// Creates a segment with this key, which must be free.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if the key is in use;
    /// [`is_limit_reached`](Error::is_limit_reached) if a limit of the system is reached;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a size of 0 or beyond the system's limit, for the mode
    /// 0610, for huge pages together with `no_reserve`, and for [`Key::PRIVATE`];
    /// [`is_unsupported`](Error::is_unsupported) where the kernel removes unused segments (see above), and for a
    /// segment with contents in a user namespace that has no mapping of its owner: the kernel then does not permit
    /// setting its mode.
    #[doc(alias("IPC_CREX", "IPC_EXCL", "create_memory"))]
    pub fn create(self, key: impl Into<Key>) -> Result<SharedMemory> {
        self.make(named(key.into())?)
    }

    /// Creates a segment with this key, and returns it together with an attachment that exists from the creation on.
    ///
    /// ```
    /// use sysv_wrapper::SharedMemory;
    ///
    /// let (memory, attached) = SharedMemory::builder().size(100).create_unique_attached()?;
    /// attached.remove_when_detached()?;
    /// assert_eq!(memory.status()?.attach_count(), 1);
    /// attached.write_at(b"norwegian", 0)?;
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`SharedMemory::attach`]; then no segment is left behind.
    pub fn create_attached(self, key: impl Into<Key>) -> Result<(SharedMemory, Attachment)> {
        self.make_attached(named(key.into())?)
    }

    /// Creates a segment with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except that the key is in use.
    #[doc(alias = "create_memory")]
    pub fn create_unique(self) -> Result<SharedMemory> {
        key::unique(|key| self.make(key))
    }

    /// Creates a segment with a free key, drawn at random, and returns it together with an attachment.
    ///
    /// # Errors
    ///
    /// As [`create_attached`](Self::create_attached), except that the key is in use.
    pub fn create_unique_attached(self) -> Result<(SharedMemory, Attachment)> {
        key::unique(|key| self.make_attached(key))
    }

    /// Creates a segment without a key: other processes open it by its id.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<SharedMemory> {
        self.make(Key::PRIVATE)
    }

    /// Creates a segment without a key, and returns it together with an attachment.
    ///
    /// # Errors
    ///
    /// As [`create_attached`](Self::create_attached), except that the key is in use.
    pub fn create_private_attached(self) -> Result<(SharedMemory, Attachment)> {
        self.make_attached(Key::PRIVATE)
    }

    /// Opens the segment with this key. Waits if another process is initialising it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the key; [`Mismatch`](crate::ErrorKind::Mismatch) if it
    /// is smaller than the [`size`](Self::size) that was set; [`is_abandoned`](Error::is_abandoned) if its creator died
    /// before it initialised the segment; [`is_timed_out`](Error::is_timed_out) if its creator took too long.
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

    /// Opens the segment with this key, or creates it. Of several processes that do this at the same time, one creates
    /// it, and the others wait until it is initialised.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`open`](Self::open), except `is_already_exists` and `is_not_found`.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<SharedMemory>> {
        self.make_or_open(key.into(), |key| self.make(key), Ok)
    }

    /// Opens the segment with this key, or creates it, and returns it together with an attachment.
    ///
    /// # Errors
    ///
    /// As [`create_or_open`](Self::create_or_open) and [`SharedMemory::attach`].
    pub fn create_or_open_attached(
        self,
        key: impl Into<Key>,
    ) -> Result<Opened<(SharedMemory, Attachment)>> {
        let attach = |memory: SharedMemory| memory.attach().map(|attachment| (memory, attachment));
        self.make_or_open(key.into(), |key| self.make_attached(key), attach)
    }

    /// Creates a segment with this key, after removing the segment that has it.
    ///
    /// Processes that have the old segment attached keep it, and are not notified.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if this user may not remove the old
    /// one.
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = named(key.into())?;
        let remove = || SharedMemory::remove_key(key);
        init::create_replacing(Subject::keyed(KIND, key), || self.make(key), remove)
    }

    /// Creates a segment with this key, after removing the segment that has it, and returns the new segment together
    /// with an attachment.
    ///
    /// # Errors
    ///
    /// As [`create_replacing`](Self::create_replacing) and [`SharedMemory::attach`].
    pub fn create_replacing_attached(
        self,
        key: impl Into<Key>,
    ) -> Result<(SharedMemory, Attachment)> {
        let key = named(key.into())?;
        let remove = || SharedMemory::remove_key(key);
        init::create_replacing(
            Subject::keyed(KIND, key),
            || self.make_attached(key),
            remove,
        )
    }

    fn make_or_open<T>(
        &self,
        key: Key,
        make: impl Fn(Key) -> Result<T>,
        open: impl Fn(SharedMemory) -> Result<T>,
    ) -> Result<Opened<T>> {
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        init::create_or_open(
            subject,
            &Bounds::new(self.wait_for_creator),
            self.reclaim_abandoned
                .then_some(&|id| handle::remove(subject, id)),
            |bounds| wait_for(key, bounds),
            || make(key),
            |id| existing(key, id, self.size).and_then(&open),
        )
    }

    /// Creates a segment exclusively, and leaves it without an attachment.
    fn make(&self, key: Key) -> Result<SharedMemory> {
        let subject = Subject::keyed(KIND, key);
        self.check(subject)?;
        if system::shm_rmid_forced_lately() {
            return Err(rmid_forced(subject));
        }
        if matches!(self.contents, Contents::Zeros) {
            return self.get(key, self.mode);
        }
        let (memory, attachment) = self.make_attached(key)?;
        let memory = RemoveOnDrop::within_call(memory);
        attachment.detach()?;
        match sysv_ipc::shmctl_stat(memory.id()) {
            Err(errno @ (Errno::EINVAL | Errno::EIDRM)) => Err(match system::shm_rmid_forced() {
                Some(false) => handle::error("create", memory.subject(), errno),
                _ => rmid_forced(memory.subject()),
            }),
            _ => Ok(memory.keep()),
        }
    }

    /// Creates a segment exclusively, and attaches it.
    fn make_attached(&self, key: Key) -> Result<(SharedMemory, Attachment)> {
        self.check(Subject::keyed(KIND, key))?;
        // Where the kernel removes unused segments, it would remove a segment that an opener attaches and detaches
        // before this process has attached it. So the segment is published only after that.
        let is_hidden =
            !matches!(self.contents, Contents::Zeros) || system::shm_rmid_forced_lately();
        let memory = self.get(key, if is_hidden { MARKER } else { self.mode })?;
        let memory = RemoveOnDrop::within_call(memory);
        let attachment = memory.attach()?;
        self.initialise(&attachment)
            .map_err(|source| Error::initialiser(memory.subject(), source))?;
        if is_hidden {
            self.publish(&memory)?;
        }
        Ok((memory.keep(), attachment))
    }

    /// Creates a segment exclusively, with this mode.
    fn get(&self, key: Key, mode: Mode) -> Result<SharedMemory> {
        let subject = Subject::keyed(KIND, key);
        let size = self.size.unwrap_or_else(crate::page_size);
        let flags = self.flags(subject)?;
        let id = sysv_ipc::shmget(key.into(), size, flags, mode)
            .map_err(|errno| self.refused(subject, errno, size))?;
        Ok(SharedMemory { id, key: Some(key) })
    }

    /// Creates the error of a creation that the kernel refused: it names the limit that is reached, or else the size or
    /// the huge pages.
    #[cold]
    fn refused(&self, subject: Subject, errno: Errno, size: usize) -> Error {
        let error = limits::explain(subject, errno, size);
        let is_limit =
            || errno == Errno::EINVAL && Reached::after_invalid(subject.kind, size).is_some();
        let because = match errno {
            Errno::EINVAL if i64::try_from(size).is_err() && !is_limit() => {
                return error.because(format!(
                    "the size is {size} bytes, and no segment can have more than {}",
                    i64::MAX
                ));
            }
            _ if self.huge_pages.is_none() => return error,
            Errno::ENOMEM => {
                "there are not enough free huge pages for it; vm.nr_hugepages says how many the system sets aside"
            }
            Errno::EPERM => {
                "this user may not take huge pages: that needs CAP_IPC_LOCK, or membership in the group that \
                 vm.hugetlb_shm_group names"
            }
            Errno::EINVAL if !is_limit() => {
                "this system has no huge pages of that size; /sys/kernel/mm/hugepages lists those that it has"
            }
            _ => return error,
        };
        error.because(because)
    }

    /// Returns an error for settings that the kernel would misinterpret, refuse without a reason, or punish with a
    /// signal later.
    fn check(&self, subject: Subject) -> Result<()> {
        const OPERATION: &str = "create";
        let refuse = |because: &str| Err(Error::argument(OPERATION, subject, because));
        if self.size == Some(0) {
            return refuse("the size is 0, and must be at least 1");
        }
        if self.huge_pages.is_some() && self.no_reserve {
            return refuse(
                "huge pages that are not reserved are taken at the first write, which ends with SIGBUS if there are \
                 none; ask for `huge_pages` or `no_reserve`, not for both",
            );
        }
        init::check_mode(OPERATION, subject, self.mode)
    }

    /// Returns the flags; an error for a flag that the platform lacks.
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

    fn initialise(&self, attachment: &Attachment) -> std::result::Result<(), InitialiserError> {
        match &self.contents {
            Contents::Zeros => Ok(()),
            Contents::Byte(byte) => Ok(attachment.fill(.., *byte)?),
            Contents::Initialiser(initialiser) => match initialiser.try_borrow_mut() {
                Ok(mut initialiser) => initialiser(attachment),
                Err(_) => Err("the initialiser uses a clone of its own builder".into()),
            },
        }
    }

    /// Sets the requested mode of an initialised, attached segment.
    fn publish(&self, memory: &SharedMemory) -> Result<()> {
        memory
            .set_mode(self.mode)
            .map_err(|error| match error.kind() {
                ErrorKind::Unsupported | ErrorKind::InvalidArgument => unpublishable(&error),
                _ => error,
            })?;
        // Setting the mode succeeds for a segment that was removed but is still attached.
        match memory.status() {
            Ok(status) if status.marked_for_removal() => {
                Err(Error::call("create", memory.subject(), Errno::EIDRM))
            }
            Err(error) if error.is_removed() => Err(error),
            _ => Ok(()),
        }
    }
}

/// Returns an error for the key that names no segment.
fn named(key: Key) -> Result<Key> {
    refuse_private("create", Subject::keyed(KIND, key)).map(|()| key)
}

/// Creates the error of a creation where the kernel removes unused segments.
#[cold]
fn rmid_forced(subject: Subject) -> Error {
    let because = "kernel.shm_rmid_forced is 1, so the kernel removes a segment with its last attachment, or with the \
                   thread that created it";
    Error::of_kind(ErrorKind::Unsupported, "create", subject, because).with_remedy(
        "`create_attached` and the like keep it attached; `sysctl kernel.shm_rmid_forced=0` changes the setting",
    )
}

/// Creates the error of an initialised segment whose mode the kernel refuses to set.
#[cold]
fn unpublishable(error: &Error) -> Error {
    let because = "in this user namespace its owner or group has no mapping, so the kernel refuses to change its mode, \
                   which would publish it once it is initialised";
    let subject = Subject {
        kind: KIND,
        key: error.key(),
        id: error.id(),
    };
    let unpublishable = Error::of_kind(ErrorKind::Unsupported, "create", subject, because)
        .with_remedy("create it without contents, and write them once it is attached");
    match error.errno() {
        Some(errno) => unpublishable.with_errno(errno),
        None => unpublishable,
    }
}

/// Waits until the segment with this key is initialised.
fn wait_for(key: Key, bounds: &Bounds) -> Result<Option<Found>> {
    let state = |id| init::segment_state(key, ShmId::from_raw(id));
    init::wait_for(KIND, key, bounds, state)
}

/// Returns the handle of an existing segment, if it is large enough.
fn existing(key: Key, id: i32, wanted: Option<usize>) -> Result<SharedMemory> {
    let found = SharedMemory {
        id: ShmId::from_raw(id),
        key: Some(key),
    };
    let Some(wanted) = wanted else {
        return Ok(found);
    };
    // The kernel compares the sizes without a permission check.
    match sysv_ipc::shmget(key.into(), wanted, ShmGetFlags::empty(), Mode::NONE) {
        Ok(same) if same == found.id => Ok(found),
        // It was removed, and another segment has its key.
        Ok(_) => Err(Error::call("open", found.subject(), Errno::ENOENT)),
        Err(Errno::EINVAL) => {
            // Find the size also for a user who may write but not read.
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

/// The size of the huge pages of a segment. Huge pages need fewer TLB entries, which helps segments of many megabytes.
///
/// The administrator reserves huge pages; most systems have none. The memory of such a segment is rounded up to whole
/// huge pages, but its reported size is not.
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
    /// 2 to this power, 1 to 63, in bytes.
    #[doc(alias = "SHM_HUGE_SHIFT")]
    Log2(u8),
}

#[cfg(sysv = "SHM_HUGETLB")]
impl HugePages {
    /// Returns the flags of `shmget`.
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
    /// Returns an error: the platform has no huge pages.
    pub(crate) fn flags(self, subject: Subject) -> Result<ShmGetFlags> {
        let because = "this platform has no huge pages for segments";
        Err(Error::unsupported("create", subject, because))
    }
}

#[cfg(test)]
mod tests {
    //! Segments that are removed between two checks.

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
