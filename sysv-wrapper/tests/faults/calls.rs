//! Death before one selected system call, and failing calls: seccomp kills the process, or makes the call fail, when
//! the process reaches it.

use std::time::{Duration, Instant};

use sysv_ipc::{SemBuf, SemFlags, SemGetFlags, semctl_setval, semget, semop};
use sysv_wrapper::*;

use crate::doomed::Doomed;
use crate::support::confine::{Call, Fate, KILLER, confine};
use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::semaphore;
use crate::support::{become_nobody, in_namespace, is_root, mode, skipped};

/// Far longer than any test takes, so that a wait for a creator is noticed.
const LONG: Duration = Duration::from_secs(3600);

/// Returns whether calls can be selected; otherwise prints that `test` is skipped.
fn can_choose(test: &str) -> bool {
    let chosen = in_forked_child(|| i32::from(confine(Call::SHMDT, Fate::Killed).is_err()));
    if chosen != 0 {
        skipped(
            test,
            "this kernel, or an emulator, does not support seccomp filters",
        );
    }
    chosen == 0
}

/// Runs `work` in a process that is killed before this call.
#[track_caller]
fn killed_at(call: Call, work: impl FnOnce()) {
    let child = Forked::start(|| {
        confine(call, Fate::Killed).unwrap();
        work();
        0
    });
    assert_eq!(child.signal(), KILLER, "{call:?}");
}

#[track_caller]
fn assert_abandoned<T: std::fmt::Debug>(result: Result<T>, because: &str) {
    let error = result.unwrap_err();
    assert!(error.is_abandoned(), "{error}");
    assert!(error.to_string().contains(because), "{error}");
}

/// Rows P22, N1: a creator of a segment dies before each of its calls.
#[test]
fn a_segment_whose_creator_died_at_any_call() {
    if !can_choose(test_name!("a_segment_whose_creator_died_at_any_call")) {
        return;
    }
    for call in [Call::SHMAT, Call::SHM_STAT, Call::SHMDT, Call::SHM_SET] {
        let key = Doomed::<SharedMemory>::new();
        let builder = || {
            let builder = SharedMemory::builder().size(9000).fill(b'x');
            builder.wait_for_creator(LONG)
        };
        killed_at(call, || drop(builder().create_or_open(key.0)));
        assert!(SharedMemory::exists(key.0).unwrap());
        if call == Call::SHMDT {
            // It was published while it was attached.
            let attached = builder().open(key.0).unwrap().attach().unwrap();
            assert_eq!(attached.read_to_vec(..).unwrap(), [b'x'; 9000]);
            continue;
        }
        assert_abandoned(builder().open(key.0), "ended without initialising it");
        assert_abandoned(
            builder().create_or_open(key.0),
            "ended without initialising it",
        );
        let id = builder().open(key.0).unwrap_err().id().unwrap();
        let verdict = SharedMemory::inspect(id).unwrap().verdict();
        assert!(
            matches!(verdict, Verdict::Orphaned | Verdict::Idle),
            "{verdict:?}"
        );
        let made = builder().reclaim_abandoned(true).create_or_open(key.0);
        let made = made.unwrap();
        assert!(made.is_created());
        let attached = made.handle().attach().unwrap();
        assert_eq!(attached.read_to_vec(..).unwrap(), [b'x'; 9000]);
    }
}

/// Rows P21, N1: one operation sets the values and the time, so a creator that is killed before it leaves a set without
/// both. Such a set may belong to any program, so it stays.
#[test]
fn a_set_whose_creator_died_before_its_values_were_set() {
    if !can_choose(test_name!(
        "a_set_whose_creator_died_before_its_values_were_set"
    )) {
        return;
    }
    for values in [&[7][..], &[7, 9], &[0], &[0, 9]] {
        let key = Doomed::<SemaphoreSet>::new();
        let builder = || SemaphoreSet::builder().values(values.iter().copied());
        killed_at(Call::SEMOP, || drop(builder().create_or_open(key.0)));
        let time = Duration::from_millis(30);
        let start = Instant::now();
        let error = builder()
            .wait_for_creator(time)
            .create_or_open(key.0)
            .unwrap_err();
        assert!(error.is_uninitialized() && !error.is_abandoned(), "{error}");
        assert!(start.elapsed() >= time);
        // `open` accepts the set as it is.
        let found = SemaphoreSet::open(key.0).unwrap();
        assert!(found.values().unwrap().iter().all(|value| *value == 0));
        let made = builder().create_replacing(key.0).unwrap();
        assert_eq!(made.values().unwrap(), values);
        assert!(found.values().unwrap_err().is_removed());
    }
}

