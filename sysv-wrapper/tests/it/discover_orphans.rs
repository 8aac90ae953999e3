//! Orphans: verdicts on objects of real processes, running, killed, ended, and of other pid namespaces.
#![cfg(target_os = "linux")]

use std::fmt::Display;
use std::process::Command;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::{
    self, Process, Sleeper, is_root, own_pid, process, role, skipped, unused_key, wait_until,
};
use sysv_wrapper::*;

/// Fails unless the verdicts are those on objects of a dead process: the kernel records every user of the segment only,
/// and the waiters of a queue are known only if every process can be inspected.
#[track_caller]
fn assert_left_over(verdicts: [Verdict; 3]) {
    let [segment, set, queue] = verdicts;
    assert_eq!((segment, set), (Verdict::Orphaned, Verdict::Idle));
    assert_idle_queue(queue);
}

#[track_caller]
fn assert_idle_queue(verdict: Verdict) {
    assert!(
        matches!(verdict, Verdict::Idle | Verdict::Unknown),
        "{verdict:?}"
    );
}

/// The three objects of a child, with keys that this process chose.
struct Objects {
    key: Key,
}

impl Objects {
    fn new() -> Objects {
        Objects {
            key: unused_key().into(),
        }
    }

    /// Runs in the child: creates all three objects, uses them, and waits to be killed.
    fn make(key: Key) {
        let memory = SharedMemory::builder().create(key).unwrap();
        memory.attach().unwrap();
        SemaphoreSet::builder().values([0, 1]).create(key).unwrap();
        let queue = MessageQueue::builder().create(key).unwrap();
        queue.send(1, b"ready").unwrap();
    }

    fn are_ready(&self) -> bool {
        let queue = MessageQueue::open(self.key);
        queue.is_ok_and(|queue| queue.status().is_ok_and(|status| status.messages() > 0))
    }

    fn verdicts(&self) -> [Verdict; 3] {
        let mut judge = OrphanCheck::new();
        [
            judge.judge(&SharedMemory::inspect(self.segment().id()).unwrap()),
            judge.judge(&SemaphoreSet::inspect(self.set().id()).unwrap()),
            judge.judge(&MessageQueue::inspect(self.queue().id()).unwrap()),
        ]
    }

    fn segment(&self) -> SharedMemory {
        SharedMemory::open(self.key).unwrap()
    }

    fn set(&self) -> SemaphoreSet {
        SemaphoreSet::open(self.key).unwrap()
    }

    fn queue(&self) -> MessageQueue {
        MessageQueue::open(self.key).unwrap()
    }

    /// Starts a child that creates the objects, and kills it.
    fn of_a_killed_child(test: &str) -> Objects {
        let objects = Objects::new();
        let mut child = Process::start(test, &[&objects.key]);
        child.wait_until("the child's objects", || objects.are_ready());
        child.kill();
        objects
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Some do not exist if the test failed.
        let _ = SharedMemory::remove_key(self.key);
        let _ = SemaphoreSet::remove_key(self.key);
        let _ = MessageQueue::remove_key(self.key);
    }
}

/// Runs in the child: creates the objects and waits to be killed.
fn play_child(test: &str) {
    if let Some(words) = role(test) {
        Objects::make(words[0].parse().unwrap());
        loop {
            std::thread::park();
        }
    }
}

/// Rows N8, C10.
#[test]
fn the_objects_of_a_killed_process_are_orphaned() {
    const TEST: &str = test_name!("the_objects_of_a_killed_process_are_orphaned");
    play_child(TEST);
    let objects = Objects::new();
    let mut child = Process::start(TEST, &[&objects.key]);
    child.wait_until("the child's objects", || objects.are_ready());
    assert_eq!(objects.verdicts(), [Verdict::InUse; 3]);
    child.kill();
    assert_left_over(objects.verdicts());
    // Through a listing as well.
    let mut judge = OrphanCheck::new();
    let id = objects.segment().id();
    let entry = SharedMemory::list()
        .unwrap()
        .find(|entry| entry.raw_id() == id.as_raw())
        .unwrap();
    assert_eq!(
        (judge.judge(&entry), entry.verdict()),
        (Verdict::Orphaned, Verdict::Orphaned)
    );
    assert_eq!(judge.creator_is_gone(&entry), Some(true));
}

