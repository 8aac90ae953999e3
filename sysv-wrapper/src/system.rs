//! Facts of the operating system as plain data: tables of objects, limits, processes, memory. One file per system below;
//! this one decides by name which of them is compiled.
//!
//! A function that a system cannot answer fails with `ENOSYS`, or with words that say why; both become
//! [`Unsupported`](crate::ErrorKind::Unsupported).

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "netbsd")]
mod netbsd;
#[cfg(not(target_os = "linux"))]
#[cfg_attr(
    any(target_os = "macos", target_os = "freebsd", target_os = "netbsd"),
    allow(dead_code, reason = "these have lists and limits of their own")
)]
mod none;
#[cfg(target_os = "linux")]
mod proc;
mod process;
#[cfg(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd"
))]
mod sums;
#[cfg(any(target_os = "macos", target_os = "freebsd", target_os = "netbsd", test))]
mod sysctl;

#[cfg(target_os = "freebsd")]
use freebsd as here;
#[cfg(target_os = "linux")]
use linux as here;
#[cfg(target_os = "macos")]
use macos as here;
#[cfg(target_os = "netbsd")]
use netbsd as here;
#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
use none as here;

pub(crate) use here::*;
pub use process::Process;
pub(crate) use process::{Recorded, is_gone, namespace, proc_is_ours, start_ticks};

use std::time::SystemTime;

use sysv_ipc::{
    Errno, Mode, MsgGetFlags, MsgId, MsgStat, Ownership, SemGetFlags, SemId, SemStat, ShmGetFlags,
    ShmId, ShmStat, msgctl_stat, msgget, semctl_stat, semget, shmctl_stat, shmget,
};

use crate::key::Key;
use crate::kind::Kind;

/// The limits of segments without what is used of them, where the system tells some processes no more.
#[cfg(not(target_os = "macos"))]
pub(crate) fn segment_limits_without_use() -> sysv_ipc::Result<ShmLimits> {
    Err(sysv_ipc::Errno::ENOSYS)
}

/// The limits of sets without what is used of them, where the system tells some processes no more: the sizes alone.
#[cfg(not(target_os = "macos"))]
pub(crate) fn semaphore_limits_without_use() -> sysv_ipc::Result<SemLimits> {
    Err(sysv_ipc::Errno::ENOSYS)
}

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
pub struct ShmLimits {
    pub(crate) segments_max: u64,
    pub(crate) size_max: u64,
    pub(crate) size_min: u64,
    pub(crate) pages_max: u64,
    pub(crate) segments: u64,
    pub(crate) pages: u64,
    pub(crate) resident_pages: Option<u64>,
    pub(crate) swapped_pages: Option<u64>,
    pub(crate) removed_when_unused: Option<bool>,
}

impl ShmLimits {
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
}

/// The limits on sets and semaphores, and their use. Made by [`Limits::semaphores`](crate::Limits::semaphores).
///
/// ```
/// use sysv_wrapper::Limits;
///
/// let limits = Limits::semaphores()?;
/// assert!(limits.sets() <= limits.semaphores());
/// assert_eq!(limits.value_max(), 32_767);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct SemLimits {
    pub(crate) sets_max: u64,
    pub(crate) semaphores_max: u64,
    pub(crate) set_size_max: u64,
    pub(crate) operations_max: u64,
    pub(crate) value_max: u64,
    pub(crate) undo_max: u64,
    pub(crate) sets: u64,
    pub(crate) semaphores: u64,
}

impl SemLimits {
    /// SEMMNI: the most sets that there may be.
    #[doc(alias = "SEMMNI")]
    pub fn sets_max(&self) -> u64 {
        self.sets_max
    }

    /// SEMMNS: the most semaphores that all sets together may have.
    #[doc(alias = "SEMMNS")]
    pub fn semaphores_max(&self) -> u64 {
        self.semaphores_max
    }

    /// SEMMSL: the most semaphores that one set may have.
    #[doc(alias = "SEMMSL")]
    pub fn set_size_max(&self) -> u64 {
        self.set_size_max
    }

    /// SEMOPM: the most semaphores that one operation may name.
    #[doc(alias = "SEMOPM")]
    pub fn operations_max(&self) -> u64 {
        self.operations_max
    }

    /// SEMVMX: the greatest value of a semaphore.
    #[doc(alias("SEMVMX", "SEMAPHORE_VALUE_MAX"))]
    pub fn value_max(&self) -> u64 {
        self.value_max
    }

    /// SEMAEM: the most that can be noted to be undone when a process ends, for one semaphore.
    #[doc(alias = "SEMAEM")]
    pub fn undo_max(&self) -> u64 {
        self.undo_max
    }

