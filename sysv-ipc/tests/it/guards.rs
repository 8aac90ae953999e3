//! Tests of the cleanup that every other test relies on: nothing remains, even after a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use crate::support::{Msg, Process, Sem, Shm, expect_errno, role};
use sysv_ipc::*;

#[test]
fn objects_go_with_their_guards() {
    let (segment, set, queue) = (Shm::private(1), Sem::private(1), Msg::private());
    let ids = (segment.id, set.id, queue.id);
    drop((segment, set, queue));
    expect_errno(shmctl_stat(ids.0), Errno::EINVAL);
    expect_errno(semctl_stat(ids.1), Errno::EINVAL);
    expect_errno(msgctl_stat(ids.2), Errno::EINVAL);
}

#[test]
fn objects_and_mappings_go_in_a_panic() {
    let made = Mutex::new(None);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let segment = Shm::private(1);
        let _mapping = segment.attach();
        let set = Sem::private(1);
        let queue = Msg::private();
        *made.lock().unwrap() = Some((segment.id, set.id, queue.id));
        assert_eq!(shmctl_stat(segment.id).unwrap().nattch(), 0, "on purpose");
    }));
    assert!(panicked.is_err());
    let ids = made.lock().unwrap().take();
    let (segment, set, queue) = ids.unwrap();
    // It would stay until the last detach, if a detach were missing.
    expect_errno(shmctl_stat(segment), Errno::EINVAL);
    expect_errno(semctl_stat(set), Errno::EINVAL);
    expect_errno(msgctl_stat(queue), Errno::EINVAL);
}

/// A child that never ends is killed with the test that started it.
#[test]
fn a_child_goes_with_its_guard() {
    if let Some(words) = role(test_name!("a_child_goes_with_its_guard")) {
        let id = words[0].parse().unwrap();
        semop(id, &[SemBuf::new(0, 1, SemFlags::UNDO)]).unwrap();
        loop {
            std::thread::park();
        }
    }
    let set = Sem::private(1);
    let mut child = Process::start(test_name!("a_child_goes_with_its_guard"), &[&set.id]);
    child.wait_until("the child", || semctl_getval(set.id, 0) == Ok(1));
    drop(child);
    assert_eq!(set.values(), [0]);
}

/// On Linux, also with a test binary that is killed itself.
#[test]
#[cfg(target_os = "linux")]
fn a_child_goes_with_its_parent() {
    const TEST: &str = test_name!("a_child_goes_with_its_parent");
    if let Some(words) = role(TEST) {
        let id: SemId = words[1].parse().unwrap();
        let _grandchild =
            (words[0] == "child").then(|| Process::start(TEST, &[&"grandchild", &id]));
        semop(id, &[SemBuf::new(0, 1, SemFlags::UNDO)]).unwrap();
        loop {
            std::thread::park();
        }
    }
    let set = Sem::private(1);
    let mut child = Process::start(TEST, &[&"child", &set.id]);
    child.wait_until("both", || semctl_getval(set.id, 0) == Ok(2));
    child.kill();
    crate::support::wait_until("the grandchild's end", || semctl_getval(set.id, 0) == Ok(0));
}

/// A child that fails makes its test fail, and so does one whose test does not exist.
#[test]
fn failures_of_children_are_noticed() {
    let is_child = role(test_name!("failures_of_children_are_noticed")).is_some();
    assert!(!is_child, "on purpose");
    for test in [
        test_name!("failures_of_children_are_noticed"),
        "there_is_no_such_test",
    ] {
        let child = Process::start(test, &[]);
        assert!(
            catch_unwind(AssertUnwindSafe(|| child.finish())).is_err(),
            "{test}"
        );
    }
}
