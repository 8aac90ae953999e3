//! What is on this machine: every object of each kind, who uses it, and what is left over.

mod orphans;

use std::fmt::{self, Debug};
use std::iter::FusedIterator;
use std::time::SystemTime;

use sysv_ipc::{Errno, Mode, MsgId, MsgStat, Pid, SemId, SemStat, ShmId, ShmStat};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle::{self, Object};
use crate::inspect::orphans::Traces;
pub use crate::inspect::orphans::{Judge, Orphaned};
use crate::key::Key;
use crate::kind::Kind;
use crate::msg::{MessageQueue, QueueStatus};
use crate::sem::{SemStatus, SemaphoreSet, numbers};
use crate::shm::{SharedMemory, ShmStatus};
use crate::system::{self, AttachedProcesses, Residence, Table};

/// An object as the kernel told of it: one of a [`Listing`](crate::Listing), or what `inspect` found.
///
/// ```
/// use sysv_wrapper::{MessageQueue, RemoveOnDrop};
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// let entry = MessageQueue::inspect(queue.id())?;
/// assert_eq!(entry.handle(), *queue);
/// assert_eq!(entry.status().messages(), 0);
///
/// entry.remove_if_unchanged()?;
/// assert!(entry.refresh().unwrap_err().is_removed());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub struct Entry<H: Listed> {
    id: i32,
    key: Key,
    status: H::Status,
}

impl<H: Listed> Entry<H> {
    pub(crate) fn new(id: i32, stat: H::Stat) -> Entry<H> {
        Entry {
            id,
            key: H::key_in(&stat),
            status: H::status(stat),
        }
    }

    pub(crate) fn find(id: i32) -> Result<Entry<H>> {
        let stat = H::stat(id).map_err(|errno| {
            let error = handle::error("inspect", Subject::of(H::KIND).with_id(id), errno);
            if error.is_removed() {
                error.with_kind(ErrorKind::NotFound)
            } else {
                error
            }
        })?;
        Ok(Entry::new(id, stat))
    }

    /// Which kind of object it is.
    pub fn kind(&self) -> Kind {
        H::KIND
    }

    /// The number of the kernel's id.
    #[doc(alias("shmid", "semid", "msqid"))]
    pub fn raw_id(&self) -> i32 {
        self.id
    }

    /// The key; [`Key::PRIVATE`] for an object that has none, and on Linux for a segment that was removed and is
    /// still attached.
    pub fn key(&self) -> Key {
        self.key
    }

    /// All that the kernel told of it.
    pub fn status(&self) -> &H::Status {
        &self.status
    }

    /// A handle of the object, to do something with it. Makes no call.
    pub fn handle(&self) -> H {
        H::handle(self.id, self.key)
    }

    /// The permission bits.
    pub fn mode(&self) -> Mode {
        self.status.mode()
    }

    /// The owner's user id.
    pub fn uid(&self) -> u32 {
        self.status.uid()
    }

    /// The owner's group id.
    pub fn gid(&self) -> u32 {
        self.status.gid()
    }

    /// The creator's user id.
    pub fn creator_uid(&self) -> u32 {
        self.status.creator_uid()
    }

    /// The creator's group id.
    pub fn creator_gid(&self) -> u32 {
        self.status.creator_gid()
    }

    /// When it was made, or its owner, mode or the like last changed.
    pub fn change_time(&self) -> Option<SystemTime> {
        self.status.change_time()
    }

    /// Whether nobody uses the object any more, and everybody whom the kernel recorded is gone. To judge many, use
    /// one [`Judge`], which remembers processes.
    pub fn orphaned(&self) -> Orphaned {
        Judge::new().judge(self)
    }

    /// The same object as it is now.
    ///
    /// The kernel gives an id to another object some time after its own was removed. What is compared to notice
    /// that: the key, the creator's user and group, the time of the last change, and of segments the creating
    /// process. So a change of the object itself, of its mode, its owner or (of sets) a value that was set, is told
    /// as another object too.
    ///
    /// # Errors
    ///
    /// [`is_removed`](Error::is_removed) if nothing has the id;
    /// [`Mismatch`](ErrorKind::Mismatch) if what has it is another object, or was changed since.
    pub fn refresh(&self) -> Result<Entry<H>> {
        let subject = self.subject();
        let stat = H::stat(self.id).map_err(|errno| handle::error("inspect", subject, errno))?;
        let now = Entry::<H>::new(self.id, stat);
        if now.identity() == self.identity() {
            Ok(now)
        } else {
            let because = "it was changed since, or removed and another one made that got its id";
            Err(Error::mismatch("go on with", subject, because))
        }
    }

