//! The undo by the kernel for a process that exits or is killed: operations with `UNDO`, in the same set and within the
//! ranges, and nothing at the end of a thread or of a forked child.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};

use crate::support::{self, Process, Sem, Sleeper, role, wait_until};
use sysv_ipc::*;

const NOTHING: SemFlags = SemFlags::empty();
const UNDO: SemFlags = SemFlags::UNDO;

/// Undo adjustments have the same range as values, and the kernel checks it separately from the value.
#[test]
#[cfg(target_os = "linux")]
fn adjustments_stay_in_their_range() {
    if role(test_name!("adjustments_stay_in_their_range")).is_none() {
        // In a process of its own, at whose end the kernel undoes.
        return Process::start(test_name!("adjustments_stay_in_their_range"), &[]).finish();
    }
    let set = Sem::with_values(&[32_767]);
    semop(set.id, &[SemBuf::new(0, -i16::MAX, UNDO)]).unwrap();
    semop(set.id, &[SemBuf::new(0, 1, NOTHING)]).unwrap();
    support::expect_errno(semop(set.id, &[SemBuf::new(0, -1, UNDO)]), Errno::ERANGE);
    assert_eq!(set.values(), [1]);
    semop(set.id, &[SemBuf::new(0, -1, NOTHING)]).unwrap();
}

/// Returns the values of a set after a child has operated on it with `UNDO` and exited.
fn left_after(test: &str, values: &[u16]) -> Vec<u16> {
    let set = Sem::with_values(values);
    Process::start(test, &[&set.id]).finish();
    set.values()
}

#[test]
fn an_end_undoes() {
    if let Some(words) = role(test_name!("an_end_undoes")) {
        let id = words[0].parse().unwrap();
        let ops = [
            SemBuf::new(0, -2, UNDO),
            SemBuf::new(1, 3, UNDO),
            SemBuf::new(2, -1, NOTHING),
        ];
        semop(id, &ops).unwrap();
        semop(id, &[SemBuf::new(0, -1, UNDO)]).unwrap();
        assert_eq!(semctl_getval(id, 0), Ok(2));
        return;
    }
    assert_eq!(
        left_after(test_name!("an_end_undoes"), &[5, 5, 5]),
        [5, 5, 4]
    );
}

/// Mixed use: acquired with undo and released without, a binary semaphore ends at 2.
#[test]
fn giving_without_undo_counts_twice() {
    if let Some(words) = role(test_name!("giving_without_undo_counts_twice")) {
        let id = words[0].parse().unwrap();
        semop(id, &[SemBuf::new(0, -1, UNDO)]).unwrap();
        semop(id, &[SemBuf::new(0, 1, NOTHING)]).unwrap();
        return;
    }
    assert_eq!(
        left_after(test_name!("giving_without_undo_counts_twice"), &[1]),
        [2]
    );
}

/// Setting a value clears the adjustments of all processes.
#[test]
fn setting_a_value_clears_adjustments() {
    if let Some(words) = role(test_name!("setting_a_value_clears_adjustments")) {
        let id = words[0].parse().unwrap();
        semop(id, &[SemBuf::new(0, -1, UNDO), SemBuf::new(1, -1, UNDO)]).unwrap();
        semctl_setval(id, 0, 9).unwrap();
        return;
    }
    assert_eq!(
        left_after(test_name!("setting_a_value_clears_adjustments"), &[1, 1]),
        [9, 1]
    );
}

/// The kernel undoes as far as the range permits, and reports no error.
#[test]
#[cfg(target_os = "linux")]
fn undoing_stops_at_the_ends_of_the_range() {
    if let Some(words) = role(test_name!("undoing_stops_at_the_ends_of_the_range")) {
        let id = words[0].parse().unwrap();
        semop(id, &[SemBuf::new(0, 5, UNDO), SemBuf::new(1, -5, UNDO)]).unwrap();
        semop(
            id,
            &[
                SemBuf::new(0, -3, NOTHING),
                SemBuf::new(1, i16::MAX - 2, NOTHING),
            ],
        )
        .unwrap();
        return;
    }
    let left = left_after(
        test_name!("undoing_stops_at_the_ends_of_the_range"),
        &[0, 5],
    );
    assert_eq!(left, [0, 32_767]);
}

