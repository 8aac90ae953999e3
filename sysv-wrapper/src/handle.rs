//! Operations common to the handles of all kinds: lookup, removal, change of owner and mode, and ownership.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place that removes objects"
)]

use std::fmt;
use std::ops::Deref;

use sysv_ipc::{
    Errno, Mode, MsgId, Ownership, SemId, ShmId, fork_generation, msgctl_set, semctl_set,
    shmctl_set,
};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::init;
use crate::key::Key;
use crate::kind::Kind;
use crate::limits;
use crate::system::{self, Stat};

/// A handle of any kind, as [`RemoveOnDrop`] and [`KeyFile`](crate::KeyFile) accept it. Only the handle types of this
/// crate implement this trait.
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
    /// The kind of object that the handle names.
    const KIND: Kind;

    /// Returns the number of the kernel's id.
    fn raw_id(&self) -> i32;

    /// Returns the key that the object was created or opened with: [`Key::PRIVATE`] for a private object, `None` if the
    /// handle was opened by id and the key is unknown.
    fn key(&self) -> Option<Key>;

    /// Returns a handle of the existing object with this id.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if no object of this kind has the id.
    fn from_raw_id(id: i32) -> Result<Self>;
}

pub(crate) mod sealed {
    //! Restricts [`Object`](super::Object) to this crate's handles.

    /// A trait that other crates cannot name and therefore cannot implement.
    pub trait Sealed {
        /// Removes the object, with what belongs to it.
        fn remove_whole(&self) -> crate::Result<()>
        where
            Self: super::Object,
        {
            super::remove(super::subject(self), self.raw_id())
        }
    }
}

/// Returns the handle's object for error messages.
#[inline]
pub(crate) fn subject<H: Object>(handle: &H) -> Subject {
    Subject {
        kind: H::KIND,
        key: handle.key(),
        id: Some(handle.raw_id()),
    }
}

/// Creates the error of a call on a handle. The kernel also returns `EINVAL` for an object that is gone, so this
/// function checks: the kind is `Removed` only if the object does not exist at the time of the check.
#[cold]
pub(crate) fn error(operation: &'static str, subject: Subject, errno: Errno) -> Error {
    let error = Error::call(operation, subject, errno);
    match errno {
        Errno::EINVAL if is_gone(subject) => error.with_kind(ErrorKind::Removed),
        _ => error,
    }
}

/// Returns whether no object has the id, or an object with another key has it now. An object whose status cannot be
/// read exists.
fn is_gone(subject: Subject) -> bool {
    let Some(id) = subject.id else { return false };
    match Stat::of(subject.kind, id) {
        Ok(stat) => subject.key.is_some_and(|key| {
            // A segment that was removed and is still attached has lost its key.
            key != stat.key() && !stat.is_marked_for_removal()
        }),
        Err(errno) => matches!(errno, Errno::EINVAL | Errno::EIDRM),
    }
}

/// Returns the key of the existing object with this id, `None` if this user may not read it: the body of every
/// `from_id`.
pub(crate) fn key_of(kind: Kind, id: i32) -> Result<Option<Key>> {
    match Stat::of(kind, id) {
        Ok(stat) => Ok(Some(stat.key())),
        Err(Errno::EACCES) => Ok(None),
        Err(errno) => {
            let error = Error::call("open", Subject::of(kind).with_id(id), errno);
            Err(match errno {
                Errno::EINVAL | Errno::EIDRM => error.with_kind(ErrorKind::NotFound),
                _ => error,
            })
        }
    }
}

/// Returns whether an object of this kind has the key: the body of every `exists`.
pub(crate) fn exists(kind: Kind, key: Key) -> Result<bool> {
    match system::find(kind, key) {
        Ok(_) | Err(Errno::EACCES) => Ok(true),
        Err(Errno::ENOENT) => Ok(false),
        Err(errno) => Err(Error::call("look for", Subject::keyed(kind, key), errno)),
    }
}

