//! Exhausted limits of the system: an error message, and no object left. Runs in a namespace with limits of its own.

use std::process::Command;

use crate::support::{CONVERSATION, Ended, Run, have};

/// Runs a conversation in a new namespace in which `limit` has been set; `None` if no namespace can be created.
fn run_with(limit: &str, layer: &str) -> Option<Ended> {
    // The lists have a line for the titles of the columns.
    let script = format!(
        "{limit} || exit 77; {CONVERSATION} --layer {layer}; status=$?; \
         tail -n +2 -q /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg | sed 's/^/left: /'; \
         exit $status"
    );
    let ended = have("unshare").then(|| {
        Run::start_command(Command::new("unshare").args(["--ipc", "sh", "-c", &script])).end()
    });
    ended.filter(|ended| ended.status.code() != Some(77) && !ended.stderr.contains("unshare"))
}

#[track_caller]
fn assert_refused(test: &str, limit: &str, layer: &str, text: &str) {
    let Some(ended) = run_with(limit, layer) else {
        eprintln!("{test}: skipped, no namespace to be had");
        return;
    };
    ended.assert_code(2).assert_complaint(text);
    assert!(ended.stderr.starts_with("Mrs. Premise: "), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert_eq!(ended.stdout, "", "something is left");
}

#[test]
fn no_room_for_a_set() {
    let limit = "echo 32000 1024000000 500 0 > /proc/sys/kernel/sem";
    let test = "no_room_for_a_set";
    assert_refused(test, limit, "wrapper", "SEMMNI");
    assert_refused(test, limit, "ipc", "semget: ENOSPC");
}

#[test]
fn no_room_for_a_segment() {
    let limit = "echo 0 > /proc/sys/kernel/shmmni";
    let test = "no_room_for_a_segment";
    assert_refused(test, limit, "wrapper", "SHMMNI");
    assert_refused(test, limit, "ipc", "shmget: ENOSPC");
}

#[test]
fn no_room_for_a_queue() {
    let limit = "echo 0 > /proc/sys/kernel/msgmni";
    let test = "no_room_for_a_queue";
    let queue = |layer| format!("{layer} --channel queue");
    assert_refused(test, limit, &queue("wrapper"), "MSGMNI");
    assert_refused(test, limit, &queue("ipc"), "msgget: ENOSPC");
}
