//! Creating and opening semaphores and sets, and cleanup after failures.

use std::time::Duration;

use crate::support::sem::{SemKey, semaphore, set, wait_for_zero_waiters};
use crate::support::{self, Process, Sleeper, role};
use sysv_wrapper::*;

/// Rows S2, S4, W6: the key must be free, and the value is set on return.
#[test]
fn create_makes_what_was_not_there() {
    let key = SemKey::new();
    let made = Semaphore::builder()
        .value(3)
        .mode(Mode::GROUP)
        .create(key.0);
    let made = made.unwrap();
    assert_eq!(
        (made.key(), made.number(), made.undo()),
        (Some(key.0), 0, false)
    );
    assert_eq!(made.value().unwrap(), 3);
    assert_eq!(made.mode().unwrap(), Mode::GROUP);
    assert_eq!(Semaphore::open(key.0).unwrap(), made);
    assert_eq!(Semaphore::open(key.0).unwrap().id(), made.id());

    let error = Semaphore::builder().value(9).create(key.0).unwrap_err();
    assert!(error.is_already_exists());
    assert_eq!(
        (error.errno(), error.key()),
        (Some(Errno::EEXIST), Some(key.0))
    );
    assert_eq!(error.object_kind(), Some(Kind::SemaphoreSet));
    assert_eq!(made.value().unwrap(), 3);
}

/// Row W2.
#[test]
fn create_unique_draws_a_key() {
    let builder = || Semaphore::builder().value(1);
    let one = RemoveOnDrop::new(builder().create_unique().unwrap());
    let other = RemoveOnDrop::new(builder().create_unique().unwrap());
    let key = one.key().unwrap();
    assert!(key > Key::from(0));
    assert_ne!(other.key(), one.key());
    assert_eq!(Semaphore::open(key).unwrap().id(), one.id());
    let several = SemaphoreSet::builder().values([4, 5]).create_unique();
    let several = RemoveOnDrop::new(several.unwrap());
    let found = SemaphoreSet::open(several.key().unwrap()).unwrap();
    assert_eq!(found.values().unwrap(), [4, 5]);
}

/// Rows P1, S5: a private semaphore can be opened by its id any number of times.
#[test]
fn create_private_has_no_key() {
    let one = semaphore(2);
    assert_eq!(one.key(), Some(Key::PRIVATE));
    let found = Semaphore::from_id(one.id()).unwrap();
    assert_eq!(
        (found.value().unwrap(), found.key()),
        (2, Some(Key::PRIVATE))
    );
    let number: i32 = one.id().into();
    assert_eq!(Semaphore::from_id(number).unwrap(), found);
    assert_eq!(
        Semaphore::builder()
            .create_private()
            .map(|s| (s.value().unwrap(), s.remove()))
            .unwrap()
            .0,
        1
    );
}

/// Rows P1, P21: without a race, which other tests have.
#[test]
fn create_or_open_tells_which() {
    let key = SemKey::new();
    let builder = || Semaphore::builder().value(5);
    let made = builder().create_or_open(key.0).unwrap();
    assert!(made.is_created());
    made.handle().acquire().unwrap();
    let found = builder().undo(true).create_or_open(key.0).unwrap();
    assert!(!found.is_created());
    // The value of an existing semaphore is unchanged, and undo belongs to the handle.
    assert_eq!(found.handle().value().unwrap(), 4);
    assert!(found.handle().undo() && !made.handle().undo());
    assert_eq!(found.into_inner().id(), made.handle().id());
}

/// Row C1.
#[test]
fn create_replacing_removes_the_old_one() {
    let key = SemKey::new();
    let first = Semaphore::builder()
        .value(1)
        .create_replacing(key.0)
        .unwrap();
    let second = Semaphore::builder()
        .value(2)
        .create_replacing(key.0)
        .unwrap();
    assert!(first.value().unwrap_err().is_removed());
    assert_eq!(second.value().unwrap(), 2);
    let third = SemaphoreSet::builder()
        .values([1, 2])
        .create_replacing(key.0);
    assert_eq!(third.unwrap().values().unwrap(), [1, 2]);
    assert!(second.value().unwrap_err().is_removed());
}

