//! Permissions of another user on objects of every kind, and the error of each refused operation. `shm_users.rs` and
//! `msg_users.rs` test the specifics of segments and queues.

#![cfg(target_os = "linux")]

use std::fmt::{Debug, Display};
use std::time::{Duration, Instant};

use crate::support::{self, Process, become_nobody, is_root, mode, role, skipped};
use sysv_wrapper::*;

/// Far longer than any test takes, so that a wait for a creator is noticed.
const LONG: Duration = Duration::from_secs(3600);

/// Runs the test as the user nobody, in a process of its own, with key and id of each object that `make` returns. They
/// exist until that process ends.
fn with_nobody<O>(
    test: &str,
    make: impl FnOnce() -> (O, Vec<(Key, i32)>),
    as_nobody: impl FnOnce(&[(Key, i32)]),
) {
    if let Some(words) = role(test) {
        become_nobody();
        let pairs = words.chunks(2);
        let parse = |pair: &[String]| (pair[0].parse().unwrap(), pair[1].parse().unwrap());
        return as_nobody(&pairs.map(parse).collect::<Vec<_>>());
    }
    if !is_root() {
        return skipped(test, "needs root to change its user");
    }
    let (_objects, names) = make();
    let words = names.iter().flat_map(|(key, id)| [key as &dyn Display, id]);
    Process::start(test, &words.collect::<Vec<_>>()).finish();
}

fn name<H: Object>(handle: &H) -> (Key, i32) {
    (handle.key().unwrap(), handle.raw_id())
}

/// A segment, a set of two and a queue, each with a key and this mode, and a semaphore.
type Objects = (
    RemoveOnDrop<SharedMemory>,
    RemoveOnDrop<SemaphoreSet>,
    RemoveOnDrop<MessageQueue>,
    RemoveOnDrop<Semaphore>,
);

fn objects(bits: u32) -> (Objects, Vec<(Key, i32)>) {
    let mode = Mode::from_bits(bits).unwrap();
    let memory = SharedMemory::builder()
        .mode(mode)
        .fill(b'r')
        .create_unique();
    let set = SemaphoreSet::builder()
        .mode(mode)
        .values([1, 0])
        .create_unique();
    let queue = MessageQueue::builder().mode(mode).create_unique();
    let semaphore = Semaphore::builder().mode(mode).value(1).create_unique();
    let objects = (
        RemoveOnDrop::new(memory.unwrap()),
        RemoveOnDrop::new(set.unwrap()),
        RemoveOnDrop::new(queue.unwrap()),
        RemoveOnDrop::new(semaphore.unwrap()),
    );
    let names = vec![
        name(&*objects.0),
        name(&*objects.1),
        name(&*objects.2),
        name(&*objects.3),
    ];
    (objects, names)
}

#[track_caller]
fn denied<T: Debug>(result: Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert_eq!(error.errno(), Some(Errno::EACCES), "{error}");
    assert!(error.is_permission_denied());
}

#[track_caller]
fn not_owner<T: Debug>(result: Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
    assert_eq!(error.errno(), Some(Errno::EPERM), "{error}");
}

/// Checks the operations that only an owner may perform, with any mode.
macro_rules! only_its_owner {
    ($handle:expr) => {{
        let handle = $handle;
        not_owner(handle.set_mode(Mode::EVERYONE));
        not_owner(handle.set_owner(0, 0));
        not_owner(handle.set_uid(0));
        not_owner(handle.set_gid(0));
        not_owner(handle.remove());
    }};
}

/// Checks that an object without any permission can be found by its key, but not opened.
macro_rules! found_but_not_opened {
    ($handle:ident, $builder:expr, $name:expr) => {{
        let (key, id) = $name;
        assert!($handle::exists(key).unwrap());
        denied($handle::open(key));
        denied($builder.open(key));
        denied($builder.create_or_open(key));
        let error = $builder.create(key).unwrap_err();
        assert!(error.is_already_exists(), "{error}");
        not_owner($builder.create_replacing(key));
        not_owner($handle::remove_key(key));
        let handle = $handle::from_id(id).unwrap();
        assert_eq!(handle.key(), None);
        denied(handle.status());
        denied(handle.mode());
        only_its_owner!(handle);
    }};
}

