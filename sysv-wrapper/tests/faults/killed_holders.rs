//! SIGKILL of processes that hold a lock, have undo entries, or have memory attached.

use std::cell::Cell;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::doomed::Doomed;
use crate::record::{number, record};
use crate::support::sem::{SemKey, set};
use crate::support::{DEADLINE, random};
use crate::victims::{AT_ONCE, Board, SeqCst, kill};

const LENGTH: usize = 300;

/// Two slots for a record, and the index of the valid one. A writer fills the other slot, and then makes it valid.
struct Ledger(Attachment);

impl Ledger {
    fn new() -> Ledger {
        let memory = SharedMemory::builder()
            .size(8 + 2 * LENGTH)
            .create_private();
        let ledger = Ledger(memory.unwrap().attach().unwrap());
        ledger.0.remove_when_detached().unwrap();
        ledger.0.write_at(&record(0, LENGTH), 8).unwrap();
        ledger
    }

    fn valid(&self) -> usize {
        usize::try_from(self.0.atomic_u64(0).unwrap().load(SeqCst)).unwrap()
    }

    /// Returns the number of the valid record, which must be complete.
    fn number(&self) -> u64 {
        let mut bytes = [0; LENGTH];
        let place = 8 + LENGTH * self.valid();
        self.0.read_at(&mut bytes, place).unwrap();
        number(&bytes)
    }

    /// Adds 1. The caller holds the lock.
    fn add(&self) {
        let bytes = record(self.number() + 1, LENGTH);
        let other = 1 - self.valid();
        // In pieces, so that a kill can come in between.
        for (piece, at) in bytes.chunks(30).zip((8 + LENGTH * other..).step_by(30)) {
            self.0.write_at(piece, at).unwrap();
        }
        let valid = self.0.atomic_u64(0).unwrap();
        valid.store(other as u64, SeqCst);
    }
}

/// Rows N4, S13: 800 processes that hold guards, or acquired with undo, one semaphore or several.
#[test]
fn what_the_killed_held_is_given_back() {
    const VALUES: [u16; 4] = [1, 5, 3, 0];
    if !is_alone(test_name!("what_the_killed_held_is_given_back"), &[]) {
        return;
    }
    let set = set(VALUES);
    let [lock, _, third, extra] = [0, 1, 2, 3].map(|number| set.get(number).unwrap());
    let (third, extra) = (third.with_undo(true), extra.with_undo(true));
    let ledger = Ledger::new();
    let added = Board::new(1);
    let killed = Cell::new(0);
    let work = |_| match random() % 4 {
        0 | 1 => {
            let guard = match random() % 3 {
                0 => lock.lock().unwrap(),
                1 => lock.lock_timeout(DEADLINE).unwrap(),
                _ => match lock.try_lock() {
                    Err(error) if error.is_would_block() => return,
                    guard => guard.unwrap(),
                },
            };
            ledger.add();
            added.number(0).fetch_add(1, SeqCst);
            guard.release().unwrap();
        }
        2 => {
            let taking = set.operation().acquire(1, 2).undo().acquire(2, 1).undo();
            taking.run_timeout(DEADLINE).unwrap();
            let giving = set.operation().release(2, 1).undo().release(1, 2).undo();
            giving.run().unwrap();
        }
        _ => {
            third.acquire_by(2).unwrap();
            extra.release_by(7).unwrap();
            third.release_by(2).unwrap();
            extra.acquire_by(7).unwrap();
        }
    };
    kill(800, work, || {
        assert_eq!(set.values().unwrap(), VALUES);
        killed.set(killed.get() + AT_ONCE as u64);
        // Each process may have died between writing and counting.
        let (number, counted) = (ledger.number(), added.number(0).load(SeqCst));
        assert!(
            number >= counted && number <= counted + killed.get(),
            "{number} written, {counted} counted"
        );
        drop(lock.try_lock().unwrap());
    });
    assert!(ledger.number() > 0);
}

/// Rows N4, P21: 200 processes that use a lock that the first of them creates.
#[test]
fn a_lock_that_the_killed_made_is_a_lock() {
    if !is_alone(test_name!("a_lock_that_the_killed_made_is_a_lock"), &[]) {
        return;
    }
    let key = SemKey::new();
    let inside = Board::new(1);
    let work = |_| {
        let builder = Semaphore::builder().value(1).wait_for_creator(DEADLINE);
        let lock = builder.create_or_open(key.0);
        let lock = lock.unwrap().into_inner();
        let guard = lock.lock().unwrap();
        // A killed holder has left its number, and no other process holds the lock.
        inside
            .number(0)
            .store(u64::from(std::process::id()), SeqCst);
        for _ in 0..random() % 100 {
            let found = inside.number(0).load(SeqCst);
            assert_eq!(
                found,
                u64::from(std::process::id()),
                "two processes hold the lock"
            );
        }
        drop(guard);
    };
    // Created once at first: `calls.rs` tests a death before the value is set, whose detection takes the whole time
    // limit.
    Semaphore::builder().value(1).create(key.0).unwrap();
    kill(200, work, || {
        let lock = Semaphore::open(key.0).unwrap();
        assert_eq!(lock.value().unwrap(), 1);
        assert_eq!(lock.waiters_for_increase().unwrap(), 0);
    });
}

/// Rows P17, N9: 200 processes that attach, and that create segments which are removed with their process.
#[test]
fn what_the_killed_had_attached_is_detached() {
    if !is_alone(test_name!("what_the_killed_had_attached_is_detached"), &[]) {
        return;
    }
    let memory = SharedMemory::builder().size(50_000).create_private();
    let memory = RemoveOnDrop::new(memory.unwrap());
    let kept = memory.attach().unwrap();
    let keys: [_; AT_ONCE] = std::array::from_fn(|_| Doomed::<SharedMemory>::new());
    let work = |number: usize| {
        let first = memory.attach().unwrap();
        let second = memory.attach_read_only().unwrap();
        first.write_at(&[7; 100], number * 100).unwrap();
        assert_eq!(
            second.read_to_vec(number * 100..number * 100 + 9).unwrap(),
            [7; 9]
        );
        let builder = SharedMemory::builder().fill(b'x').reclaim_abandoned(true);
        let own = builder.create(keys[number].0).unwrap().attach().unwrap();
        own.remove_when_detached().unwrap();
        assert_eq!(own.read_to_vec(..3).unwrap(), b"xxx");
    };
    let mut left = 0;
    kill(200, work, || {
        assert_eq!(memory.status().unwrap().attach_count(), 1);
        for key in &keys {
            // A process that died before the removal call has left its segment, which no process uses.
            let Ok(id) = key.id() else {
                continue;
            };
            let entry = SharedMemory::inspect(id).unwrap();
            let verdict = entry.verdict();
            // Some processes died before they attached the segment.
            assert!(
                matches!(verdict, Verdict::Orphaned | Verdict::Idle),
                "{verdict:?}"
            );
            assert_eq!(entry.status().as_shm().unwrap().attach_count(), 0);
            entry.remove_if_unchanged().unwrap();
            left += 1;
        }
    });
    println!("{left} of 200 left a segment, found as orphaned");
    assert_eq!(kept.read_to_vec(..9).unwrap(), [7; 9]);
}
