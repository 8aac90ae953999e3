//! Permissions of another user on a segment: root creates it, and a child that runs as the user nobody tries every
//! call.
#![cfg(target_os = "linux")]

use crate::support::{self, Shm, as_nobody, expect_errno, mode};
use sysv_ipc::*;

/// Returns a segment with this mode, its id, and its index in the kernel's table.
fn segment(bits: u32) -> (Shm, Vec<i32>) {
    let segment = Shm::with_mode(10, mode(bits));
    let (highest, _) = shmctl_ipc_info().unwrap();
    let at = |index: &i32| shmctl_shm_stat(*index).is_ok_and(|(id, _)| id == segment.id);
    let index = (0..=highest).find(at).unwrap();
    let numbers = vec![segment.id.as_raw(), index];
    (segment, numbers)
}

fn attach(id: ShmId, flags: ShmAtFlags) -> Result<support::Attached> {
    // SAFETY: with a null address the kernel takes a free place.
    unsafe { shmat(id, std::ptr::null(), flags) }.map(support::Attached)
}

#[test]
fn a_segment_that_is_root_s_alone() {
    let Some(numbers) = as_nobody(test_name!("a_segment_that_is_root_s_alone"), || {
        segment(0o600)
    }) else {
        return;
    };
    let id = ShmId::from_raw(numbers[0]);
    expect_errno(attach(id, ShmAtFlags::empty()), Errno::EACCES);
    expect_errno(attach(id, ShmAtFlags::RDONLY), Errno::EACCES);
    expect_errno(shmctl_stat(id), Errno::EACCES);
    expect_errno(shmctl_shm_stat(numbers[1]), Errno::EACCES);
    expect_errno(shmctl_set(id, &ShmStat::default()), Errno::EPERM);
    expect_errno(shmctl_rmid(id), Errno::EPERM);
    expect_errno(shmctl_lock(id), Errno::EPERM);
    expect_errno(shmctl_unlock(id), Errno::EPERM);
    // Every user may learn that it exists.
    let (found, stat) = shmctl_shm_stat_any(numbers[1]).unwrap();
    assert_eq!((found, stat.segsz()), (id, 10));
    assert_eq!((stat.perm().uid(), stat.perm().mode()), (0, Mode::OWNER));
}

#[test]
fn a_segment_that_all_may_read() {
    let Some(numbers) = as_nobody(test_name!("a_segment_that_all_may_read"), || segment(0o644))
    else {
        return;
    };
    let id = ShmId::from_raw(numbers[0]);
    expect_errno(attach(id, ShmAtFlags::empty()), Errno::EACCES);
    let mapping = attach(id, ShmAtFlags::RDONLY).unwrap();
    assert_eq!(mapping.read(0, 10), [0; 10]);
    let stat = shmctl_stat(id).unwrap();
    assert_eq!(stat.nattch(), 1);
    assert_eq!(shmctl_shm_stat(numbers[1]).unwrap().0, id);
    expect_errno(
        attach(id, ShmAtFlags::RDONLY | ShmAtFlags::EXEC),
        Errno::EACCES,
    );
    expect_errno(shmctl_set(id, &stat), Errno::EPERM);
    expect_errno(shmctl_rmid(id), Errno::EPERM);
}

/// Linux has no mapping for writing only.
#[test]
fn a_segment_that_all_may_only_write() {
    let Some(numbers) = as_nobody(test_name!("a_segment_that_all_may_only_write"), || {
        segment(0o622)
    }) else {
        return;
    };
    let id = ShmId::from_raw(numbers[0]);
    expect_errno(attach(id, ShmAtFlags::empty()), Errno::EACCES);
    expect_errno(attach(id, ShmAtFlags::RDONLY), Errno::EACCES);
    expect_errno(shmctl_stat(id), Errno::EACCES);
    assert_eq!(shmctl_shm_stat_any(numbers[1]).unwrap().0, id);
}

/// The mode applies to the owner as well, except for changes of the mode.
#[test]
fn a_segment_of_ones_own_without_rights() {
    let Some(_) = as_nobody(test_name!("a_segment_of_ones_own_without_rights"), || {
        ((), vec![])
    }) else {
        return;
    };
    let segment = Shm::with_mode(10, mode(0o400));
    expect_errno(attach(segment.id, ShmAtFlags::empty()), Errno::EACCES);
    assert_eq!(
        attach(segment.id, ShmAtFlags::RDONLY).unwrap().read(0, 10),
        [0; 10]
    );

    let segment = Shm::with_mode(10, mode(0o200));
    expect_errno(shmctl_stat(segment.id), Errno::EACCES);
    let (highest, _) = shmctl_ipc_info().unwrap();
    let found = (0..=highest).find_map(|index| {
        let (id, stat) = shmctl_shm_stat_any(index).ok()?;
        (id == segment.id).then_some(stat)
    });
    let mut stat = found.unwrap();
    assert_eq!(stat.perm().mode(), mode(0o200));
    stat.set_mode(mode(0o600));
    shmctl_set(segment.id, &stat).unwrap();
    assert_eq!(shmctl_stat(segment.id).unwrap().perm().mode(), mode(0o600));
}