/// Rows P21, N1: a creator that follows Stevens' protocol, and is killed between setting the values and the operation,
/// leaves a set that is used with these values.
#[test]
fn a_set_whose_creator_died_after_its_values_were_set() {
    if !can_choose(test_name!(
        "a_set_whose_creator_died_after_its_values_were_set"
    )) {
        return;
    }
    for values in [&[7][..], &[0], &[7, 9], &[7, 0]] {
        let key = Doomed::<SemaphoreSet>::new();
        killed_at(Call::SEMOP, || {
            let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
            let id = semget(key.0.into(), values.len(), flags, Mode::OWNER).unwrap();
            for (number, value) in (0..).zip(values) {
                semctl_setval(id, number, i32::from(*value)).unwrap();
            }
            semop(id, &[SemBuf::new(0, 0, SemFlags::NOWAIT)]).unwrap();
        });
        let builder = SemaphoreSet::builder().values(values.iter().copied());
        let found = builder.wait_for_creator(LONG).create_or_open(key.0);
        let found = found.unwrap();
        assert!(!found.is_created());
        assert_eq!(found.handle().values().unwrap(), values);
    }
    // A set that lacks only its final mode is usable.
    let key = Doomed::<SemaphoreSet>::new();
    let builder = || SemaphoreSet::builder().values([7]).mode(mode(0o400));
    killed_at(Call::SEM_SET, || drop(builder().create_or_open(key.0)));
    let found = builder().create_or_open(key.0).unwrap();
    assert!(!found.is_created());
    assert_eq!(found.handle().values().unwrap(), [7]);
}

/// Rows P18, N1: a queue whose maximum was never set is usable.
#[test]
fn a_queue_whose_creator_died_before_its_room_was_set() {
    if !can_choose(test_name!(
        "a_queue_whose_creator_died_before_its_room_was_set"
    )) {
        return;
    }
    for call in [Call::MSG_STAT, Call::MSG_SET] {
        let key = Doomed::<MessageQueue>::new();
        let builder = || MessageQueue::builder().max_bytes(100);
        killed_at(call, || drop(builder().create_or_open(key.0)));
        let found = builder().create_or_open(key.0).unwrap();
        assert!(!found.is_created());
        let common = Limits::queues().unwrap().queue_bytes_max();
        assert_eq!(found.handle().status().unwrap().max_bytes(), common);
        found
            .handle()
            .send(1, b"usable except for its mode")
            .unwrap();
        let replaced = builder().create_replacing(key.0).unwrap();
        assert_eq!(replaced.status().unwrap().max_bytes(), 100);
    }
}

/// Rows N4, N9: death before the call that releases, or that makes the kernel clean up.
#[test]
fn who_dies_while_giving_back_has_given_back() {
    if !can_choose(test_name!("who_dies_while_giving_back_has_given_back")) {
        return;
    }
    let lock = semaphore(1);
    let child = Forked::start(|| {
        let guard = lock.lock().unwrap();
        confine(Call::SEMOP, Fate::Killed).unwrap();
        drop(guard);
        0
    });
    assert_eq!(child.signal(), KILLER);
    assert_eq!(lock.value().unwrap(), 1);

    let key = Doomed::<SharedMemory>::new();
    killed_at(Call::SHM_REMOVE, || {
        let memory = SharedMemory::builder().create(key.0).unwrap();
        memory.attach().unwrap().remove_when_detached().unwrap();
    });
    let left = SharedMemory::open(key.0).unwrap();
    let entry = SharedMemory::inspect(left.id()).unwrap();
    assert_eq!(entry.status().as_shm().unwrap().attach_count(), 0);
    assert_eq!(entry.verdict(), Verdict::Orphaned);
}

