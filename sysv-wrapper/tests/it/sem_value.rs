//! One semaphore: taking and giving without a wait, its value, and what else it tells.

use std::time::{Duration, Instant};

use crate::support::sem::{semaphore, set, wait_for_waiters, wait_for_zero_waiters};
use crate::support::{self, Sleeper, mode};
use sysv_wrapper::*;

/// Rows S12, S13, P11, W6.
#[test]
fn taking_and_giving() {
    let semaphore = semaphore(2);
    semaphore.acquire().unwrap();
    semaphore.try_acquire().unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
    let error = semaphore.try_acquire().unwrap_err();
    assert!(error.is_would_block());
    assert_eq!(error.errno(), Some(Errno::EAGAIN));
    semaphore.wait_until_zero().unwrap();
    semaphore.try_wait_until_zero().unwrap();
    semaphore.release().unwrap();
    assert!(
        semaphore
            .try_wait_until_zero()
            .unwrap_err()
            .is_would_block()
    );
    semaphore.release_by(6).unwrap();
    semaphore.acquire_by(3).unwrap();
    semaphore.try_acquire_by(2).unwrap();
    assert!(semaphore.try_acquire_by(3).unwrap_err().is_would_block());
    semaphore
        .acquire_timeout(Deadline::never().interruptible())
        .unwrap();
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row P11: all that has a time, where there is nothing to wait for, and where there is no time.
#[test]
fn no_time_is_needed_where_nothing_is_waited_for() {
    let semaphore = semaphore(12);
    let past = Instant::now();
    semaphore.acquire_timeout(Duration::ZERO).unwrap();
    semaphore.acquire_timeout(Duration::MAX).unwrap();
    semaphore.acquire_timeout(past).unwrap();
    semaphore.acquire_by_timeout(4, Duration::ZERO).unwrap();
    semaphore.acquire_by_timeout(5, past).unwrap();
    for error in [
        semaphore
            .acquire_timeout(Duration::ZERO)
            .and(semaphore.acquire_timeout(past)),
        semaphore.acquire_by_timeout(1, Duration::from_nanos(1)),
        semaphore.acquire_by_timeout(1, past),
    ] {
        assert!(error.unwrap_err().is_timed_out());
    }
    semaphore.wait_until_zero_timeout(Duration::ZERO).unwrap();
    semaphore.wait_until_zero_timeout(past).unwrap();
    semaphore.release().unwrap();
    let error = semaphore
        .wait_until_zero_timeout(Duration::ZERO)
        .unwrap_err();
    assert!(error.is_timed_out());
    let error = semaphore.wait_until_zero_timeout(past).unwrap_err();
    assert!(error.is_timed_out());
    assert_eq!(error.errno(), None);
    assert!(error.to_string().ends_with(": timed out"), "{error}");
}

/// Row P11: 1 to 32,767, and the peer wraps what is beyond.
#[test]
fn amounts_out_of_range() {
    let semaphore = semaphore(5);
    let time = Duration::from_secs(60);
    for amount in [0, 32_768, 65_535, 65_537, u32::MAX] {
        for result in [
            semaphore.acquire_by(amount),
            semaphore.try_acquire_by(amount),
            semaphore.acquire_by_timeout(amount, time),
            semaphore.acquire_by_timeout(amount, Instant::now() + time),
            semaphore.release_by(amount),
        ] {
            let error = result.unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            let text = error.to_string();
            let said = format!("the amount is {amount}, and must be from 1 to 32767");
            assert!(text.contains(&said), "{text}");
        }
    }
    assert_eq!(semaphore.value().unwrap(), 5);
    semaphore.set_value(0).unwrap();
    semaphore.release_by(32_767).unwrap();
    semaphore.acquire_by(32_767).unwrap();
}

/// Rows P3, P11: the kernel's limit, reached, and one beyond.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn the_greatest_value() {
    let max = support::sem::value_max();
    let semaphore = semaphore(0);
    semaphore.set_value(max).unwrap();
    assert_eq!(semaphore.value().unwrap(), max);
    for amount in [1, 2, 32_767] {
        let error = semaphore.release_by(amount).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        assert_eq!(error.errno(), Some(Errno::ERANGE));
        assert_eq!(semaphore.value().unwrap(), max);
    }
    assert_eq!(
        semaphore.release().unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
    for value in [max + 1, 65_536 + 4, u32::MAX] {
        let error = semaphore.set_value(value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        let said = format!("must be from 0 to {max}");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(semaphore.value().unwrap(), max);
    }
    semaphore.set_value(0).unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
}

/// Rows P11, S14, C5: it waits for all at once, and takes nothing meanwhile.
#[test]
fn what_waits_takes_nothing() {
    let semaphore = semaphore(2);
    let taker = (*semaphore).clone();
    let sleeper = Sleeper::start(move || taker.acquire_by(3));
    wait_for_waiters(&semaphore, 1);
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_zero().unwrap()
        ),
        (2, 0)
    );
    semaphore.acquire().unwrap();
    semaphore.release().unwrap();
    assert!(!sleeper.is_finished());
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_increase().unwrap()
        ),
        (2, 1)
    );
    semaphore.release().unwrap();
    sleeper.join().unwrap();
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_increase().unwrap()
        ),
        (0, 0)
    );
}

