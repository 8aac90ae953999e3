//! Queues as objects: creation, opening, status, changes and removal.

use std::thread::ScopedJoinHandle;
use std::time::{Duration, SystemTime};

use crate::support::{self, mode, own_pid};
use sysv_wrapper::{Key, MessageQueue, Mode, Opened, RemoveOnDrop, Result, Selector};

/// Returns an unused key.
fn unused_key() -> Key {
    support::unused_key().into()
}

/// Wraps a queue so that it is removed when the test ends.
fn guarded(queue: Result<MessageQueue>) -> RemoveOnDrop<MessageQueue> {
    RemoveOnDrop::new(queue.unwrap())
}

/// Row P18. Every creating and opening method, on a free key and on one in use.
#[test]
fn verbs() {
    let key = unused_key();
    assert!(!MessageQueue::exists(key).unwrap());
    assert!(MessageQueue::open(key).unwrap_err().is_not_found());
    let error = MessageQueue::builder().open(key).unwrap_err();
    assert_eq!(error.key(), Some(key));
    assert!(
        error
            .to_string()
            .contains(&format!("the message queue with key {key}"))
    );

    let made = guarded(MessageQueue::builder().create(key));
    assert!(MessageQueue::exists(key).unwrap());
    assert_eq!(made.key(), Some(key));
    assert_eq!(made.mode().unwrap(), Mode::OWNER);
    let error = MessageQueue::builder().create(key).unwrap_err();
    assert!(error.is_already_exists());

    let found = MessageQueue::open(key).unwrap();
    assert_eq!(found, *made);
    let opened = MessageQueue::builder().create_or_open(key).unwrap();
    assert!(matches!(opened, Opened::Existing(ref found) if *found == *made));

    made.send(1, b"old").unwrap();
    let replaced = guarded(MessageQueue::builder().create_replacing(key));
    assert_ne!(replaced.id(), made.id());
    assert_eq!(replaced.status().unwrap().messages(), 0);
    assert!(made.send(1, b"old").unwrap_err().is_removed());

    MessageQueue::remove_key(key).unwrap();
    assert!(MessageQueue::remove_key(key).unwrap_err().is_not_found());
    let made = MessageQueue::builder().create_or_open(key).unwrap();
    assert!(made.is_created());
    let made = RemoveOnDrop::new(made.into_inner());
    assert_eq!(made.mode().unwrap(), Mode::OWNER);
}

/// Row P18. Queues without an agreed key.
#[test]
fn unique_and_private() {
    let unique = guarded(MessageQueue::builder().mode(Mode::GROUP).create_unique());
    let key = unique.key().unwrap();
    assert!(key.as_raw() > 0);
    assert_eq!(MessageQueue::open(key).unwrap().id(), unique.id());
    assert_eq!(unique.mode().unwrap(), Mode::GROUP);

    let private = guarded(MessageQueue::builder().create_private());
    assert_eq!(private.key(), Some(Key::PRIVATE));
    assert!(!MessageQueue::exists(Key::PRIVATE).unwrap());
    assert!(MessageQueue::open(Key::PRIVATE).unwrap_err().is_not_found());
    let builder = MessageQueue::builder;
    for refused in [
        builder().create(Key::PRIVATE),
        builder().create_replacing(Key::PRIVATE),
        builder()
            .create_or_open(Key::PRIVATE)
            .map(Opened::into_inner),
    ] {
        assert!(refused.unwrap_err().is_invalid_argument());
    }
}

/// Rows P10 and C2. By id: found with its key, removed, and then not found.
#[test]
fn by_id() {
    let made = guarded(MessageQueue::builder().create_unique());
    let found = MessageQueue::from_id(made.id()).unwrap();
    assert_eq!(found, *made);
    found.remove().unwrap();
    assert!(found.remove().unwrap_err().is_removed());
    let error = MessageQueue::from_id(made.id()).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.id(), Some(made.id().as_raw()));

    let mut text = [0; 4];
    for error in [
        found.status().unwrap_err(),
        found.send(1, b"").unwrap_err(),
        found.try_send(1, b"").unwrap_err(),
        found.receive(Selector::Any).unwrap_err(),
        found.try_receive(Selector::Any).unwrap_err(),
        found.receive_into(&mut text, Selector::Any).unwrap_err(),
        found.set_max_bytes(100).unwrap_err(),
        found.set_mode(Mode::EVERYONE).unwrap_err(),
    ] {
        assert!(error.is_removed(), "{error}");
        assert_eq!(error.errno(), Some(sysv_wrapper::Errno::EINVAL));
    }
}

/// Rows P19 and C3. The status before and after use.
#[test]
fn status() {
    let earlier = SystemTime::now() - Duration::from_secs(2);
    let queue = guarded(MessageQueue::builder().mode(mode(0o640)).create_private());
    let status = queue.status().unwrap();
    assert_eq!(status.mode(), mode(0o640));
    assert_eq!((status.messages(), status.send_time()), (0, None));
    assert_eq!(
        (status.receive_time(), status.last_send_pid()),
        (None, None)
    );
    assert_eq!(status.last_receive_pid(), None);
    assert!(status.change_time().unwrap() >= earlier);
    assert!(status.max_bytes() > 0);
    assert_eq!(status.uid(), status.creator_uid());
    assert_eq!(status.gid(), status.creator_gid());

    queue.send(1, b"one").unwrap();
    queue.send(1, b"two").unwrap();
    let status = queue.status().unwrap();
    assert_eq!((status.messages(), status.last_send_pid()), (2, own_pid()));
    assert_eq!(status.bytes(), 6);
    assert!(status.send_time().unwrap() >= earlier);
    queue.receive(Selector::Any).unwrap();
    let status = queue.status().unwrap();
    assert_eq!(status.messages(), 1);
    assert_eq!(status.last_receive_pid(), own_pid());
    assert!(status.receive_time().unwrap() >= earlier);
}

