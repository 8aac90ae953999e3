//! Permissions of another user on a queue: root creates it, and a child that runs as the user nobody tries every call.
#![cfg(target_os = "linux")]

use crate::support::{Msg, as_nobody, expect_errno, mode};
use sysv_ipc::*;

/// Returns a queue with this mode and a message of type 1, its id, and its index.
fn queue(bits: u32) -> (Msg, Vec<i32>) {
    let queue = Msg::with_mode(mode(bits));
    msgsnd_bytes(queue.id, 1, b"root's", MsgSndFlags::NOWAIT).unwrap();
    let (highest, _) = msgctl_ipc_info().unwrap();
    let at = |index: &i32| msgctl_msg_stat(*index).is_ok_and(|(id, _)| id == queue.id);
    let index = (0..=highest).find(at).unwrap();
    let numbers = vec![queue.id.as_raw(), index];
    (queue, numbers)
}

#[test]
fn a_queue_that_is_root_s_alone() {
    let Some(numbers) = as_nobody(test_name!("a_queue_that_is_root_s_alone"), || queue(0o600))
    else {
        return;
    };
    let id = MsgId::from_raw(numbers[0]);
    let mut message = MsgBuf::new(1, b"nobody's");
    expect_errno(msgsnd(id, &message, MsgSndFlags::NOWAIT), Errno::EACCES);
    expect_errno(msgsnd_bytes(id, 1, b"", MsgSndFlags::NOWAIT), Errno::EACCES);
    expect_errno(
        msgrcv(id, &mut message, 0, MsgRcvFlags::NOWAIT),
        Errno::EACCES,
    );
    expect_errno(
        msgrcv_bytes(id, &mut [0; 9], 0, MsgRcvFlags::NOWAIT),
        Errno::EACCES,
    );
    expect_errno(msgctl_stat(id), Errno::EACCES);
    expect_errno(msgctl_msg_stat(numbers[1]), Errno::EACCES);
    expect_errno(msgctl_set(id, &MsgStat::default()), Errno::EPERM);
    expect_errno(msgctl_rmid(id), Errno::EPERM);
    let (found, stat) = msgctl_msg_stat_any(numbers[1]).unwrap();
    assert_eq!(
        (found, stat.qnum(), stat.perm().mode()),
        (id, 1, Mode::OWNER)
    );
}

/// All users may send, and only the owner may receive.
#[test]
fn a_queue_that_all_may_only_write() {
    let Some(numbers) = as_nobody(test_name!("a_queue_that_all_may_only_write"), || {
        queue(0o622)
    }) else {
        return;
    };
    let id = MsgId::from_raw(numbers[0]);
    msgsnd_bytes(id, 2, b"posted", MsgSndFlags::NOWAIT).unwrap();
    assert_eq!(msgctl_msg_stat_any(numbers[1]).unwrap().1.qnum(), 2);
    expect_errno(
        msgrcv_bytes(id, &mut [0; 9], 2, MsgRcvFlags::NOWAIT),
        Errno::EACCES,
    );
    expect_errno(msgctl_stat(id), Errno::EACCES);
}

#[test]
fn a_queue_that_all_may_read() {
    let Some(numbers) = as_nobody(test_name!("a_queue_that_all_may_read"), || queue(0o644)) else {
        return;
    };
    let id = MsgId::from_raw(numbers[0]);
    let mut text = [0; 9];
    assert_eq!(
        msgrcv_bytes(id, &mut text, 0, MsgRcvFlags::NOWAIT),
        Ok((1, 6))
    );
    expect_errno(msgsnd_bytes(id, 1, b"", MsgSndFlags::NOWAIT), Errno::EACCES);
    expect_errno(msgctl_set(id, &msgctl_stat(id).unwrap()), Errno::EPERM);
}

/// Raising the maximum above MSGMNB requires a privilege; ownership is not sufficient.
#[test]
fn the_room_of_ones_own_queue() {
    let Some(_) = as_nobody(test_name!("the_room_of_ones_own_queue"), || ((), vec![])) else {
        return;
    };
    let queue = Msg::private();
    let mut stat = msgctl_stat(queue.id).unwrap();
    let msgmnb = stat.qbytes();
    for (room, result) in [
        (msgmnb - 1, Ok(())),
        (msgmnb, Ok(())),
        (msgmnb + 1, Err(Errno::EPERM)),
    ] {
        stat.set_qbytes(room);
        assert_eq!(msgctl_set(queue.id, &stat), result, "{room}");
    }
    assert_eq!(msgctl_stat(queue.id).unwrap().qbytes(), msgmnb);
}
