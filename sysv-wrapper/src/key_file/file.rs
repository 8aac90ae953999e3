//! The file behind a key file: how it is written, read, trusted and told from others at its path.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sysv_ipc::{Mode, OPEN_WARILY, effective_uid, try_lock_file, unlock_file};

use crate::error::{Error, ErrorKind, Result};
use crate::key::Key;
use crate::key_file::Reference;

/// A file that has all its contents, and a random name beside the one that it is to have. It goes when this is
/// dropped; what was published stays, being another name of the same file.
pub(crate) struct Draft {
    path: PathBuf,
    file: File,
}

impl Draft {
    pub(crate) fn write(beside: &Path, text: &str, mode: Mode) -> io::Result<Draft> {
        let path = beside.with_file_name(unknown_name());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        // From here on, dropping the draft deletes the file.
        let mut draft = Draft { path, file };
        draft.file.write_all(text.as_bytes())?;
        // Unlike the mode for creating, this is not subject to the umask.
        draft
            .file
            .set_permissions(Permissions::from_mode(mode.bits()))?;
        Ok(draft)
    }

    /// Gives it its name in one step, which fails if the name is taken.
    pub(crate) fn publish(&self, path: &Path) -> io::Result<()> {
        fs::hard_link(&self.path, path)
    }

    /// Gives it its name in one step, instead of the file that has it.
    pub(crate) fn publish_over(&self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)
    }

    /// The same file, open, with what tells it from others.
    pub(crate) fn file(&self) -> io::Result<(File, Identity)> {
        let identity = Identity::of(&self.file.metadata()?);
        Ok((self.file.try_clone()?, identity))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Where it was published over another file, the name is gone already.
        let _ = fs::remove_file(&self.path);
    }
}

/// A name that nobody uses, and of which nobody knows before.
fn unknown_name() -> String {
    let [a, b] = [Key::random().as_raw(), Key::random().as_raw()];
    format!(".sysvipc-{a:08x}{b:08x}")
}

/// A key file that was found.
pub(crate) struct Existing {
    pub(crate) reference: Reference,
    pub(crate) identity: Identity,
    /// Open, so that no other file gets its identity.
    file: File,
}

impl Existing {
    /// Reads the file at `path`; `None` if there is none.
    pub(crate) fn read(path: &Path, operation: &'static str) -> Result<Option<Existing>> {
        let refuse = |kind, because: &str| Err(Error::bad_file(kind, operation, path, because));
        match Existing::try_read(path) {
            Ok(found) => Ok(Some(found)),
            Err(Unreadable::File(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(Unreadable::File(error)) => Err(Error::file(operation, path, error)),
            Err(Unreadable::Foreign(uid)) => refuse(
                ErrorKind::PermissionDenied,
                &format!("it belongs to user {uid}, and is trusted only from this user or root"),
            ),
            Err(Unreadable::NoKeyFile(what)) => refuse(
                ErrorKind::Mismatch,
                &format!("it is not a key file, but {what}"),
            ),
        }
    }

    fn try_read(path: &Path) -> std::result::Result<Existing, Unreadable> {
        // Looked at before it is opened, which some devices take for a command, and once more afterwards, when
        // it cannot become another file any more.
        Existing::check(&fs::symlink_metadata(path)?)?;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(OPEN_WARILY)
            .open(path)?;
        let metadata = file.metadata()?;
        Existing::check(&metadata)?;
        let text = text(&file)?;
        Ok(Existing {
            reference: Reference::parse(&text)
                .ok_or(Unreadable::NoKeyFile("another kind of file"))?,
            identity: Identity::of(&metadata),
            file,
        })
    }

    fn check(metadata: &Metadata) -> std::result::Result<(), Unreadable> {
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
        if metadata.uid() != effective_uid() && metadata.uid() != 0 {
            return Err(Unreadable::Foreign(metadata.uid()));
        }
        match metadata.len() {
            0 => Err(Unreadable::NoKeyFile("an empty file")),
            1..=Reference::LONGEST => Ok(()),
            _ => Err(Unreadable::NoKeyFile("another kind of file")),
        }
    }

    /// Whether it names nothing that exists, and is still there.
    pub(crate) fn was_left_behind(&self, path: &Path) -> bool {
        self.identity.is_at(path) && !self.reference.is_alive()
    }

    /// Locks it against all others who want to replace or delete it.
    pub(crate) fn lock(&self) -> sysv_ipc::Result<Lock<'_>> {
        Lock::new(&self.file)
    }
}

/// The text of a file, of which no more is read than a key file can have.
fn text(file: impl Read) -> std::result::Result<String, Unreadable> {
    let mut text = String::new();
    match file.take(Reference::LONGEST).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Unreadable::NoKeyFile("another kind of file"))
        }
        Err(error) => Err(Unreadable::File(error)),
    }
}

