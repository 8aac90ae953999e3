//! `MSG_COPY`: reading messages without removing them. Some kernels are built without it.
#![cfg(all(target_os = "linux", sysv = "MSG_COPY"))]

use std::ffi::c_long;

use crate::support::{Msg, expect_errno, skipped};
use sysv_ipc::*;

const PEEK: MsgRcvFlags = MsgRcvFlags::COPY.union(MsgRcvFlags::NOWAIT);

/// Returns a queue with three messages; otherwise prints that `test` is skipped because the kernel lacks the flag.
fn three(test: &str) -> Option<Msg> {
    let queue = Msg::private();
    for (mtype, text) in [(5, &b"zero"[..]), (3, b"one"), (4, b"")] {
        msgsnd_bytes(queue.id, mtype, text, MsgSndFlags::NOWAIT).unwrap();
    }
    if peek(&queue, 0, PEEK) == Err(Errno::ENOSYS) {
        skipped(
            test,
            "this kernel has no MSG_COPY: it was built without CONFIG_CHECKPOINT_RESTORE",
        );
        return None;
    }
    Some(queue)
}

/// Copies the message at `position` into a buffer for the longest possible message.
fn peek(queue: &Msg, position: c_long, flags: MsgRcvFlags) -> Result<(c_long, Vec<u8>)> {
    let msgmax = msgctl_ipc_info().unwrap().1.msgmax();
    let mut message = MsgBuf::with_capacity(usize::try_from(msgmax).unwrap());
    let length = msgrcv(queue.id, &mut message, position, flags)?;
    assert_eq!(length, message.text().len());
    Ok((message.mtype(), message.text().to_vec()))
}

#[test]
fn positions_count_from_zero() {
    let Some(queue) = three(test_name!("positions_count_from_zero")) else {
        return;
    };
    for _ in 0..2 {
        assert_eq!(peek(&queue, 0, PEEK), Ok((5, b"zero".to_vec())));
        assert_eq!(peek(&queue, 1, PEEK), Ok((3, b"one".to_vec())));
        assert_eq!(peek(&queue, 2, PEEK), Ok((4, vec![])));
        expect_errno(peek(&queue, 3, PEEK), Errno::ENOMSG);
        expect_errno(peek(&queue, c_long::MAX, PEEK), Errno::ENOMSG);
        expect_errno(peek(&queue, -1, PEEK), Errno::ENOMSG);
    }
    // Positions shift when a message is received.
    let mut text = [0; 10];
    let taken = msgrcv_bytes(queue.id, &mut text, 0, MsgRcvFlags::NOWAIT);
    assert_eq!(taken, Ok((5, 4)));
    assert_eq!(peek(&queue, 0, PEEK), Ok((3, b"one".to_vec())));
    expect_errno(peek(&queue, 2, PEEK), Errno::ENOMSG);
}

#[test]
fn looking_changes_nothing() {
    let Some(queue) = three(test_name!("looking_changes_nothing")) else {
        return;
    };
    let before = msgctl_stat(queue.id).unwrap();
    peek(&queue, 1, PEEK).unwrap();
    let after = msgctl_stat(queue.id).unwrap();
    assert_eq!(
        (after.qnum(), after.rtime(), after.lrpid()),
        (3, None, None)
    );
    assert_eq!(
        (after.stime(), after.lspid()),
        (before.stime(), before.lspid())
    );
}

#[test]
fn the_slice_form_peeks_too() {
    let Some(queue) = three(test_name!("the_slice_form_peeks_too")) else {
        return;
    };
    let mut text = vec![0xee; 8192];
    assert_eq!(msgrcv_bytes(queue.id, &mut text, 1, PEEK), Ok((3, 3)));
    assert_eq!(&text[..4], b"one\xee");
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 3);
}

#[test]
fn what_does_not_go_with_it() {
    let Some(queue) = three(test_name!("what_does_not_go_with_it")) else {
        return;
    };
    expect_errno(peek(&queue, 0, MsgRcvFlags::COPY), Errno::EINVAL);
    expect_errno(peek(&queue, 0, PEEK | MsgRcvFlags::EXCEPT), Errno::EINVAL);
    let mut short = [0; 3];
    expect_errno(msgrcv_bytes(queue.id, &mut short, 0, PEEK), Errno::E2BIG);
    let cut = PEEK | MsgRcvFlags::NOERROR;
    expect_errno(msgrcv_bytes(queue.id, &mut short, 0, cut), Errno::EINVAL);
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 3);
}
