//! `cargo xtask bench` on a few rows: it runs from end to end, and what it prints can be read. No figure is
//! looked at.
//!
//! It builds in a target directory of its own, since the cargo that runs this test may hold the lock of the usual
//! one.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `bench` with the arguments.
fn bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("bench")
        .args(arguments)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench"),
        )
        .output()
        .expect("bench runs")
}

/// What it printed. Whether something was beyond its bar, a test does not ask.
#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn rows_of_each_kind_as_json() {
    let names = [
        "semaphore/timeout",
        "segment/attach-detach",
        "queue/copied-64",
        "copy/read-64-odd",
    ];
    let rows = names.iter().flat_map(|name| ["--row", name]);
    let arguments: Vec<&str> = ["--quick", "--json"].into_iter().chain(rows).collect();
    let text = stdout(&bench(&arguments));
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let rows = report["rows"].as_array().expect("rows");
    let mut found: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    found.retain(|name| names.contains(name));
    assert_eq!(found, names, "{report}");
    for row in rows {
        assert!(
            row["skipped"].as_str().is_some() || is_measured(row),
            "{row}"
        );
    }
    assert!(report["machine"]["Rust"].is_string(), "{report}");
    assert!(report["missing"].is_array(), "{report}");
}

/// Whether C and both crates have figures.
fn is_measured(row: &Value) -> bool {
    let takes_time = |median: &Value| median["value"].as_f64().is_some_and(|time| time > 0.0);
    let has = |name: &str| {
        let all = row["contenders"].as_array().into_iter().flatten();
        let mut own = all.filter(|one| one["name"] == name);
        own.any(|one| takes_time(&one["ns"]) && takes_time(&one["ratio"]))
    };
    takes_time(&row["baseline_ns"]) && has("sysv-ipc") && has("sysv-wrapper")
}

#[test]
fn a_row_that_is_not_there_is_an_error() {
    let output = bench(&["--row", "no-such-row"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("no-such-row"), "{error}");
    assert!(error.contains("semaphore/lock"), "{error}");
}

#[test]
fn a_document_without_a_place_for_figures_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("performance.md");
    fs::write(&file, "nothing\n").expect("a file");
    let output = bench(&["--write", file.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).expect("the file"), "nothing\n");
}
