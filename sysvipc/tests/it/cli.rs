//! Runs of the command: its output, its errors and its exit status.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use crate::support;
use serde_json::Value;

/// The binary; if the kernel cannot execute it, the runner named by the variable.
pub const SYSVIPC: &str = match option_env!("SYSV_TEST_SYSVIPC") {
    Some(program) => program,
    None => env!("CARGO_BIN_EXE_sysvipc"),
};

/// The command, without colours regardless of the environment of the tests.
pub fn command<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(SYSVIPC);
    command
        .args(words)
        .stdin(Stdio::null())
        .env("TZ", "UTC")
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS");
    command
}

/// The command, to be run as another user by root.
pub fn as_user<S: AsRef<OsStr>>(uid: u32, words: impl IntoIterator<Item = S>) -> Command {
    let inner = command(words);
    let mut command = support::process::as_user(uid);
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null());
    command
}

/// The result of a run.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            status: output.status,
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Returns the output of a run that succeeded without messages on stderr.
    #[track_caller]
    pub fn text(self) -> String {
        assert!(self.status.success() && self.stderr.is_empty(), "{self:?}");
        String::from_utf8(self.stdout).unwrap()
    }

    /// Returns the same output, parsed as JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// Returns the single line on stderr of a run that ended with this status and printed nothing.
    #[track_caller]
    pub fn complaint(self, status: i32) -> String {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        assert!(self.stdout.is_empty(), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(self.stderr.starts_with("sysvipc: "), "{self:?}");
        self.stderr
    }

    /// Returns the messages on stderr of a run that ended with this status.
    #[track_caller]
    pub fn failed(self, status: i32) -> String {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self.stderr
    }
}

/// Runs the command with these words, separated by spaces.
#[track_caller]
pub fn run(words: &str) -> Ran {
    command(words.split_whitespace()).output().unwrap().into()
}

/// Runs the command with this standard input.
pub fn run_with(words: &str, input: &[u8]) -> Ran {
    let mut child = command(words.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may not want all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// Runs the command with a standard output whose reader is closed already.
pub fn unheard(words: &str) -> Ran {
    let (reader, writer) = UnixStream::pair().unwrap();
    drop(reader);
    let mut command = command(words.split_whitespace());
    let child = command
        .stdout(OwnedFd::from(writer))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.wait_with_output().unwrap().into()
}

/// Runs the command as a user without objects. Returns `None`, and reports that `test` is skipped, if this user may not
/// change to that user, or that user may not execute the binary.
pub fn run_as_nobody(test: &str, words: &str) -> Option<Ran> {
    if !support::is_root() {
        support::skipped(test, "needs root, to change to another user");
        return None;
    }
    let ran = |words: &str| as_user(support::process::NOBODY, words.split_whitespace()).output();
    if !ran("--version").is_ok_and(|output| output.status.success()) {
        support::skipped(test, "the user nobody may not run the binary");
        return None;
    }
    Some(ran(words).unwrap().into())
}

/// Runs the command with a call that fails with this error number. Returns `None`, and reports that `test` is skipped, if
/// the kernel does not support filters of calls.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub fn run_where(
    call: support::confine::Call,
    errno: sysv_ipc::Errno,
    test: &str,
    words: &str,
) -> Option<Ran> {
    use support::confine::{Fate, confine};

    let ran = || {
        confine(call, Fate::Fails(errno.as_raw())).ok()?;
        Some(Running::start(words).end())
    };
    // The thread is confined, and what it starts; it ends then.
    let ran = std::thread::scope(|scope| scope.spawn(ran).join().unwrap());
    if ran.is_none() {
        support::skipped(
            test,
            "this kernel, or an emulator of it, does not support filters of calls",
        );
    }
    ran
}

/// Returns whether messages can be looked at: kernels are built with and without that, and so are C libraries. Where they
/// cannot, that is said for `test`.
pub fn sees_messages(test: &str) -> bool {
    use sysv_wrapper::{MessageQueue, RemoveOnDrop};

    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(1, b"").unwrap();
    let Err(error) = queue.peek(0) else {
        return true;
    };
    assert!(error.is_unsupported(), "{error}");
    support::skipped(test, &error.to_string());
    false
}

/// Creates an object with these words, and returns its id.
#[track_caller]
pub fn create(words: &str) -> i32 {
    run(&format!("create {words} --quiet"))
        .text()
        .trim()
        .parse()
        .unwrap()
}

/// Returns the objects of `list --json`.
#[track_caller]
pub fn list(words: &str) -> Vec<Value> {
    let told = run(&format!("list --json {words}")).json();
    told["objects"].as_array().unwrap().clone()
}

/// Returns the ids of a list in ascending order.
#[track_caller]
pub fn ids(words: &str) -> Vec<i64> {
    let mut ids: Vec<_> = list(words)
        .iter()
        .map(|o| o["id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

/// Runs a line of the shell, in which `$1` is the command. The pipeline's status is that of the first that failed.
pub fn shell(line: &str, words: &[&dyn Display]) -> Ran {
    let words = words.iter().map(ToString::to_string);
    let mut command = Command::new("bash");
    command
        .args(["-c", &format!("set -o pipefail; {line}"), "bash", SYSVIPC])
        .args(words);
    command.env_remove("COLUMNS");
    command.stdin(Stdio::null()).output().unwrap().into()
}

/// A run in the background, which is killed if the test ends before it.
pub struct Running(pub Child);

impl Running {
    pub fn start(words: &str) -> Running {
        Running::of(&mut command(words.split_whitespace()))
    }

    pub fn of(command: &mut Command) -> Running {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(command.spawn().unwrap())
    }

    pub fn pid(&self) -> i32 {
        i32::try_from(self.0.id()).unwrap()
    }

    /// Sends a signal to the run, by name.
    pub fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the run.
    pub fn wait_for_end(&mut self) {
        support::wait_until("the end of the command", || {
            self.0.try_wait().unwrap().is_some()
        });
    }

    /// Waits for the end of the run, and returns its output.
    pub fn end(mut self) -> Ran {
        self.wait_for_end();
        let (mut stdout, mut stderr) = (Vec::new(), String::new());
        self.0
            .stdout
            .take()
            .unwrap()
            .read_to_end(&mut stdout)
            .unwrap();
        self.0
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        let status = self.0.wait().unwrap();
        Ran {
            status,
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A library of C functions that a run uses instead of the system's.
pub struct Preloaded(tempfile::TempDir);

impl Preloaded {
    /// Compiles `preload.c`. Returns `None`, and reports that `test` is skipped, without a compiler or support for preloading.
    pub fn compile(test: &str) -> Option<Preloaded> {
        let library = Preloaded(tempfile::tempdir().unwrap());
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut compile = Command::new(&compiler);
        compile
            .args(["-Wall", "-shared", "-fPIC", "-o"])
            .arg(library.path())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/preload.c"));
        let Ok(output) = compile.output() else {
            support::skipped(test, &format!("there is no C compiler `{compiler}`"));
            return None;
        };
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        if library.run(["PROBE", "1"], "--version").status.code() == Some(77) {
            return Some(library);
        }
        support::skipped(test, "the command does not load libraries before its own");
        None
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("preloaded.so")
    }

    /// Runs the command with the library, and with a variable.
    pub fn run(&self, [name, value]: [&str; 2], words: &str) -> Ran {
        let mut command = command(words.split_whitespace());
        command.env("LD_PRELOAD", self.path()).env(name, value);
        command.output().unwrap().into()
    }
}
