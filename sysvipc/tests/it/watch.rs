//! `sysvipc watch`: changes as lines, and a restored terminal.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::{self, command, create, run};
use crate::support::{in_namespace, skipped, wait_until};
use crate::terminal::{self, ENTERED, LEFT, Typed, below, recorded};
use serde_json::Value;

/// Row N11.
#[test]
fn what_comes_and_goes_is_a_line_each() {
    in_namespace("what_comes_and_goes_is_a_line_each", || {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("lines");
        create("shm");
        let words = ["watch", "--interval", "10ms", "--json"];
        let mut command = command(words);
        command
            .stdout(File::create(&file).unwrap())
            .stderr(Stdio::piped());
        let mut watching = command.spawn().unwrap();
        let lines = || -> Vec<Value> {
            let text = fs::read_to_string(&file).unwrap();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            whole
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        };
        // What is there at its first look has not come; when that was is not told.
        wait_until("something came", || {
            create("msg --private");
            !lines().is_empty()
        });
        let first = lines()[0].clone();
        assert_eq!(
            (&first["event"], &first["object"]["kind"]),
            (&"came".into(), &"msg".into())
        );
        assert!(first["time"].as_str().unwrap().ends_with('Z'));
        let id = &first["object"]["id"];
        run(&format!("remove msg {id}")).text();
        let has_gone = |line: &Value| line["event"] == "went" && line["object"]["id"] == *id;
        wait_until("it went", || lines().iter().any(has_gone));
        assert!(lines().iter().all(|line| line["object"]["kind"] == "msg"));
        kill("INT", i32::try_from(watching.id()).unwrap());
        assert_eq!(watching.wait().unwrap().signal(), Some(2));
    });
}

/// Row N11.
#[test]
fn it_ends_after_as_many_looks_as_asked_for() {
    in_namespace("it_ends_after_as_many_looks_as_asked_for", || {
        create("shm");
        assert_eq!(run("watch --count 3 --interval 1ms").text(), "");
        assert_eq!(run("watch shm --count 1 --orphaned").text(), "");
        run("watch --creator-pid 1 --count 1").complaint(2);
        cli::shell("\"$1\" watch --count 1 >&-", &[]).complaint(1);
    });
}

/// Sends a signal, by name.
fn kill(name: &str, pid: i32) {
    let sent = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Row N11.
#[test]
fn the_terminal_is_drawn_whole_and_given_back() {
    const TEST: &str = test_name!("the_terminal_is_drawn_whole_and_given_back");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..30 {
            create("shm");
        }
        for how in ["Ctrl-C", "TERM", "HUP", "count"] {
            let file = directory.path().join(how);
            let count = if how == "count" {
                "--count 3 --bytes"
            } else {
                ""
            };
            let line = format!(
                "stty rows 20 cols 72; exec {} watch --interval 20ms {count}",
                cli::SYSVIPC
            );
            let mut running = recorded(&line, &file);
            let shown =
                || String::from_utf8_lossy(&fs::read(&file).unwrap_or_default()).into_owned();
            wait_until("it is drawn twice", || {
                shown().matches("\x1b[H").count() > 1
            });
            if how == "count" {
                assert!(running.end().status.success());
            } else {
                let new = create("msg");
                wait_until("it came", || shown().contains(&format!("came msg {new}")));
                if how == "Ctrl-C" {
                    running
                        .0
                        .stdin
                        .as_ref()
                        .unwrap()
                        .write_all(b"\x03")
                        .unwrap();
                } else {
                    kill(how, below(running.pid()).pop().unwrap());
                }
                running.wait_for_end();
            }
            let text = shown();
            let drawn = text
                .rsplit_once(LEFT)
                .unwrap_or_else(|| panic!("{how}: not given back"));
            // After it only what the recorder adds.
            assert!(!drawn.1.contains('\x1b'), "{how}: {:?}", drawn.1);
            let has_unit = drawn.0.contains(" KiB");
            assert_eq!(has_unit, how != "count", "{how}: {:?}", drawn.0);
            let frames: Vec<_> = drawn.0.split("\x1b[?2026h").skip(1).collect();
            for frame in frames {
                assert!(
                    frame.starts_with("\x1b[H") && frame.contains("\x1b[J"),
                    "{frame:?}"
                );
                // Nothing is erased before it is drawn over: that would flicker.
                assert!(!frame.contains("\x1b[2J"), "{frame:?}");
                assert!(frame.lines().count() <= 20, "{frame:?}");
            }
            assert!(
                drawn.0.starts_with("Script started") || drawn.0.contains("\x1b[?1049h"),
                "{how}"
            );
        }
    });
}

