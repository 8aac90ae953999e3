//! Queues: creation, lookup, sending, receiving, status, changes, removal. Types are in `msg_type.rs`, waiting in
//! `msg_wait.rs`, the buffer in `msg_buf.rs`, permissions of other users in `permissions_msg.rs`.

use std::ffi::c_long;
use std::time::{Duration, SystemTime};

use crate::support::{Msg, Process, expect_errno, own_pid, role};
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

/// Returns a queue with a message of each of these types, in this order.
fn queue_of(types: &[c_long]) -> Msg {
    let queue = Msg::private();
    for mtype in types {
        send(&queue, *mtype, mtype.to_string().as_bytes());
    }
    queue
}

#[test]
fn create_then_find() {
    let find = MsgGetFlags::empty();
    let create = MsgGetFlags::CREAT | MsgGetFlags::EXCL;
    let (key, queue) = Msg::with_key();
    assert_eq!(msgget(key, find, Mode::NONE), Ok(queue.id));
    assert_eq!(msgget(key, find, Mode::OWNER), Ok(queue.id));
    assert_eq!(msgget(key, MsgGetFlags::CREAT, Mode::OWNER), Ok(queue.id));
    expect_errno(msgget(key, create, Mode::OWNER), Errno::EEXIST);
    queue.remove();
    expect_errno(msgget(key, find, Mode::NONE), Errno::ENOENT);
    assert_ne!(Msg::private().id, Msg::private().id);
}

#[test]
fn what_is_sent_arrives_in_order() {
    let queue = Msg::private();
    for (mtype, text) in [(3, &b"first"[..]), (1, b""), (7, b"third\0with zero")] {
        send(&queue, mtype, text);
    }
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 3);
    assert_eq!(receive(&queue, 0, NOTHING), Ok((3, b"first".to_vec())));
    assert_eq!(receive(&queue, 0, NOTHING), Ok((1, vec![])));
    assert_eq!(
        receive(&queue, 0, NOTHING),
        Ok((7, b"third\0with zero".to_vec()))
    );
    expect_errno(receive(&queue, 0, NOTHING), Errno::ENOMSG);
}

/// Without NOERROR the whole message stays; with it, the rest is lost.
#[test]
fn a_message_longer_than_the_buffer() {
    let queue = queue_of(&[]);
    send(&queue, 1, b"0123456789");
    for room in [0, 9] {
        let mut text = vec![0xee; room];
        expect_errno(msgrcv_bytes(queue.id, &mut text, 0, NOWAIT), Errno::E2BIG);
        assert_eq!(text, vec![0xee; room]);
        let mut message = MsgBuf::with_capacity(room);
        expect_errno(msgrcv(queue.id, &mut message, 0, NOWAIT), Errno::E2BIG);
    }
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 1);

    let cut = NOWAIT | MsgRcvFlags::NOERROR;
    let mut text = [0xee; 4];
    assert_eq!(msgrcv_bytes(queue.id, &mut text, 0, cut), Ok((1, 4)));
    assert_eq!(&text, b"0123");
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 0);
    // NOERROR does not affect a message that fits.
    send(&queue, 2, b"fits");
    assert_eq!(msgrcv_bytes(queue.id, &mut text, 0, cut), Ok((2, 4)));
    send(&queue, 3, b"lost");
    assert_eq!(msgrcv_bytes(queue.id, &mut [], 0, cut), Ok((3, 0)));
}

/// A message longer than MSGMAX is refused, regardless of the queue's maximum.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn a_message_longer_than_any_may_be() {
    let msgmax = usize::try_from(msgctl_ipc_info().unwrap().1.msgmax()).unwrap();
    let queue = Msg::private();
    let long = vec![1; msgmax + 1];
    expect_errno(msgsnd_bytes(queue.id, 1, &long, SEND), Errno::EINVAL);
    expect_errno(
        msgsnd(queue.id, &MsgBuf::new(1, &long), SEND),
        Errno::EINVAL,
    );
    assert_eq!(msgctl_stat(queue.id).unwrap().qnum(), 0);
}

#[test]
fn a_full_queue() {
    let queue = Msg::private();
    let mut stat = msgctl_stat(queue.id).unwrap();
    stat.set_qbytes(10);
    msgctl_set(queue.id, &stat).unwrap();
    send(&queue, 1, b"1234567");
    expect_errno(msgsnd_bytes(queue.id, 1, b"8901", SEND), Errno::EAGAIN);
    expect_errno(
        msgsnd(queue.id, &MsgBuf::new(1, b"8901"), SEND),
        Errno::EAGAIN,
    );
    send(&queue, 1, b"890");
    // The maximum of bytes also limits the number of messages, so that empty ones are limited.
    #[cfg(target_os = "linux")]
    for _ in 0..8 {
        send(&queue, 1, b"");
    }
    #[cfg(target_os = "linux")]
    expect_errno(msgsnd_bytes(queue.id, 1, b"", SEND), Errno::EAGAIN);
}