/// Row N8. A process that has ended holds nothing, whether or not its parent has waited for it.
#[test]
fn a_process_that_nobody_waited_for_is_gone() {
    const TEST: &str = test_name!("a_process_that_nobody_waited_for_is_gone");
    play_child(TEST);
    let objects = Objects::new();
    let mut child = process::child_command(TEST, &[&objects.key as &dyn Display])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the child's objects", || objects.are_ready());
    child.kill().unwrap();
    // Its threads end one after the other.
    wait_until("the child's end", || {
        matches!(
            objects.verdicts(),
            [
                Verdict::Orphaned,
                Verdict::Idle,
                Verdict::Idle | Verdict::Unknown
            ]
        )
    });
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id()));
    assert!(
        stat.unwrap().contains(") Z "),
        "its parent has not waited for it"
    );
    child.wait().unwrap();
}

/// Row N8.
#[test]
fn what_was_never_used_is_unknown() {
    let set = support::Sem::private(3);
    let entry = SemaphoreSet::inspect(set.id).unwrap();
    assert_eq!(entry.verdict(), Verdict::Unknown);
    let queue = support::Msg::private();
    let entry = MessageQueue::inspect(queue.id).unwrap();
    assert_eq!(entry.verdict(), Verdict::Unknown);
    // The creator of a segment is recorded.
    let segment = support::Shm::private(1);
    let entry = SharedMemory::inspect(segment.id).unwrap();
    assert_eq!(entry.verdict(), Verdict::InUse);
}

/// Row N8. This process is recorded, and no process uses the objects.
#[test]
fn the_objects_of_this_process_are_not_orphaned() {
    let objects = Objects::new();
    Objects::make(objects.key);
    assert_eq!(objects.verdicts(), [Verdict::InUse; 3]);
    // The kernel records the creator of a segment only.
    let mut judge = OrphanCheck::new();
    let segment = SharedMemory::inspect(objects.segment().id()).unwrap();
    assert_eq!(judge.creator_is_gone(&segment), Some(false));
    let queue = MessageQueue::inspect(objects.queue().id()).unwrap();
    assert_eq!(judge.creator_is_gone(&queue), None);
    for entry in [&segment, &queue] {
        assert!(!judge.process_is_gone(entry, own_pid().unwrap()));
        // The maximum pid on Linux is smaller.
        assert!(judge.process_is_gone(entry, Pid::from_raw(i32::MAX).unwrap()));
    }
}

/// Row N8.
#[test]
fn a_member_that_nobody_operated_on_leaves_it_open() {
    const TEST: &str = test_name!("a_member_that_nobody_operated_on_leaves_it_open");
    if let Some(words) = role(TEST) {
        let id: i32 = words[0].parse().unwrap();
        sysv_ipc::semctl_setval(SemId::from_raw(id), 1, 1).unwrap();
        return;
    }
    let set = support::Sem::private(2);
    Process::start(TEST, &[&set.id]).finish();
    let members = SemaphoreSet::from_id(set.id).unwrap().members().unwrap();
    assert_eq!(members[0].last_pid(), None);
    assert!(
        members[1]
            .last_pid()
            .is_some_and(|pid| !process::exists(pid))
    );
    let entry = SemaphoreSet::inspect(set.id).unwrap();
    assert_eq!(entry.verdict(), Verdict::Unknown);
}

/// Row N8.
#[test]
fn a_segment_that_is_attached_or_whose_last_user_runs_is_not_orphaned() {
    const TEST: &str =
        test_name!("a_segment_that_is_attached_or_whose_last_user_runs_is_not_orphaned");
    play_child(TEST);
    let objects = Objects::of_a_killed_child(TEST);
    let verdict = || objects.verdicts()[0];
    assert_eq!(verdict(), Verdict::Orphaned);
    let attached = objects.segment().attach_read_only().unwrap();
    assert_eq!(verdict(), Verdict::InUse);
    drop(attached);
    let status = objects.segment().status().unwrap();
    assert_eq!((status.attach_count(), status.last_pid()), (0, own_pid()));
    assert_eq!(verdict(), Verdict::InUse);
}

