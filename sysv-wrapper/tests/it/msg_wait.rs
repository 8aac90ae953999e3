//! Waiting for messages and for room: wake-ups, removal, and signals, which neither end a wait nor prolong it. Only
//! Linux shows whether a process sleeps.
#![cfg(target_os = "linux")]

use std::fs;
use std::time::{Duration, Instant};

use crate::support::storm::{TIME, assert_deadlines_hold};
use crate::support::{self, Process, Sleeper, interrupt_until, role, wait_until};
use sysv_ipc::MsgId;
use sysv_wrapper::{
    Deadline, Errno, KeyFile, MessageBuffer, MessageQueue, MessageType, RemoveOnDrop, Result,
    Selector,
};

/// Longer than any test that passes.
const LONG: Duration = Duration::from_secs(100);

fn queue() -> RemoveOnDrop<MessageQueue> {
    RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap())
}

/// Returns a queue with a maximum of 16 bytes, and a message of type 1 with 16 bytes.
fn full_queue() -> RemoveOnDrop<MessageQueue> {
    let made = MessageQueue::builder().max_bytes(16).create_private();
    let queue = RemoveOnDrop::new(made.unwrap());
    queue.send(1, &[7; 16]).unwrap();
    queue
}

/// Returns the queue whose id is this argument.
fn named(word: &str) -> MessageQueue {
    MessageQueue::from_id(word.parse::<MsgId>().unwrap()).unwrap()
}

/// Makes a call that waits on a full queue without a message of type 5.
fn wait_in(call: &str, queue: &MessageQueue) -> Result<()> {
    let mut text = [0; 16];
    let mut buffer = MessageBuffer::with_capacity(16);
    let five = Selector::Exact(5);
    match call {
        "receive" => queue.receive(five).map(drop),
        "receive_timeout" => queue.receive_timeout(five, LONG).map(drop),
        "receive_into" => queue.receive_into(&mut text, five).map(drop),
        "receive_buffer" => queue.receive_buffer(&mut buffer, five),
        "receive_truncated" => queue.receive_truncated(&mut text, five).map(drop),
        "send" => queue.send(5, b"five"),
        "send_timeout" => queue.send_timeout(5, b"five", LONG),
        "send_buffer" => queue.send_buffer(&MessageBuffer::new(5, b"five")),
        other => panic!("no such call: {other}"),
    }
}

/// Sends the id of the thread that is about to wait to another queue.
fn announce(on: &MessageQueue) {
    let thread = fs::read_link("/proc/thread-self").unwrap();
    on.send(1, thread.to_str().unwrap().as_bytes()).unwrap();
}

/// Waits until the announced threads sleep, each in its next call.
fn wait_until_asleep(announced: &MessageQueue, count: usize) {
    for _ in 0..count {
        let message = announced.receive_timeout(Selector::Any, LONG).unwrap();
        let thread = String::from_utf8(message.bytes).unwrap();
        wait_until("a process that sleeps", || {
            let stat = fs::read_to_string(format!("/proc/{thread}/stat")).unwrap();
            stat.rsplit_once(") ").unwrap().1.starts_with('S')
        });
    }
}

/// Runs in a child: waits in a call, and expects that the queue is removed.
fn is_removed_while_waiting(words: &[String]) {
    let (queue, announced) = (named(&words[1]), named(&words[2]));
    announce(&announced);
    let error = wait_in(&words[0], &queue).unwrap_err();
    assert!(error.is_removed(), "{error}");
}

/// Removes a queue while sixteen processes wait in these calls.
fn removal(test: &str, calls: &[&str]) {
    if let Some(words) = role(test) {
        return is_removed_while_waiting(&words);
    }
    let (queue, announced) = (full_queue(), queue());
    let waiters: Vec<_> = (0..16)
        .map(|number| {
            let call = calls[number % calls.len()];
            Process::start(test, &[&call, &queue.id(), &announced.id()])
        })
        .collect();
    wait_until_asleep(&announced, 16);
    assert_eq!(queue.status().unwrap().messages(), 1);
    queue.remove().unwrap();
    waiters.into_iter().for_each(Process::finish);
}

/// Rows C2 and P18. Removal wakes all receivers.
#[test]
fn removal_while_receiving() {
    removal(test_name!("removal_while_receiving"), &["receive"]);
}

/// Rows C2 and N3. Removal ends every timed wait for a message.
#[test]
fn removal_while_receiving_with_a_deadline() {
    removal(
        test_name!("removal_while_receiving_with_a_deadline"),
        &["receive_timeout"],
    );
}

/// Rows C2 and P18. Removal wakes all senders.
#[test]
fn removal_while_sending() {
    removal(test_name!("removal_while_sending"), &["send"]);
}

