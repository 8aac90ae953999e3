//! The files of a key file: locking, writing, reading, trust, and detecting replacement at a path.
//!
//! The directory of the file NAME may contain its companion `.NAME.lock`, always empty, which publishers and removers
//! lock, and the draft `.NAME.new`. A file at NAME appears atomically and never changes. Readers lock nothing, and no
//! process locks the file that readers open.
#![expect(clippy::disallowed_methods, reason = "a draft is a file of its own")]

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;
use sysv_ipc::Mode;

use crate::deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::key_file::record::Record;
use crate::system;

/// Time limit of a publisher's wait for the lock, which another one holds for a few system calls.
const LOCK_TIME: Duration = Duration::from_secs(5);

/// Maximum number of bytes to read: more than any key file has.
const LONGEST: u64 = 4096;

/// Device and inode number, which are unique while the file is open.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(metadata: &Metadata) -> FileId {
        FileId {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// Returns whether the path names this file.
    pub(super) fn is_at(self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|found| FileId::of(&found) == self)
    }
}

/// Returns the path of a hidden file of the key file.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(ending);
    path.with_file_name(name)
}

/// A lock on the path of a key file, for changing the file there.
pub(super) struct Lock {
    path: PathBuf,
    /// `None` on file systems without locks.
    file: Option<File>,
}

impl Lock {
    /// Acquires the lock; waits for at most [`LOCK_TIME`].
    pub(super) fn acquire(path: &Path, operation: &'static str) -> Result<Lock> {
        let companion = beside(path, ".lock");
        let locked = deadline::until(LOCK_TIME, || Lock::attempt(&companion).transpose());
        match locked {
            Ok(Ok(lock)) => Ok(lock),
            Ok(Err(error)) => Err(Error::file(operation, companion, error)),
            Err(_) => {
                let because = "another process keeps it locked";
                let kind = ErrorKind::TimedOut;
                Err(Error::bad_file(kind, operation, companion, because))
            }
        }
    }

    /// `Ok(None)` if another process has the lock, or has just deleted the companion.
    fn attempt(companion: &Path) -> io::Result<Option<Lock>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
            .open(companion)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("it is not a regular file of this user"));
        }
        let path = companion.to_owned();
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) if FileId::of(&metadata).is_at(companion) => Ok(Some(Lock {
                path,
                file: Some(file),
            })),
            Ok(()) | Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS) => {
                Ok(Some(Lock { path, file: None }))
            }
            Err(errno) => Err(errno.into()),
        }
    }

    /// Returns whether the file system supports locks, so that this process has the path exclusively.
    fn is_exclusive(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        if let Some(file) = &self.file {
            // A child that another thread forked also has the file open, so closing it is not enough.
            let _ = rustix::fs::flock(file, FlockOperation::Unlock);
        }
    }
}

/// Returns the C value of open flags.
fn flags(flags: OFlags) -> i32 {
    i32::from_ne_bytes(flags.bits().to_ne_bytes())
}

/// A complete file that does not have its final name yet. Dropping it deletes the file, unless it was published.
pub(super) struct Draft<'lock> {
    path: PathBuf,
    file: File,
    lock: &'lock Lock,
}

