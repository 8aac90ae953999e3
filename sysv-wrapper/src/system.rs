//! Facts of the operating system as plain data: tables of objects, limits, processes, memory. Each system has a file of
//! its own; this file selects by name which of them is compiled.
//!
//! If a system does not provide a fact, the function returns `ENOSYS` or a text with the reason; both become
//! [`Unsupported`](crate::ErrorKind::Unsupported).

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(target_os = "linux"))]
#[cfg_attr(
    any(
        target_os = "macos",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    ),
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
    target_os = "netbsd",
    target_os = "openbsd"
))]
mod sums;
#[cfg(any(
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    test
))]
mod sysctl;
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
mod sysvipc_info;

#[cfg(target_os = "freebsd")]
use freebsd as here;
#[cfg(target_os = "linux")]
use linux as here;
#[cfg(target_os = "macos")]
use macos as here;
#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
)))]
use none as here;
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
use sysvipc_info as here;

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

/// Returns the limits on segments without their usage, for systems that deny some processes the usage.
#[cfg(not(target_os = "macos"))]
pub(crate) fn segment_limits_without_use() -> sysv_ipc::Result<ShmLimits> {
    Err(sysv_ipc::Errno::ENOSYS)
}

/// Returns those limits on sets that are readable without the list of objects, for systems that deny some processes
/// that list.
#[cfg(not(target_os = "macos"))]
pub(crate) fn semaphore_limits_without_use() -> sysv_ipc::Result<SemLimits> {
    Err(sysv_ipc::Errno::ENOSYS)
}

/// The limits on segments, and their usage. Returned by [`Limits::segments`](crate::Limits::segments).
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
    /// Returns the maximum number of segments: SHMMNI.
    #[doc(alias = "SHMMNI")]
    pub fn segments_max(&self) -> u64 {
        self.segments_max
    }

    /// Returns the maximum size of a segment in bytes: SHMMAX.
    #[doc(alias = "SHMMAX")]
    pub fn size_max(&self) -> u64 {
        self.size_max
    }

    /// Returns the minimum size of a segment in bytes: SHMMIN.
    #[doc(alias = "SHMMIN")]
    pub fn size_min(&self) -> u64 {
        self.size_min
    }

    /// Returns the maximum number of pages of all segments together, of [`page_size`](crate::page_size) bytes each:
    /// SHMALL.
    #[doc(alias = "SHMALL")]
    pub fn pages_max(&self) -> u64 {
        self.pages_max
    }

    /// Returns the number of existing segments.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// Returns the number of pages of all segments together, allocated or not.
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// Returns the number of these pages that are in memory; `None` where the system does not report it.
    pub fn resident_pages(&self) -> Option<u64> {
        self.resident_pages
    }

    /// Returns the number of these pages that are swapped out; `None` where the system does not report it.
    pub fn swapped_pages(&self) -> Option<u64> {
        self.swapped_pages
    }

    /// Returns whether the kernel removes every segment at its last detach, and the unattached segments of a process at
    /// its end: Linux's `kernel.shm_rmid_forced`. `None` where the system has no such setting.
    #[doc(alias = "shm_rmid_forced")]
    pub fn removed_when_unused(&self) -> Option<bool> {
        self.removed_when_unused
    }
}

/// The limits on sets and semaphores, and their usage. Returned by [`Limits::semaphores`](crate::Limits::semaphores).
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
    /// SEMMNU: the most processes that the kernel notes something to undo for; `None` where it notes as much as there is.
    pub(crate) undo_processes_max: Option<u64>,
    /// SEMUME: the most semaphores that it notes for one process.
    pub(crate) undo_entries_max: Option<u64>,
    pub(crate) sets: u64,
    pub(crate) semaphores: u64,
}

impl SemLimits {
    /// Returns the maximum number of sets: SEMMNI.
    #[doc(alias = "SEMMNI")]
    pub fn sets_max(&self) -> u64 {
        self.sets_max
    }

