//! `cargo xtask cross` on the real workspace: its report on targets. Both the task and the declarations' own assertions
//! detect a wrong offset in the bundled declarations.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::{check, workspace};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Runs `cross` with a separate output directory.
fn cross(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("cross").args(arguments);
    command.env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("cross runs")
}

#[test]
fn a_target_without_support_is_one_clear_error() {
    let output = cross(&["--target", "x86_64-unknown-illumos"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(
        text.starts_with("xtask: x86_64-unknown-illumos is not supported.\n"),
        "{text}"
    );
    assert!(text.contains("\n  x86_64-unknown-netbsd\n"), "{text}");
}

/// Row N12.
#[test]
fn a_planted_wrong_offset_is_caught() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = workspace().join("sysv-sys/bindings");
    fs::create_dir(folder.path().join("parts")).expect("a folder");
    let names = ["", "parts"].map(|below| fs::read_dir(from.join(below)).expect("a folder"));
    let mut planted = 0;
    for path in names
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
    {
        if path.is_file() {
            let mut text = fs::read_to_string(&path).expect("text");
            if let Some(start) = text.find("\"Offset of field: shmid_ds::shm_segsz\"") {
                let number = start + text[start..].find("- ").expect("an offset") + 2;
                text.insert(number, '1');
                planted += 1;
            }
            let to = folder.path().join(path.strip_prefix(&from).expect("below"));
            fs::write(to, text).expect("a file");
        }
    }
    assert!(planted > 0, "no file says the offset");
    let declarations = folder.path().join(format!("{TARGET}.rs"));
    if cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    )) {
        // The unmodified file is accepted, so that the offset is the cause of the refusal.
        let (accepted, text) = compiles(&from.join(format!("{TARGET}.rs")));
        assert!(accepted, "{text}");
        let (accepted, text) = compiles(&declarations);
        assert!(
            !accepted && text.contains("Offset of field: shmid_ds::shm_segsz"),
            "{text}"
        );
    }
    let checked = cross(&["--quick", "--target", TARGET]);
    if String::from_utf8_lossy(&checked.stderr).contains("pip install ziglang") {
        eprintln!("skipped: a_planted_wrong_offset_is_caught, the part with the package ziglang");
        return;
    }
    assert!(checked.status.success(), "{checked:?}");
    let planted = folder.path().to_str().expect("text");
    let checked = cross(&["--quick", "--target", TARGET, "--bindings", planted]);
    let table = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1), "{table}");
    assert!(
        table.contains("offsetof(struct shmid_ds, shm_segsz)"),
        "{table}"
    );
}

/// Returns whether sysv-sys compiles with the declarations in a file, and the compiler's output.
fn compiles(declarations: &Path) -> (bool, String) {
    let mut check = check();
    let check = check.env("SYSV_SYS_BINDINGS", declarations);
    let output = check.output().expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), text)
}
