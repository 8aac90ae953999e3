//! `sysvipc list`: filters, columns, order, and the output for another user.

use std::collections::HashSet;

use crate::cli::{self, create, ids, list, run};
use crate::support::process::sees_processes_of_others;
use crate::support::{self, Process, in_namespace, is_root, mode, role};
use sysv_wrapper::*;

/// Rows N8, C10.
#[test]
fn filters_leave_what_they_say() {
    const TEST: &str = test_name!("filters_leave_what_they_say");
    if let Some(words) = role(TEST) {
        let segment = SharedMemory::from_id(words[0].parse::<ShmId>().unwrap()).unwrap();
        let _attached = segment.attach().unwrap();
        loop {
            std::thread::park();
        }
    }
    in_namespace(TEST, || {
        let own = std::process::id();
        let keyed = i64::from(create("shm --key 0x2a --size 1M"));
        let attached = support::Shm::private(100);
        // In another process: the children of this one would inherit it, and be the last ones.
        let mut user = Process::start(TEST, &[&attached.id]);
        let pid = Pid::from_raw(user.pid());
        user.wait_until("it has attached", || {
            sysv_ipc::shmctl_stat(attached.id).unwrap().lpid() == pid
        });
        let attached_id = i64::from(attached.id.as_raw());
        let queue = MessageQueue::builder().create_private().unwrap();
        let empty = i64::from(create("msg --key 42"));
        queue.send(3, b"text").unwrap();
        let queue_id = i64::from(queue.id().as_raw());
        let set = support::Sem::with_values(&[0, 1]);
        let set_id = i64::from(set.id.as_raw());

        assert_eq!(ids("shm"), [keyed, attached_id]);
        assert_eq!(ids("shm --key 42"), [keyed]);
        assert_eq!(ids("--key 0x2a").len(), 2);
        assert!(ids("--key 0x2b").is_empty());
        assert_eq!(ids("shm --key 0"), [attached_id]);
        assert_eq!(ids(&format!("shm --creator-pid {own}")), [attached_id]);
        assert_eq!(
            ids(&format!("shm --last-pid {}", user.pid())),
            [attached_id]
        );
        assert_eq!(ids(&format!("sem --last-pid {own}")), [set_id]);
        assert_eq!(ids(&format!("msg --last-pid {own}")), [queue_id]);
        assert_eq!(ids("shm --empty"), [keyed]);
        assert_eq!(ids("msg --empty"), [empty]);
        assert!(ids("--older-than 1h").is_empty());
        assert_eq!(ids("--older-than 0").len(), 5);
        // Never attached: it may be there for others.
        assert!(ids("shm --orphaned").is_empty());
        assert_eq!(ids("shm --idle"), [keyed]);
        cli::run_with("write --key 42", b"x").text();
        assert_eq!(ids("shm --orphaned"), [keyed]);
        assert!(ids("shm --idle").is_empty());
        assert!(ids("shm --empty --key 0").is_empty());
        assert_eq!(
            ids("shm --owner root --key 42"),
            if is_root() { vec![keyed] } else { vec![] }
        );
        assert!(ids("--owner 12345").is_empty());
        if is_root() {
            set_owner(&queue, 12345);
            assert_eq!(ids("--owner 12345"), [queue_id]);
        }
    });
}

fn set_owner(queue: &MessageQueue, uid: u32) {
    queue.set_uid(uid).unwrap();
}

/// Row N8.
#[test]
fn times_of_use_are_told_with_what_it_was() {
    in_namespace("times_of_use_are_told_with_what_it_was", || {
        create("shm");
        let attached = support::Shm::private(100);
        let mapping = attached.attach();
        let queue = support::Msg::private();
        let use_of = |words: &str| {
            let object = list(words).pop().unwrap();
            assert!(object["last_use_time"].as_str() >= object["change_time"].as_str());
            assert!(object["last_use_time"].as_str().unwrap().ends_with('Z'));
            object["last_use"].as_str().unwrap().to_owned()
        };
        assert_eq!(use_of("shm --empty"), "changed");
        // Children of other tests inherit it, and detach.
        let is_use = |what: String| ["attached", "detached"].contains(&what.as_str());
        assert!(is_use(use_of("shm --key 0")));
        drop(mapping);
        assert!(is_use(use_of("shm --key 0")));
        let handle = MessageQueue::from_id(queue.id).unwrap();
        assert_eq!(use_of("msg"), "changed");
        handle.send(1, b"").unwrap();
        assert_eq!(use_of("msg"), "sent");
        assert!(run("list --columns last-use").text().contains("s sent\n"));
    });
}