    /// How many sets there are.
    pub fn sets(&self) -> u64 {
        self.sets
    }

    /// How many semaphores they have together.
    pub fn semaphores(&self) -> u64 {
        self.semaphores
    }
}

/// The limits on queues and messages, and their use. Made by [`Limits::queues`](crate::Limits::queues).
///
/// ```
/// use sysv_wrapper::Limits;
///
/// let longest = vec![0; usize::try_from(Limits::queues()?.message_size_max()).unwrap()];
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct MsgLimits {
    pub(crate) queues_max: u64,
    pub(crate) message_size_max: u64,
    pub(crate) queue_bytes_max: u64,
    pub(crate) queues: u64,
    pub(crate) messages: Option<u64>,
    pub(crate) bytes: Option<u64>,
}

impl MsgLimits {
    /// MSGMNI: the most queues that there may be.
    #[doc(alias = "MSGMNI")]
    pub fn queues_max(&self) -> u64 {
        self.queues_max
    }

    /// MSGMAX: the most bytes that one message may have.
    #[doc(alias("MSGMAX", "max_message_size"))]
    pub fn message_size_max(&self) -> u64 {
        self.message_size_max
    }

    /// MSGMNB: the bytes that a new queue may hold. A privileged user can allow a queue more.
    #[doc(alias = "MSGMNB")]
    pub fn queue_bytes_max(&self) -> u64 {
        self.queue_bytes_max
    }

    /// How many queues there are.
    pub fn queues(&self) -> u64 {
        self.queues
    }

    /// How many messages are on them together; `None` where the system does not tell.
    pub fn messages(&self) -> Option<u64> {
        self.messages
    }

    /// How many bytes these messages have together; `None` where the system does not tell.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }
}

/// The processes that have a segment attached, as far as this user may see. Made by
/// [`SharedMemory::attached_processes`](crate::SharedMemory::attached_processes).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let attached = memory.attach()?;
/// match memory.attached_processes() {
///     Ok(found) => {
///         assert_eq!(found.processes().len(), 1);
///         println!("{}", found.processes()[0].process().command());
///         assert!(found.is_complete());
///     }
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedProcesses {
    pub(crate) processes: Vec<AttachedProcess>,
    pub(crate) inaccessible: u64,
    pub(crate) attach_count: Option<u64>,
}

impl AttachedProcesses {
    /// Each process that was found, in the order of their numbers.
    pub fn processes(&self) -> &[AttachedProcess] {
        &self.processes
    }

    /// How many processes could not be looked into, because they are another user's. Any of them may have the
    /// segment attached, or none.
    pub fn inaccessible(&self) -> u64 {
        self.inaccessible
    }

    /// How many attachments the kernel counted right after; `None` if this user may not read the segment's state, or
    /// if it was removed meanwhile.
    pub fn attach_count(&self) -> Option<u64> {
        self.attach_count
    }

    /// Whether all attachments were found: those of the processes add up to the kernel's count, or more.
    pub fn is_complete(&self) -> bool {
        let found = self
            .processes
            .iter()
            .map(AttachedProcess::attachments)
            .sum::<u64>();
        self.attach_count.is_some_and(|count| count <= found)
    }
}

/// A process that has a segment attached. Part of [`AttachedProcesses`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedProcess {
    pub(crate) process: Process,
    pub(crate) attachments: u64,
}

impl AttachedProcess {
    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// How many times it has the segment attached.
    pub fn attachments(&self) -> u64 {
        self.attachments
    }
}

/// How much of a segment is in memory, and how much is swapped out. Made by [`SharedMemory::memory_usage`](crate::SharedMemory::memory_usage).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(1 << 20).create_private()?);
/// match memory.memory_usage() {
///     // Nobody has touched it yet.
///     Ok(residence) => assert_eq!(residence.resident_bytes(), 0),
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct MemoryUsage {
    pub(crate) resident_bytes: u64,
    pub(crate) swapped_bytes: u64,
}

impl MemoryUsage {
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

/// The kernel makes an id from the index, in the low bits, and a sequence number. Linux has fifteen such bits, or
/// twenty-four where the system was started with `ipcmni_extend`.
#[cfg(any(sysv = "SHM_STAT_ANY", sysv = "SEM_STAT_ANY", sysv = "MSG_STAT_ANY"))]
const INDEX_BITS: [u32; 2] = [15, 24];
/// macOS has sixteen.
#[cfg(sysv = "IPCS_command")]
const INDEX_BITS: [u32; 1] = [16];

/// What `stat_any` tells of the object with this id. `stat_any` takes an index, and gives the id of what is
/// there along with the rest; `None` if nothing of this id is found.
#[cfg(any(
    sysv = "SHM_STAT_ANY",
    sysv = "SEM_STAT_ANY",
    sysv = "MSG_STAT_ANY",
    sysv = "IPCS_command"
))]
pub(crate) fn look_up<T>(
    id: i32,
    stat_any: impl Fn(i32) -> sysv_ipc::Result<(i32, T)>,
) -> Option<T> {
    INDEX_BITS.into_iter().find_map(|bits| {
        let index = id & ((1 << bits) - 1);
        stat_any(index)
            .ok()
            .filter(|(found, _)| *found == id)
            .map(|(_, stat)| stat)
    })
}

