//! One object of a listing: its id, its key and its state, as they were at that moment.

use std::fmt;
use std::time::SystemTime;

use sysv_ipc::Mode;

use super::kinds::{Listed, ObjectStatus};
use super::orphans::{Judge, Orphaned};
use crate::error::{Error, ErrorKind, Result};
use crate::key::Key;
use crate::object::{Kind, Subject};
use crate::remove;

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
    pub(super) fn new(id: i32, stat: H::Stat) -> Entry<H> {
        Entry {
            id,
            key: H::key_in(&stat),
            status: H::status(stat),
        }
    }

    pub(super) fn find(id: i32) -> Result<Entry<H>> {
        let stat = H::stat(id).map_err(|errno| {
            let error = Error::on_handle("inspect", Subject::of(H::KIND).with_id(id), errno);
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
        let stat = H::stat(self.id).map_err(|errno| Error::on_handle("inspect", subject, errno))?;
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
        remove::remove(self.subject(), self.id)
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
