//! Channels: sending and receiving, keeping and lending, roles, sides that come and go, forks, many messages.

use std::cell::Cell;
use std::time::Duration;

use sysv_wrapper::sync::{
    Area, AreaBuilder, Capacity, Error, Kept, MaxSize, Receiver, Result, Sender,
};
use sysv_wrapper::{ErrorKind, Key, RemoveOnDrop, Semaphore, SemaphoreSet, SharedMemory};

use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, unused_key};

const NAME: &str = "jobs";
const SHORT: Duration = Duration::from_millis(20);

fn builder(capacity: u32) -> AreaBuilder {
    Area::builder()
        .peers(8)
        .channel(NAME, Capacity(capacity), MaxSize(100))
}

/// A private area with a channel, which removes itself.
fn area(capacity: u32) -> RemoveOnDrop<Area> {
    RemoveOnDrop::new(builder(capacity).create_private().unwrap())
}

fn sole(capacity: u32) -> RemoveOnDrop<Area> {
    let builder = builder(capacity).sole_sender(NAME).sole_receiver(NAME);
    RemoveOnDrop::new(builder.create_private().unwrap())
}

fn both(area: &Area) -> (Sender, Receiver) {
    (area.sender(NAME).unwrap(), area.receiver(NAME).unwrap())
}

fn receive(receiver: &Receiver) -> Result<Vec<u8>> {
    let mut message = [0; 100];
    let length = receiver.try_receive(&mut message)?;
    Ok(message[..length].to_vec())
}

fn keep(receiver: &Receiver) -> Kept<'_> {
    receiver.try_receive_kept().unwrap()
}

/// Row Q3: a process is on a side of each channel for itself.
#[test]
fn a_process_sends_to_several_channels() {
    let builder = builder(2).channel("others", Capacity(2), MaxSize(8));
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let (jobs, others) = (
        area.receiver(NAME).unwrap(),
        area.receiver("others").unwrap(),
    );
    let to_jobs = area.sender(NAME).unwrap();
    assert_eq!((jobs.senders(), others.senders()), (Ok(1), Ok(0)));
    let to_others = area.sender("others").unwrap();
    assert_eq!((jobs.senders(), others.senders()), (Ok(1), Ok(1)));
    drop(to_jobs);
    assert_eq!((jobs.senders(), others.senders()), (Ok(0), Ok(1)));
    drop(to_others);
    assert_eq!((jobs.senders(), others.senders()), (Ok(0), Ok(0)));
}

/// Row Q3.
#[test]
fn messages_come_in_order_and_as_they_were() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    assert_eq!((sender.capacity(), sender.max_size()), (4, 100));
    for round in 0..10_u8 {
        let messages = [vec![], vec![round; 1], vec![round; 47], vec![round; 100]];
        for message in &messages {
            sender.send(message).unwrap();
        }
        assert_eq!((sender.fill(), receiver.fill()), (4, 4));
        for message in messages {
            assert_eq!(receive(&receiver).unwrap(), message);
        }
        assert_eq!(receiver.fill(), 0);
    }
}

#[test]
fn each_capacity_is_filled_and_emptied() {
    for (wanted, capacity) in [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8)] {
        let area = area(wanted);
        let (sender, receiver) = both(&area);
        assert_eq!(sender.capacity(), capacity);
        for round in 0..5 {
            let numbers = || (0..).take(capacity);
            for number in numbers() {
                sender.try_send(&[round, number]).unwrap();
            }
            assert_eq!(sender.try_send(b"more"), Err(Error::WouldBlock));
            assert_eq!(
                sender.send_timeout(b"more", Duration::ZERO),
                Err(Error::TimedOut)
            );
            assert_eq!(sender.send_timeout(b"more", SHORT), Err(Error::TimedOut));
            for number in numbers() {
                assert_eq!(receive(&receiver).unwrap(), [round, number]);
            }
            assert_eq!(receive(&receiver), Err(Error::WouldBlock));
            let mut message = [0; 100];
            for wait in [Duration::ZERO, SHORT] {
                let received = receiver.receive_timeout(&mut message, wait);
                assert_eq!(received, Err(Error::TimedOut));
            }
        }
    }
}

