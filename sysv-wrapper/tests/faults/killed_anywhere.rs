//! SIGKILL before every system call of processes that create, hold and publish. Then the next process succeeds within
//! its time limit, and no object in use is destroyed.

use std::fs;
use std::time::Duration;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::errnos::can_trap;
use crate::support::fork::Forked;
use crate::support::sem::semaphore;
use crate::support::{DEADLINE, mode, unused_key};
use crate::trap::{Plan, trap, with_plan};

/// Kills one process per call of `work`, each with a key of its own, until one process completes; after each kill,
/// calls `next` as the next process.
pub fn killed_at_every_call(name: &str, work: impl Fn(Key), mut next: impl FnMut(Key)) {
    for at in 0.. {
        let key = unused_key().into();
        let mut child = Forked::start(|| {
            trap().unwrap();
            with_plan(Plan::Killed { at }, || work(key));
            0
        });
        let code = child.code();
        assert!(matches!(code, None | Some(0)), "{name}: {code:?}");
        next(key);
        if code.is_some() {
            println!("{name}: killed at each of {at} calls");
            assert!(at > 0);
            return;
        }
    }
}

#[test]
fn a_segment_whose_creator_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("a_segment_whose_creator_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let segment = || {
        let builder = SharedMemory::builder().size(9000).fill(b'x');
        builder.mode(mode(0o640)).wait_for_creator(DEADLINE)
    };
    let next = |key| {
        // No live process could still initialise it, so each call returns immediately.
        match segment().create_or_open(key) {
            Ok(_) => {}
            Err(error) => assert!(error.is_abandoned(), "{error}"),
        }
        let opened = segment().reclaim_abandoned(true).create_or_open(key);
        let memory = RemoveOnDrop::new(opened.unwrap().into_inner());
        assert_eq!(memory.mode().unwrap(), mode(0o640));
        assert_eq!(memory.status().unwrap().attach_count(), 0);
        let attached = memory.attach().unwrap();
        assert_eq!(attached.read_to_vec(..).unwrap(), [b'x'; 9000]);
    };
    killed_at_every_call("create", |key| drop(segment().create(key)), next);
    killed_at_every_call(
        "create_or_open",
        |key| drop(segment().create_or_open(key)),
        next,
    );
    killed_at_every_call(
        "create_or_open with reclaim_abandoned",
        |key| drop(segment().reclaim_abandoned(true).create_or_open(key)),
        next,
    );
    killed_at_every_call(
        "create and create_replacing",
        |key| {
            segment().create(key).unwrap();
            segment().create_replacing(key).unwrap();
        },
        next,
    );
    killed_at_every_call(
        "remove_when_detached",
        |key| {
            let memory = segment().create(key).unwrap();
            let attached = memory.attach().unwrap();
            attached.remove_when_detached().unwrap();
        },
        next,
    );
}

#[test]
fn a_set_whose_creator_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("a_set_whose_creator_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    for values in [vec![7], vec![0], vec![7, 0, 9], vec![3; 600]] {
        let set = || SemaphoreSet::builder().values(values.iter().copied());
        let set = || {
            set()
                .mode(mode(0o640))
                .wait_for_creator(Duration::from_millis(20))
        };
        let next = |key| {
            let set = match set().create_or_open(key) {
                // The set could belong to a live program.
                Err(error) if error.is_uninitialized() => set().create_replacing(key),
                opened => opened.map(Opened::into_inner),
            };
            let set = RemoveOnDrop::new(set.unwrap());
            assert_eq!(set.values().unwrap(), values);
        };
        killed_at_every_call("create", |key| drop(set().create(key)), next);
        killed_at_every_call(
            "create_or_open",
            |key| drop(set().create_or_open(key)),
            next,
        );
        killed_at_every_call(
            "create and create_replacing",
            |key| {
                set().create(key).unwrap();
                set().create_replacing(key).unwrap();
            },
            next,
        );
    }
}

#[test]
fn a_queue_whose_creator_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("a_queue_whose_creator_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let queue = || MessageQueue::builder().max_bytes(1000);
    killed_at_every_call(
        "create_or_open, send and receive",
        |key| {
            let queue = queue().create_or_open(key).unwrap().into_inner();
            queue.send(1, b"hello").unwrap();
            queue.receive(Selector::Any).unwrap();
        },
        |key| {
            let queue = queue().create_or_open(key).unwrap().into_inner();
            let queue = RemoveOnDrop::new(queue);
            // The message was sent or not.
            if let Ok(message) = queue.try_receive(Selector::Any) {
                assert_eq!(message.bytes, b"hello");
            }
            queue.send_timeout(2, b"next", DEADLINE).unwrap();
        },
    );
}

#[test]
fn a_lock_whose_holder_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("a_lock_whose_holder_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let lock = semaphore(1);
    let next = |_| {
        let guard = lock.lock_timeout(DEADLINE).unwrap();
        guard.release().unwrap();
        assert_eq!(lock.value().unwrap(), 1);
    };
    killed_at_every_call("lock", |_| lock.lock().unwrap().release().unwrap(), next);
    killed_at_every_call(
        "lock_timeout",
        |_| drop(lock.lock_timeout(DEADLINE).unwrap()),
        next,
    );
    killed_at_every_call(
        "operation with undo",
        |_| {
            lock.operation_with_undo(-1);
            lock.operation_with_undo(1);
        },
        next,
    );
}

/// An operation that the kernel undoes when the process ends.
trait WithUndo {
    fn operation_with_undo(&self, change: i32);
}

impl WithUndo for Semaphore {
    fn operation_with_undo(&self, change: i32) {
        let semaphore = self.clone().with_undo(true);
        match change {
            1 => semaphore.release().unwrap(),
            _ => semaphore.acquire_timeout(DEADLINE).unwrap(),
        }
    }
}

#[test]
fn a_key_file_whose_publisher_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("a_key_file_whose_publisher_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agreed.key");
    let names = || {
        let files = fs::read_dir(folder.path()).unwrap();
        files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect::<Vec<_>>()
    };
    let memory = || RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    let (theirs, ours) = (memory(), memory());
    let next = |_| {
        match KeyFile::wait(&path, Duration::ZERO) {
            Ok(key) => assert_eq!(Some(key), theirs.key()),
            Err(error) => assert!(error.is_timed_out(), "{error}"),
        }
        let published = KeyFile::publish(&path, &*ours).unwrap();
        assert_eq!(KeyFile::wait(&path, Duration::ZERO).ok(), ours.key());
        assert_eq!(names(), ["agreed.key"]);
        drop(published);
        assert_eq!(names(), [""; 0]);
        assert!(theirs.status().is_ok() && ours.status().is_ok());
    };
    killed_at_every_call(
        "publish and drop",
        |_| drop(KeyFile::publish(&path, &*theirs).unwrap()),
        next,
    );
    killed_at_every_call(
        "publish over one that was left behind",
        |_| {
            let gone = memory();
            KeyFile::publish(&path, &*gone).unwrap().keep();
            drop(gone);
            KeyFile::publish(&path, &*theirs).unwrap().keep();
        },
        |key| {
            // A child that was killed before it removed its segment has left a third segment.
            for entry in SharedMemory::list().unwrap() {
                let known = [theirs.raw_id(), ours.raw_id()];
                if !known.contains(&entry.raw_id()) {
                    entry.remove_if_unchanged().unwrap();
                }
            }
            next(key);
        },
    );
}
