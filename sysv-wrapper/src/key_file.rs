//! The rendezvous through a file: one process writes a key, or the id of a private object, to an agreed path,
//! and the others wait for it there.

mod file;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io};

use sysv_ipc::{Errno, Mode, fork_generation};

use crate::deadline::{self, Deadline, Ended};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Object;
use crate::key::Key;
use crate::key_file::file::{Draft, Existing, Identity, Lock};
use crate::kind::Kind;
use crate::system;

/// A file that tells other processes a key, or the id of a private object.
///
/// This is the better `ftok`: the key is a free one, drawn at random, and the file says which. It appears at once
/// with all that is in it, and only its owner can read it unless [`mode`](KeyFileBuilder::mode) says otherwise.
/// This value is the publisher's: dropping it deletes the file, if it is still the same one, and only in the
/// process that published it. A file that was left behind by a process that died is recognised by what it names
/// being gone: those who wait go on waiting, and who publishes replaces it. Of several who do so at once, one does.
///
/// The file holds one line of text: a key as [`Key`] displays it, or a kind and an id (`shm 65538`).
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{KeyFile, RemoveOnDrop, SharedMemory};
///
/// # let folder = std::env::temp_dir();
/// let path = folder.join(format!("premise-{}.key", std::process::id()));
/// // One process makes a segment and publishes its key …
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_unique()?);
/// let file = KeyFile::publish(&path, &*memory)?;
///
/// // … and another one, which knows nothing but the path, finds it.
/// let key = KeyFile::wait(&path, Duration::from_secs(5))?;
/// assert_eq!(SharedMemory::open(key)?.id(), memory.id());
///
/// drop(file);
/// assert!(!path.exists());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// For a private object, it is the id that is told:
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
    /// Open, so that no other file gets its identity.
    file: File,
    identity: Identity,
    /// The process that deletes; `None` once it let go.
    owner: Option<usize>,
}

/// How a key file is to be published. Made by [`KeyFile::builder`].
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
}

impl KeyFile {
    /// Settings for publishing.
    pub fn builder() -> KeyFileBuilder {
        KeyFileBuilder { mode: Mode::OWNER }
    }

    /// Publishes a key at `path`, readable by its owner only. Make the object first: a file whose key names no
    /// object counts as left behind.
    ///
    /// # Errors
    ///
    /// Those of [`KeyFileBuilder::publish`].
    pub fn publish<H: Object>(path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        KeyFile::builder().publish(path, handle)
    }

    /// Publishes kind and id of an object at `path`, readable by its owner only.
    ///
    /// # Errors
    ///
    /// Those of [`KeyFileBuilder::publish`].
    pub fn publish_id<H: Object>(path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        KeyFile::builder().publish_id(path, handle)
    }

