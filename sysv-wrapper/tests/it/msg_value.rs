//! Values as messages, and keys and ids as values.
#![cfg(feature = "values")]

use std::error::Error as _;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::support::{self, Process, role};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sysv_wrapper::{
    ErrorKind, MessageQueue, MessageValue, MsgId, RemoveOnDrop, Selector, UndecodableMessage,
};
#[cfg(feature = "serde")]
use sysv_wrapper::{Key, SemId, ShmId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Remark {
    Greeting,
    Question { text: String, urgent: bool },
    Answer(Vec<f64>, Option<u64>),
}

fn remarks() -> [Remark; 3] {
    [
        Remark::Greeting,
        Remark::Question {
            text: "Four hours to bury a cat?".to_owned(),
            urgent: true,
        },
        Remark::Answer(vec![4.0, f64::MIN_POSITIVE], Some(u64::MAX)),
    ]
}

fn queue() -> RemoveOnDrop<MessageQueue> {
    RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap())
}

/// Row N10. Values are transferred between processes unchanged, in every form.
#[test]
fn between_processes() {
    if let Some(words) = role(test_name!("between_processes")) {
        let queue = MessageQueue::from_id(words[0].parse::<MsgId>().unwrap()).unwrap();
        for _ in remarks() {
            let received = queue.receive_value::<Remark>(Selector::Exact(1)).unwrap();
            queue.send_value(2, &received.value).unwrap();
        }
        return;
    }
    let queue = queue();
    let child = Process::start(test_name!("between_processes"), &[&queue.id()]);
    for remark in remarks() {
        queue.send_value(1, &remark).unwrap();
        let received = queue.receive_value_timeout(Selector::Exact(2), support::DEADLINE);
        let expected = MessageValue {
            message_type: 2,
            value: remark,
        };
        assert_eq!(received.unwrap(), expected);
    }
    child.finish();
}

/// Row N10. The non-blocking forms, and the timed ones.
#[test]
fn full_and_empty() {
    let queue = queue();
    let soon = Duration::from_millis(5);
    let any = Selector::Any;
    let error = queue.try_receive_value::<u32>(any).unwrap_err();
    assert!(error.is_would_block());
    let error = queue.receive_value_timeout::<u32>(any, soon).unwrap_err();
    assert!(error.is_timed_out());
    let error = queue.receive_value_timeout::<u32>(any, Instant::now() + soon);
    assert!(error.unwrap_err().is_timed_out());

    queue.set_max_bytes(4).unwrap();
    queue.try_send_value(1, "abc").unwrap();
    assert!(queue.try_send_value(1, "abc").unwrap_err().is_would_block());
    let error = queue.send_value_timeout(1, &7u8, soon).unwrap_err();
    assert!(error.is_timed_out());
    let error = queue.send_value_timeout(1, &7u8, Instant::now() + soon);
    assert!(error.unwrap_err().is_timed_out());
    assert!(queue.send_value(0, &7u8).unwrap_err().is_invalid_argument());
    assert!(
        queue
            .send_value(1, "abcd")
            .unwrap_err()
            .is_invalid_argument()
    );
    assert_eq!(queue.receive_value::<String>(any).unwrap().value, "abc");
    queue.send_value(1, &()).unwrap();
    queue.receive_value::<()>(any).unwrap();
}

/// Returns the error of receiving a message that is not a `T`.
fn undecodable<T: DeserializeOwned + Debug>(bytes: &[u8]) -> String {
    let queue = queue();
    queue.send(3, bytes).unwrap();
    let error = queue.receive_value::<T>(Selector::Any).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable);
    let source = error.source().unwrap();
    let undecodable = source.downcast_ref::<UndecodableMessage>().unwrap();
    let text = format!("{error:?}");
    if let Some(cause) = undecodable.source() {
        assert!(text.ends_with(&cause.to_string()), "{text}");
    }
    assert_eq!(undecodable.message().message_type, 3);
    assert_eq!(undecodable.message().bytes, bytes);
    assert_eq!(queue.status().unwrap().messages(), 0);
    text
}

