//! Error numbers: names, texts, and the kernel's numbers in errors.

use std::collections::HashSet;
use std::error::Error as _;
use std::io;

use crate::support::{self, expect_errno};
use sysv_ipc::*;

/// Every constant, its number in the libc crate, and its name.
const ALL: [(Errno, i32, &str); 19] = [
    (Errno::E2BIG, libc::E2BIG, "E2BIG"),
    (Errno::EACCES, libc::EACCES, "EACCES"),
    (Errno::EAGAIN, libc::EAGAIN, "EAGAIN"),
    (Errno::EEXIST, libc::EEXIST, "EEXIST"),
    (Errno::EFAULT, libc::EFAULT, "EFAULT"),
    (Errno::EFBIG, libc::EFBIG, "EFBIG"),
    (Errno::EIDRM, libc::EIDRM, "EIDRM"),
    (Errno::EINTR, libc::EINTR, "EINTR"),
    (Errno::EINVAL, libc::EINVAL, "EINVAL"),
    (Errno::EMFILE, libc::EMFILE, "EMFILE"),
    (Errno::ENOENT, libc::ENOENT, "ENOENT"),
    (Errno::ENOMEM, libc::ENOMEM, "ENOMEM"),
    (Errno::ENOMSG, libc::ENOMSG, "ENOMSG"),
    (Errno::ENOSPC, libc::ENOSPC, "ENOSPC"),
    (Errno::ENOSYS, libc::ENOSYS, "ENOSYS"),
    (Errno::EOVERFLOW, libc::EOVERFLOW, "EOVERFLOW"),
    (Errno::EPERM, libc::EPERM, "EPERM"),
    (Errno::ERANGE, libc::ERANGE, "ERANGE"),
    (Errno::ESRCH, libc::ESRCH, "ESRCH"),
];

#[test]
fn names_numbers_and_texts_belong_together() {
    for (errno, raw, name) in ALL {
        assert_eq!(errno.as_raw(), raw, "{name}");
        assert_eq!(Errno::from_raw(raw), Some(errno));
        assert_eq!(errno.name(), Some(name));
        assert_eq!(format!("{errno:?}"), name);
        assert_eq!(errno.to_string(), format!("{name}: {}", errno.message()));
        assert!(!errno.message().is_empty());
        assert!(!errno.message().contains("os error"), "{}", errno.message());
    }
    let distinct: HashSet<Errno> = ALL.iter().map(|(errno, ..)| *errno).collect();
    assert_eq!(distinct.len(), ALL.len());
}

/// The message is that of the C library, by the libc crate's `strerror_r`.
#[test]
fn messages_are_the_systems() {
    for (errno, raw, name) in ALL {
        let mut buffer = [0u8; 256];
        // SAFETY: the buffer has the given length.
        let failed = unsafe { libc::strerror_r(raw, buffer.as_mut_ptr().cast(), buffer.len()) };
        assert_eq!(failed, 0);
        let end = buffer.iter().position(|byte| *byte == 0).unwrap();
        let text = std::str::from_utf8(&buffer[..end]).unwrap();
        assert_eq!(errno.message(), text, "{name}");
    }
}

#[test]
fn zero_is_no_error() {
    assert_eq!(Errno::from_raw(0), None);
    assert_eq!(size_of::<Result<()>>(), size_of::<i32>());
}

#[test]
fn numbers_without_a_name_here_are_errors_too() {
    let other = Errno::from_raw(libc::ENOTDIR).unwrap();
    assert_eq!(other.name(), None);
    assert_eq!(other.as_raw(), libc::ENOTDIR);
    assert_eq!(format!("{other:?}"), format!("Errno({})", libc::ENOTDIR));
    assert_eq!(
        other.to_string(),
        format!("errno {}: Not a directory", libc::ENOTDIR)
    );
    for raw in [-1, 99_999, i32::MIN, i32::MAX] {
        let odd = Errno::from_raw(raw).unwrap();
        assert_eq!(odd.as_raw(), raw);
        assert!(
            odd.to_string().starts_with(&format!("errno {raw}: ")),
            "{odd}"
        );
    }
}

#[test]
fn it_becomes_an_io_error_with_the_same_number() {
    for (errno, raw, name) in ALL {
        assert_eq!(io::Error::from(errno).raw_os_error(), Some(raw), "{name}");
    }
    let kind = |errno| io::Error::from(errno).kind();
    assert_eq!(kind(Errno::EACCES), io::ErrorKind::PermissionDenied);
    assert_eq!(kind(Errno::EAGAIN), io::ErrorKind::WouldBlock);
    assert_eq!(kind(Errno::EEXIST), io::ErrorKind::AlreadyExists);
    assert_eq!(kind(Errno::EINTR), io::ErrorKind::Interrupted);
    assert_eq!(kind(Errno::ENOENT), io::ErrorKind::NotFound);
}

#[test]
fn question_mark_turns_it_into_other_errors() {
    fn io_error() -> io::Result<()> {
        Err(Errno::EIDRM)?
    }
    fn boxed() -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err(Errno::EIDRM)?
    }
    assert_eq!(io_error().unwrap_err().raw_os_error(), Some(libc::EIDRM));
    let boxed = boxed().unwrap_err();
    assert_eq!(boxed.downcast_ref::<Errno>(), Some(&Errno::EIDRM));
    assert!(Errno::EIDRM.source().is_none());
}

/// A successful call ignores errno, and each failed call returns the kernel's error number.
#[test]
fn the_kernels_number_arrives() {
    let key = support::unused_key();
    for _ in 0..3 {
        let get = shmget(key, 1, ShmGetFlags::empty(), Mode::NONE);
        expect_errno(get, Errno::ENOENT);
        let get = shmget(Key::PRIVATE, 0, ShmGetFlags::CREAT, Mode::OWNER);
        expect_errno(get, Errno::EINVAL);
        let segment = support::Shm::private(1);
        assert!(shmctl_stat(segment.id).is_ok());
    }
}

/// errno belongs to the thread: concurrent failures in other threads do not affect it.
#[test]
fn threads_do_not_mix_their_errors() {
    let key = support::unused_key();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                for _ in 0..2000 {
                    let get = semget(key, 1, SemGetFlags::empty(), Mode::NONE);
                    expect_errno(get, Errno::ENOENT);
                }
            });
            scope.spawn(|| {
                for _ in 0..2000 {
                    expect_errno(semctl_getval(SemId::from_raw(-1), 0), Errno::EINVAL);
                }
            });
        }
    });
}
