//! Listings: every object of each kind, one after the other, with every field equal to its status.
#![cfg(target_os = "linux")]

use crate::support::namespace::set_sysctl;
use crate::support::process::sees_processes_of_others;
use crate::support::{self, as_nobody, in_namespace, mode, own_pid, skipped, unused_key};
use sysv_wrapper::*;

fn guard<H: Object>(made: Result<H>) -> RemoveOnDrop<H> {
    RemoveOnDrop::new(made.unwrap())
}

/// Returns the entry of a listing, which must occur once, and must equal the result of `inspect`.
#[track_caller]
fn find<H: Object>(handle: &H) -> Entry {
    let mut listing = Entry::list(H::KIND).unwrap();
    let found: Vec<_> = listing
        .by_ref()
        .filter(|entry| entry.raw_id() == handle.raw_id())
        .collect();
    assert_eq!(listing.inaccessible(), 0);
    let text = format!("Listing {{ kind: {:?}, inaccessible: 0, .. }}", H::KIND);
    assert_eq!(format!("{listing:?}"), text);
    let [entry] = &found[..] else {
        panic!("{found:?}");
    };
    let inspected = Entry::inspect(H::KIND, handle.raw_id()).unwrap();
    assert_eq!(inspected.key(), entry.key());
    assert_eq!(
        format!("{:?}", inspected.status()),
        format!("{:?}", entry.status())
    );
    *entry
}

/// Checks the fields common to all kinds.
#[track_caller]
fn assert_common<H: Object>(entry: &Entry, handle: &H, expected_mode: u32) {
    assert_eq!((entry.kind(), entry.raw_id()), (H::KIND, handle.raw_id()));
    assert_eq!(Some(entry.key()), handle.key());
    let status = entry.status();
    assert_eq!(status.kind(), H::KIND);
    assert_eq!(status.mode(), mode(expected_mode));
    assert_eq!(
        (status.uid(), status.gid()),
        (status.creator_uid(), status.creator_gid())
    );
    assert!(status.change_time().is_some());
    assert!(status.last_time() >= status.change_time());
    let handles = [
        entry
            .shared_memory()
            .map(|made| (made.raw_id(), made.key())),
        entry
            .semaphore_set()
            .map(|made| (made.raw_id(), made.key())),
        entry
            .message_queue()
            .map(|made| (made.raw_id(), made.key())),
    ];
    let of_its_kind = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue]
        .map(|kind| (kind == H::KIND).then(|| (handle.raw_id(), handle.key())));
    assert_eq!(handles, of_its_kind);
    let text = format!("{entry:?}");
    for field in [
        format!("id: {}", entry.raw_id()),
        format!("key: {:?}", entry.key()),
        format!("status: {status:?}"),
    ] {
        assert!(text.contains(&field), "{field} in {text}");
    }
}

/// Rows N8, S11, P17.
#[test]
fn a_segment_is_listed_with_all_that_its_status_tells() {
    let made = guard(
        SharedMemory::builder()
            .size(12_345)
            .mode(mode(0o640))
            .create_unique(),
    );
    let entry = find(&*made);
    assert_common(&entry, &*made, 0o640);
    assert_eq!(entry.status().is_empty(), Some(true));
    let status = entry.status().as_shm().unwrap();
    assert_eq!((status.size(), status.attach_count()), (12_345, 0));
    assert_eq!((status.creator_pid(), status.last_pid()), (own_pid(), None));
    assert_eq!((status.attach_time(), status.detach_time()), (None, None));
    assert!(!status.marked_for_removal() && !status.locked());

    let attached = made.attach().unwrap();
    made.lock_in_memory().unwrap();
    let entry = find(&*made);
    assert_eq!(entry.status().is_empty(), Some(false));
    let status = entry.status().as_shm().unwrap();
    assert_eq!((status.attach_count(), status.last_pid()), (1, own_pid()));
    assert!(status.attach_time().is_some() && status.locked());
    made.unlock_from_memory().unwrap();

    // It still exists, without its key, until the last detach.
    made.remove().unwrap();
    let entry = find(&*made);
    assert!(entry.status().as_shm().unwrap().marked_for_removal());
    assert_eq!(entry.key(), Key::PRIVATE);
    drop(attached);
    assert!(SharedMemory::inspect(made.id()).unwrap_err().is_not_found());
}

/// Rows N8, S14, P12.
#[test]
fn a_set_is_listed_with_all_that_its_status_tells() {
    let made = guard(
        SemaphoreSet::builder()
            .values([1, 0, 3])
            .mode(mode(0o604))
            .create_unique(),
    );
    let entry = find(&*made);
    assert_common(&entry, &*made, 0o604);
    let status = entry.status().as_sem().unwrap();
    assert_eq!(status.count(), 3);
    assert!(status.operation_time().is_some());
    assert_eq!(entry.status().creator_pid(), None);
    assert_eq!(entry.status().is_empty(), None);
    let thin = support::Sem::private(2);
    let entry = SemaphoreSet::inspect(thin.id).unwrap();
    let status = entry.status().as_sem().unwrap();
    assert_eq!((status.operation_time(), entry.key()), (None, Key::PRIVATE));
}

