//! What every task shares: how it ends, where the workspace is, how it has cargo build, how it prints.
//!
//! No task lives here.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fmt};

/// How a task ends: with an exit status of its own, or with a [`Failure`] (exit status 2).
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Exit status 1: the task was done, and what it looked at is not in order.
pub(crate) const WRONG: u8 = 1;

/// Why a task could not be done at all: one readable line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure with its whole text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For `map_err`: "what was tried: why it failed".
    pub(crate) fn because<E: fmt::Display>(tried: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{tried}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The directory of the workspace that this binary was built in.
pub(crate) fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Where cargo builds, and tasks put what they make. A relative `CARGO_TARGET_DIR` is one below the workspace, where
/// tasks run cargo.
pub(crate) fn target_folder() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    workspace_root().join(target)
}

/// Runs cargo in the workspace, and returns its messages, one JSON object per line. Where it fails, cargo itself has
/// said why on standard error.
pub(crate) fn cargo_messages(arguments: &[&str]) -> Result<Option<String>, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(&cargo)
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace_root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::because(format_args!(
            "cannot run {}",
            Path::new(&cargo).display()
        )))?;
    Ok(output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Runs this task, with the same arguments, in a build of this program that has `feature` too.
pub(crate) fn run_again_with(feature: &str) -> Outcome {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .args([
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--features",
            feature,
        ])
        .arg("--manifest-path")
        .arg(workspace_root().join("Cargo.toml"))
        .arg("--")
        .args(env::args_os().skip(1))
        .status()
        .map_err(Failure::because(format_args!(
            "cannot run {}",
            Path::new(&cargo).display()
        )))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}

/// Has cargo build a program of the workspace as a release, and gives its path, if it builds.
#[cfg(feature = "bench")]
pub(crate) fn release(package: &str, program: &str) -> Result<Option<PathBuf>, Failure> {
    let messages = cargo_messages(&[
        "build",
        "--release",
        "--quiet",
        "--package",
        package,
        "--bin",
        program,
    ])?;
    let messages = messages.unwrap_or_default();
    let path = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    Ok(path)
}

/// Prints to standard output. A reader that went away (`| head`) is not a failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Whether this command can be run and succeeds; what it prints is not shown.
#[cfg(feature = "bench")]
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
