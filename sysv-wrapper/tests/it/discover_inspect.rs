//! Details of one object: attached processes, memory usage, members with waiters, messages by type.
#![cfg(target_os = "linux")]

use crate::support::process::sees_processes_of_others;
use crate::support::{self, in_namespace, own_pid, role};
use sysv_wrapper::*;

fn guard<H: Object>(made: Result<H>) -> RemoveOnDrop<H> {
    RemoveOnDrop::new(made.unwrap())
}

/// The test that starts a child which attaches.
const ATTACHING: &str = test_name!("processes_that_are_attached_are_found_with_their_command");

/// Runs in the child: attaches the given number of times, and waits to be killed.
fn attach_and_wait(words: &[String]) -> ! {
    let id: i32 = words[0].parse().unwrap();
    let times: usize = words[1].parse().unwrap();
    let segment = SharedMemory::from_id(ShmId::from_raw(id)).unwrap();
    let _read_only = segment.attach_read_only().unwrap();
    let _others: Vec<_> = (1..times).map(|_| segment.attach().unwrap()).collect();
    loop {
        std::thread::park();
    }
}

fn attached_by_child(test: &str, segment: &SharedMemory, times: usize) -> support::Process {
    let before = segment.status().unwrap().attach_count();
    let mut child = support::Process::start(test, &[&segment.id(), &times]);
    child.wait_until("the child's attachments", || {
        segment.status().unwrap().attach_count() == before + times as u64
    });
    child
}

fn pids(found: &AttachedProcesses) -> Vec<(Option<i32>, u64)> {
    let pid = |attached: &AttachedProcess| Some(attached.process().pid().as_raw());
    let processes = found.processes().iter();
    processes
        .map(|attached| (pid(attached), attached.attachments()))
        .collect()
}

/// Returns the attached processes other than this one, whose threads are in several namespaces and have attached other
/// tests' segments.
fn others(segment: &SharedMemory) -> Vec<(Option<i32>, u64)> {
    let mut found = pids(&segment.attached_processes().unwrap());
    found.retain(|(pid, _)| *pid != own_pid().map(Pid::as_raw));
    found
}

/// Row N8.
#[test]
fn processes_that_are_attached_are_found_with_their_command() {
    const TEST: &str = ATTACHING;
    if let Some(words) = role(TEST) {
        attach_and_wait(&words);
    }
    let segment = guard(SharedMemory::builder().size(10_000).create_private());
    let other = guard(SharedMemory::builder().size(10_000).create_unique());
    let _other = other.attach().unwrap();
    assert_eq!(others(&segment), []);
    assert!(segment.attached_processes().unwrap().is_complete());

    let child = attached_by_child(TEST, &segment, 3);
    let found = segment.attached_processes().unwrap();
    assert_eq!(others(&segment), [(Some(child.pid()), 3)]);
    assert_eq!((found.attach_count(), found.is_complete()), (Some(3), true));
    let mut processes = found.processes().iter().map(AttachedProcess::process);
    let process = processes
        .find(|process| process.pid().as_raw() == child.pid())
        .unwrap();
    assert!(
        process.command().contains(&format!("{TEST} --exact")),
        "{process:?}"
    );
    // The name of this program is `it-` and a hash by cargo.
    assert!(process.name().starts_with("it-"), "{process:?}");
    assert_eq!(Process::find(process.pid()).as_ref(), Some(process));

    // Beside this process's attachment, and after the key is gone.
    let _own = segment.attach().unwrap();
    segment.remove().unwrap();
    assert_eq!(others(&segment), [(Some(child.pid()), 3)]);
    let found = pids(&segment.attached_processes().unwrap());
    // Other threads may have attached segments with this id in their own namespaces.
    let own = |(pid, times): &(Option<i32>, u64)| *pid == own_pid().map(Pid::as_raw) && *times >= 1;
    assert!(found.iter().any(own), "{found:?}");
    let pid = process.pid();
    child.kill();
    assert_eq!(Process::find(pid), None);
    let found = pids(&segment.attached_processes().unwrap());
    assert!(matches!(&found[..], [one] if own(one)), "{found:?}");
}

/// Row N8. Segments of two ipc namespaces have the same id, and show the same inode.
#[test]
fn segments_of_other_ipc_namespaces_are_not_mistaken() {
    const TEST: &str = test_name!("segments_of_other_ipc_namespaces_are_not_mistaken");
    if let Some(words) = role(TEST) {
        attach_and_wait(&words);
    }
    in_namespace(TEST, || {
        let ours = guard(SharedMemory::builder().create_private());
        let child = attached_by_child(TEST, &ours, 1);
        in_namespace(TEST, || {
            let theirs = guard(SharedMemory::builder().create_private());
            assert_eq!(theirs.id(), ours.id());
            assert_eq!(others(&theirs), []);
            let child = attached_by_child(TEST, &theirs, 2);
            assert_eq!(others(&theirs), [(Some(child.pid()), 2)]);
        });
        assert_eq!(others(&ours), [(Some(child.pid()), 1)]);
    });
}