/// Removes the object of this kind that has the key: the body of every `remove_key`.
pub(crate) fn remove_key(kind: Kind, key: Key) -> Result<()> {
    let subject = Subject::keyed(kind, key);
    let id = system::find(kind, key).map_err(|errno| Error::call("remove", subject, errno))?;
    remove(subject, id)
}

/// Removes the object with this id: the one place where objects are removed.
#[inline]
pub(crate) fn remove(subject: Subject, id: i32) -> Result<()> {
    let removed = match subject.kind {
        Kind::SharedMemory => sysv_ipc::shmctl_rmid(ShmId::from_raw(id)),
        Kind::SemaphoreSet => sysv_ipc::semctl_rmid(SemId::from_raw(id)),
        Kind::MessageQueue => sysv_ipc::msgctl_rmid(MsgId::from_raw(id)),
    };
    removed.map_err(|errno| error("remove", subject.with_id(id), errno))
}

/// Owns an object and removes it when dropped, including while a panic unwinds.
///
/// Only the process that created this value removes the object: in a forked child, dropping it does nothing. Dropping
/// it also does nothing after the thread has left the ipc namespace of the object (`unshare`, `setns`), where another
/// object may have the same id. An object that was already removed is not an error. [`keep`](RemoveOnDrop::keep)
/// releases the object without removing it.
///
/// A process that is killed with SIGKILL, or that calls `exit` or `abort`, drops nothing, and the object stays. For
/// segments, [`Attachment::remove_when_detached`](crate::Attachment::remove_when_detached) lets the kernel remove the
/// object. [`Entry::verdict`](crate::Entry::verdict) reports whether an object that was left behind is still in use,
/// and `create_replacing` takes over its key.
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
    /// The process that removes the object; `None` after `keep`.
    owner: Option<usize>,
    /// The ipc namespace of the object; `None` if it is unknown, or if it cannot change before the drop.
    namespace: Option<u64>,
}

impl<H: Object> RemoveOnDrop<H> {
    /// Takes over the removal of the handle's object.
    pub fn new(handle: H) -> RemoveOnDrop<H> {
        let mut owned = RemoveOnDrop::within_call(handle);
        owned.namespace = system::namespace("ipc");
        owned
    }

    /// Takes over the removal like [`new`](Self::new), for the duration of one call of this library, in which no thread
    /// leaves a namespace.
    pub(crate) fn within_call(handle: H) -> RemoveOnDrop<H> {
        RemoveOnDrop {
            handle,
            owner: Some(fork_generation()),
            namespace: None,
        }
    }

    /// Returns whether the id still names the object: not after the thread has left the object's namespace.
    fn is_at_home(&self) -> bool {
        let Some(home) = self.namespace else {
            return true;
        };
        system::namespace("ipc").is_none_or(|here| here == home)
    }

    /// Makes this process the owner of the object, although its parent created this value. This is for a daemon that
    /// forks and whose parent ends by `_exit`, which drops nothing. A parent that drops its own copy removes the
    /// object.
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, Semaphore};
    ///
    /// let mut semaphore = RemoveOnDrop::new(Semaphore::builder().create_private()?);
    /// // After the fork, in the child:
    /// semaphore.adopt();
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn adopt(&mut self) {
        if self.owner.is_some() {
            self.owner = Some(fork_generation());
        }
    }

    /// Returns the handle without removing the object.
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
        if self.owner == Some(fork_generation()) && self.is_at_home() {
            // `remove` reports a failure.
            let _ = self.handle.remove_whole();
        }
    }
}

/// The values of an object to change; the others remain unchanged.
#[derive(Debug, Copy, Clone, Default)]
pub(crate) struct Change {
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
    pub(crate) mode: Option<Mode>,
    /// Queues only: the maximum number of bytes on the queue.
    pub(crate) max_bytes: Option<u64>,
}

