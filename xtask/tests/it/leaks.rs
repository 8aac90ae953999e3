//! `cargo xtask leaks`, with a program in place of the demonstration that tells what a test wants to be told. What the
//! demonstration itself finds, `demos/tests/experiments.rs` shows.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `leaks` with a program that prints `told`, and ends with `code`.
fn leaks(told: &str, code: u8, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("leak");
    let script = format!("#!/bin/sh\ncat <<'END'\n{told}\nEND\necho \"$@\" >&2\nexit {code}\n");
    fs::write(&program, script).expect("a script");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("to be run");
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("leaks")
        .args(arguments)
        .arg("--program")
        .arg(&program)
        .output()
        .expect("leaks runs")
}

const FLAT: &str = r#"{"objects_made":200,"objects_left":0,"objects_there":0,"seconds":0.5,"memory":[90000,100000,100000,100000],
    "descriptors":[4,4,4,4],"mappings":[],"leaks":[]}"#;

const GROWN: &str = r#"{"objects_made":200,"objects_left":3,"seconds":0.5,"memory":[1,2,3,4],"leaks":["3 objects left"]}"#;

#[test]
fn every_kind_is_run_and_is_flat() {
    let output = leaks(FLAT, 0, &["--cycles", "200"]);
    assert_eq!(output.status.code(), Some(0));
    let (table, said) = (text(&output.stdout), text(&output.stderr));
    for kind in ["segments", "semaphores", "queues", "key-files"] {
        assert!(
            said.contains(&format!("--json --only {kind} --cycles 200\n")),
            "{said}"
        );
        let line = table.lines().find(|line| line.starts_with(kind));
        assert!(
            line.is_some_and(|line| line.ends_with(" 0  flat")),
            "{table}"
        );
    }
    assert!(table.contains(" 97 → 97 kB "), "{table}");
    assert!(table.contains("800 objects were made"), "{table}");
    assert!(table.contains("0 of 4 kinds leak"), "{table}");
}

#[test]
fn growth_is_told_and_fails() {
    let arguments = ["--only", "queues", "--plant", "objects"];
    let output = leaks(GROWN, 1, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let table = text(&output.stdout);
    assert!(table.contains("  queues: 3 objects left\n"), "{table}");
    assert!(table.contains("1 of 1 kinds leak"), "{table}");
    let said = text(&output.stderr);
    assert!(said.contains("--cycles 100000 --leak objects"), "{said}");
    let output = leaks(GROWN, 1, &[&arguments[..], &["--json"]].concat());
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(all["leaking"], 1);
    assert_eq!(all["kinds"][0]["kind"], "queues");
    assert_eq!(all["kinds"][0]["leaks"][0], "3 objects left");
}

#[test]
fn a_program_that_tells_nothing_is_no_run() {
    for (told, code) in [("nothing", 0), (FLAT, 2)] {
        let output = leaks(told, code, &["--only", "queues"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(leaks(FLAT, 0, &["--cycles", "99"]).status.code(), Some(2));
    assert_eq!(leaks(FLAT, 0, &["--only", "files"]).status.code(), Some(2));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
