//! `cargo xtask memcheck`: the tests of the library crates under a checker that sees what the tests cannot: memory that
//! is read before it was written, or that is not one's own, or that is lost.
//!
//! Here is the order of things: first the faults planted in `sysv-ipc/tests/it/planted.rs`, each of which the checker has
//! to find; then the test binaries, one after the other. What a checker is, and how it speaks, is in
//! `memcheck/checker.rs`, and which tests it cannot run, in `memcheck/skipped.rs`; which binaries there are, in
//! `memcheck/suite.rs`; what one said, in `memcheck/report.rs`.

mod checker;
mod report;
mod skipped;
mod suite;

use std::process::ExitCode;

use serde_json::json;

use crate::task::{self, Failure, Outcome, WRONG};
use checker::{Checker, Tool};
use report::Report;
use suite::Binary;

/// Runs the tests under valgrind, or with a sanitizer built in, and counts what it finds.
///
/// Valgrind's memcheck sees every call of the kernel and every byte that is read. The address sanitizer, with the leak
/// sanitizer in it, sees what is done beyond blocks and after they were freed, in much less time. The thread sanitizer sees what threads of a process
/// do to one place without an order. The second processes that tests start run under the checker too.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 nothing was found, 1 something was, or a planted fault was not, 2 it could not be done.\n\n\
                  Examples:\n  cargo xtask memcheck\n  cargo xtask memcheck --package sysv-ipc --json\n  \
                  cargo xtask memcheck --tool address\n  cargo xtask memcheck --tool thread"
)]
pub(crate) struct Args {
    /// What checks.
    #[arg(long, value_enum, default_value = "valgrind")]
    tool: Tool,
    /// The tests of this crate only; may be given several times.
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,
    /// The test binaries whose name contains this only.
    #[arg(long, value_name = "TEXT")]
    test: Option<String>,
    /// The planted faults only.
    #[arg(long)]
    planted: bool,
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

/// The crates whose tests are run.
const PACKAGES: [&str; 4] = ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc"];

/// Checks the checker, and then the tests; a binary that fails does not stop the others.
pub(crate) fn run(args: &Args) -> Outcome {
    let checker = Checker::find(args.tool)?;
    let planted = suite::build(&checker, &["sysv-ipc"], Some("it"))?;
    let mut rows = Vec::new();
    for binary in planted.iter().filter(|binary| binary.name == "it") {
        for fault in checker.planted() {
            eprintln!("planted: {fault} …");
            let report = checker.run(
                binary,
                &["--ignored", "--exact", &format!("planted::{fault}")],
            )?;
            rows.push(Row::planted(fault, report));
        }
    }
    if rows.is_empty() {
        return Err(Failure::new("the planted faults are not there"));
    }
    if !args.planted {
        let wanted: Vec<&str> = PACKAGES
            .into_iter()
            .filter(|name| args.package.is_empty() || args.package.iter().any(|only| only == name))
            .collect();
        if wanted.is_empty() {
            return Err(Failure::new(format!(
                "the crates are {}",
                PACKAGES.join(", ")
            )));
        }
        let only = args.test.as_deref().unwrap_or_default();
        for binary in suite::build(&checker, &wanted, None)? {
            if binary.name.contains(only) {
                eprintln!("{} …", binary.full_name());
                rows.push(Row::tests(&checker, &binary)?);
            }
        }
    }
    let wrong = rows.iter().filter(|row| !row.is_right()).count();
    task::print(&if args.json {
        let rows: Vec<_> = rows.iter().map(Row::to_json).collect();
        let all = json!({ "tool": checker.name(), "runs": rows, "wrong": wrong });
        serde_json::to_string_pretty(&all).map_err(Failure::because("cannot print JSON"))? + "\n"
    } else {
        table(&rows, &checker, wrong)
    })?;
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// One run under the checker.
struct Row {
    name: String,
    /// Whether the checker has to find something.
    planted: bool,
    /// Tests that were left out, and why.
    skipped: Vec<(&'static str, &'static str)>,
    report: Report,
}

impl Row {
    fn planted(fault: &str, report: Report) -> Row {
        Row {
            name: format!("planted {fault}"),
            planted: true,
            skipped: Vec::new(),
            report,
        }
    }

    fn tests(checker: &Checker, binary: &Binary) -> Result<Row, Failure> {
        let skipped = checker.skipped(binary);
        let report = checker.run(binary, &[])?;
        Ok(Row {
            name: binary.full_name(),
            planted: false,
            skipped,
            report,
        })
    }

    fn is_right(&self) -> bool {
        if self.planted {
            self.report.found() > 0
        } else {
            self.report.found() == 0 && self.report.passed
        }
    }

    fn verdict(&self) -> &'static str {
        match (self.planted, self.is_right()) {
            (true, true) => "found",
            (true, false) => "NOT FOUND",
            (false, true) => "ok",
            (false, false) if self.report.found() > 0 => "FAULTS",
            (false, false) => "FAILED",
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let skipped: Vec<_> = self
            .skipped
            .iter()
            .map(|(test, why)| json!({ "test": test, "why": why }))
            .collect();
        let mut row = self.report.to_json();
        row["name"] = json!(self.name);
        row["planted"] = json!(self.planted);
        row["skipped"] = json!(skipped);
        row["right"] = json!(self.is_right());
        row
    }
}

/// The table, with what was found below it.
fn table(rows: &[Row], checker: &Checker, wrong: usize) -> String {
    let wide = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut lines = vec![format!(
        "{:<wide$} {:>8} {:>9} {:>7} {:>10}",
        "run", "seconds", "processes", "errors", "bytes lost"
    )];
    for row in rows {
        let report = &row.report;
        lines.push(format!(
            "{:<wide$} {:>8.1} {:>9} {:>7} {:>10}  {}",
            row.name,
            report.seconds,
            report.processes,
            report.errors,
            report.lost,
            row.verdict()
        ));
    }
    for row in rows {
        for (test, why) in &row.skipped {
            lines.push(format!("  {}: left out {test}: {why}", row.name));
        }
        if !row.is_right() {
            let text = row.report.text.lines().take(60);
            lines.extend(text.map(|line| format!("  {}: {line}", row.name)));
        }
    }
    let suites: Vec<&Report> = rows
        .iter()
        .filter(|row| !row.planted)
        .map(|row| &row.report)
        .collect();
    lines.push(format!(
        "{}: {} planted faults, {} test binaries, {} errors, {} bytes lost; {wrong} runs are not as they should be\n",
        checker.name(),
        rows.len() - suites.len(),
        suites.len(),
        suites.iter().map(|report| report.errors).sum::<u64>(),
        suites.iter().map(|report| report.lost).sum::<u64>(),
    ));
    lines.join("\n")
}
