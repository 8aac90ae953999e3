//! Comparison with the declarations of the libc crate at compile time: size, alignment and the offset of each member of
//! every type that libc has on the target, and the constants.
//!
//! Types that libc lacks cannot be compared, and types that are wrong in libc (0.2.191) are compared with the headers
//! in `headers.rs`. Therefore these are omitted here:
//!
//! - on musl, `semid_ds` and `seminfo` are missing (and `MSG_COPY` in the headers); on 32-bit musl `timespec`,
//!   `shmid_ds`, `msqid_ds` and the commands that fill such (`IPC_STAT`, `SEM_STAT`, …, which have a bit of their own
//!   there) are those of a 32-bit `time_t`;
//! - on macOS, `msqid_ds` and every flag of queues are missing;
//! - on NetBSD and OpenBSD, `semid_ds`, `msqid_ds`, `sembuf` and the flags of `shmat` are missing;
//! - on all targets, `shminfo`, `shm_info`, `semtimedop`, and (except on macOS) `union semun` are missing.

use std::mem::{align_of, offset_of, size_of};

/// Fails to compile unless both crates have the same layout of the type. Private members of libc are covered by the
/// offsets of the members around them, and by the size.
macro_rules! same_layout {
    ($($name:ident { $($member:ident),+ $(,)? })+) => {$(
        const _: () = {
            assert!(size_of::<sysv_sys::$name>() == size_of::<libc::$name>());
            assert!(align_of::<sysv_sys::$name>() == align_of::<libc::$name>());
            $(assert!(offset_of!(sysv_sys::$name, $member) == offset_of!(libc::$name, $member));)+
        };
    )+};
}

/// Fails to compile unless both crates have the same values.
macro_rules! same_value {
    ($($name:ident)+) => {
        $(const _: () = assert!(sysv_sys::$name == libc::$name);)+
    };
}

// On all targets; the key and the sequence, whose names differ, are below.
same_layout! {
    ipc_perm { uid, gid, cuid, cgid, mode }
}

#[cfg(not(all(target_env = "musl", target_pointer_width = "32")))]
same_layout! {
    timespec { tv_sec, tv_nsec }
    shmid_ds {
        shm_perm, shm_segsz, shm_atime, shm_dtime, shm_ctime, shm_cpid, shm_lpid, shm_nattch,
    }
}

#[cfg(any(
    all(target_os = "linux", target_env = "gnu"),
    target_vendor = "apple",
    target_os = "freebsd"
))]
same_layout! {
    semid_ds { sem_perm, sem_otime, sem_ctime, sem_nsems }
}

#[cfg(any(target_os = "linux", target_vendor = "apple", target_os = "freebsd"))]
same_layout! {
    sembuf { sem_num, sem_op, sem_flg }
}

#[cfg(any(
    all(
        target_os = "linux",
        not(all(target_env = "musl", target_pointer_width = "32"))
    ),
    target_os = "freebsd"
))]
same_layout! {
    msqid_ds {
        msg_perm, msg_stime, msg_rtime, msg_ctime, msg_qnum, msg_qbytes, msg_lspid, msg_lrpid,
    }
}

#[cfg(target_os = "linux")]
same_layout! {
    msginfo { msgpool, msgmap, msgmax, msgmnb, msgmni, msgssz, msgtql, msgseg }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
same_layout! {
    seminfo { semmap, semmni, semmns, semmnu, semmsl, semopm, semume, semusz, semvmx, semaem }
}

#[cfg(target_vendor = "apple")]
same_layout! {
    semun { val, buf, array }
}

same_value! {
    IPC_CREAT IPC_EXCL IPC_NOWAIT IPC_PRIVATE IPC_RMID IPC_SET
}

#[cfg(not(all(target_env = "musl", target_pointer_width = "32")))]
same_value!(IPC_STAT);

#[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
same_value!(SHM_RDONLY SHM_RND);

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
same_value! {
    SHM_R SHM_W SEM_UNDO GETPID GETVAL GETALL GETNCNT GETZCNT SETVAL SETALL
}

#[cfg(target_os = "linux")]
same_value! {
    IPC_INFO SHM_LOCK SHM_UNLOCK SHM_HUGETLB SHM_NORESERVE SHM_REMAP SHM_EXEC
    SEM_INFO MSG_NOERROR MSG_EXCEPT MSG_INFO
}

#[cfg(all(
    target_os = "linux",
    not(all(target_env = "musl", target_pointer_width = "32"))
))]
same_value!(SEM_STAT SEM_STAT_ANY MSG_STAT);