/// Rows N8, P19.
#[test]
fn a_queue_is_listed_with_all_that_its_status_tells() {
    let made = guard(
        MessageQueue::builder()
            .mode(mode(0o620))
            .max_bytes(1000)
            .create_unique(),
    );
    let entry = find(&*made);
    assert_common(&entry, &*made, 0o620);
    assert_eq!(entry.status().is_empty(), Some(true));
    let status = entry.status().as_msg().unwrap();
    assert_eq!(
        (status.messages(), status.bytes(), status.max_bytes()),
        (0, 0, 1000)
    );
    assert_eq!(
        (status.last_send_pid(), status.last_receive_pid()),
        (None, None)
    );
    assert_eq!((status.send_time(), status.receive_time()), (None, None));
    made.send(3, b"four").unwrap();
    made.send(3, b"seven..").unwrap();
    made.receive(Selector::Any).unwrap();
    let entry = find(&*made);
    assert_eq!(entry.status().is_empty(), Some(false));
    let status = entry.status().as_msg().unwrap();
    assert_eq!((status.messages(), status.bytes()), (1, 7));
    assert_eq!(
        (status.last_send_pid(), status.last_receive_pid()),
        (own_pid(), own_pid())
    );
    assert!(status.send_time().is_some() && status.receive_time().is_some());
}

/// Row N8.
#[test]
fn a_listing_has_everything_and_nothing_else() {
    fn assert_all<H: Object>(make: impl Fn() -> Result<H>) {
        let ids = || {
            Entry::list(H::KIND)
                .unwrap()
                .map(|entry| entry.raw_id())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(), Vec::<i32>::new());
        let mut made: Vec<_> = (0..5).map(|_| guard(make())).collect();
        let of =
            |made: &[RemoveOnDrop<H>]| made.iter().map(|made| made.raw_id()).collect::<Vec<_>>();
        assert_eq!(ids(), of(&made));
        // A gap, and the first object removed.
        drop(made.remove(2));
        drop(made.remove(0));
        assert_eq!(ids(), of(&made));
        // Created and removed during the listing.
        let mut listing = Entry::list(H::KIND).unwrap();
        assert_eq!(listing.next().unwrap().raw_id(), made[0].raw_id());
        drop(made.remove(1));
        assert_eq!(
            listing.map(|entry| entry.raw_id()).collect::<Vec<_>>(),
            [made[1].raw_id()]
        );
    }
    in_namespace("a_listing_has_everything_and_nothing_else", || {
        assert_all(|| SharedMemory::builder().create_private());
        assert_all(|| SemaphoreSet::builder().values([1, 2]).create_private());
        assert_all(|| MessageQueue::builder().create_private());
    });
}

/// Row N8. An object that is removed during the iteration is not listed: nothing was collected before.
#[test]
fn thousands_are_listed_one_by_one() {
    const COUNT: usize = 3000;
    fn clear<H: Object>() -> usize {
        let all: Vec<_> = Entry::list(H::KIND).unwrap().collect();
        assert_eq!(all.len(), COUNT);
        let mut seen = 0;
        for entry in Entry::list(H::KIND).unwrap() {
            assert_eq!(entry.raw_id(), all[2 * seen].raw_id());
            entry.remove_if_unchanged().unwrap();
            all[2 * seen + 1].remove_if_unchanged().unwrap();
            seen += 1;
        }
        assert_eq!(Entry::list(H::KIND).unwrap().count(), 0);
        seen
    }
    in_namespace("thousands_are_listed_one_by_one", || {
        for _ in 0..COUNT {
            SharedMemory::builder().size(1).create_private().unwrap();
            std::mem::forget(support::Sem::private(1));
            MessageQueue::builder().create_private().unwrap();
        }
        let seen = [
            clear::<SharedMemory>(),
            clear::<SemaphoreSet>(),
            clear::<MessageQueue>(),
        ];
        assert_eq!(seen, [COUNT / 2; 3]);
    });
}

/// Rows N8, C2.
#[test]
fn what_is_not_there_is_not_found() {
    let made = SharedMemory::builder().create_private().unwrap();
    let entry = SharedMemory::inspect(made.id()).unwrap();
    made.remove().unwrap();
    assert!(SharedMemory::inspect(made.id()).unwrap_err().is_not_found());
    assert!(entry.refresh().unwrap_err().is_removed());
    assert!(entry.remove_if_unchanged().unwrap_err().is_removed());
    for id in [-1, i32::MAX] {
        assert!(SemaphoreSet::inspect(id).unwrap_err().is_not_found());
        assert!(MessageQueue::inspect(id).unwrap_err().is_not_found());
    }
}

