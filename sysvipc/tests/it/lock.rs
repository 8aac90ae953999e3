//! `sysvipc lock`: one at a time, whatever becomes of them.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use crate::cli::{self, Running, command, ids, run, shell};
use crate::support::namespace::{set_sysctl, sysctl};
use crate::support::{self, in_namespace, wait_until};
use sysv_wrapper::{Key, Mode, Semaphore, SemaphoreSet};

/// The semaphore of the lock.
fn lock() -> Semaphore {
    Semaphore::open(Key::from(0x1234)).unwrap()
}

fn exists() -> bool {
    Semaphore::exists(Key::from(0x1234)).unwrap()
}

/// Runs `cat` under the lock, until it runs. It ends with its input.
fn hold(options: &str) -> Running {
    let words = format!("lock 0x1234 {options} -- cat");
    let mut running = Running::of(command(words.split_whitespace()).stdin(Stdio::piped()));
    let pid = running.pid();
    wait_until("the command runs", || {
        let ended = running.0.try_wait().unwrap();
        assert!(ended.is_none(), "it has ended, {ended:?}");
        name(pid) == "cat" || children(pid).iter().any(|pid| name(*pid) == "cat")
    });
    running
}

fn name(pid: i32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

fn children(pid: i32) -> Vec<i32> {
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children
        .split_whitespace()
        .map(|pid| pid.parse().unwrap())
        .collect()
}

/// Whether somebody has the lock.
fn is_held() -> bool {
    run("lock 0x1234 --timeout 0 -- true").status.code() == Some(124)
}

/// Rows P13, N4.
#[test]
fn the_commands_end_is_its_own() {
    in_namespace("the_commands_end_is_its_own", || {
        let sh = |script: &str, options: &str| {
            let mut command = command(["lock", "0x1234", "--timeout", "1s"]);
            let ran = command
                .args(options.split_whitespace())
                .args(["--", "sh", "-c", script])
                .output();
            cli::Ran::from(ran.unwrap())
        };
        for options in ["", "--remove"] {
            assert_eq!(sh("exit 7", options).status.code(), Some(7));
            assert_eq!(sh("kill -TERM $$", options).status.signal(), Some(15));
            assert_eq!(sh("kill -KILL $$", options).status.signal(), Some(9));
            // One that is not known to what sends a process its own signals.
            let number = shell("kill -l PWR", &[]).text().trim().parse().unwrap();
            let ended = sh("kill -PWR $$", options).status;
            if options.is_empty() {
                assert_eq!(ended.signal(), Some(number));
            } else {
                assert_eq!(ended.code(), Some(128 + number));
            }
            assert_eq!(sh("echo out; echo err >&2", options).stderr, "err\n");
            assert_eq!(sh("printf out", options).stdout, b"out");
            assert_eq!(exists(), options.is_empty());
            let text = run(&format!("lock 0x1234 {options} -- /no/such/command")).complaint(127);
            assert!(text.contains("`/no/such/command`: No such file"), "{text}");
            run(&format!("lock 0x1234 {options} -- no-such-command")).complaint(127);
            let data = tempfile::NamedTempFile::new().unwrap();
            let path = data.path().display();
            run(&format!("lock 0x1234 {options} -- {path}")).complaint(126);
            assert_eq!(exists(), options.is_empty());
            if options.is_empty() {
                assert_eq!(lock().value().unwrap(), 1);
            }
        }
        // Words and input reach it as they are.
        let ran = cli::run_with("lock 0x1234 -- cat", b"a\0b");
        assert_eq!(ran.stdout, b"a\0b");
        let words = [
            "lock",
            "0x1234",
            "--",
            "printf",
            "%s|",
            "--timeout",
            "a b",
            "",
        ];
        let ran = cli::Ran::from(command(words).output().unwrap());
        assert_eq!(ran.text(), "--timeout|a b||");
    });
}

/// Rows P13, P21.
#[test]
fn the_set_is_one_of_its_own_and_others_are_refused() {
    in_namespace("the_set_is_one_of_its_own_and_others_are_refused", || {
        run("lock 0x1234 -- true").text();
        let status = lock().status().unwrap();
        assert_eq!((status.mode(), status.count()), (Mode::OWNER, 1));
        assert_eq!(lock().value().unwrap(), 1);
        run("lock 4660 --remove").text();
        assert!(!exists());
        for values in [vec![1, 1], vec![2], vec![0, 5]] {
            let set = SemaphoreSet::builder()
                .values(values.clone())
                .create(Key::from(0x1234))
                .unwrap();
            for options in ["-- true", "--remove -- true", "--remove"] {
                run(&format!("lock 0x1234 {options}")).complaint(125);
            }
            assert_eq!(set.values().unwrap(), values);
            set.remove().unwrap();
        }
        // A set whose maker died before it was complete is made anew, since nobody has used it; one with a value
        // that no lock has may be somebody's who makes sets in another way.
        let key = 0x1234;
        let half_made = |value: &str| {
            let script = "import ctypes, sys; libc = ctypes.CDLL(None); \
                          id = libc.semget(int(sys.argv[1]), 1, 0o1600); libc.semctl(id, 0, 16, int(sys.argv[2]))";
            shell(&format!("python3 -c '{script}' {key} {value}"), &[])
        };
        if half_made("0").status.success() {
            assert_eq!(lock().value().unwrap(), 0);
            assert_eq!(run("lock 0x1234 -- echo mine").text(), "mine\n");
            lock().remove().unwrap();
            half_made("3").text();
            run("lock 0x1234 -- true").complaint(125);
            assert_eq!(lock().value().unwrap(), 3);
        }
    });
}

/// Rows N4, P13.
#[test]
fn one_at_a_time_and_the_next_one_when_it_is_killed() {
    in_namespace("one_at_a_time_and_the_next_one_when_it_is_killed", || {
        let mut holder = hold("");
        // The process that has the lock is the command.
        assert_eq!(
            (name(holder.pid()).as_str(), children(holder.pid()).len()),
            ("cat", 0)
        );
        let text = run("lock 0x1234 --timeout 20ms -- true").complaint(124);
        assert!(text.contains("timed out"), "{text}");
        run("lock 0x1234 --timeout 0 --remove").complaint(124);
        let next = Running::start("lock 0x1234 -- echo next");
        wait_until("somebody waits", || {
            lock().waiters_for_increase().unwrap() == 1
        });
        holder.0.kill().unwrap();
        assert_eq!(next.end().text(), "next\n");
        assert_eq!(lock().value().unwrap(), 1);
        drop(holder);
        // A normal end as well.
        let mut holder = hold("");
        assert!(is_held());
        drop(holder.0.stdin.take());
        holder.end().text();
        assert!(!is_held());
    });
}

/// Rows N4, P13.
#[test]
fn killing_the_process_that_waits_for_the_command_leaves_it_locked() {
    in_namespace(
        "killing_the_process_that_waits_for_the_command_leaves_it_locked",
        || {
            let mut outer = hold("--remove");
            let [inner] = children(outer.pid())[..] else {
                panic!("no child");
            };
            let input = outer.0.stdin.take();
            outer.0.kill().unwrap();
            outer.0.wait().unwrap();
            // The command runs on, and has its lock.
            assert_eq!(name(inner), "cat");
            assert!(is_held());
            drop(input);
            wait_until("the command ends", || name(inner) != "cat");
            wait_until("the lock is free", || !is_held());
            // Killing the command ends both.
            let outer = hold("--remove");
            let [inner] = children(outer.pid())[..] else {
                panic!("no child");
            };
            shell("kill -KILL \"$2\"", &[&inner]).text();
            assert_eq!(outer.end().status.signal(), Some(9));
            assert!(!exists());
            // What asks to end reaches the command.
            let outer = hold("--remove");
            outer.signal("TERM");
            assert_eq!(outer.end().status.signal(), Some(15));
            assert!(!exists());
        },
    );
}

/// Rows N4, P13: what somebody held back before the command was started is not the command's to let through.
#[test]
fn signals_that_are_held_back_stay_so_and_others_do_not() {
    const TEST: &str = test_name!("signals_that_are_held_back_stay_so_and_others_do_not");
    if !shell("env --block-signal=TERM true", &[]).status.success() {
        return support::skipped(TEST, "there is no env here that holds back signals");
    }
    in_namespace(TEST, || {
        const HELD: &str = "grep SigBlk /proc/self/status";
        for before in ["", "env --block-signal=TERM --block-signal=USR2"] {
            let expected = shell(&format!("{before} {HELD}"), &[]).text();
            for options in ["", "--remove"] {
                let line = format!("{before} \"$1\" lock 0x1234 {options} -- {HELD}");
                assert_eq!(shell(&line, &[]).text(), expected, "{line}");
            }
        }
    });
}

/// Rows N1, N3, P13: a set that always goes before the lock can be taken.
#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn making_it_anew_ends_with_the_time() {
    const TEST: &str = test_name!("making_it_anew_ends_with_the_time");
    in_namespace(TEST, || {
        let call = support::confine::Call::SEM_GET_VALUE;
        let words = "lock 0x1234 --timeout 20ms -- true";
        if let Some(ran) = cli::run_where(call, sysv_ipc::Errno::EIDRM, TEST, words) {
            let text = ran.complaint(124);
            assert!(text.contains("timed out"), "{text}");
        }
    });
}