/// A thread that ends is not a process that ends.
#[test]
fn the_end_of_a_thread_undoes_nothing() {
    let set = Sem::with_values(&[1]);
    let id = set.id;
    let take = move || semop(id, &[SemBuf::new(0, -1, UNDO)]);
    std::thread::spawn(take).join().unwrap().unwrap();
    assert_eq!(set.values(), [0]);
    // Another thread of the same process cancels the adjustment.
    semop(set.id, &[SemBuf::new(0, 1, UNDO)]).unwrap();
    assert_eq!(set.values(), [1]);
}

/// A forked child has its own adjustments, none at first: its end undoes its own operations, and none of its parent's.
#[test]
fn the_end_of_a_forked_child_undoes_its_own() {
    let set = Sem::with_values(&[1, 1]);
    semop(set.id, &[SemBuf::new(0, -1, UNDO)]).unwrap();
    // SAFETY: the child makes one call of the kernel and ends.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let taken = semop(set.id, &[SemBuf::new(1, -1, UNDO)]);
        // SAFETY: ends this copy at once, without the handlers of the harness.
        unsafe { libc::_exit(i32::from(taken.is_err())) };
    }
    let mut status = -1;
    // SAFETY: `status` is a place for the answer.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!(status, 0);
    assert_eq!(set.values(), [0, 1]);
    semop(set.id, &[SemBuf::new(0, 1, UNDO)]).unwrap();
}

/// Runs in a child: acquires with undo, signals that, and waits forever.
fn take_and_wait(words: &[String]) {
    let id = words[0].parse().unwrap();
    semop(id, &[SemBuf::new(0, -1, UNDO), SemBuf::new(1, 2, UNDO)]).unwrap();
    let wait = semop(id, &[SemBuf::new(2, -1, UNDO)]);
    panic!("the wait ended: {wait:?}");
}

/// Row P13. The kernel releases for a killed process before `wait` returns.
#[test]
fn a_killed_process_is_undone() {
    if let Some(words) = role(test_name!("a_killed_process_is_undone")) {
        return take_and_wait(&words);
    }
    let set = Sem::with_values(&[1, 0, 0]);
    for _ in 0..3 {
        let mut child = Process::start(test_name!("a_killed_process_is_undone"), &[&set.id]);
        child.wait_until("a child that waits", || semctl_getncnt(set.id, 2) == Ok(1));
        assert_eq!(set.values(), [0, 2, 0]);
        // A dead process is no longer counted as a waiter.
        assert_eq!(child.kill().signal(), Some(libc::SIGKILL));
        assert_eq!(
            (set.values(), semctl_getncnt(set.id, 2)),
            (vec![1, 0, 0], Ok(0))
        );
    }
}

/// An undo wakes waiters.
#[test]
fn undoing_wakes_a_waiter() {
    if let Some(words) = role(test_name!("undoing_wakes_a_waiter")) {
        return take_and_wait(&words);
    }
    let set = Sem::with_values(&[1, 0, 0]);
    let mut child = Process::start(test_name!("undoing_wakes_a_waiter"), &[&set.id]);
    child.wait_until("a child that waits", || semctl_getncnt(set.id, 2) == Ok(1));
    let id = set.id;
    let taker = Sleeper::start(move || semop(id, &[SemBuf::new(0, -1, NOTHING)]));
    wait_until("a thread that waits", || semctl_getncnt(set.id, 0) == Ok(1));
    child.kill();
    assert_eq!(taker.join(), Ok(()));
    assert_eq!(set.values(), [0, 0, 0]);
}

/// Adjustments belong to the process, and survive `execve`.
#[test]
fn undo_survives_exec() {
    const TEST: &str = test_name!("undo_survives_exec");
    if let Some(words) = role(TEST) {
        let id: SemId = words[1].parse().unwrap();
        if words[0] == "first" {
            semop(id, &[SemBuf::new(0, -1, UNDO)]).unwrap();
            let error = support::process::child_command(TEST, &[&"second", &id]).exec();
            panic!("no second program: {error}");
        }
        assert_eq!(semctl_getval(id, 0), Ok(0));
        let wait = semop(id, &[SemBuf::new(1, -1, NOTHING)]);
        assert_eq!(wait, Ok(()));
        assert_eq!(semctl_getval(id, 0), Ok(0));
        return;
    }
    let set = Sem::with_values(&[1, 0]);
    let mut child = Process::start(TEST, &[&"first", &set.id]);
    child.wait_until("the second program", || semctl_getncnt(set.id, 1) == Ok(1));
    assert_eq!(set.values(), [0, 0]);
    semop(set.id, &[SemBuf::new(1, 1, NOTHING)]).unwrap();
    child.finish();
    assert_eq!(set.values(), [1, 0]);
}