/// Rows C2, N11. A reused id is another object, which is neither refreshed nor removed.
#[test]
fn an_id_that_came_back_is_noticed() {
    fn assert_noticed<H: Object>(next_id: &str, make: impl Fn(Key) -> Result<H>) {
        let first = make(unused_key().into()).unwrap();
        let entry = Entry::inspect(H::KIND, first.raw_id()).unwrap();
        entry.remove_if_unchanged().unwrap();
        set_sysctl(next_id, first.raw_id());
        let second = guard(make(unused_key().into()));
        assert_eq!(second.raw_id(), first.raw_id());
        assert_eq!(entry.refresh().unwrap_err().kind(), ErrorKind::Mismatch);
        let error = entry.remove_if_unchanged().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        Entry::inspect(H::KIND, second.raw_id())
            .unwrap()
            .refresh()
            .unwrap();
    }
    in_namespace("an_id_that_came_back_is_noticed", || {
        if !std::path::Path::new("/proc/sys/kernel/shm_next_id").exists() {
            return skipped(
                "an_id_that_came_back_is_noticed",
                "this kernel has no setting for the next id",
            );
        }
        assert_noticed("shm_next_id", |key| SharedMemory::builder().create(key));
        assert_noticed("sem_next_id", |key| {
            SemaphoreSet::builder().values([1]).create(key)
        });
        assert_noticed("msg_next_id", |key| MessageQueue::builder().create(key));
    });
}

/// Returns the entry of an object of root's, as user nobody gets it.
fn of_root<H: Object>(id: i32) -> Entry {
    let mut listing = Entry::list(H::KIND).unwrap();
    let entry = listing.find(|entry| entry.raw_id() == id).unwrap();
    assert_eq!(listing.inaccessible(), 0);
    let status = entry.status();
    assert_eq!(
        (status.uid(), status.creator_gid(), status.mode()),
        (0, 0, Mode::OWNER)
    );
    assert!(!entry.key().is_private());
    assert_eq!(Entry::inspect(H::KIND, id).unwrap().key(), entry.key());
    let error = entry.remove_if_unchanged().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOwner);
    entry
}

/// Rows N8, C10. Objects that only root may read are listed for the user nobody too, with all fields.
#[test]
fn the_objects_of_others_are_listed() {
    const TEST: &str = test_name!("the_objects_of_others_are_listed");
    let make = || {
        let segment = guard(SharedMemory::builder().size(4321).create_unique());
        let set = guard(SemaphoreSet::builder().values([1, 2]).create_unique());
        let queue = guard(MessageQueue::builder().create_unique());
        queue.send(1, b"four").unwrap();
        let numbers = vec![
            segment.raw_id(),
            set.raw_id(),
            queue.raw_id(),
            own_pid().unwrap().as_raw(),
        ];
        ((segment, set, queue), numbers)
    };
    let Some(numbers) = as_nobody(TEST, make) else {
        return;
    };
    let [segment, set, queue, root] = numbers[..] else {
        panic!("{numbers:?}");
    };
    let root = Pid::from_raw(root);
    let segment = of_root::<SharedMemory>(segment);
    assert_eq!(
        (
            segment.status().as_shm().unwrap().size(),
            segment.status().creator_pid()
        ),
        (4321, root)
    );
    // Root's process is visible as running, though it cannot be signalled.
    assert_eq!(segment.verdict(), Verdict::InUse);
    let set = of_root::<SemaphoreSet>(set);
    assert_eq!(set.status().as_sem().unwrap().count(), 2);
    // Reading the members needs permission.
    assert_eq!(set.verdict(), Verdict::Unknown);
    assert!(
        set.semaphore_set()
            .unwrap()
            .members()
            .unwrap_err()
            .is_permission_denied()
    );
    let queue = of_root::<MessageQueue>(queue);
    let status = queue.status().as_msg().unwrap();
    assert_eq!((status.bytes(), status.last_send_pid()), (4, root));
    assert_eq!(queue.verdict(), Verdict::InUse);
    assert!(
        queue
            .message_queue()
            .unwrap()
            .count_by_type()
            .unwrap_err()
            .is_permission_denied()
    );

    let found = segment
        .shared_memory()
        .unwrap()
        .attached_processes()
        .unwrap();
    assert_eq!(found.processes(), []);
    assert_eq!(found.attach_count(), Some(0));
    if sees_processes_of_others(TEST) {
        assert!(found.inaccessible() > 0, "at least the parent is root's");
    }
}