    /// Removes the object, if it is still the one that this entry tells of, as [`refresh`](Self::refresh) compares
    /// them right before.
    ///
    /// The kernel knows no removal under a condition. In the moment between the comparison and the removal the
    /// object can change, and be used by somebody; that it goes and its id comes back in that time takes some four
    /// million objects made.
    ///
    /// # Errors
    ///
    /// Those of [`refresh`](Self::refresh), and then nothing was removed;
    /// [`NotOwner`](ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged.
    #[doc(alias("IPC_RMID", "ipcrm"))]
    pub fn remove_if_unchanged(&self) -> Result<()> {
        self.refresh()?;
        handle::remove(self.subject(), self.id)
    }

    fn subject(&self) -> Subject {
        Subject::keyed(H::KIND, self.key).with_id(self.id)
    }

    /// What stays the same as long as it is the same object and nobody changed it.
    fn identity(&self) -> impl PartialEq + use<H> {
        let status = &self.status;
        (
            self.key,
            status.creator_uid(),
            status.creator_gid(),
            status.change_time(),
            status.creator_pid(),
        )
    }
}

impl<H: Listed> Clone for Entry<H> {
    fn clone(&self) -> Entry<H> {
        Entry {
            id: self.id,
            key: self.key,
            status: self.status,
        }
    }
}

impl<H: Listed> fmt::Debug for Entry<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("kind", &H::KIND)
            .field("id", &self.id)
            .field("key", &self.key)
            .field("status", &self.status)
            .finish()
    }
}

/// What the states of all kinds of objects have in common: [`ShmStatus`], [`SemStatus`], [`QueueStatus`].
///
/// ```
/// use sysv_wrapper::{Listed, ObjectStatus, SharedMemory, MessageQueue};
///
/// fn owners<H: Listed>() -> sysv_wrapper::Result<Vec<u32>> {
///     Ok(H::list()?.map(|entry| entry.status().uid()).collect())
/// }
/// println!("{:?} {:?}", owners::<SharedMemory>()?, owners::<MessageQueue>()?);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub trait ObjectStatus: Debug + Copy {
    /// The permission bits.
    fn mode(&self) -> Mode;
    /// The owner's user id.
    fn uid(&self) -> u32;
    /// The owner's group id.
    fn gid(&self) -> u32;
    /// The creator's user id.
    fn creator_uid(&self) -> u32;
    /// The creator's group id.
    fn creator_gid(&self) -> u32;
    /// When it was made, or its owner, mode or the like last changed.
    fn change_time(&self) -> Option<SystemTime>;
    /// The last time that the kernel recorded anything for it: a change, an attachment, an operation, a message.
    fn last_time(&self) -> Option<SystemTime>;
    /// Who made it, of segments; the kernel does not record it for the others.
    fn creator_pid(&self) -> Option<Pid>;
    /// Whether it is used by nobody, as far as the state tells: a segment that nobody is attached to, a queue
    /// without messages. Of a set the state tells nothing, and this is false.
    fn is_empty(&self) -> bool;
}

/// The kinds of objects that can be listed: [`SharedMemory`], [`SemaphoreSet`], [`MessageQueue`]. For code that is
/// to work with any of them; the functions are there without this trait too.
///
/// ```
/// use sysv_wrapper::{Listed, SemaphoreSet};
///
/// fn count<H: Listed>() -> sysv_wrapper::Result<usize> {
///     Ok(H::list()?.count())
/// }
/// println!("{} sets", count::<SemaphoreSet>()?);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub trait Listed: Raw {
    /// All objects of this kind, one after the other, as the kernel gives them.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](crate::Error::is_unsupported) where the system does not tell.
    fn list() -> Result<Listing<Self>> {
        Listing::new()
    }

    /// The object with this id.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if no object of this kind has the id;
    /// [`is_permission_denied`](crate::Error::is_permission_denied) where the system tells a user of those objects
    /// only that he may read.
    fn inspect(id: i32) -> Result<Entry<Self>> {
        Entry::find(id)
    }
}

/// What a kind gives the rest of this module.
pub trait Raw: Object {
    /// The state as this crate shows it.
    type Status: ObjectStatus;
    /// The state as `sysv-ipc` has it.
    type Stat: Copy;

