//! The tests of the library crates on a target whose programs run here: built, run binary by binary, and held
//! against the table of faults.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::check::Check;
use super::compiler;
use super::faults::{self, Fault, Verdict};
use super::kept::{Kept, Outcome};
use super::libtest::{End, Heard};
use super::machine::{self, Machine};
use crate::task::Failure;

/// The crates whose tests run. The demonstrations are left to machines that run them by themselves.
const PACKAGES: [&str; 4] = ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc"];
/// Whose tests start the command `sysvipc`.
const OF_THE_COMMAND: &str = "sysvipc/";
/// A binary that says nothing for so long has stopped.
const SILENCE: Duration = Duration::from_secs(900);
/// The same for a test that is known to fail, some of which do so by stopping.
const SILENCE_OF_KNOWN: Duration = Duration::from_secs(50);
/// How many times longer than usual a test under an emulator waits for what has to happen.
const PATIENCE: &str = "10";

/// One test binary.
struct Binary {
    /// `sysv-ipc/semop`.
    name: String,
    path: PathBuf,
    /// Where cargo would run it.
    folder: PathBuf,
}

impl Binary {
    /// The known faults among its tests, each with what the test is called in this binary.
    fn faults(&self, listed: &[Fault]) -> Vec<(&'static str, Fault)> {
        let test = |fault: &Fault| fault.test.strip_prefix(&self.name)?.strip_prefix(' ');
        let all = listed.iter();
        all.filter_map(|fault| Some((test(fault)?, *fault)))
            .collect()
    }

    /// What its outcome depends on.
    fn inputs(&self, machine: &Machine, zig: &Path, listed: &[Fault]) -> Result<String, Failure> {
        let command = sysvipc(machine);
        // Some tests compile C.
        let compiler = machine.compiler(zig)?;
        let mut files = vec![self.path.as_path(), &compiler];
        let starts_it = self.name.starts_with(OF_THE_COMMAND) && command.is_file();
        files.extend(starts_it.then_some(command.as_path()));
        let mut words = machine.versions();
        let faults = self.faults(listed).into_iter();
        words.extend(faults.map(|(_, fault)| format!("{fault:?}")));
        Kept::inputs(&files, &words)
    }

    /// The ends of its tests, by their full names.
    fn named(&self, outcome: &Outcome) -> BTreeMap<String, End> {
        let ends = outcome.ends.iter();
        ends.map(|(name, end)| (format!("{} {name}", self.name), end.clone()))
            .collect()
    }

    fn verdict(&self, outcome: &Outcome, listed: &[Fault]) -> Verdict {
        let faults = self.faults(listed).into_iter();
        let faults: Vec<_> = faults.map(|(_, fault)| fault).collect();
        faults::judge(&faults, &self.named(outcome))
    }
}

/// Builds the tests and runs them; `tell` hears which binary is next.
pub(super) fn check(
    machine: &'static Machine,
    zig: &Path,
    kept: &Kept,
    tell: &dyn Fn(&str),
) -> Result<Check, Failure> {
    tell("building the tests");
    let binaries = match build(machine, zig)? {
        Ok(binaries) => binaries,
        Err(complaint) => return Ok(Check::failed(complaint)),
    };
    let listed = faults::on(machine.triple);
    let mut ends = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut not_run = Vec::new();
    for binary in &binaries {
        let inputs = binary.inputs(machine, zig, &listed)?;
        let outcome = if let Some(outcome) = kept.get(&binary.name, &inputs) {
            outcome
        } else {
            tell(&binary.name);
            let run = Run::of(machine, binary, zig, &listed)?;
            if run.complaint.is_none() && binary.verdict(&run.outcome, &listed).wrong.is_empty() {
                kept.put(&binary.name, &inputs, &run.outcome)?;
            }
            wrong.extend(run.complaint);
            run.outcome
        };
        ends.extend(binary.named(&outcome));
        not_run.extend(outcome.skipped);
    }
    let mut verdict = faults::judge(&listed, &ends);
    verdict.wrong.append(&mut wrong);
    not_run.sort();
    not_run.dedup();
    Ok(summary(machine, binaries.len(), verdict, not_run))
}

fn summary(machine: &Machine, binaries: usize, verdict: Verdict, not_run: Vec<String>) -> Check {
    let mut detail = format!(
        "{} passed in {binaries} binaries on {}",
        verdict.passed,
        machine.means()
    );
    for (count, what) in [
        (verdict.faults.len(), "faults of the emulator"),
        (verdict.ignored, "ignored"),
    ] {
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(detail, ", {count} {what}");
        }
    }
    let mut check = if verdict.wrong.is_empty() {
        Check::passed(detail)
    } else {
        Check::failed(format!("{detail}\n{}", verdict.wrong.join("\n")))
    };
    check.faults = verdict.faults;
    check.not_run = not_run;
    check
}

/// Compiles the tests, and tells which binaries came of it.
fn build(machine: &Machine, zig: &Path) -> Result<Result<Vec<Binary>, String>, Failure> {
    let mut command = compiler::cargo("test", machine.triple);
    machine.equip(&mut command, zig)?;
    command.args(["--no-run", "--message-format=json-render-diagnostics"]);
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    if !machine.emulator.is_empty() {
        command.env("SYSV_TEST_PATIENCE", PATIENCE);
        command.env("SYSV_TEST_SYSVIPC", emulated_command(machine)?);
    }
    let output = compiler::output(&mut command)?;
    Ok(output.map(|messages| binaries(&messages)))
}

