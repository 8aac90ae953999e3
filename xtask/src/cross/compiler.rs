//! Debian's own Rust compiler, which comes with the sources of the standard library: with these it compiles for
//! targets that this machine has no standard library of, or with a sanitizer in that. It is used for nothing else.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::task::{self, Failure, workspace_root};

/// Where Debian's packages put it.
pub(super) const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
/// Where they put the sources.
pub(super) const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// Variables of the caller that cargo may need to reach a registry. All others, of which many would choose
/// another compiler, are kept from it.
const KEPT: [&str; 9] = [
    "HOME",
    "CARGO_HOME",
    "CARGO_NET_",
    "CARGO_HTTP_",
    "CARGO_REGISTR",
    "CARGO_SOURCE_",
    "SSL_CERT_",
    "HTTPS_PROXY",
    "https_proxy",
];

/// Where everything that this task makes is kept.
pub(crate) fn folder() -> PathBuf {
    task::target_folder().join("cross")
}

/// `cargo WORD` for a target, with the declarations that are bundled for it.
pub(crate) fn cargo(word: &str, triple: &str) -> Command {
    let mut command = Command::new(CARGO);
    command
        .current_dir(workspace_root())
        .env_clear()
        .envs(env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            KEPT.iter().any(|kept| name.starts_with(kept))
        }))
        .env("PATH", "/usr/bin:/bin")
        // A release takes the flags of nightly with this; rustc and std are of one version here.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("SYSV_SYS_BINDINGS", "bundled")
        .env("CARGO_TARGET_DIR", folder().join("build"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .args([word, "-Zbuild-std=std,panic_abort,test", "--target", triple])
        .args(["--all-features", "--quiet"])
        .stdin(Stdio::null());
    command
}

/// Runs it: what it printed, or what it complained of.
pub(super) fn output(command: &mut Command) -> Result<Result<String, String>, Failure> {
    let output = command
        .output()
        .map_err(Failure::because(format!("cannot start {CARGO}")))?;
    let complaint = String::from_utf8_lossy(&output.stderr)
        .trim_end()
        .to_owned();
    Ok(match (output.status.success(), complaint.is_empty()) {
        (true, true) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        (true, false) => Err(format!("warnings:\n{complaint}")),
        (false, _) => Err(complaint),
    })
}

/// Which one it is: `rustc 1.96.0 (…)`.
pub(super) fn version() -> Option<String> {
    first_line(RUSTC, &["--version"])
}

/// The first line that a program prints, if there is such a program.
pub(super) fn first_line(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}
