//! Atomic operations on several semaphores, and on all values.

use std::time::{Duration, Instant};

use crate::support::sem::{set, wait_for_waiters, wait_for_zero_waiters};
use crate::support::{self, Process, Sleeper, role};
use sysv_wrapper::*;

/// Rows C4, N2, P24: all or nothing, even when a later step would have to wait.
#[test]
fn all_or_nothing() {
    let set = set([5, 0, 1]);
    let operation = set.operation().acquire(0, 2).release(2, 4).until_zero(1);
    let shown = format!("{operation:?}");
    for step in ["num: 0, op: -2,", "num: 2, op: 4,", "num: 1, op: 0,"] {
        assert!(shown.contains(step), "{shown}");
    }
    operation.run().unwrap();
    assert_eq!(set.values().unwrap(), [3, 0, 5]);
    // It can be run again, in every form.
    operation.try_run().unwrap();
    assert_eq!(set.values().unwrap(), [1, 0, 9]);
    assert!(operation.try_run().unwrap_err().is_would_block());
    set.set_values(&[9, 0, 0]).unwrap();
    operation.run_timeout(Duration::ZERO).unwrap();
    operation.run_timeout(Instant::now()).unwrap();
    operation
        .run_timeout(Deadline::never().interruptible())
        .unwrap();
    assert_eq!(set.values().unwrap(), [3, 0, 12]);
    // The first two steps are possible, and the third is not.
    set.get(1).unwrap().release().unwrap();
    for error in [
        operation.try_run().unwrap_err(),
        operation.run_timeout(Duration::from_millis(3)).unwrap_err(),
        operation.run_timeout(Instant::now()).unwrap_err(),
    ] {
        assert!(error.is_would_block() || error.is_timed_out(), "{error}");
        assert_eq!(set.values().unwrap(), [3, 1, 12]);
    }
}

/// Row C4: steps are performed in order, and one semaphore may have several.
#[test]
fn steps_are_done_in_order() {
    let set = set([0]);
    set.operation().release(0, 3).acquire(0, 2).run().unwrap();
    assert_eq!(set.values().unwrap(), [1]);
    let error = set.operation().acquire(0, 2).release(0, 3).try_run();
    assert!(error.unwrap_err().is_would_block());
    set.operation()
        .acquire(0, 1)
        .until_zero(0)
        .release(0, 1)
        .run()
        .unwrap();
    assert_eq!(set.values().unwrap(), [1]);
}

/// Row C4: during the wait no step is performed, and the waiter is counted at the waiting step.
#[test]
fn what_waits_has_done_nothing() {
    let set = set([1, 0, 1]);
    let operation = set.operation().acquire(0, 1).acquire(1, 1).until_zero(2);
    let sleeper = Sleeper::start(move || operation.run());
    wait_for_waiters(&set.get(1).unwrap(), 1);
    assert_eq!(set.values().unwrap(), [1, 0, 1]);
    set.get(1).unwrap().release().unwrap();
    wait_for_zero_waiters(&set.get(2).unwrap(), 1);
    assert_eq!(set.values().unwrap(), [1, 1, 1]);
    set.get(2).unwrap().set_value(0).unwrap();
    sleeper.join().unwrap();
    assert_eq!(set.values().unwrap(), [0, 0, 0]);
}

/// Row C4: a flag applies to the step before it.
#[test]
fn no_wait_is_one_steps() {
    let set = set([0, 0]);
    // The first step waits, the second would not.
    let operation = set.operation().acquire(0, 1).acquire(1, 1).no_wait();
    let sleeper = Sleeper::start(move || operation.run());
    wait_for_waiters(&set.get(0).unwrap(), 1);
    set.get(0).unwrap().release().unwrap();
    let error = sleeper.join().unwrap_err();
    assert!(error.is_would_block(), "{error}");
    assert_eq!(set.values().unwrap(), [1, 0]);
    let operation = set.operation().acquire(0, 1).acquire(1, 1).no_wait();
    assert!(operation.run().unwrap_err().is_would_block());
    assert!(
        operation
            .run_timeout(Deadline::never().interruptible())
            .unwrap_err()
            .is_would_block()
    );
}

