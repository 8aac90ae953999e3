//! `sysvipc remove`: removed objects, kept objects, and the question before a removal.

use std::io::Write as _;

use crate::cli::{self, create, ids, list, run, shell};
use crate::support::namespace::objects_left;
use crate::support::{self, Process, in_namespace, role, wait_until};
use sysv_ipc::{Key, Mode, MsgGetFlags, SemGetFlags, ShmGetFlags};

/// Makes 100 objects of each kind with the calls of C, and uses them.
fn make_hundred() {
    for number in 0..100_u16 {
        let id = sysv_ipc::shmget(Key::PRIVATE, 100, ShmGetFlags::CREAT, Mode::OWNER).unwrap();
        let segment = sysv_wrapper::SharedMemory::from_id(id).unwrap();
        segment.attach().unwrap().detach().unwrap();
        let set = sysv_ipc::semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER).unwrap();
        sysv_ipc::semctl_setval(set, 0, i32::from(number)).unwrap();
        let queue = sysv_ipc::msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER).unwrap();
        let none = sysv_ipc::MsgSndFlags::empty();
        sysv_ipc::msgsnd_bytes(queue, 1, b"message", none).unwrap();
    }
}

/// Row N8.
#[test]
fn orphans_are_those_of_the_dead_and_no_others() {
    const TEST: &str = test_name!("orphans_are_those_of_the_dead_and_no_others");
    if role(TEST).is_some() {
        make_hundred();
        loop {
            std::thread::park();
        }
    }
    in_namespace(TEST, || {
        let mut dead = Process::start(TEST, &[]);
        dead.wait_until("it has made its objects", || {
            objects_left() == [100; 3] && ids("msg --empty").is_empty()
        });
        let theirs = ids("shm");
        let mut alive = Process::start(TEST, &[]);
        alive.wait_until("it has made its objects", || {
            objects_left() == [200; 3] && ids("msg --empty").is_empty()
        });
        let unused_sets: Vec<_> = (0..20).map(|_| support::Sem::private(1)).collect();
        let unused_queues: Vec<_> = (0..20).map(|_| support::Msg::private()).collect();
        assert!(ids("--orphaned").is_empty());
        dead.kill();

        let dry = run("remove --orphaned --dry-run").text();
        assert_eq!(dry.lines().count(), 100);
        assert!(dry.lines().all(|line| line.starts_with("would remove ")));
        let told = run("remove --orphaned --dry-run --json").json();
        assert_eq!(
            (&told["dry_run"], told["objects"].as_array().unwrap().len()),
            (&true.into(), 100)
        );
        let mut found: Vec<_> = told["objects"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|object| object["kind"] == "shm")
            .map(|object| object["id"].as_i64().unwrap())
            .collect();
        found.sort_unstable();
        assert_eq!(found, theirs);
        assert_eq!(objects_left(), [200, 220, 220]);

        let text = run("remove --orphaned").complaint(2);
        assert!(
            text.contains("100 objects") && text.contains("--yes"),
            "{text}"
        );
        assert_eq!(objects_left(), [200, 220, 220]);

        assert_eq!(run("remove --orphaned --yes").text().lines().count(), 100);
        assert_eq!(objects_left(), [100, 220, 220]);
        // Sets and queues record their last users alone: others may need them.
        run("remove sem --idle --yes").complaint(2);
        let text = run("remove sem --idle --older-than 0 --yes").text();
        assert_eq!(text.lines().count(), 100);
        assert_eq!(objects_left(), [100, 120, 220]);
        // Where not every process can be looked into, one may wait for a queue.
        let idle = ids("msg --idle").len();
        assert!(idle == 100 || idle == 0, "{idle}");
        let unknown = |kind: &str| {
            let of = list(kind);
            of.iter()
                .filter(|object| object["verdict"] == "unknown")
                .count()
        };
        assert_eq!(["shm", "sem", "msg"].map(unknown), [0, 20, 120 - idle]);
        let table = run("list --columns id,verdict").text();
        assert_eq!(
            table
                .lines()
                .filter(|line| line.ends_with("  unknown"))
                .count(),
            140 - idle
        );
        assert_eq!(run("remove --orphaned --yes").text(), "nothing to remove\n");

        alive.kill();
        assert_eq!(ids("--orphaned").len(), 100);
        drop((unused_sets, unused_queues));
    });
}