    /// Returns the maximum number of semaphores of all sets together: SEMMNS.
    #[doc(alias = "SEMMNS")]
    pub fn semaphores_max(&self) -> u64 {
        self.semaphores_max
    }

    /// Returns the maximum number of semaphores of a set: SEMMSL.
    #[doc(alias = "SEMMSL")]
    pub fn set_size_max(&self) -> u64 {
        self.set_size_max
    }

    /// Returns the maximum number of steps of an operation: SEMOPM.
    #[doc(alias = "SEMOPM")]
    pub fn operations_max(&self) -> u64 {
        self.operations_max
    }

    /// Returns the maximum value of a semaphore: SEMVMX. macOS lets an operation exceed it.
    #[doc(alias("SEMVMX", "SEMAPHORE_VALUE_MAX"))]
    pub fn value_max(&self) -> u64 {
        self.value_max
    }

    /// Returns the maximum undo adjustment of a process for a semaphore: SEMAEM. macOS
    /// lets an operation exceed it.
    #[doc(alias = "SEMAEM")]
    pub fn undo_max(&self) -> u64 {
        self.undo_max
    }

    /// Returns the number of existing sets.
    pub fn sets(&self) -> u64 {
        self.sets
    }

    /// Returns the number of semaphores of all sets together.
    pub fn semaphores(&self) -> u64 {
        self.semaphores
    }
}

/// The limits on queues and messages, and their usage. Returned by [`Limits::queues`](crate::Limits::queues).
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
    /// Returns the maximum number of queues: MSGMNI.
    #[doc(alias = "MSGMNI")]
    pub fn queues_max(&self) -> u64 {
        self.queues_max
    }

    /// Returns the maximum size of a message in bytes: MSGMAX.
    #[doc(alias("MSGMAX", "max_message_size"))]
    pub fn message_size_max(&self) -> u64 {
        self.message_size_max
    }

    /// Returns the maximum number of bytes on a new queue: MSGMNB. A privileged user can raise the maximum of a queue.
    #[doc(alias = "MSGMNB")]
    pub fn queue_bytes_max(&self) -> u64 {
        self.queue_bytes_max
    }

    /// Returns the number of existing queues.
    pub fn queues(&self) -> u64 {
        self.queues
    }

    /// Returns the number of messages on all queues together; `None` where the system does not report it.
    pub fn messages(&self) -> Option<u64> {
        self.messages
    }

    /// Returns the number of bytes of these messages together; `None` where the system does not report it.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }
}

/// The processes that have a segment attached, as far as this user may see them. Returned by
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
    /// Returns the processes that were found, in ascending order of their pids.
    pub fn processes(&self) -> &[AttachedProcess] {
        &self.processes
    }

    /// Returns the number of processes that this user may not inspect. Any of them may have the segment attached.
    pub fn inaccessible(&self) -> u64 {
        self.inaccessible
    }

    /// Returns the kernel's count of attachments right after the search; `None` if this user may not read the segment's
    /// status, or if the segment was removed during the search.
    pub fn attach_count(&self) -> Option<u64> {
        self.attach_count
    }

    /// Returns whether all attachments were found: their number is at least the kernel's count.
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
    /// Returns the process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Returns the number of the process's attachments of the segment.
    pub fn attachments(&self) -> u64 {
        self.attachments
    }
}

/// The amounts of a segment that are in memory and swapped out. Returned by
/// [`SharedMemory::memory_usage`](crate::SharedMemory::memory_usage).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(1 << 20).create_private()?);
/// match memory.memory_usage() {
///     // No process has accessed it yet.
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
    /// Returns the number of bytes in memory.
    #[doc(alias = "rss")]
    pub fn resident_bytes(&self) -> u64 {
        self.resident_bytes
    }

    /// Returns the number of bytes swapped out.
    #[doc(alias = "swap")]
    pub fn swapped_bytes(&self) -> u64 {
        self.swapped_bytes
    }
}