/// Row Q3.
#[test]
fn a_message_that_does_not_fit_stays() {
    let area = area(2);
    let (sender, receiver) = both(&area);
    let too_long = Err(Error::TooLong { max: 100 });
    assert_eq!(sender.send(&[0; 101]), too_long);
    assert_eq!(sender.loan(101).unwrap_err(), Error::TooLong { max: 100 });
    sender.send(b"hello").unwrap();
    let mut short = [0; 4];
    let needed = Err(Error::TooSmall { needed: 5 });
    assert_eq!(receiver.receive(&mut short), needed);
    assert_eq!(receiver.receive_timeout(&mut short, SHORT), needed);
    assert_eq!(receiver.try_receive(&mut short), needed);
    let kept = keep(&receiver);
    assert_eq!(kept.copy_to(&mut short), needed);
    assert_eq!(kept.read_at(&mut short, 2), Err(Error::OutOfBounds));
    kept.read_at(&mut short, 1).unwrap();
    assert_eq!(short, *b"ello");
    drop(kept);
    assert_eq!(receive(&receiver).unwrap(), b"hello");
}

/// Row Q3.
#[test]
fn a_kept_message_is_no_others_and_goes_back() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    let (sent, outcome) = sender.send_many(["one", "two", "three", "four"]);
    assert_eq!((sent, outcome), (4, Ok(())));
    let one = keep(&receiver);
    let two = keep(&receiver);
    assert!(!one.is_redelivered() && !two.is_redelivered());
    assert_eq!((one.len(), one.is_empty()), (3, false));
    assert_eq!(receive(&receiver).unwrap(), b"three");
    // What is kept takes room.
    assert_eq!(sender.try_send(b"five"), Err(Error::WouldBlock));
    drop(two);
    two_is_back(&receiver);
    one.done().unwrap();
    sender.try_send(b"five").unwrap();
    assert_eq!(receive(&receiver).unwrap(), b"four");
    assert_eq!(receive(&receiver).unwrap(), b"five");
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
}

fn two_is_back(receiver: &Receiver) {
    let two = keep(receiver);
    assert!(two.is_redelivered());
    assert_eq!(two.redeliveries(), 1);
    assert_eq!(two.to_vec().unwrap(), b"two");
    two.done().unwrap();
}

/// Row Q3.
#[test]
fn a_message_that_always_goes_back_is_dropped() {
    let area = area(1);
    let (sender, receiver) = both(&area);
    sender.send(b"poison").unwrap();
    for times in 0..16 {
        assert_eq!(keep(&receiver).redeliveries(), times);
    }
    let error = receiver.try_receive_kept().unwrap_err();
    assert_eq!(error, Error::Undeliverable);
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    sender.try_send(b"next").unwrap();
    assert_eq!(receive(&receiver).unwrap(), b"next");
}

