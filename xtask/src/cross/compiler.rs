//! Debian's Rust compiler, which includes the sources of the standard library, and so compiles for targets without an
//! installed standard library. Only this task uses it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::task::{self, Failure, workspace_root};

/// Cargo of Debian's package.
pub(crate) const CARGO: &str = "/usr/bin/cargo";
/// The sources of its standard library.
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// Prefixes of the caller's variables that cargo may need to reach a registry. Many others would select another
/// compiler.
const KEPT: &str = "HOME CARGO_HOME CARGO_NET_ CARGO_HTTP_ CARGO_REGISTR CARGO_SOURCE_ SSL_CERT_ HTTPS_PROXY \
                    https_proxy";

/// Returns the packages that must be installed first, if any.
pub(super) fn missing() -> Option<String> {
    missing_of(&[CARGO, SOURCES], "rustc-web cargo-web rust-web-src")
}

/// Returns the command to install Debian's `packages`, if one of `files` is missing.
pub(super) fn missing_of(files: &[&str], packages: &str) -> Option<String> {
    let missing = files.iter().find(|file| !Path::new(file).exists())?;
    Some(format!(
        "{missing} is missing: apt-get install --no-install-recommends {packages}"
    ))
}

/// Returns the output directory of this task.
pub(crate) fn folder() -> PathBuf {
    task::target_folder().join("cross")
}

/// Sets up a command that builds with this compiler and with the bundled declarations.
pub(crate) fn set(command: &mut Command) {
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::split_paths(&path);
    // Before rustup's: nextest finds rustc there.
    let path = env::join_paths([PathBuf::from("/usr/bin")].into_iter().chain(path));
    command
        .current_dir(workspace_root())
        .env_clear()
        .envs(env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            KEPT.split(' ').any(|kept| name.starts_with(kept))
        }))
        .env("PATH", path.unwrap_or_default())
        .env("CARGO", CARGO)
        // This lets a release accept nightly's flags; rustc and std have the same version here.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test")
        .env("SYSV_SYS_BINDINGS", "bundled")
        .env("CARGO_TARGET_DIR", folder().join("build"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .stdin(Stdio::null());
}

/// Runs a command; returns whether it succeeded, and its standard error.
pub(super) fn output(command: &mut Command) -> Result<(bool, String), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(Failure::because(format!("cannot start {program}")))?;
    let text = String::from_utf8_lossy(&output.stderr);
    Ok((output.status.success(), text.trim_end().to_owned()))
}