/// The kernel makes an id from the index, in the low bits, and a sequence number. Linux has fifteen such bits, or
/// twenty-four if the system was booted with `ipcmni_extend`.
#[cfg(any(sysv = "SHM_STAT_ANY", sysv = "SEM_STAT_ANY", sysv = "MSG_STAT_ANY"))]
const INDEX_BITS: [u32; 2] = [15, 24];
/// macOS has sixteen index bits.
#[cfg(sysv = "IPCS_command")]
const INDEX_BITS: [u32; 1] = [16];

/// Returns the result of `stat_any` for the object with this id; `None` if the object is not found. `stat_any` takes an
/// index, and returns the id of the object there along with its state.
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

/// The permission to write to a segment, to alter a set, or to send to a queue.
const WRITE: Mode = Mode::from_bits_truncate(0o222);

/// Returns the id of the object of this kind that has the key, without a permission check. [`Key::PRIVATE`] names no
/// object.
pub(crate) fn find(kind: Kind, key: Key) -> sysv_ipc::Result<i32> {
    if key.is_private() {
        // The kernel would create an object.
        return Err(Errno::ENOENT);
    }
    get(kind, key, Mode::NONE)
}

/// Returns an error if the mode of the object with this key and id does not permit this user to write or alter;
/// `Ok(false)` if the object no longer has the key.
pub(crate) fn check_write(kind: Kind, key: Key, id: i32) -> sysv_ipc::Result<bool> {
    match get(kind, key, WRITE) {
        Ok(found) => Ok(found == id),
        // The refusal may concern another object that has the key now.
        Err(errno) if find(kind, key) == Ok(id) => Err(errno),
        Err(_) => Ok(false),
    }
}

/// Returns whether an object of this kind has the key. An object whose status cannot be read exists.
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

/// The state of an object of any kind.
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

    /// Returns the state of an object, where possible without a check for read permission.
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

    /// Returns the time when the object was created or last changed.
    pub(crate) fn change_time(&self) -> Option<SystemTime> {
        match self {
            Stat::Shm(stat) => stat.ctime(),
            Stat::Sem(stat) => stat.ctime(),
            Stat::Msg(stat) => stat.ctime(),
        }
    }

    /// Returns whether it is a removed segment that is still attached.
    pub(crate) fn is_marked_for_removal(&self) -> bool {
        match self {
            #[cfg(sysv = "marked_for_removal")]
            Stat::Shm(stat) => stat.is_marked_for_removal(),
            _ => false,
        }
    }

    /// Replaces the given values.
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

/// Whether no load passes an atomic exchange before it: on x86, each exchange has the effect of a fence.
#[cfg(target_has_atomic = "64")]
pub(crate) const EXCHANGE_IS_A_FENCE: bool = cfg!(any(target_arch = "x86", target_arch = "x86_64"));

/// Asks the processor to fetch the cache line at an address, to be written soon. Never fails: it is a hint, also for an address
/// that is not mapped, and for x86-64 processors without this instruction.
#[cfg(target_has_atomic = "64")]
#[inline]
#[allow(
    unused_variables,
    reason = "other processors have no such instruction, or none that is sure to be there"
)]
pub(crate) fn prefetch_to_write(address: *const std::ffi::c_void) {
    // Miri executes no machine code.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    #[expect(unsafe_code, reason = "an instruction that std has no function for")]
    // SAFETY: accesses no memory as far as a program can observe, and changes neither registers nor flags.
    unsafe {
        std::arch::asm!("prefetchw [{}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    #[expect(unsafe_code, reason = "an instruction that std has no function for")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pstl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
}

macro_rules! any {
    ($($name:ident($id:ident) -> $stat:ident: $command:literal $call:ident, $iter:ident;)+) => {$(
        /// Returns the state of an object without a check for read permission; `None` where the system does not provide
        /// it.
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
        //! Objects that are removed between two calls.

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