/// The command `sysvipc`, as it is built for the target.
fn sysvipc(machine: &Machine) -> PathBuf {
    let folder = compiler::folder().join("build").join(machine.triple);
    folder.join("debug/sysvipc")
}

/// A program that runs the command `sysvipc` in the emulator, for tests that run the command.
fn emulated_command(machine: &Machine) -> Result<PathBuf, Failure> {
    let binary = sysvipc(machine);
    let text = format!(
        "exec {} {} \"$@\"\n",
        machine.emulator.join(" "),
        machine::quoted(&binary)
    );
    machine::script(&format!("sysvipc-{}", machine.triple), &text)
}

/// The test binaries, out of cargo's messages.
fn binaries(messages: &str) -> Vec<Binary> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut found: Vec<Binary> = messages
        .filter(|message| message["profile"]["test"] == true)
        .filter_map(|message| {
            let path = PathBuf::from(message["executable"].as_str()?);
            let folder = Path::new(message["manifest_path"].as_str()?)
                .parent()?
                .to_owned();
            let package = folder.file_name()?.to_str()?;
            let target = &message["target"];
            let binary = match target["kind"][0].as_str()? {
                "lib" => "src",
                _ => target["name"].as_str()?,
            };
            Some(Binary {
                name: format!("{package}/{binary}"),
                path,
                folder,
            })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// What came of one binary.
struct Run {
    outcome: Outcome,
    /// If it broke off.
    complaint: Option<String>,
}

impl Run {
    /// Runs all tests of a binary together but those that are known to fail, and each of these alone: it may
    /// take the whole process with it.
    fn of(
        machine: &Machine,
        binary: &Binary,
        zig: &Path,
        listed: &[Fault],
    ) -> Result<Self, Failure> {
        let known = binary.faults(listed);
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let together = names
            .iter()
            .flat_map(|name| ["--skip", name])
            .collect::<Vec<_>>();
        let start = |arguments: &[&str]| Self::command(machine, binary, zig, arguments);
        let mut run = listen(&mut start(&together)?, &binary.name, SILENCE)?;
        for (name, _) in known.iter().filter(|(_, fault)| fault.run) {
            let alone = listen(&mut start(&[name])?, &binary.name, SILENCE_OF_KNOWN)?;
            run.outcome.ends.extend(alone.outcome.ends);
            run.outcome.skipped.extend(alone.outcome.skipped);
        }
        Ok(run)
    }

    fn command(
        machine: &Machine,
        binary: &Binary,
        zig: &Path,
        arguments: &[&str],
    ) -> Result<Command, Failure> {
        let mut words = machine
            .emulator
            .iter()
            .map(PathBuf::from)
            .chain([binary.path.clone()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        machine.equip(&mut command, zig)?;
        command
            .args(words)
            .args(["-Zunstable-options", "--format=json", "--exact"])
            .args(arguments)
            .current_dir(&binary.folder)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("SYSV_TEST_RUNNER", machine.emulator.join(" "));
        Ok(command)
    }
}

/// Runs a binary to its end, or until it has been silent for too long.
fn listen(command: &mut Command, name: &str, silence: Duration) -> Result<Run, Failure> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Failure::because(format!("cannot start {name}")))?;
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Failure::new("a child without the pipes that it was given"));
    };
    let complaints = thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is of use as well.
        let _ = stderr.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            if sender
                .send(String::from_utf8_lossy(&line).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
    let mut heard = Heard::default();
    let stopped = loop {
        match lines.recv_timeout(silence) {
            Ok(line) => heard.line(&line),
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => {
                // It may have ended in this moment.
                let _ = child.kill();
                break true;
            }
        }
    };
    let status = child.wait().map_err(Failure::because(name))?;
    let complaints = complaints.join().unwrap_or_default();
    let complaint = (!heard.is_whole()).then(|| {
        let how = if stopped {
            format!("was silent for {} s", silence.as_secs())
        } else {
            format!("broke off, {status}")
        };
        format!("{name} {how}:\n{}", complaints.trim_end())
    });
    let not_run = complaints
        .lines()
        .filter_map(|line| line.strip_prefix("skipped: "))
        .map(|line| format!("{name} {line}"))
        .collect();
    Ok(Run {
        outcome: Outcome {
            ends: heard.ends,
            skipped: not_run,
        },
        complaint,
    })
}

#[cfg(test)]
mod tests {
    use super::binaries;

    #[test]
    fn binaries_have_the_names_that_the_table_of_faults_uses() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","manifest_path":"/w/sysv-ipc/Cargo.toml","target":{"kind":["test"],"name":"semop"},"profile":{"test":true},"executable":"/t/semop-1"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","manifest_path":"/w/sysv-ipc/Cargo.toml","target":{"kind":["lib"],"name":"sysv_ipc"},"profile":{"test":true},"executable":"/t/sysv_ipc-1"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","manifest_path":"/w/sysvipc/Cargo.toml","target":{"kind":["bin"],"name":"sysvipc"},"profile":{"test":false},"executable":"/t/sysvipc"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","manifest_path":"/w/sysv-ipc/Cargo.toml","target":{"kind":["lib"],"name":"sysv_ipc"},"profile":{"test":false},"executable":null}"#,
        );
        let names: Vec<_> = binaries(messages)
            .into_iter()
            .map(|binary| binary.name)
            .collect();
        assert_eq!(names, ["sysv-ipc/semop", "sysv-ipc/src"]);
    }
}
