//! `RemoveOnDrop`: only the owning process removes the object, once, on every exit from a scope.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::support::fork::in_forked_child;
use crate::support::{self, Process, role, wait_until};
use sysv_wrapper::*;

/// One test body for every type of handle.
macro_rules! for_each_handle {
    ($body:ident) => {
        $body(
            || SharedMemory::builder().create_unique().unwrap(),
            SharedMemory::exists,
        );
        $body(
            || Semaphore::builder().create_unique().unwrap(),
            Semaphore::exists,
        );
        $body(
            || {
                SemaphoreSet::builder()
                    .values([1, 2])
                    .create_unique()
                    .unwrap()
            },
            SemaphoreSet::exists,
        );
        $body(
            || MessageQueue::builder().create_unique().unwrap(),
            MessageQueue::exists,
        );
    };
}

/// Returns whether the object of a handle exists.
fn is_there<H: Object>(handle: &H, exists: fn(Key) -> Result<bool>) -> bool {
    let by_key = exists(handle.key().unwrap()).unwrap();
    assert_eq!(H::from_raw_id(handle.raw_id()).is_ok(), by_key);
    by_key
}

/// Row N9.
#[test]
fn the_end_of_a_scope_removes() {
    fn body<H: Object + Debug>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let owned = RemoveOnDrop::new(make());
        let handle = H::clone(&owned);
        assert_eq!(format!("{owned:?}"), format!("RemoveOnDrop({handle:?})"));
        assert!(is_there(&handle, exists));
        drop(owned);
        assert!(!is_there(&handle, exists));
        // A handle owns nothing.
        let owned = RemoveOnDrop::new(make());
        drop(H::clone(&owned));
        assert!(is_there(&*owned, exists));
    }
    for_each_handle!(body);
}

/// Row N9.
#[test]
fn a_panic_removes() {
    fn body<H: Object>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let mut seen = None;
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let owned = RemoveOnDrop::new(make());
            seen = Some(H::clone(&owned));
            assert!(!is_there(&*owned, exists), "the expected failure");
        }));
        let text = *panic.unwrap_err().downcast::<&str>().unwrap();
        assert_eq!(text, "the expected failure");
        assert!(!is_there(&seen.unwrap(), exists));
    }
    for_each_handle!(body);
}

/// Row N9.
#[test]
fn what_is_kept_stays() {
    fn body<H: Object>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let handle = RemoveOnDrop::new(make()).keep();
        assert!(is_there(&handle, exists));
        drop(RemoveOnDrop::new(handle.clone()));
        assert!(!is_there(&handle, exists));
    }
    for_each_handle!(body);
}

/// Row N9.
#[test]
fn what_somebody_else_removed_is_no_error() {
    fn body<H: Object>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let owned = RemoveOnDrop::new(make());
        let other = RemoveOnDrop::new(H::clone(&owned));
        drop(other);
        assert!(!is_there(&*owned, exists));
        drop(owned);
    }
    for_each_handle!(body);
}

/// Row N9.
#[test]
fn a_forked_child_removes_nothing_of_its_parents() {
    fn body<H: Object>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let mut owned = Some(RemoveOnDrop::new(make()));
        let handle = H::clone(owned.as_ref().unwrap());
        let code = in_forked_child(|| {
            owned.take();
            i32::from(is_there(&handle, exists))
        });
        assert_eq!(code, 1);
        assert!(is_there(&handle, exists));
        // A child of the child does not own it either.
        let code = in_forked_child(|| {
            in_forked_child(|| {
                owned.take();
                0
            })
        });
        assert_eq!(code, 0);
        assert!(is_there(&handle, exists));
        owned.take();
        assert!(!is_there(&handle, exists));
    }
    for_each_handle!(body);
}

/// Row N9.
#[test]
fn a_forked_child_removes_what_is_its_own() {
    fn body<H: Object>(make: impl Fn() -> H, exists: fn(Key) -> Result<bool>) {
        let handle = make();
        let code = in_forked_child(|| {
            drop(RemoveOnDrop::new(handle.clone()));
            i32::from(is_there(&handle, exists))
        });
        assert_eq!(code, 0);
        assert!(!is_there(&handle, exists));
    }
    for_each_handle!(body);
}

/// Row N9: a key file belongs to its publisher, and is deleted at the end of its scope.
#[test]
fn a_forked_child_deletes_no_key_file_of_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
    let mut file = Some(KeyFile::publish_id(&path, &*memory).unwrap());
    let code = in_forked_child(|| {
        file.take();
        i32::from(path.exists())
    });
    assert_eq!(code, 1);
    assert!(path.exists());
    file.take();
    assert!(!path.exists());
}

/// Row N9: SIGKILL drops nothing, as documented; only the kernel's own cleanup happens.
#[test]
fn a_kill_leaves_what_only_a_drop_removes() {
    const TEST: &str = test_name!("a_kill_leaves_what_only_a_drop_removes");
    if let Some(words) = role(TEST) {
        let number = |word: usize| words[word].parse::<i32>().unwrap();
        let _left = RemoveOnDrop::new(Semaphore::from_id(number(0)).unwrap());
        let memory = SharedMemory::from_id(number(1)).unwrap();
        let attached = memory.attach().unwrap();
        attached.remove_when_detached().unwrap();
        // Signals that it is ready, and waits to be killed.
        Semaphore::from_id(number(2)).unwrap().release().unwrap();
        Semaphore::from_id(number(0)).unwrap().acquire().unwrap();
        return;
    }
    let left = RemoveOnDrop::new(Semaphore::builder().value(0).create_private().unwrap());
    let ready = RemoveOnDrop::new(Semaphore::builder().value(0).create_private().unwrap());
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    let child = Process::start(TEST, &[&left.id(), &memory.id(), &ready.id()]);
    ready.acquire_timeout(support::DEADLINE).unwrap();
    wait_until("a child that waits", || {
        left.waiters_for_increase().unwrap() == 1
    });
    assert_eq!(memory.status().unwrap().attach_count(), 1);
    child.kill();
    assert_eq!(left.value().unwrap(), 0);
    assert!(memory.status().unwrap_err().is_removed());
    assert!(!SharedMemory::exists(memory.key().unwrap()).unwrap());
}

/// Row N6: what a handle is called, and what finds its object.
#[test]
fn a_handle_tells_its_kind_its_id_and_its_key() {
    fn check<H: Object + std::fmt::Display>(handle: &H, kind: Kind, id: i32) {
        assert_eq!((handle.raw_id(), H::from_raw_id(id).is_ok()), (id, true));
        let key = handle.key().unwrap();
        assert_eq!(handle.to_string(), format!("{kind} {id} (key {key})"));
        assert_eq!(Entry::inspect_key(kind, key).unwrap().raw_id(), id);
    }
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    check(&*memory, Kind::SharedMemory, ShmId::from(&*memory).as_raw());
    let semaphore = RemoveOnDrop::new(Semaphore::builder().create_unique().unwrap());
    let set = SemaphoreSet::from_id(SemId::from(&*semaphore)).unwrap();
    check(&set, Kind::SemaphoreSet, SemId::from(&set).as_raw());
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_unique().unwrap());
    check(&*queue, Kind::MessageQueue, MsgId::from(&*queue).as_raw());

    let members: std::collections::HashSet<_> = set.iter().unwrap().collect();
    assert_eq!(members.len(), 1);
    assert!(members.contains(&set.get(0).unwrap()));
    let error = Entry::inspect_key(Kind::SharedMemory, support::unused_key()).unwrap_err();
    assert!(error.is_not_found(), "{error}");
}