/// Rows C2 and N3. Removal ends every timed wait for room.
#[test]
fn removal_while_sending_with_a_deadline() {
    removal(
        test_name!("removal_while_sending_with_a_deadline"),
        &["send_timeout"],
    );
}

/// Rows C2 and P18. Removal ends the waits of the other forms too.
#[test]
fn removal_in_the_other_forms() {
    removal(
        test_name!("removal_in_the_other_forms"),
        &[
            "receive_into",
            "receive_buffer",
            "receive_truncated",
            "send_buffer",
        ],
    );
}

/// Row P18. A full queue blocks a sender in another process until it has room.
#[test]
fn a_full_queue_blocks() {
    let test = test_name!("a_full_queue_blocks");
    if let Some(words) = role(test) {
        let (queue, announced) = (named(&words[1]), named(&words[2]));
        announce(&announced);
        return wait_in(&words[0], &queue).unwrap();
    }
    for call in ["send", "send_timeout", "send_buffer"] {
        let (queue, announced) = (full_queue(), queue());
        let mut sender = Process::start(test, &[&call, &queue.id(), &announced.id()]);
        wait_until_asleep(&announced, 1);
        sender.assert_running();
        assert_eq!(queue.status().unwrap().messages(), 1);
        assert_eq!(
            queue.receive(Selector::Any).unwrap().bytes,
            [7; 16],
            "{call}"
        );
        let message = queue.receive_timeout(Selector::Any, LONG).unwrap();
        assert_eq!(
            (message.message_type, &message.bytes[..]),
            (5, &b"five"[..])
        );
        sender.finish();
    }
}

/// Rows P18 and N3. A receiver waits for a matching message, also for one that is longer than its first buffer.
#[test]
fn an_empty_queue_blocks() {
    for length in [0, 64, 8000] {
        let queue = queue();
        let five = Selector::Exact(5);
        let plain = Sleeper::start({
            let queue = queue.clone();
            move || queue.receive(five)
        });
        plain.wait_until_asleep();
        queue.send(4, b"not this").unwrap();
        queue.send(5, &vec![1; length]).unwrap();
        assert_eq!(plain.join().unwrap().bytes, vec![1; length]);
        let timed = Sleeper::start({
            let queue = queue.clone();
            move || queue.receive_timeout(five, LONG)
        });
        timed.wait_until_asleep();
        queue.send(5, &vec![2; length]).unwrap();
        assert_eq!(timed.join().unwrap().bytes, vec![2; length]);
        assert_eq!(queue.status().unwrap().messages(), 1);
    }
}

/// Row N3. An unrepresentable time never ends, and an instant in the past ends immediately.
#[test]
fn odd_deadlines() {
    let queue = queue();
    let waiter = Sleeper::start({
        let queue = queue.clone();
        move || queue.receive_timeout(Selector::Any, Duration::MAX)
    });
    waiter.wait_until_asleep();
    queue.send_timeout(1, b"at last", Duration::MAX).unwrap();
    assert_eq!(waiter.join().unwrap().bytes, b"at last");
    let past = Instant::now();
    queue.send_timeout(1, b"in time", past).unwrap();
    let message = queue.receive_timeout(Selector::Any, past).unwrap();
    assert_eq!(message.bytes, b"in time");
    let error = queue.receive_timeout(Selector::Any, past).unwrap_err();
    assert!(error.is_timed_out());
}

/// Row N3: a timeout is neither early nor, in a process of its own, later than a bare wait.
#[test]
fn signals_do_not_change_the_time() {
    const TEST: &str = test_name!("signals_do_not_change_the_time");
    if role(TEST).is_none() {
        return Process::start(TEST, &[]).finish();
    }
    let queue = full_queue();
    assert_deadlines_hold(|| {
        let (receiving, sending) = ((*queue).clone(), (*queue).clone());
        let five = Selector::Exact(5);
        vec![
            Box::new(move || receiving.receive_timeout(five, TIME).map(drop)),
            Box::new(move || sending.send_timeout(5, b"x", TIME)),
        ]
    });
}

/// Row P18. Signals do not end a wait without a deadline either.
#[test]
fn signals_do_not_end_a_wait() {
    let queue = queue();
    let waiter = Sleeper::start({
        let queue = queue.clone();
        move || queue.receive(Selector::Any)
    });
    waiter.wait_until_asleep();
    let handled = support::signals_handled();
    let sender = Sleeper::start({
        let queue = queue.clone();
        move || {
            wait_until("signals", || support::signals_handled() >= handled + 20);
            queue.send(1, b"during the storm")
        }
    });
    let message = interrupt_until(waiter);
    assert_eq!(message.unwrap().bytes, b"during the storm");
    sender.join().unwrap();
}

