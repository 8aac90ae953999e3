//! SIGKILL of senders and receivers of a channel, at random points: what was sent is received and acknowledged, once unless
//! it says so, whole, and in order.

use std::time::Duration;

use sysv_wrapper::sync::{Area, Capacity, Error, Kept, MaxSize, Receiver, Result, Sender};
use sysv_wrapper::sync::{SoleReceiver, SoleSender};
use sysv_wrapper::{RemoveOnDrop, SemaphoreSet, ShmId};

use crate::alone::is_alone;
use crate::support::fork::Forked;
use crate::support::{random, wait_until};
use crate::victims::{Board, SeqCst};

const NAME: &str = "jobs";
const MAX_SIZE: u32 = 100;
/// How many messages a sender of one number sends, before it takes the next number.
const MESSAGES: usize = 512;

/// What processes note of each message, a bit each.
const BEGUN: u64 = 1;
const SENT: u64 = 2;
const RECEIVED: u64 = 4;
const DONE: u64 = 8;

/// What they count.
const SENDERS: usize = 0;
const RECEIVED_ALL: usize = 1;
const REDELIVERED: usize = 2;
const FAULTS: usize = 3;
/// Where the notes begin, of a message each.
const NOTES: usize = 4;

/// How a receiver that is not killed comes to its end.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum End {
    /// When there is no message.
    Empty,
    /// Never.
    Killed,
}

/// Shared or sole ones.
enum Sends {
    Shared(Sender),
    Sole(Box<SoleSender>),
}

enum Receives {
    Shared(Receiver),
    Sole(Box<SoleReceiver>),
}

impl Sends {
    fn send(&mut self, message: &[u8]) -> Result<()> {
        match (self, random() % 4) {
            (Sends::Shared(sender), 0) => {
                drop(sender.loan(message.len())?);
                sender.send(message)
            }
            (Sends::Shared(sender), 1) => {
                let mut loan = sender.loan(message.len())?;
                loan.write_at(message, 0)?;
                loan.commit()
            }
            (Sends::Shared(sender), _) => sender.send(message),
            (Sends::Sole(sender), _) => sender.send(message),
        }
    }
}

impl Receives {
    fn keep(&mut self, end: End) -> Result<Kept<'_>> {
        match (self, end) {
            (Receives::Shared(receiver), End::Killed) => receiver.receive_kept(),
            (Receives::Shared(receiver), End::Empty) => receiver.try_receive_kept(),
            (Receives::Sole(receiver), End::Killed) => receiver.receive_kept(),
            (Receives::Sole(receiver), End::Empty) => receiver.try_receive_kept(),
        }
    }
}

/// The bytes of a message: who sent it, which one it is, and some that follow from that.
fn message(sender: usize, number: usize) -> Vec<u8> {
    let place = (sender * MESSAGES + number) as u64;
    let mut message = place.to_ne_bytes().to_vec();
    let length = 8 + (place.wrapping_mul(0x9e37_79b9) >> 7) as usize % (MAX_SIZE as usize - 7);
    message.resize(length, place.to_ne_bytes()[0] ^ 0x5a);
    message
}

/// What the processes of one run share.
struct Run {
    area: ShmId,
    board: Board,
    senders: usize,
    is_sole: bool,
}

impl Run {
    fn count(&self, place: usize) {
        self.board.number(place).fetch_add(1, SeqCst);
    }

    /// Notes what became of a message, and returns what was noted before.
    fn note(&self, sender: usize, number: usize, what: u64) -> u64 {
        let place = NOTES + sender * MESSAGES + number;
        self.board.number(place).fetch_or(what, SeqCst)
    }

    fn area(&self) -> Area {
        Area::from_id(self.area).unwrap()
    }

    /// Sends until it is killed, or until there are no numbers left.
    fn send(&self) -> i32 {
        let area = self.area();
        let mut channel = if self.is_sole {
            Sends::Sole(Box::new(area.sole_sender(NAME).unwrap()))
        } else {
            Sends::Shared(area.sender(NAME).unwrap())
        };
        loop {
            let sender = self.board.number(SENDERS).fetch_add(1, SeqCst);
            let sender = usize::try_from(sender).unwrap();
            if sender >= self.senders {
                // Stays, as a peer that has nothing to send.
                loop {
                    std::thread::park();
                }
            }
            for number in 0..MESSAGES {
                self.note(sender, number, BEGUN);
                let message = message(sender, number);
                loop {
                    match channel.send(&message) {
                        Ok(()) => break,
                        // The next receiver is about to come.
                        Err(Error::Disconnected) => {}
                        Err(error) => {
                            println!("{error:?}");
                            self.count(FAULTS);
                            return 1;
                        }
                    }
                }
                self.note(sender, number, SENT);
            }
        }
    }

