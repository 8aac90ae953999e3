//! Sending and receiving without waiting: types, lengths, limits, and each form of both.

use std::time::{Duration, Instant};

use sysv_wrapper::{
    ErrorKind, Message, MessageBuffer, MessageQueue, MessageType, Received, RemoveOnDrop, Selector,
};

/// Returns a private queue.
fn queue() -> RemoveOnDrop<MessageQueue> {
    RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap())
}

/// Returns a queue with an empty message of each of these types.
fn with_types(types: &[MessageType]) -> RemoveOnDrop<MessageQueue> {
    let queue = queue();
    for message_type in types {
        queue.send(*message_type, b"").unwrap();
    }
    queue
}

/// Returns the type of the received message.
fn next(queue: &MessageQueue, selector: Selector) -> MessageType {
    queue.try_receive(selector).unwrap().message_type
}

/// Rows P18 and C7. The lowest type up to a number comes first; 4, 3, 2, 1 queued.
#[test]
fn up_to() {
    let queue = with_types(&[4, 3, 2, 1]);
    assert_eq!(next(&queue, Selector::UpTo(2)), 1);
    assert_eq!(next(&queue, Selector::UpTo(2)), 2);
    let none = queue.try_receive(Selector::UpTo(2)).unwrap_err();
    assert!(none.is_would_block());
    assert_eq!(next(&queue, Selector::UpTo(MessageType::MAX)), 3);
    assert_eq!(queue.status().unwrap().messages(), 1);
}

/// Rows P18 and C7. The other ways to select.
#[test]
fn any_exact_and_except() {
    let queue = with_types(&[4, 3, MessageType::MAX, 3, 1]);
    assert_eq!(
        next(&queue, Selector::Exact(MessageType::MAX)),
        MessageType::MAX
    );
    assert_eq!(next(&queue, Selector::Any), 4);
    match queue.try_receive(Selector::Except(3)) {
        Ok(message) => assert_eq!(message.message_type, 1),
        Err(error) => {
            assert!(error.is_unsupported(), "{error}");
            return;
        }
    }
    assert!(
        queue
            .try_receive(Selector::Except(3))
            .unwrap_err()
            .is_would_block()
    );
    assert_eq!(next(&queue, Selector::Exact(3)), 3);
    assert_eq!(next(&queue, Selector::Except(MessageType::MAX)), 3);
}

/// Row P18. Types out of range are refused, since the kernel would interpret them differently.
#[test]
fn types_out_of_range() {
    let queue = with_types(&[5]);
    let soon = Duration::from_millis(1);
    for bad in [0, -1, -2, MessageType::MIN] {
        let mut message = MessageBuffer::new(bad, b"text");
        let mut text = [0; 8];
        for error in [
            queue.send(bad, b"text").unwrap_err(),
            queue.try_send(bad, b"text").unwrap_err(),
            queue.send_timeout(bad, b"text", soon).unwrap_err(),
            queue.send_buffer(&message).unwrap_err(),
            queue.receive(Selector::Exact(bad)).unwrap_err(),
            queue.receive(Selector::UpTo(bad)).unwrap_err(),
            queue.try_receive(Selector::Except(bad)).unwrap_err(),
            queue
                .receive_into(&mut text, Selector::UpTo(bad))
                .unwrap_err(),
            queue
                .receive_buffer(&mut message, Selector::Exact(bad))
                .unwrap_err(),
        ] {
            assert!(error.is_invalid_argument(), "{error}");
            assert_eq!(error.errno(), None);
            let text = error.to_string();
            assert!(
                text.contains(&format!("type is {bad}, and must be from 1 to")),
                "{text}"
            );
        }
    }
    assert_eq!(queue.status().unwrap().messages(), 1);
}

/// Row P18. Empty messages are transferred in every form.
#[test]
fn zero_length() {
    let queue = with_types(&[1, 2, 3]);
    let empty = Message {
        message_type: 1,
        bytes: vec![],
    };
    assert_eq!(queue.receive(Selector::Any).unwrap(), empty);
    let received = queue.receive_into(&mut [], Selector::Any).unwrap();
    assert_eq!(
        received,
        Received {
            message_type: 2,
            length: 0
        }
    );
    let mut message = MessageBuffer::new(9, b"");
    queue.receive_buffer(&mut message, Selector::Any).unwrap();
    assert_eq!((message.message_type(), message.bytes()), (3, &b""[..]));
    queue.send_buffer(&message).unwrap();
    assert_eq!(next(&queue, Selector::Any), 3);
}