/// Row Q3.
#[test]
fn a_loan_is_written_in_pieces_and_sent_or_not() {
    let area = area(2);
    let (sender, receiver) = both(&area);
    for _ in 0..5 {
        let mut first = sender.loan(5).unwrap();
        sender.send(b"second").unwrap();
        assert_eq!(receive(&receiver), Err(Error::WouldBlock));
        first.write_at(b"llo", 2).unwrap();
        first.write_at(b"he", 0).unwrap();
        assert_eq!(first.write_at(b"lo", 4), Err(Error::OutOfBounds));
        assert_eq!(first.write_at(b"lo", usize::MAX), Err(Error::OutOfBounds));
        assert_eq!((first.len(), first.is_empty()), (5, false));
        assert_eq!(format!("{first:?}"), "Loan { len: 5, .. }");
        first.commit().unwrap();
        assert_eq!(receive(&receiver).unwrap(), b"hello");
        assert_eq!(receive(&receiver).unwrap(), b"second");

        let aborted = sender.loan(5).unwrap();
        sender.send(b"follows").unwrap();
        drop(aborted);
        assert_eq!(receive(&receiver).unwrap(), b"follows");
        assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    }
    // A sender that finds an aborted slot frees it itself.
    drop((sender.loan(1).unwrap(), sender.loan(1).unwrap()));
    sender.try_send(b"a").unwrap();
    sender.try_send(b"b").unwrap();
    assert_eq!(sender.try_send(b"c"), Err(Error::WouldBlock));
    assert_eq!(sender.loan_timeout(1, SHORT).unwrap_err(), Error::TimedOut);
    assert_eq!(receive(&receiver).unwrap(), b"a");
    sender.loan_timeout(1, DEADLINE).unwrap().commit().unwrap();
    assert_eq!(sender.try_loan(1).unwrap_err(), Error::WouldBlock);

    let area = sole(2);
    let mut sender = area.sole_sender(NAME).unwrap();
    for _ in 0..2 {
        let loan = sender.loan_timeout(3, DEADLINE).unwrap();
        assert_eq!(loan.len(), 3);
        loan.commit().unwrap();
    }
    assert_eq!(sender.try_loan(3).unwrap_err(), Error::WouldBlock);
    let mut receiver = area.sole_receiver(NAME).unwrap();
    let mut into = [0; 100];
    assert_eq!(receiver.receive_timeout(&mut into, DEADLINE), Ok(3));
    let kept = receiver.receive_kept_timeout(DEADLINE).unwrap();
    assert_eq!(format!("{kept:?}"), "Kept { len: 3, redeliveries: 0, .. }");
    kept.done().unwrap();
    assert_eq!(
        receiver.receive_timeout(&mut into, SHORT),
        Err(Error::TimedOut)
    );
    assert_eq!(
        receiver.receive_kept_timeout(SHORT).unwrap_err(),
        Error::TimedOut
    );
    assert_eq!(sender.send_many([b"one", b"two"]), (2, Ok(())));
    assert_eq!(
        format!("{sender:?}"),
        format!("SoleSender {{ channel: {NAME:?}, fill: 2, .. }}")
    );
    assert_eq!(sender.loan_timeout(3, SHORT).unwrap_err(), Error::TimedOut);
}

#[test]
fn draining_takes_what_is_there() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    assert_eq!(receiver.drain(|_| unreachable!()), Ok(0));
    let messages: [&[u8]; 4] = [b"", b"a", b"bbbb", b"cc"];
    let (sent, outcome) = sender.send_many(messages);
    assert_eq!((sent, outcome), (4, Ok(())));
    let mut found = Vec::new();
    let count = receiver.drain(|message| found.push(message.to_vec()));
    assert_eq!(
        (count, found),
        (Ok(4), messages.map(<[u8]>::to_vec).to_vec())
    );
    let too_long = [&[0; 3][..], &[0; 101]];
    let outcome = sender.send_many(too_long);
    assert_eq!(outcome, (1, Err(Error::TooLong { max: 100 })));
}

/// Row Q3.
/// The sole receiver and the sole sender post no token when they have slept: there is no other to wake, and their next wait
/// would take it in vain.
#[test]
fn a_sole_side_that_slept_leaves_no_token() {
    let area = sole(1);
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    // Behind the leases, the nonce and the departures.
    let [messages, room] = [10, 11].map(|member| set.get(member).unwrap());
    let mut sender = area.sole_sender(NAME).unwrap();
    let mut receiver = area.sole_receiver(NAME).unwrap();
    let waiting = std::thread::spawn(move || {
        receiver.receive(&mut [0; 100]).unwrap();
        receiver
    });
    wait_for_waiters(&messages, 1);
    sender.send(b"one").unwrap();
    let mut receiver = waiting.join().unwrap();
    assert_eq!(messages.value().unwrap(), 0);

    sender.send(b"two").unwrap();
    let waiting = std::thread::spawn(move || {
        sender.send(b"three").unwrap();
        sender
    });
    wait_for_waiters(&room, 1);
    receiver.receive(&mut [0; 100]).unwrap();
    let _sender = waiting.join().unwrap();
    assert_eq!(room.value().unwrap(), 0);
}