/// Rows S14, C5: who waits is counted, each at its own semaphore, and by what it waits for.
#[test]
fn waiters_are_counted() {
    let set = set([0, 4]);
    let (first, second) = (set.get(0).unwrap(), set.get(1).unwrap());
    let takers: Vec<_> = (0..2)
        .map(|_| (first.clone(), second.clone()))
        .map(|(first, second)| {
            let zero = Sleeper::start(move || second.wait_until_zero());
            (Sleeper::start(move || first.acquire()), zero)
        })
        .collect();
    wait_for_waiters(&first, 2);
    wait_for_zero_waiters(&second, 2);
    assert_eq!(first.waiters_for_zero().unwrap(), 0);
    assert_eq!(second.waiters_for_increase().unwrap(), 0);
    first.release_by(2).unwrap();
    second.set_value(0).unwrap();
    for (taker, zero) in takers {
        taker.join().unwrap();
        zero.join().unwrap();
    }
    assert_eq!(first.waiters_for_increase().unwrap(), 0);
    assert_eq!(second.waiters_for_zero().unwrap(), 0);
    assert_eq!(set.values().unwrap(), [0, 0]);
}

/// Row S13: undo is the handle's, and can be had for one that exists.
#[test]
fn undo_is_the_handles() {
    let plain = semaphore(1);
    assert!(!plain.undo());
    let undoing = plain.clone().with_undo(true);
    assert!(undoing.undo() && !undoing.clone().with_undo(false).undo());
    undoing.acquire().unwrap();
    undoing.release().unwrap();
    assert_eq!(plain.value().unwrap(), 1);
}

/// Row S14: this process, since making the semaphore counts; and whoever came after.
#[test]
fn the_last_pid() {
    if let Some(words) = support::role(test_name!("the_last_pid")) {
        let id: i32 = words[0].parse().unwrap();
        Semaphore::from_id(id).unwrap().acquire().unwrap();
        return;
    }
    let semaphore = semaphore(1);
    assert_eq!(semaphore.last_pid().unwrap(), support::own_pid());
    let child = support::Process::start(test_name!("the_last_pid"), &[&semaphore.id()]);
    let pid = Pid::from_raw(child.pid());
    child.finish();
    assert_eq!(semaphore.last_pid().unwrap(), pid);
    // A set that nobody has operated on, which only others make.
    let raw = support::Sem::private(1);
    let found = Semaphore::from_id(raw.id).unwrap();
    assert_eq!(found.last_pid().unwrap(), None);
}

/// Rows C5, P24: all values of a set that is larger than operations reach. Of such a set, kernel.sem allows.
#[test]
#[cfg(target_os = "linux")]
fn values_of_a_huge_set() {
    support::in_namespace("values_of_a_huge_set", || {
        support::namespace::set_sysctl("sem", "200000 1024000000 500 32000");
        for last in [0, 7] {
            let mut values = vec![3; 150_000];
            values[149_999] = last;
            let set = SemaphoreSet::builder().values(values.iter().copied());
            let set = RemoveOnDrop::new(set.create_unique().unwrap());
            assert!(set.status().unwrap().operation_time().is_some());
            assert_eq!(set.values().unwrap(), values);
            values.fill(4);
            set.set_values(&values).unwrap();
            assert_eq!(set.values().unwrap(), values);
            assert!(
                set.set_values(&values[1..])
                    .unwrap_err()
                    .is_invalid_argument()
            );
        }
    });
}

/// Sets of two sizes take turns at one id while their values are read and set: all that is found is one of them.
#[test]
#[cfg(target_os = "linux")]
fn an_id_that_keeps_meaning_other_sets() {
    use sysv_ipc::{SemGetFlags, SemValues, semctl_setall_values, semget};
    const TEST: &str = "an_id_that_keeps_meaning_other_sets";
    const SIZES: [usize; 2] = [2, 5000];
    if !std::path::Path::new("/proc/sys/kernel/sem_next_id").exists() {
        return support::skipped(TEST, "this kernel lets nobody choose an id");
    }
    support::in_namespace(TEST, || {
        let create = |size: usize| {
            let set = semget(
                sysv_ipc::Key::PRIVATE,
                size,
                SemGetFlags::CREAT,
                mode(0o600),
            );
            let set = set.unwrap();
            let values = vec![u16::try_from(size).unwrap(); size];
            semctl_setall_values(set, &SemValues::from_slice(&values).unwrap()).unwrap();
            set
        };
        // A set that is gone may be there again at the look that shows what EINVAL means.
        let went = |error: &Error| {
            let kind = error.kind();
            error.errno() == Some(Errno::EINVAL)
                || kind == ErrorKind::Mismatch
                || error.is_removed()
        };
        let set = SemaphoreSet::from_id(create(SIZES[0])).unwrap();
        let (mut read, mut refused) = ([0; 2], 0);
        std::thread::scope(|scope| {
            let replacer = scope.spawn(|| {
                for turn in 1..=4000 / support::SLOWER as usize {
                    set.remove().unwrap();
                    support::namespace::set_sysctl("sem_next_id", set.id());
                    assert_eq!(create(SIZES[turn % 2]), set.id());
                }
            });
            while !replacer.is_finished() {
                match set.values() {
                    Ok(values) => {
                        let kind = SIZES.iter().position(|size| *size == values.len());
                        read[kind.unwrap()] += 1;
                        let size = u16::try_from(values.len()).unwrap();
                        let set = |value: &u16| [0, 1, size].contains(value);
                        assert!(values.iter().all(set), "{values:?}");
                    }
                    Err(error) => assert!(went(&error), "{error}"),
                }
                match set.set_values(&[1, 1]) {
                    Err(error) if error.is_invalid_argument() => refused += 1,
                    Err(error) => assert!(went(&error), "{error}"),
                    Ok(()) => {}
                }
            }
            replacer.join().unwrap();
        });
        assert!(
            read[0] > 0 && read[1] > 0 && refused > 0,
            "{read:?} {refused}"
        );
        set.remove().unwrap();
    });
}
