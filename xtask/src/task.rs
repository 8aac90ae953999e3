//! Shared code of the tasks: outcomes, directories of the workspace, calls of cargo, and printing.
//!
//! No task lives here.

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

/// Builds a package's program of the same name in release mode, and returns its path; `None` if it does not build. With no
/// further arguments, the package is one of the workspace.
#[cfg(feature = "bench")]
pub(crate) fn release(program: &str, arguments: &[&str]) -> Result<Option<PathBuf>, Failure> {
    let build = ["build", "--release", "--quiet", "--package", program];
    let messages = cargo_messages(&[&build, arguments].concat())?;
    let messages = messages.unwrap_or_default();
    let path = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    Ok(path)
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

/// Returns whether this command can be run and succeeds; hides its output.
#[cfg(feature = "bench")]
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
