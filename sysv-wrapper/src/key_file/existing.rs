//! A key file that is there: how it is read, and taken for granted or not.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use sysv_ipc::{OPEN_WARILY, effective_uid, try_lock_file, unlock_file};

use super::contents::Contents;
use super::identity::Identity;
use crate::error::{Error, ErrorKind, Result};

/// A key file that was found.
pub(super) struct Existing {
    pub(super) contents: Contents,
    pub(super) identity: Identity,
    /// Open, so that no other file gets its identity.
    file: File,
}

impl Existing {
    /// Reads the file at `path`; `None` if there is none.
    pub(super) fn read(path: &Path, operation: &'static str) -> Result<Option<Existing>> {
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
                &format!("what is there is no key file, but {what}"),
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
        let mut text = String::new();
        match (&file).take(Contents::LONGEST).read_to_string(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(Unreadable::NoKeyFile("something else"));
            }
            read => read?,
        };
        Ok(Existing {
            contents: Contents::parse(&text).ok_or(Unreadable::NoKeyFile("something else"))?,
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
            1..=Contents::LONGEST => Ok(()),
            _ => Err(Unreadable::NoKeyFile("something else")),
        }
    }

    /// Locks it against all others who want to replace or delete it.
    pub(super) fn lock(&self) -> sysv_ipc::Result<Lock<'_>> {
        Lock::new(&self.file)
    }
}

/// The right to replace or delete a key file. Who has it, and still finds the file at its path, does not have it
/// changed underneath.
pub(super) struct Lock<'file>(&'file File);

impl Lock<'_> {
    pub(super) fn new(file: &File) -> sysv_ipc::Result<Lock<'_>> {
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
