//! `sysvipc lock`: mutual exclusion, even if a command or the lock's parent is killed.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use crate::cli::{self, Running, command, ids, run, shell};
use crate::support::namespace::{set_sysctl, sysctl};
use crate::support::{self, in_namespace, wait_until};
use crate::terminal::Typed;
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

/// Returns whether a process holds the lock.
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
        // A value that no lock has.
        let set = unmarked_set();
        sysv_ipc::semctl_setval(set.id, 0, 3).unwrap();
        run("lock 0x1234 -- true").complaint(125);
        assert_eq!(lock().value().unwrap(), 3);
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
        wait_until("a process waits", || {
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

/// Rows N4, P13: signals that were blocked before the command was started stay blocked.
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
            let text = ran.complaint(125);
            assert!(text.contains("times it was removed"), "{text}");
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

/// Rows P13, P21: the set may change while a process waits for the lock.
#[test]
fn what_is_no_lock_any_more_is_given_back() {
    in_namespace("what_is_no_lock_any_more_is_given_back", || {
        let holder = hold("");
        let next = Running::start("lock 0x1234 -- echo next");
        wait_until("a process waits", || {
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
        wait_until("a process waits", || {
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
        // Some remove the set at their end, unless another process holds the lock then.
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

/// Row N4: COMMAND has the descriptors and ignored signals that the shell gave it.
#[test]
fn closed_descriptors_and_ignored_signals_reach_the_command() {
    in_namespace(
        "closed_descriptors_and_ignored_signals_reach_the_command",
        || {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("descriptors");
            let file = file.display();
            let descriptors = format!("sh -c \"ls /proc/\\$\\$/fd > {file}\"");
            for redirection in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
                let inherited = |prefix: &str| {
                    shell(&format!("{prefix} {descriptors} {redirection}"), &[]).text();
                    fs::read_to_string(directory.path().join("descriptors")).unwrap()
                };
                let expected = inherited("");
                for options in ["", "--remove"] {
                    let found = inherited(&format!("\"$1\" lock 0x1234 {options} --"));
                    assert_eq!(found, expected, "{redirection} {options}");
                }
            }
            let ignored = "grep SigIgn /proc/self/status";
            for trap in ["", "trap '' PIPE;", "trap '' PIPE HUP INT;"] {
                let expected = shell(&format!("{trap} {ignored}"), &[]).text();
                for options in ["", "--remove"] {
                    let line = format!("{trap} \"$1\" lock 0x1234 {options} -- {ignored}");
                    assert_eq!(shell(&line, &[]).text(), expected, "{line}");
                }
            }
            // A process that stays in front opens them again: no file of its own gets the number of one.
            let is_open = "i=0; until [ \"$(readlink /proc/$PPID/fd/0)\" = /dev/null ]; do
                i=$((i + 1)); [ $i -lt 600 ] || exit 9; sleep 0.1; done";
            shell(
                "\"$1\" lock 0x1234 --remove -- sh -c \"$2\" <&-",
                &[&is_open],
            )
            .text();
            // Where it cannot be run there is an error all the same.
            let text = shell(
                "trap '' PIPE; \"$1\" lock 0x1234 -- no-such-command <&-",
                &[],
            )
            .complaint(127);
            assert!(text.contains("cannot run `no-such-command`"), "{text}");
            run("lock 0x1234 --remove").text();
        },
    );
}

/// Rows N4, P13: with --remove, those of the process in front.
#[test]
fn every_signal_reaches_the_command() {
    const TEST: &str = test_name!("every_signal_reaches_the_command");
    in_namespace(TEST, || {
        if !shell("command -v perl", &[]).status.success() {
            return support::skipped(TEST, "there is no perl here");
        }
        for (number, signal) in [
            "HUP", "INT", "QUIT", "ABRT", "PIPE", "ALRM", "TERM", "USR1", "USR2", "WINCH", "URG",
            "CONT", "PROF", "IO",
        ]
        .iter()
        .enumerate()
        {
            let script = format!(
                "$SIG{{{signal}}} = sub {{ exit {number} }}; $| = 1; print \"ready\\n\"; sleep 1 while 1"
            );
            let mut outer = Running::of(&mut command([
                "lock", "0x1234", "--remove", "--", "perl", "-e", &script,
            ]));
            let mut line = [0; 6];
            outer
                .0
                .stdout
                .as_mut()
                .unwrap()
                .read_exact(&mut line)
                .unwrap();
            outer.signal(signal);
            let ended = outer.end().status.code();
            assert_eq!(ended, i32::try_from(number).ok(), "{signal}");
            assert!(!exists());
        }
    });
}

/// Row N4: the keyboard's signals reach the whole foreground group, and COMMAND gets each once.
#[test]
fn a_key_is_one_signal() {
    const TEST: &str = test_name!("a_key_is_one_signal");
    in_namespace(TEST, || {
        if !shell("command -v script && command -v perl", &[])
            .status
            .success()
        {
            return support::skipped(TEST, "there is no script or no perl here");
        }
        let script = "$SIG{INT} = sub { print \"A \", \"KEY\\n\" }; $SIG{QUIT} = sub { exit 3 }; $| = 1; print \"IT \", \"RUNS\\n\"; \
                  sleep 1 while 1";
        let line = format!(
            "exec {} lock 0x1234 --remove -- perl -e '{script}'",
            cli::SYSVIPC
        );
        let terminal = Typed::start(&line);
        terminal.wait_for("IT RUNS", 1);
        terminal.type_in("\x03");
        terminal.wait_for("A KEY", 1);
        terminal.type_in("\x03");
        let rest = terminal.wait_for("A KEY", 2);
        assert!(!rest.contains("A KEY"), "{rest}");
        terminal.type_in("\x1c");
        wait_until("it is removed", || !exists());
        assert_eq!(terminal.shown().matches("A KEY").count(), 2);
    });
}

/// Rows N4, N9.
#[test]
fn a_set_that_cannot_be_removed_is_reported() {
    const TEST: &str = test_name!("a_set_that_cannot_be_removed_is_reported");
    in_namespace(TEST, || {
        let set = SemaphoreSet::builder()
            .values([1])
            .mode(Mode::from_bits(0o666).unwrap());
        let set = set.create(Key::from(0x1234)).unwrap();
        let Some(ran) = cli::run_as_nobody(TEST, "lock 0x1234 --shared --remove -- echo ran")
        else {
            return set.remove().unwrap();
        };
        assert_eq!(
            (ran.status.code(), &ran.stdout[..]),
            (Some(0), &b"ran\n"[..]),
            "{ran:?}"
        );
        assert!(
            ran.stderr.contains("cannot remove the semaphore set"),
            "{ran:?}"
        );
        let text = cli::run_as_nobody(TEST, "lock 0x1234 --shared --remove")
            .unwrap()
            .complaint(125);
        assert!(text.contains("cannot remove the semaphore set"), "{text}");
        // One that cannot be used as a lock is not removed either, which is an error too.
        let text = cli::run_as_nobody(TEST, "lock 0x1234 --remove")
            .unwrap()
            .complaint(125);
        assert!(text.contains("--shared accepts it"), "{text}");
        assert_eq!(set.values().unwrap(), [1]);
        set.remove().unwrap();
    });
}

/// A set with the key of the lock, made by `semget`, which no program has used yet.
fn unmarked_set() -> support::Sem {
    let flags = sysv_ipc::SemGetFlags::CREAT | sysv_ipc::SemGetFlags::EXCL;
    let key = sysv_ipc::Key::from_raw(0x1234);
    support::Sem::adopt(sysv_ipc::semget(key, 1, flags, Mode::OWNER).unwrap())
}

/// Rows N1, P13: as Perl, PHP, Python and boot scripts make them.
#[test]
fn a_set_made_with_setval_alone_is_used_as_it_is() {
    in_namespace("a_set_made_with_setval_alone_is_used_as_it_is", || {
        let set = unmarked_set();
        sysv_ipc::semctl_setval(set.id, 0, 1).unwrap();
        assert_eq!(run("lock 0x1234 -- echo mine").text(), "mine\n");
        assert_eq!(run("lock 0x1234 --reclaim -- echo mine").text(), "mine\n");
        assert_eq!(lock().id().as_raw(), set.id.as_raw());
        drop(set);
        // A value of 0 with a recorded process is a lock that is held.
        let set = unmarked_set();
        sysv_ipc::semctl_setval(set.id, 0, 0).unwrap();
        for options in ["", "--reclaim"] {
            run(&format!("lock 0x1234 {options} --timeout 0 -- true")).complaint(124);
            let waiting = Running::start(&format!("lock 0x1234 {options} -- echo mine"));
            wait_until("it waits", || lock().waiters_for_increase().unwrap() == 1);
            sysv_ipc::semctl_setval(set.id, 0, 1).unwrap();
            assert_eq!(waiting.end().text(), "mine\n");
            assert_eq!(lock().id().as_raw(), set.id.as_raw());
            sysv_ipc::semctl_setval(set.id, 0, 0).unwrap();
        }
    });
}

/// Rows N1, P13: the kernel does not record the creator of a set.
#[test]
fn an_unmarked_set_is_removed_on_request_only() {
    in_namespace("an_unmarked_set_is_removed_on_request_only", || {
        let set = unmarked_set();
        let text = run("lock 0x1234 --timeout 1500ms -- true").complaint(124);
        assert!(
            text.contains("not initialised") && text.contains("--reclaim"),
            "{text}"
        );
        assert_eq!(lock().id().as_raw(), set.id.as_raw());
        // A creator that sets the value is waited for.
        let waiting = Running::start("lock 0x1234 -- echo mine");
        wait_until("it has opened the set", || {
            let calls = fs::read_to_string(format!("/proc/{}/syscall", waiting.pid()));
            // Without that file a creator that is faster is as good.
            calls.map_or(true, |calls| !calls.starts_with("running"))
        });
        sysv_ipc::semctl_setval(set.id, 0, 1).unwrap();
        assert_eq!(waiting.end().text(), "mine\n");
        drop(set);
        // One with a waiter is in use.
        let set = unmarked_set();
        let id = set.id;
        let waiter = support::Sleeper::start(move || {
            let take = sysv_ipc::SemBuf::new(0, -1, sysv_ipc::SemFlags::empty());
            sysv_ipc::semop(id, &[take])
        });
        waiter.wait_until_asleep();
        let text = run("lock 0x1234 --reclaim --timeout 1500ms -- true").complaint(124);
        assert!(text.contains("not initialised"), "{text}");
        assert!(!waiter.is_finished());
        sysv_ipc::semctl_setval(id, 0, 1).unwrap();
        waiter.join().unwrap();
        drop(set);
        let set = unmarked_set();
        assert_eq!(run("lock 0x1234 --reclaim -- echo mine").text(), "mine\n");
        assert_ne!(lock().id().as_raw(), set.id.as_raw());
        run("lock 0x1234 --remove").text();
    });
}

/// Rows N4, P13: a user who may alter the set can admit others.
#[test]
fn a_set_that_others_may_alter_is_refused_without_shared() {
    const TEST: &str = test_name!("a_set_that_others_may_alter_is_refused_without_shared");
    in_namespace(TEST, || {
        let refused = |words: &str| {
            let text = run(&format!("lock 0x1234 {words} -- true")).complaint(125);
            assert!(text.contains("--shared"), "{text}");
        };
        // Its own with a mode for all.
        run("lock 0x1234 --mode 0660 -- true").complaint(2);
        run("lock 0x1234 --mode 0640 -- true").text();
        assert_eq!(lock().mode().unwrap().bits(), 0o640);
        run("lock 0x1234 -- true").text();
        run("lock 0x1234 --remove").text();
        run("lock 0x1234 --shared --mode 0660 -- true").text();
        assert_eq!(lock().mode().unwrap().bits(), 0o660);
        refused("");
        refused("--timeout 1s");
        assert_eq!(run("lock 0x1234 --shared -- echo mine").text(), "mine\n");
        assert_eq!(
            run("lock 0x1234 --shared --remove -- echo mine").text(),
            "mine\n"
        );
        assert!(!exists());
        // Several semaphores, and several at a time.
        for values in [[1, 0].as_slice(), &[2]] {
            let set = SemaphoreSet::builder().values(values.to_vec());
            let set = set.create(Key::from(0x1234)).unwrap();
            refused("");
            assert_eq!(run("lock 0x1234 --shared -- echo mine").text(), "mine\n");
            assert_eq!(set.values().unwrap(), values);
            set.remove().unwrap();
        }
        // Another user's.
        let created = cli::run_as_nobody(TEST, "create sem --key 0x1234 --mode 0600");
        if created.is_some() {
            refused("");
            assert_eq!(run("lock 0x1234 --shared -- echo mine").text(), "mine\n");
            lock().remove().unwrap();
        }
    });
}

/// Row K4: some sandboxes ignore `SEM_UNDO`, and the lock of a killed COMMAND would never be released.
#[test]
fn a_system_that_ignores_undo_is_refused() {
    const TEST: &str = test_name!("a_system_that_ignores_undo_is_refused");
    in_namespace(TEST, || {
        let Some(library) = cli::Preloaded::compile(TEST) else {
            return;
        };
        let preloaded = |how: &str| library.run(["UNDO", how], "lock 0x1234 -- true");
        let text = preloaded("ignored").complaint(125);
        assert!(text.contains("SEM_UNDO"), "{text}");
        // One that refuses it with the error of a set that is gone.
        preloaded("refused").complaint(125);
        run("lock 0x1234 --remove").text();
    });
}
