//! Sets: creation, lookup, values, status, changes, removal. Operations are in `semop.rs`, waiting in `sem_wait.rs`,
//! permissions of other users in `permissions.rs`.

use crate::support::{self, Process, Sem, expect_errno, role};
use sysv_ipc::*;

const CREATE: SemGetFlags = SemGetFlags::CREAT.union(SemGetFlags::EXCL);
const FIND: SemGetFlags = SemGetFlags::empty();

/// Returns the maximum number of semaphores of a set, and the maximum value, from the kernel.
#[cfg(sysv = "IPC_INFO")]
fn limits() -> (usize, i32) {
    let (_, limits) = semctl_ipc_info().unwrap();
    let semmsl = limits.semmsl().try_into().unwrap();
    (semmsl, limits.semvmx().try_into().unwrap())
}

/// Returns the usual limits, on systems where the kernel does not report them this way.
#[cfg(not(sysv = "IPC_INFO"))]
fn limits() -> (usize, i32) {
    (65_535, 32_767)
}

#[test]
fn create_then_find() {
    let (key, set) = Sem::with_key(3);
    assert_eq!(semget(key, 0, FIND, Mode::NONE), Ok(set.id));
    assert_eq!(semget(key, 3, FIND, Mode::OWNER), Ok(set.id));
    assert_eq!(semget(key, 2, SemGetFlags::CREAT, Mode::OWNER), Ok(set.id));
    expect_errno(semget(key, 4, FIND, Mode::NONE), Errno::EINVAL);
    expect_errno(semget(key, 3, CREATE, Mode::OWNER), Errno::EEXIST);
    set.remove();
    expect_errno(semget(key, 3, FIND, Mode::NONE), Errno::ENOENT);
}

#[test]
fn private_sets_are_distinct() {
    assert_ne!(Sem::private(1).id, Sem::private(1).id);
}

