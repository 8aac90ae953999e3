//! Waiting with a deadline, both as the kernel does it and as it is done where the kernel cannot: the same tests, in
//! a thread that polls and in one that does not.

use std::time::{Duration, Instant};

use super::POLLS;
use crate::{RemoveOnDrop, Result, Semaphore, SemaphoreSet};

/// Longer than what is waited for takes.
const LONG: Duration = Duration::from_secs(3600);

/// Runs a test in both ways, each in a thread of its own.
fn both(test: fn()) {
    for how in [false, true] {
        let thread = std::thread::spawn(move || {
            POLLS.set(how);
            #[cfg(sysv = "semtimedop")]
            assert_eq!(super::polls(), how);
            test();
        });
        if let Err(panic) = thread.join() {
            eprintln!("polling: {how}");
            std::panic::resume_unwind(panic);
        }
    }
}

fn semaphore(value: u32) -> RemoveOnDrop<Semaphore> {
    RemoveOnDrop::new(Semaphore::builder().value(value).create_private().unwrap())
}

/// Makes a call that has to time out, and not before `time` is over.
#[track_caller]
fn expires(time: Duration, call: impl FnOnce() -> Result<()>) {
    let start = Instant::now();
    let error = call().unwrap_err();
    let lasted = start.elapsed();
    assert!(error.is_timed_out(), "{error}");
    assert!(lasted >= time, "it lasted {lasted:?}");
}

/// Row P11.
#[test]
fn the_time_is_over_neither_early_nor_much_late() {
    both(|| {
        let (taken, full) = (semaphore(0), semaphore(1));
        for time in [0, 1, 7, 60].map(Duration::from_millis) {
            expires(time, || taken.acquire_timeout(time));
            expires(time, || taken.acquire_until(Instant::now() + time));
            expires(time, || taken.acquire_by_timeout(2, time));
            expires(time, || full.wait_until_zero_timeout(time));
            expires(time, || taken.lock_timeout(time).map(drop));
        }
        expires(Duration::ZERO, || taken.acquire_until(Instant::now()));
        assert_eq!((taken.value().unwrap(), full.value().unwrap()), (0, 1));
    });
}

/// Row P11.
#[test]
fn what_is_there_is_taken_whatever_the_time() {
    both(|| {
        let semaphore = semaphore(3);
        semaphore.acquire_timeout(Duration::ZERO).unwrap();
        semaphore.acquire_timeout(Duration::MAX).unwrap();
        semaphore.acquire_until(Instant::now()).unwrap();
        semaphore.wait_until_zero_timeout(Duration::ZERO).unwrap();
    });
}

/// Row P11.
#[test]
fn a_release_ends_the_wait() {
    both(|| {
        // As long as one likes, and the longest that there is: neither overflows.
        for time in [LONG, Duration::MAX, Duration::from_secs(u64::MAX / 4)] {
            let semaphore = semaphore(0);
            let giver = (*semaphore).clone();
            let thread = std::thread::spawn(move || {
                // Nothing depends on this but which branch the waiter takes: it has mostly begun to wait.
                std::thread::sleep(Duration::from_millis(20));
                giver.release().unwrap();
            });
            semaphore.acquire_timeout(time).unwrap();
            thread.join().unwrap();
            assert_eq!(semaphore.value().unwrap(), 0);
        }
    });
}

/// Row C2.
#[test]
fn a_removal_ends_the_wait() {
    both(|| {
        let semaphore = semaphore(1);
        let remover = (*semaphore).clone();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            remover.remove().unwrap();
        });
        let error = semaphore.wait_until_zero_timeout(LONG).unwrap_err();
        assert!(error.is_removed(), "{error}");
        thread.join().unwrap();
        let error = semaphore.acquire_timeout(LONG).unwrap_err();
        assert!(error.is_removed(), "{error}");
    });
}

/// Row C4.
#[test]
fn an_operation_has_a_deadline_too() {
    both(|| {
        let set = SemaphoreSet::builder().values([1, 0]).create_private();
        let set = RemoveOnDrop::new(set.unwrap());
        let both = set.operation().acquire(0, 1).acquire(1, 1);
        let time = Duration::from_millis(7);
        expires(time, || both.run_timeout(time));
        expires(time, || both.run_until(Instant::now() + time));
        assert_eq!(set.values().unwrap(), [1, 0]);
        set.set_values(&[1, 1]).unwrap();
        both.run_timeout(Duration::ZERO).unwrap();
        assert_eq!(set.values().unwrap(), [0, 0]);
    });
}

/// Row C4. Only the kernel's own wait can tell which step it would have to wait for.
#[cfg(sysv = "semtimedop")]
#[test]
fn a_step_that_does_not_wait_ends_a_timed_operation() {
    let set = SemaphoreSet::builder().values([1, 0]).create_private();
    let set = RemoveOnDrop::new(set.unwrap());
    let operation = set.operation().acquire(0, 1).acquire(1, 1).no_wait();
    let error = operation.run_timeout(LONG).unwrap_err();
    assert!(error.is_would_block(), "{error}");
    // The step before it has to wait, and the time for that ends.
    let operation = set.operation().acquire(1, 1).acquire(0, 2).no_wait();
    let time = Duration::from_millis(7);
    expires(time, || operation.run_timeout(time));
}
