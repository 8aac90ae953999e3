//! Message types: the message that `msgtyp` selects, and the range of types.

use std::ffi::c_long;

use crate::support::{Msg, expect_errno};
use sysv_ipc::*;

const NOTHING: MsgRcvFlags = MsgRcvFlags::empty();
const NOWAIT: MsgRcvFlags = MsgRcvFlags::NOWAIT;
const SEND: MsgSndFlags = MsgSndFlags::NOWAIT;

fn send(queue: &Msg, mtype: c_long, text: &[u8]) {
    msgsnd_bytes(queue.id, mtype, text, SEND).unwrap();
}

/// Receives a message of up to 100 bytes: type and text.
fn receive(queue: &Msg, msgtyp: c_long, flags: MsgRcvFlags) -> Result<(c_long, Vec<u8>)> {
    let mut text = [0; 100];
    let (mtype, length) = msgrcv_bytes(queue.id, &mut text, msgtyp, flags | NOWAIT)?;
    Ok((mtype, text[..length].to_vec()))
}

/// Receives messages by `msgtyp` until there is none, and returns their types.
fn types(queue: &Msg, msgtyp: c_long, flags: MsgRcvFlags) -> Vec<c_long> {
    let mut types = Vec::new();
    loop {
        match receive(queue, msgtyp, flags) {
            Ok((mtype, _)) => types.push(mtype),
            Err(Errno::ENOMSG) => return types,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Returns a queue with a message of each of these types, in this order.
fn queue_of(types: &[c_long]) -> Msg {
    let queue = Msg::private();
    for mtype in types {
        send(&queue, *mtype, mtype.to_string().as_bytes());
    }
    queue
}

/// Row C7: the first message of the type; none for a missing type.
#[test]
fn exact_type() {
    let queue = queue_of(&[4, 3, 2, 3]);
    expect_errno(receive(&queue, 1, NOTHING), Errno::ENOMSG);
    assert_eq!(types(&queue, 3, NOTHING), [3, 3]);
    assert_eq!(types(&queue, 0, NOTHING), [4, 2]);
}

#[test]
fn the_lowest_type_up_to() {
    let queue = queue_of(&[4, 3, 2, 1]);
    assert_eq!(types(&queue, -2, NOTHING), [1, 2]);
    assert_eq!(types(&queue, -2, NOTHING), [0; 0]);
    assert_eq!(types(&queue, 0, NOTHING), [4, 3]);
    // Of one type, the first.
    let queue = Msg::private();
    for text in [b"a", b"b"] {
        send(&queue, 5, text);
    }
    assert_eq!(receive(&queue, -9, NOTHING), Ok((5, b"a".to_vec())));
    assert_eq!(receive(&queue, -9, NOTHING), Ok((5, b"b".to_vec())));
}

/// The amount of the smallest number is out of range; Linux uses the greatest number for it.
#[test]
#[cfg(target_os = "linux")]
fn the_extreme_types() {
    let queue = queue_of(&[c_long::MAX, 1]);
    assert_eq!(types(&queue, c_long::MAX, NOTHING), [c_long::MAX]);
    assert_eq!(types(&queue, c_long::MIN, NOTHING), [1]);
    send(&queue, c_long::MAX, b"");
    assert_eq!(types(&queue, -c_long::MAX, NOTHING), [c_long::MAX]);
}

#[test]
#[cfg(sysv = "MSG_EXCEPT")]
fn every_type_except() {
    let queue = queue_of(&[2, 1, 2, 3]);
    assert_eq!(types(&queue, 2, MsgRcvFlags::EXCEPT), [1, 3]);
    assert_eq!(types(&queue, 0, NOTHING), [2, 2]);
    // For 0 the kernel ignores the flag.
    let queue = queue_of(&[2, 1]);
    assert_eq!(types(&queue, 0, MsgRcvFlags::EXCEPT), [2, 1]);
}

#[test]
fn a_type_that_no_message_can_have() {
    let queue = Msg::private();
    for mtype in [0, -1, -7, c_long::MIN] {
        expect_errno(msgsnd_bytes(queue.id, mtype, b"x", SEND), Errno::EINVAL);
        let message = MsgBuf::new(mtype, b"x");
        expect_errno(msgsnd(queue.id, &message, SEND), Errno::EINVAL);
    }
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 0);
}