/// Rows S10 and C3. Each setter changes only its own value.
#[test]
fn setters() {
    let queue = guarded(MessageQueue::builder().create_private());
    let before = queue.status().unwrap();
    queue.set_mode(mode(0o642)).unwrap();
    queue.set_max_bytes(1000).unwrap();
    let after = queue.status().unwrap();
    assert_eq!((after.mode(), after.max_bytes()), (mode(0o642), 1000));
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    assert!(queue.set_uid(u32::MAX).unwrap_err().is_invalid_argument());

    if !support::is_root() {
        support::skipped("setters", "needs root to change the owner of a queue");
        return;
    }
    queue.set_uid(65534).unwrap();
    let status = queue.status().unwrap();
    assert_eq!((status.uid(), status.gid()), (65534, before.gid()));
    queue.set_gid(65533).unwrap();
    let status = queue.status().unwrap();
    assert_eq!((status.uid(), status.gid()), (65534, 65533));
    queue.set_owner(1, 2).unwrap();
    let status = queue.status().unwrap();
    assert_eq!((status.uid(), status.gid()), (1, 2));
    assert_eq!(status.creator_uid(), before.creator_uid());
    assert_eq!((status.mode(), status.max_bytes()), (mode(0o642), 1000));
}

/// Rows P18 and P19. The maximum can be set at creation and later.
#[test]
fn max_bytes() {
    let queue = guarded(MessageQueue::builder().max_bytes(64).create_unique());
    assert_eq!(queue.status().unwrap().max_bytes(), 64);
    queue.send(1, &[0; 64]).unwrap();
    assert!(queue.try_send(1, b"").is_ok());
    assert!(queue.try_send(1, b"1").unwrap_err().is_would_block());
    for beyond in [1 << 31, 1 << 40, u64::MAX] {
        let error = queue.set_max_bytes(beyond).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
    }
    assert_eq!(queue.status().unwrap().max_bytes(), 64);
    // Existing messages stay, even beyond the new maximum.
    queue.set_max_bytes(10).unwrap();
    assert_eq!(queue.receive(Selector::Any).unwrap().bytes, [0; 64]);
    assert_eq!(queue.status().unwrap().max_bytes(), 10);
}

/// Row P19. A maximum beyond MSGMNB requires a privilege; without it, the error names the limit, and no new queue is
/// left behind. In a namespace with a higher limit it succeeds.
#[test]
#[cfg(target_os = "linux")]
fn max_bytes_beyond_the_limit() {
    use support::namespace::{objects_left, set_sysctl};
    support::in_namespace("max_bytes_beyond_the_limit", || {
        set_sysctl("msgmnb", 20_000);
        let key = unused_key();
        let queue = guarded(MessageQueue::builder().max_bytes(20_000).create(key));
        match queue.set_max_bytes(20_001) {
            Err(error) => {
                assert!(error.is_limit_reached(), "{error}");
                let text = error.to_string();
                assert!(text.contains("20000 bytes (MSGMNB)"), "{text}");
                assert_eq!(queue.status().unwrap().max_bytes(), 20_000);
                drop(queue);
                let error = MessageQueue::builder().max_bytes(20_001).create(key);
                assert!(error.unwrap_err().is_limit_reached());
                assert!(!MessageQueue::exists(key).unwrap());
            }
            Ok(()) => support::skipped(
                "max_bytes_beyond_the_limit",
                "this user has CAP_SYS_RESOURCE, which overrides the limit",
            ),
        }
        assert_eq!(objects_left()[2], 0);

        set_sysctl("msgmnb", 1 << 20);
        let queue = guarded(MessageQueue::builder().max_bytes(1 << 20).create_private());
        assert_eq!(queue.status().unwrap().max_bytes(), 1 << 20);
        for _ in 0..128 {
            queue.try_send(1, &[7; 8192]).unwrap();
        }
        assert!(queue.try_send(1, b"8").unwrap_err().is_would_block());
    });
}

/// Row N6. At the maximum number of queues, the error names the limit.
#[test]
#[cfg(target_os = "linux")]
fn as_many_as_there_may_be() {
    use support::namespace::set_sysctl;
    support::in_namespace("as_many_as_there_may_be", || {
        set_sysctl("msgmni", 3);
        let queues = [(); 3].map(|()| guarded(MessageQueue::builder().create_unique()));
        let error = MessageQueue::builder().create_unique().unwrap_err();
        assert_eq!(error.kind(), sysv_wrapper::ErrorKind::LimitReached);
        let text = error.to_string();
        assert!(text.contains("the limit on queues (MSGMNI = 3)"), "{text}");
        drop(queues);
    });
}

/// Row P18. Of processes that race to create or open a queue, one creates it.
#[test]
fn one_creator() {
    let key = unused_key();
    let race = || MessageQueue::builder().create_or_open(key).unwrap();
    let opened: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..16).map(|_| scope.spawn(race)).collect();
        racers.into_iter().map(ScopedJoinHandle::join).collect()
    });
    let opened: Vec<_> = opened.into_iter().map(|opened| opened.unwrap()).collect();
    let _guard = RemoveOnDrop::new(opened[0].handle().clone());
    assert_eq!(
        opened.iter().filter(|opened| opened.is_created()).count(),
        1
    );
    let id = opened[0].handle().id();
    assert!(opened.iter().all(|opened| opened.handle().id() == id));
}