/// Runs `make` in a process where `call` fails, and requires that it reports the error and removes what it created.
#[track_caller]
fn assert_taken_back<H>(call: Call, make: impl Fn() -> Result<H>, exists: impl Fn() -> bool) {
    // The last one is not an error number.
    for errno in [
        Errno::ENOMEM,
        Errno::EACCES,
        Errno::EPERM,
        Errno::EINVAL,
        Errno::EIDRM,
        Errno::ENOSYS,
        Errno::from_raw(999).unwrap(),
    ] {
        let told = in_forked_child(|| {
            confine(call, Fate::Fails(errno.as_raw())).unwrap();
            match make() {
                Ok(_) => 0,
                Err(error) => {
                    assert_eq!(error.errno(), Some(errno), "{error}");
                    1
                }
            }
        });
        // After a permission error, the library reads the state in another way.
        let is_asked_again = errno == Errno::EACCES && told == 0;
        assert_eq!(told == 0, exists(), "{call:?}, {errno:?}");
        assert!(told == 1 || is_asked_again, "{call:?}, {errno:?}: {told}");
        if is_asked_again {
            return;
        }
    }
}

/// Row N6: a refused creation is not about the mode of an object.
#[test]
fn who_may_not_create_is_told_so() {
    if !can_choose(test_name!("who_may_not_create_is_told_so")) {
        return;
    }
    for errno in [Errno::EACCES, Errno::EPERM] {
        let told = in_forked_child(|| {
            confine(Call::SHMGET, Fate::Fails(errno.as_raw())).unwrap();
            let error = SharedMemory::builder().create_private().unwrap_err();
            assert_eq!(error.errno(), Some(errno));
            let text = error.to_string();
            i32::from(text.contains(": this process may not "))
        });
        assert_eq!(told, 1, "{errno:?}");
    }
}

/// Rows N6, N9, P14: no error of the kernel causes a panic, and a failed creation leaves nothing behind.
#[test]
fn what_cannot_be_finished_is_taken_back() {
    if !can_choose(test_name!("what_cannot_be_finished_is_taken_back")) {
        return;
    }
    for call in [Call::SHMAT, Call::SHM_STAT, Call::SHM_SET] {
        let key = Doomed::<SharedMemory>::new();
        let make = || SharedMemory::builder().fill(1).create(key.0);
        assert_taken_back(call, make, || SharedMemory::exists(key.0).unwrap());
    }
    for (call, values) in [
        (Call::SEMOP, &[7][..]),
        (Call::SEMOP, &[7, 9]),
        (Call::SEM_SET, &[7]),
    ] {
        let key = Doomed::<SemaphoreSet>::new();
        let make = || {
            let builder = SemaphoreSet::builder().values(values.iter().copied());
            builder.mode(mode(0o400)).create(key.0)
        };
        assert_taken_back(call, make, || SemaphoreSet::exists(key.0).unwrap());
    }
    for call in [Call::MSG_STAT, Call::MSG_SET] {
        let key = Doomed::<MessageQueue>::new();
        let make = || MessageQueue::builder().max_bytes(100).create(key.0);
        assert_taken_back(call, make, || MessageQueue::exists(key.0).unwrap());
    }
}

