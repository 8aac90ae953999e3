//! Discovery: lists of all objects, the processes that use them, and orphaned objects.

mod orphans;

pub use orphans::{OrphanCheck, Verdict};

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Deref;
use std::time::SystemTime;

use sysv_ipc::{Errno, MsgId, Ownership, Pid, SemId, ShmId};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::identity::Identity;
use crate::key::Key;
use crate::kind::Kind;
use crate::msg::{MessageQueue, MsgStatus};
use crate::sem::{SemStatus, SemaphoreSet};
use crate::shm::{SharedMemory, ShmStatus};
use crate::system::{self, AttachedProcesses, MemoryUsage, Stat, Table};

/// The status of an object of any kind. Dereferences to its [`Ownership`].
///
/// ```
/// use sysv_wrapper::{Entry, Kind, RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let entry = Entry::inspect(Kind::SharedMemory, memory.id().as_raw())?;
/// assert_eq!(entry.status().as_shm().unwrap().size(), 100);
/// assert_eq!(entry.status().mode().to_string(), "0600");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone)]
pub enum Status {
    /// The status of a segment.
    Shm(ShmStatus),
    /// The status of a semaphore set.
    Sem(SemStatus),
    /// The status of a message queue.
    Msg(MsgStatus),
}

impl Status {
    fn new(stat: Stat) -> Status {
        match stat {
            Stat::Shm(stat) => Status::Shm(ShmStatus::new(stat)),
            Stat::Sem(stat) => Status::Sem(SemStatus::new(stat)),
            Stat::Msg(stat) => Status::Msg(MsgStatus::new(stat)),
        }
    }

    /// Returns the kind of the object.
    pub fn kind(&self) -> Kind {
        match self {
            Status::Shm(_) => Kind::SharedMemory,
            Status::Sem(_) => Kind::SemaphoreSet,
            Status::Msg(_) => Kind::MessageQueue,
        }
    }

    /// Returns the status of a segment; `None` for another kind.
    pub fn as_shm(&self) -> Option<&ShmStatus> {
        match self {
            Status::Shm(status) => Some(status),
            _ => None,
        }
    }

    /// Returns the status of a semaphore set; `None` for another kind.
    pub fn as_sem(&self) -> Option<&SemStatus> {
        match self {
            Status::Sem(status) => Some(status),
            _ => None,
        }
    }

    /// Returns the status of a message queue; `None` for another kind.
    pub fn as_msg(&self) -> Option<&MsgStatus> {
        match self {
            Status::Msg(status) => Some(status),
            _ => None,
        }
    }

    /// Returns owner, creator and mode.
    pub fn ownership(&self) -> &Ownership {
        match self {
            Status::Shm(status) => status.ownership(),
            Status::Sem(status) => status.ownership(),
            Status::Msg(status) => status.ownership(),
        }
    }

    /// Returns when the object was created, or its owner, mode or the like last changed.
    pub fn change_time(&self) -> Option<SystemTime> {
        match self {
            Status::Shm(status) => status.change_time(),
            Status::Sem(status) => status.change_time(),
            Status::Msg(status) => status.change_time(),
        }
    }

    /// Returns the latest time that the kernel recorded: of a change, an attachment, an operation or a message.
    pub fn last_time(&self) -> Option<SystemTime> {
        let times = match self {
            Status::Shm(status) => [status.attach_time(), status.detach_time()],
            Status::Sem(status) => [status.operation_time(), None],
            Status::Msg(status) => [status.send_time(), status.receive_time()],
        };
        times.into_iter().flatten().chain(self.change_time()).max()
    }

    /// Returns the process that created a segment; `None` for the other kinds, whose creator the kernel does not record.
    pub fn creator_pid(&self) -> Option<Pid> {
        self.as_shm()?.creator_pid()
    }

    /// Returns whether no process has the segment attached, or no message is on the queue; `None` for sets, whose
    /// status does not show use.
    pub fn is_empty(&self) -> Option<bool> {
        match self {
            Status::Shm(status) => Some(status.attach_count() == 0),
            Status::Sem(_) => None,
            Status::Msg(status) => Some(status.messages() == 0),
        }
    }
}