/// The right to replace or delete a key file. Who has it, and still finds the file at its path, does not have it
/// changed underneath.
pub(crate) struct Lock<'file>(&'file File);

impl Lock<'_> {
    pub(crate) fn new(file: &File) -> sysv_ipc::Result<Lock<'_>> {
        try_lock_file(file.as_fd()).map(|()| Lock(file))
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // A child that another thread forked meanwhile has the file open too, so closing it is not enough.
        let _ = unlock_file(self.0.as_fd());
    }
}

/// Why a file cannot be read as a key file.
enum Unreadable {
    File(io::Error),
    /// Its owner is neither this user nor root.
    Foreign(u32),
    /// What is there instead.
    NoKeyFile(&'static str),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Unreadable {
        Unreadable::File(error)
    }
}

/// Device and inode number. While a file is open, no other file has the same.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Identity {
        Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// Whether the path still leads to this file.
    pub(crate) fn is_at(self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|found| Identity::of(&found) == self)
    }
}

#[cfg(test)]
mod tests {
    mod draft {
        //! Several who publish at the same place, or have died while they did.

        use std::fs;

        use sysv_ipc::Mode;

        use super::super::Draft;

        #[test]
        fn drafts_are_hidden_from_listings_and_not_in_each_others_way() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("agreed.key");
            let drafts =
                ["one", "other"].map(|text| Draft::write(&path, text, Mode::OWNER).unwrap());
            for (draft, text) in drafts.iter().zip(["one", "other"]) {
                assert_eq!(fs::read_to_string(&draft.path).unwrap(), text);
                assert_eq!(draft.path.parent(), Some(folder.path()));
                let name = draft.path.file_name().unwrap().to_str().unwrap();
                assert!(name.starts_with('.'), "{name}");
            }
            drop(drafts);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    mod existing {
        //! Files that change, fail or are open elsewhere at moments that cannot be chosen from outside.

        use std::fs::{self, File};
        use std::io::{self, Read};

        use super::super::{Existing, Lock, Unreadable, text};
        use crate::handle::RemoveOnDrop;
        use crate::sem::SemaphoreSet;

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
        fn only_what_is_still_there_and_names_nothing_was_left_behind() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("agreed.key");
            let made = SemaphoreSet::builder().values([1]).create_unique();
            let made = RemoveOnDrop::new(made.unwrap());
            let line = format!("{}\n", made.key().unwrap());
            fs::write(&path, &line).unwrap();
            let found = Existing::read(&path, "read").unwrap().unwrap();
            assert!(!found.was_left_behind(&path), "it names the set");
            made.remove().unwrap();
            assert!(found.was_left_behind(&path));
            let newer = folder.path().join("newer.key");
            fs::write(&newer, &line).unwrap();
            fs::rename(&newer, &path).unwrap();
            assert!(!found.was_left_behind(&path), "it is another one by now");
        }

        #[test]
        fn a_lock_ends_though_the_file_stays_open() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("agreed.key");
            let file = File::create(&path).unwrap();
            let other = File::open(&path).unwrap();
            let lock = Lock::new(&file).unwrap();
            assert!(Lock::new(&other).is_err());
            drop(lock);
            assert!(Lock::new(&other).is_ok());
        }
    }
}