    /// Every object of this kind.
    fn table() -> sysv_ipc::Result<Table<Self::Stat>>;
    /// The state of the object with this id, which this user need not be able to read.
    fn stat(id: i32) -> sysv_ipc::Result<Self::Stat>;
    /// The key, which is in the raw state.
    fn key_in(stat: &Self::Stat) -> Key;
    /// The state, as it is shown.
    fn status(stat: Self::Stat) -> Self::Status;
    /// A handle, made without a call.
    fn handle(id: i32, key: Key) -> Self;
    /// Whom the kernel has recorded as using the object.
    fn traces(id: i32, status: &Self::Status, traces: &mut Traces<'_>);
}

macro_rules! kinds {
    ($($handle:ident($id:ident): $status:ident($raw:ident), $table:ident, $stat:ident, $any:ident, $doc:literal;)+) => {$(
        impl Listed for $handle {}

        /// Discovery: what there is, whoever it belongs to.
        impl $handle {
            #[doc = concat!("All ", $doc, "s, those of other users included, as far as the kernel tells: an")]
            /// iterator that asks for one after the other and keeps none of them.
            ///
            /// What is made or removed meanwhile may be missing or be there. [`Listing::unseen`] tells how many this
            /// user could not see.
            ///
            /// # Errors
            ///
            /// [`is_unsupported`](crate::Error::is_unsupported) where the system does not tell.
            ///
            /// # Examples
            ///
            /// See [`Listing`].
            #[doc(alias("ipcs", "lsipc", "SHM_STAT_ANY", "SEM_STAT_ANY", "MSG_STAT_ANY"))]
            pub fn list() -> Result<Listing<$handle>> {
                Listing::new()
            }

            #[doc = concat!("What the kernel tells of the ", $doc, " with this id, also of one that this user may not read.")]
            ///
            /// # Errors
            ///
            /// [`is_not_found`](crate::Error::is_not_found) if there is none;
            /// [`is_permission_denied`](crate::Error::is_permission_denied) where the system tells a user of those
            /// only that he may read.
            pub fn inspect(id: impl Into<$id>) -> Result<Entry<$handle>> {
                Entry::find(id.into().as_raw())
            }
        }
    )+};
}

kinds! {
    SharedMemory(ShmId): ShmStatus(ShmStat), segments, shmctl_stat, any_segment, "segment";
    SemaphoreSet(SemId): SemStatus(SemStat), sets, semctl_stat, any_set, "set";
    MessageQueue(MsgId): QueueStatus(MsgStat), queues, msgctl_stat, any_queue, "queue";
}

macro_rules! raw {
    ($id:ident, $status:ident, $stat:ident, $table:ident, $call:ident, $any:ident) => {
        type Status = $status;
        type Stat = $stat;

        fn table() -> sysv_ipc::Result<Table<$stat>> {
            system::$table()
        }

        fn stat(id: i32) -> sysv_ipc::Result<$stat> {
            let id = $id::from_raw(id);
            match sysv_ipc::$call(id) {
                Err(Errno::EACCES) => system::$any(id).ok_or(Errno::EACCES),
                stat => stat,
            }
        }

        fn key_in(stat: &$stat) -> Key {
            stat.perm().key().into()
        }

        fn status(stat: $stat) -> $status {
            $status::new(stat)
        }

        fn handle(id: i32, key: Key) -> Self {
            Self::from_parts($id::from_raw(id), Some(key))
        }
    };
}

impl Raw for SharedMemory {
    raw!(
        ShmId,
        ShmStatus,
        ShmStat,
        segments,
        shmctl_stat,
        any_segment
    );

    /// Only segments have their creator recorded. Nobody may have attached one yet, which the time tells from a
    /// last process that is of another pid namespace.
    fn traces(_: i32, status: &ShmStatus, traces: &mut Traces<'_>) {
        traces.used_by(status.attach_count());
        traces.pid(status.creator_pid(), true);
        traces.pid(status.last_pid(), status.attach_time().is_some());
    }
}

impl Raw for SemaphoreSet {
    raw!(SemId, SemStatus, SemStat, sets, semctl_stat, any_set);

    /// A member without a pid may be one that nobody has operated on, or that somebody of another pid namespace
    /// has: it leaves the question open.
    fn traces(id: i32, status: &SemStatus, traces: &mut Traces<'_>) {
        let id = SemId::from_raw(id);
        for number in numbers(status.count()) {
            // One may not look, or it is gone.
            traces.pid(sysv_ipc::semctl_getpid(id, number).unwrap_or(None), true);
            if traces.is_decided() {
                return;
            }
            for waiters in [sysv_ipc::semctl_getncnt, sysv_ipc::semctl_getzcnt] {
                traces.used_by(waiters(id, number).unwrap_or(0).into());
            }
        }
    }
}

impl Raw for MessageQueue {
    raw!(MsgId, QueueStatus, MsgStat, queues, msgctl_stat, any_queue);

