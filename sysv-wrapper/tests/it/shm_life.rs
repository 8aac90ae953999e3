//! Opening and removing segments, and the use of a removed one.

use crate::support::unused_key;
use sysv_wrapper::*;

fn made() -> (Key, RemoveOnDrop<SharedMemory>) {
    let memory = SharedMemory::builder().size(100).create_unique().unwrap();
    (memory.key().unwrap(), RemoveOnDrop::new(memory))
}

/// Rows S4, S5, P8.
#[test]
fn a_handle_is_made_from_a_key_or_an_id() {
    let (key, memory) = made();
    // Dropping a handle removes nothing.
    SharedMemory::open(key).unwrap();
    let by_key = SharedMemory::open(key).unwrap();
    assert_eq!((by_key.id(), by_key.key()), (memory.id(), Some(key)));
    let by_id = SharedMemory::from_id(memory.id()).unwrap();
    assert_eq!(by_id, by_key);
    let by_number = SharedMemory::from_id(memory.id().as_raw()).unwrap();
    assert_eq!(by_number, by_key);
    by_id.attach().unwrap().write_at(b"same", 0).unwrap();
    assert_eq!(by_key.attach().unwrap().read_to_vec(..4).unwrap(), b"same");
}

/// Rows S5, C2, N6.
#[test]
fn an_unknown_id_is_an_error() {
    let (_, memory) = made();
    let id = memory.id();
    memory.remove().unwrap();
    for id in [id.as_raw(), -1, i32::MIN, i32::MAX] {
        let error = SharedMemory::from_id(id).unwrap_err();
        assert!(error.is_not_found(), "{id}: {error}");
        assert_eq!(error.id(), Some(id));
        assert!(error.errno().is_some());
        assert!(
            error
                .to_string()
                .contains(&format!("shared memory segment {id}"))
        );
    }
}

/// Row S6.
#[test]
fn exists_asks_for_nothing() {
    let (key, memory) = made();
    assert!(SharedMemory::exists(key).unwrap());
    memory.set_mode(Mode::NONE).unwrap();
    assert!(SharedMemory::exists(key).unwrap());
    memory.remove().unwrap();
    assert!(!SharedMemory::exists(key).unwrap());
    assert!(!SharedMemory::exists(Key::from(unused_key())).unwrap());
}

/// Rows S7, W3, P10.
#[test]
fn removal_by_handle_by_id_and_by_key() {
    let (key, memory) = made();
    SharedMemory::from_id(memory.id())
        .unwrap()
        .remove()
        .unwrap();
    assert!(SharedMemory::remove_key(key).unwrap_err().is_not_found());
    let error = memory.remove().unwrap_err();
    assert!(error.is_removed(), "{error}");

    let (key, memory) = made();
    SharedMemory::remove_key(key).unwrap();
    let error = SharedMemory::remove_key(key).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        (error.key(), error.errno()),
        (Some(key), Some(Errno::ENOENT))
    );
    assert!(SharedMemory::open(key).unwrap_err().is_not_found());
    drop(memory);
}

/// Rows C2, N6: every later use of a handle reports the removal.
#[test]
fn a_handle_of_a_removed_segment_says_so() {
    let (_, memory) = made();
    memory.remove().unwrap();
    let errors = [
        memory.attach().unwrap_err(),
        memory.attach_read_only().unwrap_err(),
        memory.status().unwrap_err(),
        memory.size().unwrap_err(),
        memory.mode().unwrap_err(),
        memory.set_mode(Mode::GROUP).unwrap_err(),
        memory.set_owner(0, 0).unwrap_err(),
        memory.set_uid(0).unwrap_err(),
        memory.set_gid(0).unwrap_err(),
        memory.remove().unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_removed(), "{error}");
        assert!(matches!(error.errno(), Some(Errno::EINVAL | Errno::EIDRM)));
        assert!(error.to_string().contains("it was removed"), "{error}");
    }
    #[cfg(target_os = "linux")]
    for error in [
        memory.lock_in_memory().unwrap_err(),
        memory.unlock_from_memory().unwrap_err(),
    ] {
        assert!(error.is_removed(), "{error}");
    }
}

/// Rows S11, C2, C3: attached processes keep the memory.
#[test]
#[cfg(target_os = "linux")]
fn after_removal_attachments_and_the_id_go_on_working() {
    let (key, memory) = made();
    let attachment = memory.attach().unwrap();
    assert!(!memory.status().unwrap().marked_for_removal());
    memory.remove().unwrap();

    attachment.write_at(b"late", 10).unwrap();
    assert_eq!(attachment.read_to_vec(10..14).unwrap(), b"late");
    let status = memory.status().unwrap();
    assert!(status.marked_for_removal());
    assert_eq!((status.size(), status.attach_count()), (100, 1));
    let by_id = SharedMemory::from_id(memory.id()).unwrap();
    assert_eq!(by_id.key(), Some(Key::PRIVATE), "the key is 0 immediately");
    let second = by_id.attach().unwrap();
    assert_eq!(second.read_to_vec(10..14).unwrap(), b"late");
    assert!(!SharedMemory::exists(key).unwrap());
    assert!(SharedMemory::open(key).unwrap_err().is_not_found());
    // The key is free for another segment.
    let next = RemoveOnDrop::new(SharedMemory::builder().create(key).unwrap());
    assert_ne!(next.id(), memory.id());

    drop(attachment);
    assert!(by_id.status().is_ok());
    drop(second);
    assert!(memory.status().unwrap_err().is_removed());
    assert!(
        SharedMemory::from_id(memory.id())
            .unwrap_err()
            .is_not_found()
    );
}

/// Rows N9, C2: the kernel removes it with the last attachment.
#[test]
fn remove_when_detached_leaves_it_to_the_kernel() {
    let (key, memory) = made();
    let memory = memory.keep();
    let attachment = memory.attach().unwrap();
    attachment.remove_when_detached().unwrap();
    assert!(!SharedMemory::exists(key).unwrap());
    attachment.write_at(b"still", 0).unwrap();
    assert_eq!(attachment.read_to_vec(..5).unwrap(), b"still");
    drop(attachment);
    assert!(memory.status().unwrap_err().is_removed());
}

/// Rows N9, S11: also when its process is killed.
#[test]
#[cfg(target_os = "linux")]
fn remove_when_detached_works_for_a_process_that_is_killed() {
    const TEST: &str = test_name!("remove_when_detached_works_for_a_process_that_is_killed");
    if let Some(words) = crate::support::role(TEST) {
        let id: i32 = words[0].parse().unwrap();
        let attachment = SharedMemory::from_id(id).unwrap().attach().unwrap();
        attachment.remove_when_detached().unwrap();
        loop {
            std::thread::park();
        }
    }
    let (key, memory) = made();
    let mut child = crate::support::Process::start(TEST, &[&memory.id()]);
    child.wait_until("the child's removal", || {
        !SharedMemory::exists(key).unwrap()
    });
    let status = memory.status().unwrap();
    assert!(status.marked_for_removal());
    assert_eq!(status.last_pid().map(Pid::as_raw), Some(child.pid()));
    child.kill();
    assert!(memory.status().unwrap_err().is_removed());
}