    /// The key that is published at `path`; waits until one is, or until the deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out) if nothing, or only a file that was left behind, is there;
    /// [`is_permission_denied`](Error::is_permission_denied) if the file may not be read, or belongs to someone
    /// else than this user or root; [`Mismatch`](ErrorKind::Mismatch) if it is no key file, or has an id.
    pub fn wait(path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<Key> {
        let path = path.as_ref();
        match wait(path, deadline)? {
            Reference::Key(key) => Ok(key),
            Reference::Id(kind, id) => {
                let because = format!("it has the id of a {kind}, {id}; `wait_id` is for that");
                Err(Error::bad_file(ErrorKind::Mismatch, READ, path, because))
            }
        }
    }

    /// A handle of the private object that is published at `path`; waits until one is, or until the deadline.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](KeyFile::wait), where a key, or the id of another kind of object, is the
    /// [`Mismatch`](ErrorKind::Mismatch); those of the handle's `from_id`.
    pub fn wait_id<H: Object>(path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<H> {
        let path = path.as_ref();
        let because = match wait(path, deadline)? {
            Reference::Id(kind, id) if kind == H::KIND => return H::from_raw_id(id),
            Reference::Id(kind, id) => {
                format!("it has the id of a {kind}, {id}, and not of a {}", H::KIND)
            }
            Reference::Key(key) => format!("it has a key, {key}; `wait` is for that"),
        };
        Err(Error::bad_file(ErrorKind::Mismatch, READ, path, because))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file where it is.
    pub fn keep(mut self) {
        self.owner = None;
    }
}

impl KeyFileBuilder {
    /// The permission bits of the file, whatever the umask; [`Mode::OWNER`], 0600, if it is not set. Who can read the file learns
    /// the key; what they may do with the object, the object's own mode says.
    #[must_use]
    pub fn mode(self, mode: Mode) -> KeyFileBuilder {
        KeyFileBuilder { mode }
    }

    /// Publishes a key at `path`.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if a file is there whose key names an object;
    /// [`Mismatch`](ErrorKind::Mismatch) if what is there is no key file;
    /// [`is_permission_denied`](Error::is_permission_denied) if it belongs to someone else than this user or root,
    /// or the folder may not be written; [`is_invalid_argument`](Error::is_invalid_argument) for
    /// [`Key::PRIVATE`]; others for what can happen to files.
    pub fn publish<H: Object>(self, path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        let path = path.as_ref();
        match handle.key() {
            Some(key) if !key.is_private() => self.put(path, Reference::Key(key)),
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
    /// Those of [`publish`](KeyFileBuilder::publish).
    pub fn publish_id<H: Object>(self, path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        self.put(path.as_ref(), Reference::Id(H::KIND, handle.raw_id()))
    }

    fn put(self, path: &Path, reference: Reference) -> Result<KeyFile> {
        let fail = |error| Error::file(PUBLISH, path, error);
        let draft = Draft::write(path, &format!("{reference}\n"), self.mode).map_err(fail)?;
        let (file, identity) = draft.file().map_err(fail)?;
        // Others may be about to replace a file that was left behind, which takes them no time to speak of.
        deadline::until(REPLACING, || put_once(&draft, path).transpose()).unwrap_or_else(|_| {
            let because = "the file there was left behind, and another process keeps it locked";
            let kind = ErrorKind::TimedOut;
            Err(Error::bad_file(kind, PUBLISH, path, because))
        })?;
        Ok(KeyFile {
            path: path.to_owned(),
            file,
            identity,
            owner: Some(fork_generation()),
        })
    }
}

/// Gives the draft its name. `Ok(None)` if others were at the same, and it is to be tried again.
fn put_once(draft: &Draft, path: &Path) -> Result<Option<()>> {
    let fail = |error| Error::file(PUBLISH, path, error);
    match draft.publish(path) {
        Ok(()) => return Ok(Some(())),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fail(error)),
    }
    let Some(found) = Existing::read(path, PUBLISH)? else {
        return Ok(None);
    };
    if found.reference.is_alive() {
        let because = format!("it is in use: it names {}", found.reference.described());
        let kind = ErrorKind::AlreadyExists;
        return Err(Error::bad_file(kind, PUBLISH, path, because));
    }
    let lock = match found.lock() {
        Err(Errno::EAGAIN) => return Ok(None),
        lock => lock.map_err(|errno| fail(errno.into()))?,
    };
    // Only who has the lock of the file at this path replaces it: of several who find it stale, one.
    if !found.was_left_behind(path) {
        return Ok(None);
    }
    draft.publish_over(path).map_err(fail)?;
    drop(lock);
    Ok(Some(()))
}

/// How long to wait for others who replace the same file.
const REPLACING: Duration = Duration::from_secs(2);

const PUBLISH: &str = "publish at";
const READ: &str = "read the key file";

/// Waits for a file that names something that exists.
fn wait(path: &Path, deadline: impl Into<Deadline>) -> Result<Reference> {
    let mut stale = None;
    deadline::until(deadline, || match Existing::read(path, READ) {
        Ok(Some(found)) if found.reference.is_alive() => Some(Ok(found.reference)),
        Ok(found) => {
            stale = found.map(|found| found.reference);
            None
        }
        Err(error) => Some(Err(error)),
    })
    .unwrap_or_else(|ended| {
        if let Ended::Failed(errno) = ended {
            return Err(Error::file(READ, path, errno).with_kind(ErrorKind::Interrupted));
        }
        let because = match stale {
            Some(stale) => format!(
                "timed out, and the file there was left behind: it names {}, which is gone",
                stale.described()
            ),
            None => "timed out, and nothing has been published there".to_owned(),
        };
        Err(Error::bad_file(ErrorKind::TimedOut, READ, path, because))
    })
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
        // Whoever has the lock finds the object gone, and replaces the file. Where files cannot be locked,
        // nobody does that.
        let lock = deadline::until(REPLACING, || match Lock::new(&self.file) {
            Err(Errno::EAGAIN) if self.identity.is_at(&self.path) => None,
            lock => Some(lock),
        });
        if lock.is_ok() && self.identity.is_at(&self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A key as [`Key`] displays it, or a kind and an id: `shm 65538`.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    Key(Key),
    Id(Kind, i32),
}

impl Reference {
    /// The longest text that is read: more than any that is written.
    pub(crate) const LONGEST: u64 = 64;

    pub(crate) fn parse(text: &str) -> Option<Reference> {
        let text = text.trim();
        match text.split_once(' ') {
            Some((kind, id)) => Some(Reference::Id(
                Kind::from_short_name(kind)?,
                id.parse().ok()?,
            )),
            None => text.parse().ok().map(Reference::Key),
        }
    }

    /// Whether anything has this key, or this id. What may not be looked at is there.
    pub(crate) fn is_alive(self) -> bool {
        match self {
            Reference::Key(key) => Kind::ALL.into_iter().any(|kind| system::has_key(kind, key)),
            Reference::Id(kind, id) => system::has_id(kind, id),
        }
    }

    /// As errors name it.
    pub(crate) fn described(self) -> String {
        match self {
            Reference::Key(key) => format!("the key {key}"),
            Reference::Id(kind, id) => format!("the {kind} {id}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Key(key) => write!(f, "{key}"),
            Reference::Id(kind, id) => write!(f, "{} {id}", kind.short_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    //! The text, there and back.

    use super::Reference;
    use crate::key::Key;
    use crate::kind::Kind;

    #[test]
    fn the_text_says_what_it_was_made_from() {
        for contents in [
            Reference::Key(Key::from_raw(-1)),
            Reference::Key(Key::from_raw(7)),
            Reference::Id(Kind::SharedMemory, 65538),
            Reference::Id(Kind::SemaphoreSet, 0),
            Reference::Id(Kind::MessageQueue, i32::MAX),
        ] {
            let text = format!("{contents}\n");
            assert!((text.len() as u64) < Reference::LONGEST);
            assert_eq!(Reference::parse(&text), Some(contents));
        }
        for text in [
            "", "\n", "shm", "shm x", "shm 1 2", "disk 1", "0x1\n0x2", "one",
        ] {
            assert_eq!(Reference::parse(text), None, "{text:?}");
        }
    }
}
