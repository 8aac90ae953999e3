//! `sysvipc watch`: changes as lines, and a terminal that is given back.
#![cfg(target_os = "linux")]

mod cli;
mod support;

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use cli::{Running, command, create, run};
use serde_json::Value;
use support::{in_namespace, skipped, wait_until};

/// Gives the terminal back: the cursor, and the screen.
const LEFT: &str = "\x1b[?25h\x1b[?1049l";

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
        let ended = Command::new("kill")
            .args(["-s", "INT", &watching.id().to_string()])
            .status();
        assert!(ended.unwrap().success());
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

/// The processes below this one, its command among them.
fn below(pid: i32) -> Vec<i32> {
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children: Vec<i32> = children
        .split_whitespace()
        .map(|pid| pid.parse().unwrap())
        .collect();
    children
        .iter()
        .flat_map(|pid| [vec![*pid], below(*pid)].concat())
        .collect()
}

/// Row N11.
#[test]
fn the_terminal_is_drawn_whole_and_given_back() {
    const TEST: &str = "the_terminal_is_drawn_whole_and_given_back";
    if Command::new("script").arg("--version").output().is_err() {
        return skipped(TEST, "there is no script here");
    }
    in_namespace(TEST, || {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..30 {
            create("shm");
        }
        for how in ["Ctrl-C", "TERM", "HUP", "count"] {
            let file = directory.path().join(how);
            let count = if how == "count" { "--count 3" } else { "" };
            let line = format!(
                "stty rows 20 cols 72; exec {} watch --interval 20ms {count}",
                cli::SYSVIPC
            );
            let mut script = Command::new("script");
            script
                .args(["-qefc", &line])
                .arg(&file)
                .stdin(Stdio::piped());
            let mut running = Running::of(&mut script);
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
                    let pid = below(running.pid()).pop().unwrap().to_string();
                    assert!(
                        Command::new("kill")
                            .args(["-s", how, &pid])
                            .status()
                            .unwrap()
                            .success()
                    );
                }
                wait_until("it ends", || running.0.try_wait().unwrap().is_some());
            }
            let text = shown();
            let drawn = text
                .rsplit_once(LEFT)
                .unwrap_or_else(|| panic!("{how}: not given back"));
            // After it only what the recorder adds.
            assert!(!drawn.1.contains('\x1b'), "{how}: {:?}", drawn.1);
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
