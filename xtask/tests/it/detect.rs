//! `cargo xtask detect` on the real workspace: what the build of `sysv-sys` found is shown.
//!
//! It builds without bindgen, which takes long.

use std::process::Output;

use serde_json::Value;

use crate::building;

/// Runs `detect` with the arguments.
fn detect(arguments: &[&str]) -> Output {
    building(env!("CARGO_BIN_EXE_xtask"))
        .args(["detect", "--plain"])
        .args(arguments)
        .output()
        .expect("detect runs")
}

/// Returns its standard output; panics if it failed.
#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Row S15.
#[test]
fn the_facts_of_this_target() {
    let facts: Value = serde_json::from_str(&stdout(&detect(&["--json"]))).expect("JSON");
    for key in [
        "target",
        "host",
        "key_member",
        "bindings_source",
        "bindings_reason",
        "facts_source",
        "headers",
    ] {
        assert!(
            facts[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key} in {facts}"
        );
    }
    assert!(
        facts["union_semun"].is_boolean() && facts["semtimedop"].is_boolean(),
        "{facts}"
    );
    assert!(
        facts["extensions"]
            .as_object()
            .is_some_and(|all| all.values().all(Value::is_boolean))
    );
    assert!(facts.get("bindings_path").is_some(), "{facts}");

    let table = stdout(&detect(&[]));
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
    let key_member = facts["key_member"].as_str().expect("a string");
    assert!(
        table
            .lines()
            .any(|line| line.ends_with(&format!(" {key_member}"))),
        "{table}"
    );
}

#[test]
fn a_target_that_does_not_exist_is_explained_by_cargo() {
    let output = detect(&["--target", "no-such-target"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
}
