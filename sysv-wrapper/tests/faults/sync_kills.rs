//! SIGKILL of processes that use a mutex, at random points, while others wait.

use std::time::{Duration, Instant};

use sysv_wrapper::sync::Area;
use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::support::fork::Forked;
use crate::support::{random, wait_until};
use crate::victims::{Board, SeqCst};

/// What the lockers write down.
const LOCKS: usize = 0;
const INSIDE: usize = 1;
const TAKEN_OVER: usize = 2;
const FAULTS: usize = 3;

/// Kills as many lockers, three of which live at a time.
fn lockers_are_killed(kills: u32) {
    let builder = Area::builder().peers(8).mutex("table").mutex("other");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let board = Board::new(4);
    let at = |place| board.number(place);
    let id = area.id();
    let locker = || {
        Forked::start(|| {
            let area = Area::from_id(id).unwrap();
            let mutex = area.mutex("table").unwrap();
            let me = u64::from(std::process::id());
            loop {
                let guard = mutex.lock().unwrap();
                let found = at(INSIDE).swap(me, SeqCst);
                if guard.owner_died() {
                    at(TAKEN_OVER).fetch_add(1, SeqCst);
                    guard.make_consistent();
                } else if found != 0 {
                    at(FAULTS).fetch_add(1, SeqCst);
                }
                for _ in 0..random() % 50 {
                    if at(INSIDE).load(SeqCst) != me {
                        at(FAULTS).fetch_add(1, SeqCst);
                    }
                }
                at(LOCKS).fetch_add(1, SeqCst);
                at(INSIDE).store(0, SeqCst);
                if guard.unlock().is_err() {
                    at(FAULTS).fetch_add(1, SeqCst);
                }
            }
        })
    };
    let mut lockers: [Forked; 3] = std::array::from_fn(|_| locker());
    let mut longest = Duration::ZERO;
    for _ in 0..kills {
        std::thread::sleep(Duration::from_micros(random() % 2000));
        let victim = usize::try_from(random() % 3).unwrap();
        // One of them is killed and waited for when the other one takes its place.
        lockers[victim] = locker();
        let (start, locks) = (Instant::now(), at(LOCKS).load(SeqCst));
        wait_until("a lock after a kill", || at(LOCKS).load(SeqCst) != locks);
        longest = longest.max(start.elapsed());
        assert_eq!(at(FAULTS).load(SeqCst), 0);
    }
    drop(lockers);
    let (locks, taken_over) = (at(LOCKS).load(SeqCst), at(TAKEN_OVER).load(SeqCst));
    println!(
        "{kills} killed, {locks} locks, {taken_over} taken over, {longest:?} at most without a lock"
    );
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let values = set.values().unwrap();
    assert_eq!(values[..8].iter().filter(|value| **value > 0).count(), 1);
    assert!(values[10] < 100, "tokens: {values:?}");
    let mutex = area.mutex("table").unwrap();
    drop(mutex.lock().unwrap());
}

/// Row Q2.
#[test]
fn lockers_are_killed_at_random() {
    if is_alone(test_name!("lockers_are_killed_at_random"), &[]) {
        lockers_are_killed(100);
    }
}

#[test]
#[ignore = "takes minutes"]
fn ten_thousand_lockers_are_killed_at_random() {
    if is_alone(test_name!("ten_thousand_lockers_are_killed_at_random"), &[]) {
        lockers_are_killed(10_000);
    }
}
