//! `MsgBuf`, and transfers of every length in each form of sending and receiving.

use crate::support::{Msg, expect_errno};
use sysv_ipc::*;

const NOWAIT: MsgRcvFlags = MsgRcvFlags::NOWAIT;

#[test]
fn a_new_one_holds_its_message() {
    let message = MsgBuf::new(7, b"text");
    assert_eq!((message.mtype(), message.text()), (7, &b"text"[..]));
    assert_eq!(message.capacity(), 4);
    let empty = MsgBuf::with_capacity(0);
    assert_eq!(
        (empty.mtype(), empty.text(), empty.capacity()),
        (1, &b""[..], 0)
    );
}

#[test]
fn capacity_is_what_was_asked_for() {
    for capacity in 0..40 {
        let mut message = MsgBuf::with_capacity(capacity);
        assert_eq!((message.capacity(), message.text()), (capacity, &b""[..]));
        message.set_len(capacity);
        assert_eq!(message.text(), vec![0; capacity]);
    }
}

#[test]
fn growing_keeps_type_and_text() {
    let mut message = MsgBuf::new(-3, b"abc");
    message.reserve(2);
    assert_eq!(message.capacity(), 3);
    for capacity in [4, 8, 9, 100, 10_000] {
        message.reserve(capacity);
        assert_eq!(message.capacity(), capacity);
        assert_eq!((message.mtype(), message.text()), (-3, &b"abc"[..]));
    }
    message.set_text(&[5; 15_000]);
    assert_eq!(
        (message.capacity(), message.text()),
        (15_000, &[5; 15_000][..])
    );
    assert_eq!(message.mtype(), -3);
    message.set_text(b"short");
    assert_eq!(
        (message.capacity(), message.text()),
        (15_000, &b"short"[..])
    );
}

/// Added bytes are zeros, or the rest of an earlier text.
#[test]
fn length_alone() {
    let mut message = MsgBuf::new(1, b"abcdef");
    message.set_len(2);
    assert_eq!(message.text(), b"ab");
    message.set_len(4);
    assert_eq!(message.text(), b"abcd");
    message.set_len(9);
    assert_eq!(message.text(), b"abcdef\0\0\0");
    message.set_len(0);
    assert_eq!(message.text(), b"");
}

#[test]
fn text_in_place() {
    let mut message = MsgBuf::with_capacity(3);
    message.set_len(3);
    message.text_mut().copy_from_slice(b"xyz");
    message.text_mut()[1] = b'-';
    assert_eq!(message.text(), b"x-z");
    assert_eq!(message.mtype(), 1, "the type is beside it");
    message.set_mtype(std::ffi::c_long::MIN);
    assert_eq!(message.text(), b"x-z");
}

#[test]
fn a_clone_is_another() {
    let message = MsgBuf::new(2, b"one");
    let mut clone = message.clone();
    clone.text_mut()[0] = b'O';
    clone.set_mtype(3);
    assert_eq!((message.mtype(), message.text()), (2, &b"one"[..]));
    assert_eq!((clone.mtype(), clone.text()), (3, &b"One"[..]));
}

/// A text may be a secret.
#[test]
fn debug_does_not_show_the_text() {
    let text = format!("{:?}", MsgBuf::new(2, b"secret"));
    assert_eq!(text, "MsgBuf { mtype: 2, length: 6, capacity: 6, .. }");
}

/// The kernel can fill the whole capacity, and the buffer records the length.
#[test]
fn receiving_uses_the_whole_capacity() {
    let queue = Msg::private();
    let mut message = MsgBuf::with_capacity(13);
    for length in [13, 0, 12, 1] {
        let text = vec![u8::try_from(length).unwrap(); length];
        msgsnd(queue.id, &MsgBuf::new(5, &text), MsgSndFlags::NOWAIT).unwrap();
        assert_eq!(msgrcv(queue.id, &mut message, 0, NOWAIT), Ok(length));
        assert_eq!((message.mtype(), message.text()), (5, &text[..]));
        assert_eq!(message.capacity(), 13);
    }
    msgsnd(queue.id, &MsgBuf::new(6, &[9; 14]), MsgSndFlags::NOWAIT).unwrap();
    expect_errno(msgrcv(queue.id, &mut message, 0, NOWAIT), Errno::E2BIG);
    assert_eq!(
        (message.mtype(), message.text()),
        (5, &[1][..]),
        "unchanged"
    );
    let cut = NOWAIT | MsgRcvFlags::NOERROR;
    assert_eq!(msgrcv(queue.id, &mut message, 0, cut), Ok(13));
    assert_eq!((message.mtype(), message.text()), (6, &[9; 13][..]));
}

