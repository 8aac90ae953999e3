//! `sysvipc remove`: what goes, what stays, and who is asked.

use std::io::Write as _;

use crate::cli::{self, create, ids, list, run, shell};
use crate::support::namespace::objects_left;
use crate::support::{self, Process, in_namespace, role, wait_until};
use sysv_ipc::{Key, Mode, MsgGetFlags, SemGetFlags, ShmGetFlags};

/// Makes 100 objects of each kind with the calls of C, and uses them.
fn make_hundred() {
    for number in 0..100_u16 {
        sysv_ipc::shmget(Key::PRIVATE, 100, ShmGetFlags::CREAT, Mode::OWNER).unwrap();
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
        let theirs: Vec<_> = ["shm", "sem", "msg"].map(ids).into();
        let mut alive = Process::start(TEST, &[]);
        alive.wait_until("it has made its objects", || {
            objects_left() == [200; 3] && ids("msg --empty").is_empty()
        });
        let unused_sets: Vec<_> = (0..20).map(|_| support::Sem::private(1)).collect();
        let unused_queues: Vec<_> = (0..20).map(|_| support::Msg::private()).collect();
        assert!(ids("--orphaned").is_empty());
        dead.kill();

        let dry = run("remove --orphaned --dry-run").text();
        assert_eq!(dry.lines().count(), 300);
        assert!(dry.lines().all(|line| line.starts_with("would remove ")));
        let told = run("remove --orphaned --dry-run --json").json();
        assert_eq!(
            (&told["dry_run"], told["objects"].as_array().unwrap().len()),
            (&true.into(), 300)
        );
        for (kind, theirs) in ["shm", "sem", "msg"].iter().zip(&theirs) {
            let mut found: Vec<_> = told["objects"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|object| object["kind"] == *kind)
                .map(|object| object["id"].as_i64().unwrap())
                .collect();
            found.sort_unstable();
            assert_eq!(&found, theirs);
        }
        assert_eq!(objects_left(), [200, 220, 220]);

        let text = run("remove --orphaned").complaint(2);
        assert!(
            text.contains("300 objects") && text.contains("--yes"),
            "{text}"
        );
        assert_eq!(objects_left(), [200, 220, 220]);

        assert_eq!(run("remove --orphaned --yes").text().lines().count(), 300);
        assert_eq!(objects_left(), [100, 120, 120]);
        let unknown = |kind: &str| {
            let of = list(kind);
            of.iter()
                .filter(|object| object["orphaned"] == "unknown")
                .count()
        };
        assert_eq!(["shm", "sem", "msg"].map(unknown), [0, 20, 20]);
        let table = run("list").text();
        assert_eq!(
            table
                .lines()
                .filter(|line| line.ends_with("  unknown"))
                .count(),
            40
        );
        assert_eq!(run("remove --orphaned --yes").text(), "nothing to remove\n");

        alive.kill();
        assert_eq!(ids("--orphaned").len(), 300);
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
        // Whoever names one twice means one.
        let twice = create("shm --private");
        assert_eq!(
            run(&format!("remove shm {twice} {twice}")).text(),
            format!("removed shm {twice}\n")
        );
        // What is there goes, and what is not is told.
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
        let orphan = run("remove shm --orphaned --dry-run").text();
        assert_eq!(orphan.lines().count(), 1, "{orphan}");
        assert!(orphan.ends_with(" (key 0x0000002a)\n"), "{orphan}");
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
        // One is named by whoever names it.
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
            .send(1, b"somebody needs it after all")
            .unwrap();
        handle(queues[1]).remove().unwrap();
        running.0.stdin.as_ref().unwrap().write_all(b"y\n").unwrap();
        wait_until("it ends", || running.0.try_wait().unwrap().is_some());
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
