//! rustc's check of the crates for a target that this machine has no standard library of: it is built from its
//! sources, with the compiler that Debian's packages carry along with them.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Check;
use crate::bindings::targets::Target;
use crate::task::{Failure, workspace_root};

/// Where Debian's packages put their compiler.
const COMPILER: &str = "/usr/bin/cargo";
/// Checks the three library crates.
pub(super) fn check(target: &Target) -> Result<Check, Failure> {
    if !Path::new(COMPILER).exists() {
        return Ok(Check::Skipped(format!(
            "{COMPILER} is not there; apt-get install --no-install-recommends rustc-web cargo-web \
             rust-web-src gets it, with the sources"
        )));
    }
    let output = Command::new(COMPILER)
        .current_dir(workspace_root())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(
            ["HOME", "CARGO_HOME"]
                .into_iter()
                .filter_map(|name| Some((name, env::var_os(name)?))),
        )
        .env("RUSTC_BOOTSTRAP", "1")
        .env("SYSV_SYS_BINDINGS", "bundled")
        .env("CARGO_TARGET_DIR", workspace_root().join("target/cross"))
        .args([
            "check",
            "--quiet",
            "-Zbuild-std=std,panic_abort",
            "--target",
            target.triple,
        ])
        .args([
            "-p",
            "sysv-sys",
            "-p",
            "sysv-ipc",
            "-p",
            "sysv-wrapper",
            "--no-default-features",
        ])
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::because(format!("cannot start {COMPILER}")))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    Ok(match (output.status.success(), complaint.is_empty()) {
        (true, true) => Check::Passed(String::new()),
        (true, false) => Check::Failed(format!("warnings:\n{complaint}")),
        (false, _) => Check::Failed(complaint.into_owned()),
    })
}
