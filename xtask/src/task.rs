//! Shared code of the tasks: outcomes, directories of the workspace, calls of cargo, and printing.
//!
//! No task lives here.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fmt};

/// The outcome of a task: an exit status, or a [`Failure`] (exit status 2).
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Exit status 1: the task ran, and found a problem.
pub(crate) const WRONG: u8 = 1;

/// The reason why a task could not run, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Creates a failure with a complete text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns a function for `map_err` that formats "what was tried: why it failed".
    pub(crate) fn because<E: fmt::Display>(tried: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{tried}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the directory of the workspace that this binary was built in.
pub(crate) fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Returns cargo's target directory, which also contains the tasks' output. A relative `CARGO_TARGET_DIR` is relative
/// to the workspace, where tasks run cargo.
pub(crate) fn target_folder() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    workspace_root().join(target)
}

/// Runs cargo in the workspace, and returns its messages, one JSON object per line. If cargo fails, it has printed the
/// reason to standard error.
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

/// Runs the program of the package in this folder: `cargo run` with these options, and the program's arguments.
/// Returns its exit status.
pub(crate) fn cargo_run(
    package: &str,
    options: &[&str],
    arguments: impl IntoIterator<Item: AsRef<OsStr>>,
) -> Outcome {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .args(["run", "--quiet"])
        .args(options)
        .arg("--manifest-path")
        .arg(workspace_root().join(package).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target_folder())
        .arg("--")
        .args(arguments)
        .status()
        .map_err(Failure::because(format_args!(
            "cannot run {}",
            Path::new(&cargo).display()
        )))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}

/// Prints to standard output. A closed pipe (`| head`) is not a failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