/// Row P18: if the kernel refuses to change a queue's maximum for another reason than the limit, the error does not
/// name the limit.
#[test]
fn a_room_that_is_refused_for_other_reasons_says_so() {
    if !can_choose(test_name!(
        "a_room_that_is_refused_for_other_reasons_says_so"
    )) {
        return;
    }
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let limit = Limits::queues().unwrap().queue_bytes_max();
    for (errno, room, kind) in [
        (Errno::EPERM, limit + 1, ErrorKind::LimitReached),
        (Errno::EPERM, limit, ErrorKind::NotOwner),
        (Errno::ENOMEM, limit + 1, ErrorKind::OutOfMemory),
    ] {
        let told = in_forked_child(|| {
            confine(Call::MSG_SET, Fate::Fails(errno.as_raw())).unwrap();
            let error = queue.set_max_bytes(room).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            0
        });
        assert_eq!(told, 0, "{errno:?}, {room}");
    }
}

/// Row P3: without undo, a value that was out of range only temporarily is reported as out of range.
#[test]
fn a_value_that_is_not_too_great_any_more_says_so() {
    if !can_choose(test_name!("a_value_that_is_not_too_great_any_more_says_so")) {
        return;
    }
    let semaphore = semaphore(1);
    let told = in_forked_child(|| {
        confine(Call::SEMOP, Fate::Fails(Errno::ERANGE.as_raw())).unwrap();
        let error = semaphore.release().unwrap_err().to_string();
        assert!(
            error.contains("the value would pass the limit of "),
            "{error}"
        );
        0
    });
    assert_eq!(told, 0);
}

/// Row S2: a set that is removed between two calls is not found.
#[test]
fn a_set_that_goes_while_it_is_opened_is_not_found() {
    if !can_choose(test_name!(
        "a_set_that_goes_while_it_is_opened_is_not_found"
    )) {
        return;
    }
    let set = SemaphoreSet::builder().values([1, 1]).create_unique();
    let set = RemoveOnDrop::new(set.unwrap());
    for errno in [Errno::EINVAL, Errno::EIDRM] {
        let told = in_forked_child(|| {
            confine(Call::SEM_STAT, Fate::Fails(errno.as_raw())).unwrap();
            let error = SemaphoreSet::open(set.key().unwrap()).unwrap_err();
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.errno(), Some(Errno::ENOENT));
            0
        });
        assert_eq!(told, 0, "{errno:?}");
    }
}

/// Row W8: on file systems without hard links, the file is renamed.
#[test]
fn a_file_that_cannot_have_two_names_is_renamed() {
    if !can_choose(test_name!("a_file_that_cannot_have_two_names_is_renamed")) {
        return;
    }
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    for errno in [Errno::EPERM, Errno::ENOSYS] {
        let folder = tempfile::tempdir().unwrap();
        let names = || std::fs::read_dir(folder.path()).unwrap().count();
        let published = in_forked_child(|| {
            confine(Call::LINK, Fate::Fails(errno.as_raw())).unwrap();
            let path = folder.path().join("agreed.key");
            let file = KeyFile::publish(&path, &*memory).unwrap();
            assert_eq!(KeyFile::wait(&path, LONG).ok(), memory.key());
            let taken = KeyFile::publish(&path, &*memory).unwrap_err();
            assert!(taken.is_already_exists(), "{taken}");
            let published = names();
            drop(file);
            published.try_into().unwrap()
        });
        assert_eq!((published, names()), (1, 0));
    }
}

