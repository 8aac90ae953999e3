//! The checkers: how each is found, built with, and run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::report::Report;
use super::skipped;
use super::suite::Binary;
use crate::cross::{compiler, needs};
use crate::task::{self, Failure};

/// Which checker.
#[derive(Debug, Copy, Clone, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Tool {
    /// Memcheck, for every instruction and every call of the kernel.
    Valgrind,
    /// The address sanitizer with the leak sanitizer; wants a nightly toolchain.
    Address,
    /// The thread sanitizer; wants Debian's compiler with the sources of the standard library, and rustup's toolchain.
    Thread,
}

/// A checker that is there.
pub(super) struct Checker {
    tool: Tool,
    /// What the binaries are built for.
    host: String,
    /// For the thread sanitizer, where its run-time library is.
    runtime: PathBuf,
    /// Where the processes write.
    logs: PathBuf,
}

/// How many times slower tests run under valgrind, about: each program that one starts takes a second to begin. They
/// wait so much longer, and do a thousand times over what is as well done a hundred times here.
const PATIENCE: &str = "10";

impl Checker {
    /// The checker, if this machine has it.
    pub(super) fn find(tool: Tool) -> Result<Checker, Failure> {
        let host = host()?;
        let mut runtime = PathBuf::new();
        match tool {
            Tool::Valgrind => there_is(
                "valgrind",
                &["--version"],
                "there is no valgrind: `apt-get install valgrind` gets it on Debian",
            )?,
            Tool::Address => there_is(
                "cargo",
                &["+nightly", "--version"],
                "there is no nightly toolchain: `rustup toolchain install nightly` gets it",
            )?,
            Tool::Thread => {
                let missing = needs::for_types();
                if !missing.is_nothing() {
                    return Err(Failure::new(missing.help()));
                }
                runtime = thread_runtime(&host)?;
            }
        }
        let logs = env::temp_dir().join(format!("sysv-memcheck-{}", std::process::id()));
        Ok(Checker {
            tool,
            host,
            runtime,
            logs,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match self.tool {
            Tool::Valgrind => "valgrind",
            Tool::Address => "AddressSanitizer",
            Tool::Thread => "ThreadSanitizer",
        }
    }

    /// The planted faults that it has to find.
    pub(super) fn planted(&self) -> &'static [&'static str] {
        match self.tool {
            Tool::Valgrind => &[
                "read_behind_the_end",
                "write_after_free",
                "values_behind_the_end",
                "a_number_that_nobody_wrote",
                "a_block_is_lost",
            ],
            // It does not see what the kernel reads and writes by these calls.
            Tool::Address => &["read_behind_the_end", "write_after_free", "a_block_is_lost"],
            Tool::Thread => &["writers_without_an_order"],
        }
    }

    /// The tests of a binary that it cannot run, and why.
    pub(super) fn skipped(&self, binary: &Binary) -> Vec<(&'static str, &'static str)> {
        skipped::by(self.tool, &binary.full_name())
    }

    /// The `cargo test` that builds for it. What is built in is kept apart from what is not.
    pub(super) fn cargo_test(&self) -> Command {
        let target = task::target_folder();
        match self.tool {
            Tool::Valgrind => {
                let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
                let mut command = Command::new(program);
                command
                    .args(["test", "--quiet"])
                    .env("SYSV_TEST_PATIENCE", PATIENCE)
                    .env("CARGO_TARGET_DIR", target.join("valgrind"));
                command
            }
            Tool::Address => {
                let mut command = Command::new("cargo");
                // This process was itself started by a cargo, of another toolchain.
                for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
                    command.env_remove(name);
                }
                command
                    .args(["+nightly", "test", "--quiet", "--config"])
                    .arg(format!("build.target=\"{}\"", self.host))
                    .env("RUSTFLAGS", "-Zsanitizer=address")
                    .env("CARGO_TARGET_DIR", target.join("address"));
                command
            }
            Tool::Thread => {
                // The standard library is built too, or its synchronising would not be seen. Debian's compiler has no
                // run-time library of the sanitizer, whose symbols only lld takes as they are.
                let mut command = compiler::cargo("test", &self.host);
                let flags = format!(
                    "-Zsanitizer=thread -Zexternal-clangrt -Clink-arg=-fuse-ld=lld -Clink-arg=-B{} \
                     -Clink-arg=-Wl,--whole-archive,{},--no-whole-archive,--export-dynamic -Clink-arg=-lm",
                    self.runtime
                        .with_file_name("..")
                        .join("bin/gcc-ld")
                        .display(),
                    self.runtime.display()
                );
                command
                    .env("RUSTFLAGS", flags)
                    .env("CARGO_PROFILE_DEV_DEBUG", "1")
                    .env("SYSV_TEST_PATIENCE", PATIENCE)
                    .env("CARGO_TARGET_DIR", target.join("thread"));
                command
            }
        }
    }