/// Rows C10, W3.
#[test]
fn ids_and_keys_name_what_goes() {
    in_namespace("ids_and_keys_name_what_goes", || {
        let queue = create("msg --key 5");
        assert_eq!(
            run(&format!("remove msg {queue}")).text(),
            "removed msg 0 (key 0x00000005)\n"
        );
        create("sem --key 5");
        create("shm --key 5");
        assert_eq!(
            run("remove sem --key 5").text(),
            "removed sem 0 (key 0x00000005)\n"
        );
        assert_eq!(ids("shm --key 5").len(), 1);
        assert_eq!(
            run("rm --key 0x5").text(),
            "removed shm 0 (key 0x00000005)\n"
        );
        let text = run("remove sem --key 5").complaint(3);
        assert!(text.contains("no object has this key"), "{text}");
        run("remove --key 5").complaint(3);
        run("remove shm 0").complaint(3);
        // An id that is given twice counts once.
        let twice = create("shm --private");
        assert_eq!(
            run(&format!("remove shm {twice} {twice}")).text(),
            format!("removed shm {twice}\n")
        );
        // Existing objects are removed, and missing ones are reported.
        let [one, two] = [create("shm"), create("shm")];
        let ran = run(&format!("remove shm {one} 12345 {two} {one} --yes"));
        assert_eq!(ran.status.code(), Some(3));
        assert!(ran.stderr.contains("12345"), "{}", ran.stderr);
        assert_eq!(objects_left(), [0; 3]);
        // Nothing to remove is no failure, but for what was named.
        assert_eq!(run("remove --empty").text(), "nothing to remove\n");
        let told = run("remove --empty --json").json();
        assert_eq!(told["objects"].as_array().unwrap().len(), 0);
    });
}

/// Row C10.
#[test]
fn each_filter_alone_says_what_goes() {
    in_namespace("each_filter_alone_says_what_goes", || {
        let segment = support::Shm::private(100);
        drop(segment.attach());
        let told = run("list shm --json").json()["objects"][0].clone();
        for words in [
            format!("--owner {}", told["uid"]),
            format!("--creator-pid {}", told["creator_pid"]),
            format!("--last-pid {}", told["last_pid"]),
            "--key 0x2a".to_owned(),
            "--older-than 0".to_owned(),
            "--empty".to_owned(),
        ] {
            if words.starts_with("--key") {
                create("shm --key 0x2a");
            }
            let text = run(&format!("remove shm {words} --dry-run")).text();
            assert!(text.starts_with("would remove shm "), "{words}: {text}");
        }
        cli::run_with("write --key 42", b"x").text();
        let orphan = run("remove shm --orphaned --dry-run").text();
        assert_eq!(orphan.lines().count(), 1, "{orphan}");
        assert!(orphan.contains(" (key 0x0000002a): owner "), "{orphan}");
    });
}

/// Row N9.
#[test]
fn what_may_not_be_removed_is_a_failure() {
    const TEST: &str = test_name!("what_may_not_be_removed_is_a_failure");
    in_namespace(TEST, || {
        let id = create("shm --key 0x2a");
        // Whatever found it.
        let Some(ran) = cli::run_as_nobody(TEST, &format!("remove shm {id}")) else {
            return;
        };
        ran.complaint(4);
        let nobody = |words: &str| cli::run_as_nobody(TEST, words).unwrap();
        nobody("remove --key 0x2a").complaint(4);
        nobody("remove shm --empty").complaint(4);
        let ran = nobody("remove shm --empty --json");
        assert_eq!(ran.status.code(), Some(4), "{ran:?}");
        let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(told["objects"][0]["result"], "failed");
        // Several of one class have its status, and failures of several classes one of their own.
        run("remove shm 77777 88888").failed(3);
        let text = nobody(&format!("remove shm 77777 {id}")).failed(1);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert_eq!(ids("shm"), [i64::from(id)]);
    });
}

