//! A terminal for a program to run on, made by `script`: what the program writes to it is in a file, and what is typed
//! goes to the program.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::Running;
use crate::support::{skipped, wait_until};

/// Takes the terminal: another screen, no cursor.
pub const ENTERED: &str = "\x1b[?1049h\x1b[?25l";
/// Gives the terminal back: the cursor, and the screen.
pub const LEFT: &str = "\x1b[?25h\x1b[?1049l";

/// Returns whether there is a terminal to be had; if not, says so for `test`.
pub fn is_available(test: &str) -> bool {
    let found = Command::new("script").arg("--version").output().is_ok();
    if !found {
        skipped(test, "there is no script here");
    }
    found
}

/// Runs a line of the shell on a terminal of its own. The terminal's output goes to a file, since a full pipe without a reader
/// would block the line.
pub fn recorded(line: &str, file: &Path) -> Running {
    let mut script = Command::new("sh");
    script
        .args(["-c", "exec script -qefc \"$0\" \"$1\" >/dev/null", line])
        .arg(file)
        .env("TERM", "xterm")
        .env("HISTFILE", "/dev/null")
        .stdin(Stdio::piped());
    Running::of(&mut script)
}

/// A terminal with scripted input, and its whole output.
pub struct Typed {
    pub running: Running,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Typed {
    /// Runs a line of the shell on it.
    pub fn start(line: &str) -> Typed {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("shown");
        let line = format!("stty rows 20 cols 72; {line}");
        Typed {
            running: recorded(&line, &file),
            file,
            _directory: directory,
        }
    }

    pub fn type_in(&self, text: &str) {
        let mut keys = self.running.0.stdin.as_ref().unwrap();
        keys.write_all(text.as_bytes()).unwrap();
    }

    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.file).unwrap_or_default()).into_owned()
    }

    /// Waits until something was shown that often, and gives what was shown after the last time.
    pub fn wait_for(&self, what: &str, times: usize) -> String {
        wait_until(what, || self.shown().matches(what).count() >= times);
        self.shown().rsplit_once(what).unwrap().1.to_owned()
    }

    /// Waits until it is taken after it was given back.
    pub fn wait_until_taken_again(&self) {
        wait_until("it is taken again", || {
            let shown = self.shown();
            let after = shown.rsplit_once(LEFT);
            after.is_some_and(|(_, after)| after.contains(ENTERED))
        });
    }

    /// Waits for the watching process.
    pub fn watching(&self) -> i32 {
        let is_it = |pid: &i32| {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.windows(7).any(|word| word == b"\0watch\0") && !command.starts_with(b"script")
        };
        // The command line cannot be read while the process executes the program.
        let mut found = None;
        wait_until("it runs", || {
            found = below(self.running.pid()).into_iter().rfind(is_it);
            found.is_some()
        });
        found.unwrap()
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let shown = self.shown();
            let last = shown.char_indices().rev().nth(2000).map_or(0, |(at, _)| at);
            eprintln!("the terminal got, at the end: {:?}", &shown[last..]);
        }
    }
}

/// The processes below this one, its command among them.
pub fn below(pid: i32) -> Vec<i32> {
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children: Vec<i32> = children
        .split_whitespace()
        .map(|pid| pid.parse().unwrap())
        .collect();
    children
        .iter()
        .flat_map(|pid| [vec![*pid], below(*pid)].concat())
        .collect()
}