/// Row Q3.
/// Rule 12.
#[test]
fn a_role_is_held_by_one() {
    let shared = area(4);
    let area = sole(4);
    for error in [
        area.sender(NAME).unwrap_err(),
        area.receiver(NAME).unwrap_err(),
        shared.sole_sender(NAME).unwrap_err(),
        shared.sole_receiver(NAME).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert!(error.to_string().contains(NAME), "{error}");
    }
    let mut sender = area.sole_sender(NAME).unwrap();
    let mut receiver = area.sole_receiver(NAME).unwrap();
    assert_eq!(area.sole_sender(NAME).unwrap_err().kind(), ErrorKind::Busy);
    let error = area.sole_receiver(NAME).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let sender = area.sole_sender(NAME).unwrap_err();
        let receiver = area.sole_receiver(NAME).unwrap_err();
        i32::from((sender.kind(), receiver.kind()) != (ErrorKind::Busy, ErrorKind::Busy))
    });
    assert_eq!(code, 0);
    let mut message = [0; 100];
    for round in 0..20_u8 {
        sender.send(&[round; 3]).unwrap();
        sender.send(&[round; 4]).unwrap();
        if round % 3 == 0 {
            drop(sender);
            sender = area.sole_sender(NAME).unwrap();
        }
        assert_eq!(receiver.receive(&mut message[..3]), Ok(3));
        assert_eq!(message[..3], [round; 3]);
        if round % 4 == 0 {
            drop(receiver);
            receiver = area.sole_receiver(NAME).unwrap();
        }
        let needed = Err(Error::TooSmall { needed: 4 });
        assert_eq!(receiver.try_receive(&mut message[..3]), needed);
        assert_eq!(receiver.try_receive(&mut message), Ok(4));
    }
    assert_eq!(receiver.try_receive(&mut message), Err(Error::WouldBlock));
    assert_eq!((sender.fill(), sender.capacity()), (0, 4));
    for _ in 0..4 {
        sender.try_send(b"x").unwrap();
    }
    assert_eq!(sender.try_send(b"x"), Err(Error::WouldBlock));
    assert_eq!(sender.send_timeout(b"x", SHORT), Err(Error::TimedOut));
    assert_eq!(receiver.drain(|message| assert_eq!(message, b"x")), Ok(4));
}

#[test]
fn the_only_ones_lend_and_keep_too() {
    let area = sole(2);
    let mut sender = area.sole_sender(NAME).unwrap();
    let mut receiver = area.sole_receiver(NAME).unwrap();
    drop(sender.loan(3).unwrap());
    let mut loan = sender.loan(3).unwrap();
    loan.write_at(b"two", 0).unwrap();
    loan.commit().unwrap();
    let kept = receiver.try_receive_kept().unwrap();
    assert!(!kept.is_redelivered());
    drop(kept);
    drop(receiver);
    let mut receiver = area.sole_receiver(NAME).unwrap();
    let kept = receiver.try_receive_kept().unwrap();
    assert!(kept.is_redelivered());
    assert_eq!(kept.to_vec().unwrap(), b"two");
    kept.done().unwrap();
    let error = receiver.try_receive_kept().unwrap_err();
    assert_eq!(error, Error::WouldBlock);
}

/// Row Q3.
/// Rule 10.
#[test]
fn the_last_of_a_side_shows_to_the_other() {
    let area = area(2);
    let receiver = area.receiver(NAME).unwrap();
    // Never before the first.
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    assert_eq!(receiver.senders(), Ok(0));
    let sender = area.sender(NAME).unwrap();
    assert_eq!((receiver.senders(), sender.receivers()), (Ok(1), Ok(1)));
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    let clone = sender.clone();
    drop(sender);
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    clone.send(b"last").unwrap();
    drop(clone);
    assert_eq!(receive(&receiver).unwrap(), b"last");
    assert_eq!(receive(&receiver), Err(Error::Disconnected));
    let mut message = [0; 100];
    assert_eq!(receiver.receive(&mut message), Err(Error::Disconnected));
    let kept = receiver.receive_kept_timeout(DEADLINE).unwrap_err();
    assert_eq!(kept, Error::Disconnected);

    // One that comes later is there.
    let sender = area.sender(NAME).unwrap();
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    drop(receiver);
    sender.try_send(b"room is left").unwrap();
    sender.try_send(b"room is left").unwrap();
    assert_eq!(sender.try_send(b"none"), Err(Error::Disconnected));
    assert_eq!(sender.send(b"none"), Err(Error::Disconnected));

    // Messages that are left show that a sender was there; without, a new pair waits for each other.
    drop(sender);
    let receiver = area.receiver(NAME).unwrap();
    assert!(receive(&receiver).is_ok() && receive(&receiver).is_ok());
    assert_eq!(receive(&receiver), Err(Error::Disconnected));
    drop(receiver);
    let receiver = area.receiver(NAME).unwrap();
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
    drop(receiver);
    let sender = area.sender(NAME).unwrap();
    sender.try_send(b"1").unwrap();
    sender.try_send(b"2").unwrap();
    assert_eq!(sender.try_send(b"3"), Err(Error::WouldBlock));
}

