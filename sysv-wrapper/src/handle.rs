//! What the handles of all kinds have alike: finding by key and by id, removing, changing owner and mode, owning.

use std::fmt;
use std::ops::Deref;

use sysv_ipc::{
    Errno, Mode, MsgId, SemId, ShmId, fork_generation, msgctl_set, msgctl_stat, semctl_set,
    semctl_stat, shmctl_set, shmctl_stat,
};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::key::Key;
use crate::kind::Kind;
use crate::system;

/// A handle of any kind: what [`RemoveOnDrop`](crate::RemoveOnDrop) and [`KeyFile`](crate::KeyFile) work
/// with. The handle types of this crate implement it, and no others.
///
/// ```
/// use sysv_wrapper::{MessageQueue, Object, RemoveOnDrop};
///
/// fn describe<H: Object>(handle: &H) -> String {
///     format!("{} {}", H::KIND, handle.raw_id())
/// }
///
/// let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
/// assert_eq!(describe(&*queue), format!("message queue {}", queue.id()));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub trait Object: Clone + sealed::Sealed {
    /// Which kind of object the handle names.
    const KIND: Kind;

    /// The number of the kernel's id.
    fn raw_id(&self) -> i32;

    /// The key that the object was made or found with: [`Key::PRIVATE`] for a private one, `None` where
    /// the handle was made from an id and the kernel did not tell.
    fn key(&self) -> Option<Key>;

    /// A handle of the object with this id, which must exist.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if no object of this kind has the id.
    fn from_raw_id(id: i32) -> Result<Self>;
}

pub(crate) mod sealed {
    //! Keeps [`Object`](super::Object) to this crate's handles.

    /// What others cannot name, they cannot implement.
    pub trait Sealed {}
}

impl Kind {
    /// The key of the object with this id: `None` if this user may not read it.
    fn key_of(self, id: i32) -> sysv_ipc::Result<Option<Key>> {
        let perm = match self {
            Kind::SharedMemory => shmctl_stat(ShmId::from_raw(id)).map(|stat| stat.perm()),
            Kind::Semaphores => semctl_stat(SemId::from_raw(id)).map(|stat| stat.perm()),
            Kind::MessageQueue => msgctl_stat(MsgId::from_raw(id)).map(|stat| stat.perm()),
        };
        match perm {
            Ok(perm) => Ok(Some(perm.key().into())),
            Err(Errno::EACCES) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// The key of the object with this id, which must exist: the body of every `from_id`.
    pub(crate) fn open_id(self, id: i32) -> Result<Option<Key>> {
        self.key_of(id).map_err(|errno| {
            let error = Error::on_handle("open", Subject::of(self).with_id(id), errno);
            if error.is_removed() {
                error.with_kind(ErrorKind::NotFound)
            } else {
                error
            }
        })
    }

    /// Whether an object of this kind has the key: the body of every `exists`.
    pub(crate) fn exists(self, key: Key) -> Result<bool> {
        match system::find(self, key) {
            Ok(_) | Err(Errno::EACCES) => Ok(true),
            Err(Errno::ENOENT) => Ok(false),
            Err(errno) => Err(Error::call("look for", Subject::keyed(self, key), errno)),
        }
    }

    /// Removes the object of this kind that has the key: the body of every `remove_key`.
    pub(crate) fn remove_key(self, key: Key) -> Result<()> {
        let subject = Subject::keyed(self, key);
        let id = system::find(self, key).map_err(|errno| Error::call("remove", subject, errno))?;
        remove(subject, id)
    }

    /// Whether anything of this kind has the key. What may not be looked at is there.
    pub(crate) fn has_key(self, key: Key) -> bool {
        system::find(self, key) != Err(Errno::ENOENT)
    }

    /// Whether anything of this kind has the id. What may not be looked at is there.
    pub(crate) fn has_id(self, id: i32) -> bool {
        !matches!(self.key_of(id), Err(Errno::EINVAL | Errno::EIDRM))
    }
}

/// Gives a status that wraps a stat result the accessors that all have.
macro_rules! accessors {
    ($status:ident) => {
        /// Whose it is, and who may use it.
        impl $status {
            /// The permission bits.
            #[doc(alias("perm", "permissions"))]
            pub fn mode(&self) -> crate::Mode {
                self.0.perm().mode()
            }

            /// The owner's user id.
            pub fn uid(&self) -> u32 {
                self.0.perm().uid()
            }

            /// The owner's group id.
            pub fn gid(&self) -> u32 {
                self.0.perm().gid()
            }

            /// The creator's user id.
            #[doc(alias = "cuid")]
            pub fn creator_uid(&self) -> u32 {
                self.0.perm().cuid()
            }

            /// The creator's group id.
            #[doc(alias = "cgid")]
            pub fn creator_gid(&self) -> u32 {
                self.0.perm().cgid()
            }
        }
    };
}
pub(crate) use accessors;

/// Removes the object with this id.
#[inline]
pub(crate) fn remove(subject: Subject, id: i32) -> Result<()> {
    let removed = match subject.kind {
        Kind::SharedMemory => sysv_ipc::shmctl_rmid(ShmId::from_raw(id)),
        Kind::Semaphores => sysv_ipc::semctl_rmid(SemId::from_raw(id)),
        Kind::MessageQueue => sysv_ipc::msgctl_rmid(MsgId::from_raw(id)),
    };
    removed.map_err(|errno| Error::on_handle("remove", subject.with_id(id), errno))
}

/// The handle's object, as errors name it.
#[inline]
pub(crate) fn subject<H: Object>(handle: &H) -> Subject {
    Subject {
        kind: H::KIND,
        key: handle.key(),
        id: Some(handle.raw_id()),
    }
}

/// Owns an object: removes it when dropped, also while a panic unwinds.
///
/// Only the process that made this value removes: in a forked child, dropping it does nothing. What was
/// removed by someone else already is no error. [`keep`](RemoveOnDrop::keep) lets go of the object.
///
/// A process that is killed with SIGKILL, or that calls `exit` or `abort`, drops nothing, and the object
/// stays. For segments, [`Attachment::remove_when_detached`](crate::Attachment::remove_when_detached) leaves
/// that to the kernel. For the others, whatever was left behind and is used by nobody is found as
/// [`Orphaned`](crate::Orphaned), and `create_replacing` takes its key over.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, Semaphore};
///
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_unique()?);
/// semaphore.acquire()?;
/// let key = semaphore.key().unwrap();
/// drop(semaphore);
/// assert!(!Semaphore::exists(key)?);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the object is removed as soon as this is dropped"]
pub struct RemoveOnDrop<H: Object> {
    handle: H,
    /// The process that removes; `None` once it let go.
    owner: Option<usize>,
}

impl<H: Object> RemoveOnDrop<H> {
    /// Takes over the removal of the handle's object.
    pub fn new(handle: H) -> RemoveOnDrop<H> {
        RemoveOnDrop {
            handle,
            owner: Some(fork_generation()),
        }
    }