/// Row P18. Two processes exchange ten thousand messages: each arrives once, in order.
#[test]
fn ten_thousand_messages() {
    const MESSAGES: u32 = 10_000;
    const THERE: MessageType = 1;
    const BACK: MessageType = 2;
    let test = test_name!("ten_thousand_messages");
    if let Some(words) = role(test) {
        let queue = named(&words[0]);
        let mut buffer = MessageBuffer::with_capacity(8);
        for number in 0..MESSAGES / 2 {
            queue
                .receive_buffer(&mut buffer, Selector::Exact(THERE))
                .unwrap();
            assert_eq!(buffer.bytes(), number.to_ne_bytes());
            buffer.set_message_type(BACK);
            queue.send_buffer(&buffer).unwrap();
        }
        return;
    }
    let queue = queue();
    let other = Process::start(test, &[&queue.id()]);
    for number in 0..MESSAGES / 2 {
        queue.send(THERE, &number.to_ne_bytes()).unwrap();
        let message = queue.receive(Selector::Exact(BACK)).unwrap();
        assert_eq!(message.bytes, number.to_ne_bytes());
    }
    other.finish();
    assert_eq!(queue.status().unwrap().messages(), 0);
}

/// A call that waits, with a deadline of its own.
type Wait = Box<dyn Fn(&MessageQueue) -> Result<()> + Send>;

/// Rows P18, N3: a signal ends interruptible waits, in the kernel and between attempts.
#[test]
fn interruptible_waits_are_interrupted() {
    let queue = full_queue();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    for deadline in [Deadline::never(), LONG.into()] {
        let deadline = deadline.interruptible();
        let five = Selector::Exact(5);
        let waits: [Wait; 8] = [
            Box::new(move |queue| queue.receive_timeout(five, deadline).map(drop)),
            Box::new(move |queue| {
                let received = queue.receive_into_timeout(&mut [0; 8192], five, deadline);
                received.map(drop)
            }),
            Box::new(move |queue| {
                let received = queue.receive_truncated_timeout(&mut [0; 16], five, deadline);
                received.map(drop)
            }),
            Box::new(move |queue| {
                let mut buffer = MessageBuffer::with_capacity(16);
                queue.receive_buffer_timeout(&mut buffer, five, deadline)
            }),
            Box::new(move |queue| queue.send_timeout(5, b"five", deadline)),
            Box::new(move |queue| {
                queue.send_buffer_timeout(&MessageBuffer::new(5, b"five"), deadline)
            }),
            Box::new({
                let path = path.clone();
                move |_| KeyFile::wait(&path, deadline).map(drop)
            }),
            Box::new({
                let path = path.clone();
                move |_| KeyFile::wait_id::<MessageQueue>(&path, deadline).map(drop)
            }),
        ];
        for (number, wait) in waits.into_iter().enumerate() {
            let queue = (*queue).clone();
            let error = interrupt_until(Sleeper::start(move || wait(&queue))).unwrap_err();
            assert!(error.is_interrupted(), "{number}: {error}");
            assert_eq!(error.errno(), Some(Errno::EINTR), "{number}");
        }
    }
    assert_eq!(queue.status().unwrap().messages(), 1);
}

/// Row N3: the maximum is lowered below the length of a message while a process waits to send it: a timed wait fails
/// before its deadline. A wait in the kernel goes on until the maximum is raised, as documented.
#[test]
fn room_that_is_lowered_below_a_message() {
    let waits: [fn(&MessageQueue) -> Result<()>; 2] = [
        |queue| queue.send_timeout(5, &[5; 10], LONG),
        |queue| queue.send_buffer_timeout(&MessageBuffer::new(5, &[5; 10]), LONG),
    ];
    for wait in waits {
        let queue = full_queue();
        let sender = (*queue).clone();
        let waiter = Sleeper::start(move || wait(&sender));
        waiter.wait_until_asleep();
        queue.set_max_bytes(9).unwrap();
        queue.receive(Selector::Any).unwrap();
        let error = waiter.join().unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        let text = "the message has 10 bytes, and the queue holds 9 at most (`max_bytes`)";
        assert!(error.to_string().contains(text), "{error}");
    }
    let queue = full_queue();
    let sender = (*queue).clone();
    let waiter = Sleeper::start(move || sender.send(5, &[5; 10]));
    waiter.wait_until_asleep();
    queue.set_max_bytes(9).unwrap();
    queue.receive(Selector::Any).unwrap();
    let empty = queue.receive_timeout(Selector::Any, Duration::from_millis(20));
    assert!(empty.unwrap_err().is_timed_out());
    queue.set_max_bytes(10).unwrap();
    waiter.join().unwrap();
    assert_eq!(queue.receive(Selector::Any).unwrap().bytes, [5; 10]);
}
