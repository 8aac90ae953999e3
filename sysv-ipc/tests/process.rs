//! What is asked about processes: whether one exists, who this one is, and whether it was forked.

mod support;

use support::{Process, become_nobody, is_root, role, skipped};
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
    if role("a_child_exists_until_it_was_waited_for").is_some() {
        loop {
            std::thread::park();
        }
    }
    let child = Process::start("a_child_exists_until_it_was_waited_for", &[]);
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
    if let Some(words) = role("a_process_that_one_may_not_signal_exists") {
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
        "a_process_that_one_may_not_signal_exists",
        &[&std::process::id()],
    )
    .finish();
}

/// Forks, and gives what `in_child` made of it, a number from 0 to 255. It runs in a copy of a process
/// with several threads: it may neither allocate nor lock nor panic.
fn forked(in_child: impl FnOnce() -> u8) -> i32 {
    // SAFETY: the child calls nothing but `in_child` and _exit.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let answer = in_child();
        // SAFETY: ends this copy at once, without the handlers of the harness.
        unsafe { libc::_exit(i32::from(answer)) };
    }
    assert!(pid > 0);
    let mut status = 0;
    // SAFETY: `status` is a place for the answer.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert!(libc::WIFEXITED(status), "{status:x}");
    libc::WEXITSTATUS(status)
}

#[test]
fn generation_is_constant_within_a_process() {
    let generation = fork_generation();
    let other_thread = std::thread::spawn(fork_generation).join().unwrap();
    assert_eq!(other_thread, generation);
    assert_eq!(fork_generation(), generation);
}

/// Row N9. A child knows that it is one, its own child that it is another, and the parent stays.
#[test]
fn generation_tells_a_forked_child_and_its_child() {
    let mine = fork_generation();
    let answer = forked(|| {
        let childs = fork_generation();
        if childs == mine || childs != fork_generation() {
            return 1;
        }
        // SAFETY: the grandchild compares two numbers and ends.
        match unsafe { libc::fork() } {
            0 => {
                let grandchilds = fork_generation();
                let distinct = grandchilds != childs && grandchilds != mine;
                // SAFETY: ends this copy at once.
                unsafe { libc::_exit(i32::from(!distinct)) }
            }
            grandchild => {
                let mut status = -1;
                // SAFETY: `status` is a place for the answer.
                let waited = unsafe { libc::waitpid(grandchild, &raw mut status, 0) };
                u8::from(waited != grandchild || status != 0) * 2
            }
        }
    });
    assert_eq!(answer, 0, "1: the child's is the parent's, 2: the grandchild's is not its own");
    assert_eq!(fork_generation(), mine);
}

/// Many forks, from several threads at once: the parent's number does not move.
#[test]
fn generation_of_the_parent_survives_many_forks() {
    let mine = fork_generation();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                for _ in 0..10 {
                    assert_eq!(forked(|| u8::from(fork_generation() == mine)), 0);
                    assert_eq!(fork_generation(), mine);
                }
            });
        }
    });
}