/// Sends and receives in each form, and compares, including the bytes after the text.
fn carry(queue: &Msg, length: usize) {
    let text: Vec<u8> = (0..length).map(|n| (n % 251).to_le_bytes()[0]).collect();
    let message = MsgBuf::new(7, &text);
    for form in 0..8 {
        if form % 2 == 0 {
            msgsnd(queue.id, &message, MsgSndFlags::NOWAIT).unwrap();
        } else {
            msgsnd_bytes(queue.id, 7, &text, MsgSndFlags::NOWAIT).unwrap();
        }
        // With capacity for exactly the text, and with more.
        let spare = (form / 4) * 9;
        if form / 2 % 2 == 0 {
            let mut message = MsgBuf::with_capacity(length + spare);
            assert_eq!(msgrcv(queue.id, &mut message, 7, NOWAIT), Ok(length));
            assert!(message.mtype() == 7 && message.text() == text, "{length}");
        } else {
            let mut room = vec![0xee; length + 9];
            let received = msgrcv_bytes(queue.id, &mut room[..length + spare], 7, NOWAIT);
            assert_eq!(received, Ok((7, length)));
            assert!(
                room[..length] == text && room[length..] == [0xee; 9],
                "{length}"
            );
        }
        // Also into a vector.
        msgsnd(queue.id, &message, MsgSndFlags::NOWAIT).unwrap();
        let (mtype, received) = msgrcv_vec(queue.id, length + spare, 7, NOWAIT).unwrap();
        assert!(mtype == 7 && received == text, "{length}");
    }
}

/// Up to 4 KiB the slices go through the stack, beyond through the heap.
#[test]
fn every_length_arrives() {
    let queue = Msg::private();
    for length in (0..70).chain(4080..4120).chain([8191, 8192]) {
        carry(&queue, length);
    }
}

/// Messages longer than the machine's limit, if the limit can be raised.
#[test]
#[cfg(target_os = "linux")]
fn long_messages_arrive() {
    crate::support::in_namespace("long_messages_arrive", || {
        crate::support::namespace::set_sysctl("msgmax", 1 << 20);
        crate::support::namespace::set_sysctl("msgmnb", 1 << 20);
        let queue = Msg::private();
        for length in [8193, 65_536, 65_537, 1 << 20] {
            carry(&queue, length);
        }
        let beyond = vec![1; (1 << 20) + 1];
        let sent = msgsnd_bytes(queue.id, 1, &beyond, MsgSndFlags::NOWAIT);
        expect_errno(sent, Errno::EINVAL);
    });
}

/// The vector has the length of the text, and a longer text is an error or truncated.
#[test]
fn receiving_into_a_vector() {
    let queue = Msg::private();
    let send = |text: &[u8]| msgsnd_bytes(queue.id, 4, text, MsgSndFlags::NOWAIT).unwrap();
    expect_errno(msgrcv_vec(queue.id, 100, 0, NOWAIT), Errno::ENOMSG);
    send(b"0123456789");
    expect_errno(msgrcv_vec(queue.id, 9, 0, NOWAIT), Errno::E2BIG);
    let cut = NOWAIT | MsgRcvFlags::NOERROR;
    assert_eq!(
        msgrcv_vec(queue.id, 9, 0, cut),
        Ok((4, b"012345678".to_vec()))
    );
    send(b"");
    assert_eq!(msgrcv_vec(queue.id, 8192, 4, NOWAIT), Ok((4, vec![])));
    send(b"0");
    assert_eq!(msgrcv_vec(queue.id, 0, 0, cut), Ok((4, vec![])));
    expect_errno(msgrcv_vec(MsgId::from_raw(-1), 1, 0, NOWAIT), Errno::EINVAL);
}

/// A shorter message never contains remains of a longer one.
#[test]
fn short_after_long() {
    let queue = Msg::private();
    for (length, value) in [(4000, 0xaa), (3, 0xbb), (5000, 0xcc), (0, 0xdd), (1, 0xee)] {
        let text = vec![value; length];
        msgsnd_bytes(queue.id, 1, &text, MsgSndFlags::NOWAIT).unwrap();
        let mut room = vec![0x11; 5001];
        assert_eq!(
            msgrcv_bytes(queue.id, &mut room, 0, NOWAIT),
            Ok((1, length))
        );
        assert!(room[..length] == text && room[length..].iter().all(|byte| *byte == 0x11));
    }
}
