//! Runs of the real programs: started, watched, killed, and waited for with a deadline.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod objects;
#[path = "../../../sysv-ipc/tests/support/mod.rs"]
mod thin;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use objects::Objects;
pub use thin::isolate;

/// A time limit that suffices even on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(120);

pub const CONVERSATION: &str = env!("CARGO_BIN_EXE_conversation");
pub const PREMISE: &str = env!("CARGO_BIN_EXE_premise");
pub const CONCLUSION: &str = env!("CARGO_BIN_EXE_conclusion");

/// More exchanges than any machine makes during a test.
pub const ENDLESS: [&str; 4] = ["--iterations", "4294967295", "--time-limit", "3600"];

/// A program that runs.
pub struct Run {
    pub child: Child,
    pub stdout: BufReader<ChildStdout>,
    pub stderr: ChildStderr,
    /// The output so far.
    said: String,
}

/// The result of a program.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Starts a program, in a process group of its own.
    pub fn start(program: &str, arguments: &[&str]) -> Run {
        Run::start_command(Command::new(program).args(arguments))
    }

    pub fn start_command(command: &mut Command) -> Run {
        Run::start_with_stdin(command, Stdio::null())
    }

    pub fn start_with_stdin(command: &mut Command, stdin: Stdio) -> Run {
        command.process_group(0).stdin(stdin);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Run {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            stderr: child.stderr.take().unwrap(),
            child,
            said: String::new(),
        }
    }

    /// Returns the next line on stdout.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        self.said.push_str(&line);
        line
    }

    /// Returns the program's objects, which the next line names.
    pub fn objects(&mut self) -> Objects {
        let line = self.line();
        Objects::parse(&line).unwrap_or_else(|| panic!("no ids: {line:?}, {}", self.complaints()))
    }

    /// Returns the program's child processes, which the next line names: first Mrs. Premise.
    pub fn sides(&mut self) -> [u32; 2] {
        let numbers = numbers(&self.line());
        numbers.map(|number| u32::try_from(number).unwrap())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the output on stderr up to the end of the program.
    fn complaints(&mut self) -> String {
        let mut text = String::new();
        self.stderr.read_to_string(&mut text).unwrap();
        text
    }

    /// Waits until it, and every process that it has started, has ended.
    pub fn end(self) -> Ended {
        let Run {
            mut child,
            mut stdout,
            mut stderr,
            said: mut out,
        } = self;
        let pid = child.id();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            stdout.read_to_string(&mut out).unwrap();
            let mut err = String::new();
            // Its children write there too: this is the end of the last of them.
            stderr.read_to_string(&mut err).unwrap();
            let ended = Ended {
                status: child.wait().unwrap(),
                stdout: out,
                stderr: err,
            };
            sender.send(ended)
        });
        receiver.recv_timeout(DEADLINE).unwrap_or_else(|_| {
            signal("KILL", &format!("-{pid}"));
            panic!("process {pid} does not end");
        })
    }
}

impl Ended {
    /// Asserts that it exited with this status.
    #[track_caller]
    pub fn assert_code(&self, code: i32) -> &Ended {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub fn assert_killed_by(&self, signal: i32) -> &Ended {
        assert_eq!(self.status.signal(), Some(signal), "{self:?}");
        self
    }

    /// Asserts that the output on stderr contains this text.
    #[track_caller]
    pub fn assert_complaint(&self, text: &str) -> &Ended {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self
    }

    /// The last line on stdout.
    #[track_caller]
    pub fn last_line(&self) -> &str {
        self.stdout
            .lines()
            .last()
            .unwrap_or_else(|| panic!("it said nothing: {self:?}"))
    }
}

/// Starts a program and waits for its end.
pub fn run(program: &str, arguments: &[&str]) -> Ended {
    Run::start(program, arguments).end()
}

/// The program of an example.
///
/// # Panics
///
/// If it was not built since its source was changed.
#[track_caller]
pub fn example(name: &str) -> String {
    let tests = std::env::current_exe().unwrap();
    let program = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.rs"));
    let time = |path: &Path| path.metadata().and_then(|status| status.modified()).ok();
    let is_current = time(&program) >= time(&source);
    assert!(
        is_current,
        "{name} is to be built first: cargo build -p demos --examples"
    );
    program.into_os_string().into_string().unwrap()
}

/// Sends a signal to a process, or to a group if there is a `-` before its number.
pub fn signal(name: &str, to: &str) {
    let command = format!("kill -{name} {to}");
    let status = Command::new("sh").args(["-c", &command]).status().unwrap();
    assert!(status.success(), "{command}");
}

/// Returns whether there is a program of this name.
pub fn have(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| Path::new(&folder).join(program).exists())
}

/// The first numbers in a text.
pub fn numbers<const N: usize>(text: &str) -> [u64; N] {
    let words = text.split(|c: char| !c.is_ascii_digit());
    let found: Vec<u64> = words.filter_map(|word| word.parse().ok()).take(N).collect();
    found
        .try_into()
        .unwrap_or_else(|_| panic!("not {N} numbers in {text:?}"))
}