/// Rows S4, S5, S6, S7, W3, P10: missing objects are not found.
#[test]
fn what_is_not_there() {
    let key = SemKey::new();
    assert!(!Semaphore::exists(key.0).unwrap());
    assert!(!SemaphoreSet::exists(key.0).unwrap());
    assert!(!Semaphore::exists(Key::PRIVATE).unwrap());
    assert!(Semaphore::open(key.0).unwrap_err().is_not_found());
    assert!(SemaphoreSet::open(key.0).unwrap_err().is_not_found());
    assert!(Semaphore::remove_key(key.0).unwrap_err().is_not_found());

    let made = Semaphore::builder().create(key.0).unwrap();
    assert!(Semaphore::exists(key.0).unwrap());
    let id = made.id();
    Semaphore::from_id(id).unwrap().remove().unwrap();
    assert!(!Semaphore::exists(key.0).unwrap());
    assert!(Semaphore::from_id(id).unwrap_err().is_not_found());
    assert!(SemaphoreSet::from_id(id).unwrap_err().is_not_found());
    assert!(Semaphore::from_id(-1).unwrap_err().is_not_found());
    // Through a handle, the error is that the object was removed.
    assert!(made.remove().unwrap_err().is_removed());
    assert!(made.acquire().unwrap_err().is_removed());

    Semaphore::builder().create(key.0).unwrap();
    Semaphore::remove_key(key.0).unwrap();
    assert!(!Semaphore::exists(key.0).unwrap());
}

/// Row P24: a set is not a semaphore.
#[test]
fn a_set_of_several_is_no_semaphore() {
    let key = SemKey::new();
    let made = SemaphoreSet::builder()
        .values([1, 2, 3])
        .create(key.0)
        .unwrap();
    for error in [
        Semaphore::open(key.0).unwrap_err(),
        Semaphore::from_id(made.id()).unwrap_err(),
        Semaphore::builder().create_or_open(key.0).unwrap_err(),
        SemaphoreSet::builder()
            .values([1, 2])
            .open(key.0)
            .unwrap_err(),
        SemaphoreSet::builder()
            .values([0; 4])
            .create_or_open(key.0)
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("it has 3 semaphores"), "{error}");
    }
    // The same number of values, or none.
    SemaphoreSet::builder().values([0; 3]).open(key.0).unwrap();
    SemaphoreSet::open(key.0).unwrap();
    let found = SemaphoreSet::builder().values([0; 3]).create_or_open(key.0);
    assert!(!found.unwrap().is_created());
    assert_eq!(made.values().unwrap(), [1, 2, 3]);
    let one = set([7]);
    assert_eq!(Semaphore::from_id(one.id()).unwrap().value().unwrap(), 7);
}

/// Row S2: no key, no semaphores.
#[test]
fn arguments_are_looked_at_first() {
    let key = SemKey::new();
    for error in [
        Semaphore::builder().create(Key::PRIVATE).unwrap_err(),
        Semaphore::builder()
            .create_or_open(Key::PRIVATE)
            .unwrap_err(),
        Semaphore::builder()
            .create_replacing(Key::PRIVATE)
            .unwrap_err(),
        SemaphoreSet::builder().create(key.0).unwrap_err(),
        SemaphoreSet::builder().create_private().unwrap_err(),
    ] {
        assert!(error.is_invalid_argument(), "{error}");
        assert_eq!(error.errno(), None);
    }
    assert!(!SemaphoreSet::exists(key.0).unwrap());
}

/// Rows S2, P3: the maximum value is accepted, and a greater one leaves nothing behind.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn a_value_beyond_the_limit_leaves_nothing() {
    let max = support::sem::value_max();
    assert_eq!(semaphore(max).value().unwrap(), max);
    let key = SemKey::new();
    for value in [max + 1, 65_535, 65_536, u32::MAX] {
        let error = Semaphore::builder().value(value).create(key.0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        assert_eq!(error.errno(), Some(Errno::ERANGE));
        let text = error.to_string();
        assert!(
            text.contains(&format!(
                "the value is {value}, and must be from 0 to {max}"
            )),
            "{text}"
        );
        assert!(!Semaphore::exists(key.0).unwrap());
    }
    let beyond = u16::try_from(max + 1).unwrap();
    let error = SemaphoreSet::builder().values([1, beyond]).create(key.0);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::OutOfRange);
    assert!(!Semaphore::exists(key.0).unwrap());
}