impl Draft<'_> {
    /// Writes a draft, and replaces one that a killed publisher left: this process holds the lock now.
    pub(super) fn write<'lock>(
        path: &Path,
        text: &str,
        mode: Mode,
        lock: &'lock Lock,
    ) -> io::Result<Draft<'lock>> {
        let draft = if lock.is_exclusive() {
            let draft = beside(path, ".new");
            match fs::remove_file(&draft) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            draft
        } else {
            beside(path, &format!(".{:016x}.new", rand::random::<u64>()))
        };
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        // From here on, the draft's drop deletes the file.
        let mut draft = Draft {
            path: draft,
            file,
            lock,
        };
        draft.file.write_all(text.as_bytes())?;
        // Unlike the mode at creation, this is not subject to the umask.
        draft
            .file
            .set_permissions(Permissions::from_mode(mode.bits()))?;
        // After a power failure the file at the path is complete, or does not exist.
        draft.file.sync_all()?;
        Ok(draft)
    }

    /// Links the file to its path, which must be free.
    pub(super) fn publish(&self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, path) {
            Err(error) if lacks_links(&error) => self.rename_to_free(path),
            linked => linked,
        }
    }

    /// Renames the file to its path, for file systems without hard links.
    fn rename_to_free(&self, path: &Path) -> io::Result<()> {
        let here = rustix::fs::CWD;
        self.renamed(path, rename_no_replace(here, &self.path, path))
    }

    /// Renames the file to its path after an attempt that replaces no file, if the system has no such call.
    fn renamed(&self, path: &Path, attempt: rustix::io::Result<()>) -> io::Result<()> {
        match attempt {
            // The lock makes the check and the rename atomic.
            Err(Errno::INVAL | Errno::NOSYS) if self.lock.is_exclusive() => {
                if fs::symlink_metadata(path).is_ok() {
                    return Err(Errno::EXIST.into());
                }
                fs::rename(&self.path, path)
            }
            attempt => Ok(attempt?),
        }
    }

    /// Renames the file to its path atomically, replacing a file that was left behind.
    pub(super) fn replace(&self, path: &Path) -> io::Result<()> {
        if self.lock.is_exclusive() {
            return fs::rename(&self.path, path);
        }
        Err(io::Error::other(
            "a file that was left behind is there, and the file system has no locks to replace it safely; delete it",
        ))
    }

    /// Returns the open file and its identity.
    pub(super) fn file(&self) -> io::Result<(File, FileId)> {
        let id = FileId::of(&self.file.metadata()?);
        Ok((self.file.try_clone()?, id))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // After a rename the draft's name is already gone.
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns whether the link failed because the file system does not support hard links.
fn lacks_links(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|raw| {
        [Errno::PERM, Errno::OPNOTSUPP, Errno::NOSYS, Errno::MLINK]
            .contains(&Errno::from_raw_os_error(raw))
    })
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_no_replace(
    here: impl std::os::fd::AsFd + Copy,
    from: &Path,
    to: &Path,
) -> std::result::Result<(), Errno> {
    rustix::fs::renameat_with(here, from, here, to, rustix::fs::RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_no_replace(
    _: impl std::os::fd::AsFd + Copy,
    _: &Path,
    _: &Path,
) -> std::result::Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// An existing key file.
pub(super) struct Existing {
    pub(super) record: Record,
    /// The user that the file belongs to.
    pub(super) owner: u32,
}

impl Existing {
    /// Reads the file at `path`; `None` if there is none. Accepts files of this user, of root and of the users in
    /// `trusted`.
    pub(super) fn read(
        path: &Path,
        operation: &'static str,
        trusted: &[u32],
    ) -> Result<Option<Existing>> {
        let refuse = |kind, because: &str| Err(Error::bad_file(kind, operation, path, because));
        match Existing::try_read(path, trusted) {
            Ok(found) => Ok(Some(found)),
            Err(Unreadable::File(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(Unreadable::File(error)) => Err(Error::file(operation, path, error)),
            Err(Unreadable::Foreign(uid)) => refuse(
                ErrorKind::PermissionDenied,
                &format!(
                    "it belongs to user {uid}, and only files of this user, of root and of users named with `trust_user` \
                     are trusted"
                ),
            ),
            Err(Unreadable::Unmapped) => refuse(
                ErrorKind::PermissionDenied,
                "its owner has no mapping in this user namespace, so it may be any user's",
            ),
            Err(Unreadable::Writable) => refuse(
                ErrorKind::PermissionDenied,
                "its mode lets others write it, so its contents may be any user's",
            ),
            Err(Unreadable::NoKeyFile(what)) => refuse(
                ErrorKind::Mismatch,
                &format!("it is not a key file, but {what}"),
            ),
        }
    }

    fn try_read(path: &Path, trusted: &[u32]) -> std::result::Result<Existing, Unreadable> {
        // Checked before it is opened, since opening has side effects on some devices, and again afterwards, when it
        // can no longer be replaced.
        check(&fs::symlink_metadata(path)?, trusted)?;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY))
            .open(path)?;
        let metadata = file.metadata()?;
        check(&metadata, trusted)?;
        Ok(Existing {
            record: Record::parse(&text(&file)?)
                .ok_or(Unreadable::NoKeyFile("another kind of file"))?,
            owner: metadata.uid(),
        })
    }
}

fn check(metadata: &Metadata, trusted: &[u32]) -> std::result::Result<(), Unreadable> {
    let file_type = metadata.file_type();
    if file_type.is_symlink() {
        return Err(Unreadable::NoKeyFile("a symbolic link"));
    }
    if file_type.is_dir() {
        return Err(Unreadable::NoKeyFile("a folder"));
    }
    if !file_type.is_file() {
        return Err(Unreadable::NoKeyFile("a pipe, a socket or a device"));
    }
    let owner = metadata.uid();
    if system::unmapped(owner, metadata.gid()).0 {
        return Err(Unreadable::Unmapped);
    }
    if owner != rustix::process::geteuid().as_raw() && owner != 0 && !trusted.contains(&owner) {
        return Err(Unreadable::Foreign(owner));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(Unreadable::Writable);
    }
    match metadata.len() {
        0 => Err(Unreadable::NoKeyFile("an empty file")),
        1..=LONGEST => Ok(()),
        _ => Err(Unreadable::NoKeyFile("another kind of file")),
    }
}

/// Reads the text of a file, up to the maximum size of a key file.
fn text(file: impl Read) -> std::result::Result<String, Unreadable> {
    let mut text = String::new();
    match file.take(LONGEST).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Unreadable::NoKeyFile("another kind of file"))
        }
        Err(error) => Err(Unreadable::File(error)),
    }
}

