//! Queues of another user: permitted operations, and the errors of the others.

use crate::support::{self, Process, as_nobody, become_nobody, mode, role};
use sysv_ipc::MsgId;
use sysv_wrapper::{ErrorKind, Key, MessageQueue, Mode, RemoveOnDrop, Result, Selector};

/// Returns a queue of root's, with its id and its key as numbers.
fn of_mode(bits: u32) -> (RemoveOnDrop<MessageQueue>, Vec<i32>) {
    let queue = MessageQueue::builder().mode(mode(bits)).max_bytes(100);
    let queue = RemoveOnDrop::new(queue.create_unique().unwrap());
    queue.send(1, b"from root").unwrap();
    let key = queue.key().unwrap().as_raw().to_string().parse().unwrap();
    let numbers = vec![queue.id().as_raw(), key];
    (queue, numbers)
}

fn key(number: i32) -> Key {
    number.to_string().parse().unwrap()
}

fn by_id(number: i32) -> MessageQueue {
    MessageQueue::from_id(MsgId::from_raw(number)).unwrap()
}

#[track_caller]
fn expect<T: std::fmt::Debug>(kind: ErrorKind, result: Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
}

/// Rows P18, C3 and N6. A queue that no other user may use: each call fails with EACCES or EPERM.
#[test]
fn no_access() {
    let Some(numbers) = as_nobody(test_name!("no_access"), || of_mode(0o600)) else {
        return;
    };
    let denied = ErrorKind::PermissionDenied;
    let key = key(numbers[1]);
    assert!(MessageQueue::exists(key).unwrap());
    expect(denied, MessageQueue::open(key));
    expect(denied, MessageQueue::builder().create_or_open(key));
    expect(
        ErrorKind::AlreadyExists,
        MessageQueue::builder().create(key),
    );
    expect(
        ErrorKind::NotOwner,
        MessageQueue::builder().create_replacing(key),
    );
    expect(ErrorKind::NotOwner, MessageQueue::remove_key(key));

    let queue = by_id(numbers[0]);
    assert_eq!(queue.key(), None);
    expect(denied, queue.send(1, b"x"));
    expect(denied, queue.try_send(1, b"x"));
    expect(denied, queue.receive(Selector::Any));
    expect(
        denied,
        queue.receive_timeout(Selector::Any, support::DEADLINE),
    );
    expect(denied, queue.receive_into(&mut [0; 9], Selector::Any));
    expect(denied, queue.status());
    match queue.peek(0) {
        Err(error) if error.is_unsupported() => {}
        peeked => expect(denied, peeked),
    }
    expect(ErrorKind::NotOwner, queue.set_mode(Mode::EVERYONE));
    expect(ErrorKind::NotOwner, queue.set_owner(65534, 65534));
    expect(ErrorKind::NotOwner, queue.set_max_bytes(10));
    expect(ErrorKind::NotOwner, queue.set_max_bytes(1 << 30));
    expect(ErrorKind::NotOwner, queue.remove());
}

/// Row P18. A queue that all users may send to, and only its owner may receive from.
#[test]
fn a_mailbox() {
    if let Some(words) = role(test_name!("a_mailbox")) {
        become_nobody();
        let numbers: Vec<i32> = words.iter().map(|word| word.parse().unwrap()).collect();
        return use_mailbox(numbers[0], key(numbers[1]));
    }
    if !support::is_root() {
        return support::skipped("a_mailbox", "needs root to change its user");
    }
    let (queue, numbers) = of_mode(0o622);
    assert_eq!(queue.receive(Selector::Any).unwrap().bytes, b"from root");
    Process::start(test_name!("a_mailbox"), &[&numbers[0], &numbers[1]]).finish();
    assert_eq!(queue.receive(Selector::Exact(1)).unwrap().bytes, b"by key");
    assert_eq!(queue.receive(Selector::Exact(2)).unwrap().bytes, b"by id");
    assert_eq!(queue.status().unwrap().messages(), 0);
}

