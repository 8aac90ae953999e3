//! Objects that are removed and recreated while other processes use them.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sysv_wrapper::*;

use crate::doomed::{AtEnd, Doomed};
use crate::record::{number, record};
use crate::support::fork::Forked;
use crate::support::namespace::unshare;
use crate::support::{DEADLINE, in_namespace, random, wait_until};

/// A call that waits on a set with the values 0 and 1, or on a queue that is full for type 1 and has no message of type
/// 5.
type Wait = fn(&SemaphoreSet, &MessageQueue) -> Result<()>;

const WAITS: [Wait; 16] = [
    |set, _| set.get(0)?.acquire(),
    |set, _| {
        set.get(0)?
            .acquire_timeout(Deadline::never().interruptible())
    },
    |set, _| set.get(0)?.acquire_by(3),
    |set, _| set.get(0)?.acquire_timeout(DEADLINE),
    |set, _| set.get(0)?.lock().map(drop),
    |set, _| set.get(0)?.lock_timeout(DEADLINE).map(drop),
    |set, _| set.get(1)?.wait_until_zero(),
    |set, _| set.get(1)?.wait_until_zero_timeout(DEADLINE),
    |set, _| set.operation().acquire(1, 1).undo().acquire(0, 1).run(),
    |set, _| set.operation().until_zero(1).run_timeout(DEADLINE),
    |_, queue| queue.send(1, &[0; 100]),
    |_, queue| queue.send_timeout(1, &[0; 100], DEADLINE),
    |_, queue| queue.receive(Selector::Exact(5)).map(drop),
    |_, queue| {
        queue
            .receive_timeout(Selector::Exact(5), DEADLINE)
            .map(drop)
    },
    |_, queue| {
        queue
            .receive_into(&mut [0; 8], Selector::Exact(5))
            .map(drop)
    },
    |_, queue| {
        let mut buffer = MessageBuffer::with_capacity(8);
        queue.receive_buffer(&mut buffer, Selector::Exact(5))
    },
];

/// Rows P11, P18, C2: three processes in each call that waits, and one removal.
#[test]
fn all_who_wait_are_told() {
    let set = crate::support::sem::set([0, 1]);
    let queue = MessageQueue::builder().max_bytes(100).create_private();
    let queue = RemoveOnDrop::new(queue.unwrap());
    queue.send(1, &[1; 100]).unwrap();
    let mut waiting: Vec<Forked> = WAITS
        .iter()
        .cycle()
        .take(3 * WAITS.len())
        .map(|wait| {
            Forked::start(|| match wait(&set, &queue) {
                Err(error) if error.is_removed() => 1,
                other => panic!("{other:?}"),
            })
        })
        .collect();
    // Waiters on the queue cannot be counted; a late call gets the same error.
    let counts = |number| {
        let semaphore = set.get(number).unwrap();
        let increase = semaphore.waiters_for_increase().unwrap();
        increase + semaphore.waiters_for_zero().unwrap()
    };
    wait_until("processes that wait", || (counts(0), counts(1)) == (21, 9));
    for child in &mut waiting {
        child.assert_running();
    }
    drop((set, queue));
    for child in waiting {
        assert_eq!(child.end(), 1);
    }
}

/// Returns `None` if the object was removed, and panics on other errors.
#[track_caller]
fn unless_gone<T>(result: Result<T>) -> Option<T> {
    match result {
        Err(error) if error.is_removed() || error.is_not_found() => None,
        result => Some(result.unwrap()),
    }
}

/// Uses the object with a key until it is gone.
type Use = fn(Key) -> Option<()>;

const SIZE: usize = 3000;

fn use_segment(key: Key) -> Option<()> {
    let memory = unless_gone(SharedMemory::open(key))?;
    let attached = unless_gone(memory.attach())?;
    // The attached segment stays, and is initialised.
    assert_eq!(number(&attached.read_to_vec(..).unwrap()), 7);
    attached.write_at(&record(7, SIZE), 0).unwrap();
    unless_gone(memory.status()).map(drop)
}

fn use_set(key: Key) -> Option<()> {
    let builder = SemaphoreSet::builder().values([1, 5]);
    let set = match random() % 8 {
        // Only occasionally, so that the replacing thread can keep up.
        0 => unless_gone(builder.wait_for_creator(DEADLINE).create_or_open(key))?.into_inner(),
        _ => unless_gone(builder.open(key))?,
    };
    let lock = unless_gone(set.get(0))?;
    let guard = unless_gone(lock.lock_timeout(DEADLINE))?;
    unless_gone(set.operation().acquire(1, 2).undo().run())?;
    assert!(unless_gone(set.values())?[1] <= 3);
    unless_gone(set.operation().release(1, 2).undo().run())?;
    unless_gone(guard.release())
}

fn use_queue(key: Key) -> Option<()> {
    let queue = unless_gone(MessageQueue::open(key))?;
    unless_gone(queue.send(1, &record(7, 100)))?;
    let message = unless_gone(queue.receive_timeout(Selector::Any, DEADLINE))?;
    assert_eq!(number(&message.bytes), 7);
    unless_gone(queue.status()).map(drop)
}

