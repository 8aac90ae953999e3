//! Rendezvous through a file: one process publishes a key, or the id of a private object, at an agreed path, and other
//! processes wait for the file.
//!
//! A file is *left behind* if it is from an earlier boot, if its publisher is gone, or if its object is gone or was
//! replaced. A publisher takes over such a path. A reader waits, but accepts the object of a publisher that is gone.
#![expect(
    clippy::disallowed_methods,
    reason = "the publisher removes its own file"
)]

mod file;
mod record;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{fmt, io};

use sysv_ipc::{Errno, Mode, fork_generation};

use crate::deadline::{self, Deadline, Ended};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Object;
use crate::identity::{Identity, Place, ProcessIdentity};
use crate::key::Key;
use crate::kind::Kind;
use crate::system::{self, Stat};
use file::{Draft, Existing, FileId, Lock};
use record::{Record, Reference};

/// A file that publishes a key, or the id of a private object, to other processes.
///
/// This replaces `ftok`: `create_unique` draws a free key at random, and the file contains it. The file appears
/// atomically with its full contents, and only its owner can read it unless [`mode`](KeyFileBuilder::mode) is set. This
/// value belongs to the publisher: dropping it in the process that published the file deletes the file, if it is still
/// the same file.
///
/// The file records the identity of the object and of its publisher, so that readers detect a stale file:
///
/// - After a restart of the machine, or in another ipc namespace, it names no object, even if another object has the
///   id.
/// - If its object was removed, or the id was reused, it names no object. Recreate the object, and publish again.
/// - If its publisher was killed, the next publisher takes over the path immediately, even if the object still exists.
///   Until then, readers accept that object.
/// - Readers trust files of their own user, of root, and of the users given by
///   [`trust_user`](KeyFileBuilder::trust_user), if no other user can write the file and the object belongs to the
///   file's owner.
///
/// Other programs read the first line: a key as [`Key`] displays it, or a kind and an id (`shm 65538`). A file of
/// another program that consists of that line alone is accepted as long as the object exists. Publishing requires a
/// directory that this user can write: it temporarily uses `.NAME.lock` and `.NAME.new` beside the file.
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{KeyFile, RemoveOnDrop, SharedMemory};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("premise-{}.key", std::process::id()));
/// // One process creates a segment and publishes its key …
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_unique()?);
/// let file = KeyFile::publish(&path, &*memory)?;
///
/// // … and another process, which knows only the path, opens the segment.
/// let key = KeyFile::wait(&path, Duration::from_secs(5))?;
/// assert_eq!(SharedMemory::open(key)?.id(), memory.id());
///
/// drop(file);
/// assert!(!path.exists());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// After a crash the file still names what the killed process left. The next run goes on with it, or begins:
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{KeyFile, RemoveOnDrop, SharedMemory};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("restart-{}.key", std::process::id()));
/// let memory = match KeyFile::wait_id::<SharedMemory>(&path, Duration::ZERO) {
///     Ok(left) => left,
///     Err(error) if error.is_timed_out() => SharedMemory::builder().size(4096).create_private()?,
///     Err(error) => return Err(error),
/// };
/// // Both go at the end of the run; SIGKILL leaves both for the next one.
/// let memory = RemoveOnDrop::new(memory);
/// let file = KeyFile::publish_id(&path, &*memory)?;
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// A file names one object. A program with several publishes one, usually the segment, and writes the ids of the others
/// into it before: readers open them by `from_id`.
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{KeyFile, RemoveOnDrop, SemaphoreSet, SharedMemory};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("launderette-{}.key", std::process::id()));
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0]).create_private()?);
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_private()?);
/// memory.attach()?.write_value(&set.id().as_raw(), 0)?;
/// let file = KeyFile::publish_id(&path, &*memory)?;
///
/// // Another process, which knows the path:
/// let found: SharedMemory = KeyFile::wait_id(&path, Duration::from_secs(5))?;
/// let set = SemaphoreSet::from_id(found.attach_read_only()?.read_value::<i32>(0)?)?;
/// assert_eq!(set.values()?, [1, 0]);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// For a private object, the file contains the id. The object can be of any kind:
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{KeyFile, RemoveOnDrop, Semaphore};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("conclusion-{}.key", std::process::id()));
/// let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
/// let file = KeyFile::publish_id(&path, &*semaphore)?;
/// let found: Semaphore = KeyFile::wait_id(&path, Duration::from_secs(5))?;
/// assert_eq!(found.id(), semaphore.id());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the file is deleted as soon as this is dropped"]
pub struct KeyFile {
    path: PathBuf,
    /// Kept open, so that no other file gets its inode.
    _file: File,
    id: FileId,
    /// The process that deletes the file; `None` after `keep`.
    owner: Option<usize>,
}