/// Row N8.
#[test]
fn what_cannot_be_looked_into_is_counted() {
    const TEST: &str = test_name!("what_cannot_be_looked_into_is_counted");
    let make = || {
        let segment = guard(
            SharedMemory::builder()
                .mode(support::mode(0o644))
                .create_private(),
        );
        let attached = segment.attach().unwrap();
        let child = attached_by_child(ATTACHING, &segment, 1);
        let id = segment.raw_id();
        ((child, attached, segment), vec![id])
    };
    let Some(numbers) = support::as_nobody(TEST, make) else {
        return;
    };
    let segment = SharedMemory::from_id(ShmId::from_raw(numbers[0])).unwrap();
    let _own = segment.attach_read_only().unwrap();
    let found = segment.attached_processes().unwrap();
    // After a change of user, Linux denies a process access to its own `/proc` files.
    let own = pids(&found).contains(&(own_pid().map(Pid::as_raw), 1));
    if sees_processes_of_others(TEST) {
        // At least the two processes of root.
        assert!(found.inaccessible() >= 2 + u64::from(!own), "{found:?}");
    }
    assert_eq!(
        (found.attach_count(), found.is_complete()),
        (Some(3), false)
    );
}

/// Row N8.
#[test]
fn the_memory_of_a_segment_is_told() {
    let page = page_size();
    let segment = guard(SharedMemory::builder().size(10 * page).create_private());
    let residence = segment.memory_usage().unwrap();
    assert_eq!(
        (residence.resident_bytes(), residence.swapped_bytes()),
        (0, 0)
    );
    let attached = segment.attach().unwrap();
    for number in [0, 3, 9] {
        attached.write_at(b"resident", number * page).unwrap();
    }
    let residence = segment.memory_usage().unwrap();
    let bytes = residence.resident_bytes() + residence.swapped_bytes();
    // With transparent huge pages for shared memory, it is a whole huge page.
    assert!(bytes >= 3 * page as u64, "{residence:?}");
    drop(attached);
    segment.remove().unwrap();
    // A process that another test starts by a full fork, as under an emulator, is also attached until its exec.
    support::wait_until("the last to detach", || segment.memory_usage().is_err());
    assert!(segment.memory_usage().unwrap_err().is_removed());
}

/// Rows N8, S14.
#[test]
fn members_are_told_with_values_and_pids() {
    let set = guard(
        SemaphoreSet::builder()
            .values([3, 0, 32_767])
            .create_private(),
    );
    let members = set.members().unwrap();
    let told: Vec<_> = members
        .iter()
        .map(|member| (member.number(), member.value()))
        .collect();
    assert_eq!(told, [(0, 3), (1, 0), (2, 32_767)]);
    for member in members {
        assert_eq!(member.last_pid(), own_pid());
        assert_eq!(
            (member.waiters_for_increase(), member.waiters_for_zero()),
            (0, 0)
        );
    }
    set.remove().unwrap();
    assert!(set.members().unwrap_err().is_removed());
}

/// Rows N8, N11.
#[test]
fn contents_are_counted_by_type_and_stay() {
    if !support::sees_messages(test_name!("contents_are_counted_by_type_and_stay")) {
        return;
    }
    let queue = guard(MessageQueue::builder().create_private());
    let empty = queue.count_by_type().unwrap();
    assert_eq!((empty.types(), empty.is_complete()), (&[][..], true));
    let messages = [(7, "bury"), (1, ""), (7, "the cat"), (9, "x"), (7, "")];
    for (message_type, text) in messages {
        queue.send(message_type, text.as_bytes()).unwrap();
    }
    let before = format!("{:?}", queue.status().unwrap());
    let contents = queue.count_by_type().unwrap();
    assert_eq!(format!("{:?}", queue.status().unwrap()), before);
    let counts = contents.types().iter();
    let counts: Vec<_> = counts
        .map(|of| (of.message_type(), of.messages(), of.bytes()))
        .collect();
    assert_eq!(counts, [(1, 1, 0), (7, 3, 11), (9, 1, 1)]);
    assert!(contents.is_complete());
    for (message_type, text) in messages {
        let message = queue.receive(Selector::Any).unwrap();
        assert_eq!(
            (message.message_type, &message.bytes[..]),
            (message_type, text.as_bytes())
        );
    }
}
