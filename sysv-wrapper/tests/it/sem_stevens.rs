//! Stevens' protocol with a C program, `sem_stevens.c`, which the test compiles.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::sem::SemKey;
use crate::support::{self, Sleeper};
use sysv_wrapper::*;
use tempfile::TempDir;

/// The running program; it ends at the end of its input.
struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Program {
    /// Compiles the program and starts it; without a compiler, prints that `test` is skipped.
    fn start(test: &str) -> Option<Program> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stevens");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sem_stevens.c");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let compiled = Command::new(&compiler)
            .args(["-Wall", "-o"])
            .arg(&path)
            .arg(source)
            .output();
        match compiled {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{text}");
            }
            Err(error) => {
                support::skipped(
                    test,
                    &format!("cannot run the C compiler `{compiler}`: {error}"),
                );
                return None;
            }
        }
        let mut child = Command::new(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Some(Program {
            child,
            input,
            output: BufReader::new(output),
            _folder: folder,
        })
    }

    /// Sends a command.
    fn tell(&mut self, command: &str) {
        writeln!(self.input.as_ref().unwrap(), "{command}").unwrap();
    }

    /// Returns its response.
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    #[track_caller]
    fn expect(&mut self, command: &str, answer: &str) {
        self.tell(command);
        assert_eq!(self.answer(), answer);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.input.take());
        // It has ended, or waits for a set that a failed test did not create.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the number of a key, as the program reads it.
fn number(key: &SemKey) -> i64 {
    sysv_ipc::Key::from(key.0).as_raw().into()
}

/// Row P21: the C program creates the set, and the library waits until the value is set, from each of its steps.
#[test]
fn ours_waits_for_theirs() {
    let Some(mut program) = Program::start(test_name!("ours_waits_for_theirs")) else {
        return;
    };
    for ours_comes in 0..3 {
        let key = SemKey::new();
        let (number, key) = (number(&key), key.0);
        let mut opener = None;
        let steps = [
            (format!("make {number} 7"), "made"),
            ("set".to_owned(), "set"),
        ];
        for (step, (command, answer)) in steps.into_iter().enumerate() {
            program.expect(&command, answer);
            if step == ours_comes {
                opener = Some(Sleeper::start(move || {
                    Semaphore::builder()
                        .value(99)
                        .wait_for_creator(Duration::from_secs(600))
                        .create_or_open(key)
                }));
            }
            // A set value is sufficient.
            if let Some(opener) = opener.as_ref().filter(|_| step == 0) {
                #[cfg(target_os = "linux")]
                opener.wait_until_asleep();
                assert!(!opener.is_finished());
            }
        }
        program.expect("operate", "ready");
        let opened = match opener {
            Some(opener) => opener.join().unwrap(),
            None => Semaphore::builder().create_or_open(key).unwrap(),
        };
        assert!(!opened.is_created());
        assert_eq!(opened.handle().value().unwrap(), 7);
        opened.into_inner().remove().unwrap();
    }
}

/// Row P21: a set of the C program without a value is reported after the time limit, and stays; with a value it is
/// used.
#[test]
fn theirs_may_never_be_ready() {
    let Some(mut program) = Program::start(test_name!("theirs_may_never_be_ready")) else {
        return;
    };
    let key = SemKey::new();
    program.expect(&format!("make {} 7", number(&key)), "made");
    let time = Duration::from_millis(30);
    let start = Instant::now();
    let builder = || Semaphore::builder().value(2).wait_for_creator(time);
    let error = builder().create_or_open(key.0).unwrap_err();
    assert!(error.is_uninitialized() && !error.is_abandoned(), "{error}");
    assert!(start.elapsed() >= time);
    let text = format!("{error:#}");
    for part in [
        "no operation, no value",
        "it belongs to user",
        "s ago",
        "remove_key",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // `open` accepts it as it is.
    let found = Semaphore::open(key.0).unwrap();
    assert_eq!(Some(found.id().as_raw()), error.id());
    assert_eq!(found.value().unwrap(), 0);
    program.expect("set", "set");
    for operated in [false, true] {
        let opened = builder().create_or_open(key.0).unwrap();
        assert!(!opened.is_created());
        // The operation sets the last value.
        let value = opened.handle().value().unwrap();
        assert_eq!(value, 6 + u32::from(operated));
        if !operated {
            program.expect("operate", "ready");
        }
    }
    drop(program);
}

/// Row P21: the library creates the set, and the C program waits until it is ready.
#[test]
fn theirs_waits_for_ours() {
    let Some(mut program) = Program::start(test_name!("theirs_waits_for_ours")) else {
        return;
    };
    for round in 1..=300 {
        let key = SemKey::new();
        program.tell(&format!("open {}", number(&key)));
        if round % 2 == 0 {
            Semaphore::builder().value(round).create(key.0).unwrap();
        } else {
            // Without a zero, and created by another call.
            let values = [u16::try_from(round).unwrap(), 5];
            SemaphoreSet::builder()
                .values(values)
                .create(key.0)
                .unwrap();
        }
        assert_eq!(program.answer(), round.to_string());
    }
}

/// Row P21: the first of both creates it, and both see the value.
#[test]
fn both_at_once() {
    let Some(mut program) = Program::start(test_name!("both_at_once")) else {
        return;
    };
    let mut ours = 0;
    for round in 2..=500 {
        let key = SemKey::new();
        program.tell(&format!("race {} {round}", number(&key)));
        for _ in 0..round % 50 {
            std::thread::yield_now();
        }
        let opened = Semaphore::builder().value(round).create_or_open(key.0);
        let opened = opened.unwrap();
        let (theirs, least) = if opened.is_created() {
            ("existing", round)
        } else {
            // A set value is sufficient. The C program's operation sets the last one.
            ("created", round - 1)
        };
        let value = opened.handle().value().unwrap();
        assert!(value == least || value == round, "{value} of {round}");
        assert_eq!(program.answer(), format!("{theirs} {round}"));
        assert_eq!(opened.handle().value().unwrap(), round);
        ours += u32::from(opened.is_created());
    }
    println!("the library came first in {ours} of 499 rounds");
}
