//! A message queue as a mailbox: types as priorities and addresses, oversized messages, and deadlines.
//!
//! ```text
//! cargo run -p demos --example mailbox
//! ```

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::Duration;

use sysv_wrapper::{ErrorKind, MessageQueue, MessageType, RemoveOnDrop, Selector};

/// The lower the type, the more urgent the message.
const ALARM: MessageType = 1;
const LETTER: MessageType = 2;
const ADVERTISEMENT: MessageType = 4;
/// An address: messages for the first process.
const ANSWER: MessageType = 10;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        return reader(&MessageQueue::from_id(id.parse::<i32>()?)?);
    }
    let queue = RemoveOnDrop::new(MessageQueue::builder().max_bytes(400).create_private()?);
    queue.send(ADVERTISEMENT, b"slightly used parrots, cheap")?;
    queue.send(LETTER, b"kind regards from the cheese shop")?;
    queue.send(ALARM, b"the penguin has exploded")?;

    // Runs this program again, as a reader.
    let mut reader = Command::new(env::current_exe()?);
    let status = reader.arg(queue.id().to_string()).status()?;
    status.success().then_some(()).ok_or("the reader failed")?;
    let answer = queue.receive_timeout(Selector::Exact(ANSWER), Duration::from_secs(60))?;
    println!("answer: {}", String::from_utf8_lossy(&answer.bytes));

    // A message is received whole or stays on the queue; only `receive_truncated` discards the rest.
    queue.send(
        LETTER,
        b"Dear Sir, I object strongly to the letters on your programme",
    )?;
    let mut short = [0; 26];
    let refused = queue
        .try_receive_into(&mut short, Selector::Any)
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooBig);
    println!("{refused}; {} message stays", queue.status()?.messages());
    queue.try_receive_truncated(&mut short, Selector::Any)?;
    println!("truncated: {}", String::from_utf8_lossy(&short));

    let time = Duration::from_millis(50);
    println!(
        "{}",
        queue.receive_timeout(Selector::Any, time).unwrap_err()
    );
    let spam = b"Spam, spam, spam, egg and spam";
    while queue.try_send(LETTER, spam).is_ok() {}
    println!("{}", queue.send_timeout(LETTER, spam, time).unwrap_err());
    Ok(())
}

/// Receives the most urgent message first, regardless of the order of sending.
fn reader(queue: &MessageQueue) -> Result<(), Box<dyn Error>> {
    for _ in 0..3 {
        let message = queue.try_receive(Selector::UpTo(ADVERTISEMENT))?;
        println!(
            "type {}: {}",
            message.message_type,
            String::from_utf8_lossy(&message.bytes)
        );
    }
    queue.send(ANSWER, b"everything is read")?;
    Ok(())
}