/// Row Q3.
/// The count of departures is restarted before it passes the maximum of a semaphore, by one that joins and by one that leaves.
#[test]
fn the_count_of_departures_is_restarted() {
    /// Behind eight leases and the nonce; the first parking member comes next.
    const DEPARTURES: u16 = 9;

    let area = area(4);
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let value = |member: u16| set.get(member.into()).unwrap().value().unwrap();
    let sender = area.sender(NAME).unwrap();
    sysv_ipc::semctl_setval(set.id(), DEPARTURES, 16_384).unwrap();
    let child = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let receiver = area.receiver(NAME).unwrap();
        i32::from(receiver.receive(&mut [0; 100]) != Err(Error::Disconnected))
    });
    wait_for_waiters(&set.get(usize::from(DEPARTURES) + 1).unwrap(), 1);
    assert!(value(DEPARTURES) < 10_000);
    sysv_ipc::semctl_setval(set.id(), DEPARTURES, 32_767).unwrap();
    drop(sender);
    assert_eq!(child.end(), 0);
    assert!(value(DEPARTURES) < 10_000);
}

/// Row Q3.
/// Processes that wait when the last of the other side goes, or dies.
#[test]
fn all_that_wait_are_told() {
    for killed in [false, true] {
        for receivers in [true, false] {
            let area = area(1);
            let semaphore = || Semaphore::builder().value(0).create_private().unwrap();
            let go = RemoveOnDrop::new(semaphore());
            let end = RemoveOnDrop::new(semaphore());
            let wait = || {
                Forked::start(|| {
                    let area = Area::from_id(area.id()).unwrap();
                    let outcome = if receivers {
                        let receiver = area.receiver(NAME).unwrap();
                        go.release().unwrap();
                        receiver.receive(&mut [0; 100]).map(drop)
                    } else {
                        let sender = area.sender(NAME).unwrap();
                        go.release().unwrap();
                        sender.send(b"one").and_then(|()| sender.send(b"two"))
                    };
                    i32::from(outcome != Err(Error::Disconnected))
                })
            };
            let mut other = Forked::start(|| {
                let area = Area::from_id(area.id()).unwrap();
                let _receiver = (!receivers).then(|| area.receiver(NAME).unwrap());
                let _sender = receivers.then(|| area.sender(NAME).unwrap());
                go.release().unwrap();
                end.acquire().unwrap();
                0
            });
            go.acquire_timeout(DEADLINE).unwrap();
            let waiting: Vec<_> = (0..3).map(|_| wait()).collect();
            go.acquire_by(3).unwrap();
            other.assert_running();
            if killed {
                drop(other);
            } else {
                end.release().unwrap();
                assert_eq!(other.end(), 0);
            }
            for child in waiting {
                assert_eq!(child.end(), 0, "killed: {killed}, receivers: {receivers}");
            }
        }
    }
}

/// Row Q3.
#[test]
fn a_forked_child_does_nothing_with_what_it_got() {
    let area = area(2);
    let (sender, receiver) = both(&area);
    sender.send(b"kept").unwrap();
    let kept = Cell::new(Some(keep(&receiver)));
    let loan = Cell::new(Some(sender.loan(4).unwrap()));
    let handles = Cell::new(Some((sender.clone(), receiver.clone())));
    let code = in_forked_child(|| {
        let kept = kept.take().unwrap();
        assert_eq!(kept.to_vec(), Err(Error::Forked));
        drop(kept);
        let mut loan = loan.take().unwrap();
        assert_eq!(loan.write_at(b"x", 0), Err(Error::Forked));
        assert_eq!(loan.commit(), Err(Error::Forked));
        assert_eq!(sender.send(b"x"), Err(Error::Forked));
        assert_eq!(receive(&receiver), Err(Error::Forked));
        assert_eq!(receiver.drain(|_| ()), Err(Error::Forked));
        drop(handles.take());
        0
    });
    assert_eq!(code, 0);
    let kept = kept.take().unwrap();
    assert_eq!(kept.to_vec().unwrap(), b"kept");
    kept.done().unwrap();
    let mut loan = loan.take().unwrap();
    loan.write_at(b"loan", 0).unwrap();
    loan.commit().unwrap();
    assert_eq!(receive(&receiver).unwrap(), b"loan");
}

