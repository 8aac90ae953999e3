//! Finding objects without asking for access, which the kernel lets everyone do.

use sysv_ipc::{
    Errno, Mode, MsgGetFlags, MsgId, SemGetFlags, SemId, ShmGetFlags, ShmId, msgctl_stat, msgget,
    semctl_stat, semget, shmctl_stat, shmget,
};

use crate::error::{Error, ErrorKind, Result};
use crate::key::Key;
use crate::object::{Kind, Subject};
use crate::remove;

/// What a user may do with an object who may not read it: write to it, or alter it.
const WRITE: Mode = Mode::from_bits_truncate(0o222);

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::SharedMemory, Kind::Semaphores, Kind::MessageQueue];

    /// The id of the object of this kind that has the key. [`Key::PRIVATE`] names none.
    pub(crate) fn find(self, key: Key) -> sysv_ipc::Result<i32> {
        if key.is_private() {
            // The kernel would make one.
            return Err(Errno::ENOENT);
        }
        self.get(key, Mode::NONE)
    }

    /// An error if the object that was found with this key does not let this user write, or alter; `Ok(false)`
    /// if it no longer has the key.
    pub(crate) fn check_write(self, key: Key, id: i32) -> sysv_ipc::Result<bool> {
        match self.get(key, WRITE) {
            Ok(found) => Ok(found == id),
            // The refusal may be of another object, which has taken its place.
            Err(errno) if self.find(key) == Ok(id) => Err(errno),
            Err(_) => Ok(false),
        }
    }

    fn get(self, key: Key, access: Mode) -> sysv_ipc::Result<i32> {
        let key = key.into();
        match self {
            Kind::SharedMemory => shmget(key, 0, ShmGetFlags::empty(), access).map(ShmId::as_raw),
            Kind::Semaphores => semget(key, 0, SemGetFlags::empty(), access).map(SemId::as_raw),
            Kind::MessageQueue => msgget(key, MsgGetFlags::empty(), access).map(MsgId::as_raw),
        }
    }

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
        match self.find(key) {
            Ok(_) | Err(Errno::EACCES) => Ok(true),
            Err(Errno::ENOENT) => Ok(false),
            Err(errno) => Err(Error::call("look for", Subject::keyed(self, key), errno)),
        }
    }

    /// Removes the object of this kind that has the key: the body of every `remove_key`.
    pub(crate) fn remove_key(self, key: Key) -> Result<()> {
        let subject = Subject::keyed(self, key);
        let id = self
            .find(key)
            .map_err(|errno| Error::call("remove", subject, errno))?;
        remove::remove(subject, id)
    }

    /// Whether anything of this kind has the key. What may not be looked at is there.
    pub(crate) fn has_key(self, key: Key) -> bool {
        self.find(key) != Err(Errno::ENOENT)
    }

    /// Whether anything of this kind has the id. What may not be looked at is there.
    pub(crate) fn has_id(self, id: i32) -> bool {
        !matches!(self.key_of(id), Err(Errno::EINVAL | Errno::EIDRM))
    }
}

#[cfg(test)]
mod tests {
    //! Objects that go between two looks.

    use crate::object::Kind;
    use crate::sem::SemaphoreSet;

    #[test]
    fn a_refusal_is_of_the_object_that_was_found() {
        let set = SemaphoreSet::builder().values([1]).create_unique().unwrap();
        let (key, id) = (set.key().unwrap(), set.id().as_raw());
        let (same, other) = [id, id + 1]
            .map(|id| Kind::Semaphores.check_write(key, id))
            .into();
        set.remove().unwrap();
        assert_eq!((same, other), (Ok(true), Ok(false)));
        assert_eq!(Kind::Semaphores.check_write(key, id), Ok(false));
    }
}