/// Settings for publishing and reading a key file. Returned by [`KeyFile::builder`].
///
/// ```
/// use sysv_wrapper::{KeyFile, Mode, RemoveOnDrop, SharedMemory};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("for-everyone-{}.key", std::process::id()));
/// let memory = RemoveOnDrop::new(SharedMemory::builder().mode(Mode::EVERYONE).create_private()?);
/// let everyone_reads = Mode::from_bits(0o644).unwrap();
/// let file = KeyFile::builder().mode(everyone_reads).publish_id(&path, &*memory)?;
/// assert_eq!(file.path(), path);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyFileBuilder {
    mode: Mode,
    trusted: Vec<u32>,
}

impl KeyFile {
    /// Returns default settings for publishing and reading.
    pub fn builder() -> KeyFileBuilder {
        KeyFileBuilder {
            mode: Mode::OWNER,
            trusted: Vec::new(),
        }
    }

    /// Publishes the key of an object at `path`, readable by its owner only.
    ///
    /// # Errors
    ///
    /// As [`KeyFileBuilder::publish`].
    pub fn publish<H: Object>(path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        KeyFile::builder().publish(path, handle)
    }

    /// Publishes kind and id of an object at `path`, readable by its owner only.
    ///
    /// # Errors
    ///
    /// As [`KeyFileBuilder::publish`].
    pub fn publish_id<H: Object>(path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        KeyFile::builder().publish_id(path, handle)
    }