/// Row N8. Waiting records no pid, but counts as use.
#[test]
fn a_set_that_is_waited_for_is_not_orphaned() {
    const TEST: &str = test_name!("a_set_that_is_waited_for_is_not_orphaned");
    play_child(TEST);
    let objects = Objects::of_a_killed_child(TEST);
    let set = objects.set();
    let waiters = [
        (
            0,
            Sleeper::start({
                let member = set.get(0).unwrap();
                move || member.acquire().is_err_and(|error| error.is_removed())
            }),
        ),
        (
            1,
            Sleeper::start({
                let member = set.get(1).unwrap();
                move || {
                    member
                        .wait_until_zero()
                        .is_err_and(|error| error.is_removed())
                }
            }),
        ),
    ];
    wait_until("the waiters", || {
        let members = set.members().unwrap();
        (
            members[0].waiters_for_increase(),
            members[1].waiters_for_zero(),
        ) == (1, 1)
    });
    let members = set.members().unwrap();
    assert_eq!(
        (
            members[0].waiters_for_zero(),
            members[1].waiters_for_increase()
        ),
        (0, 0)
    );
    assert_eq!((members[0].value(), members[1].value()), (0, 1));
    assert!(
        members
            .iter()
            .all(|member| member.last_pid().is_some_and(|pid| !process::exists(pid)))
    );
    let [segment, waited_for, queue] = objects.verdicts();
    assert_eq!((segment, waited_for), (Verdict::Orphaned, Verdict::InUse));
    assert_idle_queue(queue);
    set.remove().unwrap();
    for (number, waiter) in waiters {
        assert!(waiter.join(), "member {number}");
    }
}

/// Row N8. A receiver that runs counts as much as the sender.
#[test]
fn a_queue_whose_receiver_runs_is_not_orphaned() {
    const TEST: &str = test_name!("a_queue_whose_receiver_runs_is_not_orphaned");
    play_child(TEST);
    let objects = Objects::of_a_killed_child(TEST);
    assert_idle_queue(objects.verdicts()[2]);
    objects.queue().try_receive(Selector::Any).unwrap();
    assert_eq!(objects.verdicts()[2], Verdict::InUse);
}

/// Starts a child of this test as the first process of a new pid namespace.
fn in_pid_namespace(
    test: &str,
    words: &[&dyn Display],
    mount_proc: bool,
) -> Option<std::process::Output> {
    let child = process::child_command(test, words);
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child"]);
    if mount_proc {
        command.arg("--mount-proc");
    }
    command.arg(child.get_program()).args(child.get_args());
    for (name, value) in child.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if !is_root() {
        skipped(test, "needs root for a pid namespace");
        return None;
    }
    let Ok(output) = command.output() else {
        skipped(test, "unshare is not installed");
        return None;
    };
    Some(output)
}

