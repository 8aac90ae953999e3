//! The status of segments, the setters, and locking in memory.

use std::time::{Duration, SystemTime};

use crate::support;
use sysv_wrapper::*;

fn segment() -> RemoveOnDrop<SharedMemory> {
    RemoveOnDrop::new(SharedMemory::builder().size(5000).create_private().unwrap())
}

/// Fails unless the time is recent, by the kernel's clock, which has whole seconds and lags.
#[track_caller]
fn assert_recent(time: Option<SystemTime>) {
    let time = time.expect("no time at all");
    let now = SystemTime::now();
    let distance = now
        .duration_since(time)
        .unwrap_or_else(|early| early.duration());
    assert!(
        distance < Duration::from_secs(600),
        "{time:?} is far from {now:?}"
    );
}

/// Rows S11, P17, W5.
#[test]
fn every_attribute() {
    let memory = segment();
    let status = memory.status().unwrap();
    let own = status.creator_pid();
    assert_eq!(own, support::own_pid());
    assert_eq!(status.size(), 5000);
    assert_eq!(memory.size().unwrap(), 5000);
    assert_eq!(status.attach_count(), 0);
    assert_eq!(status.mode(), Mode::OWNER);
    assert_eq!(memory.mode().unwrap(), Mode::OWNER);
    assert_eq!(status.uid(), support::process::effective_uid());
    assert_eq!(status.creator_uid(), status.uid());
    assert_eq!(status.creator_gid(), status.gid());
    assert!(!status.marked_for_removal());
    assert!(!status.locked());
    // Before the first event, time and pid are `None`.
    assert_eq!(status.attach_time(), None);
    assert_eq!(status.detach_time(), None);
    assert_eq!(status.last_pid(), None);
    assert_recent(status.change_time());

    let attachment = memory.attach().unwrap();
    let status = memory.status().unwrap();
    assert_eq!(status.attach_count(), 1);
    assert_recent(status.attach_time());
    assert_eq!(status.detach_time(), None);
    assert_eq!(status.last_pid(), own);

    drop(attachment);
    let status = memory.status().unwrap();
    assert_eq!(status.attach_count(), 0);
    assert_recent(status.detach_time());
}

/// Rows S11, P17: the last pid is that of the process that last attached or detached.
#[test]
fn pids_are_those_of_other_processes() {
    const TEST: &str = test_name!("pids_are_those_of_other_processes");
    if let Some(words) = support::role(TEST) {
        let id: i32 = words[0].parse().unwrap();
        let memory = SharedMemory::from_id(id).unwrap();
        let attachment = memory.attach().unwrap();
        assert_eq!(memory.status().unwrap().last_pid(), support::own_pid());
        assert_ne!(memory.status().unwrap().creator_pid(), support::own_pid());
        attachment.write_value(&std::process::id(), 0).unwrap();
        return;
    }
    let memory = segment();
    // Not attached until then: a fork by another test would attach and detach a copy.
    support::Process::start(TEST, &[&memory.id()]).finish();
    let last = memory.status().unwrap().last_pid().unwrap();
    let child: u32 = memory.attach().unwrap().read_value(0).unwrap();
    assert_eq!(u32::try_from(last.as_raw()), Ok(child));
}

/// Returns the values that the setters change.
fn owner(memory: &SharedMemory) -> (u32, u32, Mode) {
    let status = memory.status().unwrap();
    (status.uid(), status.gid(), status.mode())
}

/// Rows S10, W5, C3.
#[test]
fn each_setter_changes_only_what_it_names() {
    let memory = segment();
    let (uid, gid, _) = owner(&memory);
    let mode = Mode::from_bits(0o640).unwrap();
    memory.set_mode(mode).unwrap();
    assert_eq!(owner(&memory), (uid, gid, mode));
    if !support::is_root() {
        support::skipped(
            "each_setter_changes_only_what_it_names",
            "needs root to change the owner",
        );
        return;
    }
    memory.set_uid(1234).unwrap();
    assert_eq!(owner(&memory), (1234, gid, mode));
    memory.set_gid(5678).unwrap();
    assert_eq!(owner(&memory), (1234, 5678, mode));
    memory.set_owner(4321, 8765).unwrap();
    assert_eq!(owner(&memory), (4321, 8765, mode));
    memory.set_mode(Mode::NONE).unwrap();
    assert_eq!(owner(&memory), (4321, 8765, Mode::NONE));
    let status = memory.status().unwrap();
    assert_eq!((status.creator_uid(), status.creator_gid()), (uid, gid));
    assert_eq!(status.size(), 5000);
}

/// Rows S10, N6: the number that means no user.
#[test]
fn owners_that_cannot_be() {
    let memory = segment();
    let before = owner(&memory);
    for error in [
        memory.set_uid(u32::MAX).unwrap_err(),
        memory.set_gid(u32::MAX).unwrap_err(),
        memory.set_owner(u32::MAX, 0).unwrap_err(),
        memory.set_owner(0, u32::MAX).unwrap_err(),
    ] {
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("4294967295"), "{error}");
    }
    assert_eq!(owner(&memory), before);
}

/// Row C8.
#[test]
#[cfg(target_os = "linux")]
fn locking_in_memory_and_unlocking() {
    let memory = segment();
    memory.lock_in_memory().unwrap();
    assert!(memory.status().unwrap().locked());
    memory.lock_in_memory().unwrap();
    // The kernel keeps this state beside the mode.
    assert_eq!(memory.mode().unwrap(), Mode::OWNER);
    memory.set_mode(Mode::GROUP).unwrap();
    assert!(memory.status().unwrap().locked());
    memory.unlock_from_memory().unwrap();
    assert!(!memory.status().unwrap().locked());
    memory.unlock_from_memory().unwrap();
}

/// Rows C8, N6: both refusals name the reason.
#[test]
#[cfg(target_os = "linux")]
fn locking_that_is_refused_says_why() {
    const TEST: &str = test_name!("locking_that_is_refused_says_why");
    if let Some(words) = support::role(TEST) {
        let limit = rustix::process::Rlimit {
            current: Some(1 << 20),
            maximum: Some(1 << 20),
        };
        rustix::process::setrlimit(rustix::process::Resource::Memlock, limit).unwrap();
        support::become_nobody();
        let id: i32 = words[0].parse().unwrap();
        let others = SharedMemory::from_id(id).unwrap();
        for error in [
            others.lock_in_memory().unwrap_err(),
            others.unlock_from_memory().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
            assert_eq!(error.errno(), Some(Errno::EPERM));
            assert!(error.to_string().contains("its owner"), "{error}");
        }
        let error = others.lock_in_memory().unwrap_err();
        assert!(error.to_string().contains("CAP_IPC_LOCK"), "{error}");
        // The size of all memory: more than any limit, and no page of it is accessed.
        let own = SharedMemory::builder()
            .size(usize::try_from(1_u64 << 40).unwrap_or(1 << 30))
            .no_reserve(true);
        let own = RemoveOnDrop::new(own.create_private().unwrap());
        let error = own.lock_in_memory().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
        let limit = "RLIMIT_MEMLOCK allows, which is 1048576 bytes";
        assert!(error.to_string().contains(limit), "{error}");
        assert!(!own.status().unwrap().locked());
        return;
    }
    if !support::is_root() {
        return support::skipped(TEST, "needs root to change its user");
    }
    let memory = segment();
    support::Process::start(TEST, &[&memory.id()]).finish();
}