/// Rows C4, S13: each step has its own undo.
#[test]
fn undo_is_one_steps() {
    if let Some(words) = role(test_name!("undo_is_one_steps")) {
        let set = SemaphoreSet::from_id(words[0].parse::<i32>().unwrap()).unwrap();
        let operation = set
            .operation()
            .acquire(0, 1)
            .undo()
            .release(1, 1)
            .acquire(2, 1);
        operation.run().unwrap();
        operation.undo().run().unwrap();
        assert_eq!(set.values().unwrap(), [3, 7, 3]);
        return;
    }
    let set = set([5, 5, 5]);
    Process::start(test_name!("undo_is_one_steps"), &[&set.id()]).finish();
    assert_eq!(set.values().unwrap(), [5, 7, 4]);
}

/// Row N2: invalid steps are detected before the system call, and the error names the position of the first.
#[test]
fn wrong_steps() {
    let set = set([1, 1]);
    let start = || set.operation().acquire(0, 1);
    let cases = [
        (set.operation(), "no steps"),
        (set.operation().undo(), "`undo` comes before any step"),
        (
            set.operation().no_wait().acquire(0, 1),
            "`no_wait` comes before any step",
        ),
        (
            start().release(1, 0).undo(),
            "step 2 (`release` on semaphore 1): the amount is 0, and must be from 1 to 32767",
        ),
        (
            start().until_zero(1).acquire(0, 32_768).acquire(0, 0),
            "step 3 (`acquire` on semaphore 0): the amount is 32768, and must be from 1 to 32767",
        ),
    ];
    for (operation, said) in cases {
        for result in [
            operation.run(),
            operation.try_run(),
            operation.run_timeout(Duration::MAX),
            operation.run_timeout(Instant::now()),
            operation.run_timeout(Deadline::never().interruptible()),
        ] {
            let error = result.unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            assert_eq!(error.errno(), None);
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    assert_eq!(set.values().unwrap(), [1, 1]);
}

/// Row N2: a semaphore that the set does not have.
#[test]
fn no_such_semaphore() {
    let set = set([1, 1]);
    let error = set
        .operation()
        .acquire(0, 1)
        .until_zero(2)
        .run()
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::NoSuchSemaphore, Some(Errno::EFBIG))
    );
    let said = "step 2 is on semaphore 2, and the set has 2, counted from 0";
    assert!(error.to_string().contains(said), "{error}");
    let error = set.operation().release(65_536, 1).run().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::NoSuchSemaphore, None)
    );
    assert!(error.to_string().contains("step 1 "), "{error}");
    assert_eq!(set.values().unwrap(), [1, 1]);
    // Creating a handle makes no call; its first use fails.
    let beyond = set.get(2).unwrap();
    for result in [
        beyond.release(),
        beyond.try_acquire(),
        beyond.acquire_timeout(Duration::ZERO),
        beyond.lock().map(drop),
        beyond.set_value(1),
        beyond.value().map(drop),
        beyond.waiters_for_zero().map(drop),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchSemaphore, "{error}");
        let said = "its number is 2, and the set has 2 semaphores, counted from 0";
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(set.values().unwrap(), [1, 1]);
    let error = set.get(65_536).unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::NoSuchSemaphore, None)
    );
    assert_eq!(set.get(1).unwrap().number(), 1);
}

/// Rows N2, C9: exactly the kernel's limit, and one more.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn too_many_steps() {
    let set = set([0]);
    let most = sysv_ipc::semctl_ipc_info().unwrap().1.semopm();
    let mut operation = set.operation();
    for _ in 0..most {
        operation = operation.release(0, 1);
    }
    operation.run().unwrap();
    operation.try_run().unwrap();
    assert_eq!(u64::from(set.values().unwrap()[0]), 2 * most);
    let error = operation.release(0, 1).run().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::TooBig, Some(Errno::E2BIG))
    );
    let text = error.to_string();
    let said = format!("{} asked for", most + 1);
    assert!(
        text.contains(&said) && text.contains(&format!("(SEMOPM = {most})")),
        "{text}"
    );
    assert_eq!(u64::from(set.values().unwrap()[0]), 2 * most);
}

