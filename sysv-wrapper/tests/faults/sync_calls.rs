//! The system calls of areas: none without contention, and SIGKILL in front of each of the others.

use std::time::Duration;

use sysv_wrapper::sync::{Area, Capacity, MaxSize};
use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::errnos::can_trap;
use crate::killed_anywhere::killed_at_every_call;
use crate::support::DEADLINE;
use crate::support::fork::{Forked, in_forked_child};
use crate::trap::{Plan, calls, trap, with_plan};

/// Row Q2 and the like: 200,000 operations of each type.
#[test]
fn without_contention_there_is_no_system_call() {
    const TEST: &str = test_name!("without_contention_there_is_no_system_call");
    const TIMES: u64 = 200_000;
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let builder = Area::builder().mutex_with::<u64>("number");
    let builder = builder.latest::<[u64; 8]>("quote").event("bell");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let mutex = area.mutex_with::<u64>("number").unwrap();
        let mut publisher = area.publisher::<[u64; 8]>("quote").unwrap();
        let latest = area.latest::<[u64; 8]>("quote").unwrap();
        let event = area.event("bell").unwrap();
        let deadline = DEADLINE;
        trap().unwrap();
        let work = || {
            for number in 0..TIMES {
                let guard = mutex.lock_timeout(deadline).unwrap();
                guard.store(&number);
                drop(guard);
                drop(mutex.try_lock().unwrap());
                publisher.publish(&[number; 8]).unwrap();
                assert_eq!(latest.read().unwrap(), Some(([number; 8], number + 1)));
                event.signal().unwrap();
                event.wait().unwrap();
            }
        };
        let (count, ()) = with_plan(Plan::Count, work);
        println!("{count} calls: {:?}", calls());
        i32::try_from(count).unwrap()
    });
    assert_eq!(code, 0);
}

/// Row Q3: 600,000 messages, beside a process that receives too, but does nothing.
#[test]
fn a_channel_that_is_neither_full_nor_empty_makes_no_system_call() {
    const TEST: &str = test_name!("a_channel_that_is_neither_full_nor_empty_makes_no_system_call");
    const TIMES: u64 = 100_000;
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let size = MaxSize(64);
    let builder = Area::builder().channel("many", Capacity(8), size);
    let builder = builder.channel("one", Capacity(8), size);
    let builder = builder.sole_sender("one").sole_receiver("one");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let (sender, receiver) = (area.sender("many").unwrap(), area.receiver("many").unwrap());
        let mut sole_sender = area.sole_sender("one").unwrap();
        let mut sole_receiver = area.sole_receiver("one").unwrap();
        let mut message = [0; 64];
        trap().unwrap();
        let work = || {
            for number in 0..TIMES {
                let sent = number.to_ne_bytes();
                sender.send_timeout(&sent, DEADLINE).unwrap();
                sender.try_send(&sent).unwrap();
                let mut loan = sender.loan(8).unwrap();
                loan.write_at(&sent, 0).unwrap();
                loan.commit().unwrap();
                drop(sender.loan(8).unwrap());
                assert_eq!(receiver.receive(&mut message), Ok(8));
                assert_eq!(receiver.try_receive(&mut message), Ok(8));
                receiver.receive_kept().unwrap().done().unwrap();
                sole_sender.send(&sent).unwrap();
                assert_eq!(sole_receiver.receive(&mut message), Ok(8));
                sole_sender.send(&sent).unwrap();
                sole_receiver.receive_kept().unwrap().done().unwrap();
                assert_eq!(message[..8], sent);
            }
        };
        let (count, ()) = with_plan(Plan::Count, work);
        println!("{count} calls: {:?}", calls());
        i32::try_from(count).unwrap()
    });
    assert_eq!(code, 0);
}

/// Row Q1.
#[test]
fn an_area_whose_creator_was_killed_at_any_call_of_all() {
    const TEST: &str = test_name!("an_area_whose_creator_was_killed_at_any_call_of_all");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    let builder = || {
        let builder = Area::builder().peers(3).mutex("table").event("bell");
        builder.wait_for_creator(DEADLINE)
    };
    let next = |key| {
        // No process lives that could still do it, so each answer is there at once.
        let opened = builder().create_or_open(key);
        let area = match opened {
            Ok(opened) => opened.into_inner(),
            // Killed between the two steps of a removal.
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
                builder().create_replacing(key).unwrap()
            }
        };
        let area = RemoveOnDrop::new(area);
        let mutex = area.mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        if guard.owner_died() {
            guard.make_consistent();
        }
        drop(guard);
        area.event("bell").unwrap().signal().unwrap();
        drop(area);
        assert!(!SharedMemory::exists(key).unwrap());
        assert!(!SemaphoreSet::exists(key).unwrap());
    };
    killed_at_every_call("create", |key| drop(builder().create(key)), next);
    killed_at_every_call(
        "create_or_open",
        |key| drop(builder().create_or_open(key)),
        next,
    );
    killed_at_every_call(
        "create and remove",
        |key| {
            let area = builder().create(key).unwrap();
            area.remove().unwrap();
        },
        next,
    );
    killed_at_every_call(
        "create and create_replacing",
        |key| {
            std::mem::forget(builder().create(key).unwrap());
            builder().create_replacing(key).unwrap();
        },
        next,
    );
    killed_at_every_call(
        "reclaim what a killed creator left",
        |key| {
            // Killed when it has made the segment and the set.
            let mut half = Forked::start(|| {
                with_plan(Plan::Killed { at: 7 }, || drop(builder().create(key)));
                0
            });
            half.code();
            drop(builder().create_or_open(key));
        },
        next,
    );
    killed_at_every_call(
        "lock, wait in vain, and leave",
        |key| {
            let area = builder().create(key).unwrap();
            let mutex = area.mutex("table").unwrap();
            let guard = mutex.lock().unwrap();
            mutex.lock_timeout(Duration::ZERO).unwrap_err();
            drop(guard);
            area.event("bell").unwrap().try_wait().unwrap_err();
            std::mem::forget(mutex.lock().unwrap());
        },
        next,
    );
}
