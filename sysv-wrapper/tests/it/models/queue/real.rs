//! A real queue, through two handles.

use std::time::{Duration, Instant};

use sysv_wrapper::*;

use super::model::Counts;
use super::{Action, Form, Gain, Way};
use crate::models::{Outcome, outcome};

/// A timeout short enough to be used often.
const WHILE: Duration = Duration::from_micros(60);

/// The initial contents of memory that a message is received into.
const BEFORE: u8 = 0xa5;

/// A queue. It is removed on drop.
pub struct Real {
    second: MessageQueue,
    first: RemoveOnDrop<MessageQueue>,
}

impl Real {
    pub fn new() -> Real {
        let first = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        Real {
            second: MessageQueue::from_id(first.id()).unwrap(),
            first,
        }
    }

    /// Returns its maximum number of bytes.
    pub fn room(&self) -> u64 {
        self.first.status().unwrap().max_bytes()
    }

    pub fn counts(&self) -> Outcome<Counts> {
        let status = outcome(self.second.status())?;
        // A pid is recorded together with its time.
        let sent = status.send_time().is_some();
        assert_eq!(status.last_send_pid().is_some(), sent);
        let received = status.receive_time().is_some();
        assert_eq!(status.last_receive_pid().is_some(), received);
        let (messages, bytes) = (status.messages(), status.bytes());
        Ok((messages, bytes, status.max_bytes(), sent, received))
    }

    /// Performs the action through one of the handles.
    pub fn act(&self, second: bool, action: &Action, way: Way) -> Outcome<Gain> {
        let queue: &MessageQueue = if second { &self.second } else { &self.first };
        let nothing = |()| Gain::Nothing;
        let message = |Message {
                           message_type,
                           bytes,
                       }| (message_type, bytes);
        outcome(match action {
            Action::Send(of, text, false, _) => send(queue, *of, &text.bytes(), way).map(nothing),
            Action::Send(of, text, true, _) => {
                let buffer = MessageBuffer::new(*of, &text.bytes());
                send_buffer(queue, &buffer, way).map(nothing)
            }
            Action::Receive(selector, form, _) => {
                let received = receive(queue, *selector, *form, way);
                received.map(|(of, bytes)| Gain::Message(of, bytes))
            }
            Action::Peek(index) => queue.peek(*index).map(|found| {
                let found = found.map(message);
                found.map_or(Gain::Nothing, |(of, bytes)| Gain::Message(of, bytes))
            }),
            Action::Look => {
                let messages = queue.messages().map(|found| found.map(message));
                messages.collect::<Result<_>>().map(Gain::All)
            }
            Action::SetRoom(room) => queue.set_max_bytes(*room).map(nothing),
            Action::Remove => queue.remove().map(nothing),
        })
    }
}

fn send(queue: &MessageQueue, of: MessageType, bytes: &[u8], way: Way) -> Result<()> {
    match way {
        Way::Plain => queue.send(of, bytes),
        Way::Try => queue.try_send(of, bytes),
        Way::Zero => queue.send_timeout(of, bytes, Duration::ZERO),
        Way::Past => queue.send_timeout(of, bytes, Instant::now()),
        Way::Briefly => queue.send_timeout(of, bytes, WHILE),
    }
}

fn send_buffer(queue: &MessageQueue, message: &MessageBuffer, way: Way) -> Result<()> {
    match way {
        Way::Plain => queue.send_buffer(message),
        Way::Try => queue.try_send_buffer(message),
        Way::Zero => queue.send_buffer_timeout(message, Duration::ZERO),
        Way::Past => queue.send_buffer_timeout(message, Instant::now()),
        Way::Briefly => queue.send_buffer_timeout(message, WHILE),
    }
}

/// Receives in one of the forms, and checks the memory beside the message.
fn receive(
    queue: &MessageQueue,
    selector: Selector,
    form: Form,
    way: Way,
) -> Result<(MessageType, Vec<u8>)> {
    match form {
        Form::Whole => {
            let message = receive_whole(queue, selector, way)?;
            Ok((message.message_type, message.bytes))
        }
        Form::Into(room) => {
            let mut bytes = vec![BEFORE; room];
            let received = receive_into(queue, &mut bytes, selector, way);
            cut(bytes, received)
        }
        Form::Truncated(room) => {
            let mut bytes = vec![BEFORE; room];
            let received = receive_truncated(queue, &mut bytes, selector, way);
            cut(bytes, received)
        }
        Form::Buffer(room) => {
            let mut message = MessageBuffer::with_capacity(room);
            message.set_message_type(77);
            message.set_bytes(&b"unchanged"[..room.min(9)]);
            let received = receive_buffer(queue, &mut message, selector, way);
            assert_eq!(message.capacity(), room);
            if received.is_err() {
                assert_eq!(message.message_type(), 77);
                assert_eq!(message.bytes(), &b"unchanged"[..room.min(9)]);
            }
            received.map(|()| (message.message_type(), message.bytes().to_vec()))
        }
    }
}

/// Returns the message in these bytes; the bytes after it must be unchanged.
fn cut(mut bytes: Vec<u8>, received: Result<Received>) -> Result<(MessageType, Vec<u8>)> {
    let length = received.as_ref().map_or(0, |received| received.length);
    assert!(bytes[length..].iter().all(|byte| *byte == BEFORE));
    bytes.truncate(length);
    Ok((received?.message_type, bytes))
}

fn receive_whole(queue: &MessageQueue, selector: Selector, way: Way) -> Result<Message> {
    match way {
        Way::Plain => queue.receive(selector),
        Way::Try => queue.try_receive(selector),
        Way::Zero => queue.receive_timeout(selector, Duration::ZERO),
        Way::Past => queue.receive_timeout(selector, Instant::now()),
        Way::Briefly => queue.receive_timeout(selector, WHILE),
    }
}

fn receive_into(
    queue: &MessageQueue,
    bytes: &mut [u8],
    selector: Selector,
    way: Way,
) -> Result<Received> {
    match way {
        Way::Plain => queue.receive_into(bytes, selector),
        Way::Try => queue.try_receive_into(bytes, selector),
        Way::Zero => queue.receive_into_timeout(bytes, selector, Duration::ZERO),
        Way::Past => queue.receive_into_timeout(bytes, selector, Instant::now()),
        Way::Briefly => queue.receive_into_timeout(bytes, selector, WHILE),
    }
}

fn receive_truncated(
    queue: &MessageQueue,
    bytes: &mut [u8],
    selector: Selector,
    way: Way,
) -> Result<Received> {
    match way {
        Way::Plain => queue.receive_truncated(bytes, selector),
        Way::Try => queue.try_receive_truncated(bytes, selector),
        Way::Zero => queue.receive_truncated_timeout(bytes, selector, Duration::ZERO),
        Way::Past => queue.receive_truncated_timeout(bytes, selector, Instant::now()),
        Way::Briefly => queue.receive_truncated_timeout(bytes, selector, WHILE),
    }
}

fn receive_buffer(
    queue: &MessageQueue,
    message: &mut MessageBuffer,
    selector: Selector,
    way: Way,
) -> Result<()> {
    match way {
        Way::Plain => queue.receive_buffer(message, selector),
        Way::Try => queue.try_receive_buffer(message, selector),
        Way::Zero => queue.receive_buffer_timeout(message, selector, Duration::ZERO),
        Way::Past => queue.receive_buffer_timeout(message, selector, Instant::now()),
        Way::Briefly => queue.receive_buffer_timeout(message, selector, WHILE),
    }
}