/// Row W8: if a file cannot get its name, the error has the reason, and nothing stays.
#[test]
fn a_file_that_cannot_get_its_name() {
    if !can_choose(test_name!("a_file_that_cannot_get_its_name")) {
        return;
    }
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let told = in_forked_child(|| {
        confine(Call::LINK, Fate::Fails(Errno::ENOSPC.as_raw())).unwrap();
        let error = KeyFile::publish(folder.path().join("agreed.key"), &*memory).unwrap_err();
        assert!(!error.is_timed_out(), "{error}");
        error.errno().map_or(0, Errno::as_raw)
    });
    assert_eq!(told, Errno::ENOSPC.as_raw());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Row N1: on kernels without `SHM_STAT_ANY`, a user who may not read a half-made segment sees its creator and its
/// attachments in `/proc/sysvipc/shm`.
#[test]
fn a_half_made_segment_of_another_user_on_an_old_kernel() {
    const TEST: &str = test_name!("a_half_made_segment_of_another_user_on_an_old_kernel");
    if !is_root() {
        return skipped(TEST, "only root can become another user");
    }
    if !can_choose(TEST) {
        return;
    }
    let key = Doomed::<SharedMemory>::new();
    let builder = || SharedMemory::builder().size(9000).fill(b'x');
    killed_at(Call::SHM_SET, || drop(builder().create_or_open(key.0)));
    let is_abandoned = || {
        let answer = in_forked_child(|| {
            become_nobody();
            confine(Call::SHM_STAT_ANY, Fate::Fails(Errno::EINVAL.as_raw())).unwrap();
            let error = builder().wait_for_creator(Duration::ZERO).open(key.0);
            let error = error.unwrap_err();
            assert!(error.is_uninitialized(), "{error}");
            i32::from(error.is_abandoned())
        });
        answer == 1
    };
    assert!(is_abandoned());
    let id = builder().open(key.0).unwrap_err().id().unwrap();
    let _attached = SharedMemory::from_id(id).unwrap().attach().unwrap();
    assert!(!is_abandoned());
}

/// Row N8: objects that a security module hides from this process are counted.
#[test]
fn objects_that_are_kept_from_this_process_are_counted() {
    const TEST: &str = test_name!("objects_that_are_kept_from_this_process_are_counted");
    if !can_choose(TEST) {
        return;
    }
    in_namespace(TEST, || {
        let _made =
            [(); 3].map(|()| RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap()));
        let unseen = in_forked_child(|| {
            confine(Call::SHM_STAT_ANY, Fate::Fails(Errno::EACCES.as_raw())).unwrap();
            let mut listing = SharedMemory::list().unwrap();
            assert_eq!(listing.by_ref().count(), 0);
            listing.inaccessible().try_into().unwrap()
        });
        assert_eq!(unseen, 3);
    });
}

/// Row N7: limits that a security module hides from this process are read from the kernel's settings.
#[test]
fn limits_that_are_kept_from_this_process_come_from_the_settings() {
    if !can_choose(test_name!(
        "limits_that_are_kept_from_this_process_come_from_the_settings"
    )) {
        return;
    }
    let maximum = |limits: &Limits, name| {
        limits
            .iter()
            .find(|limit| limit.name() == name)
            .map(Limit::value)
    };
    for (call, kind, name) in [
        (Call::SHM_LIMITS, Kind::SharedMemory, "SHMMNI"),
        (Call::SEM_LIMITS, Kind::SemaphoreSet, "SEMOPM"),
        (Call::MSG_LIMITS, Kind::MessageQueue, "MSGMAX"),
    ] {
        let expected = maximum(&Limits::of(kind).unwrap(), name);
        let count = in_forked_child(|| {
            confine(call, Fate::Fails(Errno::EPERM.as_raw())).unwrap();
            let limits = Limits::all().unwrap();
            assert!(limits.is_complete());
            assert_eq!(maximum(&limits, name), expected);
            limits.iter().count().try_into().unwrap()
        });
        assert_eq!(count, 13, "{kind}");
    }
}

/// Row N7: a kernel that has some of the kinds tells the limits of these.
#[test]
fn limits_of_kinds_that_the_kernel_does_not_have_are_missing() {
    if !can_choose(test_name!(
        "limits_of_kinds_that_the_kernel_does_not_have_are_missing"
    )) {
        return;
    }
    let missing = |call| confine(call, Fate::Fails(Errno::ENOSYS.as_raw())).unwrap();
    let count = in_forked_child(|| {
        missing(Call::MSG_LIMITS);
        let limits = Limits::all().unwrap();
        assert!(!limits.is_complete());
        assert!(
            limits
                .iter()
                .all(|limit| limit.kind() != Kind::MessageQueue)
        );
        let count = limits.iter().count();
        missing(Call::SHM_LIMITS);
        missing(Call::SEM_LIMITS);
        let error = Limits::all().unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        count.try_into().unwrap()
    });
    assert_eq!(count, 10);
}