/// Rows P18 and C7. A message longer than the buffer stays, unless it may be truncated.
#[test]
fn longer_than_the_buffer() {
    let queue = queue();
    queue.send(7, b"nine byte").unwrap();
    let mut text = [0xee; 8];
    let mut message = MessageBuffer::new(1, b"kept");
    let soon = Duration::from_secs(60);
    for error in [
        queue.receive_into(&mut text, Selector::Any).unwrap_err(),
        queue
            .try_receive_into(&mut text, Selector::Any)
            .unwrap_err(),
        queue
            .receive_into_timeout(&mut text, Selector::Any, soon)
            .unwrap_err(),
        queue
            .receive_buffer(&mut message, Selector::Any)
            .unwrap_err(),
        queue
            .try_receive_buffer(&mut message, Selector::Any)
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::TooBig);
        assert!(
            error.to_string().contains("stays on the queue (E2BIG)"),
            "{error}"
        );
    }
    assert_eq!((text, message.bytes()), ([0xee; 8], &b"kept"[..]));
    assert_eq!(queue.status().unwrap().messages(), 1);
    let received = queue.receive_truncated(&mut text, Selector::Any).unwrap();
    assert_eq!(
        received,
        Received {
            message_type: 7,
            length: 8
        }
    );
    assert_eq!(&text, b"nine byt");
    assert_eq!(queue.status().unwrap().messages(), 0);

    let none = queue.try_receive_truncated(&mut text, Selector::Any);
    assert!(none.unwrap_err().is_would_block());
    let none = queue.receive_truncated_timeout(&mut text, Selector::Any, Duration::ZERO);
    assert!(none.unwrap_err().is_timed_out());
    queue.send(7, b"nine byte").unwrap();
    message.reserve(9);
    queue.receive_buffer(&mut message, Selector::Any).unwrap();
    assert_eq!(message.bytes(), b"nine byte");
}

/// Row P18. Messages of every length up to the maximum arrive as sent, through the stack or not.
#[test]
fn every_length() {
    let queue = queue();
    for length in [1, 8, 4095, 4096, 4097, 8191, 8192] {
        let bytes: Vec<u8> = (0..length)
            .map(|i: u32| i.to_le_bytes()[0] ^ 0x5a)
            .collect();
        queue.send(1, &bytes).unwrap();
        assert_eq!(queue.receive(Selector::Any).unwrap().bytes, bytes);
        queue.send_timeout(1, &bytes, Duration::ZERO).unwrap();
        let message = queue
            .receive_timeout(Selector::Any, Duration::ZERO)
            .unwrap();
        assert_eq!(message.bytes, bytes);
        queue.try_send(1, &bytes).unwrap();
        let mut text = vec![0; bytes.len() + 1];
        let received = queue.try_receive_into(&mut text, Selector::Any).unwrap();
        assert_eq!(&text[..received.length], bytes);
        queue.send_buffer(&MessageBuffer::new(1, &bytes)).unwrap();
        let mut message = MessageBuffer::with_capacity(bytes.len());
        queue.receive_buffer(&mut message, Selector::Any).unwrap();
        assert_eq!(message.bytes(), bytes);
    }
}

/// Row P18. The maximum message length is the current limit.
#[test]
#[cfg(target_os = "linux")]
fn limits_that_change() {
    use crate::support::{self, namespace::set_sysctl};
    support::in_namespace("limits_that_change", || {
        let queue = queue();
        let error = queue.send(1, &[0; 8193]).unwrap_err();
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains("has 8192 (MSGMAX)"), "{error}");
        set_sysctl("msgmax", 1 << 20);
        set_sysctl("msgmnb", 1 << 20);
        queue.set_max_bytes(1 << 20).unwrap();
        for length in [8193, 65_536, 65_537, 300_000, 1 << 20] {
            let bytes = vec![7; length];
            queue.send(1, &bytes).unwrap();
            assert_eq!(queue.receive(Selector::Any).unwrap().bytes, bytes);
        }
        // Lowered below the length of a message on the queue.
        let bytes = vec![8; 200_000];
        queue.send(1, &bytes).unwrap();
        set_sysctl("msgmax", 100);
        let error = queue.send(1, &[0; 101]).unwrap_err();
        assert!(error.to_string().contains("has 100 (MSGMAX)"), "{error}");
        assert_eq!(
            queue.try_receive(Selector::Any).unwrap().bytes,
            vec![8; 200_000]
        );
    });
}

/// Row P18. A message that can never fit the queue is refused immediately, also by the waiting forms.
#[test]
fn longer_than_the_queue() {
    let queue = queue();
    queue.set_max_bytes(100).unwrap();
    queue.send(1, b"not empty").unwrap();
    let bytes = [0; 101];
    let message = MessageBuffer::new(1, &bytes);
    let long = Duration::from_secs(600);
    for error in [
        queue.send(1, &bytes).unwrap_err(),
        queue.try_send(1, &bytes).unwrap_err(),
        queue.send_timeout(1, &bytes, long).unwrap_err(),
        queue
            .send_timeout(1, &bytes, Instant::now() + long)
            .unwrap_err(),
        queue.send_buffer(&message).unwrap_err(),
        queue.try_send_buffer(&message).unwrap_err(),
        queue.send_buffer_timeout(&message, long).unwrap_err(),
    ] {
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("holds 100 at most"), "{error}");
    }
    assert!(
        queue
            .try_send(1, &bytes[..100])
            .unwrap_err()
            .is_would_block()
    );
    queue.set_max_bytes(0).unwrap();
    assert!(queue.send(1, b"").unwrap_err().is_invalid_argument());
}