#[test]
fn what_the_dead_had_is_swept() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    sender.send(b"one").unwrap();
    sender.send(b"two").unwrap();
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let (sender, receiver) = both(&area);
        std::mem::forget(receiver.receive_kept().unwrap());
        std::mem::forget(sender.loan(5).unwrap());
        std::mem::forget((area, sender, receiver));
        0
    });
    assert_eq!(code, 0);
    sender.send(b"after").unwrap();
    // A call that has something to do does not look.
    assert_eq!(receive(&receiver).unwrap(), b"two");
    let kept = receiver.receive_kept_timeout(DEADLINE).unwrap();
    assert_eq!(kept.to_vec().unwrap(), b"one");
    assert!(kept.is_redelivered());
    kept.done().unwrap();
    assert_eq!(receive(&receiver).unwrap(), b"after");
    assert_eq!(receive(&receiver), Err(Error::WouldBlock));
}

/// Rule 5: a receiver that always finds messages, and so never waits.
#[test]
fn a_busy_receiver_finds_what_a_dead_one_had() {
    // Beyond one turn, the sender would find it.
    let area = area(4096);
    let (sender, receiver) = both(&area);
    sender.send(b"one").unwrap();
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let receiver = area.receiver(NAME).unwrap();
        std::mem::forget(receiver.receive_kept().unwrap());
        std::mem::forget((area, receiver));
        0
    });
    assert_eq!(code, 0);
    let mut redelivered = 0;
    for _ in 0..3000 {
        sender.send(b"two").unwrap();
        let kept = receiver.receive_kept().unwrap();
        if kept.is_redelivered() {
            assert_eq!(kept.to_vec().unwrap(), b"one");
            redelivered += 1;
        }
        kept.done().unwrap();
    }
    assert_eq!(redelivered, 1);
    assert_eq!(receive(&receiver).unwrap(), b"two");
}

#[test]
fn threads_share_handles() {
    const COUNT: u32 = 5_000;
    let area = area(4);
    let (sender, receiver) = both(&area);
    let sum = std::thread::scope(|scope| {
        for number in 0..3 {
            let sender = sender.clone();
            scope.spawn(move || {
                for message in 1..=COUNT {
                    sender.send(&self::message(number, message)).unwrap();
                }
            });
        }
        drop(sender);
        let receiving = [0; 2].map(|_| {
            scope.spawn(|| {
                let (mut sum, mut message) = (0, [0; 8]);
                loop {
                    match receiver.receive(&mut message) {
                        Ok(_) => sum += u64::from_ne_bytes(message) & 0xffff_ffff,
                        Err(error) => {
                            assert_eq!(error, Error::Disconnected);
                            return sum;
                        }
                    }
                }
            })
        });
        receiving.map(|thread| thread.join().unwrap())
    });
    let each = u64::from(COUNT) * (u64::from(COUNT) + 1) / 2;
    assert_eq!(sum.iter().sum::<u64>(), 3 * each);
}

#[test]
fn a_role_of_the_dead_is_free() {
    let area = sole(4);
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let mut sender = area.sole_sender(NAME).unwrap();
        sender.send(b"one").unwrap();
        let mut receiver = area.sole_receiver(NAME).unwrap();
        std::mem::forget(receiver.receive_kept().unwrap());
        std::mem::forget((sender, receiver));
        std::mem::forget(area);
        0
    });
    assert_eq!(code, 0);
    let mut sender = area.sole_sender(NAME).unwrap();
    let mut receiver = area.sole_receiver(NAME).unwrap();
    sender.send(b"two").unwrap();
    let one = receiver.receive_kept().unwrap();
    assert_eq!(one.to_vec().unwrap(), b"one");
    assert!(one.is_redelivered());
    one.done().unwrap();
    let two = receiver.receive_kept().unwrap();
    assert_eq!(two.to_vec().unwrap(), b"two");
    assert!(!two.is_redelivered());
}