fn use_mailbox(id: i32, key: Key) {
    let denied = ErrorKind::PermissionDenied;
    let queue = MessageQueue::open(key).unwrap();
    assert_eq!(queue.id().as_raw(), id);
    queue.send(1, b"by key").unwrap();
    let again = MessageQueue::builder().create_or_open(key).unwrap();
    assert!(!again.is_created());
    expect(denied, queue.receive(Selector::Any));
    expect(denied, queue.try_receive(Selector::Any));
    expect(denied, queue.status());

    let queue = by_id(id);
    assert_eq!(queue.key(), None);
    queue.try_send(2, b"by id").unwrap();
    // A message that can never fit is refused, though this user may not read the status.
    let result = queue.send(1, &[0; 101]);
    expect(ErrorKind::InvalidArgument, result);
    expect(ErrorKind::WouldBlock, queue.try_send(1, &[0; 100]));
    expect(ErrorKind::NotOwner, queue.set_mode(Mode::EVERYONE));
    expect(ErrorKind::NotOwner, queue.remove());
}

/// Row P18. A queue that this user may only receive from.
#[test]
fn receiving_only() {
    let Some(numbers) = as_nobody(test_name!("receiving_only"), || of_mode(0o644)) else {
        return;
    };
    let queue = MessageQueue::open(key(numbers[1])).unwrap();
    assert_eq!(by_id(numbers[0]).key(), queue.key());
    assert_eq!(queue.status().unwrap().messages(), 1);
    expect(ErrorKind::PermissionDenied, queue.send(1, b"x"));
    assert_eq!(queue.receive(Selector::Any).unwrap().bytes, b"from root");
}

/// Rows S10 and C3. An owner may change a queue whose mode does not permit reading.
#[test]
#[cfg(target_os = "linux")]
fn changing_what_one_may_not_read() {
    let test = test_name!("changing_what_one_may_not_read");
    let Some(_) = as_nobody(test, || ((), vec![])) else {
        return;
    };
    let queue = MessageQueue::builder().mode(mode(0o200)).max_bytes(100);
    let queue = RemoveOnDrop::new(queue.create_private().unwrap());
    expect(ErrorKind::PermissionDenied, queue.status());
    queue.set_max_bytes(200).unwrap();
    expect(ErrorKind::LimitReached, queue.set_max_bytes(1 << 30));
    queue.set_mode(mode(0o600)).unwrap();
    let status = queue.status().unwrap();
    assert_eq!((status.max_bytes(), status.mode()), (200, mode(0o600)));
    assert_eq!((status.uid(), status.gid()), (65534, 65534));
}

/// Rows P18, N6. Every change sets the maximum too, and the kernel refuses more than MSGMNB without a privilege: for
/// the owner of a queue with a higher maximum, the error names the limit instead of the ownership.
#[test]
#[cfg(target_os = "linux")]
fn an_owner_whose_queue_has_more_room_than_the_limit() {
    let test = test_name!("an_owner_whose_queue_has_more_room_than_the_limit");
    if let Some(words) = role(test) {
        become_nobody();
        let queue = by_id(words[0].parse().unwrap());
        let foreign = by_id(words[1].parse().unwrap());
        for result in [
            queue.set_mode(mode(0o640)),
            queue.set_owner(65534, 65534),
            queue.set_max_bytes(8193),
        ] {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
            assert_eq!(error.errno(), Some(sysv_wrapper::Errno::EPERM));
            assert!(error.to_string().contains("(MSGMNB)"), "{error}");
        }
        expect(ErrorKind::NotOwner, foreign.set_mode(mode(0o640)));
        queue.set_max_bytes(8192).unwrap();
        queue.set_mode(mode(0o640)).unwrap();
        return;
    }
    if !support::is_root() {
        return support::skipped(test, "needs root to change its user");
    }
    support::in_namespace(test, || {
        let [queue, foreign] = [(), ()].map(|()| {
            let queue = MessageQueue::builder().create_private();
            RemoveOnDrop::new(queue.unwrap())
        });
        assert_eq!(queue.status().unwrap().max_bytes(), 16384);
        queue.set_owner(65534, 65534).unwrap();
        support::namespace::set_sysctl("msgmnb", 8192);
        Process::start(test, &[&queue.id(), &foreign.id()]).finish();
        assert_eq!(queue.status().unwrap().mode(), mode(0o640));
    });
}