/// The reason why a file is not accepted as a key file.
enum Unreadable {
    File(io::Error),
    /// Its owner is neither this user nor root nor trusted.
    Foreign(u32),
    /// Its owner is unknown in this user namespace.
    Unmapped,
    /// Other users can write it.
    Writable,
    /// Another kind of file is at the path.
    NoKeyFile(&'static str),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Unreadable {
        Unreadable::File(error)
    }
}

#[cfg(test)]
mod tests {
    //! Failing files, and several publishers at one path.

    use std::fs;
    use std::io::{self, Read};

    use rustix::io::Errno;
    use sysv_ipc::Mode;

    use super::{Draft, Lock, Unreadable, beside, text};

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is broken"))
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_may_be_a_key_file() {
        assert!(matches!(text(Broken), Err(Unreadable::File(_))));
        assert!(matches!(text(&b"\xff"[..]), Err(Unreadable::NoKeyFile(_))));
        assert!(text(&b"0x2a\n"[..]).is_ok_and(|text| text == "0x2a\n"));
    }

    #[test]
    fn one_at_a_time_and_the_drafts_of_killed_publishers_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agreed.key");
        fs::write(beside(&path, ".new"), "left by a killed publisher").unwrap();
        let lock = Lock::acquire(&path, "publish at").unwrap();
        assert!(Lock::attempt(&beside(&path, ".lock")).unwrap().is_none());
        let draft = Draft::write(&path, "one", Mode::OWNER, &lock).unwrap();
        assert_eq!(fs::read_to_string(beside(&path, ".new")).unwrap(), "one");
        draft.publish(&path).unwrap();
        let taken = draft.publish(&path).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        let taken = draft.rename_to_free(&path).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        drop(draft);
        drop(lock);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }

    #[test]
    fn without_hard_links_a_draft_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agreed.key");
        let lock = Lock::acquire(&path, "publish at").unwrap();
        let draft = Draft::write(&path, "one", Mode::OWNER, &lock).unwrap();
        draft.rename_to_free(&path).unwrap();
        drop(draft);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }

    #[test]
    fn without_a_rename_that_replaces_nothing_it_takes_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agreed.key");
        let mut lock = Lock::acquire(&path, "publish at").unwrap();
        for errno in [Errno::INVAL, Errno::NOSYS] {
            let draft = Draft::write(&path, "one", Mode::OWNER, &lock).unwrap();
            draft.renamed(&path, Err(errno)).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "one");

            let draft = Draft::write(&path, "two", Mode::OWNER, &lock).unwrap();
            let taken = draft.renamed(&path, Err(errno)).unwrap_err();
            assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "one");
            fs::remove_file(&path).unwrap();
        }

        lock.file = None;
        let draft = Draft::write(&path, "one", Mode::OWNER, &lock).unwrap();
        let refused = draft.renamed(&path, Err(Errno::INVAL)).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(Errno::INVAL.raw_os_error()));
        assert!(!path.exists());
    }
}
