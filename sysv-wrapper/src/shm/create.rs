//! How segments come into being, and are found: the verbs of the builder.

use sysv_ipc::{Errno, Mode, ShmGetFlags, ShmId};

use super::builder::{Contents, SharedMemoryBuilder};
use super::huge_pages;
use super::state;
use super::{KIND, SharedMemory};
use crate::error::{Error, Result};
use crate::half_made::{self, Found, MARKER, Patience, refuse_private};
use crate::key::{self, Key};
use crate::limit;
use crate::object::Subject;
use crate::opened::Opened;
use crate::remove::RemoveOnDrop;

/// The verbs.
impl SharedMemoryBuilder<'_> {
    /// Makes a segment with this key, which must be free.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if the key is in use;
    /// [`is_limit_reached`](Error::is_limit_reached) if there is no room;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a size of 0 or beyond the system's limit, for
    /// the mode 0610, and for [`Key::PRIVATE`].
    #[doc(alias("IPC_CREX", "IPC_EXCL", "create_memory"))]
    pub fn create(mut self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Makes a segment with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "create_memory")]
    pub fn create_unique(mut self) -> Result<SharedMemory> {
        key::unique(|key| self.make(key))
    }

    /// Makes a segment without a key: others find it by its id only.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(mut self) -> Result<SharedMemory> {
        self.make(Key::PRIVATE)
    }

    /// Finds the segment with this key. If it is being filled, waits.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if it is smaller than the [`size`](Self::size) that was set;
    /// [`is_abandoned`](Error::is_abandoned) if the creator died before the segment was filled;
    /// [`is_timed_out`](Error::is_timed_out) if the creator took too long.
    #[doc(alias = "getshmid")]
    pub fn open(self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        match wait_for(key, &Patience::new(self.wait_for_creator))? {
            None => Err(Error::call("open", subject, Errno::ENOENT)),
            Some(Found::Ready(id)) => existing(key, id, self.size),
            Some(Found::Abandoned(id, creator)) => {
                Err(Error::abandoned("open", subject.with_id(id), creator))
            }
        }
    }

    /// Finds the segment with this key, or makes it. Of several processes that do this at once, one makes it,
    /// and the others wait until it is filled.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create) and [`open`](Self::open), but that the key is in use or that it is
    /// not.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(mut self, key: impl Into<Key>) -> Result<Opened<SharedMemory>> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        let wanted = self.size;
        half_made::create_or_open(
            subject,
            self.wait_for_creator,
            self.reclaim_abandoned,
            |patience| wait_for(key, patience),
            || self.make(key),
            |id| existing(key, id, wanted),
        )
    }

    /// Makes a segment with this key; one that has it is removed first.
    ///
    /// Those who have the old one attached keep it, and do not notice.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if the old one may not
    /// be removed.
    pub fn create_replacing(mut self, key: impl Into<Key>) -> Result<SharedMemory> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        half_made::create_replacing(|| self.make(key), || SharedMemory::remove_key(key))
    }

    /// Makes a segment exclusively and fills it. An initialiser runs at most once, when the segment has been
    /// made.
    fn make(&mut self, key: Key) -> Result<SharedMemory> {
        let subject = Subject::keyed(KIND, key);
        let size = self.size.unwrap_or_else(crate::page_size);
        self.check(subject, size)?;
        let contents_later = !matches!(self.contents, Contents::Zeros);
        let mode = if contents_later { MARKER } else { self.mode };
        let flags = self.flags(subject)?;
        let id = sysv_ipc::shmget(key.into(), size, flags, mode).map_err(|errno| {
            match self.huge_pages {
                Some(_) => huge_pages::refused(subject, errno, size),
                None => limit::explain(subject, errno, size),
            }
        })?;
        let made = SharedMemory { id, key: Some(key) };
        if !contents_later {
            return Ok(made);
        }
        let made = RemoveOnDrop::new(made);
        self.initialise(&made)?;
        made.set_mode(self.mode)?;
        Ok(made.keep())
    }

    /// Refuses what the kernel would take for something else, or refuse without a reason.
    fn check(&self, subject: Subject, size: usize) -> Result<()> {
        if size == 0 {
            let because = "the size is 0, and must be at least 1";
            return Err(Error::argument("create", subject, because));
        }
        if self.mode == MARKER {
            let because =
                "the mode is 0610, which stands for a segment in the making; any other will do";
            return Err(Error::argument("create", subject, because));
        }
        Ok(())
    }

    /// The flags that not every platform has.
    fn flags(&self, subject: Subject) -> Result<ShmGetFlags> {
        let mut flags = match self.huge_pages {
            Some(size) => size.flags(subject)?,
            None => ShmGetFlags::empty(),
        };
        #[cfg(sysv = "SHM_NORESERVE")]
        if self.no_reserve {
            flags |= ShmGetFlags::NORESERVE;
        }
        flags |= ShmGetFlags::CREAT | ShmGetFlags::EXCL;
        Ok(flags)
    }

    fn initialise(&mut self, made: &SharedMemory) -> Result<()> {
        let attachment = made.attach()?;
        let fail = |source| Error::initialiser(made.subject(), source);
        match self.contents {
            Contents::Zeros => return Ok(()),
            Contents::Byte(byte) => return attachment.fill(.., byte),
            Contents::Initialiser(_) | Contents::Spent => {}
        }
        match std::mem::replace(&mut self.contents, Contents::Spent) {
            Contents::Initialiser(initialiser) => initialiser(&attachment).map_err(fail),
            _ => Err(fail(SPENT.into())),
        }
    }
}

