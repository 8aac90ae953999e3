//! SIGKILL of senders and receivers: each message is received complete, and once.

use std::sync::atomic::AtomicU64;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::record::{number, record};
use crate::support::{DEADLINE, random};
use crate::victims::{AT_ONCE, Board, SeqCst, kill};

/// Half of the victims send, the others receive.
const SENDERS: usize = AT_ONCE / 2;
/// Number of messages of a sender before it waits to be killed.
const MOST: u64 = 50_000;

/// Records of sent and received messages.
struct Books {
    /// The number of messages of each sender.
    sent: Board,
    /// For each sender, a bit per message that has arrived.
    arrived: Board,
}

impl Books {
    fn new() -> Books {
        let words = usize::try_from(MOST.div_ceil(64)).unwrap();
        Books {
            sent: Board::new(SENDERS),
            arrived: Board::new(SENDERS * words),
        }
    }

    /// Returns the number of a message, from its sender and its index.
    fn message(sender: usize, count: u64) -> u64 {
        sender as u64 * MOST + count
    }

    /// Records a message that has arrived; panics if it has arrived before.
    fn note(&self, message: &Message) {
        let number = number(&message.bytes);
        let sender = MessageType::try_from(number / MOST).unwrap();
        assert_eq!(message.message_type, sender + 1);
        let bit = 1 << (number % 64);
        let word = self.arrived.number(usize::try_from(number / 64).unwrap());
        assert_eq!(
            word.fetch_or(bit, SeqCst) & bit,
            0,
            "{number} arrived twice"
        );
    }

    fn clear(&self) {
        for place in 0..SENDERS {
            self.sent.number(place).store(0, SeqCst);
        }
        let words = SENDERS * usize::try_from(MOST.div_ceil(64)).unwrap();
        for place in 0..words {
            self.arrived.number(place).store(0, SeqCst);
        }
    }
}

fn send(queue: &MessageQueue, sender: usize, sent: &AtomicU64) {
    let count = sent.load(SeqCst);
    if count >= MOST - 1 {
        std::thread::park();
        return;
    }
    let length = 16 + usize::try_from(random() % 700).unwrap();
    let bytes = record(Books::message(sender, count), length);
    let message_type = MessageType::try_from(sender).unwrap() + 1;
    match random() % 3 {
        0 => queue.send(message_type, &bytes),
        1 => queue.send_timeout(message_type, &bytes, DEADLINE),
        _ => queue.send_buffer(&MessageBuffer::new(message_type, &bytes)),
    }
    .unwrap();
    sent.store(count + 1, SeqCst);
}

/// Row P18: 400 processes. A killed receiver loses the message that it has just received, and no other.
#[test]
fn messages_arrive_once_and_whole() {
    if !is_alone(test_name!("messages_arrive_once_and_whole"), &[]) {
        return;
    }
    let queue = MessageQueue::builder().create_private().unwrap();
    let queue = RemoveOnDrop::new(queue);
    let books = Books::new();
    let work = |place: usize| {
        if place < SENDERS {
            return send(&queue, place, books.sent.number(place));
        }
        let message = match random() % 2 {
            0 => queue.receive(Selector::Any),
            _ => queue.receive_timeout(Selector::Any, DEADLINE),
        };
        books.note(&message.unwrap());
    };
    let mut total = 0;
    kill(400, work, || {
        let mut last = [None; SENDERS];
        while let Ok(message) = queue.try_receive(Selector::Any) {
            books.note(&message);
            // The messages of one sender stay in order.
            let number = Some(number(&message.bytes));
            let sender = usize::try_from(message.message_type).unwrap() - 1;
            assert!(number > last[sender]);
            last[sender] = number;
        }
        let counted: u64 = books.sent.numbers().sum();
        let arrived: u64 = books
            .arrived
            .numbers()
            .map(|word| u64::from(word.count_ones()))
            .sum();
        // A sender may have died before it counted a message, a receiver before it recorded one.
        assert!(
            arrived <= counted + SENDERS as u64,
            "{arrived} of {counted}"
        );
        assert!(
            arrived + (AT_ONCE - SENDERS) as u64 >= counted,
            "{arrived} of {counted}"
        );
        let status = queue.status().unwrap();
        assert_eq!((status.messages(), status.bytes()), (0, 0));
        queue.send(1, b"still usable").unwrap();
        queue.receive(Selector::Exact(1)).unwrap();
        total += arrived;
        books.clear();
    });
    println!("{total} messages arrived");
}
