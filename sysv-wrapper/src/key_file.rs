//! The rendezvous through a file: one process writes a key, or the id of a private object, to an agreed path,
//! and the others wait for it there.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sysv_ipc::{effective_uid, fork_generation};

use crate::deadline::{self, Deadline};
use crate::error::{Error, ErrorKind, Result};
use crate::key::Key;
use crate::object::{Kind, Object};

/// A file that tells other processes a key, or the id of a private object.
///
/// This is the better `ftok`: the key is a free one, drawn at random, and the file says which. It appears at once
/// with all that is in it, and only its owner can read it unless [`mode`](KeyFileBuilder::mode) says otherwise.
/// This value is the publisher's: dropping it deletes the file, if it is still the same one, and only in the
/// process that published it. A file that was left behind by a process that died is recognised by what it names
/// being gone: those who wait go on waiting, and who publishes replaces it.
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
/// let file = KeyFile::publish(&path, memory.key().unwrap())?;
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
    /// Device and inode: the same path may hold another file by then.
    identity: (u64, u64),
    /// The process that deletes; `None` once it let go.
    owner: Option<usize>,
}

/// How a key file is to be published. Made by [`KeyFile::builder`].
#[derive(Debug, Clone)]
pub struct KeyFileBuilder {
    mode: u32,
}

/// What a key file says.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Contents {
    Key(Key),
    Id(Kind, i32),
}

/// A key file that was found.
struct Existing {
    contents: Contents,
    identity: (u64, u64),
}

impl KeyFile {
    /// Settings for publishing.
    pub fn builder() -> KeyFileBuilder {
        KeyFileBuilder { mode: 0o600 }
    }

    /// Publishes a key at `path`, readable by its owner only. Make the object first: a file whose key names no
    /// object counts as left behind.
    ///
    /// # Errors
    ///
    /// Those of [`KeyFileBuilder::publish`].
    pub fn publish(path: impl AsRef<Path>, key: impl Into<Key>) -> Result<KeyFile> {
        KeyFile::builder().publish(path, key)
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
            Contents::Key(key) => Ok(key),
            Contents::Id(kind, id) => {
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
            Contents::Id(kind, id) if kind == H::KIND => return H::from_raw_id(id),
            Contents::Id(kind, id) => {
                format!("it has the id of a {kind}, {id}, and not of a {}", H::KIND)
            }
            Contents::Key(key) => format!("it has a key, {key}; `wait` is for that"),
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

    /// Whether the path still holds the file that was published.
    fn is_still_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity)
    }
}

impl KeyFileBuilder {
    /// The permission bits of the file, whatever the umask; 0600 if it is not set. Who can read the file learns
    /// the key; what they may do with the object, the object's own mode says.
    #[must_use]
    pub fn mode(self, mode: u32) -> KeyFileBuilder {
        KeyFileBuilder { mode }
    }

    /// Publishes a key at `path`.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if a file is there whose key names an object;
    /// [`Mismatch`](ErrorKind::Mismatch) if what is there is no key file;
    /// [`is_permission_denied`](Error::is_permission_denied) if it belongs to someone else than this user or root,
    /// or the folder may not be written; others for what can happen to files.
    pub fn publish(self, path: impl AsRef<Path>, key: impl Into<Key>) -> Result<KeyFile> {
        self.put(path.as_ref(), Contents::Key(key.into()))
    }

    /// Publishes kind and id of an object at `path`.
    ///
    /// # Errors
    ///
    /// Those of [`publish`](KeyFileBuilder::publish).
    pub fn publish_id<H: Object>(self, path: impl AsRef<Path>, handle: &H) -> Result<KeyFile> {
        self.put(path.as_ref(), Contents::Id(H::KIND, handle.raw_id()))
    }

