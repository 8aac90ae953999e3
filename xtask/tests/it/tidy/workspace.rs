//! A miniature workspace in a temporary directory that keeps every rule, and `tidy` run on it.
//!
//! It has whatever the exception tables of `tidy` demand, read from the tables themselves, so that a
//! new exception changes no test.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

#[allow(dead_code, reason = "only the entries are read here")]
#[path = "../../../src/tidy/exception.rs"]
mod exception;
#[path = "../../../src/tidy/table.rs"]
pub(crate) mod table;

use exception::{Entry, Standing};

/// Stands in a planted text, in a comment, on each line that is to be reported.
const MARK: &str = "HERE";

/// The miniature workspace; removed when dropped.
pub(crate) struct Workspace {
    /// Its parent, where `shared` may be put beside it.
    parent: TempDir,
}

/// What `tidy` said.
pub(crate) struct Report {
    /// Its exit status.
    pub(crate) status: Option<i32>,
    /// Each breach: file, line, rule, message.
    pub(crate) found: Vec<(String, u64, u64, String)>,
}

impl Workspace {
    /// One that keeps every rule.
    pub(crate) fn clean() -> Self {
        let workspace = Self {
            parent: tempfile::tempdir().expect("a temporary directory"),
        };
        for name in ["sysv-sys", "sysv-ipc", "sysv-wrapper", "demos"] {
            workspace.write(&format!("{name}/src/lib.rs"), "//! A library.\n");
        }
        workspace.write("xtask/src/main.rs", "//! The tasks.\nfn main() {}\n");
        workspace.write("docs/coverage.md", &coverage());
        let needs = [
            (table::NAMES, "fn a() { libc::fork(); }\n"),
            (
                table::SIGNATURES,
                "/// Shows C.\npub fn s(x: libc::c_int) {}\n",
            ),
            (table::UNSAFE, "fn b() { unsafe { c() } }\n"),
            (table::RETURNS, "fn d(x: i32) -> bool { x == -1 }\n"),
            (table::CLOCK, "fn e() { std::thread::sleep(TIME); }\n"),
            (table::DROPS, "impl Drop for P { fn drop(&mut self) {} }\n"),
            (
                table::REMOVAL,
                "impl Drop for F { fn drop(&mut self) { self.0.remove(); } }\n",
            ),
            (
                table::PLATFORM,
                "#[cfg(target_os = \"linux\")]\nfn g() {}\n",
            ),
        ];
        for (entry, text) in needs
            .iter()
            .flat_map(|(table, text)| table.iter().map(move |e| (e, text)))
        {
            let text = entry.item.map_or((*text).to_owned(), signature);
            // A place is excepted wherever in it a file is.
            let path = entry
                .path
                .replace("**", "deep/file.rs")
                .replace('*', "some");
            workspace.append(&path, &text);
        }
        workspace
    }

    /// The root of the workspace.
    pub(crate) fn root(&self) -> PathBuf {
        self.parent.path().join("main")
    }

    /// Writes a file, by its path relative to the root.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, text).expect("written");
    }

    /// Adds to the end of a file, which is made with its `//!` if it is not there.
    pub(crate) fn append(&self, path: &str, text: &str) {
        let old =
            fs::read_to_string(self.root().join(path)).unwrap_or_else(|_| "//! A file.\n".into());
        self.write(path, &(old + text));
    }

    /// `tidy` on the workspace, still to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("tidy")
            .arg("--root")
            .arg(self.root())
            .args(arguments);
        command
    }

    /// Runs `tidy` on the workspace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("tidy runs")
    }

    /// Runs `tidy` and reads its report.
    pub(crate) fn tidy(&self) -> Report {
        Report::of(&self.run(&["--json"]))
    }
}

impl Report {
    /// What `tidy --json` printed.
    pub(crate) fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        let values: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!(
                "{error} in {text:?}\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        let found = values.iter().map(|v| {
            assert!(
                v["reason"]
                    .as_str()
                    .is_some_and(|reason| !reason.is_empty())
            );
            let word = |key: &str| v[key].as_str().expect("a string").to_owned();
            let number = |key: &str| v[key].as_u64().expect("a number");
            (
                word("file"),
                number("line"),
                number("rule"),
                word("message"),
            )
        });
        Self {
            status: output.status.code(),
            found: found.collect(),
        }
    }
}

/// What was printed to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Plants `text` at `path` in a clean workspace, and checks that `tidy` reports exactly the lines with
/// the mark, as breaches of `rule`.
#[track_caller]
pub(crate) fn planted(rule: u64, path: &str, text: &str) {
    let workspace = Workspace::clean();
    workspace.write(path, text);
    let expected: Vec<_> = marked(text)
        .map(|line| (path.to_owned(), line, rule))
        .collect();
    let Report { status, found } = workspace.tidy();
    let mut places: Vec<_> = found
        .iter()
        .map(|(file, line, rule, _)| (file.clone(), *line, *rule))
        .collect();
    places.dedup();
    assert_eq!(places, expected, "{found:#?}");
    assert_eq!(status, Some(i32::from(!expected.is_empty())));
}

/// The lines of a text that have the mark.
pub(crate) fn marked(text: &str) -> impl Iterator<Item = u64> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| line.contains(MARK))
        .map(|(line, _)| line)
}

/// Plants `text` at `path` in a clean workspace, and checks that `tidy` has nothing to say.
#[track_caller]
pub(crate) fn harmless(path: &str, text: &str) {
    assert!(!text.contains(MARK));
    planted(0, path, text);
}

/// The entries of a table that have to be needed.
pub(crate) fn needed(table: &'static [Entry]) -> impl Iterator<Item = &'static Entry> {
    table
        .iter()
        .filter(|entry| entry.standing != Standing::Place)
}

/// A list that has a row for each row of features.md.
fn coverage() -> String {
    let rows = [('S', 17), ('W', 8), ('P', 24), ('C', 11), ('N', 12)];
    let rows = rows.iter().flat_map(|(letter, last)| {
        (1..=*last).map(move |n| format!("| {letter}{n} | item | test |\n"))
    });
    format!(
        "# Coverage\n\n| row | item | test |\n|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

/// An item of this name whose signature needs an exception.
fn signature(item: &str) -> String {
    if let Some((of, ty)) = item
        .strip_prefix("impl ")
        .and_then(|rest| rest.split_once(" for "))
    {
        format!("impl {of}<libc::c_int> for {ty} {{}}\n")
    } else if let Some((ty, name)) = item.split_once("::") {
        format!("impl {ty} {{\n    /// D.\n    pub fn {name}(x: libc::c_int) {{}}\n}}\n")
    } else {
        format!("/// D.\npub type {item} = sysv_sys::key_t;\n")
    }
}
