//! A semaphore as a lock: guards, and their release when a process ends, forks or panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::support::fork::in_forked_child;
use crate::support::sem::{semaphore, set, wait_for_waiters};
use crate::support::{self, Process, Sleeper, role};
use sysv_wrapper::*;

/// Returns the semaphore whose id is this argument of a child.
fn told(word: &str) -> Semaphore {
    Semaphore::from_id(word.parse::<i32>().unwrap()).unwrap()
}

/// Runs a closure in a forked child, and fails unless it returns `true`.
#[track_caller]
fn in_fork(child: impl FnOnce() -> bool) {
    assert_eq!(in_forked_child(|| i32::from(!child())), 0);
}

/// Rows P13, N4: each form acquires 1, and releases it at the end of the scope.
#[test]
fn each_form_of_locking() {
    let semaphore = semaphore(1);
    let soon = || Instant::now() + Duration::from_secs(60);
    let time = Duration::from_secs(60);
    let check = |held: &Semaphore| {
        assert_eq!(held, &*semaphore);
        assert_eq!(semaphore.value().unwrap(), 0);
        assert!(semaphore.try_lock().unwrap_err().is_would_block());
        let now = Instant::now();
        let zero = Duration::ZERO;
        assert!(semaphore.lock_timeout(zero).unwrap_err().is_timed_out());
        assert!(semaphore.lock_timeout(now).unwrap_err().is_timed_out());
    };
    check(semaphore.lock().unwrap().semaphore());
    check(semaphore.try_lock().unwrap().semaphore());
    check(semaphore.lock_timeout(time).unwrap().semaphore());
    check(semaphore.lock_timeout(soon()).unwrap().semaphore());
    check(
        semaphore
            .lock_timeout(Deadline::never())
            .unwrap()
            .semaphore(),
    );
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row P13: one of several in a set, and a value of more than 1.
#[test]
fn a_lock_takes_one_of_what_there_is() {
    let set = set([7, 2]);
    let second = set.get(1).unwrap();
    let one = second.lock().unwrap();
    let other = second.lock().unwrap();
    assert_eq!(set.values().unwrap(), [7, 0]);
    one.release().unwrap();
    assert_eq!(set.values().unwrap(), [7, 1]);
    drop(other);
    assert_eq!(set.values().unwrap(), [7, 2]);
}

/// Row P13: drop ignores errors, `release` reports them.
#[test]
fn release_tells_what_went_wrong() {
    let semaphore = semaphore(1);
    semaphore.lock().unwrap().release().unwrap();
    assert_eq!(semaphore.value().unwrap(), 1);
    let (one, other) = (semaphore.lock().unwrap(), semaphore.clone());
    other.remove().unwrap();
    assert!(one.release().unwrap_err().is_removed());
    assert!(other.lock().unwrap_err().is_removed());
}

/// Row P13.
#[test]
fn a_panic_releases() {
    let semaphore = semaphore(1);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = semaphore.lock().unwrap();
        assert_eq!(semaphore.value().unwrap(), 0);
        std::panic::resume_unwind(Box::new("a panic without a message"));
    }));
    assert!(panicked.is_err());
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Rows N4, P13: after the holder is killed, the next process acquires the lock, and the value is correct.
#[test]
fn a_killed_holder_gives_back() {
    if let Some(words) = role(test_name!("a_killed_holder_gives_back")) {
        let semaphore = told(&words[0]);
        let _guard = semaphore.lock().unwrap();
        // Waits forever: no process releases it.
        semaphore.acquire().unwrap();
        unreachable!();
    }
    let semaphore = semaphore(1);
    let mut holder = Process::start(test_name!("a_killed_holder_gives_back"), &[&semaphore.id()]);
    holder.wait_until("a child that holds the lock", || {
        semaphore.waiters_for_increase().unwrap() == 1
    });
    assert_eq!(semaphore.value().unwrap(), 0);
    let waiter = (*semaphore).clone();
    let next = Sleeper::start(move || waiter.lock());
    wait_for_waiters(&semaphore, 2);
    holder.kill();
    let guard = next.join().unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
    drop(guard);
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row N4: the kernel also releases for a process that ends without a drop.
#[test]
fn an_end_gives_back() {
    if let Some(words) = role(test_name!("an_end_gives_back")) {
        std::mem::forget(told(&words[0]).lock().unwrap());
        return;
    }
    let semaphore = semaphore(1);
    Process::start(test_name!("an_end_gives_back"), &[&semaphore.id()]).finish();
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Rows N4, N9: a forked child has a copy of the guard, and releases nothing, however the copy ends.
#[test]
fn a_forked_child_releases_nothing() {
    let semaphore = semaphore(1);
    let mut guard = Some(semaphore.lock().unwrap());
    let mut owned = None;
    in_fork(|| {
        drop(guard.take());
        semaphore.value().unwrap() == 0
    });
    in_fork(|| {
        let error = guard.take().unwrap().release().unwrap_err();
        error.kind() == ErrorKind::NotOwner && semaphore.value().unwrap() == 0
    });
    // The child's own guards are its own.
    semaphore.release().unwrap();
    in_fork(|| {
        drop(semaphore.lock().unwrap());
        owned = Some(semaphore.lock().unwrap());
        semaphore.value().unwrap() == 0
    });
    assert!(owned.is_none() && guard.is_some());
    assert_eq!(semaphore.value().unwrap(), 1);
    semaphore.acquire().unwrap();
    drop(guard);
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row S13: as documented: use undo for both or for neither.
#[test]
fn undo_for_one_of_two_counts_twice() {
    if let Some(words) = role(test_name!("undo_for_one_of_two_counts_twice")) {
        let semaphore = told(&words[0]);
        semaphore.clone().with_undo(true).acquire().unwrap();
        semaphore.release().unwrap();
        assert_eq!(semaphore.value().unwrap(), 1);
        return;
    }
    let semaphore = semaphore(1);
    Process::start(
        test_name!("undo_for_one_of_two_counts_twice"),
        &[&semaphore.id()],
    )
    .finish();
    assert_eq!(semaphore.value().unwrap(), 2);
}

/// Rows S13, P13: with and without undo of the handle, a guard restores the value, also when the process ends.
#[test]
fn a_guard_does_both_with_undo() {
    if let Some(words) = role(test_name!("a_guard_does_both_with_undo")) {
        for undo in [false, true] {
            drop(told(&words[0]).with_undo(undo).lock().unwrap());
        }
        return;
    }
    let semaphore = semaphore(1);
    Process::start(
        test_name!("a_guard_does_both_with_undo"),
        &[&semaphore.id()],
    )
    .finish();
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Rows S13, N4: as documented: setting the value clears undo entries.
#[test]
fn setting_the_value_clears_what_is_to_be_undone() {
    if let Some(words) = role(test_name!("setting_the_value_clears_what_is_to_be_undone")) {
        let semaphore = told(&words[0]);
        let guard = semaphore.lock().unwrap();
        semaphore.set_value(1).unwrap();
        drop(guard);
        assert_eq!(semaphore.value().unwrap(), 2);
        return;
    }
    let semaphore = semaphore(1);
    let words: [&dyn std::fmt::Display; 1] = [&semaphore.id()];
    Process::start(
        test_name!("setting_the_value_clears_what_is_to_be_undone"),
        &words,
    )
    .finish();
    // The release used undo, and is undone.
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row N4: undo entries belong to the process, and the end of a thread releases nothing.
#[test]
fn a_thread_that_ends_gives_back_nothing() {
    let semaphore = semaphore(1);
    let taker = (*semaphore).clone();
    std::thread::spawn(move || std::mem::forget(taker.lock().unwrap()))
        .join()
        .unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
}

/// Row N4: an undo entry beyond the kernel's limit is an error, and acquires nothing.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn more_than_can_be_undone() {
    let max = support::sem::value_max();
    let semaphore = semaphore(max);
    let undoing = semaphore.clone().with_undo(true);
    let text = "this process would have more to undo than the limit of ";
    undoing.acquire_by(max).unwrap();
    // Released without undo, so that the value suffices, and only the undo entry exceeds its limit.
    semaphore.release_by(2).unwrap();
    let error = semaphore.lock().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::OutOfRange, Some(Errno::ERANGE))
    );
    assert!(error.to_string().contains(text), "{error}");
    assert_eq!(undoing.acquire().unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(semaphore.value().unwrap(), 2);
    // The value is within its limit, and not the cause.
    let semaphore = support::sem::semaphore(0);
    let undoing = semaphore.clone().with_undo(true);
    undoing.release_by(max).unwrap();
    semaphore.acquire_by(max).unwrap();
    let error = undoing.release_by(max).unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    assert_eq!(semaphore.value().unwrap(), 0);
}

/// Row S16: all types can be sent and shared between threads, and the lock excludes.
#[test]
fn threads_count_under_a_lock() {
    const THREADS: u32 = 8;
    const ROUNDS: u32 = 2_000;
    fn sent_and_shared<T: Send + Sync>() {}
    sent_and_shared::<Semaphore>();
    sent_and_shared::<SemaphoreSet>();
    sent_and_shared::<SemaphoreGuard>();
    sent_and_shared::<OperationGuard>();
    sent_and_shared::<Operation>();

    let semaphore = semaphore(1);
    let counter = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (semaphore, counter) = (&semaphore, &counter);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let _guard = match (thread + round) % 3 {
                        0 => semaphore.lock().unwrap(),
                        1 => semaphore.lock_timeout(Duration::MAX).unwrap(),
                        _ => loop {
                            if let Ok(guard) = semaphore.try_lock() {
                                break guard;
                            }
                            std::thread::yield_now();
                        },
                    };
                    // Two steps, so that concurrent threads would lose an increment.
                    let seen = counter.load(Ordering::Relaxed);
                    counter.store(seen + 1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(counter.into_inner(), THREADS * ROUNDS);
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Rows N2, N4: a guard of an operation performs the opposite operation, in each form.
#[test]
fn an_operation_and_its_opposite() {
    let set = set([3, 0, 0, 9]);
    let operation = set.operation().acquire(0, 2).release(1, 4).until_zero(2);
    let operation = operation.release(3, 1).acquire(3, 1).acquire(3, 5);
    let locks: [fn(&Operation) -> Result<OperationGuard>; 4] = [
        Operation::lock,
        Operation::try_lock,
        |operation| operation.lock_timeout(Duration::from_secs(60)),
        |operation| operation.lock_timeout(Deadline::never()),
    ];
    for lock in locks {
        let guard = lock(&operation).unwrap();
        assert_eq!(guard.set(), &*set);
        assert_eq!(set.values().unwrap(), [1, 4, 0, 4]);
        assert!(operation.try_lock().unwrap_err().is_would_block());
        let error = operation.lock_timeout(Duration::ZERO).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        drop(guard);
        assert_eq!(set.values().unwrap(), [3, 0, 0, 9]);
    }
    let guard = operation.lock().unwrap();
    assert!(format!("{guard:?}").contains("num: 1, op: -4"), "{guard:?}");
    guard.release().unwrap();
    assert_eq!(set.values().unwrap(), [3, 0, 0, 9]);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = operation.lock().unwrap();
        panic!("while it is held");
    }));
    assert!(panicked.is_err());
    assert_eq!(set.values().unwrap(), [3, 0, 0, 9]);
    // Waiting for zero has no opposite, but is permitted.
    set.operation()
        .until_zero(2)
        .lock()
        .unwrap()
        .release()
        .unwrap();
    assert!(set.operation().lock().unwrap_err().is_invalid_argument());
}

/// Rows N2, N4: the opposite does not wait: no step is performed, and `release` reports it.
#[test]
fn an_opposite_that_cannot_be_performed() {
    let set = set([0, 0]);
    let operation = set.operation().release(0, 1).release(1, 1);
    let guard = operation.lock().unwrap();
    set.get(1).unwrap().acquire().unwrap();
    assert!(guard.release().unwrap_err().is_would_block());
    assert_eq!(set.values().unwrap(), [1, 0]);
    let guard = operation.lock().unwrap();
    set.set_values(&[0, 0]).unwrap();
    drop(guard);
    assert_eq!(set.values().unwrap(), [0, 0]);
    let guard = operation.lock().unwrap();
    set.remove().unwrap();
    assert!(guard.release().unwrap_err().is_removed());
}

/// Rows N4, N9: a forked child does not release its parent's amounts.
#[test]
fn a_fork_does_not_end_an_operation() {
    let set = set([1, 0]);
    let operation = set.operation().acquire(0, 1).undo().release(1, 1).undo();
    let mut guard = Some(operation.lock().unwrap());
    // The child has a copy of the guard.
    in_fork(|| {
        drop(guard.take());
        true
    });
    assert_eq!(set.values().unwrap(), [0, 1]);
    in_fork(|| {
        let error = guard.take().unwrap().release().unwrap_err();
        error.kind() == ErrorKind::NotOwner
    });
    assert_eq!(set.values().unwrap(), [0, 1]);
    guard.unwrap().release().unwrap();
    assert_eq!(set.values().unwrap(), [1, 0]);
}

/// Rows N2, N4: the kernel performs the opposite of the steps with undo for a process that is killed, and of no others.
#[test]
fn a_killed_holder_of_an_operation() {
    let test = test_name!("a_killed_holder_of_an_operation");
    if let Some(words) = role(test) {
        let set = SemaphoreSet::from_id(words[0].parse::<i32>().unwrap()).unwrap();
        let operation = set.operation().acquire(0, 1).undo().release(1, 1);
        let _guard = operation.release(2, 1).undo().lock().unwrap();
        support::die();
    }
    let set = set([1, 0, 0]);
    let child = Process::start(test, &[&set.id()]);
    let end = Instant::now() + support::DEADLINE;
    set.operation()
        .until_zero(2)
        .acquire(1, 1)
        .run_timeout(end)
        .unwrap();
    child.kill();
    assert_eq!(set.values().unwrap(), [1, 0, 0]);
}

/// Row R4: the operations of `IPC::ShareLite`, as in its C code, and guards.
#[test]
fn readers_and_writers_of_sharelite() {
    use sysv_ipc::{SemBuf, SemFlags, semop};
    fn step(num: u16, op: i16, undo: bool) -> SemBuf {
        let flags = if undo {
            SemFlags::UNDO | SemFlags::NOWAIT
        } else {
            SemFlags::NOWAIT
        };
        SemBuf::new(num, op, flags)
    }
    let set = set([0, 0, 0]);
    let shared = set.operation().until_zero(2).release(1, 1).undo();
    let exclusive = set.operation().until_zero(1).until_zero(2);
    let exclusive = exclusive.release(2, 1).undo();
    let (read, write) = (
        [step(2, 0, false), step(1, 1, true)],
        [step(1, 0, false), step(2, 0, false), step(2, 1, true)],
    );
    let (one, two) = (shared.lock().unwrap(), shared.lock().unwrap());
    assert_eq!(semop(set.id(), &write), Err(Errno::EAGAIN));
    semop(set.id(), &read).unwrap();
    assert!(exclusive.try_lock().unwrap_err().is_would_block());
    drop((one, two));
    assert!(exclusive.try_lock().unwrap_err().is_would_block());
    semop(set.id(), &[step(1, -1, true)]).unwrap();
    let guard = exclusive.try_lock().unwrap();
    assert_eq!(semop(set.id(), &read), Err(Errno::EAGAIN));
    assert_eq!(semop(set.id(), &write), Err(Errno::EAGAIN));
    drop(guard);
    semop(set.id(), &write).unwrap();
    assert!(shared.try_lock().unwrap_err().is_would_block());
    semop(set.id(), &[step(2, -1, true)]).unwrap();
    assert_eq!(set.values().unwrap(), [0, 0, 0]);
}