/// Row N11: `q` leaves, and the terminal takes keys as it did before.
#[test]
fn a_key_leaves_and_the_terminal_is_as_before() {
    const TEST: &str = test_name!("a_key_leaves_and_the_terminal_is_as_before");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        let line = format!(
            "stty -g; {} watch -n 0.02; echo \"left $?\"; stty -g",
            cli::SYSVIPC
        );
        let terminal = Typed::start(&line);
        terminal.wait_for("\x1b[H", 2);
        // Other keys do nothing.
        terminal.type_in("x\n");
        let drawn = terminal.shown().matches("\x1b[H").count();
        terminal.wait_for("\x1b[H", drawn + 2);
        terminal.type_in("q");
        let after = terminal.wait_for("left 0", 1);
        wait_until("the settings are shown", || {
            terminal
                .shown()
                .rsplit_once("left 0")
                .unwrap()
                .1
                .contains(':')
        });
        drop(after);
        let shown = terminal.shown();
        let settings: Vec<_> = shown
            .lines()
            .filter(|line| line.matches(':').count() > 10 && !line.contains('\x1b'))
            .collect();
        assert!(
            matches!(settings[..], [before, after] if before == after),
            "{settings:?}"
        );
    });
}

/// A number or a word in what the kernel tells of a process.
fn status(pid: i32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Waits until the process, which sleeps between two looks, has looked some more times.
pub fn wait_for_looks(pid: i32) {
    let slept = || {
        status(pid, "voluntary_ctxt_switches:")
            .parse::<u64>()
            .unwrap()
    };
    let before = slept();
    wait_until("it looks", || slept() > before + 10);
}

/// Row N11.
#[test]
fn a_screen_that_gets_another_size_is_drawn_anew() {
    const TEST: &str = test_name!("a_screen_that_gets_another_size_is_drawn_anew");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        for _ in 0..30 {
            create("shm");
        }
        let line = format!("exec {} watch --interval 1h", cli::SYSVIPC);
        let mut terminal = Typed::start(&line);
        terminal.wait_for("\x1b[?2026l", 1);
        let file = fs::read_link(format!("/proc/{}/fd/1", terminal.watching())).unwrap();
        let mut stty = Command::new("stty");
        stty.arg("-F").arg(file).args(["rows", "9", "cols", "72"]);
        assert!(stty.status().unwrap().success());
        terminal.wait_for("\x1b[?2026l", 2);
        let shown = terminal.shown();
        let lines: Vec<_> = shown
            .split("\x1b[?2026h")
            .skip(1)
            .map(|frame| frame.lines().count())
            .collect();
        assert!(lines[0] > 9 && lines[0] <= 20, "{lines:?}");
        assert!(*lines.last().unwrap() <= 9, "{lines:?}");
        terminal.type_in("\x03");
        terminal.running.wait_for_end();
        assert!(terminal.shown().contains(LEFT));
    });
}

#[test]
fn a_shell_can_stop_it_and_go_on_with_it() {
    const TEST: &str = test_name!("a_shell_can_stop_it_and_go_on_with_it");
    for (program, word) in [("script", "--version"), ("bash", "--version")] {
        if Command::new(program).arg(word).output().is_err() {
            return skipped(TEST, &format!("there is no {program} here"));
        }
    }
    in_namespace(TEST, || {
        let mut terminal =
            Typed::start("PS1='rea''dy> ' TERM=dumb exec bash --norc --noprofile -i");
        terminal.wait_for("ready> ", 1);
        terminal.type_in(&format!(
            "TERM=xterm {} watch --interval 20ms\n",
            cli::SYSVIPC
        ));
        terminal.wait_for("\x1b[H", 2);
        let pid = terminal.watching();

        // Ctrl-Z, and what is typed to the shell then stands on the screen that was there before.
        terminal.type_in("\x1a");
        terminal.wait_for("Stopped", 1);
        terminal.type_in("echo sti''ll\n");
        terminal.wait_for("still", 1);
        let stopped = terminal.shown();
        let (drawn, after) = stopped.rsplit_once(LEFT).unwrap();
        assert!(!after.contains('\x1b'), "{after:?}");
        assert!(drawn.contains(ENTERED), "{drawn:?}");
        assert_eq!(status(pid, "State:"), "T");

        // In the foreground the screen is redrawn, with the objects created since.
        let new = create("msg");
        terminal.type_in("fg\n");
        terminal.wait_until_taken_again();
        terminal.wait_for(&format!("came msg {new}"), 1);

        // In the background, `watch` continues to list, and leaves the terminal alone.
        terminal.type_in("\x1a");
        terminal.wait_for("Stopped", 2);
        terminal.type_in("bg\necho be''hind\n");
        terminal.wait_for("behind", 1);
        wait_until("it goes on", || status(pid, "State:") != "T");
        wait_for_looks(pid);
        let shown = terminal.shown();
        let (_, after) = shown.rsplit_once(LEFT).unwrap();
        assert!(!after.contains('\x1b'), "{after:?}");
        terminal.type_in("fg\n");
        terminal.wait_until_taken_again();

        terminal.type_in("\x03");
        terminal.wait_for(LEFT, 3);
        terminal.type_in("echo status $?\n");
        let after = terminal.wait_for("status 130", 1);
        assert!(!after.contains('\x1b'), "{after:?}");
        assert_eq!(terminal.shown().matches(LEFT).count(), 3);

        // Started in the background, it leaves the terminal alone; in the foreground it has the screen and the keys.
        terminal.type_in(&format!(
            "TERM=xterm {} watch --interval 20ms &\n",
            cli::SYSVIPC
        ));
        let pid = terminal.watching();
        wait_for_looks(pid);
        terminal.type_in("fg\n");
        terminal.wait_until_taken_again();
        terminal.type_in("q");
        terminal.wait_for(LEFT, 4);
        terminal.type_in("echo status $?\n");
        terminal.wait_for("status 0", 1);
        terminal.type_in("exit\n");
        terminal.running.wait_for_end();
    });
}

