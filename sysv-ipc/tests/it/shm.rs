//! Segments: creation, lookup, status, changes, locking, removal. Mappings are in `shm_attach.rs`, permissions of other
//! users in `permissions.rs`.

use std::time::{Duration, SystemTime};

use crate::support::{self, Process, Shm, expect_errno, own_pid, role};
use sysv_ipc::*;

const CREATE: ShmGetFlags = ShmGetFlags::CREAT.union(ShmGetFlags::EXCL);
const FIND: ShmGetFlags = ShmGetFlags::empty();

#[test]
fn create_then_find() {
    let (key, segment) = Shm::with_key(5000);
    assert_eq!(shmget(key, 0, FIND, Mode::NONE), Ok(segment.id));
    assert_eq!(shmget(key, 5000, FIND, Mode::OWNER), Ok(segment.id));
    assert_eq!(
        shmget(key, 1, ShmGetFlags::CREAT, Mode::OWNER),
        Ok(segment.id)
    );
    expect_errno(shmget(key, 5001, FIND, Mode::NONE), Errno::EINVAL);
    expect_errno(shmget(key, 5000, CREATE, Mode::OWNER), Errno::EEXIST);
    expect_errno(shmget(key, 0, CREATE, Mode::OWNER), Errno::EEXIST);
    segment.remove();
    expect_errno(shmget(key, 0, FIND, Mode::NONE), Errno::ENOENT);
}

#[test]
fn private_segments_are_distinct() {
    let one = Shm::private(1);
    let other = Shm::private(1);
    assert_ne!(one.id, other.id);
}

