//! `cargo xtask bench` on a few rows: it completes, and its output can be parsed. The figures are not checked.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command.args(arguments).output().expect("bench runs")
}

#[test]
fn rows_of_each_kind_as_json() {
    let rows = "semaphore/timeout queue/in-place-64 queue/copied-64 copy/read-64-odd sync/spin";
    let mut arguments = vec!["--quick", "--json"];
    arguments.extend(rows.split(' ').flat_map(|name| ["--row", name]));
    let report: Value = serde_json::from_slice(&bench(&arguments).stdout).expect("JSON");
    let reported = report["rows"].as_array().expect("rows");
    for (name, row) in rows.split(' ').zip(reported) {
        assert_eq!(row["name"], name);
        let mut contenders = row["contenders"].as_array().into_iter().flatten();
        let wrapper = contenders.find(|one| one["name"] == "sysv-wrapper");
        let is_measured = wrapper.is_some_and(|one| one["ratio"]["value"].as_f64() > Some(0.0));
        assert!(is_measured || row["skipped"].is_string(), "{row}");
    }
}

#[test]
fn wrong_arguments_are_refused_at_once() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let name = file.path().to_str().expect("UTF-8");
    let other = ["--row", "semaphore/", "--row", "no-such-row"];
    for arguments in [&other[..], &["--write", name]] {
        assert_eq!(bench(arguments).status.code(), Some(2));
    }
    assert_eq!(fs::read_to_string(name).expect("the file"), "");
}