    fn put(self, path: &Path, contents: Contents) -> Result<KeyFile> {
        let fail = |error| Error::file(PUBLISH, path, error);
        let mode = self.mode & 0o777;
        let draft = Draft::write(path, &format!("{contents}\n"), mode).map_err(fail)?;
        loop {
            // Giving the finished file its name is one step, and fails if the name is taken.
            match fs::hard_link(&draft.path, path) {
                Ok(()) => {
                    return Ok(KeyFile {
                        path: path.to_owned(),
                        identity: draft.identity,
                        owner: Some(fork_generation()),
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
            match read(path, PUBLISH)? {
                Some(found) if found.contents.is_alive() => {
                    let because = format!("it is in use: it names {}", found.contents.described());
                    let kind = ErrorKind::AlreadyExists;
                    return Err(Error::bad_file(kind, PUBLISH, path, because));
                }
                Some(stale) => draft.take_away(path, &stale).map_err(fail)?,
                None => {}
            }
        }
    }
}

const PUBLISH: &str = "publish at";
const READ: &str = "read the key file";

/// A file that has all its contents, and no name that others know. It goes when this is dropped.
struct Draft {
    path: PathBuf,
    identity: (u64, u64),
}

impl Draft {
    fn write(beside: &Path, text: &str, mode: u32) -> io::Result<Draft> {
        let path = unknown_name(beside);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        // From here on, dropping the draft deletes the file.
        let draft = Draft {
            identity: identity(&file.metadata()?),
            path,
        };
        file.write_all(text.as_bytes())?;
        file.set_permissions(Permissions::from_mode(mode))?;
        Ok(draft)
    }

    /// Moves a file that was left behind out of the way. Two publishers may do so at once: what turns out to be
    /// another file than the stale one is put back.
    fn take_away(&self, path: &Path, stale: &Existing) -> io::Result<()> {
        let aside = unknown_name(&self.path);
        match fs::rename(path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            result => result?,
        }
        if identity(&fs::symlink_metadata(&aside)?) != stale.identity {
            // Fails only if yet another one is there by now, and then that one is the truth.
            let _ = fs::hard_link(&aside, path);
        }
        fs::remove_file(&aside)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // The published name, if there is one, is another link to the same file.
        let _ = fs::remove_file(&self.path);
    }
}

/// A name in the same folder that nobody uses.
fn unknown_name(beside: &Path) -> PathBuf {
    let mut name = beside.file_name().unwrap_or_default().to_owned();
    name.push(format!(
        ".{:08x}{:08x}",
        Key::random().as_raw(),
        Key::random().as_raw()
    ));
    beside.with_file_name(name)
}

/// Waits for a file that names something that exists.
fn wait(path: &Path, deadline: impl Into<Deadline>) -> Result<Contents> {
    let mut stale = None;
    deadline::until(deadline, || match read(path, READ) {
        Ok(Some(found)) if found.contents.is_alive() => Some(Ok(found.contents)),
        Ok(found) => {
            stale = found.map(|found| found.contents);
            None
        }
        Err(error) => Some(Err(error)),
    })
    .unwrap_or_else(|| {
        let because = match stale {
            Some(stale) => format!(
                "the time is over, and what is there was left behind: it names {}, which is gone",
                stale.described()
            ),
            None => "the time is over, and nobody has published anything there".to_owned(),
        };
        Err(Error::bad_file(ErrorKind::TimedOut, READ, path, because))
    })
}

/// Reads the file at `path`; `None` if there is none.
fn read(path: &Path, operation: &'static str) -> Result<Option<Existing>> {
    match try_read(path) {
        Ok(found) => Ok(Some(found)),
        Err(Unreadable::File(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(Unreadable::File(error)) => Err(Error::file(operation, path, error)),
        Err(Unreadable::Foreign(uid)) => {
            let because =
                format!("it belongs to user {uid}, and is trusted only from this user or root");
            let kind = ErrorKind::PermissionDenied;
            Err(Error::bad_file(kind, operation, path, because))
        }
        Err(Unreadable::NoKeyFile) => {
            let because = "what is there is no key file";
            Err(Error::bad_file(
                ErrorKind::Mismatch,
                operation,
                path,
                because,
            ))
        }
    }
}

/// Why a file cannot be read as a key file.
enum Unreadable {
    File(io::Error),
    /// Its owner is neither this user nor root.
    Foreign(u32),
    NoKeyFile,
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Unreadable {
        Unreadable::File(error)
    }
}

/// The longest line that a key file can have, and some room.
const LONGEST: u64 = 64;

fn try_read(path: &Path) -> std::result::Result<Existing, Unreadable> {
    // Not followed, and not opened, which might wait: a link, a pipe or a device is no key file.
    let named = fs::symlink_metadata(path)?;
    if !named.is_file() {
        return Err(Unreadable::NoKeyFile);
    }
    let file = File::open(path)?;
    let found = file.metadata()?;
    if found.uid() != effective_uid() && found.uid() != 0 {
        return Err(Unreadable::Foreign(found.uid()));
    }
    let mut text = String::new();
    if file.take(LONGEST).read_to_string(&mut text).is_err() {
        return Err(Unreadable::NoKeyFile);
    }
    Ok(Existing {
        contents: Contents::parse(text.trim()).ok_or(Unreadable::NoKeyFile)?,
        identity: identity(&found),
    })
}

fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

impl Contents {
    fn parse(text: &str) -> Option<Contents> {
        match text.split_once(' ') {
            Some((kind, id)) => Some(Contents::Id(Kind::from_short_name(kind)?, id.parse().ok()?)),
            None => text.parse().ok().map(Contents::Key),
        }
    }

    /// Whether anything has this key, or this id. What may not be looked at is there.
    fn is_alive(self) -> bool {
        match self {
            Contents::Key(key) => Kind::ALL.into_iter().any(|kind| kind.has_key(key)),
            Contents::Id(kind, id) => kind.has_id(id),
        }
    }

    fn described(self) -> String {
        match self {
            Contents::Key(key) => format!("the key {key}"),
            Contents::Id(kind, id) => format!("the {kind} {id}"),
        }
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contents::Key(key) => write!(f, "{key}"),
            Contents::Id(kind, id) => write!(f, "{} {id}", kind.short_name()),
        }
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
        if self.owner == Some(fork_generation()) && self.is_still_there() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