/// Finds the segment with this key, once it is filled.
fn wait_for(key: Key, patience: &Patience) -> Result<Option<Found>> {
    half_made::wait_for(
        Subject::keyed(KIND, key),
        patience,
        || KIND.find(key),
        |id| state::of(key, ShmId::from_raw(id)),
    )
}

/// The handle of a segment that was there, if it is large enough.
fn existing(key: Key, id: i32, wanted: Option<usize>) -> Result<SharedMemory> {
    let found = SharedMemory {
        id: ShmId::from_raw(id),
        key: Some(key),
    };
    let Some(wanted) = wanted else {
        return Ok(found);
    };
    // The kernel compares, without asking for access.
    match sysv_ipc::shmget(key.into(), wanted, ShmGetFlags::empty(), Mode::NONE) {
        Ok(same) if same == found.id => Ok(found),
        // It was removed, and another one has its key.
        Ok(_) => Err(Error::call("open", found.subject(), Errno::ENOENT)),
        Err(Errno::EINVAL) => {
            // Who may write but not read may be told nevertheless.
            let size = found
                .size()
                .ok()
                .or_else(|| crate::change::any_segment(found.id).map(|stat| stat.segsz()));
            let size = size.map_or("fewer".to_owned(), |size| size.to_string());
            let because = format!("it has {size} bytes, and {wanted} were asked for");
            Err(Error::mismatch("open", found.subject(), because))
        }
        Err(errno) => Err(Error::call("open", found.subject(), errno)),
    }
}

const SPENT: &str = "the segment that it had filled was taken for abandoned and removed, and nobody has made \
                     another one";

#[cfg(test)]
mod tests {
    //! Segments that go between two looks.

    use super::{SharedMemory, existing};
    use crate::remove::RemoveOnDrop;

    #[test]
    fn the_size_is_that_of_the_segment_that_was_found() {
        let made = SharedMemory::builder().size(100).create_unique();
        let made = RemoveOnDrop::new(made.unwrap());
        let (key, id) = (made.key().unwrap(), made.id().as_raw());
        assert_eq!(existing(key, id, Some(100)).unwrap(), *made);
        let other = existing(key, id + 1, Some(100)).unwrap_err();
        assert!(other.is_not_found(), "{other}");
    }
}
