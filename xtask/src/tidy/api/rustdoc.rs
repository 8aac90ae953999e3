//! How the JSON of a public API is made: by nightly's rustdoc, in a target directory of its own, so
//! that what stable has built stays.
//!
//! What is in the JSON is for `walk.rs`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::task::Failure;

use super::PACKAGE;

/// What the caller may have set for its own builds, and what would lead this one astray: another
/// compiler than nightly's, flags that rustdoc's JSON has no use for, and a target, whose name would
/// be part of where the JSON is.
const ASTRAY: [&str; 5] = [
    "RUSTC",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "CARGO_ENCODED_RUSTDOCFLAGS",
    "CARGO_BUILD_TARGET",
];

/// Whether there is a nightly toolchain. None is installed for the question.
pub(crate) fn has_nightly() -> bool {
    let version = nightly("rustc").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Has rustdoc write the API of the package, with all features and what is hidden, and returns where
/// it is. Lints are for others.
pub(crate) fn build(root: &Path) -> Result<PathBuf, Failure> {
    let target = target_dir(root)?;
    let output = nightly("cargo")
        .args(["rustdoc", "--quiet", "--package", PACKAGE, "--lib"])
        .args(["--all-features", "--message-format=json-diagnostic-short"])
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format=json"])
        .args(["--document-hidden-items", "--cap-lints=allow"])
        .current_dir(root)
        .output()
        .map_err(Failure::because("cannot run rustup"))?;
    if output.status.success() {
        let name = PACKAGE.replace('-', "_");
        return Ok(target.join("doc").join(name).with_extension("json"));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(match first_error(&messages) {
        Some(error) => format!(
            "{PACKAGE} does not build on nightly, so its public API cannot be checked: {error}"
        ),
        None => format!(
            "rustdoc cannot write the public API of {PACKAGE}:\n{}",
            said.trim_end()
        ),
    }))
}

/// A program of the nightly toolchain.
fn nightly(program: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", program]);
    command.env("RUSTUP_AUTO_INSTALL", "0");
    for name in ASTRAY {
        command.env_remove(name);
    }
    command
}

/// The directory to build in, below the usual one.
fn target_dir(root: &Path) -> Result<PathBuf, Failure> {
    let usual = env::var_os("CARGO_TARGET_DIR")
        .filter(|value| !value.is_empty())
        .map_or_else(|| root.join("target"), PathBuf::from);
    // The variable is relative to where tidy runs, and cargo runs in the root.
    std::path::absolute(usual.join("tidy-api")).map_err(Failure::because(format_args!(
        "cannot build in {}",
        usual.display()
    )))
}

/// The first error of a compiler among cargo's messages, on one line.
fn first_error(messages: &str) -> Option<String> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-message")
        .map(|message| message["message"].clone())
        .filter(|message| message["level"] == "error")
        .find_map(|message| {
            let text = message["rendered"].as_str()?;
            text.lines().next().map(str::to_owned)
        })
}