    /// The kernel does not tell who waits at a queue.
    fn traces(_: i32, status: &QueueStatus, traces: &mut Traces<'_>) {
        traces.pid(status.last_send_pid(), status.send_time().is_some());
        traces.pid(status.last_receive_pid(), status.receive_time().is_some());
    }
}

macro_rules! object_status {
    ($status:ident: [$($time:ident),+], $creator:expr, $empty:expr) => {
        impl ObjectStatus for $status {
            fn mode(&self) -> Mode {
                self.mode()
            }

            fn uid(&self) -> u32 {
                self.uid()
            }

            fn gid(&self) -> u32 {
                self.gid()
            }

            fn creator_uid(&self) -> u32 {
                self.creator_uid()
            }

            fn creator_gid(&self) -> u32 {
                self.creator_gid()
            }

            fn change_time(&self) -> Option<SystemTime> {
                self.change_time()
            }

            fn last_time(&self) -> Option<SystemTime> {
                [self.change_time(), $(self.$time()),+].into_iter().max().flatten()
            }

            fn creator_pid(&self) -> Option<Pid> {
                let creator: fn(&$status) -> Option<Pid> = $creator;
                creator(self)
            }

            fn is_empty(&self) -> bool {
                let empty: fn(&$status) -> bool = $empty;
                empty(self)
            }
        }
    };
}

object_status!(ShmStatus: [attach_time, detach_time], ShmStatus::creator_pid, |status| status.attach_count() == 0);
object_status!(SemStatus: [operation_time], |_| None, |_| false);
object_status!(QueueStatus: [send_time, receive_time], |_| None, |status| status.messages() == 0);

/// All objects of one kind: an iterator of [`Entry`], which asks for one after the other and keeps none of them.
/// Made by `list` of [`SharedMemory`](crate::SharedMemory::list), [`SemaphoreSet`](crate::SemaphoreSet::list) and
/// [`MessageQueue`](crate::MessageQueue::list).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let mut segments = SharedMemory::list()?;
/// let found = segments.find(|entry| entry.handle() == *memory).unwrap();
/// assert_eq!(found.status().size(), 100);
/// assert_eq!(segments.unseen(), 0);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the kernel is asked when the iterator is"]
pub struct Listing<H: Listed> {
    table: Table<H::Stat>,
}

impl<H: Listed> Listing<H> {
    pub(crate) fn new() -> Result<Listing<H>> {
        H::table()
            .map(|table| Listing { table })
            .map_err(|errno| Error::call("list or find", Subject::of(H::KIND), errno))
    }

    /// How many objects were there, up to now, that this user may not even see. Always 0 on Linux from 4.17 on,
    /// unless a security module forbids it.
    pub fn unseen(&self) -> u64 {
        self.table.unseen()
    }
}

impl<H: Listed> Iterator for Listing<H> {
    type Item = Entry<H>;

    fn next(&mut self) -> Option<Entry<H>> {
        self.table.next().map(|(id, stat)| Entry::new(id, stat))
    }
}

impl<H: Listed> FusedIterator for Listing<H> {}

impl<H: Listed> fmt::Debug for Listing<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("kind", &H::KIND)
            .field("unseen", &self.unseen())
            .finish_non_exhaustive()
    }
}

/// Who uses a segment.
impl SharedMemory {
    /// The processes that have the segment attached now.
    ///
    /// On Linux every process's mappings are searched, in `/proc`: that takes time in proportion to all processes
    /// of the machine. Those in other ipc namespaces are left out: their segments can have the same ids.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not tell, which includes Linux where `/proc`
    /// is missing or is that of another pid namespace.
    #[doc(alias = "lsof")]
    pub fn attached_processes(&self) -> Result<AttachedProcesses> {
        let (mut processes, unseen) = system::attached(self.id()).map_err(|because| {
            Error::unsupported("look for users of", handle::subject(self), because)
        })?;
        processes.sort_by_key(|attached| attached.process.pid);
        Ok(AttachedProcesses {
            processes,
            unseen,
            attach_count: SharedMemory::inspect(self.id())
                .ok()
                .map(|entry| entry.status().attach_count()),
        })
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
        let subject = handle::subject(self);
        match system::residence(self.id()) {
            Ok(Some(residence)) => Ok(residence),
            Ok(None) => Err(Error::call(OPERATION, subject, sysv_ipc::Errno::EIDRM)
                .with_kind(ErrorKind::Removed)),
            Err(because) => Err(Error::unsupported(OPERATION, subject, because)),
        }
    }
}