impl Deref for Status {
    type Target = Ownership;

    fn deref(&self) -> &Ownership {
        self.ownership()
    }
}

/// An object of a listing: its id, its key, and its status at the time of the listing.
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let entry = MessageQueue::inspect(queue.id())?;
/// assert_eq!(entry.message_queue().unwrap(), *queue);
/// assert_eq!(entry.status().as_msg().unwrap().messages(), 0);
///
/// entry.remove_if_unchanged()?;
/// assert!(entry.refresh().unwrap_err().is_removed());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone)]
pub struct Entry {
    id: i32,
    identity: Identity,
    status: Status,
}

impl Entry {
    fn new(id: i32, stat: Stat) -> Entry {
        Entry {
            id,
            identity: Identity::of(&stat),
            status: Status::new(stat),
        }
    }

    /// Lists all objects of a kind, including those of other users, as far as the kernel shows them. The iterator reads
    /// one object at a time and stores none.
    ///
    /// The listing may miss an object that is created or removed while it runs. [`Listing::inaccessible`] counts the
    /// objects that this user may not see.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system has no such list.
    ///
    /// # Examples
    ///
    /// See [`Listing`].
    #[doc(alias("ipcs", "lsipc", "SHM_STAT_ANY", "SEM_STAT_ANY", "MSG_STAT_ANY"))]
    pub fn list(kind: Kind) -> Result<Listing> {
        let tables = match kind {
            Kind::SharedMemory => system::segments().map(Tables::Shm),
            Kind::SemaphoreSet => system::sets().map(Tables::Sem),
            Kind::MessageQueue => system::queues().map(Tables::Msg),
        };
        tables
            .map(|tables| Listing { kind, tables })
            .map_err(|errno| Error::call("list or find", Subject::of(kind), errno))
    }

    /// Returns the object of this kind and id, including one that this user may not read.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no such object exists;
    /// [`is_permission_denied`](Error::is_permission_denied) where the system shows a user only objects that the user
    /// may read.
    pub fn inspect(kind: Kind, id: i32) -> Result<Entry> {
        let stat = Stat::of_any(kind, id).map_err(|errno| {
            let error = Error::call("inspect", Subject::of(kind).with_id(id), errno);
            match errno {
                Errno::EINVAL | Errno::EIDRM => error.with_kind(ErrorKind::NotFound),
                _ => error,
            }
        })?;
        Ok(Entry::new(id, stat))
    }