/// Row C10.
#[test]
fn columns_and_order_are_as_asked_for() {
    in_namespace("columns_and_order_are_as_asked_for", || {
        for size in ["3K", "1M", "20"] {
            create(&format!("shm --size {size} --private"));
        }
        let text = run("list shm --columns id,size --sort size").text();
        let lines: Vec<Vec<_>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines[1], ["ID", "SIZE"]);
        assert_eq!(
            lines[2..],
            [
                vec!["2", "20", "B"],
                vec!["0", "3.0", "KiB"],
                vec!["1", "1.0", "MiB"]
            ]
        );
        let sizes = |words: &str| -> Vec<_> {
            list(words)
                .iter()
                .map(|o| o["size"].as_u64().unwrap())
                .collect()
        };
        assert_eq!(sizes("shm --sort size"), [20, 3072, 1 << 20]);
        assert_eq!(sizes("shm --sort size --reverse"), [1 << 20, 3072, 20]);
        assert_eq!(sizes("shm"), [3072, 1 << 20, 20]);
        // A column of one kind is no mistake where others are listed too.
        create("msg");
        let text = run("list --columns id,messages").text();
        assert!(
            text.contains("ID\n 0\n") && text.contains("ID  MESSAGES\n 0         0\n"),
            "{text}"
        );
        for kind in ["shm", "sem", "msg"] {
            create("sem");
            let all = run(&format!("list {kind} --columns all")).text();
            assert!(all.contains("VERDICT") && all.contains("CREATOR"), "{all}");
        }
        // A name in control characters moves no cursor; none is in what the kernel tells, but of users.
        assert!(!run("list --columns all").text().contains('\x1b'));
    });
}

/// Rows N8, C10.
#[test]
fn thousands_are_listed_once_each() {
    const COUNT: usize = 400;
    in_namespace("thousands_are_listed_once_each", || {
        let _segments: Vec<_> = (0..COUNT).map(|_| support::Shm::private(1)).collect();
        let _sets: Vec<_> = (0..COUNT).map(|_| support::Sem::private(1)).collect();
        let _queues: Vec<_> = (0..COUNT).map(|_| support::Msg::private()).collect();
        for words in ["", "--sort id", "--sort kind --reverse"] {
            let objects = list(words);
            assert_eq!(objects.len(), 3 * COUNT);
            let names: HashSet<_> = objects
                .iter()
                .map(|o| (o["kind"].to_string(), o["id"].as_i64()))
                .collect();
            assert_eq!(names.len(), objects.len());
        }
        let text = run("list").text();
        assert_eq!(text.lines().count(), 3 * (COUNT + 2) + 2);
    });
}

/// Row N8: a security module may keep objects even from those whom the kernel itself lets see everything.
#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn what_cannot_be_seen_is_counted() {
    const TEST: &str = test_name!("what_cannot_be_seen_is_counted");
    in_namespace(TEST, || {
        create("shm");
        let refused = |words: &str| {
            let call = support::confine::Call::SHM_STAT_ANY;
            cli::run_where(call, sysv_ipc::Errno::EACCES, TEST, words)
        };
        let told = "sysvipc: not shown for lack of permission: 1 segment\n";
        let Some(ran) = refused("list") else { return };
        assert!(ran.status.success(), "{ran:?}");
        assert_eq!(ran.stderr, told);
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(text.starts_with("Shared memory segments: none\n"), "{text}");
        for words in ["list --json", "list --json --sort id"] {
            let ran = refused(words).unwrap();
            assert_eq!(ran.stderr, told, "{words}");
            let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
            assert_eq!(
                document["unseen"],
                serde_json::json!({"shm": 1, "sem": 0, "msg": 0})
            );
        }
        let ran = refused("remove shm --orphaned").unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let not_considered = "sysvipc: not considered for lack of permission: 1 segment\n";
        assert_eq!(ran.stderr, not_considered);
        assert_eq!(ids("shm").len(), 1);
        // Of what can be seen nothing is said.
        assert_eq!(
            refused("list sem").unwrap().text(),
            "Semaphore sets: none\n"
        );
    });
}