#[test]
fn a_number_of_semaphores_that_no_set_can_have() {
    let (semmsl, _) = limits();
    let beyond_c = 1usize << (usize::BITS - 1);
    for nsems in [0, semmsl + 1, i32::MAX as usize, beyond_c, usize::MAX] {
        let get = semget(Key::PRIVATE, nsems, CREATE, Mode::OWNER).map(Sem::adopt);
        expect_errno(get, Errno::EINVAL);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_new_set_is_zero_and_unused() {
    use std::time::{Duration, SystemTime};

    let before = SystemTime::now();
    let set = Sem::private(5);
    assert_eq!(set.values(), [0; 5]);
    let stat = semctl_stat(set.id).unwrap();
    assert_eq!((stat.nsems(), stat.otime()), (5, None));
    let made = stat.ctime().unwrap();
    // The kernel's clock has a coarse resolution, and may lag.
    let second = Duration::from_secs(1);
    assert!(before - 2 * second <= made && made <= SystemTime::now() + second);
    for semnum in 0..5 {
        assert_eq!(semctl_getval(set.id, semnum), Ok(0));
        assert_eq!(semctl_getpid(set.id, semnum), Ok(None));
        assert_eq!(semctl_getncnt(set.id, semnum), Ok(0));
        assert_eq!(semctl_getzcnt(set.id, semnum), Ok(0));
    }
}

#[test]
fn setval_sets_one_value() {
    let (_, semvmx) = limits();
    let set = Sem::with_values(&[1, 2, 3]);
    for value in [0, 1, 4711, semvmx] {
        semctl_setval(set.id, 1, value).unwrap();
        assert_eq!(semctl_getval(set.id, 1), Ok(value));
    }
    assert_eq!((set.values()[0], set.values()[2]), (1, 3));
    for value in [-1, semvmx + 1, 65_536, i32::MIN, i32::MAX] {
        expect_errno(semctl_setval(set.id, 1, value), Errno::ERANGE);
        assert_eq!(semctl_getval(set.id, 1), Ok(semvmx));
    }
}

/// Row C5.
#[test]
fn setall_and_getall() {
    let (_, semvmx) = limits();
    let greatest = u16::try_from(semvmx).unwrap();
    let set = Sem::private(4);
    let values = [7, 0, greatest, 1];
    // SAFETY: the set has four.
    unsafe { semctl_setall(set.id, &values) }.unwrap();
    assert_eq!(set.values(), values);
    for (semnum, value) in (0..).zip(values) {
        assert_eq!(semctl_getval(set.id, semnum), Ok(i32::from(value)));
    }
    // SAFETY: the set has four.
    let set_all = unsafe { semctl_setall(set.id, &[1, 2, greatest + 1, 4]) };
    expect_errno(set_all, Errno::ERANGE);
    assert_eq!(set.values(), values, "none was set");
}

/// The kernel takes no length: elements after the set's values are unchanged.
#[test]
fn getall_writes_no_more_than_the_set() {
    let set = Sem::with_values(&[1, 2, 3]);
    let mut values = [0xabcd; 8];
    // SAFETY: the slice is longer than the set.
    unsafe { semctl_getall(set.id, &mut values) }.unwrap();
    assert_eq!(values, [1, 2, 3, 0xabcd, 0xabcd, 0xabcd, 0xabcd, 0xabcd]);
    // SAFETY: the slice is longer than the set.
    unsafe { semctl_setall(set.id, &[4, 5, 6, 7]) }.unwrap();
    assert_eq!(set.values(), [4, 5, 6]);
}

/// Linux uses another code path beyond 256 values.
#[test]
fn a_large_set() {
    let values: Vec<u16> = (0..1000).collect();
    let set = Sem::with_values(&values);
    assert_eq!(semctl_stat(set.id).unwrap().nsems(), 1000);
    assert_eq!(set.values(), values);
    assert_eq!(semctl_getval(set.id, 999), Ok(999));
    expect_errno(semctl_getval(set.id, 1000), Errno::EINVAL);
}

#[test]
fn a_semaphore_outside_the_set() {
    let set = Sem::private(2);
    for semnum in [2, 3, 255, u16::MAX] {
        expect_errno(semctl_getval(set.id, semnum), Errno::EINVAL);
        expect_errno(semctl_setval(set.id, semnum, 1), Errno::EINVAL);
        expect_errno(semctl_getpid(set.id, semnum), Errno::EINVAL);
        expect_errno(semctl_getncnt(set.id, semnum), Errno::EINVAL);
        expect_errno(semctl_getzcnt(set.id, semnum), Errno::EINVAL);
    }
    assert_eq!(set.values(), [0, 0]);
}

#[test]
fn an_id_that_does_not_exist() {
    let removed = Sem::private(1).remove();
    let give = [SemBuf::new(0, 1, SemFlags::empty())];
    for id in [removed, SemId::from_raw(-1), SemId::from_raw(i32::MIN)] {
        expect_errno(semop(id, &give), Errno::EINVAL);
        #[cfg(sysv = "semtimedop")]
        expect_errno(
            semtimedop(id, &give, Some(std::time::Duration::ZERO)),
            Errno::EINVAL,
        );
        expect_errno(semctl_getval(id, 0), Errno::EINVAL);
        expect_errno(semctl_setval(id, 0, 1), Errno::EINVAL);
        expect_errno(semctl_getpid(id, 0), Errno::EINVAL);
        expect_errno(semctl_getncnt(id, 0), Errno::EINVAL);
        expect_errno(semctl_getzcnt(id, 0), Errno::EINVAL);
        expect_errno(semctl_stat(id), Errno::EINVAL);
        expect_errno(semctl_set(id, &SemStat::default()), Errno::EINVAL);
        expect_errno(semctl_rmid(id), Errno::EINVAL);
        let mut values = [7];
        // SAFETY: the set is removed, so that the kernel copies no value.
        expect_errno(unsafe { semctl_getall(id, &mut values) }, Errno::EINVAL);
        // SAFETY: the set is removed, so that the kernel copies no value.
        expect_errno(unsafe { semctl_setall(id, &values) }, Errno::EINVAL);
        assert_eq!(values, [7]);
    }
}

/// Row S14 and row P12: each semaphore records its last process; the set records the time of the last operation.
#[test]
#[cfg(target_os = "linux")]
fn pids_and_times() {
    use std::time::{Duration, SystemTime};

    let set = Sem::private(3);
    // On Linux setting a value records the pid, but is not an operation.
    semctl_setval(set.id, 0, 1).unwrap();
    assert_eq!(semctl_getpid(set.id, 0), Ok(crate::support::own_pid()));
    assert_eq!(semctl_getpid(set.id, 1), Ok(None));
    assert_eq!(semctl_stat(set.id).unwrap().otime(), None);

    let before = SystemTime::now();
    semop(set.id, &[SemBuf::new(1, 1, SemFlags::empty())]).unwrap();
    assert_eq!(semctl_getpid(set.id, 1), Ok(crate::support::own_pid()));
    assert_eq!(semctl_getpid(set.id, 2), Ok(None));
    let otime = semctl_stat(set.id).unwrap().otime().unwrap();
    let second = Duration::from_secs(1);
    assert!(before - 2 * second <= otime && otime <= SystemTime::now() + second);
}

#[test]
fn getpid_is_of_the_other_process() {
    if let Some(words) = role(test_name!("getpid_is_of_the_other_process")) {
        let id = words[0].parse().unwrap();
        semop(id, &[SemBuf::new(0, 3, SemFlags::empty())]).unwrap();
        return;
    }
    let set = Sem::private(1);
    let child = Process::start(test_name!("getpid_is_of_the_other_process"), &[&set.id]);
    let pid = child.pid();
    child.finish();
    assert_eq!(semctl_getpid(set.id, 0), Ok(Pid::from_raw(pid)));
    assert_eq!(semctl_getval(set.id, 0), Ok(3));
}

/// Row S10: each of the three changes separately, and values stay.
#[test]
fn set_changes_owner_group_and_mode_each() {
    let set = Sem::with_values(&[5, 6]);
    let was = semctl_stat(set.id).unwrap().perm();
    // SAFETY: takes nothing, and cannot fail.
    let own_gid = unsafe { libc::getegid() };
    assert_eq!(
        (was.uid(), was.gid()),
        (support::process::effective_uid(), own_gid)
    );
    assert_eq!(
        (was.cuid(), was.cgid()),
        (support::process::effective_uid(), own_gid)
    );
    assert_eq!(was.mode(), Mode::OWNER);

    let change = |put: &dyn Fn(&mut SemStat)| {
        let mut stat = semctl_stat(set.id).unwrap();
        put(&mut stat);
        semctl_set(set.id, &stat).unwrap();
        let perm = semctl_stat(set.id).unwrap().perm();
        assert_eq!((perm.cuid(), perm.cgid()), (was.cuid(), was.cgid()));
        (perm.uid(), perm.gid(), perm.mode())
    };
    let (uid, gid) = (was.uid(), was.gid());
    let mode = Mode::from_bits(0o624).unwrap();
    assert_eq!(change(&|stat| stat.set_mode(mode)), (uid, gid, mode));
    assert_eq!(change(&|stat| stat.set_gid(4242)), (uid, 4242, mode));
    assert_eq!(change(&|stat| stat.set_uid(4243)), (4243, 4242, mode));
    assert_eq!(set.values(), [5, 6]);
}

#[test]
fn set_refuses_an_owner_that_is_nobody_at_all() {
    let set = Sem::private(1);
    let mut stat = semctl_stat(set.id).unwrap();
    stat.set_gid(u32::MAX);
    expect_errno(semctl_set(set.id, &stat), Errno::EINVAL);
}

/// Rows C4, C5: values that end at a page without access: a set with more semaphores than there are values is an error.
#[test]
fn values_that_the_kernel_cannot_pass() {
    let sem = Sem::with_values(&[1, 2, 3, 4, 5]);
    let mut same = SemValues::new(5).unwrap();
    semctl_getall_values(sem.id, &mut same).unwrap();
    assert_eq!(*same, [1, 2, 3, 4, 5]);
    for count in [0, 1, 4] {
        let mut fewer = SemValues::new(count).unwrap();
        expect_errno(semctl_getall_values(sem.id, &mut fewer), Errno::EFAULT);
        fewer.fill(7);
        expect_errno(semctl_setall_values(sem.id, &fewer), Errno::EFAULT);
    }
    let mut more = SemValues::new(6).unwrap();
    more.fill(9);
    semctl_getall_values(sem.id, &mut more).unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(*more, [1, 2, 3, 4, 5, 9]);
    }
    semctl_setall_values(sem.id, &SemValues::from_slice(&[5, 4, 3, 2, 1, 0]).unwrap()).unwrap();
    assert_eq!(sem.values(), [5, 4, 3, 2, 1]);
    assert_eq!(
        format!("{:?}", SemValues::from_slice(&[1, 2]).unwrap()),
        "[1, 2]"
    );
}

/// Values are mapped in two parts, which `/proc` lists.
#[test]
#[cfg(target_os = "linux")]
fn memory_for_values_is_given_back() {
    let mappings = || {
        std::fs::read_to_string("/proc/self/maps")
            .unwrap()
            .lines()
            .count()
    };
    let before = mappings();
    for _ in 0..2000 {
        let small = [SemValues::new(1), SemValues::new(1)];
        let large = SemValues::new(page_size()).unwrap();
        assert_eq!((*large).len(), page_size());
        drop((small, large));
    }
    // Other tests map memory too, but not as much.
    assert!(mappings() < before + 1000);
}
