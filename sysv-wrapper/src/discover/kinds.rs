//! What listing, judging and inspecting need to know of each kind of object, and what the states of all kinds
//! have in common.

use std::fmt::Debug;
use std::time::SystemTime;

use sysv_ipc::{Errno, Mode, MsgId, MsgStat, Pid, SemId, SemStat, ShmId, ShmStat};

use super::entry::Entry;
use super::listing::Listing;
use super::members;
use super::orphans::Traces;
use super::system::{self, Table};
use crate::change;
use crate::error::Result;
use crate::key::Key;
use crate::msg::{MessageQueue, QueueStatus};
use crate::object::Object;
use crate::sem::{SemStatus, SemaphoreSet};
use crate::shm::{SharedMemory, ShmStatus};

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
                Err(Errno::EACCES) => change::$any(id).ok_or(Errno::EACCES),
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
        for number in members::numbers(status.count()) {
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