    /// Returns the object of this kind that has the key, without listing all objects.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn inspect_key(kind: Kind, key: impl Into<Key>) -> Result<Entry> {
        let key = key.into();
        let id = system::find(kind, key)
            .map_err(|errno| Error::call("inspect", Subject::keyed(kind, key), errno))?;
        Entry::inspect(kind, id)
    }

    /// Returns the kind of the object.
    pub fn kind(&self) -> Kind {
        self.status.kind()
    }

    /// Returns the number of the kernel's id.
    #[doc(alias("shmid", "semid", "msqid"))]
    pub fn raw_id(&self) -> i32 {
        self.id
    }

    /// Returns the key; [`Key::PRIVATE`] for an object without one, and on Linux for a segment that was removed and is
    /// still attached.
    pub fn key(&self) -> Key {
        self.identity.key
    }

    /// Returns the status at the time of the listing.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Returns a handle of a segment; `None` for another kind. Makes no system call.
    pub fn shared_memory(&self) -> Option<SharedMemory> {
        (self.kind() == Kind::SharedMemory)
            .then(|| SharedMemory::from_parts(ShmId::from_raw(self.id), Some(self.key())))
    }

    /// Returns a handle of a set; `None` for another kind. Makes no system call.
    pub fn semaphore_set(&self) -> Option<SemaphoreSet> {
        (self.kind() == Kind::SemaphoreSet)
            .then(|| SemaphoreSet::from_parts(SemId::from_raw(self.id), Some(self.key())))
    }

    /// Returns a handle of a queue; `None` for another kind. Makes no system call.
    pub fn message_queue(&self) -> Option<MessageQueue> {
        (self.kind() == Kind::MessageQueue)
            .then(|| MessageQueue::from_parts(MsgId::from_raw(self.id), Some(self.key())))
    }

    /// Determines whether the object is still in use. For many objects, use one [`OrphanCheck`], which caches facts
    /// about processes.
    pub fn verdict(&self) -> Verdict {
        OrphanCheck::new().judge(self)
    }

    /// Returns the same object with its current status.
    ///
    /// The kernel reuses an id some time after its object was removed. To detect that, this compares the key, the
    /// creator, the time of the last change and, for segments, the creating process. A change of the object itself (its
    /// mode, its owner or, for sets, a value that was set) counts as another object too.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed) if no object has the id;
    /// [`Mismatch`](ErrorKind::Mismatch) if another object has it, or the object was changed.
    pub fn refresh(&self) -> Result<Entry> {
        let subject = self.subject();
        let stat = Stat::of_any(self.kind(), self.id)
            .map_err(|errno| handle::error("inspect", subject, errno))?;
        let now = Entry::new(self.id, stat);
        if now.identity == self.identity {
            Ok(now)
        } else {
            let because = "it was changed, or removed and its id given to another object";
            Err(Error::mismatch("go on with", subject, because))
        }
    }

    /// Removes the object if it is unchanged, which it checks immediately before as [`refresh`](Self::refresh) does.
    ///
    /// The kernel has no conditional removal. Between the check and the removal the object can change, and a process
    /// can begin to use it. Its id cannot be reused in that time unless some four million objects are created.
    ///
    /// # Errors
    ///
    /// As [`refresh`](Self::refresh); [`NotOwner`](ErrorKind::NotOwner) if this user is neither owner nor creator nor
    /// privileged. After an error, nothing was removed.
    #[doc(alias("IPC_RMID", "ipcrm"))]
    pub fn remove_if_unchanged(&self) -> Result<()> {
        self.refresh()?;
        handle::remove(self.subject(), self.id)
    }

    fn subject(&self) -> Subject {
        Subject::keyed(self.kind(), self.key()).with_id(self.id)
    }
}

/// An iterator of [`Entry`] over all objects of one kind, which reads one object at a time and stores none. Returned by
/// [`Entry::list`], and by `list` of [`SharedMemory`], [`SemaphoreSet`] and [`MessageQueue`].
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let mut segments = SharedMemory::list()?;
/// let found = segments.find(|entry| entry.raw_id() == memory.id().as_raw()).unwrap();
/// assert_eq!(found.status().as_shm().unwrap().size(), 100);
/// assert_eq!(segments.inaccessible(), 0);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the kernel is asked when the iterator is"]
pub struct Listing {
    kind: Kind,
    tables: Tables,
}

/// The kernel's table of one kind.
enum Tables {
    Shm(Table<sysv_ipc::ShmStat>),
    Sem(Table<sysv_ipc::SemStat>),
    Msg(Table<sysv_ipc::MsgStat>),
}

impl Listing {
    /// Returns the number of objects so far that the system did not show to this user. Always 0 on Linux 4.17 and
    /// later, unless a security module denies access.
    pub fn inaccessible(&self) -> u64 {
        match &self.tables {
            Tables::Shm(table) => table.inaccessible(),
            Tables::Sem(table) => table.inaccessible(),
            Tables::Msg(table) => table.inaccessible(),
        }
    }
}

impl Iterator for Listing {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let (id, stat) = match &mut self.tables {
            Tables::Shm(table) => table.next().map(|(id, stat)| (id, Stat::Shm(stat))),
            Tables::Sem(table) => table.next().map(|(id, stat)| (id, Stat::Sem(stat))),
            Tables::Msg(table) => table.next().map(|(id, stat)| (id, Stat::Msg(stat))),
        }?;
        Some(Entry::new(id, stat))
    }
}