/// Row N8.
#[test]
fn nobody_sees_what_the_kernel_allows_and_is_told_what_not() {
    const TEST: &str = test_name!("nobody_sees_what_the_kernel_allows_and_is_told_what_not");
    in_namespace(TEST, || {
        let secret = support::Shm::with_mode(4096, mode(0o600));
        let _mapping = secret.attach();
        let _set = support::Sem::with_values(&[3]);
        let _queue = support::Msg::with_mode(mode(0o622));
        let Some(ran) = cli::run_as_nobody(TEST, "list --json") else {
            return;
        };
        let nobody = |words: &str| cli::run_as_nobody(TEST, words).unwrap();
        assert!(ran.status.success());
        assert!(
            ran.stderr
                .contains("without a verdict, for lack of permission: 1 set\n"),
            "{}",
            ran.stderr
        );
        let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let objects = told["objects"].as_array().unwrap();
        assert_eq!(objects.len(), 3);
        let verdicts: Vec<_> = objects
            .iter()
            .map(|o| o["verdict"].as_str().unwrap())
            .collect();
        assert_eq!(verdicts, ["in_use", "unknown", "unknown"]);
        assert_eq!(told["unseen"]["shm"], 0);
        assert!(
            String::from_utf8(nobody("list --columns verdict").stdout)
                .unwrap()
                .contains("unknown")
        );

        let id = secret.id;
        let ran = nobody(&format!("show shm {id}"));
        assert!(ran.status.success());
        if sees_processes_of_others(TEST) {
            assert!(
                ran.stderr.contains("no permission to look into"),
                "{}",
                ran.stderr
            );
        }
        let ran = nobody("show sem 0 --json");
        assert!(ran.status.success());
        assert!(ran.stderr.contains("EACCES"), "{}", ran.stderr);
        let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert!(told["members"].is_null());
        assert_eq!(told["notes"].as_array().unwrap().len(), 1);

        for (words, status) in [
            (format!("remove shm {id}"), 4),
            (format!("read {id}"), 4),
            ("receive 0 --no-wait".to_owned(), 4),
            ("receive 9 --no-wait".to_owned(), 3),
        ] {
            nobody(&words).complaint(status);
        }
        // Sending is allowed.
        nobody("send 0 --type 1 hello").text();
        assert_eq!(run("receive 0").text(), "hello");
    });
}

/// Rows C10, N8: the verdict on a set takes a call for each semaphore.
#[test]
fn a_column_that_is_not_shown_costs_no_call() {
    const TEST: &str = test_name!("a_column_that_is_not_shown_costs_no_call");
    let set = support::Sem::with_values(&[0, 1]);
    let Some(library) = cli::Preloaded::compile(TEST) else {
        return;
    };
    let list = |words: &str| library.run(["GETPID", "1"], &format!("list sem {words}"));
    // The library is there, and the call is made where it has to be.
    assert!(!list("--columns verdict").status.success());
    let own = format!("--owner +{} --columns id", nix::unistd::getuid());
    for words in [
        // The verdict is no default column.
        "",
        "--columns id,key",
        "--columns id --sort last-use",
        &own,
    ] {
        let text = list(words).text();
        assert!(text.contains(&set.id.as_raw().to_string()), "{text}");
    }
    let ran = library.run(
        ["GETPID", "1"],
        "watch sem --columns id --count 2 --interval 1ms",
    );
    ran.text();
}

