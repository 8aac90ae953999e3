//! Runs of the examples, with their output.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use sysv_wrapper::Semaphore;

use crate::support::{Ended, Run, example, numbers, run, signal};

/// Runs an example, and asserts that it succeeds, prints these texts in this order, and prints nothing on stderr.
#[track_caller]
fn assert_shows(name: &str, texts: &[&str]) -> Ended {
    let ended = run(&example(name), &[]);
    ended.assert_code(0);
    let mut rest = ended.stdout.as_str();
    for text in texts {
        let found = rest.split_once(text);
        (_, rest) =
            found.unwrap_or_else(|| panic!("{text:?} is not where it should be: {ended:?}"));
    }
    assert_eq!(ended.stderr, "");
    ended
}

/// Rows P15 and P23.
#[test]
fn buffer() {
    let texts = [
        "the last bytes are \".....NI!\"",
        "offset 4094 and length 3 do not fit",
        "two lines, and is at byte 19",
        "it reads \"Antioch\\n\"",
        "a second process reads \"Castle Aaargh...\"",
    ];
    assert_shows("buffer", &texts);
}

/// Rows P13 and P23.
#[test]
fn guard() {
    let texts = [
        "in the scope, the value is 0",
        "it would have to wait",
        "behind the scope, the value is 1",
        "after the error `invalid digit found in string`, the value is 1",
        "after a panic (true), the value is 1",
        "it says \"has the lock\\n\"",
        "SIGKILL",
        "the lock is free again",
    ];
    assert_shows("guard", &texts);
}

#[test]
fn guard_whose_second_process_dies_at_any_time() {
    for _ in 0..20 {
        let mut run = Run::start(&example("guard"), &[]);
        let mut line = String::new();
        while !line.ends_with(" takes the lock\n") {
            line = run.line();
            assert_ne!(line, "", "it has ended");
        }
        let [second] = numbers(&line);
        // The example may have killed and reaped it by now.
        let _ = Command::new("kill")
            .args(["-KILL", &second.to_string()])
            .stderr(Stdio::null())
            .status();
        let ended = run.end();
        ended.assert_code(0);
        assert_eq!(ended.last_line(), "the lock is free again");
    }
}

/// Rows C11 and P23.
#[test]
fn segment() {
    let texts = [
        "record 7 of process ",
        ": And now for something completely different",
        "no object has this key",
        "still reads record 7",
    ];
    assert_shows("segment", &texts);
}

/// Rows C11 and P23.
#[test]
fn mailbox() {
    let texts = [
        "type 1: the penguin",
        "type 2: kind regards",
        "type 4: slightly used parrots",
        "answer: everything is read",
        "longer than the buffer of 26 bytes",
        "1 message stays",
        "truncated: Dear Sir, I object strongl\n",
        "cannot receive from the message queue",
        "timed out",
        "cannot send to the message queue",
        "timed out",
    ];
    assert_shows("mailbox", &texts);
}

/// Row C11.
#[test]
fn critical_section() {
    let text = "locked: the accounts hold 1000 and 1000";
    assert_shows("critical_section", &[text]);
    run(&example("critical_section"), &["unlocked"])
        .assert_code(1)
        .assert_complaint("money was lost or made");
}

/// Row N10.
#[test]
fn pool() {
    let ended = assert_shows("pool", &[]);
    for text in [
        "buried Tiddles in 4 hours (process ",
        "visited Jean-Paul Sartre",
    ] {
        assert!(ended.stdout.contains(text), "{ended:?}");
    }
}

#[test]
fn counter() {
    assert_shows("counter", &["8 processes, 100000 additions each: 800000"]);
}

#[test]
fn bounded_buffer() {
    assert_shows(
        "bounded_buffer",
        &["1000 items through 4 places, sum 499500"],
    );
}

/// Row Q2.
#[test]
fn mutex() {
    let texts = [
        "the second process has taken 30 from one account",
        "it has the lock: true",
        "its owner died: true, and left 30 and 40",
        "repaired: 30 and 70; its owner died: false",
    ];
    assert_shows("mutex", &texts);
}

/// Row Q3.
#[test]
fn channel() {
    let ended = run(&example("channel"), &[]);
    ended.assert_code(0);
    for text in [
        "the first worker: signal: 6",
        "job 0, done by the second",
        "job 5, done",
        "the second worker: exit status: 0",
    ] {
        assert!(ended.stdout.contains(text), "{ended:?}");
    }
}

/// Row Q4.
#[test]
fn latest() {
    let texts = [
        "before the first: None",
        "1000 values seen, each whole",
        "after its death: true",
        "published by the next one: true",
    ];
    assert_shows("latest", &texts);
}

/// Row Q5.
#[test]
fn event() {
    let texts = [
        "1000 times asked and answered",
        "the second process: exit status: 0",
        "the first try: true",
        "the second try: false",
    ];
    assert_shows("event", &texts);
}

/// Row W8.
#[test]
fn restart() {
    let texts = [
        "first: begins at 0",
        "SIGKILL",
        "begins at 5",
        "10",
        "nothing is left: true",
    ];
    assert_shows("restart", &texts);
}

/// Row N4.
#[test]
fn single_instance() {
    // A free key: the semaphore that had it is gone.
    let drawn = Semaphore::builder().create_unique().unwrap();
    let key = drawn.key().unwrap();
    drawn.remove().unwrap();
    let start = || {
        let mut command = Command::new(example("single_instance"));
        command.arg(key.to_string());
        Run::start_with_stdin(&mut command, Stdio::piped())
    };
    let mut first = start();
    assert_eq!(first.line(), "the only instance; Enter ends it\n");
    let ended = start().end();
    let text = format!("another instance runs: process {}\n", first.pid());
    assert_eq!(ended.assert_code(1).stdout, text);
    signal("KILL", &first.pid().to_string());
    first.end().assert_killed_by(9);
    // Nothing is stale.
    let mut third = start();
    assert_eq!(third.line(), "the only instance; Enter ends it\n");
    drop(third.child.stdin.take());
    third.end().assert_code(0);
    Semaphore::remove_key(key).unwrap();
}

/// Row P9.
#[test]
fn ftok_experiment() {
    let tree = tempfile::tempdir().unwrap();
    let folder = tree.path().join("folder");
    fs::create_dir(&folder).unwrap();
    for number in 0..10 {
        File::create(folder.join(number.to_string())).unwrap();
    }
    fs::hard_link(folder.join("1"), tree.path().join("one")).unwrap();
    symlink("folder/2", tree.path().join("two")).unwrap();
    symlink(".", folder.join("round")).unwrap();
    let path = tree.path().to_str().unwrap();
    let ended = run(&example("ftok_experiment"), &[path]);
    // The tree itself, the folder and its files.
    ended.assert_code(0);
    assert!(ended.stdout.contains(": 12 files, "), "{ended:?}");
    run(&example("ftok_experiment"), &["/dev/null/nothing"]).assert_code(1);
}