/// Row N11: what is typed after `q` is for the program that reads next.
#[test]
fn what_is_typed_after_q_is_left_to_others() {
    const TEST: &str = test_name!("what_is_typed_after_q_is_left_to_others");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        let mut terminal = Typed::start(&format!(
            "{} watch --interval 20ms; read line; echo \"read: $line\"",
            cli::SYSVIPC
        ));
        terminal.wait_for("\x1b[H", 2);
        terminal.type_in("xqthe rest\n");
        terminal.wait_for("read: the rest", 1);
        terminal.running.wait_for_end();
    });
}

/// Row N11: with a terminal that accepts no output, `watch` cannot restore it, but a second signal still ends `watch`.
#[test]
fn who_asks_again_ends_it_though_the_terminal_is_stuck() {
    const TEST: &str = test_name!("who_asks_again_ends_it_though_the_terminal_is_stuck");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        for _ in 0..30 {
            create("shm");
        }
        let terminal = Typed::start(&format!("exec {} watch --interval 20ms", cli::SYSVIPC));
        terminal.wait_for("\x1b[H", 2);
        let pid = terminal.watching();
        kill("STOP", terminal.running.pid());
        let writes = || {
            let switches = || status(pid, "voluntary_ctxt_switches:");
            let before = switches();
            std::thread::sleep(Duration::from_millis(300));
            switches() != before
        };
        wait_until("it is stuck", || !writes());
        wait_until("it ends", || {
            // By then it may have ended.
            let pid = pid.to_string();
            let _ = Command::new("kill").args(["-s", "TERM", &pid]).output();
            std::thread::sleep(Duration::from_millis(100));
            let text = fs::read_to_string(format!("/proc/{pid}/stat"));
            text.is_ok_and(|text| text.contains(") Z"))
                || !fs::exists(format!("/proc/{pid}")).unwrap()
        });
    });
}

#[test]
fn without_a_shell_it_is_not_stopped_for_ever() {
    const TEST: &str = test_name!("without_a_shell_it_is_not_stopped_for_ever");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        // A shell that controls no jobs.
        let line = format!("{} watch --interval 20ms; true", cli::SYSVIPC);
        let mut terminal = Typed::start(&line);
        terminal.wait_for("\x1b[H", 2);
        terminal.type_in("\x1a");
        let again = terminal.wait_for(ENTERED, 2);
        assert!(!again.contains(LEFT), "{again:?}");
        let new = create("msg");
        terminal.wait_for(&format!("came msg {new}"), 1);

        // SIGSTOP leaves the screen as it is. After SIGCONT, `watch` still switches to the screen again.
        let pid = terminal.watching();
        kill("STOP", pid);
        wait_until("it stops", || status(pid, "State:") == "T");
        kill("CONT", pid);
        let again = terminal.wait_for(ENTERED, 3);
        assert!(!again.contains(LEFT), "{again:?}");

        terminal.type_in("\x03");
        terminal.running.wait_for_end();
        assert_eq!(terminal.shown().matches(LEFT).count(), 2);
    });
}

/// Row N11.
#[test]
fn a_dumb_terminal_gets_lines() {
    const TEST: &str = test_name!("a_dumb_terminal_gets_lines");
    if !terminal::is_available(TEST) {
        return;
    }
    in_namespace(TEST, || {
        let line = format!("exec env TERM=dumb {} watch --interval 10ms", cli::SYSVIPC);
        let terminal = Typed::start(&line);
        wait_until("something came", || {
            create("msg --private");
            terminal.shown().contains(" came msg ")
        });
        terminal.type_in("\x03");
        wait_until("it ends", || terminal.shown().contains("Script done"));
        assert!(!terminal.shown().contains('\x1b'), "{}", terminal.shown());
    });
}