/// Rule 2: who was taken for dead takes nothing from others, and gives nothing to them.
#[test]
fn a_peer_whose_lease_was_cleared_has_lost_what_it_held() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    sender.send(b"one").unwrap();
    sender.send(b"two").unwrap();
    let kept = keep(&receiver);
    let mut loan = sender.loan(4).unwrap();
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let leases = set.values().unwrap();
    let slot = leases.iter().position(|value| *value != 0).unwrap();
    sysv_ipc::semctl_setval(set.id(), u16::try_from(slot).unwrap(), 0).unwrap();
    // What the memory says is still ours.
    assert_eq!(kept.to_vec().unwrap(), b"one");
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let (sender, receiver) = both(&area);
        // Taking part has looked who is alive.
        let again = receiver.try_receive_kept().unwrap();
        assert!(again.is_redelivered());
        assert_eq!(again.to_vec().unwrap(), b"one");
        again.done().unwrap();
        assert_eq!(receive(&receiver).unwrap(), b"two");
        sender.send(b"three").unwrap();
        0
    });
    assert_eq!(code, 0);
    assert_eq!(kept.to_vec(), Err(Error::LeaseLost));
    assert_eq!(kept.done(), Err(Error::LeaseLost));
    assert_eq!(loan.write_at(b"four", 0), Err(Error::LeaseLost));
    assert_eq!(loan.commit(), Err(Error::LeaseLost));
    // What needs no look goes on; what does, says it.
    assert_eq!(receive(&receiver).unwrap(), b"three");
    assert_eq!(receive(&receiver), Err(Error::LeaseLost));
    assert_eq!(receiver.receive(&mut [0; 100]), Err(Error::LeaseLost));
    // Opened again it is another peer.
    let again = Area::from_id(area.id()).unwrap();
    let (sender, receiver) = both(&again);
    sender.send(b"five").unwrap();
    assert_eq!(receive(&receiver).unwrap(), b"five");
}

#[test]
fn a_removed_area_ends_waits() {
    let key = Key::from(unused_key());
    let area = RemoveOnDrop::new(builder(1).create(key).unwrap());
    let ready = RemoveOnDrop::new(Semaphore::builder().value(0).create_private().unwrap());
    let waiting = Forked::start(|| {
        let area = Area::open(key).unwrap();
        let receiver = area.receiver(NAME).unwrap();
        ready.release().unwrap();
        i32::from(receiver.receive(&mut [0; 100]) != Err(Error::Removed))
    });
    ready.acquire().unwrap();
    area.remove().unwrap();
    assert_eq!(waiting.end(), 0);
    assert!(area.sender(NAME).unwrap_err().is_removed());
    assert!(area.receiver(NAME).unwrap_err().is_removed());
}

/// Row Q3.
#[cfg(feature = "values")]
#[test]
fn values_come_as_they_were() {
    let area = area(4);
    let (sender, receiver) = both(&area);
    let value = ("sweep".to_owned(), Some(7_u32), vec![1_u8, 2]);
    sender.send_value(&value).unwrap();
    sender.try_send_value(&value).unwrap();
    sender.send_value_timeout(&value, SHORT).unwrap();
    assert_eq!(receiver.receive_value(), Ok(value.clone()));
    assert_eq!(receiver.try_receive_value(), Ok(value.clone()));
    let kept = keep(&receiver);
    assert_eq!(kept.value::<u64>(), Err(Error::Undecodable));
    assert_eq!(kept.value(), Ok(value));
    kept.done().unwrap();
    sender.send(&[255; 100]).unwrap();
    let error = receiver.receive_value::<String>();
    assert_eq!(error, Err(Error::Undecodable));
    let error = receiver.receive_value_timeout::<String>(SHORT);
    assert_eq!(error, Err(Error::TimedOut));
    let too_long = sender.send_value(&"x".repeat(200));
    assert_eq!(too_long, Err(Error::TooLong { max: 100 }));

    let area = sole(4);
    let mut sender = area.sole_sender(NAME).unwrap();
    let mut receiver = area.sole_receiver(NAME).unwrap();
    sender.send_value("one").unwrap();
    sender.try_send_value("two").unwrap();
    sender.send_value_timeout("three", SHORT).unwrap();
    assert_eq!(receiver.receive_value(), Ok("one".to_owned()));
    assert_eq!(receiver.try_receive_value(), Ok("two".to_owned()));
    let three = receiver.receive_value_timeout(DEADLINE);
    assert_eq!(three, Ok("three".to_owned()));
    let error = receiver.try_receive_value::<String>();
    assert_eq!(error, Err(Error::WouldBlock));
}

