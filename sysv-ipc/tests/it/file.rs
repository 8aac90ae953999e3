//! What it takes to meet through a file: opening warily, and the lock.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use crate::support;
use sysv_ipc::*;

/// A folder of the test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Row W8.
#[test]
fn a_file_is_locked_once() {
    let folder = Folder::new("a_file_is_locked_once");
    let path = folder.0.join("file");
    let first = File::create(&path).unwrap();
    let second = File::open(&path).unwrap();
    try_lock_file(first.as_fd()).unwrap();
    assert_eq!(try_lock_file(second.as_fd()), Err(Errno::EAGAIN));
    // A copy of the descriptor has the same lock, and can end it.
    let copy = first.try_clone().unwrap();
    try_lock_file(copy.as_fd()).unwrap();
    unlock_file(copy.as_fd()).unwrap();
    try_lock_file(second.as_fd()).unwrap();
    assert_eq!(try_lock_file(first.as_fd()), Err(Errno::EAGAIN));
    drop(second);
    // Another test's child may have a copy of it until it runs its program.
    support::wait_until("a lock that nobody has", || {
        try_lock_file(first.as_fd()).is_ok()
    });
}

/// Row W8.
#[test]
fn opening_warily_neither_follows_nor_waits() {
    let folder = Folder::new("opening_warily");
    let open = |name: &str| -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(OPEN_WARILY);
        options.open(folder.0.join(name))
    };
    fs::write(folder.0.join("file"), "text").unwrap();
    assert_eq!(open("file").unwrap().metadata().unwrap().len(), 4);
    symlink("file", folder.0.join("link")).unwrap();
    assert!(open("link").is_err());
    let made = Command::new("mkfifo").arg(folder.0.join("pipe")).status();
    assert!(made.unwrap().success());
    // Nobody writes into it.
    assert!(!open("pipe").unwrap().metadata().unwrap().is_file());
}