#[cfg(all(target_os = "linux", target_env = "gnu"))]
same_value!(MSG_COPY);

/// Fails to compile unless both names are the same integer type.
macro_rules! same_integer {
    ($($name:ident)+) => {
        $(const _: fn(libc::$name) -> sysv_sys::$name = |value| value;)+
    };
}

same_integer!(key_t pid_t uid_t gid_t mode_t);

// libc marks musl's as deprecated, since it will change on 32-bit targets.
#[cfg(not(target_env = "musl"))]
same_integer!(time_t);

/// The name of the key in libc.
macro_rules! libc_key {
    ($perm:expr) => {{
        #[cfg(all(target_os = "linux", not(target_env = "musl")))]
        let key = &mut $perm.__key;
        #[cfg(all(target_os = "linux", target_env = "musl"))]
        #[expect(deprecated, reason = "libc's name differs, and its offset is right")]
        let key = &mut $perm.__ipc_perm_key;
        #[cfg(any(target_vendor = "apple", target_os = "netbsd"))]
        let key = &mut $perm._key;
        #[cfg(any(target_os = "freebsd", target_os = "openbsd"))]
        let key = &mut $perm.key;
        key
    }};
}

/// The accessor reads the value that libc's member is set to.
#[test]
fn key_is_where_libc_has_it() {
    for key in [0, 1, -1, 0x1234_5678, libc::key_t::MIN, libc::key_t::MAX] {
        // SAFETY: all zeros are valid for a structure of integers.
        let mut perm: libc::ipc_perm = unsafe { std::mem::zeroed() };
        *libc_key!(perm) = key;
        // SAFETY: size and alignment are compared above, and any bytes are valid for its integers.
        let perm: sysv_sys::ipc_perm = unsafe { std::mem::transmute(perm) };
        assert_eq!(perm.key(), key);
        assert_eq!(
            (perm.uid, perm.gid, perm.cuid, perm.cgid, perm.mode),
            (0, 0, 0, 0, 0)
        );
    }
}

/// The kernel's result contains the key, and the sequence number that is part of the id.
#[test]
fn key_and_sequence_are_where_the_kernel_puts_them() {
    let key = sysv_sys::key_t::try_from(std::process::id()).unwrap() | 0x4d00_0000;
    let flags = sysv_sys::IPC_CREAT | sysv_sys::IPC_EXCL | 0o600;
    // SAFETY: takes no pointer.
    let id = unsafe { sysv_sys::shmget(key, 1, flags) };
    assert_ne!(id, -1, "{}", std::io::Error::last_os_error());
    let mut stat = sysv_sys::shmid_ds::default();
    // SAFETY: the structure is the one that IPC_STAT fills.
    let asked = unsafe { sysv_sys::shmctl(id, sysv_sys::IPC_STAT, &raw mut stat) };
    // SAFETY: IPC_RMID takes no structure.
    let removed = unsafe { sysv_sys::shmctl(id, sysv_sys::IPC_RMID, std::ptr::null_mut()) };
    assert_eq!((asked, removed), (0, 0));
    assert_eq!(stat.shm_perm.key(), key);
    // Linux composes ids of an index and the sequence; the number of index bits is a boot parameter.
    if cfg!(target_os = "linux") {
        let id = id.unsigned_abs();
        let seq = stat.shm_perm.seq();
        assert!(id >> 15 == seq || id >> 24 == seq, "{id} of sequence {seq}");
    }
}
