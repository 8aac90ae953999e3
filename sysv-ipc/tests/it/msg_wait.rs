//! Sending and receiving with a wait, and the ends of waits. The kernel does not count waiters of queues: the tests
//! detect a waiting thread by its state, which only Linux shows.
#![cfg(target_os = "linux")]

use std::ffi::c_long;

use crate::support::{
    self, Msg, Process, Sleeper, expect_errno, interrupt_until, own_pid, role, signals_handled,
};
use sysv_ipc::*;

type Received = Result<(c_long, usize, [u8; 8])>;

/// Starts a thread that waits for a message of up to 8 bytes.
fn receiver(queue: &Msg, msgtyp: c_long) -> Sleeper<Received> {
    let id = queue.id;
    Sleeper::start(move || {
        let mut text = [0; 8];
        let (mtype, length) = msgrcv_bytes(id, &mut text, msgtyp, MsgRcvFlags::empty())?;
        Ok((mtype, length, text))
    })
}

/// Starts a thread that sends 8 bytes, and waits if the queue has no room.
fn sender(queue: &Msg, mtype: c_long) -> Sleeper<Result<()>> {
    let id = queue.id;
    Sleeper::start(move || msgsnd_bytes(id, mtype, b"waiting.", MsgSndFlags::empty()))
}

fn send(queue: &Msg, mtype: c_long, text: &[u8]) {
    msgsnd_bytes(queue.id, mtype, text, MsgSndFlags::NOWAIT).unwrap();
}

/// Returns a queue with a maximum of 16 bytes, which it contains.
fn full_queue() -> Msg {
    let queue = Msg::private();
    let mut stat = msgctl_stat(queue.id).unwrap();
    stat.set_qbytes(16);
    msgctl_set(queue.id, &stat).unwrap();
    send(&queue, 1, &[7; 16]);
    queue
}

#[test]
fn receiving_waits_for_a_message_of_the_type() {
    let queue = Msg::private();
    let two = receiver(&queue, 2);
    two.wait_until_asleep();
    send(&queue, 1, b"one");
    // Still on the queue: the thread waits for another type.
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 1);
    assert!(!two.is_finished());
    send(&queue, 2, b"two");
    assert_eq!(two.join(), Ok((2, 3, *b"two\0\0\0\0\0")));
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 1);
}

#[test]
fn each_message_wakes_one_receiver() {
    let queue = Msg::private();
    let mut receivers: Vec<_> = (0..3).map(|_| receiver(&queue, 0)).collect();
    for receiver in &receivers {
        receiver.wait_until_asleep();
    }
    send(&queue, 9, b"only one");
    support::wait_until("a receiver", || receivers.iter().any(Sleeper::is_finished));
    let done = receivers.iter().position(Sleeper::is_finished).unwrap();
    assert_eq!(receivers.remove(done).join(), Ok((9, 8, *b"only one")));
    for receiver in &receivers {
        receiver.wait_until_asleep();
    }
    queue.remove();
    for receiver in receivers {
        expect_errno(receiver.join(), Errno::EIDRM);
    }
}

/// A message too long for a matching waiter: the waiter gets E2BIG, and the message stays.
#[test]
fn a_waiter_gets_a_message_that_is_too_long() {
    let queue = Msg::private();
    let short = receiver(&queue, 0);
    short.wait_until_asleep();
    send(&queue, 1, b"nine byte");
    expect_errno(short.join(), Errno::E2BIG);
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 1);
}

/// When a waiting thread gets a message, Linux records the id of the thread as the receiver, instead of the process's.
#[test]
fn the_receiver_on_record_may_be_a_thread() {
    let queue = Msg::private();
    let waiter = receiver(&queue, 0);
    waiter.wait_until_asleep();
    let tid = Pid::from_raw(waiter.tid());
    send(&queue, 1, b"handed");
    assert_eq!(waiter.join(), Ok((1, 6, *b"handed\0\0")));
    let recorded = msgctl_stat(queue.id).unwrap().lrpid();
    assert!([tid, own_pid()].contains(&recorded), "{recorded:?}");
    assert_ne!(tid, own_pid());
}

#[test]
fn sending_waits_for_room() {
    let queue = full_queue();
    let waiter = sender(&queue, 2);
    waiter.wait_until_asleep();
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 1);
    let mut text = [0; 16];
    let first = msgrcv_bytes(queue.id, &mut text, 0, MsgRcvFlags::NOWAIT);
    assert_eq!((first, text), (Ok((1, 16)), [7; 16]));
    assert_eq!(waiter.join(), Ok(()));
    let second = msgrcv_bytes(queue.id, &mut text, 0, MsgRcvFlags::NOWAIT);
    assert_eq!((second, &text[..8]), (Ok((2, 8)), &b"waiting."[..]));
}

