//! `cargo xtask cross`: checks every platform that has bundled declarations, from one machine.
//!
//! `headers.rs` compares a platform's headers with the declarations; rustc checks the types of all crates; and if the
//! target's programs run here (`machine.rs`), cargo-nextest runs the tests, except those of `faults.rs`.

pub(crate) mod compiler;
mod faults;
mod headers;
mod machine;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use self::machine::Machine;
use crate::bindings::targets::{self, Target};
use crate::bindings::{Headers, crate_folder};
use crate::task::{self, Failure, Outcome, WRONG};

/// Check every platform that has bundled declarations, from this machine
///
/// For each target: a C compiler compares sizes, offsets and constants in the platform's headers with the bundled
/// declarations; rustc checks the types of all crates and their tests; and where the target's programs run here, by
/// themselves or in an emulator, the tests of sysv-sys, sysv-ipc, sysv-wrapper and sysvipc run.
///
/// The first needs Python's package `ziglang`, the second Debian's `rustc-web cargo-web rust-web-src`, which bring the
/// sources of std, the third cargo-nextest, Debian's cross compilers and qemu-user. Missing tools are named.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 all is well, 1 a check failed, 2 a check that was asked for could not be made.\n\n\
                  Examples:\n  cargo xtask cross --quick\n  cargo xtask cross --target x86_64-unknown-netbsd\n  \
                  cargo xtask cross --only types"
)]
pub(crate) struct Args {
    /// The headers only: a few seconds for all targets
    #[arg(long)]
    quick: bool,
    /// One check only; may be given more than once
    #[arg(long, value_name = "CHECK", conflicts_with = "quick")]
    only: Vec<Kind>,
    /// One target only; may be given more than once
    #[arg(long = "target", value_name = "TRIPLE")]
    targets: Vec<String>,
    /// Where the `ziglang` package is (default: where python3 finds it)
    #[arg(long, value_name = "DIR")]
    ziglang: Option<PathBuf>,
    /// Compare the headers with the declarations in another folder than sysv-sys/bindings
    #[arg(long, value_name = "DIR", hide = true, requires = "quick")]
    bindings: Option<PathBuf>,
}

/// A check.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Kind {
    /// The platform's headers against the bundled declarations
    Headers,
    /// rustc's check of all crates
    Types,
    /// The tests, where the target's programs run here
    Tests,
}

const KINDS: [Kind; 3] = [Kind::Headers, Kind::Types, Kind::Tests];

/// The result of a check.
enum Check {
    /// With a short text for the table.
    Passed(String),
    /// With the error.
    Failed(String),
    /// Not made: with the missing tools.
    Missing(String),
    /// Not made: the target's programs do not run on this kind of machine.
    Elsewhere,
}

/// Checks the targets one after the other. A target that fails does not stop the others.
pub(crate) fn run(args: &Args) -> Outcome {
    let wanted = targets::chosen(&args.targets)?;
    let kinds: Vec<Kind> = match (args.quick, args.only.as_slice()) {
        (true, _) => vec![Kind::Headers],
        (false, []) => KINDS.to_vec(),
        (false, only) => KINDS
            .into_iter()
            .filter(|kind| only.contains(kind))
            .collect(),
    };
    let headers = Headers::find(args.ziglang.as_deref())?;
    let bindings = args.bindings.clone();
    let bindings = bindings.unwrap_or_else(|| crate_folder().join("bindings"));
    let (mut failed, mut incomplete) = (0, 0);
    for target in &wanted {
        let (mut line, mut details) = (format!("{:<31}", target.triple), String::new());
        let (mut fails, mut lacks) = (false, false);
        for kind in &kinds {
            eprintln!("{}: {kind:?}", target.triple);
            let (cell, detail) = match check(*kind, target, &headers, &bindings)? {
                Check::Passed(words) => (format!("ok {words}"), None),
                Check::Elsewhere => ("-".to_owned(), None),
                Check::Failed(text) => {
                    fails = true;
                    ("FAILED".to_owned(), Some(text))
                }
                Check::Missing(text) => {
                    lacks = true;
                    ("missing".to_owned(), Some(text))
                }
            };
            // Writing to a String cannot fail.
            let _ = write!(line, " {cell:<9}");
            for text in detail.iter().flat_map(|text| text.lines()) {
                let _ = writeln!(details, "    {text}");
            }
        }
        task::print(&format!("{}\n{details}", line.trim_end()))?;
        failed += usize::from(fails);
        incomplete += usize::from(lacks);
    }
    task::print(&format!("\n{} targets, {failed} failed\n", wanted.len()))?;
    if failed > 0 {
        Ok(ExitCode::from(WRONG))
    } else if incomplete > 0 {
        Err(Failure::new(format!(
            "{incomplete} targets were not checked whole: the table says what is missing"
        )))
    } else {
        Ok(ExitCode::SUCCESS)
    }
}

fn check(
    kind: Kind,
    target: &Target,
    headers: &Headers,
    bindings: &Path,
) -> Result<Check, Failure> {
    match kind {
        Kind::Headers => headers::check(headers, bindings, target),
        Kind::Types => types(target.triple),
        Kind::Tests => match Machine::of(target.triple) {
            Some(machine) => tests(machine, target, headers),
            None => Ok(Check::Elsewhere),
        },
    }
}

/// Runs rustc's check of all crates and all tests.
fn types(triple: &str) -> Result<Check, Failure> {
    const PACKAGES: [&str; 5] = ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc", "demos"];
    if let Some(missing) = compiler::missing() {
        return Ok(Check::Missing(missing));
    }
    let mut command = Command::new(compiler::CARGO);
    compiler::set(&mut command);
    command.args(["check", "--all-targets", "--keep-going", "--quiet"]);
    command.args(["--all-features", "--target", triple]);
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    // A dependency compiles C, which nothing is linked with here: any compiler will do.
    let variable = triple.replace('-', "_");
    command.env("CRATE_CC_NO_DEFAULTS", "1");
    command.env(format!("CC_{variable}"), "cc");
    command.env(format!("AR_{variable}"), "ar");
    Ok(match compiler::output(&mut command)? {
        (true, complaint) if complaint.is_empty() => Check::Passed(String::new()),
        (_, complaint) => Check::Failed(complaint),
    })
}

/// Runs the tests of the libraries and the command by cargo-nextest.
fn tests(machine: &Machine, target: &Target, headers: &Headers) -> Result<Check, Failure> {
    const PACKAGES: [&str; 4] = ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc"];
    if let Some(missing) = compiler::missing().or_else(|| machine.missing()) {
        return Ok(Check::Missing(missing));
    }
    let mut command = Command::new("cargo-nextest");
    compiler::set(&mut command);
    machine.set(&mut command, &headers.folder.join("zig"), target.zig)?;
    command.args(["nextest", "run", "--profile", "emulated", "--all-features"]);
    command.args([
        "--target",
        target.triple,
        "-E",
        &faults::filter(target.triple),
    ]);
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    let (passed, said) = compiler::output(&mut command)?;
    let summary = said.lines().rev().find_map(|line| {
        let (_, summary) = line.split_once(" tests run: ")?;
        summary.split_whitespace().next()
    });
    Ok(match (passed, summary) {
        (true, Some(count)) => Check::Passed(count.to_owned()),
        _ => Check::Failed(said),
    })
}