/// What a message says: who sent it, and which one it is.
fn message(sender: u32, number: u32) -> [u8; 8] {
    (u64::from(sender) << 32 | u64::from(number)).to_ne_bytes()
}

/// So many senders send so many messages each, to so many receivers; each message comes once, and in order for each sender.
fn all_come_once_and_in_order(capacity: u32, senders: u32, receivers: u32, count: u32) {
    let area = area(capacity);
    // The ends, and the sums, of what each receiver got.
    let totals = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_private().unwrap());
    let totals = totals.attach().unwrap();
    let receive = |receiver: u32| {
        let area = Area::from_id(area.id()).unwrap();
        let channel = area.receiver(NAME).unwrap();
        let mut last = vec![0; senders as usize];
        let (mut received, mut sum) = (0_u64, 0_u64);
        let mut message = [0; 8];
        loop {
            match channel.receive(&mut message) {
                Ok(8) => {}
                Ok(_) => return 1,
                Err(Error::Disconnected) => break,
                Err(_) => return 2,
            }
            let message = u64::from_ne_bytes(message);
            let number = message & 0xffff_ffff;
            let sender = usize::try_from(message >> 32).unwrap();
            let Some(last) = last.get_mut(sender) else {
                return 3;
            };
            if number <= *last {
                return 4;
            }
            *last = number;
            received += 1;
            sum += number;
        }
        let at = receiver as usize * 16;
        totals.write_value(&received, at).unwrap();
        totals.write_value(&sum, at + 8).unwrap();
        0
    };
    let send = |sender: u32| {
        let area = Area::from_id(area.id()).unwrap();
        let channel = area.sender(NAME).unwrap();
        for number in 1..=count {
            channel.send(&message(sender, number)).unwrap();
        }
        0
    };
    // Holds the side until all have come.
    let holder = area.sender(NAME).unwrap();
    let receiving: Vec<_> = (0..receivers)
        .map(|receiver| Forked::start(|| receive(receiver)))
        .collect();
    let sending: Vec<_> = (0..senders)
        .map(|sender| Forked::start(|| send(sender)))
        .collect();
    for child in sending {
        assert_eq!(child.end(), 0);
    }
    drop(holder);
    for child in receiving {
        assert_eq!(child.end(), 0);
    }
    let total = |at: usize| -> u64 {
        let each = (0..receivers as usize).map(|receiver| receiver * 16 + at);
        each.map(|at| totals.read_value::<u64>(at).unwrap()).sum()
    };
    let (senders, count) = (u64::from(senders), u64::from(count));
    assert_eq!(total(0), senders * count);
    assert_eq!(total(8), senders * (count * (count + 1) / 2));
}

#[test]
fn many_messages_from_one_to_one() {
    all_come_once_and_in_order(64, 1, 1, 100_000);
}

/// Row Q3.
#[test]
fn many_messages_from_two_to_two() {
    all_come_once_and_in_order(64, 2, 2, 50_000);
}

/// Row Q3.
#[test]
fn few_slots_and_several_processes() {
    for capacity in [1, 2, 4] {
        all_come_once_and_in_order(capacity, 2, 2, 2_000);
        all_come_once_and_in_order(capacity, 1, 3, 2_000);
        all_come_once_and_in_order(capacity, 3, 1, 2_000);
    }
}

#[test]
#[ignore = "minutes"]
fn a_hundred_million_messages() {
    all_come_once_and_in_order(1024, 1, 1, 100_000_000);
    all_come_once_and_in_order(1024, 2, 2, 50_000_000);
    for capacity in [1, 2, 4] {
        all_come_once_and_in_order(capacity, 2, 2, 1_000_000);
    }
}
