//! Shared memory segments: the handle.

mod attachment;
mod builder;
mod create;
mod cursor;
mod huge_pages;
mod lock;
mod state;
mod status;

pub use attachment::{AttachOptions, Attachment, ReadOnlyAttachment};
pub use builder::SharedMemoryBuilder;
pub use cursor::Cursor;
pub use huge_pages::HugePages;
pub use status::ShmStatus;

use sysv_ipc::{Mode, ShmAtFlags, ShmId};

use crate::error::{Error, Result};
use crate::key::Key;
use crate::object::{Kind, Object, Subject, sealed};
use crate::remove;

const KIND: Kind = Kind::SharedMemory;

/// A shared memory segment: memory that several processes can attach.
///
/// This is a handle. It names the segment by its id, and owns neither the segment nor a mapping of it: clone
/// it, send it, drop it, and nothing happens to the segment, which lasts until someone removes it. To use
/// the memory, [attach](SharedMemory::attach) it. To have the segment removed with a scope, put the handle
/// into a [`RemoveOnDrop`](crate::RemoveOnDrop).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = SharedMemory::builder().size(4096).fill(b' ').create_unique()?;
/// let memory = RemoveOnDrop::new(memory);
///
/// let attached = memory.attach()?;
/// attached.write_at(b"Mrs. Premise", 100)?;
/// assert_eq!(attached.read_to_vec(99..113)?, b" Mrs. Premise ");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("SharedMemoryHandle", "Memory", "shmget"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedMemory {
    id: ShmId,
    key: Option<Key>,
}

impl SharedMemory {
    /// What the segment is to be like, to be ended with a verb: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing`, `open`.
    pub fn builder<'init>() -> SharedMemoryBuilder<'init> {
        SharedMemoryBuilder::new()
    }

    /// The segment that has this key, whatever its size.
    ///
    /// If its creator is still filling it, waits until that is done, for at most ten seconds
    /// ([`wait_for_creator`](SharedMemoryBuilder::wait_for_creator) sets another time).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`is_abandoned`](Error::is_abandoned) if the creator died before the segment was filled.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
    ///
    /// let made = RemoveOnDrop::new(SharedMemory::builder().size(100).create_unique()?);
    /// let found = SharedMemory::open(made.key().unwrap())?;
    /// assert_eq!(found.id(), made.id());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "getshmid")]
    pub fn open(key: impl Into<Key>) -> Result<SharedMemory> {
        SharedMemory::builder().open(key)
    }

    /// The segment with this id, which another process told.
    ///
    /// An id is given to another object some time after its own was removed: on Linux after some four million
    /// more were made. A segment that this user may not read counts as found; its [`key`](Self::key) is then
    /// `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the id.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::SharedMemory;
    ///
    /// let made = SharedMemory::builder().create_private()?;
    /// let found = SharedMemory::from_id(made.id())?;
    /// found.remove()?;
    /// assert!(SharedMemory::from_id(made.id()).unwrap_err().is_not_found());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn from_id(id: impl Into<ShmId>) -> Result<SharedMemory> {
        let id = id.into();
        let key = KIND.open_id(id.as_raw())?;
        Ok(SharedMemory { id, key })
    }

    /// Whether some segment has this key, also one that this user may not use. [`Key::PRIVATE`] never exists.
    ///
    /// # Errors
    ///
    /// None that is known.
    #[doc(alias = "memory_haskey")]
    pub fn exists(key: impl Into<Key>) -> Result<bool> {
        KIND.exists(key.into())
    }

    /// Removes the segment that has this key.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key; else those of
    /// [`remove`](SharedMemory::remove).
    #[doc(alias = "remove_memory")]
    pub fn remove_key(key: impl Into<Key>) -> Result<()> {
        KIND.remove_key(key.into())
    }

    /// A handle, made without a call.
    pub(crate) fn from_parts(id: ShmId, key: Option<Key>) -> SharedMemory {
        SharedMemory { id, key }
    }

    /// The kernel's id.
    #[doc(alias = "shmid")]
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// The key that the segment was made or found with: [`Key::PRIVATE`] for a private one, `None` where the
    /// handle was made from an id and the kernel did not tell.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// The size in bytes, as the kernel has it.
    ///
    /// # Errors
    ///
    /// Those of [`status`](SharedMemory::status).
    pub fn size(&self) -> Result<usize> {
        self.status().map(|status| status.size())
    }

    /// Maps the segment into this process, for reading and writing.
    ///
    /// Each call makes one more mapping, which goes with its [`Attachment`].
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow both;
    /// [`is_removed`](Error::is_removed) if the segment is gone;
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) if there is no room in the address space.
    #[doc(alias = "shmat")]
    pub fn attach(&self) -> Result<Attachment> {
        self.attach_with(AttachOptions::new())
    }

    /// Maps the segment into this process, for reading only.
    ///
    /// # Errors
    ///
    /// Those of [`attach`](SharedMemory::attach), where the mode only has to allow reading.
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only(&self) -> Result<ReadOnlyAttachment> {
        self.attach_read_only_with(AttachOptions::new())
    }

    /// Maps the segment for reading and writing in a way of the caller's choice.
    ///
    /// # Errors
    ///
    /// Those of [`attach`](SharedMemory::attach), and
    /// [`is_invalid_argument`](Error::is_invalid_argument) for an address that is not aligned, that is in use,
    /// or that rounds to 0.
    #[doc(alias("shmat", "SHM_RND", "SHM_EXEC", "SHM_REMAP"))]
    pub fn attach_with(&self, options: AttachOptions) -> Result<Attachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::empty()).map(Attachment::new)
    }

    /// Maps the segment for reading only in a way of the caller's choice.
    ///
    /// # Errors
    ///
    /// Those of [`attach_with`](SharedMemory::attach_with).
    #[doc(alias("shmat", "SHM_RDONLY"))]
    pub fn attach_read_only_with(&self, options: AttachOptions) -> Result<ReadOnlyAttachment> {
        ReadOnlyAttachment::new(self, options, ShmAtFlags::RDONLY)
    }

    /// Size, owner, mode, times and who is attached, as they are now.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the segment is gone.
    #[doc(alias("IPC_STAT", "shmid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<ShmStatus> {
        sysv_ipc::shmctl_stat(self.id)
            .map(ShmStatus::new)
            .map_err(|errno| Error::on_handle("ask about", self.subject(), errno))
    }

    /// The permission bits, as they are now.
    ///
    /// # Errors
    ///
    /// Those of [`status`](SharedMemory::status).
    #[doc(alias("perm", "permissions"))]
    pub fn mode(&self) -> Result<Mode> {
        self.status().map(|status| status.mode())
    }

    /// Removes the segment.
    ///
    /// Attachments go on working, and the memory goes with the last of them. On Linux the key is free at once.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the segment is gone.
    #[doc(alias("IPC_RMID", "remove_memory", "remove_shared_memory"))]
    pub fn remove(&self) -> Result<()> {
        remove::remove(self.subject(), self.id.as_raw())
    }

    /// What errors say they are about.
    fn subject(&self) -> Subject {
        remove::subject(self)
    }
}

crate::change::setters!(SharedMemory);

impl sealed::Sealed for SharedMemory {}

impl Object for SharedMemory {
    const KIND: Kind = KIND;

    fn raw_id(&self) -> i32 {
        self.id.as_raw()
    }

    fn key(&self) -> Option<Key> {
        self.key
    }

    fn from_raw_id(id: i32) -> Result<SharedMemory> {
        SharedMemory::from_id(id)
    }
}