/// The permission to write a segment, to alter a set, to send to a queue.
const WRITE: Mode = Mode::from_bits_truncate(0o222);

/// Returns the id of the object of this kind that has the key, without asking for access, which every user may do.
/// [`Key::PRIVATE`] names none.
pub(crate) fn find(kind: Kind, key: Key) -> sysv_ipc::Result<i32> {
    if key.is_private() {
        // The kernel would make one.
        return Err(Errno::ENOENT);
    }
    get(kind, key, Mode::NONE)
}

/// Returns an error if the object with this key and id does not let this user write, or alter; `Ok(false)` if it no
/// longer has the key.
pub(crate) fn check_write(kind: Kind, key: Key, id: i32) -> sysv_ipc::Result<bool> {
    match get(kind, key, WRITE) {
        Ok(found) => Ok(found == id),
        // The refusal may be of another object, which has taken its place.
        Err(errno) if find(kind, key) == Ok(id) => Err(errno),
        Err(_) => Ok(false),
    }
}

/// Whether an object of this kind has the key. One that cannot be looked at is there.
pub(crate) fn has_key(kind: Kind, key: Key) -> bool {
    find(kind, key) != Err(Errno::ENOENT)
}

fn get(kind: Kind, key: Key, access: Mode) -> sysv_ipc::Result<i32> {
    let key = key.into();
    match kind {
        Kind::SharedMemory => shmget(key, 0, ShmGetFlags::empty(), access).map(ShmId::as_raw),
        Kind::SemaphoreSet => semget(key, 0, SemGetFlags::empty(), access).map(SemId::as_raw),
        Kind::MessageQueue => msgget(key, MsgGetFlags::empty(), access).map(MsgId::as_raw),
    }
}

/// The state of one object, as `sysv-ipc` has it.
#[derive(Debug, Copy, Clone)]
pub(crate) enum Stat {
    Shm(ShmStat),
    Sem(SemStat),
    Msg(MsgStat),
}

impl Stat {
    /// Returns the state of an object that this user may read.
    pub(crate) fn of(kind: Kind, id: i32) -> sysv_ipc::Result<Stat> {
        match kind {
            Kind::SharedMemory => shmctl_stat(ShmId::from_raw(id)).map(Stat::Shm),
            Kind::SemaphoreSet => semctl_stat(SemId::from_raw(id)).map(Stat::Sem),
            Kind::MessageQueue => msgctl_stat(MsgId::from_raw(id)).map(Stat::Msg),
        }
    }

    /// Returns the state of an object that this user need not be able to read, where the system has a call for that.
    pub(crate) fn of_any(kind: Kind, id: i32) -> sysv_ipc::Result<Stat> {
        match Stat::of(kind, id) {
            Err(Errno::EACCES) => match kind {
                Kind::SharedMemory => any_segment(ShmId::from_raw(id)).map(Stat::Shm),
                Kind::SemaphoreSet => any_set(SemId::from_raw(id)).map(Stat::Sem),
                Kind::MessageQueue => any_queue(MsgId::from_raw(id)).map(Stat::Msg),
            }
            .ok_or(Errno::EACCES),
            stat => stat,
        }
    }

    /// Returns owner, creator and mode.
    pub(crate) fn ownership(&self) -> &Ownership {
        match self {
            Stat::Shm(stat) => stat.ownership(),
            Stat::Sem(stat) => stat.ownership(),
            Stat::Msg(stat) => stat.ownership(),
        }
    }

    /// Returns the key: [`Key::PRIVATE`] for a private object.
    pub(crate) fn key(&self) -> Key {
        match self {
            Stat::Shm(stat) => stat.perm().key(),
            Stat::Sem(stat) => stat.perm().key(),
            Stat::Msg(stat) => stat.perm().key(),
        }
        .into()
    }

    /// Returns when the object was created or last changed.
    pub(crate) fn change_time(&self) -> Option<SystemTime> {
        match self {
            Stat::Shm(stat) => stat.ctime(),
            Stat::Sem(stat) => stat.ctime(),
            Stat::Msg(stat) => stat.ctime(),
        }
    }