/// Fails unless the child ran its one test and passed.
#[track_caller]
fn assert_passed(output: &std::process::Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains(": ok. 1 passed;"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Row N8. From an inner pid namespace, outer pids read as 0; the verdict on objects that only outer processes used is
/// unknown.
#[test]
fn processes_of_an_outer_namespace_cannot_be_judged() {
    const TEST: &str = test_name!("processes_of_an_outer_namespace_cannot_be_judged");
    if let Some(words) = role(TEST) {
        let objects = std::mem::ManuallyDrop::new(Objects {
            key: words[0].parse().unwrap(),
        });
        let unused = ShmId::from_raw(words[1].parse().unwrap());
        let has_own_proc = words[2] == "true";
        assert_eq!(objects.segment().status().unwrap().creator_pid(), None);
        let verdict = SharedMemory::inspect(unused).unwrap().verdict();
        assert_eq!(verdict, Verdict::Unknown);
        let expected = [Verdict::InUse, Verdict::Unknown, Verdict::Unknown];
        assert_eq!(
            objects.verdicts(),
            expected,
            "the first one is attached outside"
        );
        // After this process receives and sends, its pid is recorded, and it is running.
        assert!(objects.queue().try_receive(Selector::Any).unwrap().bytes == b"ready");
        objects.queue().send(1, b"ready").unwrap();
        assert_eq!(objects.verdicts()[2], Verdict::InUse);

        let attached = objects.segment().attach().unwrap();
        let own = sysv_wrapper::Process::find(own_pid().unwrap());
        let found = objects.segment().attached_processes();
        if has_own_proc {
            let found = found.unwrap();
            assert_eq!(found.processes().len(), 1);
            assert_eq!(Some(found.processes()[0].process()), own.as_ref());
            // The outer process is counted, but not visible.
            assert_eq!(
                (found.attach_count(), found.is_complete()),
                (Some(2), false)
            );
        } else {
            // Its pids are not those of this process's pid namespace.
            assert!(found.unwrap_err().is_unsupported());
            assert_eq!(own, None);
        }
        drop(attached);
        return;
    }
    for mount_proc in [true, false] {
        let objects = Objects::new();
        Objects::make(objects.key);
        let unused = support::Shm::private(1);
        let _attached = objects.segment().attach_read_only().unwrap();
        let output = in_pid_namespace(TEST, &[&objects.key, &unused.id, &mount_proc], mount_proc);
        let Some(output) = output else {
            return;
        };
        assert_passed(&output);
    }
}

/// A queue whose only user has ended.
fn left_queue() -> RemoveOnDrop<MessageQueue> {
    let queue = MessageQueue::builder().create_private().unwrap();
    let queue = RemoveOnDrop::new(queue);
    let user = in_forked_child(|| queue.try_send(1, b"").is_err().into());
    assert_eq!(user, 0);
    queue
}

/// Row N8. A process that has ended, and that its parent has not waited for, cannot be looked into, and waits for nothing.
#[test]
fn a_process_that_has_ended_does_not_wait_for_a_queue() {
    const TEST: &str = test_name!("a_process_that_has_ended_does_not_wait_for_a_queue");
    if role(TEST).is_some() {
        let queue = left_queue();
        let mut ended = Command::new("true").spawn().unwrap();
        wait_until("the end", || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", ended.id()));
            stat.unwrap().contains(") Z ")
        });
        let verdict = MessageQueue::inspect(queue.id()).unwrap().verdict();
        assert_eq!(verdict, Verdict::Idle);
        ended.wait().unwrap();
        return;
    }
    if let Some(output) = in_pid_namespace(TEST, &[], true) {
        assert_passed(&output);
    }
}

/// Row N8. The kernel records who has received, not who waits to.
#[test]
fn a_queue_that_is_waited_for_is_in_use() {
    const TEST: &str = test_name!("a_queue_that_is_waited_for_is_in_use");
    if role(TEST).is_some() {
        let queues = [left_queue(), left_queue()];
        let verdicts = || {
            let verdict = |queue: &RemoveOnDrop<MessageQueue>| {
                MessageQueue::inspect(queue.id()).unwrap().verdict()
            };
            [verdict(&queues[0]), verdict(&queues[1])]
        };
        assert_eq!(verdicts(), [Verdict::Idle; 2]);
        let waiter = Forked::start(|| {
            let of_type = Selector::Exact(9);
            queues[1].receive(of_type).is_err().into()
        });
        wait_until("one waits", || verdicts()[1] == Verdict::InUse);
        assert_eq!(verdicts()[0], Verdict::Idle);
        drop(waiter);
        assert_eq!(verdicts(), [Verdict::Idle; 2]);
        return;
    }
    if let Some(output) = in_pid_namespace(TEST, &[], true) {
        assert_passed(&output);
    }
}

/// Row N8. From the outer pid namespace, every inner process has a pid.
#[test]
fn processes_of_an_inner_namespace_are_judged() {
    const TEST: &str = test_name!("processes_of_an_inner_namespace_are_judged");
    if let Some(words) = role(TEST) {
        assert_eq!(own_pid().map(Pid::as_raw), Some(1));
        Objects::make(words[0].parse().unwrap());
        return;
    }
    let objects = Objects::new();
    let Some(output) = in_pid_namespace(TEST, &[&objects.key], true) else {
        return;
    };
    assert_passed(&output);
    let creator = objects.segment().status().unwrap().creator_pid();
    assert!(creator.is_some_and(|pid| pid.as_raw() != 1));
    assert_left_over(objects.verdicts());
}