    /// Lets go of the object, and gives the handle.
    pub fn keep(mut self) -> H {
        self.owner = None;
        self.handle.clone()
    }
}

impl<H: Object> Deref for RemoveOnDrop<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.handle
    }
}

impl<H: Object + fmt::Debug> fmt::Debug for RemoveOnDrop<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoveOnDrop").field(&self.handle).finish()
    }
}

impl<H: Object> Drop for RemoveOnDrop<H> {
    fn drop(&mut self) {
        if self.owner == Some(fork_generation()) {
            // Whoever wants to know of a failure calls `remove` and then drops.
            let _ = remove(subject(&self.handle), self.handle.raw_id());
        }
    }
}

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
    if subject.kind == Kind::SharedMemory && change.mode == Some(crate::init::MARKER) {
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
    let mut stat = readable_or_not(shmctl_stat(id), || system::any_segment(id))?;
    put!(change, stat);
    shmctl_set(id, &stat)
}

fn set(id: SemId, change: Change) -> sysv_ipc::Result<()> {
    let mut stat = readable_or_not(semctl_stat(id), || system::any_set(id))?;
    put!(change, stat);
    semctl_set(id, &stat)
}

fn queue(id: MsgId, change: Change) -> sysv_ipc::Result<()> {
    let mut stat = readable_or_not(msgctl_stat(id), || system::any_queue(id))?;
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

/// Gives a handle the setters that all have.
macro_rules! setters {
    ($handle:ident) => {
        /// Changing owner and mode. Each setter reads the present values, changes what it names, and writes them
        /// back; of two that do so at once, in any processes, one may get lost.
        ///
        /// All fail with [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor
        /// privileged, and with [`is_removed`](crate::Error::is_removed) if the object is gone.
        impl $handle {
            fn change(&self, change: crate::handle::Change) -> crate::Result<()> {
                let subject = crate::handle::subject(self);
                crate::handle::change(subject, crate::Object::raw_id(self), change)
            }

            /// Changes the permission bits.
            ///
            /// # Errors
            ///
            /// As said above; [`is_invalid_argument`](crate::Error::is_invalid_argument) for 0610 on a segment,
            /// which stands for one in the making.
            #[doc(alias("IPC_SET", "setperm", "permissions"))]
            pub fn set_mode(&self, mode: crate::Mode) -> crate::Result<()> {
                self.change(crate::handle::Change {
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
                self.change(crate::handle::Change {
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
                self.change(crate::handle::Change {
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
                self.change(crate::handle::Change {
                    gid: Some(gid),
                    ..Default::default()
                })
            }
        }
    };
}
pub(crate) use setters;
