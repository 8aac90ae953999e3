//! Peeking at a queue. Some kernels are built without support.

use crate::support;
use sysv_wrapper::{Message, MessageQueue, RemoveOnDrop, Selector};

/// Returns a queue with messages of the types 5, 3 and 4; otherwise prints that `test` is skipped because the kernel
/// does not support peeking.
fn three(test: &str) -> Option<RemoveOnDrop<MessageQueue>> {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(5, b"zero").unwrap();
    queue.send(3, &[1; 5000]).unwrap();
    queue.send(4, b"").unwrap();
    support::sees_messages(test).then_some(queue)
}

/// Row P18. Positions count from 0; there is no message past the end.
#[test]
fn places() {
    let Some(queue) = three(test_name!("places")) else {
        return;
    };
    let message = |message_type, bytes: &[u8]| Message {
        message_type,
        bytes: bytes.to_vec(),
    };
    for _ in 0..2 {
        assert_eq!(queue.peek(0).unwrap(), Some(message(5, b"zero")));
        assert_eq!(queue.peek(1).unwrap(), Some(message(3, &[1; 5000])));
        assert_eq!(queue.peek(2).unwrap(), Some(message(4, b"")));
        assert_eq!(queue.peek(3).unwrap(), None);
        assert_eq!(queue.peek(usize::MAX).unwrap(), None);
    }
    queue.receive(Selector::Any).unwrap();
    assert_eq!(queue.peek(0).unwrap(), Some(message(3, &[1; 5000])));
    assert_eq!(queue.peek(2).unwrap(), None);
}

/// Row P18. Peeking leaves no trace.
#[test]
fn looking_changes_nothing() {
    let Some(queue) = three(test_name!("looking_changes_nothing")) else {
        return;
    };
    let before = queue.status().unwrap();
    assert_eq!(queue.messages().count(), 3);
    queue.peek(7).unwrap();
    let after = queue.status().unwrap();
    assert_eq!(after.messages(), 3);
    assert_eq!(
        (after.receive_time(), after.last_receive_pid()),
        (None, None)
    );
    assert_eq!(after.send_time(), before.send_time());
    assert_eq!(after.last_send_pid(), before.last_send_pid());
    assert_eq!(after.change_time(), before.change_time());
}

/// Row P18. All messages, one after the other, while messages are sent and received.
#[test]
fn listing() {
    let Some(queue) = three(test_name!("listing")) else {
        return;
    };
    let types: Vec<_> = queue.messages().map(|m| m.unwrap().message_type).collect();
    assert_eq!(types, [5, 3, 4]);
    let mut messages = queue.messages();
    assert_eq!(messages.next().unwrap().unwrap().message_type, 5);
    // The position of the next message is now that of the one after it.
    queue.receive(Selector::Exact(5)).unwrap();
    assert_eq!(messages.next().unwrap().unwrap().message_type, 4);
    assert!(messages.next().is_none());
    queue.send(6, b"late").unwrap();
    assert!(messages.next().is_none(), "the iterator has ended");
}

/// Rows P18 and C2. A removed queue.
#[test]
fn a_removed_queue() {
    let Some(queue) = three(test_name!("a_removed_queue")) else {
        return;
    };
    let mut messages = queue.messages();
    queue.remove().unwrap();
    assert!(queue.peek(0).unwrap_err().is_removed());
    assert!(messages.next().unwrap().unwrap_err().is_removed());
    assert!(messages.next().is_none());
}

/// Row P18. The kernel uses the current limit. It does not show a longer message.
#[test]
#[cfg(target_os = "linux")]
fn limits_that_change() {
    use support::namespace::set_sysctl;
    support::in_namespace("limits_that_change", || {
        let Some(queue) = three(test_name!("limits_that_change")) else {
            return;
        };
        set_sysctl("msgmax", 10_000);
        queue.send(6, &[2; 10_000]).unwrap();
        assert_eq!(queue.peek(3).unwrap().unwrap().bytes, [2; 10_000]);
        set_sysctl("msgmax", 4);
        assert_eq!(queue.peek(0).unwrap().unwrap().bytes, b"zero");
        let error = queue.peek(3).unwrap_err();
        assert_eq!(error.kind(), sysv_wrapper::ErrorKind::TooBig);
        assert!(error.to_string().contains("position 3"), "{error}");
    });
}

/// Row P18. In a very long queue only the first messages are counted, and the result is reported as incomplete.
#[test]
#[cfg(target_os = "linux")]
fn more_messages_than_are_looked_at() {
    const TEST: &str = "more_messages_than_are_looked_at";
    support::in_namespace(TEST, || {
        if !support::sees_messages(TEST) {
            return;
        }
        support::namespace::set_sysctl("msgmnb", 65_536);
        let queue = MessageQueue::builder().create_private().unwrap();
        let queue = RemoveOnDrop::new(queue);
        let mut messages = queue.messages();
        assert!(!messages.is_complete());
        assert!(messages.next().is_none() && messages.is_complete());
        for number in 0..9000 {
            queue.send(1 + number % 2, b"").unwrap();
        }
        let counts = queue.count_by_type().unwrap();
        assert!(!counts.is_complete());
        let [one, two] = counts.types() else {
            panic!("{counts:?}");
        };
        assert_eq!((one.messages(), two.messages()), (4096, 4096));
        let mut messages = queue.messages();
        assert_eq!(messages.by_ref().count(), 8192);
        assert!(!messages.is_complete() && messages.next().is_none());
        // A single position can be read anywhere.
        assert_eq!(queue.peek(8999).unwrap().unwrap().message_type, 2);
        while queue.status().unwrap().messages() > 3 {
            queue.receive(Selector::Any).unwrap();
        }
        assert!(queue.count_by_type().unwrap().is_complete());
        let mut messages = queue.messages();
        assert_eq!(messages.by_ref().count(), 3);
        assert!(messages.is_complete());
    });
}
