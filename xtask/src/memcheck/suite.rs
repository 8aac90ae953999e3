//! Which test binaries there are: cargo builds them, and says where they are.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::checker::Checker;
use crate::task::{Failure, workspace_root};

/// A test binary.
pub(super) struct Binary {
    /// The crate that it tests.
    pub(super) package: String,
    /// What cargo calls it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Where cargo would run it.
    pub(super) directory: PathBuf,
}

impl Binary {
    /// Crate and name.
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.package, self.name)
    }
}

/// Builds the test binaries of these crates, or one of them, as the checker needs them.
pub(super) fn build(
    checker: &Checker,
    packages: &[&str],
    only: Option<&str>,
) -> Result<Vec<Binary>, Failure> {
    let mut command = checker.cargo_test();
    command
        .arg("--no-run")
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace_root());
    for package in packages {
        command.args(["--package", package]);
    }
    if let Some(test) = only {
        command.args(["--test", test]);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::because("cannot run cargo"))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "the tests do not build for {}",
            checker.name()
        )));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut binaries: Vec<Binary> = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(|message| binary(&message))
        .collect();
    binaries.sort_by_key(Binary::full_name);
    Ok(binaries)
}

/// The test binary that a message of cargo's is about, if it is about one.
fn binary(message: &Value) -> Option<Binary> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let directory = Path::new(message["manifest_path"].as_str()?).parent()?;
    Some(Binary {
        package: directory.file_name()?.to_str()?.to_owned(),
        name: message["target"]["name"].as_str()?.to_owned(),
        path: PathBuf::from(message["executable"].as_str()?),
        directory: directory.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn test_binaries_are_told_from_other_artifacts() {
        let mut message = json!({
            "reason": "compiler-artifact",
            "manifest_path": "/there/sysv-ipc/Cargo.toml",
            "target": { "name": "key", "kind": ["test"] },
            "profile": { "test": true },
            "executable": "/there/target/debug/deps/key-0123",
        });
        let found = binary(&message).expect("a test binary");
        assert_eq!(found.full_name(), "sysv-ipc key");
        assert_eq!(found.directory, Path::new("/there/sysv-ipc"));
        message["profile"]["test"] = json!(false);
        assert!(binary(&message).is_none());
        assert!(binary(&json!({ "reason": "build-finished" })).is_none());
    }
}
