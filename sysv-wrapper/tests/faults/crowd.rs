//! 64 processes, each with thousands of operations of every kind on one set, one queue and one segment, whose totals
//! must be correct at the end.

use std::sync::atomic::AtomicU64;

use sysv_wrapper::*;

use crate::record::{number, record};
use crate::support::SLOWER;
use crate::support::fork::Forked;
use crate::victims::{Board, SeqCst};

const PROCESSES: usize = 64;
/// Number and size of the records in the segment.
const RECORDS: usize = 16;
const LENGTH: usize = 128;

/// The semaphores of the set: a lock, a counter of lent resources, and a counter that each process changes.
const LOCK: usize = 0;
const LENT: usize = 1;
const SUM: usize = 2;
const VALUES: [u16; 3] = [1, 20, 10_000];

/// The counters of each process.
#[derive(Copy, Clone)]
enum Count {
    Sent,
    Received,
    Written,
    /// The balance, relative to this value.
    Balance,
}

const COUNTS: usize = 4;
const BALANCED: u64 = 1 << 32;

struct Crowd {
    /// The number of operations of each process.
    operations: u64,
    set: RemoveOnDrop<SemaphoreSet>,
    queue: RemoveOnDrop<MessageQueue>,
    memory: RemoveOnDrop<SharedMemory>,
    counts: Board,
    /// For each message, the number of times that it has arrived.
    arrived: Board,
    /// The number of increments of the word in the segment.
    added: Board,
}

/// A process, with handles of its own.
struct Member<'a> {
    crowd: &'a Crowd,
    place: usize,
    attached: Attachment,
    lock: Semaphore,
    /// The state of the random generator.
    state: u64,
}

impl Crowd {
    fn new(operations: u64) -> Crowd {
        let memory = SharedMemory::builder().size(8 + RECORDS * LENGTH);
        let memory = memory.init(|bytes| {
            for place in bytes[8..].chunks_mut(LENGTH) {
                place.copy_from_slice(&record(0, LENGTH));
            }
        });
        let crowd = Crowd {
            operations,
            set: crate::support::sem::set(VALUES),
            queue: RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap()),
            memory: RemoveOnDrop::new(memory.create_private().unwrap()),
            counts: Board::new(PROCESSES * COUNTS),
            arrived: Board::new(PROCESSES * usize::try_from(operations).unwrap()),
            added: Board::new(1),
        };
        for place in 0..PROCESSES {
            let balance = crowd.count(place, Count::Balance);
            balance.store(BALANCED, SeqCst);
        }
        crowd
    }

    fn count(&self, place: usize, count: Count) -> &AtomicU64 {
        self.counts.number(place * COUNTS + count as usize)
    }

    fn sum(&self, count: Count) -> u64 {
        (0..PROCESSES)
            .map(|place| self.count(place, count).load(SeqCst))
            .sum()
    }

    /// Records a message that arrived.
    fn note(&self, message: &[u8]) {
        let word = self
            .arrived
            .number(usize::try_from(number(message)).unwrap());
        assert_eq!(word.fetch_add(1, SeqCst), 0, "a message arrived twice");
    }
}