/// Row C9: more semaphores than a set may have.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn too_many_semaphores() {
    let (_, limits) = sysv_ipc::semctl_ipc_info().unwrap();
    let beyond = usize::try_from(limits.semmsl()).unwrap() + 1;
    let error = SemaphoreSet::builder()
        .values(vec![0; beyond])
        .create_private();
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains(&format!("(SEMMSL = {})", limits.semmsl())),
        "{text}"
    );
}

/// Row P12: the mode is the requested one, even if it denies the owner all access.
#[test]
fn any_mode() {
    for bits in [0, 0o200, 0o400, 0o600, 0o622, 0o666, 0o777] {
        let mode = Mode::from_bits(bits).unwrap();
        let made = Semaphore::builder().mode(mode).create_private().unwrap();
        let made = RemoveOnDrop::new(made);
        if support::is_root() {
            assert_eq!(made.mode().unwrap(), mode);
        }
    }
}

/// Row P21: sets of programs that set values without an operation are used immediately, even if a process waits on
/// them.
#[test]
fn a_half_made_set_that_is_waited_for_is_not_abandoned() {
    const TEST: &str = test_name!("a_half_made_set_that_is_waited_for_is_not_abandoned");
    if let Some(words) = role(TEST) {
        let key: Key = words[0].parse().unwrap();
        let flags = sysv_ipc::SemGetFlags::CREAT | sysv_ipc::SemGetFlags::EXCL;
        let id = sysv_ipc::semget(key.into(), 1, flags, Mode::OWNER).unwrap();
        sysv_ipc::semctl_setval(id, 0, 1).unwrap();
        return;
    }
    let key = SemKey::new();
    Process::start(TEST, &[&key.0]).finish();
    let builder = || {
        Semaphore::builder()
            .value(7)
            .wait_for_creator(Duration::ZERO)
    };
    let found = builder().create_or_open(key.0).unwrap();
    assert!(!found.is_created());
    let found = found.into_inner();
    assert_eq!(found.value().unwrap(), 1);
    let waiter = Sleeper::start({
        let found = found.clone();
        move || found.wait_until_zero()
    });
    wait_for_zero_waiters(&found, 1);
    let again = builder().create_or_open(key.0).unwrap().into_inner();
    assert_eq!(again.id(), found.id());
    found.remove().unwrap();
    assert!(waiter.join().unwrap_err().is_removed());
}

/// Row P21: a value of 0 that a process has set counts like any other.
#[test]
fn a_set_that_was_set_to_zero_is_used() {
    const TEST: &str = test_name!("a_set_that_was_set_to_zero_is_used");
    if let Some(words) = role(TEST) {
        let key: Key = words[0].parse().unwrap();
        let flags = sysv_ipc::SemGetFlags::CREAT | sysv_ipc::SemGetFlags::EXCL;
        let id = sysv_ipc::semget(key.into(), 2, flags, Mode::OWNER).unwrap();
        for number in 0..words[1].parse().unwrap() {
            sysv_ipc::semctl_setval(id, number, 0).unwrap();
        }
        return;
    }
    for members in [1, 2] {
        let key = SemKey::new();
        Process::start(TEST, &[&key.0, &members]).finish();
        let opened = SemaphoreSet::builder()
            .values([5, 5])
            .wait_for_creator(Duration::ZERO)
            .create_or_open(key.0);
        if members == 2 {
            assert_eq!(opened.unwrap().into_inner().values().unwrap(), [0, 0]);
        } else {
            // Only one of the two was set: its creator may be about to set the other one.
            let error = opened.unwrap_err();
            assert!(error.is_uninitialized(), "{error}");
        }
    }
}