/// Row N11.
#[test]
fn several_go_only_when_somebody_agrees() {
    in_namespace("several_go_only_when_somebody_agrees", || {
        let make = || [create("shm"), create("shm")];
        let [one, two] = make();
        run(&format!("remove shm {one} {two}")).complaint(2);
        run("remove shm --empty").complaint(2);
        assert_eq!(
            cli::run_with("remove shm --empty", b"yes\n")
                .failed(2)
                .lines()
                .count(),
            1
        );
        assert_eq!(objects_left(), [2, 0, 0]);
        // A single object needs no confirmation.
        run(&format!("remove shm {one}")).text();
        run("remove shm --empty").text();
        assert_eq!(objects_left(), [0; 3]);

        if !shell("command -v script", &[]).status.success() {
            return support::skipped(
                "several_go_only_when_somebody_agrees",
                "there is no script here",
            );
        }
        make();
        let answer = |answer: &str| {
            let line = format!("echo {answer} | script -qec \"$1 remove shm --empty\" /dev/null");
            shell(&line, &[])
        };
        let ran = answer("n");
        assert_eq!(ran.status.code(), Some(1));
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(
            text.contains("Remove these 2 objects? [y/N]") && text.contains("shm 2"),
            "{text}"
        );
        assert_eq!(objects_left(), [2, 0, 0]);
        // The question names the processes that have a segment attached.
        let used = support::Shm::private(100);
        let attached = used.attach();
        let line = "echo n | script -qec \"$1 remove shm --older-than 0\" /dev/null";
        let text = String::from_utf8(shell(line, &[]).stdout).unwrap();
        let pid = std::process::id();
        let (_, told) = text.split_once("100 B, 1 attachment, ").unwrap();
        assert!(
            told.contains(&format!(" ago, attached by {pid} (")),
            "{text}"
        );
        let text = run(&format!("remove shm {} --dry-run", used.id)).text();
        assert!(text.contains(&format!("attached by {pid} (")), "{text}");
        drop((attached, used));
        let text = answer("y").text();
        assert!(
            text.contains("removed shm 2") || text.contains("removed\x1b[0m shm 2"),
            "{text}"
        );
        assert_eq!(objects_left(), [0; 3]);
    });
}

/// Row N11.
#[test]
fn what_changed_since_it_was_listed_stays() {
    in_namespace("what_changed_since_it_was_listed_stays", || {
        if !shell("command -v script", &[]).status.success() {
            return support::skipped(
                "what_changed_since_it_was_listed_stays",
                "there is no script here",
            );
        }
        let queues = [create("msg"), create("msg"), create("msg")];
        let directory = tempfile::tempdir().unwrap();
        let screen = directory.path().join("screen");
        // It asks, and while it waits for the answer things happen.
        let line = format!(
            "script -qefc '{} remove msg --empty --color never' {}",
            cli::SYSVIPC,
            screen.display()
        );
        let mut command = std::process::Command::new("bash");
        command
            .args(["-c", &line])
            .stdin(std::process::Stdio::piped());
        let mut running = cli::Running::of(&mut command);
        let shown = || std::fs::read_to_string(&screen).unwrap_or_default();
        wait_until("it asks", || shown().contains("[y/N]"));
        let handle = |id| sysv_wrapper::MessageQueue::from_id(id).unwrap();
        handle(queues[0])
            .send(1, b"it is needed after all")
            .unwrap();
        handle(queues[1]).remove().unwrap();
        running.0.stdin.as_ref().unwrap().write_all(b"y\n").unwrap();
        running.wait_for_end();
        let ran = running.end();
        assert_eq!(ran.status.code(), Some(5), "{}", shown());
        let text = shown();
        assert!(
            text.contains("is not removed: it was used since it was listed"),
            "{text}"
        );
        assert!(
            text.contains("was removed by another process: msg 1"),
            "{text}"
        );
        assert!(text.contains("removed msg 2"), "{text}");
        assert_eq!(ids("msg"), [i64::from(queues[0])]);
    });
}