    /// Runs a test binary with these arguments and without what this cannot run, and says what was found.
    pub(super) fn run(&self, binary: &Binary, arguments: &[&str]) -> Result<Report, Failure> {
        // Empty: what an earlier run has left is not this one's.
        let _ = fs::remove_dir_all(&self.logs);
        let failed = format!("cannot use {}", self.logs.display());
        fs::create_dir_all(&self.logs).map_err(Failure::because(&failed))?;
        let left_out: Vec<_> = self.skipped(binary).iter().map(|(test, _)| *test).collect();
        let begun = Instant::now();
        let mut command = self.command(&binary.path);
        let output = command
            .args(arguments)
            .args(left_out.iter().flat_map(|test| ["--skip", test]))
            .current_dir(&binary.directory)
            .env("RUST_TEST_THREADS", self.tests_at_once())
            .stdin(Stdio::null())
            .output()
            .map_err(Failure::because(format_args!(
                "cannot run {}",
                binary.path.display()
            )))?;
        let logs = read_all(&self.logs).map_err(Failure::because(&failed))?;
        let mut report = Report {
            passed: output.status.success(),
            seconds: begun.elapsed().as_secs_f64(),
            ..Report::default()
        };
        match self.tool {
            Tool::Valgrind => report.add_valgrind(&logs),
            Tool::Address | Tool::Thread => report.add_sanitizer(&logs),
        }
        if !report.passed {
            report
                .text
                .push_str(&String::from_utf8_lossy(&output.stdout));
            report
                .text
                .push_str(&String::from_utf8_lossy(&output.stderr));
        }
        Ok(report)
    }

    /// How many tests of a binary run at a time.
    fn tests_at_once(&self) -> &'static str {
        match self.tool {
            Tool::Valgrind | Tool::Address => "2",
            // It does not know that memory which one thread detached is not what another attached there later. One
            // test after the other runs in the first thread; what threads a test has of its own are another matter.
            Tool::Thread => "1",
        }
    }

    /// The command that runs a program under the checker, and has second processes run under it too.
    fn command(&self, program: &Path) -> Command {
        let logs = self.logs.display();
        match self.tool {
            Tool::Valgrind => {
                // Whatever else the tests start (shells, ipcs, the C compiler) is not followed: only who honours the
                // runner is the project's own. Losses are counted apart from errors, since not all count.
                let options = [
                    "--leak-check=full",
                    "--show-leak-kinds=definite",
                    "--errors-for-leak-kinds=none",
                    "--fair-sched=yes",
                    // Its pipes for a debugger would stay in /tmp when a test kills a process.
                    "--vgdb=no",
                ];
                let log = format!("--log-file={logs}/%p");
                let mut command = Command::new("valgrind");
                command.args(options).arg(&log).arg(program);
                let runner = format!("valgrind {} {log}", options.join(" "));
                command.env("SYSV_TEST_RUNNER", runner);
                command
            }
            Tool::Address => {
                let mut command = Command::new(program);
                // A child that a test has killed by SIGSEGV is to die of that.
                command.env(
                    "ASAN_OPTIONS",
                    format!("detect_leaks=1:handle_segv=0:exitcode=99:log_path={logs}/asan"),
                );
                command
            }
            Tool::Thread => {
                let mut command = Command::new(program);
                // Tests fork with threads, and start more in the child.
                command.env(
                    "TSAN_OPTIONS",
                    format!(
                        "handle_segv=0:die_after_fork=0:allocator_may_return_null=1:exitcode=99:log_path={logs}/tsan"
                    ),
                );
                command
            }
        }
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = fs::remove_dir_all(&self.logs);
    }
}

/// The texts in a folder, in the order of their names.
fn read_all(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

/// Fails with these words unless this command works.
fn there_is(program: &str, arguments: &[&str], missing: &str) -> Result<(), Failure> {
    if task::succeeds(program, arguments) {
        Ok(())
    } else {
        Err(Failure::new(missing))
    }
}

/// The run-time library of the thread sanitizer, out of the toolchain in use.
fn thread_runtime(host: &str) -> Result<PathBuf, Failure> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", host])
        .output()
        .map_err(Failure::because("cannot run rustc"))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let names = fs::read_dir(&folder).map_err(Failure::because(format!(
        "cannot read {}",
        folder.display()
    )))?;
    let mut names = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let library = names.find(|name| name.ends_with("_rt.tsan.a"));
    let library = library.ok_or_else(|| {
        Failure::new("the toolchain in use has no ThreadSanitizer: one of rustup's has")
    })?;
    Ok(folder.join(library))
}

/// The target that rustc builds for by itself.
fn host() -> Result<String, Failure> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(Failure::because("cannot run rustc"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| Failure::new("rustc does not say what it builds for"))
}
