//! `fork_generation`: constant within a process, another number in each child that it forks.

use sysv_ipc::*;

/// Forks, and returns the result of `in_child` in the child, a number from 0 to 255. `in_child` runs in a copy of a
/// process with several threads: it must not allocate, lock or panic.
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

/// Row N9. Child and grandchild have numbers of their own, and the parent's is constant.
#[test]
fn generation_tells_a_forked_child_and_its_child() {
    let mine = fork_generation();
    let answer = forked(|| {
        let in_child = fork_generation();
        if in_child == mine || in_child != fork_generation() {
            return 1;
        }
        // SAFETY: the grandchild compares two numbers and ends.
        match unsafe { libc::fork() } {
            0 => {
                let in_grandchild = fork_generation();
                let distinct = in_grandchild != in_child && in_grandchild != mine;
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
    assert_eq!(
        answer, 0,
        "1: the child's is the parent's, 2: the grandchild's is not its own"
    );
    assert_eq!(fork_generation(), mine);
}

/// Many concurrent forks from several threads do not change the parent's number.
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