/// Runs a line of the shell, as [`shell`] does, with a mount namespace of its own and a user with the name 200 and the
/// number 2000. Returns `None`, and reports that `test` is skipped, if that is not possible.
fn with_a_user_called_200(test: &str, line: &str) -> Option<cli::Ran> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("passwd");
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    std::fs::write(&file, format!("{users}200:x:2000:2000::/:/bin/sh\n")).unwrap();
    let mount = "mount --bind \"$2\" /etc/passwd 2>/dev/null || exit 99";
    let line = format!("unshare --mount bash -c '{mount}; {line}' bash \"$1\" \"$2\"");
    let ran = shell(&line, &[&file.display()]);
    if ran.status.success() {
        return Some(ran);
    }
    let reason = "no mount namespace with another /etc/passwd to be had";
    assert!(ran.stdout.is_empty(), "{ran:?}");
    support::skipped(test, reason);
    None
}

/// Creates a segment as another user. Fails if this user may not change to that user, or that user may not execute the
/// binary.
fn create_as(uid: u32, key: &str) -> bool {
    let mut command = cli::as_user(uid, ["create", "shm", "--quiet", "--key", key]);
    support::is_root() && command.output().is_ok_and(|output| output.status.success())
}

/// Row C10: as `chown` has it.
#[test]
fn an_owner_is_a_name_before_it_is_a_number() {
    const TEST: &str = test_name!("an_owner_is_a_name_before_it_is_a_number");
    in_namespace(TEST, || {
        if !create_as(2000, "0x2000") || !create_as(200, "0x200") {
            return support::skipped(TEST, "needs root, and a binary that all users may run");
        }
        let keys = |owner: &str| {
            let line = format!("\"$1\" list shm --owner {owner} --columns key");
            let ran = with_a_user_called_200(TEST, &line)?;
            let text = String::from_utf8(ran.stdout).unwrap();
            let keys = text.lines().filter(|line| line.starts_with("0x"));
            Some(keys.map(str::to_owned).collect::<Vec<_>>())
        };
        if let Some(found) = keys("200") {
            assert_eq!(found, ["0x00002000"]);
            assert_eq!(keys("+200").unwrap(), ["0x00000200"]);
            assert_eq!(keys("2000").unwrap(), ["0x00002000"]);
        }
        run("remove shm --owner 200 --yes").text();
        run("remove shm --owner +2000 --yes").text();
        run("list --owner +no-number").failed(2);
    });
}

/// Row C10: in a user namespace the overflow user is the owner of the objects of all users without a number there.
#[test]
fn a_user_who_stands_for_many_is_no_filter_for_removal() {
    const TEST: &str = test_name!("a_user_who_stands_for_many_is_no_filter_for_removal");
    in_namespace(TEST, || {
        if !create_as(1000, "0x2a") {
            return support::skipped(TEST, "needs root, and a binary that all users may run");
        }
        let inside = |words: &str| {
            shell(
                &format!("unshare --user --map-root-user \"$1\" {words}"),
                &[],
            )
        };
        if !inside("--version").status.success() {
            return support::skipped(TEST, "no user namespace to be had");
        }
        let number = std::fs::read_to_string("/proc/sys/kernel/overflowuid").unwrap();
        let list = inside(&format!("list shm --json --owner {number}")).json();
        assert_eq!(list["objects"][0]["key"], 42);
        for owner in [number.trim(), "nobody"] {
            let text = inside(&format!("remove shm --dry-run --owner {owner}")).complaint(2);
            assert!(text.contains("stands for every user"), "{text}");
        }
        // Outside it is the number of one user.
        let text = run(&format!("remove shm --dry-run --owner {number}")).text();
        assert_eq!(text, "nothing to remove\n");
        run("remove --key 42").text();
    });
}