impl Member<'_> {
    /// Returns a pseudo-random number below another.
    fn random(&mut self, below: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % below
    }

    fn count(&self, count: Count) -> &AtomicU64 {
        self.crowd.count(self.place, count)
    }

    fn work(mut self) {
        for _ in 0..self.crowd.operations {
            match self.random(8) {
                0 | 1 => self.send(),
                2 | 3 => self.receive(),
                4 => self.write(),
                5 => self.lend(),
                6 => self.balance(),
                _ => {
                    let word = self.attached.atomic_u64(0).unwrap();
                    word.fetch_add(1, SeqCst);
                    self.crowd.added.number(0).fetch_add(1, SeqCst);
                }
            }
        }
    }

    fn send(&mut self) {
        let count = self.count(Count::Sent).load(SeqCst);
        let message = self.place as u64 * self.crowd.operations + count;
        let length = 16 + usize::try_from(self.random(200)).unwrap();
        let message_type = MessageType::try_from(1 + message % 3).unwrap();
        let sent = self
            .crowd
            .queue
            .try_send(message_type, &record(message, length));
        match sent {
            Ok(()) => self.count(Count::Sent).store(count + 1, SeqCst),
            Err(error) => {
                assert!(error.is_would_block(), "{error}");
                self.receive();
            }
        }
    }

    fn receive(&mut self) {
        let selector = match self.random(3) {
            0 => Selector::Any,
            1 => Selector::Exact(2),
            _ => Selector::UpTo(2),
        };
        match self.crowd.queue.try_receive(selector) {
            Ok(message) => {
                self.crowd.note(&message.bytes);
                self.count(Count::Received).fetch_add(1, SeqCst);
            }
            Err(error) => assert!(error.is_would_block(), "{error}"),
        }
    }

    /// Adds 1 to one of the records, while it holds the lock.
    fn write(&mut self) {
        let place = 8 + LENGTH * usize::try_from(self.random(RECORDS as u64)).unwrap();
        let guard = self.lock.lock().unwrap();
        let old = self.attached.read_to_vec(place..place + LENGTH).unwrap();
        let new = record(number(&old) + 1, LENGTH);
        self.attached.write_at(&new, place).unwrap();
        guard.release().unwrap();
        self.count(Count::Written).fetch_add(1, SeqCst);
    }

    /// Acquires several, and releases them.
    fn lend(&mut self) {
        let amount = u32::try_from(1 + self.random(7)).unwrap();
        let set = &self.crowd.set;
        set.operation().acquire(LENT, amount).undo().run().unwrap();
        set.operation().release(LENT, amount).undo().run().unwrap();
    }

    /// Acquires or releases permanently.
    fn balance(&mut self) {
        let amount = 1 + self.random(3);
        let is_given = self.random(2) == 0;
        let steps = self.crowd.set.operation();
        let few = u32::try_from(amount).unwrap();
        let done = if is_given {
            steps.release(SUM, few).try_run()
        } else {
            steps.acquire(SUM, few).try_run()
        };
        let balance = self.count(Count::Balance);
        match done {
            Ok(()) if is_given => drop(balance.fetch_add(amount, SeqCst)),
            Ok(()) => drop(balance.fetch_sub(amount, SeqCst)),
            // The value is at its minimum or maximum.
            Err(error) => assert!(
                error.is_would_block() || error.kind() == ErrorKind::OutOfRange,
                "{error}"
            ),
        }
    }
}

/// Rows P16, P18, P24, S16, N4: sums, messages and records.
#[test]
fn sixty_four_processes() {
    work_together(2000);
}

#[test]
#[ignore = "takes seconds of processor time"]
fn sixty_four_processes_for_longer() {
    work_together(10_000);
}

fn work_together(operations: u64) {
    let operations = operations / u64::from(SLOWER);
    let crowd = Crowd::new(operations);
    let members: Vec<Forked> = (0..PROCESSES)
        .map(|place| {
            let seed = crate::support::random() | 1;
            Forked::start(|| {
                let member = Member {
                    crowd: &crowd,
                    place,
                    attached: crowd.memory.attach().unwrap(),
                    lock: crowd.set.get(LOCK).unwrap(),
                    state: seed,
                };
                member.work();
                0
            })
        })
        .collect();
    for member in members {
        assert_eq!(member.end(), 0);
    }

    // The set: everything lent is returned, and the rest is the sum of all additions.
    let [lock, lent, sum] = crowd.set.values().unwrap()[..] else {
        unreachable!("it has three");
    };
    assert_eq!([lock, lent], [VALUES[LOCK], VALUES[LENT]]);
    let expected = u64::from(VALUES[SUM]) + crowd.sum(Count::Balance);
    assert_eq!(u64::from(sum), expected - PROCESSES as u64 * BALANCED);

    // The queue: every message once.
    let mut rest = 0;
    while let Ok(message) = crowd.queue.try_receive(Selector::Any) {
        crowd.note(&message.bytes);
        rest += 1;
    }
    let sent = crowd.sum(Count::Sent);
    assert_eq!(sent, crowd.sum(Count::Received) + rest);
    assert_eq!(sent, crowd.arrived.numbers().sum::<u64>());
    for place in 0..PROCESSES {
        let sent = usize::try_from(crowd.count(place, Count::Sent).load(SeqCst)).unwrap();
        let first = place * usize::try_from(operations).unwrap();
        for message in first..first + sent {
            assert_eq!(crowd.arrived.number(message).load(SeqCst), 1);
        }
    }

    // The segment: every record is complete, and none is lost.
    assert_eq!(crowd.memory.status().unwrap().attach_count(), 0);
    let attached = crowd.memory.attach().unwrap();
    let bytes = attached.read_to_vec(8..).unwrap();
    let written: u64 = bytes.chunks(LENGTH).map(number).sum();
    assert_eq!(written, crowd.sum(Count::Written));
    let added = crowd.added.number(0).load(SeqCst);
    assert_eq!(attached.atomic_u64(0).unwrap().load(SeqCst), added);
    assert!(sent > 0 && written > 0 && added > 0);
    println!("{sent} messages, {written} records, {added} additions");
}
