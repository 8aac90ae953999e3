//! The setters that every handle has: owner, group and mode.

use crate::support::{is_root, mode, skipped};
use sysv_wrapper::*;

/// A segment, a set of two, a queue and a semaphore.
type Objects = (
    RemoveOnDrop<SharedMemory>,
    RemoveOnDrop<SemaphoreSet>,
    RemoveOnDrop<MessageQueue>,
    RemoveOnDrop<Semaphore>,
);

fn objects(bits: u32) -> Objects {
    let mode = mode(bits);
    let memory = SharedMemory::builder()
        .mode(mode)
        .fill(b'r')
        .create_private();
    let set = SemaphoreSet::builder()
        .mode(mode)
        .values([1, 0])
        .create_private();
    let queue = MessageQueue::builder().mode(mode).create_private();
    let semaphore = Semaphore::builder().mode(mode).value(1).create_private();
    (
        RemoveOnDrop::new(memory.unwrap()),
        RemoveOnDrop::new(set.unwrap()),
        RemoveOnDrop::new(queue.unwrap()),
        RemoveOnDrop::new(semaphore.unwrap()),
    )
}

/// Row S10: 0610 marks an uninitialised segment, and is no other mode.
#[test]
fn the_mark_of_a_half_made_segment_is_no_mode() {
    let objects = objects(0o600);
    let marker = mode(0o610);
    let errors = [
        objects.0.set_mode(marker).unwrap_err(),
        SharedMemory::builder()
            .mode(marker)
            .create_private()
            .unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("0610"), "{error}");
    }
    assert_eq!(objects.0.mode().unwrap(), Mode::OWNER);
    objects.1.set_mode(marker).unwrap();
    objects.2.set_mode(marker).unwrap();
}

/// Row S10: each setter changes only its own value.
#[test]
fn a_setter_changes_what_it_names() {
    let objects = objects(0o640);
    macro_rules! check {
        ($handle:expr) => {{
            let handle = $handle;
            let before = handle.status().unwrap();
            handle.set_mode(mode(0o604)).unwrap();
            let after = handle.status().unwrap();
            assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
            assert_eq!(handle.mode().unwrap(), mode(0o604));
            let error = handle.set_uid(u32::MAX).unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            let error = handle.set_owner(0, u32::MAX).unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            if is_root() {
                handle.set_gid(7).unwrap();
                let after = handle.status().unwrap();
                assert_eq!((after.uid(), after.gid()), (before.uid(), 7));
                handle.set_uid(8).unwrap();
                let after = handle.status().unwrap();
                assert_eq!((after.uid(), after.gid()), (8, 7));
                handle.set_owner(9, 10).unwrap();
                let after = handle.status().unwrap();
                assert_eq!((after.uid(), after.gid()), (9, 10));
                assert_eq!(after.creator_uid(), before.creator_uid());
                assert_eq!(after.creator_gid(), before.creator_gid());
            } else {
                skipped(
                    "a_setter_changes_what_it_names",
                    "needs root to change the owner of objects",
                );
            }
            assert_eq!(handle.mode().unwrap(), mode(0o604));
        }};
    }
    check!(&objects.0);
    check!(&objects.1);
    check!(&objects.2);
    check!(&objects.3);
}