/// Row N11. Segments are many at times: the processes of the first ones are searched.
#[test]
fn processes_are_named_of_the_first_segments() {
    in_namespace(
        test_name!("processes_are_named_of_the_first_segments"),
        || {
            let segments: Vec<_> = (0..66).map(|_| support::Shm::private(1)).collect();
            let attached: Vec<_> = segments
                .iter()
                .map(|made| sysv_wrapper::SharedMemory::from_id(made.id).unwrap())
                .map(|segment| segment.attach().unwrap())
                .collect();
            let ids: Vec<_> = segments.iter().map(|made| made.id.to_string()).collect();
            let text = run(&format!("remove shm {} --dry-run", ids.join(" "))).text();
            let named = text.lines().filter(|line| line.contains("attached by"));
            assert_eq!((text.lines().count(), named.count()), (66, 64), "{text}");
            drop(attached);
        },
    );
}

/// Rows C10, N9: a removed segment stays until its last detach.
#[test]
fn an_attached_segment_is_marked_and_that_is_said() {
    in_namespace("an_attached_segment_is_marked_and_that_is_said", || {
        let id = create("shm --key 0x2a");
        let segment = sysv_wrapper::SharedMemory::from_id(id).unwrap();
        let attached = [segment.attach().unwrap(), segment.attach().unwrap()];
        let result = |words: &str| {
            let json = run(&format!("remove shm {id} --json {words}")).json();
            json["objects"][0]["result"].clone()
        };
        let text = run(&format!("remove shm {id} --dry-run")).text();
        assert!(
            text.starts_with("would mark for removal shm 0 (key 0x0000002a)"),
            "{text}"
        );
        assert!(text.contains("2 attachments"), "{text}");
        assert_eq!(result("--dry-run"), "would_mark");
        let text = run(&format!("remove shm {id}")).text();
        assert!(
            text.starts_with("marked for removal shm 0 (key 0x0000002a)"),
            "{text}"
        );
        assert!(
            text.contains("it goes with its last detach, of 2 attachments"),
            "{text}"
        );
        assert!(segment.status().unwrap().marked_for_removal());
        for words in ["", "--dry-run"] {
            let text = run(&format!("remove shm {id} {words}")).text();
            assert!(
                text.starts_with("already marked for removal shm 0"),
                "{text}"
            );
            assert_eq!(result(words), "already_marked");
        }
        drop(attached);
        assert_eq!(objects_left(), [0; 3]);
        let id = create("shm");
        let text = run(&format!("remove shm {id}")).text();
        assert!(text.starts_with(&format!("removed shm {id} ")), "{text}");
        let segment = sysv_wrapper::SharedMemory::from_id(create("shm")).unwrap();
        let attached = segment.attach().unwrap();
        let json = run("remove --owner 0 --json").json();
        assert_eq!(json["objects"][0]["result"], "marked");
        drop(attached);
    });
}

/// Row N11.
#[test]
fn the_document_has_the_objects_that_are_not_there() {
    in_namespace("the_document_has_the_objects_that_are_not_there", || {
        let id = create("shm");
        let ran = run(&format!("remove shm {id} 999 --json --yes"));
        assert_eq!(ran.status.code(), Some(3), "{ran:?}");
        let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let objects = document["objects"].as_array().unwrap();
        let result = |id: i32| {
            let of = objects.iter().find(|object| object["id"] == id).unwrap();
            (
                of["kind"].clone(),
                of["key"].is_null(),
                of["result"].clone(),
            )
        };
        assert_eq!(objects.len(), 2);
        assert_eq!(result(id), ("shm".into(), false, "removed".into()));
        assert_eq!(result(999), ("shm".into(), true, "failed".into()));
        let error = objects.iter().find_map(|object| object["error"].as_str());
        assert!(error.unwrap().contains("999"), "{document}");
        let ran = run("remove --key 0x2a --json");
        assert_eq!(ran.status.code(), Some(3), "{ran:?}");
        let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let failed = &document["objects"][0];
        assert_eq!((failed["id"].is_null(), &failed["key"]), (true, &42.into()));
        assert_eq!(failed["result"], "failed");
    });
}