/// Row N2: a limit that changes while the program runs.
#[test]
#[cfg(target_os = "linux")]
fn the_limit_is_asked_for_anew() {
    support::in_namespace("the_limit_is_asked_for_anew", || {
        let set = set([0]);
        let operation = set.operation().release(0, 1).release(0, 1).release(0, 1);
        operation.run().unwrap();
        if !support::is_root() {
            return support::skipped("the_limit_is_asked_for_anew", "needs root to set the limit");
        }
        support::namespace::set_sysctl("sem", "32000 1024000000 2 32000");
        let error = operation.run().unwrap_err();
        assert!(error.to_string().contains("(SEMOPM = 2)"), "{error}");
        assert_eq!(set.values().unwrap(), [3]);
    });
}

/// Row C4: an operation that would exceed a maximum changes nothing.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn values_out_of_range() {
    let max = u16::try_from(support::sem::value_max()).unwrap();
    let set = set([max, 1]);
    let error = set
        .operation()
        .acquire(1, 1)
        .release(0, 1)
        .run()
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::OutOfRange, Some(Errno::ERANGE))
    );
    assert_eq!(set.values().unwrap(), [max, 1]);
    let error = set.set_values(&[0, max + 1]).unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::OutOfRange, Some(Errno::ERANGE))
    );
    let said = format!("the value is {}, and must be from 0 to {max}", max + 1);
    assert!(error.to_string().contains(&said), "{error}");
    assert_eq!(set.values().unwrap(), [max, 1]);
}

/// Rows C5, P24: one value per semaphore, or an error before the call.
#[test]
fn all_values_at_once() {
    let set = set([1, 2, 3]);
    set.set_values(&[3, 0, 32_767]).unwrap();
    assert_eq!(set.values().unwrap(), [3, 0, 32_767]);
    assert_eq!(set.get(2).unwrap().value().unwrap(), 32_767);
    for wrong in [&[][..], &[9; 2], &[9; 4], &[9; 1000]] {
        let error = set.set_values(wrong).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        let said = format!("it has 3 semaphores, and {} values were given", wrong.len());
        assert!(error.to_string().contains(&said), "{error}");
    }
    assert_eq!(set.values().unwrap(), [3, 0, 32_767]);
    // A large set.
    let many: Vec<u16> = (0..2_000).collect();
    let large = SemaphoreSet::builder()
        .values(many.clone())
        .create_private();
    assert_eq!(RemoveOnDrop::new(large.unwrap()).values().unwrap(), many);
}

/// Row C5: a user who may alter a set, but not read it, may set its values.
#[test]
fn a_set_that_may_only_be_altered() {
    let numbers = support::as_nobody(test_name!("a_set_that_may_only_be_altered"), || {
        let mode = Mode::from_bits(0o622).unwrap();
        let set = SemaphoreSet::builder().values([1, 2]).mode(mode);
        let set = RemoveOnDrop::new(set.create_private().unwrap());
        let id = set.id().into();
        (set, vec![id])
    });
    let Some(numbers) = numbers else { return };
    let set = SemaphoreSet::from_id(numbers[0]).unwrap();
    assert!(set.values().unwrap_err().is_permission_denied());
    assert!(set.status().unwrap_err().is_permission_denied());
    set.set_values(&[3, 0]).unwrap();
    assert!(set.set_values(&[3]).unwrap_err().is_invalid_argument());
    set.operation().acquire(0, 3).until_zero(1).run().unwrap();
    let one = set.get(1).unwrap();
    assert!(one.value().unwrap_err().is_permission_denied());
    one.release().unwrap();
    drop(one.lock().unwrap());
    let error = set.get(2).unwrap().release().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchSemaphore);
    let error = Semaphore::from_id(set.id()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}