/// Row C10: a kind that the kernel lacks, or that a policy forbids.
#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn the_other_kinds_are_listed_where_one_is_missing() {
    const TEST: &str = test_name!("the_other_kinds_are_listed_where_one_is_missing");
    in_namespace(TEST, || {
        create("sem");
        create("msg");
        let without = |errno, words: &str| {
            cli::run_where(support::confine::Call::SHM_LIMITS, errno, TEST, words)
        };
        let Some(ran) = without(sysv_ipc::Errno::ENOSYS, "list") else {
            return;
        };
        let note = ran.stderr.clone();
        assert_eq!(
            (ran.status.code(), note.lines().count()),
            (Some(0), 1),
            "{ran:?}"
        );
        assert!(note.contains("shared memory segment"), "{note}");
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(text.starts_with("Semaphore sets: 1\n"), "{text}");
        assert!(text.contains("\nMessage queues: 1\n"), "{text}");
        for words in ["list --json", "list --json --sort id"] {
            let ran = without(sysv_ipc::Errno::ENOSYS, words).unwrap();
            assert_eq!(
                (ran.status.code(), &ran.stderr),
                (Some(0), &note),
                "{words}"
            );
            let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
            assert_eq!(document["objects"].as_array().unwrap().len(), 2);
            assert_eq!(document["complete"], false);
        }
        assert_eq!(run("list --json").json()["complete"], true);
        let text = without(sysv_ipc::Errno::ENOSYS, "list shm")
            .unwrap()
            .complaint(8);
        assert_eq!(text, note);
        // An answer of the kernel is no error in the command line.
        without(sysv_ipc::Errno::EINVAL, "list shm")
            .unwrap()
            .complaint(1);
        // Removal goes on, and fails for this kind.
        let ran = without(sysv_ipc::Errno::ENOSYS, "remove --owner 0 --yes").unwrap();
        assert_eq!(
            (ran.status.code(), &ran.stderr),
            (Some(8), &note),
            "{ran:?}"
        );
        assert!(ids("").is_empty());
    });
}