    /// Receives until it is killed, or to the end.
    fn receive(&self, end: End) -> i32 {
        let area = self.area();
        let mut channel = if self.is_sole {
            Receives::Sole(Box::new(area.sole_receiver(NAME).unwrap()))
        } else {
            Receives::Shared(area.receiver(NAME).unwrap())
        };
        // The next one of each sender, unless it was redelivered.
        let mut next = vec![0; self.senders];
        loop {
            let kept = match channel.keep(end) {
                Ok(kept) => kept,
                Err(Error::Disconnected | Error::WouldBlock) if end == End::Empty => return 0,
                // The next sender is about to come.
                Err(Error::Disconnected) => continue,
                Err(error) => {
                    println!("{error:?}");
                    self.count(FAULTS);
                    return 1;
                }
            };
            let Ok(bytes) = kept.to_vec() else {
                self.count(FAULTS);
                return 2;
            };
            let place = u64::from_ne_bytes(bytes[..8].try_into().unwrap());
            let place = usize::try_from(place).unwrap();
            let (sender, number) = (place / MESSAGES, place % MESSAGES);
            if sender >= self.senders || bytes != message(sender, number) {
                self.count(FAULTS);
                return 3;
            }
            let before = self.note(sender, number, RECEIVED);
            let again = before & RECEIVED != 0;
            if kept.is_redelivered() {
                self.count(REDELIVERED);
            } else if again || number < next[sender] {
                println!("{sender} {number}: again: {again}, next: {}", next[sender]);
                self.count(FAULTS);
            } else {
                next[sender] = number + 1;
            }
            if before & DONE != 0 || before & BEGUN == 0 {
                self.count(FAULTS);
            }
            if !self.is_sole && random() % 50 == 0 {
                // Goes back.
                drop(kept);
                continue;
            }
            if kept.done().is_err() {
                self.count(FAULTS);
            }
            self.note(sender, number, DONE);
            self.count(RECEIVED_ALL);
        }
    }
}

/// Kills as many processes, and looks at what was sent and received.
fn killed(kills: usize, capacity: u32, each: usize, is_sole: bool) {
    let builder = Area::builder().peers(16);
    let mut builder = builder.channel(NAME, Capacity(capacity), MaxSize(MAX_SIZE));
    if is_sole {
        builder = builder.sole_sender(NAME).sole_receiver(NAME);
    }
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let senders = kills * 4 + each;
    let run = Run {
        area: area.id(),
        board: Board::new(NOTES + senders * MESSAGES),
        senders,
        is_sole,
    };
    let at = |place| run.board.number(place).load(SeqCst);
    let start = |sends| {
        Some(Forked::start(|| {
            if sends {
                run.send()
            } else {
                run.receive(End::Killed)
            }
        }))
    };
    let mut processes: Vec<_> = (0..2 * each).map(|number| start(number < each)).collect();
    for _ in 0..kills {
        std::thread::sleep(Duration::from_micros(random() % 2000));
        let victim = usize::try_from(random()).unwrap_or(0) % processes.len();
        // Killed and waited for before the next one takes its place, and its role.
        processes[victim] = None;
        processes[victim] = start(victim < each);
        let received = at(RECEIVED_ALL);
        wait_until("a message after a kill", || {
            at(RECEIVED_ALL) != received || at(SENDERS) > senders as u64
        });
        assert_eq!(at(FAULTS), 0);
    }
    drop(processes);
    // What is left.
    let mut last = Forked::start(|| run.receive(End::Empty));
    assert_eq!(last.code(), Some(0));
    assert_eq!(at(FAULTS), 0);
    let (mut sent, mut missing) = (0, 0);
    for note in run.board.numbers().skip(NOTES) {
        sent += u64::from(note & SENT != 0);
        missing += u64::from(note & SENT != 0 && note & RECEIVED == 0);
    }
    println!(
        "{kills} killed, {sent} sent, {} acknowledged, {missing} missing, {} redelivered",
        at(RECEIVED_ALL),
        at(REDELIVERED)
    );
    assert_eq!(missing, 0);
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let values = set.values().unwrap();
    assert!(
        values[18..20].iter().all(|tokens| *tokens < 100),
        "{values:?}"
    );
}

/// Row Q3.
#[test]
fn senders_and_receivers_are_killed_at_random() {
    const TEST: &str = test_name!("senders_and_receivers_are_killed_at_random");
    if is_alone(TEST, &[]) {
        for capacity in [1, 4, 64] {
            killed(50, capacity, 3, false);
        }
    }
}

/// Row Q3.
#[test]
fn the_only_sender_and_receiver_are_killed_at_random() {
    const TEST: &str = test_name!("the_only_sender_and_receiver_are_killed_at_random");
    if is_alone(TEST, &[]) {
        for capacity in [1, 64] {
            killed(50, capacity, 1, true);
        }
    }
}

#[test]
#[ignore = "takes minutes"]
fn ten_thousand_senders_and_receivers_are_killed_at_random() {
    const TEST: &str = test_name!("ten_thousand_senders_and_receivers_are_killed_at_random");
    if is_alone(TEST, &[]) {
        for capacity in [1, 8, 64] {
            killed(3_334, capacity, 3, false);
        }
        killed(3_000, 8, 1, true);
    }
}
