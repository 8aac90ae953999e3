//! The ends of waits: a release, a removal, a signal.

use std::time::Duration;

use crate::support::sem::set;
#[cfg(sysv = "semtimedop")]
use crate::support::sem::{semaphore, wait_for_waiters, wait_for_zero_waiters};
use crate::support::{Process, Sleeper, interrupt_until, role, signals_handled};
use sysv_wrapper::*;

/// Longer than any test.
#[cfg(sysv = "semtimedop")]
const LONG: Duration = Duration::from_secs(600);

/// Number of waiting processes.
const WAITERS: usize = 16;

/// Rows S12, P11: each form of waiting continues as soon as it can, and not before.
#[test]
#[cfg(sysv = "semtimedop")]
fn a_release_ends_every_form_of_waiting() {
    let waits: [fn(&Semaphore) -> Result<()>; 7] = [
        Semaphore::acquire,
        |semaphore| semaphore.acquire_timeout(Deadline::never().interruptible()),
        |semaphore| semaphore.acquire_timeout(LONG),
        |semaphore| semaphore.acquire_timeout(Duration::MAX),
        |semaphore| semaphore.acquire_by_timeout(1, LONG),
        |semaphore| semaphore.lock()?.release().and(semaphore.acquire()),
        |semaphore| {
            semaphore
                .lock_timeout(LONG)?
                .release()
                .and(semaphore.acquire())
        },
    ];
    for wait in waits {
        let semaphore = semaphore(0);
        let waiter = (*semaphore).clone();
        let sleeper = Sleeper::start(move || wait(&waiter));
        wait_for_waiters(&semaphore, 1);
        assert!(!sleeper.is_finished());
        semaphore.release().unwrap();
        sleeper.join().unwrap();
        assert_eq!(semaphore.value().unwrap(), 0);
    }
    let waits: [fn(&Semaphore) -> Result<()>; 3] = [
        Semaphore::wait_until_zero,
        |semaphore| semaphore.wait_until_zero_timeout(LONG),
        |semaphore| semaphore.wait_until_zero_timeout(Duration::MAX),
    ];
    for wait in waits {
        let semaphore = semaphore(1);
        let waiter = (*semaphore).clone();
        let sleeper = Sleeper::start(move || wait(&waiter));
        wait_for_zero_waiters(&semaphore, 1);
        assert!(!sleeper.is_finished());
        semaphore.acquire().unwrap();
        sleeper.join().unwrap();
    }
}

/// Rows P11, C6: a signal ends only interruptible waits.
#[test]
fn who_wants_to_be_interrupted_is() {
    let set = set([0, 1]);
    let one = set.get(0).unwrap();
    let both = set.operation().acquire(0, 1).acquire(1, 1);
    let interruptible = [
        interrupt_until(Sleeper::start(move || {
            one.acquire_timeout(Deadline::never().interruptible())
        })),
        interrupt_until(Sleeper::start(move || {
            both.run_timeout(Deadline::never().interruptible())
        })),
    ];
    for result in interruptible {
        let error = result.unwrap_err();
        assert!(error.is_interrupted(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EINTR));
    }
    assert_eq!(set.values().unwrap(), [0, 1]);
}

/// Row P11: a signal does not end other waits.
#[test]
fn a_signal_does_not_end_a_wait() {
    let set = set([0, 1]);
    let (taken, full) = (set.get(0).unwrap(), set.get(1).unwrap());
    let zero = full.clone();
    let both = set.operation().acquire(0, 1).acquire(1, 1);
    // Each is interrupted many times before it can continue; the last two time out.
    let waits: Vec<Box<dyn FnOnce() -> Result<()> + Send>> = vec![
        Box::new(move || taken.acquire_timeout(Duration::from_millis(50))),
        Box::new(move || zero.wait_until_zero_timeout(Duration::from_millis(50))),
        Box::new(move || both.run_timeout(Duration::from_millis(50))),
    ];
    for wait in waits {
        let handled = signals_handled();
        let error = interrupt_until(Sleeper::start(wait)).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        assert!(signals_handled() > handled);
    }
    assert_eq!(set.values().unwrap(), [0, 1]);
}

/// Starts [`WAITERS`] children of a test, each with the id of a set with the values 0 and 1, removes the set when all
/// of them wait in `wait`, and checks that each of them gets `is_removed`.
fn removal(test: &str, wait: fn(&SemaphoreSet) -> Result<()>) {
    if let Some(words) = role(test) {
        let set = SemaphoreSet::from_id(words[0].parse::<i32>().unwrap()).unwrap();
        let error = wait(&set).unwrap_err();
        assert!(error.is_removed(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EIDRM));
        return;
    }
    let set = set([0, 1]);
    let mut children: Vec<_> = (0..WAITERS)
        .map(|_| Process::start(test, &[&set.id()]))
        .collect();
    let (taken, full) = (set.get(0).unwrap(), set.get(1).unwrap());
    children[0].wait_until("children that wait", || {
        let waiting = taken.waiters_for_increase().unwrap() + full.waiters_for_zero().unwrap();
        waiting as usize == WAITERS
    });
    set.remove().unwrap();
    for child in children {
        child.finish();
    }
}

/// Row C2.
#[test]
fn removal_while_16_acquire() {
    removal(test_name!("removal_while_16_acquire"), |set| {
        set.get(0)?.acquire()
    });
}

/// Row C2. Only a kernel with a timed call counts the waiters in it.
#[test]
#[cfg(sysv = "semtimedop")]
fn removal_while_16_acquire_with_a_timeout() {
    removal(
        test_name!("removal_while_16_acquire_with_a_timeout"),
        |set| set.get(0)?.acquire_timeout(LONG),
    );
}

/// Row C2.
#[test]
fn removal_while_16_wait_until_zero() {
    removal(test_name!("removal_while_16_wait_until_zero"), |set| {
        set.get(1)?.wait_until_zero()
    });
}

/// Row C2. Only a kernel with a timed call counts the waiters in it.
#[test]
#[cfg(sysv = "semtimedop")]
fn removal_while_16_wait_until_zero_with_a_timeout() {
    removal(
        test_name!("removal_while_16_wait_until_zero_with_a_timeout"),
        |set| set.get(1)?.wait_until_zero_timeout(LONG),
    );
}

/// Rows C2, C4.
#[test]
fn removal_while_16_run_an_operation() {
    removal(test_name!("removal_while_16_run_an_operation"), |set| {
        set.operation().acquire(1, 1).acquire(0, 1).run()
    });
}

/// Rows C2, C4. Only a kernel with a timed call counts the waiters in it.
#[test]
#[cfg(sysv = "semtimedop")]
fn removal_while_16_run_an_operation_with_a_timeout() {
    removal(
        test_name!("removal_while_16_run_an_operation_with_a_timeout"),
        |set| {
            set.operation()
                .acquire(1, 1)
                .acquire(0, 1)
                .run_timeout(LONG)
        },
    );
}

/// Rows C2, P13.
#[test]
fn removal_while_16_lock() {
    removal(test_name!("removal_while_16_lock"), |set| {
        set.get(0)?.lock().map(drop)
    });
}