/// Rows S6, N6, P7: objects for their owner only. No call waits for a creator.
#[test]
fn nothing_is_allowed_with_a_private_mode() {
    const TEST: &str = test_name!("nothing_is_allowed_with_a_private_mode");
    with_nobody(
        TEST,
        || objects(0o600),
        |names| {
            found_but_not_opened!(
                SharedMemory,
                SharedMemory::builder()
                    .fill(1)
                    .reclaim_abandoned(true)
                    .wait_for_creator(LONG),
                names[0]
            );
            found_but_not_opened!(
                SemaphoreSet,
                SemaphoreSet::builder()
                    .values([1, 1])
                    .wait_for_creator(LONG),
                names[1]
            );
            found_but_not_opened!(MessageQueue, MessageQueue::builder(), names[2]);
            found_but_not_opened!(
                Semaphore,
                Semaphore::builder().value(1).wait_for_creator(LONG),
                names[3]
            );
        },
    );
}

/// Checks the calls that need read permission.
fn reading_is_denied(semaphore: &Semaphore) {
    denied(semaphore.value());
    denied(semaphore.status());
    denied(semaphore.mode());
    denied(semaphore.last_pid());
    denied(semaphore.waiters_for_increase());
    denied(semaphore.waiters_for_zero());
    denied(semaphore.wait_until_zero());
    denied(semaphore.try_wait_until_zero());
    denied(semaphore.wait_until_zero_timeout(LONG));
    denied(semaphore.wait_until_zero_timeout(Instant::now() + LONG));
}

/// Checks the calls that need permission to alter.
fn altering_is_denied(semaphore: &Semaphore) {
    denied(semaphore.acquire());
    denied(semaphore.try_acquire());
    denied(semaphore.acquire_timeout(LONG));
    denied(semaphore.acquire_timeout(Instant::now() + LONG));
    denied(semaphore.acquire_timeout(Deadline::never().interruptible()));
    denied(semaphore.acquire_by(2));
    denied(semaphore.try_acquire_by(2));
    denied(semaphore.acquire_by_timeout(2, LONG));
    denied(semaphore.acquire_by_timeout(2, Instant::now() + LONG));
    denied(semaphore.release());
    denied(semaphore.release_by(2));
    denied(semaphore.set_value(1));
    denied(semaphore.lock());
    denied(semaphore.try_lock());
    denied(semaphore.lock_timeout(LONG));
    denied(semaphore.lock());
    denied(semaphore.try_lock());
    denied(semaphore.clone().with_undo(true).acquire());
}

/// Rows P7, P11, P12: a semaphore without any permission, opened by its id.
#[test]
fn every_operation_on_a_private_semaphore_is_denied() {
    const TEST: &str = test_name!("every_operation_on_a_private_semaphore_is_denied");
    with_nobody(
        TEST,
        || objects(0o600),
        |names| {
            let semaphore = Semaphore::from_id(names[3].1).unwrap();
            reading_is_denied(&semaphore);
            altering_is_denied(&semaphore);
            only_its_owner!(&semaphore);
            let set = SemaphoreSet::from_id(names[1].1).unwrap();
            denied(set.values());
            denied(set.set_values(&[1, 1]));
            denied(set.operation().acquire(0, 1).run());
            denied(set.operation().release(0, 1).undo().try_run());
            denied(set.operation().until_zero(1).run_timeout(LONG));
            reading_is_denied(&set.get(1).unwrap());
            altering_is_denied(&set.get(1).unwrap());
        },
    );
}