impl FusedIterator for Listing {}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("kind", &self.kind)
            .field("inaccessible", &self.inaccessible())
            .finish_non_exhaustive()
    }
}

/// Discovery.
impl SharedMemory {
    /// Lists all segments: [`Entry::list`].
    ///
    /// # Errors
    ///
    /// As [`Entry::list`].
    #[doc(alias("ipcs", "lsipc"))]
    pub fn list() -> Result<Listing> {
        Entry::list(Kind::SharedMemory)
    }

    /// Returns the segment with this id: [`Entry::inspect`].
    ///
    /// # Errors
    ///
    /// As [`Entry::inspect`].
    pub fn inspect(id: impl Into<ShmId>) -> Result<Entry> {
        Entry::inspect(Kind::SharedMemory, id.into().as_raw())
    }

    /// Returns the processes that have the segment attached.
    ///
    /// On Linux this searches the mappings of every process in `/proc`, which takes time in proportion to the number of
    /// processes. It skips processes of other ipc namespaces, whose segments can have the same ids.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not record the processes, and on Linux if
    /// `/proc` is missing or belongs to another pid namespace.
    #[doc(alias = "lsof")]
    pub fn attached_processes(&self) -> Result<AttachedProcesses> {
        let (mut processes, inaccessible) = system::attached(self.id()).map_err(|because| {
            Error::unsupported("look for users of", handle::subject(self), because)
        })?;
        processes.sort_by_key(|attached| attached.process.pid);
        let attach_count = match Stat::of_any(Kind::SharedMemory, self.id().as_raw()) {
            Ok(Stat::Shm(stat)) => Some(stat.nattch()),
            _ => None,
        };
        Ok(AttachedProcesses {
            processes,
            inaccessible,
            attach_count,
        })
    }

    /// Returns the amounts of the segment that are in memory and swapped out, in whole pages.
    ///
    /// On Linux this searches `/proc/sysvipc/shm`, which takes time in proportion to the number of segments.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not record the usage;
    /// [`is_removed`](Error::is_removed) if the segment is gone.
    #[doc(alias("rss", "swap"))]
    pub fn memory_usage(&self) -> Result<MemoryUsage> {
        const OPERATION: &str = "look up the memory of";
        let subject = handle::subject(self);
        match system::memory_usage(self.id()) {
            Ok(Some(usage)) => Ok(usage),
            Ok(None) => Err(Error::call(OPERATION, subject, Errno::EIDRM)),
            Err(because) => Err(Error::unsupported(OPERATION, subject, because)),
        }
    }
}

/// Discovery.
impl SemaphoreSet {
    /// Lists all sets: [`Entry::list`].
    ///
    /// # Errors
    ///
    /// As [`Entry::list`].
    #[doc(alias("ipcs", "lsipc"))]
    pub fn list() -> Result<Listing> {
        Entry::list(Kind::SemaphoreSet)
    }

    /// Returns the set with this id: [`Entry::inspect`].
    ///
    /// # Errors
    ///
    /// As [`Entry::inspect`].
    pub fn inspect(id: impl Into<SemId>) -> Result<Entry> {
        Entry::inspect(Kind::SemaphoreSet, id.into().as_raw())
    }
}

/// Discovery.
impl MessageQueue {
    /// Lists all queues: [`Entry::list`].
    ///
    /// # Errors
    ///
    /// As [`Entry::list`].
    #[doc(alias("ipcs", "lsipc"))]
    pub fn list() -> Result<Listing> {
        Entry::list(Kind::MessageQueue)
    }

    /// Returns the queue with this id: [`Entry::inspect`].
    ///
    /// # Errors
    ///
    /// As [`Entry::inspect`].
    pub fn inspect(id: impl Into<MsgId>) -> Result<Entry> {
        Entry::inspect(Kind::MessageQueue, id.into().as_raw())
    }
}
