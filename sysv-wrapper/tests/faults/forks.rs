//! Forks with locks held, memory attached and objects owned, while other threads are in calls. The parent alone
//! releases and removes its objects, once, however the child ends.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::doomed::AtEnd;
use crate::support::DEADLINE;
use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::{semaphore, set, wait_for_waiters};

/// The way in which a child ends.
#[derive(Debug, Copy, Clone)]
enum End {
    Drops,
    Exits,
    Execs,
    IsKilled,
}

const ENDS: [End; 4] = [End::Drops, End::Exits, End::Execs, End::IsKilled];

/// The parent's objects, of which the child has copies.
struct Owned {
    guard: SemaphoreGuard,
    attached: Attachment,
    read_only: ReadOnlyAttachment,
    memory: RemoveOnDrop<SharedMemory>,
    set: RemoveOnDrop<SemaphoreSet>,
    queue: RemoveOnDrop<MessageQueue>,
}

impl Owned {
    fn new(lock: &Semaphore) -> Owned {
        let memory = SharedMemory::builder().create_private().unwrap();
        let queue = MessageQueue::builder().create_private().unwrap();
        Owned {
            guard: lock.lock_timeout(DEADLINE).unwrap(),
            attached: memory.attach().unwrap(),
            read_only: memory.attach_read_only().unwrap(),
            memory: RemoveOnDrop::new(memory),
            set: set([1, 2]),
            queue: RemoveOnDrop::new(queue),
        }
    }

    /// Fails unless all objects exist, with this number of attachments.
    fn check(&self, attached: u64) {
        let status = self.memory.status().unwrap();
        assert_eq!(status.attach_count(), attached);
        assert_eq!(self.set.values().unwrap(), [1, 2]);
        self.queue.status().unwrap();
        assert_eq!(self.read_only.load_u32(0, SeqCst).unwrap(), 7);
    }
}

/// Ends a child, which uses its copies before.
fn end(end: End, owned: Owned) -> i32 {
    owned.check(4);
    owned.attached.atomic_u32(4).unwrap().fetch_add(1, SeqCst);
    match end {
        End::Drops => drop(owned),
        End::Exits => std::mem::forget(owned),
        End::Execs => {
            let error = Command::new("/bin/true").exec();
            panic!("{error}");
        }
        End::IsKilled => crate::support::die(),
    }
    0
}

/// Rows N4, N9, P17: 80 children of a process whose other threads lock, wait, attach and send.
#[test]
fn what_is_the_parents_stays_the_parents() {
    if !is_alone(test_name!("what_is_the_parents_stays_the_parents"), &[]) {
        return;
    }
    let lock = semaphore(2);
    let never = semaphore(0);
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let shared = SharedMemory::builder().create_private().unwrap();
    let shared = RemoveOnDrop::new(shared);
    let over = AtomicBool::new(false);
    let works: [Box<dyn Fn() + Sync + '_>; 4] = [
        Box::new(|| drop(lock.lock_timeout(DEADLINE).unwrap())),
        Box::new(|| {
            queue.send(1, b"to and fro").unwrap();
            queue.receive_timeout(Selector::Any, DEADLINE).unwrap();
        }),
        Box::new(|| drop(shared.attach().unwrap())),
        Box::new(|| drop(set([3, 4]))),
    ];
    std::thread::scope(|scope| {
        for work in &works {
            scope.spawn(|| {
                while !over.load(SeqCst) {
                    work();
                }
            });
        }
        let waiter = scope.spawn(|| never.acquire());
        let over_for_all = AtEnd(|| {
            over.store(true, SeqCst);
            never.release().unwrap();
        });
        wait_for_waiters(&never, 1);
        for round in 0..80 {
            let owned = Owned::new(&lock);
            owned.attached.write_value(&7_u32, 0).unwrap();
            let how = ENDS[round % ENDS.len()];
            let mut taken = Some(owned);
            let child = {
                let taken = &mut taken;
                Forked::start(move || end(how, taken.take().unwrap()))
            };
            match how {
                End::IsKilled => drop(child.signal()),
                _ => assert_eq!(child.end(), 0, "{how:?}"),
            }
            let owned = taken.unwrap();
            owned.check(2);
            assert_eq!(owned.attached.load_u32(4, SeqCst).unwrap(), 1, "{how:?}");
            // Other threads hold at most one of the two; this one is still held.
            assert!(lock.value().unwrap() <= 1, "{how:?}");
            let ids = (owned.memory.id(), owned.set.id(), owned.queue.id());
            owned.guard.release().unwrap();
            drop((owned.attached, owned.read_only));
            drop((owned.memory, owned.set, owned.queue));
            assert!(SharedMemory::from_id(ids.0).unwrap_err().is_not_found());
            assert!(SemaphoreSet::from_id(ids.1).unwrap_err().is_not_found());
            assert!(MessageQueue::from_id(ids.2).unwrap_err().is_not_found());
        }
        drop(over_for_all);
        waiter.join().unwrap().unwrap();
    });
    assert_eq!((lock.value().unwrap(), never.value().unwrap()), (2, 0));
    assert_eq!(shared.status().unwrap().attach_count(), 0);
}

/// Rows N3, N4, S13: a child that was forked while other threads were in calls can make all these calls itself.
#[test]
fn a_child_makes_every_call_itself() {
    if !is_alone(test_name!("a_child_makes_every_call_itself"), &[]) {
        return;
    }
    let lock = semaphore(1);
    let guard = lock.lock().unwrap();
    let code = in_forked_child(|| {
        let time = std::time::Duration::from_millis(2);
        assert!(lock.lock_timeout(time).unwrap_err().is_timed_out());
        let own = semaphore(1);
        let held = own.lock().unwrap();
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        let waited = queue.receive_timeout(Selector::Any, time);
        assert!(waited.unwrap_err().is_timed_out());
        let memory = SharedMemory::builder().fill(3).create_unique().unwrap();
        let memory = RemoveOnDrop::new(memory);
        assert_eq!(memory.attach().unwrap().read_to_vec(..2).unwrap(), [3, 3]);
        held.release().unwrap();
        i32::try_from(own.value().unwrap()).unwrap()
    });
    assert_eq!(code, 1);
    guard.release().unwrap();
    assert_eq!(lock.value().unwrap(), 1);
}

/// Rows P1, N9: parent and child do not draw the same keys, which would collide.
#[test]
fn a_child_draws_other_keys() {
    if !is_alone(test_name!("a_child_draws_other_keys"), &[]) {
        return;
    }
    let drawn = crate::victims::Board::new(8);
    // Initialises the generator before the fork.
    Key::random();
    let draw = |place| {
        let bits = u64::from_str_radix(&Key::random().to_string()[2..], 16).unwrap();
        drawn.number(place).store(bits, SeqCst);
    };
    for place in 0..4 {
        assert_eq!(
            in_forked_child(|| {
                draw(place);
                0
            }),
            0
        );
    }
    (4..8).for_each(draw);
    let mut keys: Vec<u64> = drawn.numbers().collect();
    keys.sort_unstable();
    keys.dedup();
    // The probability that two keys are equal by chance is one in a hundred million.
    assert_eq!(keys.len(), 8);
}