    /// Whether it is a segment that goes with its last attachment.
    pub(crate) fn is_marked_for_removal(&self) -> bool {
        match self {
            #[cfg(sysv = "marked_for_removal")]
            Stat::Shm(stat) => stat.is_marked_for_removal(),
            _ => false,
        }
    }

    /// Puts the given values in the place of the present ones.
    pub(crate) fn change(
        &mut self,
        uid: Option<u32>,
        gid: Option<u32>,
        mode: Option<Mode>,
        max_bytes: Option<u64>,
    ) {
        macro_rules! put {
            ($stat:ident) => {{
                if let Some(uid) = uid {
                    $stat.set_uid(uid);
                }
                if let Some(gid) = gid {
                    $stat.set_gid(gid);
                }
                if let Some(mode) = mode {
                    $stat.set_mode(mode);
                }
            }};
        }
        match self {
            Stat::Shm(stat) => put!(stat),
            Stat::Sem(stat) => put!(stat),
            Stat::Msg(stat) => {
                put!(stat);
                if let Some(max_bytes) = max_bytes {
                    stat.set_qbytes(max_bytes);
                }
            }
        }
    }
}

/// Whether what the kernel undoes for a process that ends shows in all semaphores at one moment. Elsewhere it shows in one
/// after the other.
#[cfg(target_has_atomic = "64")]
pub(crate) const UNDO_IS_ATOMIC: bool = cfg!(any(target_os = "linux", target_os = "macos"));

/// Whether the kernel removes segments without attachments; `None` if that is unknown.
#[cfg(not(target_os = "linux"))]
pub(crate) fn shm_rmid_forced() -> Option<bool> {
    Some(false)
}

/// The same, as it was within the last second.
#[cfg(not(target_os = "linux"))]
pub(crate) fn shm_rmid_forced_lately() -> bool {
    false
}

/// Says which limit keeps this process from mapping `length` bytes more, if that is known.
#[cfg(not(target_os = "linux"))]
pub(crate) fn mapping_limit(_: u64) -> Option<String> {
    None
}

/// Returns how many bytes this process may lock in memory, if there is a limit.
#[cfg(target_os = "linux")]
pub(crate) fn memlock_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Memlock).current
}

/// The same, where no segment can be locked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn memlock_limit() -> Option<u64> {
    None
}

/// Whether a user id and a group id read from the kernel stand for ids without a mapping in this user namespace.
#[cfg(not(target_os = "linux"))]
pub(crate) fn unmapped(_: u32, _: u32) -> (bool, bool) {
    (false, false)
}

macro_rules! any {
    ($($name:ident($id:ident) -> $stat:ident: $command:literal $call:ident, $iter:ident;)+) => {$(
        /// The state of an object that this user need not be able to read; `None` where the system does not tell.
        pub(crate) fn $name(id: $id) -> Option<$stat> {
            #[cfg(sysv = $command)]
            return look_up(id.as_raw(), |index| {
                sysv_ipc::$call(index).map(|(id, stat)| (id.as_raw(), stat))
            });
            #[cfg(sysv = "IPCS_command")]
            return look_up(id.as_raw(), |index| {
                sysv_ipc::$iter(index).map(|(_, id, stat)| (id.as_raw(), stat))
            });
            #[cfg(not(any(sysv = $command, sysv = "IPCS_command")))]
            {
                let _ = id;
                None
            }
        }
    )+};
}

any! {
    any_segment(ShmId) -> ShmStat: "SHM_STAT_ANY" shmctl_shm_stat_any, ipcs_shm_iter;
    any_set(SemId) -> SemStat: "SEM_STAT_ANY" semctl_sem_stat_any, ipcs_sem_iter;
    any_queue(MsgId) -> MsgStat: "MSG_STAT_ANY" msgctl_msg_stat_any, ipcs_msg_iter;
}

#[cfg(test)]
mod tests {

    mod lookup {
        //! Objects that go between two looks.

        use super::super::check_write;
        use crate::kind::Kind;
        use crate::sem::SemaphoreSet;

        #[test]
        fn a_refusal_is_of_the_object_that_was_found() {
            let set = SemaphoreSet::builder().values([1]).create_unique().unwrap();
            let (key, id) = (set.key().unwrap(), set.id().as_raw());
            let (same, other) = [id, id + 1]
                .map(|id| check_write(Kind::SemaphoreSet, key, id))
                .into();
            set.remove().unwrap();
            assert_eq!((same, other), (Ok(true), Ok(false)));
            assert_eq!(check_write(Kind::SemaphoreSet, key, id), Ok(false));
        }
    }
}