/// Row P19: before the first event, time and pid are `None`.
#[test]
fn stat_before_and_after_the_first_use() {
    let before = SystemTime::now();
    let queue = Msg::private();
    let assert_now = |time: Option<SystemTime>| {
        // The kernel's clock has a coarse resolution, and may lag.
        let (time, second) = (time.unwrap(), Duration::from_secs(1));
        assert!(before - 2 * second <= time && time <= SystemTime::now() + second);
    };
    let new = msgctl_stat(queue.id).unwrap();
    assert_eq!((new.qnum(), new.stime(), new.rtime()), (0, None, None));
    assert_eq!((new.lspid(), new.lrpid()), (None, None));
    assert!(new.qbytes() > 0);
    assert_now(new.ctime());

    send(&queue, 1, b"text");
    let sent = msgctl_stat(queue.id).unwrap();
    assert_eq!(
        (sent.qnum(), sent.lspid(), sent.lrpid()),
        (1, own_pid(), None)
    );
    assert_eq!((new.cbytes(), sent.cbytes()), (0, 4));
    assert_now(sent.stime());
    assert_eq!(sent.rtime(), None);

    receive(&queue, 0, NOTHING).unwrap();
    let received = msgctl_stat(queue.id).unwrap();
    assert_eq!((received.qnum(), received.lrpid()), (0, own_pid()));
    assert_now(received.rtime());
    assert_eq!(received.stime(), sent.stime());
}

/// A conversation of two processes, each known to the kernel by its pid.
#[test]
fn another_process_answers() {
    if let Some(words) = role(test_name!("another_process_answers")) {
        let id = words[0].parse().unwrap();
        let mut message = MsgBuf::with_capacity(100);
        msgrcv(id, &mut message, 1, NOTHING).unwrap();
        message.text_mut().reverse();
        message.set_mtype(2);
        return msgsnd(id, &message, MsgSndFlags::empty()).unwrap();
    }
    let queue = Msg::private();
    let mut child = Process::start(test_name!("another_process_answers"), &[&queue.id]);
    send(&queue, 1, b"stressed");
    // Without waiting in the call: `msg_wait.rs` tests what Linux records for a waiting receiver.
    let mut answer = Err(Errno::ENOMSG);
    child.wait_until("an answer", || {
        answer = receive(&queue, 2, NOTHING);
        answer.is_ok()
    });
    assert_eq!(answer, Ok((2, b"desserts".to_vec())));
    let pid = child.pid();
    child.finish();
    let stat = msgctl_stat(queue.id).unwrap();
    assert_eq!(
        (stat.lspid(), stat.lrpid()),
        (Pid::from_raw(pid), own_pid())
    );
}

/// Row S10 and row P19: each of the four changes separately, and messages stay.
#[test]
fn set_changes_owner_group_mode_and_room_each() {
    let queue = queue_of(&[1]);
    let was = msgctl_stat(queue.id).unwrap();
    let change = |put: &dyn Fn(&mut MsgStat)| {
        let mut stat = msgctl_stat(queue.id).unwrap();
        put(&mut stat);
        msgctl_set(queue.id, &stat).unwrap();
        let stat = msgctl_stat(queue.id).unwrap();
        (
            stat.perm().uid(),
            stat.perm().gid(),
            stat.perm().mode(),
            stat.qbytes(),
        )
    };
    let (uid, gid, mode) = (
        was.perm().uid(),
        was.perm().gid(),
        Mode::from_bits(0o624).unwrap(),
    );
    assert_eq!(
        change(&|stat| stat.set_qbytes(123)),
        (uid, gid, Mode::OWNER, 123)
    );
    assert_eq!(change(&|stat| stat.set_mode(mode)), (uid, gid, mode, 123));
    assert_eq!(change(&|stat| stat.set_gid(4242)), (uid, 4242, mode, 123));
    assert_eq!(change(&|stat| stat.set_uid(4243)), (4243, 4242, mode, 123));
    let perm = msgctl_stat(queue.id).unwrap().perm();
    assert_eq!(
        (perm.cuid(), perm.cgid()),
        (was.perm().cuid(), was.perm().cgid())
    );
    assert_eq!(receive(&queue, 0, NOTHING), Ok((1, b"1".to_vec())));

    let mut stat = was;
    stat.set_uid(u32::MAX);
    expect_errno(msgctl_set(queue.id, &stat), Errno::EINVAL);
}

#[test]
fn an_id_that_does_not_exist() {
    let removed = queue_of(&[1, 2]).remove();
    let mut message = MsgBuf::new(1, b"text");
    for id in [removed, MsgId::from_raw(-1), MsgId::from_raw(i32::MIN)] {
        expect_errno(msgsnd(id, &message, SEND), Errno::EINVAL);
        expect_errno(msgsnd_bytes(id, 1, b"text", SEND), Errno::EINVAL);
        expect_errno(msgrcv(id, &mut message, 0, NOWAIT), Errno::EINVAL);
        expect_errno(msgrcv_bytes(id, &mut [0; 9], 0, NOWAIT), Errno::EINVAL);
        expect_errno(msgctl_stat(id), Errno::EINVAL);
        expect_errno(msgctl_set(id, &MsgStat::default()), Errno::EINVAL);
        expect_errno(msgctl_rmid(id), Errno::EINVAL);
    }
    assert_eq!((message.mtype(), message.text()), (1, &b"text"[..]));
}