/// Row N8: the words of `ipcs` for a segment that waits for its last detach, and for one that is locked in memory.
#[test]
fn the_status_of_a_segment_is_a_column() {
    in_namespace("the_status_of_a_segment_is_a_column", || {
        let plain = create("shm");
        let made = support::Shm::private(100);
        let _mapping = made.attach();
        let segment = SharedMemory::from_id(made.id).unwrap();
        segment.remove().unwrap();
        let status = || {
            let text = run("list shm --columns id,status --sort id").text();
            let lines = text.lines().skip(2);
            lines
                .map(|line| line.split_whitespace().nth(1).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(status(), ["-", "dest"]);
        let text = run("list shm").text();
        assert!(text.contains("  STATUS  "), "{text}");
        let flags =
            |of: &serde_json::Value| (of["marked_for_removal"].clone(), of["locked"].clone());
        let objects = list("shm --sort id");
        assert_eq!(flags(&objects[0]), (false.into(), false.into()));
        assert_eq!(flags(&objects[1]), (true.into(), false.into()));
        let plain = SharedMemory::from_id(plain).unwrap();
        if let Err(error) = plain.lock_in_memory() {
            return support::skipped("the_status_of_a_segment_is_a_column", &error.to_string());
        }
        assert_eq!(status(), ["locked", "dest"]);
    });
}

/// Row C10: the kernel gives the object of a key where a policy forbids the listing.
#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn keys_are_found_where_listing_is_forbidden() {
    const TEST: &str = test_name!("keys_are_found_where_listing_is_forbidden");
    in_namespace(TEST, || {
        let id = create("shm --key 42");
        create("shm --key 43");
        let without_list = |words: &str| {
            let call = support::confine::Call::SHM_LIMITS;
            cli::run_where(call, sysv_ipc::Errno::ENOSYS, TEST, words)
        };
        let Some(ran) = without_list("list shm") else {
            return;
        };
        assert!(!ran.status.success(), "{ran:?}");
        let found = |words: &str| without_list(words).unwrap();
        assert_eq!(found("show shm --key 42 --json").json()["id"], id);
        assert_eq!(found("list --json --key 42").json()["objects"][0]["id"], id);
        let text = found("list shm --key 42").text();
        assert!(text.starts_with("Shared memory segments: 1\n"), "{text}");
        let text = found("remove shm --key 42").text();
        assert!(text.starts_with("removed shm "), "{text}");
        found("remove shm --key 42").complaint(3);
        assert_eq!(ids("shm").len(), 1);
        // An object that cannot be looked at is not the same as none.
        let without_look = |words: &str| {
            let call = support::confine::Call::SHM_STAT;
            cli::run_where(call, sysv_ipc::Errno::ENOSYS, TEST, words).unwrap()
        };
        without_look("list shm --key 43").complaint(8);
        let text = without_look("list shm --key 44").text();
        assert!(text.starts_with("Shared memory segments: none\n"), "{text}");
    });
}

/// Row N8: within a second only the count tells that the segment is not attached any more.
#[test]
fn a_segment_without_attachments_was_detached_last() {
    in_namespace("a_segment_without_attachments_was_detached_last", || {
        let id = create("shm");
        cli::run_with(&format!("write {id}"), b"x").text();
        assert_eq!(list("shm")[0]["last_use"], "detached");
    });
}

/// Row N11: forms for programs, and for narrow places that are no terminal.
#[test]
fn rows_are_printed_as_programs_want_them() {
    in_namespace("rows_are_printed_as_programs_want_them", || {
        let id = create("shm --size 5000 --key 0x2a");
        create("sem --key 0x2a");
        let words = "list shm --columns id,key,size,last-use";
        let text = run(&format!("{words} --no-headings")).text();
        assert!(text.starts_with(&format!("{id}  0x0000002a  4.9 KiB  ")));
        assert_eq!(text.lines().count(), 1);
        let text = run(&format!("{words} --bytes")).text();
        assert!(text.contains("5000") && text.contains("SIZE"), "{text}");
        let text = run(&format!("{words} --raw")).text();
        let (heading, row) = text.split_once('\n').unwrap();
        assert_eq!(heading, "ID KEY SIZE LAST-USE");
        assert!(
            row.starts_with(&format!("{id} 0x0000002a 5000 20")),
            "{row}"
        );
        assert!(row.ends_with("Z\\x20changed\n"), "{row}");
        // The rows of all kinds, one after the other.
        let text = run("list --raw --noheadings --columns kind,id").text();
        assert_eq!(text, format!("shm {id}\nsem {id}\n"));
        run("list --raw --json").failed(2);
        let ran = cli::shell("COLUMNS=40 \"$1\" list", &[]).text();
        assert!(ran.lines().all(|line| line.chars().count() <= 40), "{ran}");
        assert!(ran.contains("(no room for "), "{ran}");
        // Of a creator that lives.
        let (key, _own) = support::Shm::with_key(100);
        let words = format!("list shm --key {key} --raw --columns creator-command");
        let text = run(&words).text();
        assert!(
            text.contains("rows_are_printed") || text.contains("/it-"),
            "{text}"
        );
    });
}

/// Row N11.
#[test]
fn json_has_the_fields_of_the_chosen_columns() {
    in_namespace("json_has_the_fields_of_the_chosen_columns", || {
        let id = create("shm --size 5000 --key 0x2a");
        create("sem --key 0x2a");
        create("msg --key 0x2a");
        let text = run("list shm --json --columns size,id,status,key,size").text();
        let fields = format!(
            "{{\"size\":5000,\"id\":{id},\"marked_for_removal\":false,\"locked\":false,\"key\":42,\
             \"key_hex\":\"0x0000002a\"}}"
        );
        assert!(text.contains(&format!("[\n{fields}\n]")), "{text}");
        // A kind has the fields of its own columns.
        let found = list("--columns kind,messages --sort kind");
        assert_eq!(found[0], serde_json::json!({"kind": "shm"}));
        assert_eq!(found[1], serde_json::json!({"kind": "sem"}));
        assert_eq!(found[2], serde_json::json!({"kind": "msg", "messages": 0}));
        // All columns have all fields, and the command of the creator, which does not run any more.
        for kind in ["shm", "sem", "msg"] {
            let mut chosen = list(&format!("{kind} --columns all")).pop().unwrap();
            if kind == "shm" {
                let command = chosen.as_object_mut().unwrap().remove("creator_command");
                assert_eq!(command, Some(serde_json::Value::Null));
            }
            assert_eq!(chosen, list(kind).pop().unwrap());
        }
        run("list --json --columns nonsense").failed(2);
    });
}

/// Row N11.
#[test]
fn every_column_is_in_the_help() {
    in_namespace("every_column_is_in_the_help", || {
        create("shm");
        create("sem");
        create("msg");
        let help = run("list --help").text();
        let help: Vec<_> = help
            .split(|c: char| !c.is_ascii_lowercase() && c != '-')
            .collect();
        let table = run("list --raw --columns all").text();
        let headings = table.lines().filter(|line| line.starts_with("ID "));
        let mut columns = headings.flat_map(|line| line.split(' '));
        assert!(columns.all(|name| help.contains(&&*name.to_lowercase())));
        assert_eq!(table.lines().count(), 6);
    });
}
