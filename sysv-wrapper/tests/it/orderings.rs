//! The orderings of `sync` under a weak memory model: Miri executes the crate itself, with threads for processes and with the
//! functions of `kernel` for the calls of the system. It reports copies that race, and threads that wait for ever.
//!
//! Those of parking are executed, but a lost wake-up needs a rare schedule: the model in `protocols::sync_parking` looks for it.
//! `Latest` is not here: its readers copy what a publisher may write, and compare versions afterwards.

mod kernel;

use std::thread;

use sysv_wrapper::RemoveOnDrop;
use sysv_wrapper::sync::{Area, Capacity, MaxSize};

const MESSAGES: u64 = 3;

fn number(bytes: [u8; 16]) -> u64 {
    let [low, high] = [0, 8].map(|at| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap()));
    assert_eq!(low, !high, "a message is torn");
    low
}

fn message(number: u64) -> [u8; 16] {
    let halves = [number, !number].map(u64::to_ne_bytes);
    halves.concat().try_into().unwrap()
}

/// Sends from and to so many threads through a channel of this capacity. Whatever is received is whole, in order, and received
/// once.
fn send(capacity: u32, senders: u64, receivers: u64) {
    let area = Area::builder().channel("jobs", Capacity(capacity), MaxSize(16));
    let area = RemoveOnDrop::new(area.create_private().unwrap());
    let all: Vec<u64> = thread::scope(|scope| {
        for sender in 0..senders {
            let handle = area.sender("jobs").unwrap();
            scope.spawn(move || {
                for at in 0..MESSAGES {
                    handle.send(&message(sender * 100 + at)).unwrap();
                }
            });
        }
        let count = senders * MESSAGES / receivers;
        let start = |_| {
            let receiver = area.receiver("jobs").unwrap();
            scope.spawn(move || {
                let mut latest = vec![None; usize::try_from(senders).unwrap()];
                let mut received = Vec::new();
                for _ in 0..count {
                    let mut into = [0; 16];
                    receiver.receive(&mut into).unwrap();
                    let got = number(into);
                    let before = latest[usize::try_from(got / 100).unwrap()].replace(got);
                    assert!(before < Some(got), "out of order");
                    received.push(got);
                }
                received
            })
        };
        let receivers: Vec<_> = (0..receivers).map(start).collect();
        let received = receivers.into_iter().map(|thread| thread.join().unwrap());
        received.flatten().collect()
    });
    let mut sorted = all;
    sorted.sort_unstable();
    let sent = (0..senders).flat_map(|sender| (0..MESSAGES).map(move |at| sender * 100 + at));
    assert_eq!(sorted, sent.collect::<Vec<_>>());
}

#[core::prelude::v1::test]
fn messages_of_one_sender() {
    send(1, 1, 1);
    send(2, 1, 1);
}

#[core::prelude::v1::test]
fn messages_of_several_senders_to_several_receivers() {
    send(1, 2, 2);
    send(2, 2, 2);
}

#[core::prelude::v1::test]
fn messages_from_and_to_the_sole_side() {
    let area = Area::builder().channel("ticks", Capacity(2), MaxSize(16));
    let area = area.sole_sender("ticks").sole_receiver("ticks");
    let area = RemoveOnDrop::new(area.create_private().unwrap());
    let mut sender = area.sole_sender("ticks").unwrap();
    let mut receiver = area.sole_receiver("ticks").unwrap();
    thread::scope(|scope| {
        scope.spawn(|| (0..5).for_each(|at| sender.send(&message(at)).unwrap()));
        for at in 0..5 {
            let mut into = [0; 16];
            receiver.receive(&mut into).unwrap();
            assert_eq!(number(into), at);
        }
    });
}

#[core::prelude::v1::test]
fn a_message_that_goes_back() {
    let area = Area::builder().channel("jobs", Capacity(2), MaxSize(16));
    let area = RemoveOnDrop::new(area.create_private().unwrap());
    let sender = area.sender("jobs").unwrap();
    sender.send(&message(7)).unwrap();
    let receivers = [(); 2].map(|()| area.receiver("jobs").unwrap());
    thread::scope(|scope| {
        let [first, second] = &receivers;
        scope.spawn(move || {
            if let Ok(kept) = first.try_receive_kept() {
                drop(kept);
            }
        });
        let mut into = [0; 16];
        second.receive(&mut into).unwrap();
        assert_eq!(number(into), 7);
    });
}

#[core::prelude::v1::test]
fn what_a_mutex_protects() {
    const TIMES: u64 = 3;
    let area = Area::builder().mutex_with::<[u64; 2]>("count");
    let area = RemoveOnDrop::new(area.create_private().unwrap());
    let threads = 3;
    thread::scope(|scope| {
        for _ in 0..threads {
            let mutex = area.mutex_with::<[u64; 2]>("count").unwrap();
            scope.spawn(move || {
                for _ in 0..TIMES {
                    let guard = mutex.lock().unwrap();
                    let [first, second] = guard.load();
                    assert_eq!(first, second, "a value is torn");
                    guard.store(&[first + 1, second + 1]);
                }
            });
        }
    });
    let mutex = area.mutex_with::<[u64; 2]>("count").unwrap();
    assert_eq!(mutex.lock().unwrap().load(), [threads * TIMES; 2]);
}