#[test]
fn a_size_that_no_segment_can_have() {
    // A 64-bit kernel permits a 32-bit process the whole range.
    let sizes: &[usize] = if cfg!(target_pointer_width = "64") {
        &[0, usize::MAX]
    } else {
        &[0]
    };
    for &size in sizes {
        let get = shmget(Key::PRIVATE, size, CREATE, Mode::OWNER);
        expect_errno(get, Errno::EINVAL);
        let get = shmget(support::unused_key(), size, CREATE, Mode::OWNER);
        expect_errno(get, Errno::EINVAL);
    }
    // Usually within SHMMAX, and more than the machine has.
    let huge = shmget(Key::PRIVATE, usize::MAX / 4, CREATE, Mode::OWNER);
    match huge.map(Shm::adopt) {
        Err(Errno::ENOMEM | Errno::ENOSPC | Errno::EINVAL) => {}
        Ok(_) if cfg!(target_pointer_width = "32") => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_segment_is_all_zero_and_has_the_size_asked_for() {
    for size in [1, 7, 4096, 4097, 100_000] {
        let segment = Shm::private(size);
        assert_eq!(shmctl_stat(segment.id).unwrap().segsz(), size);
        let bytes = segment.attach().read(0, size);
        assert!(bytes.iter().all(|byte| *byte == 0), "{size}");
    }
}

/// Checks a time. The kernel's clock has a coarse resolution, and may lag behind the one that is read here.
fn assert_between(time: Option<SystemTime>, before: SystemTime, after: SystemTime) {
    let time = time.expect("it has happened");
    let second = Duration::from_secs(1);
    let earliest = before - second * 2;
    assert!(earliest <= time && time <= after + second, "{time:?}");
}

/// Row S11 and row P17: before the first event, time and pid are `None`.
#[test]
fn stat_before_and_after_the_first_use() {
    let before = SystemTime::now();
    let segment = Shm::private(10_000);
    let new = shmctl_stat(segment.id).unwrap();
    assert_eq!((new.segsz(), new.nattch()), (10_000, 0));
    assert_eq!((new.atime(), new.dtime(), new.lpid()), (None, None, None));
    assert_eq!(new.cpid(), own_pid());
    assert_between(new.ctime(), before, SystemTime::now());

    let mapping = segment.attach();
    let attached = shmctl_stat(segment.id).unwrap();
    assert_eq!((attached.nattch(), attached.dtime()), (1, None));
    assert_eq!(attached.lpid(), own_pid());
    assert_between(attached.atime(), before, SystemTime::now());

    mapping.detach();
    let detached = shmctl_stat(segment.id).unwrap();
    assert_eq!(detached.nattch(), 0);
    assert_between(detached.dtime(), before, SystemTime::now());
    assert_eq!(detached.atime(), attached.atime());
    assert_eq!(detached.ctime(), new.ctime());
}

#[test]
fn perm_tells_who_made_it() {
    let mode = Mode::from_bits(0o640).unwrap();
    let segment = Shm::with_mode(1, mode);
    let perm = shmctl_stat(segment.id).unwrap().perm();
    // SAFETY: takes nothing, and cannot fail.
    let (uid, gid) = (support::process::effective_uid(), unsafe {
        libc::getegid()
    });
    assert_eq!((perm.uid(), perm.cuid()), (uid, uid));
    assert_eq!((perm.gid(), perm.cgid()), (gid, gid));
    assert_eq!(perm.mode(), mode);
    assert!(perm.key().is_private());
}

/// The last process that attached is recorded, not the creator.
#[test]
fn lpid_is_of_the_other_process() {
    if let Some(words) = role(test_name!("lpid_is_of_the_other_process")) {
        let id: ShmId = words[0].parse().unwrap();
        // Adopted without a guard, since the parent removes the segment.
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(id));
        segment.attach().write(0, b"child");
        return;
    }
    let segment = Shm::private(5);
    // Not attached until the end: a fork by another test would attach and detach a copy.
    let child = Process::start(test_name!("lpid_is_of_the_other_process"), &[&segment.id]);
    let pid = child.pid();
    child.finish();
    let stat = shmctl_stat(segment.id).unwrap();
    assert_eq!(stat.lpid(), Pid::from_raw(pid));
    assert_eq!((stat.cpid(), stat.nattch()), (own_pid(), 0));
    assert_eq!(segment.attach().read(0, 5), b"child");
}

/// Row S10: each of the three changes separately.
#[test]
fn set_changes_owner_group_and_mode_each() {
    let segment = Shm::private(1);
    let was = shmctl_stat(segment.id).unwrap();
    let change = |set: fn(&mut ShmStat)| {
        let mut stat = shmctl_stat(segment.id).unwrap();
        set(&mut stat);
        shmctl_set(segment.id, &stat).unwrap();
        let perm = shmctl_stat(segment.id).unwrap().perm();
        (perm.uid(), perm.gid(), perm.mode())
    };
    let (uid, gid) = (was.perm().uid(), was.perm().gid());
    let mode = Mode::from_bits(0o624).unwrap();
    assert_eq!(
        change(|stat| stat.set_mode(Mode::from_bits(0o624).unwrap())),
        (uid, gid, mode)
    );
    assert_eq!(change(|stat| stat.set_gid(4242)), (uid, 4242, mode));
    assert_eq!(change(|stat| stat.set_uid(4243)), (4243, 4242, mode));

    let now = shmctl_stat(segment.id).unwrap();
    assert_eq!((now.perm().cuid(), now.perm().cgid()), (uid, gid));
    assert_eq!((now.segsz(), now.cpid()), (was.segsz(), was.cpid()));
    assert!(now.ctime() >= was.ctime());
}

#[test]
fn set_refuses_an_owner_that_is_nobody_at_all() {
    let segment = Shm::private(1);
    let mut stat = shmctl_stat(segment.id).unwrap();
    stat.set_uid(u32::MAX);
    expect_errno(shmctl_set(segment.id, &stat), Errno::EINVAL);
    let uid = shmctl_stat(segment.id).unwrap().perm().uid();
    assert_eq!(uid, support::process::effective_uid());
}

/// Some tutorials say otherwise. Uses a child, because the umask belongs to the whole process.
#[test]
fn the_umask_is_not_applied() {
    if role(test_name!("the_umask_is_not_applied")).is_some() {
        // SAFETY: takes no pointer.
        unsafe { libc::umask(0o777) };
        let segment = Shm::with_mode(1, Mode::EVERYONE);
        let perm = shmctl_stat(segment.id).unwrap().perm();
        assert_eq!(perm.mode(), Mode::EVERYONE);
        return;
    }
    Process::start(test_name!("the_umask_is_not_applied"), &[]).finish();
}

#[test]
fn all_nine_mode_bits_are_kept() {
    for bits in [0, 0o111, 0o222, 0o444, 0o777, 0o421] {
        let mode = Mode::from_bits(bits).unwrap();
        let segment = Shm::private(1);
        let mut stat = shmctl_stat(segment.id).unwrap();
        stat.set_mode(mode);
        shmctl_set(segment.id, &stat).unwrap();
        // Without read permission, only root may still read.
        if bits & 0o400 != 0 || support::process::effective_uid() == 0 {
            assert_eq!(shmctl_stat(segment.id).unwrap().perm().mode(), mode);
        }
    }
}

#[test]
fn an_id_that_does_not_exist() {
    let removed = Shm::private(1).remove();
    for id in [removed, ShmId::from_raw(-1), ShmId::from_raw(i32::MIN)] {
        expect_errno(shmctl_stat(id), Errno::EINVAL);
        expect_errno(shmctl_set(id, &ShmStat::default()), Errno::EINVAL);
        expect_errno(shmctl_rmid(id), Errno::EINVAL);
        // SAFETY: with a null address the kernel takes a free place.
        let attach = unsafe { shmat(id, std::ptr::null(), ShmAtFlags::empty()) };
        expect_errno(attach, Errno::EINVAL);
        #[cfg(sysv = "SHM_LOCK")]
        expect_errno(shmctl_lock(id), Errno::EINVAL);
        #[cfg(sysv = "SHM_UNLOCK")]
        expect_errno(shmctl_unlock(id), Errno::EINVAL);
    }
}

#[test]
#[cfg(sysv = "SHM_NORESERVE")]
fn noreserve_makes_an_ordinary_segment() {
    let flags = ShmGetFlags::CREAT | ShmGetFlags::NORESERVE;
    let segment = Shm::adopt(shmget(Key::PRIVATE, 4096, flags, Mode::OWNER).unwrap());
    let mapping = segment.attach();
    mapping.write(4091, b"bytes");
    assert_eq!(mapping.read(4091, 5), b"bytes");
}

/// Row C8. A refusal passes only if the limit explains it.
#[test]
#[cfg(all(sysv = "SHM_LOCK", sysv = "SHM_LOCKED"))]
fn lock_and_unlock() {
    let segment = Shm::private(page_size());
    assert!(!shmctl_stat(segment.id).unwrap().is_locked());
    if let Err(error) = shmctl_lock(segment.id) {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the structure lives until the call returns.
        let asked = unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) };
        assert_eq!(asked, 0);
        let explained = match error {
            Errno::EPERM => limit.rlim_cur == 0,
            // The limit is on the total of the user, including other processes.
            Errno::ENOMEM => limit.rlim_cur < 1 << 30,
            _ => false,
        };
        assert!(explained, "{error}, with a limit of {}", limit.rlim_cur);
        return support::skipped("lock_and_unlock", &format!("RLIMIT_MEMLOCK: {error}"));
    }
    let stat = shmctl_stat(segment.id).unwrap();
    assert!(stat.is_locked() && !stat.is_marked_for_removal());
    assert_eq!(stat.perm().mode(), Mode::OWNER);
    // Setting the mode does not change the kernel's bits beside it.
    shmctl_set(segment.id, &stat).unwrap();
    assert!(shmctl_stat(segment.id).unwrap().is_locked());
    shmctl_lock(segment.id).unwrap();
    shmctl_unlock(segment.id).unwrap();
    assert!(!shmctl_stat(segment.id).unwrap().is_locked());
    shmctl_unlock(segment.id).unwrap();
}

/// Without huge pages, the kernel returns an error and creates nothing.
#[test]
#[cfg(all(sysv = "SHM_HUGETLB", target_os = "linux"))]
fn huge_pages() {
    let flags = ShmGetFlags::CREAT | ShmGetFlags::HUGETLB;
    // No page has 2^63 bytes.
    let odd = flags | ShmGetFlags::huge_page_size(63);
    let get = shmget(Key::PRIVATE, 1 << 21, odd, Mode::OWNER);
    assert!(matches!(get, Err(Errno::EINVAL | Errno::ENOSYS)), "{get:?}");

    let free = std::fs::read_to_string("/proc/meminfo").unwrap();
    let free = free
        .lines()
        .find_map(|line| line.strip_prefix("HugePages_Free:"));
    let free: u64 = free.map_or(0, |number| number.trim().parse().unwrap());
    match shmget(Key::PRIVATE, 1 << 21, flags, Mode::OWNER).map(Shm::adopt) {
        Ok(segment) => assert_eq!(shmctl_stat(segment.id).unwrap().segsz(), 1 << 21),
        Err(Errno::ENOMEM) => assert_eq!(free, 0),
        Err(error) => assert!(matches!(error, Errno::EPERM | Errno::ENOSYS), "{error}"),
    }
}
