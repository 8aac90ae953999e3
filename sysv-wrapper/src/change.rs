//! Changing owner, mode and room of an object: reading what the kernel has, changing what is named, and writing
//! it back. Not one step, so that of two changes at once one may get lost.

use sysv_ipc::{
    Errno, Mode, MsgId, MsgStat, SemId, SemStat, ShmId, ShmStat, msgctl_set, msgctl_stat,
    semctl_set, semctl_stat, shmctl_set, shmctl_stat,
};

use crate::error::{Error, Result};
use crate::object::{Kind, Subject};

/// What is to be changed: what is named here, and nothing else.
#[derive(Debug, Copy, Clone, Default)]
pub(crate) struct Change {
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
    pub(crate) mode: Option<Mode>,
    /// Queues only: how many bytes they may hold.
    pub(crate) max_bytes: Option<u64>,
}

/// Changes an object.
pub(crate) fn change(subject: Subject, id: i32, change: Change) -> Result<()> {
    if [change.uid, change.gid].contains(&Some(u32::MAX)) {
        let because = "4294967295 names no user and no group; anything below will do";
        return Err(Error::argument("change", subject, because));
    }
    if subject.kind == Kind::SharedMemory && change.mode == Some(crate::half_made::MARKER) {
        let because =
            "the mode is 0610, which stands for a segment in the making; any other will do";
        return Err(Error::argument("change", subject, because));
    }
    let changed = match subject.kind {
        Kind::SharedMemory => segment(ShmId::from_raw(id), change),
        Kind::Semaphores => set(SemId::from_raw(id), change),
        Kind::MessageQueue => queue(MsgId::from_raw(id), change),
    };
    changed.map_err(|errno| Error::on_handle("change", subject.with_id(id), errno))
}

/// Puts the change into a stat result of any kind.
macro_rules! put {
    ($change:ident, $stat:ident) => {
        if let Some(uid) = $change.uid {
            $stat.set_uid(uid);
        }
        if let Some(gid) = $change.gid {
            $stat.set_gid(gid);
        }
        if let Some(mode) = $change.mode {
            $stat.set_mode(mode);
        }
    };
}

fn segment(id: ShmId, change: Change) -> sysv_ipc::Result<()> {
    let mut stat = readable_or_not(shmctl_stat(id), || any_segment(id))?;
    put!(change, stat);
    shmctl_set(id, &stat)
}

fn set(id: SemId, change: Change) -> sysv_ipc::Result<()> {
    let mut stat = readable_or_not(semctl_stat(id), || any_set(id))?;
    put!(change, stat);
    semctl_set(id, &stat)
}

fn queue(id: MsgId, change: Change) -> sysv_ipc::Result<()> {
    let mut stat = readable_or_not(msgctl_stat(id), || any_queue(id))?;
    put!(change, stat);
    if let Some(max_bytes) = change.max_bytes {
        stat.set_qbytes(max_bytes);
    }
    msgctl_set(id, &stat)
}

/// Who may change an object need not be able to read it: the kernel is then asked in the way that needs no
/// access.
fn readable_or_not<T>(
    stat: sysv_ipc::Result<T>,
    any: impl FnOnce() -> Option<T>,
) -> sysv_ipc::Result<T> {
    match stat {
        Err(Errno::EACCES) => any().ok_or(Errno::EACCES),
        stat => stat,
    }
}

macro_rules! any {
    ($($name:ident($id:ident) -> $stat:ident: $command:literal $call:ident, $iter:ident;)+) => {$(
        /// The state of an object that this user need not be able to read; `None` where the system does not tell.
        pub(crate) fn $name(id: $id) -> Option<$stat> {
            #[cfg(sysv = $command)]
            return crate::index::look_up(id.as_raw(), |index| {
                sysv_ipc::$call(index).map(|(id, stat)| (id.as_raw(), stat))
            });
            #[cfg(sysv = "IPCS_command")]
            return crate::index::look_up(id.as_raw(), |index| {
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

/// Gives a handle the setters that all have.
macro_rules! setters {
    ($handle:ident) => {
        /// Changing owner and mode. Each setter reads the present values, changes what it names, and writes them
        /// back; of two that do so at once, in any processes, one may get lost.
        ///
        /// All fail with [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor
        /// privileged, and with [`is_removed`](crate::Error::is_removed) if the object is gone.
        impl $handle {
            fn change(&self, change: crate::change::Change) -> crate::Result<()> {
                let subject = crate::remove::subject(self);
                crate::change::change(subject, crate::Object::raw_id(self), change)
            }

            /// Changes the permission bits.
            ///
            /// # Errors
            ///
            /// As said above; [`is_invalid_argument`](crate::Error::is_invalid_argument) for 0610 on a segment,
            /// which stands for one in the making.
            #[doc(alias("IPC_SET", "setperm", "permissions"))]
            pub fn set_mode(&self, mode: crate::Mode) -> crate::Result<()> {
                self.change(crate::change::Change {
                    mode: Some(mode),
                    ..Default::default()
                })
            }

            /// Gives it to another user and group.
            ///
            /// # Errors
            ///
            /// As said above; [`is_invalid_argument`](crate::Error::is_invalid_argument) for `u32::MAX`, which
            /// names no user and no group.
            #[doc(alias("IPC_SET", "chown"))]
            pub fn set_owner(&self, uid: u32, gid: u32) -> crate::Result<()> {
                self.change(crate::change::Change {
                    uid: Some(uid),
                    gid: Some(gid),
                    ..Default::default()
                })
            }

            /// Gives it to another user.
            ///
            /// # Errors
            ///
            /// Those of [`set_owner`](Self::set_owner).
            #[doc(alias("IPC_SET", "setuid"))]
            pub fn set_uid(&self, uid: u32) -> crate::Result<()> {
                self.change(crate::change::Change {
                    uid: Some(uid),
                    ..Default::default()
                })
            }

            /// Gives it to another group.
            ///
            /// # Errors
            ///
            /// Those of [`set_owner`](Self::set_owner).
            #[doc(alias("IPC_SET", "setgid"))]
            pub fn set_gid(&self, gid: u32) -> crate::Result<()> {
                self.change(crate::change::Change {
                    gid: Some(gid),
                    ..Default::default()
                })
            }
        }
    };
}
pub(crate) use setters;