/// Rows P9, P22, N1, C2: threads that use an object that another thread replaces 200 times.
#[test]
fn what_is_replaced_under_use() {
    let segment = Doomed::<SharedMemory>::new();
    let set = Doomed::<SemaphoreSet>::new();
    let queue = Doomed::<MessageQueue>::new();
    let uses: [Use; 3] = [use_segment, use_set, use_queue];
    let uses = uses.into_iter().zip([segment.0, set.0, queue.0]);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let over = &over;
        for (work, key) in uses.cycle().take(6) {
            scope.spawn(move || {
                while !over.load(SeqCst) {
                    work(key);
                }
            });
        }
        let _end = AtEnd(|| over.store(true, SeqCst));
        for _ in 0..200 {
            let builder = SharedMemory::builder().size(SIZE);
            let builder = builder.init(|bytes| bytes.copy_from_slice(&record(7, SIZE)));
            builder.create_replacing(segment.0).unwrap();
            let builder = SemaphoreSet::builder().values([1, 5]);
            // The creator would find it gone if another process replaced it immediately, which none does.
            builder.create_replacing(set.0).unwrap();
            MessageQueue::builder().create_replacing(queue.0).unwrap();
            for _ in 0..random() % 3 {
                std::thread::yield_now();
            }
        }
    });
    assert_eq!(SemaphoreSet::open(set.0).unwrap().values().unwrap(), [1, 5]);
}

/// Rows P13, N4, C2: guards and undo entries of a removed set do not affect a new set.
#[test]
fn a_guard_of_a_removed_lock_touches_no_other() {
    let key = Doomed::<SemaphoreSet>::new();
    let make = || {
        Semaphore::builder()
            .value(4)
            .create_replacing(key.0)
            .unwrap()
    };
    let first = make();
    let (one, other) = (first.lock().unwrap(), first.lock().unwrap());
    let child = Forked::start(|| {
        std::mem::forget(first.lock().unwrap());
        first.wait_until_zero().unwrap_err().is_removed().into()
    });
    wait_until("a child that waits", || {
        first.waiters_for_zero().unwrap_or(0) == 1
    });
    let second = make();
    assert_eq!(child.end(), 1);
    drop(one);
    assert!(other.release().unwrap_err().is_removed());
    assert_eq!(second.value().unwrap(), 4);
}

/// Row N8: objects are created and removed while they are listed; the others are always in the list.
#[test]
fn listings_while_objects_vanish() {
    let memory = SharedMemory::builder().create_private();
    let memory = RemoveOnDrop::new(memory.unwrap());
    let set = crate::support::sem::set([1, 2, 3]);
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(SeqCst) {
                    let memory = SharedMemory::builder().create_private().unwrap();
                    let set = SemaphoreSet::builder().values([0; 40]).create_private();
                    let queue = MessageQueue::builder().create_private().unwrap();
                    queue.send(1, b"soon gone").unwrap();
                    drop((
                        RemoveOnDrop::new(memory),
                        RemoveOnDrop::new(set.unwrap()),
                        RemoveOnDrop::new(queue),
                    ));
                }
            });
        }
        let _end = AtEnd(|| over.store(true, SeqCst));
        for _ in 0..100 {
            look_at_all::<SharedMemory>(memory.raw_id());
            look_at_all::<SemaphoreSet>(set.raw_id());
            look_at_all::<MessageQueue>(queue.raw_id());
        }
    });
}

fn look_at_all<H: Object>(stays: i32) {
    let mut found = 0;
    let mut judge = OrphanCheck::new();
    for entry in Entry::list(H::KIND).unwrap() {
        found += u32::from(entry.raw_id() == stays);
        // It is gone, or unchanged except for the use by other processes.
        judge.judge(&entry);
        match entry.refresh() {
            Ok(again) => assert_eq!(again.raw_id(), entry.raw_id()),
            Err(error) if error.is_removed() => {}
            // Objects of other processes may change.
            Err(error) => assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}"),
        }
    }
    assert_eq!(found, 1, "a remaining object was listed {found} times");
}

/// After its thread has left the ipc namespace, the owner of an object does not remove the object with the same id
/// there.
#[test]
fn what_has_the_id_in_another_namespace_is_not_removed() {
    const TEST: &str = test_name!("what_has_the_id_in_another_namespace_is_not_removed");
    in_namespace(TEST, || {
        let ours = RemoveOnDrop::new(Semaphore::builder().create_private().unwrap());
        let handle = Semaphore::clone(&ours);
        let left = std::thread::scope(|scope| {
            let leave = || {
                unshare().unwrap();
                // Ids start from 0 in each namespace.
                let others = [(); 9].map(|()| Semaphore::builder().create_private().unwrap());
                let stranger = others.iter().find(|other| other.id() == ours.id()).unwrap();
                let stranger = stranger.clone();
                drop(ours);
                let left = stranger.value();
                drop(others.map(RemoveOnDrop::new));
                left
            };
            scope.spawn(leave).join().unwrap()
        });
        assert_eq!(left.unwrap(), 1);
        handle.remove().unwrap();
    });
}
