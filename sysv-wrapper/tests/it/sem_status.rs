//! The status of a set, and changes of its owner and mode.

use std::time::{Duration, SystemTime};

use crate::support;
use crate::support::sem::{SemKey, semaphore, set};
use sysv_wrapper::*;

/// Returns the user id and group id of this process, as a new object shows them.
fn own_ids() -> (u32, u32) {
    let status = semaphore(0).status().unwrap();
    (status.creator_uid(), status.creator_gid())
}

/// Rows S14, P12.
#[test]
fn a_new_set() {
    // The kernel records whole seconds of a clock that may be a tick behind.
    let before = SystemTime::now() - Duration::from_secs(2);
    let key = SemKey::new();
    let made = SemaphoreSet::builder()
        .values([1, 2, 3])
        .create(key.0)
        .unwrap();
    let status = made.status().unwrap();
    assert_eq!(status.count(), 3);
    assert_eq!(status.mode(), Mode::OWNER);
    assert_eq!(
        (status.uid(), status.gid()),
        (status.creator_uid(), status.creator_gid())
    );
    assert_eq!(status.uid(), support::process::effective_uid());
    // One operation makes it ready.
    for time in [status.operation_time(), status.change_time()] {
        let time = time.unwrap();
        assert!(time >= before && time <= SystemTime::now());
    }
    assert_eq!(made.get(1).unwrap().status().unwrap().count(), 3);
    assert_eq!(made.get(1).unwrap().mode().unwrap(), Mode::OWNER);
}

/// Row P12: the time of the last operation is `None` before the first.
#[test]
fn times_that_have_not_been() {
    let raw = support::Sem::private(1);
    let found = Semaphore::from_id(raw.id).unwrap();
    assert_eq!(found.status().unwrap().operation_time(), None);
    found.set_value(1).unwrap();
    assert_eq!(found.status().unwrap().operation_time(), None);
    found.acquire().unwrap();
    assert!(found.status().unwrap().operation_time().is_some());
}

/// Rows S10, P12, C3: each setter changes only its own value.
#[test]
fn setters_change_what_they_name() {
    let semaphore = semaphore(4);
    let (uid, gid) = own_ids();
    let now = || {
        let status = semaphore.status().unwrap();
        (status.uid(), status.gid(), status.mode().bits())
    };
    semaphore.set_mode(Mode::from_bits(0o640).unwrap()).unwrap();
    assert_eq!(now(), (uid, gid, 0o640));
    assert_eq!(semaphore.mode().unwrap().bits(), 0o640);
    if !support::is_root() {
        support::skipped(
            "setters_change_what_they_name",
            "needs root to change the owner",
        );
        return;
    }
    semaphore.set_uid(1234).unwrap();
    assert_eq!(now(), (1234, gid, 0o640));
    semaphore.set_gid(2345).unwrap();
    assert_eq!(now(), (1234, 2345, 0o640));
    semaphore.set_owner(3456, 4567).unwrap();
    assert_eq!(now(), (3456, 4567, 0o640));
    semaphore.set_mode(Mode::GROUP).unwrap();
    assert_eq!(now(), (3456, 4567, Mode::GROUP.bits()));
    let status = semaphore.status().unwrap();
    assert_eq!((status.creator_uid(), status.creator_gid()), (uid, gid));
    assert_eq!((semaphore.value().unwrap(), status.count()), (4, 1));
}

/// Row S10: no user and no group has this number.
#[test]
fn the_number_that_is_nobody() {
    let set = set([1]);
    for result in [
        set.set_uid(u32::MAX),
        set.set_gid(u32::MAX),
        set.set_owner(0, u32::MAX),
        set.set_owner(u32::MAX, 0),
    ] {
        assert!(result.unwrap_err().is_invalid_argument());
    }
}

/// Row S10: a set has the same setters, and they are its only ones.
#[test]
fn a_set_has_them_too() {
    let set = set([1, 2]);
    let (uid, gid) = own_ids();
    set.set_mode(Mode::GROUP).unwrap();
    set.set_uid(uid).unwrap();
    set.set_gid(gid).unwrap();
    set.set_owner(uid, gid).unwrap();
    let status = set.status().unwrap();
    assert_eq!(
        (status.uid(), status.gid(), status.mode()),
        (uid, gid, Mode::GROUP)
    );
    assert_eq!(set.values().unwrap(), [1, 2]);
}

/// Rows C2, C3: every call on a removed set reports the removal.
#[test]
fn a_set_that_is_gone() {
    let set = set([1, 1]);
    let one = set.get(0).unwrap();
    set.remove().unwrap();
    let results = [
        one.acquire(),
        one.try_acquire(),
        one.acquire_timeout(Duration::MAX),
        one.acquire_by(1),
        one.acquire_timeout(Deadline::never().interruptible()),
        one.release(),
        one.release_by(2),
        one.wait_until_zero(),
        one.try_wait_until_zero(),
        one.wait_until_zero_timeout(Duration::MAX),
        one.lock().map(drop),
        one.try_lock().map(drop),
        one.lock_timeout(Duration::MAX).map(drop),
        one.lock().map(drop),
        one.value().map(drop),
        one.set_value(1),
        one.waiters_for_increase().map(drop),
        one.waiters_for_zero().map(drop),
        one.last_pid().map(drop),
        one.status().map(drop),
        one.mode().map(drop),
        one.set_mode(Mode::OWNER),
        one.remove(),
        set.iter().map(drop),
        set.values().map(drop),
        set.set_values(&[1, 1]),
        set.status().map(drop),
        set.set_uid(0),
        set.operation().acquire(0, 1).run(),
        set.operation().acquire(0, 1).try_run(),
        set.operation().acquire(0, 1).run_timeout(Duration::MAX),
        set.operation()
            .acquire(0, 1)
            .run_timeout(Deadline::never().interruptible()),
        set.remove(),
    ];
    for (number, result) in results.into_iter().enumerate() {
        let error = result.unwrap_err();
        assert!(error.is_removed(), "{number}: {error}");
        assert_eq!(error.errno(), Some(Errno::EINVAL), "{number}");
    }
}