/// Changes an object: reads the current values, replaces the given ones, and writes all of them back. This is not
/// atomic: one of two simultaneous changes may be lost.
pub(crate) fn change(subject: Subject, id: i32, change: Change) -> Result<()> {
    const OPERATION: &str = "change";
    if [change.uid, change.gid].contains(&Some(u32::MAX)) {
        let because = "4294967295 names no user and no group; use a smaller number";
        return Err(Error::argument(OPERATION, subject, because));
    }
    if let Some(mode) = change.mode {
        init::check_mode(OPERATION, subject, mode)?;
    }
    let subject = subject.with_id(id);
    let mut stat =
        Stat::of_any(subject.kind, id).map_err(|errno| error(OPERATION, subject, errno))?;
    refuse_unmapped(subject, &stat, change)?;
    let is_own = is_own(stat.ownership());
    stat.change(change.uid, change.gid, change.mode, change.max_bytes);
    let changed = match &stat {
        Stat::Shm(stat) => shmctl_set(ShmId::from_raw(id), stat),
        Stat::Sem(stat) => semctl_set(SemId::from_raw(id), stat),
        Stat::Msg(stat) => msgctl_set(MsgId::from_raw(id), stat),
    };
    changed.map_err(|errno| {
        let error = error(OPERATION, subject, errno);
        match &stat {
            Stat::Msg(stat) if errno == Errno::EPERM && is_own => {
                limits::explain_room(error, stat, change.max_bytes)
            }
            _ => error,
        }
    })
}

/// Returns whether the kernel permits this process to change the object: as its owner, its creator, or root.
fn is_own(ownership: &Ownership) -> bool {
    let user = rustix::process::geteuid().as_raw();
    [ownership.uid(), ownership.creator_uid(), 0].contains(&user)
}

/// Returns an error if the owner or the group could not be read and so cannot be written back: in a user namespace, an
/// id without a mapping reads as the overflow id, which may belong to another user of the namespace.
fn refuse_unmapped(subject: Subject, stat: &Stat, change: Change) -> Result<()> {
    let ownership = stat.ownership();
    let (uid, gid) = system::unmapped(ownership.uid(), ownership.gid());
    let unreadable = match (uid && change.uid.is_none(), gid && change.gid.is_none()) {
        (false, false) => return Ok(()),
        (true, false) => "owner",
        (false, true) => "group",
        (true, true) => "owner and group",
    };
    let because = format!(
        "its {unreadable} has no mapping in this user namespace, and changing anything else would give the object to \
         the user or group 65534; name the {unreadable} as well, or do it outside of the namespace"
    );
    Err(Error::of_kind(
        ErrorKind::Unsupported,
        "change",
        subject,
        because,
    ))
}