/// Rows N7, P21.
#[test]
fn a_lock_that_cannot_be_made_says_why() {
    in_namespace("a_lock_that_cannot_be_made_says_why", || {
        let [set_size, semaphores, operations, _] = sysctl("sem")[..] else {
            panic!("four limits");
        };
        set_sysctl("sem", format!("{set_size} {semaphores} {operations} 0"));
        let text = run("lock 0x1234 --timeout 1s -- true").complaint(125);
        assert!(text.contains("SEMMNI"), "{text}");
    });
}

/// Rows P13, P21: a set may become something else while somebody waits for the lock.
#[test]
fn what_is_no_lock_any_more_is_given_back() {
    in_namespace("what_is_no_lock_any_more_is_given_back", || {
        let holder = hold("");
        let next = Running::start("lock 0x1234 -- echo next");
        wait_until("somebody waits", || {
            lock().waiters_for_increase().unwrap() == 1
        });
        lock().release_by(3).unwrap();
        let text = next.end().complaint(125);
        assert!(text.contains("greater than that of a lock"), "{text}");
        assert_eq!(lock().value().unwrap(), 3);
        drop(holder);
        assert_eq!(lock().value().unwrap(), 4);
    });
}

/// Rows N1, P13.
#[test]
fn a_set_that_is_removed_meanwhile_is_made_anew() {
    in_namespace("a_set_that_is_removed_meanwhile_is_made_anew", || {
        let holder = hold("");
        let next = Running::start("lock 0x1234 -- echo next");
        wait_until("somebody waits", || {
            lock().waiters_for_increase().unwrap() == 1
        });
        lock().remove().unwrap();
        assert_eq!(next.end().text(), "next\n");
        drop(holder);
        assert_eq!(lock().value().unwrap(), 1);
    });
}

/// Rows P13, P21, N4.
#[test]
fn many_count_together_without_losing_one() {
    in_namespace("many_count_together_without_losing_one", || {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("count");
        fs::write(&file, "0").unwrap();
        let script = "n=$(cat \"$0\"); echo $((n + 1)) > \"$0\"";
        // Some remove the set when they are through, if nobody has the lock then.
        let start = |number: usize| {
            let mut words = vec!["lock", "0x1234"];
            if number % 3 == 0 {
                words.push("--remove");
            }
            words.extend(["--", "sh", "-c", script, file.to_str().unwrap()]);
            Running::of(&mut command(words))
        };
        let all: Vec<_> = (0..48).map(start).collect();
        for running in all {
            running.end().text();
        }
        assert_eq!(fs::read_to_string(&file).unwrap().trim(), "48");
        run("lock 0x1234 --remove").text();
        assert!(ids("sem").is_empty());
    });
}
