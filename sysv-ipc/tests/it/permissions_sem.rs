//! Permissions of another user on a set: root creates it, and a child that runs as the user nobody tries every call.
#![cfg(target_os = "linux")]

use crate::support::{Sem, as_nobody, expect_errno, mode};
use sysv_ipc::*;

/// Returns a set with this mode and the value 1, its id, and its index.
fn set(bits: u32) -> (Sem, Vec<i32>) {
    let set = Sem::with_mode(1, mode(bits));
    semctl_setval(set.id, 0, 1).unwrap();
    let (highest, _) = semctl_ipc_info().unwrap();
    let at = |index: &i32| semctl_sem_stat(*index).is_ok_and(|(id, _)| id == set.id);
    let index = (0..=highest).find(at).unwrap();
    let numbers = vec![set.id.as_raw(), index];
    (set, numbers)
}

#[test]
fn a_set_that_is_root_s_alone() {
    let Some(numbers) = as_nobody(test_name!("a_set_that_is_root_s_alone"), || set(0o600)) else {
        return;
    };
    let id = SemId::from_raw(numbers[0]);
    for op in [-1, 0, 1] {
        let op = [SemBuf::new(0, op, SemFlags::NOWAIT)];
        expect_errno(semop(id, &op), Errno::EACCES);
        expect_errno(
            semtimedop(id, &op, Some(std::time::Duration::ZERO)),
            Errno::EACCES,
        );
    }
    expect_errno(semctl_getval(id, 0), Errno::EACCES);
    expect_errno(semctl_setval(id, 0, 2), Errno::EACCES);
    expect_errno(semctl_getpid(id, 0), Errno::EACCES);
    expect_errno(semctl_getncnt(id, 0), Errno::EACCES);
    expect_errno(semctl_getzcnt(id, 0), Errno::EACCES);
    let mut values = [77];
    // SAFETY: the set has one semaphore.
    expect_errno(unsafe { semctl_getall(id, &mut values) }, Errno::EACCES);
    // SAFETY: the set has one semaphore.
    expect_errno(unsafe { semctl_setall(id, &values) }, Errno::EACCES);
    expect_errno(semctl_stat(id), Errno::EACCES);
    expect_errno(semctl_sem_stat(numbers[1]), Errno::EACCES);
    expect_errno(semctl_set(id, &SemStat::default()), Errno::EPERM);
    expect_errno(semctl_rmid(id), Errno::EPERM);
    let (found, stat) = semctl_sem_stat_any(numbers[1]).unwrap();
    assert_eq!(
        (found, stat.nsems(), stat.perm().mode()),
        (id, 1, Mode::OWNER)
    );
}

/// Reading includes waiting for zero; all other operations alter.
#[test]
fn a_set_that_all_may_read() {
    let Some(numbers) = as_nobody(test_name!("a_set_that_all_may_read"), || set(0o644)) else {
        return;
    };
    let id = SemId::from_raw(numbers[0]);
    expect_errno(
        semop(id, &[SemBuf::new(0, 0, SemFlags::NOWAIT)]),
        Errno::EAGAIN,
    );
    expect_errno(
        semop(id, &[SemBuf::new(0, 1, SemFlags::NOWAIT)]),
        Errno::EACCES,
    );
    assert_eq!(semctl_getval(id, 0), Ok(1));
    assert_eq!(semctl_getncnt(id, 0), Ok(0));
    assert_eq!(semctl_stat(id).unwrap().nsems(), 1);
    expect_errno(semctl_setval(id, 0, 2), Errno::EACCES);
    expect_errno(semctl_set(id, &semctl_stat(id).unwrap()), Errno::EPERM);
    expect_errno(semctl_rmid(id), Errno::EPERM);
}

#[test]
fn a_set_that_all_may_only_alter() {
    let Some(numbers) = as_nobody(test_name!("a_set_that_all_may_only_alter"), || set(0o622))
    else {
        return;
    };
    let id = SemId::from_raw(numbers[0]);
    semop(id, &[SemBuf::new(0, 1, SemFlags::NOWAIT)]).unwrap();
    semctl_setval(id, 0, 0).unwrap();
    // SAFETY: the set has one semaphore.
    unsafe { semctl_setall(id, &[3]) }.unwrap();
    expect_errno(
        semop(id, &[SemBuf::new(0, 0, SemFlags::NOWAIT)]),
        Errno::EACCES,
    );
    expect_errno(semctl_getval(id, 0), Errno::EACCES);
    expect_errno(semctl_stat(id), Errno::EACCES);
}