/// Defines the methods and traits that all handle types share. The type has `id()`, `key()`, `status()` and
/// `from_id()`.
///
/// `$noun` names the object in the documentation; `$haskey` and `$remove` are the names in Python's modules.
macro_rules! handle {
    ($handle:ident, $id:ident, $kind:expr, $noun:literal, $haskey:literal, $remove:literal) => {
        /// Methods common to the handles of all kinds.
        ///
        /// Each setter reads the current values, replaces its own, and writes all of them back. This is not atomic: one
        /// of two simultaneous changes, in any processes, may be lost.
        impl $handle {
            #[doc = concat!("Returns whether a ", $noun, " has this key, also one that this user may not use.")]
            /// [`Key::PRIVATE`](crate::Key::PRIVATE) never exists.
            ///
            /// # Errors
            ///
            /// [`is_unsupported`](crate::Error::is_unsupported) if the kernel has no such objects.
            #[doc(alias = $haskey)]
            pub fn exists(key: impl Into<crate::Key>) -> crate::Result<bool> {
                crate::handle::exists($kind, key.into())
            }

            #[doc = concat!("Removes the ", $noun, " that has this key.")]
            ///
            /// # Errors
            ///
            /// [`is_not_found`](crate::Error::is_not_found) if no object has the key; otherwise as
            /// [`remove`](Self::remove).
            #[doc(alias = $remove)]
            pub fn remove_key(key: impl Into<crate::Key>) -> crate::Result<()> {
                crate::handle::remove_key($kind, key.into())
            }

            #[doc = concat!("Removes the ", $noun, ". Every process that waits for it gets an error,")]
            /// [`is_removed`](crate::Error::is_removed). A segment stays in memory, without a key, until its last
            /// attachment is gone.
            ///
            /// # Errors
            ///
            /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
            /// [`is_removed`](crate::Error::is_removed) if the object is already gone.
            #[doc(alias("IPC_RMID", $remove))]
            #[inline]
            pub fn remove(&self) -> crate::Result<()> {
                crate::handle::remove(self.subject(), self.id().as_raw())
            }

            /// Returns the permission bits.
            ///
            /// # Errors
            ///
            /// As [`status`](Self::status).
            #[doc(alias("perm", "permissions"))]
            pub fn mode(&self) -> crate::Result<crate::Mode> {
                self.status().map(|status| status.mode())
            }

            /// Sets the permission bits.
            ///
            /// # Errors
            ///
            /// [`NotOwner`](crate::ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
            /// [`is_removed`](crate::Error::is_removed) if the object is gone;
            /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for 0610 on a segment, which marks an
            /// uninitialised segment; [`is_unsupported`](crate::Error::is_unsupported) if the owner or the group has no
            /// mapping in this user namespace and so cannot be preserved.
            #[doc(alias("IPC_SET", "setperm", "permissions"))]
            pub fn set_mode(&self, mode: crate::Mode) -> crate::Result<()> {
                self.change(crate::handle::Change {
                    mode: Some(mode),
                    ..Default::default()
                })
            }

            /// Sets owner and group.
            ///
            /// # Errors
            ///
            /// As [`set_mode`](Self::set_mode), and [`is_invalid_argument`](crate::Error::is_invalid_argument) for
            /// `u32::MAX`, which names no user and no group.
            #[doc(alias("IPC_SET", "chown"))]
            pub fn set_owner(&self, uid: u32, gid: u32) -> crate::Result<()> {
                self.change(crate::handle::Change {
                    uid: Some(uid),
                    gid: Some(gid),
                    ..Default::default()
                })
            }

            /// Sets the owner.
            ///
            /// # Errors
            ///
            /// As [`set_owner`](Self::set_owner).
            #[doc(alias("IPC_SET", "setuid"))]
            pub fn set_uid(&self, uid: u32) -> crate::Result<()> {
                self.change(crate::handle::Change {
                    uid: Some(uid),
                    ..Default::default()
                })
            }

            /// Sets the group.
            ///
            /// # Errors
            ///
            /// As [`set_owner`](Self::set_owner).
            #[doc(alias("IPC_SET", "setgid"))]
            pub fn set_gid(&self, gid: u32) -> crate::Result<()> {
                self.change(crate::handle::Change {
                    gid: Some(gid),
                    ..Default::default()
                })
            }

            fn change(&self, change: crate::handle::Change) -> crate::Result<()> {
                crate::handle::change(self.subject(), self.id().as_raw(), change)
            }

            #[inline]
            pub(crate) fn subject(&self) -> crate::error::Subject {
                crate::handle::subject(self)
            }
        }

        impl crate::handle::sealed::Sealed for $handle {}

        impl crate::Object for $handle {
            const KIND: crate::Kind = $kind;

            #[inline]
            fn raw_id(&self) -> i32 {
                self.id().as_raw()
            }

            #[inline]
            fn key(&self) -> Option<crate::Key> {
                $handle::key(self)
            }

            fn from_raw_id(id: i32) -> crate::Result<$handle> {
                $handle::from_id(id)
            }
        }

        impl std::fmt::Display for $handle {
            /// Formats kind, id and key as in error messages.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.subject().fmt(f)
            }
        }

        impl From<&$handle> for crate::$id {
            fn from(handle: &$handle) -> crate::$id {
                handle.id()
            }
        }
    };
}
pub(crate) use handle;
