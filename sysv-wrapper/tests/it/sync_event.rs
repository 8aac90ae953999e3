//! Events: signals, waiters, deadlines, and the deaths of either.

use std::time::{Duration, Instant};

use sysv_wrapper::sync::{Area, Error, Event};
use sysv_wrapper::*;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, Sleeper, wait_until};

fn area() -> RemoveOnDrop<Area> {
    let builder = Area::builder().peers(4).event("bell");
    RemoveOnDrop::new(builder.create_private().unwrap())
}

fn event(id: ShmId) -> Event {
    Area::from_id(id).unwrap().event("bell").unwrap()
}

/// The parking member, behind four leases, the nonce and the count of departures.
fn parking(area: &Area) -> Semaphore {
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    set.get(6).unwrap()
}

#[test]
fn a_signal_is_taken_once() {
    let area = area();
    let event = event(area.id());
    assert_eq!(event.try_wait(), Err(Error::WouldBlock));
    event.signal().unwrap();
    event.signal().unwrap();
    event.wait_timeout(Duration::ZERO).unwrap();
    assert_eq!(event.try_wait(), Err(Error::WouldBlock));
    let end = Instant::now() + Duration::from_millis(5);
    assert_eq!(event.wait_timeout(end), Err(Error::TimedOut));
    assert!(Instant::now() >= end);
}

/// Row Q5.
#[test]
fn each_signal_lets_one_go() {
    let area = area();
    let event = event(area.id());
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let event = self::event(area.id());
            Sleeper::start(move || event.wait())
        })
        .collect();
    wait_for_waiters(&parking(&area), 3);
    for count in 1..=3 {
        event.signal().unwrap();
        // Another signal before this one is taken would be none.
        wait_until("a waiter that goes", || {
            let finished = waiters.iter().filter(|waiter| waiter.is_finished());
            finished.count() == count
        });
        assert_eq!(
            parking(&area).waiters_for_increase().unwrap(),
            3 - u32::try_from(count).unwrap()
        );
    }
    for waiter in waiters {
        waiter.join().unwrap();
    }
    assert_eq!(event.try_wait(), Err(Error::WouldBlock));
}

/// Row Q5.
#[test]
fn processes_take_turns() {
    const TURNS: u32 = 2000;
    let builder = Area::builder().event("there").event("back");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let id = area.id();
    let child = Forked::start(|| {
        let area = Area::from_id(id).unwrap();
        let (there, back) = (area.event("there").unwrap(), area.event("back").unwrap());
        for _ in 0..TURNS {
            there.wait().unwrap();
            back.signal().unwrap();
        }
        0
    });
    let (there, back) = (area.event("there").unwrap(), area.event("back").unwrap());
    for _ in 0..TURNS {
        there.signal().unwrap();
        back.wait_timeout(DEADLINE).unwrap();
    }
    assert_eq!(child.end(), 0);
}

/// Kills as many waiters, each beside another one, at the time of a signal.
fn waiters_are_killed(kills: u32) {
    let area = area();
    let id = area.id();
    for _ in 0..kills {
        let waiters: Vec<_> = (0..2)
            .map(|_| Forked::start(|| event(id).wait().map_or(1, |()| 0)))
            .collect();
        wait_for_waiters(&parking(&area), 2);
        let [first, second] = waiters.try_into().ok().unwrap();
        let event = event(id);
        // Whichever takes the signal, the other one gets the next, also if the first is killed with a token in its hands.
        event.signal().unwrap();
        drop(first);
        event.signal().unwrap();
        assert_eq!(second.end(), 0);
        let _ = event.try_wait();
    }
}

/// Row Q5.
#[test]
fn a_death_takes_no_wake_up_along() {
    waiters_are_killed(10);
}

/// Row Q5.
#[test]
#[ignore = "minutes"]
fn ten_thousand_deaths_take_no_wake_up_along() {
    waiters_are_killed(10_000);
}

#[test]
fn a_removal_and_a_fork_end_it() {
    let area = area();
    let event = event(area.id());
    let code = in_forked_child(|| {
        assert_eq!(event.signal(), Err(Error::Forked));
        assert_eq!(event.wait(), Err(Error::Forked));
        0
    });
    assert_eq!(code, 0);
    let waiter = Sleeper::start({
        let event = self::event(area.id());
        move || event.wait()
    });
    wait_for_waiters(&parking(&area), 1);
    drop(area);
    assert_eq!(waiter.join(), Err(Error::Removed));
    assert_eq!(event.try_wait(), Err(Error::Removed));
}