/// Rows P18 and N3. A full and an empty queue: the non-blocking forms return an error, and the timed ones time out.
#[test]
fn full_and_empty() {
    let queue = queue();
    queue.set_max_bytes(16).unwrap();
    let mut message = MessageBuffer::new(1, &[7; 16]);
    queue.send_buffer(&message).unwrap();
    assert!(queue.try_send(1, b"x").unwrap_err().is_would_block());
    assert!(
        queue
            .try_send_buffer(&message)
            .unwrap_err()
            .is_would_block()
    );
    let time = Duration::from_millis(20);
    let start = Instant::now();
    for result in [
        queue.send_timeout(1, b"x", Duration::ZERO),
        queue.send_timeout(1, b"x", time),
        queue.send_timeout(1, b"x", start + 2 * time),
        queue.send_buffer_timeout(&message, time),
        queue.send_buffer_timeout(&message, start + 4 * time),
    ] {
        let error = result.unwrap_err();
        assert!(error.is_timed_out(), "{error}");
    }
    assert!(start.elapsed() >= 4 * time);

    queue
        .try_receive_buffer(&mut message, Selector::Any)
        .unwrap();
    let start = Instant::now();
    let mut text = [0; 16];
    let any = Selector::Any;
    for error in [
        queue.receive_timeout(any, time).unwrap_err(),
        queue.receive_timeout(any, start + 2 * time).unwrap_err(),
        queue
            .receive_into_timeout(&mut text, any, time)
            .unwrap_err(),
        queue
            .receive_into_timeout(&mut text, any, start + 4 * time)
            .unwrap_err(),
        queue
            .receive_buffer_timeout(&mut message, any, time)
            .unwrap_err(),
        queue
            .receive_buffer_timeout(&mut message, any, start + 6 * time)
            .unwrap_err(),
        queue
            .receive_truncated_timeout(&mut text, any, start)
            .unwrap_err(),
    ] {
        assert!(error.is_timed_out(), "{error}");
    }
    assert!(start.elapsed() >= 6 * time);
    assert!(queue.try_receive(any).unwrap_err().is_would_block());
    assert!(
        queue
            .try_receive_into(&mut text, any)
            .unwrap_err()
            .is_would_block()
    );
    assert!(
        queue
            .try_receive_buffer(&mut message, any)
            .unwrap_err()
            .is_would_block()
    );
}

/// Row P18. A buffer keeps its memory, grows on request, and is written in place.
#[test]
fn buffers() {
    let mut message = MessageBuffer::with_capacity(4);
    assert_eq!(
        (message.message_type(), message.bytes(), message.capacity()),
        (1, &b""[..], 4)
    );
    message.set_bytes(b"a longer text");
    assert!(message.capacity() >= 13);
    message.set_length(8);
    message.bytes_mut()[0] = b'A';
    assert_eq!(message.bytes(), b"A longer");
    message.set_message_type(12);
    assert_eq!(message.clone().message_type(), 12);
    message.reserve(100);
    assert_eq!(
        (message.bytes(), message.capacity()),
        (&b"A longer"[..], 100)
    );
}

/// Rows P18, N6. Linux limits the number of messages on a queue by the same number as the bytes.
#[test]
#[cfg(target_os = "linux")]
fn a_queue_full_of_empty_messages() {
    let queue = MessageQueue::builder().max_bytes(3).create_private();
    let queue = RemoveOnDrop::new(queue.unwrap());
    for _ in 0..3 {
        queue.try_send(1, b"").unwrap();
    }
    let text = "the queue has 3 messages, and holds no more of them than bytes, which are 3";
    for bytes in [&b""[..], b"abc"] {
        let error = queue.try_send(1, bytes).unwrap_err();
        assert!(error.is_would_block(), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        let error = queue.send_timeout(1, bytes, Duration::ZERO).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    // A queue whose bytes are used up is just full.
    queue.receive(Selector::Any).unwrap();
    queue.send(1, b"abc").unwrap();
    queue.receive(Selector::Any).unwrap();
    let error = queue.try_send(1, b"x").unwrap_err().to_string();
    assert!(error.contains("it would have to wait"), "{error}");
    // Also if it has as many messages as bytes.
    let queue = MessageQueue::builder().max_bytes(3).create_private();
    let queue = RemoveOnDrop::new(queue.unwrap());
    for _ in 0..3 {
        queue.try_send(1, b"x").unwrap();
    }
    let error = queue.try_send(1, b"x").unwrap_err().to_string();
    assert!(!error.contains("no more of them"), "{error}");
}