    /// Waits until a key is published at `path`, or until the deadline, and returns it.
    ///
    /// # Errors
    ///
    /// As [`KeyFileBuilder::wait`].
    pub fn wait(path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<Key> {
        KeyFile::builder().wait(path, deadline)
    }

    /// Waits until the id of an object is published at `path`, or until the deadline, and returns a handle.
    ///
    /// # Errors
    ///
    /// As [`KeyFileBuilder::wait_id`].
    pub fn wait_id<H: Object>(path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<H> {
        KeyFile::builder().wait_id(path, deadline)
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps the file: it is not deleted when this value is dropped.
    pub fn keep(mut self) {
        self.owner = None;
    }

    /// Makes this process delete the file on drop, although its parent published it. This is for a daemon that forks
    /// and whose parent ends by `_exit`. The file still records the parent as its publisher, so that another publisher
    /// can take over the path; publish after the fork to avoid that.
    pub fn adopt(&mut self) {
        if self.owner.is_some() {
            self.owner = Some(fork_generation());
        }
    }
}

impl KeyFileBuilder {
    /// Sets the permission bits of the file, regardless of the umask; [`Mode::OWNER`], 0600, by default. A user who can
    /// read the file learns the key, but the object's own mode controls access to the object. A mode with write
    /// permission for group or others is an error.
    #[must_use]
    pub fn mode(self, mode: Mode) -> KeyFileBuilder {
        KeyFileBuilder { mode, ..self }
    }

    /// Trusts the key files of this user too, such as the user that a service runs as. May be called several times.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sysv_wrapper::KeyFile;
    ///
    /// let reader = KeyFile::builder().trust_user(1000);
    /// assert!(reader.wait("/nonexistent/agreed.key", Duration::ZERO).is_err());
    /// ```
    #[must_use]
    pub fn trust_user(mut self, uid: u32) -> KeyFileBuilder {
        self.trusted.push(uid);
        self
    }

    /// Publishes the key of an object at `path`.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if another process has published an object at the path, and
    /// process and object both exist; [`Mismatch`](ErrorKind::Mismatch) if an existing file at the path is not a key
    /// file; [`is_permission_denied`](Error::is_permission_denied) if the existing file belongs to a user other than
    /// this one, root or a [trusted](Self::trust_user) one, if others can write it, or if this user may not write the
    /// directory; [`is_invalid_argument`](Error::is_invalid_argument) for an object without a key, and for a mode that
    /// lets others write the file; [`is_timed_out`](Error::is_timed_out) if another process keeps the path locked for
    /// five seconds; [`is_removed`](Error::is_removed) if the object is gone; others for errors of the file system.
    pub fn publish<H: Object>(self, path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        let path = path.as_ref();
        match handle.key() {
            Some(key) if !key.is_private() => self.put(path, handle, Reference::Key(key)),
            key => {
                let because = match key {
                    Some(_) => "the object is private, and has no key; use `publish_id`",
                    None => "the key of the object is unknown; use `publish_id`",
                };
                let kind = ErrorKind::InvalidArgument;
                Err(Error::bad_file(kind, PUBLISH, path, because))
            }
        }
    }

    /// Publishes kind and id of an object at `path`.
    ///
    /// # Errors
    ///
    /// As [`publish`](KeyFileBuilder::publish).
    pub fn publish_id<H: Object>(self, path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        self.put(path.as_ref(), handle, Reference::Id)
    }

    /// Waits until a key is published at `path`, or until the deadline, and returns it.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out) if the path has no file, or only one that was left behind;
    /// [`is_interrupted`](Error::is_interrupted) if the deadline is [interruptible](Deadline::interruptible);
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may not read the file, if it belongs to a
    /// user other than this one, root or a [trusted](Self::trust_user) one, if others can write it, or if it names an
    /// object of another user; [`Mismatch`](ErrorKind::Mismatch) if it is not a key file, or contains an id.
    pub fn wait(&self, path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<Key> {
        let path = path.as_ref();
        let record = self.read(path, deadline)?;
        match record.reference {
            Reference::Key(key) => Ok(key),
            Reference::Id => {
                let described = record.described();
                let because = format!("it has the id of {described}; `wait_id` is for that");
                Err(Error::bad_file(ErrorKind::Mismatch, READ, path, because))
            }
        }
    }

    /// Waits until the id of an object is published at `path`, or until the deadline, and returns a handle.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait), except that [`Mismatch`](ErrorKind::Mismatch) is for a key or for the id of another
    /// kind of object; and as the handle's `from_id`.
    pub fn wait_id<H: Object>(
        &self,
        path: impl AsRef<Path>,
        deadline: impl Into<Deadline>,
    ) -> Result<H> {
        let path = path.as_ref();
        let record = self.read(path, deadline)?;
        let because = match (record.reference, record.object) {
            (Reference::Id, Some(object)) if object.kind == H::KIND => {
                return H::from_raw_id(object.id);
            }
            (Reference::Id, object) => {
                let found = object.map_or("nothing".to_owned(), |object| {
                    format!("a {}, {}", object.kind, object.id)
                });
                format!("it has the id of {found}, and not of a {}", H::KIND)
            }
            (Reference::Key(key), _) => format!("it has a key, {key}; `wait` is for that"),
        };
        Err(Error::bad_file(ErrorKind::Mismatch, READ, path, because))
    }

    fn put<H: Object>(self, path: &Path, handle: &H, reference: Reference) -> Result<KeyFile> {
        let fail = |error: io::Error| Error::file(PUBLISH, path, error);
        if self.mode.bits() & 0o022 != 0 {
            let because = format!(
                "the mode of the file is {}, with which others could write it; take one without 0022",
                self.mode
            );
            let kind = ErrorKind::InvalidArgument;
            return Err(Error::bad_file(kind, PUBLISH, path, because));
        }
        let subject = crate::handle::subject(handle);
        let stat = Stat::of_any(H::KIND, handle.raw_id())
            .map_err(|errno| crate::handle::error("publish", subject, errno))?;
        let record = Record::new(reference, H::KIND, handle.raw_id(), &stat);
        // A file that is not a key file is refused before any file is created beside it.
        Existing::read(path, PUBLISH, &self.trusted)?;
        let lock = Lock::acquire(path, PUBLISH)?;
        let draft = Draft::write(path, &record.to_string(), self.mode, &lock).map_err(fail)?;
        let (file, id) = draft.file().map_err(fail)?;
        self.give_name(&draft, path)?;
        Ok(KeyFile {
            path: path.to_owned(),
            _file: file,
            id,
            owner: Some(fork_generation()),
        })
    }

    /// Publishes the draft at its path, or in place of a file that was left behind. Without a lock other publishers may
    /// do the same, so it retries a few times.
    fn give_name(&self, draft: &Draft<'_>, path: &Path) -> Result<()> {
        const TURNS: usize = 100;
        let fail = |error: io::Error| Error::file(PUBLISH, path, error);
        for _ in 0..TURNS {
            match draft.publish(path) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
            match Existing::read(path, PUBLISH, &self.trusted)? {
                None => {}
                Some(found) if is_left_behind(&found.record) => {
                    return draft.replace(path).map_err(fail);
                }
                Some(found) => {
                    let described = found.record.described();
                    let because = match &found.record.publisher {
                        Some(publisher) => format!(
                            "process {} has published {described} there, and both exist",
                            publisher.pid
                        ),
                        None => format!("it names {described}, which exists"),
                    };
                    let kind = ErrorKind::AlreadyExists;
                    return Err(Error::bad_file(kind, PUBLISH, path, because));
                }
            }
        }
        let because = "another process creates and deletes the file all the time";
        Err(Error::bad_file(ErrorKind::TimedOut, PUBLISH, path, because))
    }

    /// Waits for a file that names an existing object.
    fn read(&self, path: &Path, deadline: impl Into<Deadline>) -> Result<Record> {
        let mut stale = None;
        let found = deadline::until(deadline, || {
            match Existing::read(path, READ, &self.trusted) {
                Ok(Some(found)) => match look(&found) {
                    Look::There => Some(Ok(found.record)),
                    Look::Foreign(uid) => Some(Err(foreign_object(path, &found, uid))),
                    Look::Stale(why) => {
                        stale = Some((found.record.described(), why));
                        None
                    }
                },
                Ok(None) => {
                    stale = None;
                    None
                }
                Err(error) => Some(Err(error)),
            }
        });
        found.unwrap_or_else(|ended| {
            if ended == Ended::Failed(Errno::EINTR) {
                return Err(Error::file(READ, path, Errno::EINTR).with_kind(ErrorKind::Interrupted));
            }
            let because = match stale {
                Some((described, why)) => {
                    format!(
                        "timed out, and the file there was left behind: it names {described}, {why}"
                    )
                }
                None => "timed out, and nothing has been published there".to_owned(),
            };
            Err(Error::bad_file(ErrorKind::TimedOut, READ, path, because))
        })
    }
}

const PUBLISH: &str = "publish at";
const READ: &str = "read the key file";

/// The state of the object that a file names.
enum Look {
    There,
    /// The object belongs to this user, who is not the owner of the file.
    Foreign(u32),
    /// The object is gone or cannot be identified, for this reason.
    Stale(&'static str),
}

const GONE: &str = "which is gone";

fn look(found: &Existing) -> Look {
    let record = &found.record;
    let here = Place::here();
    if record.publisher.is_some() {
        // A publisher that could not read its boot and namespace has recorded nothing to compare.
        let place = &record.place;
        if place.boot.is_some() && place.boot != here.boot {
            return Look::Stale("of an earlier boot of the machine, or of another machine");
        }
        if place.ipc_namespace.is_some() && place.ipc_namespace != here.ipc_namespace {
            return Look::Stale("of another ipc namespace");
        }
    }
    let Some(object) = record.object else {
        return look_by_key(found);
    };
    match Stat::of_any(object.kind, object.id) {
        Ok(stat) => {
            let same = object
                .identity
                .is_none_or(|then| then.may_be(&Identity::of(&stat)));
            if same {
                owned(found.owner, &stat)
            } else {
                Look::Stale("whose id another object has by now")
            }
        }
        Err(Errno::EACCES) => Look::Stale("which this user may not look at"),
        Err(_) => Look::Stale(GONE),
    }
}

/// Looks up the object of a file of another program, which has only a key.
fn look_by_key(found: &Existing) -> Look {
    let Reference::Key(key) = found.record.reference else {
        return Look::Stale(GONE);
    };
    for kind in Kind::ALL {
        let Ok(id) = system::find(kind, key) else {
            continue;
        };
        if let Ok(stat) = Stat::of_any(kind, id) {
            return owned(found.owner, &stat);
        }
    }
    Look::Stale(GONE)
}

/// Accepts objects of the file's owner only, except for files of root.
fn owned(file_owner: u32, stat: &Stat) -> Look {
    let ownership = stat.ownership();
    if file_owner == 0 || [ownership.uid(), ownership.creator_uid()].contains(&file_owner) {
        Look::There
    } else {
        Look::Foreign(ownership.uid())
    }
}

fn foreign_object(path: &Path, found: &Existing, uid: u32) -> Error {
    let because = format!(
        "the file belongs to user {}, and {} to user {uid}",
        found.owner,
        found.record.described()
    );
    Error::bad_file(ErrorKind::PermissionDenied, READ, path, because)
}

/// Returns whether a publisher may take over the path. An unknown fact proves nothing.
fn is_left_behind(record: &Record) -> bool {
    let here = Place::here();
    let differs = |then: &Option<String>, now: &Option<String>| match (then, now) {
        (Some(then), Some(now)) => then != now,
        _ => false,
    };
    if differs(&record.place.boot, &here.boot) {
        return true;
    }
    if record
        .publisher
        .as_ref()
        .is_some_and(ProcessIdentity::is_gone)
    {
        return true;
    }
    if record.publisher.is_some() && record.place.ipc_namespace != here.ipc_namespace {
        return false;
    }
    match (record.object, record.reference) {
        (Some(object), _) => match Stat::of_any(object.kind, object.id) {
            Ok(stat) => object
                .identity
                .is_some_and(|then| !then.may_be(&Identity::of(&stat))),
            Err(errno) => matches!(errno, Errno::EINVAL | Errno::EIDRM),
        },
        (None, Reference::Key(key)) => {
            !Kind::ALL.into_iter().any(|kind| system::has_key(kind, key))
        }
        (None, Reference::Id) => false,
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        if self.owner != Some(fork_generation()) {
            return;
        }
        // Without the lock the file stays, and counts as left behind once this process has ended.
        let lock = Lock::acquire(&self.path, "delete");
        if lock.is_ok() && self.id.is_at(&self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