/// Row N10. A message that is not a value of the type is removed from the queue, and contained in the error.
#[test]
fn not_that_value() {
    let text = undecodable::<Remark>(&[99]);
    assert!(
        text.contains("type 3 with 1 bytes, which is off the queue"),
        "{text}"
    );
    undecodable::<Remark>(&[]);
    undecodable::<String>(&[200, 1, b'x']);
    undecodable::<bool>(&[7]);
    let text = undecodable::<u8>(&[7, 7]);
    assert!(text.contains(": bytes follow the value"), "{text}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Node(Option<Box<Node>>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Tree {
    Leaf,
    Branch { left: Box<Tree>, right: Box<Tree> },
    List(Vec<Tree>),
}

/// Row N10. A message cannot exhaust the stack by a recursive type.
#[test]
fn nested_too_deep() {
    let text = |text: String| assert!(text.contains("nested deeper than 128 levels"), "{text}");
    text(undecodable::<Node>(&[1; 8000]));
    text(undecodable::<Tree>(&[1; 8000]));
    text(undecodable::<Tree>(&[2, 1].repeat(4000)));
    // A structure and an option are two levels.
    let queue = queue();
    for (depth, is_received) in [(1, true), (63, true), (64, false)] {
        let node = (0..depth).fold(Node(None), |node, _| Node(Some(Box::new(node))));
        queue.send_value(1, &node).unwrap();
        let received = queue.receive_value::<Node>(Selector::Any);
        assert_eq!(received.is_ok(), is_received, "{depth}");
    }
    let tree = || Box::new(Tree::List(vec![Tree::Leaf, Tree::List(vec![])]));
    let tree = Tree::Branch {
        left: tree(),
        right: tree(),
    };
    queue.send_value(1, &tree).unwrap();
    let received = queue.receive_value::<Tree>(Selector::Any).unwrap();
    assert_eq!(received.value, tree);
}

/// Row N10. Elements without bytes are counted too.
#[test]
#[expect(
    clippy::zero_sized_map_values,
    reason = "a map whose entries take no bytes"
)]
fn more_elements_than_bytes() {
    use std::collections::HashMap;
    let text = |text: String| assert!(text.contains("more elements than it has bytes"), "{text}");
    // A quarter of the range of usize.
    let many: &[u8] = if cfg!(target_pointer_width = "64") {
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
    } else {
        &[0x80, 0x80, 0x80, 0x80, 0x04]
    };
    text(undecodable::<Vec<()>>(many));
    text(undecodable::<HashMap<(), ()>>(many));
    text(undecodable::<(u8, Vec<[u8; 0]>)>(&[&[7], many].concat()));
    undecodable::<Vec<u8>>(many);
    undecodable::<String>(many);
    let queue = queue();
    for (count, is_received) in [(3, true), (65_536, true), (70_000, false)] {
        queue.send_value(1, &vec![(); count]).unwrap();
        let received = queue.receive_value::<Vec<()>>(Selector::Any);
        assert_eq!(received.is_ok(), is_received, "{count}");
    }
    let values: HashMap<u8, Vec<Option<u8>>> =
        (0..200).map(|key| (key, vec![Some(key); 10])).collect();
    queue.send_value(1, &values).unwrap();
    let received = queue.receive_value::<HashMap<u8, Vec<Option<u8>>>>(Selector::Any);
    assert_eq!(received.unwrap().value, values);
}

/// Row N10. A value that postcard cannot encode is an argument error, and nothing is sent.
#[test]
fn not_to_be_encoded() {
    struct NoLength;
    impl Serialize for NoLength {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq as _;
            serializer.serialize_seq(None)?.end()
        }
    }
    let queue = queue();
    let error = queue.send_value(1, &NoLength).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert_eq!(queue.status().unwrap().messages(), 0);
}

/// Row N10. Keys are text in human-readable formats, and numbers in others.
#[test]
#[cfg(feature = "serde")]
fn keys() {
    for (text, json) in [
        ("0x8b452857", "\"0x8b452857\""),
        ("42", "\"0x0000002a\""),
        ("0", "\"0x00000000\""),
    ] {
        let key: Key = text.parse().unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), json);
        assert_eq!(serde_json::from_str::<Key>(json).unwrap(), key);
        let binary = postcard::to_allocvec(&key).unwrap();
        assert!(binary.len() <= 10);
        assert_eq!(postcard::from_bytes::<Key>(&binary).unwrap(), key);
        let thin = sysv_ipc::Key::from(key);
        assert_eq!(serde_json::to_string(&thin).unwrap(), json);
        assert_eq!(
            postcard::from_bytes::<sysv_ipc::Key>(&binary).unwrap(),
            thin
        );
    }
    assert_eq!(serde_json::from_str::<Key>("\"7\"").unwrap(), Key::from(7));
    for bad in ["\"0x1ffffffffffffffff\"", "\"cat\"", "\"\"", "null", "7"] {
        assert!(serde_json::from_str::<Key>(bad).is_err(), "{bad}");
    }
    let error = serde_json::from_str::<Key>("7").unwrap_err().to_string();
    assert!(error.contains("expected a key, such as"), "{error}");
    let beyond = postcard::to_allocvec(&(i64::from(i32::MAX) + 1)).unwrap();
    let fits = size_of::<Key>() > size_of::<i32>();
    assert_eq!(postcard::from_bytes::<Key>(&beyond).is_ok(), fits);
}

/// Row N10. Ids are numbers in all formats.
#[test]
#[cfg(feature = "serde")]
fn ids() {
    assert_eq!(serde_json::to_string(&ShmId::from(7)).unwrap(), "7");
    assert_eq!(serde_json::from_str::<ShmId>("7").unwrap(), ShmId::from(7));
    assert_eq!(
        serde_json::from_str::<SemId>("-7").unwrap(),
        SemId::from(-7)
    );
    assert_eq!(serde_json::from_str::<MsgId>("0").unwrap(), MsgId::from(0));
    assert!(serde_json::from_str::<MsgId>("2147483648").is_err());
    let queue = queue();
    queue.send_value(1, &(queue.id(), queue.key())).unwrap();
    let received = queue.receive_value::<(MsgId, Option<Key>)>(Selector::Any);
    assert_eq!(received.unwrap().value, (queue.id(), queue.key()));
}
