//! Segments of other users, and segments that their owner may not use, as the user nobody.

#![cfg(target_os = "linux")]

use std::fmt::Display;

use crate::support;
use sysv_wrapper::*;

/// Runs `as_nobody` as the user nobody in a process of its own, with the arguments that `prepare` returned. The other
/// value of `prepare` lives until that process ends.
fn with_nobody<K>(
    test: &str,
    prepare: impl FnOnce() -> (K, Vec<String>),
    as_nobody: impl FnOnce(&[String]),
) {
    if let Some(words) = support::role(test) {
        support::become_nobody();
        return as_nobody(&words);
    }
    if !support::is_root() {
        return support::skipped(test, "needs root to change its user");
    }
    let (_kept, words) = prepare();
    let words: Vec<&dyn Display> = words.iter().map(|word| word as &dyn Display).collect();
    support::Process::start(test, &words).finish();
}

fn mode(bits: u32) -> Mode {
    Mode::from_bits(bits).unwrap()
}

/// Returns a segment of root's with this mode, and its id and key for the child.
fn roots(bits: u32) -> (RemoveOnDrop<SharedMemory>, Vec<String>) {
    let memory = SharedMemory::builder()
        .size(100)
        .mode(mode(bits))
        .fill(b'r');
    let memory = RemoveOnDrop::new(memory.create_unique().unwrap());
    let key = memory.key().unwrap().to_string();
    let id = memory.id().to_string();
    (memory, vec![id, key])
}

/// Returns a segment that belongs to the user nobody.
fn own(bits: u32) -> RemoveOnDrop<SharedMemory> {
    let memory = SharedMemory::builder()
        .size(100)
        .mode(mode(bits))
        .fill(b'o');
    RemoveOnDrop::new(memory.create_unique().unwrap())
}

fn id(words: &[String]) -> i32 {
    words[0].parse().unwrap()
}

fn key(words: &[String]) -> Key {
    words[1].parse().unwrap()
}

#[track_caller]
fn assert_denied<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
    assert_eq!(error.errno(), Some(Errno::EACCES));
}

#[track_caller]
fn assert_not_owner<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
    assert_eq!(error.errno(), Some(Errno::EPERM));
}

/// Rows S6, N6, C3: a segment for its owner only.
#[test]
fn everything_with_a_segment_of_someone_else() {
    with_nobody(
        test_name!("everything_with_a_segment_of_someone_else"),
        || roots(0o600),
        |words| {
            let key = key(words);
            assert!(SharedMemory::exists(key).unwrap());
            let memory = SharedMemory::from_id(id(words)).unwrap();
            assert_eq!(memory.key(), None, "the kernel does not report it");
            assert_denied(SharedMemory::open(key));
            assert_denied(SharedMemory::builder().size(1).open(key));
            assert_denied(SharedMemory::builder().fill(1).create_or_open(key));
            assert_denied(memory.attach());
            assert_denied(memory.attach_read_only());
            assert_denied(memory.status());
            assert_denied(memory.size());
            assert_denied(memory.mode());
            assert_not_owner(memory.remove());
            assert_not_owner(SharedMemory::remove_key(key));
            assert_not_owner(SharedMemory::builder().create_replacing(key));
            assert_not_owner(memory.set_mode(Mode::EVERYONE));
            assert_not_owner(memory.set_owner(support::process::NOBODY, 0));
            assert_not_owner(memory.set_uid(support::process::NOBODY));
            assert_not_owner(memory.set_gid(support::process::NOBODY));
            assert_not_owner(memory.lock_in_memory());
            assert_not_owner(memory.unlock_from_memory());
            let error = SharedMemory::builder().create(key).unwrap_err();
            assert!(error.is_already_exists(), "{error}");
        },
    );
}

/// Rows P16, S8: a segment that all users may read.
#[test]
fn a_segment_to_read_is_read() {
    with_nobody(
        test_name!("a_segment_to_read_is_read"),
        || roots(0o444),
        |words| {
            let memory = SharedMemory::open(key(words)).unwrap();
            assert_eq!(SharedMemory::from_id(id(words)).unwrap(), memory);
            let attachment = memory.attach_read_only().unwrap();
            assert_eq!(attachment.read_to_vec(..).unwrap(), vec![b'r'; 100]);
            assert_denied(memory.attach());
            assert_eq!(memory.status().unwrap().attach_count(), 1);
            assert_not_owner(memory.remove());
            assert_not_owner(memory.set_mode(Mode::EVERYONE));
        },
    );
}