/// Raising the maximum also lets a sender continue.
#[test]
fn setting_the_room_wakes_a_sender() {
    let queue = full_queue();
    let waiter = sender(&queue, 2);
    waiter.wait_until_asleep();
    let mut stat = msgctl_stat(queue.id).unwrap();
    stat.set_qbytes(24);
    msgctl_set(queue.id, &stat).unwrap();
    assert_eq!(waiter.join(), Ok(()));
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 2);
}

#[test]
fn removal_wakes_all_waiters() {
    let queue = full_queue();
    let receivers = [receiver(&queue, 5), receiver(&queue, 6)];
    let senders = [sender(&queue, 2), sender(&queue, 3)];
    receivers.iter().for_each(Sleeper::wait_until_asleep);
    senders.iter().for_each(Sleeper::wait_until_asleep);
    let id = queue.remove();
    for receiver in receivers {
        expect_errno(receiver.join(), Errno::EIDRM);
    }
    for sender in senders {
        expect_errno(sender.join(), Errno::EIDRM);
    }
    expect_errno(msgctl_stat(id), Errno::EINVAL);
}

/// A handled signal ends the wait with `EINTR`. No message was sent or received.
#[test]
fn a_handled_signal_interrupts() {
    let handled = signals_handled();
    let queue = full_queue();
    expect_errno(interrupt_until(receiver(&queue, 5)), Errno::EINTR);
    expect_errno(interrupt_until(sender(&queue, 5)), Errno::EINTR);
    assert!(signals_handled() >= handled + 2);
    let stat = msgctl_stat(queue.id).unwrap();
    assert_eq!((stat.qnum(), stat.lrpid()), (1, None));
}

/// The forms with a buffer wait and are interrupted in the same way.
#[test]
fn the_buffer_forms_wait_too() {
    let queue = full_queue();
    let id = queue.id;
    let waiter = Sleeper::start({
        let mut message = MsgBuf::new(77, b"kept");
        move || {
            let result = msgrcv(id, &mut message, 5, MsgRcvFlags::empty());
            (result, message)
        }
    });
    let (result, message) = interrupt_until(waiter);
    expect_errno(result, Errno::EINTR);
    assert_eq!((message.mtype(), message.text()), (77, &b"kept"[..]));

    let message = MsgBuf::new(5, b"sent");
    let waiter = Sleeper::start(move || msgsnd(id, &message, MsgSndFlags::empty()));
    waiter.wait_until_asleep();
    let mut message = MsgBuf::with_capacity(16);
    assert_eq!(msgrcv(id, &mut message, 1, MsgRcvFlags::NOWAIT), Ok(16));
    assert_eq!(waiter.join(), Ok(()));
    assert_eq!(msgrcv(id, &mut message, 5, MsgRcvFlags::NOWAIT), Ok(4));
    assert_eq!(message.text(), b"sent");
}

/// Two processes send through a queue that is always nearly full: each message arrives once, and the messages of one
/// process in order.
#[test]
fn nothing_is_lost_between_processes() {
    const MESSAGES: u32 = 500;
    if let Some(words) = role(test_name!("nothing_is_lost_between_processes")) {
        let (id, mtype) = (words[0].parse().unwrap(), words[1].parse().unwrap());
        for number in 0..MESSAGES {
            msgsnd_bytes(id, mtype, &number.to_ne_bytes(), MsgSndFlags::empty()).unwrap();
        }
        return;
    }
    let queue = full_queue();
    let children = [1, 2].map(|mtype: c_long| {
        Process::start(
            test_name!("nothing_is_lost_between_processes"),
            &[&queue.id, &mtype],
        )
    });
    let mut text = [0; 16];
    msgrcv_bytes(queue.id, &mut text, 1, MsgRcvFlags::empty()).unwrap();
    assert_eq!(text, [7; 16]);
    let mut next = [0; 3];
    for _ in 0..2 * MESSAGES {
        let mut number = [0; 4];
        let received = msgrcv_bytes(queue.id, &mut number, 0, MsgRcvFlags::empty());
        let (mtype, length) = received.unwrap();
        let next = &mut next[usize::try_from(mtype).unwrap()];
        assert_eq!((length, u32::from_ne_bytes(number)), (4, *next));
        *next += 1;
    }
    assert_eq!(next, [0, MESSAGES, MESSAGES]);
    children.into_iter().for_each(Process::finish);
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 0);
}