/// Rows P7, P12: a semaphore that all users may read.
#[test]
fn a_semaphore_to_read_is_read() {
    const TEST: &str = test_name!("a_semaphore_to_read_is_read");
    with_nobody(
        TEST,
        || objects(0o444),
        |names| {
            let builder = Semaphore::builder().wait_for_creator(LONG);
            let opened = builder.create_or_open(names[3].0).unwrap();
            assert!(!opened.is_created());
            let semaphore = Semaphore::open(names[3].0).unwrap();
            assert_eq!(semaphore.value().unwrap(), 1);
            assert_eq!(semaphore.mode().unwrap(), mode(0o444));
            assert_eq!(semaphore.status().unwrap().count(), 1);
            let error = semaphore.try_wait_until_zero().unwrap_err();
            assert!(error.is_would_block(), "{error}");
            altering_is_denied(&semaphore);
            only_its_owner!(&semaphore);
            let set = SemaphoreSet::open(names[1].0).unwrap();
            assert_eq!(set.values().unwrap(), [1, 0]);
            set.operation().until_zero(1).run().unwrap();
            denied(set.set_values(&[1, 1]));
            denied(set.operation().until_zero(1).release(0, 1).run());
        },
    );
}

/// Rows P7, P12: a semaphore that all users may alter, and none may read.
#[test]
fn a_semaphore_to_alter_is_altered() {
    const TEST: &str = test_name!("a_semaphore_to_alter_is_altered");
    with_nobody(
        TEST,
        || objects(0o222),
        |names| {
            let builder = Semaphore::builder().wait_for_creator(LONG);
            let opened = builder.create_or_open(names[3].0).unwrap();
            assert!(!opened.is_created());
            let semaphore = Semaphore::open(names[3].0).unwrap();
            semaphore.acquire().unwrap();
            assert!(semaphore.try_acquire().unwrap_err().is_would_block());
            let error = semaphore
                .acquire_timeout(Duration::from_millis(1))
                .unwrap_err();
            assert!(error.is_timed_out(), "{error}");
            semaphore.release().unwrap();
            drop(semaphore.lock().unwrap());
            semaphore.set_value(0).unwrap();
            reading_is_denied(&semaphore);
            only_its_owner!(&semaphore);
            let set = SemaphoreSet::from_id(names[1].1).unwrap();
            assert_eq!(set.key(), None);
            set.operation().acquire(0, 1).release(1, 1).run().unwrap();
            denied(set.values());
            denied(set.operation().until_zero(0).run());
        },
    );
}

/// Checks that an owner may change an object without read permission: the current values are read by a call that needs
/// none.
macro_rules! opened_up {
    ($made:expr) => {{
        let own = RemoveOnDrop::new($made.unwrap());
        denied(own.status());
        own.set_gid(NOBODY).unwrap();
        own.set_uid(NOBODY).unwrap();
        own.set_owner(NOBODY, NOBODY).unwrap();
        denied(own.mode());
        own.set_mode(mode(0o640)).unwrap();
        assert_eq!(own.mode().unwrap(), mode(0o640));
        let status = own.status().unwrap();
        assert_eq!((status.uid(), status.gid()), (NOBODY, NOBODY));
        assert_eq!(
            (status.creator_uid(), status.creator_gid()),
            (NOBODY, NOBODY)
        );
    }};
}

const NOBODY: u32 = support::process::NOBODY;

/// Rows S10, C3.
#[test]
fn ones_own_objects_that_one_may_not_read_are_changed() {
    const TEST: &str = test_name!("ones_own_objects_that_one_may_not_read_are_changed");
    with_nobody(
        TEST,
        || ((), Vec::new()),
        |_| {
            for bits in [0o200, 0o000] {
                let closed = mode(bits);
                opened_up!(SharedMemory::builder().mode(closed).create_unique());
                opened_up!(
                    SharedMemory::builder()
                        .mode(closed)
                        .fill(1)
                        .create_private()
                );
                opened_up!(Semaphore::builder().mode(closed).value(3).create_unique());
                opened_up!(
                    SemaphoreSet::builder()
                        .mode(closed)
                        .values([1, 2])
                        .create_private()
                );
                opened_up!(MessageQueue::builder().mode(closed).create_unique());
            }
        },
    );
}
