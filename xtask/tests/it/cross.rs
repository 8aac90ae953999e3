//! `cargo xtask cross` on the real workspace: what it says of targets, and that a wrong offset in the bundled
//! declarations does not get past it, nor past the declarations' own assertions.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Runs `cross`, which keeps what it makes out of the way of others.
fn cross(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("cross")
        .args(arguments)
        .env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("cross runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Says that a part of a test did not run where the headers are not installed.
fn has_headers(test: &str) -> bool {
    let output = cross(&["--quick", "--target", TARGET]);
    let complaint = stderr(&output);
    if output.status.code() == Some(2) && complaint.contains("ziglang") {
        eprintln!("skipped: {test}, the part with a C compiler: {complaint}");
        return false;
    }
    assert!(output.status.success(), "{output:?}");
    true
}

#[test]
fn a_target_without_support_is_one_clear_error() {
    let output = cross(&["--target", "x86_64-unknown-illumos"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = stderr(&output);
    assert!(
        text.starts_with("xtask: x86_64-unknown-illumos is not supported.\n"),
        "{text}"
    );
    assert!(
        text.contains("headers") && text.contains("\n  x86_64-unknown-netbsd\n"),
        "{text}"
    );
}

#[test]
fn the_chosen_targets_and_the_chosen_check() {
    if !has_headers("the_chosen_targets_and_the_chosen_check") {
        return;
    }
    let names = ["x86_64-apple-darwin", "armv7-unknown-linux-gnueabihf"];
    let output = cross(&[
        "--quick", "--json", "--target", names[0], "--target", names[1],
    ]);
    assert!(output.status.success(), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["failed"], 0);
    let rows = json["targets"].as_array().expect("targets");
    let found: Vec<_> = rows
        .iter()
        .map(|row| row["target"].as_str().expect("a name"))
        .collect();
    assert_eq!(found, names);
    for row in rows {
        assert_eq!(row["headers"]["outcome"], "passed", "{row}");
        assert!(
            row.get("types").is_none() && row.get("tests").is_none(),
            "{row}"
        );
    }
}

/// Row N12.
#[test]
fn a_planted_wrong_offset_is_caught() {
    let folder = tempfile::tempdir().expect("a folder");
    let bindings = folder.path().join("bindings");
    copy(&workspace().join("sysv-sys/bindings"), &bindings);
    let file = bindings.join(format!("{TARGET}.rs"));
    // Elsewhere, rustc need not have a standard library for it.
    let compiles_here = cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    ));
    if compiles_here {
        // The file as it is is taken, so that it is the offset that is refused below.
        let (taken, complaint) = compiles(&file);
        assert!(taken, "{complaint}");
    } else {
        eprintln!(
            "skipped: a_planted_wrong_offset_is_caught, the part with rustc: not on {TARGET}"
        );
    }
    let bindings = folder.path().join("planted");
    copy(&workspace().join("sysv-sys/bindings"), &bindings);
    plant(&bindings);
    let file = bindings.join(format!("{TARGET}.rs"));
    if compiles_here {
        let (taken, complaint) = compiles(&file);
        assert!(!taken, "the wrong offset was compiled");
        assert!(
            complaint.contains("Offset of field: shmid_ds::shm_segsz"),
            "{complaint}"
        );
    }
    if has_headers("a_planted_wrong_offset_is_caught") {
        let folder = bindings.to_str().expect("a path of text");
        let output = cross(&["--quick", "--target", TARGET, "--bindings", folder]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            table.contains("FAILED") && table.contains("offsetof(struct shmid_ds, shm_segsz)"),
            "{table}"
        );
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace")
        .to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// Makes the offset of one member wrong, in whichever files say it.
fn plant(folder: &Path) {
    const START: &str = "\"Offset of field: shmid_ds::shm_segsz\"";
    let mut planted = 0;
    for path in files(folder) {
        let text = fs::read_to_string(&path).expect("text");
        let Some(start) = text.find(START) else {
            continue;
        };
        let number = start + text[start..].find("- ").expect("an offset") + 2;
        fs::write(&path, format!("{}1{}", &text[..number], &text[number..])).expect("a file");
        planted += 1;
    }
    assert!(planted > 0, "no file says the offset");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Whether sysv-sys compiles with the declarations in a file, and what the compiler says.
fn compiles(declarations: &Path) -> (bool, String) {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(workspace())
        .args(["check", "--quiet", "-p", "sysv-sys", "--target", TARGET])
        .env("SYSV_SYS_BINDINGS", declarations)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted"),
        )
        .output()
        .expect("cargo runs");
    (output.status.success(), stderr(&output))
}
