//! What is asked about processes: whether one exists, and who this one is.

use crate::support::{self, Process, become_nobody, is_root, role, skipped};
use sysv_ipc::*;

#[test]
fn this_process_exists() {
    assert!(support::own_pid().unwrap().exists());
}

/// A negative number would ask about a group, and -1 about everyone.
#[test]
fn negative_numbers_are_nobody() {
    assert!(!Pid::from_raw(-1).unwrap().exists());
    let group = -support::own_pid().unwrap().as_raw();
    assert!(!Pid::from_raw(group).unwrap().exists());
    assert!(!Pid::from_raw(i32::MIN).unwrap().exists());
}

#[test]
fn a_child_exists_until_it_was_waited_for() {
    if role(test_name!("a_child_exists_until_it_was_waited_for")).is_some() {
        loop {
            std::thread::park();
        }
    }
    let child = Process::start(test_name!("a_child_exists_until_it_was_waited_for"), &[]);
    let pid = Pid::from_raw(child.pid()).unwrap();
    assert!(pid.exists());
    // SAFETY: takes no pointer; the child was not waited for, so the number is still its own.
    assert_eq!(unsafe { libc::kill(pid.as_raw(), libc::SIGKILL) }, 0);
    assert!(pid.exists(), "dying, or dead and not yet waited for");
    child.kill();
    assert!(!pid.exists());
}

/// Somebody else's process is there, though it may not be signalled.
#[test]
fn a_process_that_one_may_not_signal_exists() {
    if let Some(words) = role(test_name!("a_process_that_one_may_not_signal_exists")) {
        become_nobody();
        assert_ne!(effective_uid(), 0);
        assert_eq!(effective_uid(), support::process::NOBODY);
        let parent = Pid::from_raw(words[0].parse().unwrap()).unwrap();
        // SAFETY: takes no pointer.
        assert_eq!(unsafe { libc::kill(parent.as_raw(), 0) }, -1);
        assert!(parent.exists());
        return;
    }
    if !is_root() {
        return skipped(
            "a_process_that_one_may_not_signal_exists",
            "needs root, to become somebody else",
        );
    }
    assert_eq!(effective_uid(), 0);
    Process::start(
        test_name!("a_process_that_one_may_not_signal_exists"),
        &[&std::process::id()],
    )
    .finish();
}
