//! Meeting through a file: opening warily, and the lock.

use std::fs::{self, File, OpenOptions};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::PathBuf;

use sysv_ipc::*;

/// A folder of a test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let name = format!("sysv-ipc-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing more can be done about it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_lock_excludes_who_opened_the_file_anew() {
    let folder = Folder::new("lock");
    let path = folder.0.join("file");
    let one = File::create(&path).unwrap();
    let other = File::open(&path).unwrap();
    try_lock_file(one.as_fd()).unwrap();
    // Again, by who has it, changes nothing.
    try_lock_file(one.as_fd()).unwrap();
    assert_eq!(try_lock_file(other.as_fd()), Err(Errno::EAGAIN));
    unlock_file(one.as_fd()).unwrap();
    try_lock_file(other.as_fd()).unwrap();
    assert_eq!(try_lock_file(one.as_fd()), Err(Errno::EAGAIN));
    // A copy of the descriptor is the same opening: the lock goes with the last of them.
    let copy = other.try_clone().unwrap();
    drop(other);
    assert_eq!(try_lock_file(one.as_fd()), Err(Errno::EAGAIN));
    try_lock_file(copy.as_fd()).unwrap();
    drop(copy);
    try_lock_file(one.as_fd()).unwrap();
}

#[test]
fn opening_warily_follows_no_link_and_does_not_wait() {
    let folder = Folder::new("open");
    let open = |name: &str| {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(OPEN_WARILY);
        options.open(folder.0.join(name))
    };
    fs::write(folder.0.join("file"), "text").unwrap();
    symlink("file", folder.0.join("link")).unwrap();
    assert_eq!(
        std::io::read_to_string(open("file").unwrap()).unwrap(),
        "text"
    );
    // ELOOP, but EMLINK on FreeBSD, and EFTYPE on NetBSD.
    assert!(open("link").is_err());

    let pipe = folder.0.join("pipe");
    let pipe = std::ffi::CString::new(pipe.to_str().unwrap()).unwrap();
    // SAFETY: the path ends with a nul byte, and is read only.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    // Without the flag this would wait for somebody who writes.
    assert!(open("pipe").is_ok());
}