/// Rows N9, C3: write permission does not permit removal.
#[test]
fn a_segment_for_everyone_is_removed_by_its_owner_only() {
    with_nobody(
        test_name!("a_segment_for_everyone_is_removed_by_its_owner_only"),
        || roots(0o666),
        |words| {
            let memory = SharedMemory::open(key(words)).unwrap();
            let attachment = memory.attach().unwrap();
            attachment.write_at(b"nobody", 0).unwrap();
            assert_not_owner(attachment.remove_when_detached());
            assert!(!memory.status().unwrap().marked_for_removal());
            drop(RemoveOnDrop::new(memory.clone()));
            assert!(memory.status().is_ok());
        },
    );
}

/// Row P16: the user's own segment of mode 0400.
#[test]
fn ones_own_segment_to_read() {
    with_nobody(
        test_name!("ones_own_segment_to_read"),
        || ((), vec![]),
        |_| {
            let memory = own(0o400);
            let attachment = memory.attach_read_only().unwrap();
            assert_eq!(attachment.read_to_vec(..).unwrap(), vec![b'o'; 100]);
            assert_denied(memory.attach());
            memory.set_mode(Mode::OWNER).unwrap();
            memory.attach().unwrap().write_at(b"x", 0).unwrap();
            assert_eq!(attachment.read_to_vec(..2).unwrap(), b"xo");
        },
    );
}

/// Rows S10, S5: the user's own segment without read permission. The status is read by a call that needs none.
#[test]
fn ones_own_segment_to_write() {
    with_nobody(
        test_name!("ones_own_segment_to_write"),
        || ((), vec![]),
        |_| {
            let memory = own(0o200);
            let key = memory.key().unwrap();
            assert_denied(memory.status());
            assert_denied(memory.attach());
            assert_denied(memory.attach_read_only());
            // Write permission is sufficient for opening.
            assert_eq!(SharedMemory::open(key).unwrap().id(), memory.id());
            assert_eq!(SharedMemory::from_id(memory.id()).unwrap().key(), None);
            let error = SharedMemory::builder().size(101).open(key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert!(
                error.to_string().contains("has 100 bytes, and 101"),
                "{error}"
            );

            memory.set_gid(support::process::NOBODY).unwrap();
            assert_denied(memory.mode());
            memory.set_mode(mode(0o640)).unwrap();
            let status = memory.status().unwrap();
            let owner = (status.uid(), status.gid(), status.mode());
            let nobody = support::process::NOBODY;
            assert_eq!(
                owner,
                (nobody, nobody, mode(0o640)),
                "only the mode was changed"
            );
        },
    );
}

/// Rows S8, C8: on Linux, code may run in a segment if the mode permits execution.
#[test]
fn executing_takes_a_mode_that_allows_it() {
    with_nobody(
        test_name!("executing_takes_a_mode_that_allows_it"),
        || ((), vec![]),
        |_| {
            let options = AttachOptions::new().executable(true);
            assert_denied(own(0o600).attach_read_only_with(options));
            own(0o700).attach_read_only_with(options).unwrap();
        },
    );
}

/// Rows P6, N6: huge pages are restricted.
#[test]
fn huge_pages_are_refused_with_the_reason() {
    with_nobody(
        test_name!("huge_pages_are_refused_with_the_reason"),
        || ((), vec![]),
        |_| {
            let huge = SharedMemory::builder()
                .size(1 << 21)
                .huge_pages(HugePages::Default);
            let error = huge.create_private().map(RemoveOnDrop::new).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
            assert!(
                error.to_string().contains("vm.hugetlb_shm_group"),
                "{error}"
            );
        },
    );
}

/// Rows P7, N6: after a change of owner, the new owner and the creator have access.
#[test]
fn a_segment_that_was_given_to_nobody() {
    with_nobody(
        test_name!("a_segment_that_was_given_to_nobody"),
        || {
            let (memory, words) = roots(0o600);
            memory.set_uid(support::process::NOBODY).unwrap();
            (memory, words)
        },
        |words| {
            let memory = SharedMemory::open(key(words)).unwrap();
            assert_eq!(memory.status().unwrap().creator_uid(), 0);
            let attachment = memory.attach().unwrap();
            assert_eq!(attachment.read_to_vec(..2).unwrap(), b"rr");
            attachment.remove_when_detached().unwrap();
            assert!(!SharedMemory::exists(key(words)).unwrap());
        },
    );
}
